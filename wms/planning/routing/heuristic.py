"""Short tours on any floor: many blocks, odd shapes, one-way stretches, several starts and ends.

Few stops are solved exactly (Held & Karp 1962, doi 10.1137/0110015). For more, the best of several constructions is
improved by changes of up to three edges, and again after each of a number of small kicks (iterated local search:
Lourenço, Martin & Stützle 2003, doi 10.1007/0-306-48056-5_11).
"""

from __future__ import annotations

from collections.abc import Collection

from wms.planning.graph import WalkGraph
from wms.planning.routing.construction import Rows, circle, constructions
from wms.planning.routing.distances import Distances
from wms.planning.routing.improvement import improved
from wms.planning.routing.tour import Tour

_EXACT_UP_TO = 9


class HeuristicRouter:
    """Tours of up to nine stops are the shortest; for longer ones there is no proof."""

    exact = False

    def __init__(self, graph: WalkGraph) -> None:
        self.distances = Distances(graph)

    def tour(self, stops: Collection[int]) -> Tour:
        """Raises `Unreachable`."""
        ordered = sorted(set(stops))
        if not ordered:
            return Tour(0, ())
        matrix = self.distances.matrix(ordered)
        rows = matrix.rows
        if len(ordered) <= _EXACT_UP_TO:
            order = held_karp(rows)
        else:
            order = improved(rows, min(constructions(matrix), key=lambda order: circle(rows, order)))
        return Tour(circle(rows, order), tuple(ordered[n - 1] for n in order))


def held_karp(rows: Rows) -> list[int]:
    """The shortest order of 1 to n from 0 back to 0, by dynamic programming over subsets: time n² · 2ⁿ."""
    n = len(rows) - 1
    best = [[0] * n for _ in range(1 << n)]
    before = [[-1] * n for _ in range(1 << n)]
    for visited in range(1, 1 << n):
        inside = [i for i in range(n) if visited >> i & 1]
        for last in inside:
            rest = visited & ~(1 << last)
            if rest:
                behind = best[rest]
                best[visited][last], before[visited][last] = min(
                    (behind[i] + rows[i + 1][last + 1], i) for i in inside if i != last
                )
            else:
                best[visited][last] = rows[0][last + 1]
    visited = (1 << n) - 1
    last = min(range(n), key=lambda i: best[visited][i] + rows[i + 1][0])
    order = []
    while last >= 0:
        order.append(last + 1)
        visited, last = visited & ~(1 << last), before[visited][last]
    return order[::-1]
