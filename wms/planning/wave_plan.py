"""Planned waves: stock, carts and walks chosen together, under the site's rules.

Stock goes to the order due first. All orders of a plan are put together for short walks (`wms.planning.solve`), a tour
for each cart; then tours are released together as waves, those due first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from wms.domain.events import PlannedBatch, PlannedTask, WaveReleased
from wms.domain.ids import BatchId, CategoryCode, OrderId, WaveId
from wms.domain.orders import Order
from wms.domain.records import replace
from wms.domain.rows import Rows
from wms.domain.waiting import to_plan
from wms.planning.deadlines import in_time
from wms.planning.earlier import Earlier
from wms.planning.figures import figures_of
from wms.planning.first_come import plain_lengths
from wms.planning.problem import Infeasible, Problem, Solution
from wms.planning.rules import PlanningTime
from wms.planning.shelves import Shelves
from wms.planning.site_walks import TICKS
from wms.planning.supply import Part, PartKey, Pick, due, supply
from wms.planning.wave_congestion import one_at_a_time
from wms.planning.wave_desk import Desk, desk_of
from wms.planning.wave_problem import name_of
from wms.planning.wave_trips import CartTrip, first_due, stands, timed, trip_of, waves_of, with_nearer_bins
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
        pools = [self._trips(desk, shelves, pool, earlier) for pool in pools_of(desk, parts)]
        lost = [order for _, orders in pools for order in orders]
        waves, carts = released(desk, _timed(desk, [trips for trips, _ in pools]), first_wave)
        return Plan(waves, (*left, *lost), figures_of(desk, waves, carts))

    def _trips(
        self, desk: Desk, shelves: Shelves, parts: Sequence[Part], earlier: Earlier
    ) -> tuple[list[CartTrip], list[tuple[OrderId, str]]]:
        """The trips, and the orders that no trip can take."""
        trips = [trip_of((part,), desk.walks) for part in parts if part.full]
        for zone in sorted({part.zone for part in parts}):
            rest = [part for part in parts if part.zone == zone and not part.full]
            try:
                solution = self._solution(desk, rest, earlier.start(rest, desk.walks))
            except Infeasible as error:
                names = {name for name, _ in error.jobs}
                lost = {part.order.id: min(part.places) for part in rest if name_of(part) in names}
                kept = [part for part in parts if part.order.id not in lost]
                trips, others = self._trips(desk, shelves, kept, earlier)
                return trips, [*((order, f"bin_unreachable:{place}") for order, place in lost.items()), *others]
            trips += [trip_of((rest[job] for job in trip.jobs), desk.walks) for trip in solution.trips]
        still = [trip for trip in trips if earlier.is_locked(trip.orders, trip.places)]
        moving = [trip for trip in trips if not earlier.is_locked(trip.orders, trip.places)]
        return still + with_nearer_bins(moving, shelves, desk.walks), []

    def _solution(self, desk: Desk, parts: Sequence[Part], start: Solution | None) -> Solution:
        if not parts:
            return Solution((), 0, 0)
        problem, time = desk.problem(parts), desk.rules.planning
        if start is not None:
            return self._engine(problem, time, start)

        def search(problem: Problem, start: Solution | None, share: float) -> Solution:
            part = replace(time, seconds=time.seconds * share, release_seconds=time.release_seconds * share)
            return self._engine(problem, part, start)

        return in_time(problem, search, desk.policy.same_ship_by_s * TICKS)


def pools_of(desk: Desk, parts: Sequence[Part]) -> list[list[Part]]:
    """What is planned together: everything; or, where zones are walked apart, a wave at a time, those due first. Parts
    of one order are on carts of several zones then, and all of these are released together."""
    if desk.rules.zones.mode != "split":
        return [list(parts)]
    hard = desk.rules.waves.category == "hard"
    orders: dict[CategoryCode, list[OrderId]] = {}
    for part in parts:
        names = orders.setdefault(part.order.category if hard else CategoryCode(""), [])
        names += [] if part.order.id in names[-1:] else [part.order.id]
    by_order: dict[OrderId, list[Part]] = {}
    for part in parts:
        by_order.setdefault(part.order.id, []).append(part)
    most = desk.policy.max_orders_per_wave
    chunks = [names[start : start + most] for names in orders.values() for start in range(0, len(names), most)]
    return [[zoned for order in chunk for zoned in _by_zone(desk, by_order[order])] for chunk in chunks]


def _by_zone(desk: Desk, parts: Sequence[Part]) -> list[Part]:
    """The same goods of one order, each zone's on its own."""
    zones: dict[tuple[int, str], list[Pick]] = {}
    for part in parts:
        for pick in part.picks:
            zones.setdefault((part.n, desk.walks.floor.zone_of(pick.take.place)), []).append(pick)
    alone = len(zones) == 1
    return [
        Part(parts[0].order, tuple(picks), 0 if alone else n, zone=zone)
        for n, ((_, zone), picks) in enumerate(zones.items(), 1)
    ]


def _timed(desk: Desk, pools: Sequence[Sequence[CartTrip]]) -> list[list[CartTrip]]:
    """All trips of all pools in one timetable."""
    trips = iter(one_at_a_time(desk, timed(desk, [trip for pool in pools for trip in pool])))
    return [[next(trips) for _ in pool] for pool in pools]


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
    desk: Desk, pools: Sequence[Sequence[CartTrip]], first_wave: int
) -> tuple[tuple[WaveReleased, ...], dict[BatchId, CartTrip]]:
    """The trips as waves, numbered from `first_wave`, and which trip became which batch. No wave is of two pools."""
    plain = plain_lengths(desk, [part for trips in pools for trip in trips for part in trip.parts])
    hard, most = desk.rules.waves.category == "hard", desk.policy.max_orders_per_wave
    waves = sorted((wave for trips in pools for wave in waves_of(trips, most, by_category=hard)), key=first_due)
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
