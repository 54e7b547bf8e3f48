"""Sequence: heavy first, fragile last, frozen last of all: picks have ranks, and a tour keeps to them or pays."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from wms.planning.routing.construction import Rows, circle
from wms.planning.routing.distances import Distances
from wms.planning.routing.heuristic import held_karp
from wms.planning.routing.improvement import improved
from wms.planning.routing.tour import Unreachable

_EXACT_UP_TO = 9  # picks of one rank, or of a whole tour where an inversion has a price
_TRIES = 3_000  # changes of a longer tour where an inversion has a price


class RankedPick(NamedTuple):
    """A pick at a stop. Those of lower rank are to go first. One stop may have picks of several ranks."""

    stop: int
    rank: int


@dataclass(frozen=True, slots=True)
class Sequenced:
    """`picks` by index, in walking order; `length` walked, in the graph's unit. `inversions` are pairs of picks of
    which the one that should go first goes second. `free_length` is what the tour takes when nobody asks for ranks."""

    picks: tuple[int, ...]
    length: int
    inversions: int
    free_length: int

    @property
    def detour(self) -> int:
        """What keeping to the ranks costs, in the graph's unit."""
        return self.length - self.free_length


def sequenced(picks: Sequence[RankedPick], distances: Distances, price: int | None = None) -> Sequenced:
    """The picks rank by rank, or, where an inversion has a `price` (in the graph's unit), in the order for which length
    and price together are least. Exact for up to nine picks of each rank, with a price for up to nine altogether;
    longer tours are improved from several beginnings.

    Picks are different from each other. Raises `Unreachable`, also where no walk leads from a rank to a later one.
    """
    if not picks:
        return Sequenced((), 0, 0, 0)
    matrix = distances.matrix([pick.stop for pick in picks])
    dearer = (price or 0) * len(picks) ** 2  # no price is worth a way that isn't there
    rows = [[length + dearer if length >= matrix.barred else length for length in row] for row in matrix.rows]
    tour = _Tour(rows, [0, *(pick.rank for pick in picks)])
    free, kept = tour.free(), tour.kept()
    order = kept if price is None else tour.priced(price, [free, kept])
    length = circle(rows, order)
    if length >= matrix.barred:
        raise Unreachable(tuple(picks[n - 1].stop for n in order))
    return Sequenced(tuple(n - 1 for n in order), length, tour.inversions(order), circle(rows, free))


class _Tour:
    """Picks are numbered from 1, as the rows are; row 0 is the start and column 0 the end."""

    def __init__(self, rows: Rows, ranks: Sequence[int]) -> None:
        self._rows, self._ranks = rows, ranks
        self._picks = range(1, len(rows))

    def inversions(self, order: Sequence[int]) -> int:
        before: list[int] = []
        found = 0
        for pick in order:
            at = bisect_right(before, self._ranks[pick])
            found += len(before) - at
            before.insert(at, self._ranks[pick])
        return found

    def free(self) -> list[int]:
        if len(self._picks) <= _EXACT_UP_TO:
            return held_karp(self._rows)
        return min(
            (improved(self._rows, order) for order in (self._near(self._picks), list(self._picks))), key=self._walk
        )

    def kept(self) -> list[int]:
        """Rank by rank."""
        layers = [list(row) for _, row in groupby(sorted(self._picks, key=self._rank), key=self._rank)]
        if max(map(len, layers)) <= _EXACT_UP_TO:
            return self._layered(layers)
        begun: list[int] = []
        for layer in layers:
            begun += self._near(layer, begun[-1] if begun else 0)
        return improved(self._fined(1 + sum(map(max, self._rows))), begun)

    def priced(self, price: int, beginnings: list[list[int]]) -> list[int]:
        """With a price for each inversion."""
        if len(self._picks) <= _EXACT_UP_TO:
            return self._exact(price)
        fined = improved(self._fined(price * len(self._picks) // 4), beginnings[0])
        return self._descended(price, min([*beginnings, fined], key=lambda order: self._worth(price, order)))

    def _rank(self, pick: int) -> int:
        return self._ranks[pick]

    def _walk(self, order: list[int]) -> int:
        return circle(self._rows, order)

    def _worth(self, price: int, order: list[int]) -> int:
        return self._walk(order) + price * self.inversions(order)

    def _near(self, picks: Sequence[int], at: int = 0) -> list[int]:
        """Always on to the nearest."""
        left, order = set(picks), []
        while left:
            at = min(left, key=lambda n: (self._rows[at][n], n))
            left.remove(at)
            order.append(at)
        return order

    def _fined(self, fine: int) -> Rows:
        """The rows with a fine on each step from a later rank back to an earlier one."""
        return [
            [length + (fine if a and b and self._ranks[a] > self._ranks[b] else 0) for b, length in enumerate(row)]
            for a, row in enumerate(self._rows)
        ]

    def _layered(self, layers: Sequence[Sequence[int]]) -> list[int]:
        """By dynamic programming over subsets (Held & Karp 1962, doi 10.1137/0110015), each rank going on from wherever
        the rank before may end best."""
        ends: dict[int, tuple[int, list[int]]] = {0: (0, [])}
        for layer in layers:
            ends = self._through(layer, ends)
        return min((length + self._rows[last][0], order) for last, (length, order) in ends.items())[1]

    def _through(
        self, layer: Sequence[int], ends: dict[int, tuple[int, list[int]]]
    ) -> dict[int, tuple[int, list[int]]]:
        """The shortest walk so far for each pick that a rank may end with."""
        rows = self._rows
        best: dict[tuple[int, int], tuple[int, list[int]]] = {}
        for n, pick in enumerate(layer):
            best[1 << n, pick] = min(
                (length + rows[last][pick], [*order, pick]) for last, (length, order) in ends.items()
            )
        for _ in layer[1:]:
            wider: dict[tuple[int, int], tuple[int, list[int]]] = {}
            for (done, last), (length, order) in best.items():
                for n, pick in enumerate(layer):
                    key = done | 1 << n, pick
                    if not done >> n & 1 and (key not in wider or length + rows[last][pick] < wider[key][0]):
                        wider[key] = length + rows[last][pick], [*order, pick]
            best = wider
        return {last: walk for (_, last), walk in best.items()}

    def _exact(self, price: int) -> list[int]:
        """The same over all picks, with what each costs that comes after those of later ranks."""
        rows, ranks = self._rows, self._ranks
        best: dict[tuple[int, int], tuple[int, list[int]]] = {(0, 0): (0, [])}
        for _ in self._picks:
            wider: dict[tuple[int, int], tuple[int, list[int]]] = {}
            for (done, last), (worth, order) in best.items():
                for pick in self._picks:
                    if done >> pick & 1:
                        continue
                    fine = price * sum(ranks[other] > ranks[pick] for other in order)
                    key, more = (done | 1 << pick, pick), worth + rows[last][pick] + fine
                    if key not in wider or more < wider[key][0]:
                        wider[key] = more, [*order, pick]
            best = wider
        return min((worth + rows[last][0], order) for (_, last), (worth, order) in best.items())[1]

    def _descended(self, price: int, order: list[int]) -> list[int]:
        """Changed by the first change that helps, until none does or so many were tried."""
        worth, tries = self._worth(price, order), _TRIES
        helped = True
        while helped and tries > 0:
            helped = False
            for other in _changes(order):
                tries -= 1
                if (changed := self._worth(price, other)) < worth:
                    order, worth, helped = other, changed, True
                    break
                if tries <= 0:
                    break
        return order


def _changes(order: list[int]) -> Iterator[list[int]]:
    """Each segment of up to three elsewhere, and each stretch turned round."""
    for at in range(len(order)):
        for long in range(1, min(4, len(order) - at + 1)):
            segment, rest = order[at : at + long], order[:at] + order[at + long :]
            yield from (rest[:to] + segment + rest[to:] for to in range(len(rest) + 1) if to != at)
        for to in range(at + 2, len(order) + 1):
            yield order[:at] + order[at:to][::-1] + order[to:]
