"""From places on carts to a plan: exact tours, who walks them when, or why there is no plan."""

from __future__ import annotations

from collections.abc import Mapping

from wms.planning.compiled.world import Ints
from wms.planning.problem import Infeasible, Problem, Solution, Trip
from wms.planning.promises import trip_duration
from wms.planning.routing.tour import Router
from wms.planning.schedule import Walk, schedule

Known = Mapping[frozenset[int], Trip]
"""Trips of the plan that was gone on from, by their jobs: they are walked as they were where nothing changed."""


def finished(problem: Problem, places: Ints, known: Known, start_cost: int, router: Router) -> Solution:
    """Raises `Infeasible` where jobs may not be late and are."""
    trips = _trips(problem, places, known, router)
    cost = sum(_duration(problem, trip) + _mixed(problem, trip) for trip in trips)
    if problem.pickers:
        trips = _timed(problem, trips)
    late = {
        job: trip.end
        for trip in trips
        for job in trip.jobs
        if problem.pickers and (due := problem.jobs[job].due) is not None and trip.end > due
    }
    if problem.strict and late:
        raise Infeasible(
            tuple(
                (
                    problem.jobs[job].name,
                    f"due at {problem.jobs[job].due}, but back at {late[job]} in the best plan found",
                )
                for job in sorted(late)
            )
        )
    return Solution(tuple(trips), cost, start_cost, tuple(sorted(late)), "compiled")


def _trips(problem: Problem, places: Ints, known: Known, router: Router) -> list[Trip]:
    jobs: dict[int, list[int]] = {}
    for job, place in enumerate(places):
        jobs.setdefault(int(place), []).append(job)
    trips = []
    for on in jobs.values():
        trip = known.get(frozenset(on))
        if trip is None:
            tour = router.tour({stop for job in on for stop in problem.jobs[job].stops})
            trip = Trip(tuple(on), tour.route, tour.length)
        trips.append(trip)
    return trips


def _duration(problem: Problem, trip: Trip) -> int:
    return trip_duration(problem.prices, trip.length, sum(problem.jobs[job].lines for job in trip.jobs))


def _mixed(problem: Problem, trip: Trip) -> int:
    """What further groups in the trip cost."""
    return (problem.prices.per_group or 0) * (len({problem.jobs[job].group for job in trip.jobs}) - 1)


def _timed(problem: Problem, trips: list[Trip]) -> list[Trip]:
    walks = [
        Walk(_duration(problem, trip), tuple(due for job in trip.jobs if (due := problem.jobs[job].due) is not None))
        for trip in trips
    ]
    turns = schedule(walks, problem.pickers).turns
    timed = [
        Trip(trip.jobs, trip.route, trip.length, *turn, locked=trip.locked)
        for trip, turn in zip(trips, turns, strict=True)
    ]
    return sorted(timed, key=lambda trip: (trip.begin, trip.picker, trip.jobs))
