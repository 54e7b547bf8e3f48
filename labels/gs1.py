"""The GS1 numbers that labels carry (GS1 General Specifications, sections 2, 3 and 7.9)."""

from __future__ import annotations

FNC1 = "\xf1"
"""Stands for Function Character 1 in the data of a Code 128 symbol."""

_PREDEFINED_LENGTH_PREFIXES = frozenset(
    ["00", "01", "02", "03", "04", *map(str, range(11, 21)), *map(str, range(31, 37)), "41"]
)


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


def element_string(*elements: tuple[str, str]) -> str:
    """Application identifiers and their values as the data of one GS1-128 symbol, with FNC1 where the table asks."""
    data = FNC1
    for place, (identifier, value) in enumerate(elements):
        data += identifier + value
        is_last = place == len(elements) - 1
        if not is_last and identifier[:2] not in _PREDEFINED_LENGTH_PREFIXES:
            data += FNC1
    return data


def _require_digits(digits: str) -> None:
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError(f"{digits!r} must be digits")
