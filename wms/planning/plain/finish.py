"""The end: tours as short as the router makes them, who walks when, and the plan for others; or why there is none."""

from __future__ import annotations

from collections.abc import Callable

from wms.planning.plain.carts import Carts
from wms.planning.plain.search import State, state
from wms.planning.problem import Infeasible, Job, Problem, Solution, Trip
from wms.planning.promises import kept_or_refused
from wms.planning.routing.distances import Distances
from wms.planning.routing.tour import Router, Unreachable
from wms.planning.schedule import Timetable, Turn, schedule
from wms.planning.touring import UNWALKABLE

_PATIENCE = 6_000  # changes of the timetable: a fifth of a second for 250 trips


def check(problem: Problem, distances: Distances, router: Router) -> None:
    """Raises `Infeasible` for jobs that no plan can hold, as far as that shows without a walk past all their stops."""
    doubtful = (job for job in problem.jobs if _too_much(problem, job) or distances.cut_off(job.stops))
    trouble = tuple((job.name, trouble_of(problem, job, router)) for job in doubtful)
    if trouble:
        raise Infeasible(trouble)


def check_walks(problem: Problem, first: State, router: Router) -> None:
    """Raises `Infeasible` for jobs whose stops one-way stretches let nobody walk past in one tour. The first plan puts
    them together with no others."""
    doubtful = (problem.jobs[j] for cart in first.carts if cart.length >= UNWALKABLE for j in cart.jobs)
    trouble = tuple((job.name, trouble_of(problem, job, router)) for job in doubtful)
    if trouble:
        raise Infeasible(trouble)


def _too_much(problem: Problem, job: Job) -> list[str]:
    """Its loads that are more than a cart holds, in words."""
    return [
        f"{load} of at most {most}" for load, most in zip(job.loads, problem.capacities, strict=True) if load > most
    ]


def trouble_of(problem: Problem, job: Job, router: Router) -> str:
    """Why no plan can hold a job; '' where one can."""
    if over := _too_much(problem, job):
        return f"too large for a cart: {', '.join(over)}"
    try:
        router.tour(job.stops)
    except Unreachable as reason:
        return str(reason)
    return ""


def polished(carts: Carts, found: State, router: Router, over: Callable[[], bool]) -> State:
    """The plan with its tours found by a better router, as many as there is time for."""
    for cart in found.carts:
        if over():
            break
        if cart.kept is None:
            carts.tours.knows(router.tour(cart.stops))
    again = state(carts, [carts.cart(cart.jobs, kept=cart.kept) for cart in found.carts])
    return min(found, again, key=lambda s: s.worth)


def solution(problem: Problem, carts: Carts, found: State, start_cost: int, router: Router) -> Solution:
    """The plan with who walks what when. Raises `Infeasible` where jobs may not be late and are."""
    table = Timetable(tuple(Turn(-1, 0, 0) for _ in found.carts), 0)
    if problem.pickers:
        table = schedule([cart.walk for cart in found.carts], problem.pickers, _PATIENCE)
    trips = []
    for cart, turn in zip(found.carts, table.turns, strict=True):
        route = cart.kept.route if cart.kept else carts.tours.tour(cart.stops).route
        trips.append(Trip(cart.jobs, route, cart.length, *turn, locked=cart.kept is not None))
    trips.sort(key=lambda trip: (trip.begin, trip.picker, trip.jobs))
    return Solution(tuple(trips), found.cost, start_cost, kept_or_refused(problem, trips, router))
