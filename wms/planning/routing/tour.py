"""What a tour is, who can find one, and when there is none."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Tour:
    """`route` names the stops in walking order, each once, start and end left out; `length` is what the shortest walk
    along them takes, from the best start to the best end, in the graph's unit."""

    length: int
    route: tuple[int, ...]


class Router(Protocol):
    """Finds the walk past a set of stops. `exact`: no walk past them is shorter than the one it gives."""

    @property
    def exact(self) -> bool: ...

    def tour(self, stops: Collection[int]) -> Tour:
        """The same stops, in whatever order, give the same tour. Raises `Unreachable`."""
        ...


class Unreachable(Exception):
    """No walk from a start past `stops` to an end exists: each of them is cut off, or one-way stretches let nobody walk
    from any of these to the other, in either order."""

    def __init__(self, stops: tuple[int, ...]) -> None:
        super().__init__(f"no walk leads past {', '.join(map(str, stops))}")
        self.stops = stops
