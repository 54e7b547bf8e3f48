"""Times as an operator reads them: how long is left, how long ago, what the clock on the wall says."""

from __future__ import annotations

from datetime import UTC, datetime

from wms.domain.bounds import moment
from wms.workflows.prompt import Msg, msg

URGENT_SECONDS = 2 * 3600
LONG_OFFLINE_SECONDS = 15 * 60
_DAY = 24 * 3600

_MONTHS = (
    msg("Jan"),
    msg("Feb"),
    msg("Mar"),
    msg("Apr"),
    msg("May"),
    msg("Jun"),
    msg("Jul"),
    msg("Aug"),
    msg("Sep"),
    msg("Oct"),
    msg("Nov"),
    msg("Dec"),
)


def hours_minutes(seconds: int) -> str:
    """A duration as `h:mm`, whole minutes rounded down."""
    return f"{seconds // 3600}:{seconds % 3600 // 60:02}"


def countdown(ship_by: int, now: int) -> Msg:
    """What is left until `ship_by` (both UTC seconds)."""
    left = ship_by - now
    if left < 0:
        return msg("late {by}", by=_long(-left))
    return msg("due {left}", left=_long(left))


def left_until(ship_by: int, now: int) -> Msg | str:
    """The countdown without its word, for a column that has a heading."""
    left = ship_by - now
    return msg("late {by}", by=_long(-left)) if left < 0 else _long(left)


def _long(seconds: int) -> Msg | str:
    return hours_minutes(seconds) if seconds < 2 * _DAY else msg("{n} d", n=seconds // _DAY)


def urgent(ship_by: int, now: int) -> bool:
    return ship_by - now < URGENT_SECONDS


def offline_for(since: int, now: int) -> Msg:
    """How long the hub has not answered, in minutes, then in hours."""
    minutes = max(now - since, 0) // 60
    if minutes < 120:
        return msg("offline {n} min", n=minutes)
    return msg("offline {n} h", n=minutes // 60)


def age(since: int, now: int) -> Msg:
    """How long ago, in minutes, then in hours."""
    minutes = max(now - since, 0) // 60
    return msg("{n} min", n=minutes) if minutes < 120 else msg("{n} h", n=minutes // 60)


def wall_clock(at: int, zone: str) -> str:
    """The site's local time of day as `HH:MM`."""
    return f"{_local(at, zone):%H:%M}"


def wall_date(at: int, zone: str) -> Msg:
    """The site's local date and time of day."""
    local = _local(at, zone)
    return msg("{day} {month} {time}", day=local.day, month=_MONTHS[local.month - 1], time=f"{local:%H:%M}")


def _local(at: int, zone: str) -> datetime:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return datetime.fromtimestamp(moment(at), ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError):
        return datetime.fromtimestamp(moment(at), UTC)
