"""Earlier plans: what a new plan keeps of the one before it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

from wms.domain.events import PlannedBatch, WaveReleased
from wms.domain.ids import BatchId, OrderId, PlaceId
from wms.planning.problem import Solution, Trip
from wms.planning.routing import Unreachable
from wms.planning.site_walks import SiteWalks
from wms.planning.supply import Far, Part
from wms.planning.wave_trips import trip_of


@dataclass(frozen=True)
class Earlier:
    """The `waves` of a plan that is made anew. The `locked` of its batches keep their orders and get no others."""

    waves: tuple[WaveReleased, ...] = ()
    locked: frozenset[BatchId] = frozenset()

    def far(self, order: OrderId, detour: Far) -> Far:
        """Where the order was to be picked is near: goods are taken from there as long as it is their turn."""
        meant = self._places.get(order)
        return detour if meant is None else lambda place, others: 0 if place in meant else 1 + detour(place, others)

    def start(self, parts: Sequence[Part], walks: SiteWalks) -> Solution | None:
        """The earlier carts as far as their parts are still to be planned; None where nothing is left of them."""
        carts: dict[BatchId, list[int]] = {}
        for job, part in enumerate(parts):
            if (found := self._batch_of(part)) is not None:
                carts.setdefault(found, []).append(job)
        trips = []
        for batch, jobs in carts.items():
            try:
                tour = trip_of((parts[job] for job in jobs), walks)
            except Unreachable:  # the floor is another one now
                continue
            trips.append(Trip(tuple(jobs), tour.route, tour.length, locked=batch in self.locked))
        return Solution(tuple(trips), 0, 0) if trips else None

    def is_locked(self, orders: Collection[OrderId], places: Collection[PlaceId]) -> bool:
        """Whether a cart with these orders, which goes to these places, is what is left of a locked batch."""
        return any(
            set(orders) <= set(batch.orders) and not set(places).isdisjoint(task.place for task in batch.tasks)
            for batch in self._batches
            if batch.id in self.locked
        )

    def _batch_of(self, part: Part) -> BatchId | None:
        """An order may be on several carts: the one that was to go to most of the part's bins, then the fullest."""
        found = [
            (len(part.places & places), orders, batch) for batch, orders, places in self._carts.get(part.order.id, ())
        ]
        return max(found, key=lambda one: one[:2])[2] if found else None

    @property
    def _batches(self) -> list[PlannedBatch]:
        return [batch for wave in self.waves for batch in wave.batches]

    @cached_property
    def _carts(self) -> dict[OrderId, list[tuple[BatchId, int, set[PlaceId]]]]:
        """The batches of each order: how many orders are on them, and where they go for this one."""
        found: dict[OrderId, list[tuple[BatchId, int, set[PlaceId]]]] = {}
        for batch in self._batches:
            orders = dict.fromkeys(batch.orders)
            places: dict[OrderId, set[PlaceId]] = {order: set() for order in orders}
            for task in batch.tasks:
                places.setdefault(task.order, set()).add(task.place)
            for order in orders:
                found.setdefault(order, []).append((batch.id, len(orders), places[order]))
        return found

    @cached_property
    def _places(self) -> dict[OrderId, set[PlaceId]]:
        found: dict[OrderId, set[PlaceId]] = {}
        for batch in self._batches:
            for task in batch.tasks:
                found.setdefault(task.order, set()).add(task.place)
        return found
