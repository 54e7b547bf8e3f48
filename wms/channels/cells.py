"""Cells as spreadsheets are made to keep them."""

from __future__ import annotations

import re

_FORMULA_TEXT = re.compile(r'="(.*)"', re.DOTALL)  # how spreadsheets are made to keep long numbers
_TEXT_MARK = re.compile(r"'(?=[0-9=+\-@])")  # the same, the other way


def clean(cell: str) -> str:
    """A cell without the white space and the marks that keep spreadsheets from turning text into numbers.

    >>> clean(' ="0213"'), clean("'02139"), clean("'s-Hertogenbosch")
    ('0213', '02139', "'s-Hertogenbosch")
    """
    cell = cell.strip()
    if not cell or cell[0] not in "='":
        return cell
    if cell.startswith('="'):
        found = _FORMULA_TEXT.fullmatch(cell)
        if found:
            cell = found[1].strip()
    if cell.startswith("'"):
        cell = _TEXT_MARK.sub("", cell, count=1)
    return cell


def guarded(cell: str) -> str:
    """A cell for a file that a spreadsheet will open: what it would take for a formula is marked as text (OWASP, "CSV
    injection").

    >>> guarded("=1+1"), guarded("-5"), guarded("Tea")
    ("'=1+1", "'-5", 'Tea')
    """
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
