"""The floor that tours of a site are planned on: the drawn one, else the best that can be made of its places."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from wms.domain.places import FloorFile, Place, PlaceKind
from wms.domain.rows import Rows
from wms.planning.floor import Bin, Floor, Line, Mark, Source
from wms.planning.floor_check import checked
from wms.planning.floor_read import read_floor
from wms.planning.floor_words import Trouble, error, some, warning

_EDGE_MM = 1500
"""From the outermost bins of aisles that nobody drew to their cross-aisles; half a cross-aisle of the usual width."""
_RANK_MM = 1000


def floor_of(rows: Rows) -> Floor:
    """The imported floor; without one a floor made of the bins' coordinates, and without these a single aisle of all
    bins in walking order, a metre apart (`Floor.source` says which; a warning stands in its troubles). A bin that has
    no place on it is put where the next one in walking order is, and warned of."""
    bins = in_order(rows.where(Place, kind=PlaceKind.BIN))
    file = rows.get(FloorFile, "floor")
    if file is not None and (drawn := beside_warehouse(read_floor(file.document), bins)).usable:
        return drawn
    placed = [place for place in bins if place.x_mm or place.y_mm]
    if not placed:
        return _line(bins) if bins else checked(Floor(source=Source.SEQUENCE))
    staging = [place for place in rows.where(Place, kind=PlaceKind.STAGING) if place.zone == "pack"]
    floor = checked(_by_coordinates(placed, [place for place in staging if place.x_mm or place.y_mm]))
    return _put_beside(floor, bins, "no_coordinates").also(warning("no_floor"))


def beside_warehouse(floor: Floor, bins: Sequence[Place]) -> Floor:
    """A drawn floor with every bin of its warehouse; what either lacks is warned of."""
    if not bins:
        return floor.also(warning("no_warehouse_bins"))
    known = {place.id for place in bins}
    if not known & floor.bin.keys():
        return floor.also(error("none_shared", bins=some(tuple(place.id for place in bins)))) if floor.bins else floor
    lacking = (
        warning("not_in_warehouse", one.row, (one.name,), bin=one.name) for one in floor.bins if one.name not in known
    )
    return _put_beside(floor.also(*lacking), bins, "not_on_floor")


def in_order(bins: Sequence[Place]) -> list[Place]:
    """By their rank on the walk."""
    return sorted(bins, key=lambda place: (place.sequence, place.id))


def _put_beside(floor: Floor, bins: Sequence[Place], code: str) -> Floor:
    """Bins that the floor lacks share the place of the last one before them that it has, or of the first behind."""
    has = [n for n, place in enumerate(bins) if place.id in floor.bin]
    lacking = [n for n, place in enumerate(bins) if place.id not in floor.bin]
    if not has or not lacking:
        return floor
    added: list[Bin] = []
    notes: list[Trouble] = []
    for n in lacking:
        behind = bisect_left(has, n)
        other = floor.bin[bins[has[max(0, behind - 1)]].id]
        name = bins[n].id
        added.append(replace(other, name=name, zone=bins[n].zone or other.zone))
        notes.append(warning(code, 0, (name,), bin=name, other=other.name))
    return replace(floor, bins=(*floor.bins, *added), troubles=(*floor.troubles, *notes))


def _line(bins: Sequence[Place]) -> Floor:
    aisle = Line("bins", (0, 0), (0, (len(bins) + 1) * _RANK_MM))
    ends = [
        Line(name, (-_EDGE_MM, at[1]), (_EDGE_MM, at[1]), True)
        for name, at in (("front", aisle.start), ("back", aisle.end))
    ]
    stand = tuple(Bin(p.id, aisle.name, n * _RANK_MM, zone=p.zone) for n, p in enumerate(bins, 1))
    gate = (Mark("start", (0, 0)),)
    floor = Floor((aisle, *ends), stand, gate, gate, source=Source.SEQUENCE)
    return checked(floor).also(warning("guessed"))


def _by_coordinates(bins: Sequence[Place], lanes: Sequence[Place]) -> Floor:
    """Aisles along the coordinate in which the walk from bin to bin mostly goes, a cross-aisle before and behind."""
    same_x = sum(one.x_mm == other.x_mm for one, other in pairwise(bins))
    same_y = sum(one.y_mm == other.y_mm for one, other in pairwise(bins))
    up = same_x >= same_y
    across = {place.id: place.x_mm if up else place.y_mm for place in bins}
    along = {place.id: place.y_mm if up else place.x_mm for place in bins}
    front, back = min(along.values()) - _EDGE_MM, max(along.values()) + _EDGE_MM

    def at(column: int, row: int) -> tuple[int, int]:
        return (column, row) if up else (row, column)

    columns = sorted(set(across.values()))
    names = dict(zip(columns, _names(columns, [(across[p.id], p.id) for p in bins]), strict=True))
    lines = [Line(names[x], at(x, front), at(x, back)) for x in columns]
    first, last = columns[0], columns[-1] if len(columns) > 1 else columns[0] + _EDGE_MM
    lines += [Line(name, at(first, y), at(last, y), True) for name, y in (("front", front), ("back", back))]
    stand = tuple(Bin(p.id, names[across[p.id]], along[p.id] - front, level=1, zone=p.zone) for p in bins)
    start = Mark("start", at(first, front))
    drops = tuple(Mark(place.id, (place.x_mm, place.y_mm)) for place in lanes) or (start,)
    return Floor(tuple(lines), stand, (start,), drops, source=Source.COORDINATES)


def _names(columns: Sequence[int], bins: Sequence[tuple[int, str]]) -> Iterator[str]:
    """What the names of an aisle's bins begin with, where that tells the aisles apart; else numbers."""
    begins = []
    for column in columns:
        inside = [name for x, name in bins if x == column]
        low, high = min(inside), max(inside)
        same = next((n for n, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), min(len(low), len(high)))
        begins.append(low[:same].rstrip("-_. ") if len(inside) > 1 else low)
    good = all(begins) and len(set(begins)) == len(begins) and not {"front", "back"} & set(begins)
    yield from begins if good else (f"aisle {n}" for n in range(1, len(columns) + 1))
