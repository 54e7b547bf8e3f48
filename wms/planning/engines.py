"""Engines: how long and with what a plan is looked for."""

from __future__ import annotations

from wms.planning.problem import Problem, Solution
from wms.planning.rules import PlanningTime

FEW = 60
"""Up to so many jobs a release is planned by steps instead of by the clock: the same orders give the same plan on any
machine, and no compiled library has to be loaded for it."""

_STEPS = 150


def at_once(problem: Problem, time: PlanningTime, start: Solution | None) -> Solution:
    """For a release that was not planned before: while it decides, nobody else gets an answer. Raises `Infeasible`."""
    if len(problem.jobs) <= FEW:
        from wms.planning.plain.engine import plan

        return plan(problem, 0, time.seed, start, rounds=_STEPS)
    return _solved(problem, time.release_seconds, time.seed, start)


def thorough(problem: Problem, time: PlanningTime, start: Solution | None) -> Solution:
    """For a plan that somebody waits for. Raises `Infeasible`."""
    return _solved(problem, time.seconds, time.seed, start)


def _solved(problem: Problem, seconds: float, seed: int, start: Solution | None) -> Solution:
    from wms.planning.plain.engine import plan

    return plan(problem, seconds, seed, start)
