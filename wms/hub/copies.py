"""Copies of a hub: one file with all that a warehouse is, from either engine and for either.

So a site that has outgrown the embedded hub moves to PostgreSQL by a copy; `wms.hub.restoring` puts one back. A copy
holds the keys that open recipients; keep it as you keep the hub.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from wms.domain.events import VERSION
from wms.domain.records import Record
from wms.hub import opening
from wms.hub.database import Session
from wms.hub.schema import COMMON, table_names
from wms.store.database import is_full
from wms.store.journal import CHAIN_START, COLUMNS, chain, line_from
from wms.store.store import now_ms

FORMAT = 1
STRIDE = 5_000
_NOT_COPIED = ("hub_code", "hub_session")  # codes are used up or too old, runs of programs are other ones
_SUM = "sha256"


class BadCopy(ValueError):
    """The file is no copy of a hub, is damaged, or can't be put there; the text says which, and what to do."""


class Copied(Record):
    """What a copy holds: how far its journal goes, and when it was made (UTC seconds)."""

    warehouse: str
    position: int
    made: int
    size: int


class Engine(Record):
    """Where journal and keys lie in an engine, and how its rows become those of a copy."""

    events: str
    keys: str


POSTGRES = Engine(
    f"SELECT {COLUMNS} FROM hub_event WHERE wh = ? AND position > ? ORDER BY position LIMIT ?",  # noqa: S608
    "SELECT subject, key, serial FROM hub_key WHERE wh = ? ORDER BY serial",
)
SQLITE = Engine(
    f"SELECT {COLUMNS} FROM journal WHERE ? <> '' AND position > ? ORDER BY position LIMIT ?",  # noqa: S608
    "SELECT subject, key, serial FROM sealing_key JOIN key_change USING (subject) WHERE ? <> '' ORDER BY serial",
)


def back_up(folder: Path, url: str, path: Path, warehouse: str = "") -> Copied:
    """Copy a warehouse at one moment, while the hub goes on working. The file appears when it is whole.

    Raises `OSError`, `StoreUnwritable`, `opening.NoWarehouse`.
    """
    with opening.tables(folder, url) as found:
        return write(path, found.one(warehouse), POSTGRES if url else SQLITE, found.database.snapshot)


def write(
    path: Path, warehouse: str, engine: Engine, at_one_moment: Callable[[Callable[[Session], int]], int]
) -> Copied:
    """Write the copy of what `at_one_moment` lets be read. Raises `OSError`, and what `at_one_moment` raises."""
    fresh = path.with_name(f"{path.name}.part")
    fresh.unlink(missing_ok=True)
    os.close(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        with _told_of(path), contextlib.closing(sqlite3.connect(fresh)) as target:
            target.executescript(_TARGET)
            content = _Content()
            position = at_one_moment(lambda session: _read(session, engine, warehouse, target, content))
            made = now_ms() // 1000
            about = {"format": FORMAT, "version": VERSION, "warehouse": warehouse, "position": position, "made": made}
            said = {name: str(value) for name, value in about.items()}
            rows = [*said.items(), (_SUM, content.sum_with(said))]
            target.executemany("INSERT INTO about VALUES (?, ?)", rows)
            target.commit()
        with fresh.open("rb") as file:
            os.fsync(file.fileno())
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    return Copied(warehouse, position, made, path.stat().st_size)


@contextlib.contextmanager
def _told_of(path: Path) -> Iterator[None]:
    """What keeps SQLite from writing the copy, as an `OSError` with the file's name."""
    try:
        yield
    except sqlite3.Error as error:
        number = errno.ENOSPC if is_full(error) else errno.EIO
        raise OSError(number, os.strerror(number) if is_full(error) else str(error), str(path)) from error


_TARGET = """
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE event (device TEXT, epoch INTEGER, n INTEGER, position INTEGER PRIMARY KEY, at INTEGER, person TEXT,
    kind TEXT, body TEXT);
CREATE TABLE key (subject TEXT PRIMARY KEY, key BLOB, serial INTEGER);
"""


class _Content:
    """SHA-256 over everything a copy says: its tables in the order they were made, row by row, and what it says about
    itself. As it is taken from what was read from the hub, a disk that lies while the copy is written is noticed."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()

    def table(self, name: str, columns: Iterable[str]) -> None:
        self.rows([(name, *columns)])

    def rows(self, rows: Iterable[Sequence[Any]]) -> None:
        for row in rows:
            self._hash.update(msgspec.msgpack.encode(row))  # each value with its type and length

    def sum_with(self, about: dict[str, str]) -> str:
        self.table("about", ())
        self.rows(sorted(item for item in about.items() if item[0] != _SUM))
        return self._hash.hexdigest()


def _read(session: Session, engine: Engine, warehouse: str, target: sqlite3.Connection, content: _Content) -> int:
    def put(rows: Sequence[Sequence[Any]], into: str) -> None:
        if rows:
            target.executemany(f"INSERT INTO {into} VALUES ({', '.join('?' * len(rows[0]))})", rows)  # noqa: S608
            content.rows(rows)

    position = 0
    content.table("event", COLUMNS.split(", "))
    while rows := session.execute(engine.events, (warehouse, position, STRIDE)).fetchall():
        put(rows, "event")
        position = rows[-1][3]
    content.table("key", ("subject", "key", "serial"))
    put(session.execute(engine.keys, (warehouse,)).fetchall(), "key")
    for table in table_names(COMMON):
        if table not in _NOT_COPIED:
            found = session.execute(f"SELECT * FROM {table} WHERE wh = ?", (warehouse,))  # noqa: S608
            names = [column[0] for column in found.description]
            target.execute(f"CREATE TABLE {table} ({', '.join(names)})")
            content.table(table, names)
            put(found.fetchall(), table)
    return position


@contextlib.contextmanager
def opened(path: Path) -> Iterator[tuple[sqlite3.Connection, Copied]]:
    """The copy's tables, all of them checked. Raises `BadCopy`, and `OSError` where there is no room to check it."""
    if not path.is_file():
        raise BadCopy(f"there is no file {path}")
    source = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, check_same_thread=False)
    with contextlib.closing(source):
        yield source, _checked(source, path)


def _checked(source: sqlite3.Connection, path: Path) -> Copied:
    try:
        about = dict(source.execute("SELECT name, value FROM about"))
        if int(about["format"]) > FORMAT or int(about["version"]) > VERSION:
            raise BadCopy(f"{path} was made by a newer version: update this hub first")
        count, last = source.execute("SELECT count(*), coalesce(max(position), 0) FROM event").fetchone()
        copied = Copied(about["warehouse"], int(about["position"]), int(about["made"]), path.stat().st_size)
        whole = (
            source.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            and count == last == copied.position
            and _sum_of(source, about) == about.get(_SUM)
        )
        broken = _broken_chains(source) if whole else []
    except BadCopy:
        raise
    except sqlite3.Error as error:
        if is_full(error):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error
        raise BadCopy(f"{path} is no copy of a hub, or is damaged: take another copy") from None  # it quotes content
    except (KeyError, ValueError, TypeError):
        raise BadCopy(f"{path} is no copy of a hub, or is damaged: take another copy") from None
    if not whole:
        raise BadCopy(f"{path} is damaged: take another copy")
    if broken:
        raise BadCopy(f"{path}: what {', '.join(broken)} said is not what the hub took from there: take an older copy")
    return copied


def _sum_of(source: sqlite3.Connection, about: dict[str, str]) -> str:
    content = _Content()
    made = source.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY rowid").fetchall()
    for (table,) in made:
        if table != "about" and is_name(table):
            found = source.execute(f"SELECT * FROM {table} ORDER BY rowid")  # noqa: S608
            content.table(table, [column[0] for column in found.description])
            content.rows(found)
    return content.sum_with(about)


def is_name(text: str) -> bool:
    """Whether it can be the name of a hub's table or column."""
    return re.fullmatch(r"[a-z_]+", text) is not None


def _broken_chains(source: sqlite3.Connection) -> list[str]:
    """The devices and epochs whose facts are not those that the hub reckoned with when they came."""
    kept = {(row[0], row[1]): row[2:] for row in source.execute("SELECT device, epoch, last_n, chain FROM hub_epoch")}
    reached = dict.fromkeys(kept, CHAIN_START)
    found = source.execute(f"SELECT {COLUMNS} FROM event ORDER BY device, epoch, n")  # noqa: S608
    for line in map(line_from, found):
        key = (line.device, line.epoch)
        if key in kept and line.n <= kept[key][0]:
            reached[key] = chain(reached[key], line)
    return [f"{device}/{epoch}" for (device, epoch), hash_ in reached.items() if hash_ != kept[device, epoch][1]]


def look_at(path: Path) -> Copied:
    """What the copy holds. Raises `BadCopy`."""
    with opened(path) as (_, copied):
        return copied
