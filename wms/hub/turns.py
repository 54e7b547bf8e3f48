"""Whose turn it is to give back. What a restored hub has lost, its terminals hold alike: while one of them gives it
back the others would send the same again, and what they pull meanwhile only keeps that one waiting."""

from __future__ import annotations

import time
from collections.abc import Callable

from wms.domain.ids import DeviceId
from wms.sync import wire

PAUSE = 2.0  # seconds without a word after which the turn is over
AT_WORK = 10.0  # seconds for which what was sent may be worked on


class Turns:
    """One terminal's turn per warehouse. Not for two threads at once."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` gives seconds that never go back."""
        self._clock = clock
        self._turns: dict[str, tuple[DeviceId, float]] = {}  # whose it is, and until when

    def left(self, warehouse: str) -> float:
        """For how many seconds the turn goes on if its terminal falls silent; 0 if it is nobody's."""
        found = self._turns.get(warehouse)
        return 0.0 if found is None else max(found[1] - self._clock(), 0.0)

    def begin(self, warehouse: str, device: DeviceId) -> bool:
        """Whether the device may give back now; if so it is its turn."""
        if self.left(warehouse) and self._turns[warehouse][0] != device:
            return False
        self._turns[warehouse] = device, self._clock() + AT_WORK
        return True

    def end(self, warehouse: str, device: DeviceId, sent: int, taken: int) -> None:
        """The device is answered. It keeps the turn only while it sends whole messages, nothing of which was held."""
        if self._turns[warehouse][0] == device:
            more = sent == taken == wire.BATCH
            self._turns[warehouse] = device, self._clock() + PAUSE if more else 0.0
