"""Element strings: the application identifiers (AI) of a GS1 message cut apart and checked, each value on its own.

Which AIs exist, how long they are and which characters they take comes from biip's copy of GS1's list; that two-digit
prefixes fix the length of an AI, and which values carry a check digit or a date, from the GS1 Barcode Syntax
Dictionary. biip's own parser is not used: it lets fields with wrong check digits pass and takes plain codes for GS1.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, time, timedelta
from enum import StrEnum
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TypeAlias

from wms.domain.codes import has_right_check_digit, is_digits
from wms.domain.records import Record

GS = "\x1d"
"""What a reader sends for the separator FNC1."""

CENTURY_YEAR = 2026
"""The year two-digit years are read from when the caller does not say which it is."""

Element: TypeAlias = tuple[str, str]


class Fault(StrEnum):
    """What is wrong with a message that claims to be GS1."""

    NO_SYMBOLOGY_ID = "no_symbology_id"
    EMPTY = "empty"
    LENGTH = "length"
    CONTENT = "content"
    CHECK_DIGIT = "check_digit"
    DATE = "date"
    COMPANY_PREFIX = "company_prefix"
    UNKNOWN_AI = "unknown_ai"
    ILLEGAL_CARET = "illegal_caret"
    DL_NO_KEY = "dl_no_key"
    DL_ILLEGAL_CHARACTER = "dl_illegal_char"
    DL_QUALIFIERS = "dl_qualifiers"
    DL_DUPLICATE = "dl_duplicate"


class Rejected(Record):
    """A message that claims to be GS1 and is not: no element of it may be used. `ai` is where it went wrong, or ''."""

    fault: Fault
    ai: str = ""


class _Rule(Record):
    """One AI: `length` is that of a value which needs no separator behind it, else 0; `longest` bounds every value."""

    length: int
    longest: int
    numeric: bool
    pattern: str


_CHECKED_DIGITS = {
    "00": 18, "01": 14, "02": 14, "03": 14, "253": 13, "255": 13, "402": 17, "410": 13, "411": 13, "412": 13,
    "413": 13, "414": 13, "415": 13, "416": 13, "417": 13, "8003": 14, "8006": 14, "8017": 18, "8018": 18, "8026": 14,
}  # fmt: skip
"""How many leading digits of the value end in a check digit."""

_DATES = {
    "11": "d", "12": "d", "13": "d", "15": "d", "16": "d", "17": "d", "4324": "dt", "4325": "dt", "4326": "D",
    "7003": "Dt", "7006": "D", "7007": "DD", "7011": "Dt", "8008": "D",
}  # fmt: skip
"""The pieces of the value: d YYMMDD where day 00 is the month's last, D YYMMDD, t HHMM. A later one may be missing."""

_ALPHANUMERIC_KEYS = frozenset({"401", "7023", "8004", "8010", "8013"})
"""Values that begin with a company prefix, of which at least the first four characters are digits."""

_ANY_CHARACTER = re.compile(r"[!-z]+", re.ASCII)


def parse_elements(text: str) -> tuple[Element, ...] | Rejected:
    """The (AI, value) pairs of an element string without its AIM id and without a leading FNC1, in their order."""
    if not text:
        return Rejected(Fault.EMPTY)
    if "^" in text:
        return Rejected(Fault.ILLEGAL_CARET)
    found: list[Element] = []
    at = 0
    while at < len(text):
        ai = ai_at(text, at)
        if not ai:
            return Rejected(Fault.UNKNOWN_AI, text[at : at + 4])
        at += len(ai)
        separator = text.find(GS, at)
        end = len(text) if separator < 0 else separator
        fixed = _rules()[ai].length
        if fixed:
            end = min(end, at + fixed)
        value = text[at:end]
        if fault := value_fault(ai, value):
            return Rejected(fault, ai)
        found.append((ai, value))
        at = end + 1 if text[end : end + 1] == GS else end
    return tuple(found)


def ai_at(text: str, at: int = 0) -> str:
    """The application identifier that stands at that position, or ''."""
    ai = text[at : at + _ai_lengths().get(text[at : at + 2], 0)]
    return ai if ai in _rules() else ""


def is_ai(text: str) -> bool:
    return text in _rules()


def value_fault(ai: str, value: str) -> Fault | None:
    """What is wrong with the value of that (known) application identifier, or None."""
    rule = _rules()[ai]
    if not value or len(value) > rule.longest or (rule.length and len(value) != rule.length):
        return Fault.LENGTH
    if not (is_digits(value) if rule.numeric else _ANY_CHARACTER.fullmatch(value)):
        return Fault.CONTENT
    if not re.fullmatch(rule.pattern, ai + value):
        if ai in _DATES and (rule.length or ai == "8008"):  # biip's patterns of these know months, days and hours
            return Fault.DATE
        return Fault.LENGTH if rule.numeric else Fault.CONTENT
    if ai in _DATES and not _are_dates(_DATES[ai], value):
        return Fault.DATE
    if ai in _CHECKED_DIGITS and not has_right_check_digit(value[: _CHECKED_DIGITS[ai]]):
        return Fault.CHECK_DIGIT
    if ai in _ALPHANUMERIC_KEYS and not (len(value) >= 4 and is_digits(value[:4])):
        return Fault.COMPANY_PREFIX
    return None


def date_of(yymmdd: str, year: int = CENTURY_YEAR) -> date | None:
    """The date of six digits; day 00 is the month's last day; None if there is no such day.

    `year` is the year of the reading: of the centuries it takes the one within 49 years back and 50 ahead
    (GS1 General Specifications, section 7.12).
    """
    yy, month, day = int(yymmdd[:2]), int(yymmdd[2:4]), int(yymmdd[4:])
    century = year // 100 + (yy - year % 100 <= -50) - (yy - year % 100 >= 51)
    try:
        if day:
            return date(century * 100 + yy, month, day)
        first = date(century * 100 + yy, month, 1)
    except ValueError:
        return None
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _are_dates(pieces: str, value: str) -> bool:
    for piece, digits in zip(pieces, _cut(pieces, value), strict=False):
        if piece == "t":
            try:
                time(int(digits[:2]), int(digits[2:]))
            except ValueError:
                return False
        elif date_of(digits) is None or (piece == "D" and digits.endswith("00")):
            return False
    return True


def _cut(pieces: str, value: str) -> Iterator[str]:
    at = 0
    for piece in pieces:
        width = 4 if piece == "t" else 6
        if at < len(value):
            yield value[at : at + width]
        at += width


@cache
def _rules() -> dict[str, _Rule]:
    """Every AI. The table is read from beside biip's code, which is not imported: that would hold the first GS1 scan
    up for 120 ms instead of 5."""
    package = find_spec("biip")
    if package is None or not package.submodule_search_locations:
        raise ModuleNotFoundError("biip, which holds the table of GS1 application identifiers, is not installed")
    table = Path(package.submodule_search_locations[0], "gs1_application_identifiers", "_application_identifiers.json")
    entries = json.loads(table.read_text(encoding="utf-8"))
    return {entry["ai"]: _rule(entry["format"], entry["pattern"], entry["separator_required"]) for entry in entries}


def _rule(format_: str, pattern: str, separator: bool) -> _Rule:
    _, _, value = format_.partition("+")
    longest = sum(int(n) for n in re.findall(r"[NXYZ](?:\.\.)?(\d+)", value)) + value.count("-")
    numeric = not re.search(r"[XYZ-]", value)
    return _Rule(0 if separator else longest, longest, numeric, pattern)


@cache
def _ai_lengths() -> dict[str, int]:
    """The first two digits of an AI say how long it is."""
    return {ai[:2]: len(ai) for ai in _rules()}
