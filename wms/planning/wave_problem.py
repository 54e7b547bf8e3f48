"""The problem of a wave: orders with their stock as jobs on the site's floor, under the site's rules."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from wms.domain.bounds import moment
from wms.domain.orders import Order
from wms.planning.cart_loads import CartLoads
from wms.planning.problem import Job, Picker, Prices, Problem
from wms.planning.rules import CarrierRules, PlanningRules
from wms.planning.site_walks import TICKS, SiteWalks
from wms.planning.supply import Part

_MM = 1000


def problem_of(
    parts: Sequence[Part],
    dues: Sequence[int],
    walks: SiteWalks,
    loads: CartLoads,
    rules: PlanningRules,
    pickers: tuple[Picker, ...],
) -> Problem:
    """One job for each part, in their order, due at `dues` (ticks)."""
    categories = {category: n for n, category in enumerate(sorted({part.order.category for part in parts}))}
    jobs = tuple(
        Job(
            name_of(part),
            tuple(sorted(walks.nodes(part.places))),
            loads.of(part.picks),
            len(part.picks),
            categories[part.order.category],
            due,
        )
        for part, due in zip(parts, dues, strict=True)
    )
    return Problem(walks.graph, jobs, loads.capacities, prices(rules, walks.speed), pickers, spots=walks.spots)


def name_of(part: Part) -> str:
    return f"{part.order.id}#{part.n}" if part.n else part.order.id


def prices(rules: PlanningRules, speed: int) -> Prices:
    """`speed` in millimetres a second."""
    per_mm = -(-TICKS // speed)
    mixing = {"hard": None, "soft": rules.waves.category_metres * _MM * per_mm, "off": 0}
    walking = rules.walking
    return Prices(per_mm, walking.tour_seconds * TICKS, walking.line_seconds * TICKS, mixing[rules.waves.category])


def due_of(order: Order, carriers: CarrierRules, now: int, zone: str) -> int:
    """When the tour of an order has to be back so that it is packed in time, in ticks from `now` (UTC seconds) on."""
    return (packed_by(order, carriers, now, zone) - carriers.packing_minutes * 60 - now) * TICKS


def packed_by(order: Order, carriers: CarrierRules, now: int, zone: str) -> int:
    """Until when an order has to be packed, UTC seconds: its ship-by, or the last cut-off of its carrier before that.
    Where no cut-off is left before it, its ship-by counts alone."""
    clock = carriers.cutoff.get(order.carrier)
    if clock is None:
        return order.ship_by
    place = ZoneInfo(zone)
    by = datetime.fromtimestamp(moment(order.ship_by), place)
    hour, minute = map(int, clock.split(":"))
    last = by.replace(hour=hour, minute=minute, second=0, microsecond=0)
    if last > by:
        last = (last - timedelta(days=1)).replace(hour=hour, minute=minute)
    return int(last.timestamp()) if last.timestamp() > now else order.ship_by
