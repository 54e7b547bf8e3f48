"""Nearness: a guess at how long a tour is, far quicker than the tour itself, to choose what is worth routing.

The shortest ways from where tours begin form a tree. Cut into branches, each as long as it can be, the tree says of any
stops how far each branch must be walked: there and back, or through to where the floor goes on, whichever is less. In
parallel aisles this is the cheaper of the return and the S-shape policies in every aisle.
"""

from __future__ import annotations

from collections.abc import Iterable
from heapq import heapify, heappop, heappush
from typing import TypeAlias

from wms.planning.graph import WalkGraph

Reach: TypeAlias = dict[int, int]
"""How far each branch is walked, by its number."""


class Branches:
    """The tree of shortest ways of one floor."""

    def __init__(self, graph: WalkGraph) -> None:
        self._out: list[list[tuple[int, int]]] = [[] for _ in range(graph.size)]
        for a, b, length in graph.arcs:
            self._out[a].append((b, length))
        self._parent = [-1] * graph.size
        self._far = [-1] * graph.size
        self._branch = [-1] * graph.size
        self._along = [0] * graph.size
        self._from: list[tuple[int, int]] = []
        self._cut(self._grow(graph.starts))
        self._walked = self._walks()

    def reach(self, stops: Iterable[int]) -> Reach:
        """How far the branches must be walked for stops that can be reached."""
        found: Reach = {}
        for stop in stops:
            branch, along = self._branch[stop], self._along[stop]
            while branch >= 0 and found.get(branch, -1) < along:
                found[branch] = along
                branch, along = self._from[branch]
        return found

    def guess(self, reach: Reach) -> int:
        """About the length of a tour, in the graph's unit."""
        return sum(self._walked[branch][along] for branch, along in reach.items())

    def added(self, reach: Reach, more: Reach) -> int:
        """By about how much a tour grows by other stops."""
        total = 0
        for branch, along in more.items():
            before = reach.get(branch, -1)
            if along > before:
                walked = self._walked[branch]
                total += walked[along] - (walked[before] if before >= 0 else 0)
        return total

    def _grow(self, starts: Iterable[int]) -> list[int]:
        """The nodes, nearest first."""
        nearest: list[int] = []
        queue = [(0, start, -1) for start in starts]
        heapify(queue)
        while queue:
            walked, node, parent = heappop(queue)
            if self._far[node] >= 0:
                continue
            self._far[node], self._parent[node] = walked, parent
            nearest.append(node)
            for neighbour, length in self._out[node]:
                if self._far[neighbour] < 0:
                    heappush(queue, (walked + length, neighbour, node))
        return nearest

    def _cut(self, nearest: list[int]) -> None:
        """Each node hands its branch on to the child from which the tree goes on farthest; others begin their own."""
        deepest, heir = list(self._far), [-1] * len(self._far)
        for node in reversed(nearest):
            parent = self._parent[node]
            if parent >= 0 and (heir[parent] < 0 or deepest[node] > deepest[parent]):
                deepest[parent], heir[parent] = deepest[node], node
        for node in nearest:
            parent = self._parent[node]
            if parent >= 0 and heir[parent] == node:
                self._branch[node] = self._branch[parent]
                self._along[node] = self._along[parent] + self._far[node] - self._far[parent]
                continue
            self._branch[node] = len(self._from)
            self._from.append((self._branch[parent], self._along[parent]) if parent >= 0 else (-1, 0))
            self._along[node] = self._far[node] - self._far[parent] if parent >= 0 else 0

    def _walks(self) -> list[dict[int, int]]:
        """Of each branch, what it takes to walk it as far as each of its nodes."""
        exits: list[list[tuple[int, int]]] = [[] for _ in self._from]
        nodes: list[list[int]] = [[] for _ in self._from]
        for node, ways in enumerate(self._out):
            branch, along = self._branch[node], self._along[node]
            if branch < 0:
                continue
            nodes[branch].append(along)
            exits[branch] += [
                (along, along + length)
                for neighbour, length in ways
                if self._parent[neighbour] != node and self._parent[node] != neighbour
            ]
        return [
            {along: min([2 * along, *(out + 2 * max(0, along - at) for at, out in ways)]) for along in set(ends)}
            for ways, ends in zip(exits, nodes, strict=True)
        ]
