"""From marks in dots to the picture on the paper: 1 bit per dot, no grey anywhere."""

from __future__ import annotations

from collections.abc import Iterable

from PIL import Image, ImageChops

from labels import fonts
from labels.errors import LayoutError
from labels.fonts.cells import cell_ink
from labels.marks import CellLine, Fill, Layout, Mark, PlacedPicture, PlacedSymbol, TextLine
from labels.printer_text import KANJI

WHITE, BLACK = 255, 0


def paint(layout: Layout) -> Image.Image:
    """The picture of `layout`, mode 1, ink black. Raises LayoutError for ink beyond the paper: Pillow would drop it."""
    paper = Image.new("1", (layout.width, layout.height), WHITE)
    paint_marks(paper, layout.marks)
    return paper


def paint_marks(paper: Image.Image, marks: Iterable[Mark]) -> None:
    """Paint `marks` onto `paper`. Raises LayoutError for ink beyond it."""
    for mark in marks:
        match mark:
            case Fill():
                _require_inside(paper, "label", mark.x, mark.y, mark.width, mark.height)
                paper.paste(BLACK, (mark.x, mark.y, mark.x + mark.width, mark.y + mark.height))
            case PlacedSymbol():
                _paint_symbol(paper, mark)
            case PlacedPicture():
                _require_inside(paper, "picture", mark.x, mark.y, mark.width, mark.height)
                ink = Image.frombytes("1", (mark.width, mark.height), mark.ink)
                paper.paste(BLACK, (mark.x, mark.y), ink)
            case TextLine():
                _paint_line(paper, mark)
            case CellLine():
                _paint_cells(paper, mark)


def _paint_symbol(paper: Image.Image, mark: PlacedSymbol) -> None:
    _require_inside(paper, mark.symbol.text, mark.x, mark.y, mark.width, mark.height)
    bars = mark.symbol.modules.resize((mark.width, mark.height), Image.Resampling.NEAREST)
    paper.paste(BLACK, (mark.x, mark.y), bars)


def _paint_line(paper: Image.Image, mark: TextLine) -> None:
    font = fonts.chain(bold=mark.bold)
    pen = float(mark.x)
    colour = BLACK if mark.ink else WHITE
    for char in mark.text:
        if glyph := font.glyph(char, mark.size):
            # A side bearing may reach past the margin's edge by a dot or two; beyond the paper it is refused below.
            x, y = round(pen) + glyph.left, mark.y + glyph.top
            _require_inside(paper, mark.field or mark.text, x, y, *glyph.ink.size)
            paper.paste(colour, (x, y), glyph.ink)
        pen += font.advance(char) * mark.size


def _paint_cells(paper: Image.Image, mark: CellLine) -> None:
    _require_inside(paper, mark.field or mark.text, mark.x, mark.y, mark.width, mark.height)
    strip = Image.new("1", (mark.width // mark.across, mark.height // mark.down))
    pen = 0
    for run in mark.runs:
        for char in run.text:
            cell = cell_ink(char, 2 if run.page == KANJI and not _is_single(char) else 1, bold=mark.bold)
            strip.paste(cell, (pen, 0))
            pen += cell.width
    if mark.inverse:
        strip = ImageChops.invert(strip)
    paper.paste(BLACK, (mark.x, mark.y), strip.resize((mark.width, mark.height), Image.Resampling.NEAREST))


def _is_single(char: str) -> bool:
    """ASCII takes one cell even among Chinese, and so does the no-break space, which is sent as a space."""
    return char.isascii() or char.isspace()


def _require_inside(paper: Image.Image, what: str, x: int, y: int, width: int, height: int) -> None:
    if x < 0 or y < 0 or x + width > paper.width or y + height > paper.height:
        raise LayoutError(what, "reaches beyond the paper")
