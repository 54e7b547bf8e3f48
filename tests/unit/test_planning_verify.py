"""A sound plan passes, and whatever is wrong with one is found: with what is carried, walked, counted or promised."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.small_instances import instance
from tests.unit.trips_apart import trips_apart
from wms.planning.graph import WalkGraph
from wms.planning.instance import read_instance
from wms.planning.problem import Job, Prices, Problem, Solution, Trip
from wms.planning.verify import faults, walked

PLAIN = read_instance(instance(5)).problem
TIMED = read_instance(instance(5, pickers=2)).problem


@pytest.mark.parametrize("problem", [PLAIN, TIMED])
def test_a_sound_plan_has_no_faults(problem):
    assert faults(problem, trips_apart(problem)) == ()


def _changed(problem: Problem, n: int = 0, **values: object) -> Solution:
    plan = trips_apart(problem)
    trips = list(plan.trips)
    trips[n] = replace(trips[n], **values)  # type: ignore[arg-type]
    return replace(plan, trips=tuple(trips))


def test_an_order_left_out_or_planned_twice_is_found():
    plan = trips_apart(PLAIN)
    assert "orders[4] (id 14) is in 0 trips" in faults(PLAIN, replace(plan, trips=plan.trips[:-1]))
    assert "orders[0] (id 10) is in 2 trips" in faults(PLAIN, replace(plan, trips=(*plan.trips, plan.trips[0])))
    assert "there is no job 9" in faults(PLAIN, _changed(PLAIN, jobs=(9,)))


def test_a_cart_too_full_is_found():
    problem = replace(PLAIN, capacities=(1,))
    heavy = [n for n, job in enumerate(problem.jobs) if job.loads[0] > 1]
    assert f"trip {heavy[0] + 1}: it carries {problem.jobs[heavy[0]].loads[0]}, the cart holds 1" in faults(
        problem, trips_apart(problem)
    )


def test_groups_that_never_mix_are_found_mixed_and_others_are_paid_for():
    graph = WalkGraph(2, ((0, 1, 7), (1, 0, 7)), (0,), (0,))
    jobs = (Job("a", (1,), (1,), 1, group=0), Job("b", (1,), (1,), 1, group=1))
    problem = Problem(graph, jobs, (2,))
    plan = Solution((Trip((0, 1), (1,), 14),), 14, 14)
    assert faults(problem, plan) == ("trip 1: it mixes groups",)
    priced = replace(problem, prices=Prices(per_group=5))
    assert faults(priced, plan) == ("the plan costs 19, not 14",)
    assert faults(priced, replace(plan, cost=19)) == ()


def test_a_stop_passed_by_is_found():
    plan = trips_apart(PLAIN)
    missed = plan.trips[0].route[0]
    found = faults(PLAIN, _changed(PLAIN, route=plan.trips[0].route[1:]))
    assert f"trip 1: its route does not pass the nodes {missed}" in found


def test_a_length_or_a_cost_not_true_is_found():
    plan = trips_apart(PLAIN)
    length = plan.trips[0].length
    found = faults(PLAIN, _changed(PLAIN, length=length - 1))
    assert f"trip 1: its length is {length}, not {length - 1}" in found
    assert faults(PLAIN, replace(plan, cost=1)) == (f"the plan costs {plan.cost}, not 1",)


def test_a_picker_in_two_places_or_none_is_found():
    plan = trips_apart(TIMED)
    second = next(n for n, trip in enumerate(plan.trips) if trip.begin)
    took = plan.trips[second].end - plan.trips[second].begin
    assert any(
        "begins at 0, but is free at" in one for one in faults(TIMED, _changed(TIMED, second, begin=0, end=took))
    )
    assert any("but needs" in one for one in faults(TIMED, _changed(TIMED, end=plan.trips[0].end - 1)))
    assert any("there is no picker 7" in one for one in faults(TIMED, _changed(TIMED, picker=7)))


def test_a_late_order_is_found():
    plan = trips_apart(TIMED)
    jobs = (replace(TIMED.jobs[0], due=plan.trips[0].end - 1), *TIMED.jobs[1:])
    strict = replace(TIMED, jobs=jobs)
    assert faults(strict, plan) == ("orders[0] (id 10) is late", "1 jobs are late, not 0")
    assert faults(replace(strict, strict=False), replace(plan, late=(0,))) == ()


def test_one_way_stretches_and_several_ends_count_as_they_are():
    graph = WalkGraph(4, ((0, 1, 5), (1, 2, 1), (2, 3, 4), (3, 1, 1), (2, 0, 9)), (0, 3), (0, 3))
    assert walked(graph, [(1, 2), (2, 1), (1,), ()]) == [1 + 1 + 4, 2 + 5 + 5, 1 + 5, 0]


def test_what_cannot_be_walked_is_found():
    graph = WalkGraph(3, ((0, 1, 5), (1, 0, 5), (1, 2, 5)), (0,), (0,))
    problem = Problem(graph, (Job("a", (2,), (1,), 1),), (1,))
    assert faults(problem, Solution((Trip((0,), (2,), 5),), 5, 5)) == ("trip 1: its route can't be walked",)
