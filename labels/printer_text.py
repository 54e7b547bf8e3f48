"""Text as the bytes that a printer's own fonts take: ASCII, a code page, or two-byte Chinese, run by run.

What a printer has no byte for is not guessed at: the line is then printed as a picture.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from labels.profiles import Profile
from labels.text import NO_BREAK_SPACE

KANJI = -1
"""Stands for the Chinese character mode (FS &) where otherwise the number of a code page stands."""
_ASCII = -2
_LAST_LATIN = "\u024f"


@dataclass(frozen=True, slots=True)
class Run:
    """Text whose `data` is sent in one mode: `page` is the number after ESC t, or KANJI. `cells` of font A wide."""

    text: str
    data: bytes
    page: int
    cells: int


@dataclass(frozen=True, slots=True)
class _Coded:
    mode: int
    data: bytes
    cells: int


class PrinterText:
    """The character sets of one kind of printer."""

    def __init__(self, pages: tuple[tuple[str, int], ...], *, chinese: bool, four_byte: bool) -> None:
        self._pages = pages
        self._chinese = chinese
        self._four_byte = four_byte

    def cells(self, char: str) -> int:
        """How many cells `char` takes; of one the printer does not have, as many as its like would."""
        coded = self._coded(char)
        if coded:
            return coded.cells
        return 2 if unicodedata.east_asian_width(char) in "WF" else 1

    def can_print(self, text: str) -> bool:
        """True when the printer has every character of `text`."""
        return all(self._coded(char) for char in text)

    def runs(self, text: str) -> tuple[Run, ...] | None:
        """`text` in as few runs as it needs; None when the printer lacks one of its characters."""
        coded = [self._coded(char) for char in text]
        known = [char for char in coded if char]
        if not coded or len(known) < len(coded):
            return None
        modes = list(_settled([char.mode for char in known], KANJI if self._chinese else self._pages[0][1]))
        found: list[Run] = []
        at = 0
        for mode, group in groupby(modes):
            end = at + len(list(group))
            part = known[at:end]
            found.append(Run(text[at:end], b"".join(c.data for c in part), mode, sum(c.cells for c in part)))
            at = end
        return tuple(found)

    @lru_cache(maxsize=16_384)  # noqa: B019  # as many as there are kinds of printers, for ever
    def _coded(self, char: str) -> _Coded | None:
        if " " <= char <= "~":
            return _Coded(_ASCII, char.encode("ascii"), 1)
        if char == NO_BREAK_SPACE:
            return _Coded(_ASCII, b" ", 1)
        ways = [self._in_chinese(char), self._in_a_page(char)]
        if char <= _LAST_LATIN and char.isalpha():
            ways.reverse()  # GB18030 has some accented letters too, but as wide as a Chinese character
        return next((way for way in ways if way), None)

    def _in_chinese(self, char: str) -> _Coded | None:
        """GBK's two bytes, which every later standard kept; GB18030's four where the printer has them."""
        if not self._chinese:
            return None
        data = char.encode("gbk", "ignore")
        if len(data) != 2 and self._four_byte and unicodedata.east_asian_width(char) in "WF":
            data = char.encode("gb18030")
        return _Coded(KANJI, data, 2) if len(data) > 1 else None

    def _in_a_page(self, char: str) -> _Coded | None:
        for page, number in self._pages:
            data = char.encode(page, "ignore")
            if len(data) == 1 and data >= b"\x80":
                return _Coded(number, data, 1)
        return None


def _settled(modes: list[int], default: int) -> Iterator[int]:
    """ASCII, alike in every mode, goes with what stands before it, or else after it."""
    mode = next((each for each in modes if each != _ASCII), default)
    for each in modes:
        if each != _ASCII:
            mode = each
        yield mode


@lru_cache(maxsize=64)
def _shared(pages: tuple[tuple[str, int], ...], chinese: bool, four_byte: bool) -> PrinterText:
    return PrinterText(pages, chinese=chinese, four_byte=four_byte)


def printer_text(profile: Profile) -> PrinterText | None:
    """The character sets of `profile`; None when it takes text as pictures only."""
    if profile.text == "raster":
        return None
    return _shared(profile.code_pages, profile.text == "gb18030", profile.four_byte)
