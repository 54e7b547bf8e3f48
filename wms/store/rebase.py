"""A member's picture: what the hub has confirmed, in the hub's order, and on top of it what it has not.

All functions run inside the one transaction that their caller holds open.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wms.domain.events import Fact
from wms.domain.projections import apply
from wms.domain.rows import MemoryTables
from wms.store import journal, orphans
from wms.store.batch import BatchTables
from wms.store.journal import Forked, Line
from wms.store.meta import get_meta, set_meta
from wms.store.schema import ROWS
from wms.store.tables import statements_of


def receive(connection: Any, lines: Sequence[Line]) -> list[Fact]:
    """Take confirmed facts; own unconfirmed ones are laid on top again. Returns those new or newly confirmed.

    Raises `ValueError` for a missing position, `Forked` where the hub knows another fact under the key of an own one.
    """
    lines = _that_go_on(lines, journal.head(connection))
    taken = [journal.fact_of(line) for line in lines]
    as_they_lie = _confirm_in_order(connection, lines)
    if as_they_lie == len(lines):
        return taken
    orphans.make_way(connection, lines[as_they_lie:])
    tables, own, others, lifted = BatchTables(connection), _Own(connection), list[Line](), False
    for line, fact in zip(lines[as_they_lie:], taken[as_they_lie:], strict=True):
        seq = own.take(line)
        if not lifted and (own or seq is not None):
            lift(connection, tables)
            lifted = True
        if seq is None:
            others.append(line)
        else:
            journal.confirm(connection, [(line.position, seq)])
        apply(tables, fact)
    journal.append_all(connection, others)
    if lifted:
        lay_again(connection, tables)
    tables.flush()
    return taken


def _that_go_on(lines: Sequence[Line], head: int) -> Sequence[Line]:
    """Those beyond `head`. Raises `ValueError` for a missing position."""
    new = [line for line in lines if line.position is not None and line.position > head]
    for at, line in enumerate(new, head + 1):
        if line.position != at:
            raise ValueError(f"the hub's facts jump from {at - 1} to {line.position}")
    return new


def _confirm_in_order(connection: Any, lines: Sequence[Line]) -> int:
    """Confirm those at the beginning that are the oldest unconfirmed facts in their order: the picture holds them as it
    is. Returns how many."""
    confirmed = []
    for line, (seq, kept) in zip(lines, journal.oldest_unconfirmed(connection, len(lines)), strict=False):
        if not journal.same(line, kept):
            break
        confirmed.append((line.position, seq))
    journal.confirm(connection, confirmed)
    connection.executemany("DELETE FROM undo WHERE fact = ?", [(seq,) for _, seq in confirmed])
    return len(confirmed)


class _Own:
    """The unconfirmed facts of a store."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._seqs = journal.unconfirmed(connection)

    def __bool__(self) -> bool:
        return bool(self._seqs)

    def take(self, line: Line) -> int | None:
        """The number of the fact in the line; None if it is none of these. Raises `Forked`."""
        seq = self._seqs.pop((line.device, line.epoch, line.n), None)
        if seq is not None:
            journal.held(self._connection, line)
        return seq


def ingest(connection: Any, lines: Sequence[Line]) -> list[tuple[Line, Fact]]:
    """Number and apply facts that are not held yet; returns them with their positions. Raises `Forked`, with nothing
    taken, when a fact differs from the one held under the same key."""
    tables, position, taken = BatchTables(connection), journal.head(connection), []
    held = journal.held_among(connection, lines)
    for line in lines:
        known = held.setdefault(line.key, line)
        if known is line:
            position += 1
            numbered = journal.at_position(line, position)
            fact = journal.fact_of(numbered)
            apply(tables, fact)
            taken.append((numbered, fact))
        elif not journal.same(line, known):
            raise Forked(line.key)
    journal.append_all(connection, [line for line, _ in taken])
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
    for seq, line in journal.unconfirmed_lines(connection):
        tables.undoing = seq
        apply(tables, journal.fact_of(line))
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
    # what an earlier restore lost, and nobody has numbered since, lies on top of these in the picture: it stays there
    connection.execute(
        "UPDATE journal SET was = was + ? WHERE was IS NOT NULL AND ? > ?",
        (journal.head(connection), journal.head(connection), position),
    )
    changed = connection.execute(
        "UPDATE journal SET was = position, position = NULL WHERE position > ?", (position,)
    ).rowcount
    if changed:
        set_meta(connection, "undo", "missing")
    return int(changed)


def refile(connection: Any, device: str, epoch: int, first: int) -> int:
    """Give the unconfirmed facts of `device` from (epoch, first) on keys of their own: theirs were taken. Returns how
    many. Those the hub has had stay as they are: others may be giving them back."""
    where = "position IS NULL AND was IS NULL AND device = ? AND epoch = ? AND n >= ?"
    found = journal.lines(connection, where, (device, epoch, first), order="n")
    orphans.give_keys(connection, found)
    if found:
        tables = BatchTables(connection)
        lift(connection, tables)
        lay_again(connection, tables)
    return len(found)
