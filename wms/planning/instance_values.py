"""Values of an instance file taken with care: what is none becomes a reason, never an error."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import isfinite, lcm
from typing import Any, TypeGuard

Key = int | str
"""What nodes, SKUs and orders are called by."""

HUNDREDTHS = 100
"""Lengths are counted in these."""

LONGEST = 100_000
"""Of one edge, in the file's unit: a hundred kilometres in metres, a hundred metres in millimetres."""

LARGEST = 10**9
"""Of a load or a price, in the file's unit."""

BOUND = 2**53
"""No sum over a whole plan may reach this: engines count in machine words, and so do the programs that read plans."""

_FINEST = 10**6
_NOISE = Fraction(1, 10**6)  # what binary fractions add to two decimals


@dataclass(frozen=True, slots=True)
class Trouble:
    """`row` names the row of the file, such as `orders[3] (id 17)`; `says` what is wrong with it."""

    row: str
    says: str


class Unreadable(Exception):
    """Nothing of the file can be planned; the text says why."""


def is_key(value: object) -> TypeGuard[Key]:
    return isinstance(value, int | str) and not isinstance(value, bool)


def number(value: object) -> Fraction | None:
    """A finite number exactly as it is written in the file; None for anything else (texts, true, NaN)."""
    if type(value) is int:
        return Fraction(value)
    if type(value) is float and isfinite(value):
        return Fraction(repr(value))
    return None


def amount(value: object, what: str) -> Fraction:
    """A number from 0 to `LARGEST` in millionths at the finest. Raises `ValueError` with the reason."""
    found = number(value)
    if found is None:
        raise ValueError(f"{what} must be a number, not {shown(value)}")
    if found < 0:
        raise ValueError(f"{what} {shown(value)} is negative")
    if found > LARGEST:
        raise ValueError(f"{what} {shown(value)} can't be true (more than {LARGEST})")
    if _FINEST % found.denominator:
        raise ValueError(f"{what} {shown(value)} has more than six decimals")
    return found


def length(value: object) -> tuple[int, bool]:
    """Hundredths of the file's unit, and whether it had to be rounded. Raises `ValueError` with the reason."""
    found = number(value)
    if found is None:
        raise ValueError(f"the length must be a number, not {shown(value)}")
    if found < 0:
        raise ValueError(f"the length {shown(value)} is negative")
    if found > LONGEST:
        raise ValueError(f"the length {shown(value)} can't be true (more than {LONGEST})")
    hundredths = round(found * HUNDREDTHS)
    return hundredths, abs(found * HUNDREDTHS - hundredths) > _NOISE


def common(values: Iterable[Fraction]) -> int:
    """The smallest factor that makes whole numbers of all."""
    return lcm(*(value.denominator for value in values))


def shown(value: object) -> str:
    """The value as the file has it, cut where it is long."""
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        text = f"a {type(value).__name__}"
    return text if len(text) <= 60 else f"{text[:57]}..."


def mapping(value: object, name: str) -> dict[str, Any]:
    """Raises `Unreadable` for anything else than an object."""
    if not isinstance(value, dict):
        raise Unreadable(f"{name} must be an object, not {shown(value)}")
    return value


def rows(owner: dict[str, Any], key: str, path: str) -> list[Any]:
    """The list under `key`. Raises `Unreadable` where there is none."""
    if key not in owner:
        raise Unreadable(f"{path} is missing")
    found = owner[key]
    if not isinstance(found, list):
        raise Unreadable(f"{path} must be a list, not {shown(found)}")
    return found
