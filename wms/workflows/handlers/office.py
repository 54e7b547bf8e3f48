"""Orders in, held, released, cancelled; goods received, moved, corrected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from wms.domain import commands as c
from wms.domain import events as e
from wms.domain import holds
from wms.domain.catalogue import Category, Item
from wms.domain.ids import CategoryCode, InspectionId, Sku
from wms.domain.inspection import InspectionLot, draw, sample_size
from wms.domain.labelling import GivenLabel
from wms.domain.orders import Order, OrderLine, OrderStatus, UnknownLine
from wms.domain.places import Place, PlaceKind
from wms.domain.rows import Rows
from wms.domain.ship_by import ship_by_of
from wms.domain.stock import Lot, Promise, Stock
from wms.domain.waiting import GROUP, still_waits, waits_for
from wms.workflows.handling import Answer, Context, handles, refuse
from wms.workflows.prompt import Bilingual, msg


@handles(c.TakeOrders)
def take_orders(command: c.TakeOrders, rows: Rows, context: Context) -> Answer:
    """Orders known already are passed over, but a cancellation that came with them counts, and so does a group that is
    complete.

    Stock is promised in the order of the file. What is not there any more is no fault of the order that came: it is
    received, then held with the shortage named, before any wave can take it.
    """
    events: list[e.Event] = []
    promised: Counter[str] = Counter()
    seen: set[str] = set()
    for incoming in command.orders:
        known = rows.get(Order, incoming.order)
        if known is None and incoming.order not in seen:
            waits = waits_for(rows, incoming.kind, incoming.not_before, context.now, group_open=incoming.waiting)
            hold = ",".join((*incoming.problems, *waits))
            events.append(received(incoming, rows, hold))
            if not hold and not incoming.cancelled:
                events += _promised(incoming, rows, promised)
            if incoming.label != GivenLabel():
                events.append(e.LabelDataGiven(incoming.order, incoming.label))
            seen.add(incoming.order)
        elif known is not None and not (incoming.waiting or incoming.cancelled):
            ship_by = incoming.ship_by if incoming.ship_by_given else 0
            events += completed(known, ship_by, rows, context.now) if GROUP in known.hold else ()
        if incoming.cancelled and (known is None or not known.stop):
            events.append(e.OrderCancelled(incoming.order, reason="cancelled by the channel"))
    return tuple(events)


def completed(order: Order, ship_by: int, rows: Rows, now: int) -> tuple[e.Event, ...]:
    """Its group is complete; whatever else holds it holds it on. Its time is what the channel gave, else counts from
    now by policy."""
    ship_by = ship_by or max(order.ship_by, ship_by_of(rows, order.channel, now))
    rest = holds.without(order.hold, GROUP)
    held = (e.OrderHeld(order.id, rest),) if rest else ()
    return (e.OrderReleased(order.id, ship_by=ship_by), *held)


def _promised(incoming: c.IncomingOrder, rows: Rows, promised: Counter[str]) -> tuple[e.Event, ...]:
    """Nothing where the stock covers the order, else why it is held."""
    if short := shortages(incoming.lines, rows, promised):
        return (e.OrderHeld(incoming.order, ",".join(short)),)
    for sku, quantity in incoming.lines:
        promised[sku] += quantity
    return ()


def received(incoming: c.IncomingOrder, rows: Rows, hold: str) -> e.OrderReceived:
    """How the order comes in, held for these reasons."""
    return e.OrderReceived(
        incoming.order,
        incoming.channel,
        incoming.reference,
        incoming.ship_by,
        _category((sku for sku, _ in incoming.lines), rows),
        incoming.carrier,
        incoming.lines,
        hold,
        incoming.masked,
        incoming.sealed,
        incoming.placed,
        incoming.amount,
        incoming.currency,
        incoming.kind,
        incoming.not_before,
        incoming.instructions,
        incoming.unknown,
        incoming.offered,
        incoming.nolabel,
        incoming.remarked,
        incoming.gifts,
    )


def _category(skus: Iterable[Sku], rows: Rows) -> CategoryCode:
    """That of all the goods, '' where they are of several."""
    categories = {item.category for sku in skus if (item := rows.get(Item, sku)) is not None}
    return categories.pop() if len(categories) == 1 else CategoryCode("")


def shortages(lines: Iterable[tuple[Sku, int]], rows: Rows, promised: Mapping[str, int]) -> list[str]:
    wanted: Counter[Sku] = Counter()
    for sku, quantity in lines:
        wanted[sku] += quantity
    problems = []
    for sku, quantity in wanted.items():
        missing = quantity - (sellable(rows, sku) - promised.get(sku, 0))
        if missing > 0:
            problems.append(f"no_stock:{sku}:{missing}")
    return problems


def sellable(rows: Rows, sku: str) -> int:
    """Units in bins that no task and no ready order has been promised, held lots aside."""
    free = 0
    for stock in rows.where(Stock, sku=sku):
        place = rows.get(Place, stock.place)
        lot = rows.get(Lot, sku, stock.lot)
        if place is not None and place.kind == PlaceKind.BIN and not (lot is not None and lot.held):
            free += stock.free
    promise = rows.get(Promise, sku)
    return free - (promise.quantity if promise is not None else 0)


@handles(c.HoldOrder)
def hold_order(command: c.HoldOrder, rows: Rows, context: Context) -> Answer:
    order = rows.get(Order, command.order)
    if order is None:
        return refuse(msg("No order {order}", order=command.order))
    if order.status not in (OrderStatus.READY, OrderStatus.HELD):
        return refuse(msg("Order {order} is not waiting: it can't be held", order=order.reference))
    known = holds.reasons(order.hold)
    more = [reason for reason in holds.reasons(command.reason) if reason not in known]
    return (e.OrderHeld(order.id, ",".join(more)),) if more else ()


@handles(c.NoteReviewed)
def note_reviewed(command: c.NoteReviewed, rows: Rows, context: Context) -> Answer:
    new = tuple(name for name in command.orders if (order := rows.get(Order, name)) is not None and not order.reviewed)
    return (e.OrdersReviewed(new),) if new else ()


@handles(c.AskAboutOrder)
def ask_about_order(command: c.AskAboutOrder, rows: Rows, context: Context) -> Answer:
    order = rows.get(Order, command.order)
    if order is None:
        return refuse(msg("No order {order}", order=command.order))
    if order.status != OrderStatus.HELD:
        return refuse(msg("Order {order} is not held", order=order.reference))
    if not command.note.strip():
        return refuse(msg("Say what was asked, and whom"))
    return (e.OrderAsked(order.id, command.note.strip()),)


@handles(c.MatchLine)
def match_line(command: c.MatchLine, rows: Rows, context: Context) -> Answer:
    """Where nothing else holds the order it goes on, if the stock covers it now."""
    order = rows.get(Order, command.order)
    if order is None:
        return refuse(msg("No order {order}", order=command.order))
    unknown = rows.get(UnknownLine, order.id, command.code)
    if order.status != OrderStatus.HELD or unknown is None:
        return refuse(msg("Order {order} does not wait for {code} any more", order=order.reference, code=command.code))
    if rows.get(Item, command.sku) is None:
        return refuse(msg("No item {sku}", sku=command.sku))
    lines = [(line.sku, line.quantity) for line in rows.where(OrderLine, order_id=order.id)]
    lines.append((command.sku, unknown.quantity))
    category = _category((sku for sku, _ in lines), rows)
    matched = e.OrderLineMatched(order.id, unknown.code, command.sku, unknown.quantity, category)
    if holds.without(order.hold, f"unknown_item:{unknown.code}"):
        return (matched,)
    short = shortages(lines, rows, {})
    held = (e.OrderHeld(order.id, ",".join(short)),) if short else ()
    return (matched, e.OrderReleased(order.id), *held)


@handles(c.ReleaseOrder)
def release_order(command: c.ReleaseOrder, rows: Rows, context: Context) -> Answer:
    order = rows.get(Order, command.order)
    if order is None:
        return refuse(msg("No order {order}", order=command.order))
    if order.status != OrderStatus.HELD:
        return refuse(msg("Order {order} is not held", order=order.reference))
    if holds.of_any(order.hold, holds.NEEDS_MENDING):
        return refuse(msg("Order {order} names no item we have: mend it in the channel", order=order.reference))
    waits = still_waits(order, context.now)
    if waits and not holds.only_waits(order.hold):
        return (e.OrderReleased(order.id), e.OrderHeld(order.id, ",".join(waits)))
    if waits and not command.early.strip():
        return refuse(msg("Order {order} waits for its day or its group: say why it goes early", order=order.reference))
    return (e.OrderReleased(order.id, command.early.strip()),)


@handles(c.CancelOrder)
def cancel_order(command: c.CancelOrder, rows: Rows, context: Context) -> Answer:
    order = rows.get(Order, command.order)
    if order is None:
        return refuse(msg("No order {order}", order=command.order))
    if order.stop or order.status == OrderStatus.CANCELLED:
        return refuse(msg("Order {order} is already cancelled", order=order.reference))
    return (e.OrderCancelled(order.id, command.refund, command.reason),)


@handles(c.AllowPartial)
def allow_partial(command: c.AllowPartial, rows: Rows, context: Context) -> Answer:
    order = rows.get(Order, command.order)
    if order is None or order.status != OrderStatus.SHORT or order.stop:
        return refuse(msg("Order {order} is not short", order=command.order))
    if not any(line.picked for line in rows.where(OrderLine, order_id=order.id)):
        return refuse(msg("Nothing of order {order} was picked: cancel it", order=order.reference))
    return (e.PartialAllowed(order.id),)


@handles(c.RevealRecipient)
def reveal_recipient(command: c.RevealRecipient, rows: Rows, context: Context) -> Answer:
    if rows.get(Order, command.order) is None:
        return refuse(msg("No order {order}", order=command.order))
    return (e.RecipientRevealed(command.order, command.why),)


@handles(c.ReceiveGoods)
def receive_goods(command: c.ReceiveGoods, rows: Rows, context: Context) -> Answer:
    """Goods of a category inspected inbound stay held until their sample has passed."""
    item = rows.get(Item, command.sku)
    if item is None:
        return refuse(msg("No item {sku}", sku=command.sku))
    if rows.get(Place, command.place) is None:
        return refuse(msg("No place {place}", place=command.place))
    if command.quantity <= 0:
        return refuse(msg("The quantity must be more than 0"))
    if item.lot_controlled and not command.lot:
        return refuse(msg("Item {sku} needs its lot", sku=item.sku))
    category = rows.get(Category, item.category)
    inspect = category is not None and category.inspect_inbound
    received = e.GoodsReceived(
        command.receipt, command.sku, command.lot, command.quantity, command.place, command.expiry, inspect
    )
    if category is None or not inspect:
        return (received,)
    return (received, _inbound_sample(command, category, rows, context))


def _inbound_sample(command: c.ReceiveGoods, category: Category, rows: Rows, context: Context) -> e.SampleDrawn:
    seed, size = context.fresh(), sample_size(command.quantity, category.sample_percent)
    units = tuple(
        e.DrawnUnit(command.receipt, unit, command.sku, command.lot, place=command.place)
        for unit in draw(seed, command.quantity, size)
    )
    name = InspectionId("-".join(filter(None, (command.receipt, command.sku, command.lot))))
    if rows.get(InspectionLot, name) is not None:  # the same goods came twice on one receipt
        name = InspectionId(f"{name}-{rows.count(InspectionLot, reference=command.receipt) + 1}")
    return e.SampleDrawn(
        name, "inbound", command.receipt, category.code, command.quantity, category.sample_percent, seed, units
    )


@handles(c.MoveStock)
def move_stock(command: c.MoveStock, rows: Rows, context: Context) -> Answer:
    stock = rows.get(Stock, command.source, command.sku, command.lot)
    if rows.get(Place, command.target) is None:
        return refuse(msg("No place {place}", place=command.target))
    if command.quantity <= 0:
        return refuse(msg("The quantity must be more than 0"))
    if stock is None or stock.free < command.quantity:
        free = stock.free if stock is not None else 0
        return refuse(
            msg("Only {n} free at {place}", n=free, place=command.source), msg("Count the place, then correct it")
        )
    return (e.StockMoved(command.sku, command.lot, command.quantity, command.source, command.target, command.reason),)


@handles(c.AdjustStock)
def adjust_stock(command: c.AdjustStock, rows: Rows, context: Context) -> Answer:
    item = rows.get(Item, command.sku)
    if item is None:
        return refuse(msg("No item {sku}", sku=command.sku))
    if rows.get(Place, command.place) is None:
        return refuse(msg("No place {place}", place=command.place))
    if not command.reason.strip():
        return refuse(msg("A correction needs a reason"))
    stock = rows.get(Stock, command.place, command.sku, command.lot)
    have = stock.quantity if stock is not None else 0
    if have + command.difference < 0:
        name = Bilingual(item.zh, item.en)
        return refuse(msg("Only {n} of {item} are booked at {place}", n=have, item=name, place=command.place))
    return (e.StockAdjusted(command.sku, command.lot, command.place, command.difference, command.reason, have),)
