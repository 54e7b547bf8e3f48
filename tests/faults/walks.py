"""Second books about walks, kept from the journal alone: who had which, and by whose word it ended."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from wms.domain import events as e
from wms.domain.events import Fact


@dataclass
class Walk:
    """`fence` is that of the last claim, `since` the one with which `person` began; '' where nobody has it."""

    person: str = ""
    fence: int = 0
    since: int = 0
    tasks: list[str] = field(default_factory=list)
    ended_by_holder: bool = False
    ended_by_others: str = ""

    def lease(self, person: str, fence: int) -> None:
        if person != self.person:
            self.since = fence
        self.person, self.fence = person, fence

    def speaks(self, person: str, claim: int) -> bool:
        return not claim or (person == self.person and claim >= self.since)


@dataclass
class Walks:
    """`read` the feed, then ask."""

    walks: defaultdict[str, Walk] = field(default_factory=lambda: defaultdict(Walk))
    planned: dict[str, e.PlannedTask] = field(default_factory=dict)
    walk_of: dict[str, Walk] = field(default_factory=dict)
    put: Counter[str] = field(default_factory=Counter)
    short: set[str] = field(default_factory=set)
    stopped: set[str] = field(default_factory=set)

    def read(self, feed: Iterable[Fact]) -> Walks:
        for fact in feed:
            self._take(fact)
        return self

    def _take(self, fact: Fact) -> None:
        match fact.body:
            case e.WaveReleased(batches=batches):
                for batch in batches:
                    self._plan(self.walks[batch.id], batch.tasks)
            case e.BatchClaimed(batch=batch, person=person, fence=fence):
                walk = self.walks[batch]
                if fence == walk.fence + 1 or (person == walk.person and fence == walk.fence):
                    walk.lease(person, fence)
            case e.BatchReassigned(batch=batch, person=person, fence=fence):
                if fence == self.walks[batch].fence + 1:
                    self.walks[batch].lease(person, fence)
            case e.BatchGivenBack(batch=batch, claim=claim):
                if self.walks[batch].speaks(fact.person, claim):
                    self.walks[batch].person = ""
            case e.OrderCancelled(order=order):
                self.stopped.add(order)
            case e.UnitsPut(task=task, quantity=quantity) | e.UnitsUnput(task=task, quantity=quantity):
                self.put[task] += quantity if isinstance(fact.body, e.UnitsPut) else -quantity
            case e.PickShorted(task=task, claim=claim, replaced_by=others):
                walk = self.walk_of.get(task, Walk())
                self._plan(walk, others)
                if walk.speaks(fact.person, claim):
                    self.short.add(task)
            case e.TotesDropped(batch=batch, claim=claim):
                self._end(self.walks[batch], fact.person, claim)

    def _plan(self, walk: Walk, tasks: Iterable[e.PlannedTask]) -> None:
        for task in tasks:
            if task.id not in self.planned:
                walk.tasks.append(task.id)
                self.planned[task.id], self.walk_of[task.id] = task, walk

    def _end(self, walk: Walk, person: str, claim: int) -> None:
        if walk.speaks(person, claim):
            walk.ended_by_holder = True
        elif not all(map(self._settled, walk.tasks)):
            walk.ended_by_others = walk.ended_by_others or person

    def _settled(self, task: str) -> bool:
        planned = self.planned[task]
        return task in self.short or planned.order in self.stopped or self.put[task] >= planned.quantity

    def ended_without_right(self) -> Iterator[tuple[str, str]]:
        """Walks with something left to do that only somebody who had lost them called finished, and who that was."""
        for batch, walk in self.walks.items():
            if walk.ended_by_others and not walk.ended_by_holder:
                yield batch, walk.ended_by_others
