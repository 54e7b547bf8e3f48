"""What the screens need of a station: the newest picture, and somewhere to put what the operator did."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from wms.workflows.inputs import Input
from wms.workflows.view import View


class StationPort(Protocol):
    """A station works on its own thread: scans and commits go on whether or not a screen keeps up."""

    @property
    def view(self) -> View:
        """The newest picture; immutable, safe to read from any thread."""

    def submit(self, inp: Input, /) -> None:
        """Takes an input from any thread and returns at once; inputs are worked off in the order they came."""

    def subscribe(self, callback: Callable[[View], None], /) -> None:
        """Calls `callback` with every new view, in the station's thread; it must return at once."""

    def close(self) -> None:
        """Finishes the inputs already taken and stops."""
