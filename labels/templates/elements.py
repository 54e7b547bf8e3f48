"""What a template is made of once it has been read: one class per kind of element, each named after its first key.

Sizes are in millimetres. Texts and codes hold fields in braces, `{order}`, and captions, `{caption.order}`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

Millimetres = Annotated[float, Meta(gt=0, le=300)]
TextSize = Annotated[float, Meta(ge=1.5, le=60)]
"""Below 1.5 mm no thermal head prints Chinese that can be read."""
BarHeight = Annotated[float, Meta(ge=5, le=100)]
MatrixSize = Annotated[float, Meta(ge=8, le=100)]
ModuleSize = Annotated[float, Meta(ge=0.25, le=1.1)]
Count = Annotated[int, Meta(ge=1, le=100)]
Thickness = Annotated[float, Meta(ge=0.1, le=10)]
Blank = Annotated[float, Meta(ge=0, le=100)]
Align = Literal["left", "center", "right"]
Overflow = Literal["error", "shorten", "continue"]
Missing = Literal["error", "box"]


class Element(Struct, frozen=True, forbid_unknown_fields=True, rename={"if_": "if"}, kw_only=True):
    """`if` prints the element only when a field is filled (`"cod"`), is not (`"not cod"`) or says something
    (`"verdict == hold"`); `each` repeats it for every entry of a list; `from_mm` and `below_mm` bound the width of the
    paper it is printed on; `field` is what an error names, by default the first field it shows."""

    if_: str = ""
    each: str = ""
    from_mm: Millimetres | None = None
    below_mm: Millimetres | None = None
    field: str = ""


class TextElement(Element, frozen=True):
    """Set as large as fits between `size_mm` and `min_mm` on at most `max_lines`; `overflow` says what then becomes of
    text that is too long, `missing` what of a character without a glyph."""

    text: str
    size_mm: TextSize
    min_mm: TextSize = 2.5
    max_lines: Count = 1
    bold: bool = False
    align: Align = "left"
    inverse: bool = False
    overflow: Overflow = "error"
    missing: Missing = "error"


class BarcodeElement(Element, frozen=True):
    """A linear symbol: `code128`, or `gtin` for whichever symbol an article number asks for."""

    barcode: str
    height_mm: BarHeight
    symbology: Literal["code128", "gtin"] = "code128"
    caption_mm: Blank = 3.5
    max_module_mm: ModuleSize = 0.75


class Gs1Element(Element, frozen=True):
    """GS1-128 of those application identifiers that are given, in as many symbols as they need; `["*"]` takes all that
    no other element names."""

    gs1: Annotated[list[str], Meta(min_length=1)]
    height_mm: BarHeight
    caption_mm: TextSize = 3.5
    max_module_mm: ModuleSize = 0.94
    gap_mm: Blank = 1.0


class QrElement(Element, frozen=True):
    """A QR code in a square of `size_mm`."""

    qr: str
    size_mm: MatrixSize


class DataMatrixElement(Element, frozen=True):
    """A Data Matrix in a square of `size_mm`."""

    datamatrix: str
    size_mm: MatrixSize


class PictureElement(Element, frozen=True):
    """A PNG beside the template, `width_mm` wide, black where it is dark."""

    picture: Annotated[str, Meta(pattern=r"^[\w.-]+\.png$")]
    width_mm: Millimetres
    align: Align = "left"


class LineElement(Element, frozen=True):
    """A rule over the whole width, that thick."""

    line: Thickness


class SpaceElement(Element, frozen=True):
    """Blank paper, that high."""

    space: Blank


class BoxElement(Element, frozen=True):
    """A frame around elements."""

    box: tuple[Element, ...] = ()
    border_mm: Thickness = 0.4
    padding_mm: Blank = 1.0


class GroupElement(Element, frozen=True):
    """Elements that belong together under one condition, or are repeated together."""

    items: tuple[Element, ...] = ()


class Cell(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A part of a row: `width_mm` wide, or with a `share` of what those of given width leave."""

    element: Element = Element()
    width_mm: Millimetres | None = None
    share: Count = 1
    middle: bool = False


class RowElement(Element, frozen=True):
    """Cells side by side."""

    cell: tuple[Cell, ...] = ()
    gap_mm: Blank = 1.5


class Fact(Struct, frozen=True, forbid_unknown_fields=True, rename={"if_": "if"}, kw_only=True):
    """A caption and what it names, left out when that is empty."""

    caption: str
    value: str
    if_: str = ""
    max_lines: Count = 2
    overflow: Overflow = "error"
    missing: Missing = "error"
    field: str = ""


class FactsElement(Element, frozen=True):
    """Facts one below the other, captions in a column as wide as the widest."""

    facts: tuple[Fact, ...]
    size_mm: TextSize = 3.2
    min_mm: TextSize = 2.5
