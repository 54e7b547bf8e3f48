"""Numbers larger than any can be stop nobody: such a fact is not read, such a command is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from wms.domain import commands as c
from wms.domain import events as e
from wms.domain.bounds import MOST, is_bounded, moment, summed
from wms.domain.ids import NO_LOT, Badge, PlaceId, Sku
from wms.domain.stock import Stock
from wms.store import Store, verify
from wms.store.codec import decode, encode
from wms.workflows.handling import Refused

HERE = PlaceId("A-01")


def adjusted(difference: int) -> e.StockAdjusted:
    return e.StockAdjusted(Sku("S"), NO_LOT, HERE, difference, "count")


@pytest.mark.parametrize("number", [MOST, -MOST, 0])
def test_a_fact_within_bounds_is_read(number: int) -> None:
    assert decode("StockAdjusted", encode(adjusted(number))) == adjusted(number)


@pytest.mark.parametrize("number", [MOST + 1, -MOST - 1, 2**63 - 1, 2**63, 10**40])
def test_a_fact_beyond_them_is_kept_as_it_is_and_not_read(number: int) -> None:
    text = encode(adjusted(7)).replace("7", str(number))
    assert decode("StockAdjusted", text) == e.FactUnreadable("StockAdjusted", text)


def test_a_long_number_in_a_text_is_no_number() -> None:
    scan = e.ScanRefused("9" * 40, "pick", "unknown")
    assert decode("ScanRefused", encode(scan)) == scan


def test_numbers_are_found_however_deep() -> None:
    assert is_bounded(((1, (2, adjusted(3))), ("9" * 30,)))
    assert not is_bounded(((1, (2, adjusted(MOST + 1))),))


def test_sums_stay_where_databases_can_keep_them(tmp_path: Path) -> None:
    assert summed(2**62, MOST) == 2**62
    assert summed(-(2**62), -MOST) == -(2**62)
    store = Store(tmp_path)
    try:
        store.record([adjusted(MOST)] * 5_000, Badge(""))
        assert store.rows.get(Stock, HERE, "S", "") == Stock(HERE, Sku("S"), NO_LOT, 2**62)
        store.record([adjusted(-MOST)] * 9_999, Badge(""))
        assert not [line for line in verify(store.rows).problems if not line.startswith("stock:")]
    finally:
        store.close()


def test_a_command_with_such_a_number_is_refused_in_words(tmp_path: Path) -> None:
    store = Store(tmp_path)
    try:
        answer = store.execute(c.AdjustStock(Sku("S"), NO_LOT, HERE, 2**63 - 1, "count"), Badge(""))
        assert isinstance(answer, Refused)
        assert store.head() == 0
    finally:
        store.close()


def test_a_time_that_no_calendar_has_is_its_first_or_its_last() -> None:
    assert [moment(at) for at in (-5, 0, 7, 10**15)] == [0, 0, 7, 253_370_764_800]
