"""Label data by file: each row told, nothing taken twice, nothing taken silently."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.cli_shell import Shell
from wms.channels.label_data import read
from wms.cli import order_label_data, orders
from wms.domain import commands as c
from wms.domain import events as e
from wms.domain.ids import CarrierCode, ChannelCode, OrderId, PlaceId, Sku
from wms.domain.labelling import GivenLabel, label_data
from wms.domain.places import Place, PlaceKind
from wms.domain.stock import Stock
from wms.store import Store, verify

_GB18030 = 'order,waybill,masked_name\n="0012",\'75312345678901,王＊\n'.encode("gb18030")
SF1, SF2, SF3 = "SF1000000000001", "SF1000000000002", "SF1000000000003"


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.delenv("LC_MESSAGES", raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")


@pytest.fixture
def house(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    """With orders 1 to 3 of the shop, and another 3 of another channel."""
    if not hasattr(orders, "order_label_data"):
        first = orders.erasing.add
        monkeypatch.setattr(orders.erasing, "add", lambda group: (first(group), order_label_data.add(group)))
    shell = Shell(tmp_path, capsys).set_up()
    store = Store(shell.data)
    named = [("shop", "1"), ("shop", "2"), ("shop", "3"), ("fast", "3")]
    incoming = tuple(
        c.IncomingOrder(
            OrderId(f"{channel}-{n}"),
            ChannelCode(channel),
            n,
            2_000_000_000,
            CarrierCode("sf"),
            ((Sku("CAR-01"), 1),),
            nolabel=True,
        )
        for channel, n in named
    )
    store.execute(c.TakeOrders(incoming), "9001")
    store.close()
    return shell


def outcomes(answer):
    return [(row["record"], row["result"], row["reasons"]) for row in answer.json["rows"]]


def given(house, order):
    store = Store(house.data)
    try:
        assert verify(store.rows).problems == ()
        return label_data(store.rows, order)
    finally:
        store.close()


def test_each_row_is_told_and_the_good_ones_are_taken(house):
    file = house.file(
        "labels.csv",
        "order,channel,waybill,carrier,sort_code,routing_code,qr,masked_name,masked_phone,masked_address\n"
        f"1,shop,{SF1},顺丰,021-A,755W,http://sf.example/1,王*,138****8000,上海市****\n"
        f"2,shop,{SF1},,,,,,,\n"
        f"9,shop,{SF2},,,,,,,\n"
        f"3,,{SF2},,,,,,,\n"
        "2,shop,9.95E+14,,,,,,,\n"
        "2,shop,abc,,,,,,,\n"
        f"2,shop,{SF2},nobody,,,,,,\n"
        f"2,shop,{SF2},,,,,王小明,,\n"
        ",shop,,,,,,,,\n",
    )
    answer = house("orders", "label-data", file, "--json")
    assert outcomes(answer) == [
        (1, "given", []),
        (2, "conflict", [f"waybill_elsewhere:{SF1}:shop-1"]),
        (3, "unmatched", ["order_unknown:9"]),
        (4, "unmatched", ["order_several:3"]),
        (5, "refused", ["number_lost:waybill:9.95E+14"]),
        (6, "refused", ["bad_waybill:waybill:ABC"]),
        (7, "refused", ["unknown:carrier:nobody"]),
        (8, "refused", ["not_masked:masked_name"]),
        (9, "refused", ["missing:order"]),
    ]
    assert (answer.code, "rows that gave no label: 8" in answer.err) == (1, True)
    row = given(house, "shop-1")
    assert (row.given, row.in_force) == (
        GivenLabel(SF1, "sf", "021-A", "755W", "http://sf.example/1", "王*", "138****8000", "上海市****"),
        True,
    )


def test_given_again_nothing_happens_and_another_number_is_a_conflict_each_time(house):
    first = house.file("a.csv", f"order,channel,waybill\n1,shop,{SF1}\n2,shop,{SF2}\n")
    assert house.good("orders", "label-data", first, "--json").json["counts"]["given"] == 2
    again = house.good("orders", "label-data", first, "--json").json
    assert (again["counts"]["same"], again["counts"]["given"]) == (2, 0)
    other = house.file("b.csv", f"order,channel,waybill\n1,shop,{SF3}\n")
    for _ in range(2):
        answer = house("orders", "label-data", other, "--json")
        assert (answer.code, outcomes(answer)) == (1, [(1, "conflict", [f"waybill_differs:{SF1}"])])
    assert given(house, "shop-1").waybill == SF1


def test_two_numbers_for_one_order_in_one_file_are_a_conflict(house):
    file = house.file("a.csv", f"order,channel,waybill\n1,shop,{SF1}\n1,shop,{SF2}\n1,shop,{SF3}\n1,shop,{SF1}\n")
    assert [result for _, result, _ in outcomes(house("orders", "label-data", file, "--json"))] == [
        "given",
        "conflict",
        "conflict",
        "same",
    ]


def test_a_dry_run_records_nothing(house):
    file = house.file("a.csv", f"order,channel,waybill\n1,shop,{SF1}\n")
    assert house.good("orders", "label-data", file, "--dry-run", "--json").json["counts"]["given"] == 1
    assert given(house, "shop-1") is None


def test_json_is_read_too_and_numbers_must_be_texts(house):
    rows = [
        {"order": "1", "channel": "shop", "waybill": SF1, "qr": None},
        {"order": "2", "waybill": 75312345678901},
        "x",
    ]
    answer = house("orders", "label-data", house.file("a.json", json.dumps(rows)), "--json")
    assert [result for _, result, _ in outcomes(answer)] == ["given", "refused", "refused"]
    assert outcomes(answer)[1][2] == ["label_no_text:waybill"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty_file"),
        (b"PK\x03\x04", "workbook"),
        (b"order,waybil\n1,2\n", "unknown_column:waybil"),
        (b"waybill\n1\n", "missing_column:order"),
        (b"order\n1\n", "missing_column:waybill"),
        (b"a,b\n1,2\n", "unknown_format"),
        (b'[{"order": "1", "waybill": ', "broken_json:1"),
        (b'[{"order": "1", "number": "2"}]', "unknown_column:number"),
        (b"{" * 10_000, "broken_json:1"),
        (b'order,waybill\n"1,2\n', "broken_csv:2"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(data, reason):
    assert [(row.record, row.reason) for row in read("f", data)] == [(0, reason)]


def test_gb18030_and_the_marks_of_spreadsheets_are_understood():
    (row,) = read("f", _GB18030)
    assert (row.order, row.label.waybill, row.label.masked_name) == ("0012", "75312345678901", "王＊")


def test_who_waits_is_listed(house):
    house.good("orders", "label-data", house.file("a.csv", f"order,channel,waybill\n1,shop,{SF1}\n"))
    waiting = house.good("orders", "label-data", "--waiting", "--json").json["waiting"]
    assert [(one["order"], one["status"]) for one in waiting] == [
        ("fast-3", "ready"),
        ("shop-2", "ready"),
        ("shop-3", "ready"),
    ]
    assert "shop-2" in house.good("orders", "label-data", "--waiting").out
    assert house("orders", "label-data").code == 2


def test_who_waits_in_a_tote_is_told_with_it(house):
    store = Store(house.data)
    item = next(stock for stock in store.rows.all(Stock) if stock.sku == "CAR-01")
    store.record(
        [
            e.PlaceDefined(Place(PlaceId("TOTE-77"), PlaceKind.TOTE)),
            e.WaveReleased(
                "W9",
                "",
                2_000_000_000,
                (
                    e.PlannedBatch(
                        "W9-01",
                        2_000_000_000,
                        ("shop-2",),
                        (e.PlannedTask("W9-01-001", "shop-2", 1, "CAR-01", item.place, item.lot, 1, 1, 1),),
                    ),
                ),
            ),
            e.BatchClaimed("W9-01", "9001", "HUB", "CART-1"),
            e.ToteAssigned("W9-01", 1, "TOTE-77"),
        ],
        "9001",
    )
    store.close()
    waiting = house.good("orders", "label-data", "--waiting", "--json").json["waiting"]
    assert {one["order"]: one["where"] for one in waiting} == {
        "fast-3": "", "shop-1": "", "shop-2": "TOTE-77", "shop-3": ""
    }  # fmt: skip
    assert "TOTE-77" in house.good("orders", "label-data", "--waiting").out
