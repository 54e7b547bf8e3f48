"""Picking: from the bin into the hand, from the hand into the tote, and what is missing.

Whatever was done is booked. A line takes no more than it needs: what somebody picked beyond that, because two walked
for the same line, is `Surplus` where it lies, and a supervisor hears of it.
"""

from __future__ import annotations

from wms.domain import events as e
from wms.domain.catalogue import Counter
from wms.domain.events import Fact
from wms.domain.inspection import Sample
from wms.domain.orders import Order, OrderLine, OrderStatus
from wms.domain.places import SCRAP, hand_of
from wms.domain.projections.people import wrong_digits_at
from wms.domain.projections.registry import applies, close_review, review, tally
from wms.domain.projections.surplus import (
    book_spare,
    less_surplus,
    packed_before,
    settle_hand,
    take_out,
    unclaimed_hand,
)
from wms.domain.projections.verdicts import lose_samples
from wms.domain.records import replace
from wms.domain.rows import Tables
from wms.domain.stock import Stock, allocate, move
from wms.domain.waves import Batch, BatchStatus, PickTask, Slot, TaskStatus, Wave


def add_task(t: Tables, task: e.PlannedTask, batch: str, wave: str, quantity: int | None = None) -> None:
    """With `quantity` 0 it is there only so that what was done for it can be booked."""
    wanted = task.quantity if quantity is None else quantity
    allocate(t, task.sku, task.lot, wanted, task.place)
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
            wanted,
            task.sequence,
            task.slot,
            TaskStatus.OPEN if wanted else TaskStatus.CANCELLED,
        )
    )


def holds(t: Tables, task: PickTask, claim: int, fact: Fact) -> bool:
    """Whether the fact speaks for the walk, or comes from somebody who has lost it."""
    batch = t.get(Batch, task.batch)
    return batch is None or batch.is_held_by(fact.person, claim)


def room(t: Tables, task: PickTask) -> int:
    """How many units the line still wants of this task. A stopped order wants what was under way, up to its need."""
    if not _stopped(t, task.order_id):
        return max(task.quantity - task.taken, 0)
    line = t.get(OrderLine, task.order_id, task.line)
    taken = sum(other.taken for other in t.where(PickTask, order_id=task.order_id) if other.line == task.line)
    return max(line.quantity - line.short - taken, 0) if line is not None else 0


@applies(e.BinConfirmed)
def bin_confirmed(t: Tables, event: e.BinConfirmed, fact: Fact) -> None:
    tally(t, fact, "scans")
    task = t.get(PickTask, event.task)
    batch = t.get(Batch, task.batch) if task is not None else None
    if task is not None and batch is not None and batch.is_held_by(fact.person, event.claim):
        t.put(replace(batch, at=task.place))
    if wrong := t.get(Counter, wrong_digits_at(event.task)):
        t.delete(wrong)


@applies(e.UnitsTaken)
def units_taken(t: Tables, event: e.UnitsTaken, fact: Fact) -> None:
    tally(t, fact, "scans")
    task = t.get(PickTask, event.task)
    if task is None:
        return
    move(t, task.sku, event.lot, event.quantity, task.place, hand_of(task.id, fact.person))
    wanted = min(event.quantity, room(t, task)) if holds(t, task, event.claim, fact) else 0
    if wanted:
        _hold_in_hand(t, task, replace(task, taken=task.taken + wanted, person=fact.person), fact)
    settle_hand(t, task.id, fact.person, fact)
    left = t.get(Stock, task.place, task.sku, event.lot)
    if left is not None and left.quantity < 0:
        review(t, fact, "stock_below_zero", f"{task.place},{task.sku},{event.lot}")


@applies(e.UnitsReturned)
def units_returned(t: Tables, event: e.UnitsReturned, fact: Fact) -> None:
    """What the line does not need goes back first."""
    task = t.get(PickTask, event.task)
    if task is None:
        return
    hand = hand_of(task.id, fact.person)
    spare = unclaimed_hand(t, task, fact.person)
    take_out(t, task.sku, event.lot, event.quantity, hand, task.place, fact)
    less = min(max(event.quantity - spare, 0), task.taken - task.put) if _is_hers(t, task, fact.person) else 0
    if less:
        _hold_in_hand(t, task, replace(task, taken=task.taken - less), fact)
    settle_hand(t, task.id, fact.person, fact)


def _is_hers(t: Tables, task: PickTask, person: str) -> bool:
    """Whether what is counted as in the hand is in this person's."""
    batch = t.get(Batch, task.batch)
    return batch is None or batch.person == person


def _hold_in_hand(t: Tables, before: PickTask, after: PickTask, fact: Fact) -> None:
    """The promise on the planned lot follows what was taken. A stopped order wants no more than lies in the hand.
    A line is open as long as something of it is in the hand, whatever became of it elsewhere meanwhile."""
    after = _promised(t, before, after)
    if after.taken > after.put:
        after = _reopened(t, after, fact)
    if after.status == TaskStatus.OPEN and after.put >= after.quantity and after.taken <= after.put:
        close_task(t, after, TaskStatus.DONE if after.put else TaskStatus.CANCELLED, fact)
    else:
        t.put(after)


def _promised(t: Tables, before: PickTask, after: PickTask) -> PickTask:
    if _stopped(t, before.order_id):
        return replace(after, quantity=after.taken)
    if before.status == TaskStatus.OPEN:
        allocate(t, before.sku, before.lot, before.taken - after.taken, before.place)
    return after


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
    """Units of whoever holds the walk were counted when they were taken; those of others count while there is room."""
    tally(t, fact, "scans")
    task = t.get(PickTask, event.task)
    if task is None:
        return
    packed = packed_before(t, task, event.tote)
    _into_tote(t, task, fact, event.quantity, event.tote)
    held = holds(t, task, event.claim, fact)
    in_hand = min(event.quantity, task.taken - task.put) if held else 0
    more = min(event.quantity - in_hand, room(t, task))
    counted = in_hand + more
    if counted:
        put = _promised(t, task, replace(task, taken=task.taken + more, put=task.put + counted))
        t.put(put)
        count_line(t, task, counted)
        _stand_beside(t, task, event, fact)
        if put.status == TaskStatus.OPEN and put.put >= put.quantity and put.taken <= put.put:
            close_task(t, put, TaskStatus.DONE, fact)
        if _stopped(t, task.order_id):
            review(t, fact, "cancelled_in_work", task.order_id)
    counted += _found_again(t, task.id, event, event.quantity - counted, fact)
    book_spare(t, task, fact.person, event.tote, (event.quantity, counted), packed)
    settle_hand(t, task.id, fact.person, fact)


def _found_again(t: Tables, name: str, event: e.UnitsPut, units: int, fact: Fact) -> int:
    """Somebody had what another one missed: as long as nobody decided about the short order, its line is filled."""
    task = t.get(PickTask, name)
    order = t.get(Order, task.order_id) if task is not None else None
    line = t.get(OrderLine, task.order_id, task.line) if task is not None else None
    if task is None or order is None or line is None or order.stop:
        return 0
    used = min(units, line.short) if order.status in (OrderStatus.IN_WAVE, OrderStatus.SHORT) else 0
    if used:
        fill_short(t, task, line, used)
        _stand_beside(t, task, event, fact)
        settle_again(t, order.id, fact)
    return used


def fill_short(t: Tables, task: PickTask, line: OrderLine, units: int) -> None:
    t.put(replace(line, picked=line.picked + units, short=line.short - units))
    short = max(task.short - units, 0)
    more = replace(task, quantity=task.quantity + units, taken=task.taken + units, put=task.put + units, short=short)
    t.put(more)


def _stand_beside(t: Tables, task: PickTask, event: e.UnitsPut, fact: Fact) -> None:
    """Goods that count lie in another tote than the one in the slot: the order has two totes now, and a supervisor
    sees to it that they come together."""
    slots = [slot for slot in t.where(Slot, batch=task.batch) if slot.order_id == task.order_id]
    if event.claim and all(slot.tote != event.tote for slot in slots):
        stand_aside(t, task.batch, task.order_id, event.tote, event.claim, fact.person, fact)


def stand_aside(t: Tables, batch: str, order: str, tote: str, claim: int, person: str, fact: Fact) -> None:
    n = 1 + max((slot.n for slot in t.where(Slot, batch=batch)), default=0)
    t.put(Slot(batch, n, order, tote, claim, person, aside=True))  # type: ignore[arg-type]
    review(t, fact, "two_pickers", order, f"{batch},{person}")


@applies(e.UnitsUnput)
def units_unput(t: Tables, event: e.UnitsUnput, fact: Fact) -> None:
    """Back into the hand: what nobody needs first. What was packed meanwhile stays picked."""
    task = t.get(PickTask, event.task)
    if task is None:
        return
    _into_tote(t, task, fact, -event.quantity, event.tote)
    left = event.quantity - less_surplus(t, task.id, fact.person, event.tote, event.quantity)
    line = t.get(OrderLine, task.order_id, task.line)
    less = min(left, task.put, line.picked - line.packed if line is not None else 0)
    if less:
        _take_back(t, task, less, event, fact)
    settle_hand(t, task.id, fact.person, fact)


def _take_back(t: Tables, task: PickTask, less: int, event: e.UnitsUnput, fact: Fact) -> None:
    batch = t.get(Batch, task.batch)
    out = replace(task, put=task.put - less)
    if batch is not None and batch.status == BatchStatus.DROPPED and not _stopped(t, task.order_id):
        t.put(replace(out, taken=task.taken - less, quantity=task.quantity - less, short=task.short + less))
        shorten(t, task.order_id, task.line, less, fact)
        return
    count_line(t, task, -less)
    if not holds(t, task, event.claim, fact):
        out = unpromise(t, out, less)
    t.put(_reopened(t, out, fact) if out.put < out.quantity or out.taken > out.put else out)


def unpromise(t: Tables, task: PickTask, less: int) -> PickTask:
    """Units that were taken do not count any more: the line wants them from its bin again, unless its order stopped."""
    if _stopped(t, task.order_id):
        return replace(task, taken=task.taken - less, quantity=task.taken - less)
    allocate(t, task.sku, task.lot, less, task.place)
    return replace(task, taken=task.taken - less)


def let_go(t: Tables, batch: Batch, fact: Fact) -> None:
    """Whoever had the walk has it no more: what is in that hand counts for no line."""
    for task in t.where(PickTask, batch=batch.id):
        if task.taken > task.put:
            less = unpromise(t, task, task.taken - task.put)
            if less.put >= less.quantity:
                close_task(t, less, TaskStatus.DONE if less.put else TaskStatus.CANCELLED, fact)
            else:
                t.put(less)
            settle_hand(t, task.id, batch.person, fact)


def give_up_open(t: Tables, batch: Batch, fact: Fact) -> None:
    """The walk is over: what it left open is short."""
    let_go(t, batch, fact)
    for task in t.where(PickTask, batch=batch.id):
        if task.status == TaskStatus.OPEN:
            missing = task.quantity - task.taken
            allocate(t, task.sku, task.lot, -missing, task.place)
            close_task(t, replace(task, quantity=task.taken, short=task.short + missing), TaskStatus.SHORT, fact)
            line = t.get(OrderLine, task.order_id, task.line)
            if line is not None:
                t.put(replace(line, short=line.short + missing))


def _into_tote(t: Tables, task: PickTask, fact: Fact, quantity: int, tote: str) -> None:
    """Hand to tote, or back. Two lines may lie in one tote: what comes back is of the line's own lot first."""
    hand = hand_of(task.id, fact.person)
    source, target = (hand, tote) if quantity > 0 else (tote, hand)
    take_out(t, task.sku, task.lot, abs(quantity), source, target, fact)


def count_line(t: Tables, task: PickTask, quantity: int) -> None:
    line = t.get(OrderLine, task.order_id, task.line)
    if line is not None:
        t.put(replace(line, picked=line.picked + quantity))


@applies(e.TaskSkipped)
def task_skipped(t: Tables, event: e.TaskSkipped, fact: Fact) -> None:
    task = t.get(PickTask, event.task)
    if task is not None and holds(t, task, event.claim, fact):
        t.put(replace(task, skipped=task.skipped + 1))


@applies(e.PickShorted)
def pick_shorted(t: Tables, event: e.PickShorted, fact: Fact) -> None:
    """What other stock replaces becomes new tasks; the rest is short on the order's line. Damaged units go to scrap.
    Of an order that was stopped meanwhile nothing is missing any more, and who lost the walk can't shorten it."""
    tally(t, fact, "shorts")
    task = t.get(PickTask, event.task)
    if task is None:
        return
    wanted = task.status == TaskStatus.OPEN and holds(t, task, event.claim, fact)
    missing = min(event.missing, max(task.quantity - task.taken, 0) if wanted else 0)
    allocate(t, task.sku, task.lot, -missing, task.place)
    move(t, task.sku, task.lot, event.damaged, task.place, SCRAP)
    short = missing - _replace(t, task, event.replaced_by, missing)
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


def _replace(t: Tables, task: PickTask, planned: tuple[e.PlannedTask, ...], missing: int) -> int:
    """Tasks in other bins for what is missing; how many units they cover. Those nobody needs are there all the same:
    whoever found the goods missing may have picked for them already."""
    left, wave, made = missing, t.get(Wave, task.wave), 0
    for new in planned:
        if t.get(PickTask, new.id) is None:
            quantity = min(new.quantity, left)
            add_task(t, new, task.batch, task.wave, quantity)
            left -= quantity
            made += quantity > 0
    if wave is not None and made:
        t.put(replace(wave, tasks=wave.tasks + made))
    return missing - left


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


def free_totes(t: Tables, order: str, fact: Fact) -> None:
    for slot in t.where(Slot, order_id=order):
        if slot.aside:
            t.delete(slot)
        else:
            t.put(Slot(slot.batch, slot.n, slot.order_id))
    close_review(t, "two_pickers", order, fact.person, "together")


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
