"""Which function applies which event."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from wms.domain.catalogue import Counter
from wms.domain.events import Fact
from wms.domain.mending import PutBack
from wms.domain.records import replace
from wms.domain.review import Review, Tally
from wms.domain.rows import Tables

E = TypeVar("E")
Projection = Callable[[Tables, E, Fact], None]

_BY_TYPE: dict[type, Callable[[Tables, Any, Fact], None]] = {}


def applies(event: type[E]) -> Callable[[Projection[E]], Projection[E]]:
    """Register the decorated function as the projection of that event."""

    def register(function: Projection[E]) -> Projection[E]:
        _BY_TYPE[event] = function
        return function

    return register


def apply(t: Tables, fact: Fact) -> None:
    """Bring the tables up to date with one fact."""
    _BY_TYPE[type(fact.body)](t, fact.body, fact)


def tally(t: Tables, fact: Fact, what: str, count: int = 1) -> None:
    hour = fact.seconds // 3600
    row = t.get(Tally, hour, fact.person, what)
    t.put(Tally(hour, fact.person, what, count + (row.count if row else 0)))


def review(t: Tables, fact: Fact, kind: str, subject: str, detail: str = "") -> None:
    """Put something before the supervisor; an open review about the same thing is not doubled."""
    name = f"{kind}/{subject}"
    found = t.get(Review, name)
    if found is None or not found.open:
        t.put(Review(name, kind, subject, fact.seconds, detail, person=fact.person, device=fact.key.device))


def close_review(t: Tables, kind: str, subject: str, by: str, decision: str) -> None:
    found = t.get(Review, f"{kind}/{subject}")
    if found is not None and found.open:
        end_review(t, found, by, decision)


def end_review(t: Tables, found: Review, by: str, decision: str) -> None:
    """Nobody needs to walk for it any more."""
    t.put(replace(found, open=False, decided_by=by, decision=decision))
    for errand in t.where(PutBack, review=found.id):
        if errand.open:
            t.put(replace(errand, open=False))


def count_up(t: Tables, name: str) -> int:
    row = t.get(Counter, name)
    value = (row.value if row else 0) + 1
    t.put(Counter(name, value))
    return value
