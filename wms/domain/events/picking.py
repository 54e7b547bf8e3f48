"""Picking: from the bin to the dropped tote.

`claim` is the fence of the walk's claim that the device knew when it recorded the fact, 0 in journals older than that.
Facts of a claim that was lost meanwhile are booked like all others, but they no longer speak for the walk.
"""

from __future__ import annotations

from wms.domain.events.waves import PlannedTask
from wms.domain.ids import BatchId, LotId, PlaceId, Sku, TaskId
from wms.domain.records import Record


class BinConfirmed(Record):
    task: TaskId
    claim: int = 0


class ToteAssigned(Record):
    batch: BatchId
    slot: int
    tote: PlaceId
    claim: int = 0


class UnitsTaken(Record):
    """Units left the bin. `lot` may differ from the planned one when the label in the bin says otherwise."""

    task: TaskId
    quantity: int
    lot: LotId
    claim: int = 0


class UnitsReturned(Record):
    """Undo: units went back from the hand into the bin."""

    task: TaskId
    quantity: int
    lot: LotId
    claim: int = 0


class UnitsPut(Record):
    task: TaskId
    quantity: int
    tote: PlaceId
    claim: int = 0


class UnitsUnput(Record):
    """Undo: units came back from the tote into the hand."""

    task: TaskId
    quantity: int
    tote: PlaceId
    claim: int = 0


class TaskSkipped(Record):
    task: TaskId
    claim: int = 0


class PickShorted(Record):
    """`missing` units can't be taken here. `damaged` ones lay there but were not fit to send: they went to scrap.

    `replaced_by` are other tasks of the same walk that take from other stock; what they don't cover is short.
    """

    task: TaskId
    missing: int
    reason: str
    damaged: int = 0
    replaced_by: tuple[PlannedTask, ...] = ()
    claim: int = 0


class ZeroChecked(Record):
    """The picker looked whether the bin is really empty: `left` units of the item lie there, `expected` were booked."""

    place: PlaceId
    sku: Sku
    lot: LotId
    left: int
    expected: int


class TotesDropped(Record):
    batch: BatchId
    staging: PlaceId
    claim: int = 0
