"""The engine for a supervisor's machine or a hub: compiled, on two threads."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from random import Random
from time import perf_counter

import numpy as np

from wms.planning.compiled.carts import Carts, Scratch, carts_for, scratch_for
from wms.planning.compiled.search import (
    fill_carts,
    improve,
    lateness_now,
    lengths_alone,
    place_all,
)
from wms.planning.compiled.world import Ints, Words, World, world_of
from wms.planning.grid import BLOCKED
from wms.planning.plain.beginning import earlier
from wms.planning.plain.carts import Carts as Plans
from wms.planning.plain.finish import solution, trouble_of
from wms.planning.plain.search import state
from wms.planning.problem import Infeasible, Problem, Progress, Solution, Trip
from wms.planning.routing.exact import ExactRouter
from wms.planning.routing.tour import Tour
from wms.planning.touring import Tours

THREADS = 2
_MANY = 150
"""From so many jobs on each thread searches among carts of its own; the carts are dealt anew again and again."""
_SLICE_S = 0.25
_CHUNK_S = 0.02
_GREEDS = (0.3, 0.2, 0.1, 0.0)


@dataclass(slots=True)
class _Worker:
    carts: Carts
    saved: Carts
    scratch: Scratch
    chance: Words
    best: Ints
    pool: Ints
    turns: int = 20


class _Search:
    """All jobs but those on locked carts are moved about. `fixed` are the carts that stay as they are."""

    def __init__(self, problem: Problem, router: ExactRouter, seconds: float, seed: int) -> None:
        self.began, self.seconds = perf_counter(), seconds
        self.problem, self.jobs = problem, len(problem.jobs)
        self.world = world_of(problem, router.sweep, seed)
        most = self._most_on_a_cart()
        chance = Random(seed)  # noqa: S311 - plans, not secrets
        self.workers = [
            _Worker(
                carts_for(self.world, self.jobs, most),
                carts_for(self.world, self.jobs, most),
                scratch_for(self.world),
                np.array([chance.getrandbits(63) | 1], np.uint64),
                np.zeros(self.jobs + 3, np.int64),
                np.arange(self.jobs),
            )
            for _ in range(THREADS)
        ]
        self.alone = np.zeros(self.jobs, np.int64)
        lengths_alone(self.world, self.workers[0].carts, self.workers[0].scratch, self.alone)
        self.best: tuple[int, int] = (1 << 62, 1 << 62)
        self.places: Ints = np.full(self.jobs, -1, np.int64)

    @property
    def gone(self) -> float:
        return perf_counter() - self.began

    def _most_on_a_cart(self) -> int:
        """Whatever they carry, no cart takes more jobs."""
        most = self.jobs
        for k, capacity in enumerate(self.world.capacities):
            smallest = np.cumsum(np.sort(self.world.loads[:, k]))
            most = min(most, int(np.searchsorted(smallest, capacity, side="right")))
        return max(most, 1)

    def offer(self, places: Ints) -> tuple[int, int]:
        """What a plan is worth: ticks late, and what it costs. The best is kept."""
        worker = self.workers[0]
        place_all(self.world, worker.carts, worker.scratch, places, int(places.max(initial=-1)) + 1)
        late = int(lateness_now(self.world, worker.carts)) if len(self.world.ready) else 0
        worth = late, int(worker.carts.total[0])
        if worth < self.best:
            self.best, self.places = worth, places.copy()
        return worth

    def run(self, heats: Callable[[float], float], tell: Callable[[], None]) -> None: ...
