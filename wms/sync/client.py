"""Sync in the background: two threads that hand over and fetch, and what the screen shows of it.

A station never waits for these threads. It commits, they follow; when the hub is away they try again, ever more
rarely, and the work goes on.
"""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable

from wms.domain.commands import Command
from wms.domain.events import Fact
from wms.domain.ids import Badge
from wms.store import Store, StoreUnwritable
from wms.sync.answers import SyncStatus, Unreachable
from wms.sync.connection import HubTrouble, NotReached
from wms.sync.exchange import Exchange
from wms.sync.identity import Credentials
from wms.workflows.handling import Recorded, Refused
from wms.workflows.prompt import NOTHING, Msg, msg
from wms.workflows.view import Link

FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0  # seconds
IDLE = 5.0  # seconds after which the pusher looks for keys that came without a fact
GATHERING = 0.05  # seconds after news in which more of it may gather: twenty pulls a second are enough
log = logging.getLogger(__name__)


class SyncClient:
    """Keeps a member store and its hub together from `start()` until `stop()`."""

    def __init__(
        self,
        store: Store,
        url: str,
        credentials: Credentials,
        on_change: Callable[[], None] = lambda: None,
        *,
        wait: int = 10,
    ) -> None:
        """`on_change` is called on a sync thread after each change of `status()`. `wait` is how long the hub may hold
        a pull (seconds, at most 25): a dead network shows `wait` and ten seconds later at the latest."""
        self._store, self._on_change, self._wait = store, on_change, wait
        self._wake = threading.Event()
        self._exchange = Exchange(store, url, credentials, self._wake.set)
        self._stopping = threading.Event()
        self._again = {"push": threading.Event(), "pull": threading.Event()}  # ends a lane's pause
        self._lock = threading.Lock()
        self._lost: dict[str, int] = {}  # lane that cannot reach the hub: since when
        self._troubles: dict[str, Msg] = {}
        self._answered = False
        self._shown = self._status()
        self._threads = [
            threading.Thread(target=self._run, args=("push", self._push), name="sync-push", daemon=True),
            threading.Thread(target=self._run, args=("pull", self._pull), name="sync-pull", daemon=True),
        ]

    def start(self) -> None:
        self._store.listen(self._committed)
        for thread in self._threads:
            thread.start()

    def status(self) -> SyncStatus:
        with self._lock:
            return self._shown

    def ask(self, command: Command, person: Badge, timeout: float = 10.0) -> Recorded | Refused | Unreachable:
        """Have the hub decide an intent, on top of everything recorded here; blocks up to about `timeout` seconds.

        After `Recorded` the store's picture holds the decision. `Unreachable` says that there is none yet, or that it
        has not arrived: then it shows up by itself.
        """
        try:
            outcome = self._exchange.ask(command, person, timeout)
        except HubTrouble as trouble:
            outcome = Unreachable(trouble.says if trouble.says is not NOTHING else BUSY)
        except StoreUnwritable as error:
            outcome = Unreachable(_unwritable(error))
        except Exception:  # the hub may have decided: whoever asked must not be told that nothing was recorded
            log.exception("asking the hub")
            outcome = Unreachable(STOPPED)
        self._show()
        return outcome

    def stop(self) -> None:
        """End both threads; what is unsent stays in the store."""
        self._stopping.set()
        self._wake.set()
        for again in self._again.values():
            again.set()
        self._exchange.close()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join()

    def _committed(self, facts: tuple[Fact, ...]) -> None:
        if any(fact.position is None for fact in facts):
            self._wake.set()

    def _push(self) -> None:
        self._wake.clear()
        self._exchange.push()
        self._done("push")
        self._wake.wait(IDLE)

    def _pull(self) -> None:
        """The first pull of a connection does not wait, so that the state of the link is known at once."""
        known = "pull" not in self._lost and self._answered
        taken = self._exchange.pull(self._wait if known else 0)
        self._done("pull")
        if taken:
            self._stopping.wait(GATHERING)

    def _run(self, lane: str, turn: Callable[[], None]) -> None:
        pause = FIRST_PAUSE
        while not self._stopping.is_set():
            asked = 0.0  # how long the hub wants to be left alone
            self._again[lane].clear()
            try:
                turn()
                pause = FIRST_PAUSE
                continue
            except NotReached:
                self._failed(lane, lost=True)
            except HubTrouble as trouble:
                self._failed(lane, trouble.says)
                asked = trouble.retry_after or 0.0
            except StoreUnwritable as error:
                self._failed(lane, _unwritable(error))
            except Exception:
                log.exception("sync %s", lane)
                self._failed(lane, STOPPED)
            if self._stopping.is_set():
                return
            jitter = random.uniform(0.5, 1.0)  # noqa: S311  # not a secret
            self._again[lane].wait(max(pause * jitter, asked * (jitter + 0.5)))
            pause = min(pause * 2, LONGEST_PAUSE)

    def _done(self, lane: str) -> None:
        with self._lock:
            self._answered = True
            self._lost.pop(lane, None)
            self._troubles.pop(lane, None)
            for other in self._lost:
                self._again[other].set()
        self._show()

    def _failed(self, lane: str, trouble: Msg = NOTHING, *, lost: bool = False) -> None:
        with self._lock:
            self._answered = self._answered or not lost
            self._troubles[lane] = trouble
            if not lost:
                self._lost.pop(lane, None)
            else:
                self._exchange.forget_terms()
                self._lost.setdefault(lane, self._store.clock() // 1000)
        if not self._stopping.is_set():
            self._show()

    def _status(self) -> SyncStatus:
        unsent = self._exchange.unsent()
        if self._lost:
            link = Link.OFFLINE
        elif unsent or not self._answered or any(text is not NOTHING for text in self._troubles.values()):
            link = Link.WAITING
        else:
            link = Link.IN_SYNC
        return SyncStatus(
            link,
            unsent,
            min(self._lost.values(), default=None),
            next((text for text in self._troubles.values() if text is not NOTHING), NOTHING),
            self._exchange.terminals,
            self._exchange.terminals_offline,
            self._exchange.oldest_unsent() if unsent else None,
        )

    def _show(self) -> None:
        """Publish the status if it changed. A listener's fault must not end the lane that told it."""
        try:
            with self._lock:
                before, self._shown = self._shown, self._status()
                changed = before != self._shown
            if changed:
                self._on_change()
        except Exception:
            log.exception("showing the state of sync")


BUSY = msg("The hub is busy. Try again")
STOPPED = msg("Sync stopped working. Work on; call the supervisor")


def _unwritable(error: StoreUnwritable) -> Msg:
    return msg("This terminal cannot write: {why}", why=str(error))
