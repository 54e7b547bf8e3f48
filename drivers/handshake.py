"""Scanners that wait for an answer to each read: which answer is owed, once each, and by when.

ACK/NAK: after a code the scanner waits for ACK or NAK; after NAK it sends the code again, three times at most; without
an answer in time it says so to its holder and throws the code away, or (Datalogic, some Honeywell) sends it again.
Sources: Zebra LS2208 Product Reference Guide, Software Handshaking; Honeywell MS9540 MetroSelect guide, ACK/NAK;
Datalogic PowerScan PD96 Product Reference Guide, ACK NAK Options.

Host acknowledgement: the scanner neither beeps nor scans again until it gets a valid escape sequence, 10 s by default.
Source: Honeywell Xenon/Granit User Guide, Host Acknowledgment.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Literal, TypeAlias

ACK, NAK = b"\x06", b"\x15"

Due: TypeAlias = Literal["scan", "duplicate"]

_TAKEN: dict[str, Due] = {"scan": "scan", "duplicate": "duplicate"}

ANSWER_WITHIN_MS = 400
# Noise and the code behind it may come in two reads; scanners wait for their answer much longer than this.
QUIET_MS = 30


class Owed:
    """What the scanner waits for: one answer to each time it sent, however much of that was noise.

    Noise before a good frame came with it, so only the frame is answered: an answer to each would have the scanner
    take the first for all, and send a code again that was taken already. So a fault is answered after a silence.
    """

    def __init__(self) -> None:
        self._fault_at: float | None = None

    def settle(self, kinds: Iterable[str], t: float) -> list[Due]:
        """What to answer at once after frames of these kinds, read at `t`."""
        owed: list[Due] = []
        for kind in kinds:
            if due := _TAKEN.get(kind):
                owed.append(due)
                self._fault_at = None
            elif kind not in ("unplugged", "replugged"):
                self._fault_at = t
        return owed

    def due(self, *, busy: bool) -> float | None:
        """When a fault is to be answered, or None; `busy` while more of the same sending is under way."""
        return None if busy or self._fault_at is None else self._fault_at + QUIET_MS

    def take_fault(self, t: float, *, busy: bool) -> bool:
        """Whether a fault is to be answered now; from now on it is not."""
        due = self.due(busy=busy)
        if due is None or t < due:
            return False
        self._fault_at = None
        return True


class Awaited:
    """Reads whose verdict the application has not given yet, by number. Safe to use from any thread.

    A verdict counts once and only in time: after `within_ms` the scanner was released without one, and what comes
    late must not be taken for the answer to the next read.
    """

    def __init__(self, within_ms: int = ANSWER_WITHIN_MS) -> None:
        self._within_ms = within_ms
        self._until: dict[int, float] = {}
        self._lock = threading.Lock()

    def expect(self, read: int, t: float) -> None:
        with self._lock:
            self._until[read] = t + self._within_ms

    def take(self, read: int = 0) -> int:
        """The read (0: the oldest), which waits no longer; 0 if it did not."""
        with self._lock:
            read = read or next(iter(self._until), 0)
            return 0 if self._until.pop(read, None) is None else read

    def due(self) -> float | None:
        with self._lock:
            return min(self._until.values(), default=None)

    def overdue(self, t: float) -> list[int]:
        """Those that have waited too long; they no longer wait."""
        with self._lock:
            late = [read for read, until in self._until.items() if t >= until]
            for read in late:
                del self._until[read]
            return late

    def clear(self) -> None:
        with self._lock:
            self._until.clear()
