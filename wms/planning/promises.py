"""Promises: which jobs will be late whatever we do, and which only in this plan."""

from __future__ import annotations

from dataclasses import dataclass

from wms.planning.problem import Job, Prices, Problem, Solution
from wms.planning.routing.tour import Router
from wms.planning.schedule import takes


@dataclass(frozen=True, slots=True)
class LateJob:
    """`due`, `earliest` and `end` in ticks after the start: when it should be back, when it could be if somebody went
    for it alone and at once, and when it is in the plan."""

    name: str
    due: int
    earliest: int
    end: int


@dataclass(frozen=True, slots=True)
class Promises:
    """`certain` will be late whatever we do: call. `planned` are late in this plan, though alone they need not be."""

    certain: tuple[LateJob, ...]
    planned: tuple[LateJob, ...]


def promise_check(problem: Problem, solution: Solution, router: Router) -> Promises:
    """What a plan breaks of its promises, the earliest due first; nothing where no pickers are named.

    A trip with more jobs is never shorter than a trip for one of them, so a job too late alone is too late in any plan,
    as far as `router` finds shortest ones.
    """
    ends = {job: trip.end for trip in solution.trips if trip.picker >= 0 for job in trip.jobs}
    late = []
    for index, end in ends.items():
        job = problem.jobs[index]
        if job.due is not None and end > job.due:
            late.append(LateJob(job.name, job.due, earliest_end(problem, job, router), end))
    late.sort(key=lambda job: (job.due, job.name))
    certain = tuple(job for job in late if job.earliest > job.due)
    return Promises(certain, tuple(job for job in late if job.earliest <= job.due))


def earliest_end(problem: Problem, job: Job, router: Router) -> int:
    """When the first picker would be back who went for this job alone, at once; in ticks."""
    duration = trip_duration(problem.prices, router.tour(job.stops).length, job.lines)
    return min(picker.ready + takes(duration, picker.speed) for picker in problem.pickers)


def trip_duration(prices: Prices, length: int, lines: int) -> int:
    """Working time of one trip in ticks, at speed 100."""
    return prices.per_length * length + prices.per_trip + prices.per_line * lines
