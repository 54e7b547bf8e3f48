"""The first plan: carts filled one after the other."""

from __future__ import annotations

import numpy as np

from wms.planning.compiled.carts import Carts, Scratch, cost_of, lengths_with, price_of, put_on
from wms.planning.compiled.jit import jit
from wms.planning.compiled.nearness import FARTHEST, keep_nearest, stretches_apart
from wms.planning.compiled.world import Ints, Words, World
from wms.planning.grid import BLOCKED

MOST_TRIED = 128  # jobs that are measured for each place on a cart


@jit
def fill_carts(world: World, carts: Carts, scratch: Scratch, chance: Words, alone: Ints, greed: float) -> None:
    """Puts every job that has no place on a cart. Each cart begins with the job that is farthest to walk for, and goes
    on with those that lengthen its tour least, less `greed` times what they would cost alone."""
    left = np.empty(alone.size, np.int64)
    number = 0
    for job in np.argsort(-alone):
        if carts.place[job] < 0:
            left[number] = job
            number += 1
    which, tried, lengths = np.empty(number, np.int64), np.empty(number, np.int64), np.empty(number, np.int64)
    cart = 0
    while number:
        while carts.held[cart]:
            cart += 1
        at, length = 0, alone[left[0]]
        while at >= 0:
            put_on(world, carts, scratch, cart, left[at], length)
            number -= 1
            left[at:number] = left[at + 1 : number + 1]
            found = _fitting(world, carts, chance, cart, left, number, tried)
            which[:found] = cart
            lengths_with(world, carts, scratch, which, tried, found, lengths)
            chosen = _cheapest(world, carts, cart, alone, greed, tried, lengths, found)
            if chosen < 0:
                break
            job, length, at = tried[chosen], lengths[chosen], 0
            while left[at] != job:
                at += 1


@jit
def _fitting(world: World, carts: Carts, chance: Words, cart: int, left: Ints, number: int, tried: Ints) -> int:
    """Those of the first `number` jobs of `left` that may go on the cart and are near it, into `tried`."""
    if carts.held[cart] >= carts.jobs.shape[1]:
        return 0
    scores = np.empty(number, np.int64)
    found = 0
    for n in range(number):
        job = left[n]
        fits = world.per_group >= 0 or carts.kinds[cart, world.groups[job]] > 0
        for k in range(world.capacities.size):
            fits &= carts.load[cart, k] + world.loads[job, k] <= world.capacities[k]
        if fits:
            scores[found] = min(stretches_apart(world.used, job, carts.used, cart), FARTHEST)
            tried[found] = job
            found += 1
    return keep_nearest(chance, scores, found, MOST_TRIED, tried, 0)


@jit
def _cheapest(
    world: World, carts: Carts, cart: int, alone: Ints, greed: float, tried: Ints, lengths: Ints, number: int
) -> int:
    best, chosen = np.inf, -1
    for n in range(number):
        job = tried[n]
        if lengths[n] >= BLOCKED:
            continue
        variety = carts.variety[cart] + (carts.kinds[cart, world.groups[job]] == 0)
        more = price_of(world, lengths[n], 1, variety) - cost_of(world, carts, cart)
        score = more - greed * alone[job] * world.per_length
        if score < best:
            best, chosen = score, n
    return chosen
