"""Straight lines in the plane: where they meet, lie on each other, and what lies on them. Millimetres throughout."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import hypot
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from wms.planning.floor import Line

Point: TypeAlias = "tuple[int, int]"

TOUCH_MM = 10
"""Lines that come this close meet: metres in a file have few decimals, and slanting lines are rounded."""


def foot(line: Line, at: Point) -> tuple[Point, int]:
    """The point of the line that is nearest, and its offset from the front."""
    (x, y), (to_x, to_y) = line.start, line.end
    dx, dy = to_x - x, to_y - y
    square = dx * dx + dy * dy
    share = max(0, min(square, (at[0] - x) * dx + (at[1] - y) * dy))
    return (x + _rounded(share * dx, square), y + _rounded(share * dy, square)), _rounded(share * line.length, square)


def along(line: Line, at: Point) -> int | None:
    """The offset of a point that lies on the line; None if it does not."""
    low_x, high_x = sorted((line.start[0], line.end[0]))
    low_y, high_y = sorted((line.start[1], line.end[1]))
    if not (low_x - TOUCH_MM <= at[0] <= high_x + TOUCH_MM and low_y - TOUCH_MM <= at[1] <= high_y + TOUCH_MM):
        return None
    (x, y), offset = foot(line, at)
    return offset if hypot(x - at[0], y - at[1]) <= TOUCH_MM else None


def meetings(lines: Sequence[Line]) -> Iterator[tuple[Line, int, Line, int]]:
    """Two lines that meet, each with the offset where they do; both ends of what lines share that lie on each other."""
    by_left = sorted(lines, key=lambda line: (min(line.start[0], line.end[0]), line.name))
    for n, one in enumerate(by_left):
        right = max(one.start[0], one.end[0]) + TOUCH_MM
        low, high = min(one.start[1], one.end[1]) - TOUCH_MM, max(one.start[1], one.end[1]) + TOUCH_MM
        for other in by_left[n + 1 :]:
            if min(other.start[0], other.end[0]) > right:
                break
            if min(other.start[1], other.end[1]) <= high and max(other.start[1], other.end[1]) >= low:
                yield from ((one, offset, other, far) for offset, far in _meet(one, other))


def _meet(one: Line, other: Line) -> list[tuple[int, int]]:
    found = {}
    for at in (other.start, other.end):
        offset = along(one, at)
        if offset is not None:
            found[offset] = along(other, at) or 0
    for at in (one.start, one.end):
        far = along(other, at)
        if far is not None:
            found.setdefault(along(one, at) or 0, far)
    if not found and (at_ := crossing(one, other)) is not None:
        found[foot(one, at_)[1]] = foot(other, at_)[1]
    return sorted(found.items())


def crossing(one: Line, other: Line) -> Point | None:
    """Where two lines that are not parallel cross."""
    (ax, ay), (bx, by) = one.start, one.end
    (cx, cy), (dx, dy) = other.start, other.end
    slope = (bx - ax) * (dy - cy) - (by - ay) * (dx - cx)
    if slope == 0:
        return None
    t = (cx - ax) * (dy - cy) - (cy - ay) * (dx - cx)
    u = (cx - ax) * (by - ay) - (cy - ay) * (bx - ax)
    if slope < 0:
        slope, t, u = -slope, -t, -u
    if not (0 <= t <= slope and 0 <= u <= slope):
        return None
    return ax + _rounded(t * (bx - ax), slope), ay + _rounded(t * (by - ay), slope)


def shared(one: Line, other: Line) -> int:
    """How much of two parallel lines side by side is less than half a metre apart: they can't both be aisles."""
    (ax, ay), (bx, by) = one.start, one.end
    (cx, cy), (dx, dy) = other.start, other.end
    ux, uy = bx - ax, by - ay
    size = hypot(ux, uy)
    if abs(ux * (dy - cy) - uy * (dx - cx)) > 0.01 * size * other.length:
        return 0
    if abs(ux * (cy - ay) - uy * (cx - ax)) >= size * _TOO_CLOSE_MM:
        return 0
    first, last = sorted(((px - ax) * ux + (py - ay) * uy) / size for px, py in (other.start, other.end))
    return max(0, round(min(size, last) - max(0.0, first)))


_TOO_CLOSE_MM = 500


def _rounded(above: int, below: int) -> int:
    """Half up, exact for numbers of any size."""
    return (2 * above + below) // (2 * below) if below else 0
