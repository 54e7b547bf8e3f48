"""The hub over HTTP: the routes, who may call them, and what goes wrong in words.

Calls to the store block, so they run on a few threads of their own (each keeps one connection to the database); a pull
that waits holds no thread at all.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from wms.domain.ids import Badge, DeviceId
from wms.hub.bell import Bell
from wms.hub.interface import Gap, HubStore, WrongCode
from wms.store import Forked, StoreUnwritable
from wms.store.codec import UnknownEvent
from wms.sync import wire

T = TypeVar("T")
THREADS = 8
LARGEST_BODY = 8 * 1024 * 1024  # bytes
MOST_PUSHES = 16  # at once; more are asked to come back
WRONG_CODES_A_MINUTE = 10
LOOK_SECONDS = 0.5  # how often commits of other processes (an import, a setup) are looked for
log = logging.getLogger(__name__)


class Refusal(Exception):
    """A request that is answered with an error."""

    def __init__(self, status: int, error: str, says: str, expected: int | None = None) -> None:
        super().__init__(says)
        self.status, self.problem = status, wire.Problem(error, says, expected)


class HubApp:
    """The routes over one `HubStore`; `starlette` is the ASGI application."""

    def __init__(self, hub: HubStore) -> None:
        self._hub, self.bell = hub, Bell()
        self._threads = ThreadPoolExecutor(THREADS, "hub")
        self._pushes = 0
        self._wrong_codes: deque[float] = deque(maxlen=WRONG_CODES_A_MINUTE)
        routes = [
            Route("/v1/enrol", _answering(self._enrol), methods=["POST"]),
            Route("/v1/push", _answering(self._push), methods=["POST"]),
            Route("/v1/pull", _answering(self._pull), methods=["GET"]),
            Route("/v1/ask", _answering(self._ask), methods=["POST"]),
            Route("/v1/terminals", _answering(self._terminals), methods=["GET"]),
            Route("/v1/health", _answering(self._health), methods=["GET"]),
        ]
        self.starlette = Starlette(routes=routes, lifespan=self._lifespan)

    @contextlib.asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        self.bell.hang()
        self._hub.listen(self.bell.ring)
        watch = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            watch.cancel()
            self._threads.shutdown()

    async def _watch(self) -> None:
        head = await self._run(self._hub.head)
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            before, head = head, await self._run(self._hub.head)
            if head != before:
                self.bell.ring()

    async def _run(self, work: Callable[..., T], *args: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *args)

    # Routes

    async def _enrol(self, request: Request) -> wire.Enrolled:
        _require_version(request)
        message = await _read(request, wire.Enrol)
        long_ago = time.monotonic() - 60
        if len(self._wrong_codes) == WRONG_CODES_A_MINUTE and self._wrong_codes[0] > long_ago:
            raise Refusal(429, "codes", "too many wrong codes; wait a minute")
        if not message.device:
            raise Refusal(400, "message", "a device must say its name")
        try:
            token, name = await self._run(self._hub.enrol, message.code, DeviceId(message.device))
        except WrongCode:
            self._wrong_codes.append(time.monotonic())
            raise Refusal(403, "code", "the code is wrong, used or too old") from None
        return wire.Enrolled(token, self._hub.lineage, name)

    async def _push(self, request: Request) -> wire.Pushed:
        device = await self._caller(request)
        message = await _read(request, wire.Push)
        if message.facts and message.device != device:
            raise Refusal(403, "device", f"this token is {device}'s, not {message.device}'s")
        due = range(message.first, message.first + len(message.facts))
        if any(
            (line.device, line.epoch, line.n) != (device, message.epoch, n)
            for line, n in zip(message.facts, due, strict=True)
        ):
            raise Refusal(400, "message", "facts must follow each other in one epoch of one device")
        if self._pushes >= MOST_PUSHES:
            raise Refusal(429, "busy", "too many pushes at once")
        self._pushes += 1
        try:
            highest, head = await self._run(self._take, device, message, _version(request))
        finally:
            self._pushes -= 1
        return wire.Pushed(highest, head)

    def _take(self, device: DeviceId, message: wire.Push, version: int) -> tuple[int, int]:
        facts = [wire.fact_of(line, version=version) for line in message.facts]
        highest = self._hub.push(device, message.epoch, message.first, facts, message.keys)
        return highest, self._hub.head()

    async def _pull(self, request: Request) -> wire.Pulled:
        await self._caller(request)
        after, keys_after = _number(request, "after", 0), _number(request, "keys_after", 0)
        limit = max(1, min(_number(request, "limit", wire.BATCH), wire.BATCH))
        until = time.monotonic() + min(_number(request, "wait", 0), wire.LONGEST_WAIT)
        while True:
            rung = self.bell.next()
            answer = await self._run(self._page, after, limit, keys_after)
            left = until - time.monotonic()
            if answer.facts or answer.keys or left <= 0 or self.bell.closed:
                return answer
            await asyncio.wait((rung,), timeout=left)

    def _page(self, after: int, limit: int, keys_after: int) -> wire.Pulled:
        page = self._hub.page(after, limit, keys_after)
        if after > page.head:
            raise Refusal(409, "restored", f"this hub has come to {page.head}, not to {after}")
        terminals = self._hub.terminals()
        offline = sum(not terminal.online for terminal in terminals)
        lines = tuple(map(wire.fact_line, page.facts))
        return wire.Pulled(lines, page.head, page.keys, page.keys_next, len(terminals), offline)

    async def _ask(self, request: Request) -> wire.Answer:
        device = await self._caller(request)
        message = await _read(request, wire.Ask)
        command = wire.command_of(message.command, message.body)
        if getattr(command, "device", device) != device:
            raise Refusal(403, "device", f"this token is {device}'s")
        return await self._run(self._hub.ask, device, message.request, Badge(message.person), command)

    async def _terminals(self, request: Request) -> list[wire.TerminalLine]:
        await self._caller(request)
        return await self._run(self._hub.terminals)

    async def _health(self, request: Request) -> wire.Health:
        return wire.Health(wire.VERSION, self._hub.device, self._hub.lineage, await self._run(self._hub.head))

    async def _caller(self, request: Request) -> DeviceId:
        """The device whose token it is, if it speaks a version we know and follows the journal we keep."""
        _require_version(request)
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        device = await self._run(self._hub.device_of, token) if scheme.lower() == "bearer" and token else None
        if device is None:
            raise Refusal(401, "token", "no terminal has this token")
        if request.headers.get(wire.LINEAGE_HEADER, self._hub.lineage) != self._hub.lineage:
            raise Refusal(409, "restored", "an older copy of this hub was put back")
        return device


def _answering(handler: Callable[[Request], Awaitable[object]]) -> Callable[[Request], Awaitable[Response]]:
    """The handler with its answer as JSON, and every way it can fail as a `Problem`."""

    async def answer(request: Request) -> Response:
        try:
            return _json(200, await handler(request))
        except Refusal as refusal:
            return _json(refusal.status, refusal.problem)
        except Gap as gap:
            return _json(409, wire.Problem("gap", f"go on from {gap.expected}", gap.expected))
        except Forked as error:
            return _json(409, wire.Problem("fork", str(error)))
        except (UnknownEvent, wire.NewerVersion) as error:
            return _json(426, wire.Problem("hub_old", str(error)))
        except StoreUnwritable as error:
            return _json(503, wire.Problem("disk", str(error)))
        except ValueError as error:
            return _json(400, wire.Problem("message", str(error)))
        except Exception as error:
            log.exception("%s %s", request.method, request.url.path)
            return _json(500, wire.Problem("fault", f"{type(error).__name__}: {error}"))

    return answer


def _json(status: int, body: object) -> Response:
    headers = {wire.VERSION_HEADER: str(wire.VERSION)}
    if status == 429:
        headers["Retry-After"] = f"{random.uniform(0.2, 1.5):.2f}"  # noqa: S311  # spreads the terminals
    return Response(msgspec.json.encode(body), status, headers, "application/json")


async def _read(request: Request, kind: type[T]) -> T:
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > LARGEST_BODY:
            raise Refusal(413, "too_large", f"more than {LARGEST_BODY} bytes; send fewer facts at once")
    return msgspec.json.decode(content, type=kind)


def _version(request: Request) -> int:
    found = request.headers.get(wire.VERSION_HEADER, "")
    return int(found) if found.isdigit() else 0


def _require_version(request: Request) -> None:
    version = _version(request)
    if version > wire.VERSION:
        raise Refusal(426, "hub_old", f"this hub speaks version {wire.VERSION}, the terminal {version}")
    if version < wire.VERSION - 1 or not version:
        raise Refusal(426, "terminal_old", f"this hub speaks version {wire.VERSION} and the one before, not {version}")


def _number(request: Request, name: str, otherwise: int) -> int:
    found = request.query_params.get(name, str(otherwise))
    if not found.isdigit():
        raise Refusal(400, "message", f"{name} must be a number")
    return int(found)
