"""Picking: from the bin into the hand, from the hand into the tote, and what is missing."""

from __future__ import annotations

from dataclasses import replace

from wms.domain import events as e
from wms.domain.events import Fact
from wms.domain.inspection import Sample, Verdict
from wms.domain.orders import Order, OrderLine, OrderStatus
from wms.domain.places import COUNT_DIFFERENCE, SCRAP, hand_of
from wms.domain.projections.registry import applies, close_review, review, tally
from wms.domain.rows import Tables
from wms.domain.stock import Stock, allocate, move
from wms.domain.waves import Batch, BatchStatus, PickTask, Slot, TaskStatus, Wave


def add_task(t: Tables, task: e.PlannedTask, batch: str, wave: str) -> None:
    allocate(t, task.sku, task.lot, task.quantity, task.place)
    t.put(
        PickTask(
            task.id,
            batch,  # type: ignore[arg-type]
            wave,  # type: ignore[arg-type]
            task.order,
            task.line,
            task.sku,
            task.place,
            task.lot,
            task.quantity,
            task.sequence,
            task.slot,
        )
    )


@applies(e.BinConfirmed)
def bin_confirmed(t: Tables, event: e.BinConfirmed, fact: Fact) -> None:
    tally(t, fact, "scans")
    task = t.get(PickTask, event.task)
    batch = t.get(Batch, task.batch) if task is not None else None
    if task is not None and batch is not None:
        t.put(replace(batch, at=task.place))


@applies(e.UnitsTaken)
def units_taken(t: Tables, event: e.UnitsTaken, fact: Fact) -> None:
    tally(t, fact, "scans")
    task = t.get(PickTask, event.task)
    if task is None:
        return
    _take(t, task, event.quantity, event.lot)
    taken = replace(task, taken=task.taken + event.quantity, person=fact.person)
    t.put(taken)
    if task.status != TaskStatus.OPEN or taken.taken > task.quantity:
        review(t, fact, "taken_beyond_need", task.id, f"{task.place},{task.sku},{event.quantity}")
    left = t.get(Stock, task.place, task.sku, event.lot)
    if left is not None and left.quantity < 0:
        review(t, fact, "stock_below_zero", f"{task.place},{task.sku},{event.lot}")


@applies(e.UnitsReturned)
def units_returned(t: Tables, event: e.UnitsReturned, fact: Fact) -> None:
    task = t.get(PickTask, event.task)
    if task is not None:
        _take(t, task, -event.quantity, event.lot)
        t.put(replace(task, taken=task.taken - event.quantity))


def _take(t: Tables, task: PickTask, quantity: int, lot: str) -> None:
    """Units leave the bin for the hand; the promise on the planned lot is kept as far as it went."""
    move(t, task.sku, lot, quantity, task.place, hand_of(task.id))  # type: ignore[arg-type]
    before = min(task.taken, task.quantity)
    after = min(task.taken + quantity, task.quantity)
    if task.status == TaskStatus.OPEN:
        allocate(t, task.sku, task.lot, before - after, task.place)


@applies(e.UnitsPut)
def units_put(t: Tables, event: e.UnitsPut, fact: Fact) -> None:
    tally(t, fact, "scans")
    task = t.get(PickTask, event.task)
    if task is None:
        return
    _into_tote(t, task, event.quantity, event.tote)
    put = replace(task, put=task.put + event.quantity)
    t.put(put)
    count_line(t, task, event.quantity)
    if put.status == TaskStatus.OPEN and put.put >= put.quantity:
        close_task(t, put, TaskStatus.DONE, fact)


@applies(e.UnitsUnput)
def units_unput(t: Tables, event: e.UnitsUnput, fact: Fact) -> None:
    task = t.get(PickTask, event.task)
    if task is None:
        return
    _into_tote(t, task, -event.quantity, event.tote)
    count_line(t, task, -event.quantity)
    reopened = replace(task, put=task.put - event.quantity)
    if task.status == TaskStatus.DONE:
        reopened = replace(reopened, status=TaskStatus.OPEN, closed_at=0)
        _count_wave(t, task, -1)
        tally(t, fact, "lines", -1)
    t.put(reopened)


def _into_tote(t: Tables, task: PickTask, quantity: int, tote: str) -> None:
    """Hand to tote; with several lots in the hand the oldest row goes first (and comes back first)."""
    source, target = (hand_of(task.id), tote) if quantity > 0 else (tote, hand_of(task.id))
    left = abs(quantity)
    for row in t.where(Stock, place=source):
        step = min(left, row.quantity) if row.sku == task.sku else 0
        move(t, task.sku, row.lot, step, source, target)  # type: ignore[arg-type]
        left -= step
    if left:
        move(t, task.sku, task.lot, left, source, target)  # type: ignore[arg-type]


def count_line(t: Tables, task: PickTask, quantity: int) -> None:
    line = t.get(OrderLine, task.order_id, task.line)
    if line is not None:
        t.put(replace(line, picked=line.picked + quantity))


@applies(e.TaskSkipped)
def task_skipped(t: Tables, event: e.TaskSkipped, fact: Fact) -> None:
    task = t.get(PickTask, event.task)
    if task is not None:
        t.put(replace(task, skipped=task.skipped + 1))


@applies(e.PickShorted)
def pick_shorted(t: Tables, event: e.PickShorted, fact: Fact) -> None:
    """What other stock replaces becomes new tasks; the rest is short on the order's line. Damaged units go to scrap."""
    tally(t, fact, "shorts")
    task = t.get(PickTask, event.task)
    if task is None:
        return
    if task.status == TaskStatus.OPEN:
        allocate(t, task.sku, task.lot, -(task.quantity - min(task.taken, task.quantity)), task.place)
    if event.damaged:
        move(t, task.sku, task.lot, event.damaged, task.place, SCRAP)
    for planned in event.replaced_by:
        add_task(t, planned, task.batch, task.wave)
    wave = t.get(Wave, task.wave)
    if wave is not None and event.replaced_by:
        t.put(replace(wave, tasks=wave.tasks + len(event.replaced_by)))
    short = event.missing - sum(planned.quantity for planned in event.replaced_by)
    closed = replace(task, quantity=task.quantity - event.missing, short=task.short + event.missing)
    if closed.put >= closed.quantity:
        close_task(t, closed, TaskStatus.SHORT, fact)
    else:
        t.put(closed)
    line = t.get(OrderLine, task.order_id, task.line)
    if line is not None and short > 0:
        t.put(replace(line, short=line.short + short))
    if short > 0:
        review(t, fact, "short", task.id, f"{task.order_id},{task.sku},{short},{event.reason}")


@applies(e.ZeroChecked)
def zero_checked(t: Tables, event: e.ZeroChecked, fact: Fact) -> None:
    """The books follow what a person saw; the difference has a name, and another look is asked for."""
    if event.left == event.expected:
        return
    move(t, event.sku, event.lot, event.left - event.expected, COUNT_DIFFERENCE, event.place)
    review(t, fact, "count_difference", f"{event.place},{event.sku},{event.lot}", f"{event.expected},{event.left}")


def close_task(t: Tables, task: PickTask, status: TaskStatus, fact: Fact) -> None:
    if task.status == TaskStatus.OPEN:
        _count_wave(t, task, 1)
        if status != TaskStatus.CANCELLED:
            tally(t, fact, "lines")
    t.put(replace(task, status=status, closed_at=fact.seconds))
    _drop_lost_samples(t, task)


def _drop_lost_samples(t: Tables, task: PickTask) -> None:
    """A drawn unit that was never picked can't be inspected: it is counted as gone, the others stand."""
    for sample in t.where(Sample, source=task.id):
        gone = sample.unit >= task.quantity
        if gone and sample.verdict == Verdict.NONE:
            t.put(replace(sample, verdict=Verdict.GONE))


def _count_wave(t: Tables, task: PickTask, step: int) -> None:
    wave = t.get(Wave, task.wave)
    if wave is not None:
        t.put(replace(wave, closed=wave.closed + step))


def cancel_open_tasks(t: Tables, order: str, fact: Fact) -> None:
    """The walk forgets what was not taken yet; what lies in the hand may still go into the tote."""
    for task in t.where(PickTask, order_id=order):
        if task.status == TaskStatus.OPEN:
            allocate(t, task.sku, task.lot, -(task.quantity - min(task.taken, task.quantity)), task.place)
            kept = replace(task, quantity=task.taken)
            close = kept.put >= kept.quantity
            if close:
                close_task(t, kept, TaskStatus.CANCELLED, fact)
            else:
                t.put(kept)


def shorten(t: Tables, order: str, line: int, quantity: int, fact: Fact) -> None:
    """Units that were picked are not there any more: the line and its order are short."""
    found = t.get(OrderLine, order, line)
    if found is not None:
        t.put(replace(found, picked=found.picked - quantity, short=found.short + quantity))
    row = t.get(Order, order)
    if row is not None and row.status == OrderStatus.PICKED and not row.stop:
        t.put(replace(row, status=OrderStatus.SHORT))
        review(t, fact, "order_short", order)


def settle_again(t: Tables, order: str, fact: Fact) -> None:
    """A unit came back: an order that is whole again is picked."""
    row = t.get(Order, order)
    if row is None or row.status != OrderStatus.SHORT:
        return
    if all(line.picked == line.quantity for line in t.where(OrderLine, order_id=order)):
        t.put(replace(row, status=OrderStatus.PICKED))
        close_review(t, "order_short", order, fact.person, "undone")


def settle_order(t: Tables, order: str, fact: Fact) -> None:
    """Once every batch of an order was dropped it is picked, short, or (stopped with nothing in the tote) cancelled."""
    row = t.get(Order, order)
    if row is None or row.status != OrderStatus.IN_WAVE:
        return
    batches = [t.get(Batch, slot.batch) for slot in t.where(Slot, order_id=order)]
    if any(batch is not None and batch.status != BatchStatus.DROPPED for batch in batches):
        return
    lines = t.where(OrderLine, order_id=order)
    if any(line.short or line.picked < line.quantity for line in lines) and not row.stop:
        t.put(replace(row, status=OrderStatus.SHORT))
        review(t, fact, "order_short", order)
    else:
        t.put(replace(row, status=OrderStatus.PICKED))
