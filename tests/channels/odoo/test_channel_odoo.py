"""Odoo: sale orders of its external API."""

from __future__ import annotations

from typing import Any

import pytest

from tests.channels.given import counts, entries, expected, needs_samples, of_json, only, sample, told
from wms.channels.times import utc_seconds

Json = dict[str, Any]


def line(n: int = 1, code: str = "TEA", qty: object = 1.0, delivered: object = 0.0, **more: object) -> Json:
    return {
        "id": n,
        "order_id": [100, "S00100"],
        "product_id": [9, f"[{code}] Green tea" if code else "Green tea"],
        "name": f"[{code}] Green tea",
        "product_uom_qty": qty,
        "qty_delivered": delivered,
        "product_uom": [1, "Units"],
        "display_type": False,
    } | more


def order(*lines: object, **more: object) -> Json:
    return {
        "id": 100,
        "name": "S00100",
        "state": "sale",
        "date_order": "2026-11-11 09:01:22",
        "commitment_date": "2026-11-13 09:01:22",
        "partner_id": [40, "Ada Example"],
        "partner_shipping_id": [40, "Ada Example, Main St 5, Springfield 02139"],
        "note": "<p>Call &amp; wait</p>",
        "amount_total": 17.72,
        "currency_id": [2, "USD"],
        "delivery_status": "pending",
        "order_line": list(lines) or [line()],
    } | more


def beside(orders: list[Json], lines: list[Json]) -> Json:
    return {"sale.order": orders, "sale.order.line": lines}


@needs_samples
def test_the_sample_comes_out_as_counted() -> None:
    assert counts(sample("odoo_sale_orders.json")) == expected("odoo_sale_orders.json")


@pytest.mark.parametrize(
    "shape",
    [
        lambda one: one,
        lambda one: [one],
        lambda one: {"jsonrpc": "2.0", "id": 1, "result": [one]},
        lambda one: {"jsonrpc": "2.0", "id": 1, "result": {"length": 1, "records": [one]}},
        lambda one: {"records": [one]},
        lambda one: beside([one | {"order_line": [1]}], [line()]),
    ],
)
def test_lines_embedded_or_beside_are_the_same(shape: Any) -> None:
    found = of_json(shape(order()))
    assert (found.channel, counts(found)) == ("odoo", {"ready": (1, 1, 1)})


def test_what_is_said_is_taken_over() -> None:
    found = only(of_json(order(), zone="Asia/Shanghai")).order
    assert found is not None
    assert (found.placed_at, found.ship_by) == (
        utc_seconds("2026-11-11 09:01:22"),
        utc_seconds("2026-11-13 09:01:22"),
    )
    assert (found.amount, found.currency, found.remarks) == (1772, "USD", ("Call & wait",))
    assert (found.lines[0].code, found.lines[0].name) == ("TEA", "Green tea")
    assert found.recipient is not None
    assert (found.recipient.name, found.recipient.address_lines) == ("Ada Example", ("Main St 5, Springfield 02139",))


@pytest.mark.parametrize(
    ("shown", "name", "lines", "result"),
    [
        ([40, "Ada Example, Main St 5"], "Ada Example", ("Main St 5",), "ready"),
        ([41, "Example, Inc., Main St 5"], "Example", ("Inc., Main St 5",), "ready"),
        ([41, "Example\nMain St 5\nBerlin"], "Example", ("Main St 5", "Berlin"), "ready"),
        ([41, "Example Inc, Ada Example"], "Example Inc, Ada Example", (), "ready_nolabel"),
        ([41, "Ada Example"], "Ada Example", (), "ready_nolabel"),
        ({"id": 41, "display_name": "Ada, Main St 5"}, "Ada", ("Main St 5",), "ready"),
        ({"id": 41, "name": "Ada", "street": "Main St 5", "street2": False}, "Ada", ("Main St 5",), "ready"),
    ],
)
def test_a_contact_is_not_taken_for_an_address(shown: object, name: str, lines: tuple[str, ...], result: str) -> None:
    entry = only(of_json(order(partner_shipping_id=shown)))
    assert entry.order is not None
    assert entry.order.recipient is not None
    assert (entry.order.recipient.name, entry.order.recipient.address_lines) == (name, lines)
    assert entry.result == result


def test_an_unset_address_is_none() -> None:
    assert only(of_json(order(partner_shipping_id=False))).reason == "no_recipient"


@pytest.mark.parametrize(
    ("change", "result", "reason"),
    [
        ({"state": "done"}, "ready", ""),
        ({"state": "draft"}, "skip", "draft"),
        ({"state": "sent"}, "skip", "draft"),
        ({"state": "cancel"}, "skip", "cancelled"),
        ({"state": "sale", "delivery_status": "full"}, "skip", "already_shipped"),
        ({"state": "paused"}, "hold", "unknown_status:state:paused"),
        ({"state": False}, "hold", "unknown_status:state:"),
        ({"order_line": []}, "hold", "no_items"),
        ({"order_line": [1, 2]}, "hold", "line_missing:1"),
        ({"commitment_date": False}, "ready", ""),
        ({"commitment_date": "soon"}, "hold", "bad_time:commitment_date:soon"),
        ({"name": False}, "reject", "missing:name"),
    ],
)
def test_the_state_decides(change: Json, result: str, reason: str) -> None:
    entry = only(of_json(order(**change)))
    assert (str(entry.result), entry.reason) == (result, reason)
    if entry.order is not None:
        assert entry.order.taken_back == (reason == "cancelled")


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([line(qty=5.0, delivered=2.0)], {"ready": (1, 1, 3)}),
        ([line(qty=5.0, delivered=5.0), line(2, "CUP")], {"ready": (1, 1, 1), "already_done": (0, 1, 5)}),
        ([line(qty=5.0, delivered=6.0), line(2, "CUP")], {"ready": (1, 1, 1), "already_done": (0, 1, 5)}),
        ([line(qty=5.0, delivered=5.0)], {"skip": (1, 1, 5)}),
        ([line(), line(2, is_delivery=True)], {"ready": (1, 1, 1), "already_done": (0, 1, 1)}),
        ([line(), line(2, product_id=False, display_type="line_note", qty=0.0)], {"ready": (1, 1, 1)}),
        ([line(), line(2, product_id=False, display_type="line_section", qty=0.0)], {"ready": (1, 1, 1)}),
    ],
)
def test_notes_and_what_was_delivered_are_not_picked(lines: list[Json], expected: object) -> None:
    assert counts(of_json(order(*lines))) == expected


@pytest.mark.parametrize(
    ("lines", "result", "reason"),
    [
        ([line(code="")], "hold", "no_sku"),
        ([line(product_id=False)], "hold", "no_sku"),
        ([line(), line()], "hold", "line_twice:TEA:1"),
        ([line(product_uom=[2, "Dozens"])], "hold", "other_unit:Dozens"),
        ([line(qty=1.5)], "reject", "bad_quantity:product_uom_qty:1.5"),
        ([line(qty=0.0)], "reject", "bad_quantity:product_uom_qty:0"),
        ([line(qty=-1.0)], "reject", "bad_quantity:product_uom_qty:-1"),
        ([line(qty=False)], "reject", "bad_quantity:product_uom_qty:"),
        ([line(delivered=-1.0)], "reject", "bad_quantity:product_uom_qty:-1"),
    ],
)
def test_a_line_that_is_not_sure_is_not_sent(lines: list[Json], result: str, reason: str) -> None:
    entry = only(of_json(order(*lines)))
    assert (str(entry.result), entry.reason, entry.lines) == (result, reason, len(lines))


def test_an_order_does_not_go_without_a_line_that_the_file_lacks() -> None:
    found = of_json(beside([order(1, 2)], [line()]))
    assert told(found) == [("S00100", "hold", "line_missing:2")]


def test_lines_of_no_order_are_told() -> None:
    orphans = [line(n, order_id=[7, "S00007"], qty=2.0) for n in (2, 3)]
    found = of_json(beside([order(1)], [line(), *orphans, line(4, order_id=False)]))
    assert counts(found) == {"ready": (1, 1, 1), "reject": (2, 3, 5)}  # two orders: the lines of one count as one
    assert ("S00007", "reject", "unknown_order:S00007") in told(found)


def test_the_sku_in_the_record_of_the_product_counts() -> None:
    product = {"id": 9, "display_name": "[OLD] Green tea", "default_code": "TEA"}
    entry = only(of_json(order(line(product_id=product))))
    assert entry.order is not None
    assert entry.order.lines[0].code == "TEA"


def test_what_is_no_order_in_the_list_is_counted_too() -> None:
    assert [entry.result for entry in entries(of_json([order(), 5, None]))] == ["ready", "reject", "reject"]
