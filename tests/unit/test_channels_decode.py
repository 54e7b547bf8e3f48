"""Files from elsewhere: text or a clear refusal, never a guess."""

from __future__ import annotations

from string import Formatter

import pytest

from wms.domain.decode import Table, Unreadable, clean, decode, read_table
from wms.domain.reasons import SENTENCES, explain

CHINESE = "订单,数量\n王小明的订单,2\n人民路一号,3\n"


def cells(table: Table) -> list[dict[str, str]]:
    return [dict(line.cells) for line in table.lines]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_the_encodings_shops_use_are_told_apart(encoding: str) -> None:
    assert decode(CHINESE.encode(encoding)) == CHINESE


def test_gb18030_holds_characters_that_gbk_lacks() -> None:
    assert decode("姓名\n㐂𠮷\n".encode("gb18030")) == "姓名\n㐂𠮷\n"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty_file"),
        (b" \r\n\t", "empty_file"),
        (b"PK\x03\x04rest of a workbook", "workbook"),
        (b"\xd0\xcf\x11\xe0rest", "workbook"),
        (b"a,b\n\0\0", "not_text"),
        (b"\x89PNG\r\n\x1a\n\xff\xff", "not_text"),
        (b"\xef\xbb\xbfa,b\n\xff\n", "not_text"),
    ],
)
def test_what_is_no_text_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        decode(data)
    assert refusal.value.reason == reason


def test_damaged_utf8_does_not_pass_as_gb18030() -> None:
    cut = CHINESE.encode()[:-4]
    assert cut.decode("gb18030").startswith("璁㈠崟,")  # the trap: it can be read, and every name is another one
    with pytest.raises(Unreadable) as refusal:
        decode(cut)
    assert refusal.value.reason == f"damaged_utf8:{len(cut) - 2}"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_header_tells_the_delimiter(delimiter: str) -> None:
    text = 'Order;Sku;Quantity\r\n1;"a,b\tc";2\r\n'.replace(";", delimiter)
    assert cells(read_table(text)) == [{"order": "1", "sku": "a,b\tc", "quantity": "2"}]


def test_headers_are_trimmed_and_rows_numbered_as_a_spreadsheet_does() -> None:
    table = read_table('\n# made by hand\n Order ,订单状态 ,\n\n1,"two\nlines",\n#1001,x,,,more\n3\n')
    assert table.header == ("order", "订单状态")
    assert [(line.row, dict(line.cells), line.beyond) for line in table.lines] == [
        (5, {"order": "1", "订单状态": "two\nlines"}, ()),
        (6, {"order": "#1001", "订单状态": "x"}, ("more",)),
        (7, {"order": "3", "订单状态": ""}, ()),
    ]


def test_comments_are_left_out_where_they_are_meant() -> None:
    text = 'a,b\n# one, two\n"# quoted, too",\n1,2\n'
    assert cells(read_table(text, comments=True)) == [{"a": "1", "b": "2"}]
    assert len(read_table(text).lines) == 3


def test_a_value_under_a_column_without_a_name_is_not_lost() -> None:
    assert read_table("a,,b\n1,2,3\n").lines[0].beyond == ("2",)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('a,b\n1,"open\n2,3\n', "broken_csv:2"),
        ('a,b\n1,2\n3,"x"y\n', "broken_csv:3"),
        ("# only\n# comments\n", "no_header"),
        ("a,b,A \n1,2,3\n", "column_twice:a"),
    ],
)
def test_broken_tables_are_refused(text: str, reason: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        read_table(text)
    assert refusal.value.reason == reason


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        ('="6901234567892"', "6901234567892"),
        ('=""', ""),
        ("'02139", "02139"),
        ("'+86 138", "+86 138"),
        ("'s-Hertogenbosch", "'s-Hertogenbosch"),
        ("\t42 ", "42"),
        ("\u3000王\xa0", "王"),
    ],
)
def test_spreadsheet_marks_are_taken_off(cell: str, meant: str) -> None:
    assert clean(cell) == meant


@pytest.mark.parametrize("code", SENTENCES)
def test_every_reason_makes_a_sentence(code: str) -> None:
    names = [name for _, name, _, _ in Formatter().parse(SENTENCES[code]) if name]
    text, values = explain(":".join([code, *(f"<{n}>" for n in range(len(names)))]))
    said = text.format(**values)
    assert [said.count(f"<{n}>") for n in range(len(names))] == [1] * len(names)


def test_the_last_value_of_a_reason_may_hold_colons() -> None:
    text, values = explain("bad_time:ship_by:25:99")
    assert text.format(**values) == "ship_by is no date and time: 25:99"
    assert explain("no_stock:tea:2")[1] == {"sku": "tea", "missing": "2"}
    assert explain("bad_quantity")[1] == {"column": "", "value": ""}
    assert explain("seen_by_mars:1") == ("{reason}", {"reason": "seen_by_mars:1"})
