"""The states and steps of the exact tour through parallel aisles, for any number of cross-aisles.

A tour is a set of edges in which every node has an even number of them and everything visited hangs together. Swept
aisle by aisle, all that matters about what lies behind is, for each cross-aisle's node of the aisle at hand, whether an
even or odd number of edges (or none) meet there, and which of these nodes hang together (Ratliff & Rosenthal 1983,
doi 10.1287/opre.31.3.507, for one block; Roodbergen & de Koster 2001, doi 10.1016/S0377-2217(00)00177-6, for two;
Cambazard & Catusse 2018, doi 10.1016/j.ejor.2018.04.021, for any number). Where tours begin at several gates, or end
elsewhere than they began, the depot is one more node, which is never left behind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import NamedTuple

NONE, SINGLE, DOUBLE, FRONT, BACK, BOTH = range(6)
"""What is walked of an aisle between two cross-aisles: nothing; once through; there and back; from the front to the
last stop and back; from the back likewise; from both sides, the largest gap left out."""

_UNTOUCHED, _ODD, _EVEN = range(3)


class State(NamedTuple):
    """`edges` met by each cross-aisle's node (untouched, odd, even), and `parts`: equal figures hang together, -1 for
    an untouched node. `depot` counts what is left of the depot's two edges, as bits: 1 the way out, 2 the way in; its
    part is the last of `parts`. `done` says that the tour is closed and nothing may be added."""

    edges: tuple[int, ...]
    parts: tuple[int, ...]
    depot: int = 0
    done: bool = False


Table = tuple[tuple[int, int, int], ...]
"""Steps (from, to, option): states by number, and which way of doing the step was taken."""


@dataclass(frozen=True, slots=True)
class Tables:
    """All that can happen between the states of a floor with so many cross-aisles.

    A sweep begins in state `first`; a tour is whole in any of `last`. `blocks[b]` walks between the cross-aisles b and
    b + 1 (options NONE to BOTH); `visit[c]` makes the node at cross-aisle c part of the tour (the gate of a depot that
    has one only; option 0); `gates[kind][c]` takes 0, 1 or 2 edges to the depot there, kind 0 for the way out, 1 for
    the way in, 2 for either; `across` goes on to the next aisle, its options being rows of `counts`: how many edges
    run along each cross-aisle.
    """

    size: int
    first: int
    last: tuple[int, ...]
    blocks: tuple[Table, ...]
    visit: tuple[Table, ...]
    gates: tuple[tuple[Table, ...], ...]
    across: Table
    counts: tuple[tuple[int, ...], ...]


Step = Callable[[State], Iterable[tuple[State, int]]]


@cache
def tables(crosses: int, *, depot: bool = False) -> Tables:
    """Tables for so many cross-aisles (2 for one block). With `depot` the depot is a node of its own, with gates."""
    counts = tuple(product(range(3), repeat=crosses))
    blocks: list[Step] = [_block_step(b) for b in range(crosses - 1)]
    visits: list[Step] = [] if depot else [_visit_step(c) for c in range(crosses)]
    gates: list[list[Step]] = [[_gate_step(kind, c) for c in range(crosses)] for kind in range(3)] if depot else []
    across = _across_step(counts)
    flat = [step for kind in gates for step in kind]
    first = State((_UNTOUCHED,) * crosses, (-1,) * crosses + ((0,) if depot else ()), 3 if depot else 0)
    known = _closure(first, blocks, [*visits, *flat], across)
    number = {state: n for n, state in enumerate(known)}
    used = {option for state in known for _, option in across(state)}
    kept = tuple(option for option in range(len(counts)) if option in used)
    return Tables(
        size=len(known),
        first=number[first],
        last=tuple(number[s] for s in known if s.done or _closes(s)),
        blocks=tuple(_table(step, number) for step in blocks),
        visit=tuple(_table(step, number) for step in visits),
        gates=tuple(tuple(_table(step, number) for step in kind) for kind in gates),
        across=tuple((a, b, kept.index(option)) for a, b, option in _table(across, number)),
        counts=tuple(counts[option] for option in kept),
    )


def _closure(first: State, blocks: list[Step], optional: list[Step], across: Step) -> list[State]:
    """Every state that some aisle can bring about, in the order found. Steps follow one another as in the sweep, so
    that states no sweep ever meets stay out."""
    seen: dict[State, None] = {first: None}
    columns, news = {first}, {first}
    while news:
        reached = news
        for step in blocks:
            reached = {after for state in reached for after, _ in step(state)}
            seen.update(dict.fromkeys(sorted(reached)))
        while True:
            more = {after for step in optional for state in reached for after, _ in step(state)} - reached
            if not more:
                break
            reached |= more
        seen.update(dict.fromkeys(sorted(reached)))
        news = {after for state in reached for after, _ in across(state)} - columns
        columns |= news
        seen.update(dict.fromkeys(sorted(news)))
    return list(seen)


def _table(step: Step, number: dict[State, int]) -> Table:
    rows = [
        (number[state], number[after], option) for state in number for after, option in step(state) if after in number
    ]
    return tuple(sorted(rows, key=lambda row: (row[1], row[0], row[2])))


def _block_step(block: int) -> Step:
    near, far = block, block + 1

    def step(state: State) -> Iterator[tuple[State, int]]:
        yield state, NONE
        if not state.done:
            yield _joined(state, near, far, 1), SINGLE
            yield _joined(state, near, far, 2), DOUBLE
            front, back = _touched(state, near), _touched(state, far)
            yield front, FRONT
            yield back, BACK
            yield _touched(front, far), BOTH

    return step


def _visit_step(cross: int) -> Step:
    def step(state: State) -> Iterator[tuple[State, int]]:
        if not state.done:
            yield _touched(state, cross), 0

    return step


def _gate_step(kind: int, cross: int) -> Step:
    def step(state: State) -> Iterator[tuple[State, int]]:
        yield state, 0
        if state.done:
            return
        if kind < 2:
            if state.depot & (1 << kind):
                yield _to_depot(state, cross, 1, state.depot & ~(1 << kind)), 1
            return
        if state.depot:
            yield _to_depot(state, cross, 1, 1 if state.depot == 3 else 0), 1
        if state.depot == 3:
            yield _to_depot(state, cross, 2, 0), 2

    return step


def _across_step(counts: tuple[tuple[int, ...], ...]) -> Step:
    def step(state: State) -> Iterator[tuple[State, int]]:
        for option, along in enumerate(counts):
            after = _moved(state, along)
            if after is not None:
                yield after, option

    return step


def _moved(state: State, along: tuple[int, ...]) -> State | None:
    """The state at the next aisle; None where a node would be left odd or a part cut off."""
    crosses = len(along)
    if not any(along):
        if state.done or all(edge == _UNTOUCHED for edge in state.edges):
            return state
        if not _closes(state):
            return None
        return State((_UNTOUCHED,) * crosses, (-1,) * len(state.parts), 0, done=True)
    if state.done:
        return None
    for edge, count in zip(state.edges, along, strict=True):
        if (edge == _ODD) != (count == 1) or (edge == _UNTOUCHED and count):
            return None
    going = {part for part, count in zip(state.parts, along, strict=False) if count}
    held = {state.parts[crosses]} if len(state.parts) > crosses and state.depot else set()
    if any(part >= 0 and part not in going and part not in held for part in state.parts):
        return None
    edges = tuple((_UNTOUCHED, _ODD, _EVEN)[count] for count in along)
    parts = tuple(part if count else -1 for part, count in zip(state.parts, along, strict=False))
    return _named(State(edges, (*parts, *state.parts[crosses:]), state.depot))


def _closes(state: State) -> bool:
    parts = {part for part in state.parts if part >= 0}
    return not state.depot and len(parts) == 1 and _ODD not in state.edges


def _touched(state: State, cross: int) -> State:
    """An even number of edges more at that node."""
    if state.edges[cross] != _UNTOUCHED:
        return state
    return _named(_with(state, cross, _EVEN, max(state.parts) + 1))


def _joined(state: State, near: int, far: int, edges: int) -> State:
    state = _touched(_touched(state, near), far)
    state = _merged(state, state.parts[near], state.parts[far])
    if edges == 1:
        state = _turned(_turned(state, near), far)
    return _named(state)


def _to_depot(state: State, cross: int, edges: int, left: int) -> State:
    state = _touched(state, cross)
    state = _merged(state, state.parts[cross], state.parts[-1])
    if edges == 1:
        state = _turned(state, cross)
    return _named(state._replace(depot=left))


def _turned(state: State, cross: int) -> State:
    return _with(state, cross, _EVEN if state.edges[cross] == _ODD else _ODD, state.parts[cross])


def _with(state: State, cross: int, edge: int, part: int) -> State:
    edges = (*state.edges[:cross], edge, *state.edges[cross + 1 :])
    parts = (*state.parts[:cross], part, *state.parts[cross + 1 :])
    return state._replace(edges=edges, parts=parts)


def _merged(state: State, one: int, other: int) -> State:
    return state._replace(parts=tuple(one if part == other else part for part in state.parts))


def _named(state: State) -> State:
    """Parts numbered by first appearance, so that equal states are equal. Which part a depot with both its edges is in
    no longer matters: all parts have to come together."""
    if not state.depot and len(state.parts) > len(state.edges):
        state = state._replace(parts=state.parts[: len(state.edges)])
    names: dict[int, int] = {}
    parts = tuple(-1 if part < 0 else names.setdefault(part, len(names)) for part in state.parts)
    return state._replace(parts=parts)
