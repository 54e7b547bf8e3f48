"""What a hub remembers that an older copy of it must not undo: who was shut out, what was erased, who did what."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from wms.config import Unfit
from wms.domain.records import Record
from wms.hub import opening
from wms.hub.database import Session
from wms.store.database import DatabaseError, lacks_room, open_connection

_SPEAKERS = (("hub_terminal", "device", "enrolled"), ("hub_client", "name", "created"))
Row = dict[str, Any]
KeyRow = tuple[str, bytes | None, int]


class Remembrance(Record):
    """`speakers` are the lines of each table of those that may speak, `audit` all of its lines, `erased` the subjects
    of keys that were destroyed, `lives` those of its journal."""

    lives: tuple[str, ...] = ()
    speakers: tuple[tuple[Row, ...], ...] = ((), ())
    audit: tuple[Row, ...] = ()
    erased: frozenset[str] = frozenset()

    def knows(self, source: sqlite3.Connection) -> bool:
        """Whether what was done after the copy was made was done here."""
        last = source.execute("SELECT life FROM hub_life ORDER BY serial DESC LIMIT 1").fetchone()
        return last is not None and last[0] in self.lives

    def without_destroyed(self, keys: Iterable[KeyRow]) -> list[KeyRow]:
        """The keys of a copy, those that were destroyed since as empty lines with serials of their own at the end,
        where those who follow find them."""
        kept, gone, serial = list[KeyRow](), sorted(self.erased), 0
        for subject, key, number in keys:
            serial = max(serial, number)
            if key is None or subject not in self.erased:
                kept.append((subject, key, number))
        done = {subject for subject, key, _ in kept if key is None}
        new = [subject for subject in gone if subject not in done]
        return [*kept, *((subject, None, serial + n) for n, subject in enumerate(new, 1))]

    def carry_over(self, session: Session, wh: str) -> None:
        """Into the tables that were put back, in the transaction that did it."""
        for (table, name, since), rows in zip(_SPEAKERS, self.speakers, strict=True):
            for row in rows:
                _let_or_shut(session, table, name, since, row)
        held = {_said(row) for row in _rows(session, "hub_audit", wh)}
        last = max((line[1] for line in held), default=0)
        for row in sorted((row for row in self.audit if _said(row) not in held), key=lambda row: int(row["serial"])):
            last = max(last + 1, row["serial"])
            _insert(session, "hub_audit", row | {"serial": last})


NOTHING = Remembrance()


def of_postgres(session: Session, wh: str) -> Remembrance:
    return _remembrance(session, wh, "SELECT subject FROM hub_key WHERE wh = ? AND key IS NULL")


def of_file(database: Path, wh: str) -> Remembrance:
    """Nothing where the file can't be read any more, which is why a copy is put back, or is another warehouse's.

    Raises the engine's error where only the room to read it is missing.
    """
    try:
        with contextlib.closing(open_connection(database, read_only=True)) as connection:
            if opening.warehouse_of(connection) != wh:
                return NOTHING
            return _remembrance(connection, wh, "SELECT subject FROM sealing_key WHERE ? <> '' AND key IS NULL")
    except DatabaseError as error:
        if lacks_room(error, database.parent):
            raise
        return NOTHING
    except (Unfit, ValueError):
        return NOTHING


def _remembrance(session: Session, wh: str, erased: str) -> Remembrance:
    return Remembrance(
        tuple(str(row["life"]) for row in _rows(session, "hub_life", wh)),
        tuple(_rows(session, table, wh) for table, _, _ in _SPEAKERS),
        _rows(session, "hub_audit", wh),
        frozenset(row[0] for row in session.execute(erased, (wh,)).fetchall()),
    )


def _rows(session: Session, table: str, wh: str) -> tuple[Row, ...]:
    found = session.execute(f"SELECT * FROM {table} WHERE wh = ?", (wh,))  # noqa: S608
    names = [column[0] for column in found.description]
    return tuple(dict(zip(names, row, strict=True)) for row in found.fetchall())


def _said(row: Row) -> tuple[Any, ...]:
    return tuple(row[name] for name in ("wh", "serial", "at", "actor", "act", "subject", "detail"))


def _let_or_shut(session: Session, table: str, name: str, since: str, row: Row) -> None:
    """The later of two enrolments counts, for it made the token of the earlier one worthless; of the same one, that it
    was shut out."""
    which = f"WHERE wh = ? AND {name} = ?"
    asked = (row["wh"], row[name])
    found = session.execute(f"SELECT token_hash, {since}, revoked FROM {table} {which}", asked).fetchone()  # noqa: S608
    if found is not None and found[0] == row["token_hash"]:
        row = row | {"revoked": row["revoked"] or found[2]}
    elif found is not None and found[1] > row[since]:
        return
    session.execute(f"DELETE FROM {table} {which}", asked)  # noqa: S608
    _insert(session, table, row)


def _insert(session: Session, table: str, row: Row) -> None:
    values: Sequence[Any] = tuple(row.values())
    marks = ", ".join("?" * len(values))
    session.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", values)  # noqa: S608
