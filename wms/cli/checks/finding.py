"""The surface of a check."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wms.config import Config

if TYPE_CHECKING:
    from wms.store.tables import SqliteRows


class State(StrEnum):
    OK = "ok"
    LOOK = "look"  # work goes on, but somebody should see to it
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """`says` is what was found; `mend` what to do about it, '' if nothing."""

    name: str
    state: State
    says: str
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is examined. `rows` is None where there is no database yet, or none that can be read."""

    config: Config
    now: int  # UTC seconds
    rows: SqliteRows | None = None

    @property
    def folder(self) -> Path:
        return self.config.data

    @property
    def connection(self) -> Any:
        return self.rows.connection if self.rows is not None else None

    def meta(self, name: str) -> str:
        row = self.connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return "" if row is None else str(row[0])


def ok(name: str, says: str) -> Finding:
    return Finding(name, State.OK, says)


def look(name: str, says: str, mend: str) -> Finding:
    return Finding(name, State.LOOK, says, mend)


def bad(name: str, says: str, mend: str) -> Finding:
    return Finding(name, State.BAD, says, mend)
