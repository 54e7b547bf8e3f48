"""Which carts and jobs go to like places, told by the stretches of aisle they have stops in."""

from __future__ import annotations

import numpy as np

from wms.planning.compiled.carts import Carts
from wms.planning.compiled.chance import below
from wms.planning.compiled.jit import jit
from wms.planning.compiled.vectors import bits
from wms.planning.compiled.world import Ints, Words, World

FARTHEST = 65


@jit
def stretches_apart(one: Words, row: int, other: Words, column: int) -> int:
    """In how many stretches row `row` of `one` has stops where row `column` of `other` has none."""
    found = 0
    for word in range(one.shape[1]):
        found += bits(one[row, word] & ~other[column, word])
    return found


@jit
def keep_nearest(chance: Words, scores: Ints, number: int, most: int, which: Ints, at: int) -> int:
    """Of `number` entries of `which`, from place `at` on, at most `most` with the lowest scores (0 to `FARTHEST`) move
    to the front, of those at the limit some by chance. How many."""
    if number <= most:
        return number
    tally = np.zeros(FARTHEST + 1, np.int64)
    for n in range(number):
        tally[scores[n]] += 1
    limit, sure = 0, 0
    while sure + tally[limit] <= most:
        sure += tally[limit]
        limit += 1
    spare, level, kept = most - sure, tally[limit], 0
    for n in range(number):
        take = scores[n] < limit
        if scores[n] == limit:
            take = below(chance, level) < spare
            level -= 1
            spare -= take
        if take:
            which[at + kept] = which[at + n]
            kept += 1
    return kept


@jit
def near_carts(
    world: World, carts: Carts, chance: Words, job: int, gang: int, owner: Ints, most: int, which: Ints, at: int
) -> int:
    """Carts with room for a job that are the gang's own or nobody's, into `which` from place `at` on: at most `most`,
    those in which it leads to the fewest new stretches. Their number."""
    held, locked, load, kinds = carts.held, carts.locked, carts.load, carts.kinds
    loads, capacities, kind, never_mixed = world.loads, world.capacities, world.groups[job], world.per_group < 0
    full = carts.jobs.shape[1]
    found = 0
    for cart in range(carts.total[1]):
        if held[cart] == 0 or held[cart] >= full or locked[cart] or (never_mixed and kinds[cart, kind] == 0):
            continue
        fits = owner[cart] < 0 or owner[cart] == gang
        for k in range(capacities.size):
            fits &= load[cart, k] + loads[job, k] <= capacities[k]
        if fits:
            which[at + found] = cart
            found += 1
    if found <= most:
        return found
    scores = np.empty(found, np.int64)
    for n in range(found):
        scores[n] = min(stretches_apart(world.used, job, carts.used, which[at + n]), FARTHEST)
    return keep_nearest(chance, scores, found, most, which, at)


@jit
def cart_beside(world: World, carts: Carts, chance: Words, job: int, owner: Ints, pool: Ints, tries: int) -> int:
    """Of the carts of a few jobs drawn from `pool`, one that goes where a job does and is nobody's; -1 for none."""
    best, chosen = 4 * FARTHEST * FARTHEST, -1
    for _ in range(tries):
        cart = carts.place[pool[below(chance, pool.size)]]
        if cart < 0 or carts.locked[cart] or owner[cart] >= 0:
            continue
        score = 4 * stretches_apart(world.used, job, carts.used, cart)
        score += stretches_apart(carts.used, cart, world.used, job)
        if score < best:
            best, chosen = score, cart
    return chosen
