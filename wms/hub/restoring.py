"""Putting a copy of a hub back: a new life of its journal begins, and terminals give back what the copy lacks.

Who was shut out since the copy was made stays shut out, what was erased stays erased, and the audit keeps its lines, as
far as what is put away still tells.
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from wms.domain.records import Record
from wms.hub import copies, lives, opening, remembrance
from wms.hub.copies import STRIDE, BadCopy, Copied
from wms.hub.database import Session
from wms.hub.remembrance import Remembrance
from wms.hub.schema import COMMON, table_names
from wms.store.journal import COLUMNS
from wms.store.store import now_ms


class Restored(Record):
    """What stands there now. `kept` is where what was there lies, None if nothing was.

    `followed` tells that what was there knew this journal: whom it had shut out and whom it had erased is so again.
    Else nobody here knows what was done since the copy was made. `terminals` (names) and `programs` may speak.
    """

    copied: Copied
    kept: Path | None
    followed: bool
    terminals: tuple[str, ...]
    programs: tuple[str, ...]


def put_back(folder: Path, url: str, path: Path, *, replace: bool = False) -> Restored:
    """Make the copy the hub's whole state of its warehouse; a new life of the journal begins with it.

    The hub must not be running. What was there is refused unless `replace`. An embedded hub's file is then kept beside,
    as `wms.sqlite3.before-restore`; of a database's warehouse a copy is written into the folder. Raises `BadCopy`,
    `OSError`, `StoreUnwritable`.
    """
    with copies.opened(path) as (source, copied):
        put = _into_postgres(url, folder, source, copied, replace=replace) if url else None
        kept, followed = put or _into_folder(folder, source, copied, replace=replace)
    with opening.tables(folder, url) as found:
        terminals, programs = found.database.read(lambda session: _who_may_speak(session, copied.warehouse))
    return Restored(copied, kept, followed, terminals, programs)


def _who_may_speak(session: Session, wh: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    terminals = "SELECT name FROM hub_terminal WHERE wh = ? AND revoked = 0 ORDER BY name"
    programs = "SELECT name FROM hub_client WHERE wh = ? AND revoked = 0 ORDER BY name"
    found = [tuple(row[0] for row in session.execute(sql, (wh,)).fetchall()) for sql in (terminals, programs)]
    return found[0], found[1]


def _free(path: Path) -> Path:
    """That path, or with the first number behind it that nothing bears yet."""
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.name}.{number}")
    return free


def _into_postgres(
    url: str, folder: Path, source: sqlite3.Connection, copied: Copied, *, replace: bool
) -> tuple[Path | None, bool]:
    from wms.hub.postgres import forget
    from wms.hub.postgres_journal import add_warehouse, floors, lease, raise_numbers
    from wms.hub.schema import POSTGRES as OF_JOURNAL

    wh = copied.warehouse
    folder.mkdir(parents=True, exist_ok=True)
    aside = _free(folder / f"before-restore-{wh}-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}.copy")

    def work(session: Session) -> tuple[Path | None, bool]:
        add_warehouse(session, wh)
        head = session.execute("SELECT position FROM hub_head WHERE wh = ? FOR UPDATE", (wh,)).fetchone()[0]
        if head and not replace:
            raise BadCopy(f"the database already holds the warehouse {wh} up to {head}: say --replace to put it away")
        if head:
            copies.write(aside, wh, copies.POSTGRES, lambda read: read(session))
        given_out, remembered = floors(session, wh), remembrance.of_postgres(session, wh)
        for table in (*table_names(COMMON), *table_names(OF_JOURNAL)):
            if table != "hub_head":
                session.execute(f"DELETE FROM {table} WHERE wh = ?", (wh,))  # noqa: S608
        for rows in _in_strides(source):
            session.executemany(
                f"INSERT INTO hub_event (wh, {COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
                [(wh, *row) for row in rows],
            )
        keys = remembered.without_destroyed(source.execute("SELECT subject, key, serial FROM key ORDER BY serial"))
        serial = max((row[2] for row in keys), default=0)
        session.executemany(
            "INSERT INTO hub_key (wh, subject, key, serial) VALUES (?, ?, ?, ?)", [(wh, *row) for row in keys]
        )
        session.execute(
            "UPDATE hub_head SET position = ?, keys = ?, touched = touched + 1 WHERE wh = ?",
            (copied.position, serial, wh),
        )
        _tables_into(session, source)
        remembered.carry_over(session, wh)
        lives.begin(session, wh, copied.position, now_ms() // 1000)
        raise_numbers(session, wh)
        for numbers, counter in given_out.items():  # a copy put back twice must not give the same numbers twice
            lease(session, wh, numbers, counter)
        return aside if head else None, remembered.knows(source)

    with opening.tables(folder, url) as found:
        done = found.database.write(work)
    forget(folder, wh)
    return done


def _into_folder(
    folder: Path, source: sqlite3.Connection, copied: Copied, *, replace: bool
) -> tuple[Path | None, bool]:
    database = folder / "wms.sqlite3"
    if not database.exists():
        return None, _make(folder, source, copied, remembrance.NOTHING)
    if not replace:
        raise BadCopy(f"{folder} already holds data: say --replace to put them away")
    remembered = remembrance.of_file(database, copied.warehouse)
    aside = _free(database.with_name(f"{database.name}.before-restore"))
    moved = [(Path(f"{database}{end}"), Path(f"{aside}{end}")) for end in ("", "-wal", "-shm")]
    for there, name in moved:
        if there.exists():
            there.replace(name)
    try:
        return aside, _make(folder, source, copied, remembered)
    except BaseException:
        for there, name in moved:
            there.unlink(missing_ok=True)
            if name.exists():
                name.replace(there)
        raise


def _make(folder: Path, source: sqlite3.Connection, copied: Copied, remembered: Remembrance) -> bool:
    from wms.hub.embedded import RESTORED, WAREHOUSE
    from wms.store import Store, rebase
    from wms.store.meta import set_meta

    device = next((row[0] for row in source.execute("SELECT device FROM hub_life ORDER BY serial DESC")), "")

    def work(connection: Any) -> None:
        for rows in _in_strides(source):
            connection.executemany(
                f"INSERT INTO journal ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
                rows,
            )
        keys = remembered.without_destroyed(source.execute("SELECT subject, key, serial FROM key ORDER BY serial"))
        connection.executemany(
            "INSERT INTO sealing_key (subject, key, sent) VALUES (?, ?, 1)", [row[:2] for row in keys]
        )
        _tables_into(connection, source)
        remembered.carry_over(connection, copied.warehouse)
        rebase.replay_confirmed(connection)
        set_meta(connection, RESTORED, "yes")
        set_meta(connection, WAREHOUSE, copied.warehouse)

    with contextlib.closing(Store(folder, device)) as store:
        opening.add_tables(store)
        store.writer.do(work)
    return remembered.knows(source)


def _tables_into(session: Session, source: sqlite3.Connection) -> None:
    there = {row[0] for row in source.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    for table in table_names(COMMON):
        if table in there:
            found = source.execute(f"SELECT * FROM {table}")  # noqa: S608
            names = [column[0] for column in found.description]
            if not all(map(copies.is_name, names)):
                raise BadCopy("the copy holds columns that no hub has")
            marks = ", ".join("?" * len(names))
            session.executemany(
                f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})",  # noqa: S608
                found.fetchall(),
            )


def _in_strides(source: sqlite3.Connection) -> Iterator[Sequence[Any]]:
    found = source.execute(f"SELECT {COLUMNS} FROM event ORDER BY position")  # noqa: S608
    while rows := found.fetchmany(STRIDE):
        yield rows
