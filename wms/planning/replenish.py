"""Replenishment hints: bins that a plan leaves empty or nearly so, and where more of the same stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Held:
    """Free units of an item in a bin. At `low` units or fewer a picking bin wants filling up; a `reserve` isn't picked
    from, it fills others."""

    bin: str
    sku: str
    units: int
    low: int = 0
    reserve: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """Units of an item that a plan takes from a bin."""

    bin: str
    sku: str
    units: int


@dataclass(frozen=True, slots=True)
class Hint:
    """`left` units once the plan is walked, below 0 where the plan takes more than there is; `reserve` free units of
    the item stand in reserve, in the bins `where`, the fullest first."""

    bin: str
    sku: str
    left: int
    reserve: int
    where: tuple[str, ...]


def hints(held: Iterable[Held], taken: Iterable[Taken]) -> tuple[Hint, ...]:
    """One for each bin and item that the plan brings down to its low level or below, the emptiest first. Bins that the
    plan doesn't touch are left out, low or not."""
    left: dict[tuple[str, str], int] = {}
    low: dict[tuple[str, str], int] = {}
    reserves: dict[str, list[Held]] = {}
    for stock in held:
        at = stock.bin, stock.sku
        left[at] = left.get(at, 0) + stock.units
        low[at] = max(low.get(at, 0), stock.low)
        if stock.reserve and stock.units > 0:
            reserves.setdefault(stock.sku, []).append(stock)
    touched = set()
    for take in taken:
        at = take.bin, take.sku
        left[at] = left.get(at, 0) - take.units
        touched.add(at)
    found = [_hint(at, left[at], reserves.get(at[1], [])) for at in touched if left[at] <= low.get(at, 0)]
    return tuple(sorted(found, key=lambda hint: (hint.left, hint.bin, hint.sku)))


def _hint(at: tuple[str, str], left: int, reserves: list[Held]) -> Hint:
    elsewhere = sorted((r for r in reserves if r.bin != at[0]), key=lambda r: (-r.units, r.bin))
    return Hint(*at, left, sum(r.units for r in elsewhere), tuple(r.bin for r in elsewhere))
