"""What terminals ask of the hub: hello, push, pull, give back, decide, snapshot."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from wms.domain.ids import Badge
from wms.hub import odd_keys, roles
from wms.hub.answering import Refusal, answering, decoded, read_body
from wms.hub.bell import Bell
from wms.hub.gate import Caller, Gate
from wms.hub.limits import SMALL_BODY
from wms.hub.online import Online
from wms.hub.snapshots import Snapshots
from wms.hub.terminals import Terminals
from wms.hub.turns import Turns
from wms.store.journal import Line
from wms.store.peppers import PepperRing
from wms.sync import wire
from wms.sync.greeting import learn, pins_of
from wms.sync.signing import SIGNATURE_HEADER

T = TypeVar("T")
MOST_PUSHES = 16  # at once; more are asked to come back
_LARGEST = 2**53  # what every JSON reader keeps exactly


class SyncRoutes:
    """The routes; `run` carries out what blocks, on threads of the application, and `run_writer` what appends to the
    journal: who waits for the journal must not keep the readers waiting. `ring` holds what PINs are hashed with:
    terminals that sign people in are told, and tell what a hub that was made anew has lost."""

    def __init__(
        self,
        gate: Gate,
        bell: Bell,
        online: Online,
        snapshots: Snapshots,
        run: Callable[..., Any],
        run_writer: Callable[..., Any],
        ring: PepperRing | None = None,
    ) -> None:
        self._gate, self._bell, self._online, self._snapshots = gate, bell, online, snapshots
        self._run, self._run_writer, self._ring = run, run_writer, ring
        self._turns, self.pushes = Turns(), 0

    def routes(self) -> list[Route]:
        return [
            Route("/v1/enrol", answering(self._enrol), methods=["POST"]),
            Route("/v1/hello", answering(self._hello), methods=["POST"]),
            Route("/v1/push", answering(self._push), methods=["POST"]),
            Route("/v1/return", answering(self._give_back), methods=["POST"]),
            Route("/v1/pull", answering(self._pull), methods=["GET"]),
            Route("/v1/ask", answering(self._ask), methods=["POST"]),
            Route("/v1/snapshot", answering(self._snapshot), methods=["GET"]),
            Route("/v1/snapshot/{name}", answering(self._snapshot_file), methods=["GET"]),
            Route("/v1/terminals", answering(self._terminals), methods=["GET"]),
        ]

    async def _enrol(self, request: Request) -> wire.Enrolled:
        require_version(request)
        return await self._gate.enrol(request, decoded(await read_body(request, SMALL_BODY), wire.Enrol))

    async def _hello(self, request: Request) -> wire.Welcome:
        require_version(request)
        body = await read_body(request, SMALL_BODY)
        caller = await self._gate.terminal(request, body)
        message = decoded(body, wire.Hello)
        _require_device(caller, message.device)
        if not message.session or message.session != caller.session:
            raise Refusal(400, "message", "hello names the session that speaks")
        _require_numbers(message.epoch, message.n, message.head)
        _require_text(message.session, message.previous)
        welcome: wire.Welcome = await self._run_writer(caller.hub.hello, caller.device, message)
        return wire.named(await self._run(self._with_pins, welcome, message.pins), caller.name, caller.role)

    def _with_pins(self, welcome: wire.Welcome, told: wire.PinKeys) -> wire.Welcome:
        if self._ring is None:
            return welcome
        learn(self._ring, told, current=False)
        return msgspec.structs.replace(welcome, pins=pins_of(self._ring))

    async def _push(self, request: Request) -> wire.Pushed:
        caller, body = await self._caller(request)
        message = decoded(body, wire.Push)
        _require_numbers(message.epoch, message.first)
        due = range(message.first, message.first + len(message.facts))
        if message.facts:
            _require_device(caller, message.device)
        for line, n in zip(message.facts, due, strict=True):
            if (line.device, line.epoch, line.n) != (caller.device, message.epoch, n):
                raise Refusal(400, "message", "facts must follow each other in one epoch of one device")
            _require_line(line)
        keys, odd = odd_keys.parted(message.keys)
        if odd:
            await self._run_writer(odd_keys.tell, caller.hub, caller.device, odd)
        if not roles.may_open_recipients(caller.role):  # passed over, so that its queue moves on
            keys = tuple(key for key in keys if key.key is not None)
        message = msgspec.structs.replace(message, keys=keys)
        pushed: wire.Pushed = await self._in_turn(_push, caller, message, _version(request))
        return pushed

    async def _in_turn(self, work: Callable[..., T], *args: object) -> T:
        """One of those that may be handed over at once."""
        if self.pushes >= MOST_PUSHES:
            raise Refusal(429, "busy", "too many pushes at once")
        self.pushes += 1
        try:
            done: T = await self._run_writer(work, *args)
        finally:
            self.pushes -= 1
        return done

    async def _give_back(self, request: Request) -> wire.Given:
        caller, body = await self._caller(request)
        message = decoded(body, wire.Returned)
        for line in message.facts:
            _require_line(line, lost=True)
        warehouse, taken = caller.hub.warehouse, 0
        if not self._turns.begin(warehouse, caller.device):
            raise Refusal(429, "busy", "another terminal gives back what was lost")
        try:
            given: wire.Given = await self._in_turn(_give_back, caller, message, _version(request))
            taken = given.taken
        finally:
            self._turns.end(warehouse, caller.device, len(message.facts), taken)
            self._bell.ring()  # who waited for the end of this turn
        return given

    async def _pull(self, request: Request) -> wire.Pulled:
        caller, _ = await self._caller(request)
        after, keys_after = _number(request, "after", 0), _number(request, "keys_after", 0)
        limit = max(1, min(_number(request, "limit", wire.BATCH), wire.PAGE))
        until = time.monotonic() + min(_number(request, "wait", 0), wire.LONGEST_WAIT)
        waited = False
        while True:
            rung, left = self._bell.next(), until - time.monotonic()
            turn = 0.0 if self._bell.closed else min(self._turns.left(caller.hub.warehouse), left)
            if turn <= 0:
                answer: wire.Pulled = await self._run(self._page, caller, after, limit, keys_after)
                left = until - time.monotonic()
                if answer.facts or answer.keys or left <= 0 or self._bell.closed:
                    if waited:
                        await self._gate.known(request)  # it may have been revoked meanwhile
                    return answer
            waited = True
            await asyncio.wait((rung,), timeout=turn if turn > 0 else left)

    def _page(self, caller: Caller, after: int, limit: int, keys_after: int) -> wire.Pulled:
        page = caller.hub.page(after, limit, keys_after)
        if after > page.head:
            raise Refusal(409, "restored", f"this hub has come to {page.head}, not to {after}")
        if after < page.floor:
            raise Refusal(410, "snapshot", f"what stands before {page.floor} comes in a snapshot")
        counts = self._online.counts(caller.hub)
        opens = roles.may_open_recipients(caller.role)
        keys = tuple(line for line in page.keys if opens or line.key is None)  # what is destroyed, all must forget
        return wire.Pulled(page.facts, page.head, keys, page.keys_next, *counts)

    async def _ask(self, request: Request) -> wire.Answer:
        caller, body = await self._caller(request)
        message = decoded(body, wire.Ask)
        _require_text(message.request, message.person)
        try:
            command = wire.command_of(message.command, message.body)
        except ValueError as error:
            raise Refusal(400, "message", "that is no intent, or its body does not fit it") from error
        meant = roles.named_device(command)
        _require_device(caller, caller.device if meant is None else meant)
        if not roles.may_ask(caller.role, command):
            raise Refusal(403, "role", f"a terminal for {caller.role} may not ask for {message.command}")
        person = Badge(message.person)
        answer: wire.Answer = await self._run_writer(
            caller.hub.answer, caller.device, caller.session, message.request, person, command
        )
        return answer

    async def _snapshot(self, request: Request) -> wire.Snapshot:
        caller, _ = await self._caller(request)
        return await self._snapshots.newest(caller.hub)

    async def _snapshot_file(self, request: Request) -> Response:
        caller, _ = await self._caller(request)
        return self._snapshots.file(caller.hub, request.path_params["name"])

    async def _terminals(self, request: Request) -> wire.Terminals:
        """How many there are, and for those who may know it which; asked outside any session, as `wms doctor` does, or
        by an administrator's or a monitor's program."""
        if SIGNATURE_HEADER in request.headers:
            require_version(request)
            caller = await self._gate.terminal(request, b"")
        else:
            caller = await self._gate.client(request, roles.ClientRole.ADMIN, roles.ClientRole.MONITOR)
        found: wire.Terminals = await self._run(_known, caller)
        return found

    async def _caller(self, request: Request) -> tuple[Caller, bytes]:
        """Who speaks, if it speaks a version we know, in the session we know, and follows the journal we keep."""
        require_version(request)
        hub, terminal = await self._gate.known(request)
        body = await read_body(request)
        caller = await self._gate.signed(request, body, hub, terminal)
        if request.headers.get(wire.LIFE_HEADER, "") != hub.life:
            raise Refusal(409, "restored", "this hub's journal has begun another life: say hello")
        if not await self._run(hub.speaks, caller.device, caller.session):
            raise Refusal(409, "session", "another run of this terminal has spoken since: say hello again")
        return caller, body


def _push(caller: Caller, message: wire.Push, version: int) -> wire.Pushed:
    return caller.hub.push(caller.device, message, version=version)


def _give_back(caller: Caller, message: wire.Returned, version: int) -> wire.Given:
    return caller.hub.give_back(caller.device, message, version=version)


def _known(caller: Caller) -> wire.Terminals:
    terminals, now = Terminals(caller.hub.database, caller.hub.warehouse), caller.hub.now() // 1000
    lines = terminals.listing(now) if roles.may_list_terminals(caller.role) else []
    return wire.Terminals(*terminals.counts(now), tuple(lines))


def require_version(request: Request) -> None:
    """Raises `Refusal` unless the caller's version is this one or the one before."""
    version = _version(request)
    if version > wire.VERSION:
        raise Refusal(426, "hub_old", f"this hub speaks version {wire.VERSION}, the terminal {version}")
    if version < wire.VERSION - 1 or not version:
        raise Refusal(426, "terminal_old", f"this hub speaks version {wire.VERSION} and the one before, not {version}")


def _version(request: Request) -> int:
    found = request.headers.get(wire.VERSION_HEADER, "")
    return int(found) if found.isascii() and found.isdigit() and len(found) < 10 else 0


def _number(request: Request, name: str, otherwise: int) -> int:
    found = request.query_params.get(name, str(otherwise))
    if not (found.isascii() and found.isdigit() and len(found) < 16):
        raise Refusal(400, "message", f"{name} must be a number")
    return int(found)


def _require_device(caller: Caller, device: str) -> None:
    if device != caller.device:
        raise Refusal(403, "device", f"this token is {caller.device}'s")


def _require_line(line: Line, *, lost: bool = False) -> None:
    """What a fact is wrapped in must be sound; what it says is never refused. Only a fact that was lost may bear an
    epoch below 0 (`wms.store.orphans`)."""
    _require_numbers(abs(line.epoch) if lost else line.epoch, line.n)
    if line.n < 1:
        raise Refusal(400, "message", "facts are counted from 1")
    if abs(line.at) > _LARGEST:
        raise Refusal(400, "message", "a time is out of all bounds")
    _require_text(line.device, line.person, line.kind)
    if not line.kind or len(line.kind) > 100:
        raise Refusal(400, "message", "a fact's kind is a name of at most 100 letters")
    try:
        said = line.text
    except UnicodeDecodeError as error:
        raise Refusal(400, "message", "a fact's body is no UTF-8") from error
    _require_text(said, most=len(said))


def _require_numbers(*numbers: int) -> None:
    if any(not 0 <= number <= _LARGEST for number in numbers):
        raise Refusal(400, "message", "a number is out of all bounds")


def _require_text(*texts: str, most: int = 1_000) -> None:
    for text in texts:
        if len(text) > most or "\0" in text or (not text.isascii() and not _sound(text)):
            raise Refusal(400, "message", "a text is too long, or holds what is no letter")


def _sound(text: str) -> bool:
    """Lone surrogates are no text, and no database takes them."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
