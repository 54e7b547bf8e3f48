"""Characters as a printer prints them: bytes through a code page or the Chinese font into cells of whole dots.

Source: Epson ESC/POS command reference, ESC t (pages of the TM series), ESC R, FS &; GB 18030 and GBK for Chinese.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal

from PIL import Image, ImageDraw, ImageFont

Kanji = Literal["gbk", "gb18030"]
FONT_A, FONT_B, KANJI = (12, 24), (9, 17), (24, 24)

CODE_PAGES = {
    0: "cp437",
    2: "cp850",
    3: "cp860",
    4: "cp863",
    5: "cp865",
    13: "cp857",
    14: "cp737",
    15: "iso8859_7",
    16: "cp1252",
    17: "cp866",
    18: "cp852",
    19: "cp858",
    32: "cp720",
    33: "cp775",
    34: "cp855",
    35: "cp861",
    36: "cp862",
    37: "cp864",
    38: "cp869",
    39: "iso8859_2",
    40: "iso8859_15",
    45: "cp1250",
    46: "cp1251",
    47: "cp1253",
    48: "cp1254",
    49: "cp1255",
    50: "cp1256",
    51: "cp1257",
    52: "cp1258",
}

_NATIONAL_PLACES = "#$@[\\]^`{|}~"
NATIONAL = {
    0: "#$@[\\]^`{|}~",
    1: "#$à°ç§^`éùè¨",
    2: "#$§ÄÖÜ^`äöüß",
    3: "£$@[\\]^`{|}~",
    4: "#$@ÆØÅ^`æøå~",
    5: "#¤ÉÄÖÅÜéäöåü",
    6: "#$@°\\é^ùàòèì",
    7: "₧$@¡Ñ¿^`¨ñ}~",
    8: "#$@[¥]^`{|}~",
    9: "#¤ÉÆØÅÜéæøåü",
    10: "#$ÉÆØÅÜéæøåü",
    11: "#$á¡Ñ¿é`íñóú",
    12: "#$á¡Ñ¿éüíñóú",
    13: "#$@[₩]^`{|}~",
    14: "#$ŽŠĐĆČžšđćč",
    15: "#¥@[\\]^`{|}~",
}
"""ESC R: what stands at twelve places of ASCII. 15, China, is what Simplified Chinese models start with."""

_FONT_FOLDER = Path(__file__).parents[2] / "labels" / "fonts"
_FONTS = ("NotoSansCJKsc-Regular.otf", "DejaVuSans.ttf")


def single(byte: int, page: str, national: int) -> str | None:
    """The character of one byte; None where the page has none."""
    if byte < 0x80:
        char = chr(byte)
        place = _NATIONAL_PLACES.find(char)
        return char if place < 0 else NATIONAL[national][place]
    try:
        return bytes((byte,)).decode(page)
    except UnicodeDecodeError:
        return None


def multi(data: bytes, kanji: Kanji) -> tuple[int, str | None]:
    """How many bytes at the start of `data` are one Chinese character, and which: None where the font has none.

    Of the four-byte codes GB 18030-2000 requires those of CJK Extension A only.
    """
    length = 4 if kanji == "gb18030" and len(data) >= 4 and 0x30 <= data[1] <= 0x39 else 2
    try:
        char = data[:length].decode(kanji)
    except UnicodeDecodeError:
        return min(length, len(data)), None
    has_glyph = len(char) == 1 and char.isprintable() and (length == 2 or "\u3400" <= char <= "\u4dbf")
    return length, char if has_glyph else None


@lru_cache(maxsize=20_000)
def cell(char: str, size: tuple[int, int], wide: int, high: int, *, bold: bool) -> Image.Image:
    """The ink (1) of `char` in a cell of `size` dots, enlarged as printers do: every dot becomes a block."""
    width, height = size
    ink = Image.new("1", size)
    bounds, glyph = _glyph(char, height)
    if bounds:
        left, top, right, bottom = bounds
        drawn = glyph.crop(bounds)
        room = width - 1
        if right - left > room:
            drawn = drawn.resize((room, bottom - top))
            left = 0
        ink.paste(drawn, (min(max(0, left), width - drawn.width), min(max(0, top), height - drawn.height)))
        if bold:
            ink.paste(255, (1, 0), ink.copy())
    return ink.resize((width * wide, height * high), Image.Resampling.NEAREST)


def _glyph(char: str, height: int) -> tuple[tuple[int, int, int, int] | None, Image.Image]:
    """Drawn as large as leaves accents and descenders inside the cell."""
    canvas = Image.new("1", (3 * height, height))
    draw = ImageDraw.Draw(canvas)
    draw.fontmode = "1"
    face = _face(char, round(height * 0.84))
    draw.text((0, round(height * 0.8)), char, fill=255, font=face, anchor="ls")
    return canvas.getbbox(), canvas


@lru_cache(maxsize=64)
def _sized(name: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(_FONT_FOLDER / name, size, layout_engine=ImageFont.Layout.BASIC)


def _face(char: str, size: int) -> ImageFont.FreeTypeFont:
    """The first font whose glyph is not the box that stands for a missing one."""
    for name in _FONTS:
        face = _sized(name, size)
        if char.isspace() or bytes(face.getmask(char)) not in (b"", bytes(face.getmask("\uffff"))):
            return face
    return _sized(_FONTS[0], size)
