"""A member's picture: what the hub has confirmed, in the hub's order, and on top of it what it has not.

All functions run inside the one transaction that their caller holds open.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wms.domain.events import Fact
from wms.domain.projections import apply
from wms.domain.rows import MemoryTables
from wms.store import journal
from wms.store.batch import BatchTables
from wms.store.journal import Line
from wms.store.meta import get_meta, set_meta
from wms.store.schema import ROWS
from wms.store.tables import statements_of


def receive(connection: Any, lines: Sequence[Line]) -> list[Fact]:
    """Take confirmed facts; own unconfirmed ones are laid on top again. Returns those new or newly confirmed.

    Raises `ValueError` for a missing position, `Forked` where the hub knows another fact under the key of an own one.
    """
    tables, at, own = BatchTables(connection), journal.head(connection), _Own(connection)
    lifted, taken = False, []
    for line in lines:
        if line.position is None or line.position <= at:
            continue
        if line.position != at + 1:
            raise ValueError(f"the hub's facts jump from {at} to {line.position}")
        at, fact = line.position, journal.fact_of(line)
        taken.append(fact)
        oldest, seq = own.take(line)
        if seq is not None and oldest and not lifted:
            journal.confirm(connection, seq, at)
            tables.forget(seq)
            continue
        if not lifted and (own or seq is not None):
            lift(connection, tables)
            lifted = True
        if seq is not None:
            journal.confirm(connection, seq, at)
        else:
            journal.append(connection, line)
        apply(tables, fact)
    if lifted:
        lay_again(connection, tables)
    tables.flush()
    return taken


class _Own:
    """The unconfirmed facts of a store, oldest first."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._seqs = journal.unconfirmed(connection)
        self._order = list(self._seqs)
        self._first = 0

    def __bool__(self) -> bool:
        return bool(self._seqs)

    def take(self, line: Line) -> tuple[bool, int | None]:
        """Whether the fact in the line was the oldest of these, and its number; None if it is none of these."""
        key = (line.device, line.epoch, line.n)
        seq = self._seqs.pop(key, None)
        if seq is None:
            return False, None
        journal.held(self._connection, line)
        oldest = self._order[self._first] == key
        while self._first < len(self._order) and self._order[self._first] not in self._seqs:
            self._first += 1
        return oldest, seq


def ingest(connection: Any, lines: Sequence[Line]) -> list[tuple[Line, Fact]]:
    """Number and apply facts that are not held yet; returns them with their positions. Raises `Forked`, with nothing
    taken, when a fact differs from the one held under the same key."""
    tables, position, taken = BatchTables(connection), journal.head(connection), []
    for line in lines:
        if journal.held(connection, line) is None:
            position += 1
            numbered = journal.at_position(line, position)
            fact = journal.fact_of(numbered)
            journal.append(connection, numbered)
            apply(tables, fact)
            taken.append((numbered, fact))
    tables.flush()
    return taken


def lift(connection: Any, tables: BatchTables) -> None:
    """Take the unconfirmed facts off; where no undo log covers them, make the confirmed picture anew."""
    if get_meta(connection, "undo") == "missing":
        tables.clear()
        replay_confirmed(connection)
        set_meta(connection, "undo", "kept")
    else:
        tables.roll_back()


def lay_again(connection: Any, tables: BatchTables) -> None:
    for seq in journal.unconfirmed(connection).values():
        tables.undoing = seq
        apply(tables, journal.read(connection, "seq = ?", (seq,))[0])
    tables.undoing = None
    tables.flush()


def replay_confirmed(connection: Any) -> None:
    """Fill the empty projections from the confirmed facts: in memory, and then written at once."""
    replayed = MemoryTables()
    for fact in journal.replay(connection, "position IS NOT NULL"):
        apply(replayed, fact)
    for kind in ROWS:
        sql = statements_of(kind)
        connection.executemany(sql.upsert, [sql.cells(row) for row in replayed.all(kind)])


def rewind(connection: Any, position: int) -> int:
    """The hub holds nothing that this store knows beyond `position`: those facts, whosesoever, wait to be numbered
    anew. They stay in the picture. Returns how many they are."""
    changed = connection.execute(
        "UPDATE journal SET was = position, position = NULL WHERE position > ?", (position,)
    ).rowcount
    if changed:
        set_meta(connection, "undo", "missing")
    return int(changed)


def refile(connection: Any, device: str, epoch: int, first: int, fresh: int) -> int:
    """Give the unconfirmed facts of `device` from (epoch, first) on new keys in the epoch `fresh`, in order, behind
    those that are there. Returns how many."""
    rows = connection.execute(
        "SELECT seq FROM journal WHERE position IS NULL AND device = ? AND epoch = ? AND n >= ? ORDER BY n",
        (device, epoch, first),
    ).fetchall()
    start = journal.last_n(connection, device, fresh) + 1
    connection.executemany(
        "UPDATE journal SET epoch = ?, n = ? WHERE seq = ?", [(fresh, start + i, seq) for i, (seq,) in enumerate(rows)]
    )
    return len(rows)
