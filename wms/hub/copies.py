"""Copies of a hub: one file with all that a warehouse is, from either engine and for either.

So a site that has outgrown the embedded hub moves to PostgreSQL by a copy. Putting one back begins a new life of the
journal: terminals give back what it lacks. A copy holds the keys that open recipients; keep it as you keep the hub.
"""

from __future__ import annotations

import contextlib
import os
import re
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from wms.domain.events import VERSION
from wms.domain.records import Record
from wms.hub import lives, opening
from wms.hub.database import HubDatabase, Session
from wms.hub.schema import COMMON, table_names
from wms.store.store import now_ms

FORMAT = 1
STRIDE = 5_000
_EVENT = "device, epoch, n, position, at, person, kind, body"
_NOT_COPIED = ("hub_code", "hub_session")  # codes are used up or too old, runs of programs are other ones


class BadCopy(ValueError):
    """The file is no copy of a hub, is damaged, or can't be put there; the text says which, and what to do."""


class Copied(Record):
    """What a copy holds: how far its journal goes, and when it was made (UTC seconds)."""

    warehouse: str
    position: int
    made: int
    size: int


class _Engine(Record):
    """Where journal and keys lie in an engine, and how its rows become those of a copy and back."""

    events: str
    keys: str


POSTGRES = _Engine(
    f"SELECT {_EVENT} FROM hub_event WHERE wh = ? AND position > ? ORDER BY position LIMIT ?",  # noqa: S608
    "SELECT subject, key, serial FROM hub_key WHERE wh = ? ORDER BY serial",
)
SQLITE = _Engine(
    f"SELECT {_EVENT} FROM journal WHERE ? <> '' AND position > ? ORDER BY position LIMIT ?",  # noqa: S608
    "SELECT subject, key, serial FROM sealing_key JOIN key_change USING (subject) WHERE ? <> '' ORDER BY serial",
)


def back_up(folder: Path, url: str, path: Path, warehouse: str = "") -> Copied:
    """Copy a warehouse at one moment, while the hub goes on working. The file appears when it is whole.

    Raises `OSError`, `StoreUnwritable`, `opening.NoWarehouse`.
    """
    fresh = path.with_name(f"{path.name}.part")
    fresh.unlink(missing_ok=True)
    os.close(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        with opening.tables(folder, url) as found, contextlib.closing(sqlite3.connect(fresh)) as target:
            name = found.one(warehouse)
            target.executescript(_TARGET)
            position = _read(found.database, POSTGRES if url else SQLITE, name, target)
            made = now_ms() // 1000
            about = {"format": FORMAT, "version": VERSION, "warehouse": name, "position": position, "made": made}
            target.executemany("INSERT INTO about VALUES (?, ?)", [(key, str(value)) for key, value in about.items()])
            target.commit()
        with fresh.open("rb") as file:
            os.fsync(file.fileno())
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    return Copied(name, position, made, path.stat().st_size)


_TARGET = """
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE event (device TEXT, epoch INTEGER, n INTEGER, position INTEGER PRIMARY KEY, at INTEGER, person TEXT,
    kind TEXT, body TEXT);
CREATE TABLE key (subject TEXT PRIMARY KEY, key BLOB, serial INTEGER);
"""


def _read(database: HubDatabase, engine: _Engine, warehouse: str, target: sqlite3.Connection) -> int:
    def work(session: Session) -> int:
        position = 0
        while rows := session.execute(engine.events, (warehouse, position, STRIDE)).fetchall():
            target.executemany("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
            position = rows[-1][3]
        target.executemany("INSERT INTO key VALUES (?, ?, ?)", session.execute(engine.keys, (warehouse,)).fetchall())
        for table in table_names(COMMON):
            if table not in _NOT_COPIED:
                found = session.execute(f"SELECT * FROM {table} WHERE wh = ?", (warehouse,))  # noqa: S608
                names = [column[0] for column in found.description]
                target.execute(f"CREATE TABLE {table} ({', '.join(names)})")
                marks = ", ".join("?" * len(names))
                target.executemany(f"INSERT INTO {table} VALUES ({marks})", found.fetchall())  # noqa: S608
        return position

    return database.snapshot(work)


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[tuple[sqlite3.Connection, Copied]]:
    if not path.is_file():
        raise BadCopy(f"there is no file {path}")
    source = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, check_same_thread=False)
    with contextlib.closing(source):
        try:
            about = dict(source.execute("SELECT name, value FROM about"))
            checked = source.execute("PRAGMA integrity_check").fetchone()[0]
            count, last = source.execute("SELECT count(*), coalesce(max(position), 0) FROM event").fetchone()
            copied = Copied(about["warehouse"], int(about["position"]), int(about["made"]), path.stat().st_size)
        except (sqlite3.DatabaseError, KeyError, ValueError) as error:
            raise BadCopy(f"{path} is no copy of a hub, or is damaged") from error
        if int(about["format"]) > FORMAT or int(about["version"]) > VERSION:
            raise BadCopy(f"{path} was made by a newer version: update this hub first")
        if checked != "ok" or count != last or last != copied.position:
            raise BadCopy(f"{path} is damaged: take another copy")
        yield source, copied


def look_at(path: Path) -> Copied:
    """What the copy holds. Raises `BadCopy`."""
    with _opened(path) as (_, copied):
        return copied


def put_back(folder: Path, url: str, path: Path, *, replace: bool = False) -> Copied:
    """Make the copy the hub's whole state of its warehouse; a new life of the journal begins with it.

    The hub must not be running. What was there is refused unless `replace`; the file of an embedded hub is then kept
    beside, as `wms.sqlite3.before-restore`. Raises `BadCopy`, `OSError`, `StoreUnwritable`.
    """
    with _opened(path) as (source, copied):
        if url:
            _into_postgres(url, folder, source, copied, replace=replace)
        else:
            _into_folder(folder, source, copied, replace=replace)
    return copied


def _into_postgres(url: str, folder: Path, source: sqlite3.Connection, copied: Copied, *, replace: bool) -> None:
    from wms.hub.postgres import add_warehouse, floors, forget, lease, raise_numbers
    from wms.hub.schema import POSTGRES as OF_JOURNAL

    wh = copied.warehouse

    def work(session: Session) -> None:
        add_warehouse(session, wh)
        head = session.execute("SELECT position FROM hub_head WHERE wh = ? FOR UPDATE", (wh,)).fetchone()[0]
        if head and not replace:
            raise BadCopy(f"the database already holds the warehouse {wh} up to {head}: say --replace to put it away")
        given_out = floors(session, wh)
        for table in (*table_names(COMMON), *table_names(OF_JOURNAL)):
            if table != "hub_head":
                session.execute(f"DELETE FROM {table} WHERE wh = ?", (wh,))  # noqa: S608
        for rows in _in_strides(source, "SELECT device, epoch, n, position, at, person, kind, body FROM event"):
            session.executemany(
                f"INSERT INTO hub_event (wh, {_EVENT}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
                [(wh, *row) for row in rows],
            )
        keys = source.execute("SELECT subject, key, serial FROM key").fetchall()
        session.executemany(
            "INSERT INTO hub_key (wh, subject, key, serial) VALUES (?, ?, ?, ?)", [(wh, *row) for row in keys]
        )
        serial = max((row[2] for row in keys), default=0)
        session.execute(
            "UPDATE hub_head SET position = ?, keys = ?, touched = touched + 1 WHERE wh = ?",
            (copied.position, serial, wh),
        )
        _tables_into(session, source)
        lives.begin(session, wh, copied.position, now_ms() // 1000)
        raise_numbers(session, wh)
        for numbers, counter in given_out.items():  # a copy put back twice must not give the same numbers twice
            lease(session, wh, numbers, counter)

    with opening.tables(folder, url) as found:
        found.database.write(work)
    forget(folder, wh)


def _into_folder(folder: Path, source: sqlite3.Connection, copied: Copied, *, replace: bool) -> None:
    from wms.hub.embedded import RESTORED, WAREHOUSE
    from wms.store import Store, rebase
    from wms.store.meta import set_meta

    database = folder / "wms.sqlite3"
    aside = [(database.with_name(f"{database.name}{end}"), f".before-restore{end}") for end in ("", "-wal", "-shm")]
    if database.exists() and not replace:
        raise BadCopy(f"{folder} already holds data: say --replace to put them away")
    for there, name in aside:
        if there.exists():
            there.replace(database.with_name(f"wms.sqlite3{name}"))
    device = next((row[0] for row in source.execute("SELECT device FROM hub_life ORDER BY serial DESC")), "")
    try:
        store = Store(folder, device)
        with contextlib.closing(store):
            opening.add_tables(store)

            def work(connection: Any) -> None:
                for rows in _in_strides(source, "SELECT device, epoch, n, position, at, person, kind, body FROM event"):
                    connection.executemany(
                        f"INSERT INTO journal ({_EVENT}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
                        rows,
                    )
                connection.executemany(
                    "INSERT INTO sealing_key (subject, key, sent) VALUES (?, ?, 1)",
                    source.execute("SELECT subject, key FROM key ORDER BY serial").fetchall(),
                )
                _tables_into(connection, source)
                rebase.replay_confirmed(connection)
                set_meta(connection, RESTORED, "yes")
                set_meta(connection, WAREHOUSE, copied.warehouse)

            store.writer.do(work)
    except BaseException:
        for there, name in aside:
            kept = database.with_name(f"wms.sqlite3{name}")
            there.unlink(missing_ok=True)
            if kept.exists():
                kept.replace(there)
        raise


def _tables_into(session: Session, source: sqlite3.Connection) -> None:
    there = {row[0] for row in source.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    for table in table_names(COMMON):
        if table in there:
            found = source.execute(f"SELECT * FROM {table}")  # noqa: S608
            names = [column[0] for column in found.description]
            if not all(re.fullmatch(r"[a-z_]+", name) for name in names):
                raise BadCopy("the copy holds columns that no hub has")
            marks = ", ".join("?" * len(names))
            session.executemany(
                f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})",  # noqa: S608
                found.fetchall(),
            )


def _in_strides(source: sqlite3.Connection, sql: str) -> Iterator[Sequence[Any]]:
    found = source.execute(f"{sql} ORDER BY position")
    while rows := found.fetchmany(STRIDE):
        yield rows
