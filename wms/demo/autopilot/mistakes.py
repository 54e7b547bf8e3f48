"""The mistakes people make, fixed by the seed: who makes which at which of their chances."""

from __future__ import annotations

from random import Random

PER_MILLE: dict[str, dict[str, int]] = {
    "bin": {"wrong bin": 20, "skip": 6, "typed digits": 15},
    "item": {
        "wrong item": 20,
        "unknown code": 10,
        "double trigger": 20,
        "undo": 15,
        "short": 10,
        "damaged": 7,
    },
    "tote": {"wrong tote": 20},
    "pack": {"wrong item": 20, "unknown code": 10, "double trigger": 15, "undo": 10, "missing": 4, "new parcel": 15},
    "weigh": {"hand on the scale": 15},
    "label": {"wrong label": 15},
    "sample": {"wrong item": 20},
    "verdict": {"failed": 100},
    "load": {"double trigger": 20},
}
_WARNING = 3


class Mistakes:
    """One person's. At each chance of a kind `at` says which mistake is made, '' for none.

    The first few of each kind's come early in everybody's day, so that a short day has them too.
    """

    def __init__(self, seed: int, person: str, share: int = 1) -> None:
        """`share` is how many people share the duty of making each mistake once."""
        self._chance = Random(f"mistakes {seed} {person}")  # noqa: S311 - a simulation
        self._due: dict[str, list[str]] = {}
        for kind, rates in PER_MILLE.items():
            early = [name for n, name in enumerate(sorted(rates)) if (n + sum(map(ord, person))) % share == 0]
            self._chance.shuffle(early)
            self._due[kind] = early
        self._turns: dict[str, int] = dict.fromkeys(PER_MILLE, 0)

    @property
    def chance(self) -> Random:
        return self._chance

    def at(self, kind: str) -> str:
        self._turns[kind] += 1
        if self._due[kind] and self._turns[kind] % _WARNING == 0:
            return self._due[kind].pop()
        roll = self._chance.randrange(1000)
        for name, rate in PER_MILLE[kind].items():
            roll -= rate
            if roll < 0:
                return name
        return ""
