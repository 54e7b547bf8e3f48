"""The hub over HTTP: all routes of all warehouses in one application.

Calls to the stores block, so they run on a few threads of their own; a pull that waits holds no thread at all.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Any, TypeVar

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware

from wms.domain.auditing import Rules
from wms.hub.answering import failed
from wms.hub.api.routes import Api
from wms.hub.bell import Bell
from wms.hub.erasing import erase_due
from wms.hub.gate import Gate
from wms.hub.interface import HubStore
from wms.hub.online import Online
from wms.hub.snapshots import Snapshots
from wms.hub.sync_routes import SyncRoutes
from wms.store import StoreUnwritable
from wms.store.peppers import PepperRing

T = TypeVar("T")
THREADS = 8
WRITERS = 4  # they wait for one another, so more would only keep those from reading who could
API_THREADS = 3
LOOK_SECONDS = 0.5  # how often commits of other processes (an import, another hub) are looked for
DAY = 86_400
RECIPIENTS_KEPT_DAYS = 30
log = logging.getLogger(__name__)


class HubApp:
    """The routes over the hubs of some warehouses; `starlette` is the ASGI application.

    `webhook_networks` are those that webhooks may reach although they are not public. With `behind_proxy` a request
    from this machine may be anybody's. Orders are reviewed by `rules`, those of the house if none are given.
    """

    def __init__(
        self,
        hubs: Mapping[str, HubStore],
        *,
        webhook_networks: Sequence[str] = (),
        behind_proxy: bool = False,
        recipients_kept_days: int = RECIPIENTS_KEPT_DAYS,
        ring: PepperRing | None = None,
        rules: Rules | None = None,
    ) -> None:
        self._hubs, self.bell = hubs, Bell()
        self._recipients_kept_days = recipients_kept_days
        threads, writers = ThreadPoolExecutor(THREADS, "hub"), ThreadPoolExecutor(WRITERS, "hub-write")
        # programs have threads of their own, so that no long list of theirs keeps a terminal waiting
        self._threads = (threads, writers, ThreadPoolExecutor(API_THREADS, "api"))
        self._run, run_writer, run_api = map(_on, self._threads)
        self._gate = Gate(hubs, threads)
        self._snapshots = Snapshots(self._run)
        self._sync = SyncRoutes(self._gate, self.bell, Online(), self._snapshots, self._run, run_writer, ring)
        self._api = Api(
            hubs,
            self._gate,
            run_api,
            webhook_networks=webhook_networks,
            pushes=lambda: self._sync.pushes,
            local_metrics=not behind_proxy,
            rules=rules,
        )
        self.starlette = Starlette(
            routes=[*self._sync.routes(), *self._api.routes()],
            middleware=[Middleware(self._api.timed)],
            lifespan=self._lifespan,
            exception_handlers={HTTPException: failed, Exception: failed},
        )

    @contextlib.asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        self.bell.hang()
        for hub in self._hubs.values():
            hub.listen(self.bell.ring)
        tasks = [asyncio.create_task(work) for work in (self._watch(), self._keep_house(), self._api.deliver())]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for threads in self._threads:
                threads.shutdown()
            self._snapshots.close()

    async def _watch(self) -> None:
        heads: dict[str, int] = {}
        while True:
            for name, hub in self._hubs.items():
                try:
                    head = await self._run(hub.head)
                except StoreUnwritable:
                    continue
                except Exception:  # a file that can't be opened just now raises what its engine calls that
                    log.exception("looking for commits of others in %s", name)
                    continue
                if heads.get(name, head) != head:
                    self.bell.ring()
                heads[name] = head
            await asyncio.sleep(LOOK_SECONDS)

    async def _keep_house(self) -> None:
        while True:
            for hub in self._hubs.values():
                try:
                    await self._run(hub.keep_house)
                    await self._run(erase_due, hub, self._recipients_kept_days)
                except Exception:  # tomorrow is another day
                    log.exception("keeping house in %s", hub.warehouse)
            await asyncio.sleep(DAY)


def _on(threads: Executor) -> Callable[..., Awaitable[Any]]:
    """What carries out a blocking call on these threads."""

    async def run(work: Callable[..., T], *args: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(threads, work, *args)

    return run
