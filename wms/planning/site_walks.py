"""Walks on a site's floor: where one stands for a bin, how tours are routed there, and what they take."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import cached_property
from itertools import combinations

from wms.domain.ids import PlaceId
from wms.domain.places import Place, PlaceKind
from wms.domain.rows import Rows
from wms.planning.floor import Floor, Point, Source
from wms.planning.pick_ranks import PickRanks
from wms.planning.routing import Router, Tour, Unreachable, router_of
from wms.planning.routing.distances import Distances
from wms.planning.routing.policies import OPTIMAL, NoParallelAisles, policy_router
from wms.planning.rules import PlanningRules
from wms.planning.site_floor import floor_of

TICKS = 1_000_000
"""Of one second: plans are reckoned in microseconds of working time, so that a millimetre counts."""

_NOWHERE = 10**9


class SiteWalks:
    """The floor of the site, walked as its rules say. Lengths are millimetres."""

    def __init__(self, rows: Rows, rules: PlanningRules) -> None:
        self._rows, walking = rows, rules.walking
        self.floor: Floor = floor_of(rows)
        self.ranks = PickRanks(rows, rules, self.floor)
        self.graph, self.spots = self.floor.graph(), self.floor.spots()
        self.router: Router = router_of(self.graph, self.spots)
        self.distances = Distances(self.graph)
        self.speed = walking.metres_per_minute * 1000 // 60 or self.floor.pace.speed
        self._s_shape = self._by("s-shape")
        self._habit = None if walking.routing == OPTIMAL else self._by(walking.routing)
        self.has_habit = walking.routing == OPTIMAL or self._habit is not None

    def _by(self, policy: str) -> Router | None:
        """None where the floor is not one that the policy is made for."""
        try:
            return policy_router(policy, self.graph, self.spots)
        except NoParallelAisles:
            return None

    @property
    def guessed(self) -> bool:
        """Whether nobody told how far the bins are from each other: metres are guesses then."""
        return self.floor.source == Source.SEQUENCE

    def node(self, place: PlaceId) -> int | None:
        """None for a bin that nobody can walk to."""
        return self.floor.node_of(place)

    def nodes(self, places: Iterable[PlaceId]) -> frozenset[int]:
        """Of those that can be walked to."""
        return frozenset(node for place in places if (node := self.node(place)) is not None)

    def tour(self, stops: Collection[int]) -> Tour:
        """As the site walks: the shortest, or by its habit. Of walks as short as each other the one in the order of the
        bins' names is taken, which people expect, or else the one that begins with the first of them."""
        if self._habit is not None:
            return self._habit.tour(stops)
        tour = self.router.tour(stops)
        by_name = tuple(sorted(tour.route, key=lambda node: self._ranks.get(node, 0)))
        back = tour.route[::-1]
        others = [by_name, *([back] if back[:1] == by_name[:1] else [])]
        route = next((other for other in others if self._length(other) == tour.length), tour.route)
        return Tour(tour.length, route)

    def _length(self, route: Sequence[int]) -> int:
        """-1 where one-way stretches let nobody walk it."""
        try:
            return self.distances.length(route)
        except Unreachable:
            return -1

    @cached_property
    def _ranks(self) -> dict[int, int]:
        """By node, that of the first bin one reaches from it."""
        found: dict[int, int] = {}
        for place in self._rows.where(Place, kind=PlaceKind.BIN):
            if (node := self.node(place.id)) is not None:
                found[node] = min(found.get(node, place.sequence), place.sequence)
        return found

    def plain(self, places: Collection[PlaceId]) -> int:
        """How far one walks aisle by aisle; in the order of the bins where the floor has no parallel aisles."""
        stops = self.nodes(places)
        if self._s_shape is not None:
            return self._s_shape.tour(stops).length
        return self.distances.length(self._by_code(places))

    def _by_code(self, places: Collection[PlaceId]) -> Sequence[int]:
        known = [place for name in places if (place := self._rows.get(Place, name)) is not None]
        ordered = sorted(known, key=lambda place: (place.sequence, place.id))
        return list(dict.fromkeys(node for place in ordered if (node := self.node(place.id)) is not None))

    def detour(self, place: PlaceId, others: Sequence[PlaceId]) -> int:
        """About how much farther a tour to others goes for one more place: put in where it costs least, reckoned along
        aisles and across them as if there were ways everywhere."""
        here = self._at(place)
        if here is None or self._gate is None:
            return _NOWHERE
        known = [self._gate, *(at for other in others if (at := self._at(other)) is not None)]
        if len(known) == 1:
            return 2 * _apart(here, self._gate)
        pairs = combinations(known, 2)
        return min(_apart(a, here) + _apart(here, b) - _apart(a, b) for a, b in pairs)

    def _at(self, place: PlaceId) -> Point | None:
        node = self.node(place)
        return self.floor.net.at[node] if node is not None else None

    @cached_property
    def _gate(self) -> Point | None:
        return self.floor.net.at[self.graph.starts[0]] if self.graph.starts else None


def _apart(a: Point, b: Point) -> int:
    return abs(a[0] - b[0]) + abs(a[1] - b[1])
