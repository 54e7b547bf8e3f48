"""Who speaks, and in which role: the warehouse, the name and the role come from the token alone.

A terminal's request is signed besides (`wms.sync.signing`). What is not known, was revoked or lacks its signature is
refused alike; nobody learns from a refusal what there is.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from starlette.requests import Request

from wms.domain.ids import DeviceId
from wms.hub.answering import Refusal
from wms.hub.clients import Clients
from wms.hub.interface import HubStore, WrongCode
from wms.hub.limits import Allowance, neighbourhood
from wms.hub.terminals import SEEN_EVERY, Terminal, Terminals
from wms.hub.tokens import parted
from wms.store import StoreUnwritable
from wms.sync import wire
from wms.sync.signing import DATE_HEADER, DRIFT_MS, SIGNATURE_HEADER, signed_words

T = TypeVar("T")
REQUESTS_A_SECOND, REQUESTS_AT_ONCE = 200.0, 1000
WRONG_A_MINUTE = 30  # tokens and signatures, from one address
WRONG_CODES_A_MINUTE = 10  # from one address
WRONG_CODES_AT_ALL = 60  # a minute, from everywhere


@dataclass(frozen=True, slots=True)
class Caller:
    """Who speaks to which warehouse. `device` is '' for a program, `session` '' where it names none."""

    hub: HubStore
    name: str
    device: DeviceId
    role: str
    session: str = ""


class Gate:
    """All its calls raise `Refusal`: 401 for whom it does not know, 403 for what a role may not, 429 for too much."""

    def __init__(
        self,
        hubs: Mapping[str, HubStore],
        threads: Executor | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`hubs` by warehouse; `threads` are those on which the databases are asked."""
        self._hubs, self._threads, self._clock = hubs, threads, clock
        self._seen: dict[tuple[str, DeviceId], float] = {}
        self._requests = Allowance(REQUESTS_A_SECOND, REQUESTS_AT_ONCE, clock)
        self._wrong = Allowance(WRONG_A_MINUTE / 60, WRONG_A_MINUTE, clock)
        self._codes = Allowance(WRONG_CODES_A_MINUTE / 60, WRONG_CODES_A_MINUTE, clock)
        self._all_codes = Allowance(WRONG_CODES_AT_ALL / 60, WRONG_CODES_AT_ALL, clock)

    async def terminal(self, request: Request, body: bytes) -> Caller:
        """The terminal that signed this request with this body."""
        hub, terminal = await self.known(request)
        return await self.signed(request, body, hub, terminal)

    async def known(self, request: Request) -> tuple[HubStore, Terminal]:
        """The terminal whose token it is: all that can be said before the body was read."""
        hub, secret = self._hub_of(request)
        terminal = await self._run(Terminals(hub.database, hub.warehouse).of_token, secret)
        if terminal is None:
            raise self._unknown(request)
        if not self._requests.take(f"{hub.warehouse}.{terminal.device}"):
            raise Refusal(429, "busy", "too many requests at once")
        return hub, terminal

    async def signed(self, request: Request, body: bytes, hub: HubStore, terminal: Terminal) -> Caller:
        """The caller, once the signature over the request and its body has been verified."""
        date, session = request.headers.get(DATE_HEADER, ""), request.headers.get(wire.SESSION_HEADER, "")
        target = _target(request)
        words = signed_words(request.method, target, date, session, body)
        if not _verified(terminal.public_key, request.headers.get(SIGNATURE_HEADER, ""), words):
            raise self._unknown(request, "signature", "the request does not bear the terminal's signature")
        now = hub.now()
        if not date.isascii() or not date.isdigit() or abs(int(date) - now) > DRIFT_MS:
            raise Refusal(
                401, "clock", "the request was signed at another time than now", headers={DATE_HEADER: str(now)}
            )
        await self._note(hub, terminal)
        return Caller(hub, terminal.name, terminal.device, terminal.role, session)

    async def client(self, request: Request, *roles: str) -> Caller:
        """The program whose token it is, if it has one of the roles."""
        hub, secret = self._hub_of(request)
        client = await self._run(Clients(hub.database, hub.warehouse).of_token, secret)
        if client is None:
            raise self._unknown(request)
        if not self._requests.take(f"{hub.warehouse}.client.{client.name}"):
            raise Refusal(429, "busy", "too many requests at once")
        if client.role not in roles:
            raise Refusal(403, "role", f"this takes a token of role {' or '.join(roles)}")
        return Caller(hub, client.name, DeviceId(""), client.role)

    async def enrol(self, request: Request, message: wire.Enrol) -> wire.Enrolled:
        """Let a terminal in for its one-time code, into the warehouse the code was made for."""
        address = _address(request)
        if not self._codes.take(address) or not self._all_codes.take(""):
            raise Refusal(429, "codes", "too many wrong codes; wait a minute")
        try:
            enrolled = await self._enrolled(message)
        except BaseException:
            self._code_was_not_wrong(address)
            raise
        if enrolled is None:
            raise Refusal(403, "code", "the code is wrong, used or too old")
        self._code_was_not_wrong(address)
        return enrolled

    async def _enrolled(self, message: wire.Enrol) -> wire.Enrolled | None:
        """None where the code is no warehouse's."""
        for hub in self._hubs.values():
            terminals = Terminals(hub.database, hub.warehouse)
            with suppress(WrongCode):
                token, name, role = await self._run(
                    terminals.enrol, message.code, message.device, message.public_key, hub.now() // 1000
                )
                return wire.Enrolled(token, hub.warehouse, name, role)
        return None

    def _code_was_not_wrong(self, address: str) -> None:
        """What was taken before anybody could know is given back: else as many could guess at once as there are."""
        self._codes.give_back(address)
        self._all_codes.give_back("")

    def _hub_of(self, request: Request) -> tuple[HubStore, str]:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        warehouse, secret = parted(token)
        hub = self._hubs.get(warehouse) if scheme.lower() == "bearer" else None
        if hub is None:
            raise self._unknown(request)
        return hub, secret

    def _unknown(self, request: Request, error: str = "token", detail: str = "nobody here has this token") -> Refusal:
        if not self._wrong.take(_address(request)):
            return Refusal(429, "busy", "too many requests without a token that is known here")
        return Refusal(401, error, detail, headers={"WWW-Authenticate": "Bearer"})

    async def _note(self, hub: HubStore, terminal: Terminal) -> None:
        """That the terminal was heard of. A database that can't write is no reason to refuse what is only read."""
        key, now = (hub.warehouse, terminal.device), self._clock()
        if now - self._seen.get(key, -SEEN_EVERY) < SEEN_EVERY:
            return
        self._seen[key] = now
        with suppress(StoreUnwritable):
            await self._run(Terminals(hub.database, hub.warehouse).saw, terminal.device, hub.now() // 1000)

    async def _run(self, work: Callable[..., T], *args: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *args)


def _address(request: Request) -> str:
    return neighbourhood(request.client.host) if request.client else ""


def _target(request: Request) -> bytes:
    """Path and query as they came."""
    path: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    query: bytes = request.scope.get("query_string", b"")
    return path + (b"?" + query if query else b"")


def _verified(public_key: bytes, signature: str, words: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        key = Ed25519PublicKey.from_public_bytes(public_key)
        key.verify(base64.b64decode(signature, validate=True), words)
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return True
