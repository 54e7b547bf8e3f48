"""Putting back what a mirror holds and the journal lacks: the disk is lost, the second medium is not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wms.domain.events import Fact, Key
from wms.domain.ids import DeviceId
from wms.domain.projections import apply
from wms.store import Store, journal, orphans, rebase
from wms.store.journal import Line
from wms.store.tables import SqliteTables
from wms.sync.outbox_mirror import Damage, lines, segments

_Content = tuple[int, str, str, str]


@dataclass(frozen=True, slots=True)
class Found:
    """What stands on a mirror for one device."""

    device: str
    lines: tuple[Line, ...]
    damages: tuple[Damage, ...] = ()


@dataclass(frozen=True, slots=True)
class Recovered:
    """`put_back` facts were missing here; `held` were not; `moved` have other keys by now, because another copy of the
    device had used theirs."""

    put_back: int
    held: int
    moved: int = 0
    damages: tuple[Damage, ...] = field(default=())


def read(folder: Path) -> list[Found]:
    """What a mirror holds, device by device. Raises `OSError`."""
    found: dict[str, tuple[list[Line], list[Damage]]] = {}
    for segment in segments(folder):
        facts, damages = found.setdefault(segment.device, ([], []))
        for one in lines(segment):
            if isinstance(one, Damage):
                damages.append(one)
            elif one.device == segment.device:
                facts.append(one)
    return [Found(device, tuple(facts), tuple(damages)) for device, (facts, damages) in sorted(found.items())]


def recover(store: Store, found: Found) -> Recovered:
    """Record what is missing here under its old keys, to be handed over to the hub. Doing it twice does no more.

    The store goes on in a later epoch, so that no key is used again that the mirror may have missed. Raises `Forked`,
    with nothing put back, where the journal holds something else under a key of the mirror; `StoreUnwritable`.
    """

    def work(connection: Any) -> tuple[tuple[Fact, ...], Recovered]:
        missing = {line.key: line for line in found.lines if journal.held(connection, line) is None}
        moved = _moved(connection, found, list(missing.values()))
        wanted = sorted((line for key, line in missing.items() if key not in moved), key=lambda one: (one.epoch, one.n))
        facts = _put_back(connection, wanted, decides=store.decides)
        held = len({line.key for line in found.lines}) - len(missing)
        return facts, Recovered(len(facts), held, len(moved), found.damages)

    facts, recovered = store.writer.do(work)
    latest = max((line.epoch for line in found.lines), default=0)
    if found.device == store.device and facts and latest >= store.epoch:
        store.begin_epoch(latest + 1)
    if facts:
        store.tell(facts)
    return recovered


def _put_back(connection: Any, wanted: Sequence[Line], *, decides: bool) -> tuple[Fact, ...]:
    if decides:
        return tuple(fact for _, fact in rebase.ingest(connection, wanted))
    tables, facts = SqliteTables(connection), []
    for line in wanted:
        unsent = Line(line.device, line.epoch, line.n, None, line.at, line.person, line.kind, line.body)
        tables.undoing = journal.append(connection, unsent)
        facts.append(journal.fact_of(unsent))
        apply(tables, facts[-1])
    orphans.count_as_lost(connection)
    return tuple(facts)


def _moved(connection: Any, found: Found, missing: Sequence[Line]) -> set[Any]:
    """Keys of facts that stand under another key by now: one made from what they say (`wms.store.orphans`), or, in
    journals older than that, one of a later epoch: the same words at the same millisecond, each matched once."""
    if not missing:
        return set()
    epoch = min(line.epoch for line in missing)
    held = journal.lines(connection, "device = ? AND epoch > ?", (found.device, epoch), order="epoch, n")
    later = {line.key: line for line in (*held, *(line for line in found.lines if line.epoch > epoch))}
    free: Counter[tuple[int, _Content]] = Counter((line.epoch, _content(line)) for line in later.values())
    orphaned = {line.key for line in (*_orphans(connection, found.device), *found.lines) if line.epoch < 0}
    moved = {line.key for line in missing if Key(DeviceId(line.device), *orphans.orphaned(line)) in orphaned}
    for line in sorted(missing, key=lambda one: (one.epoch, one.n)):
        if line.key in moved:
            continue
        into = next((e for (e, said), count in free.items() if count and e > line.epoch and said == _content(line)), 0)
        if into:
            free[into, _content(line)] -= 1
            moved.add(line.key)
    return moved


def _orphans(connection: Any, device: str) -> list[Line]:
    return journal.lines(connection, "device = ? AND epoch < 0", (device,), order="epoch")


def _content(line: Line) -> _Content:
    return (line.at, line.person, line.kind, line.text)
