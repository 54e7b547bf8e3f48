"""An area of a site file: parallel aisles alike, drawn by pattern."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from wms.planning.floor import Bin, Line
from wms.planning.floor_file import Entry, shown
from wms.planning.floor_names import placeholders

_KNOWN = ("zone", "aisle", "side", "bay", "level")


@dataclass(frozen=True, slots=True)
class _Bays:
    """Names of bays from the front, on one side or ('') both; `offsets` are their middles."""

    side: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Area:
    """`lines` are the aisles, then the cross-aisles."""

    lines: tuple[Line, ...]
    aisles: tuple[str, ...]
    zone: str
    bays: tuple[_Bays, ...]
    offsets: tuple[int, ...]
    levels: tuple[str, ...]
    pattern: str
    without: tuple[str, ...]
    row: int

    def bins(self) -> Iterator[Bin]:
        for aisle in self.aisles:
            for bays in self.bays:
                for bay, offset in zip(bays.names, self.offsets, strict=False):
                    for level, named in enumerate(self.levels, 1):
                        name = self.pattern.format(zone=self.zone, aisle=aisle, side=bays.side, bay=bay, level=named)
                        if not any(fnmatchcase(name, left_out) for left_out in self.without):
                            yield Bin(name, aisle, offset, bays.side, level, self.zone, self.row)


def area_of(entry: Entry, number: int) -> Area | None:
    """The area of one [[area]]; None if what it can't be drawn without is missing or wrong."""
    zone = entry.text("zone")
    name = entry.text("name") or zone or f"area {number}"
    at, aisles = entry.point("at"), entry.names("aisles", needed=True)
    spacing = entry.metres("spacing", 0.5, 100) if entry.has("spacing") else 3000
    wide = entry.metres("bay_width", 0.1, 100) if entry.has("bay_width") else 1200
    cross = entry.metres("cross_width", 0, 100) if entry.has("cross_width") else 3000
    run = entry.text("run") or "up"
    if run not in ("up", "right"):
        entry.bad("bad_choice", "run", known="up, right", value=shown(run))
        run = "up"
    narrow, dead_end = entry.flag("narrow", False), entry.flag("dead_end", False)
    bays = _bays(entry)
    levels = entry.names("levels") or ("1",)
    without = tuple(filter(None, (part.strip() for part in entry.text("without").split(","))))
    count = max((len(side.names) for side in bays), default=0)
    after = _cross_after(entry, count)
    pattern = _pattern(entry, aisles, bays, levels)
    if at is None or not aisles or not count or None in (spacing, wide, cross):
        return None
    spacing, wide, cross = spacing or 0, wide or 0, cross or 0
    if pattern and "side" in (placeholders(pattern) or ()) and not bays[0].side:
        bays = (_Bays("L", bays[0].names), _Bays("R", bays[0].names))

    def offset(behind: int) -> int:
        """That of the middle of the bay behind so many."""
        return cross // 2 + (2 * behind + 1) * wide // 2 + cross * sum(1 for a in after if a <= behind)

    length = offset(count - 1) + wide // 2 + (0 if dead_end else cross // 2)
    levels_at = [0, *(offset(a) - wide // 2 - cross // 2 for a in after), *(() if dead_end else (length,))]
    names = ("front", *(f"after {a}" for a in after), *(() if dead_end else ("back",)))

    def point(along: int, across: int) -> tuple[int, int]:
        return (at[0] + across, at[1] + along) if run == "up" else (at[0] + along, at[1] + across)

    lines = [
        Line(aisle, point(0, n * spacing), point(length, n * spacing), False, zone, narrow, entry.row)
        for n, aisle in enumerate(aisles)
    ]
    if len(aisles) > 1:
        last = (len(aisles) - 1) * spacing
        lines += [
            Line(f"{name} {which}", point(along, 0), point(along, last), True, row=entry.row)
            for which, along in zip(names, levels_at, strict=True)
        ]
    offsets = tuple(offset(n) for n in range(count))
    return Area(tuple(lines), aisles if pattern else (), zone, bays, offsets, levels, pattern, without, entry.row)


def _bays(entry: Entry) -> tuple[_Bays, ...]:
    both, left, right = entry.names("bays"), entry.names("left"), entry.names("right")
    if bool(both) == bool(left or right):
        if not (entry.has("bays") or entry.has("left") or entry.has("right")) or both:
            entry.bad("bays_and_sides", "bays")
        return (_Bays("", both),) if both else ()
    return (_Bays("", both),) if both else tuple(filter(lambda s: s.names, (_Bays("L", left), _Bays("R", right))))


def _cross_after(entry: Entry, count: int) -> tuple[int, ...]:
    said = entry.raw("cross_after")
    listed = said if isinstance(said, list) else [] if said is None else [said]
    right = [one for one in listed if type(one) is int and 1 <= one < count]
    for one in listed:
        if one not in right and count:
            entry.bad("cross_beyond", "cross_after", value=shown(one), most=count - 1)
    return tuple(sorted(set(right)))


def _pattern(entry: Entry, aisles: tuple[str, ...], bays: tuple[_Bays, ...], levels: tuple[str, ...]) -> str:
    """The pattern of the bins' names, '' if it can't be used."""
    pattern = entry.text("bins", needed=True)
    if not pattern:
        return ""
    used = placeholders(pattern)
    if used is None or not used <= set(_KNOWN):
        entry.bad("bad_placeholder", "bins", value=shown(pattern), known=", ".join(f"{{{name}}}" for name in _KNOWN))
        return ""
    sides = [set(side.names) for side in bays]
    needed = {
        "aisle": len(aisles) > 1,
        "bay": any(len(names) > 1 for names in sides),
        "level": len(levels) > 1,
        "side": len(sides) == 2 and bool(sides[0] & sides[1]),
    }
    lacking = [f"{{{name}}}" for name, so in needed.items() if so and name not in used]
    if lacking:
        entry.bad("bad_pattern", "bins", value=shown(pattern), needed=" and ".join(lacking))
        return ""
    return pattern
