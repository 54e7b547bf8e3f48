"""Cells: the values of a row by column, checked as they are asked for.

A column the file lacks keeps what is known (`kept`); an empty cell means the default (`blank`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date

from wms.domain.decode import Line, has_lost_digits
from wms.setup.outcome import Refusal

_WHOLE = re.compile(r"(-?[0-9]{1,15})(?:\.0+)?")
_DATE = re.compile(r"([0-9]{4})([-/.]?)([0-9]{1,2})\2([0-9]{1,2})")
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
_YES_NO = {
    **dict.fromkeys(("yes", "y", "true", "1", "是"), True),
    **dict.fromkeys(("no", "n", "false", "0", "否"), False),
}
LARGEST = 999_999_999


class Cells:
    """One row. Every method raises `Refusal` naming the column. Full-width letters and digits count as plain ones,
    but for `text`."""

    def __init__(self, line: Line) -> None:
        self._cells = line.cells
        if line.beyond:
            raise Refusal(f"beyond_header:{line.beyond[0]}")

    def has(self, column: str) -> bool:
        return column in self._cells

    def text(self, column: str, kept: str = "", blank: str = "") -> str:
        return self._cells.get(column, kept) or blank

    def plain(self, column: str) -> str:
        """The cell in plain letters and digits, '' if there is none."""
        return unicodedata.normalize("NFKC", self._cells.get(column, "")).strip()

    def name(self, column: str, forbidden: str = ",;* ") -> str:
        """An identifier that must be there and can be printed, typed and listed."""
        value = self.plain(column)
        if not value:
            raise Refusal(f"missing:{column}")
        if has_lost_digits(value):
            raise Refusal(f"number_lost:{column}:{value}")
        if value.startswith("@") or not value.isprintable() or any(character in forbidden for character in value):
            raise Refusal(f"bad_name:{column}:{value}")
        return value

    def names(self, kept_zh: str, kept_en: str) -> tuple[str, str]:
        """The columns `zh` and `en`; one stands in for the other, but one must be there."""
        zh, en = self.text("zh", kept_zh), self.text("en", kept_en)
        if not zh and not en:
            raise Refusal("missing:en")
        return zh or en, en or zh

    def whole(self, column: str, kept: int = 0, *, blank: int | None = 0, least: int = 0, most: int = LARGEST) -> int:
        """A whole number within bounds; an empty cell is refused where `blank` is None."""
        if not self.has(column):
            return kept
        value = self.plain(column)
        if not value and blank is not None:
            return blank
        if not value:
            raise Refusal(f"missing:{column}")
        found = _WHOLE.fullmatch(value)
        if found is None or not least <= int(found[1]) <= most:
            raise Refusal(f"bad_number:{column}:{least}:{most}:{value}")
        return int(found[1])

    def yes(self, column: str, kept: bool, *, blank: bool) -> bool:
        if not self.has(column):
            return kept
        value = self.plain(column).casefold()
        if value and value not in _YES_NO:
            raise Refusal(f"bad_yes_no:{column}:{value}")
        return _YES_NO[value] if value else blank

    def one_of(self, column: str, choices: Iterable[str], kept: str = "", blank: str = "") -> str:
        if not self.has(column):
            return kept
        value = self.plain(column)
        if not value and blank:
            return blank
        return chosen(column, value, choices)

    def date(self, column: str) -> str:
        """An ISO date from year, month and day in that order, '' if empty."""
        value = self.plain(column)
        return self._day(column, value) if value else ""

    def dates(self, column: str, kept: str = "") -> str:
        """Dates parted by spaces or semicolons, as ISO dates in order parted by spaces."""
        if not self.has(column):
            return kept
        said = self.plain(column).replace(";", " ").split()
        return " ".join(sorted({self._day(column, value) for value in said}))

    def clock(self, column: str, kept: str = "") -> str:
        """A time of day as HH:MM, '' if empty."""
        if not self.has(column):
            return kept
        value = self.plain(column)
        found = _CLOCK.fullmatch(value)
        if value and found is None:
            raise Refusal(f"bad_clock:{column}:{value}")
        return f"{int(found[1]):02}:{found[2]}" if found else ""

    def _day(self, column: str, value: str) -> str:
        found = _DATE.fullmatch(value)
        try:
            if found is not None:
                return date(int(found[1]), int(found[3]), int(found[4])).isoformat()
        except ValueError as error:
            raise Refusal(f"bad_date:{column}:{value}") from error
        raise Refusal(f"bad_date:{column}:{value}")


def chosen(column: str, value: str, choices: Iterable[str]) -> str:
    """`value` if it is one of the choices, in whatever case."""
    if not value:
        raise Refusal(f"missing:{column}")
    for choice in choices:
        if choice.casefold() == value.casefold():
            return choice
    raise Refusal(f"bad_choice:{column}:{' '.join(choices)}:{value}")
