"""A plan of waves in words: figures, times, reasons."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from wms.domain.bounds import moment
from wms.domain.reasons import explain
from wms.workflows.prompt import Msg, msg, plain

if TYPE_CHECKING:
    from wms.planning.figures import Load


def reason_words(reason: str) -> Msg:
    """The first of an order's reasons, or that of a warning, as a sentence."""
    return Msg(*explain(reason.partition(",")[0]))


def metres(mm: int) -> str:
    return f"{mm / 1000:.0f}"


def saved(length: int, than: int) -> int:
    """In whole per cent; none where it is longer.

    >>> saved(80, 100), saved(101, 100), saved(5, 0)
    (20, 0, 0)
    """
    return round(100 * max(0, than - length) / than) if than else 0


def span(seconds: int) -> str:
    """Hours and minutes, towards the sooner.

    >>> span(4000), span(-90)
    ('1:06', '-0:02')
    """
    minutes = seconds // 60
    return f"{'-' if minutes < 0 else ''}{abs(minutes) // 60}:{abs(minutes) % 60:02}"


def clock(at: int, zone: str) -> str:
    return f"{datetime.fromtimestamp(moment(at), ZoneInfo(zone)):%H:%M}"


def load_words(load: Load) -> Msg:
    match load.what:
        case "grams":
            return msg("{n} of {of} kg", n=-(-load.load // 1000), of=load.capacity // 1000)
        case "cm3":
            return msg("{n} of {of} litres", n=-(-load.load // 1000), of=load.capacity // 1000)
        case "slots":
            return msg("{n} of {of} slots", n=load.load, of=load.capacity)
        case "orders":
            return msg("{n} of {of} orders", n=load.load, of=load.capacity)
    return plain(f"{load.load}/{load.capacity}")
