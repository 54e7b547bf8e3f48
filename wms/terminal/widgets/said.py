"""Said: the verdict on the last scan, a full-width band that stays until the next one."""

from __future__ import annotations

from wms.terminal.rows import Pen, Row, Rows, exactly
from wms.terminal.text import fit, width, wrap
from wms.terminal.theme import VERDICTS, Verdict
from wms.workflows.prompt import Said, Tone


def said_rows(said: Said | None, pen: Pen, height: int, most: int) -> Rows:
    """The band in `height` rows, or up to `most` where a sentence needs them: what to do must not be cut off.

    A refusal fills the whole band; the others only the rows they need. That, the mark down its edge and the word
    tell the verdict apart without the colour.
    """
    if said is None:
        return exactly([], height)
    verdict = VERDICTS[said.tone]
    rows = _wrapped(said, verdict, pen)
    if len(rows) > most:
        rows = _cut(said, verdict, pen)
    filled = max(len(rows), height) if said.tone in (Tone.NO, Tone.LOOK) else len(rows)
    edge = _next("", verdict, pen)
    return exactly(exactly(rows, min(filled, max(most, height)), edge), max(height, min(len(rows), most)))


def _badge(verdict: Verdict, pen: Pen) -> str:
    return f" {pen.say(verdict.word)} "


def _wrapped(said: Said, verdict: Verdict, pen: Pen) -> list[Row]:
    """Every line in full, over as many rows as it takes."""
    rows: list[Row] = []
    badge = _badge(verdict, pen)
    for index, line in enumerate(said.lines):
        text = pen.say(line)
        parts = wrap(text, _room(pen), None if index else pen.columns - width(badge) - 1)
        if index == 0:
            rows.append(_first(badge, parts.pop(0), verdict))
        rows += [_next(part, verdict, pen) for part in parts]
    return rows or [_first(badge, "", verdict)]


def _cut(said: Said, verdict: Verdict, pen: Pen) -> list[Row]:
    """A row a line, for screens with no more room than that."""
    badge = _badge(verdict, pen)
    first, *rest = [pen.say(line) for line in said.lines] or [""]
    return [
        _first(badge, fit(first, pen.columns - width(badge) - 1), verdict),
        *(_next(fit(text, _room(pen)), verdict, pen) for text in rest),
    ]


def _room(pen: Pen) -> int:
    return max(pen.columns - width(_edge_gap(pen)) - 1, 1)


def _edge_gap(pen: Pen) -> str:
    return "" if pen.narrow else " "


def _first(badge: str, text: str, verdict: Verdict) -> Row:
    return Row(((badge, verdict.badge), (f" {text}", verdict.band)), verdict.band)


def _next(text: str, verdict: Verdict, pen: Pen) -> Row:
    """A row after the first: the badge's edge goes on down the band of a refusal, so that its shape differs too."""
    if not verdict.edge:
        return Row(((f" {text}", verdict.band),), verdict.band)
    edge = " " if pen.narrow else verdict.edge
    return Row(((edge, verdict.badge), (_edge_gap(pen) + text, verdict.band)), verdict.band)
