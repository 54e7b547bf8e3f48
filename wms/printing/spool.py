"""The spool: one thread that owns the printer, and tells the truth about every label.

Jobs come into being in the transactions that ask for them (`wms.printing.jobs`), so none is lost or doubled by a crash.
The thread sleeps until a commit wakes it; only while the printer is away does it look again, ever more rarely.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from wms.domain import events as e
from wms.domain.commands import CloseReview, RaiseReview, ReportPrinted
from wms.domain.events import Fact
from wms.domain.ids import Badge, ManifestId, ParcelId
from wms.domain.records import Record
from wms.domain.review import Review
from wms.printing import jobs
from wms.printing.health import LONGEST_PAUSE, Health
from wms.printing.jobs import Job, Unprintable
from wms.store import Store, StoreUnwritable
from wms.store.tables import SqliteRows
from wms.workflows.prompt import NOTHING, Msg
from wms.workflows.view import DeviceState

if TYPE_CHECKING:
    from drivers.printer import Delivery, PrinterPort
    from labels import Language, Profile

PATIENCE = 3.0  # seconds of trouble before the supervisor hears of it
NEWS = (
    e.LabelRequested,
    e.LabelVerified,
    e.ManifestClosed,
    e.OrderCancelled,
    e.OrderDiverted,
    e.ParcelVoided,
    e.ReviewClosed,
)
log = logging.getLogger(__name__)


def _port(uri: str) -> PrinterPort:
    """Imported only where there is a printer: a terminal without one starts sooner."""
    from drivers.printer import open_printer

    return open_printer(uri)


class SpoolState(Record):
    """For the screen. `waiting` jobs are not out yet; `broken` names the parcels and manifests to be looked at."""

    device: DeviceState
    says: Msg
    waiting: int
    broken: tuple[str, ...] = ()


class Spool:
    """Make it before anything is recorded in the store, `start()` it, `stop()` it before the store is closed."""

    def __init__(
        self,
        store: Store,
        uri: str | None,
        language: str = "zh_CN",
        on_change: Callable[[], None] = lambda: None,
        *,
        profile: Profile | None = None,
        patience: float = PATIENCE,
    ) -> None:
        """Without `uri` jobs wait. `on_change` is called on the spool's thread after each change of `state()`.
        `profile` is the printer's, 80 mm if not given. Raises `ValueError` for a URI that is none."""
        self._store, self._on_change, self._profile = store, on_change, profile
        self._language: Language = "en" if language.startswith("en") else "zh_CN"
        self._port = _port(uri) if uri else None
        self._health = Health(store, patience, configured=bool(uri))
        self._printer = self._health.shown()
        self._shown: SpoolState | None = None
        self._wake, self._stopping = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="print-spool", daemon=True)
        store.accompany(jobs.accompany)
        store.listen(self._committed)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End the thread, after what is under way (ten seconds at most). What waits stays in the store."""
        self._stopping.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()

    def state(self) -> SpoolState:
        waiting, broken = jobs.count(self._store.rows.connection)
        device, says = self._printer
        return SpoolState(device, says if waiting or device != DeviceState.NONE else NOTHING, waiting, broken)

    def print_manifest(self, manifest: ManifestId, person: Badge) -> None:
        """Print the slip of a closed manifest once more."""
        at = self._store.clock()
        self._store.writer.do(lambda connection: jobs.again(connection, manifest, person, at))
        self._wake.set()

    # The thread

    def _committed(self, facts: tuple[Fact, ...]) -> None:
        if any(isinstance(fact.body, NEWS) for fact in facts):
            self._wake.set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                self._turn()
                pause = self._health.next_look(waiting=bool(self._jobs("queued")))
            except StoreUnwritable as error:
                log.warning("printing waits: %s", error)
                pause = LONGEST_PAUSE
            except Exception:
                log.exception("printing")
                pause = LONGEST_PAUSE
            if not self._stopping.is_set():
                self._wake.wait(pause)

    def _turn(self) -> None:
        for job in self._jobs("sending"):  # a crash cut it short: nobody knows how much is on paper
            self._look(job, "broken")
        self._drop_unwanted()
        self._settle_reviews()
        if self._port is not None:
            self._work_off(self._port)
        self._settle_reviews()
        waiting = self._jobs("queued")
        self._health.rest(waiting[0].person if waiting else None)
        self._show()

    def _work_off(self, port: PrinterPort) -> None:
        if self._health.trouble or not self._health.known:
            self._health.heard(port.status().reason)
        while not self._health.trouble and not self._stopping.is_set():
            waiting = self._jobs("queued")
            if not waiting:
                return
            self._print(waiting[0], port)
            self._show()

    def _show(self) -> None:
        self._printer = self._health.shown()
        state = self.state()
        if state != self._shown and not self._stopping.is_set():
            self._shown = state
            self._on_change()

    # One job

    def _print(self, job: Job, port: PrinterPort) -> None:
        from wms.printing.rendering import rendered

        try:
            data = rendered(self._store.rows, job, self._language, self._profile)
        except Unprintable as error:
            self._look(job, f"layout,{error.field},{error.reason}")
            return
        if self._store.writer.do(lambda connection: self._take(connection, job)):
            delivery = port.send(data)
            self._insist(lambda: self._record(job, delivery))
            if delivery.outcome in ("printed", "sent"):
                self._health.printed(delivery.reason)
            else:
                self._health.heard(delivery.reason or "error")

    def _take(self, connection: Any, job: Job) -> bool:
        """Last look before it goes out: an order may have been cancelled meanwhile."""
        reason, at = jobs.unwanted(SqliteRows(connection), job), self._store.clock()
        if reason:
            jobs.put(connection, job, "dropped", reason, at)
            return False
        return jobs.take(connection, job, at)

    def _record(self, job: Job, delivery: Delivery) -> None:
        at, reason = self._store.clock(), delivery.reason
        match delivery.outcome:
            case "printed" | "sent" as outcome if job.kind == "label":
                self._store.execute(
                    ReportPrinted(ParcelId(job.subject), proof=outcome == "printed"),
                    job.person,
                    beside=lambda connection, _: jobs.put(connection, job, outcome, reason, at),
                )
            case "printed" | "sent" as outcome:
                self._put(job, outcome, reason)
            case "not_sent":
                self._put(job, "queued", reason)
            case "broken":
                self._look(job, "broken")

    def _look(self, job: Job, detail: str) -> None:
        """A person must look; the review says at what. Unless the label was scanned meanwhile."""
        if jobs.is_over(self._store.rows.connection, job):
            return
        at = self._store.clock()
        self._store.execute(
            RaiseReview("label", job.subject, detail),
            job.person,
            beside=lambda connection, _: jobs.put(connection, job, "look", detail, at),
        )

    def _insist(self, record: Callable[[], None]) -> None:
        """The printer has acted: until that is written down nothing else may be sent."""
        while True:
            try:
                return record()
            except StoreUnwritable:
                log.exception("what the printer did can't be recorded yet")
                if self._stopping.wait(LONGEST_PAUSE):
                    raise

    # What surrounds the jobs

    def _drop_unwanted(self) -> None:
        for job in self._jobs("queued"):
            if reason := jobs.unwanted(self._store.rows, job):
                self._put(job, "dropped", reason)

    def _settle_reviews(self) -> None:
        """A label's review ends when nothing is to be looked at any more; looking ends when its review is closed."""
        rows, looks = self._store.rows, self._jobs("look")
        opened = {review.subject: review for review in rows.where(Review, open=True) if review.kind == "label"}
        for job in looks:
            if job.subject not in opened:
                self._put(job, "dropped", "looked at")
        for subject in opened.keys() - {job.subject for job in looks}:
            person = jobs.last_asked(rows.connection, subject)
            if person is not None:
                self._store.execute(CloseReview(opened[subject].id, "settled at the printer"), person)

    def _jobs(self, state: jobs.State) -> list[Job]:
        return jobs.in_state(self._store.rows.connection, state)

    def _put(self, job: Job, state: jobs.State, reason: str) -> None:
        at = self._store.clock()
        self._store.writer.do(lambda connection: jobs.put(connection, job, state, reason, at))
