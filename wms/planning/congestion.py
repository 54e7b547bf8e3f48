"""Congestion: in a narrow aisle one cart at a time. Trips that would meet there begin later, or in another order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import NamedTuple, Protocol

_TRIES = 300  # other orders of trips that are looked at


class Pass(NamedTuple):
    """A cart in an aisle, from `enter` to `leave`, in ticks after its trip's beginning."""

    aisle: int
    enter: int
    leave: int


@dataclass(frozen=True, slots=True)
class Round:
    """A trip as congestion sees it: whose, when it is to begin, how long it takes, the narrow aisles it passes, and by
    when it must be back, if so."""

    picker: int
    begin: int
    duration: int
    passes: tuple[Pass, ...]
    due: int | None = None

    @property
    def end(self) -> int:
        return self.begin + self.duration


@dataclass(frozen=True, slots=True)
class Flow:
    """Rounds in the order they were given, with when they begin now; `waiting` is the ticks people stand before them,
    `late` those by which more is late than without waiting. Nobody meets anybody."""

    rounds: tuple[Round, ...]
    waiting: int
    late: int


class Walking(Protocol):
    """Ticks from one node to another; None where nobody can walk. `Distances` has it in lengths."""

    def __call__(self, a: int, b: int) -> int | None: ...


def passes(
    route: Sequence[int],
    first: int,
    walk: Walking,
    stays: Mapping[int, int],
    narrow: Mapping[int, int],
    margin: int = 0,
) -> tuple[Pass, ...]:
    """When a trip is in which narrow aisle. `first` ticks lead to the first node of `route`; `stays` are ticks spent at
    nodes, `narrow` names the aisle of a node that stands in one. The aisle is taken from the first of its nodes in a
    row to the last, and `margin` ticks before and after, for turning in and out."""
    now, times = first, []
    for n, node in enumerate(route):
        if n:
            now += walk(route[n - 1], node) or 0
        times.append((narrow.get(node, -1), now, now + stays.get(node, 0)))
        now += stays.get(node, 0)
    found = []
    for aisle, row in groupby(times, key=lambda time: time[0]):
        inside = list(row)
        if aisle >= 0:
            found.append(Pass(aisle, max(0, inside[0][1] - margin), inside[-1][2] + margin))
    return tuple(found)


def flowing(rounds: Sequence[Round], tries: int = _TRIES) -> Flow:
    """The same rounds without clashes: each begins when its picker is free and every aisle on it will be, the earliest
    planned first; then exchanges of a picker's neighbouring rounds are tried for as long as less is late, then less
    waited, at most `tries` of them. A round never begins before the first planned of its picker."""
    order = sorted(range(len(rounds)), key=lambda n: (rounds[n].begin, n))
    best = _placed(rounds, order)
    planned = _late(rounds)
    helped = True
    while helped and best.worth > (planned, 0):
        helped = False
        for other in _exchanges(rounds, order):
            if tries <= 0:
                break
            tries -= 1
            changed = _placed(rounds, other)
            if changed.worth < best.worth:
                best, order, helped = changed, other, True
                break
    return Flow(best.rounds, best.waiting, best.late - planned)


@dataclass(frozen=True, slots=True)
class _Placed:
    rounds: tuple[Round, ...]
    waiting: int
    late: int

    @property
    def worth(self) -> tuple[int, int]:
        return self.late, self.waiting


def _placed(rounds: Sequence[Round], order: Sequence[int]) -> _Placed:
    """One round after the other, each as early as its picker and what was placed before it allow."""
    free: dict[int, int] = {}
    for round_ in rounds:
        free[round_.picker] = min(round_.begin, free.get(round_.picker, round_.begin))
    taken: dict[int, list[tuple[int, int, int]]] = {}
    placed = list(rounds)
    waiting = 0
    for n in order:
        ready = free[rounds[n].picker]
        begin = _open(rounds[n], ready, taken)
        waiting += begin - ready
        placed[n] = replace(rounds[n], begin=begin)
        free[rounds[n].picker] = placed[n].end
        for aisle, enter, leave in rounds[n].passes:
            taken.setdefault(aisle, []).append((begin + enter, begin + leave, rounds[n].picker))
    return _Placed(tuple(placed), waiting, _late(placed))


def _open(round_: Round, begin: int, taken: Mapping[int, Sequence[tuple[int, int, int]]]) -> int:
    """When it can begin, from `begin` on, without meeting anybody: later and later until nobody is in the way."""
    while True:
        blocked = [
            until - enter
            for aisle, enter, leave in round_.passes
            for since, until, picker in taken.get(aisle, ())
            if picker != round_.picker and since < begin + leave and begin + enter < until
        ]
        if not blocked:
            return begin
        begin = min(blocked)


def _exchanges(rounds: Sequence[Round], order: Sequence[int]) -> Iterator[list[int]]:
    """Orders in which two change places: neighbours, of whom the other then goes first, or a picker's next two."""
    for at, n in enumerate(order):
        same = next((to for to in range(at + 1, len(order)) if rounds[order[to]].picker == rounds[n].picker), None)
        for to in sorted({at + 1, at + 1 if same is None else same}):
            if to < len(order):
                other = list(order)
                other[at], other[to] = other[to], other[at]
                yield other


def _late(rounds: Sequence[Round]) -> int:
    return sum(max(0, r.end - r.due) for r in rounds if r.due is not None)
