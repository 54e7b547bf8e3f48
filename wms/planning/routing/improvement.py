"""A tour made shorter by small changes.

All changes replace up to three edges (a b) (c d) (e f) of the tour, which leaves the segments b..c and d..e between a
and f: they change places, or one or both are turned round, or both together as one. Short segments that move elsewhere
(Or-opt: Or 1976) and 2-opt (Croes 1958, doi 10.1287/opre.6.6.791) are among these. What it costs to turn a segment
round where ways there and back differ is known from running sums.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import accumulate, pairwise
from random import Random

from wms.planning.routing.construction import Rows, circle

_NEIGHBOURS = 6
_LONGEST = 3
"""Segments of up to so many stops are tried elsewhere."""

_KICKS_PER_STOP = 3
_REACH = 30
"""A kick changes places of two segments that lie within so many stops."""


def improved(rows: Rows, order: list[int]) -> list[int]:
    """The best order found; never longer than the one given, and always the same for the same input."""
    search = _Search(rows, order)
    search.descend(range(1, len(rows)))
    best, shortest = search.path[:], circle(rows, search.path[1:-1])
    chance = Random(len(order))  # noqa: S311  # repeatable on purpose
    for _ in range(_KICKS_PER_STOP * len(order)):
        search.descend(search.kick(chance))
        length = circle(rows, search.path[1:-1])
        if length <= shortest:
            best, shortest = search.path[:], length
        else:
            search.restart(best)
    return best[1:-1]


class _Search:
    """`path` is 0, the stops, 0; `at` where each stop stands in it."""

    def __init__(self, rows: Rows, order: list[int]) -> None:
        self.rows = rows
        self.at = [0] * len(rows)
        self._symmetric = all(rows[a][b] == rows[b][a] for a in range(len(rows)) for b in range(a))
        self._near = [_nearest(rows, n) for n in range(len(rows))]
        self._turn = [0] * (len(rows) + 1)
        self.restart([0, *order, 0])

    def restart(self, path: list[int]) -> None:
        self.path = path[:]
        self._renew(1, len(path) - 2)

    def kick(self, chance: Random) -> list[int]:
        """Changes places of two neighbouring segments and names the stops where something changed."""
        last = len(self.path) - 2
        span = min(last, _REACH)
        first = chance.randint(0, last - span)
        i, j, k = sorted(chance.sample(range(first, first + span + 1), 3))
        touched = [self.path[x] for x in (i, i + 1, j, j + 1, k, k + 1)]
        self._replace(i, j, k, "swap")
        return touched

    def descend(self, changed: Iterable[int]) -> None:
        """Improves until no change at the stops in question helps."""
        waiting = dict.fromkeys(n for n in changed if n)
        while waiting:
            stop = next(iter(waiting))
            better = self._better(stop)
            if better is None:
                del waiting[stop]
                continue
            i, j, k, way = better
            touched = [self.path[x] for x in (i, i + 1, j, j + 1, k, k + 1)]
            self._replace(i, j, k, way)
            waiting |= dict.fromkeys(n for n in touched if n)

    def _better(self, stop: int) -> tuple[int, int, int, str] | None:
        """A change that brings `stop` next to one of its neighbours and shortens the tour."""
        rows, path, here = self.rows, self.path, self.at[stop]
        dearest = max(rows[path[here - 1]][stop], rows[stop][path[here + 1]])
        for apart, other in self._near[stop]:
            if apart >= dearest:
                break
            for there in (self.at[other],) if other else (0, len(path) - 1):
                low, high = min(here, there), max(here, there)
                found = self._between(low, high)
                if found is not None:
                    return found
        return None

    def _between(self, u: int, v: int) -> tuple[int, int, int, str] | None:
        """A shortening change that brings the stops at positions u < v next to each other."""
        last = len(self.path) - 2
        for i, k in ((u, v), (u - 1, v - 1)):
            if i >= 0 and k <= last and self._both_turned(i, k) < 0:
                return i, i, k, "both"
        for size in range(1, _LONGEST + 1):
            # the segment that ends or begins with u goes to v, the one that does with v to u
            for i, j, k in (
                (u - size, u, v - 1),
                (u - size, u, v),
                (u - 1, u + size - 1, v),
                (u - 1, u + size - 1, v - 1),
                (u, v - 1, v + size - 1),
                (u - 1, v - 1, v + size - 1),
                (u - 1, v - size, v),
                (u, v - size, v),
            ):
                if 0 <= i < j < k <= last:
                    way = self._three(i, j, k)
                    if way:
                        return i, j, k, way
        return None

    def _both_turned(self, i: int, k: int) -> int:
        rows, path, turn = self.rows, self.path, self._turn
        a, b, e, f = path[i], path[i + 1], path[k], path[k + 1]
        return rows[a][e] + rows[b][f] - rows[a][b] - rows[e][f] + turn[k] - turn[i + 1]

    def _three(self, i: int, j: int, k: int) -> str:
        """The way of putting the segments i+1..j and j+1..k back that saves most; empty where none saves."""
        rows, path, turn = self.rows, self.path, self._turn
        a, b, c, d, e, f = path[i], path[i + 1], path[j], path[j + 1], path[k], path[k + 1]
        now = rows[a][b] + rows[c][d] + rows[e][f]
        first, second = turn[j] - turn[i + 1], turn[k] - turn[j + 1]
        return min(
            (0, ""),
            (rows[a][d] + rows[e][b] + rows[c][f] - now, "swap"),
            (rows[a][e] + rows[d][b] + rows[c][f] + second - now, "swap, second turned"),
            (rows[a][d] + rows[e][c] + rows[b][f] + first - now, "swap, first turned"),
            (rows[a][c] + rows[b][e] + rows[d][f] + first + second - now, "each turned"),
        )[1]

    def _replace(self, i: int, j: int, k: int, way: str) -> None:
        path = self.path
        first, second = path[i + 1 : j + 1], path[j + 1 : k + 1]
        match way:
            case "swap":
                path[i + 1 : k + 1] = second + first
            case "swap, second turned":
                path[i + 1 : k + 1] = second[::-1] + first
            case "swap, first turned":
                path[i + 1 : k + 1] = second + first[::-1]
            case "each turned":
                path[i + 1 : k + 1] = first[::-1] + second[::-1]
            case _:
                path[i + 1 : k + 1] = path[i + 1 : k + 1][::-1]
        self._renew(i + 1, k)

    def _renew(self, low: int, high: int) -> None:
        path, at, rows = self.path, self.at, self.rows
        for i in range(low, high + 1):
            at[path[i]] = i
        if not self._symmetric:
            self._turn = list(accumulate((rows[b][a] - rows[a][b] for a, b in pairwise(path)), initial=0))


def _nearest(rows: Rows, stop: int) -> list[tuple[int, int]]:
    """The stops nearest to or from this one, with how near."""
    near = sorted((min(rows[stop][n], rows[n][stop]), n) for n in range(len(rows)) if n != stop)
    return near[:_NEIGHBOURS]
