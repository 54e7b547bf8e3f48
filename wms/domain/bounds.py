"""What no number in a warehouse exceeds, and what no calendar shows: a fact beyond it is not read as one.

Sums of such numbers fit the 64 bits of every database, and no single fact can stop a node that takes it.
"""

from __future__ import annotations

from typing import Any

MOST = 10**15
"""More than any quantity, weight in grams, time in seconds or counter of waybills."""

_LARGEST_SUM = 2**62
_LAST_SECOND = 253_370_764_800  # the first of January 9999, so that every time zone still has a date


def is_bounded(value: Any) -> bool:
    """Whether every whole number in the record, however deep, is within `MOST`."""
    if isinstance(value, int):
        return -MOST <= value <= MOST
    if isinstance(value, tuple):
        return all(map(is_bounded, value))
    names: tuple[str, ...] = getattr(value, "__struct_fields__", ())
    return all(is_bounded(getattr(value, name)) for name in names)


def summed(one: int, other: int) -> int:
    """The sum, or what it can be at most in a database."""
    return max(-_LARGEST_SUM, min(one + other, _LARGEST_SUM))


def moment(seconds: float) -> float:
    """UTC seconds that a calendar can show: those before 1970 or after 9998 are its first and its last."""
    return min(max(seconds, 0), _LAST_SECOND)
