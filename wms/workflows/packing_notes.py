"""What whoever packs has to heed: instructions of the order, and people's own words, in pages that fit every screen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from unicodedata import east_asian_width

from wms.domain.orders import Order
from wms.workflows.prompt import Line, Mark, Msg, msg, plain
from wms.workflows.workflow import Who

COLUMNS, ROWS = 18, 5
"""What the smallest screen (20×16) has left for it beside the question and a trouble: less a margin for line ends."""
_PIECE = re.compile(rf"[!-\u02ff]{{1,{COLUMNS}}}|\s+|.", re.DOTALL)


def notes(order: Order, who: Who) -> tuple[Msg, ...]:
    """One message each, instructions first. Text from outside is made safe where it is drawn."""
    found = [_instruction(line) for line in order.instructions.splitlines() if line.strip()]
    if order.remarked:
        said = who.remarks(order.id)
        if said is None:
            found.append(msg("Remarks can't be opened here: ask the supervisor"))
        found += [plain(line) for remark in said or () for line in _lines(remark)]
    return tuple(found)


def _instruction(line: str) -> Msg:
    code, _, rest = line.partition(":")
    match code.strip():
        case "invoice":
            return msg("Put the invoice in")
        case "gift":
            return msg("Gift: wrap it, no prices")
        case "insert" if rest.strip():
            return msg("Put in: {what}", what=rest.strip())
    return plain(line.strip())


def _lines(remark: str) -> list[str]:
    return [line.strip() for line in remark.splitlines() if line.strip()]


def pages(found: tuple[Msg, ...]) -> tuple[tuple[Line, ...], ...]:
    """The notes in pages of so few rows that none is cut short on the smallest screen."""
    made: list[tuple[Line, ...]] = []
    page: list[Line] = []
    left = ROWS
    for note in found:
        for piece in _pieces(note):
            needed = _rows(_text(piece))
            if page and needed > left:
                made.append(tuple(page))
                page, left = [], ROWS
            page.append(Line(piece, Mark.NONE, short=piece))
            left -= needed
    return (*made, tuple(page)) if page else tuple(made)


def _pieces(note: Msg) -> Iterator[Msg]:
    """The note whole, or in parts of a page each: its own words stand with the first."""
    if _rows(_text(note)) <= ROWS:
        yield note
        return
    name, value = next((name, value) for name, value in note.args.items() if isinstance(value, str))
    first, *rest = _split(value)
    yield Msg(note.text, {**note.args, name: first})
    yield from map(plain, rest)


def _split(text: str) -> list[str]:
    """Parts of less than a page, so that a few words fit before the first."""
    parts, part = [], ""
    for piece in _PIECE.findall(text):
        if part and _rows(part + piece) > ROWS - 1:
            parts.append(part.strip())
            part = ""
        part += piece
    return [*parts, part.strip()]


def _text(note: Msg) -> str:
    """In English, whose words take the most room."""
    return note.text.format_map({name: str(value) for name, value in note.args.items()})


def _rows(text: str) -> int:
    """How many rows the text takes at most where it is broken at spaces and between Chinese characters."""
    rows, used = 1, 0
    for piece in _PIECE.findall(text):
        cells = sum(2 if east_asian_width(char) in "WF" else 1 for char in piece)
        if used + cells > COLUMNS and not piece.isspace():
            rows, used = rows + 1, 0
        used += cells
    return rows
