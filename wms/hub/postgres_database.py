"""PostgreSQL under the hub's SQL: a pool of connections, `?` for values, once more after a deadlock."""

from __future__ import annotations

import functools
import logging
import random
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import psycopg
from psycopg import errors
from psycopg_pool import ConnectionPool, PoolTimeout

from wms.hub.database import DatabaseAway, Found, Session
from wms.hub.schema import COMMON, POSTGRES, statements
from wms.store.database import StoreUnwritable, newer

T = TypeVar("T")
POOL = 8
TRIES = 6
PATIENCE = 5.0  # seconds to get a connection
_AGAIN = (errors.SerializationFailure, errors.DeadlockDetected)
_DISK = (errors.DiskFull, errors.IoError)
log = logging.getLogger(__name__)


class PostgresSession:
    """One transaction on one connection. `used` tells that the server has carried something out in it."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection, self.used = connection, False

    def execute(self, sql: str, values: Sequence[Any] = (), /) -> Found:
        found = self.connection.execute(_marks(sql), values)
        self.used = True
        return found

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]], /) -> object:
        with self.connection.cursor() as cursor:
            cursor.executemany(_marks(sql), rows)
        self.used = True
        return None

    def copy(self, table: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
        """Insert many rows at twice the speed of `executemany`. Names are this program's own."""
        with self.connection.cursor() as cursor, cursor.copy(_copying(table, columns)) as copy:
            for row in rows:
                copy.write_row(row)


def _copying(table: str, columns: str) -> Any:
    return f"COPY {table} ({columns}) FROM STDIN"


@functools.lru_cache(maxsize=256)
def _marks(sql: str) -> Any:
    return sql.replace("%", "%%").replace("?", "%s")


class PostgresDatabase:
    """`HubDatabase` on a PostgreSQL. Open until `close`."""

    def __init__(self, url: str) -> None:
        """`url` is a libpq connection string or URI. Raises `StoreUnwritable` when the server can't be reached."""
        self._pool, self._readers = (_pool(url, autocommit=autocommit) for autocommit in (False, True))
        try:
            self._pool.open(wait=True, timeout=PATIENCE)
            self._readers.open()
        except PoolTimeout as error:
            self.close()
            raise DatabaseAway(_why(url)) from error

    def read(self, work: Callable[[Session], T]) -> T:
        """Each statement sees what is committed when it begins."""
        return self._do(self._readers, work)

    def write(self, work: Callable[[Session], T]) -> T:
        return self._do(self._pool, lambda session: _committed(session, work))

    def _do(self, pool: ConnectionPool[Any], work: Callable[[PostgresSession], T]) -> T:
        for tried in range(1, TRIES + 1):
            session = None
            try:
                with pool.connection() as connection:
                    session = PostgresSession(connection)
                    return work(session)
            except _AGAIN as error:
                if tried == TRIES:
                    raise DatabaseAway("the database is too busy") from error
                time.sleep(random.uniform(0, 0.02 * tried))  # noqa: S311  # spreads those that met
            except (psycopg.OperationalError, psycopg.InternalError) as error:
                idle = session is not None and not session.used and session.connection.broken
                if not idle or tried == TRIES:  # a server that was restarted has left dead connections in the pool
                    raise _unwritable(error) from error
        raise AssertionError("unreachable")

    def snapshot(self, work: Callable[[Session], T]) -> T:
        def isolated(session: Session) -> T:
            session.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            return work(session)

        return self.write(isolated)

    def migrate(self) -> None:
        """Run the steps that this database lacks; two hubs that start at once do not run one twice. Raises `Unfit`
        where a newer version has been at work."""
        self.write(_migrate)

    def close(self) -> None:
        for pool in (self._pool, self._readers):
            pool.close()


def _pool(url: str, *, autocommit: bool) -> ConnectionPool[Any]:
    return ConnectionPool(
        url,
        min_size=1,
        max_size=POOL,
        timeout=PATIENCE,
        open=False,
        kwargs={"application_name": "wms hub", "connect_timeout": 5, "autocommit": autocommit},
        name="hub",
    )


def _committed(session: PostgresSession, work: Callable[[Session], T]) -> T:
    """A commit whose wait for the standby is cancelled (an administrator's `pg_cancel_backend`) succeeds with a mere
    warning, before the standby has it. That is no success: whoever is not told so says it again."""
    severities: list[str | None] = []

    def heed(notice: errors.Diagnostic) -> None:
        severities.append(notice.severity_nonlocalized)  # at once: libpq takes the notice back

    connection = session.connection
    connection.add_notice_handler(heed)
    try:
        done = work(session)
        connection.commit()
    finally:
        connection.remove_notice_handler(heed)
    if "WARNING" in severities:
        raise DatabaseAway("the database's standby has not confirmed the commit")
    return done


def _migrate(session: Session) -> None:
    session.execute("CREATE TABLE IF NOT EXISTS hub_schema (step TEXT PRIMARY KEY, serial BIGINT NOT NULL)")
    session.execute("INSERT INTO hub_schema (step, serial) VALUES ('', 0) ON CONFLICT (step) DO NOTHING")
    session.execute("SELECT step FROM hub_schema WHERE step = '' FOR UPDATE")
    done = {row[0] for row in session.execute("SELECT step FROM hub_schema").fetchall()}
    if done - {"", *(step for step, _ in (*COMMON, *POSTGRES))}:
        raise newer()
    for serial, (step, text) in enumerate((*COMMON, *POSTGRES), 1):
        if step not in done:
            for statement in statements(text, integer="BIGINT", binary="BYTEA"):
                session.execute(statement)
            session.execute("INSERT INTO hub_schema (step, serial) VALUES (?, ?)", (step, serial))


def _unwritable(error: psycopg.Error) -> StoreUnwritable:
    kind = StoreUnwritable if isinstance(error, _DISK) else DatabaseAway
    return kind(_said(error))


def _said(error: psycopg.Error) -> str:
    """The engine's first line: it names hosts and files, never values."""
    return (error.diag.message_primary or str(error)).partition("\n")[0]


def _why(url: str) -> str:
    """Why the server does not answer; a connection that fails in the pool does not say. Never names the password."""
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.Error as error:
        return _said(error)
    return "the database does not answer in time"
