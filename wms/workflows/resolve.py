"""From a read of the scanner to what it means here: one place where every code of the floor is told apart.

What a code can be, and how it is looked up:

- the site's own labels: `BDG-` badge, `CAR-` carrier, `CTN-` carton, `CMD-` command, in any letter case;
- a place by its id in any letter case, with or without `*` and the check digits that stand on its label;
- goods (`resolve_goods`) by a stored code or their SKU, letter for letter (`85123A` and `85123a` are different goods),
  by the GTIN in whatever form the reader sends it, by a GS1 message, which adds lot, expiry, serial number, count and
  weight, and by the layouts of the site's own in-store codes;
- a waybill by its number, an order by its id.

Every reading that the warehouse knows is collected; where there are two, a person chooses.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime

from wms.domain.catalogue import Carrier, Carton, Person
from wms.domain.codes import GTIN_LENGTHS, expand_upc_e, gtin14, is_digits
from wms.domain.gs1 import Fault, Gs1, Rejected, parse, parse_brackets, split_aim
from wms.domain.gs1_dates import CENTURY_YEAR
from wms.domain.gs1_link import is_web_address
from wms.domain.ids import Badge
from wms.domain.orders import Order
from wms.domain.packing import Waybill
from wms.domain.places import Place, PlaceKind
from wms.domain.rows import R, Rows
from wms.workflows.inputs import Scanned
from wms.workflows.readings import (
    Ambiguous,
    BadgeScan,
    CarrierScan,
    CartonScan,
    CartScan,
    Code,
    CommandScan,
    ItemScan,
    OrderScan,
    PlaceScan,
    Repeated,
    ToteScan,
    Unknown,
    Unreadable,
    WaybillScan,
    Why,
)
from wms.workflows.resolve_goods import UPC_E_AIM_IDS, Message, goods, why_no_goods, why_no_long_goods

__all__ = [
    "Ambiguous",
    "BadgeScan",
    "CarrierScan",
    "CartScan",
    "CartonScan",
    "Code",
    "CommandScan",
    "ItemScan",
    "OrderScan",
    "PlaceScan",
    "Repeated",
    "ToteScan",
    "Unknown",
    "Unreadable",
    "WaybillScan",
    "Why",
    "resolve",
]

_MARGIN = " \t\r\n\u3000"
_COMMAND = re.compile(r"[A-Z0-9][A-Z0-9-]{0,39}", re.ASCII)
_PREFIXES = {"BDG": Why.BADGE, "CAR": Why.CARRIER, "CTN": Why.CARTON, "CMD": Why.COMMAND}
_NUMBER_AIM_IDS = frozenset({"", "]E0", "]E4", "]I0", "]I1"})
"""Symbols that carry trade item numbers; fourteen digits in a Code 128 are as likely a waybill."""


def resolve(scan: Scanned, rows: Rows, expects: frozenset[type] = frozenset()) -> Code:
    """What the read means, by what the warehouse knows.

    `expects` names the types of code that the present step can use. It ranks readings and hides none. One reading is
    the answer, though another type was expected: that wrong thing is what the person has to be told. Two are asked
    about (`Ambiguous`, those of an expected type first), although the step could use only one of them: whoever holds
    a cart whose label says the same as some goods may well have scanned the cart, and goods that nobody took would be
    counted. Only what can't have been scanned makes no question: a badge number without its prefix stands on no
    label, so beside other readings it counts only where a badge is asked for.
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
        *goods(text, aim, message, rows),
        *_documents(text, message, rows),
    )
    if (BadgeScan in expects or not readings) and rows.get(Person, text):
        readings += (BadgeScan(Badge(text)),)
    if not readings:
        return _unknown(text, aim, message, rows)
    return _choice(tuple(dict.fromkeys(readings)), expects)


def _choice(readings: tuple[Code, ...], expects: frozenset[type]) -> Code:
    if len(readings) == 1:
        return readings[0]
    return Ambiguous(tuple(sorted(readings, key=lambda reading: type(reading) not in expects)))


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


def _documents(text: str, message: Message, rows: Rows) -> Iterator[Code]:
    numbers = [text, text.upper()]
    if isinstance(message, Gs1) and message.sscc and not message.conflicting:
        numbers += [message.sscc, "00" + message.sscc]
    for number in dict.fromkeys(numbers):
        if waybill := rows.get(Waybill, number):
            yield WaybillScan(waybill.number, waybill.parcel)
    if order := rows.get(Order, text):
        yield OrderScan(order.id)


def _unknown(text: str, aim: str, message: Message, rows: Rows) -> Unknown:
    """The reason that tells the person most, for a code without any reading."""
    prefix, dash, _ = text.upper().partition("-")
    if dash and prefix in _PREFIXES:
        return Unknown(text, _PREFIXES[prefix])
    if "*" in text and _place(text.rpartition("*")[0], rows):
        return Unknown(text, Why.WRONG_DIGITS)
    if isinstance(message, Rejected) and message.fault is Fault.CHECK_DIGIT:
        return Unknown(text, Why.CHECK_DIGIT)
    if is_web_address(text):
        return Unknown(text, Why.WEB_ADDRESS)
    if aim in _NUMBER_AIM_IDS and is_digits(text) and len(text) in GTIN_LENGTHS:
        if gtin := gtin14(text):
            return why_no_goods(text, gtin, rows)
        is_upc_e = aim in UPC_E_AIM_IDS and expand_upc_e(text)
        return Unknown(text, Why.NOT_FOUND if is_upc_e else Why.CHECK_DIGIT)
    if isinstance(message, Rejected):
        return Unknown(text, Why.MALFORMED)
    if isinstance(message, Gs1):
        return _unknown_message(text, message, rows)
    if not text.isascii() and unicodedata.normalize("NFKC", text).isascii():
        return Unknown(text, Why.FULL_WIDTH)
    return why_no_long_goods(text, rows) or Unknown(text, Why.NOT_FOUND)


def _unknown_message(text: str, message: Gs1, rows: Rows) -> Unknown:
    if message.conflicting:
        return Unknown(text, Why.CONFLICT)
    if message.quantity == 0:
        return Unknown(text, Why.MALFORMED)
    if message.gtin:
        return why_no_goods(text, message.gtin, rows)
    return Unknown(text, Why.LOGISTIC_UNIT if message.sscc else Why.NOT_FOUND)
