"""Ruin and recreate: a few jobs come off carts that go near each other, and each goes back where it costs least."""

from __future__ import annotations

import numpy as np

from wms.planning.compiled.carts import (
    copy_cart,
    cost_of,
    lengths_with,
    price_of,
    put_on,
    settle,
    take_off,
)
from wms.planning.compiled.jit import jit
from wms.planning.compiled.vectors import NEVER, bits
from wms.planning.compiled.world import WHENEVER


@jit
def _next(chance):
    """xorshift64*: the next random word. `chance` is its state."""
    word = chance[0]
    word ^= word >> np.uint64(12)
    word ^= word << np.uint64(25)
    word ^= word >> np.uint64(27)
    chance[0] = word
    return word * np.uint64(2685821657736338717)


@jit
def _below(chance, most):
    return np.int64((_next(chance) >> np.uint64(33)) % np.uint64(most))


@jit
def _share(chance):
    return np.float64(_next(chance) >> np.uint64(11)) / 9007199254740992.0


@jit
def _apart(one, other):
    """In how many stretches `one` has stops where `other` has none."""
    return bits(one & ~other)


@jit
def near_carts(world, carts, chance, job, gang, owner, most_tried, which, at):
    """The carts that may take a job of a gang, into `which` from place `at` on: all, or the `most_tried` in which it leads to
    the fewest new stretches. Their number."""
    count, locked, load, kinds, taken = carts.count, carts.locked, carts.load, carts.kinds, carts.used
    loads, capacities, kind, never_mixed = world.loads, world.capacities, world.groups[job], world.per_group < 0
    most = carts.jobs.shape[1]
    found = 0
    for cart in range(carts.total[1]):
        if count[cart] == 0 or count[cart] >= most or locked[cart] or (never_mixed and kinds[cart, kind] == 0):
            continue
        fits = owner[cart] < 0 or owner[cart] == gang
        for k in range(capacities.size):
            fits &= load[cart, k] + loads[job, k] <= capacities[k]
        if fits:
            which[at + found] = cart
            found += 1
    if found <= most_tried:
        return found
    used = world.used
    scores = np.empty(found, np.int64)
    tally = np.zeros(66, np.int64)
    for n in range(found):
        score = 0
        for word in range(used.shape[1]):
            score += _apart(used[job, word], taken[which[at + n], word])
        scores[n] = min(score, 65)
        tally[scores[n]] += 1
    limit, kept = 0, 0
    while kept + tally[limit] <= most_tried:
        kept += tally[limit]
        limit += 1
    spare = most_tried - kept  # of those at the limit, some by chance
    level = tally[limit]
    to = 0
    for n in range(found):
        take = scores[n] < limit
        if scores[n] == limit:
            take = _below(chance, level) < spare
            level -= 1
            spare -= take
        if take:
            which[at + to] = which[at + n]
            to += 1
    return to


@jit
def _spare_cart(carts, owner):
    for cart in range(carts.total[1]):
        if carts.count[cart] == 0 and owner[cart] < 0:
            return cart
    return carts.total[1] if carts.total[1] < carts.count.size else -1


@jit
def best_cart(world, carts, chance, job, gang, owner, alone, blink, which, lengths, first, number, chosen):
    """Where a job costs least, of the `number` carts measured and one of its own: the cart, and the tour's length then,
    into `chosen`."""
    spare = _spare_cart(carts, owner)
    best = np.inf
    chosen[0], chosen[1] = -1, alone[job]
    if spare >= 0:
        best, chosen[0] = float(price_of(world, alone[job], 1, 1)), spare
    for n in range(first, first + number):
        cart = which[n]
        if (owner[cart] >= 0 and owner[cart] != gang) or (blink > 0 and _share(chance) < blink):
            continue
        variety = carts.variety[cart] + (carts.kinds[cart, world.groups[job]] == 0)
        more = float(price_of(world, lengths[n], 1, variety) - cost_of(world, carts, cart))
        if more < best:
            best = more
            chosen[0], chosen[1] = cart, lengths[n]


@jit
def _ruin(world, carts, chance, gang, owner, saved, pool, tune, out, changed, picked):
    """A gang takes jobs off a few carts that go near each other, into `out`; those carts are noted in `changed` from
    place `picked` on. How many jobs, and how many carts are noted now."""
    used, place, taken = world.used, carts.place, carts.used
    seed, cart = -1, -1
    for _ in range(20):
        seed = pool[_below(chance, pool.size)]
        cart = place[seed]
        if cart >= 0 and not carts.locked[cart] and owner[cart] < 0:
            break
        cart = -1
    if cart < 0:
        return 0, picked
    wanted = 2 + _below(chance, tune[2])
    removed = 0
    for turn in range(wanted):
        owner[cart] = gang
        copy_cart(carts, saved, cart)
        changed[picked] = cart
        picked += 1
        leave = 1 + _below(chance, min(carts.count[cart], tune[1]))
        for n in range(leave):
            job = carts.jobs[cart, _below(chance, carts.count[cart])]
            if n == 0 and turn == 0:
                job = seed
            take_off(world, carts, cart, job)
            out[gang, removed] = job
            removed += 1
        best, cart = np.int64(1) << 40, -1
        for _ in range(tune[3]):
            other = place[pool[_below(chance, pool.size)]]
            if other < 0 or carts.locked[other] or owner[other] >= 0:
                continue
            score = 0
            for word in range(used.shape[1]):
                score += _apart(used[seed, word], taken[other, word]) * 4
                score += _apart(taken[other, word], used[seed, word])
            if score < best:
                best, cart = score, other
        if cart < 0:
            break
    return removed, picked


@jit
def _arrange(world, chance, out, removed, alone):
    """The order in which jobs go back: by chance, the longest way first, the heaviest first, or the shortest way."""
    way = _below(chance, 10)
    rank = np.empty(removed, np.float64)
    for n in range(removed):
        if way < 4:
            rank[n] = _share(chance)
        elif way < 7:
            rank[n] = -alone[out[n]]
        elif way < 9:
            rank[n] = -world.loads[out[n], 0] + _share(chance)
        else:
            rank[n] = alone[out[n]]
    for n in range(1, removed):
        job, value = out[n], rank[n]
        at = n
        while at and rank[at - 1] > value:
            out[at], rank[at] = out[at - 1], rank[at - 1]
            at -= 1
        out[at], rank[at] = job, value


@jit
def lateness(world, carts, order, free):
    """The sum of how late trips end, when the one due first is given to whoever is free first."""
    number = 0
    for cart in range(carts.total[1]):
        if carts.count[cart]:
            due = carts.due[cart]
            at = number
            while at and carts.due[order[at - 1]] > due:
                order[at] = order[at - 1]
                at -= 1
            order[at] = cart
            number += 1
    free[:] = world.ready
    late = 0
    for n in range(number):
        cart = order[n]
        who = 0
        for other in range(1, free.size):
            if free[other] < free[who]:
                who = other
        took = cost_of(world, carts, cart) + carts.work[cart]
        free[who] += took * 100 // world.speeds[who]
        late += max(0, free[who] - carts.due[cart])
    return late


@jit
def fill_carts(world, carts, scratch, alone, greed):
    """The first plan: one cart after the other, each begun with the job that is farthest to walk for, and filled with
    those that lengthen its tour least for what they would cost alone. False where a job has no place."""
    jobs = world.groups.size
    left = np.empty(jobs, np.int64)
    number = 0
    for job in np.argsort(-alone):
        if carts.place[job] < 0:
            left[number] = job
            number += 1
    which, tried, lengths = np.empty(jobs, np.int64), np.empty(jobs, np.int64), np.empty(jobs, np.int64)
    scores = np.empty(jobs, np.int64)
    most = 96
    cart = 0
    while number:
        while cart < carts.count.size and carts.count[cart]:
            cart += 1
        if cart == carts.count.size:
            return False
        put_on(world, carts, scratch, cart, left[0], alone[left[0]])
        number -= 1
        left[:number] = left[1 : number + 1]
        while number and carts.count[cart] < carts.jobs.shape[1]:
            found = 0
            tally = np.zeros(66, np.int64)
            for n in range(number):
                job = left[n]
                fits = world.per_group >= 0 or carts.kinds[cart, world.groups[job]] > 0
                for k in range(world.capacities.size):
                    fits &= carts.load[cart, k] + world.loads[job, k] <= world.capacities[k]
                if not fits:
                    continue
                score = 0
                for word in range(world.used.shape[1]):
                    score += _apart(world.used[job, word], carts.used[cart, word])
                scores[found] = min(score, 65)
                tally[scores[found]] += 1
                tried[found] = job
                found += 1
            if found == 0:
                break
            limit, kept = 0, 0
            while limit < 65 and kept + tally[limit] < most:
                kept += tally[limit]
                limit += 1
            to = 0
            for n in range(found):
                if scores[n] <= limit and to < most + kept:
                    tried[to] = tried[n]
                    which[to] = cart
                    to += 1
            lengths_with(world, carts, scratch, which, tried, to, lengths)
            best, chosen = np.inf, -1
            for n in range(to):
                variety = carts.variety[cart] + (carts.kinds[cart, world.groups[tried[n]]] == 0)
                more = price_of(world, lengths[n], 1, variety) - cost_of(world, carts, cart)
                score = more - greed * alone[tried[n]] * world.per_length
                if score < best:
                    best, chosen = score, n
            job = tried[chosen]
            put_on(world, carts, scratch, cart, job, lengths[chosen])
            at = 0
            while left[at] != job:
                at += 1
            number -= 1
            left[at:number] = left[at + 1 : number + 1]
    return True


@jit
def improve(world, carts, saved, best, scratch, chance, alone, pool, heat, cold, turns, tune, weight):
    """Turns of ruin and recreate, accepted as annealing does while it cools from `heat` to `cold` (ticks). `best` gets
    the place of each job in the best plan found, and its last three figures: what it costs, its lateness, and the
    lateness of the plan at hand."""
    jobs, gangs = world.groups.size, tune[0]
    room = carts.count.size * gangs + gangs * tune[4]
    which, tried, lengths = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room, np.int64)
    owner = np.full(carts.count.size, -1, np.int64)
    out = np.empty((gangs, tune[1] * (tune[2] + 2)), np.int64)
    changed = np.empty(carts.count.size, np.int64)
    order = np.empty(carts.count.size, np.int64)
    free = np.empty(world.ready.size, np.int64)
    removed, delta = np.zeros(gangs, np.int64), np.zeros(gangs, np.int64)
    placed, firsts, numbers = np.zeros(gangs, np.bool_), np.zeros(gangs, np.int64), np.zeros(gangs, np.int64)
    chosen = np.zeros(2, np.int64)
    timed = world.ready.size > 0
    now_late = best[jobs + 2]
    cooling = (cold / heat) ** (1.0 / max(turns, 1))
    for _ in range(turns):
        picked, longest = 0, 0
        for gang in range(gangs):
            before = carts.total[0]
            removed[gang], picked = _ruin(world, carts, chance, gang, owner, saved, pool, tune, out, changed, picked)
            delta[gang] = carts.total[0] - before
            placed[gang] = removed[gang] > 0
            longest = max(longest, removed[gang])
        for n in range(picked):
            delta[owner[changed[n]]] -= cost_of(world, carts, changed[n])
        settle(world, carts, scratch, changed, picked)
        for n in range(picked):
            delta[owner[changed[n]]] += cost_of(world, carts, changed[n])
        for gang in range(gangs):
            _arrange(world, chance, out[gang], removed[gang], alone)
        for step in range(longest):
            pairs = 0
            for gang in range(gangs):
                if step >= removed[gang] or not placed[gang]:
                    continue
                firsts[gang] = pairs
                numbers[gang] = near_carts(world, carts, chance, out[gang, step], gang, owner, tune[4], which, pairs)
                for n in range(pairs, pairs + numbers[gang]):
                    tried[n] = out[gang, step]
                pairs += numbers[gang]
            lengths_with(world, carts, scratch, which, tried, pairs, lengths)
            for gang in range(gangs):
                if step >= removed[gang] or not placed[gang]:
                    continue
                job = out[gang, step]
                best_cart(
                    world,
                    carts,
                    chance,
                    job,
                    gang,
                    owner,
                    alone,
                    0.01,
                    which,
                    lengths,
                    firsts[gang],
                    numbers[gang],
                    chosen,
                )
                cart = chosen[0]
                if cart < 0:
                    placed[gang] = False
                    continue
                if owner[cart] < 0:
                    owner[cart] = gang
                    copy_cart(carts, saved, cart)
                    changed[picked] = cart
                    picked += 1
                before = carts.total[0]
                put_on(world, carts, scratch, cart, job, chosen[1])
                delta[gang] += carts.total[0] - before
        late = lateness(world, carts, order, free) if timed and placed[0] else 0
        for gang in range(gangs):
            worse = float(delta[gang]) + weight * (late - now_late)
            placed[gang] &= worse <= -heat * np.log(_share(chance) + 1e-300)
            if not placed[gang]:
                carts.total[0] -= delta[gang]
                for n in range(removed[gang]):
                    carts.place[out[gang, n]] = -1
        for n in range(picked):
            cart = changed[n]
            if not placed[owner[cart]]:
                copy_cart(saved, carts, cart)
                for at in range(carts.count[cart]):
                    carts.place[carts.jobs[cart, at]] = cart
            owner[cart] = -1
        if not timed or placed[0]:
            now_late = late
            if late < best[jobs + 1] or (late == best[jobs + 1] and carts.total[0] < best[jobs]):
                best[:jobs] = carts.place
                best[jobs], best[jobs + 1] = carts.total[0], late
        heat *= cooling
    best[jobs + 2] = now_late


@jit
def place_all(world, carts, scratch, places, most):
    """Carts as `places` tells: a cart for each job, -1 for jobs left alone. `most` is one more than the highest."""
    for cart in range(carts.total[1]):
        carts.count[cart] = 0
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
def lengths_alone(world, carts, scratch, lengths):
    """How long the tour of each job alone is; cart 0 is empty."""
    jobs = lengths.size
    lengths_with(world, carts, scratch, np.zeros(jobs, np.int64), np.arange(jobs), jobs, lengths)


@jit
def lateness_now(world, carts):
    return lateness(world, carts, np.empty(carts.count.size, np.int64), np.empty(world.ready.size, np.int64))
