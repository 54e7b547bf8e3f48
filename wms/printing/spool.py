"""The spool: a queue with a thread of its own for each printer, and what must be seen to around the jobs."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from wms.config import PrinterConfig
from wms.domain import events as e
from wms.domain.events import Fact
from wms.domain.ids import Badge, ManifestId, ParcelId
from wms.domain.records import Record
from wms.printing import jobs, kept
from wms.printing.jobs import Job
from wms.printing.queue import PrinterQueue, QueueState
from wms.printing.reviews import settle_reviews
from wms.printing.routes import Routes
from wms.store import Store
from wms.store.sole import Sole
from wms.workflows.prompt import NOTHING, Msg, msg
from wms.workflows.unprinted import Unprinted
from wms.workflows.view import DeviceState

if TYPE_CHECKING:
    from labels import Language

PATIENCE = 3.0  # seconds of trouble before the supervisor hears of it
KEPT_DAYS = 30
TIDY_EVERY_MS = 3_600_000
NEWS = (
    e.LabelRequested,
    e.LabelVerified,
    e.LabelVoided,
    e.ManifestClosed,
    e.OrderCancelled,
    e.OrderDiverted,
    e.ParcelVoided,
    e.ReviewClosed,
)
_WORST_FIRST = (
    DeviceState.TROUBLE,
    DeviceState.LOST,
    DeviceState.CONNECTING,
    DeviceState.READY,
    DeviceState.NONE,
)
_STOPPED = (DeviceState.TROUBLE, DeviceState.LOST)
log = logging.getLogger(__name__)


class SpoolState(Record):
    """For the screen. `waiting` jobs are not out yet, the oldest since `oldest` (UTC ms); `broken` names the parcels
    and manifests to be looked at. `device` and `says` are of the printer that needs somebody most."""

    device: DeviceState
    says: Msg
    waiting: int
    broken: tuple[str, ...] = ()
    oldest: int | None = None
    queues: tuple[QueueState, ...] = ()


class Spool:
    """Make it before anything is recorded in the store, `start()` it, `stop()` it before the store is closed."""

    def __init__(
        self,
        store: Store,
        printers: Sequence[PrinterConfig] = (),
        language: str = "zh_CN",
        on_change: Callable[[], None] = lambda: None,
        *,
        kept_days: int = KEPT_DAYS,
        patience: float = PATIENCE,
    ) -> None:
        """Without `printers` jobs wait. `on_change` is called on a queue's thread after each change of `state()`.
        What was printed is kept for `kept_days`. Raises `ValueError` for a URI that is none."""
        self._store, self._kept_days = store, kept_days
        self._sole = Sole(store.folder)
        self._house = threading.Lock()
        self._tidied = 0
        self._routes = routes = Routes(tuple(printers))
        spoken = _spoken(language)
        self.queues = tuple(
            PrinterQueue(
                store,
                printer,
                routes,
                spoken,
                patience,
                keeps=kept_days > 0,
                may_print=self._may_print,
                chores=self.chores if n == 0 else lambda: None,
                on_change=on_change,
            )
            for n, printer in enumerate(routes.queues())
        )
        store.accompany(jobs.accompany)
        store.listen(self._committed)

    def start(self) -> None:
        for queue in self.queues:
            queue.start()

    def stop(self) -> None:
        """End the threads, after what is under way (ten seconds at most). What waits stays in the store."""
        for queue in self.queues:
            queue.stop()
        for queue in self.queues:
            queue.join()
        self._sole.let_go()

    def state(self) -> SpoolState:
        queues = tuple(queue.state() for queue in self.queues)
        worst = min(queues, key=lambda queue: (not queue.waiting, _WORST_FIRST.index(queue.device)))
        if all(queue.device == DeviceState.READY for queue in queues):
            worst = next((queue for queue in queues if queue.says.text), queues[0])
        says = worst.says if worst.waiting or worst.device != DeviceState.NONE else NOTHING
        if worst is not queues[0] and says.text:
            says = msg("{printer}: {says}", printer=worst.name, says=says)
        broken = tuple(dict.fromkeys(job.subject for job in self._jobs("failed")))
        oldest = min((queue.oldest for queue in queues if queue.oldest is not None), default=None)
        waiting = sum(queue.waiting for queue in queues)
        return SpoolState(worst.device, says, waiting, broken, oldest, queues)

    def unprinted(self) -> Unprinted:
        """The labels that wait for a printer that can't print, and how that for labels is; for the packer."""
        queues = [queue.state() for queue in self.queues]
        troubles = {queue.name: queue.says for queue in queues if queue.device in _STOPPED}
        waiting = jobs.never_sent(self._store.rows.connection, self._jobs("queued")) if troubles else []
        stuck = ((ParcelId(job.subject), troubles.get(self._routes.queue_of(job), NOTHING)) for job in waiting)
        usual = troubles.get(self._routes.usual("label"), NOTHING)
        return Unprinted(tuple((parcel, says) for parcel, says in stuck if says.text), usual)

    def print_manifest(self, manifest: ManifestId, person: Badge) -> None:
        """Print the slip of a closed manifest once more."""
        at, epoch = self._store.clock(), self._store.epoch
        self._store.writer.do(lambda connection: jobs.slip_again(connection, manifest, person, at, epoch))
        self._wake()

    def _committed(self, facts: tuple[Fact, ...]) -> None:
        if any(isinstance(fact.body, NEWS) for fact in facts):
            self._wake()

    def _wake(self) -> None:
        for queue in self.queues:
            queue.wake()

    def _may_print(self) -> bool:
        with self._house:
            return self._sole.mine()

    # What surrounds the jobs

    def chores(self) -> None:
        self._drop_unwanted()
        settle_reviews(self._store)
        self._tidy()

    def _drop_unwanted(self) -> None:
        for job in self._jobs("queued"):
            if reason := jobs.unwanted(self._store.rows, job):
                self._put(job, reason)

    def _tidy(self) -> None:
        """Once an hour: what is older than the retention time, and what names somebody who was erased, goes."""
        now = self._store.clock()
        if abs(now - self._tidied) < TIDY_EVERY_MS:
            return
        self._tidied, before = now, now - self._kept_days * kept.DAY_MS

        def forget(connection: Any) -> None:
            kept.forget_old(connection, before)
            jobs.forget_settled(connection, min(before, now - KEPT_DAYS * kept.DAY_MS))

        self._store.writer.do(forget)

    def _jobs(self, state: jobs.State) -> list[Job]:
        return jobs.in_state(self._store.rows.connection, state)

    def _put(self, job: Job, reason: str) -> None:
        at = self._store.clock()
        self._store.writer.do(lambda connection: jobs.put(connection, job, "cancelled", reason, at))


def _spoken(language: str) -> Language:
    return "en" if language.startswith("en") else "zh_CN"
