"""Keys: one row, at most four. F1 goes first where there is no room: help is always there."""

from __future__ import annotations

from wms.terminal.rows import Pen, Row, Rows, Span
from wms.terminal.text import fit, width
from wms.terminal.theme import Ink
from wms.workflows.prompt import Key

_MOST = 4
_NAMES = {"escape": "Esc", "enter": "Enter", "up": "Up", "down": "Dn"}


def keys_rows(keys: tuple[Key, ...], pen: Pen, more: str = "") -> Rows:
    """The row; `more` is a hint shown after the keys where it fits."""
    shown = keys[:_MOST]
    without_help = tuple(key for key in shown if key.key != "f1")
    for tried in (shown, without_help):
        for label, joint, gap in _FORMS[1:] if pen.narrow else _FORMS:
            spans = _spans([(_NAMES.get(key.key, key.key.upper()), label(key, pen)) for key in tried], joint, gap)
            if _cells(spans) <= pen.columns:
                return (_row(spans, more, pen),)
    cut = fit("".join(text for text, _ in spans), pen.columns)
    return (Row(((cut, Ink.QUIET),), Ink.QUIET),)


def _long(key: Key, pen: Pen) -> str:
    return pen.say(key.label)


def _short(key: Key, pen: Pen) -> str:
    return pen.say(key.short or key.label)


# From roomy to tight: how a label is said, what joins it to its key, what parts it from the next.
_FORMS = ((_long, " ", "  "), (_short, " ", "  "), (_short, " ", " "), (_short, "", " "))


def _spans(pairs: list[tuple[str, str]], joint: str, gap: str) -> list[Span]:
    """Chinese labels need neither a space before them nor a wide gap."""
    if all(width(label[:1]) == 2 or not label[:1].isalnum() for _, label in pairs):
        joint, gap = "", " "
    spans: list[Span] = []
    for index, (name, label) in enumerate(pairs):
        spans += [(gap if index else "", Ink.QUIET), (name, Ink.KEY), (joint + label, Ink.QUIET)]
    return spans


def _row(spans: list[Span], more: str, pen: Pen) -> Row:
    hint = f"   {more}" if more else ""
    fits = _cells(spans) + width(hint) <= pen.columns
    return Row((*spans, (hint if fits else "", Ink.QUIET)), Ink.QUIET)


def _cells(spans: list[Span]) -> int:
    return sum(width(text) for text, _ in spans)
