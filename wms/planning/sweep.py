"""The exact tour through parallel aisles: a sweep over them from left to right (`wms.planning.states`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from wms.planning.grid import BLOCKED, AisleGrid
from wms.planning.states import Table, tables

NEVER = 1_000_000_000  # two of them still fit into a word of 32 bits

Stretches = tuple[tuple[int, ...], ...]
"""Costs of the options NONE to BOTH for each stretch, aisle by aisle, block by block."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What the best tour does in one aisle: an option (`wms.planning.states`) for each block, edges to the depot at
    each of its gates there (in the order of `Step.gates`), and edges along each cross-aisle to the next aisle."""

    blocks: tuple[int, ...]
    gates: tuple[tuple[int, int, int], ...]  # kind, cross, edges
    across: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Fixed:
    """A step whose costs are the same for every tour."""

    table: Table
    costs: tuple[int, ...]
    kind: int = -1  # of a gate
    cross: int = -1


class Sweep:
    """Finds shortest tours on one grid."""

    def __init__(self, grid: AisleGrid) -> None:
        self.grid = grid
        gate = grid.single_gate
        self.constant = 2 * gate.length if gate else 0
        self.tables = tables(grid.crosses, depot=gate is None)
        self.between = [self._between(a) for a in range(grid.aisles)]
        self.onward = [
            Fixed(self.tables.across, tuple(self._along(row, counts) for counts in self.tables.counts))
            for row in grid.across
        ]

    def _between(self, aisle: int) -> list[Fixed]:
        """The steps of an aisle after its blocks: its gates."""
        gate = self.grid.single_gate
        if gate is not None:
            return [Fixed(self.tables.visit[gate.cross], (0,))] if gate.aisle == aisle else []
        ways = [(2, way) for way in self.grid.ways_out] if self.grid.loop else []
        if not self.grid.loop:
            ways = [*((0, way) for way in self.grid.ways_out), *((1, way) for way in self.grid.ways_in)]
        return [
            Fixed(self.tables.gates[kind][way.cross], (0, way.length, 2 * way.length), kind, way.cross)
            for kind, way in ways
            if way.aisle == aisle
        ]

    @staticmethod
    def _along(row: Sequence[int], counts: Sequence[int]) -> int:
        return min(NEVER, sum(length * count for length, count in zip(row, counts, strict=True)))

    def stretches(self, stops: Iterable[int]) -> Stretches:
        grid = self.grid
        hit: dict[tuple[int, int], set[int]] = {}
        for stop in stops:
            aisle, block, index = grid.where[stop]
            hit.setdefault((aisle, block), set()).add(index)
        return tuple(
            stretch(grid.lengths[a][b], [grid.offsets[a][b][i] for i in sorted(hit.get((a, b), ()))])
            for a in range(grid.aisles)
            for b in range(grid.blocks)
        )

    def length(self, stops: Iterable[int]) -> int:
        """Of the shortest tour that visits them; `NEVER` where there is none."""
        return self._run(self.stretches(stops), [])

    def choices(self, stops: Iterable[int]) -> tuple[int, list[Choice]]:
        """The length of a shortest tour, and what it does in each aisle."""
        taken: list[list[tuple[int, int]]] = []
        length = self._run(self.stretches(stops), taken)
        return length, self._traced(taken) if length < NEVER else []

    def _run(self, stretches: Stretches, taken: list[list[tuple[int, int]]]) -> int:
        """`taken` gets, for each step and state, the state before and the option by which it was reached best."""
        grid, steps = self.grid, self.tables
        costs = [NEVER] * steps.size
        costs[steps.first] = 0
        for aisle in range(grid.aisles):
            for block in range(grid.blocks):
                of = stretches[aisle * grid.blocks + block]
                costs = _relaxed(costs, steps.blocks[block], of, taken)
            for fixed in self.between[aisle]:
                costs = _relaxed(costs, fixed.table, fixed.costs, taken)
            if aisle + 1 < grid.aisles:
                costs = _relaxed(costs, steps.across, self.onward[aisle].costs, taken)
        self._best = min(steps.last, key=costs.__getitem__)
        return min(NEVER, costs[self._best] + self.constant)

    def _traced(self, taken: list[list[tuple[int, int]]]) -> list[Choice]:
        state, found = self._best, []
        step = len(taken)
        for aisle in reversed(range(self.grid.aisles)):
            across = (0,) * self.grid.crosses
            if aisle + 1 < self.grid.aisles:
                step -= 1
                state, option = taken[step][state]
                across = self.tables.counts[option]
            gates = []
            for fixed in reversed(self.between[aisle]):
                step -= 1
                state, option = taken[step][state]
                if fixed.kind >= 0 and option:
                    gates.append((fixed.kind, fixed.cross, option))
            blocks = []
            for _ in range(self.grid.blocks):
                step -= 1
                state, option = taken[step][state]
                blocks.append(option)
            found.append(Choice(tuple(reversed(blocks)), tuple(reversed(gates)), across))
        return found[::-1]


def _relaxed(costs: list[int], table: Table, options: Sequence[int], taken: list[list[tuple[int, int]]]) -> list[int]:
    best = [NEVER] * len(costs)
    how = [(-1, -1)] * len(costs)
    for before, after, option in table:
        cost = costs[before] + options[option]
        if cost < best[after]:
            best[after] = cost
            how[after] = before, option
    taken.append(how)
    return best


def stretch(length: int, offsets: Sequence[int]) -> tuple[int, ...]:
    """What each option costs in a stretch of that length with stops at those offsets, ascending."""
    if not offsets:
        return 0, _real(length), _real(2 * length), NEVER, NEVER, NEVER
    gap = max((after - before for before, after in pairwise(offsets)), default=0)
    gap = max(gap, offsets[0], length - offsets[-1])
    return (
        NEVER,
        _real(length),
        _real(2 * length),
        _real(2 * offsets[-1]),
        _real(2 * (length - offsets[0])),
        _real(2 * (length - gap)),
    )


def _real(length: int) -> int:
    return length if length < BLOCKED else NEVER
