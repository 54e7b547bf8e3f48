"""Millimetres of a floor as cells of a terminal: order kept always, distances where there is room."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import inf
from typing import TypeAlias

from wms.planning.floor import Floor

_ROOMY, _TIGHT, _MOST = 4, 2, 10
_MARGIN_MM = 4000

Window: TypeAlias = "tuple[tuple[float, float], tuple[float, float]]"
"""From where to where the plan goes, across and up; what begins beyond is not on it."""

EVERYTHING: Window = ((-inf, inf), (-inf, inf))


@dataclass(frozen=True, slots=True)
class Scale:
    """`places` (millimetres, ascending) have the cells `cells`; the scale covers all that lies from `low` to before
    `high`."""

    places: tuple[int, ...]
    cells: tuple[int, ...]
    low: float
    high: float

    @property
    def size(self) -> int:
        return self.cells[-1] + 1

    def covers(self, place: int) -> bool:
        return self.low <= place < self.high

    def meets(self, start: int, end: int) -> bool:
        """Whether something from one place to another lies on it, if only in part."""
        return min(start, end) < self.high and max(start, end) >= self.low

    def __call__(self, place: int) -> int:
        """The cell of a place: between the cells of two known ones, in proportion; beyond all that of the outermost."""
        n = bisect_right(self.places, place) - 1
        if n < 0:
            return self.cells[0]
        if place == self.places[n] or n == len(self.places) - 1:
            return self.cells[n]
        low, high = self.places[n], self.places[n + 1]
        between = self.cells[n + 1] - self.cells[n] - 1
        return self.cells[n] + (1 + (place - low) * between // (high - low) if between else 0)


def window_of(floor: Floor, zone: str) -> Window:
    """A zone with what is next to it; everything if no aisle is of that zone."""
    aisles = [line for line in floor.aisles if line.zone == zone]
    if not zone or not aisles:
        return EVERYTHING
    ends = [at for line in aisles for at in (line.start, line.end)]
    across_, up = ((min(at[n] for at in ends) - _MARGIN_MM, max(at[n] for at in ends) + _MARGIN_MM) for n in (0, 1))
    return across_, up


def across(floor: Floor, width: int, window: Window = EVERYTHING) -> list[Scale]:
    """One scale from left to right; several, the leftmost first, where `width` cells can't hold all aisles side by
    side."""
    aisles = {line.start[0] for line in floor.aisles if line.start[0] == line.end[0]}
    marks, bins = _places(floor, 0, window)
    places = sorted(marks | bins)
    if _least(places, aisles) >= width:
        places = sorted(marks)
    strips = _strips(places, aisles, width)
    bounds = [window[0][0], *(strip[0] for strip in strips[1:]), window[0][1]]
    return [
        Scale(tuple(strip), _cells(strip, aisles, width), low, high)
        for strip, (low, high) in zip(strips, pairwise(bounds), strict=True)
    ]


def upwards(floor: Floor, height: int, window: Window = EVERYTHING) -> Scale:
    """From the front up, one row for each distinct place, or about `height` rows where there are more."""
    marks, bins = _places(floor, 1, window)
    places = sorted(marks | bins)
    if len(places) <= height:
        return Scale(tuple(places), tuple(range(len(places))), *window[1])
    places = sorted(marks)
    least = [2 if any(a < at < b for at in bins) else 1 for a, b in pairwise(places)]
    spare, whole = max(0, height - 1 - sum(least)), places[-1] - places[0] or 1
    stretched = (spare * (place - places[0]) // whole for place in places)
    cells = tuple(low + more for low, more in zip(accumulate(least, initial=0), stretched, strict=True))
    return Scale(tuple(places), cells, *window[1])


def _places(floor: Floor, axis: int, window: Window) -> tuple[set[int], set[int]]:
    marks = {at[axis] for line in floor.lines for at in (line.start, line.end)}
    marks |= {mark.at[axis] for mark in (*floor.points, *floor.starts, *floor.drops)}
    marks |= {at[axis] for way in floor.walkways for at in (way.start, way.end)}
    bins = {floor.net.at[node][axis] for node in floor.net.node_of_bin.values()}
    low, high = window[axis]
    return {at for at in marks if low <= at < high}, {at for at in bins if low <= at < high}


def _apart(a: int, b: int, aisles: set[int]) -> int:
    return _TIGHT if a in aisles and b in aisles else 1


def _least(places: Sequence[int], aisles: set[int]) -> int:
    return sum(_apart(a, b, aisles) for a, b in pairwise(places))


def _strips(places: list[int], aisles: set[int], width: int) -> list[list[int]]:
    """As few as will do, about equally full."""
    least = _least(places, aisles)
    full = -(-(least + 1) // -(-(least + 1) // width)) if least >= width else width
    strips: list[list[int]] = [[]]
    taken = 0
    for place in places:
        step = _apart(strips[-1][-1], place, aisles) if strips[-1] else 0
        if strips[-1] and taken + step >= full:
            strips.append([])
            step = taken = 0
        strips[-1].append(place)
        taken += step
    return strips


def _cells(strip: Sequence[int], aisles: set[int], width: int) -> tuple[int, ...]:
    """Neighbouring aisles four cells apart, or as near to that as there is room, and all else in proportion."""
    steps = [(b - a, _apart(a, b, aisles)) for a, b in pairwise(strip)]
    unit = min((step for step, low in steps if low == _TIGHT), default=min((step for step, _ in steps), default=1))
    for roomy in range(_ROOMY, 1, -1):
        for most in (_MOST, _ROOMY):
            wide = [max(low, min(most * low, round(roomy * step / unit))) for step, low in steps]
            if sum(wide) < width:
                return tuple(accumulate(wide, initial=0))
    return tuple(accumulate((low for _, low in steps), initial=0))
