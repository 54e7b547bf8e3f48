"""Carts: which jobs go together, and what the trip costs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from wms.planning.plain.nearness import Branches, Reach
from wms.planning.problem import Problem, Trip
from wms.planning.promises import walk_for
from wms.planning.schedule import Walk, lateness
from wms.planning.touring import Tours

Loads = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Bunch:
    """Jobs that may go on one cart, by index, ascending. `reach` tells about where they are."""

    jobs: tuple[int, ...]
    loads: Loads
    groups: frozenset[int]
    reach: Reach


@dataclass(frozen=True, slots=True)
class Cart(Bunch):
    """A trip with its length; `cost` in ticks, with the price of its groups. `kept` is the locked trip that it is: no
    job may join or leave, and it is walked as it was planned."""

    stops: frozenset[int]
    length: int
    cost: int
    walk: Walk
    kept: Trip | None = None


class Carts:
    """Puts carts together for one problem. Everything a search asks again and again of a job is worked out once."""

    def __init__(self, problem: Problem, tours: Tours) -> None:
        self._prices = problem.prices
        self._capacities = problem.capacities
        self._pickers = problem.pickers
        self.tours = tours
        self.branches = Branches(problem.graph)
        self.jobs = problem.jobs
        self.alone = tuple(
            Bunch((n,), job.loads, frozenset((job.group,)), self.branches.reach(job.stops))
            for n, job in enumerate(problem.jobs)
        )
        self._stops = tuple(frozenset(job.stops) for job in problem.jobs)
        self.timed = bool(problem.pickers) and any(job.due is not None for job in problem.jobs)

    def cart(self, jobs: Iterable[int], *, kept: Trip | None = None) -> Cart:
        ordered = tuple(sorted(jobs))
        stops = frozenset[int]().union(*(self._stops[j] for j in ordered))
        bunch = self.bunch(ordered)
        length = kept.length if kept else self.tours.length(stops)
        walk = walk_for(self._prices, [self.jobs[j] for j in ordered], length)
        cost = walk.duration + self._mixed(bunch.groups)
        return Cart(ordered, bunch.loads, bunch.groups, bunch.reach, stops, length, cost, walk, kept)

    def bunch(self, jobs: Sequence[int]) -> Bunch:
        alone = [self.alone[j] for j in jobs]
        loads = tuple(map(sum, zip(*(one.loads for one in alone), strict=True)))
        reach = dict(alone[0].reach)
        for one in alone[1:]:
            _reach_on(reach, one.reach)
        return Bunch(tuple(jobs), loads, frozenset[int]().union(*(one.groups for one in alone)), reach)

    def joined(self, one: Bunch, other: Bunch) -> Bunch:
        """Both on one cart."""
        reach = dict(one.reach)
        _reach_on(reach, other.reach)
        loads = tuple(a + b for a, b in zip(one.loads, other.loads, strict=True))
        return Bunch((*one.jobs, *other.jobs), loads, one.groups | other.groups, reach)

    def fit(self, one: Bunch, other: Bunch) -> bool:
        """Whether both may go on one cart."""
        for a, b, capacity in zip(one.loads, other.loads, self._capacities, strict=True):
            if a + b > capacity:
                return False
        return self._prices.per_group is not None or one.groups == other.groups

    def holds(self, bunch: Bunch) -> bool:
        """Whether these may go on one cart."""
        fits = all(load <= capacity for load, capacity in zip(bunch.loads, self._capacities, strict=True))
        return fits and (self._prices.per_group is not None or len(bunch.groups) == 1)

    def hard_groups(self, bunch: Bunch) -> frozenset[int]:
        """Its groups where they may not mix, else none."""
        return bunch.groups if self._prices.per_group is None else frozenset()

    def added(self, cart: Bunch, more: Bunch) -> int:
        """About how many ticks a cart's trip costs more with other jobs."""
        ticks = self._prices.per_length * self.branches.added(cart.reach, more.reach)
        if self._prices.per_group and not more.groups <= cart.groups:
            ticks += self._mixed(cart.groups | more.groups) - self._mixed(cart.groups)
        return ticks

    def saved(self, one: Bunch, other: Bunch) -> int:
        """About how many ticks two trips cost less as one."""
        whole = self._prices.per_length * self.branches.guess(other.reach) + self._prices.per_trip
        return whole + self._mixed(other.groups) - self.added(one, other)

    def grown_cost(self, cart: Cart, job: int) -> int:
        """Exactly what the trip costs with one more job."""
        stops = cart.stops | self._stops[job]
        further = cart.length if len(stops) == len(cart.stops) else self.tours.length(stops)
        mixed = self._mixed(cart.groups | self.alone[job].groups) - self._mixed(cart.groups)
        ticks = (further - cart.length) * self._prices.per_length + self.jobs[job].lines * self._prices.per_line
        return cart.cost + ticks + mixed

    def late(self, carts: Sequence[Cart], patience: int = 0) -> int:
        """Ticks late in the timetable of these carts."""
        return lateness([cart.walk for cart in carts], self._pickers, patience) if self.timed else 0

    def _mixed(self, groups: frozenset[int]) -> int:
        return (len(groups) - 1) * self._prices.per_group if self._prices.per_group else 0


def _reach_on(reach: Reach, more: Reach) -> None:
    for branch, along in more.items():
        if along > reach.get(branch, -1):
            reach[branch] = along
