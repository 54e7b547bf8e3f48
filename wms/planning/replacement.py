"""Replacement: other stock for a short pick, fetched in the same walk."""

from __future__ import annotations

from wms.domain.events import PlannedTask
from wms.domain.ids import PlaceId, TaskId
from wms.domain.places import Place
from wms.domain.rows import Rows
from wms.domain.waves import PickTask, TaskStatus
from wms.planning.shelves import PlaceAndLot, Shelves

STEP = 1000
"""Between the ranks of two places on a walk, so that others can come in between."""


def reallocate(rows: Rows, task: PickTask, missing: int, now: int, zone: str, origin: str) -> tuple[PlannedTask, ...]:
    """Tasks for up to `missing` units of the same order line and cart slot; fewer units where stock is scarce.

    The rules are those of the wave; where they leave a choice, goods near a bin that is still ahead on the walk are
    taken, and fetched from there. Where this walk already failed to find the item it is not sent again, though the
    books may still show units there. New tasks bear `origin` in their names, which nobody else may ever have: copies of
    one terminal, and claims of two lives of the hub, plan for the same walk without hearing of each other, and what is
    picked is booked by the name of its task alone.
    """
    ahead = _Ahead(rows, task)
    takes = Shelves(rows, now, zone).take(task.sku, missing, ahead.far, _failed(rows, task))
    return tuple(
        PlannedTask(
            TaskId(f"{task.batch}-{origin}-{n}"),
            task.order_id,
            task.line,
            task.sku,
            take.place,
            take.lot,
            take.quantity,
            ahead.rank(take.place),
            task.slot,
        )
        for n, take in enumerate(takes, 1)
    )


def _failed(rows: Rows, task: PickTask) -> set[PlaceAndLot]:
    shorted = [t for t in rows.where(PickTask, batch=task.batch) if t.sku == task.sku and t.short]
    return {(t.place, t.lot) for t in [task, *shorted]}


class _Ahead:
    """What is left of a walk. How near two bins are is told by their ranks: a terminal decides this between two scans,
    and bins whose names follow each other stand beside each other."""

    def __init__(self, rows: Rows, task: PickTask) -> None:
        self._rows = rows
        left = [t for t in rows.where(PickTask, batch=task.batch) if t.status == TaskStatus.OPEN and not t.skipped]
        self._stops = sorted({(t.sequence, self._of(t.place)) for t in [task, *left] if t.sequence >= task.sequence})

    def _of(self, place: PlaceId) -> int:
        found = self._rows.get(Place, place)
        return found.sequence if found is not None else 0

    def far(self, place: PlaceId) -> int:
        """How many bins away from the nearest that is still to be visited; behind it is a little farther."""
        here = self._of(place)
        return min(2 * abs(here - bin_rank) + (here < bin_rank) for _, bin_rank in self._stops)

    def rank(self, place: PlaceId) -> int:
        """Right after the nearest bin that is still to be visited."""
        here = self._of(place)
        nearest = min(range(len(self._stops)), key=lambda n: abs(here - self._stops[n][1]))
        before = self._stops[nearest][0]
        after = next((rank for rank, _ in self._stops[nearest + 1 :] if rank > before), before + 2 * STEP)
        return (before + after) // 2
