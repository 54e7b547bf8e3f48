"""Workbooks: the sheet of an .xlsx that holds the table, cell by cell as text.

Read with python-calamine. A number with more digits than a spreadsheet keeps is written as `9.95643156847675E+18`, so
that it is seen to be destroyed by the same rule as in a CSV.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from wms.channels.sources import MOST_BOOK_BYTES, Source
from wms.channels.tables import Rows
from wms.channels.values import EXCEL_DIGITS
from wms.domain.decode import Unreadable

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

_EXACT = 2**53  # up to here a float tells whole numbers apart
MOST_CELLS = 8_000_000  # of a sheet, empty ones between others included
_CELL = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{0,3})(\d{1,9})["']""")
_LONGEST_CELL = 40
_UNPACKED = 512 * 1024 * 1024  # bytes; more is no list of orders


def workbook_rows(source: Source, fits: Callable[[Rows], bool]) -> Rows:
    """The rows of the one sheet that `fits`, else of the first that holds anything. Raises `Unreadable` for what is no
    workbook, or one beyond all measure, or where several sheets fit: none of them may be left out unseen."""
    sheets = [rows for rows in _sheets(source) if any(cell for row in rows() for cell in row)]
    if not sheets:
        raise Unreadable("empty_file")
    fitting = [rows for rows in sheets if fits(rows)]
    if len(fitting) > 1:
        raise Unreadable(f"several_sheets:{len(fitting)}")
    return (fitting or sheets)[0]


def _sheets(source: Source) -> list[Rows]:
    from python_calamine import CalamineError, CalamineWorkbook

    if source.size > MOST_BOOK_BYTES:
        raise Unreadable(f"too_large:{MOST_BOOK_BYTES // 2**20}")
    with source.open() as file:
        try:
            with zipfile.ZipFile(file) as packed:
                _require_measure(packed)
            file.seek(0)
            workbook = CalamineWorkbook.from_filelike(file)
            return [_rows(workbook.get_sheet_by_name(name)) for name in workbook.sheet_names]
        except Unreadable:
            raise
        except (
            CalamineError,
            zipfile.BadZipFile,
            zlib.error,
            struct.error,
            OSError,
            ValueError,
            RuntimeError,
        ) as error:
            raise Unreadable("broken_workbook") from error


def _require_measure(packed: zipfile.ZipFile) -> None:
    """calamine makes room for all cells between the first and the last: one stray blank in the last row and column of a
    sheet would take half a terabyte, and the program down with it."""
    if sum(entry.file_size for entry in packed.infolist()) > _UNPACKED:
        raise Unreadable(f"too_large:{MOST_BOOK_BYTES // 2**20}")
    for entry in packed.infolist():
        if entry.filename.casefold().startswith("xl/worksheets/"):
            row, column = _extent(packed, entry)
            if row * column > MOST_CELLS:
                raise Unreadable(f"sheet_too_wide:{row}:{column}")


def _extent(packed: zipfile.ZipFile, entry: zipfile.ZipInfo) -> tuple[int, int]:
    """The last row and column that a sheet names."""
    rows, columns, rest = 1, set(), b""
    with packed.open(entry) as file:
        while block := file.read(1 << 20):
            data = rest + block
            for letters, digits in _CELL.findall(data):
                rows = max(rows, int(digits))
                columns.add(letters)
            rest = data[-_LONGEST_CELL:]
    return rows, max(map(_column, columns), default=1)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _rows(sheet: CalamineSheet) -> Rows:
    def rows() -> Iterator[Sequence[str]]:
        for row in sheet.iter_rows():
            yield [_text(cell) for cell in row]

    return rows


def _text(cell: object) -> str:
    match cell:
        case bool():
            return str(cell).lower()
        case float() if cell.is_integer():
            return str(int(cell)) if _is_exact(int(cell)) else f"{cell:.14E}"
        case datetime():
            return cell.strftime("%Y-%m-%d %H:%M:%S")
        case date():
            return cell.isoformat()
        case time() | timedelta():
            return str(cell)
        case None:
            return ""
    return str(cell)


def _is_exact(number: int) -> bool:
    """Whether its digits can be trusted: a spreadsheet keeps 15 and makes the rest zeros, other programs keep more."""
    return abs(number) < 10**EXCEL_DIGITS or (abs(number) < _EXACT and number % 10 != 0)
