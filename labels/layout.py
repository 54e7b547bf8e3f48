"""From a label in millimetres to boxes in dots. Everything asked for is placed whole, or refused by field name."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, replace

from labels import fonts, text
from labels.errors import LayoutError
from labels.model import Barcode, Box, Column, Columns, Item, Label, Line, Qr, Space, Text
from labels.profiles import Profile
from labels.symbols import Symbol

_LINE_HEIGHT = fonts.LINE_ASCENT + fonts.LINE_DESCENT
_MIN_LINEAR_MODULE_MM = 0.249
"""Two dots at 203 dpi: thinner bars do not survive the ink's growth."""
_MIN_MATRIX_MODULE_MM = 0.37
_ELLIPSIS = "…"
_MISSING = "□"


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of text: pen at `x` on the base line `y`, `size` dots per em; `ink` is False for white on black."""

    x: int
    y: int
    text: str
    size: int
    bold: bool
    ink: bool = True


@dataclass(frozen=True, slots=True)
class PlacedSymbol:
    """A symbol whose bars, without quiet zones, start at `x`, `y`; `module` dots per module."""

    x: int
    y: int
    symbol: Symbol
    module: int
    height: int


@dataclass(frozen=True, slots=True)
class Fill:
    """A black rectangle."""

    x: int
    y: int
    width: int
    height: int


Mark = TextLine | PlacedSymbol | Fill


@dataclass(frozen=True, slots=True)
class Fitting:
    """What was changed to make `field` fit: em size asked and used, lines, whether it ends in an ellipsis or runs over
    more lines than it should, and the characters that no font has."""

    field: str
    asked_dots: int
    used_dots: int
    lines: int
    shortened: bool
    continued: bool = False
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """A label in dots."""

    width: int
    height: int
    marks: tuple[Mark, ...]
    fittings: tuple[Fitting, ...]


@dataclass(frozen=True, slots=True)
class _Block:
    """Placed items, relative to their own top left corner."""

    height: int
    marks: tuple[Mark, ...] = ()
    fittings: tuple[Fitting, ...] = ()

    def marks_at(self, x: int, y: int) -> tuple[Mark, ...]:
        return tuple(replace(mark, x=mark.x + x, y=mark.y + y) for mark in self.marks)


def layout(label: Label, profile: Profile) -> Layout:
    """Place every item of `label` for `profile`. Raises LayoutError naming the field that cannot be placed."""
    width, margin = profile.to_dots(label.width_mm), profile.to_dots(label.margin_mm)
    if width > profile.dots:
        raise LayoutError(
            "width", f"{label.width_mm:g} mm is wider than the {profile.width_mm:.0f} mm {profile.name} prints"
        )
    content = _stack(label.items, width - 2 * margin, profile)
    return Layout(profile.dots, content.height + 2 * margin, content.marks_at(margin, margin), content.fittings)


def _stack(items: tuple[Item, ...], width: int, profile: Profile) -> _Block:
    marks: list[Mark] = []
    fittings: list[Fitting] = []
    y = 0
    for item in items:
        block = _place(item, width, profile)
        marks += block.marks_at(0, y)
        fittings += block.fittings
        y += block.height
    return _Block(y, tuple(marks), tuple(fittings))


def _place(item: Item, width: int, profile: Profile) -> _Block:
    match item:
        case Text():
            return _text(item, width, profile)
        case Barcode():
            return _barcode(item, width, profile)
        case Qr():
            return _matrix(item, width, profile)
        case Line():
            thickness = max(1, profile.to_dots(item.thickness_mm))
            return _Block(thickness, (Fill(0, 0, width, thickness),))
        case Space():
            return _Block(profile.to_dots(item.height_mm))
        case Box():
            return _box(item, width, profile)
        case Columns():
            return _columns(item, width, profile)


def _text(item: Text, width: int, profile: Profile) -> _Block:
    cleaned = text.clean(item.text)
    if not cleaned:
        return _Block(0)
    font = fonts.chain(bold=item.bold)
    missing = font.missing(cleaned)
    if missing:
        cleaned = _boxed(item, cleaned, missing)
    padding = profile.to_dots(0.6) if item.inverse else 0
    asked, least = profile.to_dots(item.size_mm), profile.to_dots(min(item.min_mm, item.size_mm))
    size, lines, shortened = _fit(item, cleaned, width - 2 * padding, asked, least, font)
    pitch = round(size * _LINE_HEIGHT)
    marks: list[Mark] = []
    if item.inverse:
        marks.append(Fill(0, 0, width, pitch * len(lines) + 2 * padding))
    for number, line in enumerate(lines):
        slack = width - 2 * padding - round(font.width(line, size))
        indent = {"left": 0, "center": slack // 2, "right": slack}[item.align]
        base = padding + number * pitch + round(size * fonts.LINE_ASCENT)
        marks.append(TextLine(padding + indent, base, line, size, item.bold, ink=not item.inverse))
    continued = len(lines) > item.max_lines
    changed = size != asked or shortened or continued or missing
    fittings = (Fitting(item.field, asked, size, len(lines), shortened, continued, missing),) if changed else ()
    return _Block(pitch * len(lines) + 2 * padding, tuple(marks), fittings)


def _boxed(item: Text, cleaned: str, missing: str) -> str:
    """`cleaned` with a box for each character of `missing`, where the item allows that and it still says something."""
    boxed = "".join(_MISSING if char in missing else char for char in cleaned)
    if not item.box_missing or not any(char.isalnum() for char in boxed):
        raise LayoutError(item.field, f"no font on the label has {_named(missing)}")
    return boxed


def _fit(
    item: Text, cleaned: str, width: int, asked: int, least: int, font: fonts.FontChain
) -> tuple[int, list[str], bool]:
    """The largest size at which the text fits, its lines, and whether it had to be shortened."""

    def lines_of(candidate: str, size: int) -> list[str] | None:
        lines = text.wrap(candidate, width / size, font.advance)
        fits = len(lines) <= item.max_lines and max(font.width(line, size) for line in lines) <= width
        return lines if fits else None

    for size in range(asked, least - 1, -1):
        lines = lines_of(cleaned, size)
        if lines and (size == least or not _breaks_a_word(cleaned, lines)):
            return size, lines, False
    if item.continues:
        return least, text.wrap(cleaned, width / least, font.advance), False
    if item.shorten:
        too_long = bisect_left(
            range(len(cleaned)), True, key=lambda kept: lines_of(cleaned[:kept] + _ELLIPSIS, least) is None
        )
        if too_long and (lines := lines_of(cleaned[: too_long - 1].rstrip() + _ELLIPSIS, least)):
            return least, lines, True
    room = f"{item.max_lines} line" + ("s" if item.max_lines > 1 else "")
    raise LayoutError(item.field, f"{len(cleaned)} characters do not fit {room} even at the smallest size")


def _breaks_a_word(cleaned: str, lines: list[str]) -> bool:
    """True when a Latin word had to be cut, which a smaller size may avoid."""
    at = 0
    for line in lines[:-1]:
        at = cleaned.index(line, at) + len(line)
        if cleaned[at - 1].isascii() and cleaned[at - 1].isalnum() and cleaned[at].isascii() and cleaned[at].isalnum():
            return True
    return False


def _named(characters: str) -> str:
    return ", ".join(
        f"{char} (U+{ord(char):04X})" if char.isprintable() else f"U+{ord(char):04X}" for char in characters
    )


def _barcode(item: Barcode, width: int, profile: Profile) -> _Block:
    symbol = item.symbol
    least = -(-profile.dpi * _MIN_LINEAR_MODULE_MM // 25.4)
    module = min(width // symbol.width, max(int(least), profile.to_dots(item.max_module_mm)))
    if module < least:
        raise LayoutError(item.field, f"its bar code needs {symbol.width * int(least)} dots, {width} are there")
    bars_width = len(symbol.rows[0]) * module
    x = max(symbol.quiet_left * module, (width - bars_width) // 2)
    x = min(x, width - bars_width - symbol.quiet_right * module)
    height = profile.to_dots(item.height_mm)
    bars = PlacedSymbol(x, 0, symbol, module, height)
    if not item.caption_mm:
        return _Block(height, (bars,))
    caption = Text(item.caption or symbol.text, item.caption_mm, item.field, min_mm=2.2, align="center", bold=True)
    words = _text(caption, width, profile)
    gap = profile.to_dots(0.4)
    return _Block(height + gap + words.height, (bars, *words.marks_at(0, height + gap)), words.fittings)


def _matrix(item: Qr, width: int, profile: Profile) -> _Block:
    symbol = item.symbol
    least = max(1, profile.to_dots(_MIN_MATRIX_MODULE_MM))
    module = max(least, min(width, profile.to_dots(item.size_mm)) // symbol.width)
    side = module * symbol.width
    if side > width:
        raise LayoutError(item.field, f"its QR code needs {side} dots, {width} are there")
    x, y = (width - side) // 2 + symbol.quiet_left * module, symbol.quiet_vertical * module
    return _Block(side, (PlacedSymbol(x, y, symbol, module, len(symbol.rows) * module),))


def _box(item: Box, width: int, profile: Profile) -> _Block:
    border = max(1, profile.to_dots(item.border_mm))
    inset = border + profile.to_dots(item.padding_mm)
    content = _stack(item.items, width - 2 * inset, profile)
    height = content.height + 2 * inset
    frame = (
        Fill(0, 0, width, border),
        Fill(0, height - border, width, border),
        Fill(0, 0, border, height),
        Fill(width - border, 0, border, height),
    )
    return _Block(height, (*frame, *content.marks_at(inset, inset)), content.fittings)


def _columns(item: Columns, width: int, profile: Profile) -> _Block:
    widths = _column_widths(item, width, profile)
    blocks = [_stack(column.items, room, profile) for column, room in zip(item.columns, widths, strict=True)]
    height = max(block.height for block in blocks)
    marks: list[Mark] = []
    x = 0
    for column, block, room in zip(item.columns, blocks, widths, strict=True):
        marks += block.marks_at(x, (height - block.height) // 2 if column.middle else 0)
        x += room + profile.to_dots(item.gap_mm)
    return _Block(height, tuple(marks), tuple(fitting for block in blocks for fitting in block.fittings))


def _column_widths(item: Columns, width: int, profile: Profile) -> list[int]:
    def given(column: Column) -> int:
        return 0 if column.width_mm is None else profile.to_dots(column.width_mm)

    free = width - profile.to_dots(item.gap_mm) * (len(item.columns) - 1) - sum(map(given, item.columns))
    shares = sum(column.share for column in item.columns if column.width_mm is None)
    if free < 0:
        raise LayoutError("width", f"the columns need {width - free} dots, {width} are there")
    return [given(column) or free * column.share // shares for column in item.columns]
