"""What a label is made of: items in millimetres, flowing from top to bottom over a given width.

Templates build these from the label data in `labels.data`; `labels.layout` turns them into dots. `field` names the
datum an item shows, so that a refusal can say which one to mend.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PIL import Image

from labels.symbols import Symbol

Align = Literal["left", "center", "right"]


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph set as large as fits: from `size_mm` (em) down to `min_mm`, on at most `max_lines` lines.

    With `shorten`, text too long even so ends in an ellipsis, with `continues` it goes on below on as many lines as it
    needs, and the rendering reports either; without, it is refused. `inverse` prints white on a black bar.

    With `box_missing`, a character that no font has is printed as `□` and reported, unless nothing legible would be
    left; without, it is refused.
    """

    text: str
    size_mm: float
    field: str
    min_mm: float = 2.5
    max_lines: int = 1
    bold: bool = False
    align: Align = "left"
    inverse: bool = False
    shorten: bool = False
    continues: bool = False
    box_missing: bool = False


@dataclass(frozen=True, slots=True)
class Barcode:
    """A linear symbol with the largest module that fits, at most `max_module_mm`, and its text below when `caption_mm`
    gives that a size. `caption` is printed instead of the symbol's text, such as (00)… for GS1-128."""

    symbol: Symbol
    height_mm: float
    field: str
    caption_mm: float = 3.5
    caption: str | None = None
    max_module_mm: float = 0.75


@dataclass(frozen=True, slots=True)
class Qr:
    """A two-dimensional symbol in a square of about `size_mm`, quiet zone included."""

    symbol: Symbol
    size_mm: float
    field: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture such as a house's mark, `width_mm` wide; what is darker than the middle grey is printed."""

    image: Image.Image
    width_mm: float
    field: str
    align: Align = "left"


@dataclass(frozen=True, slots=True)
class Line:
    """A rule over the whole width."""

    thickness_mm: float = 0.25


@dataclass(frozen=True, slots=True)
class Space:
    """Blank paper."""

    height_mm: float


@dataclass(frozen=True, slots=True)
class Box:
    """A frame around items."""

    items: tuple[Item, ...]
    border_mm: float = 0.4
    padding_mm: float = 1.0


@dataclass(frozen=True, slots=True)
class Column:
    """Items beside others: `width_mm` wide, or with a `share` of what the columns of given width leave."""

    items: tuple[Item, ...]
    share: int = 1
    width_mm: float | None = None
    middle: bool = False


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns side by side, `gap_mm` apart."""

    columns: tuple[Column, ...]
    gap_mm: float = 1.5


Item = Text | Barcode | Qr | Picture | Line | Space | Box | Columns


@dataclass(frozen=True, slots=True)
class Label:
    """One label, `width_mm` wide and as long as its items need; `margin_mm` stays blank on all sides."""

    width_mm: float
    items: tuple[Item, ...]
    margin_mm: float = 1.0
