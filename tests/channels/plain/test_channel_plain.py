"""Our own format: rows of a table, rows and orders of JSON, and the template."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.channels.given import account, counts, entries, of_json, only, told
from wms.channels import FileAccount, ParsedOrder
from wms.channels.formats import plain as format_plain
from wms.channels.parsed import Kind
from wms.channels.template import template_csv, template_json
from wms.channels.times import utc_seconds
from wms.domain.labelling import GivenLabel

HEADER = "order,channel,placed_at,ship_by,sku,quantity,name,phone,address,city,postcode,country,carrier"


def plain(*rows: str, header: str = HEADER, **how: str) -> FileAccount:
    return account("\n".join([header, *rows]), **how)


def order_of(found: FileAccount) -> ParsedOrder:
    order = only(found).order
    assert order is not None
    return order


def test_a_plain_order_with_everything() -> None:
    found = plain(
        "A1,shop,2026-11-11 16:27,2026-11-13,tea,2,王小明,13800138000,人民路1号 | 3楼,上海,200001,CN,sf",
        "A1,,,,jam,1.0,,,,,,,",
        "A1,,,,tea,3,,,,,,,",
        zone="Asia/Shanghai",
    )
    order = order_of(found)
    assert only(found).result == "ready"
    assert (order.channel, order.reference, order.carrier) == ("shop", "A1", "sf")
    assert (order.placed_at, order.ship_by) == (utc_seconds("2026-11-11 08:27"), utc_seconds("2026-11-13 15:59:59"))
    assert [(line.code, line.quantity) for line in order.lines] == [("tea", 5), ("jam", 1)]
    assert order.recipient is not None
    assert order.recipient.address_lines == ("人民路1号", "3楼")
    assert (order.recipient.postcode, order.recipient.country) == ("200001", "CN")


def test_three_columns_are_enough_and_their_sequence_does_not_matter() -> None:
    found = plain("2,#1001,tea", header=" Quantity,ORDER,sku ")
    assert told(found) == [("#1001", "ready_nolabel", "no_recipient")]
    assert order_of(found).channel == "plain"


def test_the_caller_names_the_channel_of_orders_that_name_none() -> None:
    found = plain("1,tea,2", "2,tea,1", header="order,sku,quantity", channel="night-market")
    assert {entry.order.channel for entry in entries(found) if entry.order} == {"night-market"}


def test_what_the_later_columns_say() -> None:
    header = (
        "order,sku,quantity,buyer,amount,currency,kind,not_before,remark,gift,invoice,"
        "waybill,carrier,sort_code,routing_code,qr,masked_name,masked_phone,masked_address"
    )
    order = order_of(
        plain(
            'A1,tea,2,ada,"1,234.50",CNY,presale,2026-11-25,leave at door,no,yes,'
            "SF1,sf,021-A,755W,QR,王**,138****0000,上海市***",
            "A1,tea,1,,,,,,,yes",
            header=header,
        )
    )
    assert (order.buyer, order.amount, order.currency) == ("ada", 123450, "CNY")
    assert (order.kind, order.not_before, order.waiting) == (Kind.PRESALE, utc_seconds("2026-11-25 00:00:00"), False)
    assert (order.remarks, order.instructions) == (("leave at door",), ("invoice",))
    assert [(line.code, line.quantity, line.gift) for line in order.lines] == [("tea", 2, False), ("tea", 1, True)]
    assert order.label == GivenLabel("SF1", "sf", "021-A", "755W", "QR", "王**", "138****0000", "上海市***")


def test_a_group_waits_and_a_carrier_alone_is_no_label() -> None:
    order = order_of(plain("A1,tea,1,group,sf", header="order,sku,quantity,kind,carrier"))
    assert (order.kind, order.waiting, order.label) == (Kind.GROUP, True, None)


def test_a_masked_recipient_gets_no_label_of_ours() -> None:
    assert only(plain("A1,,,,tea,2,王*,138****8000,人民路***,上海,,CN,")).reason == "masked_recipient"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",,,,tea,1", "missing:order"),
        ("A1,,,,,1", "missing:sku"),
        ("A1,,,,tea,", "missing:quantity"),
        ("A1,,,,tea", "missing:quantity"),
        ("A1", "missing:sku"),
        ("A1,,,,tea,0", "bad_quantity:quantity:0"),
        ("A1,,,,tea,-3", "bad_quantity:quantity:-3"),
        ("A1,,,,tea,1.5", "bad_quantity:quantity:1.5"),
        ('A1,,,,tea,"1,5"', "bad_quantity:quantity:1,5"),
        ("A1,,,,tea,two", "bad_quantity:quantity:two"),
        ("A1,,,,tea,９", "bad_quantity:quantity:９"),
        ("A1,,,,tea,4006381333931", "bad_quantity:quantity:4006381333931"),
        ("2.71E+15,,,,tea,1", "number_lost:order:2.71E+15"),
        ('"2,71E+15",,,,tea,1', "number_lost:order:2,71E+15"),
        ("9956431568476740000,,,,tea,1", "number_lost:order:9956431568476740000"),
        ("A1,,,,6.93E+12,1", "number_lost:sku:6.93E+12"),
        ("A1,,,,9956431568476740000,1", "number_lost:sku:9956431568476740000"),
        ("A1,,,,tea,1,,,,,,,,stray", "beyond_header:stray"),
    ],
)
def test_a_row_is_refused_with_its_column_and_the_others_go_on(row: str, reason: str) -> None:
    first, second = entries(plain(row, "B2,,,,tea,1"))
    assert (str(first.result), first.reason, first.record) == ("reject", reason, 1)
    assert (second.reference, str(second.result)) == ("B2", "ready_nolabel")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("A1,,tomorrow,,tea,1", "bad_time:placed_at:tomorrow"),
        ("A1,,,2026-02-30,tea,1", "bad_time:ship_by:2026-02-30"),
        ("A1,,,2026-02-03 25:00,tea,1", "bad_time:ship_by:2026-02-03 25:00"),
        ("A1,,,2/3/2026,tea,1", "two_dates:ship_by:2/3/2026"),
    ],
)
def test_a_time_that_is_none_or_could_be_two_holds(row: str, reason: str) -> None:
    assert told(plain(row)) == [("A1", "hold", reason)]


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("kind", "preorder", "bad_choice:kind:presale / group:preorder"),
        ("gift", "perhaps", "bad_yes_no:gift:perhaps"),
        ("invoice", "perhaps", "bad_yes_no:invoice:perhaps"),
        ("amount", "much", "bad_amount:amount:much"),
    ],
)
def test_a_word_nobody_knows_is_refused(column: str, value: str, reason: str) -> None:
    found = plain(f"A1,tea,1,{value}", header=f"order,sku,quantity,{column}")
    assert told(found) == [("A1", "reject", reason)]


def test_half_an_order_is_not_imported() -> None:
    found = plain("A1,,,,tea,1", "A1,,,,jam,none", "B2,,,,tea,1", "A1,,,,nut,0")
    assert told(found) == [("A1", "reject", "bad_quantity:quantity:none"), ("B2", "ready_nolabel", "no_recipient")]
    others = [(trouble.reason, trouble.record) for trouble in entries(found)[0].others]
    assert ("bad_quantity:quantity:0", 4) in others
    assert counts(found) == {"reject": (1, 3, 1), "ready_nolabel": (1, 1, 1)}


@pytest.mark.parametrize("column", format_plain.OF_THE_ORDER)
def test_rows_of_an_order_may_not_contradict_each_other(column: str) -> None:
    one, other = {
        "placed_at": ("2026-11-13", "2026-11-14"),
        "ship_by": ("2026-11-13", "2026-11-14"),
        "not_before": ("2026-11-13", "2026-11-14"),
        "kind": ("presale", "group"),
        "invoice": ("yes", "no"),
        "amount": ("1", "2"),
    }.get(column, ("one", "other"))
    found = plain(f"A1,tea,1,{one}", "A1,nut,1,", f"A1,jam,1,{other}", header=f"order,sku,quantity,{column}")
    personal = column in {"name", "phone", "address", "city", "postcode", "buyer", "remark"}
    reason = f"unlike_record:{column}:1:{'' if personal else other}"
    ((reference, result, said),) = told(found)
    assert (reference, result) == ("A1", "hold")
    assert reason in (said, *(trouble.reason for trouble in entries(found)[0].others))


def test_rows_that_are_equal_are_two_pieces() -> None:
    assert order_of(plain("A1,,,,tea,2", "A1,,,,tea,2")).lines[0].quantity == 4


def test_pieces_added_up_beyond_all_measure_are_refused() -> None:
    found = plain("A1,,,,tea,999999", "A1,,,,tea,1")
    assert told(found) == [("A1", "reject", "bad_quantity:quantity:1000000")]


def test_a_missing_column_is_named() -> None:
    assert plain("A1,2", header="order,quantity").fault == "missing_column:sku"


def test_a_column_that_stands_there_twice_is_told() -> None:
    assert plain("A1,tea,2,jam", header="order,sku,quantity,SKU").fault == "column_twice:sku"


@pytest.mark.parametrize("mark", [";", "\t", "|"])
def test_saved_again_by_a_spreadsheet_of_another_country(mark: str) -> None:
    rows = (HEADER, "'0101,shop,2026-11-11 16:27,,=\"0213\",2,Ada,+49 30 1,Weg 5,Berlin,'01067,DE,")
    found = account("\r\n".join(row.replace(",", mark) for row in rows))
    order = order_of(found)
    assert (order.reference, order.lines[0].code) == ("0101", "0213")
    assert order.recipient is not None
    assert order.recipient.postcode == "01067"


def test_json_as_rows_and_as_orders_with_lines() -> None:
    rows = [{"order": 7, "sku": "tea", "quantity": 2}, {"Order ": 7, "SKU": "jam", "quantity": 1, "name": None}]
    whole = {"orders": [{"order": "7", "lines": [{"sku": "tea", "quantity": 2}, {"sku": "jam", "quantity": 1.0}]}]}
    for document in (rows, whole):
        order = order_of(of_json(document))
        assert order.reference == "7"
        assert [(line.code, line.quantity) for line in order.lines] == [("tea", 2), ("jam", 1)]


def test_json_says_yes_in_its_own_way() -> None:
    lines = [{"sku": "tea", "quantity": 1}, {"sku": "cup", "quantity": 1, "gift": True}]
    order = order_of(of_json({"order": "7", "invoice": True, "amount": 12.5, "currency": "EUR", "lines": lines}))
    assert [line.gift for line in order.lines] == [False, True]
    assert (order.instructions, order.amount) == (("invoice",), 1250)


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ({"order": "2", "lines": [{"sku": "tea", "quantity": 1}, {"sku": "jam", "quantity": 0}]},
         "bad_quantity:quantity:0"),
        ({"order": "2", "lines": [{"sku": "tea", "quantity": 1}, 5]}, "missing:sku"),
        ({"order": "2", "lines": []}, "missing:sku"),
        ({"order": "2", "sku": ["tea"], "quantity": 1}, "missing:sku"),
        ({"order": "2", "sku": "tea", "quantity": 1e300}, "bad_quantity:quantity:1E+300"),
        ({"order": "a\ud800", "sku": "tea", "quantity": 1}, "bad_reference:order"),
        ({"sku": "tea", "quantity": 1}, "missing:order"),
        (5, "not_an_order"),
    ],
)  # fmt: skip
def test_json_that_is_broken_in_one_place_is_refused_there(broken: Any, reason: str) -> None:
    found = of_json([{"order": "1", "sku": "tea", "quantity": 1}, broken])
    assert [(str(entry.result), entry.reason) for entry in entries(found)][1] == ("reject", reason)
    assert entries(found)[0].result == "ready_nolabel"
    assert found.records == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_the_template_is_an_import(encoding: str) -> None:
    found = account(template_csv().encode(encoding))
    assert counts(found) == {"ready": (3, 5, 17)}
    assert [entry.order for entry in entries(found) if entry.order and entry.order.label]


def test_the_template_names_every_column_and_json_says_the_same() -> None:
    header = next(line for line in template_csv().splitlines() if not line.startswith("#"))
    assert set(header.split(",")) == set(format_plain.COLUMNS)
    assert counts(account(template_json(), "orders.json")) == counts(account(template_csv()))
    assert json.loads(template_json())["orders"][0]["lines"][2]["gift"] == "yes"


def test_the_remarks_of_the_template_survive_a_spreadsheet() -> None:
    rows = [line.replace(",", ";") for line in template_csv().splitlines()]
    width = max(row.count(";") for row in rows)
    padded = [row + ";" * (width - row.count(";")) for row in rows]
    assert counts(account("\r\n".join(padded))) == {"ready": (3, 5, 17)}
