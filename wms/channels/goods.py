"""Goods by what a channel calls them: exactly, or not at all. What looks alike is offered to a person, never taken."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from typing import Protocol

from wms.domain.ids import Sku

MOST_OFFERED = 3
_ALIKE = str.maketrans(
    {
        "O": "0", "I": "1", "L": "1", "А": "A", "В": "B", "Е": "E", "К": "K", "М": "M", "Н": "H", "О": "0", "Р": "P",
        "С": "C", "Т": "T", "У": "Y", "Х": "X", "Α": "A", "Β": "B", "Ε": "E", "Ζ": "Z", "Η": "H", "Ι": "1", "Κ": "K",
        "Μ": "M", "Ν": "N", "Ο": "0", "Ρ": "P", "Τ": "T", "Υ": "Y", "Χ": "X",
    }
)  # fmt: skip


class Goods(Protocol):
    def find(self, code: str) -> tuple[Sku, int] | None:
        """The goods that exactly this code names, and how many units of them it stands for."""

    def near(self, code: str) -> tuple[Sku, ...]:
        """Goods whose SKU looks like the code."""


def likeness(code: str) -> str:
    """Equal for codes that a person would take for the same: case, dashes, spaces, width, invisible and look-alike
    characters aside."""
    folded = unicodedata.normalize("NFKC", code).upper()
    kept = "".join(char for char in folded if unicodedata.category(char)[0] in "LN")
    return kept.translate(_ALIKE)


class Listed:
    """Goods of a list of SKUs, with the other codes that stand on them."""

    def __init__(self, skus: Iterable[str], codes: Iterable[tuple[str, str, int]] = ()) -> None:
        self._skus = {sku: Sku(sku) for sku in skus}
        self._codes: dict[str, tuple[Sku, int] | None] = {}
        for code, sku, pack in codes:
            known = self._codes.setdefault(code, (Sku(sku), pack))
            if known is not None and known[0] != sku:
                self._codes[code] = None  # stands on several: nobody can tell
        self._alike: defaultdict[str, list[Sku]] = defaultdict(list)
        for sku in self._skus.values():
            self._alike[likeness(sku)].append(sku)

    def find(self, code: str) -> tuple[Sku, int] | None:
        sku = self._skus.get(code)
        return (sku, 1) if sku is not None else self._codes.get(code)

    def near(self, code: str) -> tuple[Sku, ...]:
        return tuple(self._alike.get(likeness(code), ())[:MOST_OFFERED])
