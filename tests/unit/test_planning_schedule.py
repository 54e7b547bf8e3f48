"""Who walks what when: against every possible timetable of small days; what nobody can bring in time is named."""

from __future__ import annotations

from collections.abc import Collection
from itertools import permutations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wms.planning.graph import WalkGraph
from wms.planning.problem import Job, Picker, Prices, Problem
from wms.planning.promises import earliest_end
from wms.planning.routing.tour import Tour
from wms.planning.schedule import Timetable, Walk, lateness, schedule, takes

walks = st.lists(
    st.builds(Walk, st.integers(1, 20), st.lists(st.integers(0, 60), max_size=3).map(tuple)), min_size=1, max_size=5
)
pickers = st.lists(
    st.builds(Picker, st.just("p"), st.integers(0, 15), st.sampled_from([50, 80, 100, 150])), min_size=1, max_size=2
)


def late_of(day: list[Walk], table: Timetable) -> int:
    return sum(max(0, turn.end - due) for walk, turn in zip(day, table.turns, strict=True) for due in walk.dues)


def least_late(day: list[Walk], people: list[Picker]) -> int:
    """The least lateness of any timetable: every order of walks with everybody's part of it."""
    best = None
    for order in permutations(range(len(day))):
        for given_to in product(range(len(people)), repeat=len(day)):
            ends = [person.ready for person in people]
            late = 0
            for walk in order:
                who = given_to[walk]
                ends[who] += takes(day[walk].duration, people[who].speed)
                late += sum(max(0, ends[who] - due) for due in day[walk].dues)
            best = late if best is None else min(best, late)
    assert best is not None
    return best


@given(walks, pickers)
@settings(max_examples=60, deadline=None)
def test_a_timetable_is_possible_and_counts_lateness_right(day: list[Walk], people: list[Picker]) -> None:
    table = schedule(day, people)
    assert table.lateness == late_of(day, table)
    for p, person in enumerate(people):
        now = person.ready
        for walk, turn in sorted(zip(day, table.turns, strict=True), key=lambda pair: pair[1].begin):
            if turn.picker == p:
                assert turn.begin == now
                assert turn.end == now + takes(walk.duration, person.speed)
                now = turn.end
    assert table.lateness <= lateness(day, people)


@given(walks, pickers)
@settings(max_examples=40, deadline=None)
def test_small_days_are_close_to_the_least_late_and_never_below(day: list[Walk], people: list[Picker]) -> None:
    best, found = least_late(day, people), schedule(day, people).lateness
    assert best <= found <= best * 1.3 + 5
    assert lateness(day, people, patience=2000) >= best


@given(st.lists(st.builds(Walk, st.integers(1, 20), st.lists(st.integers(0, 60), max_size=2).map(tuple)), max_size=5))
@settings(max_examples=60, deadline=None)
def test_one_picker_who_can_be_in_time_is(day: list[Walk]) -> None:
    """By Jackson's rule the earliest due first is in time whenever any order is."""
    people = [Picker("p")]
    if day and least_late(day, people) == 0:
        assert schedule(day, people).lateness == 0


def test_lateness_counts_for_every_job_of_a_trip() -> None:
    one, many = Walk(10, (8,)), Walk(10, (9, 9, 9))
    table = schedule([one, many], [Picker("p")])
    assert table.turns[1].begin == 0  # three wait for it, though the other is due before
    assert table.lateness == 3 * 1 + 12


def test_exchanges_bring_in_time_what_earliest_due_first_does_not() -> None:
    day = [Walk(4, (8,)), Walk(4, (8,)), Walk(6, (14,)), Walk(6, (14,)), Walk(8, (15,))]
    slow_and_fast = [Picker("a"), Picker("b", 2)]
    assert lateness(day, slow_and_fast) > schedule(day, slow_and_fast).lateness
    assert lateness(day, slow_and_fast, patience=500) == schedule(day, slow_and_fast).lateness


def test_without_dues_everybody_is_back_early() -> None:
    day = [Walk(t) for t in (7, 3, 5, 9, 6)]
    assert schedule(day, [Picker("a"), Picker("b")]).end == 15
    assert schedule(day, [Picker("a"), Picker("b", speed=50)]).end == 20


def test_without_walks_nobody_is_late_and_without_pickers_nothing_can_be_walked() -> None:
    assert schedule([], [Picker("a", 5)]) == Timetable((), 0)
    assert schedule([], [Picker("a", 5)]).end == 0
    with pytest.raises(ValueError, match="nobody"):
        schedule([Walk(1)], [])


class AlongALine:
    """Stops stand on a line, as far from the depot as their number says."""

    exact = True

    def tour(self, stops: Collection[int]) -> Tour:
        return Tour(2 * max(stops, default=0), tuple(sorted(stops)))


def test_a_trip_takes_its_walk_its_start_and_its_lines() -> None:
    job = Job("far", (50,), (1,), 2, due=100)
    problem = Problem(WalkGraph(60, (), (0,), (0,)), (job,), (5,), Prices(per_trip=3, per_line=2), (Picker("anne"),))
    assert earliest_end(problem, job, AlongALine()) == 100 + 3 + 2 * 2


def test_the_earliest_end_is_that_of_whoever_is_back_first() -> None:
    job = Job("far", (50,), (1,), 1, due=100)
    crew = (Picker("busy", ready=200), Picker("slow", ready=20, speed=50))
    problem = Problem(WalkGraph(60, (), (0,), (0,)), (job,), (5,), Prices(), crew)
    assert earliest_end(problem, job, AlongALine()) == 20 + 2 * 100
