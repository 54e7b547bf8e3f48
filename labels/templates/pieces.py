"""Pieces that several labels share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from labels.errors import LayoutError
from labels.model import Column, Columns, Item, Label, Qr, Space, Text
from labels.symbols import Symbol, code_128, qr

WIDE_MM = 60
"""From this width on a label has room for two columns."""


def symbol_for(field: str, coder: Callable[[str], Symbol], data: str) -> Symbol:
    """`coder(data)`, refusing by field name what it cannot encode."""
    try:
        return coder(data)
    except ValueError as error:
        raise LayoutError(field, str(error)) from error


def code_for(field: str, data: str) -> Symbol:
    """Code 128 of `data`, refusing controls: nobody could read or key them."""
    if not data.isprintable():
        raise LayoutError(field, "holds control characters")
    return symbol_for(field, code_128, data)


def qr_item(data: str, field: str, size_mm: float) -> Qr:
    """A QR code of `data`."""
    return Qr(symbol_for(field, qr, data), size_mm, field)


@dataclass(frozen=True, slots=True)
class Fact:
    """A caption and its value; `shorten` as for a text."""

    caption: str
    value: str
    field: str
    max_lines: int = 2
    shorten: bool = False


def facts(*stated: Fact, size_mm: float = 3.2) -> tuple[Item, ...]:
    """The facts that have a value, captions in a column at the left."""
    present = [fact for fact in stated if fact.value]
    if not present:
        return ()
    longest = max(len(fact.caption.encode("gb18030")) for fact in present)
    return tuple(
        Columns(
            (
                Column((Text(fact.caption, size_mm, fact.field, min_mm=2.2),), width_mm=longest * size_mm * 0.56),
                Column(
                    (
                        Text(
                            fact.value,
                            size_mm,
                            fact.field,
                            min_mm=2.2,
                            max_lines=fact.max_lines,
                            bold=True,
                            shorten=fact.shorten,
                        ),
                    )
                ),
            ),
            gap_mm=1,
        )
        for fact in present
    )


def headline(left: str, right: str, left_field: str, right_field: str) -> Columns:
    """A caption at the left and an emphasised word at the right, both small."""
    return Columns(
        (
            Column((Text(left, 3.5, left_field, bold=True),), share=1),
            Column((Text(right, 3.5, right_field, bold=True, align="right"),), share=1),
        )
    )


def with_qr(code: str, field: str, items: tuple[Item, ...], width_mm: float, qr_mm: float) -> tuple[Item, ...]:
    """`items` with a QR code beside them, below them on narrow paper."""
    if width_mm < WIDE_MM:
        return (*items, Space(1), qr_item(code, field, qr_mm))
    return (
        Columns(
            (Column(items, middle=True), Column((qr_item(code, field, qr_mm),), width_mm=qr_mm, middle=True)),
        ),
    )


def sheet(width_mm: float, *items: Item) -> Label:
    """A label of those items; narrow paper gives bar codes all but a hair."""
    return Label(width_mm, items, margin_mm=1.0 if width_mm >= WIDE_MM else 0.5)
