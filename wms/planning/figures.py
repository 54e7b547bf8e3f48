"""Plan figures: what a plan walks and takes, against walking as orders come, and who will be late. Plain data.

Lengths in millimetres, times in seconds, moments in UTC seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wms.domain.events import WaveReleased
from wms.domain.ids import BatchId, OrderId, WaveId
from wms.domain.places import Place, PlaceKind
from wms.domain.stock import Stock
from wms.planning.replenish import Held, Hint, Taken, hints
from wms.planning.site_walks import TICKS
from wms.planning.supply import Part

if TYPE_CHECKING:
    from wms.planning.wave_desk import Desk
    from wms.planning.wave_trips import CartTrip


@dataclass(frozen=True, slots=True)
class Load:
    """What is on a cart of what it may carry: `what` is 'orders', 'slots', 'grams' or 'cm3'."""

    what: str
    load: int
    capacity: int


@dataclass(frozen=True, slots=True)
class TourFigures:
    """One tour. `s_shape_mm` is the same tour walked aisle by aisle; `begin` and `end` count from the plan's start;
    before it, somebody `waits` for a cart in a narrow aisle."""

    wave: WaveId
    batch: BatchId
    orders: int
    stops: int
    lines: int
    units: int
    walk_mm: int
    s_shape_mm: int
    seconds: int
    picker: str
    begin: int
    end: int
    waits: int
    loads: tuple[Load, ...]
    late: tuple[OrderId, ...]


@dataclass(frozen=True, slots=True)
class LateOrder:
    """An order that will not be packed in time: to be packed `by`, in this plan `packed` at. `certain`: whatever plan,
    for even somebody who went for it alone and at once would be late."""

    order: OrderId
    by: int
    packed: int
    certain: bool


@dataclass(frozen=True, slots=True)
class PickerFigures:
    """`busy` seconds of walking and picking; back from the last tour at `end`, after the plan's start."""

    name: str
    tours: int
    busy: int
    end: int


@dataclass(frozen=True, slots=True)
class PlanFigures:
    """`plain_mm` is what first come, first served would walk, aisle by aisle. `refill` names the bins that it empties;
    `warnings` are reasons (`wms.domain.reasons`)."""

    start: int
    orders: int
    walk_mm: int
    plain_mm: int
    seconds: int
    waits: int
    tours: tuple[TourFigures, ...]
    pickers: tuple[PickerFigures, ...]
    late: tuple[LateOrder, ...]
    refill: tuple[Hint, ...]
    warnings: tuple[str, ...]


def figures_of(desk: Desk, waves: Sequence[WaveReleased], trips: Mapping[BatchId, CartTrip]) -> PlanFigures:
    """Of `waves` whose batches are these `trips`."""
    tours = tuple(_tour(desk, wave.wave, batch.id, trips[batch.id]) for wave in waves for batch in wave.batches)
    return PlanFigures(
        desk.now,
        len({order for trip in trips.values() for order in trip.orders}),
        sum(tour.walk_mm for tour in tours),
        sum(wave.plain_mm for wave in waves),
        sum(tour.seconds for tour in tours),
        sum(tour.waits for tour in tours),
        tours,
        tuple(_picker(picker.name, tours) for picker in desk.pickers),
        tuple(sorted(_late(desk, trips.values()), key=lambda late: (late.by, late.order))),
        _refill(desk, trips.values()),
        tuple(_warnings(desk)),
    )


def _tour(desk: Desk, wave: WaveId, batch: BatchId, trip: CartTrip) -> TourFigures:
    picks = trip.picks
    carried = [sum(column) for column in zip(*(desk.loads.of(part.picks) for part in trip.parts), strict=True)]
    return TourFigures(
        wave,
        batch,
        len(trip.orders),
        len({pick.take.place for pick in picks}),
        len(picks),
        sum(pick.take.quantity for pick in picks),
        trip.length,
        desk.walks.plain({pick.take.place for pick in picks}),
        -(-desk.duration(trip.length, len(picks)) // TICKS),
        trip.picker,
        trip.begin // TICKS,
        trip.end // TICKS,
        trip.waits // TICKS,
        tuple(map(Load, desk.loads.names, carried, desk.loads.capacities)),
        tuple(part.order.id for part in trip.parts if trip.end > desk.due(part)),
    )


def _picker(name: str, tours: Sequence[TourFigures]) -> PickerFigures:
    own = [tour for tour in tours if tour.picker == name]
    busy = sum(tour.end - tour.begin for tour in own)
    return PickerFigures(name, len(own), busy, max((tour.end for tour in own), default=0))


def _late(desk: Desk, trips: Iterable[CartTrip]) -> Iterator[LateOrder]:
    """An order in several parts is late with the last of them."""
    late: dict[OrderId, tuple[int, Part]] = {}
    for trip in trips:
        for part in trip.parts:
            if trip.end > max(desk.due(part), late.get(part.order.id, (0, part))[0]):
                late[part.order.id] = trip.end, part
    packing = desk.rules.carriers.packing_minutes * 60
    for order, (end, part) in late.items():
        by = desk.due(part) // TICKS + packing + desk.now
        yield LateOrder(order, by, -(-end // TICKS) + packing + desk.now, desk.at_once(part) > desk.due(part))


def _refill(desk: Desk, trips: Iterable[CartTrip]) -> tuple[Hint, ...]:
    """Bins that the plan empties; what lies where the plan takes nothing can fill them up."""
    taken = [Taken(p.take.place, p.line.sku, p.take.quantity) for trip in trips for p in trip.picks]
    touched = {(take.bin, take.sku) for take in taken}
    bins = {place.id for place in desk.rows.where(Place, kind=PlaceKind.BIN)}
    held = [
        Held(stock.place, sku, stock.free, reserve=(stock.place, sku) not in touched)
        for sku in sorted({take.sku for take in taken})
        for stock in desk.rows.where(Stock, sku=sku)
        if stock.place in bins
    ]
    return hints(held, taken)


def _warnings(desk: Desk) -> Iterator[str]:
    if desk.walks.guessed:
        yield "floor_guessed"
    if not desk.walks.has_habit:
        yield f"no_habit:{desk.rules.walking.routing}"
