"""What stands beside and under a drawn floor: the names of its aisles, and what its signs mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from unicodedata import east_asian_width

from wms.planning.floor import Floor, Line
from wms.planning.floor_scale import Scale

START, DROP, BOTH = "S", "D", "@"


def lies(line: Line) -> bool:
    """Whether it is drawn from left to right."""
    return line.start[1] == line.end[1]


def named_rows(floor: Floor) -> dict[int, str]:
    """The names of lying aisles by where they lie."""
    named: dict[int, str] = {}
    for line in floor.aisles:
        if lies(line):
            y = line.start[1]
            named[y] = f"{named[y]}/{line.name}" if y in named else line.name
    return named


def names_below(floor: Floor, x: Scale, margin: int, width: int) -> list[str]:
    """The names of upright aisles: whole where they fit side by side, else their last part under what they begin with
    alike, else downwards."""
    found: dict[int, str] = {}
    for line in floor.aisles:
        if not lies(line) and x.covers(line.start[0]):
            column = x(line.start[0])
            found[column] = f"{found[column]}/{line.name}" if column in found else line.name
    if not found:
        return []
    columns = sorted(found)
    room = {a: b - a for a, b in pairwise([*columns, width])}
    if all(wide(found[column]) < room[column] for column in columns):
        return [_row([(column, found[column]) for column in columns], margin, width)]
    parts = {column: _parted(name) for column, name in found.items()}
    if all(wide(parts[column][1]) < room[column] for column in columns):
        heads = [(next(group), head) for head, group in groupby(columns, key=lambda c: parts[c][0])]
        return [
            row
            for row in (_row(heads, margin, width), _row([(c, parts[c][1]) for c in columns], margin, width))
            if row.strip()
        ]
    tall = max(map(len, found.values()))
    return [_row([(column, found[column][n : n + 1]) for column in columns], margin, width) for n in range(tall)]


def _parted(name: str) -> tuple[str, str]:
    """What a name begins with, and its last part: `A-` and `01` of `A-01`."""
    n = len(name)
    while n and name[n - 1].isalnum():
        n -= 1
    if n == 0:
        n = len(name.rstrip("0123456789"))
    return (name[:n], name[n:]) if n < len(name) else ("", name)


def _row(words: Sequence[tuple[int, str]], margin: int, width: int) -> str:
    row, taken = " " * margin, margin
    for n, (column, word) in enumerate(words):
        begins = max(taken, margin + column - max(0, (wide(word) - 1) // 2))
        room = (words[n + 1][0] + margin if n + 1 < len(words) else width) - begins
        shown = fitted(word, min(wide(word), max(room, 0)))
        row += " " * (begins - taken) + shown
        taken = begins + wide(shown)
    return row


def meanings(floor: Floor, used: Mapping[str, str], width: int) -> list[str]:
    """The signs of starts, drops and all those `used`, in as few rows as hold them."""
    starts, drops = {mark.at for mark in floor.starts}, {mark.at for mark in floor.drops}
    parts = []
    for sign, means, marks in (
        (START, "start", [mark for mark in floor.starts if mark.at not in drops]),
        (DROP, "drop", [mark for mark in floor.drops if mark.at not in starts]),
        (BOTH, "start and drop", [mark for mark in floor.drops if mark.at in starts]),
    ):
        if marks:
            parts.append(f"{sign} {means} " + ", ".join(mark.name for mark in marks if mark.name not in means.split()))
    arrows = "".join(sign for sign in "^v<>" if sign in used)
    parts += [f"{arrows} one way"] if arrows else []
    parts += [f"{sign} {means}" for sign, means in used.items() if sign not in arrows]
    return list(_wrapped([part.rstrip() for part in parts], width))


def _wrapped(parts: Sequence[str], width: int) -> Iterator[str]:
    row = ""
    for part in parts:
        shown = fitted(part, min(wide(part), width))
        if row and wide(row) + 3 + wide(shown) > width:
            yield row
            row = ""
        row = f"{row}   {shown}" if row else shown
    if row:
        yield row


def wide(text: str) -> int:
    """Cells that it takes."""
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)


def fitted(text: str, cells: int) -> str:
    """Cut or filled to exactly so many cells."""
    while wide(text) > cells:
        text = text[:-1]
    return text + " " * (cells - wide(text))
