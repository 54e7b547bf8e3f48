"""Waves: planned, released, claimed."""

from __future__ import annotations

from wms.domain.ids import Badge, BatchId, CategoryCode, DeviceId, LotId, OrderId, PlaceId, Sku, TaskId, WaveId
from wms.domain.records import Record


class PlannedTask(Record):
    id: TaskId
    order: OrderId
    line: int
    sku: Sku
    place: PlaceId
    lot: LotId
    quantity: int
    sequence: int
    slot: int


class PlannedBatch(Record):
    id: BatchId
    ship_by: int
    orders: tuple[OrderId, ...]  # slot n carries orders[n - 1]; a large order has several slots, or several batches
    tasks: tuple[PlannedTask, ...]
    walk_mm: int = 0  # as planned; 0 where nobody measured


class WaveReleased(Record):
    wave: WaveId
    category: CategoryCode
    ship_by: int
    batches: tuple[PlannedBatch, ...]
    plain_mm: int = 0  # what the same orders would walk as they came, aisle by aisle; 0 where nobody measured


class OrdersLeft(Record):
    """These orders of a plan went into no wave, for reasons (`wms.domain.reasons`) that are no hold."""

    left: tuple[tuple[OrderId, str], ...]


class MovedTask(Record):
    """A task that is walked with other orders now; it stays what it was."""

    id: TaskId
    sequence: int
    slot: int


class RegroupedBatch(Record):
    """A batch made anew of tasks that stood in others; the names of its batches are never used again."""

    id: BatchId
    ship_by: int
    orders: tuple[OrderId, ...]  # by slot, as in `PlannedBatch`
    tasks: tuple[MovedTask, ...]
    walk_mm: int = 0


class WaveRegrouped(Record):
    """The batches `old` of a wave, which nobody had claimed, are walked as `batches` now."""

    wave: WaveId
    old: tuple[BatchId, ...]
    batches: tuple[RegroupedBatch, ...]


class WaveRulesSet(Record):
    """What the site says about planning (`wms.planning.rules`), in the place of all it said before."""

    text: str


class BatchClaimed(Record):
    """A walk is leased to somebody. `fence` counts the claims of this walk and grows with each; the same fence again
    renews the lease. `until` is when it ends by the clock of whoever decided, UTC seconds; 0 for never (old journals).
    """

    batch: BatchId
    person: Badge
    device: DeviceId
    cart: PlaceId = PlaceId("")
    fence: int = 0
    until: int = 0


class BatchGivenBack(Record):
    """The picker hands the rest of the walk back: whoever comes next may claim it. `claim` is the fence it had."""

    batch: BatchId
    claim: int = 0


class BatchReassigned(Record):
    """A supervisor took the walk from whoever had it: `person` gets it, or, where that is '', whoever comes next."""

    batch: BatchId
    person: Badge
    fence: int
    until: int = 0
