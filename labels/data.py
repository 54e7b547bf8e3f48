"""What each kind of label says. Texts are raw: layout cleans and fits them, the template masks what policy hides.

Times are printed as they stand, so give them in the warehouse's own time zone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from labels.masking import MaskPolicy

QcMark = Literal["", "inspected", "sampled"]
Verdict = Literal["", "pass", "hold"]


@dataclass(frozen=True, slots=True)
class ShippingLabel:
    """The label on a parcel. `routing_code`, `sort_code`, `carrier_qr` and a carrier's masked texts are printed
    verbatim.

    `recipient_lines` and `sender_lines` are the name, then the address. How personal data is hidden is part of the
    label, hiding being the default. `carrier_qr` is the exact text the carrier wants in its QR code; without it the QR
    code carries the waybill. `cod_minor` is what the courier collects, in the smallest unit of `currency` (ISO 4217).
    What is empty, None, or 0 of 0 parcels is not printed. `contents` may be shortened on paper, nothing else is.
    """

    order: str
    waybill: str
    carrier_name: str
    routing_code: str
    recipient_lines: tuple[str, ...] = field(repr=False)
    recipient_phone: str = field(repr=False)
    sender_lines: tuple[str, ...]
    weight_g: int | None
    created: datetime | None
    parcel_n: int = 1
    parcel_of: int = 1
    wave: str = ""
    qc_mark: QcMark = ""
    reprint: bool = False
    contents: str = ""
    carrier_qr: str = field(default="", repr=False)
    masking: MaskPolicy = MaskPolicy.HIDE
    sort_code: str = ""
    sender_phone: str = field(default="", repr=False)
    cod_minor: int | None = None
    currency: str = "CNY"
    note: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class LogisticLabel:
    """The GS1 label of a logistic unit: its SSCC, further `elements` as application identifiers and values, and the
    same in words. Parties are the name, then the address."""

    sscc: str
    title: str = ""
    elements: tuple[tuple[str, str], ...] = ()
    sender_lines: tuple[str, ...] = ()
    recipient_lines: tuple[str, ...] = field(default=(), repr=False)
    carrier_name: str = ""
    order: str = ""
    parcel_n: int = 0
    parcel_of: int = 0
    weight_g: int | None = None
    masking: MaskPolicy = MaskPolicy.HIDE
    sender_phone: str = field(default="", repr=False)
    recipient_phone: str = field(default="", repr=False)


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
class CartSlotLabel:
    """Sticks on a slot of a cart: `code` is scanned, `slot` is read from where the picker stands."""

    code: str
    cart: str
    slot: str


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
class LotLabel:
    """Sticks on goods of one lot. With `gtin` the code is GS1-128 of article, expiry and lot, else the lot as (10)."""

    lot: str
    sku: str
    name: str
    gtin: str = ""
    expires: date | None = None
    received: date | None = None
    quantity: int | None = None


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
class PackingLine:
    """One article in a parcel."""

    sku: str
    name: str
    quantity: int


@dataclass(frozen=True, slots=True)
class PackingSlip:
    """Goes into the parcel: what the buyer should find in it."""

    order: str
    shop: str
    lines: tuple[PackingLine, ...]
    parcel_n: int = 1
    parcel_of: int = 1
    note: str = field(default="", repr=False)
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PickingLine:
    """One stop of a walk: `put` is the tote or the slot of the cart."""

    place: str
    check_digits: str
    sku: str
    name: str
    quantity: int
    lot: str = ""
    put: str = ""


@dataclass(frozen=True, slots=True)
class PickingSlip:
    """A walk on paper, for the day the terminals are down: what was taken is written by hand and keyed in later."""

    task: str
    wave: str
    cart: str
    lines: tuple[PickingLine, ...]
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CommandLabel:
    """A code that tells the terminal what to do, with its meaning in words."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class QcLabel:
    """Seals goods after inspection: `disposition` and `reason` as the operator reads them, `verdict` for how the seal
    looks: goods on hold must be told from passed ones across the aisle."""

    code: str
    title: str
    disposition: str
    reason: str
    inspector: str
    at: datetime
    verdict: Verdict = "hold"


LabelData = (
    ShippingLabel
    | LogisticLabel
    | ToteLabel
    | PlaceLabel
    | CartSlotLabel
    | BadgeLabel
    | ProductLabel
    | LotLabel
    | ManifestSlip
    | PackingSlip
    | PickingSlip
    | CommandLabel
    | QcLabel
)
