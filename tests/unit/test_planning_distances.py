"""Walks by shortcuts, and walks judged from both ends, are as long as walks found the plain way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.walking_floors import FAR, shortest_walks
from wms.planning.graph import WalkGraph
from wms.planning.routing import shortcuts
from wms.planning.routing.distances import Distances
from wms.planning.verify import walked


@st.composite
def _graphs(draw: st.DrawFn) -> WalkGraph:
    nodes = st.integers(0, draw(st.integers(0, 9)))
    arcs = draw(st.lists(st.tuples(nodes, nodes, st.integers(0, 5)), max_size=25))
    return WalkGraph(10, tuple(arcs), (0,), (0,))


@pytest.mark.parametrize("most_neighbours", [0, 2, 16])
def test_walks_are_the_shortest_whatever_stays_in_the_core(
    monkeypatch: pytest.MonkeyPatch, most_neighbours: int
) -> None:
    monkeypatch.setattr(shortcuts, "_MOST_NEIGHBOURS", most_neighbours)
    monkeypatch.setattr(shortcuts, "_KEPT", 30)  # what is kept is forgotten now and then

    @given(_graphs())
    def walks(graph: WalkGraph) -> None:
        distances, expected = Distances(graph), shortest_walks(graph)
        everywhere = WalkGraph(graph.size, graph.arcs, tuple(range(graph.size)), tuple(range(graph.size)))
        for a in range(graph.size):
            for b in range(graph.size):
                length = expected[a][b] if expected[a][b] < FAR else None
                assert distances.between(a, b) == length
                assert walked(everywhere, [(a, b)]) == [length]

    walks()
