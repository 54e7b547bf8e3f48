"""From places on carts to a plan: exact tours, who walks them when, or why there is no plan."""

from __future__ import annotations

from collections.abc import Sequence

from wms.planning.compiled.world import Ints
from wms.planning.problem import Infeasible, Problem, Solution, Trip
from wms.planning.promises import trip_duration
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
        cost = sum(self._duration(trip) + self._mixed(trip) for trip in trips)
        if self._problem.pickers:
            trips = self._timed(trips)
        return Solution(tuple(trips), cost, self._start_cost, tuple(sorted(self._late(trips))), "compiled")

    def best(self, plans: Sequence[Solution]) -> Solution:
        """The least late, then the cheapest of them. Raises `Infeasible` where jobs may not be late and are."""
        best = min(plans, key=lambda plan: (sum(self._late(plan.trips).values()), plan.cost))
        if self._problem.strict and best.late:
            raise Infeasible(
                tuple(
                    (job.name, f"due at {job.due}, but back at {(job.due or 0) + late} in the best plan found")
                    for n, late in sorted(self._late(best.trips).items())
                    for job in [self._problem.jobs[n]]
                )
            )
        return best

    def _late(self, trips: Sequence[Trip]) -> dict[int, int]:
        """How many ticks, for each job that is."""
        ends = {job: trip.end for trip in trips if trip.picker >= 0 for job in trip.jobs}
        dues = {job: self._problem.jobs[job].due for job in ends}
        return {job: ends[job] - due for job, due in dues.items() if due is not None and ends[job] > due}

    def _trip(self, jobs: Sequence[int]) -> Trip:
        kept = self._kept.get(frozenset(jobs))
        if kept is not None and kept.locked and kept.length >= 0:
            return Trip(kept.jobs, kept.route, kept.length, locked=True)
        stops = {stop for job in jobs for stop in self._problem.jobs[job].stops}
        tour = self._router.tour(stops)
        if kept is not None and kept.length == tour.length and set(kept.route) == stops:
            return Trip(kept.jobs, kept.route, kept.length)
        return Trip(tuple(jobs), tour.route, tour.length, locked=kept is not None and kept.locked)

    def _duration(self, trip: Trip) -> int:
        lines = sum(self._problem.jobs[job].lines for job in trip.jobs)
        return trip_duration(self._problem.prices, trip.length, lines)

    def _mixed(self, trip: Trip) -> int:
        """What further groups in the trip cost."""
        groups = {self._problem.jobs[job].group for job in trip.jobs}
        return (self._problem.prices.per_group or 0) * (len(groups) - 1)

    def _timed(self, trips: Sequence[Trip]) -> list[Trip]:
        jobs = self._problem.jobs
        walks = [
            Walk(self._duration(trip), tuple(due for job in trip.jobs if (due := jobs[job].due) is not None))
            for trip in trips
        ]
        turns = schedule(walks, self._problem.pickers).turns
        timed = [
            Trip(trip.jobs, trip.route, trip.length, *turn, locked=trip.locked)
            for trip, turn in zip(trips, turns, strict=True)
        ]
        return sorted(timed, key=lambda trip: (trip.begin, trip.picker, trip.jobs))
