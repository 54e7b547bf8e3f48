"""The peppers of PINs, outside the database (`wms.store.vault`), and never in the journal or a backup.

People are defined on one node and sign in on every other, offline, by the hash that travels in the journal. So its
pepper is the site's: whoever makes the first hash draws it, and it travels beside the journal, to terminals that are
enrolled and from them back to a hub that lost its own. A pepper's name is made of the pepper, so that none can take
another's place, and one more does no harm.
"""

from __future__ import annotations

import json
import logging
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from wms.config import BadConfig, KeyTrouble
from wms.domain.pins import PEPPER_BYTES, Peppers, pepper_name
from wms.store.keys import key_place
from wms.store.sole import Sole
from wms.store.vault import vault

NAME = "pepper"
LOCK = "wms.pepper.lock"
MOST = 16
_PATIENCE_S = 20.0  # another program's TPM may take seconds
_PAUSE_S = 0.02

log = logging.getLogger(__name__)


@cache
def ring_of(folder: Path) -> PepperRing:
    """The one ring of a data directory in this program: what sync learns, signing in knows."""
    return PepperRing(folder)


class PepperRing:
    """The peppers of one data directory. Safe to use from any thread; what was read once is remembered."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._peppers: Peppers | None = None

    def peppers(self) -> Peppers:
        """Those known here. Raises `KeyTrouble` where they can't be had."""
        with self._lock:
            return self._read()

    def at_hand(self, wanted: str = "") -> Peppers:
        """The same for those who must go on: none, and a line in the log, where they can't be had. Where `wanted` is
        not among them another program may have written it since."""
        try:
            with self._lock:
                if wanted and self._peppers is not None and wanted not in self._peppers.known:
                    self._peppers = None
                return self._read()
        except (KeyTrouble, BadConfig):
            log.exception("the peppers of PINs can't be had")
            return Peppers()

    def for_hashing(self) -> Peppers:
        """The same, with a current one, which is drawn if there was none. Raises `KeyTrouble`."""
        found = self.peppers()
        return found if found.current else self._change(_with_a_current_one)

    def learn(self, known: Mapping[str, bytes], current: str = "") -> None:
        """Keep peppers that another node told; `current` is the one to hash with from now on, '' to leave that.

        What is no pepper under its own name is passed over. Raises `KeyTrouble`.
        """
        new = {name: one for name, one in known.items() if len(one) == PEPPER_BYTES and name == pepper_name(one)}

        def joined(found: Peppers) -> Peppers:
            both = dict([*found.known.items(), *new.items()][:MOST])
            return Peppers(both, current if current in both else found.current)

        found = self.peppers()
        if joined(found) != found:
            self._change(joined)

    def _change(self, change: Callable[[Peppers], Peppers]) -> Peppers:
        """Of what lies there now: another program may have written since it was read. Nobody who only reads waits for
        that program."""
        with _alone(self._folder), self._lock:
            self._peppers = None
            found = self._read()
            after = change(found)
            return after if after == found else self._write(after)

    def _read(self) -> Peppers:
        if self._peppers is None:
            text = self._vault().read(NAME)
            self._peppers = Peppers() if text is None else _decoded(text)
        return self._peppers

    def _write(self, peppers: Peppers) -> Peppers:
        document = {"current": peppers.current, "known": {name: one.hex() for name, one in peppers.known.items()}}
        self._vault().write(NAME, json.dumps(document).encode())
        self._peppers = peppers
        return peppers

    def _vault(self) -> Any:
        return vault(self._folder, key_place(self._folder))


def _with_a_current_one(found: Peppers) -> Peppers:
    if found.current:
        return found
    pepper = secrets.token_bytes(PEPPER_BYTES)
    name = pepper_name(pepper)
    return Peppers({**found.known, name: pepper}, name)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Among the programs and threads that change what lies there. Raises `KeyTrouble`."""
    lock, patience = Sole(folder, LOCK), time.monotonic() + _PATIENCE_S
    try:
        while not _is_mine(lock, folder / LOCK):
            if time.monotonic() > patience:
                raise KeyTrouble(f"another program keeps {folder / LOCK} locked. End it, and try again")
            time.sleep(_PAUSE_S)
        yield
    finally:
        lock.let_go()


def _is_mine(lock: Sole, path: Path) -> bool:
    try:
        return lock.mine()
    except OSError as error:
        raise KeyTrouble(f"{path} can't be written: {error.strerror}. It must belong to this user") from error


def _decoded(text: bytes) -> Peppers:
    try:
        document = json.loads(text)
        known = {name: bytes.fromhex(one) for name, one in document["known"].items()}
        return Peppers(known, document["current"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise KeyTrouble("what is kept as the peppers of PINs is damaged: PINs must be given anew") from error
