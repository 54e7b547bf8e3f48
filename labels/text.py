"""Text on its way to paper: what must never reach a printer is taken out, long text is broken into lines."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from itertools import pairwise

_NOT_AT_LINE_START = frozenset("!%),.:;?]}¢°’”…‰′″›℃、。々〉》」』】〕〗！％），．：；？］｝～·-—")
_NOT_AT_LINE_END = frozenset("$([{£¥‘“‹〈《「『【〔〖（［｛＄￥#№")
NO_BREAK_SPACE = "\u00a0"
_BREAK_AFTER = frozenset("-/,;")
_VARIATION_SELECTORS = frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))


def clean(text: str) -> str:
    """`text` composed (NFC), with controls (C0, DEL, C1) as spaces, without directional and other invisible format
    characters and variation selectors, and with one space where there were several. No-break spaces stay."""
    kept = "".join(_printable(char) for char in unicodedata.normalize("NFC", text))
    return " ".join(word for word in kept.split(" ") if word)


def _printable(char: str) -> str:
    if char in _VARIATION_SELECTORS:
        return ""
    match unicodedata.category(char):
        case "Cc" | "Zl" | "Zp":
            return " "
        case "Cf":
            return ""
        case "Zs":
            return char if char == NO_BREAK_SPACE else " "
        case _:
            return char


def wrap(text: str, width: float, advance: Callable[[str], float]) -> list[str]:
    """Break cleaned `text` into lines no wider than `width`, in the unit of `advance`.

    Latin words stay whole; Chinese breaks between characters except before closing and after opening punctuation
    (the common core of GB/T 15834 and JIS X 4051). Only what is wider than a whole line is cut anywhere.
    """
    lines: list[str] = []
    line, used = "", 0.0
    for piece in _pieces(text):
        visible = sum(map(advance, piece.rstrip()))
        if line and used + visible > width:
            lines.append(line.rstrip())
            line, used = "", 0.0
        if visible > width:
            *full, piece = _cut(piece, width, advance)  # noqa: PLW2901
            lines += full
        line += piece
        used += sum(map(advance, piece))
    if line:
        lines.append(line.rstrip())
    return lines


def _pieces(text: str) -> Iterator[str]:
    piece = ""
    for char, following in pairwise([*text, ""]):
        piece += char
        if not following or _may_break(char, following):
            yield piece
            piece = ""


def _may_break(before: str, after: str) -> bool:
    if after == " " or after in _NOT_AT_LINE_START or before in _NOT_AT_LINE_END:
        return False
    return before == " " or before in _BREAK_AFTER or _is_ideographic(before) or _is_ideographic(after)


def _is_ideographic(char: str) -> bool:
    return unicodedata.east_asian_width(char) in "WF"


def _cut(piece: str, width: float, advance: Callable[[str], float]) -> list[str]:
    lines, line, used = [], "", 0.0
    for char in piece:
        if line and used + advance(char) > width:
            lines.append(line)
            line, used = "", 0.0
        line += char
        used += advance(char)
    return [*lines, line]
