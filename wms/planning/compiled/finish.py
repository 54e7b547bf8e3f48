"""From places on carts to a plan: exact tours, who walks them when, or why there is no plan."""

from __future__ import annotations

from collections.abc import Sequence

from wms.planning.compiled.world import Ints
from wms.planning.problem import Problem, Solution, Trip
from wms.planning.promises import kept_or_refused, late_ends, walk_for
from wms.planning.routing.tour import Router
from wms.planning.schedule import Walk, schedule


class Finish:
    """`kept` are trips of the plan that was gone on from: they are walked as they were where nothing changed."""

    def __init__(self, problem: Problem, kept: Sequence[Trip], start_cost: int, router: Router) -> None:
        self._problem, self._start_cost, self._router = problem, start_cost, router
        self._kept = {frozenset(trip.jobs): trip for trip in kept}

    def plan(self, places: Ints) -> Solution:
        """The jobs of each place as a trip."""
        jobs: dict[int, list[int]] = {}
        for job, place in enumerate(places):
            jobs.setdefault(int(place), []).append(job)
        trips = [self._trip(on) for on in jobs.values()]
        cost = sum(self._walk(trip).duration + self._mixed(trip) for trip in trips)
        if self._problem.pickers:
            trips = self._timed(trips)
        late = tuple(sorted(late_ends(self._problem, trips)))
        return Solution(tuple(trips), cost, self._start_cost, late, "compiled")

    def best(self, plans: Sequence[Solution]) -> Solution:
        """The least late, then the cheapest of them. Raises `Infeasible` where jobs may not be late and are."""
        best = min(plans, key=lambda plan: (self._lateness(plan), plan.cost))
        kept_or_refused(self._problem, best.trips, self._router)
        return best

    def _lateness(self, plan: Solution) -> int:
        """In ticks, over all jobs."""
        ends = late_ends(self._problem, plan.trips)
        return sum(ends.values()) - sum(self._problem.jobs[job].due or 0 for job in ends)

    def _trip(self, jobs: Sequence[int]) -> Trip:
        kept = self._kept.get(frozenset(jobs))
        if kept is not None and kept.locked and kept.length >= 0:
            return Trip(kept.jobs, kept.route, kept.length, locked=True)
        stops = {stop for job in jobs for stop in self._problem.jobs[job].stops}
        tour = self._router.tour(stops)
        if kept is not None and kept.length == tour.length and set(kept.route) == stops:
            return Trip(kept.jobs, kept.route, kept.length)
        return Trip(tuple(jobs), tour.route, tour.length, locked=kept is not None and kept.locked)

    def _walk(self, trip: Trip) -> Walk:
        return walk_for(self._problem.prices, [self._problem.jobs[job] for job in trip.jobs], trip.length)

    def _mixed(self, trip: Trip) -> int:
        """What further groups in the trip cost."""
        groups = {self._problem.jobs[job].group for job in trip.jobs}
        return (self._problem.prices.per_group or 0) * (len(groups) - 1)

    def _timed(self, trips: Sequence[Trip]) -> list[Trip]:
        turns = schedule([self._walk(trip) for trip in trips], self._problem.pickers).turns
        timed = [
            Trip(trip.jobs, trip.route, trip.length, *turn, locked=trip.locked)
            for trip, turn in zip(trips, turns, strict=True)
        ]
        return sorted(timed, key=lambda trip: (trip.begin, trip.picker, trip.jobs))
