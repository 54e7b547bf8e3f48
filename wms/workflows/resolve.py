"""From a read of the scanner to what it means here: one place where every code of the floor is told apart.

What a code can be, and how it is looked up:

- the site's own labels: `BDG-` badge, `CAR-` carrier, `CTN-` carton, `CMD-` command, in any letter case;
- a place by its id in any letter case, with or without `*` and the check digits that stand on its label;
- goods by a stored code or their SKU, letter for letter (`85123A` and `85123a` are different goods), by the GTIN in
  whatever form the reader sends it, and by a GS1 message, which adds lot, expiry, serial number and count;
- a waybill by its number, an order by its id.

Every reading that the warehouse knows is collected before one is chosen. A badge number without its prefix counts
only if nothing else matches: it is typed by hand, and too short to take precedence over a label.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeAlias

from wms.domain.catalogue import Carrier, Carton, Item, ItemCode, Person
from wms.domain.codes import GTIN_LENGTHS, expand_upc_e, gtin14, in_store_item_codes, is_digits, is_in_store
from wms.domain.gs1 import Fault, Gs1, Rejected, parse, parse_brackets, split_aim
from wms.domain.gs1_elements import CENTURY_YEAR
from wms.domain.gs1_link import is_web_address
from wms.domain.ids import NO_LOT, Badge, CarrierCode, CartonCode, LotId, OrderId, ParcelId, PlaceId, Sku
from wms.domain.orders import Order
from wms.domain.packing import Waybill
from wms.domain.places import Place, PlaceKind
from wms.domain.records import Record
from wms.domain.rows import R, Rows
from wms.workflows.inputs import Scanned


class ItemScan(Record):
    """Goods. `quantity` is in units: those of the pack the code stands on, times the count of the message."""

    sku: Sku
    quantity: int
    lot: LotId = NO_LOT
    expiry: str = ""
    serial: str = ""
    text: str = ""


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
    """Several readings are possible and the person must say which; never fewer than two."""

    candidates: tuple[Code, ...]


class Why(StrEnum):
    """Why a code means nothing here."""

    EMPTY = "empty"
    NOT_FOUND = "not_found"
    CHECK_DIGIT = "check_digit"  # misread, or a GTIN that is none
    IN_STORE = "in_store"  # a price or weight code of some shop
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
    """`text` is the code without spaces around it, otherwise as read: it may hold any character, and be long."""

    text: str
    why: Why


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
Message: TypeAlias = "Gs1 | Rejected | None"

_MARGIN = " \t\r\n\u3000"
_COMMAND = re.compile(r"[A-Z0-9][A-Z0-9-]{0,39}", re.ASCII)
_PREFIXES = {"BDG": Why.BADGE, "CAR": Why.CARRIER, "CTN": Why.CARTON, "CMD": Why.COMMAND}
_NUMBER_AIM_IDS = frozenset({"", "]E0", "]E4", "]I0", "]I1"})
"""Symbols that carry trade item numbers; fourteen digits in a Code 128 are as likely a waybill."""
_UPC_E_AIM_IDS = frozenset({"", "]E0"})


def resolve(scan: Scanned, rows: Rows, expects: frozenset[type] = frozenset()) -> Code:
    """What the read means, by what the warehouse knows.

    `expects` names the types of code that the present step can use. It ranks readings and never makes one: if exactly
    one reading is of an expected type, that is the answer, because no step could do anything with the others. If two
    are, both could be meant (two items with one code, a place and a tote where either may be scanned) and the answer
    is `Ambiguous`; so it is if none is, or nothing is expected. A single reading is the answer though another type
    was expected: that wrong thing is what the person has to be told.
    """
    if scan.fault:
        return Repeated(scan.text) if scan.fault == "duplicate" else Unreadable(scan.fault)
    aim, text = (scan.aim, scan.text) if scan.aim else split_aim(scan.text.strip(_MARGIN))
    text = text.strip(_MARGIN)
    if not _is_storable(text):
        return Unreadable("garbled")
    if not text:
        return Unknown("", Why.EMPTY)
    message = _message(text, aim, _year(scan))
    readings: tuple[Code, ...] = (
        *_site_labels(text, rows),
        *_places(text, message, rows),
        *_goods(text, aim, message, rows),
        *_documents(text, message, rows),
    )
    if not readings and rows.get(Person, text):
        return BadgeScan(Badge(text))
    if not readings:
        return Unknown(text, _why(text, aim, message, rows))
    return _choice(tuple(dict.fromkeys(readings)), expects)


def _choice(readings: tuple[Code, ...], expects: frozenset[type]) -> Code:
    if len(readings) == 1:
        return readings[0]
    usable = tuple(reading for reading in readings if type(reading) in expects)
    if len(usable) == 1:
        return usable[0]
    return Ambiguous(usable or readings)


def _is_storable(text: str) -> bool:
    """Half a surrogate pair, as a broken keyboard driver sends it, can be neither looked up nor written down."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _year(scan: Scanned) -> int:
    return datetime.fromtimestamp(scan.at / 1000, UTC).year if scan.at else CENTURY_YEAR


def _message(text: str, aim: str, year: int) -> Message:
    if text.startswith("("):
        return parse_brackets(text, year=year)
    return parse(text, aim, year=year, short_gtins=True)


def _site_labels(text: str, rows: Rows) -> Iterator[Code]:
    prefix, _, rest = text.partition("-")
    match prefix.upper():
        case "BDG":
            if person := _either_case(Person, rest, rows):
                yield BadgeScan(person.badge)
        case "CAR":
            if carrier := _either_case(Carrier, rest, rows):
                yield CarrierScan(carrier.code)
        case "CTN":
            if carton := _either_case(Carton, rest, rows):
                yield CartonScan(carton.code)
        case "CMD" if _COMMAND.fullmatch(rest.upper()):
            yield CommandScan(rest.upper())


def _either_case(row: type[R], key: str, rows: Rows) -> R | None:
    """As it is written, else in capital letters."""
    return rows.get(row, key) or rows.get(row, key.upper())


def _places(text: str, message: Message, rows: Rows) -> Iterator[Code]:
    if place := _place(text, rows):
        yield from _place_scan(place, "")
    name, _, digits = text.rpartition("*")
    if digits and (place := _place(name, rows)):
        yield from _place_scan(place, digits)
    if isinstance(message, Gs1) and not message.gtin and not message.conflicting:
        for number in (message.location, message.sscc):
            if place := _place(number, rows):
                yield from _place_scan(place, "")


def _place(name: str, rows: Rows) -> Place | None:
    """By its id. The virtual places (`@supplier`) have no label to scan."""
    if not name or name.startswith("@"):
        return None
    return _either_case(Place, name, rows)


def _place_scan(place: Place, digits: str) -> Iterator[Code]:
    wrong = bool(digits) and digits != place.check_digits
    match place.kind:
        case PlaceKind.TOTE if not wrong:
            yield ToteScan(place.id)
        case PlaceKind.CART if not wrong:
            yield CartScan(place.id)
        case PlaceKind.BIN | PlaceKind.STAGING | PlaceKind.RETURNS:
            yield PlaceScan(place.id, place.kind, digits, proven=digits == place.check_digits, wrong_digits=wrong)


def _goods(text: str, aim: str, message: Message, rows: Rows) -> Iterator[ItemScan]:
    """Each kind of goods once per quantity; the reading that knows the lot comes first and stays."""
    seen: set[tuple[Sku, int]] = set()
    for found in (*_goods_by_message(text, message, rows), *_goods_by_code(text, aim, rows)):
        if (found.sku, found.quantity) not in seen:
            seen.add((found.sku, found.quantity))
            yield found


def _goods_by_message(text: str, message: Message, rows: Rows) -> Iterator[ItemScan]:
    if not isinstance(message, Gs1) or not message.gtin or message.conflicting or message.quantity == 0:
        return
    count = message.quantity or 1
    for code in _stored(message.gtin, rows):
        yield ItemScan(code.sku, code.quantity * count, LotId(message.lot), message.expiry, message.serial, text)


def _stored(gtin: str, rows: Rows) -> list[ItemCode]:
    """The codes stored for a GTIN; for an in-store one with a price or weight in it, those of its item number.

    An indicator digit makes another number: a case is found by its own record, never by that of the piece.
    """
    found = rows.where(ItemCode, code=gtin)
    if not found and is_in_store(gtin):
        found = [code for number in in_store_item_codes(gtin) for code in rows.where(ItemCode, code=number)]
    return found


def _goods_by_code(text: str, aim: str, rows: Rows) -> Iterator[ItemScan]:
    upc_a = expand_upc_e(text) if aim in _UPC_E_AIM_IDS else None
    spellings = (text, aim + text, gtin14(text), gtin14(upc_a or ""))
    known: set[Sku] = set()
    for code in dict.fromkeys(filter(None, spellings)):
        for stored in rows.where(ItemCode, code=code):
            known.add(stored.sku)
            yield ItemScan(stored.sku, stored.quantity, text=text)
    if text not in known and (item := rows.get(Item, text)):
        yield ItemScan(item.sku, 1, text=text)


def _documents(text: str, message: Message, rows: Rows) -> Iterator[Code]:
    numbers = [text, text.upper()]
    if isinstance(message, Gs1) and message.sscc and not message.conflicting:
        numbers += [message.sscc, "00" + message.sscc]
    for number in dict.fromkeys(numbers):
        if waybill := rows.get(Waybill, number):
            yield WaybillScan(waybill.number, waybill.parcel)
    if order := rows.get(Order, text):
        yield OrderScan(order.id)


def _why(text: str, aim: str, message: Message, rows: Rows) -> Why:
    """The reason that tells the person most, for a code without any reading."""
    prefix, dash, _ = text.upper().partition("-")
    if dash and prefix in _PREFIXES:
        return _PREFIXES[prefix]
    if "*" in text and _place(text.rpartition("*")[0], rows):
        return Why.WRONG_DIGITS
    if isinstance(message, Rejected) and message.fault is Fault.CHECK_DIGIT:
        return Why.CHECK_DIGIT
    if is_web_address(text):
        return Why.WEB_ADDRESS
    if aim in _NUMBER_AIM_IDS and is_digits(text) and len(text) in GTIN_LENGTHS:
        is_gtin = gtin14(text) or (aim in _UPC_E_AIM_IDS and expand_upc_e(text))
        return _why_goods(gtin14(text) or "") if is_gtin else Why.CHECK_DIGIT
    if isinstance(message, Rejected):
        return Why.MALFORMED
    if isinstance(message, Gs1):
        if message.conflicting:
            return Why.CONFLICT
        if message.quantity == 0:
            return Why.MALFORMED
        return Why.LOGISTIC_UNIT if message.sscc and not message.gtin else _why_goods(message.gtin)
    if not text.isascii() and unicodedata.normalize("NFKC", text).isascii():
        return Why.FULL_WIDTH
    return Why.NOT_FOUND


def _why_goods(gtin: str) -> Why:
    return Why.IN_STORE if gtin and is_in_store(gtin) else Why.NOT_FOUND
