"""The walking graph: where one can walk, how far it is, and where tours begin and end."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WalkGraph:
    """Nodes 0 to `size` - 1 and arcs (from, to, length), lengths in whole units of one's choice (millimetres on a
    site's floor). A stretch that may be walked both ways stands as two arcs, a one-way stretch as one. A tour begins at
    one of `starts` and ends at one of `ends`, whichever makes it shortest; where both are the same single node, that is
    the depot."""

    size: int
    arcs: tuple[tuple[int, int, int], ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a node stands in a floor of parallel aisles, which are crossed by cross-aisles 0 (front) to m - 1 (back).
    A node with `block` -1 is where `aisle` meets cross-aisle `cross`; any other lies in `aisle` between the
    cross-aisles `block` and `block` + 1 (then `cross` is -1)."""

    aisle: int
    block: int = -1
    cross: int = -1
