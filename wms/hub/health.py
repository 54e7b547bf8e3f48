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


def probe(hub: HubStore) -> str:
    """Write something and look at the picture; why that does not do, '' if it does."""

    def write(session: Session) -> None:
        session.execute(_PROBE, (hub.warehouse, hub.now() // 1000, b""))

    try:
        hub.database.write(write)
        lag = picture_lag(hub)
    except StoreUnwritable:
        return "the database can't be reached or written"
    return f"the picture is {lag} facts behind" if lag > LARGEST_LAG else ""


class Health:
    """`run` carries out what blocks. One look serves all who ask within `GOOD_FOR` seconds."""

    def __init__(self, hubs: Mapping[str, HubStore], run: Callable[..., Awaitable[Any]]) -> None:
        self._hubs, self._run = hubs, run
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
        for hub in self._hubs.values():
            trouble: str = await self._run(probe, hub)
            if trouble:
                return trouble
        return ""
