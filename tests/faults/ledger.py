"""What people did with their hands, kept outside every database of the product.

Each process of the floor writes its own file, forced to the disk line by line: one line BEFORE the program is told of
an act, one AFTER it turned green (or was refused). Whatever happens to the process in between, the two lines tell what
a person at its screen has seen.

An act is known by the stamp it was recorded at: the act's number stands in the low digits of the milliseconds. The
stamp is the one thing about a fact that no rule, no new epoch and no order of arrival may change.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LIVES = 1000  # processes a device may have in one run
ACTS = 10_000  # acts of one process
SPAN = LIVES * ACTS  # ms; the time of a fact is true to within this


def stamp(clock_ms: int, life: int, number: int) -> int:
    """The time a fact shall bear: the clock's or a few hours later, with the act's own number in its low digits. Never
    earlier: a clock that was set back may print no numbers."""
    return (clock_ms // SPAN + 1) * SPAN + life % LIVES * ACTS + number % ACTS


def act_of(at: int) -> int:
    """What tells an act of a device from all its others."""
    return at % SPAN


@dataclass(frozen=True, slots=True)
class Act:
    """One act as its person knows it. `outcome` is `green`, `refused` or, where nobody saw the answer, `unknown`.

    `facts` counts what the program said it recorded; `moved` holds the units that went into (or out of) shelves.
    """

    device: str
    id: int
    what: str
    outcome: str
    facts: int
    moved: tuple[tuple[str, str, str, int], ...]  # place, sku, lot, difference


class Ledger:
    """One process's acts. Not for two threads."""

    def __init__(self, folder: Path, device: str, life: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._fd = os.open(folder / f"{device}.{life:04}.acts", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._paper = os.open(folder / f"{device}.{life:04}.paper", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self.device, self.life, self._number = device, life, 0

    def before(self, clock_ms: int, what: str, moved: Iterable[tuple[str, str, str, int]] = ()) -> int:
        """Note what is about to be done; returns the stamp to record it under."""
        self._number += 1
        at = stamp(clock_ms, self.life, self._number)
        self._write(self._fd, {"id": act_of(at), "what": what, "moved": [list(one) for one in moved]})
        return at

    def after(self, at: int, outcome: str, facts: int = 0, why: str = "") -> None:
        self._write(self._fd, {"id": act_of(at), "outcome": outcome, "facts": facts, "why": why})

    def print_label(self, at: int, number: str, parcel: str) -> None:
        """A label came out of the printer, with this waybill number, for this parcel."""
        self._write(self._paper, {"id": act_of(at), "number": number, "parcel": parcel})

    def erase(self, order: str) -> None:
        """A person was erased, and was told that it is done."""
        self._write(self._paper, {"erased": order})

    @staticmethod
    def _write(fd: int, line: dict[str, Any]) -> None:
        os.write(fd, json.dumps(line).encode() + b"\n")
        os.fdatasync(fd)


@dataclass(frozen=True, slots=True)
class Paper:
    """A label as it lies on the bench."""

    device: str
    act: int
    number: str
    parcel: str


def acts(folder: Path) -> Iterator[Act]:
    """All acts of all processes, with what became of each."""
    for path in sorted(folder.glob("*.acts")):
        device = path.name.split(".")[0]
        begun: dict[int, dict[str, Any]] = {}
        for line in _lines(path):
            begun[line["id"]] = begun.get(line["id"], {}) | line
        for number, one in begun.items():
            moved = tuple((place, sku, lot, n) for place, sku, lot, n in one["moved"])
            yield Act(device, number, one["what"], one.get("outcome", "unknown"), one.get("facts", 0), moved)


def papers(folder: Path) -> Iterator[Paper]:
    for path in sorted(folder.glob("*.paper")):
        device = path.name.split(".")[0]
        for line in _lines(path):
            if "number" in line:
                yield Paper(device, line["id"], line["number"], line["parcel"])


def erased(folder: Path) -> set[str]:
    """The orders whose recipients were destroyed for good."""
    return {line["erased"] for path in folder.glob("*.paper") for line in _lines(path) if "erased" in line}


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    """Whole lines only: the last one may have been cut short by kill -9."""
    for line in path.read_bytes().split(b"\n")[:-1]:
        yield json.loads(line)
