"""The schedule: what goes wrong when, drawn from the seed alone before anything starts."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

SHARES = {
    "partition": 8,
    "slow": 4,
    "kill_terminal": 10,
    "kill_hub": 3,
    "kill_database": 2,
    "image_disk": 5,
    "restore_disk": 3,
    "restore_disk_and_guard": 2,
    "backup_hub": 3,
    "restore_hub": 2,
    "full_disk": 3,
    "clock": 4,
    "twin": 2,
}
"""How often each kind is drawn, among the others."""

ONLY_POSTGRES = frozenset({"kill_database"})
FIRST = ("image_disk", "backup_hub")
"""Without these there is nothing to put back."""


@dataclass(frozen=True, slots=True)
class Fault:
    """At `at` seconds, to terminal number `who` (where one is meant), for `lasts` seconds; `much` is the kind's own."""

    at: float
    kind: str
    who: int
    lasts: float
    much: float


def schedule(
    seed: int, seconds: float, terminals: int, engine: str, without: frozenset[str] = frozenset(), pause: float = 0.8
) -> list[Fault]:
    """Faults about `pause` seconds apart: each kind at least once where the time is enough, then as chance has it."""
    left_out = without if engine == "postgres" else without | ONLY_POSTGRES
    kinds = {kind: share for kind, share in SHARES.items() if kind not in left_out}
    return list(_drawn(random.Random(seed), kinds, seconds, terminals, pause))


def _drawn(
    chance: random.Random, kinds: dict[str, int], seconds: float, terminals: int, pause: float
) -> Iterator[Fault]:
    each = [kind for kind in kinds if kind not in FIRST]
    chance.shuffle(each)
    due = [*(kind for kind in FIRST if kind in kinds), *each]
    at = 2.0
    while at < seconds - 1.0:
        kind = due.pop(0) if due else chance.choices(list(kinds), list(kinds.values()))[0]
        yield Fault(at, kind, chance.randrange(terminals), chance.uniform(0.5, 6.0), chance.random())
        at += chance.expovariate(1 / pause)
