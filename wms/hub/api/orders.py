"""Orders: in from shops and ERPs, looked at, held, released, stopped."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from wms.channels import Entry, ParsedLine, ParsedOrder, ParsedRecipient, Result, of_orders
from wms.channels.parsed import Kind, Trouble
from wms.channels.values import has_lost_digits, is_hidden, is_scientific
from wms.domain import commands as c
from wms.domain.auditing import Rules
from wms.domain.commands import Command
from wms.domain.ids import OrderId
from wms.domain.labelling import GivenLabel
from wms.domain.orders import Order, OrderLine, OrderStatus
from wms.domain.packing import Parcel
from wms.domain.recipients import PersonalData
from wms.domain.rows import Rows
from wms.hub.answering import Refusal
from wms.hub.api import models as m
from wms.hub.api.acting import decided
from wms.hub.api.idempotency import keep
from wms.hub.api.operation import Call, Handler, In, Operation, Reply
from wms.hub.api.paging import page
from wms.hub.api.parcels import parcel_out
from wms.hub.api.wording import all_say
from wms.hub.database import Session
from wms.hub.order_review import opener, review_at_hub
from wms.intake import Foretold, IntakeReport, StoreGoods, take_in_at_once
from wms.store import StoreUnwritable
from wms.store.sealing import seal_afresh
from wms.sync.wire import KeyLine
from wms.workflows.handling import Outcome

NO_ORDER = "No order has this id."
log = logging.getLogger(__name__)
_EARLIEST, _LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


class OrderQuery(In, frozen=True):
    limit: m.Limit = 50
    after: m.After = ""
    status: OrderStatus | None = None
    channel: m.Code = ""
    reference: Annotated[
        str, Meta(max_length=100, pattern=m.LINE, description="The channel's own number; `channel` is needed with it.")
    ] = ""


def taking(rules: Rules) -> Handler:
    """One order, or several: recorded in one transaction together with the answer, then reviewed by the rules."""

    def take(call: Call) -> Reply:
        reply, taken = _take(call)
        try:
            review_at_hub(call.hub, taken, call.person, rules)
        except StoreUnwritable:  # the orders are in; `wms orders review --again` makes up for it
            log.exception("orders of %s were not reviewed", call.hub.warehouse)
        return reply

    return take


def _take(call: Call) -> tuple[Reply, tuple[OrderId, ...]]:
    sent: tuple[m.OrderIn, ...] = call.body if isinstance(call.body, tuple) else (call.body,)
    parsed = tuple(_parsed(order, n) for n, order in enumerate(sent))
    imported = of_orders("orders", "api", parsed, StoreGoods(call.hub.rows))
    kept = False

    def carry_out(command: Command, foretold: Foretold) -> Outcome:
        nonlocal kept
        kept = True

        def beside(session: Session, outcome: Outcome) -> None:
            keep(call, session, _taken(sent, foretold(outcome)))

        return call.hub.execute(command, call.person, beside=beside)

    def seal(people: Mapping[OrderId, PersonalData]) -> Mapping[OrderId, str]:
        sealed, keys = seal_afresh(people)
        if keys:
            call.hub.keep_keys([KeyLine(subject, key) for subject, key in keys])
        return sealed

    report = take_in_at_once(
        call.hub.rows,
        call.now,
        imported,
        carry_out,
        lambda command: call.hub.execute(command, call.person),
        seal,
        opener(call.hub),
    )
    if report.stopped:
        raise Refusal(409, "refused", all_say(report.stopped))
    reply = _taken(sent, report)
    if not kept:
        call.hub.database.write(lambda session: keep(call, session, reply))
    return reply, report.taken


def _taken(sent: tuple[m.OrderIn, ...], report: IntakeReport) -> Reply:
    """201 if anything was made of it."""
    stopped = set(report.cancelled)
    outcomes = tuple(
        _outcome(order, entry, stopped) for order, entry in zip(sent, report.imported.entries(), strict=True)
    )
    made = any(one.cancelled or one.result not in {Result.SKIP, Result.REJECT} for one in outcomes)
    return Reply(201 if made else 200, m.OrdersTaken(outcomes))


def _outcome(sent: m.OrderIn, entry: Entry, stopped: AbstractSet[OrderId]) -> m.OrderOutcome:
    name = OrderId(f"{sent.channel}-{sent.reference}")
    reasons = tuple(filter(None, (entry.reason, *(one.reason for one in entry.others))))
    return m.OrderOutcome(name, sent.channel, sent.reference, entry.result, reasons, name in stopped)


def _parsed(order: m.OrderIn, n: int) -> ParsedOrder:
    where = f"orders[{n}]"
    return ParsedOrder(
        order.channel,
        order.reference,
        tuple(ParsedLine(line.sku, line.quantity, line.name, gift=line.gift, column="sku") for line in order.lines),
        n,
        placed_at=_seconds(order.placed_at, f"{where}.placed_at"),
        ship_by=_seconds(order.ship_by, f"{where}.ship_by"),
        recipient=_recipient(order.recipient),
        troubles=_troubles(order),
        taken_back=order.cancelled,
        carrier=order.carrier,
        buyer=order.buyer,
        amount=order.amount,
        currency=order.currency,
        kind=order.kind,
        not_before=_seconds(order.not_before, f"{where}.not_before"),
        waiting=order.kind == Kind.GROUP if order.waiting is None else order.waiting,
        instructions=order.instructions,
        remarks=order.remarks,
        label=GivenLabel(**msgspec.structs.asdict(order.label)) if order.label is not None else None,
    )


def _recipient(said: m.RecipientIn | None) -> ParsedRecipient | None:
    if said is None:
        return None
    hidden = any(map(is_hidden, (said.name, said.phone, *said.address)))
    return ParsedRecipient(said.name, said.phone, said.address, said.city, said.postcode, said.country, hidden)


def _troubles(order: m.OrderIn) -> tuple[Trouble, ...]:
    if order.cancelled:
        return (Trouble(Result.SKIP, "cancelled"),)
    lost = is_scientific(order.reference) or has_lost_digits(order.reference)
    found = [Trouble(Result.REJECT, f"number_lost:reference:{order.reference}", "reference")] if lost else []
    return (*found, *(() if order.lines else (Trouble(Result.HOLD, "no_items"),)))


def _seconds(moment: datetime | None, where: str) -> int | None:
    if moment is None:
        return None
    if not _EARLIEST <= moment < _LATEST:
        raise Refusal(422, "time", f"{where} must lie between 2000 and 2100")
    return int(moment.timestamp())


def listing(call: Call) -> Reply:
    query: OrderQuery = call.query
    equal = {
        name: value
        for name, value in (("status", query.status), ("channel", query.channel), ("reference", query.reference))
        if value
    }
    if ("channel" in equal) != ("reference" in equal):
        raise Refusal(422, "query", "channel and reference are asked for together")
    rows = call.hub.rows
    found, following = page(rows, Order, query.after, query.limit, **equal)
    return Reply(200, m.OrderPage(tuple(_order_out(rows, order) for order in found), following))


def one(call: Call) -> Reply:
    return Reply(200, _order_out(call.hub.rows, known_order(call)))


def known_order(call: Call) -> Order:
    """The order the address names. Raises `Refusal`."""
    order = call.hub.rows.get(Order, call.path["id"])
    if order is None:
        raise Refusal(404, "no_order", "there is no such order")
    return order


def _order_out(rows: Rows, order: Order) -> m.OrderOut:
    return m.OrderOut(
        order.id,
        order.channel,
        order.reference,
        order.status,
        order.stop,
        _reasons(order.hold),
        m.moment(order.ship_by),
        m.moment(order.received),
        m.moment_or_none(order.shipped),
        order.carrier,
        order.category,
        order.wave,
        order.masked,
        tuple(
            m.OrderLineOut(line.n, line.sku, line.quantity, line.picked, line.short, line.packed)
            for line in rows.where(OrderLine, order_id=order.id)
        ),
        tuple(parcel_out(rows, parcel) for parcel in rows.where(Parcel, order_id=order.id)),
    )


def _reasons(codes: str) -> tuple[str, ...]:
    return tuple(filter(None, codes.split(",")))


def hold(call: Call) -> Reply:
    return _decide(call, c.HoldOrder(OrderId(call.path["id"]), f"by_hand:{call.body.reason.replace(',', ';')}"))


def release(call: Call) -> Reply:
    return _decide(call, c.ReleaseOrder(OrderId(call.path["id"])))


def cancel(call: Call) -> Reply:
    return _decide(call, c.CancelOrder(OrderId(call.path["id"]), call.body.refund, call.body.reason))


def _decide(call: Call, command: Command) -> Reply:
    """Decided over the whole journal: an order that was taken in through another process a moment ago is known."""
    try:
        decided(call, command, Reply(204))
    except Refusal:
        known_order(call)
        raise
    return Reply(204)


_DECIDED = {204: ("Done.", None)}
_MAY_NOT = {404: NO_ORDER, 409: "The order is not in a state in which that can be done; `detail` says why."}


def operations(rules: Rules) -> tuple[Operation, ...]:
    """All of them; orders that come in are reviewed by `rules`."""
    return (_taking(rules), *_OPERATIONS)


def _taking(rules: Rules) -> Operation:
    return Operation(
        "take_orders", "POST", "/v1/orders", "Orders", "Send orders", taking(rules),
        {201: ("At least one order was new, or was stopped.", m.OrdersTaken), 200: ("All were known.", m.OrdersTaken)},
        about="One order, or a list of up to 200, which are recorded together or not at all. An order is known by its"
        " channel and reference: sent again it is a `skip`, and where it is not the same a `hold`: what came first"
        " stands until a supervisor takes the change. Goods that are not there or"
        " not known hold the order and put it before a supervisor; it is not refused.",
        body=m.OrderIn | m.Orders, acting=True, largest_body=2 * 1024 * 1024,
    )  # fmt: skip


_OPERATIONS = (
    Operation(
        "list_orders", "GET", "/v1/orders", "Orders", "List orders", listing, {200: ("A page.", m.OrderPage)},
        query=OrderQuery,
    ),
    Operation(
        "cancel_order", "POST", "/v1/orders/{id:path}/cancel", "Orders", "Stop an order wherever it is", cancel,
        _DECIDED, body=m.Cancellation, refusals=_MAY_NOT, acting=True,
    ),
    Operation(
        "hold_order", "POST", "/v1/orders/{id:path}/hold", "Orders", "Keep an order from being released", hold,
        _DECIDED, body=m.Reason, refusals=_MAY_NOT, acting=True,
    ),
    Operation(
        "release_order", "POST", "/v1/orders/{id:path}/release", "Orders", "Let a held order go on", release,
        _DECIDED, refusals=_MAY_NOT, acting=True,
    ),
    Operation(
        "get_order", "GET", "/v1/orders/{id:path}", "Orders", "One order", one, {200: ("The order.", m.OrderOut)},
        refusals={404: NO_ORDER},
    ),
)  # fmt: skip
