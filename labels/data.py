"""What each kind of label says. Texts are raw: layout cleans and fits them, the template masks what policy hides.

Times are printed as they stand, so give them in the warehouse's own time zone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from labels.masking import MaskPolicy

QcMark = Literal["", "inspected", "sampled"]


@dataclass(frozen=True, slots=True)
class ShippingLabel:
    """The label on a parcel. `routing_code`, `carrier_qr` and a carrier's masked texts are printed verbatim.

    `recipient_lines` and `sender_lines` are the name, then the address. How the recipient's data is hidden is part of
    the label, hiding being the default. `carrier_qr` is the exact text the carrier wants in its QR code; without it the
    QR code carries the waybill. `contents` may be shortened on paper, nothing else is.
    """

    order: str
    waybill: str
    carrier_name: str
    routing_code: str
    recipient_lines: tuple[str, ...] = field(repr=False)
    recipient_phone: str = field(repr=False)
    sender_lines: tuple[str, ...]
    weight_g: int | None
    created: datetime
    parcel_n: int = 1
    parcel_of: int = 1
    wave: str = ""
    qc_mark: QcMark = ""
    reprint: bool = False
    contents: str = ""
    carrier_qr: str = field(default="", repr=False)
    masking: MaskPolicy = MaskPolicy.HIDE


@dataclass(frozen=True, slots=True)
class SsccLabel:
    """The licence plate of a logistic unit: its SSCC as GS1-128, and what it holds."""

    sscc: str
    title: str


@dataclass(frozen=True, slots=True)
class ToteLabel:
    """Sticks on a tote."""

    code: str
    title: str


@dataclass(frozen=True, slots=True)
class PlaceLabel:
    """Sticks on a storage place; `check_digits` are what a picker without scanner reads back."""

    code: str
    name: str
    check_digits: str


@dataclass(frozen=True, slots=True)
class BadgeLabel:
    """A person's badge. `roles` are printed as given."""

    code: str
    name: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProductLabel:
    """Sticks on an article that came without a readable code. Without `gtin` the code is the SKU."""

    gtin: str
    sku: str
    name: str


@dataclass(frozen=True, slots=True)
class ManifestParcel:
    """One line of a manifest."""

    waybill: str
    order: str
    weight_g: int | None


@dataclass(frozen=True, slots=True)
class ManifestSlip:
    """What a carrier's driver signs for."""

    manifest: str
    carrier: str
    parcels: tuple[ManifestParcel, ...]
    signed_by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CommandLabel:
    """A code that tells the terminal what to do, with its meaning in words."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class QcLabel:
    """Sticks on goods after inspection: `disposition` and `reason` as the operator reads them."""

    code: str
    title: str
    disposition: str
    reason: str
    inspector: str
    at: datetime


LabelData = (
    ShippingLabel
    | SsccLabel
    | ToteLabel
    | PlaceLabel
    | BadgeLabel
    | ProductLabel
    | ManifestSlip
    | CommandLabel
    | QcLabel
)
