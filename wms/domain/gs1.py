"""GS1 messages: what a reader sends for a bar code, as the goods, lot, date, count and place it names.

A plain code is never taken for GS1. A message is GS1 by its AIM symbology id (ISO/IEC 15424), by a leading separator,
as a Digital Link, as a GTIN whose check digit is right, or because it begins with a key (00, 01, 02) and parses whole.
Source of the element meanings: GS1 General Specifications, section 3.
"""

from __future__ import annotations

import re

from wms.domain.codes import gtin14, has_right_check_digit, is_digits
from wms.domain.gs1_dates import CENTURY_YEAR, date_of
from wms.domain.gs1_elements import GS, Element, is_ai, parse_elements, value_fault
from wms.domain.gs1_faults import Fault, Rejected
from wms.domain.gs1_link import is_web_address, parse_link
from wms.domain.records import Record

__all__ = ["GS1_AIM_IDS", "Fault", "Gs1", "Rejected", "parse", "parse_brackets", "split_aim"]

GS1_AIM_IDS = frozenset({"]C1", "]d2", "]Q3", "]e0", "]J1"})
"""GS1-128, GS1 DataMatrix, GS1 QR Code, GS1 DataBar and composites, GS1 DotCode."""

_EAN_LENGTHS = {"]E0": 13, "]E4": 8}
_ITF_AIM_IDS = frozenset({"]I0", "]I1"})
_LINK_CARRIERS = ("]Q", "]d")
"""QR Code and DataMatrix: a web address in them that is no Digital Link is said to be none."""
_COMPOSITE = "|]e0"
_AIM_ID = re.compile(r"\][A-Za-z][A-Za-z0-9]", re.ASCII)
_BRACKETED_AI = re.compile(r"\((\d{2,4})\)", re.ASCII)
_KEYS = ("00", "01", "02")
_KILOGRAM, _POUND = 100_000_000, 45_359_237
"""In hundred thousandths of a gram."""
_SAID_ONCE = ("00", "01", "02", "10", "17", "21", "30", "37", "414")


class Gs1(Record):
    """A valid message. `elements` are its (AI, value) pairs in order; the rest are readings of them, '' or None if
    the message does not say. `year` (of the scan) places two-digit years in their century."""

    elements: tuple[Element, ...]
    year: int = CENTURY_YEAR

    def first(self, *ais: str) -> str:
        """The value of the first of these AIs that the message has, or ''."""
        return next((value for ai in ais for name, value in self.elements if name == ai), "")

    @property
    def gtin(self) -> str:
        """The goods (01), or what the logistic unit contains (02), 14 digits."""
        return self.first("01", "02")

    @property
    def lot(self) -> str:
        return self.first("10")

    @property
    def serial(self) -> str:
        return self.first("21")

    @property
    def expiry(self) -> str:
        """The ISO date after which the goods are not to be used (17, 7003), else best before (15)."""
        return self._day("17", "7003", "15")

    @property
    def best_before(self) -> str:
        """The ISO date until which the goods are at their best (15)."""
        return self._day("15")

    @property
    def produced(self) -> str:
        """The ISO date of production (11)."""
        return self._day("11")

    @property
    def quantity(self) -> int | None:
        """How many of `gtin` there are (37 or 30)."""
        count = self.first("37", "30")
        return int(count) if count else None

    @property
    def weight_g(self) -> int | None:
        """The net weight (310n in kilograms, 320n in pounds), rounded to whole grams, half a gram up."""
        return self._grams("310", "320")

    @property
    def gross_weight_g(self) -> int | None:
        """The weight of the logistic unit as it stands (330n in kilograms, 340n in pounds), rounded like `weight_g`."""
        return self._grams("330", "340")

    @property
    def sscc(self) -> str:
        """The logistic unit (00), 18 digits."""
        return self.first("00")

    @property
    def location(self) -> str:
        """The global location number of a place (414), 13 digits."""
        return self.first("414")

    def _day(self, *ais: str) -> str:
        digits = self.first(*ais)
        day = date_of(digits[:6], self.year) if digits else None
        return day.isoformat() if day else ""

    def _grams(self, kilograms: str, pounds: str) -> int | None:
        """The fourth digit of the AI says how many digits of the value are decimals."""
        for prefix, unit in ((kilograms, _KILOGRAM), (pounds, _POUND)):
            for ai, value in self.elements:
                if ai.startswith(prefix):
                    gram: int = 100_000 * 10 ** int(ai[3])
                    return (2 * int(value) * unit + gram) // (2 * gram)
        return None

    @property
    def conflicting(self) -> bool:
        """Whether it says two things where only one can be true, such as two lots or two kinds of goods.

        Two labels read as one do that. GS1 forbids it; the message still parses, but nobody may act on it.
        """
        values = {ai: {value for name, value in self.elements if name == ai} for ai in _SAID_ONCE}
        return any(len(said) > 1 for said in values.values()) or len(values["01"] | values["02"]) > 1


def split_aim(text: str) -> tuple[str, str]:
    """The AIM symbology id that a raw message begins with, or '', and the rest."""
    return (text[:3], text[3:]) if _AIM_ID.match(text) else ("", text)


def parse(text: str, aim: str = "", *, year: int = CENTURY_YEAR, short_gtins: bool = False) -> Gs1 | Rejected | None:
    """The GS1 message in a read, why it is none though it claims to be, or None for a plain code.

    An AIM id may come apart in `aim` or at the start of `text`. `short_gtins` is explained at `gs1_link.parse_link`.

    >>> parse("0104006381333931" + "10L7", "]C1").lot
    'L7'
    >>> parse("21ABC") is None
    True
    """
    if not aim:
        aim, text = split_aim(text)
        if not aim and text.startswith("]"):
            return Rejected(Fault.NO_SYMBOLOGY_ID)
    found = _elements(text, aim, short_gtins=short_gtins)
    return Gs1(found, year) if isinstance(found, tuple) else found


def parse_brackets(text: str, *, year: int = CENTURY_YEAR) -> Gs1 | Rejected | None:
    """The message in the form people read and type: `(01)04006381333931(10)L7`; None if it does not begin so.

    No bar code holds brackets, so an opening one in a value is not foreseen.
    """
    start = _BRACKETED_AI.match(text)
    if not start or not is_ai(start[1]):
        return None
    _, *parts = _BRACKETED_AI.split(text)
    elements = tuple(zip(parts[::2], parts[1::2], strict=True))
    for ai, value in elements:
        if fault := value_fault(ai, value) if is_ai(ai) else Fault.UNKNOWN_AI:
            return Rejected(fault, ai)
    return Gs1(elements, year)


def _elements(text: str, aim: str, *, short_gtins: bool) -> tuple[Element, ...] | Rejected | None:
    if aim in GS1_AIM_IDS:
        return parse_elements(text.removeprefix(GS))
    if aim in _EAN_LENGTHS:
        return _ean_elements(text, _EAN_LENGTHS[aim])
    if aim in _ITF_AIM_IDS:
        return _itf_elements(text, aim)
    if is_web_address(text):
        link = parse_link(text, short_gtins=short_gtins)
        return link if aim.startswith(_LINK_CARRIERS) or isinstance(link, tuple) else None
    if aim:
        return None
    if text.startswith(GS):
        return parse_elements(text[1:])
    if gtin := gtin14(text):
        return (("01", gtin),)
    if not (text.startswith(_KEYS) and is_digits(text[:16])):
        return None
    found = parse_elements(text)
    return found if isinstance(found, tuple) else None


def _ean_elements(text: str, length: int) -> tuple[Element, ...] | Rejected:
    """An EAN/UPC symbol, with or without a composite component printed above it."""
    primary, composite, rest = text.partition(_COMPOSITE)
    if not primary:
        return Rejected(Fault.EMPTY)
    if len(primary) != length:
        return Rejected(Fault.LENGTH)
    if not is_digits(primary):
        return Rejected(Fault.CONTENT)
    if not has_right_check_digit(primary):
        return Rejected(Fault.CHECK_DIGIT)
    elements = (("01", primary.zfill(14)),)
    if not composite:
        return elements
    more = parse_elements(rest)
    return more if isinstance(more, Rejected) else elements + more


def _itf_elements(text: str, aim: str) -> tuple[Element, ...] | Rejected | None:
    """Fourteen digits are a GTIN, any other number is the printer's own. `]I1` says the reader saw a check digit."""
    if gtin := gtin14(text) if len(text) == 14 else None:
        return (("01", gtin),)
    return Rejected(Fault.CHECK_DIGIT) if aim == "]I1" and len(text) == 14 and is_digits(text) else None
