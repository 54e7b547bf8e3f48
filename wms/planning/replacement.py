"""Replacement: other stock for a short pick, fetched in the same walk."""

from __future__ import annotations

from wms.domain.events import PlannedTask
from wms.domain.ids import TaskId
from wms.domain.rows import Rows
from wms.domain.waves import PickTask
from wms.planning.shelves import PlaceAndLot, Shelves


def reallocate(rows: Rows, task: PickTask, missing: int, now: int, zone: str, origin: str) -> tuple[PlannedTask, ...]:
    """Tasks for up to `missing` units of the same order line and cart slot; fewer units where stock is scarce.

    The rules are those of the wave. Where this walk already failed to find the item it is not sent again, though the
    books may still show units there. New tasks bear `origin` in their names, which nobody else may ever have: copies of
    one terminal, and claims of two lives of the hub, plan for the same walk without hearing of each other, and what is
    picked is booked by the name of its task alone.
    """
    takes = Shelves(rows, now, zone).take(task.sku, missing, task.sequence, _failed(rows, task))
    return tuple(
        PlannedTask(
            TaskId(f"{task.batch}-{origin}-{n}"),
            task.order_id,
            task.line,
            task.sku,
            take.place,
            take.lot,
            take.quantity,
            take.sequence,
            task.slot,
        )
        for n, take in enumerate(takes, 1)
    )


def _failed(rows: Rows, task: PickTask) -> set[PlaceAndLot]:
    shorted = [t for t in rows.where(PickTask, batch=task.batch) if t.sku == task.sku and t.short]
    return {(t.place, t.lot) for t in [task, *shorted]}
