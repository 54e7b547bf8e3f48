"""Tours compared with plain trial on many small floors, and with a MIP on some larger ones.

`--soak` tries many more.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from random import Random
from typing import TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.walking_floors import (
    FAR,
    GATES,
    Floor,
    aisles_at_random,
    one_way_at_random,
    shortest_tour,
    shortest_walks,
    walked,
)
from wms.planning.graph import Spot, WalkGraph
from wms.planning.routing import Unreachable, router_of

MANY = settings(max_examples=2000, deadline=None)
SOME = settings(max_examples=100, deadline=None)
SOAK = settings(max_examples=50_000, deadline=None)

Case: TypeAlias = tuple[Floor, list[int]]


@st.composite
def aisles(draw: st.DrawFn, fewest: int = 1, most: int = 7) -> Case:
    """A floor of parallel aisles and some stops in it."""
    chance = Random(draw(st.integers(0, 2**32)))
    shape = draw(st.integers(1, 5)), draw(st.integers(1, 3)), draw(st.sampled_from(GATES))
    floor = aisles_at_random(chance, *shape, broken=draw(st.booleans()))
    return floor, chance.sample(floor.bins, min(draw(st.integers(fewest, most)), len(floor.bins)))


@st.composite
def one_way(draw: st.DrawFn, most: int = 7) -> Case:
    chance = Random(draw(st.integers(0, 2**32)))
    doors = draw(st.integers(1, 2)), draw(st.integers(1, 2))
    floor = one_way_at_random(chance, draw(st.integers(6, 14)), *doors, arcs=draw(st.sampled_from((1.5, 2, 3))))
    return floor, chance.sample(floor.bins, min(draw(st.integers(1, most)), len(floor.bins)))


def is_shortest(case: Case) -> None:
    """A tour is as long as its route, past all stops, and no longer than the shortest; where there is none, the stops
    named are such that no tour leads past them."""
    floor, stops = case
    walks = shortest_walks(floor.graph)
    shortest = shortest_tour(floor.graph, walks, stops) if stops else 0
    router = router_of(floor.graph, floor.spots)
    if shortest >= FAR:
        with pytest.raises(Unreachable) as lost:
            router.tour(stops)
        assert set(lost.value.stops) <= set(stops)
        assert shortest_tour(floor.graph, walks, lost.value.stops) >= FAR
        return
    tour = router.tour(stops)
    assert sorted(tour.route) == sorted(stops)
    assert tour.length == walked(floor.graph, walks, tour.route)
    if router.exact or len(stops) <= 9:
        assert tour.length == shortest
    else:
        assert tour.length >= shortest


test_tours_through_aisles_are_the_shortest = MANY(given(aisles())(is_shortest))
test_longer_tours_through_aisles_are_the_shortest = SOME(given(aisles(8, 11))(is_shortest))
test_tours_on_floors_with_one_way_stretches = settings(MANY, max_examples=700)(given(one_way())(is_shortest))
test_longer_tours_on_floors_with_one_way_stretches = SOME(given(one_way(11))(is_shortest))

test_tours_through_aisles_in_the_long_run = pytest.mark.soak(SOAK(given(aisles(1, 9))(is_shortest)))
test_tours_with_one_way_stretches_in_the_long_run = pytest.mark.soak(SOAK(given(one_way(10))(is_shortest)))


@pytest.mark.parametrize("gates", GATES)
@pytest.mark.parametrize("blocks", [1, 2, 3])
def test_aisles_are_walked_exactly(gates: str, blocks: int) -> None:
    """The comparisons above would say little if most floors were left to the heuristic."""
    floors = [aisles_at_random(Random(seed), 4, blocks, gates) for seed in range(40)]
    exact = sum(router_of(floor.graph, floor.spots).exact for floor in floors)
    assert exact >= 20


def test_four_blocks_are_left_to_the_heuristic() -> None:
    floor = aisles_at_random(Random(1), 5, 4)
    router = router_of(floor.graph, floor.spots)
    assert not router.exact
    assert sorted(router.tour(floor.bins).route) == sorted(floor.bins)


def test_the_heuristic_comes_near_the_optimum() -> None:
    gaps = []
    for seed in range(16):
        chance = Random(seed)
        floor = aisles_at_random(chance, 8, 1 + seed % 3, bins=8)
        stops = chance.sample(floor.bins, min(len(floor.bins), chance.randint(20, 60)))
        exact, heuristic = router_of(floor.graph, floor.spots), router_of(floor.graph)
        assert exact.exact
        assert not heuristic.exact
        shortest, found = exact.tour(stops), heuristic.tour(stops)
        assert found.length >= shortest.length
        gaps.append(found.length / shortest.length - 1)
    assert sum(gaps) / len(gaps) <= 0.005
    assert max(gaps) <= 0.05


def test_the_heuristic_against_a_mip_with_one_way_stretches() -> None:
    gaps = []
    for seed in range(12):
        chance = Random(seed)
        floor = one_way_at_random(chance, 60, 2, 2, arcs=3.5)
        stops = chance.sample(floor.bins, 18)
        walks = shortest_walks(floor.graph)
        shortest = mip_tour(floor, walks, stops)
        tour = router_of(floor.graph).tour(stops)
        assert tour.length == walked(floor.graph, walks, tour.route) >= shortest
        gaps.append(tour.length / shortest - 1)
    assert sum(gaps) / len(gaps) <= 0.01


@pytest.mark.parametrize("gates", GATES)
def test_aisles_against_a_mip(gates: str) -> None:
    for seed in range(4):
        chance = Random(seed)
        floor = aisles_at_random(chance, 6, 1 + seed % 3, gates)
        stops = chance.sample(floor.bins, min(16, len(floor.bins)))
        tour = router_of(floor.graph, floor.spots).tour(stops)
        assert tour.length == mip_tour(floor, shortest_walks(floor.graph), stops)


def test_the_same_stops_in_any_order_give_the_same_tour() -> None:
    floor = aisles_at_random(Random(3), 5, 2, bins=6)
    for router in (router_of(floor.graph, floor.spots), router_of(floor.graph)):
        tour = router.tour(floor.bins)
        assert router.tour([*reversed(floor.bins), *floor.bins]) == tour
        assert router_of(floor.graph, floor.spots if router.exact else ()).tour({*floor.bins}) == tour


def test_no_stops_no_walk() -> None:
    floor = aisles_at_random(Random(3), 5, 2)
    for router in (router_of(floor.graph, floor.spots), router_of(floor.graph)):
        assert router.tour([]).length == 0
        assert router.tour([]).route == ()


def test_stops_at_crossings_and_at_the_depot_itself() -> None:
    for seed in range(60):
        chance = Random(seed)
        floor = aisles_at_random(chance, 3, 2, chance.choice(GATES))
        stops = [*chance.sample(floor.bins, min(4, len(floor.bins))), chance.randrange(9), floor.graph.starts[0]]
        is_shortest((floor, stops))


def test_a_bin_that_is_cut_off_is_named() -> None:
    way = [(0, 1), (1, 2), (2, 3), (4, 5)]  # depot, aisle 0 with bin 2; an aisle on its own
    graph = WalkGraph(7, tuple((a, b, 1) for u, v in way for a, b in ((u, v), (v, u))), (0,), (0,))
    spots = {1: Spot(0, -1, 0), 2: Spot(0, 0), 3: Spot(0, -1, 1), 4: Spot(1, -1, 0), 5: Spot(1, 0), 6: Spot(1, -1, 1)}
    for router in (router_of(graph, spots), router_of(graph)):
        assert router.tour([2]).length == 4
        for cut_off in (5, 99, -1):
            with pytest.raises(Unreachable) as lost:
                router.tour([2, cut_off])
            assert lost.value.stops == (cut_off,)
            assert str(cut_off) in str(lost.value)


def test_one_way_stretches_beside_each_other_are_no_tour() -> None:
    """Either bin can be walked past, but nobody comes from one to the other."""
    graph = WalkGraph(4, ((0, 1, 1), (0, 2, 1), (1, 3, 1), (2, 3, 1)), (0,), (3,))
    router = router_of(graph)
    assert router.tour([1]).length == router.tour([2]).length == 2
    with pytest.raises(Unreachable) as lost:
        router.tour([1, 2])
    assert lost.value.stops == (1, 2)


def test_many_stops_along_a_one_way_aisle() -> None:
    """There is but one order, which whoever takes the near door in the middle first will miss."""
    line = list(range(1, 31))
    order = Random(1).sample(line, len(line))
    arcs = [*((a, b, 40) for a, b in pairwise([0, *order, 31])), (0, order[20], 1)]
    assert router_of(WalkGraph(32, tuple(arcs), (0,), (31,))).tour(line).route == tuple(order)


def mip_tour(floor: Floor, walks: Sequence[Sequence[int]], stops: Sequence[int]) -> int:
    """The shortest tour as an assignment of successors without circles beside it, each cut off when it comes up
    (Dantzig, Fulkerson & Johnson 1954)."""
    highspy = pytest.importorskip("highspy", reason="highspy solves the MIP that tours are compared with")
    n = len(stops) + 1
    first = [min(walks[s][stop] for s in floor.graph.starts) for stop in stops]
    last = [min(walks[stop][e] for e in floor.graph.ends) for stop in stops]
    rows = [[0, *first], *([end, *(walks[a][b] for b in stops)] for a, end in zip(stops, last, strict=True))]
    solver = highspy.Highs()
    solver.silent()
    step = {(a, b): solver.addBinary(obj=min(rows[a][b], 10**6)) for a in range(n) for b in range(n) if a != b}
    for a in range(n):
        solver.addConstr(sum(step[a, b] for b in range(n) if a != b) == 1)
        solver.addConstr(sum(step[b, a] for b in range(n) if a != b) == 1)
    while True:
        solver.minimize()
        onward = {a: b for (a, b), x in step.items() if solver.val(x) > 0.5}
        circles = []
        left = set(onward)
        while left:
            circle = [min(left)]
            while (following := onward[circle[-1]]) != circle[0]:
                circle.append(following)
            left -= {*circle}
            circles.append({*circle})
        if len(circles) == 1:
            return sum(rows[a][b] for a, b in onward.items())
        for circle in circles:
            solver.addConstr(sum(x for (a, b), x in step.items() if a in circle and b not in circle) >= 1)
