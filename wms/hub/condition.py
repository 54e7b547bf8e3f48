"""How a hub stands, looked up beside it: what an administrator and a monitor want to know at a glance."""

from __future__ import annotations

from pathlib import Path

from wms.domain.records import Record
from wms.hub import lives
from wms.hub.database import HubDatabase, Session


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


def look(database: HubDatabase, folder: Path, url: str, warehouse: str) -> Condition:
    """Raises `StoreUnwritable`. The picture of a hub on PostgreSQL is found only on the machine that serves it."""

    def work(session: Session) -> tuple[int, str, int, int, int | None]:
        present = lives.present(session, warehouse)
        count = len(lives.lives(session, warehouse))
        if url:
            head = _one(session, "SELECT position FROM hub_head WHERE wh = ?", warehouse)
            keys = _one(session, "SELECT count(*) FROM hub_key WHERE wh = ? AND key IS NOT NULL", warehouse)
            size = _one(session, "SELECT pg_database_size(current_database())")
        else:
            head = _one(session, "SELECT coalesce(max(position), 0) FROM journal")
            keys = _one(session, "SELECT count(*) FROM sealing_key WHERE key IS NOT NULL")
            files = (folder / f"wms.sqlite3{ending}" for ending in ("", "-wal", "-shm"))
            size = sum(path.stat().st_size for path in files if path.exists())
        return head, present[0] if present else "", count, keys, size

    head, life, count, keys, size = database.read(work)
    seen, exceptions = _picture(folder, url, warehouse, life)
    lag = None if seen is None else max(head - seen, 0)
    return Condition(head, life, count, exceptions, lag, size, keys, None)


def _one(session: Session, sql: str, *values: object) -> int:
    return int(session.execute(sql, values).fetchone()[0])


def _picture(folder: Path, url: str, warehouse: str, life: str) -> tuple[int | None, int | None]:
    """How far the picture has come, and how many reviews are open in it."""
    from wms.domain.review import Review
    from wms.store import journal
    from wms.store.database import DatabaseError, open_connection
    from wms.store.tables import SqliteRows

    places = [folder / f"picture.{warehouse}.{life}", folder / f"picture.{warehouse}"] if url else [folder]
    path = next((place / "wms.sqlite3" for place in places if (place / "wms.sqlite3").exists()), None)
    if path is None:
        return None, None
    connection = open_connection(path, read_only=True)
    try:
        return journal.head(connection), len(SqliteRows(connection).where(Review, open=True))
    except DatabaseError:  # made by another version: the hub brings it up to date when it starts
        return None, None
    finally:
        connection.close()
