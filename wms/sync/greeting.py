"""Hello: what a run of the program agrees on with its hub before anything else, and again after each doubt.

The hub says which epoch to record in and in which life its journal is. Facts that it has lost with an earlier life lose
their positions here, to be given back; where another copy of this device was faster, unconfirmed facts get new keys.
"""

from __future__ import annotations

import secrets
from typing import Any

import msgspec

from wms.store import Store, journal
from wms.store.meta import HEARD, get_meta, set_meta
from wms.store.rebase import rewind
from wms.sync import wire
from wms.sync.connection import Connection

LIVES = "hub_lives"
SESSION = "hub_session"
_ROUNDS = 4  # a rewinding is checked once more; a hub that never agrees is none


class Standing:
    """How this run stands with the hub. Not for two threads at once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.session, self.life = secrets.token_hex(16), ""
        self.greeted, self.floor, self.head = False, 0, 0
        self._fork: tuple[int, int] | None = None

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
        self.greeted = True

    def renew(self, fork: tuple[int, int] | None = None) -> None:
        """Go on as another run would: a copy of this device has spoken in this one's place. With `fork`, the facts
        waiting from that (epoch, n) on are to get keys of the next epoch: the hub holds others under theirs."""
        self.session = secrets.token_hex(16)
        self._fork, self.greeted = fork, False

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
        )

    def _settle(self, welcome: wire.Welcome, said: wire.Hello) -> None:
        lives = msgspec.json.encode(welcome.lives).decode()

        def work(connection: Any) -> None:
            rewind(connection, welcome.rewind)
            if get_meta(connection, LIVES) != lives:  # the hub may have lost keys too, and counts them anew
                set_meta(connection, wire.KEYS_CURSOR, "0")
                connection.execute("UPDATE sealing_key SET sent = 0")
            set_meta(connection, LIVES, lives)
            set_meta(connection, SESSION, said.session)
            set_meta(connection, HEARD, str(self._store.clock()))

        self._store.writer.do(work)
        if welcome.epoch > self._store.epoch:
            self._store.begin_epoch(welcome.epoch)
        if self._fork is not None and self._fork[0] < self._store.epoch:
            self._store.refile(*self._fork)
            self._fork = None
        self.life = welcome.lives[-1].name
        self.floor, self.head = welcome.floor, welcome.head


def lives_of(store: Store) -> tuple[wire.Life, ...]:
    """The lives of the hub's journal that this store has followed."""
    said = store.meta(LIVES)
    return msgspec.json.decode(said, type=tuple[wire.Life, ...]) if said else ()
