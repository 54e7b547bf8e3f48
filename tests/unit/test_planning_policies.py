"""Walking habits: the routes the papers describe, and never shorter than the shortest."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.walking_floors import (
    GATES,
    Bin,
    aisles_at_random,
    aisles_with,
    one_way_at_random,
    shortest_walks,
    walked,
)
from wms.planning.routing import Unreachable
from wms.planning.routing.policies import POLICIES, NoParallelAisles, policy_router
from wms.planning.rules import BadPlanningRules, defaults, read

HABITS = [name for name in POLICIES if name != "optimal"]


def met(
    policy: str, bins: list[Bin], aisles: int, blocks: int, depot: tuple[int, int] = (0, 0)
) -> tuple[list[Bin], int]:
    floor, node_of = aisles_with(bins, aisles, blocks, depot)
    tour = policy_router(policy, floor.graph, floor.spots).tour(floor.bins)
    place_of = {node: place for place, node in node_of.items()}
    return [place_of[node] for node in tour.route], tour.length


ONE_BLOCK: list[Bin] = [(0, 0, 2), (0, 0, 9), (1, 0, 1), (1, 0, 8), (2, 0, 3), (2, 0, 4), (4, 0, 6), (4, 0, 7)]


def along(aisle: int, *offsets: int, block: int = 0) -> list[Bin]:
    return [(aisle, block, offset) for offset in offsets]


def test_the_rules_of_a_site_know_every_policy_and_no_other() -> None:
    for name in POLICIES:
        assert read(f'[walking]\nrouting = "{name}"', "rules", defaults()).walking.routing == name
    with pytest.raises(BadPlanningRules, match=f"one of {', '.join(POLICIES)}$"):
        read('[walking]\nrouting = "snake"', "rules", defaults())


def test_s_shape_in_one_block() -> None:
    route, length = met("s-shape", ONE_BLOCK, 5, 1)
    assert route == along(0, 2, 9) + along(1, 8, 1) + along(2, 3, 4) + along(4, 7, 6)
    assert length == 4 * 10 + 2 * 12


def test_s_shape_leaves_an_odd_last_aisle_by_the_front() -> None:
    bins = along(0, 2, 9) + along(1, 1, 8) + along(2, 3, 8) + along(3, 5) + along(4, 2, 3)
    route, length = met("s-shape", bins, 5, 1)
    assert route == along(0, 2, 9) + along(1, 8, 1) + along(2, 3, 8) + along(3, 5) + along(4, 2, 3)
    assert length == 4 * 10 + 2 * 3 + 2 * 12


def test_return_in_one_block() -> None:
    bins = along(0, 2, 4) + along(1, 1, 5) + along(2, 3) + along(4, 4, 2)
    route, length = met("return", bins, 5, 1)
    assert route == along(0, 2, 4) + along(1, 1, 5) + along(2, 3) + along(4, 2, 4)
    assert length == 2 * (4 + 5 + 3 + 4) + 2 * 12


def test_from_stop_to_stop_one_walks_the_shortest_way() -> None:
    """The habit says in which order; it doesn't send anybody back to the front when the back is nearer."""
    assert met("return", along(0, 9) + along(1, 9), 2, 1) == (along(0, 9) + along(1, 9), 9 + (1 + 3 + 1) + 9 + 3)


def test_largest_gap_in_one_block() -> None:
    route, length = met("largest-gap", ONE_BLOCK, 5, 1)
    assert route == along(0, 2, 9) + along(1, 8) + along(4, 7, 6) + along(2, 3, 4) + along(1, 1)
    assert length == 2 * 10 + 2 * 12 + 2 * 2 + 2 * 4 + 2 * 1


@pytest.mark.parametrize("name", HABITS)
def test_a_single_aisle_is_left_where_it_was_entered(name: str) -> None:
    assert met(name, along(2, 4, 6), 5, 1) == (along(2, 4, 6), 2 * (6 + 6))


TWO_BLOCKS: list[Bin] = [
    *along(0, 5, block=0),
    *along(1, 4, 8, block=1),
    *along(2, 1, 9, block=1),
    *along(3, 5, block=1),
    *along(1, 7, block=0),
    *along(2, 2, 3, block=0),
    *along(3, 1, 8, block=0),
]


def test_s_shape_in_two_blocks() -> None:
    """Up the first aisle, through the farther block from left to right, then the nearer one from its closer end."""
    route, _ = met("s-shape", TWO_BLOCKS, 4, 2)
    farther = along(1, 4, 8, block=1) + along(2, 9, 1, block=1) + along(3, 5, block=1)
    assert route == along(0, 5) + farther + along(3, 8, 1) + along(2, 2, 3) + along(1, 7)


def test_largest_gap_in_two_blocks() -> None:
    route, _ = met("largest-gap", TWO_BLOCKS, 4, 2)
    farther = along(1, 4, 8, block=1) + along(2, 9, block=1) + along(3, 5, block=1) + along(2, 1, block=1)
    # from the front of aisle 2 the nearer block's ends are equally close, so the left one comes first
    assert route == along(0, 5) + farther + along(1, 7) + along(2) + along(3, 8, 1) + along(2, 2, 3)


def test_return_in_two_blocks() -> None:
    route, _ = met("return", TWO_BLOCKS, 4, 2)
    farther = along(1, 4, 8, block=1) + along(2, 1, 9, block=1) + along(3, 5, block=1)
    assert route == along(0, 5) + farther + along(3, 8, 1) + along(2, 2, 3) + along(1, 7)


@pytest.mark.parametrize("name", HABITS)
def test_a_depot_in_another_corner_turns_the_habit_round(name: str) -> None:
    route, length = met(name, TWO_BLOCKS, 4, 2)
    turned = [(3 - a, 1 - b, 10 - offset) for a, b, offset in TWO_BLOCKS]
    assert met(name, turned, 4, 2, (3, 2)) == ([(3 - a, 1 - b, 10 - offset) for a, b, offset in route], length)


@settings(max_examples=250, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 5), st.integers(1, 4), st.sampled_from(GATES), st.booleans())
def test_no_habit_beats_the_optimum(seed: int, aisles: int, blocks: int, gates: str, broken: bool) -> None:
    chance = Random(seed)
    floor = aisles_at_random(chance, aisles, blocks, gates, broken=broken)
    stops = chance.sample(range(floor.graph.size), min(floor.graph.size, chance.randint(1, 20)))
    optimal = policy_router("optimal", floor.graph, floor.spots)
    walks = shortest_walks(floor.graph)
    for name in HABITS:
        try:
            router = policy_router(name, floor.graph, floor.spots)
        except NoParallelAisles:
            assert not optimal.exact
            return
        try:
            tour = router.tour(stops)
        except Unreachable:
            with pytest.raises(Unreachable):
                optimal.tour(stops)
            return
        assert not router.exact
        assert sorted(tour.route) == sorted(stops)
        assert tour.length == walked(floor.graph, walks, tour.route)
        if optimal.exact:
            assert tour.length >= optimal.tour(stops).length


def test_habits_need_aisles() -> None:
    floor = one_way_at_random(Random(1), 9)
    for name in HABITS:
        with pytest.raises(NoParallelAisles, match=name):
            policy_router(name, floor.graph, ())
    assert not policy_router("optimal", floor.graph, ()).exact
    with pytest.raises(KeyError):
        policy_router("u-shape", floor.graph, ())
