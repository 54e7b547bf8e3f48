"""The journal table: facts appended, numbered, confirmed, read again.

A fact goes from node to node as the `Line` that its device wrote: nothing rewrites its body.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import msgspec

from wms.domain.events import Fact, Key
from wms.domain.ids import Badge, DeviceId
from wms.store.codec import decode, encode, kind_of


class Forked(ValueError):
    """Two different facts claim the same key: a device's whole folder was put back or copied, guard and all.

    `key` is the first such key.
    """

    def __init__(self, key: Key) -> None:
        super().__init__(f"{key.device}/{key.epoch}/{key.n} already stands for something else")
        self.key = key


class Line(msgspec.Struct, array_like=True, frozen=True):
    """A fact as an array: its key, its position (null until the hub numbered it), its circumstances, its event."""

    device: str
    epoch: int
    n: int
    position: int | None
    at: int
    person: str
    kind: str
    body: msgspec.Raw

    @property
    def key(self) -> Key:
        return Key(DeviceId(self.device), self.epoch, self.n)

    @property
    def text(self) -> str:
        return bytes(self.body).decode()


COLUMNS = "device, epoch, n, position, at, person, kind, body"
_INSERT = f"INSERT INTO journal ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
REPLAY_ORDER = "position IS NULL, position, was IS NULL, was, seq"
"""Confirmed facts in the hub's order; then those that were, before the hub lost them; then one's own."""
CHAIN_START = bytes(32)
_CIRCUMSTANCES = msgspec.json.Encoder()


def line_of(fact: Fact) -> Line:
    key, body = fact.key, fact.body
    text = msgspec.Raw(encode(body).encode())
    return Line(key.device, key.epoch, key.n, fact.position, fact.at, fact.person, kind_of(body), text)


def fact_of(line: Line) -> Fact:
    return Fact(line.key, line.at, Badge(line.person), decode(line.kind, bytes(line.body)), line.position)


def at_position(line: Line, position: int) -> Line:
    return Line(line.device, line.epoch, line.n, position, line.at, line.person, line.kind, line.body)


def chain(before: bytes, line: Line) -> bytes:
    """The hash over a device's facts up to this one, given that up to the one before (`CHAIN_START` before the first
    of an epoch): SHA-256 of the hash before, the key and circumstances as a JSON array, and the body as written."""
    said = _CIRCUMSTANCES.encode((line.device, line.epoch, line.n, line.at, line.person, line.kind))
    return hashlib.sha256(before + said + bytes(line.body)).digest()


def append(connection: Any, line: Line) -> int:
    """Write a fact; returns its local sequence number."""
    return int(connection.execute(_INSERT, cells_of(line)).lastrowid)


def append_all(connection: Any, lines: Iterable[Line]) -> None:
    connection.executemany(_INSERT, map(cells_of, lines))


def cells_of(line: Line) -> tuple[Any, ...]:
    """As a row of `COLUMNS`."""
    return line.device, line.epoch, line.n, line.position, line.at, line.person, line.kind, line.text


def line_from(row: Sequence[Any]) -> Line:
    """From a row of `COLUMNS`."""
    device, epoch, n, position, at, person, kind, body = row
    return Line(device, epoch, n, position, at, person, kind, msgspec.Raw(body.encode()))


def lines(connection: Any, where: str, values: tuple[Any, ...] = (), limit: int = -1, order: str = "") -> list[Line]:
    """Facts as written, in replay order unless `order` says another; `where` and `order` are SQL of this program."""
    sql = f"SELECT {COLUMNS} FROM journal WHERE {where} ORDER BY {order or REPLAY_ORDER} LIMIT ?"  # noqa: S608
    return [line_from(row) for row in connection.execute(sql, (*values, limit))]


def read(connection: Any, where: str, values: tuple[Any, ...] = (), limit: int = -1) -> list[Fact]:
    """Facts in replay order; `where` is SQL of this program, never data."""
    return [fact_of(line) for line in lines(connection, where, values, limit)]


def replay(connection: Any, where: str = "1") -> Iterator[Fact]:
    """Facts in replay order, streamed."""
    sql = f"SELECT {COLUMNS} FROM journal WHERE {where} ORDER BY {REPLAY_ORDER}"  # noqa: S608
    for row in connection.execute(sql):
        yield fact_of(line_from(row))


def unsent(connection: Any, limit: int) -> list[Fact]:
    return read(connection, "position IS NULL", (), limit)


def waiting(connection: Any) -> int:
    return int(connection.execute("SELECT count(*) FROM journal WHERE position IS NULL").fetchone()[0])


def head(connection: Any) -> int:
    """The highest position held; 0 in an empty journal."""
    return int(
        connection.execute("SELECT coalesce(max(position), 0) FROM journal WHERE position IS NOT NULL").fetchone()[0]
    )


def key_at(connection: Any, position: int) -> Key | None:
    sql = "SELECT device, epoch, n FROM journal WHERE position = ?"
    row = connection.execute(sql, (position,)).fetchone()
    return None if row is None else Key(DeviceId(row[0]), row[1], row[2])


def last_n(connection: Any, device: str, epoch: int) -> int:
    row = connection.execute("SELECT max(n) FROM journal WHERE device = ? AND epoch = ?", (device, epoch)).fetchone()
    return int(row[0] or 0)


def last_epoch(connection: Any, device: str) -> int:
    return int(connection.execute("SELECT max(epoch) FROM journal WHERE device = ?", (device,)).fetchone()[0] or 0)


def held(connection: Any, line: Line) -> int | None:
    """The sequence number under which this very fact is held (its position aside); None where its key is not.

    Raises `Forked` when the key stands for something else.
    """
    sql = "SELECT seq, at, person, kind, body FROM journal WHERE device = ? AND epoch = ? AND n = ?"
    row = connection.execute(sql, (line.device, line.epoch, line.n)).fetchone()
    if row is None:
        return None
    if tuple(row[1:]) != (line.at, line.person, line.kind, line.text):
        raise Forked(line.key)
    return int(row[0])


def held_among(connection: Any, lines: Sequence[Line]) -> dict[Key, Line]:
    """The facts that stand for the keys of these, where they are held."""
    found: dict[Key, Line] = {}
    for run in _runs(lines):
        where = "device = ? AND epoch = ? AND n BETWEEN ? AND ?"
        for line in _lines_of(connection, where, (run[0].device, run[0].epoch, run[0].n, run[-1].n)):
            found[line.key] = line
    return found


def _runs(lines: Sequence[Line]) -> Iterator[Sequence[Line]]:
    """Parts whose keys follow each other."""
    first = 0
    for i in range(1, len(lines) + 1):
        before = lines[i - 1]
        if i == len(lines) or (lines[i].device, lines[i].epoch, lines[i].n) != (
            before.device,
            before.epoch,
            before.n + 1,
        ):
            yield lines[first:i]
            first = i


def _lines_of(connection: Any, where: str, values: tuple[Any, ...]) -> Iterator[Line]:
    """Facts as written, in no order."""
    return map(line_from, connection.execute(f"SELECT {COLUMNS} FROM journal WHERE {where}", values))  # noqa: S608


def same(one: Line, other: Line) -> bool:
    """Whether two lines are one fact, their positions aside."""
    return (one.n, one.at, one.person, one.kind, bytes(one.body), one.epoch, one.device) == (
        other.n,
        other.at,
        other.person,
        other.kind,
        bytes(other.body),
        other.epoch,
        other.device,
    )


def lost(connection: Any, after: int, limit: int) -> list[tuple[int, Line]]:
    """Facts that have lost their positions, with these, beyond `after`, in that order."""
    sql = f"SELECT was, {COLUMNS} FROM journal WHERE was > ? ORDER BY was LIMIT ?"  # noqa: S608
    return [(row[0], line_from(row[1:])) for row in connection.execute(sql, (after, limit))]


def confirm(connection: Any, positions: Sequence[tuple[int | None, int]]) -> None:
    """Each fact, by its sequence number, gets a position."""
    connection.executemany("UPDATE journal SET position = ?, was = NULL WHERE seq = ?", positions)


def oldest_unconfirmed(connection: Any, limit: int) -> list[tuple[int, Line]]:
    """The first facts without a position, in replay order, with their sequence numbers."""
    return list(islice(unconfirmed_lines(connection), limit))


def unconfirmed_lines(connection: Any) -> Iterator[tuple[int, Line]]:
    """Facts without a position, in replay order, with their sequence numbers: streamed, so they must not change yet."""
    for where, order in (("was IS NOT NULL", "was, seq"), ("was IS NULL", "seq")):  # each has its index
        sql = f"SELECT seq, {COLUMNS} FROM journal WHERE position IS NULL AND {where} ORDER BY {order}"  # noqa: S608
        for row in connection.execute(sql):
            yield row[0], line_from(row[1:])


def unconfirmed(connection: Any) -> dict[tuple[str, int, int], int]:
    """Keys of facts without a position, in order, with their sequence numbers."""
    rows: Iterable[tuple[str, int, int, int]] = connection.execute(
        f"SELECT device, epoch, n, seq FROM journal WHERE position IS NULL ORDER BY {REPLAY_ORDER}"  # noqa: S608
    )
    return {(device, epoch, n): seq for device, epoch, n, seq in rows}
