"""Times as exports write them. A date that could mean two days is ambiguous unless the format's own order is known."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

_CLOCK = (
    r"(?:(?:[ T]+|,\s*)(?P<h>\d{1,2}):(?P<m>\d{2})(?::(?P<s>\d{2})(?:\.\d+)?)?\s*(?P<half>AM|PM)?"
    r"\s*(?:(?P<utc>Z|UTC|GMT)|(?P<ahead>[+-]\d{2}):?(?P<minutes>\d{2})?|(?P<name>[A-Z]{2,4}))?)?"
)
_YEAR_FIRST = re.compile(
    r"(?P<y>\d{4})[-/.年](?P<mo>\d{1,2})[-/.月](?P<d>\d{1,2})日?" + _CLOCK, re.ASCII | re.IGNORECASE
)
_YEAR_LAST = re.compile(
    r"(?P<one>\d{1,2})(?P<mark>[-/.])(?P<two>\d{1,2})(?P=mark)(?P<y>\d{4}|\d{2})" + _CLOCK, re.ASCII | re.IGNORECASE
)
_NAMED = re.compile(
    r"(?:(?P<mo>[A-Z]{3})[a-z]*[- .](?P<d>\d{1,2})|(?P<d2>\d{1,2})[- .](?P<mo2>[A-Z]{3})[a-z]*)"
    r"(?:[- .]|,\s*)(?P<y>\d{4}|\d{2})" + _CLOCK,
    re.ASCII | re.IGNORECASE,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CENTURY = 2000
_ZONES = {"PST": -8, "PDT": -7, "MST": -7, "MDT": -6, "CST": None, "EST": -5, "EDT": -4, "JST": 9, "CET": 1, "CEST": 2,
          "BST": 1, "MEZ": 1, "MESZ": 2, "AEST": 10, "AEDT": 11}  # fmt: skip
EARLIEST, LATEST = 2000, 2100  # years in which an order can have been placed or be due


class Ambiguous(ValueError):
    """The text could mean two days."""


def utc_seconds(text: str, zone: str = "UTC", *, order: str = "", end_of_day: bool = False) -> int:
    """Seconds since 1970 of `2026-11-11 16:27:24 -0500`, `2026/11/1 9:05`, `Nov-11-26`, `11/12/2026 4:05 PM`.

    `order` is `mdy` or `dmy` where the format is documented to write so. A time without an offset is local to `zone`. A
    date alone is the start of that day, or its last second. Raises `Ambiguous`, or `ValueError` if it is no time.

    >>> utc_seconds("2026-11-11T16:27:24+08:00") - utc_seconds("2026-11-11 16:27:24", "Asia/Shanghai")
    0
    """
    text = text.strip()
    found = _YEAR_FIRST.fullmatch(text)
    if found is not None:
        return _seconds(found, int(found["y"]), int(found["mo"]), int(found["d"]), zone, end_of_day)
    found = _NAMED.fullmatch(text)
    if found is not None:
        month = (found["mo"] or found["mo2"]).lower()
        if month in _MONTHS:
            day = int(found["d"] or found["d2"])
            return _seconds(found, _year(found["y"]), _MONTHS.index(month) + 1, day, zone, end_of_day)
    found = _YEAR_LAST.fullmatch(text)
    if found is None:
        raise ValueError(text)
    written = "dmy" if found["mark"] == "." else order  # nobody puts points behind a month
    month, day = _month_and_day(int(found["one"]), int(found["two"]), written, text)
    return _seconds(found, _year(found["y"]), month, day, zone, end_of_day)


def _month_and_day(one: int, two: int, order: str, text: str) -> tuple[int, int]:
    if order == "mdy":
        return one, two
    if order == "dmy":
        return two, one
    if one <= 12 and two <= 12 and one != two:
        raise Ambiguous(text)
    return (one, two) if one <= 12 else (two, one)


def _year(text: str) -> int:
    return int(text) + (_CENTURY if len(text) == 2 else 0)


def _seconds(found: re.Match[str], year: int, month: int, day: int, zone: str, end_of_day: bool) -> int:
    if not EARLIEST <= year < LATEST:
        raise ValueError(found[0])
    hour, minute, second = found["h"], found["m"], found["s"]
    if hour is None and end_of_day:
        hour, minute, second = "23", "59", "59"
    hours = int(hour or 0)
    if found["half"]:
        if not 1 <= hours <= 12:
            raise ValueError(found[0])
        hours = hours % 12 + (12 if found["half"].upper() == "PM" else 0)
    clock = datetime(year, month, day, hours, int(minute or 0), int(second or 0), 0, _zone(found, zone))
    return int(clock.timestamp())


def _zone(found: re.Match[str], otherwise: str) -> tzinfo:
    if found["utc"]:
        return UTC
    if found["name"]:
        hours = _ZONES.get(found["name"].upper())
        if hours is None:
            raise ValueError(found[0])
        return timezone(timedelta(hours=hours))
    if found["ahead"] is None:
        return ZoneInfo(otherwise)
    sign = -1 if found["ahead"].startswith("-") else 1
    offset = sign * timedelta(hours=int(found["ahead"][1:]), minutes=int(found["minutes"] or 0))
    return timezone(offset)
