"""Etsy: the order items of Shop Manager."""

from __future__ import annotations

import csv
import io

import pytest

from tests.channels.given import account, counts, entries, expected, needs_samples, only, sample, told
from wms.channels import FileAccount
from wms.channels.times import utc_seconds

COLUMNS = [
    "Sale Date", "Item Name", "Buyer", "Quantity", "Price", "Item Total", "Currency", "Transaction ID", "Listing ID",
    "Date Paid", "Date Shipped", "Ship Name", "Ship Address1", "Ship Address2", "Ship City", "Ship State",
    "Ship Zipcode", "Ship Country", "Order ID", "Variations", "Order Type", "Listings Type", "SKU",
]  # fmt: skip
BRITISH = {name: name.replace("Ship ", "Delivery ").replace("Date Shipped", "Date Posted") for name in COLUMNS}


def row(order: str = "3485187054", transaction: str = "4641602096", sku: str = "TEA", **cells: str) -> dict[str, str]:
    usual = {
        "Sale Date": "11/12/26",
        "Item Name": "Tea",
        "Buyer": "Ada (ada1)",
        "Quantity": "2",
        "Item Total": "25.00",
        "Currency": "USD",
        "Transaction ID": transaction,
        "Listing ID": "1637394416",
        "Date Paid": "11/12/2026",
        "Ship Name": "Ada Example",
        "Ship Address1": "Main St 5",
        "Ship City": "Springfield",
        "Ship State": "IL",
        "Ship Zipcode": "62701",
        "Ship Country": "United States",
        "Order ID": order,
        "Order Type": "online",
        "Listings Type": "listing",
        "SKU": sku,
    }
    return usual | {name.replace("_", " "): cell for name, cell in cells.items()}


def export(*rows: dict[str, str], columns: list[str] = COLUMNS, mark: str = ",", end: str = "\n") -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", extrasaction="ignore", delimiter=mark, lineterminator=end)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def of(*rows: dict[str, str]) -> FileAccount:
    return account(export(*rows))


@needs_samples
def test_the_sample_comes_out_as_its_manifest_says() -> None:
    found = sample("etsy_sold_order_items.csv")
    assert (found.channel, found.records) == ("etsy", 28)
    assert counts(found) == expected("etsy_sold_order_items.csv")


def test_an_order_is_read_without_entities() -> None:
    tea = row(Item_Name="Tom&#39;s &quot;No. 1&quot; &amp; more", Variations="Size:Large,Personalization:None")
    entry = only(of(tea, row(transaction="2", sku="CUP", Ship_Name="Ada Example", Quantity="1", Item_Total="4.50")))
    order = entry.order
    assert order is not None
    assert (entry.result, entry.lines, entry.units) == ("ready", 2, 3)
    assert order.lines[0].name == 'Tom\'s "No. 1" & more (Size:Large)'
    assert (order.amount, order.currency, order.buyer) == (2950, "USD", "Ada (ada1)")
    assert order.recipient is not None
    assert (order.recipient.city, order.recipient.country) == ("Springfield IL", "United States")


@pytest.mark.parametrize("day", ["11/12/2026", "11/12/26", "2026-11-12"])
def test_days_are_month_day_year(day: str) -> None:
    entry = only(of(row(Date_Paid=day)))
    assert entry.order is not None
    assert entry.order.placed_at == utc_seconds("2026-11-12")


def test_a_day_that_is_none_in_that_order_holds_the_order() -> None:
    assert told(of(row(Date_Paid="13/12/2026"))) == [("3485187054", "hold", "bad_time:date paid:13/12/2026")]


def test_what_was_shipped_or_needs_no_shipping_is_done() -> None:
    gone = row(transaction="1", Date_Shipped="11/13/2026")
    assert told(of(gone)) == [("3485187054", "skip", "already_shipped")]
    entry = only(of(gone, row(transaction="2")))
    assert (entry.result, entry.lines, entry.units, entry.done_lines, entry.done_units) == ("ready", 1, 2, 1, 2)
    assert told(of(row(Listings_Type="digital"))) == [("3485187054", "skip", "nothing_to_ship")]
    assert told(of(row(Order_Type="in-person"))) == [("3485187054", "skip", "nothing_to_ship")]


def test_an_order_that_is_not_paid_is_skipped() -> None:
    assert told(of(row(Date_Paid=""))) == [("3485187054", "skip", "not_paid")]


def test_the_british_spelling_and_exports_without_some_columns() -> None:
    british = [{BRITISH[name]: cell for name, cell in each.items()} for each in (row(), row("2", "2"))]
    british[1]["Date Posted"] = "11/13/2026"
    found = account(export(*british, columns=list(BRITISH.values())))
    assert told(found) == [("3485187054", "ready", ""), ("2", "skip", "already_shipped")]
    bare = [name for name in COLUMNS if name not in ("Ship Address2", "Date Paid", "Variations", "SKU")]
    assert told(account(export(row(), columns=bare))) == [("3485187054", "hold", "no_sku")]


def test_the_export_without_items_says_which_one_is_needed() -> None:
    header = (
        "Sale Date,Order ID,Buyer User ID,Full Name,Number of Items,Payment Method,Date Shipped,Street 1,Order Value"
    )
    found = account(header + "\n11/12/26,3485187054,7,Ada Example,2,Card,,Main St 5,25.00\n")
    assert (found.channel, found.fault, found.entries) == ("etsy", "other_export:Order Items", [])


def test_the_same_transaction_twice() -> None:
    assert told(of(row(), row())) == [("3485187054", "ready", ""), ("3485187054", "skip", "record_twice:1")]
    assert told(of(row(), row(Quantity="3"))) == [("3485187054", "hold", "line_twice:TEA:1")]


def test_records_of_one_order_that_name_two_people_are_held() -> None:
    other = row(transaction="2", Ship_Name="Eve Example")
    assert told(of(row(), other)) == [("3485187054", "hold", "rows_differ:ship name:1")]


def test_damage_in_rows() -> None:
    assert told(of(row("3.49E+09"), row())) == [
        ("3.49E+09", "reject", "number_lost:order id:3.49E+09"),
        ("3485187054", "ready", ""),
    ]
    assert told(of(row(Quantity="0"))) == [("3485187054", "reject", "bad_quantity:quantity:0")]
    assert told(of(row(Ship_Address1=""))) == [("3485187054", "hold", "no_address")]
    assert told(of(row(sku=""))) == [("3485187054", "hold", "no_sku")]
    without = export(row(), columns=[name for name in COLUMNS if name != "Date Shipped"])
    assert account(without).fault == "missing_column:date shipped"  # what was sent would be sent again
    whole = export(row(), row("2", "2"))
    assert [entry.result for entry in entries(account(whole[:-20]))] == ["hold", "reject"]
    assert account(whole[:-20] + '"').fault == "broken_csv:3"


@pytest.mark.parametrize(("mark", "end"), [(";", "\r\n"), ("\t", "\r"), (",", "\r\n")])
def test_saved_again_by_a_spreadsheet(mark: str, end: str) -> None:
    assert told(account(export(row(Ship_Address2="5, left; back"), mark=mark, end=end))) == [
        ("3485187054", "ready", "")
    ]


def test_what_is_over_is_told_where_it_stands() -> None:
    for column, text in ("Date Shipped", "11/13/2026"), ("Listings Type", "digital"), ("Order Type", "in-person"):
        entry = only(of(row() | {column: text}))
        assert (entry.result, entry.column, entry.text) == ("skip", column, text)
