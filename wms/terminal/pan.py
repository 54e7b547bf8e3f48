"""What lies on the scale, as the desk sees it, and its way to command the scale."""

from __future__ import annotations

import threading
from collections.abc import Callable

from wms.domain.ids import ParcelId
from wms.domain.records import replace
from wms.workflows.inputs import Weighed
from wms.workflows.on_scale import OnScale

EMPTY_BELOW_G = 20


class Pan:
    """One parcel is weighed once: after a weight was taken the pan must be emptied before the next parcel is weighed.

    `scale` tells what the scale says now; `order` sends it a command, whose result comes back as an input.
    """

    def __init__(
        self, scale: Callable[[], OnScale] = OnScale, order: Callable[[str], None] = lambda _command: None
    ) -> None:
        self._scale, self.order = scale, order
        self._lock = threading.Lock()
        self._grams = 0
        self._weighed = ParcelId("")  # lies there still, as far as the scale has told
        self._refused = False

    def says(self) -> OnScale:
        """What the scale says, and which weighed parcel lies there still."""
        scale = self._scale()
        with self._lock:
            return replace(scale, weighed=self._weighed)

    def lies(self, grams: int) -> None:
        """A stable weight. Below zero the pan is empty as well: the scale has drifted."""
        with self._lock:
            self._grams = grams
            if grams < EMPTY_BELOW_G:
                self._weighed, self._refused = ParcelId(""), False

    def moves(self) -> None:
        """Nothing that may be booked."""
        with self._lock:
            self._grams = 0

    def take(self, parcel: ParcelId) -> Weighed | None:
        """The weight that waits, once."""
        with self._lock:
            again = self._refused and parcel == self._weighed
            if self._grams < EMPTY_BELOW_G or (self._weighed and not again):
                return None
            self._weighed, self._refused = parcel, False
            return Weighed(self._grams)

    def give_back(self) -> None:
        """The weight was refused: the same parcel may be weighed again; any other finds it lying there."""
        with self._lock:
            self._refused = True
