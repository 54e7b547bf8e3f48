"""What the HTTP side of the hub needs from whatever keeps its journal. All calls block and may come from any thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from wms.domain.commands import Command
from wms.domain.events import Event, Fact
from wms.domain.ids import Badge, DeviceId
from wms.hub.database import HubDatabase, Session
from wms.store.tables import SqliteRows
from wms.sync.wire import Answer, FactLine, Given, Hello, KeyLine, Push, Pushed, Returned, Welcome
from wms.workflows.handling import Outcome

Beside = Callable[[Session, Outcome], None]


class Unacceptable(ValueError):
    """What was asked for can't be; the text says why, for whoever asked."""


class WrongCode(ValueError):
    """The enrolment code is wrong, used or too old."""


@dataclass
class Gap(Exception):
    """A push begins beyond what the hub holds of that device and epoch; `expected` is where to go on from."""

    expected: int


@dataclass
class Fork(Exception):
    """The hub holds another fact under a key that was sent, or another history before it; `first` is the lowest n of
    the push that can't stay. The device gets a new epoch with its next hello."""

    first: int


class StaleSession(Exception):
    """Another run of that terminal's program has spoken since, perhaps a copy's: say hello again."""


@dataclass(frozen=True, slots=True)
class Page:
    """Facts without a hole after the asked position, changes of keys, and where both go on.

    Who asks from before `floor` takes a snapshot: the feed is not read back so far."""

    facts: tuple[FactLine, ...]
    head: int
    keys: tuple[KeyLine, ...]
    keys_next: int
    floor: int = 0


class HubStore(Protocol):
    """One warehouse's journal, picture and small tables.

    `life` names the present life of the journal: it changes when an older copy was put back. `device` is the hub's own
    name in that life. Of the facts pushed to this process `facts_taken` were new, `facts_repeated` were held already.
    `picture_failed` while the picture can't be brought up to the journal. `feed_begins` is the position before which
    the feed is not read back.
    """

    warehouse: str
    device: DeviceId
    life: str
    database: HubDatabase
    facts_taken: int
    facts_repeated: int
    picture_failed: bool
    feed_begins: int

    @property
    def rows(self) -> SqliteRows:
        """The picture of the warehouse; it may lag behind the journal by what was committed a moment ago."""

    def now(self) -> int:
        """The hub's clock, UTC milliseconds."""

    def head(self) -> int: ...

    def listen(self, listener: Callable[[], None]) -> None:
        """Call `listener` after each commit of this process."""

    # Terminals

    def hello(self, device: DeviceId, message: Hello) -> Welcome: ...

    def push(self, device: DeviceId, message: Push, *, version: int) -> Pushed:
        """Commit what is new. Raises `Gap`, `Fork`, `StoreUnwritable`, `wire.NewerVersion`; `StaleSession` for an epoch
        beyond those the device was given."""

    def speaks(self, device: DeviceId, session: str) -> bool:
        """Whether that run of the device's program is the one last welcomed in its epoch."""

    def give_back(self, device: DeviceId, message: Returned, *, version: int) -> Given:
        """Take facts that an older copy of this journal lost: the device's own, and for 30 days after a life began
        any device's. One whose key is held already, that leaves a hole, or that bears the name this hub has now, is
        passed over. Raises `StoreUnwritable`, `wire.NewerVersion`."""

    def page(self, after: int, limit: int, keys_after: int) -> Page: ...

    def answer(self, device: DeviceId, session: str, request: str, person: Badge, command: Command) -> Answer:
        """Decide once per (device, request); later calls get the answer that was given. Raises `StaleSession` where
        numbers are asked for under an epoch that `session` was not given."""

    def snapshot(self, folder: Path) -> tuple[Path, int]:
        """A SQLite file of journal and picture, and at which position; without keys and the hub's own tables."""

    # The hub's own acts, and those of other programs

    def execute(self, command: Command, person: Badge, *, beside: Beside | None = None) -> Outcome:
        """Decide and record; `beside` writes into the same transaction of `database`, or raises and undoes it all."""

    def record(self, events: Sequence[Event], person: Badge, *, beside: Beside | None = None) -> tuple[Fact, ...]: ...

    def keep_house(self) -> None:
        """To be called at start and once a day."""

    def keep_keys(self, keys: Sequence[KeyLine]) -> None:
        """Keep keys that open recipients, or forget them (null); a destroyed one never comes back."""

    def keys_of(self, subjects: Sequence[str]) -> dict[str, bytes]:
        """The keys under these names; those that are not known or were destroyed are left out."""

    def close(self) -> None: ...
