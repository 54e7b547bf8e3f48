"""Orders: received, held, released, cancelled at any time."""

from __future__ import annotations

from wms.domain import events as e
from wms.domain.events import Fact
from wms.domain.orders import Order, OrderKind, OrderLine, OrderStatus, Recipient, Stop
from wms.domain.projections.picking import cancel_open_tasks, free_totes
from wms.domain.projections.registry import applies, close_review, review
from wms.domain.projections.waves import end_wave
from wms.domain.records import replace
from wms.domain.rows import Tables
from wms.domain.stock import promise

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
        )
    )
    for n, (sku, quantity) in enumerate(event.lines, 1):
        t.put(OrderLine(event.order, n, sku, quantity))
    if event.sealed:
        t.put(Recipient(event.order, event.sealed))
    if event.hold:
        review(t, fact, "order_held", event.order, event.hold)
    else:
        _promise(t, event.order, 1)


@applies(e.OrderHeld)
def order_held(t: Tables, event: e.OrderHeld, fact: Fact) -> None:
    order = t.get(Order, event.order)
    if order is None or order.status != OrderStatus.READY:
        return
    _promise(t, order.id, -1)
    t.put(replace(order, status=OrderStatus.HELD, hold=event.reason))
    review(t, fact, "order_held", event.order, event.reason)


@applies(e.OrderReleased)
def order_released(t: Tables, event: e.OrderReleased, fact: Fact) -> None:
    order = t.get(Order, event.order)
    if order is None or order.status != OrderStatus.HELD:
        return
    t.put(replace(order, status=OrderStatus.READY, hold=""))
    _promise(t, order.id, 1)
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
    stop = Stop.REFUND if event.refund else Stop.CANCELLED
    stopped = replace(order, stop=stop, stopped_at=fact.seconds)
    if order.status in (OrderStatus.HELD, OrderStatus.READY):
        if order.status == OrderStatus.READY:
            _promise(t, order.id, -1)
        t.put(replace(stopped, status=OrderStatus.CANCELLED))
        close_review(t, "order_held", order.id, fact.person, "cancelled")
        return
    if order.status == OrderStatus.HANDED_OVER:
        review(t, fact, "cancelled_after_handover", order.id)
        return
    t.put(stopped)
    cancel_open_tasks(t, order.id, fact)
    close_review(t, "order_short", order.id, fact.person, "cancelled")
    if any(line.picked for line in t.where(OrderLine, order_id=order.id)):
        review(t, fact, "cancelled_in_work", order.id)
        return
    t.put(replace(stopped, status=OrderStatus.CANCELLED))
    if order.status != OrderStatus.IN_WAVE:
        free_totes(t, order.id, fact)
    end_wave(t, order.wave)


def _promise(t: Tables, order: str, sign: int) -> None:
    for line in t.where(OrderLine, order_id=order):
        promise(t, line.sku, sign * line.quantity)
