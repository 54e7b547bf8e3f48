"""How a hub stands, looked up beside it: what an administrator and a monitor want to know at a glance."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from wms.domain.records import Record
from wms.domain.review import Review
from wms.hub import lives
from wms.hub.database import HubDatabase, Session
from wms.store import journal
from wms.store.database import open_connection
from wms.store.erasure import DAY_S, due
from wms.store.schema import fingerprint
from wms.store.sealing import order_of
from wms.store.tables import SqliteRows


class Condition(Record):
    """`exceptions` are open reviews, `picture_lag` the facts of the journal that are not in the picture yet, `size` the
    database's bytes, `keys` those that still open a recipient and `keys_due` those of them that policy says are to be
    destroyed. None stands for what can't be told from this machine."""

    head: int
    life: str
    lives: int
    exceptions: int | None
    picture_lag: int | None
    size: int | None
    keys: int
    keys_due: int | None


def look(database: HubDatabase, folder: Path, url: str, warehouse: str, *, kept_days: int, now: int) -> Condition:
    """`kept_days` is how long recipients may be read after their order was over, `now` UTC seconds.

    Raises `StoreUnwritable`. The picture of a hub on PostgreSQL is found only on the machine that serves it.
    """

    def work(session: Session) -> tuple[int, str, int, list[str], int | None]:
        present = lives.present(session, warehouse)
        count = len(lives.lives(session, warehouse))
        if url:
            head = _one(session, "SELECT position FROM hub_head WHERE wh = ?", warehouse)
            keys = session.execute("SELECT subject FROM hub_key WHERE wh = ? AND key IS NOT NULL", (warehouse,))
            size = _one(session, "SELECT pg_database_size(current_database())")
        else:
            head = _one(session, "SELECT coalesce(max(position), 0) FROM journal")
            keys = session.execute("SELECT subject FROM sealing_key WHERE key IS NOT NULL")
            files = (folder / f"wms.sqlite3{ending}" for ending in ("", "-wal", "-shm"))
            size = sum(path.stat().st_size for path in files if path.exists())
        return head, present[0] if present else "", count, [row[0] for row in keys.fetchall()], size

    head, life, count, keys, size = database.read(work)
    with _picture(folder, url, warehouse, life) as rows:
        if rows is None:
            return Condition(head, life, count, None, None, size, len(keys), None)
        exceptions, seen = len(rows.where(Review, open=True)), journal.head(rows.connection)
        over = due(rows, dict.fromkeys(map(order_of, keys)), now - kept_days * DAY_S)
        return Condition(head, life, count, exceptions, max(head - seen, 0), size, len(keys), len(over))


def _one(session: Session, sql: str, *values: object) -> int:
    return int(session.execute(sql, values).fetchone()[0])


@contextmanager
def _picture(folder: Path, url: str, warehouse: str, life: str) -> Iterator[SqliteRows | None]:
    """The picture as it lies on this machine; None if it does not, or was made by another version."""
    places = [folder / f"picture.{warehouse}.{life}", folder / f"picture.{warehouse}"] if url else [folder]
    path = next((place / "wms.sqlite3" for place in places if (place / "wms.sqlite3").exists()), None)
    if path is None:
        yield None
        return
    connection = open_connection(path, read_only=True)
    try:
        made = connection.execute("SELECT value FROM meta WHERE name = 'schema'").fetchone()
        yield SqliteRows(connection) if made is not None and made[0] == fingerprint() else None
    finally:
        connection.close()
