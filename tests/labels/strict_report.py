"""What the strict printer saw: what stands where on the paper, and what a printer would not have done as meant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PIL import Image

Fault = Literal[
    "unknown",  # bytes that are no command of this printer
    "range",  # a parameter outside what the manual allows
    "ignored",  # a command that has no effect at this place
    "in line",  # a symbol or picture while the line holds data: printers then print its parameters as text
    "too wide",  # a symbol wider than the print area: only fed, not printed
    "clipped",  # ink or raster beyond the right edge of the print area
    "wrapped",  # text broken off at the right edge
    "overlap",  # two objects at one place
    "thin",  # bars below two dots
    "quiet zone",  # ink, or the edge of the paper, closer to a symbol than its standard allows
    "undefined",  # a character the code page or the Chinese font does not have
    "real time",  # bytes that printers carry out on arrival, whatever command they are part of
    "assumed",  # something that depends on the maker's defaults
    "cut through",  # a cut closer to the print than the cutter is to the head
    "truncated",  # the stream ends inside a command
]


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault, where in the stream, and what exactly."""

    fault: Fault
    offset: int
    detail: str


@dataclass(frozen=True, slots=True)
class PrintedText:
    """A run of characters of one size on one line: its cells' place in dots, and the multiples of the cell."""

    text: str
    x: int
    y: int
    width: int
    height: int
    wide: int
    high: int
    reverse: bool


@dataclass(frozen=True, slots=True)
class PrintedSymbol:
    """A symbol the printer drew itself: what its bytes say, and its bars' place in dots, without quiet zones."""

    kind: str
    data: bytes
    x: int
    y: int
    width: int
    height: int
    module: int


@dataclass(frozen=True, slots=True)
class PrintedRaster:
    """A picture's place in dots."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """What came out up to a cut or the end: the picture (mode 1, ink black) and what is on it, from top to bottom."""

    picture: Image.Image
    texts: tuple[PrintedText, ...]
    symbols: tuple[PrintedSymbol, ...]
    rasters: tuple[PrintedRaster, ...]
    is_cut: bool

    @property
    def lines(self) -> list[str]:
        """The native text line by line; runs that share a base line are joined by a space."""
        rows: dict[int, list[PrintedText]] = {}
        for text in self.texts:
            rows.setdefault(text.y + text.height, []).append(text)
        return [" ".join(part.text for part in sorted(row, key=lambda part: part.x)) for _, row in sorted(rows.items())]


@dataclass(frozen=True, slots=True)
class Play:
    """All sheets of a stream and all faults in it."""

    sheets: tuple[Sheet, ...]
    findings: tuple[Finding, ...]

    @property
    def faults(self) -> list[str]:
        return [finding.fault for finding in self.findings]
