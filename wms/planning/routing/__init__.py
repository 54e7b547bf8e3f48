"""Routing: the shortest walk past a set of stops, from where tours begin to where they end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from wms.planning.graph import Spot, WalkGraph
from wms.planning.grid import AisleGrid
from wms.planning.routing.exact import ExactRouter
from wms.planning.routing.heuristic import HeuristicRouter
from wms.planning.routing.tour import Router, Tour, Unreachable

__all__ = ["Router", "Tour", "Unreachable", "router_of"]

_MOST_CROSSES = 4
"""Exact tours across more would take a second and more to prepare for, and tens of milliseconds each."""


def router_of(graph: WalkGraph, spots: Mapping[int, Spot] | Iterable[tuple[int, Spot]] = ()) -> Router:
    """The exact router where `spots` make the floor one of parallel aisles in up to three blocks, the heuristic one for
    any other."""
    grid = AisleGrid.of(graph, dict(spots))
    if grid is None or grid.crosses > _MOST_CROSSES:
        return HeuristicRouter(graph)
    return ExactRouter(graph, grid)
