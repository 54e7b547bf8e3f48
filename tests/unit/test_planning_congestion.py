"""Narrow aisles: who is in them when, and that nobody meets anybody once trips are moved."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from wms.planning.congestion import Flow, Pass, Round, flowing, passes


def walk(a: int, b: int) -> int:
    return abs(a - b)


def meetings(rounds: Iterable[Round]) -> list[tuple[Round, Round]]:
    """Rounds of two people that are in one aisle at one time; where one leaves as the other enters nobody meets."""
    return [
        (one, other)
        for one, other in combinations(rounds, 2)
        if one.picker != other.picker
        for here in one.passes
        for there in other.passes
        if here.aisle == there.aisle
        and one.begin + here.enter < other.begin + there.leave
        and other.begin + there.enter < one.begin + here.leave
    ]


def test_an_aisle_is_taken_from_its_first_stop_to_its_last() -> None:
    narrow = {10: 1, 12: 1, 30: 2}
    stays = {10: 5, 12: 5, 20: 1, 30: 2}
    assert passes((10, 12, 20, 30, 10), 10, walk, stays, narrow) == (
        Pass(1, 10, 22),
        Pass(2, 41, 43),
        Pass(1, 63, 68),
    )
    assert passes((10,), 1, walk, stays, narrow, margin=3) == (Pass(1, 0, 9),)
    assert passes((), 1, walk, stays, narrow) == ()


def test_the_later_waits_until_the_aisle_is_free() -> None:
    one, other = Round(0, 0, 50, (Pass(1, 10, 20),)), Round(1, 5, 50, (Pass(1, 10, 30),))
    flow = flowing([one, other], tries=0)
    assert flow == Flow((one, Round(1, 10, 50, (Pass(1, 10, 30),))), 5, 0)


def test_another_order_spares_the_waiting() -> None:
    long, short = (Pass(1, 0, 40),), (Pass(2, 0, 10),)
    rounds = [Round(0, 0, 40, long), Round(1, 0, 40, long), Round(1, 40, 40, short)]
    assert flowing(rounds, tries=0).waiting == 40
    flow = flowing(rounds)
    assert flow.waiting == 0
    assert [r.begin for r in flow.rounds] == [0, 40, 0]


def test_what_is_due_goes_before_waiting_less() -> None:
    rounds = [Round(0, 0, 30, (Pass(1, 0, 30),)), Round(1, 5, 10, (Pass(1, 0, 10),), due=15)]
    flow = flowing(rounds)
    assert (flow.late, flow.waiting) == (0, 15)
    assert flowing(rounds, tries=0).late == 25


aisle_passes = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 20), st.integers(1, 15)), max_size=3).map(
    lambda found: tuple(Pass(aisle, enter, enter + stay) for aisle, enter, stay in found)
)


@st.composite
def days(draw: st.DrawFn) -> list[Round]:
    rounds = []
    for picker in range(draw(st.integers(1, 3))):
        now = draw(st.integers(0, 10))
        for _ in range(draw(st.integers(0, 3))):
            rounds.append(Round(picker, now, 40, draw(aisle_passes), draw(st.sampled_from([None, 60, 120]))))
            now += 40
    return rounds


@given(days())
@settings(max_examples=60, deadline=None)
def test_nobody_meets_anybody_nor_walks_two_trips_at_once(rounds: list[Round]) -> None:
    flow, listed = flowing(rounds, tries=40), flowing(rounds, tries=0)
    assert meetings(flow.rounds) == []
    assert (flow.late, flow.waiting) <= (listed.late, listed.waiting)
    waited = 0
    for picker in {r.picker for r in rounds}:
        mine = sorted((r for r in flow.rounds if r.picker == picker), key=lambda r: r.begin)
        free = min(r.begin for r in rounds if r.picker == picker)
        for r in mine:
            assert r.begin >= free
            waited += r.begin - free
            free = r.end
    assert flow.waiting == waited
    if not meetings(rounds):
        assert flow.waiting == 0
