"""Which nodes stand where, in a floor of parallel aisles and cross-aisles."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from wms.planning.graph import Spot

if TYPE_CHECKING:
    from wms.planning.floor import Floor


def spots_of(floor: Floor) -> tuple[tuple[int, Spot], ...]:
    """Nothing where a bin lies beyond the outermost cross-aisles, or the floor is no rectangular one."""
    net = floor.net
    if not net.crossings:
        return ()
    spots = {node: Spot(column, cross=level) for (column, level), node in net.crossings.items()}
    if len(spots) < len(net.crossings):
        return ()
    lying = floor.aisles[0].start[1] == floor.aisles[0].end[1]
    column_of = {net.at[node][1 if lying else 0]: column for (column, _), node in net.crossings.items()}
    levels = sorted({net.at[node][0 if lying else 1] for node in net.crossings.values()})
    for one in floor.bins:
        node = net.node_of_bin[one.name]
        x, y = net.at[node] if not lying else net.at[node][::-1]
        block = bisect_right(levels, y) - 1
        if x not in column_of or not 0 <= block < len(levels) - 1:
            return ()
        spots[node] = Spot(column_of[x], block)
    return tuple(sorted(spots.items(), key=lambda item: item[0]))
