"""The engine: a first plan at once, a better beginning, then the search for as long as there is time."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from random import Random
from time import perf_counter

from wms.planning.plain.beginning import by_due, earlier, first_come, savings
from wms.planning.plain.carts import Carts
from wms.planning.plain.finish import check, check_walks, polished, solution
from wms.planning.plain.lengths import ExactLengths
from wms.planning.plain.search import Search, State, state
from wms.planning.problem import Problem, Progress, Solution
from wms.planning.routing import router_of
from wms.planning.routing.distances import Distances
from wms.planning.routing.heuristic import HeuristicRouter
from wms.planning.routing.tour import Router, Tour
from wms.planning.touring import QuickRouter, Tours

_BEGINNING = 0.6  # of the time, at most, for a better beginning
_POLISHING = 0.25  # of the time, where tours can still be improved after the search
_HOT, _COLD = 0.05, 0.0005  # heat at the beginning and at the end, as parts of what a trip costs
_SAMPLE = 3  # tours timed for how long all will take
_MARGIN = 1.3
_TELL_S = 0.25  # between two reports of progress


def plan(
    problem: Problem,
    seconds: float,
    seed: int = 0,
    start: Solution | None = None,
    progress: Progress | None = None,
    router: Router | None = None,
    rounds: int | None = None,
) -> Solution:
    """The best plan found in about `seconds`, or with `rounds` after so many steps of the search: then the same seed
    gives the same plan. However short the time, a first plan is made.

    From `start` (whose trips name jobs of this problem) what still may go together is kept, and locked trips as they
    are; jobs that it doesn't name are added. The plan is never worse than that, nor than first come, first served.
    Raises `Infeasible` if jobs can't go on any cart or can't be reached, or, where none may be late, if no plan was
    found in which none is.
    """
    clock = _Clock(seconds, rounds, progress)
    router = router or router_of(problem.graph, problem.spots)
    distances = router.distances if isinstance(router, HeuristicRouter) else Distances(problem.graph)
    check(problem, distances, router)
    if not problem.jobs:
        return Solution((), 0, 0)
    tours = Tours(router, ExactLengths.of(problem)) if router.exact else Tours(QuickRouter(distances))
    if not router.exact:
        for trip in start.trips if start else ():
            tours.knows(Tour(distances.length(trip.route), trip.route))
    carts, chance = Carts(problem, tours), Random(seed)  # noqa: S311 - plans, not secrets
    first, beginning = _beginning(carts, start, chance, clock)
    check_walks(problem, first, router)
    reserve = clock.timed(carts, beginning) if router.exact else seconds * _POLISHING
    best = _searched(carts, beginning, first, chance, clock, reserve)
    if not router.exact:
        best = polished(carts, best, router, clock.over)
    return solution(problem, carts, best, first.cost, router)


def _beginning(carts: Carts, start: Solution | None, chance: Random, clock: _Clock) -> tuple[State, State]:
    """The first whole plan, and the best to go on from."""
    kept, rest = earlier(carts, start.trips if start else ())
    first = state(carts, [*kept, *first_come(carts, rest)])
    clock.tell(first, first)
    found = [first]
    if rest and not clock.over():
        found.append(state(carts, [*kept, *savings(carts, rest, clock)]))
        if found[-1].late:
            apart = [cart for jobs in by_due(carts, rest) for cart in savings(carts, jobs, clock)]
            found.append(state(carts, [*kept, *apart]))
    if kept and rest:
        found.append(Search(carts, state(carts, kept), chance).settled(rest))
    return first, min(found, key=lambda s: s.worth)


class _Clock:
    """How much of the search is over: by time, or by steps where those are limited."""

    def __init__(self, seconds: float, rounds: int | None, progress: Progress | None) -> None:
        self._begun, self._seconds, self._rounds, self._progress = perf_counter(), seconds, rounds, progress
        self._told = -_TELL_S

    def over(self) -> bool:
        """Whether there is no time for more."""
        return self._rounds is None and self.gone >= self._seconds

    def spare(self) -> float:
        """Seconds left for a better beginning, before they are better spent on the search."""
        return inf if self._rounds is not None else _BEGINNING * self._seconds - self.gone

    @property
    def gone(self) -> float:
        return perf_counter() - self._begun

    def shares(self, reserve: float) -> Iterator[float]:
        """One for each step: how much of the search is over, from 0 to 1. The last `reserve` seconds are left alone."""
        if self._rounds is not None:
            yield from (step / self._rounds for step in range(self._rounds))
            return
        begun, end = self.gone, self._seconds - reserve
        while (now := self.gone) < end:
            yield (now - begun) / (end - begun)

    def timed(self, carts: Carts, found: State) -> float:
        """About how many seconds the routes of a plan will take at the end."""
        begun, some = self.gone, found.carts[:_SAMPLE]
        for cart in some:
            carts.tours.tour(cart.stops)
        return _MARGIN * (self.gone - begun) * len(found.carts) / len(some)

    def tell(self, best: State, first: State) -> None:
        if self._progress is not None and self.gone - self._told >= _TELL_S:
            self._told = self.gone
            self._progress(self._told, best.cost, first.cost)


def _searched(carts: Carts, beginning: State, first: State, chance: Random, clock: _Clock, reserve: float) -> State:
    search = Search(carts, beginning, chance)
    if search.idle:
        return beginning
    hot, cold = _HOT * search.scale, _COLD * search.scale
    for share in clock.shares(reserve):
        search.step(hot * (cold / hot) ** share if hot else 0.0)
        clock.tell(search.best, first)
    return search.best
