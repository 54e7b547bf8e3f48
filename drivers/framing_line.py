"""Codes that end with a terminator, or with silence."""

from __future__ import annotations

import re
from collections.abc import Sequence

from drivers.cutting import Cut


class LineCutter:
    """A code, then one of `terminators`; with `idle_ms` that much silence ends a code too."""

    def __init__(self, terminators: Sequence[bytes], max_length: int, idle_ms: int, stale_ms: int) -> None:
        # The shortest first, so that where "\r" and "\r\n" both end a code it does not matter how the bytes are
        # split over reads: what is left of the longer one is taken off the line that follows.
        ends = sorted((end for end in terminators if end), key=len)
        self._terminator = re.compile(b"|".join(re.escape(end) for end in ends)) if ends else None
        self._rests = {
            end: [longer[len(end) :] for longer in ends if longer.startswith(end) and longer != end] for end in ends
        }
        self._lookback = max((len(end) for end in ends), default=1) - 1
        self._max_length, self._idle_ms, self._stale_ms = max_length, idle_ms, stale_ms
        self._held = bytearray()
        self._rest_of_end: list[bytes] = []
        self._discarding = False
        self._since = 0.0

    @property
    def busy(self) -> bool:
        return self._discarding or bool(self._held.strip(b"\0"))

    @property
    def half_read(self) -> bool:
        return self.busy

    def due(self) -> float | None:
        # An overlong frame lasts to its terminator, however long that takes to come (R11).
        if not self._held and not self._discarding:
            return None
        if self._discarding and self._terminator and not self._idle_ms:
            return None
        return self._since + (self._idle_ms or self._stale_ms)

    def feed(self, data: bytes, t: float) -> list[Cut]:
        cuts: list[Cut] = []
        held = self._held
        searched = max(0, len(held) - self._lookback)
        held += data
        self._since = t
        while self._terminator and (end := self._terminator.search(held, searched)):
            line = self._without_rest(bytes(held[: end.start()]))
            self._rest_of_end = self._rests[end.group()]
            del held[: end.end()]
            searched = 0
            if self._discarding:
                self._discarding = False
            else:
                cuts.append(Cut("whole" if len(line) <= self._max_length else "overlong", line[: self._max_length]))
        return cuts + self._cap()

    def _without_rest(self, line: bytes) -> bytes:
        rests, self._rest_of_end = self._rest_of_end, []
        return next((line.removeprefix(rest) for rest in rests if line.startswith(rest)), line)

    def _cap(self) -> list[Cut]:
        """Stop collecting a frame that is too long already; the last bytes may begin its terminator."""
        held = self._held
        if self._discarding:
            del held[: max(0, len(held) - self._lookback)]
            return []
        if len(held) <= self._max_length + self._lookback:
            return []
        overlong = Cut("overlong", bytes(held[: self._max_length]))
        del held[: len(held) - self._lookback]
        self._discarding = True
        return [overlong]

    def expire(self) -> list[Cut]:
        left, discarded = self._without_rest(bytes(self._held)), self._discarding
        self._held.clear()
        self._discarding = False
        if discarded or not left.strip(b"\0"):
            return []
        if not self._idle_ms:
            return [Cut("partial", left)]
        return [Cut("whole" if len(left) <= self._max_length else "overlong", left[: self._max_length])]

    def drop(self) -> list[Cut]:
        left, discarded = self._without_rest(bytes(self._held)), self._discarding
        self._held.clear()
        self._discarding = False
        return [Cut("partial", left)] if left.strip(b"\0") and not discarded else []
