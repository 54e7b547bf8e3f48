"""Ways out of conflicts: what a supervisor decided, and what somebody then did on the floor."""

from __future__ import annotations

from wms.domain.ids import Badge, DeviceId, LotId, OrderId, ParcelId, PlaceId, Sku, TaskId
from wms.domain.records import Record


class PutBackAsked(Record):
    """`quantity` units are to be brought from where they lie now to a bin. `review` is what it mends; `task` and
    `holder` name the surplus they are, '' where they are none."""

    id: str
    review: str
    sku: Sku
    lot: LotId
    quantity: int
    source: PlaceId
    target: PlaceId
    order: OrderId = OrderId("")
    task: TaskId = TaskId("")
    holder: Badge = Badge("")


class PutBackBegun(Record):
    """Somebody stands where the goods are and takes the errand on."""

    id: str


class UnitsPutBack(Record):
    """Units lie in the bin again."""

    id: str
    quantity: int


class CountAsked(Record):
    """Somebody shall count one item (and lot) at a place. `review` is what asked for it."""

    place: PlaceId
    sku: Sku
    lot: LotId
    review: str


class SurplusSettled(Record):
    """Surplus that needs no walk: it lies in its bin again (`back`) or is nowhere to be found (`gone`)."""

    task: TaskId
    holder: Badge
    outcome: str


class SurplusUsed(Record):
    """Surplus in a tote fills what the order's line is short of."""

    task: TaskId
    holder: Badge
    quantity: int


class OrderResumed(Record):
    """A stopped order whose goods are all picked is sent after all."""

    order: OrderId


class TotesBroughtTogether(Record):
    """All totes of an order that two people picked stand at the packing lane."""

    order: OrderId


class NumberRevoked(Record):
    """A parcel loses its waybill number to another one that bears it: its label is to be destroyed and made anew."""

    parcel: ParcelId
    number: str
    keeper: ParcelId
    reason: str


class JobGiven(Record):
    """Which bench goes on with an order that two were packing."""

    order: OrderId
    device: DeviceId
