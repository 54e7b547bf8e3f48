"""The hub on the embedded store: one SQLite file, for one site."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from wms.config import Unfit
from wms.domain.catalogue import Carrier, Counter
from wms.domain.commands import Command
from wms.domain.events import Event, Fact, Key
from wms.domain.ids import Badge, DeviceId
from wms.domain.waves import NUMBERS
from wms.hub import tables
from wms.hub.database import SqliteHubDatabase
from wms.hub.engine import HubEngine
from wms.hub.interface import Beside, Page
from wms.hub.lineage import Lineage
from wms.hub.lives import WAVES_JUMP, floor_of, names
from wms.hub.progress import Held
from wms.store import Store, journal, rebase
from wms.store.journal import Line
from wms.store.reserve import Reserve
from wms.store.sealing import keys_of
from wms.store.snapshot import make
from wms.store.store import now_ms
from wms.store.tables import SqliteRows, SqliteTables
from wms.sync import tail, wire
from wms.workflows.handling import Outcome

WAREHOUSE = "warehouse"
MAIN = "MAIN"
RESTORED = "hub_restored"


class EmbeddedHub(HubEngine):
    """`HubStore` over a `Store` that decides."""

    def __init__(self, folder: Path, device: str = "", *, clock: Callable[[], int] = now_ms) -> None:
        """Raises `ValueError` when the folder belongs to a terminal that has joined another hub."""
        own = device or f"H{secrets.token_hex(3).upper()}"
        self.store = Store(folder, own, clock=clock)
        if not self.store.decides:
            self.store.close()
            raise ValueError(f"{folder} belongs to a terminal of another hub")
        try:
            self.store.writer.do(tables.migrate)
        except Unfit:
            self.store.close()
            raise
        super().__init__(self.store.meta(WAREHOUSE) or MAIN, clock)
        self.database = SqliteHubDatabase(self.store)
        known = self.database.read(lambda session: names(session, self.warehouse))
        self._lineage = Lineage(folder / "hub.lineage")
        restored = bool(known) and (
            self.store.restored or bool(self.store.meta(RESTORED)) or self._lineage.is_behind(self.store.head(), known)
        )
        self.life, self.device = self.database.write(lambda session: self._begin(session, restored=restored))
        self._lineage.raise_to(self.store.head(), self.life)
        self._marking = threading.Lock()
        self.store.writer.keep(Reserve(folder))
        self.store.listen(self._told)
        self.keep_house()

    def _begin(self, session: Any, *, restored: bool) -> tuple[str, DeviceId]:
        head = journal.head(session)
        life = self._settle_life(session, head, restored=restored, device=None if restored else self.store.device)
        session.execute("DELETE FROM meta WHERE name = ?", (RESTORED,))
        if life[1] != self.store.device:
            self.store.rename(session, life[1])
        return life

    def _told(self, facts: tuple[Fact, ...]) -> None:
        self._mark(facts[-1].position or 0)
        self._tell()

    def _mark(self, head: int) -> None:
        with self._marking:
            self._lineage.raise_to(head, self.life)

    @property
    def rows(self) -> SqliteRows:
        return self.store.rows

    # The journal

    def _lock(self, session: Any) -> int:
        return journal.head(session)

    def _held(self, session: Any) -> Held:
        where = "device = ? AND epoch = ? AND n BETWEEN ? AND ? AND position IS NOT NULL"
        return lambda *asked: journal.lines(session, where, asked, order="n")

    def _key_at(self, session: Any, position: int) -> Key | None:
        return journal.key_at(session, position)

    def _append(self, session: Any, lines: Sequence[Line]) -> tuple[Fact, ...]:
        return tuple(fact for _, fact in rebase.ingest(session, lines))

    def _keep_keys(self, session: Any, keys: Sequence[wire.KeyLine]) -> list[str]:
        return tail.write_keys(session, keys) if keys else []

    def _committed(self, facts: tuple[Fact, ...], head: int) -> None:
        if facts:
            self.store.tell(facts)
        else:  # keys may have come, and whoever waits for them must not wait on
            self._tell()

    def _raise_numbers(self, session: Any) -> None:
        for carrier in SqliteTables(session).all(Carrier):
            self.store.guard.lease(carrier.range_name, floor_of(carrier))
        waves = SqliteTables(session).get(Counter, "wave")
        self.store.guard.lease(NUMBERS, (waves.value if waves is not None else 0) + WAVES_JUMP)

    def keys_of(self, subjects: Sequence[str]) -> dict[str, bytes]:
        return keys_of(self.rows, subjects)

    def head(self) -> int:
        return self.store.head()

    def page(self, after: int, limit: int, keys_after: int) -> Page:
        lines = tuple(self.store.lines_since(after, limit))
        changed: list[tuple[int, str, bytes | None]] = self.store.rows.connection.execute(
            "SELECT serial, subject, key FROM key_change JOIN sealing_key USING (subject)"
            " WHERE serial > ? ORDER BY serial LIMIT ?",
            (keys_after, limit),
        ).fetchall()
        if lines:
            self._mark(lines[-1].position or 0)  # another process may have committed these
        keys = tuple(wire.KeyLine(subject, key) for _, subject, key in changed)
        return Page(lines, self.head(), keys, changed[-1][0] if changed else keys_after, self.feed_begins)

    def execute(self, command: Command, person: Badge, *, beside: Beside | None = None) -> Outcome:
        return self.store.execute(command, person, beside=beside)

    def record(self, events: Sequence[Event], person: Badge, *, beside: Beside | None = None) -> tuple[Fact, ...]:
        return self.store.record(events, person, beside=beside)

    def snapshot(self, folder: Path) -> tuple[Path, int]:
        path = folder / "snapshot"
        return path, make(self.store, path)

    def close(self) -> None:
        self.store.close()
        self._lineage.close()
