"""A label as the bytes an ESC/POS printer gets, together with the picture they print and what is on it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

from PIL import Image

from labels import templates
from labels.data import LabelData
from labels.emit import Emission, emit
from labels.layout import layout
from labels.marks import CellLine, Fitting, PlacedSymbol, TextLine
from labels.model import Label
from labels.profiles import DEFAULT_PROFILE, Profile
from labels.symbols import SymbolKind
from labels.templates.captions import Language

_BYTES_PER_DOT_OF_WIDTH, _USUAL_DPI = 75, 203
"""43 kB on an 80 mm head, four seconds at 115200 baud."""
_USUAL_DOTS, _BYTES_BESIDE_COMMANDS = 640, 23_000
"""Where the symbols are the printer's own, two seconds are enough."""
_SPARING: Final[tuple[Literal[1, 2, 3], ...]] = (1, 2, 3)
_ORDINARY_LENGTH_MM = 200
"""Longer ones are lists, on which every line counts."""


@dataclass(frozen=True, slots=True)
class PrintedSymbol:
    """One symbol on the label: what a scanner reports, how many dots a module has, whether the printer draws it."""

    kind: SymbolKind
    text: str
    module_dots: int
    native: bool = False


@dataclass(frozen=True, slots=True)
class PrintedText:
    """One line of text on the label, and whether it is in the printer's own font."""

    field: str
    text: str
    native: bool = False


@dataclass(frozen=True, slots=True)
class Rendered:
    """`data` is all the printer needs; `image` (mode 1, ink black) is what it prints: dot for dot where that is our
    raster, in our font but the printer's cells where it is text in the printer's own font.

    Symbols and texts stand in the order of the template. `seconds` is how long the head needs at the profile's speed.
    """

    data: bytes
    image: Image.Image
    symbols: tuple[PrintedSymbol, ...]
    fittings: tuple[Fitting, ...]
    texts: tuple[PrintedText, ...] = ()
    seconds: float = 0.0

    @property
    def dots(self) -> tuple[int, int]:
        """Width and length."""
        return self.image.size


def render(label: LabelData | Label, profile: Profile = DEFAULT_PROFILE, language: Language = "zh_CN") -> Rendered:
    """Lay out and encode `label`. Raises LayoutError naming the field that cannot be printed as asked."""
    if not isinstance(label, Label):
        label = templates.compose(label, profile.width_mm, language)
    placed = layout(label, profile)
    emission = emit(placed, profile)
    for sparing in _SPARING:
        if _is_too_dear(emission, profile) and emission.image.height <= profile.to_dots(_ORDINARY_LENGTH_MM):
            placed = layout(label, replace(profile, sparing=sparing))
            emission = emit(placed, profile)
    if _is_too_dear(emission, profile):
        emission = emit(placed, profile, doubled=True)
    symbols = tuple(
        PrintedSymbol(mark.symbol.kind, mark.symbol.text, mark.module, mark in emission.native)
        for mark in placed.marks
        if isinstance(mark, PlacedSymbol)
    )
    texts = tuple(
        PrintedText(mark.field, mark.text.strip(), mark in emission.native)
        for mark in placed.marks
        if isinstance(mark, CellLine | TextLine)
    )
    seconds = round(emission.image.height * 25.4 / profile.dpi / profile.speed_mm_s, 2)
    return Rendered(emission.data, emission.image, symbols, placed.fittings, texts, seconds)


def _is_too_dear(emission: Emission, profile: Profile) -> bool:
    """True for more bytes than a slow line should be given for a label of ordinary length."""
    dots = profile.dots * (profile.dpi / _USUAL_DPI) ** 2
    if profile.native and profile.dots <= _USUAL_DOTS:
        return len(emission.data) > _BYTES_BESIDE_COMMANDS * max(1.0, (profile.dpi / _USUAL_DPI) ** 2)
    return len(emission.data) > _BYTES_PER_DOT_OF_WIDTH * dots
