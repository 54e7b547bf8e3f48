"""Whether the hub lives, and whether it can work: for balancers and watchdogs, without a token and without secrets."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from wms.hub.answering import Refusal, answering
from wms.hub.database import Session
from wms.hub.interface import HubStore
from wms.store import StoreUnwritable, journal

LARGEST_LAG = 5_000  # facts the picture may be behind the journal
LONGEST_STILL = 30  # seconds the picture may stand still while it is behind
PATIENCE = 5.0  # seconds for a write to come back
GOOD_FOR = 2.0  # seconds; nobody can make the hub write faster by asking
_PROBE = (
    "INSERT INTO hub_idempotency (wh, client, request, digest, at, status, body) VALUES (?, '', 'probe', '', ?, 0, ?)"
    " ON CONFLICT (wh, client, request) DO UPDATE SET at = excluded.at"
)


def picture_lag(hub: HubStore) -> int:
    """How many facts of the journal are not in the picture yet."""
    seen = journal.head(hub.rows.connection)
    return max(hub.head() - seen, 0)


class Follower:
    """Whether the picture of a hub follows its journal, from one look to the next."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._stood: tuple[int, float] = (-1, 0.0)  # where the picture was, and since when

    def trouble(self, hub: HubStore) -> str:
        """Why the picture can't be trusted to be of now; '' if it can."""
        seen = journal.head(hub.rows.connection)
        lag = max(hub.head() - seen, 0)
        now = self._clock()
        if not lag or seen != self._stood[0]:
            self._stood = (seen if lag else -1, now)  # one that is not behind has not begun to stand still
        if lag > LARGEST_LAG:
            return f"the picture is {lag} facts behind"
        if hub.picture_failed:
            return "the picture can't be brought up to the journal; the hub's log says why"
        stuck = round(now - self._stood[1])
        return f"the picture is {lag} facts behind and has not moved for {stuck} s" if stuck > LONGEST_STILL else ""


def probe(hub: HubStore, follower: Follower) -> str:
    """Write something and look at the picture; why that does not do, '' if it does."""

    def write(session: Session) -> None:
        session.execute(_PROBE, (hub.warehouse, hub.now() // 1000, b""))

    try:
        hub.database.write(write)
        return follower.trouble(hub)
    except StoreUnwritable:
        return "the database can't be reached or written"


class Health:
    """`run` carries out what blocks. One look serves all who ask within `GOOD_FOR` seconds."""

    def __init__(self, hubs: Mapping[str, HubStore], run: Callable[..., Awaitable[Any]]) -> None:
        self._hubs, self._run = hubs, run
        self._followers = {name: Follower() for name in hubs}
        self._looking: asyncio.Task[str] | None = None
        self._found, self._until = "", 0.0

    def routes(self) -> list[Route]:
        return [
            Route("/healthz", answering(self._alive), methods=["GET"]),
            Route("/readyz", answering(self._ready), methods=["GET"]),
        ]

    async def _alive(self, _: Request) -> dict[str, str]:
        return {"status": "alive"}

    async def _ready(self, _: Request) -> dict[str, str]:
        """Raises `Refusal` with 503 while it can't work."""
        if time.monotonic() >= self._until:
            if self._looking is None or self._looking.done():
                self._looking = asyncio.create_task(self._look())
            # a look that hangs goes on; the next one waits for the same
            done, _pending = await asyncio.wait((self._looking,), timeout=PATIENCE)
            self._found = self._looking.result() if done else "the database does not answer"
            self._until = time.monotonic() + GOOD_FOR
        if self._found:
            raise Refusal(503, "not_ready", self._found)
        return {"status": "ready"}

    async def _look(self) -> str:
        for name, hub in self._hubs.items():
            trouble: str = await self._run(probe, hub, self._followers[name])
            if trouble:
                return trouble
        return ""
