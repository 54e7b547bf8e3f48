"""The network as a toy: the real client's requests reach the real ASGI application without a socket, or do not.

`Airwaves` stands in for `http.client.HTTPConnection` in `wms.sync.connection`. What happens to a request is said before
it is made; requests that are kept can be delivered later, again, and in any order.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from typing import Any
from unittest import mock

import wms.sync.connection

FATES = ("pass", "lose_request", "lose_reply", "repeat", "hold")


@dataclass(frozen=True, slots=True)
class Said:
    """A whole request."""

    method: str
    path: str
    body: bytes
    headers: tuple[tuple[str, str], ...]


@dataclass
class Airwaves:
    """`app` answers; it is None while the hub is away. `fates` happen to the next requests, the first to the first."""

    app: Any = None
    fates: list[str] = field(default_factory=list)
    kept: list[Said] = field(default_factory=list)
    out_of_reach: set[int] = field(default_factory=set)  # ports, each a terminal's way
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _living: Any = None

    def carry(self, port: int, said: Said) -> tuple[int, Message, bytes]:
        """Raises `ConnectionError` where no answer comes back."""
        fate = self.fates.pop(0) if self.fates else "pass"
        if port in self.out_of_reach or fate == "lose_request":
            raise ConnectionResetError
        if fate != "pass":
            self.kept.append(said)
        if fate == "hold":
            raise ConnectionResetError
        answer = self.deliver(said)
        if fate == "lose_reply":
            raise ConnectionResetError
        return answer

    def deliver(self, said: Said) -> tuple[int, Message, bytes]:
        if self.app is None:
            raise ConnectionRefusedError
        return self._loop.run_until_complete(_request(self.app, said))

    def up(self, app: Any) -> None:
        """The application starts."""
        self._living = app.router.lifespan_context(app)
        self._loop.run_until_complete(self._living.__aenter__())
        self.app = app

    def down(self) -> None:
        """It ends, and what it had begun with it."""
        self.app = None
        self._loop.run_until_complete(self._living.__aexit__(None, None, None))
        self._loop.run_until_complete(asyncio.sleep(0))

    def close(self) -> None:
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    @contextmanager
    def instead_of_sockets(self) -> Iterator[None]:
        """Every `Connection` made within speaks over these waves; the port in its address is the terminal's way."""

        def make(_: str, port: int, timeout: float) -> _Http:
            return _Http(self, port)

        with mock.patch.object(wms.sync.connection, "HTTPConnection", make):
            yield


class _Response:
    def __init__(self, status: int, headers: Message, body: bytes) -> None:
        self.status, self.headers, self._body = status, headers, body

    def read(self, size: int = -1) -> bytes:
        body, self._body = (self._body, b"") if size < 0 else (self._body[:size], self._body[size:])
        return body

    def getheader(self, name: str, otherwise: str | None = None) -> str | None:
        return self.headers.get(name, otherwise)


class _Http:
    """As much of `http.client.HTTPConnection` as the product's connection uses."""

    def __init__(self, waves: Airwaves, port: int) -> None:
        self._waves, self._port = waves, port
        self.sock: socket.socket | None = None
        self.timeout = 0.0
        self._said: Said | None = None

    def connect(self) -> None:
        if self._waves.app is None or self._port in self._waves.out_of_reach:
            raise ConnectionRefusedError
        self.sock = socket.socket()  # never connected: only there to be asked

    def request(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> None:
        self._said = Said(method, path, body or b"", tuple(headers.items()))

    def getresponse(self) -> _Response:
        assert self._said is not None
        return _Response(*self._waves.carry(self._port, self._said))

    def close(self) -> None:
        if self.sock is not None:
            self.sock.close()
        self.sock = None


async def _request(app: Any, said: Said) -> tuple[int, Message, bytes]:
    path, _, query = said.path.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": said.method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode()) for name, value in said.headers],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    left = [{"type": "http.request", "body": said.body, "more_body": False}]
    status, headers, body = 500, Message(), b""

    async def receive() -> dict[str, Any]:
        return left.pop() if left else {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        nonlocal status, body
        if message["type"] == "http.response.start":
            status = message["status"]
            for name, value in message.get("headers", ()):
                headers[name.decode()] = value.decode()
        elif message["type"] == "http.response.body":
            body += message.get("body", b"")

    await app(scope, receive, send)
    return status, headers, body
