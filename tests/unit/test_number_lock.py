"""Waybill numbers are drawn only while this disk is surely the newest: the hub was heard of, and not long ago."""

from __future__ import annotations

from pathlib import Path

import pytest

from wms.domain.catalogue import Carrier
from wms.domain.ids import Badge, CarrierCode, CategoryCode, ChannelCode, DeviceId, OrderId, PlaceId
from wms.domain.orders import Order, OrderStatus
from wms.domain.packing import WaybillRange
from wms.domain.rows import MemoryTables
from wms.store import Store
from wms.store.meta import HEARD, unheard
from wms.workflows.handlers.packing import NUMBERS_HOURS, next_waybill
from wms.workflows.handling import Context, Refused

HOUR = 3600
NOW = 1_800_000_000
SF = CarrierCode("SF")


def drawn(silent_for: int) -> object:
    rows = MemoryTables()
    rows.put(Carrier(SF, "顺丰", "SF", PlaceId(""), "SF", 6, 1, 100, 11))
    rows.put(WaybillRange("SF-1", SF, DeviceId("T"), 1, 10, 1, 1))
    order = Order(OrderId("O"), ChannelCode("C"), "R", OrderStatus.READY, 0, 0, CategoryCode("G"), SF)
    context = Context(DeviceId("T"), 1, Badge("P"), NOW, str, lambda _: 0, lambda: silent_for)
    return next_waybill(order, rows, context)


def test_numbers_are_drawn_while_the_hub_was_heard_of_lately() -> None:
    assert drawn(NUMBERS_HOURS * HOUR) == ("SF-1", 1, "SF000001")


def test_numbers_are_locked_after_half_a_day_of_silence() -> None:
    answer = drawn(NUMBERS_HOURS * HOUR + 1)
    assert isinstance(answer, Refused)
    assert [line.text for line in answer.lines] == [
        "No word from the hub for {hours} hours",
        "Numbers are locked. Bring this terminal into the network",
    ]


@pytest.mark.parametrize(
    ("ahead_s", "silent"),
    [(HOUR, HOUR), (0, 0), (-60, 0), (-HOUR, 2**62)],
    ids=["an hour later", "now", "a little play", "the clock was set back"],
)
def test_silence_is_told_by_this_clock_unless_it_was_set_back(tmp_path: Path, ahead_s: int, silent: int) -> None:
    store = Store(tmp_path, decides=False)
    try:
        store.set_meta(HEARD, str(NOW * 1000))
        assert max(0, unheard(store.rows.connection, (NOW + ahead_s) * 1000)) == silent
    finally:
        store.close()


def test_a_terminal_that_never_heard_of_its_hub_has_no_numbers(tmp_path: Path) -> None:
    store = Store(tmp_path, decides=False)
    try:
        assert unheard(store.rows.connection, NOW * 1000) > NUMBERS_HOURS * HOUR
    finally:
        store.close()
