"""Heavy first, fragile last: small tours against every order of their picks."""

from __future__ import annotations

from itertools import combinations, permutations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wms.planning.graph import WalkGraph
from wms.planning.routing.distances import Distances
from wms.planning.routing.tour import Unreachable
from wms.planning.sequence import RankedPick, sequenced


def floor(chance: Random, size: int) -> WalkGraph:
    """A ring with some ways across, some of them one-way."""
    arcs = [(n, (n + 1) % size, chance.randint(1, 9)) for n in range(size)]
    arcs += [(b, a, length) for a, b, length in arcs]
    arcs += [(chance.randrange(size), chance.randrange(size), chance.randint(1, 9)) for _ in range(size // 2)]
    return WalkGraph(size, tuple(arcs), (0,), (chance.choice([0, size - 1]),))


@st.composite
def tours(draw: st.DrawFn, least: int = 1, most: int = 6) -> tuple[list[RankedPick], Distances]:
    chance = Random(draw(st.integers(0, 10**6)))
    distances = Distances(floor(chance, 30))
    stops = chance.sample(range(1, 29), draw(st.integers(least, most)))
    picks = [RankedPick(stop, chance.randint(0, 2)) for stop in stops]
    return picks, distances


def inverted(picks: list[RankedPick], order: tuple[int, ...]) -> int:
    return sum(picks[a].rank > picks[b].rank for a, b in combinations(order, 2))


def walked(picks: list[RankedPick], distances: Distances, order: tuple[int, ...]) -> int:
    return distances.length([picks[n].stop for n in order])


@given(tours())
@settings(max_examples=40, deadline=None)
def test_ranks_are_kept_by_the_shortest_tour_that_keeps_them(tour: tuple[list[RankedPick], Distances]) -> None:
    picks, distances = tour
    found = sequenced(picks, distances)
    orders = list(permutations(range(len(picks))))
    lengths = {order: walked(picks, distances, order) for order in orders}
    assert found.inversions == inverted(picks, found.picks) == 0
    assert found.length == walked(picks, distances, found.picks)
    assert found.length == min(lengths[order] for order in orders if not inverted(picks, order))
    assert found.free_length == min(lengths.values())
    assert found.detour >= 0


@given(tours(), st.integers(0, 12))
@settings(max_examples=40, deadline=None)
def test_a_price_is_weighed_against_the_walk(tour: tuple[list[RankedPick], Distances], price: int) -> None:
    picks, distances = tour
    found = sequenced(picks, distances, price)
    worth = min(
        walked(picks, distances, order) + price * inverted(picks, order) for order in permutations(range(len(picks)))
    )
    assert found.inversions == inverted(picks, found.picks)
    assert found.length + price * found.inversions == worth


@given(tours(least=14, most=22), st.integers(1, 12))
@settings(max_examples=5, deadline=None)
def test_long_tours_keep_to_the_rules_too(tour: tuple[list[RankedPick], Distances], price: int) -> None:
    picks, distances = tour
    hard, soft = sequenced(picks, distances), sequenced(picks, distances, price)
    assert hard.inversions == 0
    for found in (hard, soft):
        assert sorted(found.picks) == list(range(len(picks)))
        assert found.length == walked(picks, distances, found.picks)
        assert found.inversions == inverted(picks, found.picks)
    assert soft.length + price * soft.inversions <= hard.length


def test_ranks_of_many_picks_are_kept() -> None:
    chance = Random(4)
    picks = [RankedPick(stop, stop % 2) for stop in chance.sample(range(1, 29), 24)]
    found = sequenced(picks, Distances(floor(chance, 30)))
    assert [picks[n].rank for n in found.picks] == sorted(pick.rank for pick in picks)


def test_one_bin_may_have_picks_of_two_ranks() -> None:
    line = WalkGraph(4, ((0, 1, 1), (1, 2, 1), (2, 3, 1), (1, 0, 1), (2, 1, 1), (3, 2, 1)), (0,), (0,))
    picks = [RankedPick(3, 0), RankedPick(1, 1), RankedPick(1, 0)]
    found = sequenced(picks, Distances(line))
    assert found.picks in {(2, 0, 1), (0, 2, 1)}
    assert (found.length, found.free_length, found.detour) == (6, 6, 0)


def test_ranks_against_a_one_way_floor_are_refused() -> None:
    line = WalkGraph(4, ((0, 1, 1), (1, 2, 1), (2, 3, 1)), (0,), (3,))
    with pytest.raises(Unreachable):
        sequenced([RankedPick(1, 1), RankedPick(2, 0)], Distances(line))
    assert sequenced([RankedPick(1, 1), RankedPick(2, 0)], Distances(line), 1000).picks == (0, 1)
    assert sequenced([], Distances(line)).picks == ()
