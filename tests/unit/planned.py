"""Waves planned for tests: the same plan each time, and the checks that hold for any."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from wms.domain import events as e
from wms.domain.orders import Order, OrderLine
from wms.domain.rows import Rows
from wms.domain.stock import Lot, Stock
from wms.planning.plain.engine import plan as plain_plan
from wms.planning.problem import Problem, Solution
from wms.planning.rules import PlanningTime
from wms.planning.shelves import earliest_expiry
from wms.planning.wave_plan import ShortWalks


def engine(problem: Problem, time: PlanningTime, start: Solution | None) -> Solution:
    return plain_plan(problem, 0, time.seed, start, rounds=30)


PLANNER = ShortWalks(engine)


def picked(waves: Iterable[e.WaveReleased]) -> list[e.PlannedTask]:
    return [task for wave in waves for batch in wave.batches for task in batch.tasks]


def wanted_and_picked(
    rows: Rows, waves: Iterable[e.WaveReleased]
) -> tuple[Counter[tuple[str, int]], Counter[tuple[str, int]]]:
    """Units by order line: those ordered of the orders in these waves, and those of their tasks."""
    tasks = picked(waves)
    lines = [line for order in {task.order for task in tasks} for line in rows.where(OrderLine, order_id=order)]
    ordered = Counter({(line.order_id, line.n): line.quantity for line in lines})
    taken: Counter[tuple[str, int]] = Counter()
    for task in tasks:
        taken[task.order, task.line] += task.quantity
    return ordered, taken


def beyond_stock(rows: Rows, waves: Iterable[e.WaveReleased]) -> list[tuple[str, str, str]]:
    """Where more is taken than is free."""
    taken: Counter[tuple[str, str, str]] = Counter()
    for task in picked(waves):
        taken[task.place, task.sku, task.lot] += task.quantity
    free = {(s.place, s.sku, s.lot): s.free for s in rows.all(Stock)}
    return [where for where, units in taken.items() if units > free.get(where, 0)]


def out_of_turn(rows: Rows, waves: Iterable[e.WaveReleased], now: int, zone: str) -> list[tuple[str, str]]:
    """Lots of which something was taken while another one, whose turn was before, had units left."""
    left: defaultdict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for stock in rows.all(Stock):
        if not stock.place.startswith("@") and stock.free > 0:
            left[stock.sku][stock.place, stock.lot] = stock.free
    taken: defaultdict[str, set[str]] = defaultdict(set)
    for task in picked(waves):
        left[task.sku][task.place, task.lot] -= task.quantity
        taken[task.sku].add(task.lot)
    wrong = []
    for sku, lots in taken.items():
        turns = {lot: _turn(rows, sku, lot) for lot in {lot for _, lot in left[sku]}}
        fit = {lot for lot in turns if turns[lot][0] >= earliest_expiry(None, now, zone)}
        last = max(turns[lot] for lot in lots)
        wrong += [(sku, lot) for (_, lot), units in left[sku].items() if units > 0 and lot in fit and turns[lot] < last]
        wrong += [(sku, lot) for lot in lots if lot not in fit]
    return wrong


def _turn(rows: Rows, sku: str, lot: str) -> tuple[str, int]:
    row = rows.get(Lot, sku, lot)
    expiry, received = (row.expiry, row.received) if row is not None else ("", 0)
    return (expiry, 0) if expiry else ("9999-12-31", received)


def orders_of(wave: e.WaveReleased) -> set[str]:
    return {order for batch in wave.batches for order in batch.orders}


def category_of(rows: Rows, order: str) -> str:
    found = rows.get(Order, order)
    assert found is not None
    return found.category
