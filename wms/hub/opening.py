"""Opening a hub: whole, to serve it, or its small tables only, for what an administrator does beside a running one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TypeVar

from wms.config import Unfit
from wms.domain.records import Record
from wms.hub.audit import account
from wms.hub.database import HubDatabase, Session
from wms.hub.interface import HubStore
from wms.hub.roles import TerminalRole
from wms.hub.terminals import Terminals
from wms.hub.tokens import require_warehouse_name
from wms.store import Store

T = TypeVar("T")


class NoWarehouse(LookupError):
    """There is no such warehouse; the text says so, and what to do."""


class Tables(Record):
    """A hub's small tables, and the warehouses they speak of."""

    database: HubDatabase
    warehouses: tuple[str, ...]

    def one(self, named: str = "") -> str:
        """The warehouse of that name, or the only one. Raises `NoWarehouse`."""
        if named in self.warehouses:
            return named
        if not named and len(self.warehouses) == 1:
            return self.warehouses[0]
        known = ", ".join(self.warehouses) or "none"
        raise NoWarehouse(
            f"which warehouse? There are {known}. Say --warehouse NAME"
            if not named
            else f"there is no warehouse {named} here, only {known}. To add it: wms hub init --warehouse {named}"
        )


class _FileDatabase:
    """`HubDatabase` on one connection of its own to the hub's file."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def read(self, work: Callable[[Session], T]) -> T:
        return work(self._connection)

    def write(self, work: Callable[[Session], T]) -> T:
        from wms.store.database import immediate

        with immediate(self._connection):
            return work(self._connection)

    def snapshot(self, work: Callable[[Session], T]) -> T:
        from wms.hub.database import at_one_moment

        return at_one_moment(self._connection, work)


@contextmanager
def tables(folder: Path, url: str = "") -> Iterator[Tables]:
    """The small tables of the hub in `folder`, or of the database that `url` names; safe while the hub is served.

    Raises `StoreUnwritable`, `OSError`, and what `open_connection` raises.
    """
    if url:
        from wms.hub.postgres_database import PostgresDatabase
        from wms.hub.postgres_journal import warehouses

        database = PostgresDatabase(url)
        try:
            database.migrate()
            yield Tables(database, tuple(database.read(warehouses)))
        finally:
            database.close()
        return
    connection = _file(folder)
    try:
        yield Tables(_FileDatabase(connection), (warehouse_of(connection),))
    finally:
        connection.close()


@contextmanager
def hubs(folder: Path, url: str = "", named: Sequence[str] = ()) -> Iterator[Mapping[str, HubStore]]:
    """The hubs of these warehouses, or of all there are, by name; closed again at the end.

    Raises `NoWarehouse`, `StoreUnwritable`, and `ValueError` when the folder is a terminal's.
    """
    with ExitStack() as opened:
        found: dict[str, HubStore] = {}
        if url:
            from wms.hub.postgres import PostgresHub
            from wms.hub.postgres_database import PostgresDatabase
            from wms.hub.postgres_journal import warehouses

            database = PostgresDatabase(url)
            opened.callback(database.close)
            database.migrate()
            known = tuple(database.read(warehouses))
            if not known:
                raise NoWarehouse("this database has no warehouse yet. Begin with: wms hub init --warehouse NAME")
            for name in named or known:
                hub = PostgresHub(database, Tables(database, known).one(name), folder)
                opened.callback(hub.close)
                found[name] = hub
        else:
            from wms.hub.embedded import EmbeddedHub

            embedded = EmbeddedHub(folder)
            opened.callback(embedded.close)
            for name in named or (embedded.warehouse,):
                found[Tables(embedded.database, (embedded.warehouse,)).one(name)] = embedded
        yield found


def add(folder: Path, url: str, warehouse: str) -> bool:
    """Make the hub's tables where they are missing, and a warehouse of that name; False if it was there.

    A folder holds one warehouse, a database as many as are wanted. Raises `ValueError` for a name that can't be one or
    a folder that is something else already, `StoreUnwritable`, `OSError`.
    """
    require_warehouse_name(warehouse)
    if url:
        from wms.hub.postgres_database import PostgresDatabase
        from wms.hub.postgres_journal import add_warehouse

        database = PostgresDatabase(url)
        try:
            database.migrate()
            return database.write(lambda session: add_warehouse(session, warehouse))
        finally:
            database.close()
    from wms.hub.embedded import WAREHOUSE

    fresh = not (folder / "wms.sqlite3").exists()
    connection = _file(folder)
    try:
        if _is_member(connection):
            raise ValueError(f"{folder} belongs to a terminal of another hub")
        if fresh:
            _FileDatabase(connection).write(
                lambda session: session.execute("INSERT INTO meta (name, value) VALUES (?, ?)", (WAREHOUSE, warehouse))
            )
        elif warehouse_of(connection) != warehouse:
            raise ValueError(f"{folder} holds the warehouse {warehouse_of(connection)}: one folder, one warehouse")
        return fresh
    finally:
        connection.close()


def new_code(folder: Path, name: str, role: TerminalRole = TerminalRole.ALL, *, url: str = "") -> str:
    """A one-time code for a terminal to be called `name`, also while the hub is being served. Raises as `tables`."""
    with tables(folder, url) as found:
        terminals = Terminals(found.database, found.one())
        return terminals.new_code(name, role, account(), int(time.time()))


def _file(folder: Path) -> Any:
    """The hub's file with all its tables."""
    from wms.hub import tables as hub_tables
    from wms.store.database import migrate, open_connection

    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "wms.sqlite3"
    if not path.exists():
        path.touch(0o600)
    connection = open_connection(path)
    try:
        migrate(connection)
        hub_tables.migrate(connection)
    except Unfit:
        connection.close()
        raise
    return connection


def add_tables(store: Store) -> None:
    """Make the hub's small tables in a store that is open."""
    from wms.hub import tables as hub_tables

    store.writer.do(hub_tables.migrate)


def warehouse_of(connection: Any) -> str:
    """The name of the warehouse whose file that is."""
    from wms.hub.embedded import MAIN, WAREHOUSE

    return _meta(connection, WAREHOUSE) or MAIN


def _is_member(connection: Any) -> bool:
    return bool(_meta(connection, "member"))


def _meta(connection: Any, name: str) -> str:
    row = connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
    return "" if row is None else str(row[0])
