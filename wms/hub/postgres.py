"""The hub on PostgreSQL: the journal and the small tables there, the picture in a file of this process.

The picture is a store that follows the journal as a terminal's does, so it is a copy and may be thrown away. To decide,
the warehouse's row is locked, the picture catches up, the rules look at it, and what they say is appended: whoever
holds the lock knows all that was said before. Several such processes may serve one warehouse.
"""

from __future__ import annotations

import logging
import secrets
import shutil
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

from wms.domain.catalogue import Carrier
from wms.domain.commands import Command
from wms.domain.events import Event, Fact, Key, WaveReleased, WaybillsLeased
from wms.domain.ids import Badge, DeviceId
from wms.domain.waves import NUMBERS, number_of
from wms.hub import postgres_journal
from wms.hub.database import Session
from wms.hub.engine import HubEngine
from wms.hub.interface import Beside, Page
from wms.hub.lineage import Lineage
from wms.hub.lives import names
from wms.hub.postgres_database import PostgresDatabase
from wms.hub.postgres_journal import OWN_EPOCH, floors, lease, say
from wms.hub.progress import Held
from wms.store import Store, StoreUnwritable, journal
from wms.store.journal import COLUMNS, Line, line_from, line_of
from wms.store.snapshot import make
from wms.store.store import now_ms
from wms.store.tables import SqliteRows
from wms.sync import wire
from wms.workflows.handling import Context, Outcome, Recorded, Refused, handle

STRIDE = 10_000  # facts the picture takes in one transaction
log = logging.getLogger(__name__)


class PostgresHub(HubEngine):
    """`HubStore` for one warehouse of a database."""

    def __init__(
        self, database: PostgresDatabase, warehouse: str, folder: Path, *, clock: Callable[[], int] = now_ms
    ) -> None:
        """`folder` holds the picture and the memory of how far the journal had come. Raises `LookupError` when the
        database has no such warehouse, `StoreUnwritable`."""
        super().__init__(warehouse, clock)
        self.database = database
        folder.mkdir(parents=True, exist_ok=True)
        self._lineage = Lineage(folder / f"hub.{warehouse}.lineage")
        self._marking = threading.Lock()
        self.database.write(self._lock)
        self._folder, self._retired = folder / f"picture.{warehouse}", list[Store]()
        self._opening = threading.RLock()
        for old in folder.glob(f"picture.{warehouse}.*"):  # of lives that began while an earlier process ran
            shutil.rmtree(old, ignore_errors=True)
        self._picture, self._picture_life = self._open_picture(), self.life
        self._news, self._closing = threading.Event(), threading.Event()
        self._follower = threading.Thread(target=self._follow, name=f"picture-{warehouse}", daemon=True)
        self._news.set()
        self._follower.start()
        self.keep_house()

    def _open_picture(self) -> Store:
        """The copy this process kept; one that has come farther than the journal, or elsewhere, is thrown away."""
        picture = Store(self._folder, f"P{self.warehouse}", decides=False, clock=self._clock)
        head = picture.head()
        held = self.database.read(lambda session: self._key_at(session, head))
        if head and held != journal.key_at(picture.rows.connection, head):
            picture.close()
            shutil.rmtree(self._folder)
            picture = Store(self._folder, f"P{self.warehouse}", decides=False, clock=self._clock)
        return picture

    def _followed(self) -> Store:
        """The picture of the present life of the journal: the one at hand may hold what a restore has undone."""
        with self._opening:
            if self._picture_life != self.life:
                if self._picture.head() > 0:
                    self._retired.append(self._picture)  # others may be reading in it
                    self._folder = self._folder.with_name(f"picture.{self.warehouse}.{self.life}")
                    self._picture = self._open_picture()
                self._picture_life = self.life
            return self._picture

    @property
    def rows(self) -> SqliteRows:
        return self._followed().rows

    # The journal

    def _lock(self, session: Session) -> int:
        head = postgres_journal.lock(session, self.warehouse)
        lost = self._lineage.remembers and self._lineage.is_behind(head, names(session, self.warehouse))
        self.life, self.device = self._settle_life(session, head, restored=lost)
        if lost:
            with self._marking:
                self._lineage.raise_to(head, self.life)
        return head

    def _held(self, session: Session) -> Held:
        sql = (
            f"SELECT {COLUMNS} FROM hub_event WHERE wh = ? AND device = ? AND epoch = ? AND n BETWEEN ? AND ?"  # noqa: S608
            " ORDER BY n"
        )
        return lambda *asked: [line_from(row) for row in session.execute(sql, (self.warehouse, *asked)).fetchall()]

    def _key_at(self, session: Session, position: int) -> Key | None:
        sql = "SELECT device, epoch, n FROM hub_event WHERE wh = ? AND position = ?"
        row = session.execute(sql, (self.warehouse, position)).fetchone()
        return None if row is None else Key(DeviceId(row[0]), row[1], row[2])

    def _append(self, session: Session, lines: Sequence[Line]) -> tuple[Fact, ...]:
        postgres_journal.append(session, self.warehouse, lines)
        return ()

    def _committed(self, facts: tuple[Fact, ...], head: int) -> None:
        with self._marking:
            self._lineage.raise_to(head, self.life)
        self._news.set()
        self._tell()

    def _raise_numbers(self, session: Session) -> None:
        postgres_journal.raise_numbers(session, self.warehouse)

    def head(self) -> int:
        sql = "SELECT position FROM hub_head WHERE wh = ?"
        return int(self.database.read(lambda session: session.execute(sql, (self.warehouse,)).fetchone()[0]))

    def _lines(self, session: Session, after: int, limit: int) -> list[Line]:
        sql = f"SELECT {COLUMNS} FROM hub_event WHERE wh = ? AND position > ? ORDER BY position LIMIT ?"  # noqa: S608
        return [line_from(row) for row in session.execute(sql, (self.warehouse, after, limit)).fetchall()]

    def page(self, after: int, limit: int, keys_after: int) -> Page:
        def work(session: Session) -> Page:
            head = session.execute("SELECT position, keys FROM hub_head WHERE wh = ?", (self.warehouse,)).fetchone()
            lines = self._lines(session, after, limit) if head[0] > after else []
            changed = []
            if head[1] > keys_after:
                changed = session.execute(
                    "SELECT serial, subject, key FROM hub_key WHERE wh = ? AND serial > ? ORDER BY serial LIMIT ?",
                    (self.warehouse, keys_after, limit),
                ).fetchall()
            keys = tuple(wire.KeyLine(subject, None if key is None else bytes(key)) for _, subject, key in changed)
            return Page(tuple(lines), head[0], keys, changed[-1][0] if changed else keys_after, self.feed_begins)

        page = self.database.read(work)
        if page.facts:
            with self._marking:  # another process may have committed these
                self._lineage.raise_to(page.facts[-1].position or 0, self.life)
        return page

    def _keep_keys(self, session: Session, keys: Sequence[wire.KeyLine]) -> list[str]:
        return postgres_journal.keep_keys(session, self.warehouse, keys)

    def keys_of(self, subjects: Sequence[str]) -> dict[str, bytes]:
        return self.database.read(lambda session: postgres_journal.keys_of(session, self.warehouse, subjects))

    # The picture

    def _follow(self) -> None:
        while not self._closing.is_set():
            self._news.wait(1.0)
            self._news.clear()
            try:
                while not self._closing.is_set() and self._catch_up_one():
                    pass
                self.picture_failed = False
            except StoreUnwritable:
                self.picture_failed = True
                self._closing.wait(1.0)
            except Exception:
                self.picture_failed = True
                log.exception("the picture of %s", self.warehouse)
                self._closing.wait(1.0)

    def _catch_up_one(self) -> bool:
        picture = self._followed()
        lines = self.database.read(lambda session: self._lines(session, picture.head(), STRIDE))
        if picture is self._followed():
            picture.receive(lines)
        return len(lines) == STRIDE

    def _catch_up(self, session: Session, head: int) -> Store:
        picture = self._followed()
        while picture.head() < head:
            picture.receive(self._lines(session, picture.head(), STRIDE))
        return picture

    def picture_lag(self) -> int:
        """How many facts the picture is behind."""
        return self.head() - self._picture.head()

    # Deciding

    def execute(self, command: Command, person: Badge, *, beside: Beside | None = None) -> Outcome:
        def decide(session: Session, head: int) -> tuple[Event, ...] | Refused:
            picture = self._catch_up(session, head)
            now = self.now() // 1000
            floor = floors(session, self.warehouse)
            context = Context(
                self.device,
                OWN_EPOCH,
                person,
                now,
                lambda: secrets.token_hex(16),
                lambda numbers: floor.get(numbers, 0),
            )
            return handle(command, picture.rows, context)

        return self._say(decide, person, beside)

    def record(self, events: Sequence[Event], person: Badge, *, beside: Beside | None = None) -> tuple[Fact, ...]:
        return cast("Recorded", self._say(lambda *_: tuple(events), person, beside)).facts

    def _say(
        self,
        decide: Callable[[Session, int], tuple[Event, ...] | Refused],
        person: Badge,
        beside: Beside | None,
    ) -> Outcome:
        moment = self.now()

        def work(session: Session) -> tuple[Outcome, int]:
            head = self._lock(session)
            answer = decide(session, head)
            if isinstance(answer, Refused):
                outcome: Outcome = answer
            else:
                facts = say(session, self.warehouse, self.device, head, answer, person, moment)
                self._never_again(session, facts)
                head += len(facts)
                outcome = Recorded(facts)
            if beside is not None:
                beside(session, outcome)
            return outcome, head

        outcome, head = self.database.write(work)
        self._committed((), head)
        if isinstance(outcome, Recorded) and outcome.facts and self._picture.head() == head - len(outcome.facts):
            self._picture.receive([line_of(fact) for fact in outcome.facts])
        return outcome

    def _never_again(self, session: Session, facts: tuple[Fact, ...]) -> None:
        """Numbers that leave are remembered beside the journal, as the guard of a store does."""
        for leased in (fact.body for fact in facts if isinstance(fact.body, WaybillsLeased)):
            carrier = self._picture.rows.get(Carrier, leased.carrier)
            if carrier is not None:
                lease(session, self.warehouse, carrier.range_name, leased.last)
        for released in (fact.body for fact in facts if isinstance(fact.body, WaveReleased)):
            lease(session, self.warehouse, NUMBERS, number_of(released.wave))

    def snapshot(self, folder: Path) -> tuple[Path, int]:
        path = folder / "snapshot"
        return path, make(self._followed(), path)

    def close(self) -> None:
        self._closing.set()
        self._news.set()
        self._follower.join()
        for picture in (*self._retired, self._picture):
            picture.close()
        self._lineage.close()


def forget(folder: Path, warehouse: str) -> None:
    """Throw away what this machine remembers of a warehouse's journal, for another has taken its place."""
    (folder / f"hub.{warehouse}.lineage").unlink(missing_ok=True)
    for picture in folder.glob(f"picture.{warehouse}*"):
        shutil.rmtree(picture)
