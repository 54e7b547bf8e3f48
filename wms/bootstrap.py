"""The only wiring: a store, its devices, spool, sync and station, joined and taken apart in the right order."""

from __future__ import annotations

import gc
import logging
import logging.handlers
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wms.config import FILE, BadConfig, Config, Unfit
from wms.store import Store, StoreUnwritable
from wms.workflows.prompt import NOTHING, Msg, msg

if TYPE_CHECKING:
    from wms.sync.client import SyncClient
    from wms.sync.outbox_mirror import OutboxMirror
    from wms.terminal.import_folders import Folders
    from wms.terminal.station import Station
    from wms.terminal.wedge import WedgeConfig

_SETTLING_S = 2.5  # longer than the imports that wait for the first paint
_GARBAGE_THRESHOLDS = (10_000, 20, 100)
_OF_THE_MACHINE = (OSError, StoreUnwritable)  # their messages speak of disks and ports


log = logging.getLogger(__name__)


class Unopenable(RuntimeError):
    """The data can't be opened. The text says why, and what to do."""


def log_to(folder: Path) -> None:
    """Everything an operator must not be bothered with goes to `wms.log`, five files of one megabyte at most."""
    folder.mkdir(parents=True, exist_ok=True)
    handler = logging.handlers.RotatingFileHandler(
        folder / "wms.log", maxBytes=1_000_000, backupCount=4, encoding="utf-8"
    )
    handler.setFormatter(_WithoutMessages("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    for before in root.handlers:
        if isinstance(before, logging.handlers.RotatingFileHandler):
            before.close()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)


class _WithoutMessages(logging.Formatter):
    """Says of an exception its type and where it was raised. Its message may quote what was scanned or typed."""

    def formatException(self, ei: Any) -> str:  # noqa: N802
        lines: list[str] = []
        error: BaseException | None = ei[1]
        while error is not None:
            said = f": {error}" if isinstance(error, _OF_THE_MACHINE) else ""
            lines[:0] = [*traceback.format_tb(error.__traceback__), f"{type(error).__name__}{said}\n"]
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "".join(lines).rstrip()


def open_store(folder: Path, device: str = "") -> Store:
    """The terminal's store; a member of a hub if it was enrolled, else it decides for itself. Raises `Unopenable`."""
    from wms.store.database import DatabaseError

    try:
        return Store(folder, device)
    except (Unfit, BadConfig) as error:
        raise Unopenable(str(error)) from error
    except (OSError, DatabaseError, StoreUnwritable) as error:
        raise Unopenable(
            f"the data in {folder} can't be opened: {error}. Check the disk and who owns the folder"
        ) from error


@contextmanager
def station(config: Config, hints: tuple[Msg, ...] = ()) -> Iterator[Station]:
    """A running station with everything around it; all is closed again at the end, the store last."""
    from wms.printing.spool import Spool
    from wms.store.erasure import Eraser
    from wms.store.reserve import Reserve
    from wms.sync.answers import SyncAlarm
    from wms.terminal.devices import DeviceConfig, Devices
    from wms.terminal.scan_log import ScanLog
    from wms.terminal.station import Station

    store = open_store(config.data)
    running: list[Station] = []

    def changed() -> None:
        for one in running:
            one.refresh()

    sync = None if store.decides else _sync(store, changed)
    eraser = Eraser(store, config.recipients_kept_days) if store.decides else None
    reserve = Reserve(config.data)
    store.writer.keep(reserve)
    mirror = _outbox_mirror(config, store)

    def standing() -> Msg:
        if reserve.gone:
            return msg("The disk is full: finish this, then call the supervisor")
        return mirror.trouble() if mirror is not None else NOTHING

    spool = Spool(store, config.all_printers(), config.language, changed, kept_days=config.labels_kept_days)
    scan_log = ScanLog(config.data)
    devices = Devices(DeviceConfig(config.scanners, config.scale, config.feedback), scan_log)
    alarm = SyncAlarm(config.alarm_count, config.alarm_minutes)
    made = Station(store, devices, sync, spool, config.language, hints, standing, alarm, _folders(config))
    running.append(made)
    spool.start()
    made.start()
    if mirror is not None:
        mirror.start()
    if eraser is not None:
        eraser.start()
    if sync is not None:
        sync.start()
    try:
        yield made
    finally:
        made.close()
        spool.stop()
        if sync is not None:
            sync.stop()
        if mirror is not None:
            mirror.stop()
        if eraser is not None:
            eraser.stop()
        scan_log.close()
        if made.ended:
            store.close()
        else:
            log.error("the station still works: its store is left open, and what it commits now is kept")


def _folders(config: Config) -> Folders:
    from wms.terminal.import_folders import Folders

    inbox = Path(config.orders_inbox).expanduser() if config.orders_inbox else config.data / "inbox"
    if not config.orders_inbox:
        with suppress(OSError):
            inbox.mkdir(exist_ok=True)
    return Folders(inbox, Path(config.orders_sticks).expanduser() if config.orders_sticks else None)


def _sync(store: Store, changed: Callable[[], None]) -> SyncClient | None:
    from wms.sync.client import SyncClient
    from wms.sync.membership import membership

    member = membership(store)
    return None if member is None else SyncClient(store, *member, changed)


def _outbox_mirror(config: Config, store: Store) -> OutboxMirror | None:
    if not config.outbox_mirror:
        return None
    from wms.sync.outbox_mirror import OutboxMirror

    return OutboxMirror(store, Path(config.outbox_mirror).expanduser())


def _wedge(config: Config) -> WedgeConfig | None:
    if not config.wedge:
        return None
    from wms.terminal.wedge_options import parse_wedge

    try:
        return parse_wedge(config.wedge)
    except ValueError as error:
        raise Unopenable(f"{config.data / FILE}: {error}") from error


def _settle() -> None:
    """What is there once the work has begun stays until the end: no collection of garbage needs to look at it again.

    Full collections, at 30 to 100 ms each, were the latest of all verdicts.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_GARBAGE_THRESHOLDS)


def run_terminal(config: Config, hints: tuple[Msg, ...] = ()) -> int:
    """Open the terminal on the data of `config`, with `hints` on its first screen; returns when it is closed.

    Raises `Unopenable`.
    """
    wedge = _wedge(config)
    try:
        log_to(config.data)
    except OSError as error:
        raise Unopenable(f"{config.data} can't be written: {error}. Check the disk and who owns the folder") from error
    from wms.terminal.app import WmsApp

    with station(config, hints) as running:
        app = WmsApp(running, wedge=wedge, ascii=config.ascii)
        if config.mirror:
            from wms.terminal.mirror import Mirror

            mirror = Mirror(config.mirror)
            mirror.attach(running)
        settling = threading.Timer(_SETTLING_S, _settle)
        settling.daemon = True
        settling.start()
        app.run(mouse=False)
        settling.cancel()
    return 0
