"""Workbooks: the first sheet of an .xlsx that holds a table, cell by cell as text.

Read with python-calamine. A number with more digits than a spreadsheet keeps is written as `9.95643156847675E+18`, so
that it is seen to be destroyed by the same rule as in a CSV.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

from wms.channels.sources import MOST_OBJECT_BYTES, Source
from wms.channels.tables import Rows
from wms.channels.values import EXCEL_DIGITS
from wms.domain.decode import Unreadable

_EXACT = 2**53  # up to here a float tells whole numbers apart
_UNPACKED = 512 * 1024 * 1024  # bytes; more is no list of orders


def workbook_rows(source: Source) -> Rows:
    """Raises `Unreadable` for what is no workbook, or one beyond all measure."""
    from python_calamine import CalamineError, CalamineWorkbook

    if source.size > MOST_OBJECT_BYTES:
        raise Unreadable(f"too_large:{MOST_OBJECT_BYTES // 2**20}")
    with source.open() as file:
        try:
            with zipfile.ZipFile(file) as packed:
                if sum(entry.file_size for entry in packed.infolist()) > _UNPACKED:
                    raise Unreadable(f"too_large:{MOST_OBJECT_BYTES // 2**20}")
            file.seek(0)
            workbook = CalamineWorkbook.from_filelike(file)
            sheets = [workbook.get_sheet_by_name(name).to_python() for name in workbook.sheet_names]
        except (CalamineError, zipfile.BadZipFile, OSError, ValueError) as error:
            if isinstance(error, Unreadable):
                raise
            raise Unreadable("broken_workbook") from error
    table = next((sheet for sheet in sheets if any(any(cell != "" for cell in row) for row in sheet)), None)
    if table is None:
        raise Unreadable("empty_file")

    def rows() -> Iterator[Sequence[str]]:
        for row in table:
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
