"""SQLite opened the way a warehouse needs it, and the one thread that writes to it.

`synchronous=FULL` because with NORMAL a power cut loses commits that were already shown as green. The SQLite is the one
bundled with sqlcipher3: versions before 3.51.3 can corrupt a WAL when two connections reset it (sqlite.org/wal.html).
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sqlcipher3 import dbapi2 as sqlite

if TYPE_CHECKING:
    from sqlite_utils import Database

JOURNAL_VERSION = 3
"""How many migrations there are; a database that says so itself (`PRAGMA user_version`) needs none."""

T = TypeVar("T")
DatabaseError: type[Exception] = sqlite.Error
IntegrityError: type[Exception] = sqlite.IntegrityError


class StoreUnwritable(RuntimeError):
    """Nothing can be committed: the disk is full, read-only or broken. The text says which."""


def open_connection(path: Path, *, read_only: bool = False) -> Any:
    """Open (or make) the database file. WAL, FULL, foreign keys, five seconds' patience with another process."""
    if read_only:
        uri = f"{path.absolute().as_uri()}?mode=ro"
        connection = sqlite.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
    else:
        connection = sqlite.connect(str(path), isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA busy_timeout=5000")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA cache_size=-4000")
    return connection


def database(connection: Any) -> Database:
    """The connection with sqlite-utils around it, imported only here: it costs 60 ms that no first paint should wait
    for, and an existing database is opened without it."""
    from sqlite_utils import Database

    return Database(connection)


def connect(path: Path, *, read_only: bool = False) -> Database:
    """`open_connection` with sqlite-utils around it."""
    return database(open_connection(path, read_only=read_only))


def migrate(connection: Any) -> None:
    """Bring the journal's tables to this version; nothing is imported or written where they are."""
    if connection.execute("PRAGMA user_version").fetchone()[0] >= JOURNAL_VERSION:
        return
    from wms.store.migrations import MIGRATIONS

    MIGRATIONS.apply(database(connection))
    connection.execute(f"PRAGMA user_version = {JOURNAL_VERSION}")


@contextmanager
def immediate(connection: Any) -> Iterator[None]:
    """One write transaction. atomic() alone would begin deferred, and a read before its first write could then fail
    as busy at once."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


class Writer:
    """The one thread that writes. `do` hands it a function and waits for the commit; an exception rolls back."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._db: Database | None = None
        self._jobs: queue.SimpleQueue[tuple[Callable[[Any], Any], Future[Any]] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    def do(self, work: Callable[[Any], T]) -> T:
        """Run `work(connection)` in one immediate transaction; returns after the commit is on the disk.

        Raises `StoreUnwritable` when SQLite can't write, and whatever `work` raises.
        """
        done: Future[T] = Future()
        self._jobs.put((work, done))
        return done.result()

    def close(self) -> None:
        self._jobs.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            work, done = job
            try:
                done.set_result(self._commit(work))
            except sqlite.OperationalError as error:
                unwritable = StoreUnwritable(str(error))
                unwritable.__cause__ = error
                done.set_exception(unwritable)
            except BaseException as error:
                done.set_exception(error)

    def _commit(self, work: Callable[[Any], T]) -> T:
        if self._db is None:
            self._db = database(self._connection)
        with immediate(self._connection), self._db.atomic():
            return work(self._connection)
