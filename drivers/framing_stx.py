"""Codes between STX and ETX."""

from __future__ import annotations

import re

from drivers.cutting import Cut

STX, ETX = b"\x02", b"\x03"


class StxCutter:
    """STX code ETX. Line ends and break NULs between frames are nothing; all else there is one garbled piece."""

    def __init__(self, max_length: int, stale_ms: int) -> None:
        self._max_length, self._stale_ms = max_length, stale_ms
        self._held = bytearray()
        self._inside = self._discarding = self._junk_reported = False
        self._since = 0.0

    @property
    def busy(self) -> bool:
        return self._inside or bool(self._held)

    @property
    def half_read(self) -> bool:
        return self._inside

    def due(self) -> float | None:
        if self._discarding or not (self._inside or self._held or self._junk_reported):
            return None
        return self._since + self._stale_ms

    def feed(self, data: bytes, t: float) -> list[Cut]:
        cuts: list[Cut] = []
        self._since = t
        for part in re.split(rb"([\x02\x03])", data):
            if part == STX:
                cuts += self.drop()
                self._inside = True
            elif part == ETX and self._inside:
                if not self._discarding:
                    cuts.append(Cut("whole", bytes(self._held)))
                self._clear()
            elif self._inside:
                cuts += self._collect(part)
            else:
                cuts += self._collect_junk(part.translate(None, b"\r\n\0"))
        return cuts

    def _collect(self, part: bytes) -> list[Cut]:
        if self._discarding:
            return []
        self._held += part
        if len(self._held) <= self._max_length:
            return []
        overlong = Cut("overlong", bytes(self._held[: self._max_length]))
        self._held.clear()
        self._discarding = True
        return [overlong]

    def _collect_junk(self, junk: bytes) -> list[Cut]:
        if self._junk_reported:
            return []
        self._held += junk
        if len(self._held) <= self._max_length:
            return []
        garbled = Cut("garbled", bytes(self._held[: self._max_length]))
        self._held.clear()
        self._junk_reported = True
        return [garbled]

    def _clear(self) -> None:
        self._held.clear()
        self._inside = self._discarding = self._junk_reported = False

    def expire(self) -> list[Cut]:
        return self.drop()

    def drop(self) -> list[Cut]:
        left, inside, discarded = bytes(self._held), self._inside, self._discarding
        self._clear()
        if inside:
            return [] if discarded else [Cut("partial", left)]
        return [Cut("garbled", left)] if left else []
