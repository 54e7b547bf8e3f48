"""A served hub in a thread of this process, on either engine, and requests to it signed by hand."""

from __future__ import annotations

import base64
import json
import socket
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from wms.hub import opening
from wms.hub.app import HubApp
from wms.hub.clients import Clients
from wms.hub.gate import Gate
from wms.hub.interface import HubStore
from wms.hub.roles import ClientRole, TerminalRole
from wms.hub.terminals import Terminals
from wms.store.peppers import ring_of
from wms.sync import wire
from wms.sync.signing import signed_words


@dataclass
class Member:
    """A terminal as the tests play it: nothing of the product's client side is used."""

    device: str
    token: str
    key: Ed25519PrivateKey
    session: str = "run-1"
    life: str = ""


@dataclass
class Answer:
    status: int
    body: Any
    headers: dict[str, str]

    @property
    def error(self) -> str:
        """The problem's name, having looked that it is a whole problem."""
        assert self.headers["content-type"] == "application/problem+json", (self.status, self.body)
        assert self.body["status"] == self.status
        assert self.body["title"]
        assert self.body["detail"]
        return str(self.body["error"])


class Gatehouse(ABC):
    """Requests to a hub that listens on `port` of this machine."""

    port: int

    @abstractmethod
    def code(self, name: str = "bench 1", role: TerminalRole = TerminalRole.ALL, warehouse: str = "") -> str:
        """A one-time code for a terminal of that name."""

    def send(self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None) -> Answer:
        """One request on a connection of its own, as it stands."""
        http = HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            content = body if isinstance(body, bytes | None) else json.dumps(body).encode()
            http.request(method, path, content, {wire.VERSION_HEADER: str(wire.VERSION)} | (headers or {}))
            response = http.getresponse()
            found = response.read()
            named = {name.lower(): value for name, value in response.headers.items()}
            return Answer(
                response.status, json.loads(found) if "json" in named.get("content-type", "") else found, named
            )
        finally:
            http.close()

    def signed(
        self,
        member: Member,
        method: str,
        path: str,
        body: object = None,
        *,
        date: int | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        content = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.send(
            method, path, content or None, self.headers(member, method, path, content, date) | (headers or {})
        )

    def headers(
        self, member: Member, method: str, path: str, content: bytes = b"", date: int | None = None
    ) -> dict[str, str]:
        said = str(int(time.time() * 1000) if date is None else date)
        words = signed_words(method, path.encode(), said, member.session, content)
        return {
            "Authorization": f"Bearer {member.token}",
            "Wms-Date": said,
            "Wms-Session": member.session,
            "Wms-Life": member.life,
            "Wms-Signature": base64.b64encode(member.key.sign(words)).decode(),
        }

    def enrol(self, device: str, role: TerminalRole = TerminalRole.ALL, warehouse: str = "") -> Member:
        """A terminal that was let in and has said hello."""
        key = Ed25519PrivateKey.generate()
        public = base64.b64encode(key.public_key().public_bytes_raw()).decode()
        code = self.code(device, role, warehouse)
        answer = self.send("POST", "/v1/enrol", {"code": code, "device": device, "public_key": public})
        assert answer.status == 200, answer.body
        member = Member(device, answer.body["token"], key)
        hello = self.hello(member)
        assert hello.status == 200, hello.body
        member.life = hello.body["lives"][-1][0]
        return member

    def hello(self, member: Member, **more: object) -> Answer:
        """Of a terminal that holds nothing yet, but for what `more` says of it."""
        words = {
            "device": member.device, "epoch": 1, "n": 0, "session": member.session, "previous": "", "lives": [],
            "head": 0,
        } | more  # fmt: skip
        return self.signed(member, "POST", "/v1/hello", words)


@dataclass
class House(Gatehouse):
    hubs: dict[str, HubStore]
    port: int
    gate: Gate

    @property
    def hub(self) -> HubStore:
        return next(iter(self.hubs.values()))

    def terminals(self, warehouse: str = "") -> Terminals:
        hub = self.hubs[warehouse] if warehouse else self.hub
        return Terminals(hub.database, hub.warehouse)

    def clients(self) -> Clients:
        return Clients(self.hub.database, self.hub.warehouse)

    def code(self, name: str = "bench 1", role: TerminalRole = TerminalRole.ALL, warehouse: str = "") -> str:
        return self.terminals(warehouse).new_code(name, role, "cli:test", self.hub.now() // 1000)

    def client_token(self, name: str, role: ClientRole) -> str:
        return self.clients().new_token(name, role, "cli:test", self.hub.now() // 1000)

    def counts(self) -> tuple[int, ...]:
        """How much is stored: nothing that is refused may change it."""
        tables = (
            "hub_terminal",
            "hub_client",
            "hub_answer",
            "hub_epoch",
            "hub_session",
            "hub_audit",
            "hub_idempotency",
        )

        def work(session: Any) -> tuple[int, ...]:
            return tuple(session.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables)

        return (self.hub.head(), *self.hub.database.read(work))


@contextmanager
def serving(folder: Path, url: str = "", named: tuple[str, ...] = ("MAIN",), **options: Any) -> Iterator[House]:
    """The app on a real socket, in a thread; `options` are the app's own."""
    for name in named:
        opening.add(folder, url, name)
    with opening.hubs(folder, url, named) as hubs, socket.create_server(("127.0.0.1", 0)) as listener:
        app = HubApp(hubs, ring=ring_of(folder), **options)
        config = uvicorn.Config(app.starlette, log_level="critical", access_log=False, timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            while not server.started:
                assert thread.is_alive()
                time.sleep(0.005)
            yield House(dict(hubs), listener.getsockname()[1], app._gate)
        finally:
            app.bell.close()
            server.should_exit = True
            thread.join(10)
            assert not thread.is_alive()
