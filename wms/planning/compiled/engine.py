"""The engine for a supervisor's machine or a hub: compiled, on two threads."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from random import Random
from time import perf_counter

import numpy as np

from wms.planning.compiled.cache import is_warm
from wms.planning.compiled.crew import MANY, Crew
from wms.planning.compiled.finish import Finish
from wms.planning.compiled.world import Ints
from wms.planning.grid import BLOCKED
from wms.planning.plain.finish import trouble_of
from wms.planning.problem import Infeasible, Problem, Progress, Solution, Trip
from wms.planning.routing.exact import ExactRouter

_DEAL_S = 0.25
_TELL_S = 0.25
_GREEDS = (0.3, 0.15, 0.0)
_FINISH_S_PER_TRIP = 0.0015
_SMALL, _COOLINGS = 40, 4  # plans of fewer jobs are cooled down so often in the time there is


def plan(
    problem: Problem,
    router: ExactRouter,
    seconds: float,
    seed: int = 0,
    start: Solution | None = None,
    progress: Progress | None = None,
) -> Solution:
    """As `wms.planning.plain.engine.plan`, for floors of parallel aisles whose stops all stand in aisles."""
    return _Planning(problem, router, seconds, seed, start, progress).solution()


class _Planning:
    def __init__(
        self,
        problem: Problem,
        router: ExactRouter,
        seconds: float,
        seed: int,
        start: Solution | None,
        progress: Progress | None,
    ) -> None:
        self.began, self.seconds, self.progress = perf_counter(), seconds, progress
        self.problem, self.router = problem, router
        self.kept = self._earlier(start)
        locked = [job for trip in self.kept if trip.locked for job in trip.jobs]
        warm = is_warm()
        self.crew = Crew(problem, router.sweep, locked, seed)
        if not warm:  # once on each machine; that time is not taken from the search
            self.began = perf_counter()
        self._check()
        lengths = self.crew.lengths(self._placed(self.kept))
        self.kept = [trip for trip, length in zip(self.kept, lengths, strict=True) if trip.locked or length < BLOCKED]
        self.chance = Random(seed)  # noqa: S311 - plans, not secrets
        self.first = self._walkable(self.first_come())
        self.best, self.places = self.crew.worth(self.first), self.first
        self.start_cost = self.best[1] + self.crew.handling
        self.told = -_TELL_S

    def _check(self) -> None:
        doubtful = {int(job) for job in np.flatnonzero(self.crew.alone >= BLOCKED)}
        over = (self.crew.world.loads > self.crew.world.capacities).any(axis=1)
        doubtful |= {int(job) for job in np.flatnonzero(over)}
        jobs = [self.problem.jobs[job] for job in sorted(doubtful)]
        trouble = tuple((job.name, why) for job in jobs if (why := trouble_of(self.problem, job, self.router)))
        if trouble:
            raise Infeasible(trouble)

    def _earlier(self, start: Solution | None) -> list[Trip]:
        """The trips of an earlier plan, each with those of its jobs that still fit together; locked ones come first."""
        held: set[int] = set()
        trips = []
        for trip in sorted(start.trips if start else (), key=lambda trip: not trip.locked):
            jobs: list[int] = []
            load = np.zeros(len(self.problem.capacities), np.int64)
            for job in trip.jobs:
                if job in held or not 0 <= job < len(self.problem.jobs):
                    continue
                given = self.problem.jobs[job]
                mixed = (
                    self.problem.prices.per_group is None and jobs and self.problem.jobs[jobs[0]].group != given.group
                )
                fits = (load + given.loads <= self.problem.capacities).all() and not mixed
                if fits or trip.locked:
                    load += given.loads
                    held.add(job)
                    jobs.append(job)
            if jobs:
                trips.append(trip if tuple(jobs) == trip.jobs else Trip(tuple(jobs), (), -1, locked=trip.locked))
        return trips

    def first_come(self) -> Ints:
        """Carts filled one after the other with what is due first; those kept from an earlier plan as they are."""
        places = self._placed(self.kept)
        world, cart = self.crew.world, len(self.kept) - 1
        load, group = world.capacities.copy(), -1
        for job in sorted((job for job in range(len(places)) if places[job] < 0), key=self._turn):
            full = bool((load + world.loads[job] > world.capacities).any())
            if full or cart < len(self.kept) or (world.per_group < 0 and group != world.groups[job]):
                cart, load = cart + 1, np.zeros_like(load)
            load += world.loads[job]
            group, places[job] = int(world.groups[job]), cart
        return places

    def _walkable(self, places: Ints) -> Ints:
        """Each job alone where nobody can walk past all of a cart's stops in one tour."""
        places, spare = places.copy(), int(places.max(initial=-1)) + 1
        for cart in np.flatnonzero(self.crew.lengths(places) >= BLOCKED):
            others = np.flatnonzero((places == cart) & ~self.crew.world.locked)[1:]
            places[others] = np.arange(spare, spare + len(others))
            spare += len(others)
        return places

    def _turn(self, job: int) -> tuple[int, int, int]:
        world = self.crew.world
        return int(world.groups[job]) if world.per_group < 0 else 0, int(world.dues[job]), job

    def _placed(self, trips: Sequence[Trip]) -> Ints:
        places = np.full(len(self.problem.jobs), -1, np.int64)
        for n, trip in enumerate(trips):
            places[list(trip.jobs)] = n
        return places

    @property
    def gone(self) -> float:
        return perf_counter() - self.began

    def offer(self, places: Ints) -> None:
        worth = self.crew.worth(places)
        if worth < self.best:
            self.best, self.places = worth, places.copy()
        self.tell()

    def tell(self) -> None:
        if self.progress is not None and self.gone - self.told >= _TELL_S:
            self.told = self.gone
            self.progress(self.told, self.best[1] + self.crew.handling, self.start_cost)

    def solution(self) -> Solution:
        self.tell()
        reserve = _FINISH_S_PER_TRIP * (int(self.places.max(initial=0)) + 1)
        end = self.seconds - reserve
        for greed in _GREEDS:
            if greed == _GREEDS[0] or self.gone < 0.1 * end:
                self.offer(self.crew.filled(self._placed(self.kept), greed))
        movable = len(self.problem.jobs) - int(self.crew.world.locked.sum())
        if movable > 1 and self.gone < end:
            with ThreadPoolExecutor(len(self.crew.workers)) as threads:
                if movable >= MANY and not self.problem.pickers:
                    self._apart(threads, end)
                else:
                    self._together(threads, end)
        finish = Finish(self.problem, self.kept, self.start_cost, self.router)
        found = [finish.plan(self.places)]
        if found[0].late or found[0].cost > self.start_cost:  # a better timetable may be found for the first plan
            found.append(finish.plan(self.first))
        return finish.best(found)

    def _apart(self, threads: ThreadPoolExecutor, end: float) -> None:
        begun, now = self.gone, self.places
        while (at := self.gone) < end:
            until = min(at + _DEAL_S, end)
            heat = self.crew.heat(self.began + begun, self.began + end, self.best[1])
            parts = self.crew.dealt(now, self.chance)
            works = [
                threads.submit(worker.search, self.crew, part, heat, self.began + until)
                for worker, part in zip(self.crew.workers, parts, strict=True)
            ]
            found = [work.result() for work in works]
            now = self.crew.joined([each[0] for each in found])
            self.offer(self.crew.joined([each[1] for each in found]))

    def _together(self, threads: ThreadPoolExecutor, end: float) -> None:
        """The threads search for themselves; after each cooling who found less goes on from where the other is."""
        starts = [self.places] * len(self.crew.workers)
        cycles = _COOLINGS if self.crew.jobs < _SMALL else 1
        for cycle in range(cycles):
            begun = self.gone
            until = begun + (end - begun) / (cycles - cycle)
            heat = self.crew.heat(self.began + begun, self.began + until, self.best[1], again=cycle > 0)
            while (at := self.gone) < until:
                pause = min(at + 1.0, until)
                works = [
                    threads.submit(worker.search, self.crew, start, heat, self.began + pause)
                    for worker, start in zip(self.crew.workers, starts, strict=True)
                ]
                found = [work.result() for work in works]
                starts = [each[0] for each in found]
                for each in found:
                    self.offer(each[1])
            starts = [self.places] * len(starts)
