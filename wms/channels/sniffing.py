"""From a file to a document of a format, told by its content, or the reason why it is none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from wms.channels import workbooks
from wms.channels.documents import Document
from wms.channels.encodings import encoding_of
from wms.channels.format import Format, Part
from wms.channels.objects import read_json
from wms.channels.sources import MOST_BYTES, Source
from wms.channels.tables import Header, Rows, delimiter_of, header_of, records_of, text_rows
from wms.domain.decode import Unreadable

_ZIP, _OLE, _PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF-"
_WRAPPERS = ("orders", "data", "sale.order", "result", "records", "results", "message", "docs", "items")
_FIRST_OBJECTS = 20  # of which one must be an order


@dataclass(frozen=True, slots=True)
class Sniffed:
    document: Document
    form: Format
    encoding: str


def sniff(n: int, source: Source, formats: Sequence[Format]) -> Sniffed:
    """Raises `Unreadable`: the cause in `reason`."""
    if not source.size:
        raise Unreadable("empty_file")
    if source.size > MOST_BYTES:
        raise Unreadable(f"too_large:{MOST_BYTES // 2**20}")
    head = source.head(8)
    if head.startswith(_ZIP):
        if not source.name.casefold().endswith(".xlsx"):
            raise Unreadable("renamed_workbook")
        parts = [(form, part) for form in formats for part in form.parts]
        sheet = workbooks.workbook_rows(source, lambda rows: _has_header(rows, parts))
        form, document = _table(n, source, lambda _: sheet, formats)
        return Sniffed(document, form, "xlsx")
    if head.startswith(_OLE):
        raise Unreadable("workbook")
    if head.startswith(_PDF):
        raise Unreadable("not_text")
    encoding = encoding_of(source)
    if _begins_as_json(source, encoding):
        form, document = _objects(n, source, encoding, formats)
    else:
        delimiter = delimiter_of(source, encoding)

        def rows_of(quoted: bool) -> Rows:
            # only values parted by TABs can go without quoting: others were saved again by a spreadsheet
            return text_rows(source, encoding, delimiter, quoted=quoted or delimiter != "\t")

        form, document = _table(n, source, rows_of, formats)
    return Sniffed(document, form, encoding)


def _begins_as_json(source: Source, encoding: str) -> bool:
    text = source.head(4096).decode(encoding, errors="ignore").lstrip("\ufeff \t\r\n")
    if not text:
        raise Unreadable("empty_file")
    return text[0] in "[{"


def _table(
    n: int, source: Source, rows_of: Callable[[bool], Rows], formats: Sequence[Format]
) -> tuple[Format, Document]:
    parts = [(form, part) for form in formats for part in form.parts]
    bare: Rows = rows_of(False)
    header, _ = header_of(bare, lambda head: _fits_any(head, parts))
    quoted = not _unquoted(header, parts)
    rows: Rows = rows_of(True) if quoted else bare
    header, skip = header_of(rows, lambda head: _fits_any(head, parts))
    form, part = _best(header, parts)
    if twice := header.doubled((*part.needed, *part.wanted)):
        raise Unreadable(f"column_twice:{header.spelled[twice]}")
    document = Document(n, source.name, part.name, records_of(rows, header, skip, part), (), header.spelled)
    return form, document


def _has_header(rows: Rows, parts: Sequence[tuple[Format, Part]]) -> bool:
    try:
        header, _ = header_of(rows, lambda head: _fits_any(head, parts))
    except Unreadable:
        return False
    return _fits_any(header, parts)


def _fits_any(header: Header, parts: Iterable[tuple[Format, Part]]) -> bool:
    return any(_fits(header, part) for _, part in parts)


def _unquoted(header: Header, parts: Iterable[tuple[Format, Part]]) -> bool:
    return any(not part.quoted and _fits(header, part) for _, part in parts)


def _fits(header: Header, part: Part) -> bool:
    return all(name in header.spelled for name in part.needed)


def _best(header: Header, parts: Sequence[tuple[Format, Part]]) -> tuple[Format, Part]:
    """The part that knows most of the columns. Raises `Unreadable`, naming what is missing where it is nearly one."""
    fitting = [pair for pair in parts if _fits(header, pair[1])]
    if fitting:
        return max(fitting, key=lambda pair: _known(header, pair[1]))
    near = max(parts, key=lambda pair: _known(header, pair[1]) / len(pair[1].needed), default=None)
    if near is not None:
        missing = [name for name in near[1].needed if name not in header.spelled]
        if len(missing) <= len(near[1].needed) // 2:
            raise Unreadable(f"missing_column:{missing[0]}")
    raise Unreadable("unknown_format")


def _known(header: Header, part: Part) -> int:
    return sum(name in header.spelled for name in (*part.needed, *part.wanted))


def _objects(n: int, source: Source, encoding: str, formats: Sequence[Format]) -> tuple[Format, Document]:
    whole = read_json(source, encoding)
    empty = whole in ([], {})
    for listed in _lists(whole):
        empty = empty or not listed
        first = [one for one in listed if isinstance(one, dict)][:_FIRST_OBJECTS]
        for form in formats:
            if form.recognises is not None and any(map(form.recognises, first)):
                # formats whose orders name lines that stand beside them find these in the whole
                return form, Document(n, source.name, "json", objects=(*listed,), spelled={}, whole=whole)
    raise Unreadable("empty_file" if empty else "unknown_format")


def _lists(whole: object, pages: int = 2) -> Iterator[list[object]]:
    """The lists of orders that this may be: itself, a page around it, or one order alone."""
    if isinstance(whole, list):
        yield whole
    if isinstance(whole, dict):
        for name in _WRAPPERS if pages else ():
            found = whole.get(name)
            if isinstance(found, list | dict):
                yield from _lists(found, pages - 1)
        yield [whole]
