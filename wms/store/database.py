"""SQLite opened the way a warehouse needs it, and the one thread that writes to it.

`synchronous=FULL` because with NORMAL a power cut loses commits that were already shown as green. The SQLite is the one
bundled with sqlcipher3: versions before 3.51.3 can corrupt a WAL when two connections reset it (sqlite.org/wal.html).
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

from sqlcipher3 import dbapi2 as sqlite
from sqlite_utils import Database

from wms.store.migrations import MIGRATIONS

T = TypeVar("T")
DatabaseError: type[Exception] = sqlite.Error
IntegrityError: type[Exception] = sqlite.IntegrityError


class StoreUnwritable(RuntimeError):
    """Nothing can be committed: the disk is full, read-only or broken. The text says which."""


def connect(path: Path, *, read_only: bool = False) -> Database:
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
    return Database(connection)


def migrate(db: Database) -> None:
    MIGRATIONS.apply(db)


class Writer:
    """The one thread that writes. `do` hands it a function and waits for the commit; an exception rolls back."""

    def __init__(self, db: Database) -> None:
        self._db = db
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
                # atomic() alone would begin deferred, and a read before the first write could then fail as BUSY
                self._db.conn.execute("BEGIN IMMEDIATE")
                try:
                    with self._db.atomic():
                        result = work(self._db.conn)
                    self._db.conn.execute("COMMIT")
                except BaseException:
                    if self._db.conn.in_transaction:
                        self._db.conn.execute("ROLLBACK")
                    raise
                done.set_result(result)
            except sqlite.OperationalError as error:
                unwritable = StoreUnwritable(str(error))
                unwritable.__cause__ = error
                done.set_exception(unwritable)
            except BaseException as error:
                done.set_exception(error)
