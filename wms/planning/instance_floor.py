"""The floor of an instance: its walking graph, and where goods lie in it."""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from wms.planning.graph import Spot, WalkGraph
from wms.planning.instance_values import (
    HUNDREDTHS,
    Key,
    Trouble,
    Unreadable,
    is_key,
    length,
    mapping,
    rows,
    shown,
)

_ROW = "[id, kind, x, y, aisle, block, rank]"
_MOST_AISLES = 10_000


@dataclass(frozen=True, slots=True)
class Floor:
    """Only what can be walked to from the depot. `nodes` are the file's names of the graph's nodes, `far` how far each
    is from the depot. `places` tells for each SKU its node; `unplaced` for others why they can't be picked."""

    graph: WalkGraph
    spots: tuple[tuple[int, Spot], ...]
    nodes: tuple[Key, ...]
    far: tuple[int, ...]
    places: Mapping[Key, int]
    unplaced: Mapping[Key, str]


@dataclass(frozen=True, slots=True)
class _Node:
    row: int
    kind: str
    aisle: object
    block: object
    rank: object

    @property
    def spot(self) -> Spot | None:
        inner = self.rank if self.kind == "cross" else self.block
        if type(self.aisle) is not int or type(inner) is not int:
            return None
        if not (0 <= self.aisle < _MOST_AISLES and 0 <= inner < _MOST_AISLES):
            return None
        return Spot(self.aisle, cross=inner) if self.kind == "cross" else Spot(self.aisle, block=inner)


def read_floor(instance: dict[str, Any], said: list[Trouble]) -> Floor:
    """What is wrong goes to `said`, with its row. Raises `Unreadable` where there is no floor at all."""
    layout = mapping(instance.get("layout"), "layout")
    found = _nodes(rows(layout, "nodes", "layout.nodes"), said)
    depot = layout.get("depot")
    if not is_key(depot) or depot not in found:
        raise Unreadable(f"layout.depot: node {shown(depot)} is not among layout.nodes")
    near = _edges(rows(layout, "edges", "layout.edges"), found, said)
    far = _far(near, depot)
    lost = _cut_off(found, far, said)
    nodes = tuple(node for node in found if node in far)
    index = {node: n for n, node in enumerate(nodes)}
    arcs = tuple((index[u], index[v], near[u][v]) for u in nodes for v in near[u])
    places, unplaced = _places(rows(instance, "sku_location", "sku_location"), found, index, lost, said)
    return Floor(
        WalkGraph(len(nodes), arcs, (index[depot],), (index[depot],)),
        _spots(found, index, said),
        nodes,
        tuple(far[node] for node in nodes),
        places,
        unplaced,
    )


def _nodes(given: list[Any], said: list[Trouble]) -> dict[Key, _Node]:
    found: dict[Key, _Node] = {}
    for n, row in enumerate(given):
        if not (isinstance(row, list) and len(row) >= 2 and is_key(row[0]) and isinstance(row[1], str)):
            said.append(Trouble(f"layout.nodes[{n}]", f"must be {_ROW}, not {shown(row)}"))
        elif row[0] in found:
            first = found[row[0]].row
            said.append(
                Trouble(f"layout.nodes[{n}]", f"node {shown(row[0])} stands in row {first} already: that counts")
            )
        else:
            aisle, block, rank = (row[4:7] + [None] * 3)[:3]
            found[row[0]] = _Node(n, row[1], aisle, block, rank)
    return found


def _edges(given: list[Any], nodes: Mapping[Key, _Node], said: list[Trouble]) -> dict[Key, dict[Key, int]]:
    """Neighbours of each node with the lengths of the edges, both ways."""
    near: dict[Key, dict[Key, int]] = {node: {} for node in nodes}
    for n, row in enumerate(given):
        try:
            u, v, far, rounded = _edge(row, nodes)
        except ValueError as error:
            said.append(Trouble(f"layout.edges[{n}]", f"{error}; the edge is left out"))
            continue
        if rounded:
            told = f"the length {shown(row[2])} has more than two decimals: {far / HUNDREDTHS:g} counts"
            said.append(Trouble(f"layout.edges[{n}]", told))
        if v in near[u]:
            shorter = min(far, near[u][v])
            told = f"{shown(u)} to {shown(v)} stands there already: the shorter ({shorter / HUNDREDTHS:g}) counts"
            said.append(Trouble(f"layout.edges[{n}]", told))
            far = shorter
        near[u][v] = near[v][u] = far
    return near


def _edge(row: object, nodes: Mapping[Key, _Node]) -> tuple[Key, Key, int, bool]:
    if not (isinstance(row, list) and len(row) == 3):
        raise ValueError(f"must be [node, node, length], not {shown(row)}")
    for end in row[:2]:
        if not is_key(end) or end not in nodes:
            raise ValueError(f"node {shown(end)} is not among layout.nodes")
    if row[0] == row[1]:
        raise ValueError(f"it leads from node {shown(row[0])} to itself")
    return row[0], row[1], *length(row[2])


def _far(near: Mapping[Key, Mapping[Key, int]], depot: Key) -> dict[Key, int]:
    """How far each node is from the depot that can be walked to (Dijkstra)."""
    best, queue = {depot: 0}, [(0, 0, depot)]
    turn = count(1)  # names of nodes can't always be compared
    while queue:
        walked, _, node = heapq.heappop(queue)
        if walked > best[node]:
            continue
        for other, step in near[node].items():
            if other not in best or walked + step < best[other]:
                best[other] = walked + step
                heapq.heappush(queue, (walked + step, next(turn), other))
    return best


def _cut_off(nodes: Mapping[Key, _Node], far: Mapping[Key, int], said: list[Trouble]) -> dict[Key, str]:
    """Places no way leads to, each with the reason: its aisle has no entrance, or the place alone lies apart."""
    picks = {key: node for key, node in nodes.items() if node.kind == "pick"}
    aisles: dict[int, list[Key]] = {}
    for key, node in picks.items():
        if type(node.aisle) is int:
            aisles.setdefault(node.aisle, []).append(key)
    closed = {aisle for aisle, keys in aisles.items() if not any(key in far for key in keys)}
    said += [
        Trouble(f"aisle {shown(aisle)}", f"has no entrance: no way leads to its {len(aisles[aisle])} places")
        for aisle in sorted(closed)
    ]
    lost = {}
    for key, node in picks.items():
        if key not in far:
            in_closed = type(node.aisle) is int and node.aisle in closed
            why = f"aisle {shown(node.aisle)} has no entrance" if in_closed else "no way leads there from the depot"
            said.append(Trouble(f"layout.nodes[{node.row}] (node {shown(key)})", why))
            lost[key] = why
    return lost


def _spots(nodes: Mapping[Key, _Node], index: Mapping[Key, int], said: list[Trouble]) -> tuple[tuple[int, Spot], ...]:
    """None at all where one is missing: half a floor of aisles is none. Aisles are numbered anew without gaps, since a
    whole one may be cut off."""
    spots: list[tuple[int, Spot]] = []
    for key, node in nodes.items():
        if key not in index or node.kind not in {"pick", "cross"}:
            continue
        spot = node.spot
        if spot is None:
            told = "does not tell aisle and block (or rank): tours are near the shortest ones, not proven to be"
            said.append(Trouble(f"layout.nodes[{node.row}] (node {shown(key)})", told))
            return ()
        spots.append((index[key], spot))
    number = {aisle: n for n, aisle in enumerate(sorted({spot.aisle for _, spot in spots}))}
    return tuple((node, replace(spot, aisle=number[spot.aisle])) for node, spot in spots)


def _places(
    given: list[Any],
    nodes: Mapping[Key, _Node],
    index: Mapping[Key, int],
    lost: Mapping[Key, str],
    said: list[Trouble],
) -> tuple[dict[Key, int], dict[Key, str]]:
    """Where a SKU stands twice, the last row counts of those that lead to a place."""
    places: dict[Key, int] = {}
    unplaced: dict[Key, str] = {}
    for n, row in enumerate(given):
        if not (isinstance(row, list) and len(row) == 2 and is_key(row[0])):
            said.append(Trouble(f"sku_location[{n}]", f"must be [sku, node], not {shown(row)}"))
            continue
        sku, node = row
        name = f"sku_location[{n}] (SKU {shown(sku)})"
        wrong = _no_place(node, nodes)
        if wrong:
            said.append(Trouble(name, wrong))
            unplaced[sku] = wrong
        elif node in lost:
            unplaced[sku] = f"it lies at node {shown(node)}: {lost[node]}"
        else:
            if places.get(sku, index[node]) != index[node]:
                said.append(Trouble(name, f"it has a second place, node {shown(node)}: the last one counts"))
            places[sku] = index[node]
    return places, {sku: why for sku, why in unplaced.items() if sku not in places}


def _no_place(node: object, nodes: Mapping[Key, _Node]) -> str:
    if not is_key(node) or node not in nodes:
        return f"node {shown(node)} is not among layout.nodes"
    if nodes[node].kind != "pick":
        return f"node {shown(node)} is no place to pick from but {shown(nodes[node].kind)}"
    return ""
