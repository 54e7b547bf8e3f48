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

from wms.config import Unfit
from wms.domain.catalogue import Carrier
from wms.domain.events import VERSION, Event, Fact, Key, WaveReleased, WaybillsLeased
from wms.domain.ids import Badge, DeviceId
from wms.domain.projections import apply
from wms.domain.waves import NUMBERS, number_of
from wms.store import journal, rebase
from wms.store.batch import BatchTables
from wms.store.database import Writer, immediate, migrate, newer, open_connection
from wms.store.guard import Guard
from wms.store.journal import Line
from wms.store.meta import EVENTS, get_meta, set_meta, unheard
from wms.store.schema import ROWS, fingerprint, statements
from wms.store.tables import SqliteRows, SqliteTables
from wms.workflows.handling import Context, Outcome, Recorded, Refused, handle

T = TypeVar("T")
Listener = Callable[[tuple[Fact, ...]], None]
Companion = Callable[[Any, Fact], None]


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def anything(_: Any) -> None:
    """Requires nothing."""


def _require_no_newer(connection: Any) -> None:
    """Events of a newer version would be read as something else, or not at all."""
    if int(get_meta(connection, EVENTS) or 0) > VERSION:
        raise newer()


class Store:
    """Open with `Store(folder)`; close with `close()`. Safe to use from any thread."""

    def __init__(
        self, folder: Path, device: str = "", *, decides: bool = True, clock: Callable[[], int] = now_ms
    ) -> None:
        """`device` names a new store; an existing one keeps its own name. `clock` gives UTC milliseconds.

        A store that has joined a hub never decides again, whatever `decides` says. Raises `Unfit`, and changes nothing,
        where a newer version has written.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.clock = folder, clock
        self.path = folder / "wms.sqlite3"
        self.guard = Guard(folder / "wms.guard")
        if not self.path.exists():
            self.path.touch(0o600)  # the keys that open recipients lie in it; its WAL takes the same rights
        self._connection = open_connection(self.path)
        try:
            migrate(self._connection)
            _require_no_newer(self._connection)
        except Unfit:
            self._connection.close()
            self.guard.close()
            raise
        self._local = threading.local()
        self._readers: list[Any] = []
        self._listeners: list[Listener] = []
        self._companions: list[Companion] = []
        self.restored = False
        with immediate(self._connection):
            self._prepare_schema(self._connection)
            if get_meta(self._connection, EVENTS) != str(VERSION):
                set_meta(self._connection, EVENTS, str(VERSION))
            self.device = DeviceId(self._named(self._connection, device))
            self.epoch = self._settle_epoch(self._connection)
        self.decides = decides and not get_meta(self._connection, "member")
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
        return [journal.fact_of(line) for line in self.lines_since(position, limit)]

    def lines_since(self, position: int, limit: int) -> list[Line]:
        """Confirmed facts after `position` as written, in order."""
        return journal.lines(self.rows.connection, "position > ?", (position,), limit, "position")

    def meta(self, name: str) -> str:
        row = self.rows.connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return "" if row is None else str(row[0])

    def set_meta(self, name: str, value: str) -> None:
        self.writer.do(lambda connection: set_meta(connection, name, value))

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
            self._look_again(connection)
            tables = SqliteTables(connection)
            context = Context(
                self.device,
                self.epoch,
                person,
                moment // 1000,
                lambda: secrets.token_hex(16),
                self.guard.leased,
                lambda: 0 if self.decides else unheard(connection, moment),
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
            self.tell(outcome.facts)
        return outcome

    def record(
        self,
        events: Sequence[Event],
        person: Badge,
        at: int | None = None,
        *,
        beside: Callable[[Any, Outcome], None] | None = None,
    ) -> tuple[Fact, ...]:
        """Record facts that no rule may refuse (what setup says, what a device noticed); `beside` as in `execute`."""
        moment = self.clock() if at is None else at

        def work(connection: Any) -> tuple[Fact, ...]:
            self._look_again(connection)
            facts = self._append(connection, SqliteTables(connection), events, person, moment)
            if beside is not None:
                beside(connection, Recorded(facts))
            return facts

        facts = self.writer.do(work)
        self.tell(facts)
        return facts

    def _look_again(self, connection: Any) -> None:
        """Another program on the same data may have joined a hub, or gone on in a later epoch."""
        self.decides = self.decides and not get_meta(connection, "member")
        self.epoch = max(self.epoch, int(get_meta(connection, "epoch") or 0))

    def _append(
        self, connection: Any, tables: SqliteTables, events: Iterable[Event], person: Badge, at: int
    ) -> tuple[Fact, ...]:
        before = journal.last_n(connection, self.device, self.epoch)
        position = journal.head(connection) if self.decides else None
        facts = []
        for n, event in enumerate(events, before + 1):
            position = None if position is None else position + 1
            fact = Fact(Key(self.device, self.epoch, n), at, person, event, position)
            seq = journal.append(connection, journal.line_of(fact))
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
        for released in (body for body in bodies if isinstance(body, WaveReleased)):
            self.guard.lease(NUMBERS, number_of(released.wave))

    # What others said

    def receive(self, lines: Sequence[Line], *, require: Callable[[Any], None] = anything) -> int:
        """Take confirmed facts from the hub, in its order; own unconfirmed ones are laid on top again.

        Facts already held are passed over. Returns how many were new to this store or newly confirmed. `require` is
        asked before, in the same transaction, and raises where they may not be taken.
        Raises `ValueError` when a position is missing between what is held and what came, and `Forked` when the hub
        knows another fact under the key of an own one.
        """

        def work(connection: Any) -> list[Fact]:
            require(connection)
            return rebase.receive(connection, lines)

        taken = self.writer.do(work)
        if taken:
            self.tell(tuple(taken))
        return len(taken)

    def ingest(self, lines: Sequence[Line]) -> list[Line]:
        """Number and apply facts it does not hold yet, as a hub does; returns them with their positions.

        Raises `Forked`, and takes nothing, when a fact differs from the one it holds under the same key.
        """
        taken = self.writer.do(lambda connection: rebase.ingest(connection, lines))
        if taken:
            self.tell(tuple(fact for _, fact in taken))
        return [line for line, _ in taken]

    def rewind(self, position: int) -> int:
        """The hub lost what it had beyond `position`: those facts wait to be numbered anew; they stay in the picture.
        Returns how many they are."""
        return self.writer.do(lambda connection: rebase.rewind(connection, position))

    def begin_epoch(self, epoch: int) -> None:
        """Record under `epoch` from now on, as the hub said."""

        def work(connection: Any) -> None:
            last = journal.last_n(connection, self.device, epoch)
            self.guard.raise_to(epoch, last, last)
            set_meta(connection, "epoch", str(epoch))
            self.epoch = epoch

        self.writer.do(work)

    def refile(self, epoch: int, first: int) -> int:
        """Give own facts that the hub has not confirmed, from n `first` of that epoch on, keys of their own: another
        copy of this device used theirs (`wms.store.orphans`). Returns how many. Raises `ValueError` for the present
        epoch, in which recording goes on."""
        if epoch == self.epoch:
            raise ValueError("facts of the epoch that is being recorded in keep their keys")
        return self.writer.do(lambda connection: rebase.refile(connection, self.device, epoch, first))

    def rename(self, connection: Any, device: DeviceId) -> None:
        """Go on under another name, inside an open transaction: as a hub does whose journal was put back, so that
        nothing is ever said twice."""
        set_meta(connection, "device", device)
        self.device = device
        self.guard.raise_to(self.epoch, 0, 0)  # what it remembers was said under the other name

    def join(self) -> None:
        """Become a member of a hub: everything recorded alone waits to be confirmed by it."""

        def work(connection: Any) -> None:
            if get_meta(connection, "member"):  # another program on the same data was faster
                return
            connection.execute("UPDATE journal SET position = NULL")
            set_meta(connection, "undo", "missing")
            set_meta(connection, "member", "yes")

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

    def tell(self, facts: tuple[Fact, ...]) -> None:
        """Let the listeners know; for facts that were committed through `writer`."""
        for listener in self._listeners if facts else ():
            listener(facts)

    def _named(self, connection: Any, device: str) -> str:
        """The name this store was born with; a new one takes `device`, or draws one."""
        if not get_meta(connection, "device"):
            set_meta(connection, "device", device or f"T{secrets.token_hex(3).upper()}")
        return get_meta(connection, "device")

    def _prepare_schema(self, connection: Any) -> None:
        """Make the projections' tables; rows of another shape are dropped and made again from the journal."""
        wanted, have = fingerprint(), get_meta(connection, "schema")
        if wanted == have:
            return
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        if have:
            for name in get_meta(connection, "tables").split(","):
                if name in names:
                    connection.execute(f"DROP TABLE {name}")
        for statement in statements():
            connection.execute(statement)
        set_meta(connection, "tables", ",".join(row.TABLE for row in reversed(ROWS)))
        set_meta(connection, "schema", wanted)
        if have:
            tables = BatchTables(connection)
            connection.execute("DELETE FROM undo")
            rebase.replay_confirmed(connection)
            rebase.lay_again(connection, tables)

    def _settle_epoch(self, connection: Any) -> int:
        """Go on in the guard's epoch, or begin a new one when the database is behind what the guard remembers."""
        begun = int(get_meta(connection, "epoch") or 0)
        epoch = max(journal.last_epoch(connection, self.device), begun, self.guard.epoch, 1)
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
