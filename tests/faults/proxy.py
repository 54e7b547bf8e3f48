"""The network between terminals and hub, in a thread of its own: one port per terminal, and everything that goes wrong.

It speaks just enough HTTP/1.1 to know where a message ends, so that it can lose a request, lose a reply, hold a request
back until others have passed it, or say a whole request again much later. Chance comes from one seeded source.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import threading
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

LONG = 120.0  # seconds; longer than any client waits
CHUNK = 4096


@dataclass
class Weather:
    """How one link is just now. Shares are between 0 and 1, per request; `latency` in seconds each way.

    `script` is obeyed before chance: it names what happens to the next requests (`pass`, `lose_request`, `lose_reply`,
    `repeat`, `hold`), optionally only to those whose path begins with something (`lose_reply /v1/push`). `by_hand`
    keeps what is held or repeated until `Link.deliver`.
    """

    partitioned: bool = False
    lose_request: float = 0.0
    lose_reply: float = 0.0
    repeat: float = 0.0
    hold: float = 0.0
    latency: float = 0.0
    bytes_a_second: int = 0
    script: list[str] = field(default_factory=list)
    by_hand: bool = False


class Link:
    """One terminal's way to the hub. Everything here runs on the proxy's loop, `weather` excepted."""

    def __init__(self, proxy: Proxy, name: str, seed: int) -> None:
        self._proxy, self.name, self._chance = proxy, name, random.Random(seed)
        self.weather = Weather()
        self.port = 0
        self.kept: list[bytes] = []  # whole requests held back or to be repeated when somebody says so
        self._open: set[asyncio.StreamWriter] = set()

    async def listen(self) -> None:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._proxy.keep(server)

    def cut(self) -> None:
        """Every connection under way ends now."""
        for writer in list(self._open):
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._proxy.hold(asyncio.current_task())
        self._open.add(writer)
        upstream: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        try:
            while True:
                request = await _message(reader)
                if request is None:
                    return
                upstream, reply = await self._pass(request, upstream)
                if reply is None:
                    return
                await self._slowly(len(reply))
                writer.write(reply)
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError, ValueError):
            pass
        finally:
            self._open.discard(writer)
            writer.transport.abort()
            if upstream is not None:
                upstream[1].transport.abort()

    async def _pass(
        self, request: bytes, upstream: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None
    ) -> tuple[tuple[asyncio.StreamReader, asyncio.StreamWriter] | None, bytes | None]:
        """Carry one request, or not; the reply is None where the terminal gets none."""
        weather, fault = self.weather, self._fault(request)
        if weather.partitioned:
            self._proxy.seen["partitioned"] += 1
            await asyncio.sleep(self._chance.uniform(0.0, 3.0))
            return upstream, None
        if fault != "pass":
            self._proxy.seen[fault] += 1
        if fault == "lose_request":
            return upstream, None
        if fault == "hold":
            self._later(request)
            return upstream, None
        await self._slowly(len(request))
        if upstream is None:
            upstream = await asyncio.open_connection("127.0.0.1", self._proxy.hub_port())
        upstream[1].write(request)
        reply = await _message(upstream[0])
        if fault == "repeat":
            self._later(request)
        if reply is None or fault == "lose_reply" or self.weather.partitioned:
            return upstream, None
        return upstream, reply

    def _fault(self, request: bytes) -> str:
        weather, dice = self.weather, self._chance.random()
        path = request.split(b" ", 2)[1].decode(errors="replace")
        if weather.script:
            what, _, where = weather.script[0].partition(" ")
            if path.startswith(where):
                weather.script.pop(0)
                return what
            return "pass"
        for name in ("lose_request", "lose_reply", "repeat", "hold"):
            share = getattr(weather, name)
            if dice < share:
                return name
            dice -= share
        return "pass"

    def _later(self, request: bytes) -> None:
        """Say the request again some time from now, on a connection of its own; nobody hears the reply."""
        if self.weather.by_hand:
            self.kept.append(request)
            return
        self._proxy.start(self._repeat(request, self._chance.uniform(0.05, 4.0)))

    async def _repeat(self, request: bytes, after: float) -> bytes | None:
        await asyncio.sleep(after)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, ValueError):
            reader, writer = await asyncio.open_connection("127.0.0.1", self._proxy.hub_port())
            try:
                writer.write(request)
                return await asyncio.wait_for(_message(reader), LONG)
            finally:
                writer.transport.abort()
        return None

    async def _slowly(self, size: int) -> None:
        weather = self.weather
        wait = weather.latency + (size / weather.bytes_a_second if weather.bytes_a_second else 0.0)
        if wait:
            await asyncio.sleep(wait)

    def deliver(self) -> list[bytes | None]:
        """Deliver what was kept, oldest first; returns the hub's replies. For scripts, from another thread."""
        kept, self.kept = self.kept, []
        return [self._proxy.call(self._repeat(request, 0.0)) for request in kept]


class Proxy:
    """`with Proxy(hub_port, seed) as proxy: link = proxy.link("T1")`. `seen` counts what it did to messages."""

    def __init__(self, hub_port: Callable[[], int], seed: int = 0) -> None:
        self.hub_port, self._seed = hub_port, seed
        self.seen: Counter[str] = Counter()
        self._loop = asyncio.new_event_loop()
        self._servers: list[asyncio.Server] = []
        self._tasks: set[asyncio.Task[Any]] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)

    def __enter__(self) -> Proxy:
        self._thread.start()
        return self

    def link(self, name: str) -> Link:
        link = Link(self, name, hash((self._seed, len(self._servers))))
        self.call(link.listen())
        return link

    def call(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(LONG)

    def keep(self, server: asyncio.Server) -> None:
        self._servers.append(server)

    def start(self, work: Coroutine[Any, Any, Any]) -> None:
        self.hold(self._loop.create_task(work))

    def hold(self, task: asyncio.Task[Any] | None) -> None:
        """The loop itself keeps no strong reference to a task whose connection is gone."""
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def __exit__(self, *_: object) -> None:
        self.call(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _end(self) -> None:
        for server in self._servers:
            server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


async def _message(reader: asyncio.StreamReader) -> bytes | None:
    """One HTTP/1.1 message with its body; None where the other side is done."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    length = 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            length = int(value)
        elif name.strip().lower() == b"transfer-encoding":
            return head + await _chunks(reader)
    return head + (await reader.readexactly(length) if length else b"")


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    """A chunked body, as it is, to its end (RFC 9112, 7.1)."""
    body = b""
    while True:
        size = await reader.readline()
        body += size
        length = int(size.split(b";")[0], 16)
        body += await reader.readexactly(length + 2)
        if not length:
            return body
