"""A problem on a floor of parallel aisles as flat arrays, which is all that compiled code sees."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from wms.planning.compiled.vectors import LANES
from wms.planning.problem import Problem
from wms.planning.states import BACK, BOTH, DOUBLE, FRONT, NONE, SINGLE, Table
from wms.planning.sweep import NEVER, Sweep, stretch

# What lies in them is checked by the compiler, not by the type checker, to which an element may be anything.
Ints: TypeAlias = "np.ndarray[Any, np.dtype[Any]]"  # int64
Words: TypeAlias = "np.ndarray[Any, np.dtype[Any]]"  # uint64, as bits
Memory: TypeAlias = "np.ndarray[Any, np.dtype[Any]]"  # int32
Flags: TypeAlias = "np.ndarray[Any, np.dtype[Any]]"  # bool

OPTIONS = 6
WORD = 64
WHENEVER = np.iinfo(np.int64).max // 4


class World(NamedTuple):
    """Stretches are numbered aisle by aisle, block by block. `marks` first to last + 1 are the stops of a job, as bits
    (stretch, word, mask); `at` says at which offset a bit lies.

    `program` holds the steps of the sweep, one a row: what it costs (a place in the memory of a sweep), the stretch
    (-1 where the costs are fixed), and thrice, for where every, some or no tour has stops in the stretch, the `moves`
    to make: where those begin after which a state can't be reached, those that reach a state first, those that may
    reach it cheaper, and where they end. A move names its new state and three pairs of an old state and an option, all
    as places in memory.
    """

    marks_of: Ints  # (jobs + 1,)
    marks: Ints  # (marks, 2): stretch, word
    masks: Words  # (marks,)
    used: Words  # (jobs, words of stretches): the stretches with stops of a job
    lengths: Ints  # (stretches,)
    at: Ints  # (stretches, words * WORD)
    program: Ints  # (steps, 14)
    moves: Memory  # (moves, 7)
    memory: Memory  # what a sweep's memory looks like when it begins
    shape: Ints  # the number of states, the first state, what every tour costs besides
    last: Ints
    loads: Ints  # (jobs, capacities), at least one
    capacities: Ints
    groups: Ints  # (jobs,), numbered from 0
    dues: Ints
    locked: Flags  # (jobs,): whatever cart holds one of these keeps its jobs
    names: Words  # a random name for each job; a set of jobs is named by their exclusive or
    per_length: int
    per_trip: int
    per_group: int  # -1 where groups never mix
    ready: Ints  # (pickers,)
    speeds: Ints
    work: Ints  # (jobs,): ticks of handling


@dataclass(slots=True)
class _Program:
    rows: list[tuple[int, ...]]
    moves: list[tuple[int, ...]]
    memory: list[int]


def world_of(problem: Problem, sweep: Sweep, locked: Iterable[int], seed: int) -> World:
    grid = sweep.grid
    lengths = [length for row in grid.lengths for length in row]
    offsets = [row for aisle in grid.offsets for row in aisle]
    words = max(1, -(-max(len(row) for row in offsets) // WORD))
    at = np.zeros((len(lengths), words * WORD), np.int64)
    for n, row in enumerate(offsets):
        at[n, : len(row)] = row
    marks_of, marks, masks = _marks(problem, sweep)
    program = _program(sweep, lengths)
    pickers = problem.pickers
    prices = problem.prices
    return World(
        marks_of,
        marks,
        masks,
        _used(marks_of, marks, len(lengths)),
        np.array(lengths, np.int64),
        at,
        np.array(program.rows, np.int64),
        np.array(program.moves, np.int32),
        np.repeat(np.array(program.memory, np.int32), LANES),
        np.array([sweep.tables.size, sweep.tables.first, sweep.constant], np.int64),
        np.array(sweep.tables.last, np.int64),
        np.array([job.loads or (0,) for job in problem.jobs], np.int64),
        np.array(problem.capacities or (0,), np.int64),
        np.unique([job.group for job in problem.jobs], return_inverse=True)[1].astype(np.int64),
        np.array([WHENEVER if job.due is None else job.due for job in problem.jobs], np.int64),
        np.isin(np.arange(len(problem.jobs)), list(locked)),
        np.random.default_rng(seed).integers(1, 2**63, len(problem.jobs), np.uint64),
        prices.per_length,
        prices.per_trip,
        -1 if prices.per_group is None else prices.per_group,
        np.array([picker.ready for picker in pickers], np.int64),
        np.array([picker.speed for picker in pickers], np.int64),
        np.array([job.lines * prices.per_line for job in problem.jobs], np.int64),
    )


def _marks(problem: Problem, sweep: Sweep) -> tuple[Ints, Ints, Words]:
    blocks = sweep.grid.blocks
    first, rows, masks = [0], [], []
    for job in problem.jobs:
        hit: dict[tuple[int, int], int] = {}
        for stop in job.stops:
            aisle, block, index = sweep.grid.where[stop]
            key = aisle * blocks + block, index // WORD
            hit[key] = hit.get(key, 0) | (1 << (index % WORD))
        rows += sorted(hit)
        masks += [hit[key] for key in sorted(hit)]
        first.append(len(rows))
    return (
        np.array(first, np.int64),
        np.array(rows, np.int64).reshape(len(rows), 2),
        np.array(masks, np.uint64),
    )


def _used(marks_of: Ints, marks: Ints, stretches: int) -> Words:
    used = np.zeros((len(marks_of) - 1, -(-stretches // WORD)), np.uint64)
    for job in range(len(used)):
        for number in marks[marks_of[job] : marks_of[job + 1], 0]:
            used[job, number // WORD] |= np.uint64(1 << (int(number) % WORD))
    return used


def _program(sweep: Sweep, lengths: Sequence[int]) -> _Program:
    """Memory: states before, states after, costs of each stretch, fixed costs."""
    grid, size = sweep.grid, sweep.tables.size
    made = _Program([], [], [NEVER] * (2 * size))
    for length in lengths:
        made.memory += stretch(length, ())
    blocks = [
        [
            *_spans(made, table, size, (SINGLE, DOUBLE, FRONT, BACK, BOTH)),
            *_spans(made, table, size, range(OPTIONS)),
            *_spans(made, table, size, (NONE, SINGLE, DOUBLE)),
        ]
        for table in sweep.tables.blocks
    ]
    known: dict[int, tuple[int, ...]] = {}
    for aisle in range(grid.aisles):
        for block in range(grid.blocks):
            number = aisle * grid.blocks + block
            made.rows.append(((2 * size + number * OPTIONS) * LANES, number, *blocks[block]))
        onward = [sweep.onward[aisle]] if aisle + 1 < grid.aisles else []
        for fixed in [*sweep.between[aisle], *onward]:
            if id(fixed.table) not in known:
                known[id(fixed.table)] = _spans(made, fixed.table, size, range(len(fixed.costs)))
            made.rows.append((len(made.memory) * LANES, -1, *known[id(fixed.table)] * 3))
            made.memory += fixed.costs
    return made


def _spans(made: _Program, table: Table, size: int, options: Iterable[int]) -> tuple[int, int, int, int]:
    """Adds the moves of a step with these options; where in `made.moves` they begin and end."""
    ways: dict[int, list[tuple[int, int]]] = {state: [] for state in range(size)}
    allowed = set(options)
    for before, after, option in table:
        if option in allowed:
            ways[after].append((before * LANES, option * LANES))
    never = [(after * LANES, *(0,) * 6) for after in ways if not ways[after]]
    first: list[tuple[int, ...]] = []
    more: list[tuple[int, ...]] = []
    for after, pairs in ways.items():
        for n in range(0, len(pairs), 3):
            three = [*pairs[n : n + 3], *[pairs[n]] * 2][:3]
            (more if n else first).append((after * LANES, *chain.from_iterable(three)))
    begin = len(made.moves)
    made.moves += [*never, *first, *more]
    return begin, begin + len(never), begin + len(never) + len(first), len(made.moves)
