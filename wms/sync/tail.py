"""What a terminal still owes its hub: own facts without a position, keys not handed on yet."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wms.domain.events import Fact
from wms.store import Store, journal
from wms.sync.wire import KeyLine

KEYS_CURSOR = "keys_seen"


def owed(store: Store, after: tuple[int, int], limit: int) -> list[Fact]:
    """Own facts beyond (epoch, n) `after` that the hub has not numbered, all of one epoch, in order."""
    where = "position IS NULL AND device = ? AND (epoch, n) > (?, ?)"
    found = journal.read(store.rows.connection, where, (store.device, *after), limit)
    return [fact for fact in found if fact.key.epoch == found[0].key.epoch]


def count_owed(store: Store, after: tuple[int, int]) -> int:
    sql = "SELECT count(*) FROM journal WHERE position IS NULL AND device = ? AND (epoch, n) > (?, ?)"
    return int(store.rows.connection.execute(sql, (store.device, *after)).fetchone()[0])


def unsent_keys(store: Store, limit: int) -> list[KeyLine]:
    found = store.rows.connection.execute("SELECT subject, key FROM sealing_key WHERE sent = 0 LIMIT ?", (limit,))
    return [KeyLine(subject, key) for subject, key in found]


def keys_were_sent(store: Store, keys: Iterable[KeyLine]) -> None:
    """A key that was destroyed while it travelled stays unsent, so that its destruction follows."""
    rows = [(line.subject, line.key) for line in keys]
    store.writer.do(
        lambda connection: connection.executemany(
            "UPDATE sealing_key SET sent = 1 WHERE subject = ? AND key IS ?", rows
        )
    )


def keep_keys(store: Store, keys: Iterable[KeyLine], cursor: int | None = None) -> None:
    """Keep keys that came; a destroyed one never comes back. `cursor` is where the hub's changes of keys go on."""
    rows = [(line.subject, line.key) for line in keys]

    def work(connection: Any) -> None:
        connection.executemany(
            "INSERT INTO sealing_key (subject, key, sent) VALUES (?, ?, 1) ON CONFLICT (subject) DO UPDATE SET"
            " key = excluded.key WHERE sealing_key.key IS NOT NULL AND excluded.key IS NOT sealing_key.key",
            rows,
        )
        if cursor is not None:
            connection.execute(
                "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                (KEYS_CURSOR, str(cursor)),
            )

    store.writer.do(work)
