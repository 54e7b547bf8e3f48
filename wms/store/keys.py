"""The key to a database file, for those whose `wms.toml` says that there is one.

A key is 32 random bytes given to SQLCipher as they are, so that opening needs no stretching of a password. While a key
is being changed there are two, and whichever opens the file is the one.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Sequence
from pathlib import Path

from wms.config import FILE, KeyTrouble, load
from wms.store.vault import vault

KEY_BYTES = 32
NAME = "key"

_known: dict[Path, tuple[tuple[int, int], tuple[bytes, ...]]] = {}
_lock = threading.Lock()


def key_place(folder: Path) -> str:
    """What `[store] key` says there; "none" without such a line. Raises `BadConfig`."""
    path = folder / FILE
    try:
        if b"store" not in path.read_bytes():
            return "none"
    except FileNotFoundError:
        return "none"
    return load(folder).store_key


def keys_of(folder: Path, *, make: bool = False) -> tuple[bytes, ...]:
    """The keys that may open the database in `folder`; () if it is not to be encrypted. Each thread opens connections
    of its own, so a key is asked for once in the life of a program, until `wms.toml` changes.

    `make` draws one where there is none yet. Raises `KeyTrouble` and `BadConfig`.
    """
    stamp = _stamp(folder / FILE)
    with _lock:
        kept = _known.get(folder)
        if kept is None or kept[0] != stamp or (make and not kept[1]):
            kept = _known[folder] = (stamp, _asked_for(folder, make=make))
        return kept[1]


def _asked_for(folder: Path, *, make: bool) -> tuple[bytes, ...]:
    place = key_place(folder)
    if place == "none":
        return ()
    found = read_keys(folder, place)
    if found:
        return found
    if not make:
        raise KeyTrouble(f"the key of the database is not in {vault(folder, place).place}. Put it back there")
    return (new_key(folder, place),)


def read_keys(folder: Path, place: str) -> tuple[bytes, ...]:
    """What lies at that place, () if nothing. Raises `KeyTrouble`, also for something that is no key."""
    where = vault(folder, place)
    text = where.read(NAME)
    if text is None:
        return ()
    try:
        found = tuple(bytes.fromhex(line) for line in text.decode("ascii").split())
    except ValueError:
        found = ()
    if not found or any(len(key) != KEY_BYTES for key in found):
        raise KeyTrouble(f"what lies in {where.place} is no key: it must be {2 * KEY_BYTES} hexadecimal digits")
    return found


def write_keys(folder: Path, place: str, keys: Sequence[bytes]) -> None:
    """Raises `KeyTrouble`."""
    vault(folder, place).write(NAME, "".join(f"{key.hex()}\n" for key in keys).encode())
    forget(folder)


def new_key(folder: Path, place: str) -> bytes:
    key = secrets.token_bytes(KEY_BYTES)
    vault(folder, place).write(NAME, f"{key.hex()}\n".encode())
    return key


def forget(folder: Path) -> None:
    """Ask again the next time."""
    with _lock:
        _known.pop(folder, None)


def _stamp(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except FileNotFoundError:
        return (0, 0)
    return (found.st_mtime_ns, found.st_size)
