"""One thread per device: opens its port, reads, writes, and opens it again when it is lost."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import Protocol

from drivers.address import parse_two_way
from drivers.port_budget import LARGEST_READ, PAUSE_S, ReadBudget
from drivers.port_faults import explained, shared_words
from drivers.port_place import Place
from drivers.port_system import HERE, System
from drivers.transport import Fault, Port, PortError, Wake

log = logging.getLogger(__name__)

# The slow one still has a device back within 300 ms of its cable.
QUICK_RETRY_S, SLOW_RETRY_S = 0.02, 0.2
QUICK_FOR_S = 3.0
OPEN_TIMEOUT_S = 2.0
STEADY_AFTER_S, PATIENT_CALLS = 1.0, 3
FAREWELL_S = 0.3
EXPLAIN_EVERY_S = 5.0
# A second's worth of commands on a slow line. A device that takes none is left alone, not queued up for.
MOST_QUEUED, MOST_QUEUED_BYTES = 64, 8192


def monotonic_ms() -> float:
    return time.monotonic() * 1000


def utc_ms() -> int:
    return time.time_ns() // 1_000_000


class Handler(Protocol):
    """What a device does with its connection. Every method is called from the connection's thread.

    `received(data, t)`: read at `t`; when they came is not known, for this thread may have been held up.
    `ticked(t)`: the time of `due()` has come, and the device had nothing to read at `t`, or what it had was
    `received` just before.
    """

    def connecting(self) -> None: ...
    def opened(self, t: float) -> None: ...
    def lost(self, t: float) -> None: ...
    def received(self, data: bytes, t: float) -> None: ...
    def due(self) -> float | None: ...
    def ticked(self, t: float) -> None: ...


@dataclass(slots=True)
class _Outgoing:
    data: bytes
    until: float
    begun: bool = False


class Connection:
    """Keeps a device open by its stable name. Times given to the handler are `monotonic_ms()`.

    A device that floods is read at `drivers.port_budget`'s rate and has to wait; `throttled` says so.
    Raises ValueError for an address that is none, or of something that cannot be read.
    """

    def __init__(self, address: str, handler: Handler, name: str, system: System = HERE) -> None:
        self._place = Place(parse_two_way(address), system)
        self._system = system
        self._handler = handler
        self._wake = Wake()
        self._stopping = threading.Event()
        self._outgoing: deque[_Outgoing] = deque()
        self._port: Port | None = None
        self._budget: ReadBudget | None = None
        self._heard = False
        self._filled = False
        self._continues = False
        self._thread = threading.Thread(target=self._run, name=f"device {name}", daemon=True)
        self._fault: PortError | None = None
        self._explained_at = -EXPLAIN_EVERY_S
        self._shared: tuple[str, str] = ("", "")

    @property
    def problem(self) -> Fault | None:
        """Why the port is not open, in a word; None while it is."""
        fault = self._fault
        return fault.reason if fault else None

    @property
    def detail(self) -> str:
        """What stands in the way, in English: which program has the port, who may open it; '' if not known.

        While the port is open: which other program has it open too, and may get what was meant for us.
        """
        fault = self._fault
        return fault.detail if fault else self._shared[0]

    @property
    def mend(self) -> str:
        """What to do about it, in English; '' if not known."""
        fault = self._fault
        return fault.mend if fault else self._shared[1]

    @property
    def problem_text(self) -> str:
        """`problem`, `detail` and `mend` in one line for logs and the command line; '' while the port is open."""
        fault = self._fault
        return str(fault) if fault else ""

    @property
    def throttled(self) -> bool:
        """Whether the device sent more than is read of it, within the last second."""
        budget = self._budget
        return budget is not None and budget.exhausted(time.monotonic())

    @property
    def continues(self) -> bool:
        """Whether what was `received` last goes on where a read stopped that could not take all there was."""
        return self._continues

    def charge(self, frames: int) -> None:
        """What was read made so many frames; the next read waits if that is more than any scanner sends."""
        if budget := self._budget:
            budget.charge(frames, time.monotonic())

    def start(self) -> None:
        self._thread.start()

    def stop(self, timeout_s: float = 3.0) -> None:
        """End the thread and give the port back; what was sent before still leaves, unless the device stalls.

        May be called twice, and before `start`.
        """
        self._stopping.set()
        self._wake.set()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(timeout_s)
        elif not self._thread.ident:
            self._wake.close()

    def send(self, data: bytes, timeout_s: float = 1.0) -> bool:
        """Queue bytes for the device; they are dropped when it has taken none of them in time. Never blocks.

        False if they were dropped at once: the port is not open, or too much waits already.
        """
        if self._port is None or not self._has_room(data):
            return False
        self._outgoing.append(_Outgoing(data, time.monotonic() + timeout_s))
        if threading.current_thread() is not self._thread:
            self._wake.set()
            return True
        try:
            self._write_queued(self._port)
        except PortError:
            return False  # the read that follows finds the same and reports it
        return True

    def _has_room(self, data: bytes) -> bool:
        waiting = list(self._outgoing)
        return len(waiting) < MOST_QUEUED and sum(len(item.data) for item in waiting) + len(data) <= MOST_QUEUED_BYTES

    def _run(self) -> None:
        try:
            self._guarded(self._handler.connecting)
            while not self._stopping.is_set():
                try:
                    self._keep_open()
                except Exception:  # a thread that ended would leave the device dead until the next start
                    log.exception("device %s", self._thread.name)
                    self._stopping.wait(SLOW_RETRY_S)
        finally:
            self._wake.close()

    def _keep_open(self) -> None:
        since = time.monotonic()
        hung_up = 0
        while not self._stopping.is_set():
            try:
                port = self._place.open(OPEN_TIMEOUT_S)
            except PortError as error:
                self._note(error)
                quick = time.monotonic() - since < QUICK_FOR_S
                self._stopping.wait(QUICK_RETRY_S if quick else SLOW_RETRY_S)
                continue
            opened = time.monotonic()
            self._use(port)
            since = time.monotonic()
            # What hangs up at once is opened less often: a serial-device server that serves another, a device that
            # fails its first read. A cable with a loose contact is none of these: something comes through.
            in_vain = self._place.address.kind == "tcp" or not self._heard
            hung_up = hung_up + 1 if in_vain and since - opened < STEADY_AFTER_S else 0
            self._stopping.wait(QUICK_RETRY_S if hung_up < PATIENT_CALLS else SLOW_RETRY_S)

    def _note(self, error: PortError) -> None:
        """Keep the fault, explained if it is another than before, and now and then: the owner may have changed."""
        now = time.monotonic()
        is_new = self._fault is None or self._fault.reason != error.reason
        if not is_new and now - self._explained_at < EXPLAIN_EVERY_S:
            return
        before, self._explained_at = self.problem_text, now
        self._fault = explained(error, self._place.address, self._system)
        if self.problem_text != before:
            log.info("%s is not open: %s", self._thread.name, self._fault)

    def _use(self, port: Port) -> None:
        """Until the device is lost, or `stop`."""
        self._fault, self._shared = None, ("", "")
        self._outgoing.clear()
        self._budget = ReadBudget(time.monotonic())
        self._heard = self._filled = False
        self._port = port
        discard = True
        try:
            self._guarded(self._handler.opened, monotonic_ms())
            threading.Thread(target=self._look_for_others, args=(port,), name="owners", daemon=True).start()
            self._serve(port, self._budget)
            discard = not self._said_all(port)
        except PortError as error:
            self._note(error)
        finally:
            self._port = self._budget = None
            try:
                port.close(discard=discard)
            except OSError:
                log.exception("closing %s", self._thread.name)
            if not self._stopping.is_set():
                self._guarded(self._handler.lost, monotonic_ms())

    def _look_for_others(self, port: Port) -> None:
        """A program that opened the port before us, and asked for no lock, reads on: each byte goes to one of us."""
        shared = shared_words(self._place.address, self._system)
        if shared[0] and self._port is port:
            self._shared = shared
            log.info("%s: %s", self._thread.name, shared[0])

    def _serve(self, port: Port, budget: ReadBudget) -> None:
        while not self._stopping.is_set():
            limit = budget.limit(time.monotonic())
            if limit:
                port.wait(self._patience(), writable=bool(self._outgoing), wake=self._wake)
                self._take(port, limit, budget)
            else:
                self._stopping.wait(PAUSE_S)  # not on the port, which has something to read and would not let us
            try:
                self._write_queued(port)
            except PortError:
                self._take(port, LARGEST_READ, budget)  # what came before it hung up
                raise

    def _take(self, port: Port, limit: int, budget: ReadBudget) -> None:
        """Read once. A read that finds nothing proves silence until it began, however long this thread is held up."""
        asked = monotonic_ms()
        data = port.read(limit)
        budget.spend(len(data), time.monotonic())
        self._continues, self._filled = self._filled, len(data) >= limit
        if data:
            self._heard = True
            self._guarded(self._handler.received, data, monotonic_ms())
        due = self._handler.due()
        if due is not None and asked >= due:
            self._guarded(self._handler.ticked, asked)

    def _patience(self) -> float | None:
        ends = [item.until - time.monotonic() for item in list(self._outgoing)[:1] if not item.begun]
        if (due := self._handler.due()) is not None:
            ends.append((due - monotonic_ms()) / 1000)
        return max(0.0, min(ends)) if ends else None

    def _write_queued(self, port: Port) -> None:
        while self._outgoing:
            item = self._outgoing[0]
            if item.until < time.monotonic() and not item.begun:  # the next must not go into the middle of one
                self._outgoing.popleft()
                continue
            taken = port.write(item.data)
            if taken < len(item.data):
                item.begun = item.begun or taken > 0
                item.data = item.data[taken:]
                return
            self._outgoing.popleft()

    def _said_all(self, port: Port) -> bool:
        """Whether all that was sent has left: an acknowledgement that is owed, leave to read again. Waits a moment."""
        until = time.monotonic() + FAREWELL_S
        self._write_queued(port)
        while self._outgoing or port.unsent():
            if time.monotonic() >= until:
                return False
            time.sleep(0.005)
            self._write_queued(port)
        return True

    def _guarded(self, method: object, *arguments: object) -> None:
        """A fault in what is done with a read must not stop the next one from being taken."""
        try:
            method(*arguments)  # type: ignore[operator]
        except Exception:
            log.exception("device %s", self._thread.name)
