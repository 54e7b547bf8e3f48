"""The search for a draft: as long as somebody cares to wait, telling how it goes."""

from __future__ import annotations

from wms.planning.engines import at_once
from wms.planning.plain import engine as plain
from wms.planning.problem import Problem, Progress, Solution
from wms.planning.rules import PlanningTime
from wms.planning.solve import solve
from wms.planning.wave_plan import Engine

FEW = 12
"""Up to so many jobs nobody need wait for a search that leaves nothing out."""

_SECONDS_PER_JOB = 0.25


def search(
    seconds: float | None = None, seed: int | None = None, progress: Progress | None = None, instead_of: float = 0
) -> Engine:
    """An engine that takes `seconds` in all `instead_of` those that the rules say, or as many as these: fewer where
    there are few jobs. A plan may be looked for in several steps, each with its share."""

    def engine(problem: Problem, time: PlanningTime, start: Solution | None) -> Solution:
        if seconds is None and len(problem.jobs) <= FEW:
            return at_once(problem, PlanningTime(seed=_or(seed, time.seed)), start)
        share = time.seconds / instead_of if instead_of else 1.0
        long = seconds_for(problem, time) if seconds is None else seconds * share
        return solve(problem, long, _or(seed, time.seed), start, progress)

    return engine


def seconds_for(problem: Problem, time: PlanningTime) -> float:
    """How long a search takes where nobody says so."""
    return min(time.seconds, len(problem.jobs) * _SECONDS_PER_JOB)


def unsearched(problem: Problem, time: PlanningTime, start: Solution | None) -> Solution:
    """An engine that leaves carts as they are; what is on none of them yet is put where it costs least."""
    return plain.plan(problem, 0, time.seed, start, rounds=0)


def _or(said: int | None, otherwise: int) -> int:
    return otherwise if said is None else said
