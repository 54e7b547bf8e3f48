"""The operator's screen, the same for every scan workflow: five regions, always in the same place."""

from __future__ import annotations

from wms.domain.records import Record
from wms.terminal.rows import BLANK, NARROW_COLUMNS, Pen, Picture, Rows
from wms.terminal.widgets.alarm import alarm_rows
from wms.terminal.widgets.do import content_height, do_rows
from wms.terminal.widgets.keys import keys_rows
from wms.terminal.widgets.said import said_rows
from wms.terminal.widgets.tour_map import map_rows
from wms.terminal.widgets.what import wanted_height, what_rows
from wms.terminal.widgets.where import where_rows
from wms.workflows.view import View

_MOST_SAID = 7


class Heights(Record):
    """How many rows each region has; they depend on the size of the screen only, so nothing jumps between scans."""

    where: int
    do: int
    what: int
    said: int
    keys: int


def heights(columns: int, rows: int) -> Heights:
    """The regions' rows on a screen of `columns` × `rows`, however small."""
    where = 1 if rows >= 3 else 0
    keys = 1 if rows >= 5 else 0
    said = 3 if rows >= 14 else 2 if rows >= 10 else 1 if rows >= 4 else 0
    rest = max(rows - where - keys - said, 0)
    roomy = 8 if rows >= 18 else 6
    do = min(rest, max(roomy if columns >= NARROW_COLUMNS else 5, rest // 3) if rest >= 8 else (rest + 1) // 2)
    return Heights(where, do, rest - do, said, keys)


def work_picture(view: View, pen: Pen, rows: int, typed: str | None) -> Picture:
    """Draws a view on `rows` rows; `typed` is the line being typed."""
    prompt = view.prompt
    size = heights(pen.columns, rows)
    most_said = min(size.said + size.what // 2, _MOST_SAID)
    said = said_rows(view.said, pen, size.said, most_said)
    body = size.do + size.what + size.said - len(said)
    do, what = (alarm_rows if prompt.alarm else _body)(view, pen, min(size.do, body), body, typed)
    return Picture(
        where=where_rows(prompt.where, prompt.ship_by, view.status, pen)[: size.where],
        do=do,
        what=what,
        said=said,
        keys=keys_rows(prompt.keys, pen)[: size.keys],
    )


def _body(view: View, pen: Pen, height: int, body: int, typed: str | None) -> tuple[Rows, Rows]:
    """Do and what in `body` rows. Where what has more to say than room, the blank rows of do give way."""
    prompt = view.prompt
    if prompt.drawing is not None:
        head = do_rows(prompt, pen, min(1 + (typed is not None), body), typed)
        return head, map_rows(prompt.drawing, pen, body - len(head))
    do = do_rows(prompt, pen, height, typed)
    wanted = wanted_height(prompt, view.status, pen)
    height = max(min(height, body - wanted), content_height(do))
    if prompt.choices and not prompt.target:
        height = min(height, content_height(do) + 1)  # a question and its answers stand together
    do = do[:height]
    room = body - height
    separated = bool(do and do[-1].text.strip()) and not pen.narrow and room > wanted
    what = what_rows(prompt, view.status, pen, room - separated)
    return do, (BLANK, *what) if separated else what
