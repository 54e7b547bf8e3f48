"""Rows of coloured text, and the pen they are written with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from wms.domain.records import Record
from wms.terminal.messages import Speech
from wms.terminal.text import crop, narrow, safe, width
from wms.terminal.theme import Ink
from wms.workflows.prompt import Msg

Span: TypeAlias = tuple[str, Ink]

NARROW_COLUMNS = 30


class Row(Record):
    """One row of the screen; what the spans leave free is filled in the colour of `fill`."""

    spans: tuple[Span, ...] = ()
    fill: Ink = Ink.PLAIN

    @property
    def text(self) -> str:
        return "".join(text for text, _ in self.spans)

    def cells(self, columns: int) -> list[Span]:
        """The row in exactly `columns` cells, safe to send to a terminal whatever it was made of."""
        cells: list[Span] = []
        left = columns
        for text, ink in self.spans:
            shown = crop(safe(text), left)
            if shown:
                cells.append((shown, ink))
                left -= width(shown)
        return [*cells, (" " * left, self.fill)] if left else cells


Rows: TypeAlias = tuple[Row, ...]
BLANK = Row()


def row(text: str, ink: Ink = Ink.PLAIN) -> Row:
    return Row(((text, ink),), ink)


def exactly(rows: Iterable[Row], height: int, blank: Row = BLANK) -> Rows:
    """`rows` cut or filled to `height`."""
    kept = tuple(rows)[: max(height, 0)]
    return kept + (blank,) * (height - len(kept))


class Picture(Record):
    """Everything on the screen: the five regions from top to bottom. Their heights add up to the screen's."""

    where: Rows = ()
    do: Rows = ()
    what: Rows = ()
    said: Rows = ()
    keys: Rows = ()


class Pen(Record):
    """What a region draws with: the operator's language, the room there is, the time (UTC seconds)."""

    speech: Speech
    columns: int
    now: int
    ascii: bool = False

    @property
    def narrow(self) -> bool:
        """Too few columns for big type and long labels."""
        return self.columns < NARROW_COLUMNS

    def say(self, message: Msg) -> str:
        return self.text(self.speech.say(message))

    def text(self, text: str) -> str:
        """Data as it may be shown on this terminal."""
        shown = safe(text)
        return narrow(shown) if self.ascii else shown
