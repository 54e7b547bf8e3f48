"""The search: a few jobs are taken out of carts near each other and put where they cost least, again and again.

Ruin and recreate (Schrimpf et al. 2000, doi 10.1006/jcph.1999.6413; Christiaens & Vanden Berghe 2020,
doi 10.1287/trsc.2019.0914). One job taken out is a move, two from two carts a swap, a whole cart a merge; what costs
less alone gets a cart of its own, which splits one. Worse plans are taken with a chance that falls (annealing).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import nsmallest
from math import log
from random import Random

from wms.planning.plain.carts import Cart, Carts

_TRIED = 3  # carts whose exact cost is asked for, of all that a job fits on
_NEAR = 6  # carts from which neighbours of a job are taken out
_BESIDE = (0, 1, 1, 1, 2, 2, 3)  # from so many of those
_MORE = 0.1  # chance that more than one job is taken out of a cart
_WHOLE = 0.15  # chance that these are all
_SORTED = 0.5  # chance that what was taken out is put back largest first
_OVERLOOKED = 0.05  # chance that a cart isn't looked at
_REPAIR = 200  # changes of the timetable tried before a plan counts as late


@dataclass(frozen=True, slots=True)
class State:
    """A whole plan: what is late in it counts before what it costs."""

    carts: tuple[Cart, ...]
    late: int
    cost: int

    @property
    def worth(self) -> tuple[int, int]:
        return self.late, self.cost


def state(carts: Carts, all_of: Sequence[Cart]) -> State:
    return State(tuple(all_of), carts.late(all_of, _REPAIR), sum(cart.cost for cart in all_of))


class Search:
    """Goes on from a plan, one step at a time; `best` is the best of all it has seen."""

    def __init__(self, carts: Carts, start: State, chance: Random) -> None:
        self._carts, self._chance = carts, chance
        self._now = self.best = start
        self._singles: dict[int, Cart] = {}
        self._home = {job: n for n, cart in enumerate(start.carts) for job in cart.jobs}
        self._free = [job for cart in start.carts if not cart.kept for job in cart.jobs]

    @property
    def idle(self) -> bool:
        """Whether there is nothing to choose."""
        return not self._free

    @property
    def scale(self) -> float:
        """What a trip costs, on the whole."""
        return self._now.cost / max(1, len(self._now.carts))

    def settled(self, jobs: Sequence[int]) -> State:
        """The plan it began with and these jobs, each put where it costs least."""
        changed: list[Cart | None] = list(self._now.carts)
        self._recreate(changed, list(jobs))
        return state(self._carts, [cart for cart in changed if cart is not None])

    def step(self, heat: float) -> bool:
        """One change, taken if it is better or, where it isn't, with a chance of exp(-worse / `heat`). True where the
        best is beaten."""
        changed: list[Cart | None] = list(self._now.carts)
        out = self._ruin(changed)
        self._recreate(changed, out)
        left = tuple(cart for cart in changed if cart is not None)
        cost = sum(cart.cost for cart in left)
        allowed = self._now.cost - heat * log(1 - self._chance.random())
        if cost > allowed and not self._now.late:
            return False
        late = self._carts.late(left, _REPAIR)
        if late > self._now.late or (late == self._now.late and cost > allowed):
            return False
        self._now = State(left, late, cost)
        self._home = {job: n for n, cart in enumerate(left) for job in cart.jobs}
        if self._now.worth >= self.best.worth:
            return False
        self.best = self._now
        return True

    def _ruin(self, changed: list[Cart | None]) -> list[int]:
        """Takes jobs out of the cart of one job and of carts near it."""
        chance = self._chance
        seed = chance.choice(self._free)
        home = self._home[seed]
        out = self._some(home, seed) if chance.random() < _MORE else [seed]
        taken = {home: out}
        near = self._beside(seed, home)
        for n in chance.sample(near, min(len(near), chance.choice(_BESIDE))):
            cart = self._now.carts[n]
            first = chance.choice(cart.jobs)
            taken[n] = self._some(n, first) if chance.random() < _MORE else [first]
        for n, jobs in taken.items():
            left = set(self._now.carts[n].jobs).difference(jobs)
            changed[n] = self._carts.cart(left) if left else None
        return [job for jobs in taken.values() for job in jobs]

    def _some(self, cart: int, first: int) -> list[int]:
        """That job and some others of its cart; now and then all."""
        others = [job for job in self._now.carts[cart].jobs if job != first]
        many = len(others) if self._chance.random() < _WHOLE else self._chance.randint(0, len(others))
        return [first, *self._chance.sample(others, many)]

    def _beside(self, job: int, home: int) -> list[int]:
        """The carts that this job would lengthen least, whether it fits or not."""
        one, added = self._carts.alone[job], self._carts.added
        carts = self._now.carts
        return nsmallest(
            _NEAR,
            (n for n, cart in enumerate(carts) if n != home and not cart.kept),
            key=lambda n: added(carts[n], one),
        )

    def _recreate(self, changed: list[Cart | None], out: list[int]) -> None:
        """Puts each job where it costs least now, as far as it is asked: on a cart or alone. While jobs are late, where
        the least is late goes first."""
        carts = self._carts
        self._chance.shuffle(out)
        if self._chance.random() < _SORTED:
            out.sort(key=lambda job: carts.alone[job].loads, reverse=True)
        for job in out:
            ways = [(self._single(job).cost, len(changed))]
            for n in self._promising(changed, job):
                cart = changed[n]
                if cart is not None:
                    ways.append((carts.grown_cost(cart, job) - cart.cost, n))
            changed.append(None)  # where it would go alone
            if self._now.late:
                _, where = min(ways, key=lambda way: (self._late(changed, job, way[1]), way))
            else:
                _, where = min(ways)
            changed[where] = self._with(changed[where], job)

    def _with(self, cart: Cart | None, job: int) -> Cart:
        return self._single(job) if cart is None else self._carts.cart((*cart.jobs, job))

    def _late(self, changed: Sequence[Cart | None], job: int, where: int) -> int:
        """Ticks late with a job put there."""
        tried = [*changed[:where], self._with(changed[where], job), *changed[where + 1 :]]
        return self._carts.late([cart for cart in tried if cart is not None])

    def _promising(self, changed: Sequence[Cart | None], job: int) -> list[int]:
        """Carts on which a job fits, of all those that it lengthens least by guess; now and then one is overlooked."""
        one, fit, added = self._carts.alone[job], self._carts.fit, self._carts.added
        fitting = [(added(cart, one), n) for n, cart in enumerate(changed) if cart and not cart.kept and fit(cart, one)]
        return [n for _, n in nsmallest(_TRIED, fitting) if self._chance.random() > _OVERLOOKED]

    def _single(self, job: int) -> Cart:
        single = self._singles.get(job)
        if single is None:
            single = self._singles[job] = self._carts.cart((job,))
        return single
