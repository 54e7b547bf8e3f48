"""Recipients under lock and key: AES-256-GCM, a fresh key each time, the order's id as associated data.

The sealed text goes into the journal and everywhere the journal goes. The key stays beside it, in `sealing_key`, and
travels beside the facts (`wms.sync`). Destroying the key erases the person on every node and keeps the ledger whole;
a backup made before still holds it, until that is destroyed too.
"""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

import msgspec

from wms.domain.ids import OrderId
from wms.domain.orders import Recipient
from wms.domain.recipients import PersonalData
from wms.store.database import connect
from wms.store.store import Store
from wms.store.tables import SqliteRows

KEY_BYTES, NONCE_BYTES = 32, 12
NAME_CHARACTERS = 16


def seal(store: Store, order: OrderId, data: PersonalData) -> str:
    """The sealed text for `OrderReceived`; returns once the key is on the disk. Raises `StoreUnwritable`."""
    return seal_many(store, {order: data})[order]


def seal_many(store: Store, people: Mapping[OrderId, PersonalData]) -> dict[OrderId, str]:
    """Seal the recipients of many orders with one commit."""
    sealed, keys = seal_afresh(people)
    store.writer.do(
        lambda connection: connection.executemany("INSERT INTO sealing_key (subject, key) VALUES (?, ?)", keys)
    )
    return sealed


def seal_afresh(people: Mapping[OrderId, PersonalData]) -> tuple[dict[OrderId, str], list[tuple[str, bytes]]]:
    """The sealed texts, and the keys under their names. Nothing may be recorded before the keys are kept.

    Two terminals may import the same order before they hear of each other. So a key is known by the order and a name
    of its own, which stands before the sealed text: neither key can take the other's place.
    """
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    sealed: dict[OrderId, str] = {}
    keys: list[tuple[str, bytes]] = []
    for order, data in people.items():
        name, key, nonce = secrets.token_hex(NAME_CHARACTERS // 2), secrets.token_bytes(KEY_BYTES), _nonce()
        text = AESGCM(key).encrypt(nonce, msgspec.json.encode(data), order.encode())
        sealed[order] = f"{name}.{urlsafe_b64encode(nonce + text).decode()}"
        keys.append((_subject(order, name), key))
    return sealed, keys


def unseal(rows: SqliteRows, order: OrderId, sealed: str) -> PersonalData | None:
    """The person; None when the key was destroyed, or has not come here yet.

    Raises `ValueError` when the text was not sealed by that key for that order.
    """
    name, dot, _ = sealed.partition(".")
    if not dot:
        raise ValueError("this is no sealed recipient")
    sql = "SELECT key FROM sealing_key WHERE subject = ?"
    row = rows.connection.execute(sql, (_subject(order, name),)).fetchone()
    return None if row is None or row[0] is None else unseal_with(row[0], order, sealed)


def unseal_with(key: bytes, order: OrderId, sealed: str) -> PersonalData:
    """The person, by the key itself (`key_of` names it). Raises `ValueError` where it is another key."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    data = urlsafe_b64decode(sealed.partition(".")[2])
    try:
        text = AESGCM(key).decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], order.encode())
    except InvalidTag as error:
        raise ValueError("the sealed recipient does not open with its key") from error
    return msgspec.json.decode(text, type=PersonalData)


def keys_of(rows: SqliteRows, subjects: Iterable[str]) -> dict[str, bytes]:
    """The keys under these names (`key_of`) that are here and were not destroyed."""
    return {subject: key for subject in subjects if (key := _key(rows, subject)) is not None}


def unseal_many(rows: SqliteRows, sealed: Mapping[OrderId, str]) -> dict[OrderId, PersonalData]:
    """The persons that can be read here; whose key was destroyed, has not come or does not fit is left out."""
    found: dict[OrderId, PersonalData] = {}
    for order, text in sealed.items():
        with suppress(ValueError):
            person = unseal(rows, order, text)
            if person is not None:
                found[order] = person
    return found


def remarks_of(rows: SqliteRows, order: OrderId) -> tuple[str, ...] | None:
    """People's own words on an order; None where the person was erased, or can't be opened here."""
    found = rows.get(Recipient, order)
    try:
        person = unseal(rows, order, found.sealed) if found is not None else None
    except ValueError:
        return None
    return person.remarks if person is not None else None


def key_of(order: OrderId, sealed: str) -> str:
    """The name under which the key lies that a recipient was sealed with; '' where there is no recipient."""
    name, dot, _ = sealed.partition(".")
    return _subject(order, name) if dot else ""


def seal_beside(rows: SqliteRows, key: str, data: bytes, about: str) -> bytes | None:
    """Bytes that name the person, under the person's own `key` (`key_of`): they are erased together. `about` says what
    they are and is needed to open them again. None when the key was destroyed."""
    found = _key(rows, key)
    if found is None:
        return None
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = _nonce()
    return nonce + AESGCM(found).encrypt(nonce, data, about.encode())


def unseal_beside(rows: SqliteRows, key: str, sealed: bytes, about: str) -> bytes | None:
    """None when the key was destroyed. Raises `ValueError` when the bytes do not open with it."""
    found = _key(rows, key)
    if found is None:
        return None
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        return AESGCM(found).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], about.encode())
    except InvalidTag as error:
        raise ValueError(f"{about} does not open with its key") from error


def _key(rows: SqliteRows, subject: str) -> bytes | None:
    row = rows.connection.execute("SELECT key FROM sealing_key WHERE subject = ?", (subject,)).fetchone()
    return None if row is None else row[0]


def destroy(connection: Any, orders: Iterable[OrderId]) -> None:
    """Erase the persons of orders, inside an open transaction: here with its commit, on every other node with the next
    sync. The bytes of their keys leave the write-ahead log when that is emptied (`empty_log`)."""
    before = connection.execute("PRAGMA secure_delete").fetchone()[0]
    connection.execute("PRAGMA secure_delete = ON")
    connection.executemany(
        "UPDATE sealing_key SET key = NULL, sent = 0"
        " WHERE subject >= ? AND subject < ? AND length(subject) = ? AND key IS NOT NULL",
        [(f"{order}:", f"{order};", len(_subject(order, "")) + NAME_CHARACTERS) for order in orders],
    )
    connection.execute(f"PRAGMA secure_delete = {before}")


def order_of(subject: str) -> OrderId:
    """The order that a key belongs to, by the name under which the key lies."""
    return OrderId(subject[: -NAME_CHARACTERS - 1])


def empty_log(store: Store) -> None:
    """Move the write-ahead log into the database and cut it; a reader in the way leaves that to a later checkpoint."""
    db = connect(store.path)
    try:
        db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        db.conn.close()


def _nonce() -> bytes:
    return secrets.token_bytes(NONCE_BYTES)


def _subject(order: str, name: str) -> str:
    """`name` has a fixed length, so the order it belongs to is never in doubt, whatever stands in its id."""
    return f"{order}:{name}"
