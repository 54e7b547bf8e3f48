"""Schedule: who walks which trip when, so that the least is late; then everybody is back early.

The least total tardiness on parallel machines is NP-hard to find (Lenstra, Rinnooy Kan & Brucker 1977, Annals of
Discrete Mathematics 1): trips are listed by earliest due date (Jackson 1955), then moved and
exchanged while that helps.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from wms.planning.problem import Picker

_PATIENCE = 20_000  # changes tried before a timetable is taken as it stands


@dataclass(frozen=True, slots=True)
class Walk:
    """A trip somebody has to walk: `duration` in ticks at speed 100, and when those of its jobs are due that are."""

    duration: int
    dues: tuple[int, ...] = ()

    @property
    def due(self) -> float:
        return min(self.dues, default=float("inf"))


class Turn(NamedTuple):
    """When a walk is walked, and by which picker (by index)."""

    picker: int
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Timetable:
    """One turn for each walk, in the order the walks came. `lateness` in ticks, summed over jobs, not trips."""

    turns: tuple[Turn, ...]
    lateness: int

    @property
    def end(self) -> int:
        """When the last picker is back."""
        return max((turn.end for turn in self.turns), default=0)


class Score(NamedTuple):
    """What is made small, the first first: ticks late, when the last picker is back, the sum of all trips' ends."""

    late: int
    end: int
    ends: int


def takes(duration: int, speed: int) -> int:
    """Ticks that work of `duration` takes a picker of `speed` (100 is the standard), a begun tick counted whole."""
    return -(-duration * 100 // speed)


def soonest(duration: int, pickers: Sequence[Picker]) -> int:
    """When the first could be back who went for that work and nothing else."""
    return min(picker.ready + takes(duration, picker.speed) for picker in pickers)


def lateness(walks: Sequence[Walk], pickers: Sequence[Picker], patience: int = 0) -> int:
    """Ticks late with the earliest due walked first; where that is any, up to `patience` changes look for less."""
    board = _Board(walks, pickers)
    board.list_by(_earliest_due(walks))
    if board.score.late and patience:
        board.repair(patience, only_lateness=True)
    return board.score.late


def schedule(walks: Sequence[Walk], pickers: Sequence[Picker], patience: int = _PATIENCE) -> Timetable:
    """The timetable with the least lateness found, then with the last picker back earliest, then with early ends.

    Never worse than earliest due date first. Raises `ValueError` where there is no picker.
    """
    if not pickers:
        raise ValueError("nobody to walk")
    board = _Board(walks, pickers)
    board.list_by(_earliest_due(walks))
    board.repair(patience)
    return board.timetable()


def _earliest_due(walks: Sequence[Walk]) -> list[int]:
    """Of equal due, and where nothing is due, the longest go first: that balances (Graham 1969)."""
    return sorted(range(len(walks)), key=lambda w: (walks[w].due, -walks[w].duration, w))


class _Board:
    """Each picker's walks in order, and what that is worth. An exchange is looked at by the queues it changes."""

    def __init__(self, walks: Sequence[Walk], pickers: Sequence[Picker]) -> None:
        self._walks, self._pickers = walks, pickers
        self._takes = [[takes(walk.duration, picker.speed) for walk in walks] for picker in pickers]
        self._queues: list[list[int]] = [[] for _ in pickers]
        self._scores = [Score(0, picker.ready, 0) for picker in pickers]
        self.score = self._total({})

    def list_by(self, order: Sequence[int]) -> None:
        """Gives the walks out in this order, each to whoever would end it first; where that is late, to whoever would
        end it last of those who do in time, if less is late then: they leave the others free for what comes."""
        self._list(order, closely=False)
        if self.score.late:
            queues, scores, score = self._queues, self._scores, self.score
            self._list(order, closely=True)
            if self.score.late >= score.late:
                self._queues, self._scores, self.score = queues, scores, score

    def _list(self, order: Sequence[int], *, closely: bool) -> None:
        ends = [picker.ready for picker in self._pickers]
        self._queues = [[] for _ in ends]
        for walk in order:

            def choice(picker: int, walk: int = walk) -> tuple[bool, int, int]:
                end = ends[picker] + self._takes[picker][walk]
                in_time = closely and end <= self._walks[walk].due
                return not in_time, -end if in_time else end, picker

            picker = min(range(len(ends)), key=choice)
            ends[picker] += self._takes[picker][walk]
            self._queues[picker].append(walk)
        self._scores = [self._worth(picker, queue) for picker, queue in enumerate(self._queues)]
        self.score = self._total({})

    def repair(self, patience: int, only_lateness: bool = False) -> None:
        """Takes the first change that helps, and looks again, until none helps or `patience` changes were tried."""
        while patience > 0 and not (only_lateness and self.score.late == 0):
            helped = False
            for change in self._changes():
                patience -= 1
                if self._take(change):
                    helped = True
                    break
                if patience <= 0:
                    break
            if not helped:
                return

    def timetable(self) -> Timetable:
        turns: dict[int, Turn] = {}
        for p, queue in enumerate(self._queues):
            now = self._pickers[p].ready
            for walk in queue:
                turns[walk] = Turn(p, now, now + self._takes[p][walk])
                now = turns[walk].end
        return Timetable(tuple(turns[w] for w in range(len(self._walks))), self.score.late)

    def _worth(self, picker: int, queue: Sequence[int]) -> Score:
        now, late, ends = self._pickers[picker].ready, 0, 0
        ticks = self._takes[picker]
        for walk in queue:
            now += ticks[walk]
            ends += now
            for due in self._walks[walk].dues:
                if due < now:
                    late += now - due
        return Score(late, now if queue else 0, ends)

    def _total(self, changed: dict[int, Score]) -> Score:
        scores = [changed.get(p, score) for p, score in enumerate(self._scores)]
        return Score(sum(s.late for s in scores), max((s.end for s in scores), default=0), sum(s.ends for s in scores))

    def _take(self, change: dict[int, list[int]]) -> bool:
        worth = {picker: self._worth(picker, queue) for picker, queue in change.items()}
        total = self._total(worth)
        if total >= self.score:
            return False
        for picker, queue in change.items():
            self._queues[picker], self._scores[picker] = queue, worth[picker]
        self.score = total
        return True

    def _changes(self) -> Iterator[dict[int, list[int]]]:
        """Every move of one walk and every exchange of two, those of the pickers who stand worst first."""
        worst = sorted(range(len(self._queues)), key=lambda p: self._scores[p], reverse=True)
        for p in worst:
            for at, walk in enumerate(self._queues[p]):
                rest = self._queues[p][:at] + self._queues[p][at + 1 :]
                yield from ({p: _with(rest, to, walk)} for to in range(len(rest) + 1) if to != at)
                for q in worst:
                    if q != p:
                        yield from self._between(p, at, q)

    def _between(self, p: int, at: int, q: int) -> Iterator[dict[int, list[int]]]:
        mine, theirs = self._queues[p], self._queues[q]
        rest = mine[:at] + mine[at + 1 :]
        for to in range(len(theirs) + 1):
            yield {p: rest, q: _with(theirs, to, mine[at])}
        for to, other in enumerate(theirs):
            swapped = _with(theirs[:to] + theirs[to + 1 :], to, mine[at])
            yield {p: _with(rest, at, other), q: swapped}


def _with(queue: Sequence[int], at: int, walk: int) -> list[int]:
    return [*queue[:at], walk, *queue[at:]]
