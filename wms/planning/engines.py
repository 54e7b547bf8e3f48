"""Engines: how long and with what a plan is looked for."""

from __future__ import annotations

from wms.planning.compiled.cache import is_warm
from wms.planning.plain import engine as plain
from wms.planning.problem import Problem, Solution
from wms.planning.rules import PlanningTime
from wms.planning.solve import has_compiled, solve

FEW = 60
"""Up to so many jobs a release is planned by steps instead of by the clock: the same orders give the same plan on any
machine, and no compiled library has to be loaded for it."""

_STEPS, _LEAST = 300, 30  # of a search for a second, and of any


def at_once(problem: Problem, time: PlanningTime, start: Solution | None) -> Solution:
    """For a release that was not planned before: while it decides, nobody else gets an answer, so it never waits for
    code to be compiled. Raises `Infeasible`."""
    if len(problem.jobs) <= FEW:
        return plain.plan(problem, 0, time.seed, start, rounds=max(_LEAST, round(_STEPS * time.release_seconds)))
    if has_compiled() and is_warm():
        return solve(problem, time.release_seconds, time.seed, start)
    return plain.plan(problem, time.release_seconds, time.seed, start)
