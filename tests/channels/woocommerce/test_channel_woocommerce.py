"""WooCommerce: orders of the REST API."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.channels.given import account, counts, entries, expected, needs_samples, of_json, only, sample, told
from wms.channels.times import utc_seconds

Json = dict[str, Any]


def line(sku: str | None = "TEA", quantity: object = 1, **more: object) -> Json:
    return {"id": 11, "name": "Tea", "sku": sku, "quantity": quantity, "price": 3.5} | more


def order(number: object = "1001", **more: object) -> Json:
    person = {
        "first_name": "Ada",
        "last_name": "Example",
        "company": "",
        "address_1": "Main St 5",
        "address_2": "",
        "city": "Springfield",
        "state": "IL",
        "postcode": "02139",
        "country": "US",
    }
    return {
        "id": 7,
        "number": number,
        "status": "processing",
        "currency": "USD",
        "date_created_gmt": "2026-11-11T08:00:00",
        "date_paid_gmt": "2026-11-11T09:00:00",
        "total": "29.35",
        "customer_note": "",
        "billing": person | {"email": "ada@example.com", "phone": "555 0100"},
        "shipping": person,
        "line_items": [line()],
        "refunds": [],
    } | more


@needs_samples
@pytest.mark.parametrize("name", ["woocommerce_orders_v3.json", "woocommerce_order_727_GENUINE.json"])
def test_the_sample_comes_out_as_counted(name: str) -> None:
    assert counts(sample(name)) == expected(name)


@pytest.mark.parametrize("shape", [lambda one: one, lambda one: [one], lambda one: {"orders": [one]}])
def test_an_order_alone_a_list_and_a_page_around_one_are_the_same(shape: Any) -> None:
    assert only(of_json(shape(order()))).result == "ready"


def test_what_is_said_is_taken_over() -> None:
    note = "Gift &amp; please\ncall first"
    found = only(of_json(order(customer_note=note, line_items=[line(name="Tea &ndash; 2 pack")]))).order
    assert found is not None
    assert (found.placed_at, found.ship_by) == (utc_seconds("2026-11-11 09:00:00"), None)
    assert (found.amount, found.currency, found.buyer) == (2935, "USD", "ada@example.com")
    assert found.remarks == ("Gift & please\ncall first",)
    assert found.lines[0].name == "Tea – 2 pack"
    assert found.recipient is not None
    assert (found.recipient.name, found.recipient.phone) == ("Ada Example", "555 0100")
    assert (found.recipient.postcode, found.recipient.city) == ("02139", "Springfield IL")


@pytest.mark.parametrize(
    ("status", "result", "reason", "taken_back"),
    [
        ("processing", "ready", "", False),
        ("wc-processing", "ready", "", False),
        ("pending", "skip", "not_paid", False),
        ("on-hold", "skip", "not_paid", False),
        ("failed", "skip", "not_paid", False),
        ("checkout-draft", "skip", "not_paid", False),
        ("completed", "skip", "already_shipped", False),
        ("cancelled", "skip", "cancelled", True),
        ("trash", "skip", "cancelled", True),
        ("refunded", "skip", "refunded", True),
        ("being-engraved", "hold", "unknown_status:status:being-engraved", False),
        ("", "hold", "unknown_status:status:", False),
    ],
)
def test_the_status_decides(status: str, result: str, reason: str, taken_back: bool) -> None:
    entry = only(of_json(order(status=status)))
    assert (str(entry.result), entry.reason) == (result, reason)
    assert entry.order is not None
    assert entry.order.taken_back == taken_back


def test_cash_on_delivery_is_ready_without_a_payment() -> None:
    entry = only(of_json(order(date_paid_gmt=None, payment_method="cod")))
    assert entry.result == "ready"
    assert entry.order is not None
    assert entry.order.placed_at == utc_seconds("2026-11-11 08:00:00")


def test_a_time_without_gmt_is_the_shops_own() -> None:
    times = {"date_paid_gmt": None, "date_created_gmt": None, "date_paid": "2026-11-11T16:00:00"}
    entry = only(of_json(order(**times), zone="Asia/Shanghai"))
    assert entry.order is not None
    assert entry.order.placed_at == utc_seconds("2026-11-11 08:00:00")


@pytest.mark.parametrize(
    ("change", "result", "reason"),
    [
        ({"refunds": [{"id": 1, "total": "-3.50"}]}, "hold", "partly_refunded"),
        ({"shipping": {}}, "hold", "no_address"),
        ({"shipping": None}, "hold", "no_address"),
        ({"line_items": []}, "hold", "no_items"),
        ({"line_items": None}, "hold", "no_items"),
        ({"line_items": [line(None)]}, "hold", "no_sku"),
        ({"line_items": [line(), None]}, "reject", "bad_quantity:quantity:"),
        ({"line_items": [line(quantity=0)]}, "reject", "bad_quantity:quantity:0"),
        ({"line_items": [line(quantity=-1)]}, "reject", "bad_quantity:quantity:-1"),
        ({"line_items": [line(quantity=1.5)]}, "reject", "bad_quantity:quantity:1.5"),
        ({"line_items": [line(quantity=True)]}, "reject", "bad_quantity:quantity:true"),
        ({"line_items": [line(quantity=10**12)]}, "reject", "bad_quantity:quantity:1000000000000"),
        ({"line_items": [line(), line("CUP")]}, "hold", "line_twice:CUP:1"),
        ({"date_paid_gmt": "yesterday"}, "hold", "bad_time:date_paid_gmt:yesterday"),
        ({"number": "9.95E+18"}, "reject", "number_lost:number:9.95E+18"),
        ({"number": 9956431568476740000}, "reject", "number_lost:number:9956431568476740000"),
        ({"number": None, "id": None}, "reject", "missing:number"),
        ({"customer_note": "a\x1bb"}, "hold", "control_character:customer_note:U+001B"),
    ],
)
def test_what_is_not_sure_is_not_sent(change: Json, result: str, reason: str) -> None:
    entry = only(of_json([order(**change)]))
    assert (str(entry.result), entry.reason) == (result, reason)


def test_whole_numbers_may_be_written_with_a_point() -> None:
    assert only(of_json(order(line_items=[line(quantity=2.0)]))).units == 2


def test_an_order_without_a_number_is_known_by_its_id() -> None:
    assert only(of_json(order(None))).reference == "7"


def test_an_order_that_came_twice_counts_once() -> None:
    assert told(of_json([order(), order()])) == [("1001", "ready", ""), ("1001", "skip", "order_twice:orders.json:1")]


def test_an_order_that_came_twice_and_differs_is_held() -> None:
    twice = [order(), order(line_items=[line(quantity=5)])]
    assert told(of_json(twice))[0] == ("1001", "hold", "order_unlike:2")


def test_an_order_that_was_cancelled_on_a_later_page_is_not_sent() -> None:
    assert {entry.result for entry in entries(of_json([order(), order(status="cancelled")]))} == {"skip"}


def test_what_is_no_order_in_the_list_is_counted_too() -> None:
    found = of_json([None, order(), "gone", {"line_items": [line(quantity=3), line()]}])
    assert told(found)[0] == ("", "reject", "not_an_order")
    assert counts(found) == {"ready": (1, 1, 1), "reject": (3, 4, 4)}
    assert found.records == 4


@pytest.mark.parametrize("end", [-1, -20, -200])
def test_a_file_that_was_cut_off_is_refused_whole(end: int) -> None:
    text = json.dumps([order(), order("1002")], indent=1)
    found = account(text[:end], "orders.json")
    assert found.fault.startswith("cut_json:")
    assert not found.entries
