"""The shortest tour through parallel aisles, as a walk: what the sweep chose for each aisle, put in walking order.

What the sweep chose are edges, an even number of them at every node, all of a piece: such can be walked in one go, each
once (Euler; Ratliff & Rosenthal 1983, doi 10.1287/opre.31.3.507, on tours as such sets of edges).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise
from typing import NamedTuple

from wms.planning.graph import WalkGraph
from wms.planning.grid import BLOCKED, AisleGrid
from wms.planning.problem import Problem
from wms.planning.routing.heuristic import HeuristicRouter
from wms.planning.routing.tour import Tour
from wms.planning.states import BACK, BOTH, DOUBLE, SINGLE
from wms.planning.sweep import Choice, Sweep

_Node = tuple[int, int]
"""Where an aisle meets a cross-aisle."""

_DEPOT = (-1, -1)
_WAY_IN = 1


class _Edge(NamedTuple):
    """`stops` in the order met from `tail` to `head`; the same node twice is a walk to the last stop and back."""

    tail: _Node
    head: _Node
    stops: tuple[int, ...] = ()


class ExactRouter:
    """Shortest tours past stops in aisles, proven. Only where a stop stands on a crossing itself, or on a start or end
    other than the one depot, the tour is the heuristic's."""

    exact = True

    def __init__(self, graph: WalkGraph, grid: AisleGrid) -> None:
        self.sweep = Sweep(grid)
        self._grid = grid
        self._depot = graph.starts[0] if grid.loop else None
        self._other = HeuristicRouter(graph)

    def knows(self, problem: Problem) -> bool:
        """Whether the jobs' stops all stand in aisles."""
        return all(stop in self._grid.where for job in problem.jobs for stop in job.stops)

    def tour(self, stops: Collection[int]) -> Tour:
        """Raises `Unreachable`."""
        ordered = sorted(set(stops))
        aisles = [stop for stop in ordered if stop != self._depot]
        if not aisles:
            return Tour(0, tuple(ordered))
        if any(stop not in self._grid.where for stop in aisles):
            return self._other.tour(ordered)
        length, choices = self.sweep.choices(aisles)
        if length >= BLOCKED:
            return self._other.tour(ordered)  # which knows the stops that are cut off
        route = [stop for edge in self._walk(choices, self._by_stretch(aisles)) for stop in edge.stops]
        return Tour(length, (*(stop for stop in ordered if stop == self._depot), *route))

    def _by_stretch(self, stops: list[int]) -> dict[tuple[int, int], list[tuple[int, int]]]:
        """(offset, stop) in each aisle and block, in the order of offsets."""
        grid = self._grid
        found: dict[tuple[int, int], list[tuple[int, int]]] = {}
        for stop in stops:
            aisle, block, index = grid.where[stop]
            found.setdefault((aisle, block), []).append((grid.offsets[aisle][block][index], stop))
        return {stretch: sorted(inside) for stretch, inside in found.items()}

    def _walk(self, choices: Sequence[Choice], by_stretch: dict[tuple[int, int], list[tuple[int, int]]]) -> list[_Edge]:
        edges = []
        gate = self._grid.single_gate
        for aisle, choice in enumerate(choices):
            for block, option in enumerate(choice.blocks):
                inside = by_stretch.get((aisle, block), [])
                edges += _walked(option, (aisle, block), inside, self._grid.lengths[aisle][block])
            for cross, count in enumerate(choice.across):
                edges += [_Edge((aisle, cross), (aisle + 1, cross))] * count
            for kind, cross, count in choice.gates:
                way = _Edge((aisle, cross), _DEPOT) if kind == _WAY_IN else _Edge(_DEPOT, (aisle, cross))
                edges += [way] * count
        return _in_one_go(edges, (gate.aisle, gate.cross) if gate else _DEPOT)


def _walked(option: int, front: _Node, inside: list[tuple[int, int]], length: int) -> list[_Edge]:
    """The edges of one stretch, which begins at `front` and has these (offset, stop) in it."""
    back = front[0], front[1] + 1
    stops = tuple(stop for _, stop in inside)
    ahead = len(stops)  # of which so many are taken from the front
    if option == SINGLE:
        return [_Edge(front, back, stops)]
    if option == DOUBLE:
        return [_Edge(front, back, stops), _Edge(back, front)]
    if option == BACK:
        ahead = 0
    if option == BOTH:
        gaps = [after - before for before, after in pairwise([0, *(offset for offset, _ in inside), length])]
        ahead = gaps.index(max(gaps))
    return [_Edge(front, front, stops[:ahead]), _Edge(back, back, stops[ahead:][::-1])] if stops else []


def _in_one_go(edges: Sequence[_Edge], begin: _Node) -> list[_Edge]:
    """All edges in the order of one closed walk from `begin` (Hierholzer 1873, doi 10.1007/BF01442866)."""
    at: dict[_Node, list[int]] = {}
    for n, edge in enumerate(edges):
        for node in {edge.tail, edge.head}:
            at.setdefault(node, []).append(n)
    at[begin].sort(key=lambda n: edges[n].tail == begin)  # the way out is taken before the way in
    used = [False] * len(edges)
    open_walk: list[tuple[_Node, _Edge | None]] = [(begin, None)]
    walk: list[_Edge] = []
    while open_walk:
        node, arrived = open_walk[-1]
        left = at[node]
        while left and used[left[-1]]:
            left.pop()
        if left:
            used[n := left.pop()] = True
            tail, head, stops = edges[n]
            forward = tail == node
            open_walk.append((head, edges[n]) if forward else (tail, _Edge(head, tail, stops[::-1])))
            continue
        open_walk.pop()
        if arrived is not None:
            walk.append(arrived)
    return walk[::-1]
