"""Small floors to walk on, made up at random, and the length of the shortest tours there by plain trial."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, permutations
from random import Random
from typing import TypeAlias

from wms.planning.graph import Spot, WalkGraph

FAR = 10**12

Arcs: TypeAlias = list[tuple[int, int, int]]

GATES = ("one", "fronts", "any", "apart", "several ends", "one-way")
"""Where tours begin and end: at one crossing; below all aisles; at some crossings; begin and end at different ones; end
at one of several places; come in by some doors and leave by others."""


@dataclass(frozen=True)
class Floor:
    graph: WalkGraph
    spots: dict[int, Spot]
    bins: tuple[int, ...]


def aisles_at_random(
    chance: Random, aisles: int, blocks: int, gates: str = "one", bins: int = 3, *, broken: bool = False
) -> Floor:
    """Aisles of unequal lengths with up to so many bins in each block. With `broken`, stretches are missing."""
    arcs: Arcs = []
    spots: dict[int, Spot] = {}
    found: list[int] = []

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
                    arcs += _both_ways(u, v, chance.choice((0, 1, 2, 3, 5, 8)))
    for a in range(aisles - 1):
        for c in range(blocks + 1):
            if there(0.8):
                arcs += _both_ways(crossing[a, c], crossing[a + 1, c], chance.choice((0, 1, 2, 4, 7)))
    doors, starts, ends = _gates(chance, gates, crossing, size)
    size = max(size, *starts, *ends) + 1
    return Floor(WalkGraph(size, (*arcs, *doors), starts, ends), spots, tuple(found))


def _both_ways(u: int, v: int, length: int) -> Arcs:
    return [(u, v, length), (v, u, length)]


def _gates(
    chance: Random, gates: str, crossing: dict[tuple[int, int], int], size: int
) -> tuple[Arcs, tuple[int, ...], tuple[int, ...]]:
    """Doors, starts, ends; they are numbered from `size` on."""
    everywhere = [*crossing.values()]

    def one_each(places: int) -> Arcs:
        doors = ((size + n, chance.choice(everywhere), chance.randint(0, 6)) for n in range(places))
        return [arc for door in doors for arc in _both_ways(*door)]

    match gates:
        case "one":
            return one_each(1), (size,), (size,)
        case "apart":
            return one_each(2), (size,), (size + 1,)
        case "several ends":
            return one_each(4), (size,), (size + 1, size + 2, size + 3)
        case "one-way":
            end = size + chance.randint(0, 1)
            ways_in = [(size, node, chance.randint(4, 15)) for node in chance.sample(everywhere, 2)]
            ways_out = [(node, end, chance.randint(4, 15)) for node in chance.sample(everywhere, 2)]
            return ways_in + ways_out, (size,), (end,)
        case "any":
            behind = chance.sample(everywhere, min(3, len(everywhere)))
        case _:
            behind = [node for (_, c), node in crossing.items() if c == 0]
    doors = [arc for node in behind for arc in _both_ways(size, node, chance.randint(4, 15))]
    return doors, (size,), (size,)


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
