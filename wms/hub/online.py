"""How many terminals there are and how many are silent, looked up once for all that ask within a few seconds."""

from __future__ import annotations

import time

from wms.hub.interface import HubStore
from wms.hub.terminals import Terminals

GOOD_FOR = 2.0  # seconds


class Online:
    """Safe to use from several threads: at worst two look at once."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[float, tuple[int, int]]] = {}

    def counts(self, hub: HubStore) -> tuple[int, int]:
        """Terminals that may speak, and those of them not heard of lately."""
        until, counts = self._found.get(hub.warehouse, (0.0, (0, 0)))
        if time.monotonic() > until:
            counts = Terminals(hub.database, hub.warehouse).counts(hub.now() // 1000)
            self._found[hub.warehouse] = time.monotonic() + GOOD_FOR, counts
        return counts
