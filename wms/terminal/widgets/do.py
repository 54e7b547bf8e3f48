"""Do: a verb and its target, the biggest thing on the screen, and what to scan next."""

from __future__ import annotations

from wms.terminal.rows import BLANK, Pen, Row, Rows, exactly, row
from wms.terminal.text import fit, width, wrap
from wms.terminal.theme import Ink
from wms.terminal.widgets.bar import bar
from wms.terminal.widgets.bigtype import HEIGHT, big
from wms.workflows.prompt import Prompt, Size

_INDENT = "  "
_ASK_ROWS = 2


def do_rows(prompt: Prompt, pen: Pen, height: int, typed: str | None) -> Rows:
    """The region in `height` rows; `typed` is the line being typed, if there is one.

    The target and the question keep their rows whatever the verb says, so that the eye finds them.
    """
    verb = fit(pen.say(prompt.verb), pen.columns)
    asked = [row(text) for text in wrap(pen.say(prompt.ask), pen.columns)[:_ASK_ROWS]] if prompt.ask.text else []
    if typed is not None:
        asked = [*asked[: max(height - 2, 1)], typed_row(typed, pen)]
    head = [row(verb, Ink.STRONG)] if verb else []
    target = _target(prompt, pen, height - len(head) - len(asked))
    spare = height - len(head) - len(target) - len(asked)
    airy = not pen.narrow
    if airy and head and target and spare > 0:
        head.append(BLANK)
        spare -= 1
    if airy and (head or target) and asked and spare > 0:
        asked.insert(0, BLANK)
    return exactly([*head, *target, *asked], height)


def content_height(rows: Rows) -> int:
    """The rows that are needed when every cell counts: up to the last that is not blank."""
    return max((index + 1 for index, shown in enumerate(rows) if shown.text.strip()), default=0)


def _target(prompt: Prompt, pen: Pen, height: int) -> list[Row]:
    if prompt.percent is not None:
        return [_progress(prompt.percent, pen)]
    target = pen.text(prompt.target)
    if not target:
        return []
    unit = pen.say(prompt.unit)
    if prompt.target_size is Size.BIG and not pen.narrow and not pen.ascii and height >= HEIGHT:
        after = _INDENT + unit if unit else ""
        large = big(target, pen.columns - len(_INDENT) - width(after))
        if large:
            return [
                Row(((_INDENT + text, Ink.BIG_TARGET), (after if index == HEIGHT - 1 else "", Ink.STRONG)))
                for index, text in enumerate(large)
            ]
    indent = "" if pen.narrow else _INDENT
    parts = wrap(target, max(pen.columns - len(indent), 1))[: max(height, 1)]  # a code is broken, never cut short
    rows = [Row(((indent, Ink.PLAIN), (part, Ink.TARGET))) for part in parts]
    if unit:
        rows[-1] = Row((*rows[-1].spans, (f" {unit}", Ink.STRONG)))
    return rows


def _progress(percent: int, pen: Pen) -> Row:
    indent = "" if pen.narrow else _INDENT
    cells = max(pen.columns - 2 * len(indent) - len(" 100 %"), 4)
    return Row(((indent + bar(percent, cells, pen), Ink.STRONG), (f" {percent} %", Ink.STRONG)))


def typed_row(typed: str, pen: Pen) -> Row:
    """The line being typed, its end in sight."""
    shown = pen.text(typed)
    room = pen.columns - 3
    while shown and width(shown) > room:
        shown = shown[1:]
    return Row((("> ", Ink.QUIET), (f"{shown}_", Ink.STRONG)))
