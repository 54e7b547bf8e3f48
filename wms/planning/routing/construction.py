"""First tours to improve on, each built in another way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from wms.planning.routing.distances import Matrix

Rows = list[list[int]]


def constructions(matrix: Matrix) -> Iterator[list[int]]:
    """Orders of 1 to n from 0 back to 0, at least two of them without a barred step."""
    yield _nearest(matrix.rows)
    yield _inserted(matrix.rows, min)
    yield _inserted(matrix.rows, max)


def circle(rows: Rows, order: list[int]) -> int:
    """From 0 in this order back to 0."""
    return sum(rows[a][b] for a, b in zip([0, *order], [*order, 0], strict=True))


def _nearest(rows: Rows) -> list[int]:
    """Always on to the nearest stop not yet visited."""
    left = set(range(1, len(rows)))
    order: list[int] = []
    at = 0
    while left:
        row = rows[at]
        at = min(left, key=lambda n: (row[n], n))
        left.remove(at)
        order.append(at)
    return order


def _inserted(rows: Rows, pick: Callable[[Iterable[tuple[int, int]]], tuple[int, int]]) -> list[int]:
    """Stops put in one after the other where each costs least; `pick` chooses the next by what that is: the cheapest or
    the dearest one. As of any two stops one reaches the other, there is a place for each without a barred step (Rédei
    1934)."""
    after = {0: 0}
    best = {n: (rows[0][n] + rows[n][0], 0) for n in range(1, len(rows))}
    while best:
        stop = pick((cost, n) for n, (cost, _) in best.items())[1]
        a = best.pop(stop)[1]
        b = after[a]
        after[a], after[stop] = stop, b
        for n, (_, behind) in best.items():
            places = after if behind == a else (behind, a, stop)
            best[n] = min((rows[x][n] + rows[n][after[x]] - rows[x][after[x]], x) for x in places)
    order = [after[0]]
    while after[order[-1]]:
        order.append(after[order[-1]])
    return order
