"""The ways out of conflicts, and the errands they send people on."""

from __future__ import annotations

from collections.abc import Iterator

from wms.domain import commands as c
from wms.domain import events as e
from wms.domain.ids import LotId, OrderId, PlaceId, Sku, TaskId
from wms.domain.mending import PutBack, surplus_of
from wms.domain.orders import Order, OrderLine, OrderStatus
from wms.domain.packing import PackJob, Parcel, ParcelStatus
from wms.domain.places import Place, PlaceKind
from wms.domain.records import Record
from wms.domain.review import Review
from wms.domain.rows import Rows
from wms.domain.stock import Stock
from wms.domain.waves import PickTask, Slot
from wms.workflows.handling import Answer, Context, Refused, handles, refuse
from wms.workflows.prompt import msg


class Goods(Record):
    """So many units of one lot that are to go from where they are to a bin."""

    sku: Sku
    lot: LotId
    quantity: int
    source: PlaceId
    target: PlaceId
    task: TaskId = TaskId("")


@handles(c.AskPutBack)
def ask_put_back(command: c.AskPutBack, rows: Rows, context: Context) -> Answer:
    review = rows.get(Review, command.review)
    if review is None or not review.open:
        return refuse(msg("Somebody has already done this"))
    known = rows.where(PutBack, review=review.id)
    if any(errand.open for errand in known):
        return refuse(msg("Somebody has already been asked to put it back"))
    goods = _to_put_back(review, rows)
    if isinstance(goods, Refused):
        return goods
    holder = review.subject.partition(",")[2] if review.kind == "over_pick" else ""
    order = "" if review.kind == "over_pick" else review.subject
    return tuple(
        e.PutBackAsked(
            f"{review.id}/{n}",
            review.id,
            one.sku,
            one.lot,
            one.quantity,
            one.source,
            one.target,
            OrderId(order),
            one.task,
            holder,  # type: ignore[arg-type]
        )
        for n, one in enumerate(goods, len(known) + 1)
    )


def _to_put_back(review: Review, rows: Rows) -> list[Goods] | Refused:
    match review.kind:
        case "over_pick":
            goods = list(_surplus(review, rows))
        case "cancelled_in_work":
            if any(p.units for p in rows.where(Parcel, order_id=review.subject) if p.status != ParcelStatus.VOID):
                return refuse(msg("It is in a parcel already"), msg("Have the bench scan its label: it says where to"))
            totes = [slot.tote for slot in rows.where(Slot, order_id=review.subject) if slot.tote]
            goods = [one for tote in totes for one in _all_in(rows, PlaceId(tote), review.subject)]
        case _:
            goods = list(_of_order(rows, PlaceId(review.detail), review.subject))
    return goods or refuse(msg("Nothing lies there any more"))


def _surplus(review: Review, rows: Rows) -> Iterator[Goods]:
    name, _, person = review.subject.partition(",")
    task = rows.get(PickTask, name)
    for row in surplus_of(rows, name, person) if task is not None else ():
        left = row.quantity
        for stock in rows.where(Stock, place=row.place):
            step = min(left, stock.quantity) if stock.sku == row.sku else 0
            if step > 0 and task is not None:
                yield Goods(stock.sku, stock.lot, step, row.place, task.place, task.id)
                left -= step


def _all_in(rows: Rows, place: PlaceId, order: str) -> Iterator[Goods]:
    for stock in rows.where(Stock, place=place):
        if stock.quantity > 0:
            yield Goods(stock.sku, stock.lot, stock.quantity, place, home_of(rows, stock, order))


def _of_order(rows: Rows, place: PlaceId, order: str) -> Iterator[Goods]:
    """A shelf holds goods of many orders: as many as this one had."""
    here = {(stock.sku, stock.lot): stock for stock in rows.where(Stock, place=place) if stock.quantity > 0}
    free = {key: stock.quantity for key, stock in here.items()}
    for line in rows.where(OrderLine, order_id=order):
        left = line.picked
        for (sku, lot), stock in here.items():
            step = min(left, free[sku, lot]) if sku == line.sku else 0
            if step:
                free[sku, lot] -= step
                left -= step
                yield Goods(sku, lot, step, place, home_of(rows, stock, order))


def home_of(rows: Rows, stock: Stock, order: str) -> PlaceId:
    """The bin the goods were picked from, by lot where it is known."""
    tasks = [task for task in rows.where(PickTask, order_id=order) if task.sku == stock.sku]
    home = next((task.place for task in tasks if task.lot == stock.lot), tasks[0].place if tasks else None)
    if home is not None:
        return home
    bins = [s.place for s in rows.where(Stock, sku=stock.sku) if _is_bin(rows, s.place)]
    return bins[0] if bins else stock.place


def _is_bin(rows: Rows, place: str) -> bool:
    found = rows.get(Place, place)
    return found is not None and found.kind == PlaceKind.BIN


@handles(c.BeginPutBack)
def begin_put_back(command: c.BeginPutBack, rows: Rows, context: Context) -> Answer:
    errand = rows.get(PutBack, command.id)
    if errand is None or not errand.open:
        return refuse(msg("Somebody has already done this"))
    return (e.PutBackBegun(errand.id),)


@handles(c.PutBackUnits)
def put_back_units(command: c.PutBackUnits, rows: Rows, context: Context) -> Answer:
    errand = rows.get(PutBack, command.id)
    if errand is None or not errand.open:
        return refuse(msg("Somebody has already done this"))
    left = errand.quantity - errand.done
    if command.quantity > left:
        return refuse(msg("That is {n} too many", n=command.quantity - left))
    return (e.UnitsPutBack(errand.id, command.quantity),)


@handles(c.SettleSurplus)
def settle_surplus(command: c.SettleSurplus, rows: Rows, context: Context) -> Answer:
    if not surplus_of(rows, command.task, command.holder):
        return refuse(msg("Somebody has already done this"))
    return (e.SurplusSettled(command.task, command.holder, command.outcome),)


@handles(c.UseSurplus)
def use_surplus(command: c.UseSurplus, rows: Rows, context: Context) -> Answer:
    units = usable(rows, command.task, command.holder)
    if not units:
        return refuse(msg("The order does not lack them any more"))
    return (e.SurplusUsed(command.task, command.holder, units),)


def usable(rows: Rows, task: str, holder: str) -> int:
    """How many of the surplus lie in totes and are lacking on the line, while the order waits for a decision."""
    found = rows.get(PickTask, task)
    order = rows.get(Order, found.order_id) if found is not None else None
    line = rows.get(OrderLine, found.order_id, found.line) if found is not None else None
    if order is None or line is None or order.status != OrderStatus.SHORT or order.stop:
        return 0
    return min(line.short, sum(s.quantity for s in surplus_of(rows, task, holder) if not s.place.startswith("@")))


@handles(c.ResumeOrder)
def resume_order(command: c.ResumeOrder, rows: Rows, context: Context) -> Answer:
    order = rows.get(Order, command.order)
    if order is None or not may_resume(rows, order):
        return refuse(msg("Not everything of it is picked: it can't be sent"))
    return (e.OrderResumed(order.id),)


def may_resume(rows: Rows, order: Order) -> bool:
    """Everything was picked before the order stopped, and nothing has been taken back yet."""
    lines = rows.where(OrderLine, order_id=order.id)
    begun = any(p.done for p in rows.where(PutBack, review=f"cancelled_in_work/{order.id}"))
    alive = order.status in (OrderStatus.IN_WAVE, OrderStatus.PICKED, OrderStatus.PACKED)
    return bool(order.stop) and alive and not begun and all(line.picked == line.quantity for line in lines)


@handles(c.BringTotesTogether)
def bring_totes_together(command: c.BringTotesTogether, rows: Rows, context: Context) -> Answer:
    if not any(slot.aside and not slot.dropped for slot in rows.where(Slot, order_id=command.order)):
        return refuse(msg("Somebody has already done this"))
    return (e.TotesBroughtTogether(command.order),)


@handles(c.RevokeNumber)
def revoke_number(command: c.RevokeNumber, rows: Rows, context: Context) -> Answer:
    parcel = rows.get(Parcel, command.parcel)
    if parcel is None or parcel.waybill != command.number:
        return refuse(msg("This parcel bears another number"))
    if parcel.status in (ParcelStatus.LOADED, ParcelStatus.HANDED_OVER, ParcelStatus.VOID):
        return refuse(msg("This parcel has gone: keep its number, change the other one"))
    return (e.NumberRevoked(parcel.id, command.number, command.keeper, command.reason),)


@handles(c.GiveToBench)
def give_to_bench(command: c.GiveToBench, rows: Rows, context: Context) -> Answer:
    if rows.get(PackJob, command.order) is None:
        return refuse(msg("Nobody is packing this order any more"))
    return (e.JobGiven(command.order, command.device),)
