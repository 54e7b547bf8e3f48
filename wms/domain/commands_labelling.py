"""Commands about labels whose data come from elsewhere, and about what whoever packs must read."""

from __future__ import annotations

from typing import TypeAlias

from wms.domain.ids import OrderId, ParcelId
from wms.domain.labelling import GivenLabel
from wms.domain.records import Record


class LabelFor(Record):
    """`instead_of` names the number that the label's replaces, if a person has decided so."""

    order: OrderId
    label: GivenLabel
    instead_of: str = ""


class GiveLabelData(Record):
    """Label data came for these orders, each once: all are taken or none."""

    given: tuple[LabelFor, ...]


class BindWaybill(Record):
    """The platform's own printed label was scanned at the bench."""

    parcel: ParcelId
    number: str


class UnbindWaybill(Record):
    parcel: ParcelId


class LabelParcel(Record):
    """The label of a parcel that waited for it can be made now."""

    parcel: ParcelId


class AwaitLabel(Record):
    """The order leaves the bench until its label comes."""

    order: OrderId


class SeeInstructions(Record):
    order: OrderId


LabellingCommand: TypeAlias = GiveLabelData | BindWaybill | UnbindWaybill | LabelParcel | AwaitLabel | SeeInstructions
