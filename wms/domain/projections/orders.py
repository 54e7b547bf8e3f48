"""Orders: received, held, released, cancelled at any time."""

from __future__ import annotations

from collections import Counter

from wms.domain import events as e
from wms.domain.changes import lines_of
from wms.domain.events import Fact
from wms.domain.holds import GROUP_OPEN, PRESALE_UNTIL, codes, joined, only_waits, without
from wms.domain.ids import OrderId
from wms.domain.orders import (
    ChangeOffer,
    ChannelWord,
    Order,
    OrderKind,
    OrderLine,
    OrderStatus,
    Recipient,
    Stop,
    UnknownLine,
)
from wms.domain.projections.picking import cancel_open_tasks, free_totes
from wms.domain.projections.registry import applies, close_review, review
from wms.domain.projections.waves import end_wave
from wms.domain.records import replace
from wms.domain.review import Review
from wms.domain.rows import Tables
from wms.domain.stock import promise
from wms.domain.waiting import Waiting

IN_WORK = (OrderStatus.IN_WAVE, OrderStatus.PICKED, OrderStatus.PACKED, OrderStatus.SHORT)


@applies(e.OrderReceived)
def order_received(t: Tables, event: e.OrderReceived, fact: Fact) -> None:
    """The same order from two imports is one order: the first stands."""
    if t.get(Order, event.order) is not None:
        return
    status = OrderStatus.HELD if event.hold else OrderStatus.READY
    t.put(
        Order(
            event.order,
            event.channel,
            event.reference,
            status,
            event.ship_by,
            fact.seconds,
            event.category,
            event.carrier,
            event.masked,
            event.hold,
            placed=event.placed,
            amount=event.amount,
            currency=event.currency,
            kind=OrderKind(event.kind) if event.kind in set(OrderKind) else OrderKind.ORDINARY,
            not_before=event.not_before,
            instructions="\n".join(event.instructions),
            nolabel=event.nolabel,
            remarked=event.remarked,
        )
    )
    for n, (sku, quantity) in enumerate(event.lines, 1):
        t.put(OrderLine(event.order, n, sku, quantity, gift=n in event.gifts))
    keep_unknown(t, event)
    t.put(ChannelWord(event.order, lines_of(event), event.ship_by, event.not_before, event.hold))
    if event.sealed:
        t.put(Recipient(event.order, event.sealed))
    if not event.hold:
        promise_all(t, event.order, 1)
        return
    if not only_waits(event.hold):
        review(t, fact, "order_held", event.order, event.hold)
    note_waiting(t, event.order)


def keep_unknown(t: Tables, event: e.OrderReceived) -> None:
    offered, wanted = dict(event.offered), Counter[str]()
    for code, quantity in event.unknown:
        wanted[code] += quantity
    for code, quantity in wanted.items():
        t.put(UnknownLine(event.order, code, quantity, "\n".join(offered.get(code, ()))))


@applies(e.OrderHeld)
def order_held(t: Tables, event: e.OrderHeld, fact: Fact) -> None:
    """An order that is held already is held for these reasons too."""
    order = t.get(Order, event.order)
    if order is None or order.status not in (OrderStatus.READY, OrderStatus.HELD):
        return
    if order.status == OrderStatus.READY:
        promise_all(t, order.id, -1)
    held = replace(order, status=OrderStatus.HELD, hold=joined(order.hold, event.reason))
    t.put(held)
    note_waiting(t, held.id)
    if not only_waits(held.hold):
        review(t, fact, "order_held", held.id, held.hold)
        _say_why(t, held.id, held.hold)


def _say_why(t: Tables, order: OrderId, hold: str) -> None:
    found = t.get(Review, f"order_held/{order}")
    if found is not None and found.open:
        t.put(replace(found, detail=hold))


@applies(e.OrdersReviewed)
def orders_reviewed(t: Tables, event: e.OrdersReviewed, fact: Fact) -> None:
    for name in event.orders:
        order = t.get(Order, name)
        if order is not None and not order.reviewed:
            t.put(replace(order, reviewed=True))


@applies(e.OrderAsked)
def order_asked(t: Tables, event: e.OrderAsked, fact: Fact) -> None:
    found = t.get(Review, f"order_held/{event.order}")
    if found is not None and found.open:
        t.put(replace(found, asked=fact.seconds, note=event.note))


@applies(e.OrderLineMatched)
def order_line_matched(t: Tables, event: e.OrderLineMatched, fact: Fact) -> None:
    """The line joins the order once, and the code is no reason to hold it any more."""
    order, unknown = t.get(Order, event.order), t.get(UnknownLine, event.order, event.code)
    if order is None or unknown is None or order.status != OrderStatus.HELD:
        return
    t.delete(unknown)
    known = t.where(OrderLine, order_id=order.id)
    t.put(OrderLine(order.id, max((line.n for line in known), default=0) + 1, event.sku, event.quantity))
    mended = replace(order, hold=without(order.hold, f"unknown_item:{event.code}"), category=event.category)
    t.put(mended)
    _say_why(t, mended.id, mended.hold)
    if only_waits(mended.hold):
        close_review(t, "order_held", mended.id, fact.person, "matched")


@applies(e.OrderReleased)
def order_released(t: Tables, event: e.OrderReleased, fact: Fact) -> None:
    order = t.get(Order, event.order)
    if order is None or order.status != OrderStatus.HELD:
        return
    t.put(replace(order, status=OrderStatus.READY, hold="", ship_by=event.ship_by or order.ship_by))
    promise_all(t, order.id, 1)
    note_waiting(t, order.id)
    close_review(t, "order_held", order.id, fact.person, "released")


@applies(e.PartialAllowed)
def partial_allowed(t: Tables, event: e.PartialAllowed, fact: Fact) -> None:
    order = t.get(Order, event.order)
    if order is not None and order.status == OrderStatus.SHORT:
        t.put(replace(order, status=OrderStatus.PICKED))
        close_review(t, "order_short", order.id, fact.person, "sent in part")


@applies(e.OrderCancelled)
def order_cancelled(t: Tables, event: e.OrderCancelled, fact: Fact) -> None:
    """Before the wave it simply ends. In work, what was not picked disappears from the walk; if nothing was picked
    the order ends, else it stops at the packing bench. After handover only a person can help."""
    order = t.get(Order, event.order)
    if order is None or order.status == OrderStatus.CANCELLED or order.stop:
        return
    leave_offer(t, order.id, fact, "cancelled")
    stop = Stop.REFUND if event.refund else Stop.CANCELLED
    stopped = replace(order, stop=stop, stopped_at=fact.seconds)
    if order.status in (OrderStatus.HELD, OrderStatus.READY):
        if order.status == OrderStatus.READY:
            promise_all(t, order.id, -1)
        t.put(replace(stopped, status=OrderStatus.CANCELLED))
        note_waiting(t, order.id)
        close_review(t, "order_held", order.id, fact.person, "cancelled")
        close_review(t, "send_together", order.id, fact.person, "cancelled")
        return
    if order.status == OrderStatus.HANDED_OVER:
        review(t, fact, "cancelled_after_handover", order.id)
        return
    t.put(stopped)
    cancel_open_tasks(t, order.id, fact)
    close_review(t, "order_short", order.id, fact.person, "cancelled")
    close_review(t, "label_waits", order.id, fact.person, "cancelled")
    if any(line.picked for line in t.where(OrderLine, order_id=order.id)):
        review(t, fact, "cancelled_in_work", order.id)
        return
    t.put(replace(stopped, status=OrderStatus.CANCELLED))
    if order.status != OrderStatus.IN_WAVE:
        free_totes(t, order.id, fact)
    end_wave(t, order.wave)


def leave_offer(t: Tables, order: str, fact: Fact, why: str) -> None:
    """Nothing is to be decided about a change any more."""
    offer = t.get(ChangeOffer, order)
    if offer is not None and offer.open:
        t.put(replace(offer, open=False, kept=True))
    close_review(t, "order_changed", order, fact.person, why)


def note_waiting(t: Tables, order: str) -> None:
    """Bring what is noted of an order's waiting in line with its holds."""
    for row in t.where(Waiting, order_id=order):
        t.delete(row)
    found = t.get(Order, order)
    if found is None or found.status != OrderStatus.HELD:
        return
    for what, until in ((PRESALE_UNTIL, found.not_before), (GROUP_OPEN, 0)):
        if what in codes(found.hold):
            t.put(Waiting(what, until, found.id))


def promise_all(t: Tables, order: str, sign: int) -> None:
    for line in t.where(OrderLine, order_id=order):
        promise(t, line.sku, sign * line.quantity)
