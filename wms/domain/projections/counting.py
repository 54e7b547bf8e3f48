"""Counts: the books follow what a person saw. What moved while she counted is told."""

from __future__ import annotations

from wms.domain import events as e
from wms.domain.events import Fact
from wms.domain.mending import CountTask
from wms.domain.places import COUNT_DIFFERENCE
from wms.domain.projections.registry import applies, close_review, review
from wms.domain.records import replace
from wms.domain.rows import Tables
from wms.domain.stock import Stock, move


@applies(e.ZeroChecked)
def zero_checked(t: Tables, event: e.ZeroChecked, fact: Fact) -> None:
    """The difference has a name, and another look is asked for."""
    if event.left == event.expected:
        return
    raced = _has_moved(t, event.place, event.sku, event.lot, event.expected, event.left, fact)
    move(t, event.sku, event.lot, event.left - event.expected, COUNT_DIFFERENCE, event.place)
    if not raced:
        review(t, fact, "count_difference", f"{event.place},{event.sku},{event.lot}", f"{event.expected},{event.left}")


@applies(e.StockAdjusted)
def stock_adjusted(t: Tables, event: e.StockAdjusted, fact: Fact) -> None:
    if event.booked is not None:
        counted = event.booked + event.difference
        _has_moved(t, event.place, event.sku, event.lot, event.booked, counted, fact)
    move(t, event.sku, event.lot, event.difference, COUNT_DIFFERENCE, event.place)


@applies(e.CountAsked)
def count_asked(t: Tables, event: e.CountAsked, fact: Fact) -> None:
    old = t.get(CountTask, event.place, event.sku, event.lot)
    if old is None or not old.open:
        t.put(CountTask(event.place, event.sku, event.lot, event.review, fact.person))


@applies(e.StockCounted)
def stock_counted(t: Tables, event: e.StockCounted, fact: Fact) -> None:
    """A count that was asked for settles what asked for it, unless something moved meanwhile."""
    asked = t.get(CountTask, event.place, event.sku, event.lot)
    subject = f"{event.place},{event.sku},{event.lot}"
    raced = _has_moved(t, event.place, event.sku, event.lot, event.booked, event.counted, fact)
    move(t, event.sku, event.lot, event.counted - event.booked, COUNT_DIFFERENCE, event.place)
    if asked is not None and asked.open:
        t.put(replace(asked, open=False))
        kind, _, about = asked.review.partition("/")
        if not raced or about != subject:
            close_review(t, kind, about, fact.person, "counted")
    if not raced:
        for kind in ("count_difference", "count_race", "stock_below_zero"):
            close_review(t, kind, subject, fact.person, "counted")


def _has_moved(t: Tables, place: str, sku: str, lot: str, booked: int, counted: int, fact: Fact) -> bool:
    """Whether the books say something else by now than they said to whoever counted. Counted as a difference all the
    same: a movement in between stays booked, only a look can tell whether it came before the count or after."""
    here = t.get(Stock, place, sku, lot)
    now = here.quantity if here is not None else 0
    if now != booked:
        review(t, fact, "count_race", f"{place},{sku},{lot}", f"{booked},{now},{counted},{fact.person}")
    return now != booked
