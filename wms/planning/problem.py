"""What is planned: jobs to put together into trips, each one walk of one cart, and what a good plan is.

A site's wave and a published instance both become a `Problem`; the engines know nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from wms.planning.graph import Spot, WalkGraph


@dataclass(frozen=True, slots=True)
class Job:
    """One order, or a part of one too large for a cart. It is never divided between trips.

    `stops` are nodes of the graph, each once; `loads` one figure for each of the problem's capacities (slots, grams,
    cubic centimetres ...); `lines` how many picks it takes; `group` its category: trips may hold one group only, or
    several for a price. `due` is when its trip must have ended, in ticks after the start; None for any time.
    """

    name: str
    stops: tuple[int, ...]
    loads: tuple[int, ...]
    lines: int
    group: int = 0
    due: int | None = None


@dataclass(frozen=True, slots=True)
class Prices:
    """What a plan costs, in ticks (of working time, or of length where only length counts): `per_length` for each unit
    walked, `per_trip`, `per_line`; `per_group` for each further group in one trip, None where groups never mix."""

    per_length: int = 1
    per_trip: int = 0
    per_line: int = 0
    per_group: int | None = None


@dataclass(frozen=True, slots=True)
class Picker:
    """Somebody who walks trips one after the other from `ready` (ticks after the start) on. Work that takes 100 ticks
    at `speed` 100 takes 200 at `speed` 50."""

    name: str
    ready: int = 0
    speed: int = 100


@dataclass(frozen=True, slots=True)
class Problem:
    """`spots` tells which nodes stand where in a floor of parallel aisles; empty for any other floor, which is routed
    by a heuristic. Without `pickers` nobody asks when a trip ends. With `strict` no job may be late: a plan in which
    one is does not count; otherwise the plan with the least lateness (the sum over jobs) wins, then the cheapest."""

    graph: WalkGraph
    jobs: tuple[Job, ...]
    capacities: tuple[int, ...]
    prices: Prices = Prices()
    pickers: tuple[Picker, ...] = ()
    strict: bool = False
    spots: tuple[tuple[int, Spot], ...] = ()


@dataclass(frozen=True, slots=True)
class Trip:
    """`jobs` by their index in the problem; `route` the stops in walking order, start and end not named; `length`
    walked. `picker` by index (-1 where there are none), who begins at `begin` and is back at `end`, in ticks. A
    `locked` trip of a plan that one starts from keeps its jobs, though its time and picker may change."""

    jobs: tuple[int, ...]
    route: tuple[int, ...]
    length: int
    picker: int = -1
    begin: int = 0
    end: int = 0
    locked: bool = False


@dataclass(frozen=True, slots=True)
class Solution:
    """`cost` in ticks as `Prices` say; `late` the jobs that will be, by index; `engine` who found it ('compiled' or
    'plain'); `start_cost` is what the first complete plan cost, from which the search went on."""

    trips: tuple[Trip, ...]
    cost: int
    start_cost: int
    late: tuple[int, ...] = ()
    engine: str = "plain"


class Infeasible(Exception):
    """No plan keeps to the rules. `jobs` are those that can't be planned, by name, each with the reason in words."""

    def __init__(self, jobs: tuple[tuple[str, str], ...]) -> None:
        super().__init__("; ".join(f"{name}: {reason}" for name, reason in jobs))
        self.jobs = jobs


class Progress(Protocol):
    """Told now and then during a search: seconds gone, the best cost so far, what the start cost."""

    def __call__(self, seconds: float, best: int, start: int) -> None: ...
