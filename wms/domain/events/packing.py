"""Packing: verified, weighed, labelled, staged, brought back."""

from __future__ import annotations

from wms.domain.ids import CarrierCode, CartonCode, DeviceId, LotId, OrderId, ParcelId, PlaceId, Sku
from wms.domain.records import Record


class PackingStarted(Record):
    order: OrderId
    parcel: ParcelId


class UnitsPacked(Record):
    """Verified by scan and laid into a parcel; `lot` and `tote` say which units."""

    parcel: ParcelId
    line: int
    sku: Sku
    lot: LotId
    tote: PlaceId
    quantity: int


class UnitsUnpacked(Record):
    parcel: ParcelId
    line: int
    sku: Sku
    lot: LotId
    tote: PlaceId
    quantity: int


class UnitsMissing(Record):
    """Units that should lie in the tote don't, or are not fit to send (`damaged`): the line is that much shorter."""

    order: OrderId
    line: int
    sku: Sku
    lot: LotId
    tote: PlaceId
    quantity: int
    damaged: bool = False


class PackingSetAside(Record):
    """The packer put everything back into the tote and the tote aside; the order leaves the bench undone."""

    order: OrderId


class ParcelOpened(Record):
    """Another parcel of the same order was begun."""

    order: OrderId
    parcel: ParcelId
    n: int


class PackingVerified(Record):
    """The last unit was verified; only now may labels be made."""

    order: OrderId


class CartonChosen(Record):
    parcel: ParcelId
    carton: CartonCode


class ParcelWeighed(Record):
    """`by` is `scale` or `keypad`; `reason` says why it was typed, or why a weight off the expected was accepted."""

    parcel: ParcelId
    weight_g: int
    expected_g: int
    by: str
    reason: str = ""


class WaybillsLeased(Record):
    lease: str
    carrier: CarrierCode
    device: DeviceId
    first: int
    last: int
    epoch: int = 1


class WaybillAssigned(Record):
    parcel: ParcelId
    carrier: CarrierCode
    number: str
    lease: str
    counter: int


class LabelRequested(Record):
    """A label shall be printed; `reprint` labels carry a mark."""

    parcel: ParcelId
    reprint: bool = False
    reason: str = ""


class LabelPrinted(Record):
    """The printer took it: `proof` is true where the printer said so itself."""

    parcel: ParcelId
    proof: bool


class LabelVerified(Record):
    parcel: ParcelId


class LabelVoided(Record):
    """The label and its waybill number are spoiled: whatever bears the number is to be destroyed, and it is never used
    again. The parcel's next number follows."""

    parcel: ParcelId
    number: str
    reason: str


class ParcelStaged(Record):
    parcel: ParcelId
    place: PlaceId


class ParcelVoided(Record):
    """The parcel will not go; its goods lie at `place`, to be put back."""

    parcel: ParcelId
    place: PlaceId
    reason: str


class OrderDiverted(Record):
    """Goods of a stopped order were brought to the returns shelf, from totes and parcels alike."""

    order: OrderId
    place: PlaceId
