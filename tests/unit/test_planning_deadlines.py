"""Short walks under deadlines: promises first, and no more walked for them than they ask for."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from tests.unit.test_planning_short_walks import AISLES, BAYS, Aisles
from tests.unit.test_planning_waves import NOON
from wms.domain.records import replace as with_
from wms.domain.waiting import to_plan
from wms.planning import wave_search
from wms.planning.deadlines import in_time
from wms.planning.plain.engine import plan
from wms.planning.problem import Job, Picker, Prices, Problem, Solution
from wms.planning.promises import trip_duration
from wms.planning.rules import rules_of
from wms.planning.schedule import Walk, schedule
from wms.planning.site_walks import TICKS, SiteWalks
from wms.planning.wave_desk import desk_of
from wms.planning.wave_plan import ShortWalks
from wms.planning.waves import policy_of

HOUR = 3600 * TICKS


def many(count: int, hours: int) -> Problem:
    """One picker, orders of one line all over the floor, some due each hour."""
    walks = SiteWalks(Aisles().rows, rules_of(Aisles().rows))
    chance = random.Random(3)
    nodes = [walks.node(f"{a}-{b}") for a in range(AISLES) for b in range(BAYS)]
    jobs = [Job(f"o{n}", (chance.choice(nodes),), (1,), 1, 0, chance.randrange(1, hours) * HOUR) for n in range(count)]
    prices = Prices(1000, 600 * TICKS, 60 * TICKS)
    return Problem(walks.graph, tuple(jobs), (6,), prices, (Picker("one"),), spots=walks.spots)


def search(problem: Problem, start: Solution | None, share: float) -> Solution:
    return plan(problem, 0, 1, start, rounds=40)


def lateness(problem: Problem, found: Solution) -> int:
    prices = problem.prices
    walks = [
        Walk(trip_duration(prices, trip.length, len(trip.jobs)), tuple(problem.jobs[job].due for job in trip.jobs))
        for trip in found.trips
    ]
    return schedule(walks, problem.pickers).lateness


def length(found: Solution) -> int:
    return sum(trip.length for trip in found.trips)


def test_promises_that_ask_for_nothing_cost_nothing():
    problem = many(60, 60)
    undue = replace(problem, jobs=tuple(replace(job, due=None) for job in problem.jobs))
    late_ones = replace(problem, jobs=tuple(replace(job, due=99 * HOUR) for job in problem.jobs))
    found = in_time(late_ones, search, HOUR)
    assert lateness(late_ones, found) == 0
    assert length(found) <= length(search(undue, None, 1))


def test_promises_are_kept_with_carts_that_are_nearly_full():
    problem = many(90, 6)
    found = in_time(problem, search, HOUR)
    assert sorted(job for trip in found.trips for job in trip.jobs) == list(range(90))
    assert all(len(trip.jobs) <= 6 for trip in found.trips)
    by_itself = search(problem, None, 1)
    free = search(replace(problem, pickers=()), None, 1)
    assert lateness(problem, found) < lateness(problem, free)
    assert (lateness(problem, found), length(found)) <= (lateness(problem, by_itself), length(by_itself))


def test_without_anything_due_one_search_is_all():
    asked = []

    def once(problem: Problem, start: Solution | None, share: float) -> Solution:
        asked.append(share)
        return search(problem, start, share)

    problem = many(10, 60)
    in_time(replace(problem, jobs=tuple(replace(job, due=None) for job in problem.jobs)), once, HOUR)
    assert asked == [1.0]


def test_a_search_that_finds_no_way_under_deadlines_by_itself_is_shown_one():
    """As on many orders: putting any two on one cart makes something late until nearly all are put together well."""
    problem = many(90, 6)

    def stuck(problem: Problem, start: Solution | None, share: float) -> Solution:
        if not problem.pickers:
            return search(problem, start, share)
        return start or search(replace(problem, capacities=(1,)), None, share)

    found = in_time(problem, stuck, HOUR)
    assert len(found.trips) <= 20
    assert lateness(problem, found) < lateness(problem, search(replace(problem, pickers=()), None, 1))


def test_a_plan_in_several_steps_takes_the_time_of_one(monkeypatch):
    warehouse = Aisles("[cart]\nslots = 1\n[planning]\nseconds = 10\n")
    for n in range(AISLES * BAYS):
        warehouse.goods(f"s{n}")
        warehouse.stock(f"{n // BAYS}-{n % BAYS}", f"s{n}", 9)
        warehouse.order(f"o{n}", (f"s{n}", 1), ship_by=NOON + 3600 + n * 60)
    spent = []

    def timed(problem: Problem, seconds: float, seed: int, start: Solution | None, progress: object) -> Solution:
        spent.append(seconds)
        return search(problem, start, 1)

    monkeypatch.setattr(wave_search, "solve", timed)
    desk = desk_of(warehouse.rows, NOON, policy_of(warehouse.rows), "Asia/Shanghai")
    effort, orders = wave_search.Searched(4), to_plan(warehouse.rows, NOON)
    rules = with_(desk.rules, planning=effort.time(desk.rules.planning, len(orders)))
    ShortWalks(effort.engine(len(orders))).at(replace(desk, rules=rules), orders, 1)
    assert len(spent) > 2
    assert sum(spent) == pytest.approx(4)
