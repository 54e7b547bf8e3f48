"""The GS1 numbers that labels carry (GS1 General Specifications, sections 2, 3 and 7.9)."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path

FNC1 = "\xf1"
"""Stands for Function Character 1 in the data of a Code 128 symbol."""

PREDEFINED_LENGTH_PREFIXES = frozenset(
    ["00", "01", "02", "03", "04", *map(str, range(11, 21)), *map(str, range(31, 37)), "41"]
)
"""How application identifiers begin whose element strings need no separator behind them (section 7.8.5)."""

_WITH_CHECK_DIGIT = frozenset(["00", "01", "02", "03", "402", *map(str, range(410, 418))])
"""Application identifiers of SSCC, GTIN, GSIN and GLN, whose last digit checks the others (section 7.9)."""
LEAST_LOGISTIC_MODULE_MM = 0.495
"""The least width of a module on a logistic unit (section 5.12.3.2, table 5)."""

Element = tuple[str, str]
"""An application identifier and its value."""


def check_digit(digits: str) -> str:
    """The modulo 10 check digit of `digits`: weights 3, 1, 3 … from the right."""
    _require_digits(digits)
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def sscc(prefix: str, serial: int) -> str:
    """The 18 digits of a Serial Shipping Container Code.

    `prefix` is the extension digit followed by the GS1 company prefix; `serial` fills up to 17 digits. Raises
    ValueError when the serial no longer fits: a number must never be cut and so used twice.
    """
    _require_digits(prefix)
    room = 17 - len(prefix)
    if not 4 <= room <= 12:
        raise ValueError("an SSCC needs an extension digit and a company prefix of 4 to 12 digits")
    if not 0 <= serial < 10**room:
        raise ValueError(f"serial {serial} does not fit the {room} digits left after prefix {prefix}")
    body = f"{prefix}{serial:0{room}d}"
    return body + check_digit(body)


def require_check_digit(digits: str) -> None:
    """Raise ValueError unless `digits` are digits and the last is their check digit."""
    _require_digits(digits)
    if check_digit(digits[:-1]) != digits[-1]:
        raise ValueError(f"{digits} has a wrong check digit, {check_digit(digits[:-1])} would be right")


def require_element(identifier: str, value: str) -> None:
    """Raise ValueError unless `identifier` is a GS1 application identifier and `value` is one it may have."""
    pattern = _pattern(identifier)
    if not pattern or not re.fullmatch(pattern, identifier + value, re.ASCII):
        raise ValueError(
            f"{value!r} cannot stand in ({identifier})"
            if pattern
            else f"({identifier}) is no application identifier of GS1"
        )
    if identifier in _WITH_CHECK_DIGIT:
        require_check_digit(value)


def data_title(identifier: str) -> str:
    """What GS1 calls a datum in print, such as `BATCH/LOT` for (10); '' for an identifier it does not know."""
    return _applications().get(identifier, ("", ""))[1].partition(" or ")[0]


def in_print(elements: Sequence[Element]) -> str:
    """`elements` as people read them below the bars: (02)09501101530003(37)24."""
    return "".join(f"({identifier}){value}" for identifier, value in elements)


def _pattern(identifier: str) -> str:
    return _applications().get(identifier, ("", ""))[0]


@cache
def _applications() -> dict[str, tuple[str, str]]:
    """Pattern and title of every application identifier, from the copy of GS1's list beside biip's code, which is not
    imported: that takes longer than rendering a label. Read late: only GS1 labels need it."""
    package = find_spec("biip")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("biip, which holds the table of GS1 application identifiers, is not installed")
    table = Path(package.origin).parent / "gs1_application_identifiers" / "_application_identifiers.json"
    return {one["ai"]: (one["pattern"], one["data_title"]) for one in json.loads(table.read_text("utf-8"))}


def element_string(*elements: tuple[str, str]) -> str:
    """Application identifiers and their values as the data of one GS1-128 symbol, with FNC1 where the table asks."""
    data = FNC1
    for place, (identifier, value) in enumerate(elements):
        data += identifier + value
        is_last = place == len(elements) - 1
        if not is_last and identifier[:2] not in PREDEFINED_LENGTH_PREFIXES:
            data += FNC1
    return data


def _require_digits(digits: str) -> None:
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError(f"{digits!r} must be digits")
