"""What a terminal still owes its hub: own facts without a position, keys not handed on yet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from wms.store import Store, journal
from wms.store.meta import set_meta
from wms.store.orphans import waiting
from wms.sync import wire
from wms.sync.wire import FactLine, KeyLine


def owed(store: Store, after: tuple[int, int], limit: int) -> list[FactLine]:
    """Own facts beyond (epoch, n) `after` that the hub has not numbered, all of one epoch, in order. Those it once had
    are not among them: see `lost`."""
    where = "position IS NULL AND was IS NULL AND device = ? AND (epoch, n) > (?, ?)"
    found = journal.lines(store.rows.connection, where, (store.device, *after), limit, "epoch, n")
    return [line for line in found if line.epoch == found[0].epoch]


def lost(store: Store, after: int, limit: int) -> list[tuple[int, FactLine]]:
    """Facts, whosesoever, that the hub had numbered before an older copy of it was put back, in their old order, with
    their old positions beyond `after`."""
    return journal.lost(store.rows.connection, after, limit)


def orphans(store: Store) -> int:
    """How many of these bear another key by now, because the hub gave theirs away."""
    return waiting(store.rows.connection)


def chain_before(store: Store, line: FactLine) -> bytes:
    """The hash over all that this device said in that epoch before that fact."""
    where = "device = ? AND epoch = ? AND n < ?"
    at = journal.CHAIN_START
    for said in journal.lines(store.rows.connection, where, (line.device, line.epoch, line.n), order="n"):
        at = journal.chain(at, said)
    return at


def chain_after(before: bytes, lines: Iterable[FactLine], n: int) -> tuple[int, int, bytes]:
    """Epoch, n and hash of the facts up to `n`, given the hash before the first of these."""
    at, epoch = before, 0
    for line in lines:
        if line.n <= n:
            at, epoch = journal.chain(at, line), line.epoch
    return epoch, n, at


def count_owed(store: Store, after: tuple[int, int]) -> int:
    sql = (
        "SELECT count(*) FROM journal WHERE position IS NULL AND device = ?"
        " AND ((epoch, n) > (?, ?) OR was IS NOT NULL)"
    )
    return int(store.rows.connection.execute(sql, (store.device, *after)).fetchone()[0])


def oldest_owed(store: Store, after: tuple[int, int]) -> int | None:
    """When the oldest fact that is owed was recorded, UTC milliseconds by this device's clock."""
    sql = (
        "SELECT min(at) FROM journal WHERE position IS NULL AND device = ? AND ((epoch, n) > (?, ?) OR was IS NOT NULL)"
    )
    found = store.rows.connection.execute(sql, (store.device, *after)).fetchone()[0]
    return None if found is None else int(found)


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


def keep_keys(store: Store, keys: Sequence[KeyLine], cursor: int, require: Callable[[Any], None]) -> None:
    """Keep keys that came. `cursor` is where the hub's changes of keys go on; `require` as in `Store.receive`."""

    def work(connection: Any) -> None:
        require(connection)
        write_keys(connection, keys)
        set_meta(connection, wire.KEYS_CURSOR, str(cursor))

    store.writer.do(work)


def write_keys(connection: Any, keys: Sequence[KeyLine]) -> list[str]:
    """Inside an open transaction. A key that is known never changes but to be destroyed, and a destroyed one never
    comes back. Returns the subjects whose keys this destroyed."""
    lives = "SELECT 1 FROM sealing_key WHERE subject = ? AND key IS NOT NULL"
    ends = dict.fromkeys(line.subject for line in keys if line.key is None)
    destroyed = [subject for subject in ends if connection.execute(lives, (subject,)).fetchone() is not None]
    connection.executemany(
        "INSERT INTO sealing_key (subject, key, sent) VALUES (?, ?, 1) ON CONFLICT (subject) DO UPDATE SET"
        " key = NULL WHERE sealing_key.key IS NOT NULL AND excluded.key IS NULL",
        [(line.subject, line.key) for line in keys],
    )
    return destroyed
