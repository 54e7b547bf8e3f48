"""What is wrong with a floor as a whole, and with a floor beside its warehouse."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import hypot

from wms.planning.floor import Bin, Floor, Mark
from wms.planning.floor_lines import foot, shared
from wms.planning.floor_words import Trouble, error, metres, some, warning

_FAR_MM = 30_000


def checked(floor: Floor) -> Floor:
    """The floor with what is wrong with it as a whole; where nothing says where tours begin or end, that is settled."""
    if not floor.aisles:
        return floor.also(error("no_aisles"))
    notes = []
    if not floor.starts:
        first = floor.aisles[0]
        notes.append(error("no_start", name=f"{first.name}@front"))
        floor = replace(floor, starts=(Mark("start", first.start),))
    if not floor.drops:
        notes.append(warning("no_drop"))
        floor = replace(floor, drops=floor.starts)
    if not floor.bins:
        notes.append(error("no_bins"))
    for find in (_overlaps, _shut, _loose, _far_gates, _stranded, _dead_walks):
        notes.extend(find(floor))
    return floor.also(*notes)


def _overlaps(floor: Floor) -> Iterator[Trouble]:
    aisles = sorted(floor.aisles, key=lambda line: min(line.start[0], line.end[0]))
    for n, one in enumerate(aisles):
        right = max(one.start[0], one.end[0]) + 500
        for other in aisles[n + 1 :]:
            if min(other.start[0], other.end[0]) > right:
                break
            if shared(one, other) > 0:
                later, earlier = (other, one) if other.row >= one.row else (one, other)
                yield error("overlap", later.row, name=later.name, other=earlier.name, line=earlier.row)


def _entered(floor: Floor) -> set[int]:
    """Nodes by which a line can be entered from elsewhere."""
    met: dict[int, int] = {}
    for chain in floor.net.chains.values():
        for node in chain.values():
            met[node] = met.get(node, 0) + 1
    ends = {end for way in floor.walkways for end in (way.start, way.end)}
    gates = set(floor.net.gates.values())
    near_gates = {v for u, v, _ in floor.net.graph.arcs if u in gates} | {
        u for u, v, _ in floor.net.graph.arcs if v in gates
    }
    walked = {node for node, at in enumerate(floor.net.at) if at in ends}
    return {node for node, count in met.items() if count > 1} | walked | near_gates


def _shut(floor: Floor) -> Iterator[Trouble]:
    entered = _entered(floor)
    for aisle in floor.aisles:
        if entered & set(floor.net.chains[aisle.name].values()):
            continue
        near = [
            (hypot(x - end[0], y - end[1]), which, other.name)
            for which, end in (("front", aisle.start), ("back", aisle.end))
            for other in floor.lines
            if other is not aisle
            for (x, y), _ in [foot(other, end)]
        ]
        if near:
            apart, which, line = min(near)
            yield error(
                "no_entrance", aisle.row, (), name=aisle.name, end=which, metres=metres(round(apart)), line=line
            )
        else:
            yield error("no_way_in", aisle.row, name=aisle.name)


def _loose(floor: Floor) -> Iterator[Trouble]:
    entered = _entered(floor)
    for line in floor.lines:
        if line.is_cross and not entered & set(floor.net.chains[line.name].values()):
            yield warning("loose_cross", line.row, name=line.name)
    used = {end for way in floor.walkways for end in (way.start, way.end)}
    used |= {mark.at for mark in (*floor.starts, *floor.drops)}
    for point in floor.points:
        if point.at not in used:
            yield warning("loose_point", point.row, name=point.name)


def _far_gates(floor: Floor) -> Iterator[Trouble]:
    ends = {end for way in floor.walkways for end in (way.start, way.end)}
    for mark in (*floor.starts, *floor.drops):
        if mark.at in ends:
            continue
        apart, line = min(
            (hypot(x - mark.at[0], y - mark.at[1]), other.name)
            for other in floor.lines
            for (x, y), _ in [foot(other, mark.at)]
        )
        if apart > _FAR_MM:
            yield warning("far_gate", mark.row, name=mark.name, metres=metres(round(apart)), line=line)


def _stranded(floor: Floor) -> Iterator[Trouble]:
    """Bins that no tour can visit, aisle by aisle."""
    net = floor.net
    by_aisle: dict[str, list[Bin]] = {}
    for one in floor.bins:
        if net.node_of_bin[one.name] not in net.walkable:
            by_aisle.setdefault(one.aisle, []).append(one)
    for name, bins in by_aisle.items():
        row = floor.line[name].row
        held = tuple(one.name for one in bins if _is_blocked(floor, one))
        cut = tuple(b.name for b in bins if b.name not in held and net.node_of_bin[b.name] not in net.reached)
        caught = tuple(b.name for b in bins if b.name not in held and b.name not in cut)
        if held:
            at = next(s.row for s in floor.blocked if s.line == name)
            yield warning("blocked", at, held, name=name, bins=some(held))
        if cut:
            yield error("unreachable", row, cut, name=name, bins=some(cut))
        if caught:
            yield error("trapped", row, caught, name=name, bins=some(caught))


def _is_blocked(floor: Floor, one: Bin) -> bool:
    """Whether it lies in a blocked stretch, or is cut off by those of its aisle alone."""
    return any(stretch.line == one.aisle for stretch in floor.blocked)


def _dead_walks(floor: Floor) -> Iterator[Trouble]:
    """Lines of which one gets into a part that leads to no drop, beside those that were named for their bins."""
    net = floor.net
    caught = net.reached - net.returning
    named = {one.aisle for one in floor.bins if net.node_of_bin[one.name] in caught}
    caught -= {node for name in named for node in net.chains[name].values()}
    for line in floor.lines:
        if caught & set(net.chains[line.name].values()):
            yield error("dead_walk", line.row, name=line.name)
