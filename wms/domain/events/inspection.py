"""Sampling inspection: drawn, judged, decided."""

from __future__ import annotations

from wms.domain.ids import CategoryCode, InspectionId, LotId, OrderId, PlaceId, Sku
from wms.domain.records import Record


class DrawnUnit(Record):
    source: str
    unit: int
    sku: Sku
    lot: LotId
    order: OrderId = OrderId("")
    place: PlaceId = PlaceId("")


class SampleDrawn(Record):
    inspection: InspectionId
    kind: str
    reference: str
    category: CategoryCode
    population: int
    percent: int
    seed: str
    units: tuple[DrawnUnit, ...]


class SampleSeen(Record):
    inspection: InspectionId
    n: int


class SampleJudged(Record):
    inspection: InspectionId
    n: int
    passed: bool
    reason: str = ""
    undone: bool = False  # the verdict is taken back: the unit is to be judged again


class LotDisposed(Record):
    """A supervisor's decision on a held batch: `accept`, `sort` (every unit, drawn as `units`) or `reject`."""

    inspection: InspectionId
    decision: str
    reason: str
    units: tuple[DrawnUnit, ...] = ()
