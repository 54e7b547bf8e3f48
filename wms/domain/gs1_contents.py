"""What the values of application identifiers must hold beyond length and characters: check digits, dates, codes.

Which test applies to which part of which AI is taken from the GS1 Barcode Syntax Dictionary (GS1 AISBL); what each
means from the GS1 General Specifications, sections 3 and 7.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Final

from wms.domain import gs1_dates as dates
from wms.domain.codes import has_right_check_digit, has_right_check_pair, is_digits
from wms.domain.gs1_codes import COUNTRIES, COUNTRY_LETTERS, CURRENCIES, MEDIA_TYPES, PACKAGE_TYPES
from wms.domain.gs1_coupons import is_coupon, is_positive_offer
from wms.domain.gs1_faults import Fault
from wms.domain.records import Record


class Check(Record):
    """One test: the characters from `start` up to `end` must hold for it, if there are any."""

    start: int
    end: int
    fault: Fault
    holds: Callable[[str], bool]


@cache
def checks_of(ai: str) -> tuple[Check, ...]:
    """The tests for the value of that application identifier, in the order of its parts."""
    return tuple(check for ais, *checks in _TABLE if ai in _ais(ais) for check in checks)


@cache
def _ais(listed: str) -> frozenset[str]:
    """The AIs of '410-412 414'."""
    found: set[str] = set()
    for item in listed.split():
        first, _, last = item.partition("-")
        found.update(f"{n:0{len(first)}}" for n in range(int(first), int(last or first) + 1))
    return frozenset(found)


def _begins_with_company_prefix(value: str) -> bool:
    """A GS1 Company Prefix has four digits at least."""
    return len(value) >= 4 and is_digits(value[:4])


def _is_piece_of_total(value: str) -> bool:
    half = len(value) // 2
    return 0 < int(value[:half]) <= int(value[half:])


def _is_place_in_sequence(value: str) -> bool:
    """Such as 1/3: the first of triplets."""
    place, _, end = value.partition("/")
    return is_digits(place) and is_digits(end) and 0 < int(place) <= int(end)


def _is_nonzero(value: str) -> bool:
    return value.strip("0") != ""


def _has_no_zero_prefix(value: str) -> bool:
    return value == "0" or not value.startswith("0")


def _has_nondigit(value: str) -> bool:
    return not is_digits(value)


def _is_country_or_several(value: str) -> bool:
    return value == "999" or value in COUNTRIES


_BAD_PERCENT: Final = re.compile(r"%(?![0-9A-Fa-f]{2})", re.ASCII)
_PADDED_BASE64: Final = re.compile(r"[0-9A-Za-z_-]+={0,2}", re.ASCII)
_IBAN: Final = re.compile(r"[0-9A-Z]{5,}", re.ASCII)


def _is_percent_encoded(value: str) -> bool:
    return not _BAD_PERCENT.search(value)


def _is_base64(value: str) -> bool:
    """Padding may be left out. Where it stands it fills up to threes (GS1's reference) or to fours (RFC 4648)."""
    if not _PADDED_BASE64.fullmatch(value):
        return False
    return not value.endswith("=") or len(value) % 3 == 0 or len(value) % 4 == 0


def _has_form_of_iban(value: str) -> bool:
    return _IBAN.fullmatch(value) is not None and value[:2] in COUNTRY_LETTERS


def _has_right_iban_check(value: str) -> bool:
    """The check of ISO 7064, MOD 97-10, as ISO 13616 applies it."""
    return int("".join(str(int(character, 36)) for character in value[4:] + value[:4])) % 97 == 1


def _is_latitude(value: str) -> bool:
    """Degrees north of the south pole, in ten millionths."""
    return value <= "1800000000"


def _is_longitude(value: str) -> bool:
    """Degrees east of Greenwich, in ten millionths."""
    return value <= "3600000000"


_END = 1000
"""Behind the end of every value."""


def _whole(holds: Callable[[str], bool], fault: Fault = Fault.CONTENT) -> Check:
    return Check(0, _END, fault, holds)


def _part(start: int, end: int, holds: Callable[[str], bool]) -> Check:
    return Check(start, end, Fault.CONTENT, holds)


def _one_of(start: int, end: int, codes: frozenset[str]) -> Check:
    return Check(start, end, Fault.CONTENT, codes.__contains__)


def _date(start: int, end: int, holds: Callable[[str], bool]) -> Check:
    return Check(start, end, Fault.DATE, holds)


def _check_digit(start: int, end: int) -> Check:
    return Check(start, end, Fault.CHECK_DIGIT, has_right_check_digit)


_COMPANY_PREFIX: Final = _whole(_begins_with_company_prefix, Fault.COMPANY_PREFIX)
_CHECK_PAIR: Final = _whole(has_right_check_pair, Fault.CHECK_DIGIT)
_YES_OR_NO: Final = frozenset("01")
_SEXES: Final = frozenset("0129")
"""ISO/IEC 5218."""
_WINDINGS: Final = frozenset("019")
_IMPORTER_INDEXES: Final = frozenset("-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz")
"""Regulation (EU) 2018/574."""
_THREES: Final = tuple(_one_of(at, at + 3, COUNTRIES) for at in range(0, 15, 3))

_TABLE: Final[tuple[tuple[str, *tuple[Check, ...]], ...]] = (
    ("00 8017-8018", _check_digit(0, 18)),
    ("01-03 8006 8026", _check_digit(0, 14)),
    ("253 255 410-417", _check_digit(0, 13)),
    ("402", _check_digit(0, 17)),
    ("8003", _one_of(0, 1, frozenset("0")), _check_digit(1, 14)),
    ("8013-8014", _CHECK_PAIR),
    ("401 7023 8004 8010 8013-8014", _COMPANY_PREFIX),
    ("8014", _whole(_has_nondigit)),
    ("8006 8026", _part(14, 18, _is_piece_of_total)),
    ("11-13 15-17", _date(0, 6, dates.is_day_or_month)),
    ("4324-4325", _date(0, 6, dates.is_day_or_month), _date(6, 10, dates.is_time)),
    ("4326 7003 7006-7007 7011 8008", _date(0, 6, dates.is_day)),
    ("7003 7011", _date(6, 10, dates.is_time)),
    ("7007", _date(6, 12, dates.is_day)),
    ("7250-7251", _date(0, 8, dates.is_day_of_year)),
    ("7251", _date(8, 12, dates.is_time)),
    ("8008", _date(6, 8, dates.is_hour), _date(8, 10, dates.is_minute), _date(10, 12, dates.is_minute)),
    ("3910-3919 3930-3939", _one_of(0, 3, CURRENCIES)),
    ("421-422 424 426", _one_of(0, 3, COUNTRIES)),
    ("423 425", *_THREES),
    ("7030-7039", _part(0, 3, _is_country_or_several)),
    ("4307 4317", _one_of(0, 2, COUNTRY_LETTERS)),
    ("4300-4306 4310-4316 4320 7253-7254 7256-7257 7259", _whole(_is_percent_encoded)),
    ("4309", _part(0, 10, _is_latitude), _part(10, 20, _is_longitude)),
    ("4321-4323", _one_of(0, 1, _YES_OR_NO)),
    ("7040", _one_of(3, 4, _IMPORTER_INDEXES)),
    ("7041", _one_of(0, 4, PACKAGE_TYPES)),
    ("7241", _one_of(0, 2, MEDIA_TYPES)),
    ("7252", _one_of(0, 1, _SEXES)),
    ("7258", _whole(_is_place_in_sequence)),
    ("8001", _part(0, 4, _is_nonzero), _part(4, 9, _is_nonzero), _part(9, 12, _is_nonzero), _one_of(12, 13, _WINDINGS)),
    ("8007", _whole(_has_form_of_iban), _whole(_has_right_iban_check, Fault.CHECK_DIGIT)),
    ("8011", _whole(_has_no_zero_prefix)),
    ("8030", _whole(_is_base64)),
    ("8110", _whole(is_coupon)),
    ("8112", _whole(is_positive_offer)),
)
