"""What channels say of known orders, and what they are told back."""

from __future__ import annotations

import msgspec

from wms.domain import commands as c
from wms.domain import events as e
from wms.domain import holds
from wms.domain.changes import LINES, NOT_BEFORE, TROUBLE, WAITS, may_take, new_troubles
from wms.domain.orders import ChangeOffer, ChannelWord, Order, OrderLine, OrderStatus, Reported
from wms.domain.records import replace
from wms.domain.rows import Rows
from wms.domain.waiting import GROUP, waits_for
from wms.workflows.handlers.office import completed, shortages
from wms.workflows.handling import Answer, Context, Refused, handles, refuse
from wms.workflows.prompt import msg

ABOUT_LINES = {"no_items", "no_sku", "unknown_item", "no_stock"}


@handles(c.CompleteGroup)
def complete_group(command: c.CompleteGroup, rows: Rows, context: Context) -> Answer:
    order = rows.get(Order, command.order)
    if order is None:
        return refuse(msg("No order {order}", order=command.order))
    if order.status != OrderStatus.HELD or GROUP not in holds.codes(order.hold):
        return refuse(msg("Order {order} does not wait for a group", order=order.reference))
    return completed(order, command.ship_by, rows, context.now)


@handles(c.OfferChange)
def offer_change(command: c.OfferChange, rows: Rows, context: Context) -> Answer:
    """A trouble holds an order that no wave has yet."""
    order = rows.get(Order, command.received.order)
    if order is None or order.stop or order.status == OrderStatus.CANCELLED:
        return refuse(msg("No order {order}", order=command.received.order))
    offered = e.OrderChangeOffered(command.what, command.digest, command.received)
    if TROUBLE not in command.what.split(",") or order.status not in WAITS:
        return (offered,)
    word = rows.get(ChannelWord, order.id)
    new = new_troubles(word.hold if word is not None else "", command.received.hold)
    more = [reason for reason in new if reason not in holds.reasons(order.hold)]
    return (offered, e.OrderHeld(order.id, ",".join(more))) if more else (offered,)


@handles(c.KeepOrder)
def keep_order(command: c.KeepOrder, rows: Rows, context: Context) -> Answer:
    offer = _open_offer(command, rows)
    return offer if isinstance(offer, Refused) else (e.OrderChangeKept(command.order, offer.digest, command.why),)


@handles(c.TakeChange)
def take_change(command: c.TakeChange, rows: Rows, context: Context) -> Answer:
    """Reasons that the change does not touch hold the order on; what stock lacks for the new lines is found at once."""
    offer, order = _open_offer(command, rows), rows.get(Order, command.order)
    if isinstance(offer, Refused):
        return offer
    if order is None or not may_take(rows, order.id, offer.what):
        return refuse(msg("It is too late for this change"), msg("Stop the order, or send it as it is"))
    said = msgspec.json.decode(offer.received, type=e.OrderReceived)
    if order.status not in WAITS:
        return (e.OrderChanged(offer.what, offer.digest, replace(said, hold="")),)
    said = replace(said, hold=_held_for(order, offer, said, rows, context.now))
    changed = e.OrderChanged(offer.what, offer.digest, said)
    if said.hold or LINES not in offer.what.split(","):
        return (changed,)
    own = [(line.sku, line.quantity) for line in rows.where(OrderLine, order_id=order.id)]
    freed: dict[str, int] = {}
    for sku, quantity in own if order.status == OrderStatus.READY else ():
        freed[sku] = freed.get(sku, 0) - quantity
    short = shortages(said.lines, rows, freed)
    return (changed, e.OrderHeld(order.id, ",".join(short))) if short else (changed,)


def _held_for(order: Order, offer: ChangeOffer, said: e.OrderReceived, rows: Rows, now: int) -> str:
    """What holds it after the change: what held it, less what that mends, and what is new in the channel's word."""
    word, what = rows.get(ChannelWord, order.id), offer.what.split(",")
    gone = ABOUT_LINES if LINES in what else set()
    kept = [reason for reason in holds.reasons(order.hold) if reason.partition(":")[0] not in gone]
    before = holds.reasons(word.hold) if word is not None else []
    new = [one for one in holds.reasons(said.hold) if one not in before or one.partition(":")[0] in gone]
    if NOT_BEFORE in what:
        kept = [reason for reason in kept if not reason.startswith(holds.PRESALE_UNTIL)]
        new += waits_for(rows, order.kind, said.not_before, now, group_open=False)
    return holds.joined(",".join(kept), ",".join(new))


def _open_offer(command: c.TakeChange | c.KeepOrder, rows: Rows) -> ChangeOffer | Refused:
    offer = rows.get(ChangeOffer, command.order)
    if offer is None or not offer.open:
        return refuse(msg("Somebody has already done this"))
    if offer.digest != command.digest:
        return refuse(msg("The channel has changed it again meanwhile"), msg("Look at it once more"))
    return offer


@handles(c.ReportShipments)
def report_shipments(command: c.ReportShipments, rows: Rows, context: Context) -> Answer:
    """None at all where somebody told the channel of one meanwhile: its file must not name it twice."""
    for name in command.orders:
        order = rows.get(Order, name)
        if order is None or order.channel != command.channel:
            return refuse(msg("No order {order}", order=name))
        if order.status != OrderStatus.HANDED_OVER:
            return refuse(msg("Order {order} is not handed over yet", order=order.reference))
        if not command.again and rows.get(Reported, name) is not None:
            return refuse(msg("Order {order} was reported meanwhile: make the file anew", order=order.reference))
    return (e.ShipmentsReported(command.channel, command.orders, command.form),) if command.orders else ()
