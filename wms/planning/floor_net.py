"""The floor as a net: nodes where lines meet and where one stands before bins, and the ways between them."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from math import hypot
from typing import TYPE_CHECKING, TypeAlias

from wms.planning.floor_lines import along, foot, meetings
from wms.planning.graph import WalkGraph

if TYPE_CHECKING:
    from wms.planning.floor import Floor, Line, Mark

Point: TypeAlias = "tuple[int, int]"

_MOST_LEVELS, _MOST_CROSSINGS = 6, 20_000


@dataclass(frozen=True)
class Net:
    """`at` is where each node lies; `chains` the nodes of each line by their offset from its front; `gates` the nodes
    of starts and drops by name; `crossings` the nodes where column and level of a rectangular floor meet."""

    graph: WalkGraph
    at: tuple[Point, ...]
    chains: Mapping[str, Mapping[int, int]]
    node_of_bin: Mapping[str, int]
    gates: Mapping[str, int]
    points: Mapping[str, int]
    crossings: Mapping[tuple[int, int], int]

    @cached_property
    def reached(self) -> frozenset[int]:
        """Nodes that one gets to from some start."""
        return _spread(self.graph.starts, ((u, v) for u, v, _ in self.graph.arcs))

    @cached_property
    def returning(self) -> frozenset[int]:
        """Nodes from which one gets to some drop."""
        return _spread(self.graph.ends, ((v, u) for u, v, _ in self.graph.arcs))

    @cached_property
    def walkable(self) -> frozenset[int]:
        """Nodes that a tour can visit."""
        return self.reached & self.returning

    @cached_property
    def ahead(self) -> Mapping[int, Mapping[int, int]]:
        """The nodes next to each node, with how far it is."""
        ways: dict[int, dict[int, int]] = {}
        for u, v, length in self.graph.arcs:
            near = ways.setdefault(u, {})
            near[v] = min(length, near.get(v, length))
        return ways

    def shortest(self, sources: Iterable[int], targets: Iterable[int]) -> tuple[int, ...]:
        """The nodes of a shortest way from any of the sources to any of the targets; empty if there is none."""
        wanted = set(targets)
        best = dict.fromkeys(sources, 0)
        before: dict[int, int] = {}
        queue = [(0, node) for node in best]
        while queue:
            far, u = heapq.heappop(queue)
            if far > best[u]:
                continue
            if u in wanted:
                way = [u]
                while way[-1] in before:
                    way.append(before[way[-1]])
                return tuple(reversed(way))
            for v, length in self.ahead.get(u, {}).items():
                if far + length < best.get(v, far + length + 1):
                    best[v], before[v] = far + length, u
                    heapq.heappush(queue, (far + length, v))
        return ()

    def length(self, way: Iterable[int]) -> int:
        return sum(self.ahead[u][v] for u, v in pairwise(way))


def net_of(floor: Floor) -> Net:
    return _Weaver(floor).net()


@dataclass
class _Weaver:
    """Makes nodes, then ways. A gate (start or drop) is a node beside its line, never on it: tours begin and end there,
    nobody walks through."""

    floor: Floor
    at: list[Point] = field(default_factory=list)
    chains: dict[str, dict[int, int]] = field(default_factory=dict)
    joints: set[tuple[int, int]] = field(default_factory=set)
    places: dict[Point, int] = field(default_factory=dict)
    arcs: dict[tuple[int, int], int] = field(default_factory=dict)

    def net(self) -> Net:
        floor = self.floor
        self.chains = {line.name: {} for line in floor.lines}
        for one, offset, other, far in meetings(floor.lines):
            self._join(one, offset, other, far)
        crossings = {key: self._place(at) for key, at in _rectangle(floor)}
        points = {mark.name: self._place(mark.at) for mark in floor.points}
        ends = [(self._place(way.start), self._place(way.end)) for way in floor.walkways]
        crossed = {name: frozenset(chain) for name, chain in self.chains.items()}
        node_of_bin = {one.name: self._before(floor.line[one.aisle], one.offset, crossed) for one in floor.bins}
        for line in floor.lines:
            self._walk(line)
        for u, v in self.joints:
            self._both(u, v, 0)
        for way, (u, v) in zip(floor.walkways, ends, strict=True):
            self._arc(u, v, way.length)
            if not way.one_way:
                self._arc(v, u, way.length)
        gates: dict[Point, int] = {}
        for mark in (*floor.starts, *floor.drops):
            if mark.at not in gates:
                gates[mark.at] = self._gate(mark)
        starts = tuple(dict.fromkeys(gates[mark.at] for mark in floor.starts))
        drops = tuple(dict.fromkeys(gates[mark.at] for mark in floor.drops))
        arcs = tuple((u, v, length) for (u, v), length in sorted(self.arcs.items()))
        return Net(
            WalkGraph(len(self.at), arcs, starts, drops),
            tuple(self.at),
            self.chains,
            node_of_bin,
            {mark.name: gates[mark.at] for mark in (*floor.starts, *floor.drops)},
            points,
            crossings,
        )

    def _node(self, at: Point) -> int:
        self.at.append(at)
        return len(self.at) - 1

    def _on(self, line: Line, offset: int) -> int:
        chain = self.chains[line.name]
        if offset not in chain:
            chain[offset] = self._node(line.at(offset))
        return chain[offset]

    def _before(self, aisle: Line, offset: int, crossed: Mapping[str, frozenset[int]]) -> int:
        """Where one stands before a bin: never a crossing, but a millimetre beside it, so that passing is no visit."""
        step = 1 if offset < aisle.length else -1
        while offset in crossed[aisle.name] and 0 <= offset + step <= aisle.length:
            offset += step
        return self._on(aisle, offset)

    def _join(self, one: Line, offset: int, other: Line, far: int) -> None:
        mine, its = self.chains[one.name].get(offset), self.chains[other.name].get(far)
        if mine is not None and its is not None:
            if mine != its:
                self.joints.add((min(mine, its), max(mine, its)))
        elif mine is not None:
            self.chains[other.name][far] = mine
        else:
            self.chains[one.name][offset] = self._on(other, far)

    def _place(self, at: Point) -> int:
        """The node at a place, on all lines that lead over it."""
        if at in self.places:
            return self.places[at]
        on = [(line, offset) for line in self.floor.lines if (offset := along(line, at)) is not None]
        if on:
            first, offset = on[0]
            self._on(first, offset)
            for line, far in on[1:]:
                self._join(first, offset, line, far)
        self.places[at] = self._on(*on[0]) if on else self._node(at)
        return self.places[at]

    def _walk(self, line: Line) -> None:
        for (first, u), (last, v) in pairwise(sorted(self.chains[line.name].items())):
            ahead, back = self._open(line, first, last)
            if ahead:
                self._arc(u, v, last - first)
            if back:
                self._arc(v, u, last - first)

    def _open(self, line: Line, first: int, last: int) -> tuple[bool, bool]:
        """Whether one may walk between two offsets of a line towards its back, and towards its front."""
        over = [
            stretch
            for stretch in (*self.floor.blocked, *self.floor.one_way)
            if stretch.line == line.name and stretch.first < last and stretch.last > first
        ]
        return all(s.towards == "back" for s in over), all(s.towards == "front" for s in over)

    def _gate(self, mark: Mark) -> int:
        """A node of its own, with ways to what is next to it on the nearest line; or to the walkway it stands at the
        end of."""
        node = self._node(mark.at)
        if any(mark.at in (way.start, way.end) for way in self.floor.walkways):
            self._both(node, self.places[mark.at], 0)
            return node
        nearest = min(
            (
                (hypot(x - mark.at[0], y - mark.at[1]), line.is_cross is False, n, line, offset)
                for n, line in enumerate(self.floor.lines)
                for (x, y), offset in [foot(line, mark.at)]
            ),
            default=None,
        )
        if nearest is None:
            return node
        apart, line, offset = round(nearest[0]), nearest[3], nearest[4]
        chain = sorted(self.chains[line.name].items())
        for far, other in _next_to(chain, offset):
            ahead, back = self._open(line, min(far, offset), max(far, offset)) if far != offset else (True, True)
            away, here = (ahead, back) if far > offset else (back, ahead)
            if away:
                self._arc(node, other, apart + abs(far - offset))
            if here:
                self._arc(other, node, apart + abs(far - offset))
        return node

    def _both(self, u: int, v: int, length: int) -> None:
        self._arc(u, v, length)
        self._arc(v, u, length)

    def _arc(self, u: int, v: int, length: int) -> None:
        if u != v:
            self.arcs[u, v] = min(length, self.arcs.get((u, v), length))


def _next_to(chain: list[tuple[int, int]], offset: int) -> Iterator[tuple[int, int]]:
    """The node there, else the one before and the one behind."""
    here = [item for item in chain if item[0] == offset]
    if here:
        yield here[0]
        return
    yield from [item for item in chain if item[0] < offset][-1:]
    yield from [item for item in chain if item[0] > offset][:1]


def _rectangle(floor: Floor) -> Iterator[tuple[tuple[int, int], Point]]:
    """Where columns (lines along the aisles) and levels (lines across) of a rectangular floor meet, or would meet if
    the lines were longer. So one floor of many halls is still one grid. Nothing for any other floor."""
    lying = {line.start[1] == line.end[1] for line in floor.aisles}
    square = all(line.start[0] == line.end[0] or line.start[1] == line.end[1] for line in floor.lines)
    if len(lying) != 1 or not square or floor.walkways:
        return
    across = 0 if lying == {True} else 1  # the coordinate that stays the same on a level
    columns = sorted({line.start[1 - across] for line in floor.lines if line.start[1 - across] == line.end[1 - across]})
    levels = sorted({line.start[across] for line in floor.lines if line.start[across] == line.end[across]})
    if not 2 <= len(levels) <= _MOST_LEVELS or len(levels) * len(columns) > _MOST_CROSSINGS:
        return
    for column, x in enumerate(columns):
        for level, y in enumerate(levels):
            yield (column, level), (x, y) if across else (y, x)


def _spread(sources: Iterable[int], ways: Iterable[tuple[int, int]]) -> frozenset[int]:
    near: dict[int, list[int]] = {}
    for u, v in ways:
        near.setdefault(u, []).append(v)
    found, open_ = set(sources), list(sources)
    while open_:
        for v in near.get(open_.pop(), ()):
            if v not in found:
                found.add(v)
                open_.append(v)
    return frozenset(found)
