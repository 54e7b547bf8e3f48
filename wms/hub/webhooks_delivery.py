"""Delivering webhooks: at least once, each webhook's events in order, none held up by another's silence.

Retries follow the schedule that the Standard Webhooks specification gives as its example, with jitter. The place in the
feed is in the database, so a hub that dies goes on where it stood; of several processes one at a time delivers.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

import msgspec

from wms.domain import events as e
from wms.domain.ids import Badge
from wms.hub.api.events import Told
from wms.hub.api.feed import event_out
from wms.hub.api.reading import Heard, heard_up_to, stretch
from wms.hub.interface import HubStore
from wms.hub.webhooks import Webhook, Webhooks
from wms.hub.webhooks_sending import Sender, Sent
from wms.store import StoreUnwritable

T = TypeVar("T")
SCHEDULE = (5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600)
"""Seconds to the next attempt, after each failed one; the last is repeated."""
GIVE_UP_SECONDS = 5 * 86_400
LOOK_SECONDS = 2.0  # how often webhooks that are due, and commits of other processes, are looked for
AT_ONCE = 16  # deliveries
_EVENTS = 100  # of the feed, read at once
_SHARE = 100  # facts that concern nobody are noted only now and then
log = logging.getLogger(__name__)


class Deliveries:
    """`run` carries out what blocks, on threads of the application. `await forever()` until cancelled."""

    def __init__(
        self,
        hubs: Mapping[str, HubStore],
        run: Callable[..., Awaitable[Any]],
        sender: Sender,
        *,
        schedule: tuple[int, ...] = SCHEDULE,
        give_up: int = GIVE_UP_SECONDS,
        look: float = LOOK_SECONDS,
    ) -> None:
        self._hubs, self._run, self._sender = hubs, run, sender
        self._schedule, self._give_up, self._look = schedule, give_up, look
        self._holder = secrets.token_hex(8)
        self._room = asyncio.Semaphore(AT_ONCE)
        self._under_way: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._rung = asyncio.Event()
        self._passed: dict[tuple[str, str, str], int] = {}
        """How far each was looked at in a life of the journal, with nothing left to tell."""

    async def forever(self) -> None:
        loop = asyncio.get_running_loop()
        for hub in self._hubs.values():
            hub.listen(lambda: _ring(loop, self._rung))
        try:
            while True:
                self._rung.clear()
                for hub in self._hubs.values():
                    await self._look_at(hub)
                with contextlib.suppress(TimeoutError):
                    # wait_for would swallow a cancellation that comes together with a ring (Python 3.11), and the hub
                    # would never end
                    async with asyncio.timeout(self._look):
                        await self._rung.wait()
        finally:
            for task in self._under_way.values():
                task.cancel()
            await asyncio.gather(*self._under_way.values(), return_exceptions=True)
            for hub in self._hubs.values():
                with contextlib.suppress(StoreUnwritable):
                    await self._run(Webhooks(hub.database, hub.warehouse).release, self._holder)

    async def _look_at(self, hub: HubStore) -> None:
        try:
            await self._begin(hub)
        except StoreUnwritable:
            pass
        except Exception:  # a file that can't be read just now raises what its engine calls that
            log.exception("webhooks of %s", hub.warehouse)

    async def _begin(self, hub: HubStore) -> None:
        now, head = hub.now() // 1000, await self._run(heard_up_to, hub)
        self._under_way = {name: task for name, task in self._under_way.items() if not task.done()}
        for hook in await self._run(Webhooks(hub.database, hub.warehouse).listing):
            name = (hub.warehouse, hook.id)
            news = head > max(hook.cursor, self._passed.get((*name, hub.life), 0))
            if news and not hook.disabled and hook.due <= now and name not in self._under_way:
                self._under_way[name] = asyncio.create_task(self._serve(hub, hook.id))

    async def _serve(self, hub: HubStore, name: str) -> None:
        try:
            await self._tell(hub, name)
        except StoreUnwritable:
            log.warning("webhook %s waits for the database", name)
        except Exception:
            log.exception("webhook %s", name)
            with contextlib.suppress(StoreUnwritable):
                await self._failed(hub, Webhooks(hub.database, hub.warehouse), name, Sent(0, "a fault of the hub"))

    async def _tell(self, hub: HubStore, name: str) -> None:
        """Everything up to the end of the feed, or to the first failure."""
        kept = Webhooks(hub.database, hub.warehouse)
        more = True
        while more:
            life = hub.life  # before anything is read: a claim in it tells that it was no other meanwhile
            hook: Webhook | None = await self._run(kept.get, name)
            if hook is None or hook.disabled:
                return
            after = max(hook.cursor, self._passed.get((hub.warehouse, name, life), 0))
            found = await self._run(stretch, hub, after, _EVENTS)
            wanted = [heard for heard in found.heard if any(hook.wants(told.type) for told in heard.events)]
            pass_on = found.examined - hook.cursor > _SHARE
            if wanted or pass_on:
                stands = await self._run(kept.claim, name, self._holder, hub.now() // 1000, life)
                if stands is None:
                    return  # another process delivers, or another life has begun
                if stands != (hook.cursor, hook.told):
                    continue  # another one did, a moment ago
            for heard in wanted:
                if not await self._tell_fact(hub, kept, hook, heard, life):
                    return
            self._passed[hub.warehouse, name, life] = found.examined
            more = found.more
            if pass_on:
                await self._run(kept.passed, name, self._holder, found.examined)

    async def _tell_fact(self, hub: HubStore, kept: Webhooks, hook: Webhook, heard: Heard, life: str) -> bool:
        """Whether all of the fact's events that are wanted were taken."""
        wanted = [told for told in heard.events if hook.wants(told.type)]
        ids = [told.id for told in wanted]
        begin = ids.index(hook.told) + 1 if hook.told in ids else 0
        for n, told in enumerate(wanted[begin:], begin + 1):
            now = hub.now() // 1000
            if await self._run(kept.claim, hook.id, self._holder, now, life) is None:
                return False  # deleted, disabled, another process's or of another life by now
            async with self._room:
                sent = await self._sender.send(hook.url, hook.secret, told.id, now, _payload(told))
            if not sent.taken:
                await self._failed(hub, kept, hook.id, sent)
                return False
            cursor = heard.position if n == len(wanted) else heard.position - 1
            if not await self._run(kept.delivered, hook.id, self._holder, cursor, told.id):
                return False
        return True

    async def _failed(self, hub: HubStore, kept: Webhooks, name: str, sent: Sent) -> None:
        now = hub.now() // 1000
        hook: Webhook | None = await self._run(kept.get, name)
        if hook is None:
            return
        wait = self._schedule[min(hook.attempts, len(self._schedule) - 1)]
        wait = max(round(wait * random.uniform(0.8, 1.2)), sent.wait)  # noqa: S311  # spreads the attempts
        await self._run(kept.failed, name, now + wait, now, sent.trouble)
        if sent.gone or (hook.failing and now - hook.failing >= self._give_up):
            await self._run(_disable, hub, kept, name, sent.trouble)


def _disable(hub: HubStore, kept: Webhooks, name: str, trouble: str) -> None:
    """Nobody is told any more, and a person learns of it."""
    now = hub.now() // 1000
    hub.record(
        [e.ReviewRaised("webhook", name, trouble)],
        Badge("hub"),
        beside=lambda session, _: kept.disable(session, name, now, trouble),
    )


def _payload(told: Told) -> bytes:
    event = event_out(told)
    return msgspec.json.encode({"type": event.type, "timestamp": event.timestamp, "data": event.data})


def _ring(loop: asyncio.AbstractEventLoop, rung: asyncio.Event) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(rung.set)
