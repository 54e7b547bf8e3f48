"""Orders too large for a cart, against every way to divide small ones."""

from __future__ import annotations

from functools import cache
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wms.planning.split import LineLoad, Share, UnitTooLarge, split


@st.composite
def orders(draw: st.DrawFn, lines: int = 4, units: int = 3) -> tuple[list[LineLoad], tuple[int, ...]]:
    capacities = draw(st.sampled_from([(5,), (7, 9), (4, 6)]))
    loads = st.tuples(*(st.integers(0, most) for most in capacities))
    wanted = [
        LineLoad(n, draw(st.integers(1, units)), draw(loads), draw(st.integers(0, 9)))
        for n in range(draw(st.integers(1, lines)))
    ]
    return wanted, capacities


def fewest(lines: list[LineLoad], capacities: tuple[int, ...]) -> int:
    """By trying every content of the next part."""

    @cache
    def parts(left: tuple[int, ...]) -> int:
        if not any(left):
            return 0
        contents = product(*(range(n + 1) for n in left))
        return 1 + min(
            parts(tuple(n - taken for n, taken in zip(left, content, strict=True)))
            for content in contents
            if any(content)
            and all(
                sum(n * line.loads[d] for n, line in zip(content, lines, strict=True)) <= most
                for d, most in enumerate(capacities)
            )
        )

    return parts(tuple(line.units for line in lines))


@given(orders())
@settings(max_examples=60, deadline=None)
def test_small_orders_make_the_fewest_parts(order: tuple[list[LineLoad], tuple[int, ...]]) -> None:
    assert len(split(*order)) == fewest(*order)


@given(orders(lines=20, units=30))
@settings(max_examples=40, deadline=None)
def test_parts_fit_and_add_up_to_the_order(order: tuple[list[LineLoad], tuple[int, ...]]) -> None:
    lines, capacities = order
    parts = split(lines, capacities)
    loads = {line.line: line.loads for line in lines}
    for part in parts:
        assert part
        assert all(share.units >= 1 for share in part)
        for d, most in enumerate(capacities):
            assert sum(share.units * loads[share.line][d] for share in part) <= most
    for line in lines:
        assert sum(share.units for part in parts for share in part if share.line == line.line) == line.units


def test_what_lies_close_together_stays_together() -> None:
    lines = [LineLoad(n, 1, (2,), place) for n, place in enumerate((50, 1, 51, 2, 52, 3))]
    assert [sorted(share.line for share in part) for part in split(lines, (6,))] == [[1, 3, 5], [0, 2, 4]]


def test_a_line_is_divided_only_where_it_must_be() -> None:
    assert split([LineLoad(7, 5, (2,))], (4,)) == ((Share(7, 2),), (Share(7, 2),), (Share(7, 1),))
    assert split([LineLoad(7, 5, (2,))], (10,)) == ((Share(7, 5),),)
    assert split([], (4,)) == ()


def test_a_unit_that_no_cart_holds_is_named() -> None:
    with pytest.raises(UnitTooLarge) as refused:
        split([LineLoad(1, 1, (2, 9)), LineLoad(2, 3, (1, 1)), LineLoad(3, 1, (5, 1))], (4, 8))
    assert refused.value.lines == (1, 3)


def test_fewer_parts_go_before_the_walk() -> None:
    lines = [LineLoad(n, 1, (load,), n) for n, load in enumerate((5, 6, 5, 4))]
    assert len(split(lines, (10,))) == 2


def test_what_neither_the_walk_nor_the_largest_first_finds_is_searched_for() -> None:
    lines = [LineLoad(n, units, (load,), n) for n, (units, load) in enumerate(((2, 4), (4, 3)))]
    assert split(lines, (10,)) == ((Share(0, 1), Share(1, 2)), (Share(0, 1), Share(1, 2)))
