"""Tour map: the way of a tour on the floor, as large as the screen allows."""

from __future__ import annotations

from wms.terminal.rows import Pen, Rows, exactly, row
from wms.terminal.theme import Ink
from wms.workflows.prompt import Drawing


def map_rows(drawing: Drawing, pen: Pen, height: int) -> Rows:
    """The map in `height` rows; where it has more, from its first wanted row on, as far as there are enough."""
    from wms.planning.floor_text import draw_text

    drawn = draw_text(drawing.floor, drawing.route, pen.columns, max(height - 2, 4), legend=False, ascii=pen.ascii)
    step = max(height - 1, 1)
    first = min(drawing.first * step, max(len(drawn) - height, 0))
    return exactly([row(pen.text(line), Ink.PLAIN) for line in drawn[first:]], height)
