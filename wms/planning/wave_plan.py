"""Planned waves: stock, carts and walks chosen together, under the site's rules.

Stock goes to the order due first. All orders of a plan are put together for short walks (`wms.planning.solve`), a tour
for each cart; then tours are released together as waves, those due first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from wms.domain.events import PlannedBatch, PlannedTask, WaveReleased
from wms.domain.ids import BatchId, CategoryCode, OrderId, WaveId
from wms.domain.orders import Order
from wms.domain.rows import Rows
from wms.domain.waiting import to_plan
from wms.planning.earlier import Earlier
from wms.planning.figures import figures_of
from wms.planning.first_come import plain_lengths
from wms.planning.problem import Infeasible, Problem, Solution
from wms.planning.rules import PlanningTime
from wms.planning.shelves import Shelves
from wms.planning.supply import Part, PartKey, due, supply
from wms.planning.wave_desk import Desk, desk_of
from wms.planning.wave_problem import name_of
from wms.planning.wave_trips import CartTrip, stands, timed, trip_of, waves_of, with_nearer_bins
from wms.planning.waves import Plan, WavePolicy, task_id

NOTHING_EARLIER = Earlier()

Engine = Callable[[Problem, PlanningTime, Solution | None], Solution]
"""Finds a plan within the site's time, from an earlier one where there is one. Raises `Infeasible`."""


class ShortWalks:
    """Orders that lie close together share a cart; `engine` looks for the plan with the shortest walks."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def plan(
        self,
        rows: Rows,
        now: int,
        policy: WavePolicy,
        first_wave: int,
        zone: str,
        category: CategoryCode | None = None,
    ) -> Plan:
        ready = [order for order in to_plan(rows, now) if category is None or order.category == category]
        return self.at(desk_of(rows, now, policy, zone), ready, first_wave) if ready else Plan((), ())

    def at(self, desk: Desk, orders: Sequence[Order], first_wave: int, earlier: Earlier = NOTHING_EARLIER) -> Plan:
        """These orders planned, going on from an `earlier` plan."""
        shelves = desk.shelves()
        parts, left = supplied(desk, shelves, orders, earlier)
        trips, lost = self._trips(desk, shelves, parts, earlier)
        waves, carts = released(desk, timed(desk, trips), first_wave)
        return Plan(waves, (*left, *lost), figures_of(desk, waves, carts))

    def _trips(
        self, desk: Desk, shelves: Shelves, parts: Sequence[Part], earlier: Earlier
    ) -> tuple[list[CartTrip], list[tuple[OrderId, str]]]:
        """The trips, and the orders that no trip can take."""
        rest = [part for part in parts if not part.full]
        try:
            start = earlier.start(rest, desk.walks)
            solution = self._engine(desk.problem(rest), desk.rules.planning, start) if rest else Solution((), 0, 0)
        except Infeasible as error:
            names = {name for name, _ in error.jobs}
            lost = {part.order.id: min(part.places) for part in rest if name_of(part) in names}
            trips, others = self._trips(desk, shelves, [part for part in parts if part.order.id not in lost], earlier)
            return trips, [*((order, f"bin_unreachable:{place}") for order, place in lost.items()), *others]
        trips = [trip_of((part,), desk.walks) for part in parts if part.full]
        trips += [trip_of((rest[job] for job in trip.jobs), desk.walks) for trip in solution.trips]
        kept = [trip for trip in trips if earlier.is_locked(trip.orders)]
        moving = [trip for trip in trips if not earlier.is_locked(trip.orders)]
        return kept + with_nearer_bins(moving, shelves, desk.walks), []


def supplied(
    desk: Desk, shelves: Shelves, orders: Sequence[Order], earlier: Earlier = NOTHING_EARLIER
) -> tuple[list[Part], list[tuple[OrderId, str]]]:
    """Orders with their stock, the earliest due served first, divided where a cart is too small; and those that can't
    be planned, each with the reasons."""
    parts: list[Part] = []
    left: list[tuple[OrderId, str]] = []
    for order in sorted(orders, key=due):
        found = supply(desk.rows, shelves, order, earlier.far(order.id, desk.walks.detour))
        if isinstance(found, str):
            left.append((order.id, found))
            continue
        lost = sorted(place for place in found.places if desk.walks.node(place) is None)
        divided = f"bin_unreachable:{lost[0]}" if lost else desk.loads.divided(found)
        if isinstance(divided, str):
            for pick in found.picks:
                shelves.give_back(pick.line.sku, pick.take)
            left.append((order.id, divided))
        else:
            parts += divided
    return parts, left


def released(
    desk: Desk, trips: Sequence[CartTrip], first_wave: int
) -> tuple[tuple[WaveReleased, ...], dict[BatchId, CartTrip]]:
    """The trips as waves, numbered from `first_wave`, and which trip became which batch."""
    plain = plain_lengths(desk, [part for trip in trips for part in trip.parts])
    hard = desk.rules.waves.category == "hard"
    waves = waves_of(trips, desk.policy.max_orders_per_wave, by_category=hard)
    carts = [_named(WaveId(f"W{n:04d}"), wave) for n, wave in enumerate(waves, first_wave)]
    made = tuple(wave_of(desk, WaveId(f"W{n:04d}"), named, plain) for n, named in enumerate(carts, first_wave))
    return made, {name: trip for named in carts for name, trip in named.items()}


def _named(wave: WaveId, trips: Sequence[CartTrip]) -> dict[BatchId, CartTrip]:
    ordered = sorted(trips, key=lambda trip: (trip.ship_by, trip.begin, trip.parts[0].key))
    return {BatchId(f"{wave}-{n:02d}"): trip for n, trip in enumerate(ordered, 1)}


def wave_of(desk: Desk, name: WaveId, trips: Mapping[BatchId, CartTrip], plain: Mapping[PartKey, int]) -> WaveReleased:
    """`plain` is what each part would be walked as orders come."""
    batches = tuple(batch_of(desk, trip, batch) for batch, trip in trips.items())
    categories = {category for trip in trips.values() for category in trip.categories}
    category = categories.pop() if len(categories) == 1 else CategoryCode("")
    share = sum(plain[part.key] for trip in trips.values() for part in trip.parts)
    return WaveReleased(name, category, min(batch.ship_by for batch in batches), batches, share)


def batch_of(desk: Desk, trip: CartTrip, name: BatchId) -> PlannedBatch:
    slots, walked = stands(trip, desk.loads, desk.walks)
    tasks = tuple(
        PlannedTask(
            task_id(name, n),
            stand.pick.line.order_id,
            stand.pick.line.n,
            stand.pick.line.sku,
            stand.pick.take.place,
            stand.pick.take.lot,
            stand.pick.take.quantity,
            stand.sequence,
            stand.slot,
        )
        for n, stand in enumerate(walked, 1)
    )
    return PlannedBatch(name, trip.ship_by, slots, tasks, trip.length)
