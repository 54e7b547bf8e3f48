"""The search for a draft: as long as somebody cares to wait, telling how it goes."""

from __future__ import annotations

from time import monotonic
from typing import Protocol

from wms.domain.records import replace
from wms.planning.engines import at_once
from wms.planning.plain import engine as plain
from wms.planning.problem import Problem, Progress, Solution
from wms.planning.rules import PlanningTime
from wms.planning.solve import solve
from wms.planning.wave_plan import Engine

FEW = 12
"""Up to so many orders nobody need wait for a search that leaves nothing out."""

_SECONDS_PER_ORDER = 0.25


class Effort(Protocol):
    """How much is done for a plan of so many orders."""

    def time(self, rules: PlanningTime, orders: int) -> PlanningTime: ...

    def engine(self, orders: int) -> Engine: ...


class Searched:
    """For `seconds`, or as many as the rules say; fewer where there are few orders. `progress` is told of all orders
    together, though they may be searched in several steps; what it raises ends the search."""

    def __init__(self, seconds: float | None = None, seed: int | None = None, progress: Progress | None = None) -> None:
        self._seconds, self._seed = seconds, seed
        self._told = _Told(progress) if progress is not None else None

    def time(self, rules: PlanningTime, orders: int) -> PlanningTime:
        seconds = min(rules.seconds, orders * _SECONDS_PER_ORDER) if self._seconds is None else self._seconds
        return replace(rules, seconds=seconds, seed=rules.seed if self._seed is None else self._seed)

    def engine(self, orders: int) -> Engine:
        return at_once if self._seconds is None and orders <= FEW else self._solved

    def _solved(self, problem: Problem, time: PlanningTime, start: Solution | None) -> Solution:
        told = self._told.step(problem) if self._told is not None else None
        return solve(problem, time.seconds, time.seed, start, told)


class Unsearched:
    """Carts stay as they are; what is on none of them yet is put where it costs least."""

    def time(self, rules: PlanningTime, orders: int) -> PlanningTime:
        return rules

    def engine(self, orders: int) -> Engine:
        return _unsearched


def _unsearched(problem: Problem, time: PlanningTime, start: Solution | None) -> Solution:
    return plain.plan(problem, 0, time.seed, start, rounds=0)


class _Told:
    """Steps that search only some of the orders have no figures for the whole."""

    def __init__(self, progress: Progress) -> None:
        self._progress, self._began = progress, monotonic()
        self._jobs = self._best = self._start = 0

    def step(self, problem: Problem) -> Progress:
        whole = len(problem.jobs) >= self._jobs
        self._jobs = max(self._jobs, len(problem.jobs))

        def progress(seconds: float, best: int, start: int) -> None:
            if whole:
                self._start = self._start or start
                self._best = min(self._best or best, best)
            self._progress(monotonic() - self._began, self._best, self._start)

        return progress
