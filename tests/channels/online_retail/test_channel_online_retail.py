"""Online Retail: invoices of a gift wholesaler."""

from __future__ import annotations

import gzip
import time
import tracemalloc

import pytest

from tests.channels.given import SHARED, account, counts, entries, only, told
from wms.channels import FileAccount, of_bytes, read
from wms.channels.times import utc_seconds

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
DAYS = SHARED / "orders" / "online_retail"
MANY = SHARED / "load" / "online_retail_lines.csv.gz"


def row(
    invoice: str = "536365", code: str = "85123A", quantity: str = "6", *, at: str = "2010-12-01 08:26:00",
    price: str = "2.55", customer: str = "17850.0", country: str = "United Kingdom",
) -> str:  # fmt: skip
    return f"{invoice},{code},WHITE HOLDER,{quantity},{at},{price},{customer},{country}"


def of(*rows: str, header: str = HEADER) -> FileAccount:
    return account("\n".join((header, *rows)) + "\n")


def test_an_invoice_is_an_order_without_a_person() -> None:
    entry = only(of(row(), row(code="71053", quantity="80995", price="0.123")))
    order = entry.order
    assert order is not None
    assert (entry.result, entry.reason, entry.lines, entry.units) == ("ready_nolabel", "no_recipient", 2, 81001)
    assert [(line.code, line.quantity) for line in order.lines] == [("85123A", 6), ("71053", 80995)]
    assert (order.buyer, order.amount, order.currency) == ("17850", 1530 + 996238, "GBP")


@pytest.mark.parametrize("at", ["2010-12-01 08:26:00", "12/1/2010 8:26", "12/01/10 08:26", "01.12.2010 08:26"])
def test_both_spellings_of_times_are_londons(at: str) -> None:
    order = only(of(row(at=at))).order
    assert order is not None
    assert order.placed_at == utc_seconds("2010-12-01 08:26:00")
    summer = only(of(row(at="2011-07-01 08:26:00"))).order
    assert summer is not None
    assert summer.placed_at == utc_seconds("2011-07-01 07:26:00")


def test_the_same_goods_twice_are_two_lines() -> None:
    """Equal rows too: the wholesaler writes so."""
    found = of(row(), row(), row(quantity="2"))
    assert counts(found) == {"ready_nolabel": (1, 3, 14)}


def test_codes_that_differ_in_case_are_different_goods() -> None:
    order = only(of(row(code="85123a"), row(code="85123A"))).order
    assert order is not None
    assert [line.code for line in order.lines] == ["85123a", "85123A"]


def test_a_cancellation_is_no_work() -> None:
    found = of(row("C536379", "D", "-1"), row("C536379", quantity="-9360"), row("536380"))
    assert told(found) == [("C536379", "skip", "cancelled"), ("536380", "ready_nolabel", "no_recipient")]
    assert counts(found) == {"skip": (1, 2, 9361), "ready_nolabel": (1, 1, 6)}


@pytest.mark.parametrize(
    "code", ["POST", "M", "m", "BANK CHARGES", "D", "DOT", "CRUK", "S", "AMAZONFEE", "PADS", "C2", "gift_0001_30", "B"]
)
def test_what_is_no_goods_is_not_picked(code: str) -> None:
    assert counts(of(row(), row(code=code, quantity="1"))) == {"ready_nolabel": (1, 1, 6), "already_done": (0, 1, 1)}
    assert told(of(row(code=code))) == [("536365", "skip", "not_goods")]


@pytest.mark.parametrize("code", ["DCGSSBOY", "20725M", "22423", "15056BL", "DOTS"])
def test_goods_with_letters_are_goods(code: str) -> None:
    assert counts(of(row(code=code))) == {"ready_nolabel": (1, 1, 6)}


@pytest.mark.parametrize("quantity", ["-6", "0", "", "1.5", "1000000"])
def test_other_quantities_refuse_the_invoice(quantity: str) -> None:
    assert told(of(row(), row(quantity=quantity))) == [("536365", "reject", f"bad_quantity:quantity:{quantity}")]


def test_an_invoice_of_two_customers_is_held() -> None:
    assert told(of(row(), row(customer="12345.0"), row(customer=""))) == [
        ("536365", "hold", "rows_differ:customerid:1")
    ]


def test_the_columns_of_the_second_edition() -> None:
    second = "Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country"
    found = of(row(at="12/1/2009 7:45"), row("C489449", quantity="-1"), header=second)
    assert told(found) == [("536365", "ready_nolabel", "no_recipient"), ("C489449", "skip", "cancelled")]
    assert entries(found)[0].order is not None


@pytest.mark.parametrize("price", ["", "free", "NaN", "1e999999999"])
def test_a_price_that_is_none_says_nothing_of_the_amount(price: str) -> None:
    order = only(of(row(), row(price=price))).order
    assert order is not None
    assert order.amount is None


def test_damage_in_rows() -> None:
    assert told(of("536365,85123A,WHITE", row("536366"))) == [
        ("536365", "reject", "short_row:3:8"),
        ("536366", "ready_nolabel", "no_recipient"),
    ]
    assert told(of(row(""))) == [("", "reject", "missing:invoiceno")]
    assert told(of(row(code="8.5E+04"))) == [("536365", "reject", "number_lost:stockcode:8.5E+04")]
    assert told(of(row(at="13/13/2010"))) == [("536365", "hold", "bad_time:invoicedate:13/13/2010")]


@pytest.mark.skipif(not DAYS.exists(), reason="the wholesaler's two days are not beside this checkout")
@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2010-12-01", {"ready_nolabel": (136, 3073, 26997), "reject": (1, 1, 0), "skip": (6, 26, 183)}),
        ("2010-12-02", {"ready_nolabel": (142, 2062, 31346), "reject": (1, 1, 0), "skip": (24, 45, 10288)}),
    ],
)
def test_two_real_days_are_accounted_for(day: str, expected: dict[str, tuple[int, int, int]]) -> None:
    data = (DAYS / f"{day}.csv").read_bytes()
    found = account(data)
    assert {result: one for result, one in counts(found).items() if result != "already_done"} == expected
    lines = sum(one[1] for one in counts(found).values())
    assert lines == found.records == data.count(b"\n") - 1


@pytest.mark.skipif(not MANY.exists(), reason="the 100,466 lines are not beside this checkout")
def test_a_hundred_thousand_lines_are_read_quickly_and_leanly() -> None:
    data = gzip.decompress(MANY.read_bytes())
    began = time.process_time()
    (found,) = read([of_bytes("lines.csv", data)]).files
    assert time.process_time() - began < 8  # of the processor; it takes under 2
    assert found.records == sum(one[1] for one in counts(found).values()) == 100_466
    tenth = of_bytes("lines.csv", b"\n".join(data.split(b"\n")[:10_001]))
    tracemalloc.start()
    try:
        read([tenth])
        assert tracemalloc.get_traced_memory()[1] < 20 * 2**20  # a tenth of the lines
    finally:
        tracemalloc.stop()


def test_saved_again_by_a_german_spreadsheet() -> None:
    rows = (HEADER.replace(",", ";"), "536365;85123A;WHITE HOLDER;6;01.12.2010 08:26;2,55;17850;United Kingdom", "")
    order = only(account("\r\n".join(rows))).order
    assert order is not None
    assert (order.amount, order.buyer, order.placed_at) == (1530, "17850", utc_seconds("2010-12-01 08:26:00"))
