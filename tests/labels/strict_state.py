"""The state of the strict printer, and what all its commands share: reading parameters, units, the line, the paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from PIL import Image, ImageChops, ImageDraw

from tests.labels import strict_text
from tests.labels.strict_paper import Cell, Line, Paper
from tests.labels.strict_report import Fault, Finding, Sheet


@dataclass(frozen=True, slots=True)
class Model:
    """One printer: its head, its Chinese font (None for none), its state at power-on, its native symbols.

    `has_symbols` is False for a printer that is trusted with pictures only: any other way of printing is unknown to it.
    """

    dots: int
    dpi: int = 203
    kanji: strict_text.Kanji | None = None
    starts_in_kanji: bool = False
    has_symbols: bool = True
    has_text: bool = True
    code_pages: Mapping[int, str] = field(default_factory=lambda: strict_text.CODE_PAGES)
    cutter_gap: int = 80

    @property
    def starts_national(self) -> int:
        """ESC R: Simplified Chinese models start with 15, where `$` is a yen sign."""
        return 15 if self.starts_in_kanji else 0


@dataclass(slots=True)
class Settings:
    """What ESC @ puts back."""

    kanji: bool
    national: int
    page: int = 0
    unit: tuple[int, int] | None = None
    spacing: int | None = None
    align: int = 0
    left: int = 0
    width: int | None = None
    size: tuple[int, int] = (1, 1)
    kanji_size: tuple[int, int] = (1, 1)
    font_b: bool = False
    bold: bool = False
    double_strike: bool = False
    underline: int = 0
    kanji_underline: int = 0
    reverse: bool = False
    upside_down: bool = False
    right: int = 0
    kanji_sides: tuple[int, int] = (0, 0)
    module: int = 3
    bar_height: int = 162
    hri: int = 0
    hri_font_b: bool = False
    qr_module: int = 3
    qr_level: str = "L"
    stored: bytes = b""


class State:
    """The printer from power-on: `findings` and `sheets` grow as commands are carried out."""

    def __init__(self, data: bytes, model: Model) -> None:
        self._data, self._model = data, model
        self._at = self._start = 0
        self.findings: list[Finding] = []
        self.sheets: list[Sheet] = []
        self._line = Line()
        self._paper = Paper(model.dots, self._tell)
        self._set = self._fresh()

    def _fresh(self) -> Settings:
        model = self._model
        return Settings(kanji=model.starts_in_kanji and model.kanji is not None, national=model.starts_national)

    def _tell(self, fault: Fault, detail: str) -> None:
        self.findings.append(Finding(fault, self._start, detail))

    def _take(self, count: int) -> bytes:
        taken = self._data[self._at : self._at + count]
        if len(taken) < count:
            raise EOFError
        self._at += count
        return taken

    def _byte(self) -> int:
        return self._take(1)[0]

    def _word(self) -> int:
        return int.from_bytes(self._take(2), "little")

    def _units(self, count: int, axis: int, what: str) -> int:
        """`count` motion units in dots."""
        if not count:
            return 0
        if self._set.unit is None:
            self._tell("assumed", f"{what} counts in the maker's units: GS P has not set them")
            return count
        per_inch = self._set.unit[axis]
        if round(self._model.dpi / per_inch) * per_inch != self._model.dpi:
            self._tell("assumed", f"{what}: 1/{per_inch} inch is no whole number of dots")
        return round(count * self._model.dpi / per_inch)

    def _at_line_start(self, what: str) -> bool:
        if self._line.is_empty and not self._line.pen:
            return True
        self._tell("ignored", f"{what} counts at the beginning of a line only")
        return False

    def _choice(self, what: str, byte: int, allowed: int) -> int | None:
        """A parameter that may be given as a number or its digit."""
        value = byte - 48 if byte >= 48 else byte
        if value < allowed:
            return value
        self._tell("range", f"{what} {byte}")
        return None

    def _characters(self) -> None:
        if not self._model.has_text:
            self._tell("unknown", "text on a printer that is given pictures only")
        first = self._data[self._at]
        if self._set.kanji and first >= 0x80 and self._model.kanji:
            used, char = strict_text.multi(self._data[self._at : self._at + 4], self._model.kanji)
            self._at += used
            size, (wide, high) = strict_text.KANJI, self._set.kanji_size
            before, after = self._set.kanji_sides
            underline = self._set.kanji_underline
        else:
            used = 1
            self._at += 1
            char = strict_text.single(first, self._model.code_pages[self._set.page], self._set.national)
            size, (wide, high) = strict_text.FONT_B if self._set.font_b else strict_text.FONT_A, self._set.size
            before, after, underline = 0, self._set.right, self._set.underline
        if char is None:
            self._tell("undefined", self._data[self._at - used : self._at].hex(" "))
        bold = self._set.bold or self._set.double_strike
        ink = strict_text.cell(char or "\ufffd", size, wide, high, bold=bold)
        ink = self._dressed(ink, before * wide, after * wide, underline)
        if self._line.pen + ink.width > self._area:
            self._tell("wrapped", f"{char!r} at dot {self._line.pen} of {self._area}")
            self._feed(self._spacing(), False)
        self._line.add(
            Cell(self._line.pen, char or "\ufffd", ink, wide, high, self._set.reverse), ink.width, self._tell
        )

    def _dressed(self, ink: Image.Image, before: int, after: int, underline: int) -> Image.Image:
        if before or after:
            wider = Image.new("1", (before + ink.width + after, ink.height))
            wider.paste(ink, (before, 0))
            ink = wider
        if self._set.reverse:
            return ImageChops.invert(ink)
        if underline:
            ink = ink.copy()
            ImageDraw.Draw(ink).rectangle((0, ink.height - underline, ink.width, ink.height), fill=255)
        return ink

    @property
    def _area(self) -> int:
        room = self._model.dots - self._set.left
        return room if self._set.width is None else min(room, self._set.width)

    def _spacing(self) -> int:
        return 30 if self._set.spacing is None else self._set.spacing

    def _spacing_matters(self) -> bool:
        return self._set.spacing is None and self._line.height < 34

    def _feed(self, rows: int, assumed: bool) -> None:
        """Print the line, aligned, on its base line; the paper moves by `rows`, at least by the line's height."""
        if assumed:
            self._tell("assumed", "the line spacing, which ESC 3 has not set")
        line, self._line = self._line, Line()
        if not line.is_empty:
            shift = (self._area - line.end) * self._set.align // 2
            bottom = self._paper.y + line.height
            for run in line.runs():
                self._paper.text(*self._turned(run, shift, bottom))
        self._paper.y += max(rows, line.height)

    def _turned(self, run: list[Cell], shift: int, bottom: int) -> tuple[list[Cell], int, int]:
        x = self._set.left + shift + run[0].x
        if not self._set.upside_down:
            return run, x, bottom
        width = run[-1].end - run[0].x
        turned = [
            Cell(
                run[0].x + width - (cell.end - run[0].x),
                cell.char,
                cell.ink.rotate(180),
                cell.wide,
                cell.high,
                cell.reverse,
            )
            for cell in reversed(run)
        ]
        return turned, self._set.left + self._area - (shift + run[0].x) - width, bottom
