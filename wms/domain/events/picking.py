"""Picking: from the bin to the dropped tote."""

from __future__ import annotations

from wms.domain.events.waves import PlannedTask
from wms.domain.ids import BatchId, LotId, PlaceId, Sku, TaskId
from wms.domain.records import Record


class BinConfirmed(Record):
    task: TaskId


class ToteAssigned(Record):
    batch: BatchId
    slot: int
    tote: PlaceId


class UnitsTaken(Record):
    """Units left the bin. `lot` may differ from the planned one when the label in the bin says otherwise."""

    task: TaskId
    quantity: int
    lot: LotId


class UnitsReturned(Record):
    """Undo: units went back from the hand into the bin."""

    task: TaskId
    quantity: int
    lot: LotId


class UnitsPut(Record):
    task: TaskId
    quantity: int
    tote: PlaceId


class UnitsUnput(Record):
    """Undo: units came back from the tote into the hand."""

    task: TaskId
    quantity: int
    tote: PlaceId


class TaskSkipped(Record):
    task: TaskId


class PickShorted(Record):
    """`missing` units can't be taken here. `damaged` ones lay there but were not fit to send: they went to scrap.

    `replaced_by` are other tasks of the same walk that take from other stock; what they don't cover is short.
    """

    task: TaskId
    missing: int
    reason: str
    damaged: int = 0
    replaced_by: tuple[PlannedTask, ...] = ()


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
