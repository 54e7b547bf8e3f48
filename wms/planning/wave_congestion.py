"""Congestion on the site's floor: who would meet another cart in a narrow aisle begins later."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from wms.planning.congestion import Round, flowing, passes
from wms.planning.site_walks import TICKS, SiteWalks
from wms.planning.wave_desk import Desk
from wms.planning.wave_trips import CartTrip

_TURN_MM = 1000
"""Before and behind the bins of an aisle that a cart needs to turn in and out."""


def one_at_a_time(desk: Desk, trips: Sequence[CartTrip]) -> list[CartTrip]:
    """The same trips, begun so that no two carts are in one narrow aisle at a time; the same ones where the site's
    rules let carts pass each other, or no aisle is narrow."""
    narrow = _narrow(desk.walks) if desk.rules.congestion.wait else {}
    if not narrow:
        return list(trips)
    pickers = {picker.name: n for n, picker in enumerate(desk.pickers)}
    rounds = [_round(desk, trip, pickers[trip.picker], narrow) for trip in trips]
    return [
        replace(trip, begin=now.begin, end=now.end, waits=max(0, now.begin - trip.begin))
        for trip, now in zip(trips, flowing(rounds).rounds, strict=True)
    ]


def _narrow(walks: SiteWalks) -> dict[int, int]:
    """The nodes in narrow aisles, each with its aisle's number."""
    aisles = {aisle.name: n for n, aisle in enumerate(walks.floor.aisles) if aisle.narrow}
    bins = [one for one in walks.floor.bins if one.aisle in aisles]
    return {node: aisles[one.aisle] for one in bins if (node := walks.floor.node_of(one.name)) is not None}


def _round(desk: Desk, trip: CartTrip, picker: int, narrow: dict[int, int]) -> Round:
    stays = Counter(walks_node for pick in trip.picks if (walks_node := desk.walks.node(pick.take.place)) is not None)
    per_pick = desk.rules.walking.line_seconds * TICKS

    def ticks(a: int, b: int) -> int | None:
        length = desk.walks.distances.between(a, b)
        return None if length is None else desk.ticks(length)

    to_first = [way for start in desk.walks.graph.starts if (way := ticks(start, trip.route[0])) is not None]
    found = passes(
        trip.route,
        min(to_first, default=0),
        ticks,
        {node: count * per_pick for node, count in stays.items()},
        narrow,
        desk.ticks(_TURN_MM),
    )
    return Round(picker, trip.begin, trip.end - trip.begin, found, min(map(desk.due, trip.parts)))
