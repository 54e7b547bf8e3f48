"""From a label in millimetres to marks in dots. Everything asked for is placed whole, or refused by field name.

What a printer can do itself is placed where its commands can put it: text line under line in its own cells, symbols in
the middle and alone. What cannot be had side by side that way is stacked, or becomes a picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from PIL import Image

from labels import fonts
from labels.errors import LayoutError
from labels.fitting import placed_text
from labels.marks import Block, CellLine, Fill, Fitting, Layout, Mark, PlacedPicture, PlacedSymbol, TextLine
from labels.model import Barcode, Box, Column, Columns, Item, Label, Line, Picture, Qr, Space, Text
from labels.printer_text import PrinterText, printer_text
from labels.profiles import Profile

_MIN_LINEAR_MODULE_MM = 0.249
"""Two dots at 203 dpi: thinner bars do not survive the ink's growth."""
_MIN_MATRIX_MODULE_MM = 0.37
_MAX_NATIVE_MODULE = 6
"""GS w draws no wider bars."""
_MAX_RULE_DOTS = {"gb18030": 1, "codepage": 2}
"""Where text is sent as text, a thicker rule would cost more bytes than the lines that it parts."""


def layout(label: Label, profile: Profile) -> Layout:
    """Place every item of `label` for `profile`. Raises LayoutError naming the field that cannot be placed."""
    width, margin = profile.to_dots(label.width_mm), profile.to_dots(label.margin_mm)
    if width > profile.dots:
        raise LayoutError(
            "width", f"{label.width_mm:g} mm is wider than the {profile.width_mm:.0f} mm {profile.name} prints"
        )
    content = _stack(label.items, width - 2 * margin, profile, margin)
    return Layout(profile.dots, content.height + 2 * margin, content.marks_at(margin, margin), content.fittings)


def _stack(items: Sequence[Item], width: int, profile: Profile, blank: int = 0) -> Block:
    """Items from top to bottom; `blank` dots at either side are free of ink and may serve as quiet zones."""
    marks: list[Mark] = []
    fittings: list[Fitting] = []
    y = 0
    for item in items:
        block = _barcode(item, width, profile, blank) if isinstance(item, Barcode) else _place(item, width, profile)
        marks += block.marks_at(0, y)
        fittings += block.fittings
        y += block.height
    return Block(y, tuple(marks), tuple(fittings))


def _place(item: Item, width: int, profile: Profile) -> Block:
    match item:
        case Text():
            return placed_text(item, width, profile)
        case Barcode():
            return _barcode(item, width, profile)
        case Qr():
            return _matrix(item, width, profile)
        case Picture():
            return _picture(item, width, profile)
        case Line():
            return _rule(item, width, profile)
        case Space():
            return Block(profile.to_dots(item.height_mm))
        case Box():
            return _box(item, width, profile)
        case Columns():
            return _columns(item, width, profile)


def _picture(item: Picture, width: int, profile: Profile) -> Block:
    across = profile.to_dots(item.width_mm)
    if across > width:
        raise LayoutError(item.field, f"the picture needs {across} dots, {width} are there")
    down = max(1, round(item.image.height * across / item.image.width))
    grey = item.image.convert("L").resize((across, down), Image.Resampling.LANCZOS)
    ink = grey.point([255] * 128 + [0] * 128, mode="1")
    x = {"left": 0, "center": (width - across) // 2, "right": width - across}[item.align]
    return Block(down, (PlacedPicture(x, 0, across, down, ink.tobytes()),))


def _rule(item: Line, width: int, profile: Profile) -> Block:
    thickness = max(1, profile.to_dots(item.thickness_mm))
    thickness = min(thickness, _MAX_RULE_DOTS.get(profile.text, thickness))
    return Block(thickness, (Fill(0, 0, width, thickness),))


def _barcode(item: Barcode, width: int, profile: Profile, blank: int = 0) -> Block:
    symbol = item.symbol
    least = int(-(-profile.dpi * _MIN_LINEAR_MODULE_MM // 25.4))
    module = min((width + 2 * blank) // symbol.width, width // len(symbol.rows[0]))
    module = min(module, max(least, profile.to_dots(item.max_module_mm)))
    if module < least:
        raise LayoutError(item.field, f"its bar code needs {symbol.width * least} dots, {width + 2 * blank} are there")
    if symbol.kind in profile.native:
        module = min(module, max(least, _MAX_NATIVE_MODULE))
    bars_width = len(symbol.rows[0]) * module
    x = max(symbol.quiet_left * module - blank, (width - bars_width) // 2)
    x = min(x, width + blank - bars_width - symbol.quiet_right * module)
    height = profile.to_dots(item.height_mm)
    bars = PlacedSymbol(x, 0, symbol, module, height)
    if not item.caption_mm:
        return Block(height, (bars,))
    caption = Text(item.caption or symbol.text, item.caption_mm, item.field, min_mm=2.2, align="center", bold=True)
    words = placed_text(caption, width, profile)
    gap = profile.to_dots(0.4)
    return Block(height + gap + words.height, (bars, *words.marks_at(0, height + gap)), words.fittings)


def _matrix(item: Qr, width: int, profile: Profile) -> Block:
    symbol = item.symbol
    least = max(1, profile.to_dots(_MIN_MATRIX_MODULE_MM))
    module = max(least, min(width // symbol.width, round(profile.to_dots(item.size_mm) / symbol.width)))
    side = module * symbol.width
    if side > width:
        raise LayoutError(item.field, f"its QR code needs {side} dots, {width} are there")
    x, y = (width - side) // 2 + symbol.quiet_left * module, symbol.quiet_vertical * module
    return Block(side, (PlacedSymbol(x, y, symbol, module, len(symbol.rows) * module),))


def _box(item: Box, width: int, profile: Profile) -> Block:
    """A frame; where its sides would turn native text into a picture, brackets around a line or rules around more."""
    charset = printer_text(profile)
    if charset:
        if len(item.items) == 1 and isinstance(text := item.items[0], Text):
            for shown in (f"[{text.text}]", text.text):
                line = placed_text(replace(text, text=shown), width, profile)
                if len(line.marks) == 1 and _is_lines(line, charset):
                    return line
        rule = Line(item.border_mm)
        ruled = _stack((rule, Space(item.padding_mm), *item.items, rule), width, profile)
        if all(isinstance(mark, CellLine | Fill) for mark in ruled.marks):
            return ruled
    border = max(1, profile.to_dots(item.border_mm))
    inset = border + profile.to_dots(item.padding_mm)
    content = _stack(item.items, width - 2 * inset, _pictured(profile))
    height = content.height + 2 * inset
    frame = (
        Fill(0, 0, width, border),
        Fill(0, height - border, width, border),
        Fill(0, 0, border, height),
        Fill(width - border, 0, border, height),
    )
    return Block(height, (*frame, *content.marks_at(inset, inset)), content.fittings)


def _columns(item: Columns, width: int, profile: Profile) -> Block:
    """Side by side: as lines of native text if all of it is that. If not, then stacked where a symbol or Chinese text
    would lose by becoming a picture, and as a picture otherwise."""
    charset = printer_text(profile)
    if charset:
        blocks = _column_blocks(item, width, profile)
        if all(_is_lines(block, charset) for block in blocks):
            return _in_rows(item, blocks, width, profile)
    if (charset and profile.text == "gb18030") or _has_native_symbol(item, profile):
        gap = Space(item.gap_mm)
        return _stack([part for column in item.columns for part in (*column.items, gap)][:-1], width, profile)
    return _beside(item, _column_blocks(item, width, _pictured(profile)), width, profile)


def _column_blocks(item: Columns, width: int, profile: Profile) -> list[Block]:
    widths = _column_widths(item, width, profile)
    return [_stack(column.items, room, profile) for column, room in zip(item.columns, widths, strict=True)]


def _beside(item: Columns, blocks: Sequence[Block], width: int, profile: Profile) -> Block:
    height = max(block.height for block in blocks)
    marks: list[Mark] = []
    for column, block, x in zip(item.columns, blocks, _column_starts(item, width, profile), strict=True):
        marks += block.marks_at(x, (height - block.height) // 2 if column.middle else 0)
    return Block(height, tuple(marks), tuple(fitting for block in blocks for fitting in block.fittings))


def _in_rows(item: Columns, blocks: Sequence[Block], width: int, profile: Profile) -> Block:
    """Lines of text of several columns as common lines, which share their foot as a printer's do."""
    starts = _column_starts(item, width, profile)
    columns = [[mark for mark in block.marks if isinstance(mark, CellLine | TextLine)] for block in blocks]
    marks: list[Mark] = []
    y = 0
    for row in range(max(map(len, columns))):
        lines = [
            (x, *_extent(column[row]), column[row]) for x, column in zip(starts, columns, strict=True) if column[row:]
        ]
        height = max(bottom - top for _, top, bottom, _ in lines)
        marks += [replace(line, x=line.x + x, y=line.y + y + height - bottom) for x, _, bottom, line in lines]
        y += height + height // 12 + 4
    return Block(y, tuple(marks), tuple(fitting for block in blocks for fitting in block.fittings))


def _extent(line: CellLine | TextLine) -> tuple[int, int]:
    """Top and bottom of a line."""
    if isinstance(line, CellLine):
        return line.y, line.y + line.height
    return line.y - round(line.size * fonts.LINE_ASCENT), line.y + round(line.size * fonts.LINE_DESCENT)


def _is_lines(block: Block, charset: PrinterText) -> bool:
    """True when `block` is nothing but lines in the printer's font, save those with a character it lacks."""
    return all(
        isinstance(mark, CellLine) or (isinstance(mark, TextLine) and mark.ink and not charset.can_print(mark.text))
        for mark in block.marks
    ) and (not block.marks or any(isinstance(mark, CellLine) for mark in block.marks))


def _has_native_symbol(item: Columns, profile: Profile) -> bool:
    return any(
        isinstance(part, Barcode | Qr) and part.symbol.kind in profile.native
        for column in item.columns
        for part in column.items
    )


@lru_cache(maxsize=64)
def _pictured(profile: Profile) -> Profile:
    """`profile`, asked for nothing but pictures."""
    return replace(profile, text="raster", native=frozenset())


def _column_starts(item: Columns, width: int, profile: Profile) -> list[int]:
    starts, x = [], 0
    for room in _column_widths(item, width, profile):
        starts.append(x)
        x += room + profile.to_dots(item.gap_mm)
    return starts


def _column_widths(item: Columns, width: int, profile: Profile) -> list[int]:
    def given(column: Column) -> int:
        return 0 if column.width_mm is None else profile.to_dots(column.width_mm)

    free = width - profile.to_dots(item.gap_mm) * (len(item.columns) - 1) - sum(map(given, item.columns))
    shares = sum(column.share for column in item.columns if column.width_mm is None)
    if free < 0:
        raise LayoutError("width", f"the columns need {width - free} dots, {width} are there")
    return [given(column) or free * column.share // shares for column in item.columns]
