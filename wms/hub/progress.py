"""How far the hub has come with each device and epoch, and which facts of a push are new to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from wms.hub.database import Session
from wms.hub.interface import Fork, Gap
from wms.store.journal import CHAIN_START, Line, chain, same
from wms.sync.wire import Push

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


def progress(session: Session, wh: str, device: str, epoch: int, held: Held) -> Progress:
    """From the table, or reckoned from the journal where the table does not say."""
    row = session.execute(
        "SELECT last_n, chain FROM hub_epoch WHERE wh = ? AND device = ? AND epoch = ?", (wh, device, epoch)
    ).fetchone()
    if row is not None:
        return Progress(row[0], bytes(row[1]))
    return Progress().after(held(device, epoch, 1, 2**62))


def note(session: Session, wh: str, device: str, epoch: int, come: Progress) -> None:
    session.execute(
        "INSERT INTO hub_epoch (wh, device, epoch, last_n, chain) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (wh, device, epoch) DO UPDATE SET last_n = excluded.last_n, chain = excluded.chain",
        (wh, device, epoch, come.last_n, come.chain),
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


def that_follow(facts: Sequence[Line], reached: Callable[[str, int], Progress]) -> list[Line]:
    """Of facts that were given back, those that go on where their device's epoch stands here, in order."""
    at: dict[tuple[str, int], int] = {}
    taken = []
    for line in facts:
        key = (line.device, line.epoch)
        if key not in at:
            at[key] = reached(*key).last_n
        if line.n == at[key] + 1:
            at[key] = line.n
            taken.append(line)
    return taken
