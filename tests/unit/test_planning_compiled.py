"""The compiled engine: its lengths are those of the sweep, its plans keep all rules, small ones are the best there is.

Everything compiled is in this one file, so that of several test processes one compiles.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.planning_problems import GRAPH, SPOTS, STOPS, assert_valid, job_at, least_cost, problems, worth
from tests.unit.walking_floors import Floor, aisles_at_random, shortest_tour, shortest_walks
from wms.planning import solve as solving
from wms.planning.graph import Spot, WalkGraph
from wms.planning.plain import engine as plain
from wms.planning.problem import Infeasible, Job, Picker, Prices, Problem, Solution, Trip
from wms.planning.promises import trip_duration
from wms.planning.routing import router_of
from wms.planning.routing.exact import ExactRouter
from wms.planning.schedule import Walk, lateness
from wms.planning.solve import solve
from wms.planning.verify import faults

np = pytest.importorskip("numpy", reason="comes with the plan extra, which the compiled engine needs")
pytest.importorskip("numba", reason="comes with the plan extra, which the compiled engine needs")

from tests.unit.compiled_lengths import Measured, floors, jobs_on, same  # noqa: E402
from wms.planning.compiled.crew import Crew  # noqa: E402
from wms.planning.compiled.nearness import stretches_apart  # noqa: E402

pytestmark = pytest.mark.timeout(900)  # the first test compiles, which takes a slow machine minutes

BRIEF = 0.03  # seconds of search


@pytest.fixture(scope="module", autouse=True)
def _compiled() -> None:
    """Compiles, or reads what was compiled, so that no test's seconds go by for that."""
    plan(Problem(GRAPH, (job_at(STOPS[0]),), (1,), spots=SPOTS), 0)


def plan(problem: Problem, seconds: float = BRIEF, seed: int = 1, start: Solution | None = None) -> Solution:
    found = solve(problem, seconds, seed, start)
    assert_valid(problem, found, "compiled")
    assert faults(problem, found) == ()
    return found


def best_cost(problem: Problem, hoped: int, start: Solution | None = None) -> int:
    """What the best plan costs that is found; on a busy machine the search is given more time."""
    for seconds in (BRIEF, 0.3, 3.0):
        cost = plan(problem, seconds, start=start).cost
        if cost <= hoped:
            break
    return cost


def trip_of(problem: Problem, *jobs: int, locked: bool = False) -> Trip:
    tour = router_of(problem.graph, problem.spots).tour({stop for job in jobs for stop in problem.jobs[job].stops})
    return Trip(jobs, tour.route, tour.length, locked=locked)


@given(floors())
@settings(max_examples=150, deadline=None)
def test_lengths_are_those_of_the_sweep_and_of_plain_trial(case: tuple[Floor, Random]) -> None:
    floor, chance = case
    problem = jobs_on(floor, chance, 12, most=5)
    measured = Measured(problem, chance)
    walks = shortest_walks(floor.graph)
    for job, length in zip(problem.jobs, measured.crew.alone, strict=True):
        assert same(length, measured.right(job.stops))
        assert same(length, shortest_tour(floor.graph, walks, job.stops) if job.stops else 0)
    measured.check()
    for _ in range(4):
        measured.change()
    measured.check()


@pytest.mark.parametrize("shape", [(2, 2, "fronts", 200), (36, 2, "one", 3), (70, 1, "apart", 2)])
def test_long_and_many_stretches_are_measured_right(shape: tuple[int, int, str, int]) -> None:
    chance = Random(7)
    floor = aisles_at_random(chance, *shape)
    measured = Measured(jobs_on(floor, chance, 30, most=20), chance)
    measured.check()
    for _ in range(10):
        measured.change()
    measured.check()


def test_lengths_of_a_floor_of_kilometres_do_not_run_over() -> None:
    """Forty aisles of four kilometres, one apart, in millimetres: a tour through all is a tenth of what means never."""
    far, aisles = 999_999, 40
    node_of = {(a, n): a * 5 + n for a in range(aisles) for n in range(5)}
    spots = {node: Spot(a, -1, n // 4) if n in (0, 4) else Spot(a, 0) for (a, n), node in node_of.items()}
    links = [(u, v, far) for a in range(aisles) for u, v in pairwise(node_of[a, n] for n in range(5))]
    links += [(node_of[a, n], node_of[a + 1, n], far) for a in range(aisles - 1) for n in (0, 4)]
    links.append((len(node_of), 0, far))
    arcs = tuple(arc for u, v, length in links for arc in ((u, v, length), (v, u, length)))
    graph, bins = (
        WalkGraph(len(node_of) + 1, arcs, (len(node_of),) * 1, (len(node_of),)),
        [n for n in spots if n % 5 in (1, 2, 3)],
    )
    floor, chance = Floor(graph, spots, tuple(bins)), Random(3)
    Measured(jobs_on(floor, chance, 20, most=60), chance).check()
    problem = replace(jobs_on(floor, chance, 20, most=3), capacities=(4,), prices=Prices(per_length=1000))
    assert plan(problem).cost > 2**31


def test_how_many_stretches_a_cart_would_be_led_into_is_counted() -> None:
    chance = Random(11)
    measured = Measured(jobs_on(aisles_at_random(chance, 36, 2, bins=3), chance, 40, most=20), chance)
    where, world = measured.sweep.grid.where, measured.crew.world
    for job in measured.problem.jobs:
        led = {where[stop][:2] for stop in job.stops}
        for cart in range(4):
            new = led - {where[stop][:2] for stop in measured.stops(cart)}
            row = measured.problem.jobs.index(job)
            assert stretches_apart(world.used, row, measured.carts.used, cart) == len(new)


@given(problems(most=6), st.integers(0, 2**31 - 1))
@settings(max_examples=40, deadline=None)
def test_small_problems_are_solved_to_the_optimum(problem: Problem, seed: int) -> None:
    problem = replace(problem, pickers=(), spots=SPOTS)
    cost = least_cost(problem)
    assert best_cost(problem, cost) == cost
    chance = Random(seed)
    alone = tuple(trip_of(problem, job) for job in range(len(problem.jobs)))
    start = Solution(tuple(chance.sample(alone, len(alone))), 0, 0)
    assert best_cost(problem, cost, start) == cost


@given(problems(), st.integers(0, 99))
@settings(max_examples=60, deadline=None)
def test_plans_keep_the_rules_and_are_no_worse_than_where_they_began(problem: Problem, seed: int) -> None:
    problem = replace(problem, spots=SPOTS)
    short, found = plan(problem, 0, seed), plan(problem, BRIEF, seed)
    for before in (short, found):
        after = plan(problem, BRIEF, seed, before)
        assert worth(problem, after) <= worth(problem, before)
    if not problem.pickers:
        assert found.cost <= found.start_cost == short.start_cost


@pytest.mark.parametrize("seed", [5, 126, 637, 647, 736])
def test_a_plan_that_only_seemed_less_late_is_not_taken(seed: int) -> None:
    """While it searches, the engine guesses who walks when; what comes of that may be later than where it began."""
    chance = Random(seed)
    stops = [tuple(sorted(chance.sample(STOPS, chance.randint(1, 3)))) for _ in range(12)]
    jobs = tuple(Job(f"J{each}", each, (1,), 1, 0, chance.choice([None, 40, 80, 120, 160, 200])) for each in stops)
    pickers = (Picker("a", speed=60), Picker("b", 30), Picker("c", speed=170))
    problem = Problem(GRAPH, jobs, (3,), pickers=pickers, spots=SPOTS)
    before = plain.plan(problem, 0, rounds=0)
    assert worth(problem, plan(problem, start=before)) <= worth(problem, before)


@given(problems(), st.integers(0, 99))
@settings(max_examples=60, deadline=None)
def test_strict_deadlines_are_kept_or_said_to_be_too_early(problem: Problem, seed: int) -> None:
    problem = replace(problem, spots=SPOTS, pickers=problem.pickers or (Picker("a", 5, 130),))
    soft = plan(problem, BRIEF, seed)
    if not soft.late:
        assert plan(replace(problem, strict=True), 0, seed, soft).late == ()
        return
    with suppress(Infeasible):
        assert plan(replace(problem, strict=True), BRIEF, seed).late == ()


@given(problems(), st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_locked_trips_stay_and_others_get_no_worse(problem: Problem, seed: int) -> None:
    problem = replace(problem, spots=SPOTS)
    before = plan(problem, 0, seed)
    started = tuple(replace(trip, locked=n % 2 == 0) for n, trip in enumerate(before.trips))
    after = plan(problem, BRIEF, seed, replace(before, trips=started))
    assert {(t.jobs, t.route, t.length) for t in after.trips if t.locked} == {
        (t.jobs, t.route, t.length) for t in started if t.locked
    }
    assert worth(problem, after) <= worth(problem, before)


def test_a_plan_all_of_which_is_locked_stays() -> None:
    problem = Problem(GRAPH, tuple(job_at(stop) for stop in STOPS[:6]), (3,), spots=SPOTS)
    trips = tuple(trip_of(problem, job, 5 - job, locked=True) for job in range(3))
    timed = tuple(replace(trip, picker=2, begin=5, end=9) for trip in trips)  # where there were pickers then
    assert plan(problem, start=Solution(timed, 0, 0)).trips == trips
    wanted_too = trip_of(problem, 5, 1)
    assert plan(problem, start=Solution((wanted_too, *trips), 0, 0)).trips == trips


@pytest.mark.parametrize("others", [(), (8, 9, 10, 11)])
def test_a_locked_trip_that_is_too_full_by_now_takes_nothing_from_others(others: tuple[int, ...]) -> None:
    """Carts hold two jobs now, where they held four or eight. Of the rest, always two are at the same place."""
    stops = [STOPS[3 * (n // 2)] if n < 12 else STOPS[n] for n in range(20)]
    problem = Problem(GRAPH, tuple(job_at(stop) for stop in stops), (2,), spots=SPOTS)
    locked = [trip_of(problem, *jobs, locked=True) for jobs in (others, range(12, 20)) if jobs]
    apart = [trip_of(problem, n, 7 - n) for n in range(4)]
    for seconds in (BRIEF, 0.3, 3.0):
        found = solve(problem, seconds, start=Solution((*apart, *locked), 0, 0))
        assert_valid(problem, found, "compiled")
        assert [trip for trip in found.trips if trip.locked] == locked
        pairs = {trip.jobs for trip in found.trips if not trip.locked}
        if len(pairs) == 6 - len(others) // 2 and all(a // 2 == b // 2 for a, b in pairs):
            break
    else:
        pytest.fail(f"the others could go on carts as they stand, but go as {pairs}")


def test_new_jobs_join_an_earlier_plan_and_what_no_longer_goes_together_is_put_elsewhere() -> None:
    problem = Problem(GRAPH, tuple(job_at(STOPS[n], load=3) for n in range(6)), (6,), spots=SPOTS)
    overfull = Trip((0, 1, 2), tuple(STOPS[:3]), 1)
    gone = Trip((3, 99), (STOPS[3],), 1)
    cost = least_cost(problem)
    assert best_cost(problem, cost, Solution((overfull, gone), 0, 0)) == cost


def test_an_earlier_trip_whose_length_is_not_the_shortest_is_walked_anew() -> None:
    problem = Problem(GRAPH, (job_at(STOPS[0]), job_at(STOPS[1]), job_at(STOPS[2])), (3,), spots=SPOTS)
    right = trip_of(problem, 0, 1, 2)
    detour = (STOPS[1], STOPS[0], STOPS[2])
    found = plan(problem, start=Solution((Trip((0, 1, 2), detour, right.length + 4, 1, 7, 9),), 0, 0))
    assert [(trip.length, trip.picker, trip.begin, trip.end) for trip in found.trips] == [(right.length, -1, 0, 0)]


def halls(*, apart_doors: bool) -> WalkGraph:
    """The floor of `GRAPH` with no way between its last aisle and the others; with doors of its own there, or none."""
    gap = {(15, 22), (22, 15), (21, 28), (28, 21)}
    arcs = tuple(arc for arc in GRAPH.arcs if arc[:2] not in gap)
    if not apart_doors:
        return WalkGraph(GRAPH.size, arcs, (0,), (0,))
    door = GRAPH.size
    return WalkGraph(door + 1, (*arcs, (door, 22, 1), (22, door, 1)), (0, door), (0, door))


@pytest.mark.parametrize("seconds", [0, BRIEF])
def test_jobs_that_no_cart_holds_or_no_way_leads_to_are_named(seconds: float) -> None:
    jobs = (
        Job("fine", (STOPS[0],), (1, 1), 1),
        Job("heavy", (STOPS[0],), (1, 90), 1),
        Job("lost", (STOPS[1], STOPS[-1]), (1, 1), 1),
    )
    with pytest.raises(Infeasible) as refused:
        plan(Problem(halls(apart_doors=False), jobs, (8, 60), spots=SPOTS), seconds)
    assert dict(refused.value.jobs).keys() == {"heavy", "lost"}
    assert "90 of at most 60" in dict(refused.value.jobs)["heavy"]


@pytest.mark.parametrize("seconds", [0, BRIEF])
@pytest.mark.parametrize("per_length", [0, 1])
def test_jobs_that_nobody_can_walk_past_in_one_tour_go_on_two_trips(seconds: float, per_length: int) -> None:
    jobs = tuple(job_at(stop) for stop in (STOPS[0], STOPS[-1], STOPS[1], STOPS[-2]))
    problem = Problem(halls(apart_doors=True), jobs, (8,), Prices(per_length, 1), spots=SPOTS)
    start = Solution((Trip((0, 1, 2, 3), (), 1),), 0, 0)
    for before in (None, start):
        found = plan(problem, seconds, start=before)
        assert len(found.trips) >= 2
    cost = per_length * (trip_of(problem, 0, 2).length + trip_of(problem, 1, 3).length) + 2
    assert best_cost(problem, cost, start) == best_cost(problem, cost) == cost


def test_where_nothing_may_be_late_the_reason_names_who_would_be() -> None:
    jobs = (job_at(STOPS[-1], due=3), job_at(STOPS[0], due=500))
    late = Problem(GRAPH, jobs, (8,), pickers=(Picker("a"),), spots=SPOTS)
    assert plan(late).late == (0,)
    with pytest.raises(Infeasible) as refused:
        plan(replace(late, strict=True))
    assert [name for name, _ in refused.value.jobs] == [jobs[0].name]


def test_a_trip_is_split_where_together_something_would_be_late() -> None:
    """Together they are cheaper, but the second would make the first late."""
    alone = 2 * router_of(GRAPH, SPOTS).tour([STOPS[0]]).length
    jobs = (Job("near", (STOPS[0],), (1,), 0, due=alone), Job("far", (STOPS[-1],), (1,), 0))
    problem = Problem(GRAPH, jobs, (8,), pickers=(Picker("a", speed=50),), strict=True, spots=SPOTS)
    assert len(plan(replace(problem, pickers=())).trips) == 1
    assert len(plan(problem, 0.5, start=Solution((trip_of(problem, 0, 1),), 0, 0)).trips) == 2


def test_lateness_is_that_of_a_timetable_by_earliest_due() -> None:
    """Of every job that is late; trips due first go to whoever ends them first, the quick and the slow."""
    chance = Random(6)
    for _ in range(50):
        dues = [*chance.sample(range(400), 12), None]
        jobs = tuple(job_at(stop, due=due) for stop, due in zip(chance.sample(STOPS, 13), dues, strict=True))
        pickers = tuple(Picker("", chance.randint(0, 50), chance.randint(30, 200)) for _ in range(chance.randint(1, 4)))
        problem = Problem(GRAPH, jobs, (13,), Prices(1, 5, 2, 50), pickers, spots=SPOTS)
        measured = Measured(problem, chance)
        places = np.array([chance.randrange(6) for _ in jobs])
        walks = []
        for cart in {*places.tolist()}:
            on = [job for job in range(13) if places[job] == cart]
            ticks = trip_duration(problem.prices, trip_of(problem, *on).length, len(on))
            walks.append(Walk(ticks, tuple(due for job in on if (due := jobs[job].due) is not None)))
        assert measured.crew.worth(places)[0] == lateness(walks, pickers)


def test_plans_of_one_job_of_none_and_of_jobs_without_stops() -> None:
    one = Problem(GRAPH, (job_at(STOPS[7]),), (1,), spots=SPOTS)
    assert [trip.jobs for trip in plan(one).trips] == [(0,)]
    assert solve(replace(one, jobs=()), BRIEF) == Solution((), 0, 0)
    nowhere = Problem(GRAPH, (job_at(), job_at(group=1), job_at(STOPS[0])), (2,), Prices(1, 0, 0, 1), spots=SPOTS)
    walk = trip_of(nowhere, 2).length
    assert best_cost(nowhere, walk) == walk
    assert plan(replace(nowhere, jobs=(job_at(), job_at())), seconds=0).cost == 0


def test_where_nothing_costs_anything_any_plan_will_do() -> None:
    same_place = Problem(GRAPH, (job_at(STOPS[3]),) * 9, (3,), Prices(per_length=0), spots=SPOTS)
    assert plan(same_place).cost == 0
    assert len(plan(replace(same_place, prices=Prices())).trips) == 3
    no_limits = Problem(GRAPH, (Job("J", STOPS[:1], (), 1),) * 9, (), spots=SPOTS)
    assert len(plan(no_limits).trips) == 1


def test_groups_may_have_any_number() -> None:
    jobs = tuple(job_at(STOPS[n], group=10**9 * (n % 2)) for n in range(6))
    problem = Problem(GRAPH, jobs, (6,), spots=SPOTS)
    assert sorted(trip.jobs for trip in plan(problem).trips) == [(0, 2, 4), (1, 3, 5)]


@pytest.mark.parametrize("group", [None, 3])
def test_many_jobs_are_searched_apart_and_none_is_lost(group: int | None) -> None:
    chance = Random(2)
    jobs = tuple(
        Job(f"J{n}", tuple(chance.sample(STOPS, chance.randint(1, 3))), (chance.randint(1, 4), 1), 1, n % 2)
        for n in range(330)
    )
    problem = Problem(GRAPH, jobs, (12, 9), Prices(1, 2, 1, group), spots=SPOTS)
    told: list[int] = []
    first = plan(problem, 0)
    locked = tuple(replace(trip, locked=n < 5) for n, trip in enumerate(first.trips))
    for seconds in (1, 3, 10):
        told.clear()
        found = solve(problem, seconds, 0, replace(first, trips=locked), lambda gone, best, start: told.append(best))
        assert_valid(problem, found, "compiled")
        assert faults(problem, found) == ()
        assert {trip for trip in found.trips if trip.locked} == set(locked[:5])
        if found.cost < first.cost:
            break
    assert found.cost < first.cost
    assert len(told) >= 2
    assert told == sorted(told, reverse=True)
    assert told[-1] >= found.cost


def test_two_searches_at_once_do_not_meet() -> None:
    """Those who search share a world and nothing else; the parts they get hold each job once, and so does the whole."""
    chance = Random(4)
    problem = Problem(GRAPH, tuple(job_at(*chance.sample(STOPS, 2)) for _ in range(200)), (5,), spots=SPOTS)
    router = router_of(GRAPH, SPOTS)
    assert isinstance(router, ExactRouter)
    crew = Crew(problem, router.sweep, (), 5)
    places = np.arange(200) // 5
    for _ in range(20):
        parts = crew.dealt(places, chance)
        assert (np.sum([part >= 0 for part in parts], axis=0) == 1).all()
        places = crew.joined(parts)
        assert sorted(np.bincount(places)) == [5] * 40


def test_without_the_extra_and_on_other_floors_the_plain_engine_plans(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = Problem(GRAPH, (job_at(STOPS[0]), job_at(STOPS[9])), (1,), spots=SPOTS)
    assert solve(problem, BRIEF).engine == "compiled"
    others = [
        replace(problem, spots=()),
        replace(problem, jobs=(job_at(1),)),  # at a crossing
        replace(problem, graph=WalkGraph(GRAPH.size, GRAPH.arcs[1:], (0,), (0,))),
    ]
    monkeypatch.setattr(solving, "has_compiled", lambda: False)
    for other in (problem, *others):
        assert_valid(other, solve(other, BRIEF))
    monkeypatch.undo()
    for other in others:
        assert_valid(other, solve(other, BRIEF))
