"""A plan made earlier, checked against what is true now: what still fits goes out as planned, the rest is named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from wms.domain.events import PlannedTask, WaveReleased
from wms.domain.ids import BatchId, OrderId, PlaceId, WaveId
from wms.domain.orders import Order, OrderLine
from wms.domain.waiting import to_plan
from wms.planning.first_come import plain_lengths
from wms.planning.shelves import Shelves, Take
from wms.planning.supply import Part, Pick, due, supply
from wms.planning.wave_desk import Desk
from wms.planning.wave_plan import wave_of
from wms.planning.wave_trips import CartTrip, timed, trip_of

Cart = tuple[int, int]
"""A batch of the plan: which wave, and which of its batches."""


@dataclass(slots=True)
class _Planned:
    """What a plan says of one order: its tasks by the carts they are on, in the plan's order."""

    tasks: dict[Cart, list[PlannedTask]]

    @property
    def all(self) -> list[PlannedTask]:
        return [task for tasks in self.tasks.values() for task in tasks]


def still_fits(
    desk: Desk, waves: Sequence[WaveReleased], first_wave: int
) -> tuple[tuple[WaveReleased, ...], tuple[tuple[OrderId, str], ...]]:
    """The waves as they can go out now, numbered from `first_wave`, and the orders of the plan left out, each with its
    reason. Where the stock that was planned is gone, or its turn has not come, an order takes other stock nearby."""
    planned = _by_order(waves)
    ready = {order.id: order for order in to_plan(desk.rows, desk.now)}
    left = {name: reason for name, one in planned.items() if (reason := _unfit(desk, one, name, ready))}
    left |= _too_many(desk, waves, {name: one for name, one in planned.items() if name not in left}, ready)
    shelves, carts = desk.shelves(), dict[Cart, list[Part]]()
    for order in sorted((ready[name] for name in planned if name not in left), key=due):
        found = _supplied(desk, shelves, order, planned[order.id])
        if isinstance(found, str):
            left[order.id] = found
            continue
        for cart, part in found:
            carts.setdefault(cart, []).append(part)
    return tuple(_waves(desk, waves, carts, first_wave)), tuple(left.items())


def _by_order(waves: Sequence[WaveReleased]) -> dict[OrderId, _Planned]:
    found: dict[OrderId, _Planned] = {}
    for w, wave in enumerate(waves):
        for b, batch in enumerate(wave.batches):
            for order in batch.orders:
                found.setdefault(order, _Planned({}))
            for task in batch.tasks:
                found.setdefault(task.order, _Planned({})).tasks.setdefault((w, b), []).append(task)
    return found


def _unfit(desk: Desk, planned: _Planned, name: OrderId, ready: Mapping[OrderId, Order]) -> str:
    """Why an order can't go as planned, whatever the stock; '' if it can."""
    if name not in ready:
        return "not_waiting"
    lines = {line.n: (line.sku, line.quantity) for line in desk.rows.where(OrderLine, order_id=name) if line.quantity}
    units: Counter[int] = Counter()
    for task in planned.all:
        units[task.line] += task.quantity
    skus = {task.line: task.sku for task in planned.all}
    same = {n: (skus[n], quantity) for n, quantity in units.items()} == lines
    return "" if same and len({wave for wave, _ in planned.tasks}) == 1 else "planned_otherwise"


def _too_many(
    desk: Desk, waves: Sequence[WaveReleased], planned: Mapping[OrderId, _Planned], ready: Mapping[OrderId, Order]
) -> dict[OrderId, str]:
    """Orders for which a cart has no room any more, those due last first; and where waves are of one category, those of
    another one than the first due."""
    left: dict[OrderId, str] = {}
    kinds: dict[int, str] = {}
    carried: dict[Cart, list[int]] = {}
    hard = desk.rules.waves.category == "hard"
    for order in sorted((ready[name] for name in planned), key=due):
        more = {cart: _loads(desk, order, tasks) for cart, tasks in planned[order.id].tasks.items()}
        sums = {
            cart: [a + b for a, b in zip(carried.get(cart, [0] * len(add)), add, strict=True)]
            for cart, add in more.items()
        }
        wave = next(iter(more))[0]
        if hard and kinds.setdefault(wave, order.category) != order.category:
            left[order.id] = "planned_otherwise"
        elif any(load > most for held in sums.values() for load, most in zip(held, desk.loads.capacities, strict=True)):
            left[order.id] = "cart_full"
        else:
            carried |= sums
    return left


def _loads(desk: Desk, order: Order, tasks: Sequence[PlannedTask]) -> tuple[int, ...]:
    return desk.loads.of(_pick(desk, order, task) for task in tasks)


def _pick(desk: Desk, order: Order, task: PlannedTask) -> Pick:
    line = desk.rows.get(OrderLine, order.id, task.line)
    assert line is not None  # noqa: S101 - its lines are those that were planned
    return Pick(line, Take(task.place, task.lot, task.quantity, desk.rank(task.place)))


def _supplied(desk: Desk, shelves: Shelves, order: Order, planned: _Planned) -> list[tuple[Cart, Part]] | str:
    """The stock of an order, as planned if it still is its turn, by the carts it goes on; or why there is none."""
    meant = {task.place for task in planned.all}

    def far(place: PlaceId, others: Sequence[PlaceId]) -> int:
        return 0 if place in meant else 1 + desk.walks.detour(place, others)

    found = supply(desk.rows, shelves, order, far)
    if isinstance(found, str):
        return found
    if lost := sorted(place for place in found.places if desk.walks.node(place) is None):
        reason = f"bin_unreachable:{lost[0]}"
    elif _stock(found.picks) == Counter(_stock([_pick(desk, order, task) for task in planned.all])):
        return [
            (cart, Part(order, tuple(_pick(desk, order, task) for task in tasks), n))
            for n, (cart, tasks) in enumerate(planned.tasks.items())
        ]
    else:
        parts = (found,) if len(planned.tasks) == 1 else desk.loads.divided(found)
        if len(parts) == len(planned.tasks):
            return list(zip(planned.tasks, parts, strict=True))  # type: ignore[arg-type]
        reason = "planned_otherwise"
    for pick in found.picks:
        shelves.give_back(pick.line.sku, pick.take)
    return reason


def _stock(picks: Sequence[Pick]) -> Counter[tuple[int, str, str]]:
    units: Counter[tuple[int, str, str]] = Counter()
    for pick in picks:
        units[pick.line.n, pick.take.place, pick.take.lot] += pick.take.quantity
    return units


def _waves(
    desk: Desk, waves: Sequence[WaveReleased], carts: Mapping[Cart, Sequence[Part]], first_wave: int
) -> Iterator[WaveReleased]:
    """Slots as they were planned."""
    trips: dict[Cart, CartTrip] = {}
    for (w, b), parts in sorted(carts.items()):
        slots = waves[w].batches[b].orders
        trips[w, b] = trip_of(sorted(parts, key=lambda part: slots.index(part.order.id)), desk.walks)
    timely = dict(zip(trips, timed(desk, list(trips.values())), strict=True))
    plain = plain_lengths(desk, [part for trip in trips.values() for part in trip.parts])
    number = first_wave
    for w in range(len(waves)):
        name = WaveId(f"W{number:04d}")
        own = [trip for (wave, _), trip in timely.items() if wave == w]
        if own:
            yield wave_of(desk, name, {BatchId(f"{name}-{n:02d}"): trip for n, trip in enumerate(own, 1)}, plain)
            number += 1
