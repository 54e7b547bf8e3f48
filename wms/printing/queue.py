"""The queue of one printer: a thread that owns it, and tells the truth about every label it was given.

Jobs come into being in the transactions that ask for them (`wms.printing.jobs`), so none is lost or doubled by a crash.
The thread sleeps until a commit wakes it; every two seconds it looks whether another program asked for something, and
sooner while the printer is away.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from wms.config import PrinterConfig
from wms.domain.commands import RaiseReview, ReportPrinted
from wms.domain.ids import ParcelId
from wms.domain.records import Record
from wms.printing import jobs, kept
from wms.printing.health import LONGEST_PAUSE, Health
from wms.printing.jobs import Job, Overtaken, Unprintable
from wms.printing.routes import Routes
from wms.store import Store, StoreUnwritable
from wms.store.tables import SqliteRows
from wms.workflows.handling import Outcome
from wms.workflows.prompt import Msg
from wms.workflows.view import DeviceState

if TYPE_CHECKING:
    from drivers.printer import Delivery, PrinterPort
    from labels import Language, Profile
    from wms.printing.kept import Kept

WARM_UP_AFTER = 1.0  # seconds of rest: the first paint comes first
log = logging.getLogger(__name__)


class Made(Record):
    """A job's bytes for a printer. `fresh` is what must be kept of them, None if that is kept already."""

    data: bytes
    fresh: Kept | None = None


class QueueState(Record):
    """For the screen: how the printer `name` is, how many jobs are not out yet, since when the oldest (UTC ms)."""

    name: str
    device: DeviceState
    says: Msg
    waiting: int = 0
    oldest: int | None = None


class PrinterQueue:
    """`turn()` works off what can be; the thread of `start()` does so whenever there may be something."""

    def __init__(
        self,
        store: Store,
        printer: PrinterConfig,
        routes: Routes,
        language: Language,
        patience: float,
        *,
        keeps: bool = True,
        may_print: Callable[[], bool] = lambda: True,
        chores: Callable[[], None] = lambda: None,
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        """`chores` are done around every turn. Raises `ValueError` for a URI that is none."""
        self.printer = printer
        self._store, self._routes, self._language, self._keeps = store, routes, language, keeps
        self._may_print, self._chores, self._on_change = may_print, chores, on_change
        self._port = _port(printer.uri) if printer.uri else None
        usual = printer.name == routes.usual("label")
        self._health = Health(store, patience, configured=bool(printer.uri), printer="" if usual else printer.name)
        self._shown: QueueState | None = None
        self._profile: Profile | None = None
        self._wake, self._stopping = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"print-{printer.name}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        self._wake.set()

    def stop(self) -> None:
        """End the thread, after what is under way (ten seconds at most). What waits stays in the store."""
        self._stopping.set()
        self._wake.set()

    def join(self) -> None:
        if self._thread.is_alive():
            self._thread.join()

    def state(self) -> QueueState:
        waiting = [*self._mine("sending"), *self._mine("queued")]
        device, says = self._health.shown()
        oldest = min((job.created for job in waiting), default=None)
        return QueueState(self.printer.name, device, says, len(waiting), oldest)

    # The thread

    def _run(self) -> None:
        cold = self._port is not None
        while not self._stopping.is_set():
            self._wake.clear()
            pause = LONGEST_PAUSE
            try:
                self.turn()
                pause = self._health.next_look(waiting=bool(self._mine("queued")))
            except StoreUnwritable as error:
                log.warning("printing waits: %s", error)
            except Exception:
                log.exception("printing")
            warms = cold and not self._health.trouble
            if not self._stopping.is_set() and not self._wake.wait(WARM_UP_AFTER if warms else pause) and warms:
                cold = False
                self._warm_up()

    def turn(self) -> None:
        """Once: ask about what was interrupted, work off what can be, tell how it stands."""
        if not self._may_print():
            self._health.heard("another_program")
        else:
            if self._health.trouble == "another_program":
                self._health.heard("")
            for job in self._mine("sending"):  # it was cut short: nobody knows how much is on paper
                self._look(job, "broken")
            self._chores()
            if self._port is not None:
                self._work_off(self._port)
            self._chores()
        waiting = self._mine("queued")
        self._health.rest(waiting[0].person if waiting else None)
        self._show()

    def _work_off(self, port: PrinterPort) -> None:
        if self._health.trouble or not self._health.known:
            status = port.status()
            self._health.heard(status.reason, answers=status.answered)
        elif self._health.wants_look and not self._mine("queued"):
            status = port.status()
            self._health.looked_at_rest(status.reason, answered=status.answered)
        while not self._health.trouble and not self._stopping.is_set():
            waiting = self._mine("queued")
            if not waiting:
                return
            self._print(waiting[0], port)
            self._show()

    def _show(self) -> None:
        state = self.state()
        if state != self._shown and not self._stopping.is_set():
            self._shown = state
            self._on_change()

    def _warm_up(self) -> None:
        """At the first rest fonts and layout are loaded: the first label need not wait for them."""
        try:
            began = time.monotonic()
            self._made(None)
            log.info("%s: ready to print after %.2f s", self.printer.name, time.monotonic() - began)
        except Exception:
            log.exception("warming up")

    # One job

    def _print(self, job: Job, port: PrinterPort) -> None:
        if job.epoch and job.epoch != self._store.epoch:
            self._look(job, "restored")
            return
        try:
            made = self._made(job)
        except UnknownProfile:
            self._health.heard("unknown_profile")
            return
        except Unprintable as error:
            self._look(job, f"layout,{error.field},{error.reason}")
            return
        if made is not None and self._store.writer.do(lambda connection: self._take(connection, job, made)):
            delivery = port.send(made.data)
            self._insist(lambda: self._record(job, delivery))
            if delivery.outcome in ("printed", "sent"):
                self._health.printed(delivery.reason)
            else:
                self._health.heard(delivery.reason or "error")

    def _made(self, job: Job | None) -> Made | None:
        """A job's bytes, a reprint being what was printed before under a mark; without job, whatever takes time the
        first time. Raises `UnknownProfile`, `Unprintable`."""
        from wms.printing.making import made

        profile = self._model()
        own = self._store.folder / "templates"
        return made(self._store.rows, job, profile, self._language, keeps=self._keeps, templates=own)

    def _model(self) -> Profile:
        if self._profile is None:
            from labels.profiles import DEFAULT_PROFILE, profile_named

            name = self.printer.profile
            try:
                self._profile = profile_named(name) if name else DEFAULT_PROFILE
            except ValueError as error:
                raise UnknownProfile(name) from error
        return self._profile

    def _take(self, connection: Any, job: Job, made: Made) -> bool:
        """Last look before it goes out: an order may have been cancelled meanwhile."""
        reason, at = jobs.unwanted(SqliteRows(connection), job), self._store.clock()
        if reason:
            jobs.put(connection, job, "cancelled", reason, at)
            return False
        if not jobs.take(connection, job, self.printer.name, at):
            return False
        if made.fresh is not None:
            kept.put(connection, job, made.fresh, at)
        return True

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
        at = self._store.clock()

        def failed(connection: Any, _: Outcome) -> None:
            if jobs.is_over(connection, job):
                raise Overtaken
            jobs.put(connection, job, "failed", detail, at)

        with contextlib.suppress(Overtaken):
            self._store.execute(RaiseReview("label", job.subject, detail), job.person, beside=failed)

    def _insist(self, record: Callable[[], None]) -> None:
        """The printer has acted: until that is written down nothing else may be sent."""
        while True:
            try:
                return record()
            except StoreUnwritable:
                log.exception("what the printer did can't be recorded yet")
                if self._stopping.wait(LONGEST_PAUSE):
                    raise

    def _mine(self, state: jobs.State) -> list[Job]:
        found = jobs.in_state(self._store.rows.connection, state)
        return [job for job in found if self._routes.queue_of(job) == self.printer.name]

    def _put(self, job: Job, state: jobs.State, reason: str) -> None:
        at = self._store.clock()
        self._store.writer.do(lambda connection: jobs.put(connection, job, state, reason, at))


class UnknownProfile(LookupError):
    """The settings name a printer model that the label engine does not know."""


def _port(uri: str) -> PrinterPort:
    """Imported only where there is a printer: a terminal without one starts sooner."""
    from drivers.printer import open_printer

    return open_printer(uri)
