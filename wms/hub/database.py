"""One SQL for the hub's own small tables, on SQLite and on PostgreSQL.

Statements use `?` for values and nothing that only one engine has. A `write` is one transaction, on the disk when it
returns; where the engine asks for it (a deadlock, a serialization failure) it is run again: `work` does nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol, TypeVar

from wms.store import Store, StoreUnwritable

T = TypeVar("T")


class DatabaseAway(StoreUnwritable):
    """The database server can't be reached, or takes nothing at present; no disk of the hub's is at fault."""


class Found(Protocol):
    """What a statement found; `description` names the columns, as in the Python Database API."""

    @property
    def description(self) -> Any: ...

    def fetchone(self) -> Any: ...

    def fetchall(self) -> list[Any]: ...


class Session(Protocol):
    """Inside one transaction."""

    def execute(self, sql: str, values: Sequence[Any] = (), /) -> Found: ...

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]], /) -> object: ...


class HubDatabase(Protocol):
    """Raises `StoreUnwritable` when the engine can't be reached or can't write."""

    def read(self, work: Callable[[Session], T]) -> T: ...

    def write(self, work: Callable[[Session], T]) -> T: ...

    def snapshot(self, work: Callable[[Session], T]) -> T:
        """`read` at one moment, however many statements that takes; others go on writing."""


class SqliteHubDatabase:
    """The tables lie in the file of the hub's own store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def read(self, work: Callable[[Session], T]) -> T:
        return work(self._store.rows.connection)

    def write(self, work: Callable[[Session], T]) -> T:
        return self._store.writer.do(work)

    def snapshot(self, work: Callable[[Session], T]) -> T:
        return at_one_moment(self._store.rows.connection, work)


def at_one_moment(connection: Any, work: Callable[[Session], T]) -> T:
    """`work` in one read transaction of a SQLite connection."""
    connection.execute("BEGIN")
    try:
        return work(connection)
    finally:
        connection.execute("ROLLBACK")
