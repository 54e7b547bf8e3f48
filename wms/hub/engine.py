"""What a hub does with its journal, whatever keeps it: who is welcome, what is new, what is decided once.

An engine says how facts are locked, found and appended; everything that must be right is here, once for all engines.
"""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from wms.domain.commands import Command, LeaseWaybills
from wms.domain.events import Event, Fact, Key
from wms.domain.ids import Badge, DeviceId
from wms.hub import audit, epochs, lives
from wms.hub.database import HubDatabase, Session
from wms.hub.interface import Beside, Page, StaleSession
from wms.hub.progress import Held, advanced, new_of, note, progress, that_follow
from wms.store.journal import Line
from wms.store.sealing import order_of
from wms.store.store import now_ms
from wms.store.tables import SqliteRows
from wms.sync import wire
from wms.workflows.handling import Outcome, Refused

ANSWERS_KEPT_SECONDS = 7 * 86_400
FEED_DAYS = 30  # a terminal that is farther behind takes a snapshot instead
DAY = 86_400
LIVES_A_DAY = 5
"""So many lives at most begin on the word of terminals, who may be wrong: each leaves out numbers of the carriers."""

RETURN_DAYS = 30
"""So long after a life began a terminal may give back what others had said before."""

SESSION_SECONDS = 5.0  # how long a look at who speaks for a device is good for


class HubEngine(ABC):
    """`HubStore` but for what an engine brings. Safe to use from any thread."""

    database: HubDatabase

    def __init__(self, warehouse: str, clock: Callable[[], int] = now_ms) -> None:
        self.warehouse, self._clock = warehouse, clock
        self.life, self.device = "", DeviceId("")
        self._life_lock = threading.Lock()
        self.facts_taken = self.facts_repeated = 0
        self.picture_failed = False
        self._listeners: list[Callable[[], None]] = []
        self._sessions: dict[tuple[str, str], tuple[float, int | None]] = {}
        self._sessions_lock, self._welcomed = threading.Lock(), 0
        self.feed_begins = 0

    # What an engine brings

    @property
    @abstractmethod
    def rows(self) -> SqliteRows: ...

    @abstractmethod
    def _lock(self, session: Session) -> int:
        """Make this transaction the only one that appends; returns the head. Begins a new life where the journal has
        been put back."""

    @abstractmethod
    def _held(self, session: Session) -> Held: ...

    @abstractmethod
    def _key_at(self, session: Session, position: int) -> Key | None: ...

    @abstractmethod
    def _append(self, session: Session, lines: Sequence[Line]) -> tuple[Fact, ...]:
        """Number the facts and keep them. Returns them if it had to read them."""

    @abstractmethod
    def _keep_keys(self, session: Session, keys: Sequence[wire.KeyLine]) -> list[str]:
        """A key that is known never changes but to be destroyed. Returns the subjects whose keys this destroyed."""

    @abstractmethod
    def _committed(self, facts: tuple[Fact, ...], head: int) -> None:
        """Something was committed: remember how far, follow, tell."""

    @abstractmethod
    def _raise_numbers(self, session: Session) -> None:
        """Leave out numbers of each carrier's range: a life has begun on an older copy."""

    @abstractmethod
    def keys_of(self, subjects: Sequence[str]) -> dict[str, bytes]: ...

    @abstractmethod
    def head(self) -> int: ...

    @abstractmethod
    def page(self, after: int, limit: int, keys_after: int) -> Page: ...

    @abstractmethod
    def execute(self, command: Command, person: Badge, *, beside: Beside | None = None) -> Outcome: ...

    @abstractmethod
    def record(self, events: Sequence[Event], person: Badge, *, beside: Beside | None = None) -> tuple[Fact, ...]: ...

    @abstractmethod
    def snapshot(self, folder: Path) -> tuple[Path, int]: ...

    @abstractmethod
    def close(self) -> None: ...

    # The same for all

    def now(self) -> int:
        return self._clock()

    def listen(self, listener: Callable[[], None]) -> None:
        self._listeners.append(listener)

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()

    def _settle_life(
        self, session: Session, head: int, *, restored: bool, device: DeviceId | None = None, actor: str = "hub"
    ) -> tuple[str, DeviceId]:
        """Go on in the present life, or begin one: the first, or the next where `restored`, on the word of `actor`.
        Returns its name and the hub's own in it, which hold once the transaction is committed."""
        found = lives.present(session, self.warehouse)
        if found is None or restored:
            branched = head if found is not None else 0
            found = lives.begin(session, self.warehouse, branched, self.now() // 1000, device, actor=actor)
            if restored:
                self._raise_numbers(session)
        return found

    def hello(self, device: DeviceId, message: wire.Hello) -> wire.Welcome:
        """What a terminal is to go on with; see `wire.Hello`."""

        def work(session: Session) -> wire.Welcome:
            head = self._lock(session)
            known = lives.lives(session, self.warehouse)
            end = lives.shared(message.lives, known)
            if not message.lives and self._is_here(session, message, head):
                end = lives.first_end(known)
            if end is None and message.head > head:  # it has seen what is not here any more
                if lives.begun_since(session, self.warehouse, self.now() // 1000 - DAY) < LIVES_A_DAY:
                    self._settle_life(session, head, restored=True, actor=f"terminal:{device}")
                end = head
            rewind = min(message.head, head, message.head if end is None else end)
            if rewind == message.head and message.mark is not None and not self._is_here(session, message, head):
                rewind = 0
            epoch = epochs.allot(session, self.warehouse, message, self.now() // 1000)
            known = lives.lives(session, self.warehouse)
            return wire.Welcome(epoch, known, rewind, head, self.feed_begins, self.now(), self.warehouse, "", "")

        try:
            welcome = self.database.write(work)
        finally:  # even where it failed: whether a commit came through is not always known
            with self._sessions_lock:
                self._sessions.clear()
                self._welcomed += 1
        self._look_up_life()
        return welcome

    def _look_up_life(self) -> None:
        """Of several that look at once, the last is the last to say."""
        with self._life_lock:
            found = self.database.read(lambda session: lives.present(session, self.warehouse))
            if found is not None:
                self.life, self.device = found

    def _is_here(self, session: Session, message: wire.Hello, head: int) -> bool:
        """Whether the fact at the terminal's head stands there in this journal too."""
        if message.mark is None or not 0 < message.head <= head:
            return False
        return self._key_at(session, message.head) == Key(DeviceId(message.mark[0]), *message.mark[1:])

    def _floor(self, session: Session) -> int:
        """The position before which the feed is not read any more: what is older comes in a snapshot."""
        row = session.execute(
            "SELECT coalesce(max(position), 0) FROM hub_day WHERE wh = ? AND day < ?",
            (self.warehouse, self.now() // 86_400_000 - FEED_DAYS),
        ).fetchone()
        return int(row[0])

    def keep_house(self) -> None:
        """Once a day: remember how far the journal has come, forget answers nobody will ask for again."""
        head, now = self.head(), self.now() // 1000

        def work(session: Session) -> None:
            session.execute(
                "INSERT INTO hub_day (wh, day, position) VALUES (?, ?, ?) ON CONFLICT (wh, day)"
                " DO UPDATE SET position = excluded.position",
                (self.warehouse, now // 86_400, head),
            )
            for table in ("hub_answer", "hub_idempotency"):
                session.execute(
                    f"DELETE FROM {table} WHERE wh = ? AND at < ?",  # noqa: S608
                    (self.warehouse, now - ANSWERS_KEPT_SECONDS),
                )

        self.database.write(work)
        self.feed_begins = self.database.read(self._floor)

    def speaks(self, device: DeviceId, session: str) -> bool:
        """Whether that run of the device's program is the one the hub last welcomed in its epoch."""
        return self._epoch_of(device, session) is not None

    def _epoch_of(self, device: DeviceId, session: str) -> int | None:
        with self._sessions_lock:
            seen, welcomed = self._sessions.get((device, session)), self._welcomed
        now = time.monotonic()
        if seen is not None and seen[0] > now:
            return seen[1]
        found = self.database.read(lambda db: epochs.of_session(db, self.warehouse, device, session))
        with self._sessions_lock:
            if welcomed == self._welcomed:  # else another run may have taken its place since
                self._sessions[device, session] = (now + SESSION_SECONDS, found)
        return found

    def push(self, device: DeviceId, message: wire.Push, *, version: int) -> wire.Pushed:
        for line in message.facts:
            wire.require_known(line, version)

        def work(session: Session) -> tuple[wire.Pushed, tuple[Fact, ...], int]:
            head = self._lock(session)
            if message.facts and message.epoch > epochs.highest_given(session, self.warehouse, device):
                raise StaleSession
            gone = self._keep_keys(session, message.keys)
            for order in dict.fromkeys(order_of(subject) or subject for subject in gone):
                audit.note(session, self.warehouse, self.now() // 1000, f"terminal:{device}", "erase", order)
            if not message.facts:
                return wire.Pushed(0, head), (), 0
            held = self._held(session)
            key = (device, message.epoch)
            come = progress(session, self.warehouse, [key], held)[key]
            new = new_of(message, come, held)
            facts = self._append(session, new) if new else ()
            come = come.after(new)
            note(session, self.warehouse, {key: come})
            return wire.Pushed(come.last_n, head + len(new)), facts, len(new)

        pushed, facts, taken = self.database.write(work)
        with self._sessions_lock:
            self.facts_taken += taken
            self.facts_repeated += len(message.facts) - taken
        self._committed(facts, pushed.head)
        return pushed

    def give_back(self, device: DeviceId, message: wire.Returned, *, version: int) -> wire.Given:
        for line in message.facts:
            wire.require_known(line, version)

        def work(session: Session) -> tuple[wire.Given, tuple[Fact, ...]]:
            head = self._lock(session)
            held = self._held(session)
            credible = self._credible(session, device, message.facts)
            come = progress(session, self.warehouse, {(line.device, line.epoch) for line in credible}, held)
            new = that_follow(credible, come)
            facts = self._append(session, new) if new else ()
            if new:
                audit.note(session, self.warehouse, self.now() // 1000, f"terminal:{device}", "returned", str(len(new)))
                note(session, self.warehouse, advanced(come, new))
            return wire.Given(len(new), head + len(new)), facts

        given, facts = self.database.write(work)
        self._committed(facts, given.head)
        return given

    def _credible(self, session: Session, device: DeviceId, facts: Sequence[Line]) -> list[Line]:
        """Those that the device may give back: its own, as it may push them; others' only while a life that may have
        lost them is young; what this hub says in its present life it says itself."""
        lost = self.now() // 1000 - lives.began(session, self.warehouse) <= RETURN_DAYS * DAY
        highest = epochs.highest_given(session, self.warehouse, device)
        return [
            line
            for line in facts
            if line.device != self.device and (line.epoch <= highest if line.device == device else lost)
        ]

    def answer(self, device: DeviceId, session: str, request: str, person: Badge, command: Command) -> wire.Answer:
        numbers = command.epoch if isinstance(command, LeaseWaybills) else None
        if numbers is not None and self._epoch_of(device, session) != numbers:
            raise StaleSession
        kept = self._answer(device, request)
        if kept is not None:
            return kept

        def keep(db: Session, outcome: Outcome) -> None:
            if numbers is not None and epochs.of_session(db, self.warehouse, device, session) != numbers:
                raise StaleSession  # another run was welcomed a moment ago
            row = (self.warehouse, device, request, self.now() // 1000, msgspec.json.encode(_answer_of(outcome)))
            db.execute("INSERT INTO hub_answer (wh, device, request, at, body) VALUES (?, ?, ?, ?, ?)", row)

        try:
            return _answer_of(self.execute(command, person, beside=keep))
        except Exception:
            kept = self._answer(device, request)
            if kept is None:
                raise
            return kept  # the same request, sent again, was decided a moment ago

    def _answer(self, device: DeviceId, request: str) -> wire.Answer | None:
        sql = "SELECT body FROM hub_answer WHERE wh = ? AND device = ? AND request = ?"
        row = self.database.read(lambda s: s.execute(sql, (self.warehouse, device, request)).fetchone())
        return None if row is None else msgspec.json.decode(bytes(row[0]), type=wire.Answer)

    def keep_keys(self, keys: Sequence[wire.KeyLine]) -> None:
        def work(session: Session) -> int:
            head = self._lock(session)
            self._keep_keys(session, keys)
            return head

        self._committed((), self.database.write(work))


def _answer_of(outcome: Outcome) -> wire.Answer:
    if isinstance(outcome, Refused):
        return wire.Answer(refused=tuple(map(wire.msg_line, outcome.lines)))
    return wire.Answer(recorded=tuple(map(wire.line_of, outcome.facts)))
