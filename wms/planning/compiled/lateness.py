"""How late a plan is, told quickly: trips due first go to whoever is free first."""

from __future__ import annotations

import numpy as np

from wms.planning.compiled.carts import Carts, cost_of
from wms.planning.compiled.jit import jit
from wms.planning.compiled.world import World


@jit
def lateness(world: World, carts: Carts) -> int:
    """The sum over trips of how late they end, in ticks. 0 where there are no pickers."""
    free = world.ready.copy()
    if free.size == 0:
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
    late = 0
    for n in range(number):
        cart = order[n]
        who = np.argmin(free)
        took = cost_of(world, carts, cart) + carts.work[cart]
        free[who] += (took * 100 + world.speeds[who] - 1) // world.speeds[who]
        late += max(0, free[who] - carts.due[cart])
    return late
