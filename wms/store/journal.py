"""The journal table: facts appended, numbered, confirmed, read again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from wms.domain.events import Fact, Key
from wms.domain.ids import Badge, DeviceId
from wms.store.codec import decode, encode, kind_of


class Forked(ValueError):
    """Two different facts claim the same key: a device's whole folder was put back or copied, guard and all."""


_COLUMNS = "device, epoch, n, position, at, person, kind, body"
REPLAY_ORDER = "position IS NULL, position, seq"  # confirmed facts in the hub's order, then one's own


def append(connection: Any, fact: Fact) -> int:
    """Write a fact; returns its local sequence number."""
    row = (
        fact.key.device,
        fact.key.epoch,
        fact.key.n,
        fact.position,
        fact.at,
        fact.person,
        kind_of(fact.body),
        encode(fact.body),
    )
    marks = ", ".join("?" * len(row))
    return int(connection.execute(f"INSERT INTO journal ({_COLUMNS}) VALUES ({marks})", row).lastrowid)  # noqa: S608


def fact_of(row: tuple[Any, ...]) -> Fact:
    device, epoch, n, position, at, person, kind, body = row
    return Fact(Key(DeviceId(device), epoch, n), at, Badge(person), decode(kind, body), position)


def read(connection: Any, where: str, values: tuple[Any, ...] = (), limit: int = -1) -> list[Fact]:
    """Facts in replay order; `where` is SQL of this package, never data."""
    sql = f"SELECT {_COLUMNS} FROM journal WHERE {where} ORDER BY {REPLAY_ORDER} LIMIT ?"  # noqa: S608
    return [fact_of(row) for row in connection.execute(sql, (*values, limit))]


def replay(connection: Any) -> Iterator[Fact]:
    """Every fact, confirmed ones first, streamed."""
    sql = f"SELECT {_COLUMNS} FROM journal ORDER BY {REPLAY_ORDER}"  # noqa: S608
    for row in connection.execute(sql):
        yield fact_of(row)


def unsent(connection: Any, limit: int) -> list[Fact]:
    sql = f"SELECT {_COLUMNS} FROM journal WHERE position IS NULL ORDER BY seq LIMIT ?"  # noqa: S608
    return [fact_of(row) for row in connection.execute(sql, (limit,))]


def waiting(connection: Any) -> int:
    return int(connection.execute("SELECT count(*) FROM journal WHERE position IS NULL").fetchone()[0])


def head(connection: Any) -> int:
    """The highest position held; 0 in an empty journal."""
    return int(
        connection.execute("SELECT coalesce(max(position), 0) FROM journal WHERE position IS NOT NULL").fetchone()[0]
    )


def last_n(connection: Any, device: str, epoch: int) -> int:
    row = connection.execute("SELECT max(n) FROM journal WHERE device = ? AND epoch = ?", (device, epoch)).fetchone()
    return int(row[0] or 0)


def last_epoch(connection: Any, device: str) -> int:
    return int(connection.execute("SELECT max(epoch) FROM journal WHERE device = ?", (device,)).fetchone()[0] or 0)


def seq_of(connection: Any, key: Key) -> int | None:
    row = connection.execute(
        "SELECT seq FROM journal WHERE device = ? AND epoch = ? AND n = ?", (key.device, key.epoch, key.n)
    ).fetchone()
    return None if row is None else int(row[0])


def require_same(connection: Any, seq: int, fact: Fact) -> None:
    """Raise `Forked` unless the journal's entry `seq` says what `fact` says (its position aside)."""
    held = fact_of(connection.execute(f"SELECT {_COLUMNS} FROM journal WHERE seq = ?", (seq,)).fetchone())  # noqa: S608
    if (held.key, held.at, held.person, held.body) != (fact.key, fact.at, fact.person, fact.body):
        raise Forked(f"{fact.key.device}/{fact.key.epoch}/{fact.key.n} already stands for something else")


def confirm(connection: Any, seq: int, position: int) -> None:
    connection.execute("UPDATE journal SET position = ? WHERE seq = ?", (position, seq))


def unconfirmed(connection: Any) -> dict[tuple[str, int, int], int]:
    """Keys of facts without a position, in order, with their sequence numbers."""
    rows: Iterable[tuple[str, int, int, int]] = connection.execute(
        "SELECT device, epoch, n, seq FROM journal WHERE position IS NULL ORDER BY seq"
    )
    return {(device, epoch, n): seq for device, epoch, n, seq in rows}
