"""Earlier plans: what a new plan keeps of the one before it."""

from __future__ import annotations

from collections.abc import Sequence
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
        """The earlier carts as far as their parts are still to be planned; None where nothing is left of them. What is
        left of an order that fills carts goes on the one it shared with others."""
        waiting: dict[OrderId, list[int]] = {}
        for job, part in enumerate(parts):
            waiting.setdefault(part.order.id, []).append(job)
        trips = []
        for batch in sorted(self._batches, key=lambda batch: -len(set(batch.orders))):
            jobs = [left.pop(0) for order in dict.fromkeys(batch.orders) if (left := waiting.get(order))]
            try:
                tour = trip_of((parts[job] for job in jobs), walks)
            except Unreachable:  # the floor is another one now
                continue
            if jobs:
                trips.append(Trip(tuple(jobs), tour.route, tour.length, locked=batch.id in self.locked))
        return Solution(tuple(trips), 0, 0) if trips else None

    def is_locked(self, orders: Sequence[OrderId]) -> bool:
        """Whether these are all that is left of the orders of a locked batch."""
        return any(batch.id in self.locked and set(orders) <= set(batch.orders) for batch in self._batches)

    @property
    def _batches(self) -> list[PlannedBatch]:
        return [batch for wave in self.waves for batch in wave.batches]

    @cached_property
    def _places(self) -> dict[OrderId, set[PlaceId]]:
        found: dict[OrderId, set[PlaceId]] = {}
        for batch in self._batches:
            for task in batch.tasks:
                found.setdefault(task.order, set()).add(task.place)
        return found
