"""GS1-128 on logistic units: which element strings share a symbol."""

from __future__ import annotations

from collections.abc import Iterable

from labels import code128, gs1
from labels.symbols import gs1_128

MAX_CHARACTERS = 48
"""The longest data of one symbol, application identifiers and separators included (General Specifications, 5.4.4)."""
SSCC_MODULES = len(gs1_128(("00", "0" * 18)).rows[0])
"""The width of an SSCC's symbol. Others no wider can have modules as wide, whatever the paper."""


def in_symbols(elements: Iterable[gs1.Element], widest: int = SSCC_MODULES) -> list[tuple[gs1.Element, ...]]:
    """`elements` shared out to few symbols of at most 48 characters and `widest` modules; an element that is wider
    stands alone. Those that need no separator behind them go first."""
    ordered = sorted(elements, key=lambda element: element[0][:2] not in gs1.PREDEFINED_LENGTH_PREFIXES)
    shared: list[tuple[gs1.Element, ...]] = []
    for element in ordered:
        for place, together in enumerate(shared):
            data = gs1.element_string(*together, element)
            if len(data) - 1 <= MAX_CHARACTERS and len(code128.bars(data)) <= widest:
                shared[place] = (*together, element)
                break
        else:
            shared.append((element,))
    return shared
