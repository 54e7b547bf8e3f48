"""Label printers: a job out, and an honest word on what became of it.

The way to the printer is opened for each job, every wait has an end, and nothing is ever sent twice here.
"""

from __future__ import annotations

import math
import os
import subprocess
import threading
import time
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from drivers.address import Address, parse_address
from drivers.printer_status import (
    ASK_OFFLINE_CAUSE,
    ASK_PAPER,
    ASK_PRINTER,
    BARRIER,
    PrinterStatus,
    StatusReader,
    paper_at_barrier,
    status_of,
)
from drivers.transport import FilePort, Port, PortError, open_port

Outcome: TypeAlias = Literal["printed", "sent", "not_sent", "broken"]

CHUNK = 4096
ANSWER_WITHIN_S = 0.3
ASK_AGAIN_S = 0.4
RESET_WITHIN_S = 0.1
# A printer that did not answer is believed to be of the silent kind for so long.
SILENT_FOR_S = 60.0


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a job.

    `printed`: the printer answered after the job, with paper. `sent`: everything went out; the way gives no proof.
    `not_sent`: nothing left this machine, so it may be tried again. `broken`: a part went out, a person must look.
    `reason` is '' or `paper_low` for good outcomes, else a PrinterStatus reason; `detail` is for logs.
    """

    outcome: Outcome
    reason: str = ""
    detail: str = ""


class PrinterPort(Protocol):
    """A printer. Neither method raises for what happens to printer or link, nor takes longer than `timeout_s`."""

    uri: str

    def send(self, data: bytes, timeout_s: float = 10.0) -> Delivery: ...

    def status(self, timeout_s: float = 1.0) -> PrinterStatus: ...


class _Deadline:
    def __init__(self, timeout_s: float) -> None:
        self._end = time.monotonic() + timeout_s

    def left(self, at_most: float = 3600.0) -> float:
        return max(0.0, min(at_most, self._end - time.monotonic()))

    @property
    def passed(self) -> bool:
        return time.monotonic() >= self._end


class _Conversation:
    """One opened way to a printer, until it is closed."""

    def __init__(self, port: Port, deadline: _Deadline) -> None:
        self._port, self._deadline = port, deadline
        self._said = StatusReader()
        self.written = 0

    def _listen(self) -> None:
        self._said.feed(self._port.read())

    def _put(self, data: bytes, deadline: _Deadline, *, job: bool = False) -> bool:
        """Write all of it. False when the time is up first. Raises PortError."""
        left = memoryview(data)
        while left:
            taken = self._port.write(bytes(left[:CHUNK]))
            left = left[taken:]
            self.written += taken if job else 0
            if taken:
                continue
            if deadline.passed:
                return False
            self._port.wait(deadline.left(0.25), writable=True)
            self._listen()
        return True

    def _answer(self, question: bytes) -> int | None:
        deadline = _Deadline(self._deadline.left(ANSWER_WITHIN_S))
        self._said.realtime.clear()
        if not self._put(question, deadline):
            return None
        while not self._said.realtime and not deadline.passed:
            self._port.wait(deadline.left())
            self._listen()
        return self._said.realtime[-1] if self._said.realtime else None

    def ask(self) -> PrinterStatus:
        """The printer's status, `answered` False when it is silent. Raises PortError."""
        self._listen()
        printer = self._answer(ASK_PRINTER)
        if printer is None:
            return PrinterStatus(answered=False)
        return status_of(printer, self._answer(ASK_OFFLINE_CAUSE), self._answer(ASK_PAPER))

    def write_job(self, data: bytes) -> bool:
        return self._put(data, self._deadline, job=True)

    def prove(self) -> Delivery:
        """Wait until the printer has worked through the job, or says why it cannot. Raises PortError."""
        self._said.barrier.clear()
        troubles = 0
        if not self._put(BARRIER, self._deadline):
            return Delivery("broken", "timeout", "no room for the last question")
        while True:
            quiet = _Deadline(self._deadline.left(ASK_AGAIN_S))
            while not self._said.barrier and not quiet.passed:
                self._port.wait(quiet.left())
                self._listen()
            if self._said.barrier:
                paper = paper_at_barrier(self._said.barrier[-1])
                if paper == "out":
                    return Delivery("broken", "paper_out", "the paper ended with the job")
                return Delivery("printed", "paper_low" if paper == "low" else "")
            if self._deadline.passed:
                return Delivery("broken", "timeout", "the printer did not report the job's end")
            status = self.ask()
            troubles = troubles + 1 if status.answered and status.reason else 0
            if troubles >= 2:
                return Delivery("broken", status.reason, "the printer stopped before the job's end")

    def settle(self) -> Delivery:
        """For a printer that says nothing: wait until the bytes have left, and the other side kept the line up."""
        reset = _Deadline(self._deadline.left(RESET_WITHIN_S))
        closed = False
        while True:
            try:
                if closed:
                    time.sleep(0.01)
                else:
                    self._port.wait(min(0.01, self._deadline.left()))
                    self._listen()
            except PortError as error:
                if error.reason != "closed":
                    raise
                closed = True
            gone = self._port.unsent() == 0
            if gone and (closed or reset.passed):
                return Delivery("sent")
            if self._deadline.passed:
                return Delivery("broken", "timeout", f"{self._port.unsent()} bytes have not left")


class LinkPrinter:
    """A printer on a serial port, a USB printer device or TCP."""

    def __init__(self, uri: str, address: Address) -> None:
        self.uri = uri
        self._address = address
        self._lock = threading.Lock()
        self._silent_until = 0.0 if address.answers else math.inf

    def send(self, data: bytes, timeout_s: float = 10.0) -> Delivery:
        deadline = _Deadline(timeout_s)
        if not self._lock.acquire(timeout=max(0.0, timeout_s)):
            return Delivery("not_sent", "busy", "another job is being sent")
        try:
            return self._send(data, deadline)
        finally:
            self._lock.release()

    def _send(self, data: bytes, deadline: _Deadline) -> Delivery:
        try:
            port = open_port(self._address, deadline.left())
        except PortError as error:
            return Delivery("not_sent", error.reason, str(error))
        talk = _Conversation(port, deadline)
        complete = False
        try:
            delivery = self._deliver(talk, data)
            complete = delivery.outcome in ("printed", "sent")
        except PortError as error:
            reason = "lost" if error.reason == "closed" else error.reason
            return Delivery("broken" if talk.written else "not_sent", reason, str(error))
        finally:
            port.close(discard=not complete)
        return delivery

    def _deliver(self, talk: _Conversation, data: bytes) -> Delivery:
        answers = False
        if time.monotonic() >= self._silent_until:
            status = talk.ask()
            answers = status.answered
            if not answers:
                self._silent_until = time.monotonic() + SILENT_FOR_S
            elif status.reason:
                return Delivery("not_sent", status.reason, "the printer says it cannot print")
        if not talk.write_job(data):
            return Delivery("broken" if talk.written else "not_sent", "timeout", f"{talk.written} of {len(data)} bytes")
        return talk.prove() if answers else talk.settle()

    def status(self, timeout_s: float = 1.0) -> PrinterStatus:
        if not self._address.answers:
            return PrinterStatus(answered=False, reason="")
        deadline = _Deadline(timeout_s)
        if not self._lock.acquire(timeout=max(0.0, timeout_s)):
            return PrinterStatus(answered=False, reason="busy")
        try:
            port = open_port(self._address, deadline.left())
            try:
                status = _Conversation(port, deadline).ask()
            finally:
                port.close(discard=True)
        except PortError as error:
            return PrinterStatus(answered=False, reason=error.reason)
        finally:
            self._lock.release()
        if status.answered:
            self._silent_until = 0.0
        return status


class FilePrinter:
    """Appends jobs to a file, as they would go to the printer."""

    def __init__(self, uri: str, path: str) -> None:
        self.uri = uri
        self._path = path
        self._lock = threading.Lock()

    def send(self, data: bytes, timeout_s: float = 10.0) -> Delivery:
        deadline = _Deadline(timeout_s)
        written = 0
        with self._lock:
            try:
                port = FilePort(self._path)
            except PortError as error:
                return Delivery("not_sent", error.reason, str(error))
            try:
                while written < len(data):
                    taken = port.write(data[written:])
                    written += taken
                    if not taken and deadline.passed:
                        return Delivery("broken" if written else "not_sent", "timeout")
                    if not taken:
                        port.wait(deadline.left())
                port.to_disk()
            except PortError as error:
                return Delivery("broken" if written else "not_sent", error.reason, str(error))
            finally:
                port.close()
        return Delivery("sent")

    def status(self, timeout_s: float = 1.0) -> PrinterStatus:
        try:
            FilePort(self._path).close()
        except PortError as error:
            return PrinterStatus(answered=False, reason=error.reason)
        return PrinterStatus(answered=False, reason="")


class CupsPrinter:
    """Hands jobs to a CUPS queue untouched; what the queue does with them is not known here."""

    def __init__(self, uri: str, queue: str) -> None:
        self.uri = uri
        self._queue = queue

    def send(self, data: bytes, timeout_s: float = 10.0) -> Delivery:
        command = ["lp", "-s", "-d", self._queue, "-o", "raw"]
        try:
            done = subprocess.run(command, input=data, capture_output=True, timeout=timeout_s, check=False)
        except FileNotFoundError:
            return Delivery("not_sent", "missing", "there is no lp command on this machine")
        except subprocess.TimeoutExpired:
            return Delivery("broken", "timeout", "lp did not end; the queue may hold the job")
        except OSError as error:
            return Delivery("not_sent", "denied", str(error))
        detail = done.stderr.decode("utf-8", "replace").strip()
        return Delivery("not_sent", "refused", detail) if done.returncode else Delivery("sent", detail=detail)

    def status(self, timeout_s: float = 1.0) -> PrinterStatus:
        command = ["lpstat", "-a", self._queue]
        environment = os.environ | {"LC_ALL": "C"}
        try:
            done = subprocess.run(command, capture_output=True, timeout=timeout_s, check=False, env=environment)
        except FileNotFoundError:
            return PrinterStatus(answered=False, reason="missing")
        except subprocess.TimeoutExpired:
            return PrinterStatus(answered=False, reason="timeout")
        accepts = done.returncode == 0 and b" accepting requests" in done.stdout and b"not accepting" not in done.stdout
        return PrinterStatus(answered=False, reason="" if accepts else "refused")


def open_printer(uri: str) -> PrinterPort:
    """The printer at `file:PATH`, `socket://HOST[:9100]`, `cups:QUEUE`, `serial:PORT?baud=115200&rtscts=1`, or at a
    device's path such as `/dev/usb/lp0`.

    `?status=0` keeps ESC/POS status questions from a printer of another language. Touches nothing yet. Raises
    ValueError for a URI that is none.
    """
    address = parse_address(uri)
    match address.kind:
        case "file":
            return FilePrinter(uri, address.target)
        case "cups":
            return CupsPrinter(uri, address.target)
    return LinkPrinter(uri, address)
