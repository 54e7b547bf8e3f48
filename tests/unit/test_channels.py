"""Channels: every order of an export is accounted for once, and every refusal names its row and column."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from wms.channels import Import, Outcome, ParsedLine, ParsedOrder, ParsedRecipient, Result, read
from wms.channels.times import utc_seconds

DATA = Path(__file__).parents[3] / "shared" / "data"
needs_data = pytest.mark.skipif(not DATA.exists(), reason="the real orders are not beside this checkout")

HEADER = "order,channel,placed_at,ship_by,sku,quantity,name,phone,address,city,postcode,country,carrier"


def at(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=UTC).timestamp())  # type: ignore[misc, arg-type]


def plain(*rows: str, header: str = HEADER, **how: str) -> Import:
    return read([("o.csv", "\n".join([header, *rows]).encode())], **how)


def reasons(result: Import) -> list[tuple[str, str]]:
    return [(outcome.row, outcome.reason) for outcome in result.outcomes]


# Plain


def test_a_plain_order_with_everything() -> None:
    result = plain(
        "A1,shop,2026-11-11 16:27,2026-11-13,tea,2,王小明,13800138000,人民路1号 | 3楼,上海,200001,CN,sf",
        "A1,,,,jam,1.0,,,,,,,",
        "A1,,,,tea,3,,,,,,,",
        zone="Asia/Shanghai",
    )
    recipient = ParsedRecipient("王小明", "13800138000", ("人民路1号", "3楼"), "上海", "200001", "CN")
    assert result == Import(
        "plain",
        (
            ParsedOrder(
                "shop",
                "A1",
                at(2026, 11, 11, 8, 27),
                at(2026, 11, 13, 15, 59, 59),
                (ParsedLine("tea", 5), ParsedLine("jam", 1)),
                recipient,
                carrier="sf",
            ),
        ),
        (Outcome("o.csv:2", "A1", Result.READY),),
    )


def test_three_columns_are_enough_and_their_order_does_not_matter() -> None:
    result = plain("2,#1001,tea", header=" Quantity,ORDER,sku ")
    assert result.orders == (ParsedOrder("plain", "#1001", None, None, (ParsedLine("tea", 2),)),)
    assert result.outcomes == (Outcome("o.csv:2", "#1001", Result.READY_NOLABEL, "no_recipient"),)


def test_the_caller_names_the_channel_of_orders_that_name_none() -> None:
    result = plain("1,tea,2", "2,tea,1", header="order,sku,quantity", channel="night-market")
    assert {order.channel for order in result.orders} == {"night-market"}


def test_a_masked_recipient_gets_no_label_of_ours() -> None:
    result = plain("A1,,,,tea,2,王*,138****8000,人民路***,上海,,CN,")
    assert result.outcomes == (Outcome("o.csv:2", "A1", Result.READY_NOLABEL, "masked_recipient"),)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",,,,tea,1", "missing:order"),
        ("A1,,,,,1", "missing:sku"),
        ("A1,,,,tea,", "missing:quantity"),
        ("A1,,,,tea,0", "bad_quantity:quantity:0"),
        ("A1,,,,tea,-3", "bad_quantity:quantity:-3"),
        ("A1,,,,tea,1.5", "bad_quantity:quantity:1.5"),
        ("A1,,,,tea,two", "bad_quantity:quantity:two"),
        ("A1,,,,tea,９", "bad_quantity:quantity:９"),
        ("A1,,tomorrow,,tea,1", "bad_time:placed_at:tomorrow"),
        ("A1,,,2026-02-30,tea,1", "bad_time:ship_by:2026-02-30"),
        ("A1,,,2026-02-03 25:00,tea,1", "bad_time:ship_by:2026-02-03 25:00"),
        ("2.71E+15,,,,tea,1", "number_lost:order:2.71E+15"),
        ("A1,,,,6.93E+12,1", "number_lost:sku:6.93E+12"),
        ("A1,,,,tea,1,,,,,,,,stray", "beyond_header:stray"),
    ],
)
def test_a_row_is_refused_with_its_column_and_the_others_go_on(row: str, reason: str) -> None:
    result = plain(row, "B2,,,,tea,1")
    assert result.outcomes[0].row == "o.csv:2"
    assert result.outcomes[0].result == Result.REFUSED
    assert result.outcomes[0].reason == reason
    assert [order.reference for order in result.orders] == ["B2"]


def test_half_an_order_is_not_imported() -> None:
    result = plain("A1,,,,tea,1", "A1,,,,jam,none", "B2,,,,tea,1", "A1,,,,nut,0")
    assert [order.reference for order in result.orders] == ["B2"]
    assert reasons(result)[:2] == [("o.csv:3", "bad_quantity:quantity:none"), ("o.csv:5", "bad_quantity:quantity:0")]
    assert {outcome.reference for outcome in result.outcomes} == {"A1", "B2"}


def test_rows_of_an_order_may_not_contradict_each_other() -> None:
    result = plain("A1,,,2026-11-13,tea,1", "A1,,,2026-11-14,jam,1")
    assert result.orders == ()
    assert reasons(result) == [("o.csv:3", "unlike_row:ship_by:2:2026-11-14")]


def test_a_missing_column_is_named() -> None:
    assert reasons(plain("A1,2", header="order,quantity")) == [("o.csv", "missing_column:sku")]


def test_plain_json_as_rows_and_as_orders_with_lines() -> None:
    rows = [{"order": 7, "sku": "tea", "quantity": 2}, {"order": 7, "sku": "jam", "quantity": 1, "name": None}]
    whole = {"orders": [{"order": "7", "lines": [{"sku": "tea", "quantity": 2}, {"sku": "jam", "quantity": 1}]}]}
    expected = (ParsedOrder("plain", "7", None, None, (ParsedLine("tea", 2), ParsedLine("jam", 1))),)
    for document in (rows, whole):
        assert read([("o.json", json.dumps(document).encode())]).orders == expected


def test_json_refusals_name_order_and_line() -> None:
    document = [
        {"order": "1", "lines": [{"sku": "tea", "quantity": 1}, {"sku": "", "quantity": 1}]},
        {"order": "2", "lines": []},
        "noise",
        {"order": "3", "lines": [{"sku": "tea", "quantity": True}, 5]},
    ]
    assert reasons(read([("o.json", json.dumps(document).encode())])) == [
        ("o.json:1.2", "missing:sku"),
        ("o.json:2.1", "missing:sku"),
        ("o.json:3", "missing:order"),
        ("o.json:4.1", "bad_quantity:quantity:True"),
        ("o.json:4.2", "missing:sku"),
    ]


# Any format


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty_file"),
        (b"PK\x03\x04....", "workbook"),
        (b"\xff\xfe\x00", "not_text"),
        (b'order,sku,quantity\n1,"tea,2\n', "broken_csv:2"),
        (b'[{"order": 1,\n]', "broken_json:2"),
        (b"[" * 100_000, "broken_json:1"),
        (b"[]", "unknown_format"),
        (b"hello world", "unknown_format"),
        (b"city,street\na,b\n", "unknown_format"),
    ],
)
def test_a_file_that_can_not_be_read_is_refused_and_the_next_one_read(data: bytes, reason: str) -> None:
    result = read([("bad", data), ("good.csv", b"order,sku,quantity\n1,tea,2\n")])
    assert result.outcomes[0] == Outcome("bad", "", Result.REFUSED, reason)
    assert [order.reference for order in result.orders] == ["1"]


def test_an_order_in_two_files_is_one_order() -> None:
    file = b"order,sku,quantity\n1,tea,2\n"
    result = read([("a.csv", file), ("b.csv", file)])
    assert len(result.orders) == 1
    assert result.outcomes[1] == Outcome("b.csv:2", "1", Result.SKIPPED, "order_twice:a.csv:2")


def test_gb18030_orders_read_like_utf8_ones() -> None:
    text = f"{HEADER}\nA1,,,,tea,2,王小明,13800138000,人民路1号,上海,200001,CN,\n"
    assert read([("o.csv", text.encode("gb18030"))]) == read([("o.csv", text.encode())])


def test_a_named_format_is_the_only_one_tried() -> None:
    result = read([("o.csv", b"order,sku,quantity\n1,tea,2\n")], channel="olist")
    assert reasons(result) == [("o.csv", "unknown_format")]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-11 16:27:24 -0500", at(2026, 11, 11, 21, 27, 24)),
        ("2026-11-11T16:27:24.123Z", at(2026, 11, 11, 16, 27, 24)),
        ("2026/1/2 9:05", at(2026, 1, 2, 1, 5)),
        ("2026.1.2", at(2026, 1, 1, 16)),
        ("2026-01-02 00:00 +05:30", at(2026, 1, 1, 18, 30)),
    ],
)
def test_times_as_shops_write_them(text: str, moment: int) -> None:
    assert utc_seconds(text, "Asia/Shanghai") == moment


@pytest.mark.parametrize(
    "text", ["", "11/12/2026", "2026-13-01", "2026-11-11 16", "2026-11-11 10:00 +99:00", "２０２６-11-11"]
)
def test_what_is_no_time_is_not_guessed(text: str) -> None:
    with pytest.raises(ValueError):
        utc_seconds(text)


# Olist

ORDERS = """order_id,customer_id,order_status,order_approved_at
o1,c1,delivered,2018-03-01 00:10:25
o2,c2,canceled,
o3,c3,shipped,
o4,c4,delivered,2018-03-01 00:10:25
o5,c5,unavailable,2018-03-02 00:00:00
"""
PIECES = """order_id,order_item_id,product_id,seller_id,shipping_limit_date
o1,1,p1,s1,2018-03-07 00:10:25
o1,2,p2,s2,2018-03-06 00:00:00
o1,3,p1,s1,2018-03-07 00:10:25
o3,1,p2,s2,2018-03-07 00:10:25
o5,1,p2,s2,2018-03-07 00:10:25
o9,1,p1,s1,2018-03-07 00:10:25
"""
PRODUCTS = """product_id,product_category_name,product_weight_g,product_length_cm,product_height_cm,product_width_cm
p1,beleza_saude,1850,36,37,16.5
p2,,,,,
p3,moveis,1,1,1,1
"""


def olist(orders: str = ORDERS, pieces: str = PIECES, **more: str) -> Import:
    tables = {"orders": orders, "items": pieces, "products": PRODUCTS, **more}
    return read([(f"{name}.csv", text.encode()) for name, text in tables.items()])


def test_olist_pieces_become_quantities_under_the_earliest_deadline() -> None:
    result = olist(
        customers="customer_id,customer_zip_code_prefix,customer_city,customer_state\nc1,09782,sao paulo,SP\n"
    )
    assert result.channel == "olist"
    assert result.orders[0] == ParsedOrder(
        "olist",
        "o1",
        at(2018, 3, 1, 0, 10, 25),
        at(2018, 3, 6),
        (ParsedLine("p1", 2), ParsedLine("p2", 1)),
        ParsedRecipient("", "", ("SP",), "sao paulo", "09782", "BR"),
    )


def test_olist_orders_are_all_accounted_for() -> None:
    result = olist()
    assert result.outcomes == (
        Outcome("items.csv:7", "o9", Result.REFUSED, "unknown_order:o9"),
        Outcome("orders.csv:2", "o1", Result.READY_NOLABEL, "no_recipient"),
        Outcome("orders.csv:3", "o2", Result.SKIPPED, "cancelled"),
        Outcome("orders.csv:4", "o3", Result.HELD, "not_paid"),
        Outcome("orders.csv:5", "o4", Result.HELD, "no_items"),
        Outcome("orders.csv:6", "o5", Result.SKIPPED, "unavailable"),
    )
    assert [(o.reference, o.cancelled, o.problems) for o in result.orders] == [
        ("o1", False, ()),
        ("o2", True, ("no_items", "not_paid")),
        ("o3", False, ("not_paid",)),
        ("o4", False, ("no_items",)),
        ("o5", True, ()),
    ]


def test_olist_goods_are_measured_in_grams_and_millimetres() -> None:
    names = "\ufeffproduct_category_name,product_category_name_english\nbeleza_saude,health_beauty\n"
    tea, unknown = olist(names=names).items
    assert (tea.sku, tea.name, tea.category) == ("p1", "health beauty", "beleza_saude")
    assert (tea.weight_g, tea.length_mm, tea.width_mm, tea.height_mm) == (1850, 360, 165, 370)
    assert (unknown.sku, unknown.name, unknown.category, unknown.weight_g) == ("p2", "", "", 0)


def test_an_olist_order_with_a_piece_that_can_not_be_read_is_refused_once() -> None:
    result = olist(pieces=PIECES.replace("s2,2018-03-06 00:00:00", "s2,soon"))
    assert result.outcomes[0] == Outcome("items.csv:3", "o1", Result.REFUSED, "bad_time:shipping_limit_date:soon")
    assert Counter(outcome.reference for outcome in result.outcomes)["o1"] == 1
    assert "o1" not in {order.reference for order in result.orders}


def test_olist_tables_come_together() -> None:
    assert reasons(read([("orders.csv", ORDERS.encode())])) == [("orders.csv", "missing_file:order items")]


@needs_data
def test_three_thousand_real_orders() -> None:
    folder = sorted((DATA / "orders" / "olist").glob("*.csv"))
    result = read([(path.name, path.read_bytes()) for path in folder])
    assert len({order.reference for order in result.orders}) == len(result.orders) == len(result.outcomes) == 3000
    assert Counter(outcome.reason for outcome in result.outcomes) == {
        "no_recipient": 2988,
        "cancelled": 7,
        "unavailable": 5,
    }
    assert sum("no_items" in order.problems for order in result.orders) == 7
    assert sum(line.quantity for order in result.orders for line in order.lines) == 3447
    assert len(result.items) == 2189
    assert len({item.category for item in result.items} - {""}) == 63  # and 69 lines without one


# Shopify


@needs_data
def test_a_shopify_export_becomes_what_its_maker_meant() -> None:
    folder = DATA / "imports"
    (expected,) = [
        file for file in json.loads((folder / "manifest.json").read_text())["files"] if file["format"] == "shopify_csv"
    ]
    result = read([(expected["file"], (folder / expected["file"]).read_bytes())])
    assert result.channel == "shopify"
    assert {o.reference for o in result.outcomes if o.result != Result.READY} == set(expected["expect"]["not_ready"])
    for outcome in result.outcomes:
        said = expected["expect"]["not_ready"].get(outcome.reference, "ready")
        assert outcome.result.value.startswith(said.partition(":")[0].replace("hold", "held"))
    ready = {outcome.reference for outcome in result.outcomes if outcome.result == Result.READY}
    lines = [line for order in result.orders if order.reference in ready for line in order.lines]
    assert {"orders": len(ready), "lines": len(lines), "units": sum(line.quantity for line in lines)} == expected[
        "expect"
    ]["ready"]


SHOPIFY = (
    "Name,Financial Status,Paid at,Fulfillment Status,Cancelled at,Lineitem quantity,Lineitem name,Lineitem sku,"
    "Lineitem requires shipping,Lineitem fulfillment status,Shipping Name,Shipping Address1,Shipping City,Shipping Zip"
)


def shopify(*rows: str) -> Import:
    return read([("s.csv", "\n".join([SHOPIFY, *rows]).encode())])


@pytest.mark.parametrize(
    ("row", "result", "reason"),
    [
        ("#1,paid,,unfulfilled,,1,Tea,tea,true,pending,Jane,1 Main St,Boston,'02139", Result.READY, ""),
        ("#1,paid,,unfulfilled,,1,Tea,tea,true,pending,Jane,,,", Result.HELD, "no_address"),
        ("#1,paid,,unfulfilled,,1,Tea,,true,pending,Jane,1 Main St,,", Result.HELD, "no_sku"),
        ("#1,partially_refunded,,unfulfilled,,1,Tea,tea,true,pending,J,1 Main St,,", Result.HELD, "partly_refunded"),
        ("#1,paid,,partial,,2,Tea,tea,true,partial,J,1 Main St,,", Result.HELD, "partly_shipped"),
        ("#1,pending,,unfulfilled,,1,Tea,tea,true,pending,J,1 Main St,,", Result.SKIPPED, "not_paid"),
        ("#1,paid,,fulfilled,,1,Tea,tea,true,fulfilled,J,1 Main St,,", Result.SKIPPED, "already_shipped"),
        ("#1,paid,,unfulfilled,,1,Card,card,false,pending,J,,,", Result.SKIPPED, "nothing_to_ship"),
        ("#1,refunded,,unfulfilled,,1,Tea,tea,true,pending,J,1 Main St,,", Result.SKIPPED, "refunded"),
        ("#1,paid,,unfulfilled,2026-11-12 15:00:06 -0500,1,Tea,tea,true,,J,1 Main,,", Result.SKIPPED, "cancelled"),
        ("#1,paid,,unfulfilled,,many,Tea,tea,true,,J,1 Main,,", Result.REFUSED, "bad_quantity:lineitem quantity:many"),
        ("#1,paid,noon,unfulfilled,,1,Tea,tea,true,,J,1 Main,,", Result.REFUSED, "bad_time:paid at:noon"),
        (",paid,,unfulfilled,,1,Tea,tea,true,,J,1 Main,,", Result.REFUSED, "missing:name"),
    ],
)
def test_shopify_outcomes(row: str, result: Result, reason: str) -> None:
    (outcome,) = shopify(row).outcomes
    assert (outcome.row, outcome.result, outcome.reason) == ("s.csv:2", result, reason)


def test_shopify_keeps_the_zip_and_leaves_what_is_done() -> None:
    (order,) = shopify(
        "#1,paid,2026-11-11 16:27:24 -0500,partial,,1,Tea,tea,true,pending,Jane,1 Main St,Boston,'02139",
        "#1,,,,,2,Jam,jam,true,fulfilled,,,,",
        "#1,,,,,3,Nuts,nut,true,pending,,,,",
    ).orders
    assert order.lines == (ParsedLine("tea", 1, "Tea"), ParsedLine("nut", 3, "Nuts"))
    assert order.placed_at == at(2026, 11, 11, 21, 27, 24)
    assert order.recipient == ParsedRecipient("Jane", "", ("1 Main St",), "Boston", "02139", "")


def test_a_cancelled_order_stops_the_same_order_of_an_older_export() -> None:
    ready = f"{SHOPIFY}\n#1,paid,,unfulfilled,,1,Tea,tea,true,pending,J,1 Main St,,\n".encode()
    gone = f"{SHOPIFY}\n#1,voided,,unfulfilled,,1,Tea,tea,true,pending,J,1 Main St,,\n".encode()
    unpaid = f"{SHOPIFY}\n#1,pending,,unfulfilled,,1,Tea,tea,true,pending,J,1 Main St,,\n".encode()
    (order,) = read([("old.csv", ready), ("new.csv", gone)]).orders
    assert order.cancelled
    result = read([("old.csv", unpaid), ("new.csv", ready)])
    assert [o.cancelled for o in result.orders] == [False]
    assert reasons(result) == [("old.csv:2", "order_twice:new.csv:2"), ("new.csv:2", "")]
