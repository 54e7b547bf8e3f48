"""Tours, kept: searches ask for the same set of stops again and again."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from wms.planning.routing.construction import circle, constructions
from wms.planning.routing.distances import Distances
from wms.planning.routing.tour import Router, Tour, Unreachable

UNWALKABLE = 1 << 50
"""Length of a tour that nobody can walk, though each of its stops can be reached: more than any sum of real ones."""

_KEPT = 100_000
"""So many are kept: some 100 MB where tours have twenty stops."""


class Lengths(Protocol):
    """What a router's tours would be long, found quicker than the tours; None where there is none."""

    def length(self, stops: Collection[int], /) -> int | None: ...


class Tours:
    """What a router answers, by the set of stops; lengths from `lengths` where there is such a thing."""

    def __init__(self, router: Router, lengths: Lengths | None = None) -> None:
        self._router, self._quick = router, lengths
        self._lengths: dict[frozenset[int], int] = {}
        self._tours: dict[frozenset[int], Tour] = {}
        self._given: dict[frozenset[int], Tour] = {}

    def length(self, stops: frozenset[int]) -> int:
        known = self._lengths.get(stops)
        if known is None:
            if len(self._lengths) >= _KEPT:
                self._lengths = {given: tour.length for given, tour in self._given.items()}
                self._tours = dict(self._given)
            known = self._lengths[stops] = self._asked(stops)
        return known

    def tour(self, stops: frozenset[int]) -> Tour:
        """Raises `Unreachable`."""
        return self._tours.get(stops) or self._router.tour(stops)

    def knows(self, tour: Tour) -> None:
        """Takes a tour from elsewhere where it is shorter."""
        stops = frozenset(tour.route)
        if tour.length < self.length(stops):
            self._given[stops] = self._tours[stops] = tour
            self._lengths[stops] = tour.length

    def _asked(self, stops: frozenset[int]) -> int:
        if self._quick is not None:
            length = self._quick.length(stops)
            return UNWALKABLE if length is None else length
        try:
            tour = self._tours[stops] = self._router.tour(stops)
        except Unreachable:
            return UNWALKABLE
        return tour.length


class QuickRouter:
    """First tours only, not improved on: for searches on floors where a good tour takes too long to find."""

    exact = False

    def __init__(self, distances: Distances) -> None:
        self._distances = distances

    def tour(self, stops: Collection[int]) -> Tour:
        """Raises `Unreachable`."""
        ordered = sorted(set(stops))
        if not ordered:
            return Tour(0, ())
        matrix = self._distances.matrix(ordered)
        length, order = min((circle(matrix.rows, order), order) for order in constructions(matrix))
        return Tour(length, tuple(ordered[n - 1] for n in order))
