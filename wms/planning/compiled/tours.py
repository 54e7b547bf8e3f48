"""Lengths of shortest tours, sixteen sets of stops at a time."""

from __future__ import annotations

import numpy as np

from wms.planning.compiled.jit import jit
from wms.planning.compiled.vectors import LANES, lowest_bit, reach, relax, spread
from wms.planning.compiled.world import WORD, Ints, Memory, Words
from wms.planning.grid import BLOCKED
from wms.planning.sweep import NEVER


@jit
def cost_of_stretch(lengths: Ints, at: Ints, number: int, marked: Words, costs: Ints) -> None:
    """What walking into stretch `number` from the front, from the back and from both sides costs where the bits
    `marked` are to be visited, into `costs`; `NEVER` where none is."""
    first, last, gap = -1, -1, 0
    for word in range(marked.size):
        left = marked[word]
        while left:
            offset = at[number, word * WORD + lowest_bit(left)]
            left &= left - np.uint64(1)
            if first < 0:
                first = offset
            elif offset - last > gap:
                gap = offset - last
            last = offset
    if first < 0:
        costs[0] = costs[1] = costs[2] = NEVER
        return
    length = lengths[number]
    gap = max(gap, first, length - last)
    costs[0] = 2 * last if 2 * last < BLOCKED else NEVER
    costs[1] = 2 * (length - first) if 2 * (length - first) < BLOCKED else NEVER
    costs[2] = 2 * (length - gap) if 2 * (length - gap) < BLOCKED else NEVER


@jit
def sweep(
    shape: Ints, program: Ints, moves: Memory, last: Ints, memory: Memory, empties: Ints, lanes: int, lengths: Ints
) -> None:
    """The lengths of the tours whose costs lie in `memory`, into `lengths[:lanes]`. `shape` is the number of states,
    the first one, and what every tour costs besides; `empties` counts, for each stretch, the lanes that have no stops
    there. The figures of lanes beyond `lanes` are never looked at."""
    states = shape[0]
    old, new = 0, states * LANES
    for state in range(states):
        spread(memory, old + state * LANES, NEVER)
    spread(memory, old + shape[1] * LANES, 0)
    for step in range(program.shape[0]):
        number, price = program[step, 1], program[step, 0]
        which = 2
        if number >= 0:
            if empties[number] >= lanes:
                which = 10
            elif empties[number]:
                which = 6
        for n in range(program[step, which], program[step, which + 1]):
            spread(memory, new + moves[n, 0], NEVER)
        for n in range(program[step, which + 1], program[step, which + 2]):
            reach(memory, moves, n, old, new, price)
        for n in range(program[step, which + 2], program[step, which + 3]):
            relax(memory, moves, n, old, new, price)
        old, new = new, old
    for lane in range(lanes):
        best = NEVER
        for n in range(last.size):
            best = min(best, memory[old + last[n] * LANES + lane])
        lengths[lane] = best + shape[2]
