"""From marks to the bytes of an ESC/POS printer, top to bottom: what it can draw itself by its commands, all else as
raster bands. No page mode: printers differ in where it begins."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from escpos import constants as escpos
from PIL import Image, ImageChops

from labels.bands import REAL_TIME_COMMAND, Band, bands, without_real_time_commands
from labels.errors import LayoutError
from labels.marks import CellLine, Layout, Mark, PlacedSymbol
from labels.native import MAX_PITCH, TextWriter, native_symbol
from labels.paint import WHITE, paint_marks
from labels.profiles import Profile

_SET_MOTION_UNITS = escpos.GS + b"P"
_FEED = escpos.ESC + b"J"
_FEED_TO_CUTTER_AND_CUT: Final = {"full": escpos.GS + b"VA\x00", "partial": escpos.GS + b"VB\x00"}
_MAX_FEED = 255
_FINEST_UNIT_DPI = 255


@dataclass(frozen=True, slots=True)
class Emission:
    """`data` is all the printer needs, `image` (mode 1, ink black) what it prints, `native` the marks that it
    draws itself."""

    data: bytes
    image: Image.Image
    native: frozenset[Mark]


@dataclass(frozen=True, slots=True)
class _Drawn:
    """Rows that the printer draws itself: a symbol by `commands`, or lines of text."""

    top: int
    bottom: int
    marks: tuple[CellLine | PlacedSymbol, ...]
    commands: bytes = b""


def emit(placed: Layout, profile: Profile, *, doubled: bool = False) -> Emission:
    """The bytes for `placed` and what they print; with `doubled`, bars that are drawn take half of theirs.

    Raises LayoutError for ink that cannot be printed.
    """
    drawn = _without_overlaps(_drawable(placed.marks, profile))
    native = {mark for part in drawn for mark in part.marks}
    picture = Image.new("1", (placed.width, placed.height), WHITE)
    paint_marks(picture, (mark for mark in placed.marks if mark not in native))
    # What reaches out of its own rows, an accent or a neighbour too high, keeps the printer from drawing there.
    while hit := [part for part in drawn if _has_ink(picture, part.top, part.bottom)]:
        paint_marks(picture, (mark for part in hit for mark in part.marks))
        drawn = [part for part in drawn if part not in hit]
    data, image = _encode(picture, drawn, profile, doubled=doubled)
    paint_marks(image, (mark for part in drawn for mark in part.marks))
    if REAL_TIME_COMMAND.search(data):
        raise LayoutError("label", "its bytes would be taken for a command")
    return Emission(data, image, frozenset(mark for part in drawn for mark in part.marks))


def _drawable(marks: Iterable[Mark], profile: Profile) -> list[_Drawn]:
    """What the printer can draw itself, lines of text that share their foot as one, from top to bottom."""
    rows: dict[int, list[CellLine]] = {}
    found: list[_Drawn] = []
    for mark in marks:
        if isinstance(mark, CellLine):
            rows.setdefault(mark.y + mark.height, []).append(mark)
        elif isinstance(mark, PlacedSymbol) and (commands := native_symbol(mark, profile)):
            found.append(_Drawn(mark.y, mark.y + mark.height, (mark,), commands))
    found += [_Drawn(min(line.y for line in lines), bottom, tuple(lines)) for bottom, lines in rows.items()]
    return sorted(found, key=lambda part: part.top)


def _without_overlaps(parts: list[_Drawn]) -> list[_Drawn]:
    """Only parts that have their rows to themselves."""
    shared = {
        part
        for place, part in enumerate(parts)
        for other in parts[place + 1 :]
        if other.top < part.bottom
        for part in (part, other)
    }
    return [part for part in parts if part not in shared]


def _has_ink(picture: Image.Image, top: int, bottom: int) -> bool:
    return ImageChops.invert(picture.crop((0, top, picture.width, bottom))).getbbox() is not None


def _encode(picture: Image.Image, drawn: list[_Drawn], profile: Profile, *, doubled: bool) -> tuple[bytes, Image.Image]:
    """The bytes, and the raster part of what they print."""
    writer = TextWriter(profile)
    unit_dots = 1 if profile.dpi <= _FINEST_UNIT_DPI else 2
    # Feeds count in units we set first: printers' defaults differ.
    sent = bytearray(escpos.HW_INIT + _SET_MOTION_UNITS + bytes([profile.dpi // unit_dots] * 2))
    if any(isinstance(mark, CellLine) for part in drawn for mark in part.marks):
        sent += writer.begin()
    image = Image.new("1", picture.size, WHITE)
    at = 0
    for part in drawn:
        sent += _raster(picture, at, part.top, image, unit_dots, doubled=doubled)
        at = part.bottom
        if part.commands:
            sent += part.commands
        else:
            at = _next_ink(picture, part, drawn)
            sent += writer.row([mark for mark in part.marks if isinstance(mark, CellLine)], at - part.top)
    end = picture.height
    if profile.cut == "none":
        end += profile.to_dots(profile.tear_mm)
        image = _longer(image, end)
        picture = _longer(picture, end)
    sent += _raster(picture, at, end, image, unit_dots, doubled=doubled)
    if profile.cut != "none":
        sent += _FEED_TO_CUTTER_AND_CUT[profile.cut]
    return bytes(sent), image


def _next_ink(picture: Image.Image, row: _Drawn, drawn: list[_Drawn]) -> int:
    """Where the blank below a line of text ends, as far as its line feed can reach."""
    limit = min([row.top + MAX_PITCH, picture.height, *(part.top for part in drawn if part.top >= row.bottom)])
    ink = (
        ImageChops.invert(picture.crop((0, row.bottom, picture.width, limit))).getbbox() if limit > row.bottom else None
    )
    return row.bottom + ink[1] if ink else limit


def _raster(picture: Image.Image, top: int, bottom: int, image: Image.Image, unit_dots: int, *, doubled: bool) -> bytes:
    """Bands and feeds for some rows of `picture`, which are also painted into `image`."""
    if top >= bottom:
        return b""
    slab = without_real_time_commands(picture.crop((0, top, picture.width, bottom)), doubled=doubled)
    image.paste(slab, (0, top))
    sent = bytearray()
    for part in bands(slab, doubled=doubled):
        if isinstance(part, Band):
            sent += _band(part)
        else:
            units, rest = divmod(part.rows, unit_dots)
            for start in range(0, units, _MAX_FEED):
                sent += _FEED + bytes((min(_MAX_FEED, units - start),))
            if rest:
                sent += _band(Band(1, bytes(rest)))
    return bytes(sent)


def _band(band: Band) -> bytes:
    size = band.width_bytes.to_bytes(2, "little") + band.data_rows.to_bytes(2, "little")
    return bytes((escpos.S_RASTER_2H if band.doubled else escpos.S_RASTER_N) + size + band.data)


def _longer(picture: Image.Image, height: int) -> Image.Image:
    longer = Image.new("1", (picture.width, height), WHITE)
    longer.paste(picture, (0, 0))
    return longer
