"""The floor of the demonstration warehouse: a hall for each zone, packing lanes and the pickers' desk in front."""

from __future__ import annotations

from collections.abc import Iterator

from wms.demo.furnish_places import AISLE_WIDTH_MM, BAY_WIDTH_MM, LANES, ZONE_GAP_MM
from wms.domain.events import FloorDrawn

_CROSSED_BEHIND = 10
_BEFORE_FRONT_M = -3.0


def floor_drawn(zones: str, aisles: int, *, bays: int = 6, levels: int = 4) -> FloorDrawn:
    """The site file for the bins of `furnish_places.bins`: as many aisles in each zone, all between the same two
    cross-aisles; long aisles are crossed halfway."""
    return FloorDrawn("\n".join(_document(zones, aisles, bays, levels)))


def _document(zones: str, aisles: int, bays: int, levels: int) -> Iterator[str]:
    step, bay = AISLE_WIDTH_MM / 1000, BAY_WIDTH_MM / 1000
    hall = aisles * step + ZONE_GAP_MM / 1000
    crossed = bays > _CROSSED_BEHIND
    yield from ("[floor]", 'name = "演示仓 Demo Warehouse"', "speed = 1.2", "seconds_per_level = 4", "")
    for n, zone in enumerate(zones):
        yield from (
            "[[area]]",
            f'zone = "{zone}"',
            f"at = [{n * hall + step:.1f}, 0.0]",
            f'aisles = "{zone}-01..{zone}-{aisles:02d}"',
            f"spacing = {step:.1f}",
            f'bays = "1..{bays}"',
            f"bay_width = {bay:.1f}",
            f'levels = "1..{levels}"',
            'bins = "{aisle}-{bay}-{level}"',
            f"cross_width = {step:.1f}",
            *((f"cross_after = [{_CROSSED_BEHIND}]",) if crossed else ()),
            "",
        )
    last = (len(zones) - 1) * hall + aisles * step
    depth = step + bays * bay + (step if crossed else 0)
    levels_at = {"front": 0.0, "back": depth} | ({"middle": step + _CROSSED_BEHIND * bay} if crossed else {})
    for name, y in levels_at.items():
        yield from ("[[cross]]", f'name = "{name}"', f"from = [{step:.1f}, {y:.1f}]", f"to = [{last:.1f}, {y:.1f}]", "")
    yield from ("[[start]]", 'name = "desk"', f"at = [{step:.1f}, {_BEFORE_FRONT_M}]", "")
    middle = last / 2 // step * step
    for n, lane in enumerate(LANES):
        yield from ("[[drop]]", f'name = "{lane}"', f"at = [{middle + n * step:.1f}, {_BEFORE_FRONT_M}]", "")
