"""Picking: from the bin into the hand, from the hand into the tote, and what is missing."""

from __future__ import annotations

from wms.domain import events as e
from wms.domain.catalogue import Counter
from wms.domain.events import Fact
from wms.domain.inspection import Sample
from wms.domain.orders import Order, OrderLine, OrderStatus
from wms.domain.places import COUNT_DIFFERENCE, SCRAP, hand_of
from wms.domain.projections.people import wrong_digits_at
from wms.domain.projections.registry import applies, close_review, review, tally
from wms.domain.projections.verdicts import lose_samples
from wms.domain.records import replace
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
    if wrong := t.get(Counter, wrong_digits_at(event.task)):
        t.delete(wrong)


@applies(e.UnitsTaken)
def units_taken(t: Tables, event: e.UnitsTaken, fact: Fact) -> None:
    tally(t, fact, "scans")
    task = t.get(PickTask, event.task)
    if task is None:
        return
    move(t, task.sku, event.lot, event.quantity, task.place, hand_of(task.id))
    taken = replace(task, taken=task.taken + event.quantity, person=fact.person)
    wanted = task.status == TaskStatus.OPEN and taken.taken <= task.quantity
    if not wanted and not _stopped(t, task.order_id):
        review(t, fact, "taken_beyond_need", task.id, f"{task.place},{task.sku},{event.quantity}")
    _hold_in_hand(t, task, taken, fact)
    left = t.get(Stock, task.place, task.sku, event.lot)
    if left is not None and left.quantity < 0:
        review(t, fact, "stock_below_zero", f"{task.place},{task.sku},{event.lot}")


@applies(e.UnitsReturned)
def units_returned(t: Tables, event: e.UnitsReturned, fact: Fact) -> None:
    task = t.get(PickTask, event.task)
    if task is not None:
        move(t, task.sku, event.lot, event.quantity, hand_of(task.id), task.place)
        _hold_in_hand(t, task, replace(task, taken=task.taken - event.quantity), fact)


def _hold_in_hand(t: Tables, before: PickTask, after: PickTask, fact: Fact) -> None:
    """The promise on the planned lot follows what was taken. A stopped order wants no more than lies in the hand.
    A line is open as long as something of it is in the hand, whatever became of it elsewhere meanwhile."""
    if _stopped(t, before.order_id):
        after = replace(after, quantity=after.taken)
    elif before.status == TaskStatus.OPEN:
        kept = min(before.taken, before.quantity) - min(after.taken, before.quantity)
        allocate(t, before.sku, before.lot, kept, before.place)
    if after.taken > after.put:
        after = _reopened(t, after, fact)
    if after.status == TaskStatus.OPEN and after.put >= after.quantity and after.taken <= after.put:
        close_task(t, after, TaskStatus.DONE if after.put else TaskStatus.CANCELLED, fact)
    else:
        t.put(after)


def _reopened(t: Tables, task: PickTask, fact: Fact) -> PickTask:
    if task.status == TaskStatus.OPEN:
        return task
    _count_wave(t, task, -1)
    if task.status != TaskStatus.CANCELLED:
        tally(t, fact, "lines", -1)
    return replace(task, status=TaskStatus.OPEN, closed_at=0)


def _stopped(t: Tables, order: str) -> bool:
    row = t.get(Order, order)
    return row is not None and bool(row.stop)


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
    if _stopped(t, task.order_id):
        review(t, fact, "cancelled_in_work", task.order_id)


@applies(e.UnitsUnput)
def units_unput(t: Tables, event: e.UnitsUnput, fact: Fact) -> None:
    task = t.get(PickTask, event.task)
    if task is None:
        return
    _into_tote(t, task, -event.quantity, event.tote)
    count_line(t, task, -event.quantity)
    t.put(_reopened(t, replace(task, put=task.put - event.quantity), fact))


def _into_tote(t: Tables, task: PickTask, quantity: int, tote: str) -> None:
    """Hand to tote, or back. Two lines may lie in one tote: what comes back is of the line's own lot first."""
    source, target = (hand_of(task.id), tote) if quantity > 0 else (tote, hand_of(task.id))
    left = abs(quantity)
    for row in sorted(t.where(Stock, place=source), key=lambda stock: stock.lot != task.lot):
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
    """What other stock replaces becomes new tasks; the rest is short on the order's line. Damaged units go to scrap.
    Of an order that was stopped meanwhile nothing is missing any more."""
    tally(t, fact, "shorts")
    task = t.get(PickTask, event.task)
    if task is None:
        return
    open_units = max(task.quantity - task.taken, 0) if task.status == TaskStatus.OPEN else 0
    missing = min(event.missing, open_units)
    allocate(t, task.sku, task.lot, -missing, task.place)
    move(t, task.sku, task.lot, event.damaged, task.place, SCRAP)
    for planned in event.replaced_by:
        add_task(t, planned, task.batch, task.wave)
    wave = t.get(Wave, task.wave)
    if wave is not None and event.replaced_by:
        t.put(replace(wave, tasks=wave.tasks + len(event.replaced_by)))
    short = missing - sum(planned.quantity for planned in event.replaced_by)
    closed = replace(task, quantity=task.quantity - missing, short=task.short + missing)
    if closed.status == TaskStatus.OPEN and closed.put >= closed.quantity:
        close_task(t, closed, TaskStatus.SHORT, fact)
    else:
        t.put(closed)
    line = t.get(OrderLine, task.order_id, task.line)
    if line is not None and short > 0:
        t.put(replace(line, short=line.short + short))
    if short > 0:
        review(t, fact, "short", task.id, f"{task.order_id},{task.sku},{short},{event.reason}")
    if _stopped(t, task.order_id):
        cancel_open_tasks(t, task.order_id, fact)


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
    lose_samples(t, [sample for sample in t.where(Sample, source=task.id) if sample.unit >= task.quantity], fact)


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
            if kept.put >= kept.quantity:
                close_task(t, kept, TaskStatus.DONE if kept.put else TaskStatus.CANCELLED, fact)
            else:
                t.put(kept)


def free_totes(t: Tables, order: str) -> None:
    for slot in t.where(Slot, order_id=order):
        t.put(Slot(slot.batch, slot.n, slot.order_id))


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
