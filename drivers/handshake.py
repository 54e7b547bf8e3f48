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

Due: TypeAlias = Literal["scan", "duplicate", "fault"]

_TAKEN: dict[str, Due] = {"scan": "scan", "duplicate": "duplicate"}

ANSWER_WITHIN_MS = 400


class Owed:
    """Counts what the scanner waits for: one answer to each time it sent, however much of that was noise.

    Noise before a good frame came with it, so only the frame is answered: an answer to each would have the scanner
    take the first for all, and send a code again that was taken already.
    """

    def __init__(self) -> None:
        self._fault = False

    def settle(self, kinds: Iterable[str], *, busy: bool) -> list[Due]:
        """What to answer now, after frames of these kinds; `busy` while more of the same sending is under way."""
        owed: list[Due] = []
        for kind in kinds:
            if due := _TAKEN.get(kind):
                owed.append(due)
                self._fault = False
            elif kind not in ("unplugged", "replugged"):
                self._fault = True
        if self._fault and not busy:
            owed.append("fault")
            self._fault = False
        return owed


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

    def take(self, read: int = 0) -> bool:
        """Whether the read (0: the oldest) still waits; from now on it does not."""
        with self._lock:
            read = read or next(iter(self._until), 0)
            return self._until.pop(read, None) is not None

    def due(self) -> float | None:
        with self._lock:
            return min(self._until.values(), default=None)

    def overdue(self, t: float) -> int:
        """How many have waited too long; they no longer wait."""
        with self._lock:
            late = [read for read, until in self._until.items() if t >= until]
            for read in late:
                del self._until[read]
            return len(late)

    def clear(self) -> None:
        with self._lock:
            self._until.clear()
