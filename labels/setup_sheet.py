"""The sheet by which a scanner's settings are learnt: known codes in a known order, and where a maker publishes them,
the codes that change the scanner. On a roll it is one strip, on A4 a page or two."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from PIL import Image

from labels import code128
from labels.gs1 import FNC1
from labels.layout import layout
from labels.model import Barcode, Item, Label, Line, Qr, Space, Text
from labels.paint import WHITE, paint
from labels.profiles import DEFAULT_PROFILE, Profile
from labels.programming_codes import PROGRAMMING_CODES, Maker, ProgrammingCode
from labels.render_escpos import Rendered, render
from labels.symbols import Symbol, code_128, qr
from labels.templates.captions import Language

A4 = Profile("a4", 2480, dpi=300)
_A4_MM, _PAGE_MARGIN_MM = (210, 297), 15
_GAP_MM = 9
"""Between codes, so that a scanner held over one does not take its neighbour."""
_BAR_MM, _QR_MM, _MODULE_MM = 13, 26, 0.5


@dataclass(frozen=True, slots=True)
class SetupCode:
    """A code to scan: `name` chooses the words beside it, `aim` its symbology by AIM identifier (`]C0`, `]C1`, `]Q1`),
    `text` is what a scanner reports, with GS between GS1 elements."""

    name: str
    aim: str
    text: str

    @property
    def symbol(self) -> Symbol:
        match self.aim:
            case "]C1":
                bars = code128.bars(FNC1 + self.text.replace("\x1d", FNC1))
                return Symbol("gs1-128", self.text, (bars,), 10, 10)
            case "]Q1":
                return qr(self.text)
            case _:
                return code_128(self.text)

    @property
    def caption(self) -> str:
        """The text as it can be read: dots for spaces where one would not be seen."""
        shown = self.text.replace("\x1d", " <GS> ")
        return shown if shown == shown.strip() else shown.replace(" ", "·")


@cache
def words(language: Language) -> Mapping[str, str]:
    """Everything said on the sheet."""
    table: dict[str, dict[str, str]] = tomllib.loads((files(__package__) / "setup_sheet.toml").read_text("utf-8"))
    return table[language]


def strip(
    codes: Sequence[SetupCode],
    maker: Maker | None = None,
    profile: Profile = DEFAULT_PROFILE,
    language: Language = "zh_CN",
) -> list[Rendered]:
    """The sheet for a roll printer, a piece for the codes to learn by and one for the maker's. Raises LayoutError
    naming the code that the paper is too narrow for."""
    return [
        render(Label(profile.width_mm, tuple(item for card in section for item in card)), profile, language)
        for section in _sections(codes, maker, language)
    ]


def pages(codes: Sequence[SetupCode], maker: Maker | None = None, language: Language = "zh_CN") -> list[Image.Image]:
    """The sheet as A4 pages at 300 dpi, no card torn apart."""
    width_mm, height_mm = _A4_MM
    label_width = float(width_mm - 2 * _PAGE_MARGIN_MM)
    margin, bottom = A4.to_dots(_PAGE_MARGIN_MM), A4.to_dots(height_mm - _PAGE_MARGIN_MM)
    made: list[Image.Image] = []
    for section in _sections(codes, maker, language):
        at = bottom
        for card in section:
            picture = paint(layout(Label(label_width, card), A4))
            if at + picture.height > bottom:
                made.append(Image.new("1", (A4.dots, A4.to_dots(height_mm)), WHITE))
                at = margin
            made[-1].paste(picture.crop((0, 0, A4.dots - margin, picture.height)), (margin, at))
            at += picture.height
    return made


def write_pdf(made: Sequence[Image.Image], path: Path) -> None:
    """Write pages as they come from `pages`. Raises OSError."""
    first, *others = made
    first.save(path, format="PDF", resolution=A4.dpi, save_all=True, append_images=others)


def _sections(codes: Sequence[SetupCode], maker: Maker | None, language: Language) -> list[list[tuple[Item, ...]]]:
    said = words(language)
    head: tuple[Item, ...] = (
        Text(said["title"], 6, "title", min_mm=4, bold=True),
        Text(said["how"], 3.4, "how", max_lines=6),
        Space(3),
    )
    sections = [[head, *(_learn_card(number, code, said) for number, code in enumerate(codes, 1))]]
    if maker:
        title = said["maker"].format(maker=maker.capitalize())
        warning: tuple[Item, ...] = (
            Text(title, 6, "maker", min_mm=3.5, bold=True),
            Text(said["maker_note"], 3.4, "maker_note", max_lines=7),
            Space(3),
        )
        sections.append([warning, *(_maker_card(code, said) for code in PROGRAMMING_CODES[maker])])
    return sections


def _learn_card(number: int, code: SetupCode, said: Mapping[str, str]) -> tuple[Item, ...]:
    symbol = code.symbol
    drawn: Item = (
        Qr(symbol, _QR_MM, code.name)
        if symbol.is_matrix
        else Barcode(symbol, _BAR_MM, code.name, 3.4, code.caption, _MODULE_MM)
    )
    return (
        Line(),
        Space(1),
        Text(f"{number}   {said[code.name]}", 4.5, code.name, min_mm=3, bold=True),
        Space(2),
        drawn,
        *((Text(code.caption, 3.4, code.name, align="center", bold=True),) if symbol.is_matrix else ()),
        Text(said[f"{code.name}_note"], 3.0, f"{code.name}_note", max_lines=4),
        Space(_GAP_MM),
    )


def _maker_card(code: ProgrammingCode, said: Mapping[str, str]) -> tuple[Item, ...]:
    drawn: tuple[Item, ...]
    if symbol := code.symbol:
        drawn = (Space(2), Barcode(symbol, _BAR_MM, code.purpose, 3.4, code.command, _MODULE_MM))
    else:
        drawn = (Text(said["no_picture"], 3.2, "no_picture", max_lines=3),)
    return (
        Line(),
        Space(1),
        Text(said[code.purpose], 4.5, code.purpose, min_mm=3, max_lines=2, bold=True),
        *drawn,
        Text(code.setting, 3.2, "setting", max_lines=3),
        Text(code.source, 2.8, "source", min_mm=2.2, max_lines=4),
        Space(_GAP_MM),
    )
