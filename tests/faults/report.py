"""What a run did and found."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass
class Report:
    """`broken` names the invariants that do not hold, with the first lines of what shows it; `notes` is what the rig
    itself could not do. Counts are of acts, facts and labels, of faults to machines, and of faults to messages."""

    seed: int = 0
    seconds: float = 0.0
    broken: dict[str, list[str]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    faults: dict[str, int] = field(default_factory=dict)
    network: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    mutant: str = ""
    scenario: str = ""

    def document(self) -> dict[str, Any]:
        return {"ok": not self.broken, **asdict(self)}
