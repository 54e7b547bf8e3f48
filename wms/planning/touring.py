"""Lengths of tours, kept: searches ask for the same set of stops again and again."""

from __future__ import annotations

from wms.planning.routing.tour import Router, Tour

_KEPT = 300_000
"""So many lengths are kept: with the sets they belong to, some 200 MB where trips have twenty stops."""


class Tours:
    """What a router answers, by the set of stops."""

    def __init__(self, router: Router) -> None:
        self._router = router
        self._lengths: dict[frozenset[int], int] = {frozenset(): 0}
        self.asked = 0

    def length(self, stops: frozenset[int]) -> int:
        known = self._lengths.get(stops)
        if known is None:
            known = self.tour(stops).length
            if len(self._lengths) >= _KEPT:
                self._lengths = {frozenset(): 0}
            self._lengths[stops] = known
        return known

    def tour(self, stops: frozenset[int]) -> Tour:
        self.asked += 1
        return self._router.tour(stops)
