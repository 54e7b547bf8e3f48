"""Alarm: stop, do not go on. The band becomes the screen."""

from __future__ import annotations

from wms.terminal.rows import Pen, Row, Rows, exactly
from wms.terminal.text import wrap
from wms.terminal.theme import Ink
from wms.terminal.widgets.bigtype import HEIGHT, big
from wms.terminal.widgets.do import typed_row
from wms.workflows.prompt import msg
from wms.workflows.view import View

_RED = Row(fill=Ink.NO)
_STOP = "STOP"  # the sign is the same on roads everywhere; the word beside it is the operator's


def alarm_rows(view: View, pen: Pen, height: int, body: int, typed: str | None) -> tuple[Rows, Rows]:
    """Do and what as one red surface of `body` rows, the first `height` of them do's. Nothing said is cut short."""
    prompt = view.prompt
    target = " ".join(filter(None, (pen.text(prompt.target), pen.say(prompt.unit))))
    told = [pen.say(prompt.verb), target, pen.say(prompt.ask), *(pen.say(line.text) for line in prompt.what)]
    choices = [f"{number % 10} {pen.say(choice.label)}" for number, choice in enumerate(prompt.choices, 1)]
    rows = [_red(part, pen) for text in (*told, *choices) if text for part in wrap(text, pen.columns - 1)]
    if typed is not None:
        rows.append(typed_row(typed, pen))
    sign = _sign(pen, body - len(rows))
    shown = exactly([*sign, *rows], body, _RED)
    return shown[:height], shown[height:]


def _sign(pen: Pen, room: int) -> list[Row]:
    """STOP as large as there is room for."""
    large = None if pen.narrow or pen.ascii else big(_STOP, pen.columns - 2)
    if large and room >= HEIGHT + 2:
        return [_RED, *(Row(((f" {text}", Ink.NO),), Ink.NO) for text in large), _RED]
    return [Row(((f" {pen.say(msg('STOP'))} ", Ink.NO_WORD),), Ink.NO)]


def _red(text: str, pen: Pen) -> Row:
    return Row((("" if pen.narrow else " ", Ink.NO), (text, Ink.NO)), Ink.NO)
