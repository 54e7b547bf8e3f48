"""A floor from its site file. What is wrong is noted with its line, and the rest is kept."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, TypeAlias

from wms.planning.floor import Bin, Floor, Line, Mark, Pace, Stretch, Walkway
from wms.planning.floor_area import Area, area_of
from wms.planning.floor_check import checked
from wms.planning.floor_file import MOST_METRES, Entry, Path, Unreadable, is_point, lines_of, shown, tables
from wms.planning.floor_words import Trouble, error, metres

MOST_KB = 1024
MOST_BINS = 100_000

_ONE = ("floor", "points")
_MANY = ("area", "aisle", "cross", "bins", "one_way", "blocked", "walkway", "start", "drop")
_SIDES = {"L": "L", "R": "R", "左": "L", "右": "R", "-": ""}

Point: TypeAlias = "tuple[int, int]"


@lru_cache(maxsize=8)
def read_floor(document: str) -> Floor:
    """The floor that a site file describes, with all that is wrong with it; never fails."""
    if len(document.encode("utf-8", "replace")) > MOST_KB * 1024:
        return Floor(troubles=(error("too_large", kilobytes=MOST_KB),))
    try:
        said = tables(document.removeprefix("\ufeff"))
    except Unreadable as bad:
        return Floor(troubles=(bad.trouble,))
    return checked(_Reader(document, said).floor())


@cache
def template() -> str:
    """A site file that explains itself, to be mended to one's own."""
    return files("wms.planning").joinpath("floor_template.toml").read_text(encoding="utf-8")


class _Reader:
    def __init__(self, document: str, said: dict[str, Any]) -> None:
        self._text, self._said = document.splitlines(), said
        self._lines = lines_of(document)
        self._notes: list[Trouble] = []
        self._line: dict[str, Line] = {}
        self._bins: dict[str, Bin] = {}
        self._points: dict[str, Mark] = {}

    def floor(self) -> Floor:
        for table in self._said:
            if table not in (*_ONE, *_MANY):
                row = self._lines.get((table,)) or self._lines.get((table, 0), 0)
                self._notes.append(error("unknown_table", row, table=table, known=", ".join((*_ONE, *_MANY))))
        name, pace = self._settings()
        for n, entry in enumerate(self._entries("area"), 1):
            self._area(area_of(entry, n))
        self._drawn("aisle", is_cross=False)
        self._drawn("cross", is_cross=True)
        self._take_points()
        for entry in self._entries("bins"):
            self._rows(entry)
        stretches = [one for entry in self._entries("one_way") for one in self._stretches(entry, is_open=True)]
        blocked = [one for entry in self._entries("blocked") for one in self._stretches(entry, is_open=False)]
        return Floor(
            tuple(self._line.values()),
            tuple(self._bins.values()),
            tuple(self._gates("start")),
            tuple(self._gates("drop")),
            tuple(self._points.values()),
            tuple(self._walkways()),
            tuple(stretches),
            tuple(blocked),
            pace,
            name,
            troubles=tuple(self._notes),
        )

    def _entries(self, table: str) -> Iterator[Entry]:
        """Each [[table]], closed after it was read."""
        found = self._said.get(table, [])
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            self._notes.append(error("not_many", self._lines.get((table,), 0), table=table))
            return
        for n, values in enumerate(found):
            entry = Entry((table, n), values, self._lines, self._notes)
            yield entry
            entry.close()

    def _single(self, table: str) -> Entry | None:
        found = self._said.get(table, {})
        if not isinstance(found, dict):
            path: Path = (table, 0) if (table, 0) in self._lines else (table,)
            self._notes.append(error("not_one", self._lines.get(path, 0), table=table))
            return None
        return Entry((table,), found, self._lines, self._notes)

    def _settings(self) -> tuple[str, Pace]:
        entry = self._single("floor")
        if entry is None:
            return "", Pace()
        usual = Pace()
        pace = Pace(
            round(entry.number("speed", usual.speed / 1000, 0.1, 10) * 1000),
            int(entry.number("reach", usual.reach, 0, 100)),
            round(entry.number("seconds_per_level", usual.level_ms / 1000, 0, 600) * 1000),
            round(entry.number("seconds_per_turn", usual.turn_ms / 1000, 0, 600) * 1000),
        )
        name = entry.text("name")
        entry.close()
        return name, pace

    # Lines and bins

    def _add_line(self, line: Line) -> bool:
        old = self._line.get(line.name)
        if old is not None:
            self._notes.append(error("line_twice", line.row, name=line.name, other=old.row))
        elif line.start == line.end:
            self._notes.append(error("no_length", line.row, name=line.name))
        else:
            self._line[line.name] = line
        return self._line.get(line.name) is line

    def _add_bin(self, one: Bin) -> None:
        old = self._bins.get(one.name)
        if old is not None:
            self._notes.append(error("bin_twice", one.row, (one.name,), bin=one.name, other=old.row))
        elif len(self._bins) == MOST_BINS:
            if not any(trouble.code == "too_many" for trouble in self._notes):
                self._notes.append(error("too_many", one.row, key="bins", most=MOST_BINS))
        else:
            self._bins[one.name] = one

    def _area(self, area: Area | None) -> None:
        if area is None:
            return
        drawn = {line.name for line in area.lines if self._add_line(line)}
        for one in area.bins():
            if one.aisle in drawn:
                self._add_bin(one)

    def _drawn(self, table: str, *, is_cross: bool) -> None:
        for n, entry in enumerate(self._entries(table), 1):
            name = entry.text("name", needed=not is_cross) or (f"cross {n}" if is_cross else "")
            start, end = entry.point("from"), entry.point("to")
            zone = "" if is_cross else entry.text("zone")
            narrow = entry.flag("narrow", False)
            if name and start and end:
                self._add_line(Line(name, start, end, is_cross, zone, narrow, entry.row))

    def _rows(self, entry: Entry) -> None:
        aisle, rows = self._known(entry, "aisle", "no_aisle"), entry.text("rows", needed=True, rows=True)
        if aisle is None or aisle.is_cross:
            if aisle is not None:
                entry.bad("no_aisle", "aisle", name=aisle.name)
            return
        first = entry.row_of("rows")
        opening = self._text[first - 1].rstrip() if 0 < first <= len(self._text) else ""
        first += opening.endswith(('"""', "'''"))
        raw = str(entry.raw("rows"))
        first += len(raw) - len(raw.lstrip("\n")) if not rows.startswith("\n") else 0
        for number, row in enumerate(rows.splitlines(), first):
            if row.strip() and not row.lstrip().startswith("#"):
                self._row(row, number, aisle)

    def _row(self, row: str, number: int, aisle: Line) -> None:
        cells = row.replace(",", " ").split()
        name, offset, side, level = (
            (*cells, "", "-", "1")[:4] if len(cells) < 2 else (*cells, *("-", "1")[len(cells) - 2 :])[:4]
        )
        far = _figure(offset)
        if len(cells) > 4 or far is None or side.upper() not in _SIDES or not level.isdecimal() or len(level) > 3:
            self._notes.append(error("bad_row", number, value=shown(row.strip())))
        elif not 0 <= far <= aisle.length:
            self._notes.append(self._beyond(number, name, far, aisle))
        else:
            self._add_bin(Bin(name, aisle.name, far, _SIDES[side.upper()], int(level), aisle.zone, number))

    def _beyond(self, row: int, key: str, value: int, line: Line) -> Trouble:
        return error("beyond_end", row, (), key=key, value=metres(value), name=line.name, length=metres(line.length))

    # Points, walkways, starts, drops

    def _take_points(self) -> None:
        entry = self._single("points")
        if entry is None:
            return
        for name in self._said.get("points", {}):
            at = entry.point(name)
            if not name.isprintable():
                entry.bad("bad_text", name, value=shown(name))
            elif at is not None:
                self._points[name] = Mark(name, at, entry.row_of(name))

    def _place(self, entry: Entry, key: str) -> Point | None:
        """[x, y], a named point, or a place on a line."""
        value = entry.raw(key)
        if value is None:
            entry.bad("missing", key)
            return None
        if not isinstance(value, str):
            return entry.point(key)
        if value in self._points:
            return self._points[value].at
        name, _, where = value.rpartition("@")
        line = self._line.get(name)
        if line is not None:
            offset = {"front": 0, "back": line.length}.get(where, _figure(where))
            if offset is not None and 0 <= offset <= line.length:
                return line.at(offset)
            if offset is not None:
                self._notes.append(self._beyond(entry.row_of(key), key, offset, line))
                return None
        entry.bad("no_place", key, value=shown(value))
        return None

    def _walkways(self) -> Iterator[Walkway]:
        for entry in self._entries("walkway"):
            start, end = self._place(entry, "from"), self._place(entry, "to")
            said, one_way = entry.metres("length", 0.01), entry.flag("one_way", False)
            if start is None or end is None:
                continue
            straight = Line("", start, end).length
            if said is not None and said < straight * 0.95 - 100:
                entry.bad("shorter", "length", metres=metres(said), least=metres(straight))
            elif start == end:
                entry.bad("no_length", name="the walkway")
            else:
                yield Walkway(start, end, straight if said is None else said, one_way, entry.row)

    def _gates(self, table: str) -> Iterator[Mark]:
        given: dict[str, int] = {}
        for n, entry in enumerate(self._entries(table), 1):
            name, at = entry.text("name") or (f"{table} {n}" if n > 1 else table), self._place(entry, "at")
            if name in given:
                entry.bad("point_twice", "name", name=name, other=given[name])
            elif at is not None:
                given[name] = entry.row
                yield Mark(name, at, entry.row)

    # Stretches

    def _known(self, entry: Entry, key: str, code: str) -> Line | None:
        name = entry.text(key, needed=True)
        if name and name not in self._line:
            entry.bad(code, key, name=name)
        return self._line.get(name)

    def _stretches(self, entry: Entry, *, is_open: bool) -> Iterator[Stretch]:
        towards = entry.text("towards", needed=True) if is_open else ""
        if is_open and towards not in ("front", "back"):
            if towards:
                entry.bad("bad_choice", "towards", known="front, back", value=shown(towards))
            towards = ""
        first, last = entry.metres("from"), entry.metres("to", most=2 * MOST_METRES)
        why = "" if is_open else entry.text("why")
        for name in entry.names("on", needed=True, known=self._line):
            line = self._line.get(name)
            if line is None:
                entry.bad("no_line", "on", name=name)
                continue
            begin, end = first or 0, line.length if last is None else last
            if begin > line.length or end > line.length:
                key = "from" if begin > line.length else "to"
                self._notes.append(self._beyond(entry.row_of(key), key, max(begin, end), line))
            elif begin >= end:
                entry.bad("empty_stretch", "from", first=metres(begin), last=metres(end))
            elif towards or not is_open:
                yield Stretch(name, begin, end, towards, why, entry.row)


def _figure(text: str) -> int | None:
    """Metres as millimetres; None for anything else."""
    try:
        value = float(text) if text.isascii() else None
    except ValueError:
        return None
    return round(value * 1000) if value is not None and is_point([value, 0]) else None
