"""A picture as the raster bands of an ESC/POS printer: black rows as `GS v 0`, blank ones as paper feeds.

The right side of each band is cropped to its ink. A typical 130 mm label shrinks from 75 kB to well under 48 kB.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, groupby

from PIL import Image, ImageChops

_MAX_ROWS = 255
"""Per band, so that the high byte of the height is 0: some clones ignore it."""
_MIN_BLANK_ROWS = 4
"""Fewer blank rows are printed along: a feed that short only makes the motor stop and start."""

_MIN_TALL_ROWS = 32
"""So many equal rows, the bars of a symbol, are worth a band in double height."""

_MIN_SAVING = 64
"""Bytes that splitting a band must save: many small ones make some printers stutter."""

REAL_TIME_COMMAND = re.compile(rb"\x10[\x04\x05\x14]")
"""DLE EOT, DLE ENQ, DLE DC4: some printers execute these even in the middle of other commands' data."""


@dataclass(frozen=True, slots=True)
class Feed:
    """Blank rows."""

    rows: int


@dataclass(frozen=True, slots=True)
class Band:
    """Rows of `width_bytes` bytes each, most significant bit at the left, 1 is ink. `doubled` ones print twice each."""

    width_bytes: int
    data: bytes
    doubled: bool = False

    @property
    def data_rows(self) -> int:
        return len(self.data) // self.width_bytes

    @property
    def rows(self) -> int:
        """On paper."""
        return self.data_rows * (2 if self.doubled else 1)


def bands(picture: Image.Image, *, doubled: bool = False) -> list[Band | Feed]:
    """Bands and feeds that paint `picture` (mode 1, ink black) from top to bottom, in full. With `doubled`, many equal
    rows take half the bytes."""
    return [
        part
        for run in _runs(_rows(picture))
        for equal in (_tall(run) if doubled else [run])
        for part in ([_doubled(equal)] if doubled and _is_tall(equal) else _parts(equal))
    ]


def _is_tall(rows: list[bytes]) -> bool:
    return len(rows) >= _MIN_TALL_ROWS and bool(rows[0]) and rows.count(rows[0]) == len(rows)


def _tall(run: list[bytes]) -> Iterator[list[bytes]]:
    """The run cut around each stretch of many equal rows, an even number of them and no more than a band holds."""
    pending: list[bytes] = []
    for _, group in groupby(run):
        rows = list(group)
        while _is_tall(rows):
            taken = min(len(rows) // 2 * 2, 2 * _MAX_ROWS)
            if pending:
                yield pending
                pending = []
            yield rows[:taken]
            rows = rows[taken:]
        pending += rows
    if pending:
        yield pending


def _doubled(rows: list[bytes]) -> Band:
    return Band(len(rows[0]), rows[0] * (len(rows) // 2), doubled=True)


def without_real_time_commands(picture: Image.Image, *, doubled: bool = False) -> Image.Image:
    """`picture`, in which one dot is added wherever its bands would hold the bytes of a real-time command.

    They all begin with 0x10, a dot by itself: that is a thin stroke of a letter, never a bar, which is two dots wide or
    more, and it does not suffer from being a dot wider.
    """
    safe, top = picture, 0
    for part in bands(picture, doubled=doubled):
        if isinstance(part, Band):
            for found in REAL_TIME_COMMAND.finditer(part.data):
                row, column = divmod(found.start(), part.width_bytes)
                safe = safe if safe is not picture else picture.copy()
                # Rows printed twice stay equal, all of them.
                for changed in range(part.rows) if part.doubled else (row,):
                    safe.putpixel((8 * column + 4, top + changed), 0)
        top += part.rows
    return safe


def _rows(picture: Image.Image) -> list[bytes]:
    stride = (picture.width + 7) // 8
    ink = ImageChops.invert(picture).tobytes()
    return [ink[at : at + stride].rstrip(b"\0") for at in range(0, len(ink), stride)]


def _moved(picture: Image.Image, dots: int) -> Image.Image:
    moved = Image.new("1", picture.size, 255)
    moved.paste(picture, (dots, 0))
    return moved


def _runs(rows: list[bytes]) -> Iterator[list[bytes]]:
    """Rows grouped into blank runs worth a feed, and the rest."""
    pending: list[bytes] = []
    for is_ink, group in groupby(rows, key=bool):
        run = list(group)
        if is_ink or len(run) < _MIN_BLANK_ROWS:
            pending += run
            continue
        if pending:
            yield pending
        pending = []
        yield run
    if pending:
        yield pending


def _parts(run: list[bytes]) -> Iterator[Band | Feed]:
    if not any(run):
        yield Feed(len(run))
        return
    for rows in _split(run):
        for start in range(0, len(rows), _MAX_ROWS):
            part = rows[start : start + _MAX_ROWS]
            width = max(1, *map(len, part), 1)
            yield Band(width, b"".join(row.ljust(width, b"\0") for row in part))


def _split(rows: list[bytes]) -> Iterator[list[bytes]]:
    """`rows` cut where the parts, each as wide as its own ink, are smaller by enough."""
    above = list(accumulate(map(len, rows), max))
    below = list(accumulate(map(len, reversed(rows)), max))[::-1]
    whole = above[-1] * len(rows)
    size, at = min(
        ((above[at - 1] * at + below[at] * (len(rows) - at), at) for at in range(1, len(rows))), default=(whole, 0)
    )
    if whole - size < _MIN_SAVING:
        yield rows
        return
    yield from _split(rows[:at])
    yield from _split(rows[at:])
