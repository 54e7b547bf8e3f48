"""In-store codes: numbers with a weight or a price among their digits, as scales and meat counters print them.

GS1 leaves the prefixes 02 and 20 to 29 (in a UPC-A, number system 2) to each company: the same digits mean other goods,
or another figure, next door. So the site says how its codes are laid out, and nothing is read out of a code that no
layout of the site fits. Sources: GS1 General Specifications, "Variable measure trade items scanned at retail
point-of-sale" and section 7.9 (check digits). Chinese scales also print 18 digits, with price and weight, checked
like an EAN-13 (forum of Enjoyit, "18位码各位数字的意义", 26XXXXXMMMMMWWWWWC).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from wms.domain.codes import GTIN_LENGTHS, gtin_check_digit, has_right_check_digit
from wms.domain.records import Record

LENGTHS = (12, 13, 18)
"""UPC-A, EAN-13, and the long code of Chinese scales."""

_WELL_FORMED = re.compile(r"(?:2|02)[0-9IWPV]+C")
_WEIGHT = re.compile(r"W+(?:\.W{1,3})?")
_VERIFIABLE = (4, 5)


class BadLayout(ValueError):
    """It says no way of reading a code; `layout` is what was written."""

    def __init__(self, layout: str) -> None:
        super().__init__(layout)
        self.layout = layout


class Layout(Record):
    """What each digit of a kind of code means, in a letter each: `21IIIIIWWWWWC`, `23IIIIIWWW.WWC`, `2IIIIIVPPPPPC`.

    Digits stand for themselves. I: item number. W: net weight, in grams, or in kilograms where a point stands in it
    (which takes no digit of the code). P: price in the smallest unit of money. V: verifier of the four or five digits
    of weight or price. C: check digit.
    """

    letters: str
    kilogram_decimals: int = 3

    def digits(self, letter: str, number: str) -> str:
        return "".join(digit for meant, digit in zip(self.letters, number, strict=True) if meant == letter)

    def fits(self, number: str) -> bool:
        """Whether a number of the same length has the layout's own digits where they belong."""
        return all(meant in ("I", "W", "P", "V", "C", digit) for meant, digit in zip(self.letters, number, strict=True))

    def excepts(self, other: Layout) -> bool:
        """Whether it is an exception to the other: what fits it fits the other too, but not the reverse."""
        shared = _pairs(self, other)
        narrower = any(a.isdigit() and not b.isdigit() for a, b in shared)
        return narrower and all(a == b or not b.isdigit() for a, b in shared)

    def clashes(self, other: Layout) -> bool:
        """Whether a code can fit both, and neither is the exception to the other."""
        shared = _pairs(self, other)
        fit_both = bool(shared) and all(a == b or not (a.isdigit() and b.isdigit()) for a, b in shared)
        return fit_both and not self.excepts(other) and not other.excepts(self)


class InStore(Record):
    """What one layout reads in a code. `weight_g` and `price_minor` are None where it holds none. `item_codes` are the
    spellings under which its item may be kept. `verified` is False if the verifier digit contradicts the figure."""

    item_codes: tuple[str, ...]
    weight_g: int | None = None
    price_minor: int | None = None
    verified: bool = True


@lru_cache(maxsize=16)
def layouts(text: str) -> tuple[Layout, ...]:
    """The layouts in a list parted by semicolons. `21IIIIIWWWWWC` beside `2IIIIIVPPPPPC` is the exception to it.

    Raises `BadLayout` for one that can't be, or that clashes with another: which is meant would be a guess.

    >>> [layout.letters for layout in layouts("21IIIIIWWWWWC; 2IIIIIVPPPPC")]
    ['21IIIIIWWWWWC', '2IIIIIVPPPPC']
    """
    found: list[Layout] = []
    for part in filter(None, (part.strip().upper() for part in text.split(";"))):
        layout = _layout(part)
        if any(layout.clashes(other) for other in found):
            raise BadLayout(part)
        found.append(layout)
    return tuple(found)


def _layout(text: str) -> Layout:
    letters, point = text.replace(".", "", 1), text.partition(".")[2]
    weighs, costs, verifies = letters.count("W"), letters.count("P"), letters.count("V")
    one_figure = bool(weighs) != bool(costs)
    if (
        not _WELL_FORMED.fullmatch(letters)
        or len(letters) not in LENGTHS
        or "I" not in letters
        or not (weighs or costs)
        or (weighs and len(_WEIGHT.findall(text)) != 1)
        or (point and not re.search(r"W\.W", text))
        or (verifies and (verifies > 1 or not one_figure or weighs + costs not in _VERIFIABLE))
    ):
        raise BadLayout(text)
    decimals = len(point) - len(point.lstrip("W")) if point else 3
    return Layout(letters, decimals)


def read_in_store(number: str, known: Iterable[Layout]) -> tuple[InStore, ...]:
    """What the layouts that fit read in a number of 12 to 18 digits (a GTIN may be padded to 14).

    Empty if none fits, or the check digit is wrong. An exception goes before its rule.

    >>> read_in_store("2112345012505", layouts("21IIIIIWWWWWC"))[0].weight_g
    1250
    """
    if not has_right_check_digit(number):
        return ()
    fitting = [
        (layout, printed)
        for layout in known
        if (printed := _digits_of(layout, number)) is not None and layout.fits(printed)
    ]
    return tuple(
        _read(layout, printed) for layout, printed in fitting if not any(other.excepts(layout) for other, _ in fitting)
    )


def _digits_of(layout: Layout, number: str) -> str | None:
    """The number as it is printed in this length: its padding gone, or the leading zero of a UPC-A given back."""
    size = len(layout.letters)
    if (size in GTIN_LENGTHS) != (len(number) in GTIN_LENGTHS) or number[:-size].strip("0"):
        return None
    return number[-size:].zfill(size)


def _read(layout: Layout, number: str) -> InStore:
    weight, price = layout.digits("W", number), layout.digits("P", number)
    verifier = layout.digits("V", number)
    return InStore(
        _item_codes(layout, number),
        int(weight) * 10 ** (3 - layout.kilogram_decimals) if weight else None,
        int(price) if price else None,
        not verifier or verifier_digit(weight or price) == int(verifier),
    )


def _item_codes(layout: Layout, number: str) -> tuple[str, ...]:
    """The item number as printed, without leading zeros, with what stands before it, and the whole code of no weight
    and no price (a GTIN padded to 14)."""
    item = layout.digits("I", number)
    flagged = number[: layout.letters.rindex("I") + 1]
    bare = "".join("0" if meant in "WPV" else digit for meant, digit in zip(layout.letters, number, strict=True))
    whole = (bare[:-1] + str(gtin_check_digit(bare[:-1]))).zfill(14)
    return tuple(dict.fromkeys(filter(None, (item, item.lstrip("0"), flagged, whole))))


def verifier_digit(figure: str) -> int:
    """The digit that vouches for four or five digits of a price or weight (GS1 General Specifications, 7.9.2 to 7.9.4).

    Each digit is multiplied by the weight of its position; a minus takes the tens of the product off it, a plus adds
    them. Four digits: 2- 2- 3 5-, three times the sum. Five digits: 5+ 2- 5- 5+ 2-, then the digit whose weight 5- is
    what the sum lacks to the next ten. Only the last place of a sum counts.

    >>> verifier_digit("2875"), verifier_digit("14685")
    (9, 6)
    """
    if len(figure) == 4:
        return sum(_weighted(int(d), *w) for d, w in zip(figure, _FOUR, strict=True)) * 3 % 10
    lacking = -sum(_weighted(int(d), *w) for d, w in zip(figure, _FIVE, strict=True)) % 10
    return next(digit for digit in range(10) if _weighted(digit, 5, -1) == lacking)


_FOUR = ((2, -1), (2, -1), (3, 0), (5, -1))
_FIVE = ((5, 1), (2, -1), (5, -1), (5, 1), (2, -1))


def _weighted(digit: int, weight: int, sign: int) -> int:
    product = digit * weight
    return (product + sign * (product // 10)) % 10


def _pairs(one: Layout, other: Layout) -> list[tuple[str, str]]:
    """Their letters side by side, a UPC-A as the EAN-13 that most readers send for it; none if no code fits both."""
    a, b = ("0" + letters if len(letters) == 12 else letters for letters in (one.letters, other.letters))
    return list(zip(a, b, strict=True)) if len(a) == len(b) else []
