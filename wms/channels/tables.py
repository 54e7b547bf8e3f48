"""Tables: rows of a text or of a workbook's sheet become records of the columns that are asked for, one by one."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal

from wms.channels.documents import Record, unsound
from wms.channels.encodings import text_blocks
from wms.channels.format import Part
from wms.channels.sources import MOST_RECORDS, Source
from wms.domain.decode import Unreadable, clean

Rows = Callable[[], Iterator[Sequence[str]]]
_DELIMITERS = ",;\t|"
_HEADER_LINES = 30  # before a header: titles, remarks, blank lines
_LARGEST_FIELD = 4 * 1024 * 1024  # characters; more is a quote that nobody closed
_LONGEST_LINE = 4 * _LARGEST_FIELD
_MANY = 0.25  # of the rows; as few as are shorter by accident would not be as many
_HTML = ("<!doctype html", "<html", "<table", "<?xml", "<meta")


class CutOff(list[str]):
    """The last row of a file whose last line has no end: if it is too short, the file was cut off within it."""


class Header:
    """The first row that names columns: trimmed names in lower case and of one width, and how the file spells them."""

    def __init__(self, row: Sequence[str]) -> None:
        spelled = [clean(cell) for cell in row]
        self.names = tuple(unicodedata.normalize("NFKC", name).casefold() for name in spelled)
        self.width = max((at for at, name in enumerate(self.names, 1) if name), default=0)
        self.spelled = {name: spelled[at] for at, name in reversed(list(enumerate(self.names))) if name}

    def repeats(self, row: Sequence[str]) -> bool:
        """Whether the row is this header once more."""
        return Header(row).names[: self.width] == self.names[: self.width]

    def doubled(self, columns: Iterable[str]) -> str:
        """The first of these columns that stands there twice."""
        return next((name for name in columns if self.names.count(name) > 1), "")


def text_rows(source: Source, encoding: str, delimiter: str, *, quoted: bool) -> Rows:
    """Rows of a text with separated values. Raises `Unreadable` where a quote is misplaced or left open."""

    def rows() -> Iterator[Sequence[str]]:
        csv.field_size_limit(_LARGEST_FIELD)
        quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE
        reader = csv.reader(_lines(text_blocks(source, encoding)), delimiter=delimiter, strict=quoted, quoting=quoting)
        count = 0
        held: list[str] | None = None
        try:
            for row in reader:
                count += 1
                if held is not None:
                    yield held
                held = row
        except csv.Error as error:
            raise Unreadable(f"broken_csv:{count + 1}") from error
        if held is not None:
            yield CutOff(held) if source.ends_in_a_line() else held

    return rows


def delimiter_of(source: Source, encoding: str) -> str:
    """Whichever splits the first full line best."""
    text = next(text_blocks(source, encoding), "")
    lines = [line for line in text.lstrip("\ufeff").splitlines()[:_HEADER_LINES] if line.strip()]
    if lines and lines[0].lstrip().casefold().startswith(_HTML):
        raise Unreadable("html")
    return max(_DELIMITERS, key=lambda mark: max((line.count(mark) for line in lines), default=0))


def header_of(rows: Rows, fits: Callable[[Header], bool]) -> tuple[Header, int]:
    """The header, the first among the first rows that `fits`, else the first with several cells; and how many rows it
    takes up with all before it. Raises `Unreadable` if there is none."""
    first: tuple[Header, int] | None = None
    for n, row in enumerate(rows(), 1):
        if n > _HEADER_LINES:
            break
        if not any(cell.strip() for cell in row) or row[0].lstrip(' \t"').startswith("#"):
            continue
        header = Header(row)
        if fits(header):
            return header, n
        first = first or (header, n)
    if first is None:
        raise Unreadable("no_header")
    return first


def records_of(rows: Rows, header: Header, skip: int, part: Part) -> Callable[[], Iterator[Record]]:
    """Reads the rows below the header as records of the part's columns."""
    wanted = tuple(dict.fromkeys((*part.needed, *part.wanted)))
    places = [header.names.index(name) if name in header.spelled else -1 for name in wanted]
    columns = {name: at for at, name in enumerate(wanted)}
    least = max((header.names.index(name) for name in part.needed), default=0) + 1

    def records() -> Iterator[Record]:
        trimmed: bool | None = None
        for n, row in enumerate(_rows_of_data(rows, header, skip, part), 1):
            if n > MOST_RECORDS:
                raise Unreadable(f"too_many_records:{MOST_RECORDS}")
            width = len(row)
            cells = tuple(clean(row[place]) if 0 <= place < width else "" for place in places)
            trouble = None
            if width < header.width and not part.ragged:
                if trimmed is None:
                    trimmed = _is_trimmed(_rows_of_data(rows, header, skip, part), header.width)
                if isinstance(row, CutOff):
                    trouble = unsound(f"cut_row:{width}:{header.width}", n)
                elif not trimmed or width < least:
                    trouble = unsound(f"short_row:{width}:{header.width}", n)
            elif width > header.width and any(cell.strip() for cell in row[header.width :]):
                beyond = next(cell for cell in row[header.width :] if cell.strip())
                trouble = unsound(f"beyond_header:{beyond[:60]}", n, beyond[:60])
            yield Record(n, cells, columns, trouble, hash(tuple(row)))

    return records


def _rows_of_data(rows: Rows, header: Header, skip: int, part: Part) -> Iterator[Sequence[str]]:
    """The rows below the header that hold anything, without remarks of the program that wrote the file, and without the
    header where it stands there again, as in files that were put together."""
    first = header.spelled.get(header.names[0], "")
    for at, row in enumerate(rows()):
        if at < skip or not any(row) or not any(cell.strip() for cell in row):
            continue
        if part.is_trailer is not None and part.is_trailer(row):
            continue
        if clean(row[0]) == first and header.repeats(row):
            continue
        yield row


def _is_trimmed(rows: Iterable[Sequence[str]], width: int) -> bool:
    """Whether the program that wrote the rows leaves out empty cells at their end: then many are short, and every one
    ends in a cell that is filled. Rows that were broken in two are few, or stand among others that end in empty cells,
    or their halves make up a whole one."""
    short = count = before = 0
    for row in rows:
        if isinstance(row, CutOff) and len(row) < width:
            continue
        if len(row) < width and before + len(row) in (width, width + 1):
            return False
        before = len(row) if len(row) < width else 0
        count += 1
        short += len(row) < width
        if not row[min(len(row), width) - 1].strip():
            return False
    return short > 1 and short >= _MANY * count


def _lines(blocks: Iterable[str]) -> Iterator[str]:
    """Lines with their ends, whatever ends them; a line end within quotes stays what it was. Raises `csv.Error` for one
    beyond all measure."""
    rest: list[str] = []
    waiting = 0
    first = True
    for block in blocks:
        rest.append(block.removeprefix("\ufeff") if first else block)
        first = first and not block
        if "\n" in block or "\r" in block:
            lines = io.StringIO("".join(rest), newline="").readlines()
            rest = [lines.pop()]
            waiting = 0
            yield from lines
        waiting += len(block)
        if waiting > _LONGEST_LINE:
            raise csv.Error("line too long")
    yield from io.StringIO("".join(rest), newline="").readlines()
