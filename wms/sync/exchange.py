"""The talk with the hub, call by call: hello, push what is owed, pull what is new, ask for a decision.

Every call may be lost, repeated or answered late without harm: pushes carry the keys of their facts, pulls go by
position, an ask carries its request. `NotReached` and `HubTrouble` go to the caller.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Sequence
from typing import TypeVar
from urllib.parse import urlencode

from wms.domain.commands import Command
from wms.domain.events import Fact
from wms.domain.ids import Badge
from wms.store import Forked, Store
from wms.store.meta import HEARD
from wms.sync import bootstrap, tail, wire
from wms.sync.answers import Unreachable
from wms.sync.connection import FORKED, NOBODY, UPDATE_TERMINAL, Connection, HubTrouble, NotReached
from wms.sync.greeting import Standing, still_in
from wms.sync.identity import Credentials
from wms.workflows.handling import Recorded, Refused
from wms.workflows.prompt import NOTHING, msg

T = TypeVar("T")
PATIENCE = 10.0  # seconds a push or a pull without waiting may take to be answered
RETRY_SECONDS = 0.2
MEANWHILE = 2.0  # seconds for which others, who give back the same, are waited for
GATHER = 10_000  # at most so many facts are laid under one's own in one transaction
FAR_BEHIND = 20_000  # facts; beyond that a snapshot is sooner there

UNREACHABLE = Unreachable(msg("No answer from the hub"))
HEARD_EVERY_MS = 5 * 60_000
TRIES = 4
NO_SNAPSHOT_SECONDS = 2.0  # a hub that has just started may have none that reaches far enough
_DOUBTS = ("restored", "session", "fork", "snapshot")


class Exchange:
    """One store's dealings with one hub. Push, pull and ask may run at the same time, each on its own connection."""

    def __init__(
        self,
        store: Store,
        url: str,
        credentials: Credentials = NOBODY,
        on_greeted: Callable[[], None] = lambda: None,
    ) -> None:
        """`on_greeted` is called after each hello: there may be more to hand over than before."""
        self._store, self._on_greeted = store, on_greeted
        self._standing = Standing(store)
        self._greeting = threading.RLock()
        self._hello, self._push, self._pull, self._ask = (
            Connection(url, credentials, session=self._standing.session) for _ in range(4)
        )
        self._pushing, self._pulling, self._asking, self._bootstrapping = (threading.Lock() for _ in range(4))
        self._acked = (0, 0)  # epoch and n up to which the hub has committed this device's facts
        self._given = 0  # old position up to which lost facts were given back
        self._begun = 0  # how often giving back has begun from the front
        self._overtaken = 0  # not 0 while others give the same back: the first that was lacking at the last look
        self._orphans = 0  # of these, how many got other keys meanwhile
        self._chain = (0, 0, b"")  # epoch and n whose hash it is
        self._pushed_epoch = 0
        self._limit = wire.BATCH
        self._noted = 0
        self.terminals, self.terminals_offline = 0, 0

    def unsent(self) -> int:
        return tail.count_owed(self._store, self._acked)

    def oldest_unsent(self) -> int | None:
        """When the oldest fact that the hub has not got was recorded, UTC seconds by this device's clock."""
        found = tail.oldest_owed(self._store, self._acked)
        return None if found is None else found // 1000

    # Agreeing

    def _agreed(self, connection: Connection, work: Callable[[], T]) -> T:
        """Carry out `work` on terms that both sides agree on: say hello first, and again where the hub has doubts."""
        tries = 0
        while True:
            tries += 1
            terms = self._greet(connection)
            try:
                return work()
            except HubTrouble as trouble:
                if trouble.error not in _DOUBTS or tries == TRIES:
                    raise
                fork = (self._pushed_epoch, trouble.expected or 1) if trouble.error == "fork" else None
                self._doubt(terms, fork, renew=trouble.error in ("session", "fork"))
            except Forked as error:
                if tries == TRIES or error.key.device != self._store.device:
                    raise HubTrouble(FORKED, "fork") from error
                self._doubt(terms, (error.key.epoch, error.key.n), renew=True)

    def _greet(self, connection: Connection) -> tuple[str, str]:
        with self._greeting:
            if not self._standing.greeted:
                self._standing.greet(self._hello, PATIENCE)
                self._acked, self._chain = (0, 0), (0, 0, b"")
                self._begin_giving()
                self._on_greeted()
            connection.session, connection.life = self._standing.session, self._standing.life
            return connection.life, connection.session

    def _doubt(self, terms: tuple[str, str], fork: tuple[int, int] | None, *, renew: bool) -> None:
        """Those terms are no good any more, unless another lane has settled that already."""
        with self._greeting:
            if terms != (self._standing.life, self._standing.session):
                return
            self._standing.greeted = False
            if renew:
                self._standing.renew(fork)

    # Handing over

    def push(self, deadline: float | None = None) -> None:
        """Hand over everything owed. Stops at `deadline` (monotonic seconds) with `NotReached`."""
        with self._pushing:
            while self._agreed(self._push, self._push_one):
                if deadline is not None and time.monotonic() > deadline:
                    raise NotReached("the tail is long")

    def _push_one(self) -> bool:
        """What the hub had and has lost goes back first, in its old order."""
        begun = self._begun
        lost = tail.lost(self._store, self._given, self._limit)
        if lost and self._overtaken not in (0, lost[0][0]):
            self._overtaken = lost[0][0]
            self._take_meanwhile()
            return True
        if lost:
            self._give_back(lost, begun)
            return True
        terms = (self._push.life, self._push.session)
        lines = tail.owed(self._store, self._acked, self._limit)
        keys = tail.unsent_keys(self._store, self._limit)
        if not lines and not keys:
            return False
        chain = self._chain_before(lines[0]) if lines else b""
        self._pushed_epoch = lines[0].epoch if lines else 0
        pushed = self._sent("/v1/push", wire.Pushed, wire.push_of(lines, keys, chain))
        if pushed is None:
            return True
        with self._greeting:
            if not self._still(terms):
                return True
            if lines:
                self._acked = (lines[0].epoch, pushed.highest)
                self._chain = tail.chain_after(chain, lines, pushed.highest)
            if keys:
                tail.keys_were_sent(self._store, keys)
        return True

    def _give_back(self, lost: Sequence[tuple[int, wire.FactLine]], begun: int) -> None:
        """One message of them, unless it is another terminal's turn. It is no step forward where giving back, `begun`
        so often when they were read, begins from the front meanwhile."""
        terms = (self._push.life, self._push.session)
        try:
            given = self._sent("/v1/return", wire.Given, wire.Returned(tuple(line for _, line in lost)))
        except HubTrouble as trouble:
            if trouble.error != "busy":
                raise
            self._overtaken = -1
            return
        if given is not None:
            self._overtaken = -1 if given.taken < len(lost) else 0
            with self._greeting:
                if self._still(terms) and self._begun == begun:
                    self._given = lost[-1][0]

    def _begin_giving(self) -> None:
        self._given, self._begun = 0, self._begun + 1

    def _still(self, terms: tuple[str, str]) -> bool:
        """Whether an answer got on those terms still holds: the hub may have been put back since it gave it."""
        return terms == (self._standing.life, self._standing.session)

    def _take_meanwhile(self) -> None:
        """Others give the same back: what comes from them need not travel once more. Waits a moment for it."""
        if self._pulling.acquire(timeout=MEANWHILE):
            try:
                self._agreed(self._pull, lambda: self._pull_on(self._pull, int(MEANWHILE)))
            finally:
                self._pulling.release()

    def _sent(self, path: str, answer: type[T], message: object) -> T | None:
        """None where it has to be sent otherwise: in smaller parts, or from further back."""
        try:
            return self._push.call("POST", path, answer, message, timeout=PATIENCE)
        except HubTrouble as trouble:
            if trouble.error == "too_large" and self._limit > 1:
                self._limit //= 2
                return None
            if trouble.error == "gap" and self._can_go_back(trouble.expected or 0):
                return None
            raise

    def _chain_before(self, line: wire.FactLine) -> bytes:
        epoch, n, chain = self._chain
        return chain if (epoch, n) == (line.epoch, line.n - 1) else tail.chain_before(self._store, line)

    def _can_go_back(self, expected: int) -> bool:
        """The hub holds less of this epoch than it once acknowledged: go back, if what it misses is still owed."""
        epoch, acked = self._acked
        if acked < expected:
            return False
        owed = tail.owed(self._store, (epoch, expected - 1), 1)
        if not owed or owed[0].n != expected:
            return False
        self._acked = (epoch, expected - 1)
        return True

    # Fetching

    def pull(self, wait: int) -> int:
        """Take what the hub has beyond this store's head; wait up to `wait` seconds for something new. Returns how
        many facts were taken. Where own facts wait on top, batches are gathered so that these are re-laid but once."""
        with self._pulling:
            return self._agreed(self._pull, lambda: self._pull_on(self._pull, wait))

    def _pull_on(self, connection: Connection, wait: int) -> int:
        at = self._store.head()
        if self._is_far(at):
            if taken := self._bootstrapped(connection):
                return taken
            at = self._store.head()
        answer = self._fetch(connection, at, wait)
        lines: list[wire.FactLine] = []
        room = min(GATHER, max(wire.PAGE, 4 * self._store.waiting()))
        while True:
            lines += self._known(connection, answer.facts)
            at += len(answer.facts)
            if at >= answer.head or not answer.facts or len(lines) >= room:
                break
            answer = self._fetch(connection, at, 0)
        self._store.receive(lines, require=still_in(connection.life))
        self._look_for_orphans()
        return len(lines)

    def _is_far(self, at: int) -> bool:
        return at < self._standing.floor or self._standing.head - at > FAR_BEHIND

    def _bootstrapped(self, connection: Connection) -> int:
        """How many facts a snapshot brought. One lane fetches it; another that lacks it too waits for that a while."""
        if not self._bootstrapping.acquire(timeout=PATIENCE):
            raise HubTrouble(NOTHING, "snapshot", None, NO_SNAPSHOT_SECONDS)
        try:
            at = self._store.head()
            if self._is_far(at):
                self._standing.head = 0  # what is left after the snapshot is read from the feed
                if not bootstrap.take(self._store, connection) and at < self._standing.floor:
                    raise HubTrouble(NOTHING, "snapshot", None, NO_SNAPSHOT_SECONDS)
            return self._store.head() - at
        finally:
            self._bootstrapping.release()

    def _look_for_orphans(self) -> None:
        """Facts the hub has passed over go back once more, under the keys they have got."""
        with self._greeting:
            before, self._orphans = self._orphans, tail.orphans(self._store)
            if self._orphans > before:
                self._begin_giving()

    def _fetch(self, connection: Connection, after: int, wait: int) -> wire.Pulled:
        seen = int(self._store.meta(wire.KEYS_CURSOR) or 0)
        query = urlencode({"after": after, "limit": wire.PAGE, "wait": wait, "keys_after": seen})
        answer = connection.call("GET", f"/v1/pull?{query}", wire.Pulled, timeout=wait + PATIENCE)
        if answer.keys:
            tail.keep_keys(self._store, answer.keys, answer.keys_next, still_in(connection.life))
        self.terminals, self.terminals_offline = answer.terminals, answer.terminals_offline
        self._heard()
        return answer

    def _heard(self) -> None:
        """Remember that the hub was heard of, but not with each answer: what an idle terminal writes wears its disk."""
        now = self._store.clock()
        if not 0 <= now - self._noted < HEARD_EVERY_MS:
            self._noted = now
            self._store.set_meta(HEARD, str(now))

    def _known(self, connection: Connection, lines: tuple[wire.FactLine, ...]) -> tuple[wire.FactLine, ...]:
        try:
            for line in lines:
                wire.require_known(line, connection.version)
        except wire.NewerVersion as error:
            raise HubTrouble(UPDATE_TERMINAL, "terminal_old") from error
        return lines

    # Asking

    def ask(self, command: Command, person: Badge, timeout: float) -> Recorded | Refused | Unreachable:
        """Let the hub decide, on everything this terminal knows: the tail goes first. After a `Recorded` the picture
        holds the decision. Never raises `NotReached`: that is `Unreachable`."""
        deadline = time.monotonic() + timeout
        message = wire.ask(secrets.token_hex(16), person, command)
        with self._asking:
            try:
                self.push(deadline)
                answer = self._agreed(self._ask, lambda: self._answer(message, deadline))
                life = self._ask.life
                return self._agreed(self._ask, lambda: self._taken(answer, life, deadline))
            except NotReached:
                return UNREACHABLE

    def _answer(self, message: wire.Ask, deadline: float) -> wire.Answer:
        """The answer to one request; sent again where the hub may have had it already, which it recognises."""
        sent = False
        while True:
            left = deadline - time.monotonic()
            try:
                return self._ask.call("POST", "/v1/ask", wire.Answer, message, timeout=max(left, 0.1))
            except NotReached as error:
                sent = sent or error.sent
                if not sent or self._ask.closed or deadline - time.monotonic() < RETRY_SECONDS:
                    raise
                time.sleep(RETRY_SECONDS)

    def _taken(self, answer: wire.Answer, life: str, deadline: float) -> Recorded | Refused:
        if answer.refused:
            return Refused(tuple(wire.msg_of(line) for line in answer.refused))
        if self._ask.life != life:
            raise NotReached("decided in a life of the hub that is over")
        lines = self._known(self._ask, answer.recorded)
        facts: tuple[Fact, ...] = tuple(map(wire.fact_of, lines))
        if facts and facts[0].position == self._store.head() + 1:
            self._store.receive(lines, require=still_in(life))
        while facts and self._store.head() < (facts[-1].position or 0):
            if time.monotonic() > deadline:
                raise NotReached("decided, but not in the picture yet")
            self._pull_on(self._ask, 0)
        return Recorded(facts)

    def forget_terms(self) -> None:
        """The hub was out of reach: it may be another one by now, so hello comes first."""
        self._standing.greeted = False

    def close(self) -> None:
        """End what is under way, in whatever thread, and close the connections."""
        ends = ((self._push, self._pushing), (self._pull, self._pulling), (self._ask, self._asking))
        for connection in (self._hello, *(connection for connection, _ in ends)):
            connection.interrupt()
        for connection, busy in ends:
            with busy:
                connection.close()
        with self._greeting:
            self._hello.close()
