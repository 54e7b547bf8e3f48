"""Readings: what a read can turn out to be. `resolve` makes them, workflows act on them."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeAlias

from wms.domain.ids import NO_LOT, Badge, CarrierCode, CartonCode, LotId, OrderId, ParcelId, PlaceId, Sku
from wms.domain.places import PlaceKind
from wms.domain.records import Record


class ItemScan(Record):
    """Goods. `quantity` is in units: those of the pack the code stands on, times the count of the message; grams if
    the item is sold by weight.

    `weight_g` (net) and `price_minor` (smallest unit of money) are what the code itself says, 0 if it does not. Of
    goods sold by the piece they only inform.
    """

    sku: Sku
    quantity: int
    lot: LotId = NO_LOT
    expiry: str = ""
    serial: str = ""
    text: str = ""
    weight_g: int = 0
    price_minor: int = 0


class PlaceScan(Record):
    """A bin, staging or returns place. `proven` says that whoever scanned stands before it.

    `check_digits` are those of the scan. A place that has none is proven by its label alone. `wrong_digits` means
    the label carries others than the place has now: an old label, or digits that were guessed.
    """

    place: PlaceId
    kind: PlaceKind
    check_digits: str = ""
    proven: bool = False
    wrong_digits: bool = False


class ToteScan(Record):
    place: PlaceId


class CartScan(Record):
    place: PlaceId


class BadgeScan(Record):
    badge: Badge


class CarrierScan(Record):
    code: CarrierCode


class CartonScan(Record):
    code: CartonCode


class CommandScan(Record):
    """A printed command. `command` is what follows `CMD-`, in capital letters; the workflow knows which exist."""

    command: str


class WaybillScan(Record):
    number: str
    parcel: ParcelId


class OrderScan(Record):
    order_id: OrderId


class Ambiguous(Record):
    """Several readings are possible and the person must say which; never fewer than two, the likeliest first."""

    candidates: tuple[Code, ...]


class Why(StrEnum):
    """Why a code means nothing here."""

    EMPTY = "empty"
    NOT_FOUND = "not_found"
    CHECK_DIGIT = "check_digit"  # misread, or a GTIN that is none
    IN_STORE = "in_store"  # a price or weight code of some shop
    VERIFIER = "verifier"  # an in-store code whose price or weight has another verifier digit
    NO_WEIGHT = "no_weight"  # goods sold by weight, and the code does not say how much
    PACK_UNKNOWN = "pack_unknown"  # a pack, of goods known in another pack, that has no record of its own
    VARIABLE_MEASURE = "variable_measure"  # indicator 9, of goods known in a fixed pack
    LOGISTIC_UNIT = "logistic_unit"  # the SSCC of a pallet or case nobody announced
    CONFLICT = "conflict"  # the message says two things, such as two lots
    MALFORMED = "malformed"  # it claims to be GS1 and is not
    WEB_ADDRESS = "web_address"  # a link that names no goods known here
    FULL_WIDTH = "full_width"  # typed with the input method on
    WRONG_DIGITS = "wrong_digits"  # a tote's or cart's label with other check digits
    BADGE = "badge"
    CARRIER = "carrier"
    CARTON = "carton"
    COMMAND = "command"


class Unknown(Record):
    """`text` is the code without spaces around it, otherwise as read: it may hold any character, and be long.

    `sku` names the goods it must have to do with, '' if that can't be told.
    """

    text: str
    why: Why
    sku: Sku = Sku("")


class Unreadable(Record):
    """No code at all: `garbled`, `partial` or `overlong`. Never to be guessed at; scan again."""

    fault: str


class Repeated(Record):
    """The bounce of a trigger: the same read again at once. It is not a second unit."""

    text: str


Code: TypeAlias = (
    "ItemScan | PlaceScan | ToteScan | CartScan | BadgeScan | CarrierScan | CartonScan | CommandScan"
    " | WaybillScan | OrderScan | Ambiguous | Unknown | Unreadable | Repeated"
)
