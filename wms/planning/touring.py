"""Tours, kept: searches ask for the same set of stops again and again."""

from __future__ import annotations

from collections.abc import Collection

from wms.planning.graph import WalkGraph
from wms.planning.routing.construction import circle, constructions
from wms.planning.routing.distances import Distances
from wms.planning.routing.tour import Router, Tour, Unreachable

UNWALKABLE = 1 << 50
"""Length of a tour that nobody can walk, though each of its stops can be reached: more than any sum of real ones."""

_KEPT = 100_000
"""So many tours are kept: some 100 MB where they have twenty stops."""


class Tours:
    """What a router answers, by the set of stops."""

    def __init__(self, router: Router) -> None:
        self._router = router
        self._known: dict[frozenset[int], Tour] = {}
        self._given: dict[frozenset[int], Tour] = {}

    def tour(self, stops: frozenset[int]) -> Tour:
        known = self._known.get(stops)
        if known is None:
            if len(self._known) >= _KEPT:
                self._known.clear()
            known = self._known[stops] = self._asked(stops)
        return known

    def knows(self, tour: Tour) -> None:
        """Takes a tour from elsewhere where it is shorter."""
        stops = frozenset(tour.route)
        if tour.length < self.tour(stops).length:
            self._given[stops] = self._known[stops] = tour

    def _asked(self, stops: frozenset[int]) -> Tour:
        if stops in self._given:
            return self._given[stops]
        try:
            return self._router.tour(stops)
        except Unreachable:
            return Tour(UNWALKABLE, tuple(sorted(stops)))


class QuickRouter:
    """First tours only, not improved on: for searches on floors where a good tour takes too long to find."""

    exact = False

    def __init__(self, graph: WalkGraph) -> None:
        self.distances = Distances(graph)

    def tour(self, stops: Collection[int]) -> Tour:
        """Raises `Unreachable`."""
        ordered = sorted(set(stops))
        if not ordered:
            return Tour(0, ())
        matrix = self.distances.matrix(ordered)
        length, order = min((circle(matrix.rows, order), order) for order in constructions(matrix))
        return Tour(length, tuple(ordered[n - 1] for n in order))
