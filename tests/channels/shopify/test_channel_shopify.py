"""Shopify: the orders export of the admin."""

from __future__ import annotations

import csv
import io

import pytest

from tests.channels.given import account, counts, entries, expected, needs_samples, only, sample, told
from wms.channels import FileAccount
from wms.channels.times import utc_seconds

COLUMNS = [
    "Name", "Email", "Financial Status", "Paid at", "Fulfillment Status", "Currency", "Total", "Created at",
    "Lineitem quantity", "Lineitem name", "Lineitem price", "Lineitem sku", "Lineitem requires shipping",
    "Lineitem fulfillment status", "Shipping Name", "Shipping Address1", "Shipping Address2", "Shipping City",
    "Shipping Zip", "Shipping Country", "Shipping Phone", "Notes", "Cancelled at", "Id", "Phone",
]  # fmt: skip
WHOLE = {
    "Financial Status": "paid",
    "Paid at": "2026-11-11 16:27:24 -0500",
    "Fulfillment Status": "unfulfilled",
    "Currency": "USD",
    "Total": "55.71",
    "Shipping Name": "Ada Example",
    "Shipping Address1": "Main St 5",
    "Shipping City": "Springfield",
    "Shipping Zip": "'02139",
    "Shipping Country": "US",
    "Notes": "Ring twice",
    "Id": "6103144252282",
}
LINE = {
    "Name": "#1001",
    "Email": "ada@example.com",
    "Created at": "2026-11-11 16:27:22 -0500",
    "Lineitem quantity": "2",
    "Lineitem name": "Tea",
    "Lineitem price": "10.00",
    "Lineitem sku": "TEA",
    "Lineitem requires shipping": "true",
    "Lineitem fulfillment status": "pending",
}
CUP = LINE | {"Lineitem sku": "CUP", "Lineitem name": "Cup"}


def first(**cells: str) -> dict[str, str]:
    return LINE | WHOLE | named(cells)


def later(**cells: str) -> dict[str, str]:
    return CUP | named(cells)


def named(cells: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", " "): cell for name, cell in cells.items()}


def of(*rows: dict[str, str]) -> FileAccount:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return account(text.getvalue())


def held(*rows: dict[str, str]) -> tuple[str, str, str, int]:
    """The result of the only order, its first reason, its column, and the record where that stands."""
    entry = only(of(*rows))
    assert entry.order is not None
    record = next((one.record for one in entry.order.troubles if one.reason == entry.reason), 0)
    return str(entry.result), entry.reason, entry.column, record


@needs_samples
def test_the_sample_comes_out_as_its_manifest_says() -> None:
    found = sample("shopify_orders_export.csv")
    assert counts(found) == expected("shopify_orders_export.csv")


@pytest.mark.parametrize("rows", [[first(), later()], [later(), first()]], ids=["as exported", "sorted again"])
def test_what_concerns_the_order_counts_in_whichever_row_it_stands(rows: list[dict[str, str]]) -> None:
    (entry,) = entries(of(*rows))
    order = entry.order
    assert (entry.result, entry.reason, entry.lines, entry.units) == ("ready", "", 2, 4)
    assert order is not None
    assert order.recipient is not None
    assert (order.recipient.name, order.recipient.address_lines) == ("Ada Example", ("Main St 5",))
    assert (order.recipient.postcode, order.recipient.country) == ("02139", "US")
    assert (order.amount, order.currency, order.remarks) == (5571, "USD", ("Ring twice",))
    assert order.placed_at == utc_seconds("2026-11-11 16:27:24 -0500", "UTC")


def test_rows_of_an_order_apart_from_each_other_are_one_order() -> None:
    found = of(later(), first(Name="#1002"), first())
    assert sorted(told(found)) == [("#1001", "ready", ""), ("#1002", "ready", "")]


# Rows that contradict each other


@pytest.mark.parametrize(
    ("cells", "reason", "column"),
    [
        ({"Cancelled at": "2026-11-12 10:00:00 -0500"}, "cancelled", "Cancelled at"),
        ({"Financial Status": "refunded"}, "refunded", "Financial Status"),
        ({"Financial Status": "voided"}, "cancelled", "Financial Status"),
        ({"Fulfillment Status": "restocked"}, "cancelled", "Fulfillment Status"),
    ],
)
@pytest.mark.parametrize("upside_down", [False, True])
def test_an_order_taken_back_in_any_row_is_taken_back(
    cells: dict[str, str], reason: str, column: str, upside_down: bool
) -> None:
    rows = [first(), later(**cells)]
    found = of(*reversed(rows)) if upside_down else of(*rows)
    entry = only(found)
    assert (entry.result, entry.reason, entry.column) == ("skip", reason, column)
    assert entry.order is not None
    assert entry.order.taken_back


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("Financial Status", "pending"),
        ("Financial Status", "partially_refunded"),
        ("Fulfillment Status", "fulfilled"),
        ("Id", "6103144252283"),
        ("Total", "99.00"),
    ],
)
def test_rows_that_contradict_each_other_hold(column: str, text: str) -> None:
    rows = (first(), later(**{column: text}))
    assert held(*rows) == ("hold", f"unlike_record:{column.lower()}:1:{text}", column, 2)


@pytest.mark.parametrize(
    "column", ["Shipping Name", "Shipping Address1", "Shipping City", "Shipping Zip", "Shipping Country", "Email"]
)
def test_rows_of_different_people_hold_and_do_not_tell_them(column: str) -> None:
    found = of(first(), later(**{column: "Eve Secret"}))
    entry = only(found)
    assert (entry.result, entry.reason, entry.column) == ("hold", f"rows_differ:{column.lower()}:1", column)
    assert "Secret" not in entry.text


def test_the_notes_of_all_rows_are_kept_once() -> None:
    order = only(of(first(), later(Notes="Ring twice"), later(Lineitem_sku="NUT", Notes="Leave it"))).order
    assert order is not None
    assert order.remarks == ("Ring twice", "Leave it")


@pytest.mark.parametrize(
    "column",
    ["Shipping Name", "Shipping Address2", "Shipping City", "Shipping Zip", "Shipping Phone", "Phone", "Notes"],
)
def test_a_control_character_is_told_by_its_column_alone(column: str) -> None:
    entry = only(of(first(**{column: "Secret\x1b[2J"})))
    assert (entry.result, entry.column, entry.text) == ("hold", column, "")
    assert entry.reason == f"control_character:{column.lower()}:U+001B"


# Status words


@pytest.mark.parametrize(
    ("column", "word", "result", "reason"),
    [
        ("Financial Status", "PAID", "ready", ""),
        ("Financial Status", "pending", "skip", "not_paid"),
        ("Financial Status", "authorized", "skip", "not_paid"),
        ("Financial Status", "partially_paid", "skip", "not_paid"),
        ("Financial Status", "Partially paid", "skip", "not_paid"),
        ("Financial Status", "expired", "skip", "not_paid"),
        ("Financial Status", "partially_refunded", "hold", "partly_refunded"),
        ("Financial Status", "refunded", "skip", "refunded"),
        ("Financial Status", "voided", "skip", "cancelled"),
        ("Financial Status", "", "hold", "missing:financial status"),
        ("Financial Status", "bezahlt", "hold", "unknown_status:financial status:bezahlt"),
        ("Financial Status", "paid?", "hold", "unknown_status:financial status:paid?"),
        ("Fulfillment Status", "", "ready", ""),
        ("Fulfillment Status", "Unfulfilled", "ready", ""),
        ("Fulfillment Status", "fulfilled", "skip", "already_shipped"),
        ("Fulfillment Status", "partial", "hold", "partly_shipped"),
        ("Fulfillment Status", "restocked", "skip", "cancelled"),
        ("Fulfillment Status", "on hold", "hold", "stopped:on hold"),
        ("Fulfillment Status", "ON_HOLD", "hold", "stopped:ON_HOLD"),
        ("Fulfillment Status", "scheduled", "hold", "stopped:scheduled"),
        ("Fulfillment Status", "versandt", "hold", "unknown_status:fulfillment status:versandt"),
        ("Lineitem fulfillment status", "", "ready", ""),
        ("Lineitem fulfillment status", "unfulfilled", "ready", ""),
        ("Lineitem fulfillment status", "fulfilled", "skip", "already_shipped"),
        ("Lineitem fulfillment status", "restocked", "skip", "cancelled"),
        ("Lineitem fulfillment status", "partial", "hold", "partly_shipped"),
        ("Lineitem fulfillment status", "on_hold", "hold", "stopped:on_hold"),
        ("Lineitem fulfillment status", "??", "hold", "unknown_status:lineitem fulfillment status:??"),
        ("Lineitem requires shipping", "", "ready", ""),
        ("Lineitem requires shipping", "TRUE", "ready", ""),
        ("Lineitem requires shipping", "FALSE", "skip", "nothing_to_ship"),
        ("Lineitem requires shipping", "FALSCH", "hold", "unknown_status:lineitem requires shipping:FALSCH"),
    ],
)
def test_status_words(column: str, word: str, result: str, reason: str) -> None:
    entry = only(of(first(**{column: word})))
    assert (entry.result, entry.reason) == (result, reason)
    if result == "hold":
        assert (entry.column, entry.text) == (column, word)


def test_an_order_in_part_shipped_tells_which_line_is_left() -> None:
    rows = (first(Fulfillment_Status="partial", Lineitem_fulfillment_status="fulfilled"), later())
    assert counts(of(*rows)) == {"ready": (1, 1, 2), "already_done": (0, 1, 2)}


def test_a_word_nobody_knows_matters_not_where_nothing_is_to_be_picked() -> None:
    row = first(Lineitem_requires_shipping="false", Lineitem_fulfillment_status="not_eligible")
    assert held(row, later())[:2] == ("ready", "")


# Times


def test_the_day_an_order_was_placed_counts_where_none_says_when_it_was_paid() -> None:
    order = only(of(first(Paid_at=""))).order
    assert order is not None
    assert order.placed_at == utc_seconds("2026-11-11 16:27:22 -0500", "UTC")


@pytest.mark.parametrize(("text", "reason"), [("03/04/2026 10:00", "two_dates"), ("yesterday", "bad_time")])
def test_a_day_that_cannot_be_told_holds_where_it_is_used(text: str, reason: str) -> None:
    assert held(first(Paid_at=text)) == ("hold", f"{reason}:paid at:{text}", "Paid at", 1)
    assert held(first(Paid_at="", Created_at=text)) == ("hold", f"{reason}:created at:{text}", "Created at", 1)
    assert held(first(Created_at=text))[0] == "ready"
