"""Lengths of exact tours without their routes, which the search doesn't need: twice as quick as `wms.planning.sweep`.

The same sweep over the same states, with what is the same for all tours prepared once: steps by the state they begin
in, without those that no tour can take, and what walking the stops of one stretch costs. Beginnings are kept too.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import TypeAlias

from wms.planning.grid import BLOCKED, AisleGrid
from wms.planning.problem import Problem
from wms.planning.states import DOUBLE, NONE, SINGLE, Table
from wms.planning.sweep import NEVER, Sweep, stretch

_Moves: TypeAlias = "tuple[tuple[int, tuple[tuple[int, int], ...]], ...]"
"""States by number, each with the states one comes to and which option costs what (or the cost itself)."""

_STRETCHES = 50_000
_KEPT = 10_000
"""Of so many beginnings of tours it is known what they cost; the next tour may begin the same."""


class ExactLengths:
    """Lengths on one floor of parallel aisles, of tours whose stops all stand in them."""

    @staticmethod
    def of(problem: Problem) -> ExactLengths | None:
        """None where the floor is another, or a stop stands elsewhere."""
        grid = AisleGrid.of(problem.graph, dict(problem.spots))
        if grid is None or any(stop not in grid.where for job in problem.jobs for stop in job.stops):
            return None
        return ExactLengths(grid)

    def __init__(self, grid: AisleGrid) -> None:
        sweep = Sweep(grid)
        tables = sweep.tables
        self._first, self._last, self._size = tables.first, tables.last, tables.size
        self._constant = sweep.constant
        self._blocks = grid.blocks
        self._empty = [_by_state(table, (NONE, SINGLE, DOUBLE)) for table in tables.blocks]
        self._visited = [_by_state(table, range(NONE + 1, 6)) for table in tables.blocks]
        fixed = [
            [*between, *onward]
            for between, onward in zip(sweep.between, [*([f] for f in sweep.onward), []], strict=True)
        ]
        self._fixed = [[_priced(step.table, step.costs) for step in steps] for steps in fixed]
        self._where = {
            node: (aisle * grid.blocks + block, 1 << index) for node, (aisle, block, index) in grid.where.items()
        }
        self._lengths = [length for row in grid.lengths for length in row]
        self._offsets = [offsets for row in grid.offsets for offsets in row]
        self._forget()
        self._costs = lru_cache(_STRETCHES)(self._stretch)

    def length(self, stops: Collection[int]) -> int | None:
        """None where there is no tour."""
        hit = [0] * len(self._lengths)
        for stop in stops:
            at, bit = self._where[stop]
            hit[at] |= bit
        keys = [tuple(hit[: aisle * self._blocks]) for aisle in range(len(self._fixed) + 1)]
        begin = next(aisle for aisle in range(len(self._fixed), -1, -1) if keys[aisle] in self._behind)
        costs = self._behind[keys[begin]]
        for aisle in range(begin, len(self._fixed)):
            costs = self._passed(aisle, hit, costs)
            self._behind[keys[aisle + 1]] = costs
        if len(self._behind) > _KEPT:
            self._forget()
        length = min(costs[state] for state in self._last) + self._constant
        return length if length < BLOCKED else None

    def _forget(self) -> None:
        costs = [NEVER] * self._size
        costs[self._first] = 0
        self._behind: dict[tuple[int, ...], list[int]] = {(): costs}

    def _passed(self, aisle: int, hit: Sequence[int], costs: list[int]) -> list[int]:
        for block in range(self._blocks):
            at = aisle * self._blocks + block
            moves = self._visited[block] if hit[at] else self._empty[block]
            costs = _stepped(costs, moves, self._costs(at, hit[at]))
        for moves in self._fixed[aisle]:
            costs = _gone_on(costs, moves)
        return costs

    def _stretch(self, at: int, hit: int) -> tuple[int, ...]:
        offsets = [offset for index, offset in enumerate(self._offsets[at]) if hit >> index & 1]
        return stretch(self._lengths[at], offsets)


def _by_state(table: Table, options: Sequence[int]) -> _Moves:
    found: dict[int, list[tuple[int, int]]] = {}
    for before, after, option in table:
        if option in options:
            found.setdefault(before, []).append((after, option))
    return tuple((before, tuple(moves)) for before, moves in found.items())


def _priced(table: Table, costs: Sequence[int]) -> _Moves:
    best: dict[int, dict[int, int]] = {}
    for before, after, option in table:
        if costs[option] < NEVER:
            ways = best.setdefault(before, {})
            ways[after] = min(costs[option], ways.get(after, NEVER))
    return tuple((before, tuple(ways.items())) for before, ways in best.items())


def _stepped(costs: Sequence[int], moves: _Moves, options: Sequence[int]) -> list[int]:
    best = [NEVER] * len(costs)
    for before, ways in moves:
        cost = costs[before]
        if cost < NEVER:
            for after, option in ways:
                walked = cost + options[option]
                if walked < best[after]:  # noqa: PLR1730 - three times as quick as a call
                    best[after] = walked
    return best


def _gone_on(costs: Sequence[int], moves: _Moves) -> list[int]:
    best = [NEVER] * len(costs)
    for before, ways in moves:
        cost = costs[before]
        if cost < NEVER:
            for after, step in ways:
                walked = cost + step
                if walked < best[after]:  # noqa: PLR1730 - three times as quick as a call
                    best[after] = walked
    return best
