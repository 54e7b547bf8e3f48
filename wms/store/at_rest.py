"""How the database lies on the disk, and changing that: plain, or under a key.

A file is never changed in place. Its content goes into a new file, which is read back and compared, and only then takes
the place of the old one; the old one's bytes are overwritten. On flash memory and on file systems that copy on write
older blocks may outlive that: only encrypting the whole medium from the first day helps there.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from wms.config import KeyTrouble
from wms.store.database import DatabaseError, literal, opens, require_sqlite, unlocked
from wms.store.keys import KEY_BYTES, key_place, keys_of, new_key, read_keys, write_keys
from wms.store.private_file import CREDENTIALS, is_sealed, reseal
from wms.store.vault import to_disk, vault, wipe


class InUse(RuntimeError):
    """Another program has the database open."""


class Unsound(RuntimeError):
    """The database is damaged, or its copy came out different; it was left as it was."""


def encrypt(path: Path, place: str) -> None:
    """Encrypt a plain database under a key at `place`, which is drawn unless one lies there.

    `wms.toml` must name that place afterwards. Raises `InUse`, `Unsound`, `KeyTrouble`, `OSError`, `DatabaseError`.
    """
    folder = path.parent
    keys = read_keys(folder, place) or (new_key(folder, place),)
    if opens(path, None):
        convert(path, (), keys[0])
    reseal(folder / CREDENTIALS, keys, keys[0])


def decrypt(path: Path) -> None:
    """Make an encrypted database plain; the key stays where it is, for the backups it opens. Raises as `encrypt`."""
    if not opens(path, None):
        convert(path, keys_of(path.parent), None)
    if is_sealed(path.parent / CREDENTIALS):
        reseal(path.parent / CREDENTIALS, keys_of(path.parent), None)


def rekey(path: Path) -> None:
    """Give an encrypted database another key. Until the file is replaced both lie in the vault, so that a power cut at
    any instant leaves a file that one of them opens. Raises as `encrypt`."""
    folder = path.parent
    place, old = key_place(folder), keys_of(folder)
    if not old:
        raise KeyTrouble("the database is not encrypted. Encrypt it with: wms data encrypt")
    fresh = secrets.token_bytes(KEY_BYTES)
    with _locked(path, old) as connection:
        write_keys(folder, place, (*old, fresh))
        _replace(path, connection, fresh)
        reseal(folder / CREDENTIALS, old, fresh)
        write_keys(folder, place, (fresh,))


def convert(path: Path, keys: Sequence[bytes], new: bytes | None, target: Path | None = None) -> None:
    """Write what is in `path` under the key `new` (None: plain) to `target`, by default in its own place."""
    with _locked(path, keys) as connection:
        _replace(path, connection, new, target)


@contextmanager
def _locked(path: Path, keys: Sequence[bytes]) -> Iterator[Any]:
    """The database for oneself alone, its log folded in."""
    require_sqlite()
    with closing(unlocked(path, keys)) as connection:
        try:
            connection.execute("PRAGMA busy_timeout = 1000")
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("PRAGMA journal_mode = DELETE")
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("COMMIT")
        except DatabaseError as error:
            if "locked" in str(error):
                raise InUse(f"{path} is in use: close the terminal (or stop the hub) first") from error
            raise
        yield connection


def _replace(path: Path, connection: Any, new: bytes | None, target: Path | None = None) -> None:
    fresh = (target or path).with_name(f"{(target or path).name}.new")
    with _leaving_nothing(fresh):
        os.close(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        _copy(connection, fresh, new)
        if target is not None:
            fresh.replace(target)
            to_disk(target.parent)
            return
        old = os.open(path, os.O_RDWR)
        try:
            fresh.replace(path)
            to_disk(path.parent)
            wipe(old)  # while it is locked: who opened it a moment ago finds no database, and never writes into it
        finally:
            os.close(old)


def _copy(connection: Any, fresh: Path, new: bytes | None) -> None:
    """Raises `Unsound` unless the copy says, row by row, what the original says."""
    if [row[0] for row in connection.execute("PRAGMA integrity_check")] != ["ok"]:
        raise Unsound("the database is damaged: restore a backup first (wms restore FILE)")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    connection.execute("PRAGMA cipher_log_level = NONE")
    connection.execute(f"ATTACH ? AS fresh KEY {literal(new)}", (str(fresh),))
    try:
        connection.execute("SELECT sqlcipher_export('fresh')").fetchone()
        connection.execute(f"PRAGMA fresh.user_version = {version}")
    finally:
        connection.execute("DETACH fresh")
    with closing(unlocked(fresh, () if new is None else (new,))) as copy:
        faults = [row[0] for row in copy.execute("PRAGMA integrity_check") if row[0] != "ok"]
        faults += [row[0] for row in copy.execute("PRAGMA cipher_integrity_check")] if new is not None else []
        if faults or contents(copy) != contents(connection):
            raise Unsound("the copy differs from the database: nothing was changed. Check the disk, and try again")
    to_disk(fresh)


def contents(connection: Any) -> dict[str, str]:
    """A digest for each table and the sentence that made it: equal for equal contents, however they lie in the file."""
    found = connection.execute("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name").fetchall()
    digests = {}
    for name, sql in found:
        digest = hashlib.sha256(" ".join(sql.split()).encode())
        if sql.upper().lstrip().startswith("CREATE TABLE"):
            for row in connection.execute(f'SELECT * FROM "{name}"'):  # noqa: S608 - a name of the schema itself
                digest.update(repr(row).encode())
        digests[name] = digest.hexdigest()
    return digests


@contextmanager
def _leaving_nothing(fresh: Path) -> Iterator[None]:
    """No half-made copy stays behind, least of all a plain one."""
    fresh.unlink(missing_ok=True)
    try:
        yield
    finally:
        for name in (fresh, Path(f"{fresh}-journal"), Path(f"{fresh}-wal"), Path(f"{fresh}-shm")):
            name.unlink(missing_ok=True)


def described(folder: Path) -> str:
    """How the settings have the database lie on the disk, in words. Raises `BadConfig`, `KeyTrouble`."""
    place = key_place(folder)
    if place == "none":
        return "not encrypted"
    return f"encrypted, the key is in {vault(folder, place).place}"
