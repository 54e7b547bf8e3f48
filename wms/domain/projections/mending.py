"""Ways out of conflicts: put-backs walked, surplus settled or used, numbers revoked, orders given to one bench."""

from __future__ import annotations

from wms.domain import events as e
from wms.domain.events import Fact
from wms.domain.ids import DeviceId, PlaceId
from wms.domain.inspection import Sample
from wms.domain.mending import PutBack, Surplus, surplus_of
from wms.domain.orders import Order, OrderLine, OrderStatus, Stop
from wms.domain.packing import PackJob, Parcel, ParcelStatus, Waybill
from wms.domain.places import COUNT_DIFFERENCE
from wms.domain.projections.packing import LIVE
from wms.domain.projections.picking import fill_short, free_totes, settle_again, settle_order
from wms.domain.projections.registry import applies, close_review, review
from wms.domain.projections.surplus import drop_surplus, less_surplus, settle_hand, tell
from wms.domain.projections.verdicts import lose_samples
from wms.domain.projections.waves import close_if_together, end_wave
from wms.domain.records import replace
from wms.domain.rows import Tables, need
from wms.domain.stock import Stock, move
from wms.domain.waves import PickTask, Slot


@applies(e.PutBackAsked)
def put_back_asked(t: Tables, event: e.PutBackAsked, fact: Fact) -> None:
    """Asked for twice, it is one errand."""
    if t.get(PutBack, event.id) is None:
        t.put(
            PutBack(
                event.id,
                event.review,
                event.sku,
                event.lot,
                event.quantity,
                event.source,
                event.target,
                event.order,
                event.task,
                event.holder,
                fact.person,
            )
        )


@applies(e.PutBackBegun)
def put_back_begun(t: Tables, event: e.PutBackBegun, fact: Fact) -> None:
    errand = t.get(PutBack, event.id)
    if errand is not None and errand.open:
        t.put(replace(errand, person=fact.person))


@applies(e.UnitsPutBack)
def units_put_back(t: Tables, event: e.UnitsPutBack, fact: Fact) -> None:
    """No more come back than were asked for and lie there: two who walked the same errand are sent to count the bin."""
    errand = t.get(PutBack, event.id)
    if errand is None:
        return
    here = t.get(Stock, errand.source, errand.sku, errand.lot)
    there = max(here.quantity, 0) if here is not None else 0
    units = min(event.quantity, errand.quantity - errand.done, there) if errand.open else 0
    move(t, errand.sku, errand.lot, units, errand.source, errand.target)
    less_surplus(t, errand.task, errand.holder, errand.source, units)
    if units < event.quantity:
        look = f"{errand.target},{errand.sku},{errand.lot}"
        review(t, fact, "count_race", look, f"{errand.quantity},{errand.done + units},{event.quantity},{fact.person}")
    done = replace(errand, done=errand.done + units)
    t.put(replace(done, open=errand.open and done.done < done.quantity and units == event.quantity))
    _settle(t, done, fact)


def _settle(t: Tables, errand: PutBack, fact: Fact) -> None:
    if errand.task:
        settle_hand(t, errand.task, errand.holder, fact, "put back")
    if any(other.open for other in t.where(PutBack, review=errand.review)):
        return
    kind, _, subject = errand.review.partition("/")
    if kind == "cancelled_in_work":
        end_cancelled(t, subject, fact)
    elif kind != "over_pick":
        close_review(t, kind, subject, fact.person, "put back")


def end_cancelled(t: Tables, order: str, fact: Fact) -> None:
    """A stopped order of which nothing lies in a tote or a parcel any more has ended."""
    row = t.get(Order, order)
    totes = [slot.tote for slot in t.where(Slot, order_id=order) if slot.tote]
    full = any(stock.quantity for tote in totes for stock in t.where(Stock, place=tote))
    live = any(
        p.status not in (ParcelStatus.VOID, ParcelStatus.OPEN) or p.units for p in t.where(Parcel, order_id=order)
    )
    if row is None or not row.stop or full or live:
        return
    drop_surplus(t, order, set(totes), fact, "put back")
    free_totes(t, order, fact)
    lose_samples(t, t.where(Sample, order_id=order), fact)
    t.put(replace(row, status=OrderStatus.CANCELLED))
    close_review(t, "cancelled_in_work", order, fact.person, "put back")
    end_wave(t, row.wave)


@applies(e.SurplusSettled)
def surplus_settled(t: Tables, event: e.SurplusSettled, fact: Fact) -> None:
    task = t.get(PickTask, event.task)
    if task is None:
        return
    target = task.place if event.outcome == "back" else COUNT_DIFFERENCE
    for row in surplus_of(t, event.task, event.holder):
        _carry(t, row.place, row.sku, row.quantity, target)
        less_surplus(t, row.task, row.person, row.place, row.quantity)
    tell(t, event.task, event.holder, fact, event.outcome)


def _carry(t: Tables, source: str, sku: str, quantity: int, target: str) -> None:
    left = quantity
    for stock in t.where(Stock, place=source):
        step = min(left, max(stock.quantity, 0)) if stock.sku == sku else 0
        move(t, stock.sku, stock.lot, step, stock.place, PlaceId(target))
        left -= step


@applies(e.SurplusUsed)
def surplus_used(t: Tables, event: e.SurplusUsed, fact: Fact) -> None:
    """As many as the line lacks, and as lie in totes there."""
    task = t.get(PickTask, event.task)
    line = t.get(OrderLine, task.order_id, task.line) if task is not None else None
    if task is None or line is None:
        return
    wanted = min(event.quantity, line.short)
    for row in surplus_of(t, event.task, event.holder):
        task = need(t, PickTask, event.task)
        line = need(t, OrderLine, task.order_id, task.line)
        if row.place.startswith("@") or not wanted:
            continue
        used = less_surplus(t, row.task, row.person, row.place, wanted)
        wanted -= used
        fill_short(t, task, line, used)
        _join(t, task, row)
    settle_again(t, task.order_id, fact)
    tell(t, event.task, event.holder, fact, "used")


def _join(t: Tables, task: PickTask, row: Surplus) -> None:
    """The tote it lies in is one of the order's now, and a supervisor has seen it."""
    slots = t.where(Slot, batch=task.batch)
    if all(slot.tote != row.place for slot in slots):
        n = 1 + max((slot.n for slot in slots), default=0)
        t.put(Slot(task.batch, n, task.order_id, row.place, 0, row.person, aside=True, dropped=True))


@applies(e.OrderResumed)
def order_resumed(t: Tables, event: e.OrderResumed, fact: Fact) -> None:
    order = t.get(Order, event.order)
    if order is None or not order.stop or order.status in (OrderStatus.CANCELLED, OrderStatus.HANDED_OVER):
        return
    t.put(replace(order, stop=Stop.NONE, stopped_at=0))
    close_review(t, "cancelled_in_work", order.id, fact.person, "sent after all")
    settle_order(t, order.id, fact)


@applies(e.TotesBroughtTogether)
def totes_brought_together(t: Tables, event: e.TotesBroughtTogether, fact: Fact) -> None:
    for slot in t.where(Slot, order_id=event.order):
        if slot.aside:
            t.put(replace(slot, dropped=True))
    close_if_together(t, event.order, fact)


@applies(e.NumberRevoked)
def number_revoked(t: Tables, event: e.NumberRevoked, fact: Fact) -> None:
    """The other parcel keeps the number. This one goes back to a bench, whichever is next, for a weight and a label."""
    parcel, keeper = t.get(Parcel, event.parcel), t.get(Parcel, event.keeper)
    if keeper is not None and keeper.waybill == event.number:
        t.put(Waybill(event.number, keeper.carrier, keeper.id))
    close_review(t, "waybill_twice", event.number, fact.person, f"kept by {event.keeper}")
    order = t.get(Order, parcel.order_id) if parcel is not None else None
    if parcel is None or order is None or parcel.waybill != event.number or parcel.status in LIVE[1:]:
        return
    t.put(replace(parcel, waybill="", status=ParcelStatus.OPEN, place=PlaceId(""), asked=0, bound=False))
    job = t.get(PackJob, order.id)
    if job is None:
        t.put(PackJob(order.id, DeviceId(""), fact.person, fact.seconds, sorted_out=True))
    if order.status == OrderStatus.PACKED:
        t.put(replace(order, status=OrderStatus.PICKED))


@applies(e.JobGiven)
def job_given(t: Tables, event: e.JobGiven, fact: Fact) -> None:
    job = t.get(PackJob, event.order)
    if job is not None:
        t.put(replace(job, device=event.device, epoch=0))
    close_review(t, "packed_twice", event.order, fact.person, event.device)
