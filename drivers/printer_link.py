"""A printer on a serial port, a USB printer device or TCP: a job goes out, and it is asked what became of it.

The way is opened for each job, every wait has an end, and nothing is ever sent twice.
"""

from __future__ import annotations

import math
import threading
import time

from drivers.address import Address
from drivers.deadline import Deadline
from drivers.printer_outcome import Delivery
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
from drivers.transport import Port, PortError, open_port

CHUNK = 4096
ANSWER_WITHIN_S = 0.3
ASK_AGAIN_S = 0.4
RESET_WITHIN_S = 0.1
QUIET_S = 0.2
# A printer that did not answer is believed to be of the silent kind for so long.
SILENT_FOR_S = 60.0


class _Conversation:
    """One opened way to a printer, until it is closed."""

    def __init__(self, port: Port, deadline: Deadline) -> None:
        self._port, self._deadline = port, deadline
        self._said = StatusReader()
        self.written = 0
        self.unproven = False  # a barrier was sent, and its answer is still to come

    def _listen(self) -> None:
        self._said.feed(self._port.read())

    def _put(self, data: bytes, deadline: Deadline, *, job: bool = False) -> bool:
        """Write all of it. False when the time is up first. Raises PortError."""
        left = memoryview(data)
        while left:
            taken = self._port.write(bytes(left[:CHUNK]))
            left = left[taken:]
            self.written += taken if job else 0
            if taken:
                deadline.moved()
                continue
            if deadline.passed:
                return False
            self._port.wait(deadline.left(0.25), writable=True)
            self._listen()
        return True

    def _answer(self, question: bytes) -> int | None:
        deadline = Deadline(self._deadline.left(ANSWER_WITHIN_S))
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

    def catch_up(self) -> bool:
        """Have the answers to earlier barriers come in, which would be taken for that of the next job.

        False when the printer does not come to the end of what it has. Raises PortError.
        """
        self._said.barrier.clear()
        if not self._put(BARRIER, self._deadline):
            return False
        while not self._said.barrier:
            if self._deadline.passed:
                return False
            self._port.wait(self._deadline.left())
            self._listen()
        quiet = Deadline(self._deadline.left(QUIET_S))
        while not quiet.passed:
            self._port.wait(quiet.left())
            self._listen()
        return True

    def prove(self) -> Delivery:
        """Wait until the printer has worked through the job, or says why it cannot. Raises PortError."""
        self._said.barrier.clear()
        self.unproven = True
        troubles, unsent = 0, self._port.unsent()
        if not self._put(BARRIER, self._deadline):
            return Delivery("broken", "timeout", "no room for the last question")
        while True:
            quiet = Deadline(self._deadline.left(ASK_AGAIN_S))
            while not self._said.barrier and not quiet.passed:
                self._port.wait(quiet.left())
                self._listen()
            if (left := self._port.unsent()) < unsent:
                self._deadline.moved()
            unsent = left
            if self._said.barrier:
                self.unproven = False
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
        reset = Deadline(self._deadline.left(RESET_WITHIN_S))
        closed, before = False, self._port.unsent()
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
            unsent = self._port.unsent()
            if unsent < before:
                self._deadline.moved()
            before = unsent
            if not unsent and (closed or reset.passed):
                return Delivery("sent")
            if self._deadline.passed:
                return Delivery("broken", "timeout", f"{unsent} bytes have not left")


class LinkPrinter:
    """A printer on a serial port, a USB printer device or TCP."""

    def __init__(self, uri: str, address: Address) -> None:
        self.uri = uri
        self._address = address
        self._lock = threading.Lock()
        self._silent_until = 0.0 if address.answers else math.inf
        self._owes_answer = False
        self._has_answered = False  # since somebody last switched it off, as far as can be seen from here

    def send(self, data: bytes, timeout_s: float = 10.0) -> Delivery:
        deadline = Deadline(timeout_s, self._line_seconds(len(data)))
        if not self._lock.acquire(timeout=max(0.0, timeout_s)):
            return Delivery("not_sent", "busy", "another job is being sent")
        try:
            return self._send(data, deadline)
        finally:
            self._lock.release()

    def _line_seconds(self, count: int) -> float:
        """What so many bytes take on a serial line, start and stop bits included; 0 where there is none."""
        line = self._address.line
        if self._address.kind != "device":
            return 0.0
        return count * (1 + line.bits + (line.parity != "N") + line.stop) / line.baud

    def _send(self, data: bytes, deadline: Deadline) -> Delivery:
        try:
            port = open_port(self._address, deadline.left())
        except PortError as error:
            self._forget_if_gone(error)
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
            self._owes_answer |= talk.unproven
            port.close(discard=not complete)
        return delivery

    def _deliver(self, talk: _Conversation, data: bytes) -> Delivery:
        answers = False
        if time.monotonic() >= self._silent_until:
            status = self._ask(talk)
            answers = status.answered
            if not answers and self._has_answered:
                return Delivery("not_sent", "timeout", "the printer answered before, and says nothing now")
            if not answers:
                self._silent_until = time.monotonic() + SILENT_FOR_S
            elif status.reason:
                return Delivery("not_sent", status.reason, "the printer says it cannot print")
            elif self._owes_answer:
                if not talk.catch_up():
                    return Delivery("not_sent", "timeout", "the printer is not through with the job before")
                self._owes_answer = False
        if not talk.write_job(data):
            return Delivery("broken" if talk.written else "not_sent", "timeout", f"{talk.written} of {len(data)} bytes")
        return talk.prove() if answers else talk.settle()

    def _ask(self, talk: _Conversation) -> PrinterStatus:
        """One that answered before is no silent printer: what it is sent now may never come out. It is asked twice."""
        status = talk.ask()
        if not status.answered and self._has_answered:
            status = talk.ask()
        self._has_answered |= status.answered
        if not status.answered and self._has_answered:
            return PrinterStatus(answered=False, reason="timeout")
        return status

    def _forget_if_gone(self, error: PortError) -> None:
        """Another printer may be there when the way is open again."""
        if error.reason in ("missing", "refused", "unreachable"):
            self._has_answered = False

    def status(self, timeout_s: float = 1.0) -> PrinterStatus:
        if not self._address.answers:
            return PrinterStatus(answered=False, reason="")
        deadline = Deadline(timeout_s)
        if not self._lock.acquire(timeout=max(0.0, timeout_s)):
            return PrinterStatus(answered=False, reason="busy")
        try:
            port = open_port(self._address, deadline.left())
            try:
                status = self._ask(_Conversation(port, deadline))
            finally:
                port.close(discard=True)
        except PortError as error:
            self._forget_if_gone(error)
            return PrinterStatus(answered=False, reason=error.reason)
        finally:
            self._lock.release()
        if status.answered:
            self._silent_until = 0.0
        return status
