"""What lies on the disks at the end, read without the product's own opening of them: that could mend things."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.faults.chains import KEPT, Come, kept
from tests.faults.ledger import Act, Paper, act_of
from wms.domain.events import Fact
from wms.store import journal
from wms.store.database import open_connection
from wms.store.tables import SqliteRows

DATABASE = "wms.sqlite3"


@dataclass(frozen=True, slots=True)
class Discarded:
    """A disk that was thrown away for an older image: the acts it alone held, those of them no hub had numbered, and
    whether the guard went back with it. `unheard` are the keys that were destroyed on it and nowhere else."""

    device: str
    lost: frozenset[int]
    unsynced: frozenset[int]
    with_guard: bool
    unheard: frozenset[str] = frozenset()


@dataclass
class Evidence:
    """Everything an invariant may look at. `auditor` is a member that joined at the very end."""

    replicas: dict[str, SqliteRows]
    auditor: SqliteRows
    feed: list[Fact]
    acts: list[Act]
    papers: list[Paper]
    erased: set[str]
    discarded: list[Discarded] = field(default_factory=list)
    lost_at_hub: frozenset[tuple[str, int]] = frozenset()
    files: list[Path] = field(default_factory=list)
    died: list[str] = field(default_factory=list)
    unsettled: list[str] = field(default_factory=list)
    chains: Come = field(default_factory=dict)  # as the hub remembers them
    copied: set[str] = field(default_factory=set)  # devices of which some disk was copied or put back

    def excused(self, act: Act) -> bool:
        """Every disk that held it was thrown away before anything else had it."""
        for one in self.discarded:
            if one.device == act.device and act.id in one.lost:
                return act.id in one.unsynced or (act.device, act.id) in self.lost_at_hub
        return False


@contextlib.contextmanager
def opened(folder: Path) -> Iterator[Any]:
    """A connection to what a process left behind, its write-ahead log included."""
    connection = open_connection(folder / DATABASE)
    try:
        yield connection
    finally:
        connection.close()


def acts_on_disk(folder: Path, device: str) -> dict[int, bool]:
    """The acts of a device in that journal, and whether the hub had numbered each."""
    if not (folder / DATABASE).exists():
        return {}
    with opened(folder) as connection:
        found = connection.execute("SELECT at, position FROM journal WHERE device = ?", (device,))
        return {act_of(at): position is not None for at, position in found}


def destroyed_on_disk(folder: Path, *, untold: bool = False) -> frozenset[str]:
    """The keys of recipients destroyed there; with `untold`, those that the terminal has still to tell its hub of."""
    if not (folder / DATABASE).exists():
        return frozenset()
    sql = "SELECT subject FROM sealing_key WHERE key IS NULL" + (" AND sent = 0" if untold else "")
    with opened(folder) as connection:
        return frozenset(row[0] for row in connection.execute(sql))


def devices_on_disk(folder: Path) -> list[str]:
    with opened(folder) as connection:
        return [row[0] for row in connection.execute("SELECT DISTINCT device FROM journal")]


def chains_on_disk(folder: Path) -> Come:
    with opened(folder) as connection:
        return kept(connection.execute(KEPT))


def feed_of(rows: SqliteRows) -> list[Fact]:
    return journal.read(rows.connection, "position IS NOT NULL")
