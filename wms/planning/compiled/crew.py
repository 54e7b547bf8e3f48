"""Those who search: the world they share, and for each a set of carts of its own."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random
from time import perf_counter

import numpy as np

from wms.planning.compiled.carts import Carts, carts_for, lengths_alone, place_all, scratch_for
from wms.planning.compiled.first import fill_carts
from wms.planning.compiled.lateness import lateness
from wms.planning.compiled.search import Tune, improve
from wms.planning.compiled.world import Ints, World, world_of
from wms.planning.problem import Problem
from wms.planning.sweep import Sweep

THREADS = 2
MANY = 150
"""From so many jobs on there are carts enough for several gangs, and for each thread to search among its own."""
_CHUNK_S = 0.02
_HOT, _COLD = 0.3, 0.01  # heat at the beginning and at the end, as parts of what a job costs
_AMPLE = 3000  # changes for each job in a search; with fewer it must begin cooler to end cold
_CHANGES_PER_S = 25_000  # that one thread makes, or thereabouts
_LOOKED_AT = 12  # one job in so many is looked at for a cart that goes to like places: else large plans mix far ones
_AGAIN = 0.3  # of the heat, where a search goes on from a good plan


@dataclass(frozen=True, slots=True)
class Heat:
    """How hot a search is, in ticks, by the time (of `perf_counter`): from `begin` to `end` ever cooler."""

    hot: float
    cold: float
    begin: float
    end: float

    def at(self, now: float) -> float:
        share = min(1.0, max(0.0, (now - self.begin) / max(self.end - self.begin, 1e-9)))
        return self.hot * math.exp(share * math.log(self.cold / self.hot))


class Crew:
    """`alone` is how long the tour of each job alone is, `handling` what all plans cost the same."""

    def __init__(self, problem: Problem, sweep: Sweep, locked: Iterable[int], seed: int) -> None:
        self.world: World = world_of(problem, sweep, locked, seed)
        self.jobs = len(problem.jobs)
        self.handling = int(self.world.work.sum())
        chance = Random(seed)  # noqa: S311 - plans, not secrets
        self.workers = [Worker(self.world, chance.getrandbits(63) | 1) for _ in range(THREADS)]
        first = self.workers[0]
        self.alone = np.zeros(self.jobs, np.int64)
        lengths_alone(self.world, first.carts, first.scratch, self.alone)
        first.prepare(self.alone)

    def heat(self, begin: float, end: float, cost: int, *, again: bool = False) -> Heat:
        """For a search of so long in which the best plan costs `cost`; `again` from a good plan on."""
        changes = max(0.0, end - begin) * _CHANGES_PER_S * THREADS / max(1, self.jobs)
        hot = _HOT * min(1.0, max(0.05, (changes / _AMPLE) ** 0.8)) * (_AGAIN if again else 1.0)
        scale = cost / max(1, self.jobs) or 1.0
        return Heat(scale * max(hot, _COLD), scale * _COLD, begin, end)

    def worth(self, places: Ints) -> tuple[int, int]:
        """How late a plan is, and what it costs without handling, both in ticks."""
        carts = self.workers[0].laid(places)
        return int(lateness(self.world, carts)), int(carts.total[0])

    def lengths(self, places: Ints) -> Ints:
        """Of the tours of carts, by their number."""
        return self.workers[0].laid(places).length[: int(places.max(initial=-1)) + 1].copy()

    def filled(self, places: Ints, greed: float) -> Ints:
        """A plan from scratch, for all jobs that have no place yet."""
        worker = self.workers[0]
        carts = worker.laid(places)
        fill_carts(self.world, carts, worker.scratch, worker.chance, self.alone, greed)
        return carts.place.copy()

    def dealt(self, places: Ints, chance: Random) -> list[Ints]:
        """The carts of a plan in as many parts as there are workers: those that go to like places together."""
        number = int(places.max()) + 1
        direction = np.array([chance.random() for _ in self.world.lengths])
        carts = self.workers[0].laid(places)
        marked = (carts.marked[:number] != 0).any(axis=2)
        weight = (marked * direction).sum(axis=1) / np.maximum(1, marked.sum(axis=1))
        parts = np.array_split(np.argsort(weight), len(self.workers))
        return [np.where(np.isin(places, part), places, -1) for part in parts]

    def joined(self, parts: Sequence[Ints]) -> Ints:
        """One plan of parts that share no job."""
        places, cart = np.full(self.jobs, -1, np.int64), 0
        for part in parts:
            used, at = np.unique(part[part >= 0], return_inverse=True)
            places[part >= 0] = at + cart
            cart += len(used)
        return places


class Worker:
    def __init__(self, world: World, seed: int) -> None:
        jobs = len(world.groups)
        most = _most_on_a_cart(world)
        self._world = world
        self.carts, self._saved = carts_for(world, jobs, most), carts_for(world, jobs, most)
        self.scratch = scratch_for(world)
        self.chance = np.array([seed], np.uint64)
        self._turns = 10
        self._weight = 1.0
        self._tune = Tune(gangs=1) if jobs < MANY or len(world.ready) else Tune(tries=max(12, jobs // _LOOKED_AT))

    def laid(self, places: Ints) -> Carts:
        place_all(self._world, self.carts, self.scratch, places, int(places.max(initial=-1)) + 1)
        return self.carts

    def search(self, crew: Crew, places: Ints, heat: Heat, until: float) -> tuple[Ints, Ints]:
        """Goes on from a plan (or a part of one) until then: where it ended, and the best on its way."""
        carts, jobs = self.laid(places), len(places)
        late = int(lateness(self._world, carts))
        best = np.concatenate([carts.place, [carts.total[0], late, late]])
        pool = np.flatnonzero((places >= 0) & ~self._world.locked)
        if len(pool) < 2:
            return places, places
        while (now := perf_counter()) < until:
            self._go_on(crew.alone, pool, best, heat.at(now), heat.at(now + _CHUNK_S))
            took = perf_counter() - now
            self._turns = max(4, min(100_000, int(self._turns * min(2.0, _CHUNK_S / max(took, 1e-6)))))
            self._weight = min(100.0, self._weight * 1.2) if best[jobs + 2] else max(0.5, self._weight * 0.95)
        return carts.place.copy(), best[:jobs]

    def prepare(self, alone: Ints) -> None:
        """Has everything compiled that never was."""
        carts = self.laid(np.arange(len(alone)))
        fill_carts(self._world, carts, self.scratch, self.chance, alone, 0.0)
        lateness(self._world, carts)
        turns, self._turns = self._turns, 0
        self._go_on(alone, np.zeros(1, np.int64), np.zeros(len(alone) + 3, np.int64), 1.0, 1.0)
        self._turns = turns

    def _go_on(self, alone: Ints, pool: Ints, best: Ints, hot: float, cold: float) -> None:
        improve(
            self._world,
            self.carts,
            self._saved,
            best,
            self.scratch,
            self.chance,
            alone,
            pool,
            (hot, cold),
            self._turns,
            self._tune,
            self._weight,
        )


def _most_on_a_cart(world: World) -> int:
    """Whatever jobs they are, no cart takes more. Locked jobs lie together whatever a cart takes by now."""
    most = len(world.groups)
    for k, capacity in enumerate(world.capacities):
        smallest = np.cumsum(np.sort(world.loads[:, k]))
        most = min(most, int(np.searchsorted(smallest, capacity, side="right")))
    return max(most, int(world.locked.sum()), 1)
