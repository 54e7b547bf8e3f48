"""Channels: changes offered and taken, shipments reported."""

from __future__ import annotations

import msgspec

from wms.domain import events as e
from wms.domain.changes import (
    LINES,
    NOT_BEFORE,
    RECIPIENT,
    REMARKS,
    SHIP_BY,
    TROUBLE,
    WAITS,
    lines_of,
    may_take,
    new_troubles,
    to_decide,
)
from wms.domain.events import Fact
from wms.domain.holds import only_waits, reasons
from wms.domain.orders import ChangeOffer, ChannelWord, Order, OrderLine, OrderStatus, Recipient, Reported, UnknownLine
from wms.domain.projections.orders import keep_unknown, leave_offer, note_waiting, promise_all
from wms.domain.projections.registry import applies, close_review, review
from wms.domain.records import replace
from wms.domain.review import Review
from wms.domain.rows import Tables


@applies(e.OrderChangeOffered)
def order_change_offered(t: Tables, event: e.OrderChangeOffered, fact: Fact) -> None:
    """A later offer takes the place of an earlier one. Troubles alone leave it: they hold an order that waits."""
    said = event.received
    order = t.get(Order, said.order)
    if order is None or order.stop or order.status == OrderStatus.CANCELLED:
        return
    what = event.what
    if TROUBLE in what.split(","):
        what = _heard(t, order, event)
    if not what:
        return
    received = msgspec.json.encode(said).decode()
    t.put(ChangeOffer(said.order, what, event.digest, received, said.masked, said.sealed))
    review(t, fact, "order_changed", said.order, what)
    found = t.get(Review, f"order_changed/{said.order}")
    if found is not None:
        t.put(replace(found, detail=what))


def _heard(t: Tables, order: Order, event: e.OrderChangeOffered) -> str:
    """Remember the troubles; returns what is left to decide. Of those that come when the work has begun only a decision
    is remembered."""
    word, now = t.get(ChannelWord, order.id), event.received.hold
    before = word.hold if word is not None else ""
    if word is not None:
        gone = new_troubles(now, before)
        still = ",".join(reason for reason in reasons(before) if reason not in gone)
        t.put(replace(word, hold=now if order.status in WAITS else still))
    return ",".join(to_decide(order.status, before, now, event.what.split(",")))


@applies(e.OrderChanged)
def order_changed(t: Tables, event: e.OrderChanged, fact: Fact) -> None:
    """One that can't be made any more stays offered: a wave took the order before the decision came."""
    said, what = event.received, event.what.split(",")
    if not may_take(t, said.order, event.what):
        return
    order = t.get(Order, said.order)
    if order is None:
        return
    if order.status in WAITS:
        order = _rewritten(t, order, event, fact)
    if SHIP_BY in what:
        order = replace(order, ship_by=said.ship_by)
    if (RECIPIENT in what or REMARKS in what) and said.sealed:
        t.put(Recipient(order.id, said.sealed))
        order = replace(order, masked=said.masked, nolabel=said.nolabel, remarked=said.remarked)
    t.put(order)
    _remember(t, event)
    leave_offer(t, order.id, fact, "taken")
    if order.status == OrderStatus.READY:
        promise_all(t, order.id, 1)
        close_review(t, "order_held", order.id, fact.person, "changed")
    elif order.status == OrderStatus.HELD:
        note_waiting(t, order.id)
        _say_why(t, order, fact)


def _rewritten(t: Tables, order: Order, event: e.OrderChanged, fact: Fact) -> Order:
    """With the lines, the day and the holds that count from now on; nothing is promised to it yet."""
    said, what = event.received, event.what.split(",")
    if order.status == OrderStatus.READY:
        promise_all(t, order.id, -1)
    if LINES in what:
        for row in (*t.where(OrderLine, order_id=order.id), *t.where(UnknownLine, order_id=order.id)):
            t.delete(row)
        for n, (sku, quantity) in enumerate(said.lines, 1):
            t.put(OrderLine(order.id, n, sku, quantity, gift=n in said.gifts))
        keep_unknown(t, said)
        order = replace(order, category=said.category, amount=said.amount, currency=said.currency)
    if NOT_BEFORE in what:
        order = replace(order, not_before=said.not_before)
    return replace(order, status=OrderStatus.HELD if said.hold else OrderStatus.READY, hold=said.hold)


def _remember(t: Tables, event: e.OrderChanged) -> None:
    """What the next file is compared with."""
    word, said, what = t.get(ChannelWord, event.received.order), event.received, event.what.split(",")
    if word is None:
        return
    if LINES in what:
        word = replace(word, lines=lines_of(said))
    if SHIP_BY in what:
        word = replace(word, ship_by=said.ship_by)
    if NOT_BEFORE in what:
        word = replace(word, not_before=said.not_before)
    t.put(word)


def _say_why(t: Tables, order: Order, fact: Fact) -> None:
    if only_waits(order.hold):
        close_review(t, "order_held", order.id, fact.person, "changed")
        return
    review(t, fact, "order_held", order.id, order.hold)
    found = t.get(Review, f"order_held/{order.id}")
    if found is not None:
        t.put(replace(found, detail=order.hold))


@applies(e.OrderChangeKept)
def order_change_kept(t: Tables, event: e.OrderChangeKept, fact: Fact) -> None:
    offer = t.get(ChangeOffer, event.order)
    if offer is not None and offer.digest == event.digest:
        leave_offer(t, event.order, fact, event.why or "kept")


@applies(e.ShipmentsReported)
def shipments_reported(t: Tables, event: e.ShipmentsReported, fact: Fact) -> None:
    """Told again, it was told first when it was."""
    for order in event.orders:
        if t.get(Reported, order) is None and t.get(Order, order) is not None:
            t.put(Reported(order, fact.seconds, event.form))
