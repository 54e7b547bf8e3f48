"""Solutions in the form of planning-bench/1: written from a plan, and read again to start from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from wms.planning.instance import Instance
from wms.planning.instance_values import Unreadable, is_key, mapping, rows, shown
from wms.planning.problem import Problem, Solution, Trip
from wms.planning.promises import trip_duration
from wms.planning.verify import walked


def document(instance: Instance, solution: Solution, seconds: float, solver: str) -> dict[str, Any]:
    """The solution file. A picker's trips stand in the order they are walked."""
    trips = sorted(solution.trips, key=lambda trip: (trip.begin, trip.end, trip.picker))
    named = {"instance": instance.id} if instance.id else {}
    return {
        **named,
        "seconds": round(seconds, 2),
        "solver": solver,
        "batches": [_batch(instance, trip) for trip in trips],
    }


def _batch(instance: Instance, trip: Trip) -> dict[str, Any]:
    batch: dict[str, Any] = {
        "orders": [instance.orders[job] for job in trip.jobs],
        "route": [instance.nodes[stop] for stop in trip.route],
    }
    return batch | ({"picker": trip.picker + 1} if instance.problem.pickers else {})


def read_start(given: bytes | str | dict[str, Any], instance: Instance) -> Solution:
    """The batches of a solution file as far as they still stand: orders that are gone are taken out, orders that no
    longer fit onto their cart or stand in no batch are in no trip. Raises `Unreadable` for a file of another kind."""
    found = _parsed(given) if not isinstance(given, dict) else given
    name = found.get("instance")
    if name is not None and name != instance.id:
        raise Unreadable(f"it is for the instance {shown(name)}, not {shown(instance.id)}")
    problem = instance.problem
    jobs = {order: n for n, order in enumerate(instance.orders)}
    index = {node: n for n, node in enumerate(instance.nodes)}
    taken: set[int] = set()
    kept = []
    for n, row in enumerate(rows(found, "batches", "batches")):
        batch = mapping(row, f"batches[{n}]")
        orders, route = (rows(batch, key, f"batches[{n}].{key}") for key in ("orders", "route"))
        inside = tuple(_fitting(problem, (jobs[key] for key in orders if is_key(key) and key in jobs), taken))
        if inside:
            walk = _route(problem, inside, [index[key] for key in route if is_key(key) and key in index])
            kept.append((inside, walk, _picker(batch, problem)))
    return _timed(problem, kept)


def _parsed(text: bytes | str) -> dict[str, Any]:
    try:
        return mapping(json.loads(text), "a solution")
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"it is no JSON: {error}") from error


def _fitting(problem: Problem, jobs: Iterator[int], taken: set[int]) -> Iterator[int]:
    free = list(problem.capacities)
    for job in jobs:
        loads = problem.jobs[job].loads
        if job not in taken and all(load <= room for load, room in zip(loads, free, strict=True)):
            free = [room - load for load, room in zip(loads, free, strict=True)]
            taken.add(job)
            yield job


def _route(problem: Problem, jobs: tuple[int, ...], walk: list[int]) -> tuple[int, ...]:
    """The stops in the order they were walked in, new ones at the end."""
    stops = dict.fromkeys(stop for job in jobs for stop in problem.jobs[job].stops)
    return tuple(dict.fromkeys([*(node for node in walk if node in stops), *stops]))


def _picker(batch: dict[str, Any], problem: Problem) -> int:
    if not problem.pickers:
        return -1
    given = batch.get("picker")
    known = type(given) is int and 1 <= given <= len(problem.pickers)
    return given - 1 if known and isinstance(given, int) else 0


def _timed(problem: Problem, kept: list[tuple[tuple[int, ...], tuple[int, ...], int]]) -> Solution:
    """Each picker walks his trips one after the other, in the order of the file."""
    prices = problem.prices
    free = [picker.ready for picker in problem.pickers]
    trips, late = [], []
    cost = 0
    for (jobs, route, picker), length in zip(kept, walked(problem.graph, [walk for _, walk, _ in kept]), strict=True):
        lines = sum(problem.jobs[job].lines for job in jobs)
        work = trip_duration(prices, length or 0, lines)
        begin = free[picker] if problem.pickers else 0
        end = begin + work if problem.pickers else 0
        if problem.pickers:
            free[picker] = end
        late += [job for job in jobs if (due := problem.jobs[job].due) is not None and end > due]
        cost += work
        trips.append(Trip(jobs, route, length or 0, picker, begin, end))
    return Solution(tuple(trips), cost, cost, tuple(sorted(late)))
