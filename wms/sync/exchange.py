"""The talk with the hub, call by call: push what is owed, pull what is new, ask for a decision.

Every call may be lost, repeated or answered late without harm: pushes carry the keys of their facts, pulls go by
position, an ask carries its request. `NotReached` and `HubTrouble` go to the caller.
"""

from __future__ import annotations

import secrets
import threading
import time
from urllib.parse import urlencode

from wms.domain.commands import Command
from wms.domain.events import Fact
from wms.domain.ids import Badge
from wms.store import Forked, Store
from wms.store.codec import UnknownEvent
from wms.sync import tail, wire
from wms.sync.answers import Unreachable
from wms.sync.connection import FORKED, UPDATE_TERMINAL, Connection, HubTrouble, NotReached
from wms.sync.identity import Credentials
from wms.workflows.handling import Recorded, Refused
from wms.workflows.prompt import msg

LINEAGE = "hub_lineage"
PATIENCE = 10.0  # seconds a push or a pull without waiting may take to be answered
RETRY_SECONDS = 0.2
GATHER = 10_000  # at most so many facts are laid under one's own in one transaction

UNREACHABLE = Unreachable(msg("No answer from the hub"))


class Exchange:
    """One store's dealings with one hub. Push, pull and ask may run at the same time, each on its own connection."""

    def __init__(self, store: Store, url: str, credentials: Credentials) -> None:
        lineage = store.meta(LINEAGE)
        self._store = store
        self._push, self._pull, self._ask = (
            Connection(url, credentials, life=lineage, clock=store.clock) for _ in range(3)
        )
        self._pushing, self._pulling, self._asking = (threading.Lock() for _ in range(3))
        self._acked = (0, 0)  # epoch and n up to which the hub has committed this device's facts
        self._limit = wire.BATCH
        self.terminals, self.terminals_offline = 0, 0

    def unsent(self) -> int:
        return tail.count_owed(self._store, self._acked)

    def push(self, deadline: float | None = None) -> None:
        """Hand over everything owed. Stops at `deadline` (monotonic seconds) with `NotReached`."""
        with self._pushing:
            while self._push_one():
                if deadline is not None and time.monotonic() > deadline:
                    raise NotReached("the tail is long")

    def _push_one(self) -> bool:
        facts = tail.owed(self._store, self._acked, self._limit)
        keys = tail.unsent_keys(self._store, self._limit)
        if not facts and not keys:
            return False
        try:
            pushed = self._push.call("POST", "/v1/push", wire.Pushed, wire.push_of(facts, keys), timeout=PATIENCE)
        except HubTrouble as trouble:
            if trouble.error == "too_large" and self._limit > 1:
                self._limit //= 2
                return True
            if trouble.error == "gap" and self._can_go_back(trouble.expected or 0):
                return True
            raise
        if facts:
            self._acked = (facts[0].key.epoch, pushed.highest)
        if keys:
            tail.keys_were_sent(self._store, keys)
        return True

    def _can_go_back(self, expected: int) -> bool:
        """The hub holds less of this epoch than it once acknowledged: go back, if what it misses is still owed."""
        epoch, acked = self._acked
        if acked < expected:
            return False
        owed = tail.owed(self._store, (epoch, expected - 1), 1)
        if not owed or owed[0].key.n != expected:
            return False
        self._acked = (epoch, expected - 1)
        return True

    def pull(self, wait: int) -> int:
        """Take what the hub has beyond this store's head; wait up to `wait` seconds for something new. Returns how
        many facts were taken. Where own facts wait on top, batches are gathered so that these are re-laid but once."""
        with self._pulling:
            return self._pull_on(self._pull, wait)

    def _pull_on(self, connection: Connection, wait: int) -> int:
        at = self._store.head()
        answer = self._fetch(connection, at, wait)
        facts: list[Fact] = []
        room = min(GATHER, max(wire.BATCH, 4 * self._store.waiting()))
        while True:
            facts += [self._fact(connection, line) for line in answer.facts]
            at += len(answer.facts)
            if at >= answer.head or not answer.facts or len(facts) >= room:
                break
            answer = self._fetch(connection, at, 0)
        self._receive(facts)
        return len(facts)

    def _fetch(self, connection: Connection, after: int, wait: int) -> wire.Pulled:
        seen = int(self._store.meta(tail.KEYS_CURSOR) or 0)
        query = urlencode({"after": after, "limit": wire.BATCH, "wait": wait, "keys_after": seen})
        answer = connection.call("GET", f"/v1/pull?{query}", wire.Pulled, timeout=wait + PATIENCE)
        if answer.keys:
            tail.keep_keys(self._store, answer.keys, answer.keys_next)
        self.terminals, self.terminals_offline = answer.terminals, answer.terminals_offline
        return answer

    def _fact(self, connection: Connection, line: wire.FactLine) -> Fact:
        try:
            return wire.fact_of(line, version=connection.version)
        except (UnknownEvent, wire.NewerVersion) as error:
            raise HubTrouble(UPDATE_TERMINAL, "terminal_old") from error

    def _receive(self, facts: list[Fact]) -> None:
        try:
            self._store.receive(facts)
        except Forked as error:
            raise HubTrouble(FORKED, "fork") from error

    def ask(self, command: Command, person: Badge, timeout: float) -> Recorded | Refused | Unreachable:
        """Let the hub decide, on everything this terminal knows: the tail goes first. After a `Recorded` the picture
        holds the decision. Never raises `NotReached`: that is `Unreachable`."""
        deadline = time.monotonic() + timeout
        message = wire.ask(secrets.token_hex(16), person, command)
        with self._asking:
            try:
                self.push(deadline)
                return self._taken(self._answer(message, deadline), deadline)
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

    def _taken(self, answer: wire.Answer, deadline: float) -> Recorded | Refused:
        if answer.refused:
            return Refused(tuple(wire.msg_of(line) for line in answer.refused))
        facts = [self._fact(self._ask, line) for line in answer.recorded]
        if facts and facts[0].position == self._store.head() + 1:
            self._receive(facts)
        while facts and self._store.head() < (facts[-1].position or 0):
            if time.monotonic() > deadline:
                raise NotReached("decided, but not in the picture yet")
            self._pull_on(self._ask, 0)
        return Recorded(tuple(facts))

    def close(self) -> None:
        """End what is under way, in whatever thread, and close the connections."""
        ends = ((self._push, self._pushing), (self._pull, self._pulling), (self._ask, self._asking))
        for connection, _ in ends:
            connection.interrupt()
        for connection, busy in ends:
            with busy:
                connection.close()
