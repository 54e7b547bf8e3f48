"""Files as they come: damaged, wrapped, endless, given twice. Each is read whole or refused whole, and every record of
those that are read is accounted for."""

from __future__ import annotations

import json
import tracemalloc
from typing import BinaryIO

import pytest

from tests.channels.given import account, counts, entries, told
from wms.channels import Import, Source, of_bytes, read, sources, sums, tables
from wms.channels.accounts import Unaccounted
from wms.channels.parsed import ParsedLine
from wms.channels.sources import MOST_BYTES, MOST_JSON_BYTES
from wms.channels.values import LONGEST_TEXT

HEADER = "order,sku,quantity,name,address,remark"


def several(*files: str) -> Import:
    return read([of_bytes(f"{n}.csv", text.encode()) for n, text in enumerate(files, 1)])


@pytest.mark.parametrize(
    "page",
    [
        "<!DOCTYPE html><html><body>Please log in</body></html>",
        "\ufeff<html>\n<table><tr><td>order</td><td>sku</td></tr></table>",
        "  <TABLE border=1><tr><td>order,sku,quantity</td></tr></table>",
        '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"></Workbook>',
        "\n\n<meta charset=utf-8><table>",
    ],
)
def test_a_web_page_is_told(page: str) -> None:
    assert account(page, "orders.xls").fault == "html"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Hello world\n", "unknown_format"),
        ("%PDF-1.4\n1 0 obj <</Type /Catalog>> endobj\n", "not_text"),
        ("a,b,c\n1,2,3\n", "unknown_format"),
        ('{"hello": 1}', "unknown_format"),
        ("[1, 2, 3]", "unknown_format"),
        ("[]", "empty_file"),
        ('{"orders": []}', "empty_file"),
        ('{"orders": [', "cut_json:1"),
        ('[{"order": "1", "sku": "a"\n', "cut_json:"),
        ('[{"order": "1",, }]', "broken_json:1"),
        ('[{"order": NaN, "sku": "a"}]', "broken_json:1"),
        ('[{"order": 1e99999999999999999999, "sku": "a"}]', "broken_json:1"),
        ("[" * 100_000, "broken_json:1"),
    ],
)
def test_what_is_no_export_is_told(text: str, fault: str) -> None:
    found = account(text)
    assert found.fault.startswith(fault)
    assert not found.entries


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r", "mixed"])
def test_line_ends_do_not_matter(ends: str) -> None:
    rows = [HEADER, "A1,TEA,1", "A2,TEA,2", 'A3,TEA,3,Ada,"Main\r\nSt 5",', "A4,TEA,4", ""]
    marks = ["\n", "\r\n", "\r", "\n", "\r\n", ""] if ends == "mixed" else [ends] * 6
    found = account("".join(row + mark for row, mark in zip(rows, marks, strict=True)))
    assert [(entry.reference, entry.units) for entry in entries(found)] == [(f"A{n}", n) for n in range(1, 5)]


def test_a_line_end_at_the_border_of_two_blocks_is_one() -> None:
    for size in range(65_530, 65_540):
        filler = f"A1,TEA,1,{'x' * (size - len(HEADER) - 13)}\r\n"
        found = account(f"{HEADER}\r\n{filler}A2,TEA,1\r\nA3,TEA,1\r\n")
        assert [entry.record for entry in entries(found)] == [1, 2, 3]


def test_a_field_beyond_all_measure_holds_its_order_and_no_other() -> None:
    found = account(f'{HEADER}\nA1,TEA,1,Ada,Main St 5,"{"x" * 2_000_000}"\nA2,TEA,1,Ada,Main St 5,\n')
    assert told(found) == [("A1", "hold", "too_long::2000000"), ("A2", "ready", "")]
    order = entries(found)[0].order
    assert order is not None
    assert all(len(trouble.text) <= LONGEST_TEXT for trouble in order.troubles)


@pytest.mark.parametrize(
    "text",
    [
        f'{HEADER}\nA1,TEA,1,"Ada\nA2,TEA,1\n',
        f'{HEADER}\nA1,TEA,1,Ada"x",y\nA2,"TEA"x,1\n',
        f'{HEADER}\nA1,TEA,1\nA2,TEA,1,"Ad',
    ],
)
def test_a_quote_left_open_refuses_the_whole_file(text: str) -> None:
    found = account(text)
    assert found.fault.startswith("broken_csv:")
    assert (found.entries, found.records) == ([], 0)


def unreadable() -> BinaryIO:
    raise AssertionError("a file of that size must not be opened")


def test_a_file_beyond_all_measure_is_refused_without_being_read() -> None:
    found = read([Source("orders.csv", MOST_BYTES + 1, unreadable)])
    assert found.files[0].fault == f"too_large:{MOST_BYTES // 2**20}"


def test_json_beyond_all_measure_is_refused_without_being_held() -> None:
    text = json.dumps([{"order": "1", "sku": "a", "quantity": 1}])
    source = of_bytes("orders.json", text.encode())
    large = Source(source.name, MOST_JSON_BYTES + 1, source.open)
    assert read([large]).files[0].fault == f"too_large:{MOST_JSON_BYTES // 2**20}"


def test_more_records_than_anybody_has_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert sources.MOST_RECORDS >= 200_000
    monkeypatch.setattr(tables, "MOST_RECORDS", 3)
    rows = "".join(f"A{n},TEA,1\n" for n in range(4))
    assert account(f"{HEADER}\n{rows}").fault == "too_many_records:3"
    assert len(entries(account(f"{HEADER}\n{rows[:27]}"))) == 3


def test_half_a_character_can_be_told_of() -> None:
    row = {"order": "A1", "sku": "TEA", "quantity": 1, "placed_at": "\ud800", "remark": "\udfff"}
    (entry,) = entries(account(json.dumps([row])))
    assert entry.reason == "bad_time:placed_at:\ufffd"
    assert entry.order is not None
    repr(entry.order).encode()
    "".join((entry.reason, entry.text, *entry.order.remarks)).encode()


def test_a_line_of_no_pieces_is_not_picked() -> None:
    header = "Name,Financial Status,Fulfillment Status,Lineitem quantity,Lineitem name,Lineitem sku,Shipping Name,"
    found = account(
        f"{header}Shipping Address1\n#1,paid,,2,Tea,TEA,Ada,Main St 5\n#1,,,0,Cup,CUP,,\n#2,paid,,0,Cup,CUP,,\n"
    )
    assert counts(found) == {"ready": (1, 1, 2), "already_done": (0, 1, 0), "skip": (1, 1, 0)}


# Several files


def test_an_order_in_two_files_is_sent_once() -> None:
    found = several(f"{HEADER}\nA1,TEA,1\nA2,TEA,1\n", f"{HEADER}\nA2,TEA,1\nA3,TEA,1\n")
    assert [told(file) for file in found.files] == [
        [("A1", "ready_nolabel", "no_recipient"), ("A2", "ready_nolabel", "no_recipient")],
        [("A2", "skip", "order_twice:1.csv:2"), ("A3", "ready_nolabel", "no_recipient")],
    ]
    assert counts(found.files[1]) == {"ready_nolabel": (1, 1, 1), "skip": (1, 1, 1)}


def test_the_same_file_twice_brings_nothing_new() -> None:
    found = several(*[f"{HEADER}\nA1,TEA,1\nA2,TEA,5\n"] * 2)
    assert counts(found.files[1]) == {"skip": (2, 2, 6)}


def test_an_order_of_another_channel_is_another_order() -> None:
    found = several("order,sku,quantity,channel\nA1,TEA,1,north\n", "order,sku,quantity,channel\nA1,TEA,1,south\n")
    assert [entry.result for entry in found.entries()] == ["ready_nolabel"] * 2


def test_a_broken_file_does_not_keep_the_others_back() -> None:
    found = several(f'{HEADER}\nA1,"TEA,1\n', f"{HEADER}\nA2,TEA,1\n", "")
    assert [file.fault for file in found.files] == ["broken_csv:2", "", "empty_file"]
    assert counts(found.files[1]) == {"ready_nolabel": (1, 1, 1)}


def test_files_of_several_formats_are_sorted_out() -> None:
    order = {"id": 1, "number": "1", "status": "processing", "line_items": [{"id": 1, "sku": "TEA", "quantity": 2}]}
    files = [of_bytes("a.csv", f"{HEADER}\nA1,TEA,1\n".encode()), of_bytes("b.json", json.dumps([order]).encode())]
    found = read(files)
    assert [file.channel for file in found.files] == ["plain", "woocommerce"]


def test_a_file_of_another_channel_than_was_said_is_told() -> None:
    assert account(f"{HEADER}\nA1,TEA,1\n", channel="shopify").fault == "wrong_channel:plain"
    assert account("nothing", channel="shopify").fault == "unknown_format"


# The sums


def test_every_record_is_in_the_sums() -> None:
    rows = ["A1,TEA,1", "A1,CUP,2", ",TEA,3", "9.95E+18,TEA,4", "A2,TEA,none", "A3,TEA,5,Ada,Main St 5,"]
    found = account("\n".join([HEADER, *rows]))
    assert counts(found) == {"ready": (1, 1, 5), "ready_nolabel": (1, 2, 3), "reject": (3, 3, 7)}
    assert sum(one.lines for one in sums(found.entries).values()) == found.records == len(rows)


def test_a_line_that_was_lost_or_counted_twice_is_a_fault_of_the_program() -> None:
    found = read([of_bytes("orders.csv", f"{HEADER}\nA1,TEA,1\nA1,CUP,2\n".encode())])
    found.check()
    entry = next(found.entries())
    entry.lines -= 1
    with pytest.raises(Unaccounted):
        found.check()
    entry.lines += 1
    entry.units += 1
    with pytest.raises(Unaccounted):
        found.check()
    entry.units -= 1
    assert entry.order is not None
    object.__setattr__(entry.order, "lines", (*entry.order.lines, ParsedLine("NUT", 1)))
    with pytest.raises(Unaccounted):
        found.check()


def test_a_nul_in_a_cell_holds_its_order_alone_and_many_are_no_text() -> None:
    found = account("order,sku,quantity,name\n1,TEA,1,A\0da\n2,TEA,1,Bob\n3,TE\0A,1,Eve\n")
    assert [(one, result) for one, result, _ in told(found)] == [
        ("1", "hold"),
        ("2", "ready_nolabel"),
        ("3", "hold"),
    ]
    assert "\0" not in repr([(entry.text, entry.reason, entry.order) for entry in entries(found)])
    assert account(f"order,sku,quantity\n1,TEA,1\n{chr(0) * 40}").fault == "not_text"
    assert account(b"order,sku,quantity\n" + b"1,TEA,1\n" * 9_000 + bytes(4_000)).fault == "not_text"


def test_a_quote_that_nobody_closes_ends_the_reading_early() -> None:
    row = "1,TEA,1,\n"
    whole = f'{HEADER.rpartition(",address")[0]}\n1,TEA,1,"Ada\n{row * 1_000_000}'
    tracemalloc.start()
    try:
        assert account(whole.encode()).fault.startswith("broken_csv:")
        assert tracemalloc.get_traced_memory()[1] < 100_000_000
    finally:
        tracemalloc.stop()
    assert account(f"order,sku,quantity,name\n1,TEA,1,{'x' * 20_000_000}").fault == "broken_csv:2"
    assert told(account(f"order,sku,quantity,remark\n1,TEA,1,{'x' * 2_000_000}\n"))[0][:2] == ("1", "hold")


def test_line_ends_within_quotes_are_text_whatever_ends_the_lines() -> None:
    for end in ("\r", "\n", "\r\n"):
        for inner in ("\n", "\r\n"):
            rows = [HEADER, f'1,TEA,1,Ada,"Main St 5{inner}Springfield",', "2,TEA,1,Bob,Elm St 1,"]
            assert told(account(end.join([*rows, ""]))) == [("1", "ready", ""), ("2", "ready", "")]


NEW_ORDERS = "order-id,sku,quantity-purchased,order-item-id,recipient-name,ship-address-1,gift-message-text"


def test_rows_without_their_empty_ends_are_whole_where_the_writer_leaves_these_out() -> None:
    rows = ["1,TEA,1,i1,Ada,Main St 5,soon", "2,TEA,1,i2,Bob,Elm St 1", "3,TEA,1,i3", "4,TEA,1,i4,Eve,Oak St 2"]
    found = account("\n".join([NEW_ORDERS, "6,TEA", *rows, "5,TEA,1,i5,Kim", ""]))
    assert told(found) == [
        ("6", "reject", "short_row:2:7"),
        ("1", "ready", ""),
        ("2", "ready", ""),
        ("3", "ready_nolabel", "no_recipient"),
        ("4", "ready", ""),
        ("5", "ready_nolabel", "incomplete_recipient"),
    ]
    assert told(account("\n".join([NEW_ORDERS, *rows])))[-1] == ("4", "reject", "cut_row:6:7")


@pytest.mark.parametrize(
    ("rows", "short"),
    [
        (["1,TEA,1,i1,Ada,Main St 5,soon", "2,TEA,1,i2,Bob", " Elm St 1,new,now"], "short_row:5:7"),  # broken in two
        (["1,TEA,1,i1,Ada,Main St 5,", "2,TEA,1,i2,Bob,Elm St 1", "3,TEA,1,i3,Eve,Oak St 2"], "short_row:6:7"),
        ([f"1,TEA,1,i{n},Ada,Main St 5,soon" for n in range(9)] + ["2,TEA,1,i2,Bob,Elm St 1"], "short_row:6:7"),
    ],
)
def test_rows_that_lost_cells_are_refused(rows: list[str], short: str) -> None:
    found = told(account("\n".join([NEW_ORDERS, *rows, ""])))
    assert next(reason for order, _, reason in found if order == "2") == short


def test_a_header_that_stands_there_again_is_no_record() -> None:
    found = account(f"{HEADER}\n1,TEA,1,Ada,Main St 5,x\n{HEADER}\n2,TEA,1,Bob,Elm St 1,x\n")
    assert (found.records, told(found)) == (2, [("1", "ready", ""), ("2", "ready", "")])


def test_a_shifted_row_names_no_order_by_what_is_none() -> None:
    rows = ["A-1001,TEA,1,i,Ada,Main St 5,", "Ada Example,A-1002,TEA,1,i,Bob,Elm St 1,x", "A-1003,TEA,1", ""]
    found = account("\n".join([NEW_ORDERS, *rows]))
    assert [(one, result) for one, result, _ in told(found)] == [
        ("A-1001", "ready"),
        ("", "reject"),
        ("A-1003", "reject"),
    ]
    assert "Ada Example" not in repr([(entry.reference, entry.text, entry.reason) for entry in entries(found)])
