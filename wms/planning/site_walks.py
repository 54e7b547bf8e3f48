"""Walks on a site's floor: where one stands for a bin, how tours are routed there, and what they take."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from wms.domain.ids import PlaceId
from wms.domain.places import Place
from wms.domain.rows import Rows
from wms.planning.floor import Floor, Source
from wms.planning.routing import Router, Tour, router_of
from wms.planning.routing.distances import Distances
from wms.planning.routing.policies import OPTIMAL, NoParallelAisles, policy_router
from wms.planning.rules import WalkingRules
from wms.planning.site_floor import floor_of

TICKS = 1_000_000
"""Of one second: plans are reckoned in microseconds of working time, so that a millimetre counts."""


class SiteWalks:
    """The floor of the site, walked as its rules say. Lengths are millimetres."""

    def __init__(self, rows: Rows, walking: WalkingRules) -> None:
        self._rows = rows
        self.floor: Floor = floor_of(rows)
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
        """As the site walks: the shortest, or by its habit."""
        return (self._habit or self.router).tour(stops)

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

    def apart(self, place: PlaceId, other: PlaceId | None) -> int:
        """About how far two places are from each other, or one from where tours begin: as the crow walks, along
        aisles and across them."""
        a = self.node(place)
        b = self.node(other) if other is not None else self.graph.starts[0] if self.graph.starts else None
        if a is None or b is None:
            return 10**9
        (x, y), (to_x, to_y) = self.floor.net.at[a], self.floor.net.at[b]
        return abs(x - to_x) + abs(y - to_y)
