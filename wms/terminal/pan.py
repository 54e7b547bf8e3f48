"""What lies on the scale, as the desk sees it, and its way to command the scale."""

from __future__ import annotations

import threading
from collections.abc import Callable

from wms.workflows.inputs import Weighed
from wms.workflows.on_scale import OnScale

EMPTY_BELOW_G = 20


class Pan:
    """One parcel is weighed once: after a weight was taken the pan must be emptied.

    `says` tells what the scale says now; `order` sends it a command, whose result comes back as an input.
    """

    def __init__(
        self, says: Callable[[], OnScale] = OnScale, order: Callable[[str], None] = lambda _command: None
    ) -> None:
        self.says, self.order = says, order
        self._lock = threading.Lock()
        self._grams = 0
        self._taken = False

    def lies(self, grams: int) -> None:
        """A stable weight. Below zero the pan is empty as well: the scale has drifted."""
        with self._lock:
            self._grams = grams
            if grams < EMPTY_BELOW_G:
                self._taken = False

    def moves(self) -> None:
        """Nothing that may be booked."""
        with self._lock:
            self._grams = 0

    def take(self) -> Weighed | None:
        """The weight that waits, once."""
        with self._lock:
            if self._taken or self._grams < EMPTY_BELOW_G:
                return None
            self._taken = True
            return Weighed(self._grams)

    def give_back(self) -> None:
        """The weight was refused: the same parcel may be weighed again."""
        with self._lock:
            self._taken = False
