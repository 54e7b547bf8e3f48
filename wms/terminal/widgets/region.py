"""The one widget there is: a stack of rows that repaints only those that changed."""

from __future__ import annotations

from rich.segment import Segment
from textual.geometry import Region as Area
from textual.strip import Strip
from textual.widget import Widget

from wms.terminal.rows import BLANK, Rows
from wms.terminal.theme import STYLES


class Region(Widget):
    """One of the five regions. Fixed in place: its height changes only with the size or kind of the screen."""

    DEFAULT_CSS = "Region { width: 100%; height: 1; }"

    def __init__(self, name: str) -> None:
        super().__init__(id=name)
        self._rows: Rows = (BLANK,)

    def show(self, rows: Rows) -> None:
        before, self._rows = self._rows, rows
        if len(rows) != len(before):
            self.styles.height = len(rows)
            self.refresh(layout=True)
            return
        changed = [Area(0, y, self.size.width, 1) for y, row in enumerate(rows) if row != before[y]]
        if changed:
            self.refresh(*changed)

    def render_line(self, y: int) -> Strip:
        shown = self._rows[y] if y < len(self._rows) else BLANK
        columns = self.size.width
        return Strip([Segment(text, STYLES[ink]) for text, ink in shown.cells(columns)], columns)
