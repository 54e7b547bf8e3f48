"""Hello: what a run of the program agrees on with its hub before anything else, and again after each doubt.

The hub says which epoch to record in and in which life its journal is. Facts that it has lost with an earlier life lose
their positions here, to be given back; where another copy of this device was faster, unconfirmed facts get new keys.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from typing import Any

import msgspec

from wms.config import BadConfig, KeyTrouble
from wms.domain.events import ReviewRaised
from wms.domain.ids import Badge
from wms.store import Store, journal
from wms.store.meta import HEARD, get_meta, set_meta
from wms.store.peppers import PepperRing, ring_of
from wms.store.rebase import rewind
from wms.sync import wire
from wms.sync.connection import Connection, HubTrouble
from wms.workflows.prompt import NOTHING

LIVES = "hub_lives"
SESSION = "hub_session"
log = logging.getLogger(__name__)
NOBODY = Badge("")
_ROUNDS = 4  # a rewinding is checked once more; a hub that never agrees is none


class Standing:
    """How this run stands with the hub. Not for two threads at once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.session, self.life = secrets.token_hex(16), ""
        self.greeted, self.floor, self.head = False, 0, 0
        self._fork: tuple[int, int] | None = None
        self._renewed = False

    def greet(self, connection: Connection, patience: float) -> None:
        """Say hello until both agree. Raises `NotReached`, `HubTrouble`, `StoreUnwritable`."""
        connection.life = ""
        for _ in range(_ROUNDS):
            connection.session = self.session
            said = self._hello()
            welcome = connection.call("POST", "/v1/hello", wire.Welcome, said, timeout=patience)
            self._settle(welcome, said)
            if welcome.rewind == said.head:
                break
        self.greeted, self._renewed = True, False

    def renew(self, fork: tuple[int, int] | None = None) -> None:
        """Go on as another run would: a copy of this device has spoken in this one's place. With `fork`, the facts
        waiting from that (epoch, n) on are to get keys of their own: the hub holds others under theirs."""
        self.session = secrets.token_hex(16)
        self._fork, self.greeted, self._renewed = fork, False, True

    def _tell(self, said: wire.Hello, welcome: wire.Welcome) -> None:
        """A supervisor hears why this disk had to begin anew, unless the hub did: then all of its terminals do."""
        if self._renewed:
            self._store.record((ReviewRaised("two_copies", self._store.device),), NOBODY)
        elif said.lives and said.lives[-1].name == welcome.lives[-1].name:
            self._store.record((ReviewRaised("restored_copy", self._store.device),), NOBODY)

    def _hello(self) -> wire.Hello:
        connection, device = self._store.rows.connection, self._store.device
        head, epoch = journal.head(connection), self._store.epoch
        mark = journal.key_at(connection, head)
        return wire.Hello(
            device,
            epoch,
            journal.last_n(connection, device, epoch),
            self.session,
            self._store.meta(SESSION),
            lives_of(self._store),
            head,
            None if mark is None else (mark.device, mark.epoch, mark.n),
            self._fork is not None and self._fork[0] == epoch,
            pins_of(ring_of(self._store.folder)),
        )

    def _settle(self, welcome: wire.Welcome, said: wire.Hello) -> None:
        lives = msgspec.json.encode(welcome.lives).decode()
        learn(ring_of(self._store.folder), welcome.pins, current=True)

        def work(connection: Any) -> None:
            same = get_meta(connection, LIVES) == lives
            if not same or welcome.rewind != said.head:  # else what came since hello would be taken for lost
                rewind(connection, welcome.rewind)
            if not same:  # the hub may have lost keys too, and counts them anew
                set_meta(connection, wire.KEYS_CURSOR, "0")
                connection.execute("UPDATE sealing_key SET sent = 0")
            set_meta(connection, LIVES, lives)
            set_meta(connection, SESSION, said.session)
            set_meta(connection, HEARD, str(self._store.clock()))

        self._store.writer.do(work)
        if welcome.epoch > self._store.epoch:
            self._store.begin_epoch(welcome.epoch)
            self._tell(said, welcome)
        if self._fork is not None and self._fork[0] < self._store.epoch:
            self._store.refile(*self._fork)
            self._fork = None
        self.life = welcome.lives[-1].name
        self.floor, self.head = welcome.floor, welcome.head


def pins_of(ring: PepperRing) -> wire.PinKeys:
    """What a terminal tells its hub, and a hub its terminals, so that every badge opens every terminal."""
    peppers = ring.at_hand()
    return wire.PinKeys(dict(peppers.known), peppers.current)


def learn(ring: PepperRing, pins: wire.PinKeys, *, current: bool) -> None:
    """Keep what the other side told. PINs that can't be checked stop neither sync nor work."""
    try:
        ring.learn(pins.known, pins.current if current else "")
    except (KeyTrouble, BadConfig):
        log.exception("the peppers of PINs can't be kept")


def lives_of(store: Store) -> tuple[wire.Life, ...]:
    """The lives of the hub's journal that this store has followed."""
    return _lives(store.meta(LIVES))


def still_in(life: str) -> Callable[[Any], None]:
    """What a transaction requires that takes in what the hub said in that life: that no other was agreed on meanwhile.
    Positions and counts of keys begin again with each life, and an answer may be late. Raises `HubTrouble`."""

    def require(connection: Any) -> None:
        lived = _lives(get_meta(connection, LIVES))
        if not lived or lived[-1].name != life:
            raise HubTrouble(NOTHING, "restored")

    return require


def _lives(said: str) -> tuple[wire.Life, ...]:
    return msgspec.json.decode(said, type=tuple[wire.Life, ...]) if said else ()
