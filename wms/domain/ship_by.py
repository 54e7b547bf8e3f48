"""Ship-by: until when an order must be with the courier, by the policy of its channel where the order says nothing.

The figures of channels that nobody set up stand in `ship_by.toml`; a site's own stand in its channels.csv and site.csv.
"""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from wms.domain.bounds import moment
from wms.domain.catalogue import Channel, Site
from wms.domain.records import Record
from wms.domain.rows import Rows

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONGEST_HOURS = 24 * 365
_HOUR_S, _DAY = 3600, timedelta(days=1)


class ShipByPolicy(Record):
    """`hours` from payment to handover. An order placed at `cutoff` (minutes after midnight) or later counts from the
    next working day; None for no such time. On `days_off` (0 is Monday) and `holidays` the clock stands still."""

    hours: int
    cutoff: int | None = None
    days_off: frozenset[int] = frozenset()
    holidays: frozenset[date] = frozenset()


def due(placed: int, policy: ShipByPolicy, zone: str) -> int:
    """When an order placed at `placed` must be handed over; UTC seconds both.

    Days are those of the IANA time zone `zone`. A working day is one that is neither a weekly day off nor a holiday;
    its working time is the whole day, midnight to midnight. Counting begins at `placed` if that is on a working day and
    before the cut-off, else with the first moment of the next working day. From there `hours` of working time pass: the
    clock stands still on days off. An order due when a day ends is due then, not after the day off that follows. A day
    on which clocks are set has the 23 or 25 hours it has. Where all seven days are off, none is.
    """
    placed, place = int(moment(placed)), ZoneInfo(zone)
    local = datetime.fromtimestamp(placed, place)
    today, minute = local.date(), local.hour * 60 + local.minute
    late = policy.cutoff is not None and minute >= policy.cutoff
    start = placed
    if late or not _works(today, policy):
        today = _next_working(today, policy)
        start = _midnight(today, place)
    left = min(policy.hours, LONGEST_HOURS) * _HOUR_S
    while True:
        end = _midnight(today + _DAY, place)
        if left <= end - start:
            return start + left
        left -= end - start
        today = _next_working(today, policy)
        start = _midnight(today, place)


def _works(day: date, policy: ShipByPolicy) -> bool:
    weekly = day.weekday() in policy.days_off and len(policy.days_off) < len(WEEKDAYS)
    return not weekly and day not in policy.holidays


def _next_working(day: date, policy: ShipByPolicy) -> date:
    day += _DAY
    while not _works(day, policy):
        day += _DAY
    return day


def _midnight(day: date, place: ZoneInfo) -> int:
    return int(datetime.combine(day, time(), place).astimezone(UTC).timestamp())


def policy_of(rows: Rows, channel: str) -> ShipByPolicy:
    """The policy of a channel as the site set it up, else the default for a channel of that name; the site's holidays
    hold for all."""
    site, found = rows.get(Site, "site"), rows.get(Channel, channel)
    holidays = _days(site.holidays if site is not None else "")
    if found is None:
        return ShipByPolicy(default_hours(channel), holidays=holidays)
    days_off = frozenset(WEEKDAYS.index(name) for name in found.days_off.split())
    return ShipByPolicy(found.ship_by_hours, minutes(found.cutoff), days_off, holidays | _days(found.holidays))


def ship_by_of(rows: Rows, channel: str, placed: int, said: int | None = None, not_before: int = 0) -> int:
    """Until when an order must be handed over: as its channel `said`, else by policy from payment, or for a pre-sale
    from the day it may be sent. UTC seconds all."""
    if said is not None:
        return said
    site = rows.get(Site, "site")
    return due(max(placed, not_before), policy_of(rows, channel), site.zone if site is not None else "UTC")


def minutes(clock: str) -> int | None:
    """`HH:MM` as minutes after midnight; None for ''."""
    hours, colon, rest = clock.partition(":")
    return int(hours) * 60 + int(rest) if colon else None


def default_hours(channel: str) -> int:
    """Of a channel that is not set up, by what its code begins with."""
    table = _defaults()
    name = channel.casefold()
    known = [begins for begins in table if begins and name.startswith(begins)]
    return table[max(known, key=len)] if known else table[""]


@cache
def _defaults() -> dict[str, int]:
    text = files("wms.domain").joinpath("ship_by.toml").read_text("utf-8")
    said = tomllib.loads(text)
    return {"": said["default"], **said["hours"]}


def _days(said: str) -> frozenset[date]:
    return frozenset(date.fromisoformat(day) for day in said.split())
