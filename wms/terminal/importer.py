"""Imports beside the work: files are read, and their orders recorded, by a thread that no scan waits for."""

from __future__ import annotations

import io
import logging
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from wms.domain.ids import Badge, Sku
from wms.domain.records import replace
from wms.store import Store
from wms.terminal.aside import Aside, Stopped
from wms.terminal.deciding import Decider
from wms.terminal.import_folders import Chosen, Folders, chosen, listed
from wms.workflows.import_state import Importing, ImportOrder, Phase, PutAway, ReadFiles, RecordOrders
from wms.workflows.prompt import NOTHING, Msg, msg

if TYPE_CHECKING:
    from wms.channels import Goods, Import, Source
    from wms.domain.auditing import Rules
    from wms.intake import IntakeReport

LOOK_SECONDS = 2.0
"""So often the folders are looked at while somebody waits before their list."""
_TELL_SECONDS = 0.25
_PASSES = 2  # a file is looked through for its encoding, then read
_BUFFER = 1 << 16

log = logging.getLogger(__name__)


class Importer(Aside):
    """`says` and `order` return at once, from any thread; what is ordered is done in turn. Once closed, what is being
    recorded stops after the orders under way, and goes on with the next import."""

    def __init__(
        self,
        store: Store,
        decider: Decider,
        folders: Folders | None = None,
        language: Callable[[], str] = lambda: "zh_CN",
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        """`language` is that of the reports beside the files; `changed` is called when there is news."""
        super().__init__("importer")
        self._store, self._decider, self._language, self._changed = store, decider, language, changed
        self._folders = folders or Folders(store.folder / "inbox")
        self._picture = Importing(folder=str(self._folders.inbox))
        self._showing = threading.Lock()
        self._look_at = self._tell_at = 0.0
        self._imported: Import | None = None
        self._chosen: list[Chosen] = []

    def says(self) -> Importing:
        """How it stands now. While files are to be chosen, asking has the folders looked at again now and then."""
        if self._picture.phase is Phase.CHOOSING and time.monotonic() >= self._look_at:
            self._look_at = time.monotonic() + LOOK_SECONDS
            self._later(self._look)
        return self._picture

    def glance(self) -> Importing:
        """How it stands, for somebody who does not wait for it."""
        return self._picture

    def order(self, order: ImportOrder, person: Badge) -> None:
        with self._showing:  # the thread beside shows nothing between what is asked here and what follows from it
            before = self._picture
            match order:
                case ReadFiles(paths=paths) if before.phase is Phase.CHOOSING and paths:
                    self._stop.clear()
                    self._picture = replace(before, phase=Phase.READING, done=0, of=0, trouble=NOTHING)
                    self._later(lambda: self._read(paths))
                case RecordOrders() if before.phase is Phase.PREVIEW:
                    self._picture = replace(before, phase=Phase.RECORDING, done=0, of=before.figures.new)
                    self._later(lambda: self._record(person))
                case _ if before.phase is Phase.READING:
                    self._stop.set()
                case _ if before.phase in (Phase.PREVIEW, Phase.DONE):
                    self._forget()
            news = self._picture is not before
        if news:
            self._changed()

    def _failed(self, error: Exception) -> None:
        match error:
            case Stopped():
                self._start_again()
            case OSError():
                log.warning("import: %s", error)
                name = Path(str(error.filename or "")).name
                self._start_again(msg("{file} can't be read: {why}", file=name, why=error.strerror or ""))
            case _:
                log.exception("an import failed")
                self._start_again(msg("The import failed. Keep the file, call support; what was recorded is kept"))

    # What it does, in its own thread

    def _look(self) -> None:
        files = tuple(listed(self._folders))
        with self._showing:
            news = self._picture.phase is Phase.CHOOSING and files != self._picture.files
            if news:
                self._picture = replace(self._picture, files=files)
        if news:
            self._changed()

    def _read(self, paths: tuple[str, ...]) -> None:
        from wms.channels import read
        from wms.domain.catalogue import Item, Site
        from wms.intake import StoreGoods

        rows = self._store.rows
        if not rows.all(Item):
            self._start_again(msg("No items are set up yet: wms setup import"))
            return
        self._chosen = chosen(paths)
        sources = self._counted([one.path for one in self._chosen])
        site = rows.get(Site, "site")
        zone = site.zone if site is not None else "UTC"
        self._imported = read(sources, zone=zone, goods=_Interrupted(StoreGoods(rows), self._check))
        self._preview(self._imported)

    def _preview(self, imported: Import) -> None:
        """Rehearsed with copies of the entries: what is recorded later is what was read."""
        from dataclasses import replace as copied

        from wms.channels import Import
        from wms.intake import rehearse

        accounts = [copied(one, entries=[copied(entry) for entry in one.entries]) for one in imported.files]
        report = rehearse(self._store, Import(accounts))
        self._show_report(Phase.PREVIEW, report)

    def _record(self, person: Badge) -> None:
        from wms.intake import take_in
        from wms.order_review import review_orders

        imported = self._imported
        if imported is None:
            self._start_again()
            return
        report = take_in(self._store, imported, self._decider.carry_out, person, self._recorded)
        review_orders(self._store, report.taken, self._decider.carry_out, person, self._rules())
        put_away = tuple(self._put_away(report))
        self._imported, self._chosen = None, []
        self._show_report(Phase.DONE, report, put_away)

    def _rules(self) -> Rules:
        """The site's; those of the house where somebody has spoilt the site's, which `wms orders rules` explains."""
        from wms.order_review import BadRules, rules_of
        from wms.order_review.rules import defaults

        try:
            return rules_of(self._store.folder)
        except BadRules:
            log.exception("the rules for reviewing orders")
            return defaults()

    def _recorded(self, done: int, of: int) -> None:
        self._check()
        self._progress(done, of)

    def _put_away(self, report: IntakeReport) -> Iterator[PutAway]:
        from wms.intake.report import file_document, not_taken
        from wms.terminal.messages import speech
        from wms.workflows.import_words import reason_words

        voice = speech(self._language())

        def because(reason: str) -> str:
            return voice.say(reason_words(reason))

        for one, account in zip(self._chosen, report.imported.files, strict=True):
            failed = not_taken(account)
            taken = one.inbox.put_away(one.path, file_document(account, because), failed=failed)
            to = f"{taken.moved.parent.name}/{taken.moved.name}" if taken.moved is not None else ""
            yield PutAway(one.path.name, to, taken.why, failed)

    # What it shows

    def _show_report(self, phase: Phase, report: IntakeReport, put_away: tuple[PutAway, ...] = ()) -> None:
        from wms.terminal.import_figures import figures, needing_a_look

        files = report.imported.files
        found = figures(report, self._store.rows)
        if phase is Phase.DONE:  # what was to be stopped is stopped now
            found = replace(found, stopped=self._picture.figures.stopped)
        entries = needing_a_look(files)
        with self._showing:
            if phase is Phase.PREVIEW:
                self._check()  # who stopped the reading sees no preview of it
            self._picture = replace(
                self._picture,
                phase=phase,
                figures=found,
                accounts=tuple(files),
                entries=entries,
                stopped=report.stopped,
                put_away=put_away,
            )
        self._changed()

    def _start_again(self, trouble: Msg = NOTHING) -> None:
        with self._showing:
            self._forget(trouble)
        self._changed()

    def _forget(self, trouble: Msg = NOTHING) -> None:
        """Files may be chosen again. `_showing` is held."""
        self._imported, self._chosen = None, []
        self._look_at = 0.0
        self._picture = Importing(folder=self._picture.folder, trouble=trouble)

    def _progress(self, done: int, of: int) -> None:
        with self._showing:
            self._picture = replace(self._picture, done=done, of=of)
        if time.monotonic() >= self._tell_at:
            self._tell_at = time.monotonic() + _TELL_SECONDS
            self._changed()

    def _counted(self, paths: list[Path]) -> list[Source]:
        """Sources that tell how much of them was read, and end it where nobody waits for it any more."""
        from wms.channels import Source

        sizes = [path.stat().st_size for path in paths]
        total, come = sum(sizes) * _PASSES, 0

        def came(count: int) -> None:
            nonlocal come
            self._check()
            come += count
            self._progress(min(come, total * 99 // 100), total)

        def opening(path: Path) -> Callable[[], BinaryIO]:
            return lambda: cast(BinaryIO, io.BufferedReader(_Counted(path, came), _BUFFER))

        return [Source(path.name, size, opening(path)) for path, size in zip(paths, sizes, strict=True)]


class _Counted(io.FileIO):
    def __init__(self, path: Path, came: Callable[[int], None]) -> None:
        super().__init__(path)
        self._came = came

    def readinto(self, into: bytearray | memoryview, /) -> int | None:  # type: ignore[override]
        count = super().readinto(into)
        self._came(count or 0)
        return count


class _Interrupted:
    """Goods that are looked for only as long as somebody waits for it."""

    def __init__(self, goods: Goods, check: Callable[[], None]) -> None:
        self._goods, self._check = goods, check

    def find(self, code: str) -> tuple[Sku, int] | None:
        self._check()
        return self._goods.find(code)

    def near(self, code: str) -> tuple[Sku, ...]:
        return self._goods.near(code)
