"""The desk: all that waves are planned from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wms.domain.ids import PlaceId
from wms.domain.places import Place
from wms.domain.rows import Rows
from wms.planning.cart_loads import CartLoads
from wms.planning.problem import Picker, Problem
from wms.planning.promises import trip_duration
from wms.planning.rules import PlanningRules, rules_of
from wms.planning.schedule import soonest
from wms.planning.shelves import Shelves
from wms.planning.site_walks import TICKS, SiteWalks
from wms.planning.supply import Part
from wms.planning.wave_pickers import pickers_of, queued_of
from wms.planning.wave_problem import due_of, prices, problem_of
from wms.planning.waves import WavePolicy

_SOON = 3600 * TICKS
"""A tour for one order takes less."""


@dataclass(frozen=True)
class Desk:
    """All that a plan is made from: the site's rules, its floor, its carts, its people, and the moment."""

    rows: Rows
    rules: PlanningRules
    policy: WavePolicy
    now: int
    zone: str
    walks: SiteWalks
    loads: CartLoads
    pickers: tuple[Picker, ...]
    queued: int
    """Ticks that each picker is kept by walks that were released and nobody has begun."""

    def shelves(self) -> Shelves:
        return Shelves(self.rows, self.now, self.zone)

    def problem(self, parts: Sequence[Part]) -> Problem:
        """A job for each part, in their order."""
        dues = [self._meant(part) for part in parts]
        return problem_of(parts, dues, self.walks, self.loads, self.rules, self.pickers)

    def due(self, part: Part) -> int:
        """When its tour has to be back, in ticks from now on."""
        return due_of(part.order, self.rules.carriers, self.now, self.zone)

    def rank(self, place: PlaceId) -> int:
        """Of a bin among all, in the order of their names' walk."""
        found = self.rows.get(Place, place)
        return found.sequence if found is not None else 0

    def earliest(self, part: Part) -> int:
        """When somebody could be back who went for it alone, after the walks that were released before."""
        duration = self.duration(self.walks.router.tour(self.walks.nodes(part.places)).length, len(part.picks))
        return soonest(duration, self.pickers)

    def at_once(self, part: Part) -> int:
        """When somebody could be back who went for it alone, before the walks that nobody has begun."""
        return self.earliest(part) - self.queued

    def _meant(self, part: Part) -> int:
        """What is too late whatever one does goes soon, but nobody walks farther for it."""
        due = self.due(part)
        if due > min(picker.ready for picker in self.pickers) + _SOON:
            return due
        earliest = self.earliest(part)
        return due if due >= earliest else earliest + self.policy.same_ship_by_s * TICKS

    def ticks(self, length: int) -> int:
        """That somebody of standard speed walks so many millimetres."""
        return prices(self.rules, self.walks.speed).per_length * length

    def duration(self, length: int, lines: int) -> int:
        """Ticks that a tour takes somebody of standard speed."""
        return trip_duration(prices(self.rules, self.walks.speed), length, lines)


def desk_of(rows: Rows, now: int, policy: WavePolicy, zone: str) -> Desk:
    rules = rules_of(rows)
    walks = SiteWalks(rows, rules)
    loads = CartLoads(rows, rules.cart, policy.slots_per_cart, policy.max_orders_per_wave)
    queued = queued_of(rows, rules, walks.speed)
    return Desk(rows, rules, policy, now, zone, walks, loads, pickers_of(rows, rules, walks.speed, queued), queued)
