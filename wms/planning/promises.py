"""Promises: what is late in a plan, and whether it had to be."""

from __future__ import annotations

from collections.abc import Sequence

from wms.planning.problem import Infeasible, Job, Prices, Problem, Trip
from wms.planning.routing.tour import Router
from wms.planning.schedule import Walk, soonest


def trip_duration(prices: Prices, length: int, lines: int) -> int:
    """Working time of one trip in ticks, at speed 100."""
    return prices.per_length * length + prices.per_trip + prices.per_line * lines


def walk_for(prices: Prices, jobs: Sequence[Job], length: int) -> Walk:
    """One trip for all of these jobs, as a timetable has it."""
    duration = trip_duration(prices, length, sum(job.lines for job in jobs))
    return Walk(duration, tuple(job.due for job in jobs if job.due is not None))


def earliest_end(problem: Problem, job: Job, router: Router) -> int:
    """When the first picker would be back who went for this job alone, at once; in ticks."""
    duration = walk_for(problem.prices, (job,), router.tour(job.stops).length).duration
    return soonest(duration, problem.pickers)


def late_ends(problem: Problem, trips: Sequence[Trip]) -> dict[int, int]:
    """When those jobs are back that are late; nothing where nobody is named who walks."""
    ends = {job: trip.end for trip in trips if trip.picker >= 0 for job in trip.jobs}
    return {job: end for job, end in ends.items() if (due := problem.jobs[job].due) is not None and end > due}


def kept_or_refused(problem: Problem, trips: Sequence[Trip], router: Router) -> tuple[int, ...]:
    """The late jobs. Raises `Infeasible` where there are any and none may be."""
    late = late_ends(problem, trips)
    if problem.strict and late:
        raise Infeasible(tuple((problem.jobs[j].name, _why(problem, j, end, router)) for j, end in late.items()))
    return tuple(sorted(late))


def _why(problem: Problem, job: int, end: int, router: Router) -> str:
    due, earliest = problem.jobs[job].due, earliest_end(problem, problem.jobs[job], router)
    if due is not None and earliest > due:
        return f"due at {due}, but even alone not back before {earliest}"
    return f"due at {due}, but back at {end} in the best plan found"
