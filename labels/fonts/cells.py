"""Our fonts squeezed into a printer's cells, for pictures of what it prints in its own."""

from __future__ import annotations

from functools import lru_cache

from PIL import Image

from labels.fonts import chain

_CELL_WIDTH, _CELL_HEIGHT = 12, 24
_BASE_LINE = 20
_NARROW_SIZE = 20
"""Dots per em of letters in one cell; a Chinese character fills two cells at 24."""
_WIDE_BASE_LINE = 21


@lru_cache(maxsize=8_192)
def cell_ink(char: str, cells: int, *, bold: bool) -> Image.Image:
    """`char` in `cells` cells, ink as 1. Raises KeyError for a character no font has."""
    size, base_line = (_CELL_HEIGHT, _WIDE_BASE_LINE) if cells > 1 else (_NARROW_SIZE, _BASE_LINE)
    cell = Image.new("1", (cells * _CELL_WIDTH, _CELL_HEIGHT))
    glyph = chain(bold=bold).glyph(char, size)
    if glyph is None:
        return cell
    ink, room = glyph.ink, (cell.width - 1, cell.height)
    if ink.width > room[0] or ink.height > room[1]:
        ink = ink.resize((min(ink.width, room[0]), min(ink.height, room[1])), Image.Resampling.NEAREST)
    advance = chain(bold=bold).advance(char) * size
    left = glyph.left + round((cell.width - advance) / 2)
    at = (
        min(max(left, 0), cell.width - ink.width),
        min(max(base_line + glyph.top, 0), cell.height - ink.height),
    )
    cell.paste(255, at, ink)
    return cell
