"""Labels as pictures, read back from the bytes for the printer: written from the manuals, not from our renderer.

Strict where a printer is: what does not fit the head, is cut short or unknown is an error, never a guess. Text in the
printer's own font is drawn in its cells with ours.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from PIL import Image, ImageChops

from labels import fonts, played_symbols
from labels.data import LabelData
from labels.model import Label
from labels.profiles import CELL_HEIGHT, CELL_WIDTH, DEFAULT_PROFILE, Profile
from labels.render_escpos import Rendered, render
from labels.templates.captions import Language

_INK = 255
_DEFAULT_SPACING = 30
_LEVELS = {48: "L", 49: "M", 50: "Q", 51: "H"}


class EscPosError(ValueError):
    """Bytes a printer would not print as a label; `offset` is where in the stream."""

    def __init__(self, offset: int, reason: str) -> None:
        super().__init__(f"byte {offset}: {reason}")
        self.offset = offset


def png(
    label: LabelData | Label | Rendered,
    path: Path,
    profile: Profile = DEFAULT_PROFILE,
    language: Language = "zh_CN",
) -> None:
    """Write the picture of `label` to `path`, one pixel per dot, at the printer's resolution."""
    rendered = label if isinstance(label, Rendered) else render(label, profile, language)
    rendered.image.save(path, format="PNG", dpi=(profile.dpi, profile.dpi))


def from_escpos(data: bytes, profile: Profile = DEFAULT_PROFILE) -> list[Image.Image]:
    """The labels that `data` prints on `profile`, one picture per cut, mode 1, ink black, as wide as the head.

    Status requests are skipped. Raises EscPosError for anything the labels' own commands do not include.
    """
    return _Printer(data, profile).run()


@dataclass(slots=True)
class _Mode:
    """What ESC @ puts back."""

    unit_dots: int = 1
    spacing: int = _DEFAULT_SPACING
    align: int = 0
    wide: int = 1
    high: int = 1
    bold: bool = False
    reverse: bool = False
    kanji: bool = False
    page: int = 0
    module: int = 3
    bar_height: int = 162
    qr_module: int = 3
    qr_level: str = "L"
    stored: bytes = b""


class _Printer:
    """Reads commands one by one and keeps the paper printed so far; pictures hold ink as 255 until they are done."""

    def __init__(self, data: bytes, profile: Profile) -> None:
        self._data, self._profile = data, profile
        self._at = self._start = 0
        self._mode = _Mode()
        self._pages = {number: page for page, number in profile.code_pages}
        self._line: list[tuple[int, Image.Image]] = []
        self._pen = 0
        self._marks: list[tuple[int, int, Image.Image]] = []
        self._rows = 0
        self._labels: list[Image.Image] = []

    def run(self) -> list[Image.Image]:
        while self._at < len(self._data):
            self._start = self._at
            first = self._data[self._at]
            if first == 0x0A:
                self._take(1)
                self._print_line(self._mode.spacing)
            elif first >= 0x20:
                self._character()
            else:
                self._command()
        self._require_empty_line("the end")
        if self._rows:
            self._finish_label()
        return self._labels

    def _command(self) -> None:
        name = self._take(2)
        if name not in self._COMMANDS:
            raise self._error(f"unknown command {name.hex(' ')}")
        self._COMMANDS[name](self)

    def _error(self, reason: str) -> EscPosError:
        return EscPosError(self._start, reason)

    # Text

    def _character(self) -> None:
        if self._profile.text == "raster":
            raise self._error(f"unknown command {self._data[self._at]:02x}: {self._profile.name} is sent pictures only")
        mode = self._mode
        size = 1
        if mode.kanji and self._data[self._at] > 0x80:
            size = 4 if self._data[self._at + 1 : self._at + 2].isdigit() else 2
        data = self._take(size)
        page = "gb18030" if size > 1 else self._pages.get(mode.page, "ascii")
        try:
            char = data.decode(page)
        except UnicodeDecodeError as error:
            raise self._error(f"{data.hex(' ')} is no character of {page}") from error
        cell = _cell(char, CELL_WIDTH if size == 1 else 2 * CELL_WIDTH, bold=mode.bold)
        ink = cell.resize((cell.width * mode.wide, cell.height * mode.high), Image.Resampling.NEAREST)
        if self._pen + ink.width > self._profile.dots:
            raise self._error(f"{char!r} does not fit the line")
        self._line.append((self._pen, ImageChops.invert(ink) if mode.reverse else ink))
        self._pen += ink.width

    def _print_line(self, feed: int) -> None:
        """The line on its base line; the paper moves by `feed`, at least by the height of the line."""
        height = max((ink.height for _, ink in self._line), default=0)
        shift = (self._profile.dots - self._pen) * self._mode.align // 2
        for x, ink in self._line:
            self._marks.append((shift + x, self._rows + height - ink.height, ink))
        self._line, self._pen = [], 0
        self._rows += max(feed, height)

    def _require_empty_line(self, what: str) -> None:
        if self._line or self._pen:
            raise self._error(f"{what} in the middle of a line")

    # What changes how things are printed

    def _initialize(self) -> None:
        self._line, self._pen, self._mode = [], 0, _Mode()

    def _set_motion_units(self) -> None:
        _, vertical = self._take(2)
        if vertical == 0 or round(self._profile.dpi / vertical) * vertical != self._profile.dpi:
            raise self._error(f"1/{vertical} inch is not a whole number of dots at {self._profile.dpi} dpi")
        self._mode.unit_dots = self._profile.dpi // vertical

    def _feed(self) -> None:
        self._print_line(self._byte() * self._mode.unit_dots)

    def _set_spacing(self) -> None:
        self._mode.spacing = self._byte() * self._mode.unit_dots

    def _default_spacing(self) -> None:
        self._mode.spacing = _DEFAULT_SPACING

    def _align(self) -> None:
        self._require_empty_line("ESC a")
        self._mode.align = self._byte() & 3

    def _position(self) -> None:
        self._pen = self._word() * self._mode.unit_dots

    def _size(self) -> None:
        size = self._byte()
        self._mode.wide, self._mode.high = (size >> 4) + 1, (size & 7) + 1

    def _bold(self) -> None:
        self._mode.bold = bool(self._byte() & 1)

    def _reverse(self) -> None:
        self._mode.reverse = bool(self._byte() & 1)

    def _kanji_on(self) -> None:
        if self._profile.text != "gb18030":
            raise self._error(f"{self._profile.name} has no Chinese of its own")
        self._mode.kanji = True

    def _kanji_off(self) -> None:
        self._mode.kanji = False

    def _page(self) -> None:
        self._mode.page = self._byte()
        if self._mode.page not in self._pages:
            raise self._error(f"{self._profile.name} has no code page {self._mode.page}")

    def _plain(self) -> None:
        """A country's characters, another font, space between characters: none of them is ever asked for."""
        if self._byte():
            raise self._error("other than the plain font A by ESC R, ESC M or ESC SP")

    def _kanji_spacing(self) -> None:
        if any(self._take(2)):
            raise self._error("space between Chinese characters by FS S")

    def _skip(self) -> None:
        """A status request, or one that concerns the text below bars, of which there is none."""
        self._take(1)

    # What is drawn in one piece

    def _draw(self, ink: Image.Image, what: str) -> None:
        self._require_empty_line(what)
        if ink.width > self._profile.dots:
            raise self._error(f"{ink.width} dots do not fit a head of {self._profile.dots}")
        self._marks.append(((self._profile.dots - ink.width) * self._mode.align // 2, self._rows, ink))
        self._rows += ink.height

    def _raster(self) -> None:
        times = {b"0\0": 1, b"0\2": 2}.get(self._take(2))
        if not times:
            raise self._error("raster other than GS v 0 in normal size or double height")
        width, rows = self._word(), self._word()
        if not width or not rows:
            raise self._error("an empty raster")
        ink = Image.frombytes("1", (width * 8, rows), self._take(width * rows))
        self._draw(ink if times == 1 else ink.resize((ink.width, rows * times)), "a raster")

    def _module(self) -> None:
        self._mode.module = self._byte()

    def _bar_height(self) -> None:
        self._mode.bar_height = self._byte()

    def _no_text_below(self) -> None:
        if self._byte() not in (0, 48):
            raise self._error("text below bars by GS H")

    def _bar_code(self) -> None:
        if self._byte() != 73:
            raise self._error("a bar code other than Code 128 by GS k 73")
        data = self._take(self._byte())
        try:
            bars = played_symbols.code_128(data, self._mode.module, self._mode.bar_height)
        except ValueError as error:
            raise self._error(f"no Code 128: {error}") from error
        self._draw(bars, "a bar code")

    def _parenthesis(self) -> None:
        """GS ( k for QR codes; GS ( H asks for a process id response and prints nothing."""
        kind, count = self._take(1), self._word()
        parameters = self._take(count)
        if kind == b"H":
            return
        if kind != b"k" or parameters[:1] != b"1" or count < 3:
            raise self._error("unknown GS ( function")
        function, rest = parameters[1], parameters[2:]
        match function:
            case 65:
                pass
            case 67:
                self._mode.qr_module = rest[0]
            case 69 if rest[0] in _LEVELS:
                self._mode.qr_level = _LEVELS[rest[0]]
            case 80:
                self._mode.stored = rest[1:]
            case 81 if self._mode.stored:
                try:
                    squares = played_symbols.qr(self._mode.stored, self._mode.qr_level, self._mode.qr_module)
                except ValueError as error:
                    raise self._error(f"no QR code: {error}") from error
                self._draw(squares, "a QR code")
            case _:
                raise self._error(f"unknown QR function {function}")

    def _cut(self) -> None:
        if self._take(2) not in {b"A\0", b"B\0"}:
            raise self._error("a cut other than GS V 65/66 0")
        self._require_empty_line("a cut")
        self._finish_label()

    def _finish_label(self) -> None:
        paper = Image.new("1", (self._profile.dots, self._rows))
        for x, y, ink in self._marks:
            paper.paste(_INK, (x, y), ink)
        self._labels.append(ImageChops.invert(paper))
        self._marks, self._rows = [], 0

    def _byte(self) -> int:
        return self._take(1)[0]

    def _word(self) -> int:
        return int.from_bytes(self._take(2), "little")

    def _take(self, count: int) -> bytes:
        taken = self._data[self._at : self._at + count]
        if len(taken) < count:
            raise EscPosError(self._at, "the data ends in the middle of a command")
        self._at += count
        return taken

    _COMMANDS: ClassVar[dict[bytes, Callable[[_Printer], None]]] = {
        b"\x1b@": _initialize,
        b"\x1b2": _default_spacing,
        b"\x1b3": _set_spacing,
        b"\x1bE": _bold,
        b"\x1bJ": _feed,
        b"\x1bM": _plain,
        b"\x1bR": _plain,
        b"\x1b ": _plain,
        b"\x1cS": _kanji_spacing,
        b"\x1ba": _align,
        b"\x1bt": _page,
        b"\x1b$": _position,
        b"\x1c&": _kanji_on,
        b"\x1c.": _kanji_off,
        b"\x1d!": _size,
        b"\x1d(": _parenthesis,
        b"\x1dB": _reverse,
        b"\x1dH": _no_text_below,
        b"\x1dP": _set_motion_units,
        b"\x1dV": _cut,
        b"\x1da": _skip,
        b"\x1df": _skip,
        b"\x1dh": _bar_height,
        b"\x1dk": _bar_code,
        b"\x1dr": _skip,
        b"\x1dv": _raster,
        b"\x1dw": _module,
        b"\x10\x04": _skip,
    }


def _cell(char: str, width: int, *, bold: bool) -> Image.Image:
    """`char` in a cell `width` dots wide, squeezed if need be; a box when no font of ours has it."""
    cell = Image.new("1", (width, CELL_HEIGHT))
    font = fonts.chain(bold=bold)
    if font.missing(char):
        cell.paste(_INK, (1, 4, width - 1, CELL_HEIGHT - 4))
        return cell
    glyph = font.glyph(char, round(CELL_HEIGHT * 0.84))
    if glyph is None:
        return cell
    ink = glyph.ink.resize((min(glyph.ink.width, width), min(glyph.ink.height, CELL_HEIGHT)))
    left = min(max(0, glyph.left), width - ink.width)
    top = min(max(0, round(CELL_HEIGHT * 0.8) + glyph.top), CELL_HEIGHT - ink.height)
    cell.paste(_INK, (left, top), ink)
    return cell
