"""How late a plan is, told quickly: trips due first go to whoever ends them first, or last in time."""

from __future__ import annotations

import numpy as np

from wms.planning.compiled.carts import Carts, price_of
from wms.planning.compiled.jit import jit
from wms.planning.compiled.world import Ints, World


@jit
def lateness(world: World, carts: Carts) -> int:
    """The sum over jobs of how late their trips end, in ticks, as `wms.planning.schedule.lateness` has it. 0 where
    there are no pickers."""
    if world.ready.size == 0:
        return 0
    order = np.empty(carts.total[1], np.int64)
    number = 0
    for cart in range(carts.total[1]):
        if carts.held[cart]:
            at = number
            while at and carts.due[order[at - 1]] > carts.due[cart]:
                order[at] = order[at - 1]
                at -= 1
            order[at] = cart
            number += 1
    late = _listed(world, carts, order, number, False)
    return min(late, _listed(world, carts, order, number, True)) if late else 0


@jit
def _listed(world: World, carts: Carts, order: Ints, number: int, closely: bool) -> int:
    """Each trip goes to whoever ends it first; `closely`, to whoever ends it last of those who do in time."""
    free = world.ready.copy()
    late = 0
    for n in range(number):
        cart = order[n]
        took = 100 * (price_of(world, carts.length[cart], 1, 1) + carts.work[cart])
        who, end = -1, 0
        for picker in range(free.size):
            then = free[picker] + (took + world.speeds[picker] - 1) // world.speeds[picker]
            in_time = closely and then <= carts.due[cart]
            if who < 0 or (then > end if in_time and end <= carts.due[cart] else then < end):
                who, end = picker, then
        free[who] = end
        if end > carts.due[cart]:
            for at in range(carts.held[cart]):
                late += max(0, end - world.dues[carts.jobs[cart, at]])
    return late
