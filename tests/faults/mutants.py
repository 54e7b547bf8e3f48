"""Mistakes of the kind this product must never make, made on purpose, to prove that the rig sees them.

Each is a patch of the product made here, in the rig's own processes; the product knows nothing of it. A mutant names
the history that brings it to light (`tests.faults.scenarios`).
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from wms.domain.projections import picking as picking_projections
from wms.domain.projections import waves as waves_projections
from wms.domain.waves import Batch
from wms.hub import engine, epochs, progress
from wms.hub.interface import Fork, Gap
from wms.store import erasure, guard, journal, orphans, rebase
from wms.store.codec import knows
from wms.store.meta import set_meta
from wms.store.store import Store, anything
from wms.sync import greeting, tail, wire
from wms.sync.exchange import Exchange
from wms.workflows.handlers import packing as packing_handlers
from wms.workflows.handlers import picking as picking_handlers
from wms.workflows.handlers import waves as wave_handlers
from wms.workflows.handling import Recorded

Patch = tuple[Any, str, Any]


@dataclass(frozen=True, slots=True)
class Mutant:
    """`mistake` in a sentence; `patches` says what is replaced by what, asked only when the mistake is to be made."""

    name: str
    mistake: str
    scenario: str
    patches: Callable[[], list[Patch]]


MUTANTS: dict[str, Mutant] = {}


def mutant(name: str, scenario: str) -> Callable[[Callable[[], list[Patch]]], Callable[[], list[Patch]]]:
    """Register the decorated function's patches; its docstring is the mistake."""

    def register(patches: Callable[[], list[Patch]]) -> Callable[[], list[Patch]]:
        MUTANTS[name] = Mutant(name, (patches.__doc__ or "").strip(), scenario, patches)
        return patches

    return register


def apply(name: str) -> None:
    """Make the mistake in this process, for good. Raises `KeyError` for a name that is none."""
    if name:
        for target, attribute, replacement in MUTANTS[name].patches():
            setattr(target, attribute, replacement)


@contextlib.contextmanager
def made(name: str) -> Iterator[None]:
    """Make the mistake within the context."""
    patches = MUTANTS[name].patches() if name else []
    before = [(target, attribute, target.__dict__[attribute]) for target, attribute, _ in patches]
    for target, attribute, replacement in patches:
        setattr(target, attribute, replacement)
    try:
        yield
    finally:
        for target, attribute, original in reversed(before):
            setattr(target, attribute, original)


def _nothing(*_: Any, **__: Any) -> None:
    return None


# The terminal's disk


@mutant("no-guard", "restored_offline")
def _no_guard() -> list[Patch]:
    """Nothing outside the database remembers how far a terminal had come."""
    return [(guard.Guard, "_write", _nothing)]


@mutant("late-guard", "restored_offline")
def _late_guard() -> list[Patch]:
    """The guard is written only with the next work, after the commit that it should have gone before."""
    raise_to = guard.Guard.raise_to
    owed: dict[int, tuple[int, int, int]] = {}

    def late(self: guard.Guard, epoch: int, before: int, n: int) -> None:
        if before == n:  # the start of an epoch, and each opening
            raise_to(self, epoch, before, n)
            owed.pop(id(self), None)
            return
        if id(self) in owed:
            raise_to(self, *owed[id(self)])
        owed[id(self)] = epoch, before, n

    return [(guard.Guard, "raise_to", late)]


@mutant("names-by-number", "copies_miss_goods")
def _names_by_number() -> list[Patch]:
    """Tasks in other bins, for what was missing, get names that a copy of the terminal gives to other ones."""
    reallocate = picking_handlers.reallocate
    return [(picking_handlers, "reallocate", lambda *given: reallocate(*given[:-1], ""))]


@mutant("no-epoch", "restored_offline")
def _no_epoch() -> list[Patch]:
    """A restored database goes on in its old epoch, whatever the guard says."""

    def settle(self: Store, connection: Any) -> int:
        epoch = max(journal.last_epoch(connection, self.device), 1)
        last = journal.last_n(connection, self.device, epoch)
        self.guard.raise_to(epoch, last, last)
        return epoch

    return [(Store, "_settle_epoch", settle)]


@mutant("lost-outbox", "cut_between")
def _lost_outbox() -> list[Patch]:
    """What is to be sent is written in a transaction of its own, after that of the work."""
    append = journal.append
    execute = Store.execute

    def two_steps(self: Store, command: object, person: Any, at: int | None = None, **more: Any) -> Any:
        if self.decides:
            return execute(self, command, person, at, **more)
        kept: list[Any] = []
        journal.append = lambda _, line: kept.append(line) or 1 << 40 | len(kept)  # type: ignore[func-returns-value]
        try:
            outcome = execute(self, command, person, at, **more)
        finally:
            journal.append = append
        self.writer.do(lambda connection: [append(connection, line) for line in kept])
        return outcome

    return [(Store, "execute", two_steps)]


@mutant("no-undo", "overtaken")
def _no_undo() -> list[Patch]:
    """Others' facts are laid on top of one's own unconfirmed ones, which are not lifted first."""
    return [(rebase, "lift", _nothing)]


@mutant("erased-later", "cut_while_erasing")
def _erased_later() -> list[Patch]:
    """The ledger says that somebody was erased, and the key goes in a transaction of its own after that."""
    destroy, erase = erasure.destroy, erasure.erase

    def in_two_steps(store: Store, *asked: Any, **more: Any) -> Any:
        owed: list[Any] = []
        erasure.destroy = lambda _, orders: owed.extend(orders)
        try:
            erased = erase(store, *asked, **more)
        finally:
            erasure.destroy = destroy
        store.writer.do(lambda connection: destroy(connection, owed))
        return erased

    return [(erasure, "erase", in_two_steps)]


# The hub


@mutant("no-nonce", "copies_print")
def _no_nonce() -> list[Patch]:
    """An epoch is allotted by what stands on the disk alone: two copies of it get the same."""
    may_keep = epochs._may_keep

    def as_on_disk(session: Any, wh: str, message: Any) -> bool:
        previous = epochs.latest(session, wh, message.device, message.epoch)
        return may_keep(session, wh, msgspec.structs.replace(message, previous=previous))

    return [(epochs, "_may_keep", as_on_disk)]


@mutant("no-dedupe", "reply_lost")
def _no_dedupe() -> list[Patch]:
    """What was pushed before is taken for new."""

    def new_of(message: Any, come: progress.Progress, held: Any) -> tuple[Any, ...]:
        return tuple(
            journal.Line(line.device, line.epoch, come.last_n + i, None, line.at, line.person, line.kind, line.body)
            for i, line in enumerate(message.facts, 1)
        )

    return [(engine, "new_of", new_of)]


@mutant("no-chain", "disk_lies")
def _no_chain() -> list[Patch]:
    """The hub asks for no proof that a push goes on from the history it holds."""

    new_of = progress.new_of

    def unchecked(message: Any, come: progress.Progress, held: Any) -> Any:
        return new_of(msgspec.structs.replace(message, chain=b""), come, held)

    return [(engine, "new_of", unchecked)]


@mutant("ack-before-commit", "acknowledged")
def _ack_before_commit() -> list[Patch]:
    """A push is acknowledged first and committed with the next one."""
    push, answer = engine.HubEngine.push, engine.HubEngine.answer
    owed: dict[int, list[Any]] = {}

    def commit(hub: Any) -> None:
        waiting = owed.setdefault(id(hub), [])
        while waiting:
            device, message, version = waiting.pop(0)
            with contextlib.suppress(Gap, Fork):
                push(hub, device, message, version=version)

    def later(self: Any, device: Any, message: Any, *, version: int) -> Any:
        commit(self)
        owed[id(self)].append((device, message, version))
        last = message.facts[-1].n if message.facts else 0
        return wire.Pushed(last, self.head())

    def answered(self: Any, *asked: Any) -> Any:
        commit(self)
        return answer(self, *asked)

    return [(engine.HubEngine, "push", later), (engine.HubEngine, "answer", answered)]


@mutant("skip-invalid", "unreadable")
def _skip_invalid() -> list[Patch]:
    """What can't be read is acknowledged and dropped."""
    push = engine.HubEngine.push

    def readable(self: Any, device: Any, message: Any, *, version: int) -> Any:
        facts = [line for line in message.facts if knows(line.kind)]
        if len(facts) == len(message.facts):
            return push(self, device, message, version=version)
        before = [line for line in facts if line.n < message.first + len(facts)]
        push(self, device, msgspec.structs.replace(message, facts=tuple(before)), version=version)
        return wire.Pushed(message.facts[-1].n, self.head())

    return [(engine.HubEngine, "push", readable)]


@mutant("no-lineage", "hub_put_back")
def _no_lineage() -> list[Patch]:
    """A hub that was put back goes on in the life it had."""
    begin = engine.HubEngine._settle_life

    def go_on(self: Any, session: Any, head: int, *, restored: bool, device: Any = None, actor: str = "hub") -> Any:
        return begin(self, session, head, restored=False, device=device, actor=actor)

    return [(engine.HubEngine, "_settle_life", go_on)]


@mutant("no-rewind", "hub_put_back")
def _no_rewind() -> list[Patch]:
    """A terminal hears that the hub was put back, and keeps the positions it knew."""
    return [(greeting, "rewind", _nothing)]


@mutant("naive-cursor", "asked_ahead")
def _naive_cursor() -> list[Patch]:
    """A terminal goes on from the highest position it has seen, whatever is missing before it."""
    receive = rebase.receive

    def with_holes(connection: Any, lines: Any) -> Any:
        head = journal.head
        try:
            taken = []
            for line in lines:
                journal.head = lambda _, at=(line.position or 1) - 1: at  # type: ignore[assignment]
                taken += receive(connection, [line])
            return taken
        finally:
            journal.head = head

    def taken(self: Exchange, answer: Any, life: str, deadline: float) -> Any:
        if answer.recorded:
            self._store.receive(answer.recorded)
            return Recorded(tuple(map(wire.fact_of, answer.recorded)))
        return ask(self, answer, life, deadline)

    ask = Exchange._taken
    return [(rebase, "receive", with_holes), (Exchange, "_taken", taken)]


@mutant("no-orphans", "hub_and_disk_put_back")
def _no_orphans() -> list[Patch]:
    """A lost fact keeps its key, though the hub has given it to another one."""
    return [(orphans, "make_way", lambda *_: 0)]


@mutant("late-count", "late_answer")
def _late_count() -> list[Patch]:
    """A terminal goes on in a count of keys that the hub has begun again since it said so."""
    keep_keys = tail.keep_keys

    def whenever(store: Store, keys: Any, cursor: int, _: Any) -> None:
        keep_keys(store, keys, cursor, anything)

    return [(tail, "keep_keys", whenever)]


@mutant("mixed-lives", "hub_put_back_twice")
def _mixed_lives() -> list[Patch]:
    """Facts that were lost in two lives of the hub are ordered by their old positions alone."""

    def rewind(connection: Any, position: int) -> int:
        found = connection.execute("UPDATE journal SET was = position, position = NULL WHERE position > ?", (position,))
        if found.rowcount:
            set_meta(connection, "undo", "missing")
        return int(found.rowcount)

    return [(greeting, "rewind", rewind)]


# The rules


@mutant("no-fence", "stale_walk")
def _no_fence() -> list[Patch]:
    """Whoever lost a walk still speaks for it."""
    return [(Batch, "is_held_by", lambda *_: True)]


@mutant("no-cap", "both_pick")
def _no_cap() -> list[Patch]:
    """A line takes whatever is picked for it."""
    return [(picking_projections, "room", lambda *_: 1 << 20)]


@mutant("wave-again", "wave_released_again")
def _wave_again() -> list[Patch]:
    """A hub that was put back numbers waves on from what its database says."""
    return [(wave_handlers, "NUMBERS", "nothing")]


@mutant("released-twice", "order_released_again")
def _released_twice() -> list[Patch]:
    """An order that is in a wave already is picked for another one from its beginning."""
    return [(waves_projections, "_is_ready", lambda *_: True)]


@mutant("number-reuse", "two_labels")
def _number_reuse() -> list[Patch]:
    """The last waybill number is given again."""
    following = packing_handlers.next_waybill

    def again(order: Any, rows: Any, context: Any) -> Any:
        found = following(order, rows, context)
        if not isinstance(found, tuple) or found[1] == 1:
            return found
        lease, counter, number = found
        return lease, counter - 1, f"{number[:2]}{counter - 1:0{len(number) - 2}d}"

    return [(packing_handlers, "next_waybill", again)]
