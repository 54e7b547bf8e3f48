"""Habits people can learn for walking through parallel aisles, in any number of blocks.

One block: S-shape, return and largest gap (Hall 1993, doi 10.1080/07408179308964306; Petersen 1997,
doi 10.1108/01443579710177860). Several blocks (Roodbergen & de Koster 2001, doi 10.1080/00207540110028128): up the
first aisle with stops to the front of the farthest block with any, then block after block back to the front, each
nearer block begun from whichever of its outermost aisles is closer. The way in that is shortest says which corner of
the floor is its front left. A habit only says in which order stops are met; from one to the next one walks the shortest
way.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from itertools import accumulate, pairwise
from typing import NamedTuple

from wms.planning.graph import Spot, WalkGraph
from wms.planning.grid import AisleGrid
from wms.planning.routing import router_of
from wms.planning.routing.distances import Distances
from wms.planning.routing.tour import Router, Tour, Unreachable

OPTIMAL = "optimal"


class NoParallelAisles(Exception):
    """The policy `name` says nothing about this floor, which isn't one of parallel aisles walked both ways."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is defined for parallel aisles only")
        self.name = name


class Rack(NamedTuple):
    """The stops of one aisle in one block by their offsets from its front, ascending; `length` from front to back."""

    offsets: tuple[int, ...]
    stops: tuple[int, ...]
    length: int

    def turned(self) -> Rack:
        """The same, seen from the back."""
        return Rack(tuple(self.length - offset for offset in self.offsets[::-1]), self.stops[::-1], self.length)

    def before_gap(self) -> int:
        """How many stops lie in front of the largest stretch without any."""
        gaps = [after - before for before, after in pairwise((0, *self.offsets, self.length))]
        return gaps.index(max(gaps))


Block = dict[int, Rack]
"""Where there are stops in one block, by aisle."""

Habit = Callable[[Block, list[int], bool], list[tuple[int, tuple[int, ...]]]]
"""The stops of one block as (aisle, stops in walking order), one after the other; it ends at the block's front. Aisles
come in the order in which one meets them, from the front of the block if so said, else from its back."""


def policy_router(name: str, graph: WalkGraph, spots: Mapping[int, Spot] | Iterable[tuple[int, Spot]]) -> Router:
    """Tours by a policy of `POLICIES`. Raises `NoParallelAisles`, except for the optimal one, and `KeyError` for a name
    that is none."""
    if name == OPTIMAL:
        return router_of(graph, spots)
    habit = _HABITS[name]
    places = dict(spots)
    grid = AisleGrid.of(graph, places)
    if grid is None:
        raise NoParallelAisles(name)
    return _PolicyRouter(graph, places, grid, habit)


class _PolicyRouter:
    exact = False

    def __init__(self, graph: WalkGraph, spots: Mapping[int, Spot], grid: AisleGrid, habit: Habit) -> None:
        self._distances, self._starts = Distances(graph), graph.starts
        self._spots, self._grid, self._habit = spots, grid, habit
        gate = min(grid.ways_out, key=lambda gate: (gate.length, gate.cross, gate.aisle))
        self._from_right = 2 * gate.aisle > grid.aisles - 1
        self._from_back = 2 * gate.cross > grid.blocks
        across = [min(row) for row in grid.across]
        self._x = list(accumulate(across[::-1] if self._from_right else across, initial=0))

    def tour(self, stops: Collection[int]) -> Tour:
        ordered = sorted(set(stops))
        if lost := self._distances.cut_off(ordered):
            raise Unreachable(lost)
        aside = [stop for stop in ordered if self._place(stop) is None]  # starts and ends that are stops
        first = [stop for stop in aside if stop in self._starts]
        last = [stop for stop in aside if stop not in self._starts]
        route = (*first, *self._route(self._blocks(ordered)), *last)
        return Tour(self._distances.length(route), route)

    def _place(self, stop: int) -> tuple[int, int, int] | None:
        """Aisle, block and offset; a crossing belongs to the block behind it."""
        grid = self._grid
        if stop in grid.where:
            aisle, block, index = grid.where[stop]
            return aisle, block, grid.offsets[aisle][block][index]
        spot = self._spots.get(stop)
        if spot is None or spot.block >= 0:
            return None
        if spot.cross < grid.blocks:
            return spot.aisle, spot.cross, 0
        return spot.aisle, spot.cross - 1, grid.lengths[spot.aisle][spot.cross - 1]

    def _blocks(self, stops: list[int]) -> list[Block]:
        """Front to back as seen from where one comes in, aisles counted from the left."""
        grid = self._grid
        inside: dict[tuple[int, int], list[tuple[int, int]]] = {}
        for stop in stops:
            if place := self._place(stop):
                inside.setdefault(place[:2], []).append((place[2], stop))
        blocks: list[Block] = [{} for _ in range(grid.blocks)]
        for (aisle, block), found in inside.items():
            offsets, here = zip(*sorted(found), strict=True)
            rack = Rack(offsets, here, grid.lengths[aisle][block])
            seen = grid.blocks - 1 - block if self._from_back else block
            column = grid.aisles - 1 - aisle if self._from_right else aisle
            blocks[seen][column] = rack.turned() if self._from_back else rack
        return blocks

    def _route(self, blocks: list[Block]) -> list[int]:
        while blocks and not blocks[-1]:
            blocks.pop()
        if not blocks:
            return []
        at = min(aisle for block in blocks for aisle in block)
        route = [stop for block in blocks[:-1] if at in block for stop in block.pop(at).stops]
        for ahead, block in enumerate(reversed(blocks)):
            aisles = sorted(block)
            if not aisles:
                continue
            if ahead and abs(self._x[at] - self._x[aisles[-1]]) < abs(self._x[at] - self._x[aisles[0]]):
                aisles.reverse()
            for aisle, met in self._habit(block, aisles, not ahead):
                at = aisle
                route += met
        return route


def _s_shape(block: Block, aisles: list[int], from_front: bool) -> list[tuple[int, tuple[int, ...]]]:
    """Each aisle is walked through; the last is left by its front again where walking through would end at the back."""
    met = []
    for aisle in aisles:
        met.append((aisle, block[aisle].stops if from_front else block[aisle].stops[::-1]))
        from_front = not from_front
    return met


def _return(block: Block, aisles: list[int], from_front: bool) -> list[tuple[int, tuple[int, ...]]]:
    """Each aisle is left where it was entered, by its front; only on the way from one block to the next one walks
    through."""
    first = aisles[0]
    ahead = block[first].stops
    return [(first, ahead if from_front else ahead[::-1]), *((aisle, block[aisle].stops) for aisle in aisles[1:])]


def _largest_gap(block: Block, aisles: list[int], from_front: bool) -> list[tuple[int, tuple[int, ...]]]:
    """The first and the last aisle lead to the back and to the front. Those between are entered from both sides as far
    as their largest gap: from the back on the way there, from the front on the way back."""
    if from_front and len(aisles) == 1:
        return [(aisles[0], block[aisles[0]].stops)]
    *between, last = aisles[1:] if from_front else aisles
    met = [(aisles[0], block[aisles[0]].stops)] if from_front else []
    met += [(aisle, block[aisle].stops[block[aisle].before_gap() :][::-1]) for aisle in between]
    met.append((last, block[last].stops[::-1]))
    met += [(aisle, front) for aisle in reversed(between) if (front := block[aisle].stops[: block[aisle].before_gap()])]
    return met


_HABITS: dict[str, Habit] = {"s-shape": _s_shape, "largest-gap": _largest_gap, "return": _return}

POLICIES = (OPTIMAL, *_HABITS)
