"""How a search goes, on one line of the terminal."""

from __future__ import annotations

import sys
import time
from types import TracebackType

from wms.cli.output import is_terminal
from wms.cli.plan_told import less_percent

EVERY = 0.2  # seconds


class Drawn:
    """Told of a search's progress, it draws the line anew; nothing where stderr is no terminal. `ticks` of a problem
    make one unit of what is shown."""

    def __init__(self, ticks: int) -> None:
        self._ticks = ticks
        self._next = 0.0
        self._wide = 0
        self._shown = is_terminal(sys.stderr)

    def __enter__(self) -> Drawn:
        return self

    def __call__(self, seconds: float, best: int, start: int) -> None:
        now = time.monotonic()
        if not self._shown or now < self._next:
            return
        self._next = now + EVERY
        less = less_percent(best, start)
        compared = "" if less is None else f"  {less:.1f} % less than at the start"
        self._draw(f"{seconds:5.1f} s  best {best / self._ticks:,.2f}{compared}")

    def _draw(self, text: str) -> None:
        print(f"\r{text:<{self._wide}}", end="", file=sys.stderr, flush=True)
        self._wide = len(text)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """The line is wiped: what comes next begins at the left."""
        if self._wide:
            print(f"\r{'':<{self._wide}}\r", end="", file=sys.stderr, flush=True)
