"""A floor of parallel aisles, as the exact tour needs it: offsets along aisles, stretches along cross-aisles, gates."""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from wms.planning.graph import Spot, WalkGraph

BLOCKED = 100_000_000
"""Stands for the length of a stretch that is not there. Real lengths are far below (100 km in millimetres)."""

_LONGEST = BLOCKED // 100


@dataclass(frozen=True, slots=True)
class Gate:
    """Where a tour enters or leaves the floor: so far from its beginning or end to a cross-aisle's node."""

    aisle: int
    cross: int
    length: int


@dataclass(frozen=True, slots=True)
class AisleGrid:
    """`lengths[a][b]` of aisle a between the cross-aisles b and b + 1, in units of the graph; `across[a][c]` from aisle
    a to the next along cross-aisle c; `offsets[a][b]` the distinct offsets of stops there, ascending, from cross-aisle
    b on. `where` tells (aisle, block, index of the offset) of a node. `loop` says that tours end where they began: then
    `ways_out` are all gates and `ways_in` is empty."""

    aisles: int
    crosses: int
    lengths: tuple[tuple[int, ...], ...]
    across: tuple[tuple[int, ...], ...]
    offsets: tuple[tuple[tuple[int, ...], ...], ...]
    where: Mapping[int, tuple[int, int, int]]
    loop: bool
    ways_out: tuple[Gate, ...]
    ways_in: tuple[Gate, ...] = ()

    @property
    def blocks(self) -> int:
        return self.crosses - 1

    @property
    def single_gate(self) -> Gate | None:
        """The one gate of a depot that has no other: its node is just one more to visit."""
        return self.ways_out[0] if self.loop and len(self.ways_out) == 1 else None

    @staticmethod
    def of(graph: WalkGraph, spots: Mapping[int, Spot]) -> AisleGrid | None:
        """The floor as parallel aisles; None where it is anything else: one-way stretches, walkways beside the aisles,
        a depot through which a walk is shorter than along the cross-aisles, lengths beyond a kilometre."""
        return _Reader(graph, spots).read()


class _Reader:
    def __init__(self, graph: WalkGraph, spots: Mapping[int, Spot]) -> None:
        self.graph, self.spots = graph, spots
        self.near: dict[int, dict[int, int]] = {}
        for u, v, length in graph.arcs:
            old = self.near.setdefault(u, {}).get(v)
            if u != v and (old is None or length < old):
                self.near[u][v] = length

    def read(self) -> AisleGrid | None:
        ends = {*self.graph.starts, *self.graph.ends}
        crossings = {(s.aisle, s.cross): node for node, s in self.spots.items() if s.block < 0 and node not in ends}
        if not crossings or not self._both_ways(ends):
            return None
        aisles, crosses = max(a for a, _ in crossings) + 1, max(c for _, c in crossings) + 1
        if len(crossings) != aisles * crosses or crosses < 2:
            return None
        used: set[tuple[int, int]] = set()
        across = tuple(
            tuple(self._edge(crossings[a, c], crossings[a + 1, c], used) for c in range(crosses))
            for a in range(aisles - 1)
        )
        stretches = [[self._stretch(a, b, crossings, used) for b in range(crosses - 1)] for a in range(aisles)]
        into: dict[int, dict[int, int]] = {end: {} for end in ends}
        for u, row in self.near.items():
            for end in ends & row.keys():
                into[end][u] = row[end]
        ways_out, ways_in = self._gates(self.graph.starts, self.near), self._gates(self.graph.ends, into)
        loop = len(ends) == 1 and all(into[end] == self.near.get(end) for end in ends)
        if any(s is None for row in stretches for s in row) or ways_out is None or ways_in is None:
            return None
        found = [[s for s in row if s is not None] for row in stretches]
        where = {
            node: (a, b, index)
            for a, row in enumerate(found)
            for b, (_, _, nodes) in enumerate(row)
            for node, index in nodes.items()
        }
        inner = ((u, v) for u, row in self.near.items() for v in row if (u in ends) == (v in ends))
        stray = any(edge not in used for edge in inner)
        apart = any(node not in where for node, s in self.spots.items() if s.block >= 0 and node in self.near)
        if stray or apart or self._shortcut():
            return None
        return AisleGrid(
            aisles,
            crosses,
            tuple(tuple(length for length, _, _ in row) for row in found),
            across,
            tuple(tuple(offsets for _, offsets, _ in row) for row in found),
            where,
            loop,
            ways_out,
            () if loop else ways_in,
        )

    def _both_ways(self, ends: set[int]) -> bool:
        """Every stretch can be walked either way, and none is longer than a floor can be. (A way out or in counts
        for its own direction only, the other is never walked.)"""
        lengths = [length for row in self.near.values() for length in row.values()]
        same = all(
            self.near.get(v, {}).get(u) == length or u in ends or v in ends
            for u, row in self.near.items()
            for v, length in row.items()
        )
        return same and all(0 <= length < _LONGEST for length in lengths)

    def _edge(self, u: int, v: int, used: set[tuple[int, int]]) -> int:
        used |= {(u, v), (v, u)}
        return self.near.get(u, {}).get(v, BLOCKED)

    def _stretch(
        self, a: int, b: int, crossings: Mapping[tuple[int, int], int], used: set[tuple[int, int]]
    ) -> tuple[int, tuple[int, ...], dict[int, int]] | None:
        """Its length, the offsets, and the index of the offset of each node; None where it is no plain line."""
        inside = {node for node, s in self.spots.items() if s.block == b and s.aisle == a and node in self.near}
        front, back = crossings[a, b], crossings[a, b + 1]
        ahead = self._line(front, inside, back)
        behind = self._line(back, inside - set(ahead), front)
        if len(ahead) + len(behind) - 2 < len(inside):
            return None
        whole = ahead[-1] == back
        line = [*ahead[:-1], back] if whole else [*ahead, *reversed(behind)]
        if not whole and behind[-1] == front:
            return None
        at, offset = [0], 0
        for u, v in pairwise(line):
            step = self.near.get(u, {}).get(v)
            offset += BLOCKED if step is None else step
            used |= {(u, v), (v, u)}
            at.append(offset)
        offsets = tuple(sorted({offset for node, offset in zip(line, at, strict=True) if node in inside}))
        index = {node: offsets.index(x) for node, x in zip(line, at, strict=True) if node in inside}
        return at[-1], offsets, index

    def _line(self, first: int, inside: set[int], last: int) -> list[int]:
        """From `first` from node to node as far as it goes: to `last`, or to the end of a blind stretch."""
        line, seen = [first], {first}
        while True:
            ways = [v for v in self.near.get(line[-1], {}) if v in inside and v not in seen]
            if not ways:
                return [*line, last] if last in self.near.get(line[-1], {}) else line
            line.append(ways[0])
            seen.add(ways[0])

    def _gates(self, ends: tuple[int, ...], doors: Mapping[int, Mapping[int, int]]) -> tuple[Gate, ...] | None:
        """The ways through `doors` (of each start or end) to crossings."""
        gates = []
        for end in ends:
            spot = self.spots.get(end)
            if spot is not None and spot.block < 0:
                return None
            for v, length in doors.get(end, {}).items():
                at = self.spots.get(v)
                if at is None or at.block >= 0 or v in ends:
                    return None
                gates.append(Gate(at.aisle, at.cross, length))
        return tuple(gates) if gates else None

    def _shortcut(self) -> bool:
        """Whether a walk from one crossing to another is shorter through where tours begin or end."""
        ends = {*self.graph.starts, *self.graph.ends}
        for end in ends:
            ways_out = self.near.get(end, {})
            for u, onto in self.near.items():
                if u in ends or end not in onto:
                    continue
                apart = self._distances(u, ends)
                if any(onto[end] + length < apart.get(v, BLOCKED) for v, length in ways_out.items() if v != u):
                    return True
        return False

    def _distances(self, source: int, without: set[int]) -> dict[int, int]:
        best, queue = {source: 0}, [(0, source)]
        while queue:
            d, u = heapq.heappop(queue)
            if d > best[u]:
                continue
            for v, length in self.near.get(u, {}).items():
                if v not in without and d + length < best.get(v, BLOCKED):
                    best[v] = d + length
                    heapq.heappush(queue, (d + length, v))
        return best
