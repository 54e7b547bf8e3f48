"""The station: one thread that takes inputs in order, commits, and publishes pictures.

It does not wait for the screen. A stalled display stops neither scans nor commits; a slow one skips to the newest
picture. Inputs wait for the station, as many as come: while a disk or the hub keeps it, the queue grows with the reads.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from wms.domain import commands as c
from wms.domain.records import replace
from wms.store import Store, StoreUnwritable
from wms.sync.answers import SyncAlarm, SyncStatus
from wms.terminal.deciding import Decider
from wms.terminal.desk import Desk, steady_s
from wms.terminal.devices import Devices
from wms.terminal.import_folders import Folders
from wms.terminal.importer import Importer
from wms.terminal.link_words import link_lines
from wms.terminal.wave_planner import WavePlanner
from wms.workflows.inputs import Input, Refreshed, Scanned
from wms.workflows.on_scale import scale_trouble
from wms.workflows.prompt import NOTHING, Msg, Said, Tone, msg, no
from wms.workflows.unprinted import Unprinted
from wms.workflows.view import Board, DeviceState, Status, View

if TYPE_CHECKING:
    from wms.printing.spool import Spool
    from wms.sync.client import SyncClient

log = logging.getLogger(__name__)

TICK_S = 1.0
CLOSING_S = 30.0
"""So long `close` waits for what was taken before, then for the input under way: a stuck disk may take for ever."""
CLOCK_JUMP_MS = 5_000
CLOCK_BEHIND_MS = 60_000
"""A clock this far behind the last thing it recorded was set back, or its battery is empty."""


class Station:
    """One terminal's work, from construction until `close()`. Satisfies `StationPort`."""

    def __init__(
        self,
        store: Store,
        devices: Devices,
        sync: SyncClient | None = None,
        spool: Spool | None = None,
        language: str = "",
        hints: tuple[Msg, ...] = (),
        standing: Callable[[], Msg] = lambda: NOTHING,
        alarm: SyncAlarm | None = None,
        folders: Folders | None = None,
    ) -> None:
        """`standing` tells what stands in the way apart from work and sync, such as a second medium that is gone.
        Orders are imported from `folders`."""
        self._store, self._devices, self._sync, self._spool = store, devices, sync, spool
        self._standing, self._alarm = standing, alarm or SyncAlarm()
        self._decider = Decider(store, sync)
        self._importer = Importer(store, self._decider, folders, lambda: self.desk.language, self.refresh)
        self._planner = WavePlanner(store, self.refresh)
        unprinted = spool.unprinted if spool else Unprinted
        self.desk = Desk(store, self._decider, language, devices.pan, hints, unprinted, self._importer, self._planner)
        self._inputs: queue.SimpleQueue[Input | None] = queue.SimpleQueue()
        self._subscribers: list[Callable[[View], None]] = []
        self._news = threading.Event()
        self._given_up = threading.Event()
        self._board_due = 0.0
        self._clocks = (store.clock(), _steady_ms())
        self._view = self._picture(0)
        self._thread = threading.Thread(target=self._run, name="station", daemon=True)

    def start(self) -> None:
        self._store.listen(lambda _: self.refresh())
        if self._store.restored:
            self._note("restored_copy", self._store.device)
        behind = self._store.last_at() - self._store.clock()
        if behind > CLOCK_BEHIND_MS:
            self._note("clock", self._store.device, str(-behind // 1000))
        self._thread.start()
        self._devices.start(self.submit)
        threading.Thread(target=self._keep_numbers, name="station-numbers", daemon=True).start()

    @property
    def view(self) -> View:
        return self._view

    def submit(self, inp: Input, /) -> None:
        if isinstance(inp, Refreshed):
            self.refresh()
        else:
            self._inputs.put(inp)

    def refresh(self) -> None:
        """Something changed elsewhere; many such calls become one look."""
        if threading.current_thread() is not self._thread and not self._news.is_set():
            self._news.set()
            self._inputs.put(Refreshed())

    def subscribe(self, callback: Callable[[View], None], /) -> None:
        self._subscribers.append(callback)

    def close(self) -> None:
        """Finish the inputs already taken and stop. After `CLOSING_S` those that still wait are given up, and logged.

        Whoever closes the store must ask `ended` first.
        """
        self._devices.stop()
        self._inputs.put(None)
        self._thread.join(CLOSING_S)
        if self._thread.is_alive():
            self._given_up.set()
            log.error("closed after %s s: %d inputs were not worked off", CLOSING_S, self._inputs.qsize() - 1)
            self._thread.join(CLOSING_S)
        self._importer.close(CLOSING_S)
        self._planner.close(CLOSING_S)

    @property
    def ended(self) -> bool:
        """Whether the station is done with the store: it was closed, and no input, import or plan keeps it."""
        return not self._thread.is_alive() and self._importer.ended and self._planner.ended

    def _run(self) -> None:
        while not self._given_up.is_set():
            try:
                inp = self._inputs.get(timeout=TICK_S)
            except queue.Empty:
                inp = Refreshed()
                with _surviving("the clock could not be watched"):
                    self._watch_clock()
            if inp is None:
                return
            self._work_off(inp)

    def _work_off(self, inp: Input) -> None:
        """No exception ends the station, and none reaches an operator."""
        if isinstance(inp, Refreshed):
            self._news.clear()
        tone = self._take(inp)
        if isinstance(inp, Scanned):
            with _surviving("a verdict could not be handed on"):
                said = self.desk.said if tone is not None else None
                self._devices.judged(inp, tone, self.desk.scanned_as, said)
        try:
            self._publish(fresh=not isinstance(inp, Refreshed))
        except Exception:
            self._publish_doubt()

    def _take(self, inp: Input) -> Tone | None:
        try:
            return self.desk.take(inp)
        except StoreUnwritable as error:
            log.error("store unwritable: %s", error)
            self.desk.said = no(msg("Not saved: the disk is full or read-only"), msg("Stop, and call the supervisor"))
        except Exception:
            log.exception("an input could not be worked off: %s", _kind_of(inp))
            self.desk.said = no(
                msg("That did not work and was not recorded"), msg("Scan again, or call the supervisor")
            )
        return Tone.NO

    def _publish(self, *, fresh: bool) -> None:
        if not fresh and self.desk.work == "board" and time.monotonic() < self._board_due:
            return
        view = self._picture(self._view.serial + 1)
        if fresh or not _same(view, self._view):
            self._hand_out(view)

    def _publish_doubt(self) -> None:
        """What is on the screen belongs to an earlier moment, and nobody may take it for the verdict."""
        said = Said(Tone.LOOK, (msg("This screen may be wrong"), msg("Call the supervisor")))
        view = replace(self._view, serial=self._view.serial + 1, said=said)
        if not _same(view, self._view):
            log.exception("there is no new picture")
            self._hand_out(view)

    def _hand_out(self, view: View) -> None:
        self._view = view
        for subscriber in self._subscribers:
            with _surviving("a picture could not be handed out"):
                subscriber(view)

    def _picture(self, serial: int) -> View:
        desk, site = self.desk, self.desk.site()
        board = desk.board()
        if board is not None:
            self._board_due = time.monotonic() + TICK_S
            board = _with_terminals(board, self._sync.status() if self._sync is not None else SyncStatus())
        status, prompt = self._status(), desk.prompt()
        if prompt.name == "menu":
            prompt = prompt.but(what=link_lines(status, self._store.clock() // 1000, site.zone))
        return View(
            serial,
            prompt,
            desk.said,
            status,
            desk.language,
            desk.person.name if desk.person is not None else "",
            desk.role(),
            board,
            site.name,
            site.zone,
        )

    def _status(self) -> Status:
        sync = self._sync.status() if self._sync is not None else SyncStatus()
        spool = self._spool.state() if self._spool is not None else None
        trouble = next(filter(_says, (self.desk.trouble, self._standing(), sync.hub_trouble)), NOTHING)
        return Status(
            sync.link,
            sync.unsent,
            sync.offline_since,
            self._devices.scanner_state(),
            self._devices.scale_state(),
            spool.device if spool is not None else DeviceState.NONE,
            spool.says if spool is not None else msg(""),
            spool.waiting if spool is not None else 0,
            spool.oldest // 1000 if spool is not None and spool.oldest is not None else None,
            trouble,
            self._devices.scanner_says(),
            scale_trouble(self._devices.on_scale()),
            sync.oldest,
            self._alarm.is_due(sync, self._store.clock() // 1000),
            sync.hub_trouble,
        )

    def _watch_clock(self) -> None:
        """Wall clock against monotonic clock: a jump is told to the supervisor, and nothing else changes by it."""
        wall, steady = self._store.clock(), _steady_ms()
        jump = (wall - self._clocks[0]) - (steady - self._clocks[1])
        self._clocks = (wall, steady)
        if abs(jump) > CLOCK_JUMP_MS:
            self._note("clock", self._store.device, str(jump // 1000))

    def _note(self, kind: str, subject: str, detail: str = "") -> None:
        try:
            self._store.execute(c.RaiseReview(kind, subject, detail), self.desk.badge())
        except StoreUnwritable:
            log.exception("%s could not be noted", kind)

    def _keep_numbers(self) -> None:
        """Waybill numbers are fetched long before they run out, leases renewed long before they end, both off the
        station's thread."""
        time.sleep(TICK_S)
        _warm_up()
        while self._thread.is_alive():
            try:
                if self.desk.work == "pack":
                    self._decider.top_up(self.desk.badge())
                elif self.desk.work == "pick":
                    self._decider.keep_walk(self.desk.badge())
            except Exception:
                log.exception("waybill numbers or a lease could not be fetched")
            time.sleep(TICK_S)


@contextmanager
def _surviving(trouble: str) -> Iterator[None]:
    try:
        yield
    except Exception:
        log.exception(trouble)


def _says(trouble: Msg) -> bool:
    return bool(trouble.text)


def _kind_of(inp: Input) -> str:
    """What a log may say of an input: never what was scanned or typed, which may name a person or be a PIN."""
    kind = type(inp).__name__
    return f"{kind} {inp.source} {inp.fault}".strip() if isinstance(inp, Scanned) else kind


def _steady_ms() -> int:
    return int(steady_s() * 1000)


def _warm_up() -> None:
    """Import what the first scan will need, after the first paint and before anybody scans."""
    import sqlite_utils  # noqa: F401

    import wms.workflows.handlers
    import wms.workflows.picking  # noqa: F401


def _with_terminals(board: Board, status: SyncStatus) -> Board:
    return replace(board, terminals=max(status.terminals, 1), terminals_offline=status.terminals_offline)


def _same(one: Any, other: Any) -> bool:
    """Equal but for the serial number."""
    return bool(replace(one, serial=0) == replace(other, serial=0))
