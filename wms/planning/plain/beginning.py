"""Beginnings: the first whole plan, at once; a better one from savings; and one from an earlier plan."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from heapq import heapify, heappop, heappush, nlargest
from itertools import groupby
from math import inf, sqrt
from typing import Protocol

from wms.planning.plain.carts import Bunch, Cart, Carts
from wms.planning.problem import Trip
from wms.planning.touring import UNWALKABLE

_NEIGHBOURS = 40  # others that a bunch may be put together with
_LEAST_HOPE, _MOST_HOPE = 0.2, 1.5  # how many times its worth is hoped of a guess, before it is routed
_HOPE_FOR_TIME = 0.22  # more for one route for each bunch, twice that for four: measured on 100 to 2,000 jobs
_SAMPLE = 40  # pairs by which it is judged what guesses are worth
_CUT_OFFS = 6  # parts, at most, by which jobs are put together by when they are due
_ALL_PAIRS = 250  # up to so many jobs each is compared with each


def first_come(carts: Carts, jobs: Iterable[int]) -> list[Cart]:
    """Jobs in the order they are due (then as they came), each cart filled before the next; groups that may not mix one
    after the other."""
    chunks: list[Bunch] = []
    for job in sorted(jobs, key=lambda j: (*carts.hard_groups(carts.alone[j]), *_due(carts, j), j)):
        one = carts.alone[job]
        if chunks and carts.fit(chunks[-1], one):
            chunks[-1] = carts.joined(chunks[-1], one)
        else:
            chunks.append(one)
    return [cart for chunk in chunks for cart in _walkable(carts, carts.cart(chunk.jobs))]


def _walkable(carts: Carts, cart: Cart) -> list[Cart]:
    """Each job alone where one-way stretches let nobody walk past all of them in one tour."""
    return [cart] if cart.length < UNWALKABLE else [carts.cart((job,)) for job in cart.jobs]


def _due(carts: Carts, job: int) -> tuple[bool, int]:
    due = carts.jobs[job].due
    return due is None, due or 0


def earlier(carts: Carts, trips: Sequence[Trip]) -> tuple[list[Cart], list[int]]:
    """Another plan's trips as carts, as far as they still may go, and the jobs that have none. Locked trips stay as
    they are, whatever they hold."""
    taken: set[int] = set()
    found: list[Cart] = []
    for trip in sorted(trips, key=lambda trip: not trip.locked):
        jobs = [j for j in dict.fromkeys(trip.jobs) if 0 <= j < len(carts.jobs) and j not in taken]
        if not jobs or not (trip.locked or carts.holds(carts.bunch(jobs))):
            continue
        cart = carts.cart(jobs, kept=trip if trip.locked else None)
        if cart.length < UNWALKABLE:
            found.append(cart)
            taken.update(jobs)
    return found, [j for j in range(len(carts.jobs)) if j not in taken]


def by_due(carts: Carts, jobs: Iterable[int]) -> list[list[int]]:
    """The jobs by when they are due, the earliest first; in a few parts about as large as each other where there are
    many such times."""
    order = sorted(jobs, key=lambda j: (*_due(carts, j), j))
    together = [list(row) for _, row in groupby(order, key=lambda j: _due(carts, j))]
    if len(together) <= _CUT_OFFS:
        return together
    size = -(-len(order) // _CUT_OFFS)
    return [order[n : n + size] for n in range(0, len(order), size)]


class Time(Protocol):
    def over(self) -> bool:
        """Whether there is no time for more."""
        ...

    def spare(self) -> float:
        """Seconds that may still go into the beginning; 0 or less where what is left is better spent otherwise."""
        ...


def savings(carts: Carts, jobs: Sequence[int], time: Time) -> list[Cart]:
    """Each job a trip, then again and again the two put together that save most (Clarke & Wright 1964,
    doi 10.1287/opre.12.4.568, in the variant that reckons savings anew after each step). What would save most by guess
    is routed before it is believed, until time is short; when it is over, bunches stay as they are."""
    bunches = [carts.alone[j] for j in jobs]
    while True:
        fewer = _Merging(carts, bunches, time).merged()
        if len(fewer) == len(bunches) or time.over():
            return [cart for bunch in fewer for cart in _walkable(carts, carts.cart(bunch.jobs))]
        bunches = fewer  # those left may have others near by now that were not before


class _Merging:
    """Bunches by number; `_queue` has what putting two together saves, negative, so that most comes first, and whether
    that is certain."""

    def __init__(self, carts: Carts, given: Sequence[Bunch], time: Time) -> None:
        self._carts, self._time = carts, time
        self._bunches = dict(enumerate(given))
        self._costs: dict[int, int] = {}
        self._heirs: dict[int, int] = {}
        self._next = len(given)
        self._near = _near(carts, self._bunches)
        pairs = [(a, b) for a, others in self._near.items() for b in others if a < b]
        self._trust, self._hope = 1.0, _LEAST_HOPE
        self._queue: list[tuple[float, int, int, bool]] = []
        self._try(pairs[:: 1 + len(pairs) // _SAMPLE])
        self._queue = [(-self._guess(a, b), a, b, False) for a, b in pairs]
        heapify(self._queue)

    def merged(self) -> list[Bunch]:
        while self._queue and not self._time.over():
            minus, a, b, certain = heappop(self._queue)
            if minus >= 0:
                break
            if a not in self._bunches or b not in self._bunches:
                continue
            if certain or self._time.spare() <= 0:
                self._merge(a, b)
            else:
                self._route(a, b)
        return list(self._bunches.values())

    def _try(self, pairs: Sequence[tuple[int, int]]) -> None:
        """Learns what guesses are worth, and how much more than that to hope for: the more routes there is time for,
        the more, as each guess that hope makes too high is put right by a route."""
        spare = self._time.spare()
        for a, b in pairs:
            self._route(a, b)
        left = self._time.spare()  # after three tours for each pair; later there is one
        if left < spare < inf:
            routes = max(0.0, left) * 3 * len(pairs) / (spare - left) / len(self._bunches)
            self._hope = min(_MOST_HOPE, _LEAST_HOPE + _HOPE_FOR_TIME * sqrt(routes))
        elif left == inf:
            self._hope = _MOST_HOPE

    def _guess(self, a: int, b: int) -> float:
        return self._hope * self._trust * self._carts.saved(self._bunches[a], self._bunches[b])

    def _route(self, a: int, b: int) -> None:
        """Asks what putting two together saves in truth, and what guesses are worth."""
        both = (*self._bunches[a].jobs, *self._bunches[b].jobs)
        saved = self._cost(a) + self._cost(b) - self._carts.cart(both).cost
        heappush(self._queue, (-saved, a, b, True))
        guessed = self._carts.saved(self._bunches[a], self._bunches[b])
        if guessed > 0 and saved > 0:
            self._trust += (saved / guessed - self._trust) / _SAMPLE

    def _cost(self, bunch: int) -> int:
        if bunch not in self._costs:
            self._costs[bunch] = self._carts.cart(self._bunches[bunch].jobs).cost
        return self._costs[bunch]

    def _merge(self, a: int, b: int) -> None:
        carts, bunches, near = self._carts, self._bunches, self._near
        new = self._next
        self._next += 1
        self._heirs[a] = self._heirs[b] = new
        bunches[new] = carts.joined(bunches.pop(a), bunches.pop(b))
        others = {_heir(self._heirs, c) for c in (near.pop(a) | near.pop(b))} - {new}
        worth = [(carts.saved(bunches[new], bunches[c]), c) for c in others if carts.fit(bunches[new], bunches[c])]
        near[new] = set()
        for saved, c in nlargest(_NEIGHBOURS, worth):
            near[new].add(c)
            near[c].add(new)
            heappush(self._queue, (-saved * self._hope * self._trust, c, new, False))


def _heir(heirs: dict[int, int], bunch: int) -> int:
    while bunch in heirs:
        bunch = heirs[bunch]
    return bunch


def _near(carts: Carts, bunches: dict[int, Bunch]) -> dict[int, set[int]]:
    """For each bunch the others it might go with: all where they are few, else those that share a branch about as far
    along."""
    if len(bunches) <= _ALL_PAIRS:
        return {a: {b for b in bunches if b != a and carts.fit(bunches[a], bunches[b])} for a in bunches}
    beside: dict[int, set[int]] = {a: set() for a in bunches}
    along: dict[tuple[int, frozenset[int]], list[tuple[int, int]]] = {}
    for a, bunch in bunches.items():
        for branch, far in bunch.reach.items():
            along.setdefault((branch, carts.hard_groups(bunch)), []).append((far, a))
    for row in along.values():
        row.sort()
        for shift in range(1, _NEIGHBOURS // 5 + 1):
            for (_, a), (_, b) in zip(row, row[shift:], strict=False):
                beside[a].add(b)
                beside[b].add(a)
    near: dict[int, set[int]] = {a: set() for a in bunches}
    for a, others in beside.items():
        fitting = [(carts.saved(bunches[a], bunches[b]), b) for b in others if carts.fit(bunches[a], bunches[b])]
        for _, b in nlargest(_NEIGHBOURS, fitting):
            near[a].add(b)
            near[b].add(a)
    return near
