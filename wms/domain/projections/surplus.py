"""Goods beyond need: kept in step with where they lie, so that none vanish and a supervisor hears of all."""

from __future__ import annotations

from wms.domain.events import Fact
from wms.domain.mending import Surplus, over_pick, surplus_of
from wms.domain.places import hand_of
from wms.domain.projections.registry import close_review, review
from wms.domain.records import replace
from wms.domain.rows import Tables
from wms.domain.stock import Stock, move
from wms.domain.waves import Batch, PickTask


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
    over = [row for row in t.where(Surplus, order_id=order) if row.place in totes]
    for row in over:
        t.delete(row)
    for tote in totes:
        for stock in t.where(Stock, place=tote):
            left = stock.quantity
            for row in [row for row in over if row.sku == stock.sku]:
                step = min(left, row.quantity)
                if step:
                    task = t.get(PickTask, row.task)
                    if task is not None:
                        add_surplus(t, task, row.person, tote, step)
                    over[over.index(row)] = replace(row, quantity=row.quantity - step)
                    left -= step
    for row in over:
        tell(t, row.task, row.person, fact)


def drop_surplus(t: Tables, order: str, places: set[str], fact: Fact, decision: str) -> None:
    """What lay there was taken away together with the rest of the order."""
    for row in t.where(Surplus, order_id=order):
        if row.place in places:
            t.delete(row)
            tell(t, row.task, row.person, fact, decision)
