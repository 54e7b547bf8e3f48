"""The bundled fonts as two chains, regular and bold: for each character the first file that has it.

Only the files beside this module are used, so a label looks alike on every machine (see README.md for their making).
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from PIL import Image, ImageDraw, ImageFont

_MEASURING_SIZE = 1000
"""Dots per em at which advances are read: large enough for hints not to matter."""

LINE_ASCENT = 0.95
"""Ink above the base line, in em, including accents on capitals."""
LINE_DESCENT = 0.25
"""Ink below the base line, in em."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """The ink of one character, and where its top left corner lies from the pen on the base line, in dots."""

    ink: Image.Image
    left: int
    top: int


class Face:
    """One font file: which characters it has, how wide they are, what they look like in whole dots."""

    def __init__(self, filename: str) -> None:
        self._path = str(files(__name__) / filename)
        self._first, self._last = _character_ranges(self._path)
        self._measure = self._sized(_MEASURING_SIZE)

    def __contains__(self, char: str) -> bool:
        code = ord(char)
        at = bisect_right(self._first, code) - 1
        return at >= 0 and code <= self._last[at]

    def advance(self, char: str) -> float:
        """How far the pen moves after `char`, in em."""
        return self._measure.getlength(char) / _MEASURING_SIZE

    def glyph(self, char: str, size: int) -> Glyph | None:
        """The ink of `char` at `size` dots per em; None for a blank."""
        canvas = Image.new("1", (3 * size, 3 * size))
        draw = ImageDraw.Draw(canvas)
        draw.fontmode = "1"
        draw.text((size, 2 * size), char, fill=1, font=self._sized(size), anchor="ls")
        bounds = canvas.getbbox()
        if bounds is None:
            return None
        return Glyph(canvas.crop(bounds), bounds[0] - size, bounds[1] - 2 * size)

    @lru_cache(maxsize=64)  # noqa: B019  # faces live as long as the process
    def _sized(self, size: int) -> ImageFont.FreeTypeFont:
        return ImageFont.truetype(self._path, size, layout_engine=ImageFont.Layout.BASIC)


class FontChain:
    """Several faces asked in turn, character by character."""

    def __init__(self, *filenames: str) -> None:
        self._faces = tuple(Face(name) for name in filenames)

    def missing(self, text: str) -> str:
        """The characters of `text` that no face has, each once, in order."""
        return "".join(dict.fromkeys(char for char in text if self._face(char) is None))

    @lru_cache(maxsize=16_384)  # noqa: B019  # two chains live as long as the process
    def advance(self, char: str) -> float:
        """How far the pen moves after `char`, in em. Raises KeyError for a character no face has."""
        return self._require(char).advance(char)

    @lru_cache(maxsize=8_192)  # noqa: B019
    def glyph(self, char: str, size: int) -> Glyph | None:
        """The ink of `char` at `size` dots per em; None for a blank. Raises KeyError for a character no face has."""
        return self._require(char).glyph(char, size)

    def width(self, text: str, size: int) -> float:
        """The length of one line of text at `size` dots per em, in dots."""
        return size * sum(map(self.advance, text))

    def _require(self, char: str) -> Face:
        face = self._face(char)
        if face is None:
            raise KeyError(char)
        return face

    @lru_cache(maxsize=16_384)  # noqa: B019
    def _face(self, char: str) -> Face | None:
        return next((face for face in self._faces if char in face), None)


@cache
def chain(*, bold: bool) -> FontChain:
    """The chain for running text or for emphasis; what only Regular has is printed regular."""
    regular = ("NotoSansCJKsc-Regular.otf", "DejaVuSans.ttf")
    if not bold:
        return FontChain(*regular)
    return FontChain("NotoSansCJKsc-Bold.otf", "DejaVuSans-Bold.ttf", *regular)


def _character_ranges(path: str) -> tuple[list[int], list[int]]:
    """First and last code points of the runs a font maps, from its format 12 `cmap` (OpenType 1.9, cmap, format 12)."""
    with open(path, "rb") as font:  # noqa: PTH123  # a str path, once per file
        (table_count,) = struct.unpack(">4xH6x", font.read(12))
        directory = [struct.unpack(">4s4xII", font.read(16)) for _ in range(table_count)]
        offset, length = next((start, size) for tag, start, size in directory if tag == b"cmap")
        font.seek(offset)
        cmap = font.read(length)
    (encodings,) = struct.unpack_from(">H", cmap, 2)
    for platform, encoding, start in struct.iter_unpack(">HHI", cmap[4 : 4 + 8 * encodings]):
        if (platform, encoding) == (3, 10):
            (group_count,) = struct.unpack_from(">I", cmap, start + 12)
            groups = list(struct.iter_unpack(">III", cmap[start + 16 : start + 16 + 12 * group_count]))
            return [first for first, _, _ in groups], [last for _, last, _ in groups]
    raise ValueError(f"{path} has no full Unicode character map")
