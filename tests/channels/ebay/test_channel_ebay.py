"""eBay: the orders report of Seller Hub."""

from __future__ import annotations

import csv
import io

import pytest

from tests.channels.given import account, counts, entries, expected, needs_samples, only, sample, told
from wms.channels import FileAccount
from wms.channels.times import utc_seconds

ADDRESS = ["Name", "Phone", "Address 1", "Address 2", "City", "State", "Zip", "Country"]
COLUMNS = [
    "Sales Record Number", "Order Number", "Buyer Username", "Buyer Note", *(f"Ship To {part}" for part in ADDRESS),
    "Item Number", "Item Title", "Custom Label", "Quantity", "Total Price", "Sale Date", "Paid On Date", "Ship By Date",
    "Shipped On Date", "Transaction ID", "Variation Details",
]  # fmt: skip
TRAILER = "\r\n{count},record(s) downloaded,,,,\r\nSeller ID : example-seller,,,,\r\n"
ORDER = "10-87953-56110"
PERSON = {
    "Ship To Name": "Ada Example",
    "Ship To Phone": "555-0100",
    "Ship To Address 1": "Main St 5",
    "Ship To City": "Springfield",
    "Ship To State": "IL",
    "Ship To Zip": "62701",
    "Ship To Country": "United States",
}
DAYS = {"Sale Date": "Nov-10-26", "Paid On Date": "Nov-11-26", "Ship By Date": "Nov-13-26"}
Row = dict[str, str]


def named(cells: Row) -> Row:
    return {name.replace("_", " "): cell for name, cell in cells.items()}


def child(order: str = ORDER, sku: str = "TEA", **cells: str) -> Row:
    """A row of an item, as it stands below the row of its order."""
    item = {"Item Number": "110564129081", "Item Title": f"{sku} of ours", "Custom Label": sku, "Quantity": "1"}
    return {"Order Number": order, "Buyer Username": "ada1"} | item | DAYS | named(cells)


def parent(order: str = ORDER, **cells: str) -> Row:
    """A row of an order of several items."""
    whole = {"Order Number": order, "Buyer Username": "ada1", "Quantity": "2", "Total Price": "$54.10"}
    return whole | PERSON | DAYS | named(cells)


def single(order: str = ORDER, sku: str = "TEA", **cells: str) -> Row:
    return child(order, sku) | PERSON | {"Total Price": "$54.10"} | named(cells)


def report(*rows: Row, columns: list[str] = COLUMNS, mark: str = ",") -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", extrasaction="ignore", delimiter=mark, quoting=csv.QUOTE_ALL)
    writer.writeheader()
    text.write("\r\n")
    writer.writerows(rows)
    return "\ufeff\r\n" + text.getvalue() + TRAILER.format(count=len(rows)).replace(",", mark)


def of(*rows: Row) -> FileAccount:
    return account(report(*rows))


@needs_samples
def test_the_sample_comes_out_as_its_manifest_says() -> None:
    found = sample("ebay_orders_report.csv")
    assert (found.channel, found.encoding, found.records) == ("ebay", "utf-8-sig", 32)
    assert counts(found) == expected("ebay_orders_report.csv")


def test_an_order_of_one_item() -> None:
    entry = only(of(single(Quantity="2", Buyer_Note="Gift", Variation_Details="[Size:L]")))
    order = entry.order
    assert order is not None
    assert (entry.result, entry.lines, entry.units) == ("ready", 1, 2)
    assert order.lines[0].name == "TEA of ours [Size:L]"
    assert order.placed_at == utc_seconds("2026-11-11")
    assert order.ship_by == utc_seconds("2026-11-13 23:59:59")
    assert (order.amount, order.currency, order.buyer, order.remarks) == (5410, "USD", "ada1", ("Gift",))
    assert order.recipient is not None
    assert (order.recipient.name, order.recipient.postcode) == ("Ada Example", "62701")


def test_the_row_of_an_order_gives_the_person_and_is_no_line() -> None:
    entry = only(of(parent(), child(), child(sku="RICE")))
    assert (entry.result, entry.lines, entry.units) == ("ready", 2, 2)
    assert entry.order is not None
    assert [line.code for line in entry.order.lines] == ["TEA", "RICE"]
    assert entry.order.recipient is not None
    assert entry.order.recipient.name == "Ada Example"


def test_items_that_are_missing_or_too_many_show_in_the_pieces() -> None:
    assert told(of(parent(), child())) == [(ORDER, "hold", "pieces_differ:2:1")]
    assert told(of(parent(), child(), child(sku="RICE", Quantity="5"))) == [(ORDER, "hold", "pieces_differ:2:6")]
    assert told(of(parent())) == [(ORDER, "hold", "no_items")]


def test_an_item_without_the_row_of_its_order_is_held() -> None:
    assert told(of(child())) == [(ORDER, "hold", "no_address")]


def test_two_rows_of_an_order_in_another_order_of_rows() -> None:
    assert told(of(child(), child(sku="RICE"), parent())) == [(ORDER, "ready", "")]


def test_shipped_and_unpaid_orders_are_no_work() -> None:
    assert told(of(single(Shipped_On_Date="Nov-12-26"))) == [(ORDER, "skip", "already_shipped")]
    assert told(of(single(Paid_On_Date=""))) == [(ORDER, "skip", "not_paid")]
    entry = only(of(parent(), child(Shipped_On_Date="Nov-12-26"), child(sku="RICE")))
    assert (entry.result, entry.lines, entry.done_lines) == ("ready", 1, 1)
    assert told(of(parent(Shipped_On_Date="Nov-12-26"), child(), child(sku="RICE"))) == [
        (ORDER, "skip", "already_shipped")
    ]


def test_trailers_are_no_orders_however_they_are_saved() -> None:
    found = of(single())
    assert (found.records, len(found.entries)) == (1, 1)
    padded = report(single()).replace("Seller ID : example-seller,,,,", '"Seller ID: example-seller"' + "," * 30)
    assert told(account(padded)) == [(ORDER, "ready", "")]
    quoted = report(single()).replace("1,record(s) downloaded,,,,", '"1","record(s) downloaded","from ","Nov-01-26"')
    assert told(account(quoted)) == [(ORDER, "ready", "")]


BRITISH = {
    **{f"Ship To {part}": f"Post to {part.lower()}" for part in ADDRESS},
    "Ship To State": "Post to county",
    "Ship To Zip": "Post to postcode",
    "Ship By Date": "Post by date",
    "Shipped On Date": "Dispatched on date",
}
AUSTRALIAN = {
    **{f"Ship To {part}": f"Post To {part}" for part in ADDRESS},
    "Ship To Zip": "Post To Postal Code",
    "Ship By Date": "Post By Date",
}
OLDER = {
    **{f"Ship To {part}": f"Buyer {part}" for part in ADDRESS},
    "Ship To Name": "Buyer Fullname",
    "Ship To Phone": "Buyer Phone Number",
    "Order Number": "Order ID",
    "Buyer Username": "User Id",
    "Item Number": "Item ID",
    "Paid On Date": "Paid on Date",
    "Shipped On Date": "Shipped on Date",
}


@pytest.mark.parametrize("spelled", [BRITISH, AUSTRALIAN, OLDER])
def test_other_official_spellings(spelled: Row) -> None:
    def other(row: Row) -> Row:
        return {spelled.get(name, name): cell for name, cell in row.items()}

    rows = single(Sales_Record_Number="4001"), single("2", Sales_Record_Number="4002", Shipped_On_Date="Nov-12-26")
    found = account(report(*map(other, rows), columns=[spelled.get(name, name) for name in COLUMNS]))
    assert [(entry.result, entry.reason) for entry in entries(found)] == [("ready", ""), ("skip", "already_shipped")]
    order = entries(found)[0].order
    assert order is not None
    assert order.recipient is not None
    person = order.recipient
    assert (person.name, person.phone, person.city, person.postcode) == (
        "Ada Example",
        "555-0100",
        "Springfield IL",
        "62701",
    )
    if "Ship By Date" in spelled:
        assert order.ship_by == utc_seconds("2026-11-13 23:59:59")


def test_the_same_item_twice() -> None:
    rows = parent(), child(), child()
    assert told(of(*rows)) == [(ORDER, "hold", "pieces_differ:2:1"), (ORDER, "skip", "record_twice:2")]
    again = child(Transaction_ID="7"), child(Transaction_ID="8")
    assert told(of(parent(), *again)) == [(ORDER, "ready", "")]
    assert told(of(single(), single(Quantity="2"))) == [(ORDER, "hold", "line_twice:TEA:1")]


def test_records_of_one_order_that_name_two_places_are_held() -> None:
    assert told(of(single(), single(sku="RICE", Ship_To_Address_1="Elm St 7"))) == [
        (ORDER, "hold", "rows_differ:ship to address 1:1")
    ]


def test_a_parcel_for_a_forwarder_carries_its_reference() -> None:
    columns = [*COLUMNS, "Global Shipping Reference ID"]
    found = account(report(single() | {"Global Shipping Reference ID": "GSP-77"}, columns=columns))
    order = only(found).order
    assert order is not None
    assert order.recipient is not None
    assert order.recipient.address_lines == ("Main St 5", "Ref. GSP-77")


def test_damage_in_rows() -> None:
    assert told(of(single(Custom_Label=""))) == [(ORDER, "hold", "no_sku")]
    assert told(of(single(Quantity="0"))) == [(ORDER, "reject", "bad_quantity:quantity:0")]
    assert told(of(single(Ship_By_Date="03/04/26"))) == [(ORDER, "hold", "two_dates:ship by date:03/04/26")]
    assert told(of(single(Ship_By_Date="13-Nov-26"))) == [(ORDER, "ready", "")]
    assert told(of(single(""))) == [("", "reject", "missing:order number")]
    assert told(of(single(Ship_To_Name="[b]A*", Ship_To_Address_1="*** St"))) == [
        (ORDER, "ready_nolabel", "masked_recipient")
    ]
    for needed in ("Custom Label", "Paid On Date", "Shipped On Date"):
        without = [name for name in COLUMNS if name != needed]
        assert account(report(single(), columns=without)).fault == f"missing_column:{needed.lower()}"


def test_saved_again_by_a_spreadsheet() -> None:
    assert told(account(report(single(), mark=";"))) == [(ORDER, "ready", "")]
    rest = report(single()).removeprefix("\ufeff\r\n").replace("\r\n\r\n", "\n")
    assert told(account(rest)) == [(ORDER, "ready", "")]
