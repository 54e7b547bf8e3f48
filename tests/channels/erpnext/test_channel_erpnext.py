"""ERPNext: documents of the type Sales Order."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.channels.given import account, counts, entries, expected, needs_samples, of_json, only, sample, told
from wms.channels.times import utc_seconds

Json = dict[str, Any]
NAME = "SAL-ORD-2026-00001"


def line(code: str | None = "TEA", qty: object = 1.0, delivered: object = 0.0, **more: object) -> Json:
    return {
        "idx": 1,
        "item_code": code,
        "item_name": "Tea",
        "qty": qty,
        "delivered_qty": delivered,
        "conversion_factor": 1.0,
        "delivery_date": "2026-11-14",
    } | more


def order(*lines: Json, **more: object) -> Json:
    return {
        "doctype": "Sales Order",
        "name": NAME,
        "docstatus": 1,
        "status": "To Deliver and Bill",
        "customer": "C-7",
        "customer_name": "Ada Example",
        "transaction_date": "2026-11-12",
        "delivery_date": "2026-11-20",
        "currency": "EUR",
        "grand_total": 80.98,
        "shipping_address": "Rue d&#39;Essai 4<br>\nParis<br>75011<br>FR<br>Phone: 01 02<br>Email: a@example.com<br>",
        "items": list(lines) or [line()],
    } | more


@needs_samples
def test_the_sample_comes_out_as_counted() -> None:
    assert counts(sample("erpnext_sales_orders.json")) == expected("erpnext_sales_orders.json")


@pytest.mark.parametrize(
    "shape",
    [
        lambda one: one,
        lambda one: [one],
        lambda one: {"data": one},
        lambda one: {"data": [one]},
        lambda one: {"message": one},
        lambda one: {"docs": [one]},
        lambda one: [{name: value for name, value in one.items() if name != "doctype"}],
    ],
)
def test_lists_pages_and_single_documents_are_the_same(shape: Any) -> None:
    found = of_json(shape(order()))
    assert (found.channel, only(found).result) == ("erpnext", "ready")


def test_another_doctype_is_no_order() -> None:
    assert of_json([order(doctype="Sales Invoice")]).fault == "unknown_format"


def test_what_is_said_is_taken_over() -> None:
    found = only(of_json(order(), zone="Europe/Paris")).order
    assert found is not None
    assert found.placed_at == utc_seconds("2026-11-11 23:00:00")
    assert found.ship_by == utc_seconds("2026-11-14 22:59:59")  # the end of the first line's day, in Paris
    assert (found.amount, found.currency, found.buyer) == (8098, "EUR", "C-7")
    assert found.recipient is not None
    assert found.recipient.name == "Ada Example"
    assert found.recipient.address_lines == ("Rue d'Essai 4", "Paris", "75011")
    assert (found.recipient.country, found.recipient.phone) == ("FR", "01 02")


def test_the_deadline_is_that_of_the_first_line_still_to_deliver() -> None:
    lines = line(delivered=1.0, delivery_date="2026-11-01"), line("CUP", idx=2, delivery_date="2026-11-18")
    found = only(of_json(order(*lines))).order
    assert found is not None
    assert found.ship_by == utc_seconds("2026-11-18 23:59:59")


@pytest.mark.parametrize(
    ("change", "result", "reason"),
    [
        ({}, "ready", ""),
        ({"status": "To Deliver"}, "ready", ""),
        ({"docstatus": 0, "status": "Draft"}, "skip", "draft"),
        ({"docstatus": 2, "status": "Cancelled"}, "skip", "cancelled"),
        ({"docstatus": 2}, "skip", "cancelled"),
        ({"status": "Closed"}, "skip", "closed"),
        ({"status": "Completed"}, "skip", "already_shipped"),
        ({"status": "To Bill"}, "skip", "already_shipped"),
        ({"delivery_status": "Fully Delivered"}, "skip", "already_shipped"),
        ({"skip_delivery_note": 1}, "skip", "nothing_to_ship"),
        ({"status": "On Hold"}, "hold", "on_hold"),
        ({"status": "Mystery"}, "hold", "unknown_status:status:Mystery"),
        ({"shipping_address": ""}, "hold", "no_address"),
        ({"shipping_address": None}, "hold", "no_address"),
        ({"items": []}, "hold", "no_items"),
        ({"delivery_date": "14/13/2026", "items": [line(delivery_date=None)]}, "hold",
         "bad_time:delivery_date:14/13/2026"),
        ({"name": ""}, "reject", "missing:name"),
    ],
)  # fmt: skip
def test_docstatus_and_status_decide(change: Json, result: str, reason: str) -> None:
    entry = only(of_json(order(**change)))
    assert (str(entry.result), entry.reason) == (result, reason)
    if entry.order is not None:
        assert entry.order.taken_back == (reason == "cancelled")


def test_without_an_address_column_the_label_comes_from_elsewhere() -> None:
    one = order()
    del one["shipping_address"]
    assert only(of_json(one)).result == "ready_nolabel"


@pytest.mark.parametrize(
    ("ordered", "delivered", "factor", "left", "done"),
    [
        (5.0, 0.0, 1.0, 5, 0),
        (5.0, 2.0, 1.0, 3, 0),
        (5.0, None, None, 5, 0),
        (5.0, 5.0, 1.0, 1, 5),
        (5.0, 7.0, 1.0, 1, 5),
        (2.0, 0.0, 12.0, 24, 0),
        (2.5, 0.0, 2.0, 5, 0),
        ("5", "2", "1", 3, 0),
    ],
)
def test_what_is_left_to_deliver_is_picked(
    ordered: object, delivered: object, factor: object, left: int, done: int
) -> None:
    lines = [line(qty=ordered, delivered=delivered, conversion_factor=factor)]
    if done:
        lines.append(line("CUP", idx=2))
    entry = only(of_json(order(*lines)))
    assert (str(entry.result), entry.units, entry.done_units) == ("ready", left, done)


@pytest.mark.parametrize("quantity", [0, -1.0, 1.5, None, "x", "２", "1_0", True, 1e300, [1]])
def test_a_quantity_that_is_none_refuses_the_order(quantity: object) -> None:
    found = of_json([order(line(qty=quantity), line("CUP", idx=2)), order(name="B")])
    assert [entry.result for entry in entries(found)] == ["reject", "ready"]
    assert entries(found)[0].reason.startswith("bad_quantity:qty:")
    assert entries(found)[0].lines == 2


def test_a_delivery_below_nothing_refuses_the_order() -> None:
    assert only(of_json(order(line(delivered=-1.0)))).result == "reject"


def test_what_the_supplier_sends_is_not_picked() -> None:
    entry = only(of_json(order(line(delivered_by_supplier=1), line("CUP", idx=2))))
    assert (entry.lines, entry.done_lines) == (1, 1)


def test_a_line_that_stands_there_twice_holds_the_order() -> None:
    assert only(of_json(order(line(), line()))).reason == "line_twice:TEA:1"


def test_an_order_all_of_which_was_delivered_is_skipped() -> None:
    found = of_json(order(line(qty=2.0, delivered=2.0)))
    assert told(found) == [(NAME, "skip", "already_shipped")]
    assert counts(found) == {"skip": (1, 1, 2)}


def test_a_file_that_was_cut_off_is_refused_whole() -> None:
    assert account(json.dumps({"data": [order()]})[:-3], "orders.json").fault.startswith("cut_json:")
