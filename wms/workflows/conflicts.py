"""What lies behind a conflict: who recorded it and when, where the goods are now, how many, and the ways out."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from wms.domain import commands as c
from wms.domain.catalogue import Person
from wms.domain.commands import Command
from wms.domain.ids import Badge, DeviceId, LotId, OrderId, ParcelId, PlaceId, Sku, TaskId
from wms.domain.mending import CountTask, PutBack, surplus_of
from wms.domain.orders import Order
from wms.domain.packing import Parcel, ParcelStatus
from wms.domain.places import Place, PlaceKind, whose_hand
from wms.domain.records import Record
from wms.domain.review import Review
from wms.domain.rows import Rows
from wms.domain.stock import Stock
from wms.domain.waves import Batch, BatchStatus, PickTask, Slot
from wms.workflows.handlers.mending import may_resume, usable
from wms.workflows.packing_labels import told_of
from wms.workflows.prompt import Msg, Value, msg, plain
from wms.workflows.say import item_name


class Decision(Record):
    """One answer; `reason` says that a reason must be typed with it, which `ask` asks for."""

    label: Msg
    commands: Callable[[str], tuple[Command, ...]]
    reason: bool = False
    ask: Msg = msg("Why? Type it, then Enter")


def name_of(rows: Rows, badge: str) -> str:
    person = rows.get(Person, badge)
    return person.name if person is not None else badge


def order_name(rows: Rows, order: str) -> str:
    row = rows.get(Order, order)
    return row.reference if row is not None else order


def sentence(review: Review, rows: Rows) -> Msg | None:
    """What happened, in one line and without a name; None for what is no conflict."""
    subject: Value = review.subject
    match review.kind:
        case "over_pick":
            return _too_many(review, rows)
        case "two_pickers":
            return msg("Order {order} was picked by two: it has two totes", order=order_name(rows, review.subject))
        case "count_race":
            place, sku, _ = _place_item_lot(review)
            return msg("{place}: {item} moved while it was counted", place=place, item=item_name(rows, sku))
        case "unreadable":
            return msg("A message of {device} can't be read: {kind}", device=_device(review), kind=review.detail)
        case "two_copies":
            return msg("Terminal {device} runs twice: one is a copy", device=subject)
    return None


def _too_many(review: Review, rows: Rows) -> Msg:
    task, holder = _task_of(review, rows), review.subject.partition(",")[2]
    units = sum(row.quantity for row in surplus_of(rows, task.id, holder)) if task is not None else 0
    item = item_name(rows, task.sku) if task is not None else ""
    order = order_name(rows, task.order_id) if task is not None else ""
    return msg("{n} x {item} too many for order {order}", n=units, item=item, order=order)


def _task_of(review: Review, rows: Rows) -> PickTask | None:
    return rows.get(PickTask, review.subject.partition(",")[0])


def _place_item_lot(review: Review) -> tuple[PlaceId, Sku, LotId]:
    place, sku, lot = (*review.subject.split(","), "", "", "")[:3]
    return PlaceId(place), Sku(sku), LotId(lot)


def _device(review: Review) -> str:
    return review.subject.partition("/")[0]


def facts(review: Review, rows: Rows) -> tuple[Msg, ...]:
    """Who, on which terminal; where the goods are now and how many; what is under way already."""
    return (*_who(review, rows), *_goods(review, rows), *_under_way(review, rows))


def _who(review: Review, rows: Rows) -> Iterator[Msg]:
    holder = review.subject.partition(",")[2] if review.kind == "over_pick" else review.person
    if review.kind in OF_A_DEVICE or not review.device:
        return
    if holder:
        yield msg("By {name} at {device}", name=name_of(rows, holder), device=review.device)
    else:
        yield msg("From {device}", device=review.device)


OF_A_DEVICE = ("two_copies", "restored_copy", "printer", "label", "clock", "pepper", "pin", "key_unreadable")
"""Kinds whose subject says already what there is to say of who and where."""


def _goods(review: Review, rows: Rows) -> Iterator[Msg]:
    match review.kind:
        case "over_pick":
            yield from _over_pick(review, rows)
        case "cancelled_in_work":
            for slot in rows.where(Slot, order_id=review.subject):
                yield from _contents(rows, slot.tote) if slot.tote else ()
            for parcel in rows.where(Parcel, order_id=review.subject):
                if parcel.status not in (ParcelStatus.VOID, ParcelStatus.HANDED_OVER):
                    yield _parcel(parcel)
        case "put_back":
            yield msg("The goods are on {place}", place=review.detail)
        case "waybill_twice":
            for name in review.detail.split(","):
                found = rows.get(Parcel, name)
                yield _parcel(found) if found is not None else plain(name)
        case "two_pickers":
            yield from _totes(review, rows)
        case "packed_twice":
            yield from _benches(review, rows)
        case "count_race":
            yield from _race(review, rows)
        case "stock_below_zero":
            yield from _booked(review, rows)
        case "label_waits" | "label_conflict":
            yield from told_of(review, rows)
        case "unreadable":
            yield msg("Its text is kept in the journal as {key}", key=review.subject)


def _over_pick(review: Review, rows: Rows) -> Iterator[Msg]:
    task = _task_of(review, rows)
    for row in surplus_of(rows, task.id, review.subject.partition(",")[2]) if task is not None else ():
        yield _lies(rows, row.quantity, row.place)
    if task is not None:
        yield msg("From bin {place}", place=task.place)


def _lies(rows: Rows, n: int, place: str) -> Msg:
    holder = whose_hand(place)
    if holder is not None:
        return msg("{n} in the hand of {name}", n=n, name=name_of(rows, holder))
    return msg("{n} in {place}", n=n, place=place)


def _contents(rows: Rows, tote: str) -> Iterator[Msg]:
    for stock in rows.where(Stock, place=tote):
        yield msg("{tote}: {n} x {item}", tote=tote, n=stock.quantity, item=item_name(rows, stock.sku))


def _parcel(parcel: Parcel) -> Msg:
    state = STATES[parcel.status]
    if parcel.place:
        return msg("Parcel {parcel}: {state}, {place}", parcel=parcel.id, state=state, place=parcel.place)
    return msg("Parcel {parcel}: {state}", parcel=parcel.id, state=state)


STATES = {
    ParcelStatus.OPEN: msg("being packed"),
    ParcelStatus.WEIGHED: msg("weighed"),
    ParcelStatus.LABELLED: msg("labelled"),
    ParcelStatus.VERIFIED: msg("label checked"),
    ParcelStatus.STAGED: msg("staged"),
    ParcelStatus.LOADED: msg("on the van"),
    ParcelStatus.HANDED_OVER: msg("handed over"),
    ParcelStatus.VOID: msg("void"),
}


def _totes(review: Review, rows: Rows) -> Iterator[Msg]:
    for slot in rows.where(Slot, order_id=review.subject):
        if slot.tote:
            batch = rows.get(Batch, slot.batch)
            here = slot.dropped if slot.aside else batch is not None and batch.status == BatchStatus.DROPPED
            name = name_of(rows, slot.person)
            lane = msg("{tote} of {name}: at the packing lane", tote=slot.tote, name=name)
            yield lane if here else msg("{tote} of {name}: still on the cart", tote=slot.tote, name=name)


def _benches(review: Review, rows: Rows) -> Iterator[Msg]:
    """Where one of them had packed it already, its parcels say where."""
    benches = review.detail.split(",")
    if len(benches) > 1 and len(set(benches)) == 1:
        yield msg("At {device} and at a copy of it", device=benches[0])
    elif review.detail:
        yield msg("At the benches {benches}", benches=", ".join(benches))
    else:
        yield from (_parcel(parcel) for parcel in rows.where(Parcel, order_id=review.subject))


def _race(review: Review, rows: Rows) -> Iterator[Msg]:
    said, now, counted, person = (*review.detail.split(","), "", "", "", "")[:4]
    yield msg("{name} counted {n} where {booked} were booked", name=name_of(rows, person), n=counted, booked=said)
    yield msg("The hub had {n} by then", n=now)
    yield from _booked(review, rows)


def _booked(review: Review, rows: Rows) -> Iterator[Msg]:
    place, sku, lot = _place_item_lot(review)
    stock = rows.get(Stock, place, sku, lot)
    yield msg("Booked there now: {n} x {item}", n=stock.quantity if stock is not None else 0, item=item_name(rows, sku))


def _under_way(review: Review, rows: Rows) -> Iterator[Msg]:
    errands = rows.where(PutBack, review=review.id)
    if any(errand.open for errand in errands):
        done, total = sum(one.done for one in errands), sum(one.quantity for one in errands)
        yield msg("Put-back under way: {done} of {n}", done=done, n=total)
    if review.kind in COUNTED and (task := rows.get(CountTask, *_place_item_lot(review))) is not None and task.open:
        yield msg("Somebody was asked to count there")


def is_under_way(review: Review, rows: Rows) -> bool:
    """Somebody is mending it already."""
    return next(_under_way(review, rows), None) is not None


COUNTED = ("count_difference", "count_race", "stock_below_zero")


def ways_out(review: Review, rows: Rows) -> tuple[Decision, ...]:
    """The usual way first; none for what is no conflict."""
    match review.kind:
        case "over_pick":
            return _ways_of_over_pick(review, rows)
        case "cancelled_in_work":
            order = rows.get(Order, review.subject)
            sent = order is not None and may_resume(rows, order)
            resume = Decision(msg("Send it after all"), lambda _: (c.ResumeOrder(OrderId(review.subject)),))
            bench = close(review, msg("Leave it to bench"), "left to the bench")
            return (*put_back(review, rows), *((resume,) if sent else ()), bench)
        case "put_back":
            return (*put_back(review, rows), close(review, msg("Stays on the shelf"), "stays on the shelf"))
        case "count_difference" | "count_race" | "stock_below_zero":
            keep = close(review, msg("Keep the books"), "accepted")
            return (*count_again(rows, review.id, *_place_item_lot(review)), keep)
        case "short":
            task = rows.get(PickTask, review.subject)
            count = count_again(rows, review.id, task.place, task.sku, task.lot) if task is not None else ()
            return (close(review, msg("Done"), "done"), *count)
        case "waybill_twice":
            return _ways_of_number(review, rows)
        case "packed_twice":
            benches = dict.fromkeys(bench for bench in review.detail.split(",") if bench)
            return (*(_give(review, bench) for bench in benches), close(review, msg("Done"), "done"))
        case "two_pickers":
            together = Decision(msg("All totes are here"), lambda _: (c.BringTotesTogether(OrderId(review.subject)),))
            return (together, close(review, msg("Done"), "done"))
        case "unreadable":
            mended = Decision(msg("Mended by hand"), lambda why: (c.CloseReview(review.id, why),), reason=True)
            return (mended, close(review, msg("It changes nothing"), "changes nothing"))
        case "two_copies" | "restored_copy":
            off = close(review, msg("Copy switched off"), "copy switched off")
            return (off, *_count_its_bins(review, rows))
    return ()


def close(review: Review, label: Msg, decision: str) -> Decision:
    return Decision(label, lambda _: (c.CloseReview(review.id, decision),))


def put_back(review: Review, rows: Rows) -> tuple[Decision, ...]:
    """Unless somebody was sent already."""
    if any(errand.open for errand in rows.where(PutBack, review=review.id)):
        return ()
    return (Decision(msg("Put-back task"), lambda _: (c.AskPutBack(review.id),)),)


def count_again(rows: Rows, review: str, place: PlaceId, sku: Sku, lot: LotId) -> tuple[Decision, ...]:
    found = rows.get(Place, place)
    asked = rows.get(CountTask, place, sku, lot)
    if found is None or found.kind != PlaceKind.BIN or (asked is not None and asked.open):
        return ()
    return (Decision(msg("Count task"), lambda _: (c.AskCount(review, place, sku, lot),)),)


def _ways_of_over_pick(review: Review, rows: Rows) -> tuple[Decision, ...]:
    name, _, person = review.subject.partition(",")
    task, holder = TaskId(name), Badge(person)
    use = Decision(msg("Use for the order"), lambda _: (c.UseSurplus(task, holder),))
    back = Decision(msg("Back in its bin"), lambda _: (c.SettleSurplus(task, holder, "back"),))
    gone = Decision(msg("Gone: book it off"), lambda _: (c.SettleSurplus(task, holder, "gone"),))
    return (*((use,) if usable(rows, task, holder) else ()), *put_back(review, rows), back, gone)


def _ways_of_number(review: Review, rows: Rows) -> tuple[Decision, ...]:
    """Whichever parcel has gone keeps the number."""
    names = [ParcelId(name) for name in review.detail.split(",")]
    ways = []
    for parcel, keeper in zip(names, reversed(names), strict=True):
        found = rows.get(Parcel, parcel)
        if found is not None and found.status not in (ParcelStatus.LOADED, ParcelStatus.HANDED_OVER, ParcelStatus.VOID):
            ways.append(_revoke(review.subject, parcel, keeper))
    return (*ways[::-1], close(review, msg("Only one was used"), "one label used"))


def _revoke(number: str, parcel: ParcelId, keeper: ParcelId) -> Decision:
    revoke = c.RevokeNumber(parcel, number, keeper, "number used twice")
    return Decision(msg("Relabel {parcel}", parcel=parcel), lambda _: (revoke,))


def _give(review: Review, bench: str) -> Decision:
    give = c.GiveToBench(OrderId(review.subject), DeviceId(bench))
    return Decision(msg("{device} goes on", device=bench), lambda _: (give,))


def _count_its_bins(review: Review, rows: Rows) -> tuple[Decision, ...]:
    """Where a copy may have taken what the books do not know of: the bins of the walk it has."""
    walks = [batch for batch in rows.where(Batch, status=BatchStatus.CLAIMED) if batch.device == review.subject]
    tasks = [task for batch in walks for task in rows.where(PickTask, batch=batch.id)]
    asked = {(one.place, one.sku, one.lot) for one in rows.where(CountTask, open=True)}
    bins = dict.fromkeys((task.place, task.sku, task.lot) for task in tasks)
    counts = tuple(c.AskCount(review.id, *one) for one in bins if one not in asked)
    if not counts:
        return ()
    return (Decision(msg("Count its bins"), lambda _: counts),)
