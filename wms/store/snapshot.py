"""A snapshot: journal and picture at one position in one SQLite file, for a terminal that is new or far behind.

It holds no keys and nothing of one device's own, so it may lie about and travel as it is.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from wms.domain.events import VERSION, Key
from wms.domain.ids import DeviceId
from wms.store import journal, rebase
from wms.store.batch import BatchTables
from wms.store.database import open_connection
from wms.store.journal import COLUMNS, Forked, Line
from wms.store.meta import set_meta
from wms.store.orphans import make_way
from wms.store.schema import ROWS, fingerprint
from wms.store.store import Store, anything


class BadSnapshot(ValueError):
    """The file is no snapshot, is broken, or was made by a newer version."""


def make(store: Store, path: Path) -> int:
    """Write what is confirmed in `store` to a new file; returns its position. Others go on writing meanwhile."""
    path.unlink(missing_ok=True)
    connection = open_connection(store.path)
    with contextlib.closing(connection):
        connection.execute("ATTACH DATABASE ? AS snapshot KEY ''", (str(path),))
        connection.execute("PRAGMA snapshot.journal_mode = OFF")
        connection.execute("PRAGMA snapshot.synchronous = OFF")
        connection.execute("BEGIN")  # all of it is read at one moment
        connection.execute(
            "CREATE TABLE snapshot.journal (device TEXT, epoch INTEGER, n INTEGER, position INTEGER PRIMARY KEY,"
            " at INTEGER, person TEXT, kind TEXT, body TEXT)"
        )
        connection.execute(
            f"INSERT INTO snapshot.journal ({COLUMNS}) SELECT {COLUMNS} FROM main.journal"  # noqa: S608
            " WHERE position IS NOT NULL ORDER BY position"
        )
        for kind in ROWS:
            connection.execute(f"CREATE TABLE snapshot.{kind.TABLE} AS SELECT * FROM main.{kind.TABLE}")  # noqa: S608
        position = journal.head(connection)
        unconfirmed = journal.waiting(connection)
        connection.execute("CREATE TABLE snapshot.about (name TEXT PRIMARY KEY, value TEXT)")
        about = {"position": position, "version": VERSION, "schema": "" if unconfirmed else fingerprint()}
        connection.executemany("INSERT INTO snapshot.about VALUES (?, ?)", [(k, str(v)) for k, v in about.items()])
        connection.execute("COMMIT")
        connection.execute("DETACH DATABASE snapshot")
    return position


def adopt(store: Store, path: Path, *, require: Callable[[Any], None] = anything) -> int:
    """Put the snapshot beneath what `store` has not had confirmed; returns its position. One transaction, in which
    `require` is asked first.

    Raises `BadSnapshot`; `Forked` where the snapshot holds another fact under the key of an own one.
    """

    def work(connection: Any) -> int:
        require(connection)
        about = dict(connection.execute("SELECT name, value FROM snapshot.about"))
        if int(about["version"]) > VERSION:
            raise BadSnapshot("a newer version made this snapshot: update this terminal")
        _make_way(connection)
        _require_same(connection)
        _take_journal(connection)
        tables = BatchTables(connection)
        tables.clear()
        if about["schema"] == fingerprint():
            for kind in ROWS:
                names = ", ".join(kind.__struct_fields__)
                connection.execute(
                    f"INSERT INTO main.{kind.TABLE} ({names}) SELECT {names} FROM snapshot.{kind.TABLE}"  # noqa: S608
                )
        else:
            rebase.replay_confirmed(connection)
        set_meta(connection, "undo", "kept")
        rebase.lay_again(connection, tables)
        return int(about["position"])

    try:
        return store.writer.do(work, attach=path)
    except (KeyError, TypeError) as error:
        raise BadSnapshot("the file is no snapshot") from error


def _take_journal(connection: Any) -> None:
    same = "journal.device = s.device AND journal.epoch = s.epoch AND journal.n = s.n"
    connection.execute(
        "UPDATE main.journal SET position = s.position, was = NULL FROM snapshot.journal AS s"  # noqa: S608
        f" WHERE {same} AND journal.position IS NULL"
    )
    connection.execute(
        f"INSERT INTO main.journal ({COLUMNS}) SELECT {COLUMNS} FROM snapshot.journal AS s WHERE NOT EXISTS"  # noqa: S608
        f" (SELECT 1 FROM main.journal WHERE {same}) ORDER BY position"
    )


def _make_way(connection: Any) -> None:
    found = connection.execute(
        "SELECT s.device, s.epoch, s.n, s.position, s.at, s.person, s.kind, s.body FROM snapshot.journal AS s"
        " JOIN main.journal AS held USING (device, epoch, n) WHERE held.was IS NOT NULL AND"
        " (held.at, held.person, held.kind, held.body) <> (s.at, s.person, s.kind, s.body)"
    ).fetchall()
    make_way(
        connection,
        [
            Line(device, epoch, n, position, at, person, kind, msgspec.Raw(body.encode()))
            for device, epoch, n, position, at, person, kind, body in found
        ],
    )


def _require_same(connection: Any) -> None:
    row = connection.execute(
        "SELECT s.device, s.epoch, s.n FROM snapshot.journal AS s"
        " JOIN main.journal AS held USING (device, epoch, n) WHERE held.position IS NULL AND"
        " (held.at, held.person, held.kind, held.body) <> (s.at, s.person, s.kind, s.body) ORDER BY epoch, n LIMIT 1"
    ).fetchone()
    if row is not None:
        raise Forked(Key(DeviceId(row[0]), row[1], row[2]))
