"""Trips: what goes on one cart, in the order it is walked, and what became of the choice of bins on the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from wms.domain.ids import CategoryCode, OrderId, PlaceId
from wms.planning.cart_loads import CartLoads
from wms.planning.replacement import STEP
from wms.planning.schedule import Walk, schedule
from wms.planning.sequence import RankedPick, sequenced
from wms.planning.shelves import Shelves
from wms.planning.site_walks import SiteWalks
from wms.planning.supply import Part, PartKey, Pick

if TYPE_CHECKING:
    from wms.planning.wave_desk import Desk

_TRIES = 400
"""So many other bins are tried in all; each costs a tour."""

_PATIENCE = 2_000
"""So many changes of a timetable are tried."""


Visit = tuple[int, tuple[int, int]]
"""A node of the floor, and the rank of what is picked there then."""

_ALIKE = (-1, -1)


@dataclass(frozen=True, slots=True)
class CartTrip:
    """`visits` in walking order; `length` millimetres. `picker` '' where nobody was planned for; `begin` and `end` in
    ticks after the plan's start, `waits` those that somebody stands before it."""

    parts: tuple[Part, ...]
    visits: tuple[Visit, ...]
    length: int
    picker: str = ""
    begin: int = 0
    end: int = 0
    waits: int = 0

    @property
    def route(self) -> tuple[int, ...]:
        """Nodes of the floor; one is visited again for goods that are picked later."""
        return tuple(node for node, _ in self.visits)

    @property
    def orders(self) -> tuple[OrderId, ...]:
        return tuple(dict.fromkeys(part.order.id for part in self.parts))

    @property
    def picks(self) -> tuple[Pick, ...]:
        return tuple(pick for part in self.parts for pick in part.picks)

    @property
    def places(self) -> frozenset[PlaceId]:
        return frozenset(pick.take.place for pick in self.picks)

    @property
    def categories(self) -> frozenset[CategoryCode]:
        return frozenset(part.order.category for part in self.parts)

    @property
    def ship_by(self) -> int:
        return min(part.order.ship_by for part in self.parts)


def trip_of(parts: Iterable[Part], walks: SiteWalks) -> CartTrip:
    """These parts on one cart. Raises `Unreachable`."""
    held = tuple(parts)
    picks = [pick for part in held for pick in part.picks]
    ranks = sorted({walks.ranks.of(pick.line.sku, pick.take.place) for pick in picks}) if walks.ranks.any else []
    if len(ranks) < 2:
        tour = walks.tour(walks.nodes(pick.take.place for pick in picks))
        return CartTrip(held, tuple((node, _ALIKE) for node in tour.route), tour.length)
    visits = sorted({_visit(walks, pick) for pick in picks})
    found = sequenced([RankedPick(node, ranks.index(rank)) for node, rank in visits], walks.distances)
    return CartTrip(held, tuple(visits[n] for n in found.picks), found.length)


def _visit(walks: SiteWalks, pick: Pick) -> Visit:
    node = walks.node(pick.take.place)
    assert node is not None  # noqa: S101 - nothing is planned from a bin that nobody can walk to
    return node, walks.ranks.of(pick.line.sku, pick.take.place)


def with_nearer_bins(trips: Sequence[CartTrip], shelves: Shelves, walks: SiteWalks) -> list[CartTrip]:
    """The same trips, where goods that lie elsewhere as well, equal by the rule of the shelves, are taken from there if
    that makes the walk shorter. Each pick is looked at once."""
    tries = _TRIES
    better = []
    for trip in trips:
        found = trip
        for one, pick in [(part, pick) for part in trip.parts for pick in part.picks]:
            others = shelves.may_swap(pick.line.sku, pick.take) if tries > 0 else []
            for take in others[:tries]:
                tries -= 1
                moved = _moved(found, one.key, pick, replace(pick, take=take), walks)
                if moved is not None and moved.length < found.length:
                    shelves.swap(pick.line.sku, pick.take, take)
                    found = moved
                    break
        better.append(found)
    return better


def _moved(trip: CartTrip, key: PartKey, old: Pick, new: Pick, walks: SiteWalks) -> CartTrip | None:
    if walks.node(new.take.place) is None:
        return None
    parts = [part.but(old, new) if part.key == key else part for part in trip.parts]
    return trip_of(parts, walks)


def timed(desk: Desk, trips: Sequence[CartTrip]) -> list[CartTrip]:
    """The same trips, each with its picker and its time."""
    walks = [Walk(desk.duration(trip.length, len(trip.picks)), tuple(map(desk.due, trip.parts))) for trip in trips]
    turns = schedule(walks, desk.pickers, _PATIENCE).turns
    return [
        replace(trip, picker=desk.pickers[turn.picker].name, begin=turn.begin, end=turn.end)
        for trip, turn in zip(trips, turns, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class Stand:
    """A pick as it is walked: `slot` (from 1) is where its tote stands, `sequence` its rank on the walk."""

    pick: Pick
    slot: int
    sequence: int


def stands(trip: CartTrip, loads: CartLoads, walks: SiteWalks) -> tuple[tuple[OrderId, ...], tuple[Stand, ...]]:
    """Whose tote stands in which slot, and the picks in walking order. All picks at one place share a rank; ranks leave
    room between them. An order with several totes fills one after the other."""
    at = {visit: n for n, visit in enumerate(trip.visits)}
    alike = trip.visits[0][1] == _ALIKE

    def visited(pick: Pick) -> tuple[int, PlaceId]:
        node, rank = _visit(walks, pick)
        return at[node, _ALIKE if alike else rank], pick.take.place

    ranks: dict[tuple[int, PlaceId], int] = {}
    for pick in sorted(trip.picks, key=lambda pick: (visited(pick)[0], pick.take.sequence, pick.take.place)):
        ranks.setdefault(visited(pick), (len(ranks) + 1) * STEP)
    slots: list[OrderId] = []
    found: list[Stand] = []
    for part in trip.parts:
        walked = sorted(part.picks, key=lambda pick: (ranks[visited(pick)], pick.line.n))
        totes = list(_into_totes(walked, loads))
        for tote, held in enumerate(totes, len(slots) + 1):
            found += [Stand(pick, tote, ranks[visited(pick)]) for pick in held]
        slots += [part.order.id] * len(totes)
    found.sort(key=lambda s: (s.sequence, s.pick.take.place, s.pick.line.sku, s.pick.take.lot, s.slot, s.pick.line.n))
    return tuple(slots), tuple(found)


def _into_totes(picks: Sequence[Pick], loads: CartLoads) -> Iterator[list[Pick]]:
    """As many totes as were reckoned with; the last one takes what is left."""
    totes, held = loads.totes(picks), list[Pick]()
    for pick in picks:
        if held and totes > 1 and loads.totes((*held, pick)) > 1:
            yield held
            held, totes = [], totes - 1
        held.append(pick)
    yield held


def waves_of(trips: Sequence[CartTrip], most: int, *, by_category: bool) -> list[tuple[CartTrip, ...]]:
    """Trips released together: those due first, at most so many orders, and of one category where that is asked for.
    All parts of an order are in one wave, even where that then has more orders."""
    waves: dict[object, list[tuple[CartTrip, ...]]] = {}
    for trips_together in sorted(_together(trips), key=first_due):
        kind = trips_together[0].categories if by_category else None
        full = waves.setdefault(kind, [])
        if full and len(_orders(full[-1]) | _orders(trips_together)) <= most:
            full[-1] = (*full[-1], *trips_together)
        else:
            full.append(trips_together)
    return sorted((wave for full in waves.values() for wave in full), key=first_due)


def _together(trips: Sequence[CartTrip]) -> Iterator[tuple[CartTrip, ...]]:
    """Trips that share an order, however many links away."""
    left = list(trips)
    while left:
        found, orders = [left.pop(0)], set[OrderId]()
        while len(orders) < len(orders := orders | _orders(found)):
            found += [trip for trip in left if not orders.isdisjoint(trip.orders)]
            left = [trip for trip in left if trip not in found]
        yield tuple(found)


def _orders(trips: Iterable[CartTrip]) -> set[OrderId]:
    return {order for trip in trips for order in trip.orders}


def first_due(trips: Sequence[CartTrip]) -> tuple[int, int, str]:
    """Which of several groups of trips goes first."""
    return min((trip.ship_by, trip.begin, trip.parts[0].order.id) for trip in trips)
