"""An order that its channel changed, on the supervisor's board: what differs, and the ways out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from wms.domain import changes
from wms.domain import commands as c
from wms.domain.bounds import moment
from wms.domain.catalogue import Site
from wms.domain.events.orders import OrderReceived
from wms.domain.ids import OrderId
from wms.domain.orders import ChangeOffer, ChannelWord, Order, OrderStatus
from wms.domain.review import Review
from wms.domain.rows import Rows
from wms.domain.waiting import day_of
from wms.workflows.conflicts import Decision, close, order_name
from wms.workflows.held_orders import hold_reason
from wms.workflows.prompt import Msg, Value, msg
from wms.workflows.say import item_name

RESPECTS = {
    changes.LINES: msg("other goods"),
    changes.SHIP_BY: msg("another time"),
    changes.NOT_BEFORE: msg("another day"),
    changes.RECIPIENT: msg("another recipient"),
    changes.REMARKS: msg("other remarks"),
}


def sentence(review: Review, rows: Rows) -> Msg:
    """In which respect, the gravest first; what exactly stands below it."""
    name = order_name(rows, review.subject)
    if changes.TROUBLE in review.detail.split(",") and (troubles := _troubles(review, rows)):
        return _trouble(name, troubles[0], review, rows)
    first = next((text for respect, text in RESPECTS.items() if respect in review.detail.split(",")), "")
    order = rows.get(Order, review.subject)
    if order is not None and order.status == OrderStatus.HANDED_OVER:
        return msg("Order {order} was changed, but the courier has it: {what}", order=name, what=first)
    if order is not None and order.status in changes.UNDERWAY:
        return msg("Order {order} was changed, but is under way: {what}", order=name, what=first)
    return msg("Order {order} was changed in the channel: {what}", order=name, what=first)


def _trouble(name: str, reason: str, review: Review, rows: Rows) -> Msg:
    order, why = rows.get(Order, review.subject), hold_reason(reason, rows)
    if order is not None and order.status == OrderStatus.HANDED_OVER:
        return msg("The courier has order {order} already: {why}", order=name, why=why)
    return msg("Stop order {order}? {why}", order=name, why=why)


def _troubles(review: Review, rows: Rows) -> list[str]:
    """What the channel says to be wrong now and did not say before."""
    offer, said = rows.get(ChangeOffer, review.subject), rows.get(ChannelWord, review.subject)
    if offer is None or said is None:
        return []
    return changes.new_troubles(said.hold, msgspec.json.decode(offer.received, type=OrderReceived).hold)


def facts(review: Review, rows: Rows) -> Iterator[Msg]:
    """What differs, old and new; of the person only that it is another one."""
    offer, said = rows.get(ChangeOffer, review.subject), rows.get(ChannelWord, review.subject)
    order = rows.get(Order, review.subject)
    if offer is None or said is None or order is None:
        return
    now, what = msgspec.json.decode(offer.received, type=OrderReceived), offer.what.split(",")
    if changes.TROUBLE in what:
        yield from (hold_reason(reason, rows) for reason in _troubles(review, rows)[1:])
    if changes.LINES in what:
        yield from _lines(changes.quantities(said.lines), changes.quantities(changes.lines_of(now)), rows)
    if changes.SHIP_BY in what:
        yield msg("Due {new} (was {old})", new=_wall(now.ship_by, rows), old=_wall(order.ship_by, rows))
    if changes.NOT_BEFORE in what:
        yield msg("Not before {day}", day=day_of(rows, now.not_before))
    if changes.RECIPIENT in what:
        yield msg("Recipient changed")
    if changes.REMARKS in what:
        yield msg("Remarks changed")


def _lines(old: dict[str, int], new: dict[str, int], rows: Rows) -> Iterator[Msg]:
    for code in sorted({*old, *new}):
        before, after = old.get(code, 0), new.get(code, 0)
        if before != after:
            item: Value = msg("unknown item {code}", code=code[1:]) if code.startswith("?") else item_name(rows, code)
            yield msg("{item}: {old} -> {new}", item=item, old=before, new=after)


def _wall(at: int, rows: Rows) -> str:
    site = rows.get(Site, "site")
    return f"{datetime.fromtimestamp(moment(at), ZoneInfo(site.zone if site is not None else 'UTC')):%m-%d %H:%M}"


def ways_out(review: Review, rows: Rows) -> tuple[Decision, ...]:
    """Take it as long as that can be done, else stop what was begun, or send it as it is. After handover: told only."""
    order, offer = rows.get(Order, review.subject), rows.get(ChangeOffer, review.subject)
    if order is None or offer is None or not offer.open:
        return (close(review, msg("Done"), "done"),)
    name, digest = OrderId(order.id), offer.digest
    keep = Decision(msg("Send it as it is"), lambda _: (c.KeepOrder(name, digest),))
    if changes.may_take(rows, name, offer.what):
        return (Decision(msg("Take the change"), lambda _: (c.TakeChange(name, digest),)), keep)
    if order.status == OrderStatus.HANDED_OVER:
        return (Decision(msg("Seen"), lambda _: (c.KeepOrder(name, digest, "seen after handover"),)),)
    stop = Decision(msg("Stop the order"), lambda why: (c.CancelOrder(name, reason=why),), reason=True)
    return (stop, keep)
