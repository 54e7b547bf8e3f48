"""Small planning problems made up at random, what holds for any plan of them, and their best plan by plain trial."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from random import Random

from hypothesis import strategies as st

from wms.planning.graph import Spot, WalkGraph
from wms.planning.problem import Job, Picker, Prices, Problem, Solution
from wms.planning.routing import router_of
from wms.planning.routing.distances import Distances
from wms.planning.schedule import takes

AISLES, PLACES = 4, 5


def floor() -> tuple[WalkGraph, tuple[tuple[int, Spot], ...]]:
    """Parallel aisles, 3 apart, with places 2 apart, between a front and a back; the depot is before aisle 0."""
    arcs: list[tuple[int, int, int]] = []
    spots: list[tuple[int, Spot]] = []
    crossings: list[list[int]] = []
    node = 1
    for aisle in range(AISLES):
        line = list(range(node, node + PLACES + 2))
        node += len(line)
        crossings.append([line[0], line[-1]])
        spots += [(line[0], Spot(aisle, cross=0)), (line[-1], Spot(aisle, cross=1))]
        spots += [(n, Spot(aisle, block=0)) for n in line[1:-1]]
        arcs += [(a, b, 2) for a, b in pairwise(line)]
    arcs += [(a[c], b[c], 3) for a, b in pairwise(crossings) for c in (0, 1)]
    arcs.append((0, crossings[0][0], 1))
    return WalkGraph(node, (*arcs, *((b, a, length) for a, b, length in arcs)), (0,), (0,)), tuple(spots)


GRAPH, SPOTS = floor()
STOPS = [node for node, spot in SPOTS if spot.block >= 0]


@st.composite
def problems(draw: st.DrawFn, most: int = 12) -> Problem:
    chance = Random(draw(st.integers(0, 10**6)))
    late = draw(st.booleans())
    jobs = tuple(
        Job(
            f"J{n}",
            tuple(sorted(chance.sample(STOPS, chance.randint(1, 3)))),
            (chance.randint(1, 4), chance.randint(0, 30)),
            chance.randint(1, 3),
            chance.randint(0, 1),
            chance.choice([None, 60, 120, 300]) if late else None,
        )
        for n in range(draw(st.integers(1, most)))
    )
    prices = Prices(draw(st.integers(1, 2)), draw(st.integers(0, 9)), 1, draw(st.sampled_from([None, 0, 7])))
    pickers = (Picker("a"), Picker("b", 20, 70))[: draw(st.integers(0, 2))]
    spots = draw(st.sampled_from([SPOTS, ()]))
    return Problem(GRAPH, jobs, (8, 60), prices, pickers, spots=spots)


def job_at(*stops: int, load: int = 1, group: int = 0, due: int | None = None) -> Job:
    return Job(f"J{stops}", stops, (load,), 1, group, due)


def cost(problem: Problem, jobs: Sequence[int], length: int) -> int:
    prices = problem.prices
    groups = {problem.jobs[j].group for j in jobs}
    lines = sum(problem.jobs[j].lines for j in jobs)
    walked = prices.per_length * length + prices.per_trip + prices.per_line * lines
    return walked + (len(groups) - 1) * (prices.per_group or 0)


def fits(problem: Problem, jobs: Sequence[int]) -> bool:
    loads = [sum(row) for row in zip(*(problem.jobs[j].loads for j in jobs), strict=True)]
    mixed = len({problem.jobs[j].group for j in jobs}) > 1 and problem.prices.per_group is None
    return all(load <= most for load, most in zip(loads, problem.capacities, strict=True)) and not mixed


def assert_valid(problem: Problem, found: Solution, engine: str = "plain") -> None:
    assert sorted(j for trip in found.trips for j in trip.jobs) == list(range(len(problem.jobs)))
    router = router_of(problem.graph, problem.spots)
    total, late = 0, []
    free = {p: picker.ready for p, picker in enumerate(problem.pickers)}
    for trip in sorted(found.trips, key=lambda trip: trip.begin):
        assert trip.locked or fits(problem, trip.jobs)
        assert sorted(trip.route) == sorted({s for j in trip.jobs for s in problem.jobs[j].stops})
        assert trip.length == Distances(problem.graph).length(trip.route)
        assert trip.length == router.tour(trip.route).length or trip.locked or not router.exact
        ticks = cost(problem, trip.jobs, trip.length)
        total += ticks
        assert (trip.picker >= 0) == bool(problem.pickers)
        if problem.pickers:
            mixed = (len({problem.jobs[j].group for j in trip.jobs}) - 1) * (problem.prices.per_group or 0)
            assert trip.begin == free[trip.picker]
            assert trip.end == trip.begin + takes(ticks - mixed, problem.pickers[trip.picker].speed)
            free[trip.picker] = trip.end
            late += [j for j in trip.jobs if (due := problem.jobs[j].due) is not None and trip.end > due]
    assert found.cost == total
    assert found.late == tuple(sorted(late))
    assert found.engine == engine


def worth(problem: Problem, found: Solution) -> tuple[int, int]:
    ends = {j: trip.end for trip in found.trips for j in trip.jobs}
    return sum(max(0, ends[j] - (problem.jobs[j].due or 0)) for j in found.late), found.cost


def partitions(things: list[int]) -> Iterator[list[list[int]]]:
    if not things:
        yield []
        return
    first, *rest = things
    for parts in partitions(rest):
        yield [[first], *parts]
        for n, part in enumerate(parts):
            yield [*parts[:n], [first, *part], *parts[n + 1 :]]


def least_cost(problem: Problem) -> int:
    """Of all ways to put the jobs together; nobody asks when a trip ends."""
    router = router_of(problem.graph, problem.spots)
    known: dict[frozenset[int], int] = {}

    def price(jobs: list[int]) -> int:
        if (key := frozenset(jobs)) not in known:
            known[key] = cost(problem, jobs, router.tour({s for j in jobs for s in problem.jobs[j].stops}).length)
        return known[key]

    return min(
        sum(map(price, parts))
        for parts in partitions(list(range(len(problem.jobs))))
        if all(fits(problem, part) for part in parts)
    )
