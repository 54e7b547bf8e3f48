"""Codes that a scanner types as a keyboard would, known by their speed."""

from __future__ import annotations

import math
import re

from drivers.cutting import Cut

WEDGE_KEY_GAP_MS = 35
WEDGE_SHORTEST = 6


class WedgeCutter:
    """Keys typed faster than a person can, then Enter. Slower ones are a person's: no scan and no fault either."""

    def __init__(self, max_length: int) -> None:
        self._max_length = max_length
        self._keys = bytearray()
        self._discarding = False
        self._since = 0.0

    @property
    def busy(self) -> bool:
        return bool(self._keys)

    @property
    def half_read(self) -> bool:
        return self.busy

    def due(self) -> float | None:
        if not self._keys and not self._discarding:
            return None
        return math.nextafter(self._since + WEDGE_KEY_GAP_MS, math.inf)  # a gap of just so long is still a scanner's

    def feed(self, keys: bytes, t: float) -> list[Cut]:
        cuts: list[Cut] = []
        self._since = t
        for part in re.split(rb"([\r\n])", keys):
            if part not in (b"\r", b"\n"):
                cuts += self._collect(part)
                continue
            code, discarded = bytes(self._keys), self._discarding
            self._keys.clear()
            self._discarding = False
            if not discarded and len(code.decode("utf-8", "replace")) >= WEDGE_SHORTEST:
                cuts.append(Cut("whole", code))
        return cuts

    def _collect(self, keys: bytes) -> list[Cut]:
        if self._discarding:
            return []
        self._keys += keys
        if len(self._keys) <= self._max_length:
            return []
        overlong = Cut("overlong", bytes(self._keys[: self._max_length]))
        self._keys.clear()
        self._discarding = True
        return [overlong]

    def expire(self) -> list[Cut]:
        return self.drop()

    def drop(self) -> list[Cut]:
        self._keys.clear()
        self._discarding = False
        return []
