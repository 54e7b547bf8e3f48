"""The hub on the embedded store: one SQLite file, for one site."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from wms.domain.commands import Command
from wms.domain.events import Fact
from wms.domain.ids import Badge, DeviceId
from wms.hub import terminals
from wms.hub.interface import Gap, Page
from wms.hub.lineage import Lineage
from wms.hub.tables import MIGRATIONS
from wms.store import Store, journal
from wms.store.database import IntegrityError, connect, migrate
from wms.store.store import now_ms
from wms.sync import tail, wire
from wms.workflows.handling import Outcome, Refused

ANSWERS_KEPT_SECONDS = 7 * 86_400
SEEN_EVERY = 10  # seconds between two notes of the same terminal


class EmbeddedHub:
    """`HubStore` over a `Store` that decides."""

    def __init__(self, folder: Path, device: str = "", *, clock: Callable[[], int] = now_ms) -> None:
        """Raises `ValueError` when the folder belongs to a terminal that has joined another hub."""
        self.store = Store(folder, device or f"H{secrets.token_hex(3).upper()}", clock=clock)
        if not self.store.decides:
            self.store.close()
            raise ValueError(f"{folder} belongs to a terminal of another hub")
        db = connect(self.store.path)
        MIGRATIONS.apply(db)
        db.conn.close()
        self.device = self.store.device
        self._lineage = Lineage(folder / "hub.lineage", self.store.head, restored=self.store.restored)
        self.lineage = self._lineage.name
        self._seen: dict[DeviceId, int] = {}
        self._committed = threading.Lock()
        self._listeners: list[Callable[[], None]] = []
        self.store.listen(self._told)
        self._do("DELETE FROM answer WHERE at < ?", self._now() - ANSWERS_KEPT_SECONDS)

    def _told(self, facts: tuple[Fact, ...]) -> None:
        with self._committed:
            self._lineage.raise_to(facts[-1].position or 0)
        for listener in self._listeners:
            listener()

    def _now(self) -> int:
        return self.store.clock() // 1000

    def _do(self, sql: str, *values: object) -> None:
        self.store.writer.do(lambda connection: connection.execute(sql, values))

    # The journal

    def head(self) -> int:
        return self.store.head()

    def listen(self, listener: Callable[[], None]) -> None:
        self._listeners.append(listener)

    def push(
        self, device: DeviceId, epoch: int, first: int, facts: Sequence[Fact], keys: Sequence[wire.KeyLine]
    ) -> int:
        if keys:
            tail.keep_keys(self.store, keys)
        expected = journal.last_n(self.store.rows.connection, device, epoch) + 1
        if facts and first > expected:
            raise Gap(expected)
        if facts:
            self.store.ingest(facts)
        return max(expected - 1, first + len(facts) - 1 if facts else 0)

    def page(self, after: int, limit: int, keys_after: int) -> Page:
        facts = tuple(self.store.since(after, limit))
        changed: list[tuple[int, str, bytes | None]] = self.store.rows.connection.execute(
            "SELECT serial, subject, key FROM key_change JOIN sealing_key USING (subject)"
            " WHERE serial > ? ORDER BY serial LIMIT ?",
            (keys_after, limit),
        ).fetchall()
        if facts:
            with self._committed:  # another process may have committed these
                self._lineage.raise_to(facts[-1].position or 0)
        keys = tuple(wire.KeyLine(subject, key) for _, subject, key in changed)
        return Page(facts, self.head(), keys, changed[-1][0] if changed else keys_after)

    # Decisions

    def ask(self, device: DeviceId, request: str, person: Badge, command: Command) -> wire.Answer:
        kept = self._answer(device, request)
        if kept is not None:
            return kept

        def keep(connection: Any, outcome: Outcome) -> None:
            body = msgspec.json.encode(_answer_of(outcome))
            row = (device, request, self._now(), body)
            connection.execute("INSERT INTO answer (device, request, at, body) VALUES (?, ?, ?, ?)", row)

        try:
            return _answer_of(self.store.execute(command, person, beside=keep))
        except IntegrityError:
            kept = self._answer(device, request)
            if kept is None:
                raise
            return kept  # the same request, sent again, was decided a moment ago

    def _answer(self, device: DeviceId, request: str) -> wire.Answer | None:
        sql = "SELECT body FROM answer WHERE device = ? AND request = ?"
        row = self.store.rows.connection.execute(sql, (device, request)).fetchone()
        return None if row is None else msgspec.json.decode(row[0], type=wire.Answer)

    # Terminals

    def enrol(self, code: str, device: DeviceId) -> tuple[str, str]:
        return self.store.writer.do(lambda connection: terminals.use_code(connection, code, device, self._now()))

    def device_of(self, token: str) -> DeviceId | None:
        device = terminals.device_of(self.store.rows.connection, token)
        now = self._now()
        if device is not None and now - self._seen.get(device, 0) >= SEEN_EVERY:
            self._seen[device] = now
            self._do("UPDATE terminal SET last_seen = ? WHERE device = ?", now, device)
        return device

    def terminals(self) -> list[wire.TerminalLine]:
        return terminals.listing(self.store.rows.connection, self._now())

    def close(self) -> None:
        self.store.close()
        self._lineage.close()


def _answer_of(outcome: Outcome) -> wire.Answer:
    if isinstance(outcome, Refused):
        return wire.Answer(refused=tuple(map(wire.msg_line, outcome.lines)))
    return wire.Answer(recorded=tuple(map(wire.fact_line, outcome.facts)))


def new_code(folder: Path, name: str) -> str:
    """A one-time code for a terminal to be called `name`, also while the hub is being served from that folder."""
    folder.mkdir(parents=True, exist_ok=True)
    db = connect(folder / "wms.sqlite3")
    try:
        migrate(db.conn)
        MIGRATIONS.apply(db)
        with db.atomic():
            return terminals.add_code(db.conn, name, now_ms() // 1000)
    finally:
        db.conn.close()
