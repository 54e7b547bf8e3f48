"""Dates and times as GS1 messages hold them: six digits, years without a century (General Specifications, 7.12)."""

from __future__ import annotations

from datetime import date, timedelta

CENTURY_YEAR = 2026
"""The year two-digit years are read from when the caller does not say which it is."""

_LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def date_of(yymmdd: str, year: int = CENTURY_YEAR) -> date | None:
    """The date of six digits; day 00 is the month's last day; None if there is no such day.

    `year` is the year of the reading: of the centuries it takes the one within 49 years back and 50 ahead.
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


def is_day_or_month(yymmdd: str) -> bool:
    """Whether six digits are a date, or a month with 00 for the day. Year 00 counts as the leap year 2000."""
    yy, month, day = int(yymmdd[:2]), int(yymmdd[2:4]), int(yymmdd[4:])
    return _exists(yy or 2000, month, day or 1)


def is_day(yymmdd: str) -> bool:
    """Whether six digits are a date."""
    return yymmdd[4:] != "00" and is_day_or_month(yymmdd)


def is_day_of_year(yyyymmdd: str) -> bool:
    """Whether eight digits are a date with its century."""
    return _exists(int(yyyymmdd[:4]), int(yyyymmdd[4:6]), int(yyyymmdd[6:]))


def is_time(hhmm: str) -> bool:
    return hhmm[:2] < "24" and hhmm[2:] < "60"


def is_hour(hh: str) -> bool:
    return hh < "24"


def is_minute(mm: str) -> bool:
    """Whether two digits are a minute of an hour; seconds of a minute are written alike."""
    return mm < "60"


def _exists(year: int, month: int, day: int) -> bool:
    if not (1 <= month <= 12 and 1 <= day <= _LONGEST[month - 1]):
        return False
    return (month, day) != (2, 29) or (year % 4 == 0 and (year % 100 != 0 or year % 400 == 0))
