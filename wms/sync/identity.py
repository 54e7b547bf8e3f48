"""Who this terminal is to its hub: token, private key and the authority it trusts, in one file beside the data.

The file is for its owner's eyes only and never part of the database or of a backup: a copy of either speaks for nobody.
Where the database is encrypted it lies under the same key (`wms.store.private_file`).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import logging
import os
import ssl
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from wms.domain.records import Record
from wms.store.keys import keys_of
from wms.store.private_file import CREDENTIALS, is_sealed, read_private, reseal, write_private

log = logging.getLogger(__name__)
FILE = CREDENTIALS
PREFIX_LETTERS = 25
"""Of a fingerprint in base32, 125 bits: what a person types where nothing can be scanned."""


class Identity:
    """An Ed25519 key (RFC 8032). Made anew with each enrolment, so a key that was replaced is worth nothing."""

    def __init__(self, private: bytes) -> None:
        """`private` are the 32 bytes of the seed."""
        self.private = private

    @classmethod
    def make(cls) -> Identity:
        return cls(os.urandom(32))

    @cached_property
    def _key(self) -> Any:
        """Imported here: a lone terminal never needs it."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return Ed25519PrivateKey.from_private_bytes(self.private)

    @cached_property
    def public(self) -> bytes:
        """32 bytes."""
        return bytes(self._key.public_key().public_bytes_raw())

    def sign(self, words: bytes) -> str:
        return base64.b64encode(self._key.sign(words)).decode()


class Trust(Record):
    """Which certificates the hub may show: those of one authority (PEM), and only if `system` those of the machine.
    `unchecked` takes any, to ask a hub for its authority before anything is said to it."""

    authority: str = ""
    system: bool = False
    unchecked: bool = False

    def context(self) -> ssl.SSLContext:
        """Raises `ValueError` when the authority is no certificate."""
        context = ssl.create_default_context() if self.system else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if self.unchecked:
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        if self.authority:
            try:
                context.load_verify_locations(cadata=self.authority)
            except ssl.SSLError as error:
                raise ValueError("the authority's file is no certificate (PEM)") from error
        return context


class Credentials(Record):
    """What a terminal shows its hub, and what it wants to be shown. Without `identity` nothing is signed."""

    token: str = ""
    identity: Identity | None = None
    trust: Trust = Trust()


class _File(msgspec.Struct):
    token: str
    private: bytes
    authority: str
    system: bool


def keep(folder: Path, credentials: Credentials) -> None:
    """Replace what was kept there in one step. Raises `OSError`, and `KeyTrouble` without the database's key."""
    private = credentials.identity.private if credentials.identity else b""
    content = msgspec.json.encode(
        _File(credentials.token, private, credentials.trust.authority, credentials.trust.system)
    )
    write_private(folder / FILE, content, next(iter(keys_of(folder)), None))


def kept(folder: Path) -> Credentials:
    """Empty ones where the file is gone or unreadable: the hub then says that it does not know this terminal.

    Raises `KeyTrouble` where the database's key can't be had.
    """
    try:
        found = msgspec.json.decode(read_private(folder / FILE, keys_of(folder)), type=_File)
    except (OSError, ValueError):
        return Credentials()
    identity = Identity(found.private) if len(found.private) == 32 else None
    return Credentials(found.token, identity, Trust(found.authority, found.system))


def put_under_key(folder: Path) -> None:
    """Seal what lies there plain since before the database was encrypted. What can't be written stays as it is: this
    is tried again with the next opening. Raises `KeyTrouble`."""
    keys = keys_of(folder)
    try:
        if keys and not is_sealed(folder / FILE):
            reseal(folder / FILE, (), keys[0])
    except OSError:
        log.exception("%s can't be put under the key", FILE)


def fingerprint(authority: str) -> str:
    """SHA-256 of the certificate (PEM), 64 hexadecimal digits. Raises `ValueError` when it is none."""
    try:
        return hashlib.sha256(ssl.PEM_cert_to_DER_cert(authority)).hexdigest()
    except (ValueError, binascii.Error) as error:
        raise ValueError("the authority's file is no certificate (PEM)") from error


def short_fingerprint(full: str) -> str:
    """The first 125 bits in groups to be read out and typed: `K7QFA-…`."""
    letters = base64.b32encode(bytes.fromhex(full)).decode()[:PREFIX_LETTERS]
    return "-".join(letters[at : at + 5] for at in range(0, PREFIX_LETTERS, 5))


def plain_fingerprint(typed: str) -> str:
    """A fingerprint as somebody typed it, whole (hexadecimal) or short, without what it was parted by.

    Raises `ValueError` for what is neither.
    """
    letters = "".join(one for one in typed.upper() if one.isalnum())
    if len(letters) not in (64, PREFIX_LETTERS):
        raise ValueError(f"a fingerprint has {PREFIX_LETTERS} letters or 64 digits, not {len(letters)}")
    return letters


def matches(authority: str, typed: str) -> bool:
    """Whether `typed` is the authority's fingerprint. Raises `ValueError` where either is none."""
    wanted, full = plain_fingerprint(typed), fingerprint(authority)
    return wanted in (full.upper(), short_fingerprint(full).replace("-", ""))
