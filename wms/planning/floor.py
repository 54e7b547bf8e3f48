"""The floor of a site: aisles and cross-aisles as straight walking lines, bins along them, where tours begin and end.

Lengths are whole millimetres. The front of a line is where it begins, its back where it ends.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from math import hypot
from typing import TypeAlias

from wms.planning.floor_net import Net, net_of
from wms.planning.floor_spots import spots_of
from wms.planning.floor_words import UNUSABLE, Trouble, Weight
from wms.planning.graph import Spot, WalkGraph

Point: TypeAlias = "tuple[int, int]"


class Source(StrEnum):
    """Where a floor comes from, best first."""

    DRAWN = "drawn"  # in a site file
    COORDINATES = "coordinates"  # of the bins
    SEQUENCE = "sequence"  # the order of the bins alone: metres are guesses


@dataclass(frozen=True, slots=True)
class Line:
    """An aisle, or (`is_cross`) a cross-aisle: a straight line on which one walks. Lines are joined where they meet.
    Only one cart at a time fits into a `narrow` one. `row` is the line of the file that it stands in."""

    name: str
    start: Point
    end: Point
    is_cross: bool = False
    zone: str = ""
    narrow: bool = False
    row: int = 0

    @property
    def length(self) -> int:
        return round(hypot(self.end[0] - self.start[0], self.end[1] - self.start[1]))

    def at(self, offset: int) -> Point:
        """Where that many millimetres from the front are."""
        (x, y), (to_x, to_y), length = self.start, self.end, self.length
        return x + round((to_x - x) * offset / length), y + round((to_y - y) * offset / length)


@dataclass(frozen=True, slots=True)
class Bin:
    """`offset` millimetres from the front of its aisle. `side` is L or R looking from the front to the back, '' where
    nobody says; `level` 1 is the lowest."""

    name: str
    aisle: str
    offset: int
    side: str = ""
    level: int = 1
    zone: str = ""
    row: int = 0


@dataclass(frozen=True, slots=True)
class Stretch:
    """The part of a line from `first` to `last` millimetres from its front; which one may walk `towards` its back or
    front only, or not at all ('')."""

    line: str
    first: int
    last: int
    towards: str = ""
    why: str = ""
    row: int = 0


@dataclass(frozen=True, slots=True)
class Walkway:
    """A way between two places that no line shows, such as a ramp; `one_way` from `start` to `end` only."""

    start: Point
    end: Point
    length: int
    one_way: bool = False
    row: int = 0


@dataclass(frozen=True, slots=True)
class Mark:
    """A named place: a point that walkways join, a start or a drop."""

    name: str
    at: Point
    row: int = 0


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a tour goes: `speed` in mm/s; `level_ms` for each level above `reach`, `turn_ms` for each turn into an
    aisle."""

    speed: int = 1200
    reach: int = 2
    level_ms: int = 0
    turn_ms: int = 0

    def ms(self, length: int, levels: int = 0, turns: int = 0) -> int:
        """Milliseconds for so many millimetres, levels above reach, and turns into aisles."""
        return -(-length * 1000 // self.speed) + levels * self.level_ms + turns * self.turn_ms


@dataclass(frozen=True)
class Floor:
    """The whole floor as far as it is sound; what was left out, or may not be as meant, stands in `troubles`."""

    lines: tuple[Line, ...] = ()
    bins: tuple[Bin, ...] = ()
    starts: tuple[Mark, ...] = ()
    drops: tuple[Mark, ...] = ()
    points: tuple[Mark, ...] = ()
    walkways: tuple[Walkway, ...] = ()
    one_way: tuple[Stretch, ...] = ()
    blocked: tuple[Stretch, ...] = ()
    pace: Pace = Pace()
    name: str = ""
    source: Source = Source.DRAWN
    troubles: tuple[Trouble, ...] = ()

    @property
    def aisles(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if not line.is_cross)

    @property
    def errors(self) -> tuple[Trouble, ...]:
        return tuple(trouble for trouble in self.troubles if trouble.weight == Weight.ERROR)

    @property
    def usable(self) -> bool:
        """Whether tours can be planned on it at all."""
        return not any(trouble.code in UNUSABLE for trouble in self.troubles)

    @cached_property
    def net(self) -> Net:
        """Nodes and ways, with what each node is."""
        return net_of(self)

    @cached_property
    def bin(self) -> dict[str, Bin]:
        """Each bin by its name."""
        return {one.name: one for one in self.bins}

    @cached_property
    def line(self) -> dict[str, Line]:
        return {one.name: one for one in self.lines}

    def graph(self) -> WalkGraph:
        """Lengths are millimetres."""
        return self.net.graph

    def spots(self) -> tuple[tuple[int, Spot], ...]:
        """What stands where, if this is a floor of parallel aisles with cross-aisles; else nothing."""
        return self._spots

    @cached_property
    def _spots(self) -> tuple[tuple[int, Spot], ...]:
        return spots_of(self)

    def node_of(self, name: str) -> int | None:
        """Where one stands to reach into that bin. None if the floor has no such bin, or no tour can go there."""
        node = self.net.node_of_bin.get(name)
        return node if node is not None and node in self.net.walkable else None

    def zone_of(self, name: str) -> str:
        """The zone of a bin; '' if it has none."""
        found = self.bin.get(name)
        return found.zone if found is not None else ""

    def levels_above_reach(self, names: Iterable[str]) -> int:
        """Summed over these bins."""
        known = (self.bin.get(name) for name in names)
        return sum(max(0, one.level - self.pace.reach) for one in known if one is not None)

    def also(self, *troubles: Trouble) -> Floor:
        """The same floor with more troubles; what was worked out of it is kept."""
        floor = replace(self, troubles=(*self.troubles, *troubles))
        floor.__dict__.update({name: self.__dict__[name] for name in _WORKED_OUT if name in self.__dict__})
        return floor


_WORKED_OUT = ("net", "bin", "line", "_spots")
