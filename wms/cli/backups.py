"""A backup is one SQLite file; putting one back never lets a device say something twice.

A backup of an encrypted database is encrypted under the same key.

The guard stays where it is. At the next opening the store sees that it is behind, begins a new epoch, and the
supervisor is told. On another machine, where the guard does not know this device, it is made to be ahead.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2 as sqlite

from wms.cli.output import Refusal
from wms.config import KeyTrouble
from wms.store import Store
from wms.store.at_rest import convert
from wms.store.database import DatabaseError, opened_by, opens, unlocked
from wms.store.guard import Guard
from wms.store.keys import keys_of
from wms.store.vault import to_disk

BACKED_UP_AT = "backed_up_at"  # UTC seconds, in `meta`
_BESIDE = ("-wal", "-shm")


@dataclass(frozen=True, slots=True)
class BackedUp:
    events: int
    size: int  # bytes
    encrypted: bool


@dataclass(frozen=True, slots=True)
class PutBack:
    """`lost` events were here and are not in the backup; `kept` is the former database, None if there was none."""

    events: int
    lost: int
    kept: Path | None


@dataclass(frozen=True, slots=True)
class _Contents:
    device: str
    reached: dict[tuple[str, int], int]  # (device, epoch): how many facts

    @property
    def events(self) -> int:
        return sum(self.reached.values())

    def beyond(self, other: _Contents) -> int:
        """How many facts are here that the other does not hold."""
        return sum(max(0, n - other.reached.get(key, 0)) for key, n in self.reached.items())


def back_up(store: Store, target: Path) -> BackedUp:
    """Copy the store's database to `target`, whole or not at all. Raises `Refusal`."""
    if target.exists() and target.samefile(store.path):
        raise Refusal(f"{target} is the data itself: choose another place for the backup")
    keys = keys_of(store.folder)
    if target.exists() and not _is_database(target, keys):
        raise Refusal(f"{target} is something else than a backup and is not overwritten: choose another name")
    with _refusing(target):
        fresh = target.with_name(f"{target.name}.new")
        try:
            fresh.unlink(missing_ok=True)
            os.close(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            key = next((key for key in keys if opens(store.path, key)), None)
            with (
                closing(opened_by(store.path, key, read_only=True)) as source,
                closing(opened_by(fresh, key, read_only=False)) as copy,
            ):
                source.backup(copy)
                copy.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
                events = _contents(copy, fresh).events
            to_disk(fresh)
            fresh.replace(target)
            to_disk(target.parent)
        finally:
            fresh.unlink(missing_ok=True)
        store.set_meta(BACKED_UP_AT, str(store.clock() // 1000))
        return BackedUp(events, target.stat().st_size, bool(keys))


def put_back(folder: Path, source: Path, *, force: bool) -> PutBack:
    """Put the backup in the place of the database in `folder`. Raises `Refusal` for a file that is no sound backup,
    while somebody works on the data, and, unless `force`, when newer facts would be lost."""
    if not source.is_file():
        raise Refusal(f"{source}: no such file")
    live = folder / "wms.sqlite3"
    if live.exists() and live.samefile(source):
        raise Refusal(f"{source} is the data itself")
    plain = source.stat().st_size > 0 and opens(source, None)
    keys = keys_of(folder, make=plain and not live.exists())
    new = _contents_of(source, () if plain else keys, folder)
    old = _live(live) if live.exists() else None
    lost = _lost(old, new, force=force) if live.exists() else 0
    with _refusing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        kept = _swap(live, source, keys[0] if plain and keys else None)
        _see_to_guard(folder, new, lost=lost, same_device=old is not None and old.device == new.device)
        (folder / "hub.lineage").unlink(missing_ok=True)  # a hub goes on under a new one: it has told more than this
        to_disk(folder)
    return PutBack(new.events, lost, kept)


def _live(live: Path) -> _Contents | None:
    """What the present database holds, None if it can't be read. Raises `Refusal` while somebody has it open."""
    try:
        with closing(unlocked(live, keys_of(live.parent))) as connection:
            connection.execute("PRAGMA busy_timeout = 2000")
            connection.execute("PRAGMA journal_mode=DELETE")  # folds the log in; needs the database for itself
            return _contents(connection, live)
    except sqlite.OperationalError as error:
        if "locked" in str(error):
            raise Refusal(f"{live} is in use: close the terminal (or stop the hub) first") from error
        return None
    except (Refusal, KeyTrouble, DatabaseError):
        return None


def _contents_of(source: Path, keys: Sequence[bytes], folder: Path) -> _Contents:
    try:
        with closing(unlocked(source, keys, read_only=True, folder=folder)) as opened:
            return _contents(opened, source)
    except DatabaseError as error:
        raise Refusal(f"{source} is no backup: {error}") from error


def _lost(old: _Contents | None, new: _Contents, *, force: bool) -> int:
    if old is None:
        if not force:
            raise Refusal(
                "the present data can't be read: what they hold beyond the backup is lost. If so be it: --force"
            )
        return 0
    lost = old.beyond(new)
    if old.device != new.device and not force:
        raise Refusal(f"this is a backup of {new.device}, but the data are those of {old.device}. If so be it: --force")
    if lost and not force:
        raise Refusal(f"{lost} events recorded here are newer than the backup and would be lost. If so be it: --force")
    return lost


def _swap(live: Path, source: Path, key: bytes | None) -> Path | None:
    """`key` is for a plain backup of data that are to be encrypted."""
    fresh = live.with_name(f"{live.name}.new")
    shutil.copyfile(source, fresh)
    if key is not None:
        convert(fresh, (), key)
    fresh.chmod(0o600)
    to_disk(fresh)
    kept = None
    if live.exists():
        kept = live.with_name(f"{live.name}.{datetime.now(UTC):%Y%m%d-%H%M%S}")
        live.replace(kept)
        for ending in _BESIDE:
            with contextlib.suppress(FileNotFoundError):
                Path(f"{live}{ending}").replace(f"{kept}{ending}")
    fresh.replace(live)
    return kept


def _see_to_guard(folder: Path, new: _Contents, *, lost: int, same_device: bool) -> None:
    """The guard must be ahead of what was put back: else this device would go on where the backup ends, and say other
    things under keys it has used; or take the loss of a single event for a power cut, of which nobody is told."""
    epoch = max((epoch for device, epoch in new.reached if device == new.device), default=1)
    last = new.reached.get((new.device, epoch), 0)
    with closing(Guard(folder / "wms.guard")) as guard:
        if not same_device or lost:
            highest = max((guard.epoch, guard.n), (epoch, last + 1))
            guard.raise_to(highest[0], highest[1], highest[1])


def _contents(connection: Any, path: Path) -> _Contents:
    """Raises `Refusal` for anything else than a sound database of ours."""
    try:
        sound = [row[0] for row in connection.execute("PRAGMA integrity_check")] == ["ok"]
        device = connection.execute("SELECT value FROM meta WHERE name = 'device'").fetchone() if sound else None
        counted = (
            connection.execute("SELECT device, epoch, max(n) FROM journal GROUP BY device, epoch") if sound else ()
        )
        reached = {(one, epoch): n for one, epoch, n in counted}
    except DatabaseError as error:
        raise Refusal(f"{path} is no backup: {error}") from error
    if device is None:
        raise Refusal(f"{path} is no sound backup")
    return _Contents(str(device[0]), reached)


def _is_database(path: Path, keys: Sequence[bytes]) -> bool:
    try:
        return path.stat().st_size > 0 and any(opens(path, key) for key in (None, *keys))
    except DatabaseError:
        return False


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Refusal(f"{error.filename or path}: {(error.strerror or str(error)).lower()}") from error
    except DatabaseError as error:
        raise Refusal(f"{path}: {error}") from error
