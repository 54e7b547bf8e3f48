"""First come: what the same orders would be walked without a planner, so that what planning saves can be told.

Waves are of one category, those due first; in a wave, orders due about the same time that begin close together share a
cart. Each cart is walked aisle by aisle (S-shape), or from bin to bin by their order where the floor has no parallel
aisles.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from wms.planning.supply import Part, PartKey, due

if TYPE_CHECKING:
    from wms.planning.cart_loads import CartLoads
    from wms.planning.wave_desk import Desk


def plain_lengths(desk: Desk, parts: Sequence[Part]) -> dict[PartKey, int]:
    """Millimetres for each part: its share of the cart it would go on, all parts of a cart alike."""
    found: dict[PartKey, int] = {}
    for cart in _carts(desk, parts):
        length = desk.walks.plain({place for part in cart for place in part.places})
        share, more = divmod(length, len(cart))
        found |= {part.key: share + (n < more) for n, part in enumerate(cart)}
    return found


def _carts(desk: Desk, parts: Sequence[Part]) -> Iterator[list[Part]]:
    by_category = sorted(parts, key=lambda part: (part.order.category, due(part.order), part.n))
    for _, group in groupby(by_category, key=lambda part: part.order.category):
        same, most = list(group), desk.policy.max_orders_per_wave
        for start in range(0, len(same), most):
            yield from _filled(sorted(same[start : start + most], key=lambda part: _closeness(desk, part)), desk.loads)


def _closeness(desk: Desk, part: Part) -> tuple[int, tuple[int, str], PartKey]:
    begins = min((pick.take.sequence, pick.take.place) for pick in part.picks)
    return part.order.ship_by // desk.policy.same_ship_by_s, begins, part.key


def _filled(parts: Sequence[Part], loads: CartLoads) -> Iterator[list[Part]]:
    held: list[Part] = []
    carried = [0] * len(loads.capacities)
    for part in parts:
        more = loads.of(part.picks)
        if held and any(a + b > most for a, b, most in zip(carried, more, loads.capacities, strict=True)):
            yield held
            held, carried = [], [0] * len(more)
        held.append(part)
        carried = [a + b for a, b in zip(carried, more, strict=True)]
    if held:
        yield held
