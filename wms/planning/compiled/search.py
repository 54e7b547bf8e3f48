"""Ruin and recreate: a few jobs come off carts that go near each other, and each goes back where it costs least.

After Schrimpf et al. 2000 (doi 10.1006/jcph.1999.6413) and Christiaens & Vanden Berghe 2020
(doi 10.1287/trsc.2019.0914), whose adjacent strings are here jobs of carts that go to like places. Several gangs ruin
carts of their own at a time, so that the sixteen lanes of the sweep are seldom empty; each is judged by itself, as
annealing does (Kirkpatrick, Gelatt & Vecchi 1983, doi 10.1126/science.220.4598.671).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from wms.planning.compiled.carts import (
    Carts,
    Scratch,
    copy_cart,
    cost_of,
    lengths_with,
    price_of,
    put_on,
    settle,
    take_off,
)
from wms.planning.compiled.chance import below, share
from wms.planning.compiled.jit import jit
from wms.planning.compiled.lateness import lateness
from wms.planning.compiled.nearness import cart_beside, near_carts
from wms.planning.compiled.world import Flags, Ints, Words, World
from wms.planning.grid import BLOCKED

APART, APART_LATE = 0.05, 0.3  # how often a job with a deadline goes alone whatever it costs; more while some are late
BLINK = 0.01  # how often a cart is passed over though it may be the best


class Tune(NamedTuple):
    """How much is ruined at a time: by `gangs`, each at most `most_off` jobs from each of 2 to `most_carts` carts,
    which are the best of `tries`; and how many carts are measured for each job that goes back."""

    gangs: int = 4
    most_off: int = 4
    most_carts: int = 5
    tries: int = 12
    most_measured: int = 16


class Turn(NamedTuple):
    """What the gangs do in one turn. `owner` tells whose a cart is (-1: nobody's); `changed` lists those that are
    somebody's, `marks[0]` how many; `delta` is what a gang's changes cost, `standing` whether they may still count."""

    owner: Ints
    changed: Ints
    marks: Ints
    out: Ints  # (gangs, jobs): what was taken off, `removed` of them
    removed: Ints
    delta: Ints
    standing: Flags
    which: Ints
    tried: Ints
    lengths: Ints
    firsts: Ints
    numbers: Ints


@jit
def improve(
    world: World,
    carts: Carts,
    saved: Carts,
    best: Ints,
    scratch: Scratch,
    chance: Words,
    alone: Ints,
    pool: Ints,
    heats: tuple[float, float],
    turns: int,
    tune: Tune,
    weight: float,
) -> None:
    """So many turns, cooling from the first to the second of `heats` (ticks), with the jobs of `pool`. `best` gets the
    place of each job in the best plan found, and its last three figures: what that costs, its lateness, and the
    lateness of the plan at hand. A tick of lateness costs `weight` ticks."""
    jobs = world.groups.size
    turn = _turn(carts.held.size, tune)
    heat, cooling = heats[0], (heats[1] / heats[0]) ** (1.0 / max(turns, 1))
    for _ in range(turns):
        _ruin(world, carts, saved, scratch, chance, alone, pool, tune, turn)
        apart = 0.0 if world.ready.size == 0 else APART_LATE if best[jobs + 2] else APART
        for step in range(turn.removed.max()):
            _put_back(world, carts, saved, scratch, chance, alone, step, apart, tune, turn)
        late = lateness(world, carts) if world.ready.size and turn.standing[0] else 0
        _judge(carts, saved, chance, heat, weight * (late - best[jobs + 2]), turn)
        if turn.standing[0] or not world.ready.size:
            best[jobs + 2] = late
            if late < best[jobs + 1] or (late == best[jobs + 1] and carts.total[0] < best[jobs]):
                best[:jobs] = carts.place
                best[jobs], best[jobs + 1] = carts.total[0], late
        heat *= cooling


@jit
def _turn(carts: int, tune: Tune) -> Turn:
    gangs, room = tune.gangs, tune.gangs * carts
    return Turn(
        np.full(carts, -1, np.int64),
        np.empty(carts, np.int64),
        np.zeros(1, np.int64),
        np.empty((gangs, tune.most_off * tune.most_carts), np.int64),
        np.zeros(gangs, np.int64),
        np.zeros(gangs, np.int64),
        np.zeros(gangs, np.bool_),
        np.empty(room, np.int64),
        np.empty(room, np.int64),
        np.empty(room, np.int64),
        np.zeros(gangs, np.int64),
        np.zeros(gangs, np.int64),
    )


@jit
def _ruin(
    world: World,
    carts: Carts,
    saved: Carts,
    scratch: Scratch,
    chance: Words,
    alone: Ints,
    pool: Ints,
    tune: Tune,
    turn: Turn,
) -> None:
    turn.marks[0] = 0
    for gang in range(tune.gangs):
        before = carts.total[0]
        turn.removed[gang] = _take_some(world, carts, saved, chance, gang, pool, tune, turn)
        turn.delta[gang] = carts.total[0] - before
        turn.standing[gang] = turn.removed[gang] > 0
        _arrange(world, chance, turn.out[gang], turn.removed[gang], alone)
    number = turn.marks[0]
    for n in range(number):
        turn.delta[turn.owner[turn.changed[n]]] -= cost_of(world, carts, turn.changed[n])
    settle(world, carts, scratch, turn.changed, number)
    for n in range(number):
        turn.delta[turn.owner[turn.changed[n]]] += cost_of(world, carts, turn.changed[n])


@jit
def _claim(carts: Carts, saved: Carts, gang: int, cart: int, turn: Turn) -> None:
    """The cart is the gang's for this turn; what it was before is remembered."""
    turn.owner[cart] = gang
    copy_cart(carts, saved, cart)
    turn.changed[turn.marks[0]] = cart
    turn.marks[0] += 1


@jit
def _take_some(
    world: World, carts: Carts, saved: Carts, chance: Words, gang: int, pool: Ints, tune: Tune, turn: Turn
) -> int:
    """Takes jobs off a few carts that go near each other; how many. One of them is drawn from the pool."""
    seed = pool[below(chance, pool.size)]
    cart = carts.place[seed]
    if cart < 0 or carts.locked[cart] or turn.owner[cart] >= 0:
        return 0
    wanted = 2 + below(chance, tune.most_carts - 1)
    removed = 0
    for n in range(wanted):
        _claim(carts, saved, gang, cart, turn)
        for k in range(1 + below(chance, min(carts.held[cart], tune.most_off))):
            job = seed if n == 0 and k == 0 else carts.jobs[cart, below(chance, carts.held[cart])]
            take_off(world, carts, cart, job)
            turn.out[gang, removed] = job
            removed += 1
        cart = cart_beside(world, carts, chance, seed, turn.owner, pool, tune.tries)
        if cart < 0:
            break
    return removed


@jit
def _arrange(world: World, chance: Words, out: Ints, removed: int, alone: Ints) -> None:
    """The order in which jobs go back: by chance, the longest way first, the heaviest first, or the shortest way."""
    way = below(chance, 10)
    rank = np.empty(removed, np.float64)
    for n in range(removed):
        if way < 4:
            rank[n] = share(chance)
        elif way < 7:
            rank[n] = -alone[out[n]]
        elif way < 9:
            rank[n] = -world.loads[out[n], 0] + share(chance)
        else:
            rank[n] = alone[out[n]]
    for n in range(1, removed):
        job, value, at = out[n], rank[n], n
        while at and rank[at - 1] > value:
            out[at], rank[at] = out[at - 1], rank[at - 1]
            at -= 1
        out[at], rank[at] = job, value


@jit
def _put_back(
    world: World,
    carts: Carts,
    saved: Carts,
    scratch: Scratch,
    chance: Words,
    alone: Ints,
    step: int,
    apart: float,
    tune: Tune,
    turn: Turn,
) -> None:
    """One job of each gang goes back; what it costs on which cart is measured for all of them at once."""
    pairs = 0
    for gang in range(tune.gangs):
        turn.numbers[gang] = 0
        if step < turn.removed[gang] and turn.standing[gang]:
            job = turn.out[gang, step]
            number = near_carts(world, carts, chance, job, gang, turn.owner, tune.most_measured, turn.which, pairs)
            turn.firsts[gang], turn.numbers[gang] = pairs, number
            turn.tried[pairs : pairs + number] = job
            pairs += number
    lengths_with(world, carts, scratch, turn.which, turn.tried, pairs, turn.lengths)
    for gang in range(tune.gangs):
        if step < turn.removed[gang] and turn.standing[gang]:
            job = turn.out[gang, step]
            cart, length = _best_cart(world, carts, chance, job, gang, alone, apart, turn)
            if cart < 0:
                turn.standing[gang] = False
                continue
            if turn.owner[cart] < 0:
                _claim(carts, saved, gang, cart, turn)
            before = carts.total[0]
            put_on(world, carts, scratch, cart, job, length)
            turn.delta[gang] += carts.total[0] - before


@jit
def _best_cart(
    world: World, carts: Carts, chance: Words, job: int, gang: int, alone: Ints, apart: float, turn: Turn
) -> tuple[int, int]:
    """Where a job costs least, of the carts measured and one of its own, and how long the tour is then. `apart` is how
    often it gets one of its own in any case: joining always costs less, and may make somebody late."""
    chosen, length, best = _spare_cart(carts, turn.owner, gang), alone[job], np.inf
    if chosen >= 0:
        if apart > 0 and share(chance) < apart:
            return chosen, length
        best = float(price_of(world, length, 1, 1))
    for n in range(turn.firsts[gang], turn.firsts[gang] + turn.numbers[gang]):
        cart = turn.which[n]
        taken = turn.owner[cart] >= 0 and turn.owner[cart] != gang
        if taken or turn.lengths[n] >= BLOCKED or share(chance) < BLINK:
            continue
        variety = carts.variety[cart] + (carts.kinds[cart, world.groups[job]] == 0)
        more = float(price_of(world, turn.lengths[n], 1, variety) - cost_of(world, carts, cart))
        if more < best:
            best, chosen, length = more, cart, turn.lengths[n]
    return chosen, length


@jit
def _spare_cart(carts: Carts, owner: Ints, gang: int) -> int:
    for cart in range(carts.total[1]):
        if carts.held[cart] == 0 and (owner[cart] < 0 or owner[cart] == gang):
            return cart
    return carts.total[1] if carts.total[1] < carts.held.size else -1


@jit
def _judge(carts: Carts, saved: Carts, chance: Words, heat: float, lateness_costs: float, turn: Turn) -> None:
    """Takes back what gangs made worse by more than the heat allows. Where somebody is late there is one gang only."""
    for gang in range(turn.removed.size):
        worse = turn.delta[gang] + lateness_costs
        turn.standing[gang] &= worse <= -heat * np.log(share(chance) + 1e-300)
        if not turn.standing[gang]:
            carts.total[0] -= turn.delta[gang]
            for n in range(turn.removed[gang]):
                carts.place[turn.out[gang, n]] = -1
    for n in range(turn.marks[0]):
        cart = turn.changed[n]
        if not turn.standing[turn.owner[cart]]:
            copy_cart(saved, carts, cart)
            for at in range(carts.held[cart]):
                carts.place[carts.jobs[cart, at]] = cart
        turn.owner[cart] = -1
