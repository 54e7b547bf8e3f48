"""The floor as a drawing to scale (SVG), for a browser or the wall."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from html import escape
from math import hypot, inf
from typing import TypeAlias

from wms.planning.floor import Bin, Floor, Line, Point, Stretch
from wms.planning.floor_route import walk_of
from wms.planning.floor_scale import window_of

_BIN_MM, _RACK_MM, _EDGE_MM, _ARROW_EVERY_MM = 500, 750, 4000, 4000

_Turned: TypeAlias = Callable[[Point], Point]
"""Where a place of the floor is on the drawing."""

_STYLE = """\
text{font-family:sans-serif;fill:#222} .name{font-size:700px} .mark{font-size:900px;font-weight:bold}
.aisle{stroke:#c8c8c8;stroke-width:260} .cross{stroke:#dcdcdc;stroke-width:420} .narrow{stroke-dasharray:320 220}
.bin{fill:#e9e2cf;stroke:#8a7f60;stroke-width:30} .walkway{stroke:#c8c8c8;stroke-width:200;stroke-dasharray:200 200}
.blocked{stroke:#b00020;stroke-width:420;stroke-dasharray:160 160} .arrow{fill:#404040}
.start{fill:#0050a0} .drop{fill:#7a3e00} .way{fill:none;stroke:#0050a0;stroke-width:200;opacity:.75}
.stop{fill:#0050a0} .number{font-size:560px;fill:#fff;text-anchor:middle;font-weight:bold}"""


def draw_svg(floor: Floor, route: Sequence[int] | None = None, *, zone: str = "") -> str:
    """One SVG document; fronts are below. With a `route` (nodes in walking order) the way is drawn, its stops numbered;
    with a `zone` only that with what is next to it."""
    low, high = _bounds(floor, zone)
    wide, tall = max(high[0] - low[0], 1), max(high[1] - low[1], 1)
    top = high[1] + low[1]  # what is turned over stays where it was

    def turned(at: Point) -> Point:
        return at[0], top - at[1]

    shapes = [*_lines(floor, turned), *_bins(floor, turned), *_signs(floor, turned), *_gates(floor, turned)]
    if route:
        shapes += _route(floor, route, turned)
    shapes += _names(floor, turned)
    title = escape(floor.name or "floor")
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{low[0]} {low[1]} {wide} {tall}" '
        f'width="{max(400, min(4000, wide // 20))}" role="img">'
    )
    return "\n".join((head, f"<title>{title}</title>", f"<style>{_STYLE}</style>", *shapes, "</svg>", ""))


def _bounds(floor: Floor, zone: str) -> tuple[Point, Point]:
    window = window_of(floor, zone)
    seen = [
        *floor.net.at,
        *(at for line in floor.lines for at in (line.start, line.end)),
        *((0, 0),)[: not floor.lines],
    ]
    low, high = ([pick(at[n] for at in seen) for n in (0, 1)] for pick in (min, max))
    for n, (begin, end) in enumerate(window):
        low[n] = low[n] if begin == -inf else max(low[n], round(begin))
        high[n] = high[n] if end == inf else min(high[n], round(end))
    return (low[0] - _EDGE_MM, low[1] - _EDGE_MM), (high[0] + _EDGE_MM, high[1] + _EDGE_MM)


def _segment(turned: _Turned, start: Point, end: Point, style: str, title: str = "") -> str:
    (a, b), (c, d) = turned(start), turned(end)
    inside = f"<title>{escape(title)}</title>" if title else ""
    return f'<line class="{style}" x1="{a}" y1="{b}" x2="{c}" y2="{d}">{inside}</line>'


def _text(at: Point, style: str, text: str) -> str:
    return f'<text class="{style}" x="{at[0]}" y="{at[1]}">{escape(text)}</text>'


def _lines(floor: Floor, turned: _Turned) -> Iterator[str]:
    for way in floor.walkways:
        yield _segment(turned, way.start, way.end, "walkway")
    for line in sorted(floor.lines, key=lambda line: not line.is_cross):
        style = "cross" if line.is_cross else "aisle narrow" if line.narrow else "aisle"
        yield _segment(turned, line.start, line.end, style, line.name)


def _bins(floor: Floor, turned: _Turned) -> Iterator[str]:
    """A square for each place along an aisle and side, which names all its levels."""
    places: dict[tuple[str, int, str], list[Bin]] = {}
    for one in floor.bins:
        places.setdefault((one.aisle, one.offset, one.side), []).append(one)
    for (aisle, offset, side), bins in places.items():
        names = escape(", ".join(one.name for one in bins))
        for x, y in _beside(floor.line[aisle], offset, side):
            a, b = turned((x, y))
            corner = f'x="{a - _BIN_MM // 2}" y="{b - _BIN_MM // 2}"'
            yield f'<rect class="bin" {corner} width="{_BIN_MM}" height="{_BIN_MM}"><title>{names}</title></rect>'


def _beside(line: Line, offset: int, side: str) -> Iterator[Point]:
    """The middle of the rack at a place of an aisle: left, right, or both where nobody says."""
    (x, y), (ux, uy) = line.at(offset), _direction(line.start, line.end)
    for sign in {"L": (1,), "R": (-1,)}.get(side, (1, -1)):
        yield x - round(sign * uy * _RACK_MM), y + round(sign * ux * _RACK_MM)


def _direction(start: Point, end: Point) -> tuple[float, float]:
    far = hypot(end[0] - start[0], end[1] - start[1]) or 1
    return (end[0] - start[0]) / far, (end[1] - start[1]) / far


def _signs(floor: Floor, turned: _Turned) -> Iterator[str]:
    for stretch in floor.blocked:
        line = floor.line[stretch.line]
        yield _segment(turned, line.at(stretch.first), line.at(stretch.last), "blocked", stretch.why)
    for stretch in floor.one_way:
        yield from _arrows(turned, *_ends(floor, stretch))
    for way in floor.walkways:
        if way.one_way:
            yield from _arrows(turned, way.start, way.end)


def _ends(floor: Floor, stretch: Stretch) -> tuple[Point, Point]:
    line = floor.line[stretch.line]
    first, last = line.at(stretch.first), line.at(stretch.last)
    return (first, last) if stretch.towards == "back" else (last, first)


def _arrows(turned: _Turned, start: Point, end: Point) -> Iterator[str]:
    (a, b), (c, d) = turned(start), turned(end)
    ux, uy = _direction((a, b), (c, d))
    count = max(1, round(hypot(c - a, d - b) / _ARROW_EVERY_MM))
    for n in range(count):
        share = (n + 0.5) / count
        x, y = a + (c - a) * share, b + (d - b) * share
        tip, tail, half = 350, 250, 300
        points = (
            (x + ux * tip, y + uy * tip),
            (x - ux * tail - uy * half, y - uy * tail + ux * half),
            (x - ux * tail + uy * half, y - uy * tail - ux * half),
        )
        yield f'<polygon class="arrow" points="{_joined(points)}"/>'


def _joined(points: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{round(x)},{round(y)}" for x, y in points)


def _gates(floor: Floor, turned: _Turned) -> Iterator[str]:
    for point in floor.points:
        x, y = turned(point.at)
        yield f'<circle r="180" cx="{x}" cy="{y}"><title>{escape(point.name)}</title></circle>'
    for style, marks in (("start", floor.starts), ("drop", floor.drops)):
        for mark in marks:
            x, y = turned(mark.at)
            half = 400 if style == "drop" else 550
            yield f'<rect class="{style}" x="{x - half}" y="{y - half}" width="{2 * half}" height="{2 * half}"/>'
            below = f'x="{x}" y="{y + 1500}" transform="rotate(30 {x} {y + 1500})"'
            yield f'<text class="mark" {below}>{escape(mark.name)}</text>'


def _names(floor: Floor, turned: _Turned) -> Iterator[str]:
    """Each aisle's name before its front."""
    for line in floor.aisles:
        ux, uy = _direction(line.start, line.end)
        x, y = turned((round(line.start[0] - ux * 1200), round(line.start[1] - uy * 1200)))
        yield f'<text class="name" x="{x}" y="{y}" text-anchor="middle">{escape(line.name)}</text>'


def _route(floor: Floor, route: Sequence[int], turned: _Turned) -> Iterator[str]:
    net = floor.net
    walk = walk_of(floor, route)
    if walk is not None:
        way = [net.at[node] for node in walk.way]
        yield f'<polyline class="way" points="{_joined(map(turned, way))}"/>'
    stops: dict[int, list[int]] = {}
    for number, node in enumerate(route, 1):
        stops.setdefault(node, []).append(number)
    for node, numbers in stops.items():
        x, y = turned(net.at[node])
        yield f'<circle class="stop" r="480" cx="{x}" cy="{y}"/>'
        yield _text((x, y + 200), "number", ",".join(map(str, numbers)))
