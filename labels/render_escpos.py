"""A label as the bytes an ESC/POS printer gets, together with the picture they paint and what is on it.

Everything is raster: text and bars look alike on every printer, whatever its fonts, code pages and firmware.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Final, Protocol

from PIL import Image

from labels import templates
from labels.bands import Band, bands, without_real_time_commands
from labels.data import LabelData
from labels.errors import LayoutError
from labels.layout import Fitting, PlacedSymbol, layout
from labels.model import Label
from labels.paint import WHITE, paint
from labels.profiles import DEFAULT_PROFILE, Profile
from labels.symbols import SymbolKind
from labels.templates.captions import Language

_SET_MOTION_UNITS = b"\x1dP"
_FEED = b"\x1bJ"
_RASTER = b"\x1dv0\x00"
_FEED_TO_CUTTER_AND_CUT: Final = {"full": b"\x1dVA\x00", "partial": b"\x1dVB\x00"}
_MAX_FEED = 255


@dataclass(frozen=True, slots=True)
class PrintedSymbol:
    """One symbol on the label: what a scanner reports, and how many dots a module has."""

    kind: SymbolKind
    text: str
    module_dots: int


@dataclass(frozen=True, slots=True)
class Rendered:
    """`data` is all the printer needs; `image` (mode 1, ink black) is exactly what it paints."""

    data: bytes
    image: Image.Image
    symbols: tuple[PrintedSymbol, ...]
    fittings: tuple[Fitting, ...]


class _Sink(Protocol):
    """The part of python-escpos that takes commands."""

    output: bytes

    def hw(self, hw: str) -> None: ...

    def _raw(self, msg: bytes) -> None: ...


def render(label: LabelData | Label, profile: Profile = DEFAULT_PROFILE, language: Language = "zh_CN") -> Rendered:
    """Lay out, paint and encode `label`. Raises LayoutError naming the field that cannot be printed as asked."""
    if not isinstance(label, Label):
        label = templates.compose(label, profile.width_mm, language)
    placed = layout(label, profile)
    picture = paint(placed)
    if profile.cut == "none":
        picture = _with_tear_off(picture, profile)
    try:
        picture = without_real_time_commands(picture)
    except ValueError as error:
        raise LayoutError("label", str(error)) from error
    symbols = tuple(
        PrintedSymbol(mark.symbol.kind, mark.symbol.text, mark.module)
        for mark in placed.marks
        if isinstance(mark, PlacedSymbol)
    )
    return Rendered(_encode(picture, profile), picture, symbols, placed.fittings)


def _encode(picture: Image.Image, profile: Profile) -> bytes:
    """Bytes that paint `picture` and cut. Feeds count in units we set first: printers' defaults differ (GS P)."""
    unit_dots = 1 if profile.dpi <= 255 else 2
    units_per_inch = profile.dpi // unit_dots
    sink = _sink()
    sink.hw("INIT")
    sink._raw(_SET_MOTION_UNITS + bytes((units_per_inch, units_per_inch)))
    for part in bands(picture):
        if isinstance(part, Band):
            _raster(sink, part)
        else:
            units, rest = divmod(part.rows, unit_dots)
            for start in range(0, units, _MAX_FEED):
                sink._raw(_FEED + bytes((min(_MAX_FEED, units - start),)))
            if rest:
                _raster(sink, Band(1, bytes(rest)))
    if profile.cut != "none":
        sink._raw(_FEED_TO_CUTTER_AND_CUT[profile.cut])
    return sink.output


def _raster(sink: _Sink, band: Band) -> None:
    sink._raw(_RASTER + band.width_bytes.to_bytes(2, "little") + band.rows.to_bytes(2, "little") + band.data)


def _with_tear_off(picture: Image.Image, profile: Profile) -> Image.Image:
    longer = Image.new("1", (picture.width, picture.height + profile.to_dots(profile.tear_mm)), WHITE)
    longer.paste(picture, (0, 0))
    return longer


def _sink() -> _Sink:
    """A python-escpos printer that only collects. Its slow import configures the root logger, which is undone."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    from escpos.printer import Dummy

    root.handlers[:], root.level = before
    sink: _Sink = Dummy()
    return sink
