"""One tour on the floor: every node that is walked over, how long it is and how long it takes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from wms.planning.floor import Floor


@dataclass(frozen=True, slots=True)
class Walk:
    """`way` are all nodes from where the tour begins to where it ends; `stops` those to stop at, in walking order;
    `length` in millimetres; `turns` counts the turns into aisles."""

    stops: tuple[int, ...]
    way: tuple[int, ...]
    length: int
    turns: int

    def ms(self, floor: Floor, bins: Iterable[str]) -> int:
        """Milliseconds of walking, turning in and reaching up for these bins, without the picking itself."""
        return floor.pace.ms(self.length, floor.levels_above_reach(bins), self.turns)


def walk_of(floor: Floor, route: Sequence[int]) -> Walk | None:
    """The tour that stops at the nodes of `route` in that order, from the start and to the drop that suit it best; None
    where it can't be walked. Between two stops it takes a shortest way."""
    net = floor.net
    if not route:
        return Walk((), (), 0, 0)
    legs = [net.shortest(floor.graph().starts, route[:1])]
    legs += [net.shortest((u,), (v,)) for u, v in pairwise(route)]
    legs.append(net.shortest(route[-1:], floor.graph().ends))
    if not all(legs):
        return None
    way = [*legs[0]]
    for leg in legs[1:]:
        way += leg[1:]
    return Walk(tuple(route), tuple(way), net.length(way), _turns(floor, way))


def _turns(floor: Floor, way: Sequence[int]) -> int:
    """An aisle is turned into when the first bin in it is passed; going straight on over a cross-aisle is no turn."""
    aisle_of = {floor.net.node_of_bin[one.name]: one.aisle for one in floor.bins}
    turns, here = 0, ""
    for node in way:
        aisle = aisle_of.get(node, here)
        turns += aisle != here
        here = aisle
    return turns
