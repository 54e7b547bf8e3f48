"""Text made to fit: shrunk, broken into lines, and only where its item allows it shortened, continued or refused."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from itertools import groupby
from operator import itemgetter

from labels import fonts, text
from labels.errors import LayoutError
from labels.marks import Block, CellLine, Fill, Fitting, Mark, TextLine
from labels.model import Text
from labels.printer_text import PrinterText, printer_text
from labels.profiles import CELL_HEIGHT, CELL_WIDTH, Profile

_LINE_HEIGHT = fonts.LINE_ASCENT + fonts.LINE_DESCENT
_ELLIPSIS = "…"
_PLAIN_ELLIPSIS = "..."
_MISSING = "□"
_READ_NEARBY_MM = 6.0
"""Text up to this size need not be as large as asked where its dots are dear."""
_MAX_SCALE = 8
"""GS ! enlarges no further."""
_CELL_BASE_LINE = 21
"""Dots from the top of a cell to the line that letters stand on."""


def placed_text(item: Text, width: int, profile: Profile) -> Block:
    """`item` on lines of at most `width` dots, in the printer's own font where it has the characters. Raises
    LayoutError when it cannot be made to fit."""
    cleaned = text.clean(item.text)
    if not cleaned:
        return Block(0)
    missing = fonts.chain(bold=item.bold).missing(cleaned)
    if missing:
        cleaned = _boxed(item, cleaned, missing)
    charset = printer_text(profile)
    # A page without Chinese has all of a text or none of it worth mixing; Chinese lacks a character here and there.
    if charset and (profile.text == "gb18030" or charset.can_print(cleaned)):
        in_cells = _in_cells(item, cleaned, missing, width, profile, charset)
        if in_cells:
            return in_cells
    return _drawn(item, cleaned, missing, width, profile)


def _boxed(item: Text, cleaned: str, missing: str) -> str:
    """`cleaned` with a box for each character of `missing`, where the item allows that and it still says something."""
    boxed = "".join(_MISSING if char in missing else char for char in cleaned)
    if not item.box_missing or not any(char.isalnum() for char in boxed):
        raise LayoutError(item.field, f"no font on the label has {_named(missing)}")
    return boxed


def _drawn(item: Text, cleaned: str, missing: str, width: int, profile: Profile) -> Block:
    font = fonts.chain(bold=item.bold)
    padding = profile.to_dots(0.6) if item.inverse else 0
    asked, least = profile.to_dots(item.size_mm), profile.to_dots(min(item.min_mm, item.size_mm))
    wanted = asked if item.size_mm > _READ_NEARBY_MM else 0
    for _ in range(_steps_down(item, profile)):
        asked = (asked + least) // 2
    wanted = wanted or asked
    size, lines, shortened = _fit(item, cleaned, width - 2 * padding, asked, least, font)
    pitch = round(size * _LINE_HEIGHT)
    marks: list[Mark] = []
    if item.inverse:
        marks.append(Fill(0, 0, width, pitch * len(lines) + 2 * padding))
    for number, line in enumerate(lines):
        indent = _indent(item, width - 2 * padding - round(font.width(line, size)))
        base = padding + number * pitch + round(size * fonts.LINE_ASCENT)
        marks.append(TextLine(padding + indent, base, line, size, item.bold, not item.inverse, item.field))
    continued = len(lines) > item.max_lines
    changed = size != wanted or shortened or continued or missing
    fittings = (Fitting(item.field, wanted, size, len(lines), shortened, continued, missing),) if changed else ()
    return Block(pitch * len(lines) + 2 * padding, tuple(marks), fittings)


def _steps_down(item: Text, profile: Profile) -> int:
    """How often a picture of text begins half-way between its size and its least, for the sake of slow lines."""
    if item.size_mm > _READ_NEARBY_MM:
        return max(0, profile.sparing - 1)
    return max(int(bool(profile.code_pages)), min(profile.sparing, 2))


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
    if item.shorten and (lines := _shortened(cleaned, _ELLIPSIS, lambda candidate: lines_of(candidate, least))):
        return least, lines, True
    room = f"{item.max_lines} line" + ("s" if item.max_lines > 1 else "")
    raise LayoutError(item.field, f"{len(cleaned)} characters do not fit {room} even at the smallest size")


def _in_cells(
    item: Text, cleaned: str, missing: str, width: int, profile: Profile, charset: PrinterText
) -> Block | None:
    """`item` in the printer's cells, the largest that fit; None when even the smallest do not."""
    asked, least = profile.to_dots(item.size_mm), profile.to_dots(min(item.min_mm, item.size_mm))

    def lines_of(candidate: str, across: int, lines_at_most: int) -> list[str] | None:
        room = width // (CELL_WIDTH * across)
        lines = text.wrap(candidate, room, charset.cells)
        fits = len(lines) <= lines_at_most and max(sum(map(charset.cells, line)) for line in lines) <= room
        return lines if fits else None

    shapes = _shapes(_scale(asked), _scale(least))
    for down, at_this_height in groupby(shapes, key=itemgetter(1)):
        fitting_lines = [
            (len(lines), -across, lines)
            for across, _ in at_this_height
            if (lines := lines_of(cleaned, across, item.max_lines))
            and ((across, down) == shapes[-1] or not _breaks_a_word(cleaned, lines))
        ]
        if fitting_lines:
            count, narrow, lines = min(fitting_lines)
            changed = (-narrow, down) != shapes[0] or missing
            fitting = Fitting(item.field, asked, CELL_HEIGHT * down, count, shortened=False, missing=missing)
            return _cell_block(item, lines, -narrow, down, width, charset, (fitting,) if changed else ())
    across, down = shapes[-1]
    found, shortened = None, False
    if item.continues:
        found = lines_of(cleaned, across, len(cleaned))
    elif item.shorten:
        ellipsis = _ELLIPSIS if charset.can_print(_ELLIPSIS) else _PLAIN_ELLIPSIS
        found = _shortened(cleaned, ellipsis, lambda candidate: lines_of(candidate, across, item.max_lines))
        shortened = True
    if not found:
        return None
    fitting = Fitting(item.field, asked, CELL_HEIGHT * down, len(found), shortened, item.continues, missing)
    return _cell_block(item, found, across, down, width, charset, (fitting,))


def _scale(dots: int) -> int:
    """How often a cell is enlarged to be about `dots` high."""
    return min(_MAX_SCALE, max(1, int(dots / CELL_HEIGHT + 0.4)))


def _shapes(largest: int, least: int) -> list[tuple[int, int]]:
    """Enlargements across and down from the largest to the least; letters are made narrow before they are made low, but
    never so narrow that they read as others."""
    return [
        (across, down)
        for down in range(largest, min(largest, least) - 1, -1)
        for across in range(down, (3 * down + 3) // 4 - 1, -1)
    ]


def _cell_block(
    item: Text,
    lines: list[str],
    across: int,
    down: int,
    width: int,
    charset: PrinterText,
    fittings: tuple[Fitting, ...],
) -> Block:
    pitch = CELL_HEIGHT * down + 4 + 2 * down
    marks = tuple(
        _cell_line(item, line, number * pitch, across, down, width, charset) for number, line in enumerate(lines)
    )
    return Block(pitch * len(lines), marks, fittings)


def _cell_line(
    item: Text, line: str, y: int, across: int, down: int, width: int, charset: PrinterText
) -> CellLine | TextLine:
    cells = sum(map(charset.cells, line))
    spare = width // (CELL_WIDTH * across) - cells
    shown = " " * _indent(item, spare) + line + " " * (spare - _indent(item, spare)) if item.inverse else line
    runs = charset.runs(shown)
    if runs:
        indent = 0 if item.inverse else _indent(item, width - cells * CELL_WIDTH * across)
        return CellLine(indent, y, runs, across, down, item.bold, item.inverse, item.field)
    font = fonts.chain(bold=item.bold)
    size = CELL_HEIGHT * min(across, down)
    while font.width(line, size) > width:
        size -= 1
    indent = _indent(item, width - round(font.width(line, size)))
    return TextLine(indent, y + _CELL_BASE_LINE * down, line, size, item.bold, ink=True, field=item.field)


def _indent(item: Text, slack: int) -> int:
    return {"left": 0, "center": slack // 2, "right": slack}[item.align]


def _shortened(cleaned: str, ellipsis: str, lines_of: Callable[[str], list[str] | None]) -> list[str] | None:
    """As much of the text as fits with an ellipsis behind it."""
    too_long = bisect_left(range(len(cleaned)), True, key=lambda kept: lines_of(cleaned[:kept] + ellipsis) is None)
    return lines_of(cleaned[: too_long - 1].rstrip() + ellipsis) if too_long else None


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
