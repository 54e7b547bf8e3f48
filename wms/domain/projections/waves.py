"""Waves: released, claimed, dropped, done."""

from __future__ import annotations

from wms.domain import events as e
from wms.domain.catalogue import Counter
from wms.domain.events import Fact
from wms.domain.ids import Badge, DeviceId, PlaceId
from wms.domain.inspection import InspectionLot
from wms.domain.orders import Order, OrderLine, OrderStatus
from wms.domain.projections.picking import add_task, give_up_open, let_go, settle_order, stand_aside
from wms.domain.projections.registry import applies, close_review, review
from wms.domain.projections.verdicts import settle_inspection
from wms.domain.records import replace
from wms.domain.rows import Rows, Tables, need
from wms.domain.stock import Stock, promise
from wms.domain.waves import (
    Batch,
    BatchStatus,
    LeftOut,
    PickTask,
    Slot,
    TaskStatus,
    Wave,
    WaveRules,
    WaveStatus,
    is_untouched,
    number_of,
)

ENDED = (OrderStatus.HANDED_OVER, OrderStatus.CANCELLED)


@applies(e.WaveReleased)
def wave_released(t: Tables, event: e.WaveReleased, fact: Fact) -> None:
    before = t.get(Counter, "wave")
    last = before.value if before is not None else 0
    t.put(Counter("wave", max(number_of(event.wave) or last + 1, last)))
    ready = {order for batch in event.batches for order in batch.orders if _is_ready(t, order)}
    tasks = sum(task.order in ready for batch in event.batches for task in batch.tasks)
    status = WaveStatus.RELEASED if ready or not event.batches else WaveStatus.DONE
    made = Wave(event.wave, event.category, status, event.ship_by, fact.seconds, len(ready), tasks, 0, event.plain_mm)
    t.put(made)
    for order in sorted(ready):
        _enter(t, order, event)
    for batch in event.batches:
        wanted = ready.intersection(batch.orders)
        status_of = BatchStatus.OPEN if wanted else BatchStatus.DROPPED
        t.put(Batch(batch.id, event.wave, status_of, batch.ship_by, walk_mm=batch.walk_mm))
        for slot, order in enumerate(batch.orders, 1):
            if order in wanted:
                t.put(Slot(batch.id, slot, order))
        for task in batch.tasks:
            add_task(t, task, batch.id, event.wave, None if task.order in wanted else 0)


def _is_ready(t: Tables, order: str) -> bool:
    """Whether the order waits for a wave. One that a restored hub released anew is in another wave by now. Of this one,
    from the life that was lost, nothing is to be picked any more, and what was picked is a surplus."""
    row = t.get(Order, order)
    return row is None or row.status == OrderStatus.READY


def _enter(t: Tables, order: str, event: e.WaveReleased) -> None:
    row = t.get(Order, order)
    if row is None:
        return
    t.put(replace(row, status=OrderStatus.IN_WAVE, wave=event.wave))
    if (left := t.get(LeftOut, order)) is not None:
        t.delete(left)
    close_review(t, "send_together", order, "", "in work")
    for line in t.where(OrderLine, order_id=order):
        promise(t, line.sku, -line.quantity)


@applies(e.OrdersLeft)
def orders_left(t: Tables, event: e.OrdersLeft, fact: Fact) -> None:
    for name, reason in event.left:
        order = t.get(Order, name)
        if order is not None and order.status == OrderStatus.READY:
            t.put(LeftOut(name, reason, fact.seconds))


@applies(e.WaveRulesSet)
def wave_rules_set(t: Tables, event: e.WaveRulesSet, fact: Fact) -> None:
    t.put(WaveRules("site", event.text))


@applies(e.WaveRegrouped)
def wave_regrouped(t: Tables, event: e.WaveRegrouped, fact: Fact) -> None:
    """All of it or nothing: where a batch was begun in a life of the hub that this one did not know of, or the tasks
    are not those that are open, the walks stay as they are. The old batches stay too, dropped and without orders, so
    that what is still said of them changes nothing."""
    old = [t.get(Batch, name) for name in event.old]
    untouched = [batch for batch in old if batch is not None and batch.wave == event.wave and is_untouched(t, batch)]
    open_now = {task.id for batch in untouched for task in _open_tasks(t, batch)}
    moved = [task.id for batch in event.batches for task in batch.tasks]
    known = any(t.get(Batch, batch.id) is not None for batch in event.batches)
    if known or len(untouched) != len(event.old) or len(moved) != len(open_now) or set(moved) != open_now:
        return
    for batch in untouched:
        wanted = {task.order_id for task in _open_tasks(t, batch)}
        for slot in t.where(Slot, batch=batch.id):
            if slot.order_id in wanted:
                t.delete(slot)
        t.put(replace(batch, status=BatchStatus.DROPPED))
    for new in event.batches:
        t.put(Batch(new.id, event.wave, BatchStatus.OPEN, new.ship_by, walk_mm=new.walk_mm))
        for n, order in enumerate(new.orders, 1):
            t.put(Slot(new.id, n, order))
        for task in new.tasks:
            found = need(t, PickTask, task.id)
            t.put(replace(found, batch=new.id, sequence=task.sequence, slot=task.slot))


def _open_tasks(t: Rows, batch: Batch) -> list[PickTask]:
    return [task for task in t.where(PickTask, batch=batch.id) if task.status == TaskStatus.OPEN]


@applies(e.BatchClaimed)
def batch_claimed(t: Tables, event: e.BatchClaimed, fact: Fact) -> None:
    """The claim with the next fence counts, the same fence by the same person renews. Any other was decided in a life
    of the hub that did not know of the claim in force; it stands in the journal and gives nobody the walk."""
    batch = t.get(Batch, event.batch)
    if batch is None or batch.status == BatchStatus.DROPPED:
        return
    same = batch.person == event.person and batch.status == BatchStatus.CLAIMED
    fence = event.fence or batch.fence + (not same)
    if fence != batch.fence + 1 and not (same and fence == batch.fence):
        return
    _lease(t, batch, event.person, fence, event.until, fact)
    leased = t.get(Batch, batch.id)
    if leased is not None:
        t.put(replace(leased, device=event.device, cart=event.cart or batch.cart))


@applies(e.BatchReassigned)
def batch_reassigned(t: Tables, event: e.BatchReassigned, fact: Fact) -> None:
    batch = t.get(Batch, event.batch)
    if batch is None or batch.status == BatchStatus.DROPPED or event.fence != batch.fence + 1:
        return
    if event.person:
        _lease(t, batch, event.person, event.fence, event.until, fact)
    else:
        _free(t, replace(batch, fence=event.fence), fact)


@applies(e.BatchGivenBack)
def batch_given_back(t: Tables, event: e.BatchGivenBack, fact: Fact) -> None:
    batch = t.get(Batch, event.batch)
    if batch is not None and batch.status == BatchStatus.CLAIMED and batch.is_held_by(fact.person, event.claim):
        _free(t, batch, fact)


def _lease(t: Tables, batch: Batch, person: str, fence: int, until: int, fact: Fact) -> None:
    """The same person goes on with what is in her hand, wherever she signed in; another one does not have it."""
    since = batch.since if person == batch.person and batch.status == BatchStatus.CLAIMED else fence
    at = batch.at if person == batch.person else PlaceId("")
    t.put(replace(batch, status=BatchStatus.CLAIMED, person=person, fence=fence, since=since, until=until, at=at))
    if person != batch.person:
        let_go(t, batch, fact)


def _free(t: Tables, batch: Batch, fact: Fact) -> None:
    """A cart with totes on it stays with the walk."""
    loaded = any(slot.tote for slot in t.where(Slot, batch=batch.id) if not slot.aside)
    nobody = replace(batch, status=BatchStatus.OPEN, person=Badge(""), device=DeviceId(""), until=0, at=PlaceId(""))
    t.put(nobody if loaded else replace(nobody, cart=PlaceId("")))
    let_go(t, batch, fact)


@applies(e.ToteAssigned)
def tote_assigned(t: Tables, event: e.ToteAssigned, fact: Fact) -> None:
    """Whoever has the walk says which tote stands in the slot. One of an earlier claim with goods stands aside."""
    slot, batch = t.get(Slot, event.batch, event.slot), t.get(Batch, event.batch)
    if slot is None or batch is None or not batch.is_held_by(fact.person, event.claim):
        return
    holders = [other for other in t.where(Slot, tote=event.tote) if other.order_id != slot.order_id]
    if holders:
        review(t, fact, "tote_shared", event.tote, f"{slot.order_id},{holders[0].order_id}")
    t.put(replace(slot, tote=event.tote, claim=event.claim, person=fact.person))
    if slot.tote and slot.tote != event.tote and t.where(Stock, place=slot.tote):
        stand_aside(t, slot.batch, slot.order_id, slot.tote, slot.claim, slot.person, fact)


@applies(e.TotesDropped)
def totes_dropped(t: Tables, event: e.TotesDropped, fact: Fact) -> None:
    """The walk ends when whoever has it drops the totes. Those of somebody who lost it come to stand there as well, and
    where nothing was left to do and nothing done since, the walk ended with them."""
    batch = t.get(Batch, event.batch)
    if batch is None:
        return
    lost = not batch.is_held_by(fact.person, event.claim)
    if lost:
        _bring(t, event.batch, fact)
    if batch.status == BatchStatus.DROPPED or (lost and not _is_all_done(t, batch)):
        return
    t.put(replace(batch, status=BatchStatus.DROPPED, staging=event.staging))
    give_up_open(t, batch, fact)
    for slot in t.where(Slot, batch=event.batch):
        settle_order(t, slot.order_id, fact)
    _close_wave(t, batch.wave, fact)


def _bring(t: Tables, batch: str, fact: Fact) -> None:
    for slot in t.where(Slot, batch=batch):
        if slot.aside and slot.person == fact.person and not slot.dropped:
            t.put(replace(slot, dropped=True))
            close_if_together(t, slot.order_id, fact)


def close_if_together(t: Tables, order: str, fact: Fact) -> None:
    if all(slot.dropped for slot in t.where(Slot, order_id=order) if slot.aside):
        close_review(t, "two_pickers", order, fact.person, "together")


def _is_all_done(t: Tables, batch: Batch) -> bool:
    since = any(slot.claim >= batch.since > 0 for slot in t.where(Slot, batch=batch.id) if slot.tote and not slot.aside)
    return not since and all(task.status != TaskStatus.OPEN for task in t.where(PickTask, batch=batch.id))


def _close_wave(t: Tables, wave: str, fact: Fact) -> None:
    """A wave is picked when its last batch was dropped."""
    row = t.get(Wave, wave)
    if row is None or any(batch.status != BatchStatus.DROPPED for batch in t.where(Batch, wave=wave)):
        return
    if row.status == WaveStatus.RELEASED:
        t.put(replace(row, status=WaveStatus.PICKED))
    for lot in t.where(InspectionLot, reference=wave):
        settle_inspection(t, lot.id, fact)


def end_wave(t: Tables, wave: str) -> None:
    """A wave is done when each of its orders was shipped or will not be."""
    row = t.get(Wave, wave)
    if row is not None and all(order.status in ENDED for order in t.where(Order, wave=wave)):
        t.put(replace(row, status=WaveStatus.DONE))
