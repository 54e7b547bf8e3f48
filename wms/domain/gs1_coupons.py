"""North American coupon codes, AI 8110 and 8112: numbers whose fields say how long they are themselves.

Source: GS1 US, North American Coupon Application Guideline; GS1 Barcode Syntax Tests `couponcode`, `couponposoffer`.
"""

from __future__ import annotations

from collections.abc import Callable

from wms.domain.codes import is_digits
from wms.domain.gs1_dates import date_of, is_day


def is_coupon(value: str) -> bool:
    """Whether an 8110 is complete: its fields have the lengths and values they may have, and nothing follows them."""
    return _is_read_whole(value, _read_coupon)


def is_positive_offer(value: str) -> bool:
    """Whether an 8112 is complete: format, funder, offer and serial number."""
    return _is_read_whole(value, _read_positive_offer)


class _Broken(Exception):
    pass


class _Digits:
    """What is left of a coupon. Its methods take the next digits off and raise `_Broken` at one that must not be."""

    def __init__(self, digits: str) -> None:
        self.left = digits

    def take(self, count: int) -> str:
        if len(self.left) < count:
            raise _Broken
        taken, self.left = self.left[:count], self.left[count:]
        return taken

    def one_of(self, allowed: str) -> str:
        digit = self.take(1)
        if digit not in allowed:
            raise _Broken
        return digit

    def counted(self, allowed: str, base: int = 0) -> None:
        """A number behind the digit that says how many digits it has beyond `base`."""
        self.take(base + int(self.one_of(allowed)))

    def company_prefix(self) -> None:
        """The prefix of a further purchase; 9 says that it is that of the first."""
        digit = self.one_of("01234569")
        if digit != "9":
            self.take(6 + int(digit))

    def purchase(self) -> None:
        """How much of what must be bought: requirement, its code, family."""
        self.counted("12345")
        self.one_of("012349")
        self.take(3)

    def day(self) -> str:
        yymmdd = self.take(6)
        if not is_day(yymmdd):
            raise _Broken
        return yymmdd


def _is_read_whole(value: str, read: Callable[[_Digits], None]) -> bool:
    if not is_digits(value):
        return False
    digits = _Digits(value)
    try:
        read(digits)
    except _Broken:
        return False
    return not digits.left


def _read_positive_offer(digits: _Digits) -> None:
    digits.one_of("01")
    digits.counted("0123456", 6)  # funder
    digits.take(6)  # offer
    digits.counted("0123456789", 6)  # serial number


def _read_coupon(digits: _Digits) -> None:
    digits.counted("0123456", 6)  # company prefix
    digits.take(6)  # offer
    digits.counted("12345")  # save value
    digits.purchase()
    last_day = ""
    for field in "1234569":
        if not digits.left.startswith(field):
            continue
        digits.take(1)
        match field:
            case "1":
                digits.one_of("0123")  # how the purchases go together
                digits.purchase()
                digits.company_prefix()
            case "2":
                digits.purchase()
                digits.company_prefix()
            case "3":
                last_day = digits.day()
            case "4":
                first_day = digits.day()
                if last_day and _is_before(last_day, first_day):
                    raise _Broken
            case "5":
                digits.counted("0123456789", 6)  # serial number
            case "6":
                digits.counted("1234567", 6)  # retailer
            case "9":
                _read_flags(digits)


def _read_flags(digits: _Digits) -> None:
    digits.one_of("01256")  # what the save value means
    digits.one_of("012")  # the purchase it applies to
    digits.take(1)  # store coupon
    digits.one_of("01")  # not to be multiplied


def _is_before(yymmdd: str, other: str) -> bool:
    one, two = date_of(yymmdd), date_of(other)
    return one is not None and two is not None and one < two
