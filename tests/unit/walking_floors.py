"""Small floors to walk on, made up at random, and the length of the shortest tours there by plain trial."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise, permutations
from random import Random
from typing import TypeAlias

from wms.planning.graph import Spot, WalkGraph

FAR = 10**12

GATES = ("one", "fronts", "any", "apart", "several ends")
"""Where tours begin and end: at one crossing; below all aisles; at some crossings; begin and end at different ones; end
at one of several places."""


@dataclass(frozen=True)
class Floor:
    graph: WalkGraph
    spots: dict[int, Spot]
    bins: tuple[int, ...]


def aisles_at_random(
    chance: Random, aisles: int, blocks: int, gates: str = "one", bins: int = 3, *, broken: bool = False
) -> Floor:
    """Aisles of unequal lengths with up to so many bins in each block. With `broken`, stretches are missing."""
    arcs: list[tuple[int, int, int]] = []
    spots: dict[int, Spot] = {}
    found: list[int] = []

    def link(u: int, v: int, length: int) -> None:
        arcs.extend(((u, v, length), (v, u, length)))

    def there(often: float) -> bool:
        return not broken or chance.random() < often

    crossing = {(a, c): a * (blocks + 1) + c for a in range(aisles) for c in range(blocks + 1)}
    spots |= {node: Spot(a, -1, c) for (a, c), node in crossing.items()}
    size = len(crossing)
    for a in range(aisles):
        for b in range(blocks):
            line = [*range(size, size + chance.randint(0, bins))]
            size += len(line)
            found += line
            spots |= {node: Spot(a, b) for node in line}
            whole = [crossing[a, b], *line, crossing[a, b + 1]]
            for u, v in pairwise(whole):
                if there(0.9):
                    link(u, v, chance.choice((0, 1, 2, 3, 5, 8)))
    for a in range(aisles - 1):
        for c in range(blocks + 1):
            if there(0.8):
                link(crossing[a, c], crossing[a + 1, c], chance.choice((0, 1, 2, 4, 7)))
    starts, ends, size = _gates(chance, gates, crossing, size, link)
    return Floor(WalkGraph(size, tuple(arcs), starts, ends), spots, tuple(found))


def _gates(
    chance: Random, gates: str, crossing: dict[tuple[int, int], int], size: int, link: Callable[[int, int, int], None]
) -> tuple[tuple[int, ...], tuple[int, ...], int]:
    """Starts, ends, and how many nodes there are with them."""

    def door() -> int:
        nonlocal size
        link(size, chance.choice([*crossing.values()]), chance.randint(0, 6))
        size += 1
        return size - 1

    if gates == "one":
        depot = door()
        return (depot,), (depot,), size
    if gates == "apart":
        return (door(),), (door(),), size
    if gates == "several ends":
        return (door(),), tuple(door() for _ in range(chance.randint(2, 3))), size
    behind = [node for (_, c), node in crossing.items() if c == 0]
    if gates == "any":
        behind = chance.sample([*crossing.values()], chance.randint(2, min(4, len(crossing))))
    for node in behind:
        link(size, node, chance.randint(4, 15))
    return (size,), (size,), size + 1


def shortest_walks(graph: WalkGraph) -> list[list[int]]:
    """Floyd & Warshall."""
    rows = [[0 if u == v else FAR for v in range(graph.size)] for u in range(graph.size)]
    for u, v, length in graph.arcs:
        rows[u][v] = min(rows[u][v], length)
    for middle, onward in enumerate(rows):
        for row in rows:
            first = row[middle]
            if first < FAR:
                row[:] = [min(way, first + step) for way, step in zip(row, onward, strict=True)]
    return rows


def walked(graph: WalkGraph, walks: Sequence[Sequence[int]], route: Sequence[int]) -> int:
    """From the best start along the route to the best end; FAR or more where nobody can walk so."""
    if not route:
        return 0
    first = min(walks[s][route[0]] for s in graph.starts)
    last = min(walks[route[-1]][e] for e in graph.ends)
    return first + sum(walks[a][b] for a, b in pairwise(route)) + last


def shortest_tour(graph: WalkGraph, walks: Sequence[Sequence[int]], stops: Sequence[int]) -> int:
    """The length of the shortest tour: every order is tried for few stops, every last stop of every subset for more."""
    if len(stops) <= 5:
        return min(walked(graph, walks, order) for order in permutations(stops))
    best = {(1 << n, n): min(walks[s][stop] for s in graph.starts) for n, stop in enumerate(stops)}
    whole = (1 << len(stops)) - 1
    for visited in range(1, whole):
        for last, stop in enumerate(stops):
            length = best.get((visited, last))
            if length is None:
                continue
            for n, onward in enumerate(stops):
                if not visited >> n & 1:
                    after = visited | 1 << n, n
                    best[after] = min(best.get(after, 2 * FAR), length + walks[stop][onward])
    return min(best[whole, n] + min(walks[stop][e] for e in graph.ends) for n, stop in enumerate(stops))


def one_way_at_random(chance: Random, size: int, starts: int = 1, ends: int = 1, arcs: float = 2.0) -> Floor:
    """A floor of any shape, with so many arcs for each node, some of them one-way or of other length the other way."""
    found = []
    for _ in range(int(arcs * size)):
        u, v = chance.sample(range(size), 2)
        there = chance.randint(0, 9)
        back = chance.choice((None, there, there + 5))
        found += [(u, v, there)] if back is None else [(u, v, there), (v, u, back)]
    doors = chance.sample(range(size), starts + ends)
    graph = WalkGraph(size, tuple(found), tuple(doors[:starts]), tuple(doors[starts:]))
    return Floor(graph, {}, tuple(node for node in range(size) if node not in doors))


Bin: TypeAlias = tuple[int, int, int]
"""Aisle, block, offset."""


def aisles_with(
    bins: Sequence[Bin], aisles: int, blocks: int, depot: tuple[int, int] = (0, 0)
) -> tuple[Floor, dict[Bin, int]]:
    """Blocks 10 long, aisles 3 apart, with the depot at that aisle and cross-aisle; and the node of each bin."""
    crossing = {(a, c): a * (blocks + 1) + c for a in range(aisles) for c in range(blocks + 1)}
    spots = {node: Spot(a, -1, c) for (a, c), node in crossing.items()}
    node_of = {place: len(crossing) + n for n, place in enumerate(sorted(bins))}
    spots |= {node: Spot(a, b) for (a, b, _), node in node_of.items()}
    links = [(crossing[a, c], crossing[a + 1, c], 3) for a in range(aisles - 1) for c in range(blocks + 1)]
    for a in range(aisles):
        for b in range(blocks):
            line = [(crossing[a, b], 0), *((node, at[2]) for at, node in node_of.items() if at[:2] == (a, b))]
            line.append((crossing[a, b + 1], 10))
            links += [(u, v, there - here) for (u, here), (v, there) in pairwise(line)]
    door = len(spots)
    links.append((door, crossing[depot], 0))
    arcs = tuple((a, b, length) for u, v, length in links for a, b in ((u, v), (v, u)))
    return Floor(WalkGraph(door + 1, arcs, (door,), (door,)), spots, tuple(node_of.values())), node_of
