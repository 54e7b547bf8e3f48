"""What the HTTP side of the hub needs from whatever keeps its journal. All calls block and may come from any thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from wms.domain.commands import Command
from wms.domain.events import Fact
from wms.domain.ids import Badge, DeviceId
from wms.sync.wire import Answer, KeyLine, TerminalLine


class WrongCode(ValueError):
    """The enrolment code is wrong, used or too old."""


@dataclass
class Gap(Exception):
    """A push begins beyond what the hub holds of that device and epoch; `expected` is where to go on from."""

    expected: int


@dataclass(frozen=True, slots=True)
class Page:
    """Facts without a hole after the asked position, changes of keys, and where both go on."""

    facts: tuple[Fact, ...]
    head: int
    keys: tuple[KeyLine, ...]
    keys_next: int


class HubStore(Protocol):
    """The hub's journal, picture and terminals. `lineage` changes when an older copy of the journal was put back."""

    device: DeviceId
    lineage: str

    def head(self) -> int: ...

    def listen(self, listener: Callable[[], None]) -> None:
        """Call `listener` after each commit of this process."""

    def push(self, device: DeviceId, epoch: int, first: int, facts: Sequence[Fact], keys: Sequence[KeyLine]) -> int:
        """Commit what is new and return the highest n held of that epoch. Raises `Gap`, `Forked`, `StoreUnwritable`."""

    def page(self, after: int, limit: int, keys_after: int) -> Page: ...

    def ask(self, device: DeviceId, request: str, person: Badge, command: Command) -> Answer:
        """Decide once per (device, request); later calls get the answer that was given."""

    def enrol(self, code: str, device: DeviceId) -> tuple[str, str]:
        """Use up a code; returns the terminal's token and name. An older token of the device is void from then on.
        Raises `WrongCode`."""

    def device_of(self, token: str) -> DeviceId | None:
        """Whose token it is; also notes that the terminal was heard of."""

    def terminals(self) -> list[TerminalLine]: ...

    def close(self) -> None: ...
