"""A small file for its owner's eyes only, beside the database and under the database's key where that has one.

AES-256-GCM under a key made of the database's (HKDF, RFC 5869) for that file alone, its name as associated data.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from wms.store.vault import keep_private, wipe

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

CREDENTIALS = "hub.credentials"
_MARK = b"wms-sealed-1\n"
_NONCE_BYTES = 12


def read_private(path: Path, keys: Sequence[bytes]) -> bytes:
    """What it says, sealed or not. Raises `OSError`, and `ValueError` where none of the keys opens it."""
    from cryptography.exceptions import InvalidTag

    found = path.read_bytes()
    if not found.startswith(_MARK):
        return found
    nonce, text = found[len(_MARK) :][:_NONCE_BYTES], found[len(_MARK) + _NONCE_BYTES :]
    for key in keys if len(nonce) == _NONCE_BYTES else ():
        try:
            return _cipher(key, path.name).decrypt(nonce, text, path.name.encode())
        except InvalidTag:
            continue
    raise ValueError(f"{path} does not open with the key of the database")


def write_private(path: Path, content: bytes, key: bytes | None) -> None:
    """Put it in its place in one step, under `key` if there is one. Raises `OSError`."""
    if key is not None:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        content = _MARK + nonce + _cipher(key, path.name).encrypt(nonce, content, path.name.encode())
    keep_private(path, content)


def is_sealed(path: Path) -> bool:
    """Raises `OSError` for a file that is there and can't be read."""
    try:
        with path.open("rb") as file:
            return file.read(len(_MARK)) == _MARK
    except FileNotFoundError:
        return False


def reseal(path: Path, keys: Sequence[bytes], new: bytes | None) -> None:
    """Put what one of `keys` opens, or none is needed for, under `new` (None: plain), and overwrite the old bytes. A
    file that is not there, or that none opens, stays as it is. Raises `OSError`."""
    try:
        content = read_private(path, keys)
    except (FileNotFoundError, ValueError):
        return
    old = os.open(path, os.O_RDWR)
    try:
        write_private(path, content, new)
        wipe(old)
    finally:
        os.close(old)


def _cipher(key: bytes, name: str) -> AESGCM:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return AESGCM(HKDF(SHA256(), 32, salt=None, info=f"wms {name}".encode()).derive(key))
