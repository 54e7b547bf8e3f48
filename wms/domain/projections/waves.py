"""Waves: released, claimed, dropped, done."""

from __future__ import annotations

from wms.domain import events as e
from wms.domain.events import Fact
from wms.domain.inspection import InspectionLot
from wms.domain.orders import Order, OrderLine, OrderStatus
from wms.domain.projections.picking import add_task, settle_order
from wms.domain.projections.registry import applies, count_up, review
from wms.domain.projections.verdicts import settle_inspection
from wms.domain.records import replace
from wms.domain.rows import Tables
from wms.domain.stock import promise
from wms.domain.waves import Batch, BatchStatus, Slot, Wave, WaveStatus

ENDED = (OrderStatus.HANDED_OVER, OrderStatus.CANCELLED)


@applies(e.WaveReleased)
def wave_released(t: Tables, event: e.WaveReleased, fact: Fact) -> None:
    count_up(t, "wave")
    tasks = sum(len(batch.tasks) for batch in event.batches)
    orders = sum(len(batch.orders) for batch in event.batches)
    t.put(Wave(event.wave, event.category, WaveStatus.RELEASED, event.ship_by, fact.seconds, orders, tasks))
    for batch in event.batches:
        t.put(Batch(batch.id, event.wave, BatchStatus.OPEN, batch.ship_by))
        for slot, order in enumerate(batch.orders, 1):
            t.put(Slot(batch.id, slot, order))
            _enter(t, order, event)
        for task in batch.tasks:
            add_task(t, task, batch.id, event.wave)


def _enter(t: Tables, order: str, event: e.WaveReleased) -> None:
    row = t.get(Order, order)
    if row is None:
        return
    t.put(replace(row, status=OrderStatus.IN_WAVE, wave=event.wave))
    for line in t.where(OrderLine, order_id=order):
        promise(t, line.sku, -line.quantity)


@applies(e.BatchClaimed)
def batch_claimed(t: Tables, event: e.BatchClaimed, fact: Fact) -> None:
    batch = t.get(Batch, event.batch)
    if batch is not None and batch.status != BatchStatus.DROPPED:
        claimed = replace(batch, status=BatchStatus.CLAIMED, person=event.person, device=event.device)
        t.put(replace(claimed, cart=event.cart or batch.cart))


@applies(e.ToteAssigned)
def tote_assigned(t: Tables, event: e.ToteAssigned, fact: Fact) -> None:
    slot = t.get(Slot, event.batch, event.slot)
    if slot is None:
        return
    holders = [other for other in t.where(Slot, tote=event.tote) if other.order_id != slot.order_id]
    if holders:
        review(t, fact, "tote_shared", event.tote, f"{slot.order_id},{holders[0].order_id}")
    t.put(replace(slot, tote=event.tote))


@applies(e.TotesDropped)
def totes_dropped(t: Tables, event: e.TotesDropped, fact: Fact) -> None:
    batch = t.get(Batch, event.batch)
    if batch is None:
        return
    t.put(replace(batch, status=BatchStatus.DROPPED, staging=event.staging))
    for slot in t.where(Slot, batch=event.batch):
        settle_order(t, slot.order_id, fact)
    _close_wave(t, batch.wave, fact)


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
