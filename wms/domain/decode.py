"""Decode: files that other programs wrote become text, and text becomes a table, or a clear refusal; never a guess.

Shops save as UTF-8, Windows spreadsheets in China as GB18030, and every one of them writes CSV a little differently.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Mapping
from itertools import zip_longest

from wms.domain.records import Record

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # .xlsx and .ods are zip files; .xls is an OLE file
_DELIMITERS = ",;\t"
_FORMULA_TEXT = re.compile(r'="(.*)"', re.DOTALL)  # how spreadsheets are made to keep long numbers
_SCIENTIFIC = re.compile(r"[0-9](?:[.,][0-9]+)?E\+[0-9]+", re.IGNORECASE)
_TEXT_MARK = re.compile(r"'(?=[0-9=+\-@])")  # the same, the other way


class Unreadable(ValueError):
    """The file can't be read; `reason` is one of `wms.domain.reasons`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Line(Record):
    """A record of a table. `row` is its number as a spreadsheet shows it; `cells` are trimmed, by header name;
    `beyond` holds what stood under no header name."""

    row: int
    cells: Mapping[str, str]
    beyond: tuple[str, ...] = ()


class Table(Record):
    """Records under a header. Header names are trimmed and in lower case."""

    header: tuple[str, ...]
    lines: tuple[Line, ...]


def decode(data: bytes) -> str:
    """The text: by its byte order mark, else strict UTF-8, else strict GB18030.

    Raises `Unreadable` for empty files, workbooks, other binary data, and for UTF-8 that was damaged on its way: the
    broken rest would pass as GB18030 and turn every Chinese name into another one.
    """
    if not data.strip():
        raise Unreadable("empty_file")
    if data.startswith(_WORKBOOKS):
        raise Unreadable("workbook")
    try:
        text = _decode(data)
    except UnicodeDecodeError as error:
        raise Unreadable("not_text") from error
    if "\0" in text:
        raise Unreadable("not_text")
    return text


def _decode(data: bytes) -> str:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data[len(bom) :].decode(encoding)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if _mostly_utf8(data):
            raise Unreadable(f"damaged_utf8:{error.start}") from error
        return data.decode("gb18030")


def _mostly_utf8(data: bytes) -> bool:
    sound = data.decode("utf-8", errors="ignore").encode()
    beyond_ascii = sum(byte > 0x7F for byte in sound)
    return len(data) - len(sound) < beyond_ascii / 4


def read_table(text: str, *, comments: bool = False) -> Table:
    """The table in a CSV text, separated by commas, semicolons or TABs, whichever splits the header best.

    The header is the first record that is neither blank nor begins with `#`; with `comments`, later records that
    begin with `#` are left out too. Raises `Unreadable` for quotes that don't match, no header, or a header twice.
    """
    first = next((line for line in text.splitlines() if line.strip() and not _is_comment(line)), "")
    delimiter = max(_DELIMITERS, key=first.count)
    header: tuple[str, ...] = ()
    lines: list[Line] = []
    row = 0
    try:
        for row, record in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), 1):
            if not any(cell.strip() for cell in record):
                continue
            if _is_comment(record[0]) and (comments or not header):
                continue
            if header:
                lines.append(_line(row, header, record))
            else:
                header = _header(record)
    except csv.Error as error:
        raise Unreadable(f"broken_csv:{row + 1}") from error
    if not header:
        raise Unreadable("no_header")
    return Table(header, tuple(lines))


def _is_comment(cell: str) -> bool:
    return cell.lstrip(' \t"').startswith("#")


def _header(record: list[str]) -> tuple[str, ...]:
    names = [clean(cell).casefold() for cell in record]
    while names and not names[-1]:
        names.pop()
    for n, name in enumerate(names):
        if name and name in names[:n]:
            raise Unreadable(f"column_twice:{name}")
    return tuple(names)


def _line(row: int, header: tuple[str, ...], record: list[str]) -> Line:
    pairs = list(zip_longest(header, map(clean, record), fillvalue=""))
    named = {name: cell for name, cell in pairs if name}
    return Line(row, named, tuple(cell for name, cell in pairs if cell and not name))


def has_lost_digits(cell: str) -> bool:
    """Whether a spreadsheet took a long number for a quantity and saved what it showed, `6.93E+12`."""
    return _SCIENTIFIC.fullmatch(cell) is not None


def clean(cell: str) -> str:
    """A cell without the white space and the marks that keep spreadsheets from turning text into numbers.

    >>> clean(' ="0213"'), clean("'02139"), clean("'s-Hertogenbosch")
    ('0213', '02139', "'s-Hertogenbosch")
    """
    cell = cell.strip()
    if cell[:1] not in ("=", "'"):
        return cell
    formula = _FORMULA_TEXT.fullmatch(cell)
    if formula:
        cell = formula[1].strip()
    return _TEXT_MARK.sub("", cell, count=1) if cell.startswith("'") else cell
