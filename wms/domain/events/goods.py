"""Goods in and about."""

from __future__ import annotations

from wms.domain.ids import LotId, PlaceId, Sku
from wms.domain.records import Record


class GoodsReceived(Record):
    receipt: str
    sku: Sku
    lot: LotId
    quantity: int
    place: PlaceId
    expiry: str = ""
    held: bool = False  # until its inspection lot is accepted


class StockMoved(Record):
    sku: Sku
    lot: LotId
    quantity: int
    source: PlaceId
    target: PlaceId
    reason: str = ""


class StockAdjusted(Record):
    """A correction with a reason: `difference` units more (or less) than the books said. `booked` is what they said to
    whoever decided it, so that a movement in between is noticed; None in journals older than that."""

    sku: Sku
    lot: LotId
    place: PlaceId
    difference: int
    reason: str
    booked: int | None = None


class StockCounted(Record):
    """Somebody counted: `counted` units lie at the place, where the device's books said `booked`."""

    sku: Sku
    lot: LotId
    place: PlaceId
    counted: int
    booked: int
