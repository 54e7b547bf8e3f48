"""Where: the one quiet row on top. Which work, how far, how long until ship-by, what the hub has not got yet."""

from __future__ import annotations

from wms.terminal.rows import Pen, Row, Rows, Span
from wms.terminal.text import fit, width
from wms.terminal.theme import Ink
from wms.terminal.times import LONG_OFFLINE_SECONDS, countdown, offline_for, urgent
from wms.workflows.prompt import Msg, msg
from wms.workflows.view import Link, Status


def where_rows(parts: tuple[Msg, ...], ship_by: int | None, status: Status, pen: Pen) -> Rows:
    right = [*_countdown(ship_by, pen), *_sync(status, pen)]
    gap = " " if pen.narrow else "   "
    right_cells = sum(width(text) for text, _ in right) + len(gap) * max(len(right) - 1, 0)
    left = _left([pen.say(part) for part in parts], pen.columns - right_cells - len(gap) * bool(right), gap)
    spans: list[Span] = [(left + " " * max(pen.columns - width(left) - right_cells, 0), Ink.QUIET)]
    for index, span in enumerate(right):
        spans += [(gap, Ink.QUIET), span] if index else [span]
    return (Row(tuple(spans), Ink.QUIET),)


def _left(parts: list[str], cells: int, gap: str) -> str:
    """The parts in `cells`: closer together, then without the middle ones, then the first without its last words."""
    shown = [part for part in parts if part]
    for between in (gap, "  ", " "):
        if width(between.join(shown)) <= cells:
            return between.join(shown)
    while len(shown) > 2 and width(" ".join(shown)) > cells:
        shown.pop(1)
    while shown and " " in shown[0] and width(" ".join(shown)) > cells:
        shown[0] = shown[0].rpartition(" ")[0]
    return fit(" ".join(shown), max(cells, 0))


def _countdown(ship_by: int | None, pen: Pen) -> list[Span]:
    if ship_by is None:
        return []
    return [(pen.say(countdown(ship_by, pen.now)), Ink.URGENT if urgent(ship_by, pen.now) else Ink.QUIET)]


def _sync(status: Status, pen: Pen) -> list[Span]:
    """Nothing alone; else what waits to be sent, and how long the hub has been away."""
    match status.link:
        case Link.ALONE:
            return []
        case Link.OFFLINE:
            return [_offline(status, pen)]
        case _:
            text = f"^{status.unsent}" if pen.narrow else pen.say(msg("unsent {n}", n=status.unsent))
            return [(text, Ink.PLAIN if status.unsent else Ink.QUIET)]


def _offline(status: Status, pen: Pen) -> Span:
    since = pen.now if status.offline_since is None else status.offline_since
    away = msg("off") if pen.narrow else offline_for(since, pen.now)
    waiting = f"^{status.unsent}" if status.unsent else ""
    text = ("" if pen.narrow else " ").join(filter(None, (pen.say(away), waiting)))
    return text, Ink.URGENT if pen.now - since > LONG_OFFLINE_SECONDS else Ink.CAUTION
