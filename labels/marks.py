"""What a layout is made of: marks in dots from the top left corner of the paper."""

from __future__ import annotations

from dataclasses import dataclass, replace

from labels.printer_text import Run
from labels.profiles import CELL_HEIGHT, CELL_WIDTH
from labels.symbols import Symbol


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of text drawn by us: pen at `x` on the base line `y`, `size` dots per em; `ink` is False for white on
    black. `field` names the datum it shows."""

    x: int
    y: int
    text: str
    size: int
    bold: bool
    ink: bool = True
    field: str = ""


@dataclass(frozen=True, slots=True)
class CellLine:
    """One line of text in the printer's own font, whose cells are enlarged by `across` and `down`; top left corner at
    `x`, `y`. With `inverse` the cells are black and the text white."""

    x: int
    y: int
    runs: tuple[Run, ...]
    across: int
    down: int
    bold: bool
    inverse: bool = False
    field: str = ""

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)

    @property
    def width(self) -> int:
        return sum(run.cells for run in self.runs) * CELL_WIDTH * self.across

    @property
    def height(self) -> int:
        return CELL_HEIGHT * self.down


@dataclass(frozen=True, slots=True)
class PlacedSymbol:
    """A symbol whose bars, without quiet zones, start at `x`, `y`; `module` dots per module."""

    x: int
    y: int
    symbol: Symbol
    module: int
    height: int

    @property
    def width(self) -> int:
        return len(self.symbol.rows[0]) * self.module


@dataclass(frozen=True, slots=True)
class Fill:
    """A black rectangle."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class PlacedPicture:
    """A picture whose top left corner is at `x`, `y`: `ink` has a bit per dot, rows in whole bytes, 1 for ink."""

    x: int
    y: int
    width: int
    height: int
    ink: bytes


Mark = TextLine | CellLine | PlacedSymbol | PlacedPicture | Fill


@dataclass(frozen=True, slots=True)
class Fitting:
    """What was changed to make `field` fit: em size asked and used, lines, whether it ends in an ellipsis or runs over
    more lines than it should, and the characters that no font has."""

    field: str
    asked_dots: int
    used_dots: int
    lines: int
    shortened: bool
    continued: bool = False
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """A label in dots."""

    width: int
    height: int
    marks: tuple[Mark, ...]
    fittings: tuple[Fitting, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """Placed items, relative to their own top left corner."""

    height: int
    marks: tuple[Mark, ...] = ()
    fittings: tuple[Fitting, ...] = ()

    def marks_at(self, x: int, y: int) -> tuple[Mark, ...]:
        return tuple(replace(mark, x=mark.x + x, y=mark.y + y) for mark in self.marks)
