"""The print buffer of one line and the paper behind it. All places are dots from the left end of the head."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from PIL import Image, ImageChops

from tests.labels.strict_report import Fault, PrintedRaster, PrintedSymbol, PrintedText, Sheet

Tell = Callable[[Fault, str], None]


@dataclass(frozen=True, slots=True)
class Cell:
    """One character in the line: its place from the start of the print area, and its ink."""

    x: int
    char: str
    ink: Image.Image
    wide: int
    high: int
    reverse: bool

    @property
    def end(self) -> int:
        return self.x + self.ink.width


@dataclass(slots=True)
class Line:
    """What waits to be printed; `pen` is where the next character goes."""

    pen: int = 0
    end: int = 0
    cells: list[Cell] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not self.cells

    def add(self, cell: Cell, advance: int, tell: Tell) -> None:
        visible = cell.char.strip() or cell.reverse
        for other in self.cells:
            if visible and (other.char.strip() or other.reverse) and cell.x < other.end and other.x < cell.end:
                tell("overlap", f"{cell.char!r} on {other.char!r}")
                break
        self.cells.append(cell)
        self.pen = cell.x + advance
        self.end = max(self.end, self.pen)

    @property
    def height(self) -> int:
        return max((cell.ink.height for cell in self.cells), default=0)

    def runs(self) -> list[list[Cell]]:
        """Cells that follow one another without a gap and look alike."""
        runs: list[list[Cell]] = []
        for cell in self.cells:
            before = runs[-1][-1] if runs else None
            alike = before and (before.end, before.wide, before.high, before.reverse) == (
                cell.x,
                cell.wide,
                cell.high,
                cell.reverse,
            )
            if alike:
                runs[-1].append(cell)
            else:
                runs.append([cell])
        return runs


class Paper:
    """What came out since the last cut; `y` is the row under the head."""

    def __init__(self, dots: int, tell: Tell) -> None:
        self._dots, self._tell = dots, tell
        self._ink = Image.new("1", (dots, 256))
        self.y = self.last_ink = 0
        self.texts: list[PrintedText] = []
        self.symbols: list[PrintedSymbol] = []
        self.quiet: list[tuple[PrintedSymbol, int, int, int]] = []
        self.rasters: list[PrintedRaster] = []

    def put(self, ink: Image.Image, x: int, y: int) -> None:
        """Burn `ink` (1 is black). What lies beyond the head is lost, what lies on other ink is told."""
        bounds = ink.getbbox()
        if bounds is None:
            return
        if x + bounds[2] > self._dots or x + bounds[0] < 0:
            self._tell("clipped", f"ink reaches from dot {x + bounds[0]} to {x + bounds[2]} of {self._dots}")
        while y + ink.height > self._ink.height:
            longer = Image.new("1", (self._dots, 2 * self._ink.height))
            longer.paste(self._ink, (0, 0))
            self._ink = longer
        window = (x, y, x + ink.width, y + ink.height)
        there = self._ink.crop(window)
        if ImageChops.logical_and(there, ink).getbbox():
            self._tell("overlap", f"ink on ink at {window}")
        self._ink.paste(255, (x, y), ink)
        self.last_ink = max(self.last_ink, y + bounds[3])

    def text(self, run: list[Cell], x: int, bottom: int) -> None:
        first = run[0]
        top = bottom - first.ink.height
        for cell in run:
            self.put(cell.ink, x + cell.x - first.x, bottom - cell.ink.height)
        said = "".join(cell.char for cell in run)
        width = run[-1].end - first.x
        if said.strip():
            self.texts.append(PrintedText(said, x, top, width, first.ink.height, first.wide, first.high, first.reverse))

    def tear(self, *, is_cut: bool) -> Sheet:
        """The sheet so far; the quiet zones of its symbols are looked at now that everything stands."""
        paper = self._ink.crop((0, 0, self._dots, max(self.y, self.last_ink)))
        for symbol, left, right, vertical in self.quiet:
            self._look_around(paper, symbol, left, right, vertical)
        picture = ImageChops.invert(paper)
        sheet = Sheet(picture, tuple(self.texts), tuple(self.symbols), tuple(self.rasters), is_cut)
        self.__init__(self._dots, self._tell)  # type: ignore[misc]
        return sheet

    def _look_around(self, paper: Image.Image, symbol: PrintedSymbol, left: int, right: int, vertical: int) -> None:
        x, y, end, bottom = symbol.x, symbol.y, symbol.x + symbol.width, symbol.y + symbol.height
        if x - left < 0 or end + right > self._dots:
            self._tell("quiet zone", f"{symbol.kind} from dot {x} to {end} of {self._dots}: {left} and {right} needed")
        zones = [
            (x - left, y - vertical, x, bottom + vertical),
            (end, y - vertical, end + right, bottom + vertical),
            (x, y - vertical, end, y),
            (x, bottom, end, bottom + vertical),
        ]
        if any(zone[2] > zone[0] and zone[3] > zone[1] and paper.crop(zone).getbbox() for zone in zones):
            self._tell("quiet zone", f"ink beside {symbol.kind} at dot {x}, row {y}")
