"""Goods beyond need: kept in step with where they lie, so that none vanish and a supervisor hears of all."""

from __future__ import annotations

from typing import NamedTuple

from wms.domain.events import Fact
from wms.domain.mending import Surplus, over_pick, surplus_of
from wms.domain.orders import OrderLine
from wms.domain.places import hand_of, whose_hand
from wms.domain.projections.registry import close_review, review
from wms.domain.records import replace
from wms.domain.rows import Tables
from wms.domain.stock import Stock, move
from wms.domain.waves import Batch, PickTask, Slot


def take_out(t: Tables, sku: str, lot: str, quantity: int, source: str, target: str, fact: Fact) -> None:
    """Move units that a person held in her hands, of that lot first. Where the books know of fewer, the place owes them
    until another fact makes up for it, and is to be looked at."""
    left = quantity
    for stock in sorted(t.where(Stock, place=source), key=lambda stock: stock.lot != lot):
        step = min(left, max(stock.quantity, 0)) if stock.sku == sku else 0
        move(t, stock.sku, stock.lot, step, stock.place, target)  # type: ignore[arg-type]
        left -= step
    if left:
        move(t, sku, lot, left, source, target)  # type: ignore[arg-type]
        review(t, fact, "stock_below_zero", f"{source},{sku},{lot}")


def in_hand(t: Tables, task: PickTask, person: str) -> int:
    return sum(stock.quantity for stock in t.where(Stock, place=hand_of(task.id, person)))


def unclaimed_hand(t: Tables, task: PickTask, person: str) -> int:
    """What somebody holds of a task beyond what counts for the line."""
    batch = t.get(Batch, task.batch)
    counted = task.taken - task.put if batch is None or batch.person == person else 0
    return max(in_hand(t, task, person) - counted, 0)


def settle_hand(t: Tables, task: str, person: str, fact: Fact, decision: str = "counted") -> None:
    """Note what a hand holds too many, and whether the supervisor still has to be told."""
    found = t.get(PickTask, task)
    if found is not None:
        _set(t, found, person, hand_of(task, person), unclaimed_hand(t, found, person))
        tell(t, task, person, fact, decision)


def add_surplus(t: Tables, task: PickTask, person: str, place: str, quantity: int) -> None:
    old = t.get(Surplus, task.id, person, place)
    _set(t, task, person, place, quantity + (old.quantity if old is not None else 0))


class PackedBefore(NamedTuple):
    """What a bench packed before anybody told of having put it into a tote: units the tote owes since, and units of
    the line."""

    owed: int
    ahead: int


def packed_before(t: Tables, task: PickTask, tote: str) -> PackedBefore:
    line = t.get(OrderLine, task.order_id, task.line)
    if line is None or not line.packed:
        return PackedBefore(0, 0)
    owed = -sum(stock.quantity for stock in t.where(Stock, place=tote) if stock.sku == task.sku)
    mine = 0 if _is_shared(t, task.order_id, tote) else max(owed, 0)
    return PackedBefore(mine, max(line.packed - line.picked, 0))


def book_spare(t: Tables, task: PickTask, person: str, tote: str, put: tuple[int, int], packed: PackedBefore) -> None:
    """Of `put` units in a tote, of which so many count for the line, note those that lie there too many. What the tote
    owed does not lie there; what counts is too many all the same where the line had been packed of other units."""
    units, counted = put
    replaced = min(counted, packed.ahead)
    spare = units - counted
    spare -= min(spare, max(packed.owed - replaced, 0))
    if spare:
        add_surplus(t, task, person, tote, spare)
    left_over = min(replaced, _unexplained(t, task.order_id, tote, task.sku))
    if left_over > 0:
        add_surplus(t, task, person, tote, left_over)


def _unexplained(t: Tables, order: str, tote: str, sku: str) -> int:
    """How many units lie in a tote that are no known surplus, and that no other order with that tote waits for."""
    lying = sum(stock.quantity for stock in t.where(Stock, place=tote) if stock.sku == sku)
    known = sum(row.quantity for row in t.where(Surplus, place=tote) if row.sku == sku)
    others = {slot.order_id for slot in t.where(Slot, tote=tote)} - {order}
    return lying - known - sum(_unpacked(t, other, sku) for other in others)


def _is_shared(t: Tables, order: str, tote: str) -> bool:
    """Whether another order lies there now: then nobody can tell whose units are missing."""
    return any(slot.order_id != order for slot in t.where(Slot, tote=tote))


def _unpacked(t: Tables, order: str, sku: str) -> int:
    lines = [line for line in t.where(OrderLine, order_id=order) if line.sku == sku]
    return max(sum(line.picked - line.packed for line in lines), 0)


def less_surplus(t: Tables, task: str, person: str, place: str, quantity: int) -> int:
    """Take up to so many off what lies there too many; how many that was."""
    old = t.get(Surplus, task, person, place)
    less = min(quantity, old.quantity) if old is not None else 0
    if old is not None and less == old.quantity:
        t.delete(old)
    elif old is not None and less:
        t.put(replace(old, quantity=old.quantity - less))
    return less


def _set(t: Tables, task: PickTask, person: str, place: str, quantity: int) -> None:
    old = t.get(Surplus, task.id, person, place)
    if quantity:
        t.put(Surplus(task.id, person, place, task.order_id, task.sku, quantity))  # type: ignore[arg-type]
    elif old is not None:
        t.delete(old)


def tell(t: Tables, task: str, person: str, fact: Fact, decision: str = "counted") -> None:
    """Open the review of an over-pick while any of it is left, close it afterwards."""
    if surplus_of(t, task, person):
        review(t, fact, "over_pick", over_pick(task, person), person)
    else:
        close_review(t, "over_pick", over_pick(task, person), fact.person, decision)


def gather(t: Tables, order: str, totes: list[str], fact: Fact) -> None:
    """All units an order needs were packed: what is left in its totes is the surplus, in whichever tote it now lies."""
    over = [row for row in t.where(Surplus, order_id=order) if whose_hand(row.place) is None]
    totes = list(dict.fromkeys([*totes, *(row.place for row in over if not _is_shared(t, order, row.place))]))
    over = [row for row in over if row.place in totes]
    for row in over:
        t.delete(row)
    for tote in totes:
        over.sort(key=lambda row: row.place != tote)
        for stock in t.where(Stock, place=tote):
            left = max(stock.quantity, 0)
            for row in [row for row in over if row.sku == stock.sku]:
                step = min(left, row.quantity)
                if step:
                    task = t.get(PickTask, row.task)
                    if task is not None:
                        add_surplus(t, task, row.person, tote, step)
                    over[over.index(row)] = replace(row, quantity=row.quantity - step)
                    left -= step
    _add_unexplained(t, order, totes, fact)
    for row in over:
        tell(t, row.task, row.person, fact)


def _add_unexplained(t: Tables, order: str, totes: list[str], fact: Fact) -> None:
    """What counts for a line and lies in a tote still: the bench packed other units, of which nobody had told yet. So
    it is where a restored hub gets back what it lost in another order."""
    tasks = {task.sku: task for task in t.where(PickTask, order_id=order) if task.put}
    for sku, task in tasks.items():
        wanted = _unpacked(t, order, sku)
        for tote in totes:
            lying = max(_unexplained(t, order, tote, sku), 0)
            wanted, spare = max(wanted - lying, 0), max(lying - wanted, 0)
            if spare:
                add_surplus(t, task, task.person, tote, spare)
                tell(t, task.id, task.person, fact)


def drop_surplus(t: Tables, order: str, places: set[str], fact: Fact, decision: str) -> None:
    """What lay there was taken away together with the rest of the order."""
    for row in t.where(Surplus, order_id=order):
        if row.place in places:
            t.delete(row)
            tell(t, row.task, row.person, fact, decision)
