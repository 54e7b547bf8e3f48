"""The supervisor's board: what needs a person first, then the flow of the waves, then the last hour."""

from __future__ import annotations

from collections.abc import Iterator

from wms.terminal.rows import BLANK, Pen, Picture, Row, Rows, Span, exactly, row
from wms.terminal.text import fit, pad, width
from wms.terminal.theme import Ink
from wms.terminal.times import left_until, urgent, wall_clock, wall_date
from wms.terminal.widgets.bar import bar
from wms.terminal.widgets.keys import keys_rows
from wms.terminal.widgets.said import said_rows
from wms.terminal.widgets.what import trouble_rows, what_rows
from wms.terminal.widgets.where import where_rows
from wms.workflows.prompt import Msg, msg
from wms.workflows.view import Board, Need, View, WaveLine

_ROLES = {
    "supervisor": msg("Supervisor"),
    "picker": msg("Picker"),
    "packer": msg("Packer"),
    "inspector": msg("Inspector"),
}
_HINT = msg("/ search or scan anything")
_WIDE_COLUMNS = 64
_BAR_CELLS = 16


def board_picture(view: View, board: Board, pen: Pen, rows: int, typed: str | None) -> Picture:
    """Draws the board on `rows` rows: complete at 80×24, needs and waves at 40×20."""
    keys = keys_rows(view.prompt.keys, pen, pen.say(_HINT))[: int(rows >= 5)]
    said = said_rows(view.said, pen, int(rows >= 4), min(3, rows // 4))
    rest = max(rows - len(keys) - len(said) - 1, 0)
    do = _needs(board, view.zone, pen, min(rest, max(rest * 2 // 5, 3)))
    return Picture(_where(view, board, pen)[:rows], do, _flow(view, board, pen, rest - len(do), typed), said, keys)


def _where(view: View, board: Board, pen: Pen) -> Rows:
    role = _ROLES.get(view.role, Msg("{role}", {"role": view.role}))
    parts = [Msg("{role} {person}", {"role": role, "person": view.person}), wall_date(pen.now, view.zone)]
    if board.terminals and not pen.narrow:
        parts.append(_terminals(board))
    return where_rows(tuple(parts), None, view.status, pen)


def _terminals(board: Board) -> Msg:
    if board.terminals_offline:
        return msg("{n} terminals, {offline} offline", n=board.terminals, offline=board.terminals_offline)
    return msg("{n} terminals", n=board.terminals)


def _needs(board: Board, zone: str, pen: Pen, height: int) -> Rows:
    """The exceptions, the selected one in sight and its Enter named."""
    count, listed = max(board.needing, len(board.needs)), len(board.needs)
    head = row(pen.say(msg("NEEDS YOU ({n})", n=count)), Ink.CAUTION if count else Ink.QUIET)
    if not count:
        nothing = pen.say(msg("Nothing waits for you"))
        return exactly([head, row(f"  {nothing}", Ink.QUIET)], height)
    room = max(height - 2, 1)
    start = max(0, min(board.selected - room + 1, listed - room))
    shown = board.needs[start : start + room]
    rows = [_need(need, start + index == board.selected, zone, pen) for index, need in enumerate(shown)]
    hidden = count - len(shown)
    more = pen.say(msg("and {n} more", n=hidden))
    foot = row(f"  {more}", Ink.QUIET) if hidden else BLANK
    return exactly([head, *rows, foot], height)


def _need(need: Need, selected: bool, zone: str, pen: Pen) -> Row:
    at = "" if pen.narrow else f"{wall_clock(need.at, zone)}  "
    enter = "  Enter" if selected and not pen.narrow else ""
    pointer = "> " if selected else "  "
    text = pointer + at + pen.say(need.text)
    ink = Ink.SELECTED if selected else Ink.PLAIN
    return Row(((pad(text, max(pen.columns - width(enter), 0)) + enter, ink),), ink)


def _flow(view: View, board: Board, pen: Pen, height: int, typed: str | None) -> Rows:
    """Waves and the last hour; or what a question asked on the board needs."""
    prompt = view.prompt
    if prompt.choices:
        ask = [row(fit(pen.say(prompt.ask), pen.columns), Ink.STRONG)] if prompt.ask.text else []
        rows = [*ask, *what_rows(prompt, view.status, pen, height - len(ask) - (typed is not None))]
    else:
        told = [line.short if pen.narrow and line.short else line.text for line in prompt.what[: max(1, height // 3)]]
        rows = [row(fit(pen.say(text), pen.columns), Ink.STRONG) for text in told]
        flow = _people(board, pen, height - len(rows)) if board.people else _waves(view, board, pen, height - len(rows))
        rows += flow
    if typed is None:
        return exactly(rows, height)
    return (*exactly(rows, height - 1), Row((("> ", Ink.QUIET), (f"{pen.text(typed)}_", Ink.STRONG))))[:height]


def _waves(view: View, board: Board, pen: Pen, height: int) -> Iterator[Row]:
    last_hour = [] if pen.narrow else [row(text, Ink.QUIET) for text in _last_hour(board, pen)]
    warnings = trouble_rows(view.status, pen)
    room = max(height - 1 - len(last_hour) - len(warnings) - bool(last_hour), 0)
    yield _heading(pen)
    shown = board.waves[:room]
    if len(board.waves) > room:
        shown = board.waves[: max(room - 1, 0)]
    yield from (_wave(wave, pen) for wave in shown)
    if len(board.waves) > len(shown):
        yield row(pen.say(msg("and {n} more", n=len(board.waves) - len(shown))), Ink.QUIET)
    if last_hour:
        yield BLANK
        yield from last_hour
    yield from warnings


def _people(board: Board, pen: Pen, room: int) -> Iterator[Row]:
    """Who works where, in the waves' place."""
    yield row(pen.say(msg("PEOPLE")), Ink.QUIET)
    names = max(width(pen.text(name)) for name, _ in board.people) + 2
    for name, place in board.people[: max(room - 1, 0)]:
        yield row(fit(f"{pad(pen.text(name), names)}{pen.say(place)}", pen.columns))


def _heading(pen: Pen) -> Row:
    title = pen.say(msg("WAVES"))
    if pen.columns >= _WIDE_COLUMNS:
        cells = _columns(title, [("", Ink.QUIET)], msg("lines"), msg("due"), msg("pickers"), msg("on time"), pen)
    else:
        cells = _columns(title, [], msg("lines"), msg("due"), None, msg("on time"), pen)
    return Row(tuple((text, Ink.QUIET) for text, _ in cells), Ink.QUIET)


def _wave(wave: WaveLine, pen: Pen) -> Row:
    name = pen.say(Msg("{id} {category}", {"id": wave.id, "category": wave.category}))
    percent = wave.done * 100 // wave.total if wave.total else 0
    due = left_until(wave.ship_by, pen.now) if wave.ship_by is not None else "-"
    late = wave.ship_by is not None and urgent(wave.ship_by, pen.now) and not wave.on_time
    state, ink = _state(wave)
    wide = pen.columns >= _WIDE_COLUMNS
    people = Msg("{people}", {"people": ", ".join(wave.people) or "-"}) if wide else None
    drawn = [(bar(percent, _BAR_CELLS, pen), Ink.PLAIN)] if wide else []
    spans = _columns(name, drawn, f"{percent} %", due, people, state, pen)
    spans[-1] = (spans[-1][0], ink)
    return Row(
        tuple(
            (text, Ink.URGENT) if late and index == len(drawn) + 2 else (text, shade)
            for index, (text, shade) in enumerate(spans)
        )
    )


def _state(wave: WaveLine) -> tuple[Msg, Ink]:
    if wave.held:
        return msg("held"), Ink.CAUTION
    return (msg("yes"), Ink.PLAIN) if wave.on_time else (msg("at risk"), Ink.URGENT)


def _columns(
    name: str, bar: list[Span], done: Msg | str, due: Msg | str, people: Msg | None, state: Msg, pen: Pen
) -> list[Span]:
    """One line of the table: name, bar, share done, left until ship-by, people, on time."""
    said = [pen.say(text) if isinstance(text, Msg) else text for text in (done, due)]
    end = pen.say(state)
    spans: list[Span] = [(pad(text, _BAR_CELLS + 1), ink) for text, ink in bar]
    figures = [(f"{_right(said[0], 6)} ", Ink.PLAIN), (f"{_right(said[1], 7)}  ", Ink.PLAIN)]
    if people is not None:
        spans = [(pad(name, 14) + " ", Ink.STRONG), *spans, *figures]
        spans.append((pad(pen.say(people), max(pen.columns - 15 - 17 - 16 - 9, 4)) + " ", Ink.QUIET))
        return [*spans, (fit(end, 8), Ink.PLAIN)]
    if pen.narrow:
        return [(pad(name, max(pen.columns - 9, 3)) + " ", Ink.STRONG), (fit(end, 8), Ink.PLAIN)]
    return [(pad(name, max(pen.columns - 24, 4)), Ink.STRONG), *figures, (fit(end, 8), Ink.PLAIN)]


def _right(text: str, cells: int) -> str:
    shown = fit(text, cells)
    return " " * (cells - width(shown)) + shown


def _last_hour(board: Board, pen: Pen) -> list[str]:
    """The figures of the last hour, in as many rows as they need."""
    share = board.refused_last_hour * 1000 // board.scans_last_hour if board.scans_last_hour else 0
    each = board.lines_last_hour // board.people_last_hour if board.people_last_hour else 0
    figures = (
        msg("LAST HOUR"),
        msg("lines {n} ({each} per person)", n=board.lines_last_hour, each=each),
        msg("mis-scans {share} %", share=f"{share // 10}.{share % 10}"),
        msg("short {n}", n=board.shorts_last_hour),
        msg("labels {n}", n=board.labels_last_hour),
    )
    rows = [""]
    for figure in map(pen.say, figures):
        joined = f"{rows[-1]}   {figure}" if rows[-1] else figure
        if width(joined) <= pen.columns:
            rows[-1] = joined
        else:
            rows.append(fit(figure, pen.columns))
    return rows
