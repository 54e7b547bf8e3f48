"""Packing: who packs which order, the parcels it becomes, and the waybills leased to a terminal."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from wms.domain.ids import Badge, CarrierCode, CartonCode, DeviceId, ManifestId, OrderId, ParcelId, PlaceId
from wms.domain.rows import Row


class PackJob(Row):
    """An order on a bench, from the first tote's scan until its last parcel is staged."""

    TABLE: ClassVar[str] = "pack_job"
    KEY: ClassVar[tuple[str, ...]] = ("order_id",)
    INDEX: ClassVar[tuple[tuple[str, ...], ...]] = (("device",),)
    order_id: OrderId
    device: DeviceId
    person: Badge
    started: int
    sorted_out: bool = False  # every unit verified: parcels may be weighed and labelled
    epoch: int = 0  # the life of the device's database it began in; 0 where a supervisor said who goes on
    heeded: bool = False  # what the packer must heed was read

    def is_of(self, device: str, epoch: int) -> bool:
        """Whether that bench may have begun it. A copy of its database, in a life of its own, is another bench."""
        return self.device == device and self.epoch in (0, epoch)


class ParcelStatus(StrEnum):
    OPEN = "open"
    WEIGHED = "weighed"  # closed, and without a waybill yet
    LABELLED = "labelled"  # it has a waybill and a label is on its way to the printer
    VERIFIED = "verified"  # the printed label was scanned
    STAGED = "staged"
    LOADED = "loaded"
    HANDED_OVER = "handed_over"
    VOID = "void"


class Parcel(Row):
    """A parcel, number `n` of its order's. Weights in grams; `expected_g` is 0 where an item's weight is unknown."""

    TABLE: ClassVar[str] = "parcel"
    INDEX: ClassVar[tuple[tuple[str, ...], ...]] = (("order_id",), ("carrier", "status"), ("manifest",), ("waybill",))
    id: ParcelId
    order_id: OrderId
    n: int
    status: ParcelStatus
    carrier: CarrierCode
    units: int = 0
    carton: CartonCode = CartonCode("")
    weight_g: int = 0
    expected_g: int = 0
    waybill: str = ""
    place: PlaceId = PlaceId("")
    manifest: ManifestId = ManifestId("")
    prints: int = 0  # labels asked for
    printed: int = 0  # labels the printer took
    asked: int = 0  # when a label was asked for that the printer has not taken yet, UTC seconds; 0 for none
    bound: bool = False  # it bears the platform's own printed label


class WaybillRange(Row):
    """Numbers leased to one terminal; `next` is its first unused one. Never shared, never used again."""

    TABLE: ClassVar[str] = "waybill_range"
    INDEX: ClassVar[tuple[tuple[str, ...], ...]] = (("device", "carrier"),)
    id: str
    carrier: CarrierCode
    device: DeviceId
    first: int
    last: int
    next: int
    epoch: int = 1  # the life of the terminal's database it was leased to: a restored copy may not go on with it


class Waybill(Row):
    """A used waybill number and the parcel it belongs to. A `void` one is spoiled: no label may bear it."""

    TABLE: ClassVar[str] = "waybill"
    KEY: ClassVar[tuple[str, ...]] = ("number",)
    number: str
    carrier: CarrierCode
    parcel: ParcelId
    void: bool = False


def waybill_number(prefix: str, digits: int, counter: int) -> str:
    return f"{prefix}{counter:0{digits}d}"
