"""Where: the one quiet row on top. Which work, how far, how long until ship-by, what the hub has not got yet."""

from __future__ import annotations

from wms.terminal.rows import Pen, Row, Rows, Span
from wms.terminal.text import fit, width
from wms.terminal.theme import Ink
from wms.terminal.times import LONG_OFFLINE_SECONDS, age, countdown, left_until, offline_for, urgent
from wms.workflows.prompt import Msg, msg
from wms.workflows.view import Link, Status

_LEFT_CELLS = 10
WORTH_TELLING_S = 60  # younger facts are on their way


def where_rows(parts: tuple[Msg, ...], ship_by: int | None, status: Status, pen: Pen) -> Rows:
    gap = " " if pen.narrow else "   "
    right = _right(ship_by, status, pen, gap)
    left = _left([pen.say(part) for part in parts], pen.columns - _cells(right, gap) - len(gap) * bool(right), gap)
    spans: list[Span] = [(left + " " * max(pen.columns - width(left) - _cells(right, gap), 0), Ink.QUIET)]
    for index, span in enumerate(right):
        spans += [(gap, Ink.QUIET), span] if index else [span]
    return (Row(tuple(spans), Ink.QUIET),)


def _right(ship_by: int | None, status: Status, pen: Pen, gap: str) -> list[Span]:
    """Countdown and sync state, in fewer words where they would leave no room to say which work this is."""
    right: list[Span] = []
    for worded_time, worded_sync in ((True, not pen.narrow), (False, not pen.narrow), (False, False)):
        right = [*_countdown(ship_by, pen, worded_time), *_sync(status, pen, worded_sync)]
        if pen.columns - _cells(right, gap) - len(gap) >= _LEFT_CELLS:
            break
    return right


def _cells(spans: list[Span], gap: str) -> int:
    return sum(width(text) for text, _ in spans) + len(gap) * max(len(spans) - 1, 0)


def _left(parts: list[str], cells: int, gap: str) -> str:
    """The parts in `cells`: closer together, then fewer words.

    The middle goes first; then the first part keeps its first word (a wave's number), the last its last (3/12).
    """
    shown = [part for part in parts if part]
    for between in (gap, "  ", " "):
        if width(between.join(shown)) <= cells:
            return between.join(shown)
    while len(shown) > 2 and width(" ".join(shown)) > cells:
        shown.pop(1)
    first, last = shown[0].split(), shown[-1].split()
    while len(first) > 1 and width(" ".join([*first, *last])) > cells:
        first.pop()
    if len(shown) == 1:
        return fit(" ".join(first), cells)
    while len(last) > 1 and width(" ".join([*first, *last])) > cells:
        last.pop(0)
    joined = " ".join([*first, *last])
    return joined if width(joined) <= cells else fit(" ".join(last), cells)


def _countdown(ship_by: int | None, pen: Pen, worded: bool) -> list[Span]:
    if ship_by is None:
        return []
    left = countdown(ship_by, pen.now) if worded else left_until(ship_by, pen.now)
    text = pen.say(left) if isinstance(left, Msg) else left
    return [(text, Ink.URGENT if urgent(ship_by, pen.now) else Ink.QUIET)]


def _sync(status: Status, pen: Pen, worded: bool) -> list[Span]:
    """Nothing alone; else that all is at the hub, or what waits and for how long, or how long the hub has been away."""
    match status.link:
        case Link.ALONE:
            return []
        case Link.OFFLINE:
            return [_offline(status, pen, worded)]
        case Link.IN_SYNC if worded and not status.unsent:
            return [(pen.say(msg("in sync")), Ink.QUIET)]
        case Link.WAITING if status.hub_says.text:
            return [_refused(status, pen, worded)]
    text = pen.say(_waiting(status, pen)) if worded else f"^{status.unsent}"
    return [(text, Ink.URGENT if status.unsent_alarm else Ink.PLAIN if status.unsent else Ink.QUIET)]


def _refused(status: Status, pen: Pen, worded: bool) -> Span:
    """The hub answers and takes nothing: where nothing waits either, that is no reason to say so."""
    waiting = f"^{status.unsent}" if status.unsent else ""
    text = " ".join(filter(None, (pen.say(msg("no sync")), waiting))) if worded else f"!{waiting}"
    return text, Ink.URGENT if status.unsent_alarm else Ink.CAUTION


def _waiting(status: Status, pen: Pen) -> Msg:
    if status.unsent and status.unsent_since is not None and pen.now - status.unsent_since >= WORTH_TELLING_S:
        return msg("unsent {n}, {age}", n=status.unsent, age=age(status.unsent_since, pen.now))
    return msg("unsent {n}", n=status.unsent)


def _offline(status: Status, pen: Pen, worded: bool) -> Span:
    since = pen.now if status.offline_since is None else status.offline_since
    away = offline_for(since, pen.now) if worded else msg("off")
    waiting = f"^{status.unsent}" if status.unsent else ""
    text = (" " if worded else "").join(filter(None, (pen.say(away), waiting)))
    urgent_now = status.unsent_alarm or pen.now - since > LONG_OFFLINE_SECONDS
    return text, Ink.URGENT if urgent_now else Ink.CAUTION
