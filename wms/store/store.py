"""The store: one device's journal and the picture it makes, in one SQLite file.

`execute` decides and records in one transaction; it returns after the commit, so what it returns may turn green. A
store that `decides` (alone, or the hub's) numbers its facts itself; a member's facts wait for the hub's numbers and are
applied on top of what the hub has confirmed.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from wms.domain.catalogue import Carrier
from wms.domain.events import Event, Fact, Key, WaybillsLeased
from wms.domain.ids import Badge, DeviceId
from wms.domain.projections import apply
from wms.store import journal
from wms.store.database import Writer, immediate, migrate, open_connection
from wms.store.guard import Guard
from wms.store.schema import ROWS, fingerprint, statements
from wms.store.tables import SqliteRows, SqliteTables
from wms.workflows.handling import Context, Outcome, Recorded, Refused, handle

T = TypeVar("T")
Listener = Callable[[tuple[Fact, ...]], None]
Companion = Callable[[Any, Fact], None]


def now_ms() -> int:
    return time.time_ns() // 1_000_000


class Store:
    """Open with `Store(folder)`; close with `close()`. Safe to use from any thread."""

    def __init__(
        self, folder: Path, device: str = "", *, decides: bool = True, clock: Callable[[], int] = now_ms
    ) -> None:
        """`device` names a new store; an existing one keeps its own name. `clock` gives UTC milliseconds.

        A store that has joined a hub never decides again, whatever `decides` says.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.clock = folder, clock
        self.path = folder / "wms.sqlite3"
        self.guard = Guard(folder / "wms.guard")
        if not self.path.exists():
            self.path.touch(0o600)  # the keys that open recipients lie in it; its WAL takes the same rights
        self._connection = open_connection(self.path)
        migrate(self._connection)
        self._local = threading.local()
        self._readers: list[Any] = []
        self._listeners: list[Listener] = []
        self._companions: list[Companion] = []
        self.restored = False
        with immediate(self._connection):
            self._prepare_schema(self._connection)
            self.device = DeviceId(self._named(self._connection, device))
            self.epoch = self._settle_epoch(self._connection)
        self.decides = decides and not _get_meta(self._connection, "member")
        self.writer = Writer(self._connection)

    # Reading

    @property
    def rows(self) -> SqliteRows:
        """The picture of the warehouse as of the last commit, on this thread's own connection."""
        found: SqliteRows | None = getattr(self._local, "rows", None)
        if found is None:
            connection = open_connection(self.path, read_only=True)
            self._readers.append(connection)
            found = self._local.rows = SqliteRows(connection)
        return found

    def unsent(self, limit: int = 500) -> list[Fact]:
        return journal.unsent(self.rows.connection, limit)

    def waiting(self) -> int:
        """How many own facts the hub has not confirmed."""
        return journal.waiting(self.rows.connection)

    def head(self) -> int:
        return journal.head(self.rows.connection)

    def last_at(self) -> int:
        """When the last fact was recorded here, by its device's clock (UTC ms); 0 in an empty journal."""
        row = self.rows.connection.execute("SELECT at FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
        return 0 if row is None else int(row[0])

    def since(self, position: int, limit: int) -> list[Fact]:
        """Confirmed facts after `position`, in order."""
        return journal.read(self.rows.connection, "position > ?", (position,), limit)

    def meta(self, name: str) -> str:
        row = self.rows.connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return "" if row is None else str(row[0])

    def set_meta(self, name: str, value: str) -> None:
        self.writer.do(lambda connection: _set_meta(connection, name, value))

    # Deciding and recording

    def execute(
        self,
        command: object,
        person: Badge,
        at: int | None = None,
        *,
        beside: Callable[[Any, Outcome], None] | None = None,
    ) -> Outcome:
        """Check a command against the rules and record what follows. Raises `StoreUnwritable`; nothing is half done.

        `beside` writes more into the same transaction, such as the answer a hub keeps; if it raises, nothing happened.
        """
        moment = self.clock() if at is None else at

        def work(connection: Any) -> Outcome:
            tables = SqliteTables(connection)
            context = Context(
                self.device, self.epoch, person, moment // 1000, lambda: secrets.token_hex(16), self.guard.leased
            )
            answer = handle(command, tables, context)
            outcome: Outcome = (
                answer
                if isinstance(answer, Refused)
                else Recorded(self._append(connection, tables, answer, person, moment))
            )
            if beside is not None:
                beside(connection, outcome)
            self._never_again(tables, outcome)
            return outcome

        outcome = self.writer.do(work)
        if isinstance(outcome, Recorded):
            self._tell(outcome.facts)
        return outcome

    def record(self, events: Sequence[Event], person: Badge, at: int | None = None) -> tuple[Fact, ...]:
        """Record facts that no rule may refuse (what setup says, what a device noticed)."""
        moment = self.clock() if at is None else at
        facts = self.writer.do(
            lambda connection: self._append(connection, SqliteTables(connection), events, person, moment)
        )
        self._tell(facts)
        return facts

    def _append(
        self, connection: Any, tables: SqliteTables, events: Iterable[Event], person: Badge, at: int
    ) -> tuple[Fact, ...]:
        before = journal.last_n(connection, self.device, self.epoch)
        position = journal.head(connection) if self.decides else None
        facts = []
        for n, event in enumerate(events, before + 1):
            position = None if position is None else position + 1
            fact = Fact(Key(self.device, self.epoch, n), at, person, event, position)
            seq = journal.append(connection, fact)
            tables.undoing = None if self.decides else seq
            apply(tables, fact)
            for companion in self._companions:
                companion(connection, fact)
            facts.append(fact)
        if facts:
            self.guard.raise_to(self.epoch, before, facts[-1].key.n)
        return tuple(facts)

    def _never_again(self, tables: SqliteTables, outcome: Outcome) -> None:
        """The guard remembers numbers that leave: an older copy of the database would lease them out once more."""
        bodies = [fact.body for fact in outcome.facts] if isinstance(outcome, Recorded) else []
        for leased in (body for body in bodies if isinstance(body, WaybillsLeased)):
            carrier = tables.get(Carrier, leased.carrier)
            if carrier is not None:
                self.guard.lease(carrier.range_name, leased.last)

    # What others said

    def receive(self, facts: Sequence[Fact]) -> int:
        """Take confirmed facts from the hub, in its order; own unconfirmed ones are laid on top again.

        Facts already held are passed over. Returns how many were new to this store or newly confirmed.
        Raises `ValueError` when a position is missing between what is held and what came, and `Forked` when the hub
        knows another fact under the key of an own one.
        """
        taken = self.writer.do(lambda connection: self._receive(connection, facts))
        if taken:
            self._tell(tuple(taken))
        return len(taken)

    def _receive(self, connection: Any, facts: Sequence[Fact]) -> list[Fact]:
        tables = SqliteTables(connection)
        at, own = journal.head(connection), journal.unconfirmed(connection)
        lifted, taken = False, []
        for fact in facts:
            if fact.position is None or fact.position <= at:
                continue
            if fact.position != at + 1:
                raise ValueError(f"the hub's facts jump from {at} to {fact.position}")
            at, seq = fact.position, own.pop((fact.key.device, fact.key.epoch, fact.key.n), None)
            taken.append(fact)
            if seq is not None:
                journal.require_same(connection, seq, fact)
            if seq is not None and not lifted and seq < next(iter(own.values()), seq + 1):
                journal.confirm(connection, seq, at)
                tables.forget(seq)
                continue
            if not lifted and (own or seq is not None):
                self._lift(connection, tables)
                lifted = True
            if seq is not None:
                journal.confirm(connection, seq, at)
            else:
                journal.append(connection, fact)
            apply(tables, fact)
        if lifted:
            self._lay_again(connection, tables)
        return taken

    def _lift(self, connection: Any, tables: SqliteTables) -> None:
        """Take the own unconfirmed facts off; where no undo log covers them, make the confirmed picture anew."""
        if _get_meta(connection, "undo") == "missing":
            self._replay_confirmed(connection, tables)
            _set_meta(connection, "undo", "kept")
        else:
            tables.roll_back()

    def _lay_again(self, connection: Any, tables: SqliteTables) -> None:
        for seq in journal.unconfirmed(connection).values():
            tables.undoing = seq
            apply(tables, journal.read(connection, "seq = ?", (seq,))[0])

    def _replay_confirmed(self, connection: Any, tables: SqliteTables) -> None:
        tables.clear()
        tables.undoing = None
        for fact in journal.read(connection, "position IS NOT NULL"):
            apply(tables, fact)

    def ingest(self, facts: Sequence[Fact]) -> list[Fact]:
        """The hub's side of a push: number and apply facts it does not hold yet; returns them with their positions.

        Raises `Forked`, and takes nothing, when a fact differs from the one it holds under the same key.
        """

        def work(connection: Any) -> list[Fact]:
            tables, position, taken = SqliteTables(connection), journal.head(connection), []
            for fact in facts:
                seq = journal.seq_of(connection, fact.key)
                if seq is not None:
                    journal.require_same(connection, seq, fact)
                else:
                    position += 1
                    numbered = Fact(fact.key, fact.at, fact.person, fact.body, position)
                    journal.append(connection, numbered)
                    apply(tables, numbered)
                    taken.append(numbered)
            return taken

        taken = self.writer.do(work)
        if taken:
            self._tell(tuple(taken))
        return taken

    def join(self) -> None:
        """Become a member of a hub: everything recorded alone waits to be confirmed by it."""

        def work(connection: Any) -> None:
            connection.execute("UPDATE journal SET position = NULL")
            _set_meta(connection, "undo", "missing")
            _set_meta(connection, "member", "yes")

        if self.decides:
            self.writer.do(work)
            self.decides = False

    # Keeping house

    def listen(self, listener: Listener) -> None:
        """Call `listener` with new facts after each commit, on the thread that committed."""
        self._listeners.append(listener)

    def accompany(self, companion: Companion) -> None:
        """Let `companion(connection, fact)` write beside each own fact, in the same transaction, as the spool does.

        Asked twice, it does so once."""
        if companion not in self._companions:
            self._companions.append(companion)

    def _tell(self, facts: tuple[Fact, ...]) -> None:
        for listener in self._listeners:
            listener(facts)

    def _named(self, connection: Any, device: str) -> str:
        """The name this store was born with; a new one takes `device`, or draws one."""
        if not _get_meta(connection, "device"):
            _set_meta(connection, "device", device or f"T{secrets.token_hex(3).upper()}")
        return _get_meta(connection, "device")

    def _prepare_schema(self, connection: Any) -> None:
        """Make the projections' tables; rows of another shape are dropped and made again from the journal."""
        wanted, have = fingerprint(), _get_meta(connection, "schema")
        if wanted == have:
            return
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        if have:
            for name in _get_meta(connection, "tables").split(","):
                if name in names:
                    connection.execute(f"DROP TABLE {name}")
        for statement in statements():
            connection.execute(statement)
        _set_meta(connection, "tables", ",".join(row.TABLE for row in reversed(ROWS)))
        _set_meta(connection, "schema", wanted)
        if have:
            tables = SqliteTables(connection)
            connection.execute("DELETE FROM undo")
            self._replay_confirmed(connection, tables)
            self._lay_again(connection, tables)

    def _settle_epoch(self, connection: Any) -> int:
        """Go on in the guard's epoch, or begin a new one when the database is behind what the guard remembers."""
        epoch = max(journal.last_epoch(connection, self.device), self.guard.epoch, 1)
        last = journal.last_n(connection, self.device, epoch)
        if self.guard.epoch == epoch and last < self.guard.n:
            self.restored = last < self.guard.before
            epoch += 1
            last = 0
        self.guard.raise_to(epoch, last, last)
        return epoch

    def close(self) -> None:
        self.writer.close()
        for connection in self._readers:
            connection.close()
        self._connection.close()
        self.guard.close()


def _get_meta(connection: Any, name: str) -> str:
    row = connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
    return "" if row is None else str(row[0])


def _set_meta(connection: Any, name: str, value: str) -> None:
    connection.execute(
        "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, value),
    )
