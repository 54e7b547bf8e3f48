"""Orders that the review holds, and those it only speaks of: why, what there is to know of them, and the ways out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from wms.domain import commands as c
from wms.domain import holds
from wms.domain.bounds import moment
from wms.domain.catalogue import Site
from wms.domain.ids import OrderId, Sku
from wms.domain.money import written
from wms.domain.orders import Order, OrderLine, OrderStatus, UnknownLine
from wms.domain.reasons import explain
from wms.domain.review import Review
from wms.domain.rows import Rows
from wms.workflows.conflicts import Decision, order_name
from wms.workflows.prompt import Msg, msg, msg_n, plain
from wms.workflows.say import item_name

KINDS = ("order_held", "send_together")
OFFERED = 3
"""So many items are offered for each unknown code, and codes at once: the answers are single keys."""

STATES = {
    OrderStatus.HELD: msg("held"),
    OrderStatus.READY: msg("ready"),
    OrderStatus.IN_WAVE: msg("being picked"),
    OrderStatus.PICKED: msg("picked"),
    OrderStatus.PACKED: msg("packed"),
    OrderStatus.HANDED_OVER: msg("handed over"),
    OrderStatus.SHORT: msg("short"),
    OrderStatus.CANCELLED: msg("cancelled"),
}
_GOODS = _OTHERS = 3
_NAMES_ANOTHER = ("large_orders", "same_elsewhere")


def sentence(review: Review, rows: Rows) -> Msg | None:
    order = order_name(rows, review.subject)
    match review.kind:
        case "order_held" if review.asked:
            return msg("Order {order}: asked, no answer yet ({why})", order=order, why=hold_reason(review.detail, rows))
        case "order_held":
            return msg("Order {order} is held: {why}", order=order, why=hold_reason(review.detail, rows))
        case "send_together":
            return msg_n(
                "Order {order} and {n} more go to one buyer and address: send them together?",
                "Order {order} and {n} more go to one buyer and address: send them together?",
                len(holds.reasons(review.detail)),
                order=order,
            )
    return None


def hold_reason(hold: str, rows: Rows) -> Msg:
    """The first reason an order is held for."""
    first = hold.partition(",")[0]
    code, _, rest = first.partition(":")
    match code:
        case "stock" | "no_stock":
            sku, _, missing = rest.partition(":")
            return msg("{n} x {item} not in stock", n=missing, item=item_name(rows, sku))
        case "no_items":
            return msg("it names no item")
        case "unknown_item":
            return msg("unknown item {code}", code=rest)
        case "no_recipient":
            return msg("the recipient is missing")
        case "by_hand":
            return msg("held by hand: {why}", why=rest)
    return Msg(*explain(first))


def facts(review: Review, rows: Rows) -> Iterator[Msg]:
    """The other reasons, what was asked, what the order is and for whom, as far as a screen may show it; the orders it
    has to do with; its goods last, for a small screen has no room for all of it."""
    held = review.kind == "order_held"
    if held:
        yield from (hold_reason(reason, rows) for reason in holds.reasons(review.detail)[1:])
    if review.asked:
        yield msg("Asked {time}: {note}", time=_time(review.asked, rows), note=review.note)
    yield from _order(rows, review.subject)
    others = _others(review.detail) if held else holds.reasons(review.detail)
    found = [order for name in dict.fromkeys(others) if (order := rows.get(Order, name)) is not None]
    for order in found[:_OTHERS]:
        yield msg("order {order}, {state}", order=order.reference, state=STATES.get(order.status, ""))
    yield from _goods(rows, review.subject)


def _time(at: int, rows: Rows) -> str:
    site = rows.get(Site, "site")
    return f"{datetime.fromtimestamp(moment(at), ZoneInfo(site.zone if site is not None else 'UTC')):%m-%d %H:%M}"


def _goods(rows: Rows, order: str) -> Iterator[Msg]:
    lines = rows.where(OrderLine, order_id=order)
    yield from (msg("{n} x {item}", n=line.quantity, item=item_name(rows, line.sku)) for line in lines[:_GOODS])
    if len(lines) > _GOODS:
        yield msg("and {n} more", n=len(lines) - _GOODS)


def _others(hold: str) -> list[str]:
    """The orders that the reasons name."""
    named = (explain(reason) for reason in holds.reasons(hold) if reason.partition(":")[0] in _NAMES_ANOTHER)
    return [values["order"] for _, values in named]


def _order(rows: Rows, name: str) -> Iterator[Msg]:
    found = rows.get(Order, name)
    if found is None:
        return
    units = sum(line.quantity for line in rows.where(OrderLine, order_id=found.id))
    worth = plain(f"{written(found.amount, found.currency)}  {found.masked}" if found.amount >= 0 else found.masked)
    yield msg_n(
        "{n} unit from {channel}  {rest}", "{n} units from {channel}  {rest}", units, channel=found.channel, rest=worth
    )


def ways_out(review: Review, rows: Rows) -> tuple[Decision, ...]:
    """Nothing for a suggestion: that is only seen."""
    if review.kind != "order_held":
        return ()
    order = OrderId(review.subject)
    release = Decision(msg("Release"), lambda _: (c.ReleaseOrder(order),))
    return (
        *_matches(order, rows),
        *((release,) if not holds.of_any(review.detail, holds.NEEDS_MENDING) else ()),
        Decision(msg("Cancel the order"), lambda why: (c.CancelOrder(order, reason=why),), reason=True),
        Decision(
            msg("Ask the customer"),
            lambda note: (c.AskAboutOrder(order, note),),
            reason=True,
            ask=msg("What did you ask, and how? Type it, then Enter"),
        ),
    )


def _matches(order: OrderId, rows: Rows) -> Iterator[Decision]:
    for unknown in rows.where(UnknownLine, order_id=order)[:OFFERED]:
        for sku in unknown.offered.splitlines()[:OFFERED]:
            yield _use(order, unknown.code, Sku(sku))


def _use(order: OrderId, code: str, sku: Sku) -> Decision:
    match = c.MatchLine(order, code, sku)
    return Decision(msg("Use {sku} for {code}", sku=sku, code=code), lambda _: (match,))
