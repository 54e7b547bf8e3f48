"""Walks between many pairs of nodes, far quicker than Dijkstra from each of them.

Nodes are taken out of the graph, those with the fewest neighbours first; shortcuts between their neighbours keep all
walks as long as they were (Rose 1972 for equations; Dibbelt, Strasser & Wagner 2016, doi 10.1145/2886843, for roads).
Every shortest walk then goes up, from nodes taken out early to ones taken out late, and down again. Floors of aisles
are taken out altogether. What hangs together too much stays: the core, in which Dijkstra has to do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from heapq import heapify, heappop, heappush
from itertools import repeat
from operator import add

from wms.planning.graph import WalkGraph

FAR = 1 << 60
"""Where no walk leads."""

_MOST_NEIGHBOURS = 16
"""A node with more stays: each pair of them would get a shortcut."""

_KEPT = 2_000_000
"""Lengths that are kept, all in all: 150 MB."""

_Ways = list[tuple[int, int]]


class Shortcuts:
    """Lengths of shortest walks, each worked out when it is asked for, and kept."""

    def __init__(self, graph: WalkGraph) -> None:
        self._near: list[dict[int, int]] = [{} for _ in range(graph.size)]
        for a, b, length in graph.arcs:
            if a != b:
                self._near[a][b] = min(length, self._near[a].get(b, FAR))
                self._near[b].setdefault(a, FAR)
        self._up: list[_Ways] = [[] for _ in range(graph.size)]
        self._down: list[_Ways] = [[] for _ in range(graph.size)]
        self._next = [-1] * graph.size
        core = self._taken_out()
        self._core = {a: [(b, far) for b, far in self._near[a].items() if far < FAR] for a in core}
        self._near = []
        self._ends: dict[int, tuple[tuple[int, ...], tuple[int, ...]]] = {}
        self._rows: dict[int, _Row] = {}
        self._kept = 0

    def row(self, origin: int) -> Mapping[int, int]:
        """What the walk takes from there to any node; `FAR` or more where none leads."""
        found = self._rows.get(origin)
        if found is None:
            if self._kept > _KEPT:
                self._rows, self._kept = {}, 0
            found = self._rows[origin] = _Row(self, self._seen_from(origin))
            self.count(len(found.seen))
        return found

    def count(self, more: int) -> None:
        self._kept += more

    def into(self, node: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Nodes from which one comes there going down alone, and how far it is."""
        found = self._ends.get(node)
        if found is None:
            above = self._climbed(node, self._down)
            found = self._ends[node] = tuple(above), tuple(above.values())
        return found

    def _taken_out(self) -> set[int]:
        """Takes out as many nodes as it can; the others are left."""
        near = self._near
        order: dict[int, int] = {}
        queue = [(len(near[node]), node) for node in range(len(near))]
        heapify(queue)
        while queue:
            many, node = heappop(queue)
            if node in order or many != len(near[node]):
                continue
            if many > _MOST_NEIGHBOURS:
                break
            order[node] = len(order)
            self._take_out(node)
            for other in near[node]:
                heappush(queue, (len(near[other]), other))
        for node in order:
            self._next[node] = min((o for o in near[node] if o in order), key=order.__getitem__, default=-1)
        return set(range(len(near))) - order.keys()

    def _take_out(self, node: int) -> None:
        near, out = self._near, self._near[node]
        back = {other: near[other].pop(node) for other in out}
        self._up[node] = [(other, far) for other, far in out.items() if far < FAR]
        self._down[node] = [(other, far) for other, far in back.items() if far < FAR]
        for a, here in back.items():
            ways = near[a]
            for b, there in out.items():
                if a != b:
                    ways[b] = min(here + there, ways.get(b, FAR), FAR)

    def _climbed(self, node: int, ways: Sequence[_Ways]) -> dict[int, int]:
        """How far it is to the nodes above."""
        far = {node: 0}
        at = node
        while at >= 0:
            walked = far.get(at)
            if walked is not None:
                for other, step in ways[at]:
                    if walked + step < far.get(other, FAR):
                        far[other] = walked + step
            at = self._next[at]
        return far

    def _seen_from(self, origin: int) -> dict[int, int]:
        """How far it is to the nodes above and to all of the core."""
        far = self._climbed(origin, self._up)
        core = self._core
        if not core:
            return far
        queue = [(walked, node) for node, walked in far.items() if node in core]
        heapify(queue)
        while queue:
            walked, node = heappop(queue)
            if walked > far[node]:
                continue
            for other, step in core[node]:
                if walked + step < far.get(other, FAR):
                    far[other] = walked + step
                    heappush(queue, (walked + step, other))
        return far


class _Row(dict[int, int]):
    """What is known of the walks from one node."""

    __slots__ = ("_walks", "seen")

    def __init__(self, walks: Shortcuts, seen: dict[int, int]) -> None:
        self._walks, self.seen = walks, seen

    def __missing__(self, node: int) -> int:
        above, down = self._walks.into(node)
        self._walks.count(1)
        shortest: int = min(map(add, map(self.seen.get, above, repeat(FAR)), down))
        self[node] = shortest
        return shortest
