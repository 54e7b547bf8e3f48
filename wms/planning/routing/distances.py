"""Shortest walks between the nodes of a walking graph."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from functools import cached_property
from heapq import heapify, heappop, heappush
from itertools import pairwise
from typing import NamedTuple

from wms.planning.graph import WalkGraph
from wms.planning.routing.shortcuts import FAR, Shortcuts
from wms.planning.routing.tour import Unreachable


class Matrix(NamedTuple):
    """What the walk from one stop (row) to another (column) takes. Row 0 is the start, column 0 the end, so that a tour
    is a circle through 0. Where no walk leads, `barred` stands, which is more than any tour along walks that do; still,
    of any two stops at least one reaches the other."""

    rows: list[list[int]]
    barred: int


_NONE = -1

Arcs = list[list[tuple[int, int]]]


class Distances:
    """Of one floor, worked out where they are asked for."""

    def __init__(self, graph: WalkGraph) -> None:
        self.size = graph.size
        self._graph = graph
        out: Arcs = [[] for _ in range(graph.size)]
        into: Arcs = [[] for _ in range(graph.size)]
        for a, b, length in graph.arcs:
            out[a].append((b, length))
            into[b].append((a, length))
        self._first = _walks(out, graph.starts)
        self._last = _walks(into, graph.ends)

    @cached_property
    def _shortcuts(self) -> Shortcuts:
        return Shortcuts(self._graph)

    def between(self, a: int, b: int) -> int | None:
        """None where no walk leads from one to the other."""
        length = self._shortcuts.row(a)[b]
        return None if length >= FAR else length

    def cut_off(self, stops: Sequence[int]) -> tuple[int, ...]:
        """Those that no start reaches, or that reach no end."""
        known = range(self.size)
        return tuple(s for s in stops if s not in known or _NONE in (self._first[s], self._last[s]))

    def length(self, route: Sequence[int]) -> int:
        """From the best start along the stops in this order to the best end. Raises `Unreachable`."""
        if not route:
            return 0
        if lost := self.cut_off(route):
            raise Unreachable(lost)
        total = self._first[route[0]] + self._last[route[-1]]
        for a, b in pairwise(route):
            step = self.between(a, b)
            if step is None:
                raise Unreachable((a, b))
            total += step
        return total

    def matrix(self, stops: Sequence[int]) -> Matrix:
        """Stops are numbered from 1 in the order given. Raises `Unreachable` where no tour can be."""
        if lost := self.cut_off(stops):
            raise Unreachable(lost)
        rows = [[0, *(self._first[s] for s in stops)]]
        rows += [[self._last[a], *map(self._shortcuts.row(a).__getitem__, stops)] for a in stops]
        if max(map(max, rows)) < FAR:
            return Matrix(rows, len(rows) * max(map(max, rows)) + 1)
        barred = len(rows) * max(length for row in rows for length in row if length < FAR) + 1
        for n, row in enumerate(rows):
            for m, length in enumerate(row):
                if length >= FAR:
                    if rows[m][n] >= FAR or rows[m][n] == barred:
                        raise Unreachable((stops[n - 1], stops[m - 1]))
                    row[m] = barred
        return Matrix(rows, barred)


def _walks(arcs: Arcs, origins: Sequence[int]) -> array[int]:
    lengths = array("q", [_NONE]) * len(arcs)
    queue = [(0, origin) for origin in origins]
    heapify(queue)
    while queue:
        walked, node = heappop(queue)
        if lengths[node] != _NONE:
            continue
        lengths[node] = walked
        for neighbour, length in arcs[node]:
            if lengths[neighbour] == _NONE:
                heappush(queue, (walked + length, neighbour))
    return lengths
