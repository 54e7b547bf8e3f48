"""The plain engine: every plan keeps the rules, none is worse than where it began, small ones are the best there is."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.planning_problems import GRAPH, SPOTS, STOPS, assert_valid, least_cost, problems, worth
from wms.planning.graph import WalkGraph
from wms.planning.plain.beginning import by_due, first_come
from wms.planning.plain.carts import Carts
from wms.planning.plain.engine import plan
from wms.planning.plain.lengths import ExactLengths
from wms.planning.plain.search import Search, state
from wms.planning.problem import Infeasible, Job, Picker, Problem, Solution, Trip
from wms.planning.routing import router_of
from wms.planning.touring import Tours

ONE_WAY = WalkGraph(4, ((0, 1, 5), (1, 2, 5), (2, 3, 5), (3, 0, 5)), (0,), (0,))


@given(problems(), st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_plans_keep_the_rules_and_are_no_worse_than_where_they_began(problem: Problem, seed: int) -> None:
    short = plan(problem, 9, seed, rounds=0)
    found = plan(problem, 9, seed, rounds=15)
    assert_valid(problem, short)
    assert_valid(problem, found)
    assert found.start_cost == short.start_cost
    if problem.spots:  # else the last polishing of tours may bring short more than the search did
        assert worth(problem, found) <= worth(problem, short)
    if not problem.pickers:
        assert found.cost <= found.start_cost
    assert plan(problem, 9, seed, rounds=15) == found


@given(problems(most=6))
@settings(max_examples=12, deadline=None, derandomize=True)
def test_small_problems_are_solved_to_the_optimum(problem: Problem) -> None:
    problem = replace(problem, pickers=(), spots=SPOTS)
    assert plan(problem, 9, rounds=300).cost == least_cost(problem)


@given(problems(), st.integers(0, 99))
@settings(max_examples=15, deadline=None)
def test_locked_trips_stay_and_others_get_no_worse(problem: Problem, seed: int) -> None:
    before = plan(problem, 9, seed, rounds=0)
    started = (replace(before.trips[0], locked=True), *before.trips[1:])
    after = plan(problem, 9, seed, replace(before, trips=started), rounds=10)
    assert_valid(problem, after)
    locked = [trip for trip in after.trips if trip.locked]
    assert [(trip.jobs, trip.route, trip.length) for trip in locked] == [
        (before.trips[0].jobs, before.trips[0].route, before.trips[0].length)
    ]
    assert worth(problem, after) <= worth(problem, before)


def test_new_jobs_join_an_earlier_plan_and_what_no_longer_goes_together_is_put_elsewhere() -> None:
    jobs = tuple(Job(f"J{n}", (STOPS[n],), (3,), 1) for n in range(6))
    problem = Problem(GRAPH, jobs, (6,), spots=SPOTS)
    overfull = Trip((0, 1, 2), tuple(STOPS[:3]), 1)
    gone = Trip((3, 99), (STOPS[3],), 1)
    found = plan(problem, 9, start=Solution((overfull, gone), 0, 0), rounds=20)
    assert_valid(problem, found)
    assert len(found.trips) == 3


def test_without_time_there_is_still_a_whole_plan() -> None:
    chance = Random(3)
    jobs = tuple(Job(f"J{n}", tuple(sorted(chance.sample(STOPS, 3))), (1,), 3) for n in range(150))
    told: list[tuple[float, int, int]] = []
    found = plan(Problem(GRAPH, jobs, (8,), spots=SPOTS), 0, progress=lambda *facts: told.append(facts))
    assert_valid(Problem(GRAPH, jobs, (8,), spots=SPOTS), found)
    assert told
    assert told[0][1] == told[0][2] == found.start_cost >= found.cost


def test_jobs_that_no_cart_holds_or_no_way_leads_to_are_named() -> None:
    lost = WalkGraph(GRAPH.size + 1, GRAPH.arcs, (0,), (0,))
    jobs = (
        Job("fine", (STOPS[0],), (1, 1), 1),
        Job("heavy", (STOPS[0],), (1, 90), 1),
        Job("lost", (GRAPH.size,), (1, 1), 1),
    )
    with pytest.raises(Infeasible) as refused:
        plan(Problem(lost, jobs, (8, 60)), 9, rounds=1)
    assert dict(refused.value.jobs).keys() == {"heavy", "lost"}
    assert "90 of at most 60" in dict(refused.value.jobs)["heavy"]


def test_where_nothing_may_be_late_the_reason_names_who_would_be() -> None:
    jobs = (Job("soon", (STOPS[-1],), (1,), 1, due=3), Job("calm", (STOPS[0],), (1,), 1, due=500))
    late = Problem(GRAPH, jobs, (8,), pickers=(Picker("a"),), spots=SPOTS)
    assert plan(late, 9, rounds=5).late == (0,)
    with pytest.raises(Infeasible) as refused:
        plan(replace(late, strict=True), 9, rounds=5)
    ((name, reason),) = refused.value.jobs
    assert name == "soon"
    assert "even alone" in reason


def test_a_trip_is_split_where_together_something_would_be_late() -> None:
    """Together they are cheaper, but the second would make the first late."""
    near, far = STOPS[0], STOPS[-1]
    alone = 2 * router_of(GRAPH, SPOTS).tour([near]).length
    jobs = (Job("near", (near,), (1,), 0, due=alone), Job("far", (far,), (1,), 0))
    problem = Problem(GRAPH, jobs, (8,), pickers=(Picker("a"),), strict=True, spots=SPOTS)
    assert len(plan(replace(problem, pickers=()), 9, rounds=30).trips) == 1
    found = plan(problem, 9, rounds=30)
    assert_valid(problem, found)
    assert len(found.trips) == 2


def test_jobs_that_one_way_stretches_keep_apart_go_on_two_trips() -> None:
    fork = WalkGraph(4, ((0, 1, 5), (1, 3, 5), (0, 2, 5), (2, 3, 5)), (0,), (3,))
    jobs = (Job("left", (1,), (1,), 1), Job("right", (2,), (1,), 1))
    found = plan(Problem(fork, jobs, (8,)), 9, rounds=10)
    assert [trip.length for trip in found.trips] == [10, 10]
    ring = plan(Problem(ONE_WAY, jobs, (8,)), 9, rounds=10)
    assert [(trip.route, trip.length) for trip in ring.trips] == [((1, 2), 20)]


def test_what_is_due_soon_is_put_together_where_mixed_trips_would_be_late() -> None:
    """Two jobs at each place, one of them due soon: the shortest trips hold both, and end too late for most."""
    jobs = tuple(Job(f"J{n}", (STOPS[n % 20],), (1,), 0, due=150 if n < 20 else 1000) for n in range(40))
    problem = Problem(GRAPH, (*jobs[1::2], *jobs[::2]), (8,), pickers=(Picker("a"),), spots=SPOTS)
    found = plan(problem, 9, rounds=0)
    assert_valid(problem, found)
    assert found.late == ()
    assert plan(replace(problem, pickers=()), 9, rounds=0).cost < found.cost < found.start_cost


def test_many_due_times_make_a_few_parts() -> None:
    jobs = tuple(Job(f"J{n}", (STOPS[0],), (1,), 0, due=(n * 7) % 50 or None) for n in range(50))
    carts = Carts(Problem(GRAPH, jobs, (8,), pickers=(Picker("a"),)), Tours(router_of(GRAPH)))
    parts = by_due(carts, range(50))
    assert [len(part) for part in parts] == [9, 9, 9, 9, 9, 5]
    assert [jobs[j].due for part in parts for j in part] == [*range(1, 50), None]
    assert by_due(carts, [3, 0, 1]) == [[1], [3], [0]]


def test_the_best_of_a_search_is_kept_however_far_it_strays() -> None:
    chance = Random(5)
    jobs = tuple(Job(f"J{n}", tuple(sorted(chance.sample(STOPS, 3))), (1,), 3) for n in range(12))
    problem = Problem(GRAPH, jobs, (4,), spots=SPOTS)
    carts = Carts(problem, Tours(router_of(GRAPH, SPOTS), ExactLengths.of(problem)))
    search = Search(carts, state(carts, first_come(carts, range(12))), chance)
    before = search.best.worth
    for _ in range(60):
        search.step(10_000)
        assert search.best.worth <= before
        before = search.best.worth


@given(problems(), st.integers(0, 99))
@settings(max_examples=25, deadline=None)
def test_quick_lengths_are_those_of_the_router(problem: Problem, seed: int) -> None:
    problem, router = replace(problem, spots=SPOTS), router_of(GRAPH, SPOTS)
    lengths, chance = ExactLengths.of(problem), Random(seed)
    assert lengths is not None
    for _ in range(5):
        stops = frozenset(s for job in chance.choices(problem.jobs, k=3) for s in job.stops)
        assert lengths.length(stops) == router.tour(stops).length


def test_nothing_to_plan_is_a_plan() -> None:
    assert plan(Problem(GRAPH, (), (8,)), 9) == Solution((), 0, 0)
