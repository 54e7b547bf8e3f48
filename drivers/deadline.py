"""How long to wait for a device that may be slow but must not be waited for without end."""

from __future__ import annotations

import time


class Deadline:
    """Passed when nothing has moved for `timeout_s`, and in any case `line_s` later than that from the beginning.

    `line_s` is what the bytes need on their line: at 9600 baud a picture of a label takes most of a minute, in which
    nothing is wrong as long as it moves.
    """

    def __init__(self, timeout_s: float, line_s: float = 0.0) -> None:
        self._timeout_s = timeout_s
        self._moved = time.monotonic()
        self._end = self._moved + timeout_s + line_s

    def moved(self) -> None:
        self._moved = time.monotonic()

    def left(self, at_most: float = 3600.0) -> float:
        return max(0.0, min(at_most, min(self._end, self._moved + self._timeout_s) - time.monotonic()))

    @property
    def passed(self) -> bool:
        return self.left() <= 0
