"""Commands that mend: the ways out of a conflict, and the errands they send people on."""

from __future__ import annotations

from typing import TypeAlias

from wms.domain.ids import Badge, BatchId, DeviceId, LotId, OrderId, ParcelId, PlaceId, Sku, TaskId
from wms.domain.records import Record


class RenewWalk(Record):
    """Go on with my lease of this walk."""

    batch: BatchId
    device: DeviceId


class GiveBackBatch(Record):
    """I can't finish this walk: let the next one have it."""

    batch: BatchId


class ReassignBatch(Record):
    """Take a walk from whoever has it. `person` gets it, or, where that is '', whoever comes next."""

    batch: BatchId
    person: Badge = Badge("")


class AskPutBack(Record):
    """Send somebody to bring back the goods that a review is about."""

    review: str


class BeginPutBack(Record):
    id: str


class PutBackUnits(Record):
    id: str
    quantity: int


class AskCount(Record):
    """Send somebody to count. `review` is what asks for it."""

    review: str
    place: PlaceId
    sku: Sku
    lot: LotId


class CountStock(Record):
    """`counted` units of the item (and lot) lie at the place."""

    place: PlaceId
    sku: Sku
    lot: LotId
    counted: int


class SettleSurplus(Record):
    """`outcome` is `back` (they lie in their bin again) or `gone` (they are nowhere)."""

    task: TaskId
    holder: Badge
    outcome: str


class UseSurplus(Record):
    """Let what is too many fill what the order is short of."""

    task: TaskId
    holder: Badge


class ResumeOrder(Record):
    """Send a stopped order after all."""

    order: OrderId


class BringTotesTogether(Record):
    """All totes of the order stand at the packing lane."""

    order: OrderId


class RevokeNumber(Record):
    """Of two parcels with one waybill number, `keeper` keeps it; `parcel` gets a new number and a new label."""

    parcel: ParcelId
    number: str
    keeper: ParcelId
    reason: str


class GiveToBench(Record):
    """One of two benches goes on with the order."""

    order: OrderId
    device: DeviceId


MendingCommand: TypeAlias = (
    RenewWalk
    | GiveBackBatch
    | ReassignBatch
    | AskPutBack
    | BeginPutBack
    | PutBackUnits
    | AskCount
    | CountStock
    | SettleSurplus
    | UseSurplus
    | ResumeOrder
    | BringTotesTogether
    | RevokeNumber
    | GiveToBench
)
