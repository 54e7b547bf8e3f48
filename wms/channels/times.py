"""Times as exports write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

_TIME = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})"
    r"(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?"
    r"\s*(?:(Z|UTC)|([+-]\d{2}):?(\d{2})?)?",
    re.ASCII,
)


def utc_seconds(text: str, zone: str = "UTC", *, end_of_day: bool = False) -> int:
    """Seconds since 1970 of a time such as `2026-11-11 16:27:24 -0500` or `2026/11/1 9:05`, year first.

    A time without an offset is local to `zone`. A date alone is the start of that day, or its last second.
    Raises `ValueError` if it is no time.

    >>> utc_seconds("2026-11-11T16:27:24+08:00") - utc_seconds("2026-11-11 16:27:24", "Asia/Shanghai")
    0
    """
    found = _TIME.fullmatch(text.strip())
    if found is None:
        raise ValueError(text)
    year, month, day, hour, minute, second, utc, ahead, ahead_minutes = found.groups()
    if hour is None and end_of_day:
        hour, minute, second = "23", "59", "59"
    offset = _zone(utc, ahead, ahead_minutes, zone)
    clock = datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0), 0, offset)
    return int(clock.timestamp())


def _zone(utc: str | None, ahead: str | None, minutes: str | None, otherwise: str) -> tzinfo:
    if utc:
        return UTC
    if ahead is None:
        return ZoneInfo(otherwise)
    sign = -1 if ahead.startswith("-") else 1
    offset = sign * timedelta(hours=int(ahead[1:]), minutes=int(minutes or 0))
    return timezone(offset)
