"""Labels whose data come from elsewhere, and what whoever packs has read."""

from __future__ import annotations

from wms.domain.ids import CarrierCode, OrderId, ParcelId
from wms.domain.labelling import GivenLabel
from wms.domain.records import Record


class LabelDataGiven(Record):
    """The platform or its carrier said what stands on the order's label. `instead_of` is the number it replaces, by a
    person's decision; a second number without that is put before a supervisor and not used."""

    order: OrderId
    label: GivenLabel
    instead_of: str = ""
    contradicts: str = ""  # what it does, by whoever decided: as in `wms.domain.labelling.contradiction`


class LabelAwaited(Record):
    """The order leaves the bench until its label comes. `parcels`: it is packed in closed parcels."""

    order: OrderId
    parcels: bool


class WaybillBound(Record):
    """The platform's own printed label was scanned and sticks on the parcel."""

    parcel: ParcelId
    carrier: CarrierCode
    number: str


class WaybillUnbound(Record):
    """Another parcel's label was scanned by mistake: the number is free again."""

    parcel: ParcelId
    number: str


class InstructionsSeen(Record):
    """Whoever packs has read what this order's packer must heed, remarks included."""

    order: OrderId
