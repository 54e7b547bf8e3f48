"""Deadlines: short walks first, and only as much of them given up as promises ask for.

The plan with the shortest walks is looked for as if nothing were due. Mostly it keeps all promises by itself, since
the trips that are due first are walked first. If not, those due before all work can be done are put together with
others due about the same time. That is what the search under deadlines goes on from, which by itself finds it hard to
put trips together at all: each step on the way makes something late.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from wms.planning.problem import Job, Problem, Solution, Trip
from wms.planning.promises import walk_for
from wms.planning.schedule import Walk, schedule

Search = Callable[[Problem, Solution | None, float], Solution]
"""For a share of the time there is, going on from an earlier plan where there is one. Raises `Infeasible`."""

_PATIENCE = 2_000
_FREE, _APART = 0.4, 0.3  # of the time: to look for short walks, and for walks of what is due together


def in_time(problem: Problem, search: Search, together: int) -> Solution:
    """A plan with little lateness first, then with short walks. Jobs due within `together` ticks of each other may
    share trips freely. Raises `Infeasible`."""
    if not problem.pickers or all(job.due is None for job in problem.jobs):
        return search(problem, None, 1.0)
    undue = replace(problem, pickers=())
    free = search(undue, None, _FREE)
    if not _late(problem, free):
        longer = search(undue, free, 1 - _FREE)
        return free if _late(problem, longer) else longer
    apart = _apart(problem, search, _all_done(problem, free), together)
    first = min(apart, free, key=lambda plan: (_late(problem, plan), plan.cost))
    found = search(problem, first, 1 - _FREE - _APART)
    return min(first, found, key=lambda plan: (_late(problem, plan), plan.cost))


def _walks(problem: Problem, trips: Sequence[Trip]) -> list[Walk]:
    return [walk_for(problem.prices, _of(problem, trip.jobs), trip.length) for trip in trips]


def _late(problem: Problem, plan: Solution) -> int:
    return schedule(_walks(problem, plan.trips), problem.pickers, _PATIENCE).lateness


def _all_done(problem: Problem, plan: Solution) -> int:
    """When the last of these trips ends."""
    return schedule(_walks(problem, plan.trips), problem.pickers, 0).end


def _apart(problem: Problem, search: Search, end: int, together: int) -> Solution:
    """The plan in which those due about the same time share trips, and what can wait for the `end` the rest."""
    classes: dict[int | None, list[int]] = {}
    for n, job in enumerate(problem.jobs):
        kind = None if job.due is None or job.due >= end else job.due // together
        classes.setdefault(kind, []).append(n)
    trips: list[Trip] = []
    cost = 0
    for jobs in classes.values():
        share = _APART * len(jobs) / len(problem.jobs)
        part = search(replace(problem, jobs=_of(problem, jobs), pickers=()), None, share)
        trips += [replace(trip, jobs=tuple(jobs[job] for job in trip.jobs)) for trip in part.trips]
        cost += part.cost
    return Solution(tuple(trips), cost, cost)


def _of(problem: Problem, jobs: Sequence[int]) -> tuple[Job, ...]:
    return tuple(problem.jobs[job] for job in jobs)
