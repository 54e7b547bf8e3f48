"""SQLite opened the way a warehouse needs it, and the one thread that writes to it.

`synchronous=FULL` because with NORMAL a power cut loses commits that were already shown as green. The SQLite is the one
bundled with sqlcipher3: versions before 3.51.3 can corrupt a WAL when two connections reset it (sqlite.org/wal.html).
A file whose folder has a key (`wms.store.keys`) is encrypted by SQLCipher 4, its write-ahead log too.
"""

from __future__ import annotations

import queue
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sqlcipher3 import dbapi2 as sqlite

from wms.config import KeyTrouble, Unfit
from wms.store.keys import key_place, keys_of
from wms.store.reserve import Reserve
from wms.store.vault import vault

if TYPE_CHECKING:
    from sqlite_utils import Database

JOURNAL_VERSION = 4
"""How many migrations there are; a database that says so itself (`PRAGMA user_version`) needs none."""

SQLITE_WANTED = (3, 51, 3)
NO_ROOM = 256 * 1024  # bytes left on a disk, with which SQLite can't work
PAGE = 4096  # bytes; SQLCipher's files are whole pages

T = TypeVar("T")
DatabaseError: type[Exception] = sqlite.Error
OperationalError: type[Exception] = sqlite.OperationalError
IntegrityError: type[Exception] = sqlite.IntegrityError


class StoreUnwritable(RuntimeError):
    """Nothing can be committed: the disk is full, read-only or broken. The text says which."""


def open_connection(path: Path, *, read_only: bool = False) -> Any:
    """Open (or make) the database file. WAL, FULL, foreign keys, five seconds' patience with another process.

    Raises `Unfit` when SQLite is too old, `KeyTrouble` when the file and the key that `wms.toml` names do not fit.
    """
    require_sqlite()
    connection = unlocked(path, keys_for(path), read_only=read_only)
    if not read_only:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA cache_size=-4000")
    connection.execute("PRAGMA secure_delete=FAST")  # destroyed keys leave no bytes in pages that are written anyway
    return connection


def require_sqlite() -> None:
    """Raises `Unfit` for a SQLite that can corrupt what it writes."""
    if sqlite.sqlite_version_info < SQLITE_WANTED:
        wanted = ".".join(map(str, SQLITE_WANTED))
        raise Unfit(
            f"SQLite {sqlite.sqlite_version} can damage the data, {wanted} or newer is needed:"
            " pip install -U sqlcipher3"
        )


def keys_for(path: Path) -> tuple[bytes, ...]:
    """The keys that the folder's settings give for that file; a new one is drawn for the first file."""
    return keys_of(path.parent, make=not path.exists() or not path.stat().st_size)


def unlocked(path: Path, keys: Sequence[bytes], *, read_only: bool = False, folder: Path | None = None) -> Any:
    """A connection to a file that one of `keys` opens, a plain one without keys. The keys are those of `folder`, by
    default the file's own.

    Raises `KeyTrouble` where file and keys do not fit. Only SQLite itself opens the file: a descriptor of ours would
    take this process's locks along when it is closed (sqlite.org/howtocorrupt.html, 2.2).
    """
    for key in keys or (None,):
        connection = opened_by(path, key, read_only=read_only)
        if connection is not None:
            return connection
    if not keys and path.stat().st_size % PAGE:
        raise DatabaseError("file is not a database")
    if not keys:
        raise KeyTrouble(
            f"{path} can't be opened: it is encrypted (or damaged), and wms.toml does not say where its key is. Put the"
            " line [store] key = … back, or restore a backup (wms restore FILE)"
        )
    if opens(path, None):
        raise KeyTrouble(f"{path} is not encrypted, though wms.toml says so. Finish that with: wms data encrypt")
    folder = folder or path.parent
    where = vault(folder, key_place(folder)).place
    raise KeyTrouble(f"{path} does not open with the key in {where}. Put the right one there, or restore a backup")


def opens(path: Path, key: bytes | None) -> bool:
    """Whether that key opens the database; None: whether anybody can read it."""
    connection = opened_by(path, key, read_only=True)
    if connection is not None:
        connection.close()
    return connection is not None


def opened_by(path: Path, key: bytes | None, *, read_only: bool) -> Any:
    """The connection, None if that key does not open the file."""
    connection = _open(path, read_only=read_only)
    try:
        if key is not None:
            connection.execute("PRAGMA cipher_log_level = NONE")  # else a wrong key writes over the screen
            connection.execute(f"PRAGMA key = {literal(key)}")
        connection.execute("PRAGMA busy_timeout = 5000")
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except sqlite.DatabaseError as error:
        connection.close()
        if "not a database" not in str(error):
            raise
        return None
    return connection


def literal(key: bytes | None) -> str:
    """A key as SQLCipher takes it in PRAGMA and ATTACH, without stretching; '' for a plain file. Never logged."""
    return "''" if key is None else f"\"x'{key.hex()}'\""


def _open(path: Path, *, read_only: bool) -> Any:
    if read_only:
        uri = f"{path.absolute().as_uri()}?mode=ro"
        return sqlite.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
    return sqlite.connect(str(path), isolation_level=None, check_same_thread=False)


def database(connection: Any) -> Database:
    """The connection with sqlite-utils around it, imported only here: it costs 60 ms that no first paint should wait
    for, and an existing database is opened without it."""
    from sqlite_utils import Database

    return Database(connection)


def connect(path: Path, *, read_only: bool = False) -> Database:
    """`open_connection` with sqlite-utils around it."""
    return database(open_connection(path, read_only=read_only))


def migrate(connection: Any) -> None:
    """Bring the journal's tables to this version; nothing is imported or written where they are.

    Raises `Unfit` for the tables of a newer one.
    """
    found = connection.execute("PRAGMA user_version").fetchone()[0]
    if found > JOURNAL_VERSION:
        raise newer()
    if found == JOURNAL_VERSION:
        return
    from wms.store.migrations import MIGRATIONS

    MIGRATIONS.apply(database(connection))
    connection.execute(f"PRAGMA user_version = {JOURNAL_VERSION}")


def newer() -> Unfit:
    """Why data are left alone that say more than this version can read."""
    return Unfit("these data were written by a newer version of wms. Update it here, or restore a backup of before")


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


def is_full(error: BaseException) -> bool:
    """Whether SQLite found no room (SQLITE_FULL)."""
    return getattr(error, "sqlite_errorname", "") == "SQLITE_FULL" or "disk is full" in str(error)


def lacks_room(error: BaseException, folder: Path) -> bool:
    """`is_full`, or SQLite failed to make or lengthen one of its other files on a disk without room."""
    if is_full(error):
        return True
    name = getattr(error, "sqlite_errorname", "")
    return name.startswith(("SQLITE_IOERR", "SQLITE_CANTOPEN")) and shutil.disk_usage(folder).free < NO_ROOM


class Writer:
    """The one thread that writes. `do` hands it a function and waits for the commit; an exception rolls back."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self.reserve: Reserve | None = None
        self._db: Database | None = None
        self._jobs: queue.SimpleQueue[tuple[Callable[[Any], Any], Path | None, Future[Any]] | None] = (
            queue.SimpleQueue()
        )
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    def do(self, work: Callable[[Any], T], *, attach: Path | None = None) -> T:
        """Run `work(connection)` in one immediate transaction; returns after the commit is on the disk.

        `attach` is a plain SQLite file that `work` may read as `snapshot`. Raises `StoreUnwritable` when SQLite can't
        write, and whatever `work` raises.
        """
        done: Future[T] = Future()
        self._jobs.put((work, attach, done))
        return done.result()

    def keep(self, reserve: Reserve) -> None:
        """From now on there is a reserve, which is given up when the disk is full: the last work is still recorded."""
        self.reserve = reserve
        self._jobs.put((lambda _: None, None, Future()))

    def close(self) -> None:
        self._jobs.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            work, attach, done = job
            try:
                with self._attached(attach):
                    answer = self._commit_somehow(work)
                done.set_result(answer)
            except sqlite.OperationalError as error:
                unwritable = StoreUnwritable(str(error))
                unwritable.__cause__ = error
                done.set_exception(unwritable)
            except BaseException as error:
                done.set_exception(error)

    @contextmanager
    def _attached(self, path: Path | None) -> Iterator[None]:
        if path is None:
            yield
            return
        self._connection.execute("ATTACH DATABASE ? AS snapshot KEY ''", (str(path),))
        try:
            yield
        finally:
            self._connection.execute("DETACH DATABASE snapshot")

    def _commit_somehow(self, work: Callable[[Any], T]) -> T:
        """Once more on the room of the reserve where the disk is full: the first attempt was rolled back whole."""
        try:
            done = self._commit(work)
        except sqlite.OperationalError as error:
            if self.reserve is None or not is_full(error) or not self.reserve.give_up():
                raise
            return self._commit(work)
        if self.reserve is not None:
            self.reserve.keep()
        return done

    def _commit(self, work: Callable[[Any], T]) -> T:
        if self._db is None:
            self._db = database(self._connection)
        with immediate(self._connection), self._db.atomic():
            return work(self._connection)
