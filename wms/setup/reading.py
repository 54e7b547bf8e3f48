"""Reading setup files: each finds its sheet by its header, and each row has an outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from wms.domain.decode import Line, Table, Unreadable, decode, read_table
from wms.domain.pins import Peppers
from wms.domain.rows import Rows
from wms.setup.cells import Cells
from wms.setup.opening import OpeningKey
from wms.setup.outcome import Refusal, Result, RowOutcome, SetupImport
from wms.setup.rotation import random_check_digits
from wms.setup.sheet import Session, Sheet
from wms.setup.sheets import SHEETS

NO_PEPPERS = Peppers()
_NOTE = "note"  # a column for people, in any sheet


def read(
    name: str,
    data: bytes,
    rows: Rows,
    *,
    opened: Mapping[OpeningKey, int],
    fresh: Callable[[], str] = random_check_digits,
    peppers: Peppers = NO_PEPPERS,
) -> SetupImport:
    """One file; see `read_many`."""
    return read_many([(name, data)], rows, opened=opened, fresh=fresh, peppers=peppers)


def read_many(
    files: Iterable[tuple[str, bytes]],
    rows: Rows,
    *,
    opened: Mapping[OpeningKey, int],
    fresh: Callable[[], str] = random_check_digits,
    peppers: Peppers = NO_PEPPERS,
) -> SetupImport:
    """The events that bring the warehouse from `rows` to what the files (name, bytes) say, and an outcome per row.

    Files are read in the order they depend on each other, whatever order they come in, and later rows see earlier
    ones. A refused row does not stop the others; a refused header does stop its file. `opened` is the opening stock
    declared so far (see `openings`), `fresh` makes the check digits of new places, `peppers` go into hashes of PINs.
    """
    session = Session(rows, opened, fresh, peppers)
    outcomes: list[RowOutcome] = []
    recognised: list[_File] = []
    for name, data in files:
        try:
            table = read_table(decode(data), comments=True)
            recognised.append(_File(name, _sheet_of(table), table))
        except (Unreadable, Refusal) as error:
            outcomes.append(RowOutcome(name, 0, "", Result.REFUSED, error.reason))
    for file in sorted(recognised, key=lambda f: SHEETS.index(f.sheet)):
        outcomes += _rows(file, session)
    return SetupImport(tuple(session.events), tuple(outcomes))


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    sheet: Sheet
    table: Table


def _sheet_of(table: Table) -> Sheet:
    """The sheet with most of its required columns there; raises `Refusal` if columns lack or have no meaning."""
    there = set(table.header)
    likely = max(SHEETS, key=lambda sheet: (set(sheet.required) <= there, len(set(sheet.required) & there)))
    missing = [column for column in likely.required if column not in there]
    unknown = [column for column in table.header if column not in (*likely.required, *likely.optional, _NOTE, "")]
    if missing:
        alike = len(unknown) * 2 < len(table.header)
        raise Refusal(f"missing_column:{missing[0]}" if alike else "unknown_format")
    if unknown:
        raise Refusal(f"unknown_column:{unknown[0]}")
    return likely


def _rows(file: _File, session: Session) -> Iterator[RowOutcome]:
    for line in file.table.lines:
        key = file.sheet.key(line)
        try:
            result, note = _row(file, line, key, session)
        except Refusal as refusal:
            result, note = Result.REFUSED, refusal.reason
        yield RowOutcome(file.name, line.row, key, result, note)


def _row(file: _File, line: Line, key: str, session: Session) -> tuple[Result, str]:
    declared = file.sheet.declare(Cells(line), session)
    said_in = session.said_in.setdefault((file.sheet.name, key), f"{file.name}:{line.row}")
    if said_in != f"{file.name}:{line.row}":
        raise Refusal(f"row_twice:{said_in}")
    if declared.result != Result.SAME:
        for event in declared.events:
            session.happened(event)
    return declared.result, declared.note
