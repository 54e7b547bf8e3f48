"""A plan judged by the rules alone, apart from whatever found it."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from wms.planning.graph import WalkGraph
from wms.planning.problem import Picker, Problem, Solution, Trip


def faults(problem: Problem, solution: Solution) -> tuple[str, ...]:
    """What is wrong with the plan, in words; nothing for a sound one.

    Each job is in one trip, no trip carries more than the capacities or groups that don't mix, each route passes all
    stops, lengths and costs are what shortest walks give, no picker is in two places at once, and where the problem is
    strict nobody is late.
    """
    known = [trip for trip in solution.trips if all(0 <= job < len(problem.jobs) for job in trip.jobs)]
    found = [*_jobs(problem, solution)]
    for n, trip in enumerate(known):
        found += [f"trip {n + 1}: {fault}" for fault in _trip(problem, trip)]
    measured = walked(problem.graph, [trip.route for trip in known])
    for n, (trip, length) in enumerate(zip(known, measured, strict=True)):
        if length is None:
            found.append(f"trip {n + 1}: its route can't be walked")
        elif length != trip.length:
            found.append(f"trip {n + 1}: its length is {length}, not {trip.length}")
    cost = sum(_cost(problem, trip) for trip in known)
    if cost != solution.cost:
        found.append(f"the plan costs {cost}, not {solution.cost}")
    return (*found, *_times(problem, solution, known))


def walked(graph: WalkGraph, routes: Sequence[tuple[int, ...]]) -> list[int | None]:
    """What each route takes by shortest walks, from the best start to the best end; None where none leads along it."""
    near: list[list[tuple[int, int]]] = [[] for _ in range(graph.size)]
    back: list[list[tuple[int, int]]] = [[] for _ in range(graph.size)]
    for u, v, step in graph.arcs:
        near[u].append((v, step))
        back[v].append((u, step))
    first = _walks(near, graph.starts, {route[0] for route in routes if route})
    last = _walks(back, graph.ends, {route[-1] for route in routes if route})
    apart = {(u, v): _between(near, back, u, v) for u, v in {pair for route in routes for pair in pairwise(route)}}

    def length(route: tuple[int, ...]) -> int | None:
        if not route:
            return 0
        steps = [first.get(route[0]), *(apart[pair] for pair in pairwise(route)), last.get(route[-1])]
        known = [step for step in steps if step is not None]
        return sum(known) if len(known) == len(steps) else None

    return [length(route) for route in routes]


def _between(near: list[list[tuple[int, int]]], back: list[list[tuple[int, int]]], here: int, there: int) -> int | None:
    """How far it is (Dijkstra from both ends at once, until no walk through what is left can be shorter)."""
    if here == there:
        return 0
    best: tuple[dict[int, int], dict[int, int]] = {here: 0}, {there: 0}
    queues = [(0, here)], [(0, there)]
    shortest: int | None = None
    while queues[0] and queues[1]:
        if shortest is not None and queues[0][0][0] + queues[1][0][0] >= shortest:
            break
        side = 0 if queues[0][0] <= queues[1][0] else 1
        ways, queue, known, met = (near, back)[side], queues[side], best[side], best[1 - side]
        far, node = heapq.heappop(queue)
        if far > known[node]:
            continue
        for other, step in ways[node]:
            walked = far + step
            if walked < known.get(other, walked + 1):
                known[other] = walked
                heapq.heappush(queue, (walked, other))
                if other in met and (shortest is None or walked + met[other] < shortest):
                    shortest = walked + met[other]
    return shortest


def _walks(near: list[list[tuple[int, int]]], sources: Sequence[int], wanted: set[int]) -> dict[int, int]:
    """How far it is to those wanted (Dijkstra, ended when the last is reached)."""
    best = dict.fromkeys(sources, 0)
    queue = [(0, source) for source in sources]
    done: dict[int, int] = {}
    missing = set(wanted)
    while queue and missing:
        far, node = heapq.heappop(queue)
        if node in done:
            continue
        done[node] = far
        missing.discard(node)
        for other, step in near[node]:
            if far + step < best.get(other, far + step + 1):
                best[other] = far + step
                heapq.heappush(queue, (far + step, other))
    return done


def _jobs(problem: Problem, solution: Solution) -> Iterator[str]:
    times = Counter(job for trip in solution.trips for job in trip.jobs)
    for n in sorted(times.keys() - set(range(len(problem.jobs)))):
        yield f"there is no job {n}"
    for n, job in enumerate(problem.jobs):
        if times[n] != 1:
            yield f"{job.name} is in {times[n]} trips"


def _trip(problem: Problem, trip: Trip) -> Iterator[str]:
    jobs = [problem.jobs[n] for n in trip.jobs]
    if not jobs:
        yield "it has no jobs"
    for n, capacity in enumerate(problem.capacities):
        load = sum(job.loads[n] for job in jobs)
        if load > capacity:
            yield f"it carries {load}, the cart holds {capacity}"
    if problem.prices.per_group is None and len({job.group for job in jobs}) > 1:
        yield "it mixes groups"
    missed = {stop for job in jobs for stop in job.stops}.difference(trip.route)
    if missed:
        yield f"its route does not pass the nodes {', '.join(map(str, sorted(missed)))}"


def _duration(problem: Problem, trip: Trip) -> int:
    prices = problem.prices
    lines = sum(problem.jobs[n].lines for n in trip.jobs)
    return prices.per_length * trip.length + prices.per_trip + prices.per_line * lines


def _cost(problem: Problem, trip: Trip) -> int:
    groups = len({problem.jobs[n].group for n in trip.jobs})
    return _duration(problem, trip) + (problem.prices.per_group or 0) * max(0, groups - 1)


def _times(problem: Problem, solution: Solution, trips: Sequence[Trip]) -> Iterator[str]:
    if not problem.pickers:
        return
    free = [picker.ready for picker in problem.pickers]
    late = set()
    for trip in sorted(trips, key=lambda trip: (trip.begin, trip.end)):
        if not 0 <= trip.picker < len(free):
            yield f"there is no picker {trip.picker}"
            continue
        picker = problem.pickers[trip.picker]
        needs = _taken(picker, _duration(problem, trip))
        if trip.begin < free[trip.picker]:
            yield f"picker {picker.name} begins at {trip.begin}, but is free at {free[trip.picker]}"
        if trip.end - trip.begin != needs:
            yield f"picker {picker.name} walks from {trip.begin} to {trip.end}, but needs {needs}"
        free[trip.picker] = max(free[trip.picker], trip.end)
        late |= {n for n in trip.jobs if _is_late(problem.jobs[n].due, trip.end)}
    if problem.strict:
        for n in sorted(late):
            yield f"{problem.jobs[n].name} is late"
    if late != set(solution.late):
        yield f"{len(late)} jobs are late, not {len(solution.late)}"


def _taken(picker: Picker, work: int) -> int:
    return -(-work * 100 // picker.speed)


def _is_late(due: int | None, end: int) -> bool:
    return due is not None and end > due
