"""Workbooks: whatever format their table has, with what spreadsheets do to numbers and dates."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime

import openpyxl
import pytest

from tests.channels.given import IMPORTS, account, catalog, counts, entries, expected, needs_samples, only, told
from wms.channels import FileAccount, workbooks
from wms.channels.sources import MOST_BOOK_BYTES
from wms.channels.workbooks import MOST_CELLS

HEADER = ("order", "placed_at", "ship_by", "sku", "quantity", "postcode")
Sheet = Sequence[Sequence[object]]


def workbook(*sheets: Sheet) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for rows in sheets:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def xlsx(*sheets: Sheet, name: str = "orders.xlsx") -> FileAccount:
    return account(workbook(*sheets), name)


def test_rows_of_a_workbook_are_orders() -> None:
    found = xlsx([HEADER, ("A1", None, None, "TEA", 2, "02139"), ("A1", None, None, "CUP", 1.0, None)])
    assert (found.channel, found.encoding, found.records) == ("plain", "xlsx", 2)
    assert counts(found) == {"ready_nolabel": (1, 2, 3)}


def test_dates_are_read_as_dates() -> None:
    row = ("A1", datetime(2026, 11, 11, 16, 27, 24), date(2026, 11, 13), "TEA", 2, None)  # noqa: DTZ001
    order = only(xlsx([HEADER, row])).order
    as_text = only(account("order,placed_at,ship_by,sku,quantity\nA1,2026-11-11 16:27:24,2026-11-13,TEA,2")).order
    assert order is not None
    assert as_text is not None
    assert (order.placed_at, order.ship_by) == (as_text.placed_at, as_text.ship_by)


@pytest.mark.parametrize(
    ("number", "reference"),
    [(1001, "1001"), (13800138000, "13800138000"), (123456789012345, "123456789012345"),
     (1234567890123456, "1234567890123456"), ("9956431568476748123", "9956431568476748123")],
)  # fmt: skip
def test_a_number_with_all_its_digits_is_that_number(number: object, reference: str) -> None:
    assert only(xlsx([HEADER, (number, None, None, "TEA", 2, None)])).reference == reference


@pytest.mark.parametrize(
    "number", [9956431568476748123, 9956431568476740000, 1234567890123450, 9007199254740993, 9.95643156847675e18, 1e300]
)
@pytest.mark.parametrize("column", ["order", "sku"])
def test_a_number_that_lost_its_digits_is_refused(number: float, column: str) -> None:
    row = ("A1", None, None, number, 2, None) if column == "sku" else (number, None, None, "TEA", 2, None)
    entry = only(xlsx([HEADER, row]))
    assert entry.result == "reject"
    assert entry.reason.startswith(f"number_lost:{column}:")


@pytest.mark.parametrize(
    ("cell", "reason"),
    [(2.5, "bad_quantity:quantity:2.5"), (True, "bad_quantity:quantity:true"), (-1, "bad_quantity:quantity:-1"),
     (date(2026, 11, 11), "bad_quantity:quantity:2026-11-11"), (None, "missing:quantity")],
)  # fmt: skip
def test_a_cell_of_another_kind_is_no_quantity(cell: object, reason: str) -> None:
    assert told(xlsx([HEADER, ("A1", None, None, "TEA", cell, None)])) == [("A1", "reject", reason)]


def test_titles_and_blank_rows_and_columns_before_the_table() -> None:
    rows = [(), ("", "Orders of 2026-11-11"), (), ("", *HEADER), (), ("", "A1", None, None, "TEA", 2, None), ()]
    assert told(xlsx(rows)) == [("A1", "ready_nolabel", "no_recipient")]


def test_the_sheet_with_the_orders_is_found() -> None:
    found = xlsx([], [("Read me", "first"), ("a", "b")], [HEADER, ("A1", None, None, "TEA", 2, None)])
    assert told(found) == [("A1", "ready_nolabel", "no_recipient")]


def test_a_second_sheet_with_orders_is_not_left_out_unseen() -> None:
    rows = [HEADER, ("A1", None, None, "TEA", 2, None)]
    assert xlsx(rows, rows).fault == "several_sheets:2"


def test_a_blank_far_away_does_not_take_all_memory() -> None:
    book = openpyxl.Workbook()
    book.active.append(list(HEADER))
    book.active["XFD1048576"] = " "
    out = io.BytesIO()
    book.save(out)
    assert MOST_CELLS < 1048576 * 16384
    assert account(out.getvalue(), "orders.xlsx").fault == "sheet_too_wide:1048576:16384"


@pytest.mark.parametrize(
    ("name", "fault"),
    [("orders.csv", "renamed_workbook"), ("orders.txt", "renamed_workbook"), ("ORDERS.XLSX", "")],
)
def test_a_workbook_under_another_name_is_told(name: str, fault: str) -> None:
    assert xlsx([HEADER, ("A1", None, None, "TEA", 2, None)], name=name).fault == fault


def test_the_old_kind_of_workbook_is_told() -> None:
    assert account(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "orders.xls").fault == "workbook"


def test_a_csv_called_a_workbook_is_read_as_what_it_is() -> None:
    assert told(account("order,sku,quantity\nA1,TEA,2\n", "orders.xlsx"))[0][0] == "A1"


def test_a_damaged_workbook_is_told() -> None:
    sound = workbook([HEADER, ("A1", None, None, "TEA", 2, None)])
    for at in (30, 100, len(sound) // 2, len(sound) - 30):
        assert account(sound[:at], "orders.xlsx").fault == "broken_workbook"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("readme.txt", "no workbook")
    assert account(out.getvalue(), "orders.xlsx").fault == "broken_workbook"


def test_a_workbook_that_swells_beyond_measure_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [HEADER, *(("A1", None, None, "TEA", 2, "0" * 1000) for _ in range(100))]
    monkeypatch.setattr(workbooks, "_UNPACKED", 20_000)
    assert len(workbook(rows)) < 20_000
    assert xlsx(rows).fault == f"too_large:{MOST_BOOK_BYTES // 2**20}"


def test_an_empty_workbook_is_told() -> None:
    assert xlsx([]).fault == "empty_file"
    assert xlsx([("a", "b"), ("c", "d")]).fault == "unknown_format"


@needs_samples
@pytest.mark.parametrize(
    ("name", "encoding", "mark"),
    [("shopify_orders_export.csv", "utf-8", ","), ("amazon_unshipped_orders.txt", "cp1252", "\t"),
     ("pinduoduo_orders.csv", "utf-8-sig", ","), ("jd_orders.csv", "gb18030", ",")],
)  # fmt: skip
def test_other_formats_saved_as_a_workbook_of_texts_are_the_same(name: str, encoding: str, mark: str) -> None:
    quoting = csv.QUOTE_NONE if mark == "\t" else csv.QUOTE_MINIMAL
    text = (IMPORTS / name).read_bytes().decode(encoding)
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=mark, quoting=quoting))
    assert counts(account(workbook(rows), "orders.xlsx", goods=catalog())) == expected(name)


def test_records_are_counted_below_the_header() -> None:
    found = xlsx([("Orders",), HEADER, ("A1", None, None, "TEA", 2, None), ("A2", None, None, "TEA", 0, None)])
    assert [entry.record for entry in entries(found)] == [1, 2]
