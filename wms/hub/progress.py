"""How far the hub has come with each device and epoch, and which facts of a push are new to it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from wms.hub.database import Session
from wms.hub.interface import Fork, Gap
from wms.store.journal import CHAIN_START, Line, chain, same
from wms.sync.wire import Push

EpochKey = tuple[str, int]  # a device and its epoch
Held = Callable[[str, int, int, int], Sequence[Line]]
"""The facts of (device, epoch) from one n to another, both included, that the journal holds, in order."""


@dataclass(frozen=True, slots=True)
class Progress:
    """The highest n held of a device's epoch, and the hash over all up to it."""

    last_n: int = 0
    chain: bytes = CHAIN_START

    def after(self, lines: Iterable[Line]) -> Progress:
        at = self
        for line in lines:
            at = Progress(line.n, chain(at.chain, line))
        return at


def progress(session: Session, wh: str, keys: Collection[EpochKey], held: Held) -> dict[EpochKey, Progress]:
    """Of each device's epoch: from the table, or reckoned from the journal where the table does not say."""
    if not keys:
        return {}
    devices, epochs = {device for device, _ in keys}, {epoch for _, epoch in keys}
    rows = session.execute(
        "SELECT device, epoch, last_n, chain FROM hub_epoch"  # noqa: S608
        f" WHERE wh = ? AND device IN ({_marks(devices)}) AND epoch IN ({_marks(epochs)})",
        (wh, *devices, *epochs),
    ).fetchall()
    known = {(device, epoch): Progress(last_n, bytes(chained)) for device, epoch, last_n, chained in rows}
    return {key: known[key] if key in known else Progress().after(held(*key, 1, 2**62)) for key in keys}


def _marks(values: Collection[object]) -> str:
    return ", ".join("?" * len(values))


def note(session: Session, wh: str, come: Mapping[EpochKey, Progress]) -> None:
    """Remember how far the hub has come with each (device, epoch)."""
    session.executemany(
        "INSERT INTO hub_epoch (wh, device, epoch, last_n, chain) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (wh, device, epoch) DO UPDATE SET last_n = excluded.last_n, chain = excluded.chain",
        [(wh, *key, at.last_n, at.chain) for key, at in come.items()],
    )


def new_of(message: Push, come: Progress, held: Held) -> tuple[Line, ...]:
    """The facts of the push that the hub does not hold. Raises `Gap` and `Fork`."""
    facts, first = message.facts, message.first
    if not facts:
        return ()
    if first > come.last_n + 1:
        raise Gap(come.last_n + 1)
    if first == come.last_n + 1 and message.chain and message.chain != come.chain:
        raise Fork(first)
    again = facts[: come.last_n + 1 - first]
    if again:
        for said, kept in zip(again, held(message.device, message.epoch, first, again[-1].n), strict=True):
            if not same(said, kept):
                raise Fork(said.n)
    return facts[len(again) :]


def that_follow(facts: Sequence[Line], come: Mapping[EpochKey, Progress]) -> list[Line]:
    """Of facts that were given back, those that go on where their device's epoch stands here, in order."""
    at = {key: reached.last_n for key, reached in come.items()}
    taken = []
    for line in facts:
        key = (line.device, line.epoch)
        if line.n == at[key] + 1:
            at[key] = line.n
            taken.append(line)
    return taken


def advanced(come: Mapping[EpochKey, Progress], taken: Iterable[Line]) -> dict[EpochKey, Progress]:
    """How far the hub has come, from `come`, with those devices and epochs of which it has taken facts."""
    own: dict[EpochKey, list[Line]] = {}
    for line in taken:
        own.setdefault((line.device, line.epoch), []).append(line)
    return {key: come[key].after(lines) for key, lines in own.items()}
