"""What became of each row of a setup file."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from wms.domain.events import Event


class Result(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """`row` as a spreadsheet counts, 0 for the whole file; `key` names what the row is about. `reason` as in
    `wms.domain.reasons`: why it was refused, or what is worth knowing although it was taken."""

    file: str
    row: int
    key: str
    result: Result
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SetupImport:
    """The events that bring the warehouse to what the files say; rows that say nothing new make none."""

    events: tuple[Event, ...]
    outcomes: tuple[RowOutcome, ...]


class Refusal(ValueError):
    """A row or a file can't be taken; `reason` is one of `wms.domain.reasons`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
