"""Those who search: the world they share, and for each a set of carts of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random
from time import perf_counter

import numpy as np

from wms.planning.compiled.carts import Carts, carts_for, scratch_for
from wms.planning.compiled.search import fill_carts, improve, lateness_now, lengths_alone, place_all
from wms.planning.compiled.world import Ints, World, world_of
from wms.planning.problem import Problem
from wms.planning.sweep import Sweep

THREADS = 2
_CHUNK_S = 0.02
_HOT, _COLD = 0.1, 0.001  # heat at the beginning and at the end, as parts of what a job costs


@dataclass(frozen=True, slots=True)
class Heat:
    """How hot a search is, by the time (of `perf_counter`): from `begin` to `end` ever cooler."""

    scale: float
    begin: float
    end: float
    again: bool = False

    def at(self, now: float) -> float:
        share = min(1.0, max(0.0, (now - self.begin) / max(self.end - self.begin, 1e-9)))
        hot = _HOT * (0.3 if self.again else 1.0)
        return self.scale * hot * (_COLD / hot) ** share


class Crew:
    """`alone` is how long the tour of each job alone is, `handling` what all plans cost the same, `scale` what a job
    costs in a plan that is not bad."""

    def __init__(self, problem: Problem, sweep: Sweep, locked: Iterable[int], seed: int) -> None:
        self.world: World = world_of(problem, sweep, locked, seed)
        self.jobs = len(problem.jobs)
        self.handling = int(self.world.work.sum())
        chance = Random(seed)  # noqa: S311 - plans, not secrets
        self.workers = [Worker(self.world, chance.getrandbits(63) | 1) for _ in range(THREADS)]
        first = self.workers[0]
        self.alone = np.zeros(self.jobs, np.int64)
        lengths_alone(self.world, first.carts, first.scratch, self.alone)
        self.scale = 1.0
        first.prepare(self.alone)

    def cycles(self, seconds: float) -> int:
        return 4 if self.jobs < 40 else 1

    def worth(self, places: Ints) -> tuple[int, int]:
        """How late a plan is, and what it costs without handling, both in ticks."""
        carts = self.workers[0].laid(places)
        late = int(lateness_now(self.world, carts)) if len(self.world.ready) else 0
        self.scale = float(carts.total[0]) / max(1, self.jobs)
        return late, int(carts.total[0])

    def filled(self, places: Ints, greed: float) -> Ints:
        """A plan from scratch, for all jobs that have no place yet."""
        worker = self.workers[0]
        carts = worker.laid(places)
        fill_carts(self.world, carts, worker.scratch, self.alone, greed)
        return carts.place.copy()

    def dealt(self, places: Ints, chance: Random) -> list[Ints]:
        """The carts of a plan in as many parts as there are workers: those that go to like places together."""
        number = int(places.max()) + 1
        direction = np.array([chance.random() for _ in self.world.lengths])
        weight = np.zeros(number)
        carts = self.workers[0].laid(places)
        marked = (carts.marked[:number] != 0).any(axis=2)
        weight = (marked * direction).sum(axis=1) / np.maximum(1, marked.sum(axis=1))
        order = np.argsort(weight)
        parts = []
        for n in range(len(self.workers)):
            own = np.isin(
                places,
                order[n :: len(self.workers)] if chance.random() < 0 else np.array_split(order, len(self.workers))[n],
            )
            parts.append(np.where(own, places, -1))
        return parts

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
        self._chance = np.array([seed], np.uint64)
        self._turns = 10
        self._weight = 1.0
        self._tune = np.array([1 if len(world.ready) else 4, 4, 4, 12, 16 if jobs > 400 else 32], np.int64)

    def laid(self, places: Ints) -> Carts:
        place_all(self._world, self.carts, self.scratch, places, int(places.max(initial=-1)) + 1)
        return self.carts

    def search(self, crew: Crew, places: Ints, heat: Heat, until: float) -> tuple[Ints, Ints]:
        """Goes on from a plan (or a part of one) until then: where it ended, and the best on its way."""
        carts, jobs = self.laid(places), len(places)
        late = int(lateness_now(self._world, carts)) if len(self._world.ready) else 0
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
        """Has the search compiled, where it never was."""
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
            self._chance,
            alone,
            pool,
            hot,
            cold,
            self._turns,
            self._tune,
            self._weight,
        )


def _most_on_a_cart(world: World) -> int:
    """Whatever jobs they are, no cart takes more."""
    most = len(world.groups)
    for k, capacity in enumerate(world.capacities):
        smallest = np.cumsum(np.sort(world.loads[:, k]))
        most = min(most, int(np.searchsorted(smallest, capacity, side="right")))
    return max(most, 1)
