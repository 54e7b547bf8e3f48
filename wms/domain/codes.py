"""Numbers with check digits or characters: GTIN, UPC-E, SSCC, GMN (GS1 General Specifications, section 7.9)."""

from __future__ import annotations

import re

GTIN_LENGTHS = (8, 12, 13, 14)

_DIGITS = re.compile(r"[0-9]+", re.ASCII)


def is_digits(text: str) -> bool:
    """Whether `text` is one or more of 0 to 9; `str.isdigit` would also take full-width and Arabic digits."""
    return _DIGITS.fullmatch(text) is not None


def gtin_check_digit(digits_without_check: str) -> int:
    """The modulo-10 check digit of all GS1 numbers: weights 3 and 1 in turn, 3 at the right end.

    >>> gtin_check_digit("629104150021")
    3

    Raises `ValueError` if the argument is not all digits.
    """
    if not is_digits(digits_without_check):
        raise ValueError(f"not digits: {digits_without_check!r}")
    return -_weighted_sum(digits_without_check) % 10


def _weighted_sum(digits: str) -> int:
    return 3 * sum(map(int, digits[::-2])) + sum(map(int, digits[-2::-2]))


def has_right_check_digit(digits: str) -> bool:
    """Whether the last digit is the check digit of those before it."""
    return len(digits) > 1 and is_digits(digits) and (_weighted_sum(digits[:-1]) + int(digits[-1])) % 10 == 0


_PAIR_VALUES = {
    character: value
    for value, character in enumerate(
        "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
    )
}
_PAIR_CHARACTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_PAIR_WEIGHTS = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83)


def has_right_check_pair(text: str) -> bool:
    """Whether the last two characters are the check characters of those before, as in a Global Model Number.

    The right-hand character weighs 2, the next the next prime; the sum modulo 1021 is written in base 32.

    >>> has_right_check_pair("1987654Ad4X4bL5ttr2310c2K")
    True
    """
    body = text[:-2]
    if not body or len(body) > len(_PAIR_WEIGHTS) or not _PAIR_VALUES.keys() >= set(body):
        return False
    total = sum(weight * _PAIR_VALUES[c] for weight, c in zip(_PAIR_WEIGHTS, reversed(body), strict=False)) % 1021
    return text[-2:] == _PAIR_CHARACTERS[total >> 5] + _PAIR_CHARACTERS[total & 31]


def gtin14(text: str) -> str | None:
    """A GTIN-8, -12, -13 or -14 padded to 14 digits; None if `text` is none or its check digit is wrong.

    >>> gtin14("4006381333931")
    '04006381333931'
    """
    if len(text) not in GTIN_LENGTHS or not has_right_check_digit(text):
        return None
    return text.zfill(14)


def expand_upc_e(text: str) -> str | None:
    """The UPC-A behind an eight-digit UPC-E (number system 0 or 1, six digits, check digit), else None.

    The check digit is that of the UPC-A, so many a UPC-E is a right GTIN-8 as well: who scans one must ask both.

    >>> expand_upc_e("01234565")
    '012345000065'
    """
    if len(text) != 8 or not is_digits(text) or text[0] not in "01":
        return None
    system, body, last, check = text[0], text[1:6], text[6], text[7]
    match last:
        case "0" | "1" | "2":
            upc_a = system + body[:2] + last + "0000" + body[2:] + check
        case "3":
            upc_a = system + body[:3] + "00000" + body[3:] + check
        case "4":
            upc_a = system + body[:4] + "00000" + body[4:] + check
        case _:
            upc_a = system + body + "0000" + last + check
    return upc_a if has_right_check_digit(upc_a) else None


def is_in_store(gtin: str) -> bool:
    """Whether a GTIN padded to 14 lies in the ranges 02 and 20 to 29, which each company fills as it likes.

    The same number means other goods elsewhere, and it may carry a price or a weight.
    """
    return gtin[0] == "0" and (gtin[1:3] == "02" or gtin[1] == "2")


def in_store_item_codes(gtin: str) -> tuple[str, str]:
    """Two ways to store the item of an in-store code (padded to 14) whose last digits are a price or a weight.

    The first seven digits of the EAN-13, or the whole number with the value set to zero, padded to 14.

    >>> in_store_item_codes("02112345678900")
    ('2112345', '02112345000008')
    """
    item = gtin[1:8]
    without_value = item + "00000"
    return item, f"0{without_value}{gtin_check_digit(without_value)}"


def sscc_valid(text: str) -> bool:
    """Whether `text` is a serial shipping container code: 18 digits, the last of them the check digit."""
    return len(text) == 18 and has_right_check_digit(text)
