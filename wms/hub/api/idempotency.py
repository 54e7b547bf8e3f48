"""Idempotency-Key: the same request, sent again, gets the answer it got, and nothing happens twice.

After draft-ietf-httpapi-idempotency-key-header-07. The answer is written in the transaction that does the work, so
there is no instant at which one is there without the other. Only answers of success are kept: what was refused may be
tried again with the same key.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from wms.hub.answering import Refusal
from wms.hub.api.operation import Call, Handler, Reply
from wms.hub.database import Session

LONGEST_KEY = 255
_FIND = "SELECT digest, status, body FROM hub_idempotency WHERE wh = ? AND client = ? AND request = ?"
_KEEP = (
    "INSERT INTO hub_idempotency (wh, client, request, digest, at, status, body) VALUES (?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT DO NOTHING RETURNING status"
)


class _AnsweredElsewhere(Exception):
    """Another process of this hub answered the same request a moment ago; what was begun here is undone."""


def read_key(header: str) -> str:
    """The key, bare or as a quoted string of structured fields (RFC 9651). Raises `Refusal` for one that can't be."""
    key = header[1:-1].replace('\\"', '"').replace("\\\\", "\\") if header[:1] == header[-1:] == '"' else header
    if not 0 < len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise Refusal(400, "idempotency_key", f"Idempotency-Key must be 1 to {LONGEST_KEY} printable ASCII characters")
    return key


class InFlight:
    """The keys at work in this process right now."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._keys: set[tuple[str, str, str]] = set()

    @contextmanager
    def alone(self, call: Call) -> Iterator[None]:
        """Raises `Refusal` when the same request is being worked on."""
        name = (call.hub.warehouse, call.caller.name, call.key)
        with self._lock:
            if name in self._keys:
                again = "a request with this Idempotency-Key is being worked on; ask again"
                raise Refusal(409, "in_flight", again, headers={"Retry-After": "1"})
            self._keys.add(name)
        try:
            yield
        finally:
            with self._lock:
                self._keys.discard(name)


def answered_once(call: Call, handler: Handler, in_flight: InFlight) -> Reply:
    """The answer kept for this key, or that of the handler. Raises `Refusal`."""
    if not call.key:
        return handler(call)
    with in_flight.alone(call):
        kept = _kept(call)
        if kept is not None:
            return kept
        try:
            return handler(call)
        except _AnsweredElsewhere:
            kept = _kept(call)
            if kept is None:
                raise
            return kept


def keep(call: Call, session: Session, reply: Reply) -> None:
    """Keep the answer in the transaction of the work. Handlers of acting operations call this, whatever they did."""
    if not call.key:
        return
    now, body = call.now, msgspec.json.encode(reply.body)
    row = (call.hub.warehouse, call.caller.name, call.key, call.digest, now, reply.status, body)
    if session.execute(_KEEP, row).fetchone() is None:
        raise _AnsweredElsewhere


def _kept(call: Call) -> Reply | None:
    key = (call.hub.warehouse, call.caller.name, call.key)
    row = call.hub.database.read(lambda session: session.execute(_FIND, key).fetchone())
    if row is None:
        return None
    if row[0] != call.digest:
        raise Refusal(422, "key_reused", "this Idempotency-Key was used for another request")
    return Reply(row[1], msgspec.Raw(bytes(row[2])))
