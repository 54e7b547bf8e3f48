"""Jobs on carts as flat arrays: put on, taken off, measured."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from wms.planning.compiled.jit import jit
from wms.planning.compiled.tours import cost_of_stretch, sweep
from wms.planning.compiled.vectors import LANES, put
from wms.planning.compiled.world import OPTIONS, WHENEVER, WORD, Flags, Ints, Memory, Words, World
from wms.planning.states import BACK, BOTH, FRONT, NONE
from wms.planning.sweep import NEVER

CACHE_BITS = 20


class Carts(NamedTuple):
    """One row a cart (a trip to be); carts with no job are spare. `total` is what all cost together, and how many of
    the rows have ever been used: those beyond are spare."""

    held: Ints  # (carts,): how many jobs are on it
    jobs: Memory  # (carts, most jobs)
    load: Ints  # (carts, capacities)
    marked: Words  # (carts, stretches, words): its stops
    used: Words  # (carts, words of stretches): the stretches with stops
    costs: Memory  # (carts, stretches, 3)
    name: Words
    length: Ints
    kinds: Ints  # (carts, groups): jobs of each
    variety: Ints  # how many groups
    due: Ints
    work: Ints
    locked: Flags
    place: Ints  # (jobs,): the cart of each; -1 while it is on none
    total: Ints  # (2,)


class Scratch(NamedTuple):
    """Room to work in, one for each thread."""

    memory: Memory
    empties: Ints
    lengths: Ints
    waiting: Ints
    union: Words
    sides: Ints
    known: Words  # names of sets of jobs whose length is known
    known_lengths: Memory


def carts_for(world: World, carts: int, most: int) -> Carts:
    jobs, capacities = world.loads.shape
    stretches, wide = world.at.shape
    groups = int(world.groups.max(initial=0)) + 1
    return Carts(
        np.zeros(carts, np.int64),
        np.zeros((carts, most), np.int32),
        np.zeros((carts, capacities), np.int64),
        np.zeros((carts, stretches, wide // WORD), np.uint64),
        np.zeros((carts, -(-stretches // WORD)), np.uint64),
        np.full((carts, stretches, 3), NEVER, np.int32),
        np.zeros(carts, np.uint64),
        np.zeros(carts, np.int64),
        np.zeros((carts, groups), np.int64),
        np.zeros(carts, np.int64),
        np.full(carts, WHENEVER, np.int64),
        np.zeros(carts, np.int64),
        np.zeros(carts, np.bool_),
        np.full(jobs, -1, np.int64),
        np.zeros(2, np.int64),
    )


def scratch_for(world: World) -> Scratch:
    stretches, wide = world.at.shape
    return Scratch(
        world.memory.copy(),
        np.zeros(stretches, np.int64),
        np.zeros(LANES, np.int64),
        np.zeros(LANES, np.int64),
        np.zeros(wide // WORD, np.uint64),
        np.zeros(3, np.int64),
        np.zeros(1 << CACHE_BITS, np.uint64),
        np.zeros(1 << CACHE_BITS, np.int32),
    )


@jit
def copy_cart(source: Carts, target: Carts, cart: int) -> None:
    count = source.held[cart]
    target.held[cart] = count
    target.jobs[cart, :count] = source.jobs[cart, :count]
    target.load[cart] = source.load[cart]
    target.marked[cart] = source.marked[cart]
    target.used[cart] = source.used[cart]
    target.costs[cart] = source.costs[cart]
    target.name[cart] = source.name[cart]
    target.length[cart] = source.length[cart]
    target.kinds[cart] = source.kinds[cart]
    target.variety[cart] = source.variety[cart]
    target.due[cart] = source.due[cart]
    target.work[cart] = source.work[cart]
    target.locked[cart] = source.locked[cart]


@jit
def price_of(world: World, length: int, count: int, variety: int) -> int:
    """What a trip of that length costs, its handling left out."""
    if count == 0:
        return 0
    extra = world.per_group * (variety - 1) if world.per_group > 0 else 0
    return world.per_length * length + world.per_trip + extra


@jit
def cost_of(world: World, carts: Carts, cart: int) -> int:
    return price_of(world, carts.length[cart], carts.held[cart], carts.variety[cart])


@jit
def _place(memory: Memory, lane: int, base: int, front: int, back: int, both: int) -> bool:
    """The costs of one stretch into one lane of a sweep's memory; whether it has no stops."""
    empty = front >= NEVER and back >= NEVER and both >= NEVER
    put(memory, base + NONE * LANES + lane, 0 if empty else NEVER)
    put(memory, base + FRONT * LANES + lane, front)
    put(memory, base + BACK * LANES + lane, back)
    put(memory, base + BOTH * LANES + lane, both)
    return empty


@jit
def _fill(costs: Memory, memory: Memory, empties: Ints, base: int, lane: int, cart: int) -> None:
    """One lane of the sweep's memory: the stops of a cart."""
    for number in range(costs.shape[1]):
        place = base + number * OPTIONS * LANES
        if _place(memory, lane, place, costs[cart, number, 0], costs[cart, number, 1], costs[cart, number, 2]):
            empties[number] += 1


@jit
def _add(
    first: int,
    end: int,
    marks: Ints,
    masks: Words,
    lengths: Ints,
    at: Ints,
    marked: Words,
    union: Words,
    sides: Ints,
    memory: Memory,
    empties: Ints,
    base: int,
    lane: int,
    cart: int,
) -> None:
    """The stops of a job (its marks `first` to `end`) into the lane of a cart. It is given single arrays, since handing
    on tuples of arrays costs more than all of its work."""
    mark = first
    while mark < end:
        number = marks[mark, 0]
        any_before = np.uint64(0)
        for word in range(union.size):
            union[word] = marked[cart, number, word]
            any_before |= union[word]
        while mark < end and marks[mark, 0] == number:
            union[marks[mark, 1]] |= masks[mark]
            mark += 1
        if any_before == 0:
            empties[number] -= 1
        cost_of_stretch(lengths, at, number, union, sides)
        _place(memory, lane, base + number * OPTIONS * LANES, sides[0], sides[1], sides[2])


@jit
def lengths_with(
    world: World, carts: Carts, scratch: Scratch, which: Ints, jobs: Ints, number: int, lengths: Ints
) -> None:
    """For each of the first `number` pairs of a cart of `which` and a job of `jobs`: how long the cart's tour is with
    that job too (-1: as it is); 0 without any stops."""
    names, costs, marked, used = carts.name, carts.costs, carts.marked, carts.used
    memory, empties, waiting, found = scratch.memory, scratch.empties, scratch.waiting, scratch.lengths
    known, known_lengths = scratch.known, scratch.known_lengths
    job_names, marks_of = world.names, world.marks_of
    marks, masks, stretch_lengths, at = world.marks, world.masks, world.lengths, world.at
    base = world.shape[0] * 2 * LANES
    lanes = 0
    for n in range(number):
        cart, job = which[n], jobs[n]
        key = names[cart]
        if job >= 0:
            key ^= job_names[job]
        slot = np.int64(key & np.uint64(known.size - 1))
        if known[slot] == key:
            lengths[n] = known_lengths[slot]
        elif (job < 0 or marks_of[job] == marks_of[job + 1]) and not used[cart].any():
            lengths[n] = 0
        else:
            _fill(costs, memory, empties, base, lanes, cart)
            if job >= 0:
                first, end = marks_of[job], marks_of[job + 1]
                _add(
                    first,
                    end,
                    marks,
                    masks,
                    stretch_lengths,
                    at,
                    marked,
                    scratch.union,
                    scratch.sides,
                    memory,
                    empties,
                    base,
                    lanes,
                    cart,
                )
            waiting[lanes] = n
            lanes += 1
        if lanes == LANES or (lanes and n == number - 1):
            sweep(world.shape, world.program, world.moves, world.last, memory, empties, lanes, found)
            for lane in range(lanes):
                cart, job = which[waiting[lane]], jobs[waiting[lane]]
                key = names[cart]
                if job >= 0:
                    key ^= job_names[job]
                slot = np.int64(key & np.uint64(known.size - 1))
                known[slot] = key
                known_lengths[slot] = found[lane]
                lengths[waiting[lane]] = found[lane]
            empties[:] = 0
            lanes = 0


@jit
def put_on(world: World, carts: Carts, scratch: Scratch, cart: int, job: int, length: int) -> None:
    """The job onto the cart, whose tour is of that length then."""
    carts.total[0] -= cost_of(world, carts, cart)
    carts.jobs[cart, carts.held[cart]] = job
    carts.held[cart] += 1
    carts.load[cart] += world.loads[job]
    carts.name[cart] ^= world.names[job]
    carts.due[cart] = min(carts.due[cart], world.dues[job])
    carts.work[cart] += world.work[job]
    carts.locked[cart] |= world.locked[job]
    carts.place[job] = cart
    carts.total[1] = max(carts.total[1], cart + 1)
    kind = world.groups[job]
    if carts.kinds[cart, kind] == 0:
        carts.variety[cart] += 1
    carts.kinds[cart, kind] += 1
    mark, end = world.marks_of[job], world.marks_of[job + 1]
    while mark < end:
        number = world.marks[mark, 0]
        while mark < end and world.marks[mark, 0] == number:
            carts.marked[cart, number, world.marks[mark, 1]] |= world.masks[mark]
            mark += 1
        cost_of_stretch(world.lengths, world.at, number, carts.marked[cart, number], scratch.sides)
        for side in range(3):
            carts.costs[cart, number, side] = scratch.sides[side]
        carts.used[cart, number // WORD] |= np.uint64(1) << np.uint64(number % WORD)
    carts.length[cart] = length
    carts.total[0] += cost_of(world, carts, cart)


@jit
def take_off(world: World, carts: Carts, cart: int, job: int) -> None:
    """The job off the cart. Until `settle` the cart's stops and length are those of before."""
    carts.total[0] -= cost_of(world, carts, cart)
    last = carts.held[cart] - 1
    for n in range(last + 1):
        if carts.jobs[cart, n] == job:
            carts.jobs[cart, n] = carts.jobs[cart, last]
            break
    carts.held[cart] = last
    carts.load[cart] -= world.loads[job]
    carts.name[cart] ^= world.names[job]
    carts.work[cart] -= world.work[job]
    carts.place[job] = -1
    carts.kinds[cart, world.groups[job]] -= 1
    if carts.kinds[cart, world.groups[job]] == 0:
        carts.variety[cart] -= 1
    carts.total[0] += cost_of(world, carts, cart)


@jit
def place_all(world: World, carts: Carts, scratch: Scratch, places: Ints, most: int) -> None:
    """Carts as `places` tells: a cart for each job, -1 for jobs left alone. `most` is one more than the highest."""
    for cart in range(carts.total[1]):
        carts.held[cart] = 0
        carts.load[cart] = 0
        carts.marked[cart] = np.uint64(0)
        carts.used[cart] = np.uint64(0)
        carts.costs[cart] = NEVER
        carts.name[cart] = np.uint64(0)
        carts.length[cart] = 0
        carts.kinds[cart] = 0
        carts.variety[cart] = 0
        carts.due[cart] = WHENEVER
        carts.work[cart] = 0
        carts.locked[cart] = False
    carts.place[:] = -1
    carts.total[:] = 0
    for job in range(places.size):
        if places[job] >= 0:
            put_on(world, carts, scratch, places[job], job, 0)
    settle(world, carts, scratch, np.arange(most), most)


@jit
def lengths_alone(world: World, carts: Carts, scratch: Scratch, lengths: Ints) -> None:
    """How long the tour of each job alone is; cart 0 is empty."""
    jobs = lengths.size
    lengths_with(world, carts, scratch, np.zeros(jobs, np.int64), np.arange(jobs), jobs, lengths)


@jit
def settle(world: World, carts: Carts, scratch: Scratch, changed: Ints, number: int) -> None:
    """Stops and lengths of carts from which jobs were taken, as they are now."""
    for n in range(number):
        cart = changed[n]
        carts.total[0] -= cost_of(world, carts, cart)
        carts.marked[cart] = np.uint64(0)
        carts.used[cart] = np.uint64(0)
        carts.due[cart] = WHENEVER
        for place in range(carts.held[cart]):
            job = carts.jobs[cart, place]
            carts.due[cart] = min(carts.due[cart], world.dues[job])
            for mark in range(world.marks_of[job], world.marks_of[job + 1]):
                stretch = world.marks[mark, 0]
                carts.marked[cart, stretch, world.marks[mark, 1]] |= world.masks[mark]
                carts.used[cart, stretch // WORD] |= np.uint64(1) << np.uint64(stretch % WORD)
        for stretch in range(carts.costs.shape[1]):
            cost_of_stretch(world.lengths, world.at, stretch, carts.marked[cart, stretch], scratch.sides)
            for side in range(3):
                carts.costs[cart, stretch, side] = scratch.sides[side]
    lengths, none = np.zeros(number, np.int64), np.full(number, -1, np.int64)
    lengths_with(world, carts, scratch, changed, none, number, lengths)
    for n in range(number):
        carts.length[changed[n]] = lengths[n] if carts.held[changed[n]] else 0
        carts.total[0] += cost_of(world, carts, changed[n])
