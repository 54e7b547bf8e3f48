"""What: name, the detail that tells it from its neighbour, lot and expiry, from and to; or answers to choose from."""

from __future__ import annotations

import re
from collections.abc import Sequence

from wms.terminal.rows import BLANK, Pen, Row, Rows, exactly, row
from wms.terminal.text import fit, width, wrap
from wms.terminal.theme import MARKS, SHORT_MARKS, Ink
from wms.terminal.times import age
from wms.workflows.prompt import Line, Mark, Msg, Prompt, msg
from wms.workflows.view import DeviceState, Status

_COLUMN_GAP = re.compile(" {2,}")
_MORE = ".."
_NEXT = msg("<- next")
_LINES_WITHOUT_SHORT = 3


def what_rows(prompt: Prompt, status: Status, pen: Pen, height: int) -> Rows:
    """The region in `height` rows. What does not fit is dropped around the next line; choices come before lines."""
    warnings = trouble_rows(status, pen)[: max(height - 1, 0)]
    room = height - len(warnings)
    choices = _choices(prompt, pen, room)
    lines = _lines(prompt, pen, room - len(choices))
    between = [BLANK] if lines and choices and len(lines) + len(choices) < room else []
    return (*exactly([*lines, *between, *choices], room), *warnings)


def wanted_height(prompt: Prompt, status: Status, pen: Pen) -> int:
    """The rows the region would fill if it had them."""
    lines = [_rows_of(line, pen) for line in _shown(prompt.what, pen)]
    return sum(map(len, lines)) + len(prompt.choices) + len(trouble_rows(status, pen))


def trouble_rows(status: Status, pen: Pen) -> list[Row]:
    """The most pressing trouble, in one row or two, or in three where rows are short: what to do stands at its end."""
    mark = SHORT_MARKS[Mark.BAD] if pen.narrow else MARKS[Mark.BAD][0]
    found = _troubles(status, pen)
    rows = wrap(mark + found[0], pen.columns)[: 3 if pen.narrow else 2] if found else []
    return [row(text, Ink.CAUTION) for text in rows]


def _troubles(status: Status, pen: Pen) -> list[str]:
    """What is wrong around the work, the most pressing first; nothing of this may be silent."""
    found = [pen.say(status.trouble)] if status.trouble.text else []
    if status.unsent_alarm:
        found.append(pen.say(_unsent(status, pen)))
    if status.scanner in (DeviceState.LOST, DeviceState.TROUBLE):
        lost = msg("Scanner lost: check cable, battery")
        found.append(pen.say(status.scanner_says if status.scanner_says.text else lost))
    nowhere = status.printer == DeviceState.NONE and status.labels_waiting
    if status.printer in (DeviceState.LOST, DeviceState.TROUBLE) or nowhere:
        found.append(_printer(status, pen))
    if status.scale in (DeviceState.LOST, DeviceState.TROUBLE):
        lost = msg("Scale lost: check cable, power")
        found.append(pen.say(status.scale_says if status.scale_says.text else lost))
    if status.printer == DeviceState.READY and status.printer_says.text:
        found.append(_printer(status, pen))
    return found if len(found) < 2 else [f"(1/{len(found)}) {found[0]}", *found[1:]]


def _unsent(status: Status, pen: Pen) -> Msg:
    bring = msg("Bring this terminal into the network")
    if status.unsent_since is None:
        return msg("{n} unsent. {do}", n=status.unsent, do=bring)
    return msg("{n} unsent for {age}. {do}", n=status.unsent, age=age(status.unsent_since, pen.now), do=bring)


def _printer(status: Status, pen: Pen) -> str:
    says = status.printer_says if status.printer_says.text else msg("not answering")
    minutes = max(pen.now - status.labels_since, 0) // 60 if status.labels_since is not None else 0
    if status.labels_waiting and minutes:
        return pen.say(msg("Printer: {says}, {n} waiting, {m} min", says=says, n=status.labels_waiting, m=minutes))
    if status.labels_waiting:
        return pen.say(msg("Printer: {says}, {n} waiting", says=says, n=status.labels_waiting))
    return pen.say(msg("Printer: {says}", says=says))


def _shown(lines: tuple[Line, ...], pen: Pen) -> list[Line]:
    if not pen.narrow:
        return list(lines)
    short = [Line(line.short, line.mark) for line in lines if line.short is not None]
    start = max(0, min(_next_index(lines) - 1, len(lines) - _LINES_WITHOUT_SHORT))
    return short or list(lines[start : start + _LINES_WITHOUT_SHORT])


def _next_index(lines: Sequence[Line]) -> int:
    return next((index for index, line in enumerate(lines) if line.mark is Mark.NEXT), 0)


def _lines(prompt: Prompt, pen: Pen, room: int) -> list[Row]:
    shown = _shown(prompt.what, pen)
    wrapped = [_rows_of(line, pen) for line in shown]
    if sum(map(len, wrapped)) <= room:
        return [part for rows in wrapped for part in rows]
    single = [_cut_row(line, pen) for line in shown]
    if len(single) <= room:
        return _roomiest(wrapped, single, room)
    return _window(single, _next_index(shown), room)


def _roomiest(wrapped: list[list[Row]], single: list[Row], room: int) -> list[Row]:
    """The first lines in full as far as there is room for it, the others on one row each."""
    spare, rows = room - len(single), list[Row]()
    for full, cut in zip(wrapped, single, strict=True):
        fits = len(full) - 1 <= spare
        spare -= len(full) - 1 if fits else 0
        rows += full if fits else [cut]
    return rows


def _window(rows: list[Row], wanted: int, room: int) -> list[Row]:
    """`room` rows that hold the one wanted; dots where others are out of sight."""
    if room <= 0:
        return []
    start = max(0, min(wanted - 1, len(rows) - room))
    shown = rows[start : start + room]
    if start and room > 2:
        shown[0] = row(_MORE, Ink.QUIET)
    if start + room < len(rows) and room > 1:
        shown[-1] = row(_MORE, Ink.QUIET)
    return shown


def _marked(line: Line, pen: Pen) -> tuple[str, str, Ink]:
    """A line's mark, its text, its ink. Where there is room, the next line is pointed at as well."""
    sign, ink = MARKS[line.mark]
    text = pen.say(line.text)
    if pen.narrow:
        return SHORT_MARKS[line.mark], text, ink
    pointed = f"{text}   {pen.say(_NEXT)}"
    if line.mark is Mark.NEXT and width(sign) + width(pointed) <= pen.columns:
        return MARKS[Mark.TODO][0], pointed, ink
    return sign, text, ink


def _rows_of(line: Line, pen: Pen) -> list[Row]:
    sign, text, ink = _marked(line, pen)
    room = max(pen.columns - width(sign), 1)
    if width(text) > room:
        text = _COLUMN_GAP.sub(" ", text)
    parts = wrap(text, room)
    return [row((sign if index == 0 else " " * width(sign)) + part, ink) for index, part in enumerate(parts)]


def _cut_row(line: Line, pen: Pen) -> Row:
    sign, text, ink = _marked(line, pen)
    return row(sign + fit(text, max(pen.columns - width(sign), 0)), ink)


def _choices(prompt: Prompt, pen: Pen, room: int) -> list[Row]:
    """Numbered as the keys that choose them: 1…9, then 0."""
    rows = [
        Row(((f"{number % 10} ", Ink.CAUTION), (fit(pen.say(choice.label), pen.columns - 2), Ink.PLAIN)))
        for number, choice in enumerate(prompt.choices, 1)
    ]
    if len(rows) > room > 0:
        rows[room - 1 :] = [row(_MORE, Ink.QUIET)]
    return rows[: max(room, 0)]
