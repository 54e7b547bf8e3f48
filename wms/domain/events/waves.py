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
    orders: tuple[OrderId, ...]  # slot n carries orders[n - 1]
    tasks: tuple[PlannedTask, ...]


class WaveReleased(Record):
    wave: WaveId
    category: CategoryCode
    ship_by: int
    batches: tuple[PlannedBatch, ...]


class BatchClaimed(Record):
    batch: BatchId
    person: Badge
    device: DeviceId
    cart: PlaceId = PlaceId("")
