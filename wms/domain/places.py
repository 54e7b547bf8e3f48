"""Places: everything that can hold stock. Goods never vanish; they go to a place that says why they went."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from wms.domain.ids import Badge, PlaceId
from wms.domain.rows import Row


class PlaceKind(StrEnum):
    BIN = "bin"
    STAGING = "staging"  # where picked totes or labelled parcels wait
    RETURNS = "returns"  # goods of cancelled orders, to be put back
    TOTE = "tote"
    CART = "cart"


class Place(Row):
    """A place with a label. `sequence` is its rank on the walk. `check_digits` stand only on the label, are random,
    and prove that a person stands before it when they are typed instead of scanned."""

    TABLE: ClassVar[str] = "place"
    INDEX: ClassVar[tuple[tuple[str, ...], ...]] = (("kind",),)
    id: PlaceId
    kind: PlaceKind
    zone: str = ""
    sequence: int = 0
    check_digits: str = ""
    slots: int = 0  # of a cart: how many totes it carries
    x_mm: int = 0
    y_mm: int = 0


class FloorFile(Row):
    """The site file of the floor (TOML) as it was imported last; `drawn` is UTC seconds."""

    TABLE: ClassVar[str] = "floor_file"
    id: str
    document: str
    drawn: int = 0
    person: Badge = Badge("")


SUPPLIER = PlaceId("@supplier")
CUSTOMER = PlaceId("@customer")
SCRAP = PlaceId("@scrap")
COUNT_DIFFERENCE = PlaceId("@count")
QUARANTINE = PlaceId("@quarantine")


def hand_of(task: str, person: str) -> PlaceId:
    """What somebody holds between the bin and the tote, kept by pick task: two may hold goods for the same one."""
    return PlaceId(f"@hand/{task}/{person}")


def whose_hand(place: str) -> str | None:
    """The badge of whoever holds what is there; None for any other place."""
    return place.rpartition("/")[2] if place.startswith("@hand/") else None


def inside(parcel: str) -> PlaceId:
    return PlaceId(f"@parcel/{parcel}")
