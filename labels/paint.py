"""From boxes in dots to the picture on the paper: 1 bit per dot, no grey anywhere."""

from __future__ import annotations

from PIL import Image

from labels import fonts
from labels.errors import LayoutError
from labels.layout import Fill, Layout, PlacedSymbol, TextLine

WHITE, BLACK = 255, 0


def paint(layout: Layout) -> Image.Image:
    """The picture of `layout`, mode 1, ink black. Raises LayoutError for ink beyond the paper: Pillow would drop it."""
    paper = Image.new("1", (layout.width, layout.height), WHITE)
    for mark in layout.marks:
        match mark:
            case Fill():
                _require_inside(layout, "label", mark.x, mark.y, mark.width, mark.height)
                paper.paste(BLACK, (mark.x, mark.y, mark.x + mark.width, mark.y + mark.height))
            case PlacedSymbol():
                _paint_symbol(paper, layout, mark)
            case TextLine():
                _paint_line(paper, layout, mark)
    return paper


def _paint_symbol(paper: Image.Image, layout: Layout, mark: PlacedSymbol) -> None:
    width = len(mark.symbol.rows[0]) * mark.module
    _require_inside(layout, mark.symbol.text, mark.x, mark.y, width, mark.height)
    bars = mark.symbol.modules.resize((width, mark.height), Image.Resampling.NEAREST)
    paper.paste(BLACK, (mark.x, mark.y), bars)


def _paint_line(paper: Image.Image, layout: Layout, mark: TextLine) -> None:
    font = fonts.chain(bold=mark.bold)
    pen = float(mark.x)
    colour = BLACK if mark.ink else WHITE
    for char in mark.text:
        if glyph := font.glyph(char, mark.size):
            # A side bearing may reach past the margin's edge by a dot or two; beyond the paper it is refused below.
            x, y = round(pen) + glyph.left, mark.y + glyph.top
            _require_inside(layout, mark.text, x, y, *glyph.ink.size)
            paper.paste(colour, (x, y), glyph.ink)
        pen += font.advance(char) * mark.size


def _require_inside(layout: Layout, what: str, x: int, y: int, width: int, height: int) -> None:
    if x < 0 or y < 0 or x + width > layout.width or y + height > layout.height:
        raise LayoutError(what, "reaches beyond the paper")
