"""The floor as a plan in the cells of a terminal: fronts below, backs above, true to order and nearly to scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from wms.planning.floor import Floor, Line, Point, Stretch
from wms.planning.floor_captions import BOTH, DROP, START, fitted, lies, meanings, named_rows, names_below, wide
from wms.planning.floor_route import walk_of
from wms.planning.floor_scale import Scale, across, upwards, window_of

NARROWEST = 20
_ARROW_EVERY = 3


@dataclass(frozen=True, slots=True)
class _Signs:
    up: str = "│"
    across: str = "─"
    meets: str = "┼"
    narrow: str = "┊"
    bins_up: str = "╫"
    bins_across: str = "╪"
    left: str = "▐"
    right: str = "▌"
    walked: str = "█"


_BLOCKS = _Signs()
_ASCII = _Signs("|", "-", "+", ":", "H", "=", "[", "]", "*")
_SLANTING, _BLOCKED, _POINT = ".", "x", "o"


def draw_text(
    floor: Floor,
    route: Sequence[int] | None = None,
    width: int = 80,
    height: int = 16,
    *,
    zone: str = "",
    legend: bool = True,
    ascii: bool = False,  # noqa: A002
) -> list[str]:
    """Rows of at most `width` cells (20 at least): the plan in about `height` rows, under it the names of the aisles,
    and the `legend` of its signs. With a `route` (nodes in walking order) the way is drawn, with each stop's number
    where it is. A floor too wide for its aisles to be told apart is drawn in several strips, the leftmost first. With
    a `zone` only that is drawn, and what is next to it. `ascii` keeps to signs that every terminal draws one cell
    wide."""
    if not floor.lines:
        return ["(nothing is drawn yet)"]
    width = max(width, NARROWEST)
    signs = _ASCII if ascii else _BLOCKS
    named = named_rows(floor)
    margin = min(max((wide(name) + 1 for name in named.values()), default=1), width // 3)
    strips: list[list[str]] = []
    used: dict[str, str] = {}
    window = window_of(floor, zone)
    tall = upwards(floor, height, window)
    for scale in across(floor, width - margin - 1, window):
        plan = _Plan(floor, signs, scale, tall, margin)
        plan.draw(route)
        used |= plan.used
        if rows := plan.rows(width, named):
            strips.append([*rows, *names_below(floor, scale, margin, width)])
    drawn = [row.rstrip() for strip in strips for row in ("", *strip)][1:]
    return drawn + (meanings(floor, used, width) if legend else [])


class _Plan:
    """One strip. Later signs cover earlier ones."""

    def __init__(self, floor: Floor, signs: _Signs, x: Scale, y: Scale, margin: int) -> None:
        self.floor, self.signs, self.x, self.y, self.margin = floor, signs, x, y, margin
        self.cells: dict[tuple[int, int], str] = {}
        self.used: dict[str, str] = {}
        uprights = sorted({x(line.start[0]) for line in floor.aisles if not lies(line) and x.covers(line.start[0])})
        self.racks = all(b - a >= 4 for a, b in pairwise(uprights))

    def rows(self, width: int, named: Mapping[int, str]) -> list[str]:
        rows: list[str] = []
        names = {self.y(at): name for at, name in named.items() if self.y.covers(at)}
        for row in range(self.y.size - 1, -1, -1):
            head = fitted(names[row], self.margin) if row in names else ""
            signs = "".join(
                self.cells.get((n - self.margin, row), " ") for n in range(self.margin if head else 0, width)
            )
            rows.append((head + signs).rstrip())
        inked = [n for n, row in enumerate(rows) if row]
        return rows[inked[0] : inked[-1] + 1] if inked else []

    def draw(self, route: Sequence[int] | None) -> None:
        for way in self.floor.walkways:
            self._straight(way.start, way.end, _SLANTING, "walkway")
            if way.one_way:
                self._arrow(way.start, way.end)
        for line in sorted(self.floor.lines, key=lambda line: line.is_cross):
            self._line(line)
        for one in self.floor.bins:
            self._bin(self.floor.line[one.aisle], self.floor.line[one.aisle].at(one.offset), one.side)
        for stretch in self.floor.one_way:
            self._one_way(stretch)
        for stretch in self.floor.blocked:
            self._blocked(stretch)
        for point in self.floor.points:
            self._put(point.at, _POINT, "point")
        if route:
            self._walk(route)
        starts = {mark.at for mark in self.floor.starts}
        drops = {mark.at for mark in self.floor.drops}
        for at in starts | drops:
            self._put(at, BOTH if at in starts & drops else START if at in starts else DROP)

    def _put(self, at: Point, sign: str, means: str = "", beside: int = 0) -> None:
        if self._shows(at):
            self.cells[self.x(at[0]) + beside, self.y(at[1])] = sign
            if means:
                self.used[sign] = means

    def _shows(self, at: Point) -> bool:
        return self.x.covers(at[0]) and self.y.covers(at[1])

    def _between(self, start: Point, end: Point) -> list[tuple[int, int]]:
        """Cells from one place to the other, in this strip."""
        (a, b), (c, d) = ((self.x(px), self.y(py)) for px, py in (start, end))
        count = max(abs(c - a), abs(d - b))
        if not all(scale.meets(start[n], end[n]) for n, scale in enumerate((self.x, self.y))):
            return []
        return [(a + _share(c - a, n, count), b + _share(d - b, n, count)) for n in range(count + 1)]

    def _straight(self, start: Point, end: Point, sign: str, means: str) -> None:
        for cell in self._between(start, end):
            self.cells[cell] = sign
            self.used[sign] = means

    def _line(self, line: Line) -> None:
        upright = line.start[0] == line.end[0]
        sign = self.signs.up if upright else self.signs.across if lies(line) else _SLANTING
        if line.narrow and not line.is_cross:
            sign = self.signs.narrow
        for cell in self._between(line.start, line.end):
            old = self.cells.get(cell)
            self.cells[cell] = self.signs.meets if old not in (None, sign, _SLANTING) else sign
        if sign == self.signs.narrow:
            self.used[sign] = "narrow, one cart"

    def _bin(self, aisle: Line, at: Point, side: str) -> None:
        upright = aisle.start[0] == aisle.end[0]
        if not upright or not self.racks:
            self._put(at, self.signs.bins_up if upright else self.signs.bins_across, "bins")
            return
        left_is_west = aisle.end[1] > aisle.start[1]
        if not side or (side == "L") == left_is_west:
            self._put(at, self.signs.left, beside=-1)
        if not side or (side == "R") == left_is_west:
            self._put(at, self.signs.right, beside=1)
        if self._shows(at):
            self.used[self.signs.left] = "bins"

    def _blocked(self, stretch: Stretch) -> None:
        line = self.floor.line[stretch.line]
        within = [at for at in self.floor.net.chains[line.name] if stretch.first <= at <= stretch.last]
        for offset in within or [(stretch.first + stretch.last) // 2]:
            self._put(line.at(offset), _BLOCKED, "blocked")

    def _one_way(self, stretch: Stretch) -> None:
        line = self.floor.line[stretch.line]
        start, end = line.at(stretch.first), line.at(stretch.last)
        self._arrow(*((start, end) if stretch.towards == "back" else (end, start)))

    def _arrow(self, start: Point, end: Point) -> None:
        dx, dy = end[0] - start[0], end[1] - start[1]
        sign = ("^" if dy > 0 else "v") if abs(dy) >= abs(dx) else (">" if dx > 0 else "<")
        cells = self._between(start, end)
        inside = cells[1:-1] or cells
        for cell in inside[len(inside) // 2 % _ARROW_EVERY :: _ARROW_EVERY]:
            if self.cells.get(cell) != self.signs.meets or len(inside) == 1:
                self.cells[cell] = sign
                self.used[sign] = "one way"

    def _walk(self, route: Sequence[int]) -> None:
        net = self.floor.net
        walk = walk_of(self.floor, route)
        for u, v in pairwise(walk.way if walk is not None else ()):
            (ax, ay), (bx, by) = net.at[u], net.at[v]
            corner = (ax, by) if u in net.gates.values() else (bx, ay) if v in net.gates.values() else (bx, by)
            self._straight((ax, ay), corner, self.signs.walked, "the way")
            self._straight(corner, (bx, by), self.signs.walked, "the way")
        numbers: dict[tuple[int, int], list[int]] = {}
        for number, node in enumerate(route, 1):
            x, y = net.at[node]
            if self._shows((x, y)):
                numbers.setdefault((self.x(x), self.y(y)), []).append(number)
        for (column, row), here in numbers.items():
            shown = f"{here[0]}+" if len(here) > 1 else str(here[0])
            for n, figure in enumerate(shown):
                self.cells[column + n, row] = figure
            if len(here) > 1:
                self.used["n+"] = "several stops from n on"


def _share(whole: int, n: int, count: int) -> int:
    return (2 * whole * n + count) // (2 * count) if count else 0
