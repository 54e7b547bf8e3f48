"""Promises: how early a job can be done whatever we do, so that what will be late is known before anybody walks."""

from __future__ import annotations

from wms.planning.problem import Job, Prices, Problem
from wms.planning.routing.tour import Router
from wms.planning.schedule import takes


def earliest_end(problem: Problem, job: Job, router: Router) -> int:
    """When the first picker would be back who went for this job alone, at once; in ticks."""
    duration = trip_duration(problem.prices, router.tour(job.stops).length, job.lines)
    return min(picker.ready + takes(duration, picker.speed) for picker in problem.pickers)


def trip_duration(prices: Prices, length: int, lines: int) -> int:
    """Working time of one trip in ticks, at speed 100."""
    return prices.per_length * length + prices.per_trip + prices.per_line * lines
