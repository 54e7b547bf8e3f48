"""Replacement: other stock for a short pick, fetched in the same walk."""

from __future__ import annotations

from wms.domain.events import PlannedTask
from wms.domain.ids import BatchId
from wms.domain.rows import Rows
from wms.domain.waves import PickTask
from wms.planning.shelves import PlaceAndLot, Shelves
from wms.planning.waves import task_id

TASKS_OF_A_CLAIM = 1000


def reallocate(
    rows: Rows, task: PickTask, missing: int, now: int, zone: str, next_task: int
) -> tuple[PlannedTask, ...]:
    """Tasks for up to `missing` units of the same order line and cart slot; fewer units where stock is scarce.

    The rules are those of the wave. Where this walk already failed to find the item it is not sent again, though the
    books may still show units there. New tasks are numbered from `next_task` (see `next_task_number`).
    """
    takes = Shelves(rows, now, zone).take(task.sku, missing, task.sequence, _failed(rows, task))
    return tuple(
        PlannedTask(
            task_id(task.batch, n),
            task.order_id,
            task.line,
            task.sku,
            take.place,
            take.lot,
            take.quantity,
            take.sequence,
            task.slot,
        )
        for n, take in enumerate(takes, next_task)
    )


def next_task_number(rows: Rows, batch: BatchId, claim: int = 1) -> int:
    """The number after the last task of the batch under this claim: two people who walk for the same batch before
    either hears of the other number their replacements apart."""
    base = (max(claim, 1) - 1) * TASKS_OF_A_CLAIM
    numbers = (int(task.id.rpartition("-")[2]) for task in rows.where(PickTask, batch=batch))
    return 1 + max((n for n in numbers if base <= n < base + TASKS_OF_A_CLAIM), default=base)


def _failed(rows: Rows, task: PickTask) -> set[PlaceAndLot]:
    shorted = [t for t in rows.where(PickTask, batch=task.batch) if t.sku == task.sku and t.short]
    return {(t.place, t.lot) for t in [task, *shorted]}
