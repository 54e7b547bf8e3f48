"""Stretches of work that scenarios are made of."""

from __future__ import annotations

from tests.faults import warehouse as w
from tests.faults.theatre import TerminalStage
from wms.domain import commands as c
from wms.domain.ids import OrderId, ParcelId, PlaceId
from wms.domain.orders import OrderLine
from wms.domain.waves import Batch, BatchStatus, PickTask, Slot, TaskStatus


def claim(who: TerminalStage, cart: PlaceId = w.CARTS[0]) -> None:
    who.must(c.ClaimBatch(who.store.device, cart))


def order(who: TerminalStage, name: str, sku: w.Sku) -> None:
    """An order comes in and is released in a wave of its own."""
    take_in(who, name, sku)
    release(who)


def take_in(who: TerminalStage, name: str, sku: w.Sku) -> None:
    now = who.store.clock() // 1000
    incoming = c.IncomingOrder(OrderId(name), w.CHANNEL, name, now + 3600, w.CARRIER, ((sku, 2),))
    who.must(c.TakeOrders((incoming,)))


def release(who: TerminalStage) -> None:
    who.must(c.ReleaseWaves(orders=4, slots=4))


def tasks(who: TerminalStage) -> list[PickTask]:
    """The open lines of the walks claimed by whoever works at this terminal."""
    mine = who.store.rows.where(Batch, person=who.hands.person, status=BatchStatus.CLAIMED)
    found = [task for batch in mine for task in who.store.rows.where(PickTask, batch=batch.id)]
    return [task for task in found if task.status == TaskStatus.OPEN]


def pick(who: TerminalStage, task: PickTask, tote: PlaceId) -> None:
    """One line from its bin (or from the hand) into a tote."""
    who.act(c.ConfirmBin(task.id))
    if wanted := task.quantity - task.taken:
        who.act(c.TakeUnits(task.id, wanted, task.lot), (task.place, task.sku, task.lot, -wanted))
    slot = who.store.rows.get(Slot, task.batch, task.slot)
    who.act(c.PutUnits(task.id, slot.tote if slot is not None and slot.tote else tote))


def take_over(who: TerminalStage) -> None:
    """Whoever works here gets the walk that somebody else has."""
    (walk,) = who.store.rows.where(Batch, status=BatchStatus.CLAIMED)
    who.must(c.ReassignBatch(walk.id, who.hands.person))


def take(who: TerminalStage, task: PickTask) -> None:
    """All of a line into the hand."""
    who.act(c.ConfirmBin(task.id))
    who.act(c.TakeUnits(task.id, task.quantity, task.lot), (task.place, task.sku, task.lot, -task.quantity))


def pick_all(who: TerminalStage, totes: int = 0) -> None:
    """Everything of the claimed walks, and the totes dropped in the packing lane. `totes` is where to begin."""
    batches = {task.batch for task in tasks(who)}
    for task in tasks(who):
        pick(who, task, w.TOTES[totes + task.slot])
    for batch in sorted(batches):
        who.act(c.DropTotes(batch, w.LANE))


def verify_all(who: TerminalStage, order: str) -> None:
    """Every unit of the order scanned into its parcel: only the label is missing."""
    name = OrderId(order)
    assert who.act(c.StartPacking(name)), f"{order} can't be packed at {who.device}"
    for line in who.store.rows.where(OrderLine, order_id=name):
        assert who.act(c.PackUnits(name, line.sku, line.picked - line.packed))


def label(who: TerminalStage, order: str) -> bool:
    """Weigh the order's first parcel; whether a label came out."""
    return bool(who.act(c.WeighParcel(ParcelId(f"{order}/1"), 500, "keypad", "typed")))


def lease(who: TerminalStage, count: int = 10) -> None:
    who.must(c.LeaseWaybills(w.CARRIER, who.store.device, who.store.epoch, count))
