"""PINs: kept as salted hashes, so that nobody who reads the database can sign in as somebody else.

A PIN has few digits: the hash slows guessing down (scrypt, RFC 7914), the PIN pad's own limit on tries stops it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets

_COST, _BLOCK, _PARALLEL = 2**14, 8, 1  # 16 MiB and some 50 ms on a small machine
_MEMORY = 64 * 1024 * 1024


def hash_pin(pin: str, salt: bytes | None = None) -> str:
    """A hash to keep, `scrypt$cost$block$parallel$salt$hash`; two hashes of one PIN differ unless the salt is given."""
    salt = secrets.token_bytes(16) if salt is None else salt
    parts = (str(_COST), str(_BLOCK), str(_PARALLEL), _text(salt), _text(_scrypt(pin, salt, _COST, _BLOCK, _PARALLEL)))
    return "$".join(("scrypt", *parts))


def check_pin(kept: str, pin: str) -> bool:
    """Whether `pin` is the one that `kept` was made from; never for an empty or unreadable hash."""
    try:
        scheme, cost, block, parallel, salt, digest = kept.split("$")
        expected = base64.b64decode(digest, validate=True)
        found = _scrypt(pin, base64.b64decode(salt, validate=True), int(cost), int(block), int(parallel))
    except (ValueError, binascii.Error):
        return False
    return scheme == "scrypt" and hmac.compare_digest(found, expected)


def _scrypt(pin: str, salt: bytes, cost: int, block: int, parallel: int) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, n=cost, r=block, p=parallel, maxmem=_MEMORY, dklen=32)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
