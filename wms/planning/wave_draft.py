"""Drafts: a plan of waves that people look at, change and accept before anything is released. Plain data."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator
from zlib import crc32

from wms.domain.events import PlannedBatch, WaveReleased
from wms.domain.ids import BatchId, CategoryCode, OrderId
from wms.domain.orders import Order
from wms.domain.places import FloorFile
from wms.domain.records import Record, replace
from wms.domain.rows import Rows
from wms.domain.waiting import to_plan
from wms.planning.earlier import Earlier
from wms.planning.figures import PlanFigures, TourFigures
from wms.planning.replenish import Hint
from wms.planning.rules import rules_of, written
from wms.planning.wave_check import still_fits
from wms.planning.wave_desk import Desk, desk_of
from wms.planning.wave_notes import TourNote, emptied, notes_of, warnings_of
from wms.planning.wave_plan import ShortWalks
from wms.planning.wave_search import Effort
from wms.planning.waves import policy_of

TAKEN_OUT = "taken_out"
"""The reason of an order that a person took out of a plan."""


class Asked(Record):
    """What was asked for: one `category` or all; `orders` in a wave and `slots` on a cart, 0 for what the rules say."""

    category: CategoryCode | None = None
    orders: int = 0
    slots: int = 0


class WaveDraft(Record):
    """`made` is UTC seconds. `left` are the orders in no wave, each with its reasons, those `without` among them.
    `notes` stand beside the tours of `figures`. `speed` is that of walking, in millimetres a second. `basis` tells the
    rules and the floor that it was made by from others."""

    made: int
    asked: Asked
    waves: tuple[WaveReleased, ...] = ()
    left: tuple[tuple[OrderId, str], ...] = ()
    figures: PlanFigures | None = None
    notes: tuple[TourNote, ...] = ()
    hints: tuple[Hint, ...] = ()
    warnings: tuple[str, ...] = ()
    locked: tuple[BatchId, ...] = ()
    without: tuple[OrderId, ...] = ()
    basis: int = 0
    speed: int = 0

    @property
    def batches(self) -> Iterator[PlannedBatch]:
        for wave in self.waves:
            yield from wave.batches

    @property
    def tours(self) -> Iterator[tuple[PlannedBatch, TourFigures, TourNote]]:
        if self.figures is not None:
            yield from zip(self.batches, self.figures.tours, self.notes, strict=True)

    @property
    def planned(self) -> dict[OrderId, BatchId]:
        """A batch of each order."""
        return {order: batch.id for batch in self.batches for order in batch.orders}

    @property
    def settled(self) -> bool:
        """Whether its tours are planned by its marks already."""
        left = {order for order, why in self.left if why == TAKEN_OUT}
        return left == {*self.without}


class Change(Record):
    """What a person wants otherwise in a draft."""

    without: tuple[OrderId, ...] = ()
    put_back: tuple[OrderId, ...] = ()
    lock: tuple[BatchId, ...] = ()
    unlock: tuple[BatchId, ...] = ()


class NotInDraft(ValueError):
    """A change names what the draft does not have: `what` is 'order', 'tour' or 'locked tour'."""

    def __init__(self, what: str, name: str) -> None:
        super().__init__(f"{what} {name} is not in the plan" if what != "locked tour" else f"tour {name} is not locked")
        self.what, self.name = what, name


def changed(draft: WaveDraft, change: Change) -> WaveDraft:
    """The same tours with other marks on them, without the orders that are taken out; what is put back stays out until
    `drafted` plans by the marks, and so do figures as they were. Raises `NotInDraft`."""
    tours = [batch.id for batch in draft.batches]
    for tour in (*change.lock, *change.unlock):
        if tour not in tours:
            raise NotInDraft("tour", tour)
    for tour in change.unlock:
        if tour not in draft.locked:
            raise NotInDraft("locked tour", tour)
    planned, out = draft.planned, {*draft.without}
    for order in change.without:
        if order not in planned and order not in out:
            raise NotInDraft("order", order)
    for order in change.put_back:
        if order not in out:
            raise NotInDraft("order", order)
    locked = {*draft.locked, *change.lock} - {*change.unlock}
    without = {*draft.without, *change.without} - {*change.put_back}
    marked = replace(draft, locked=tuple(tour for tour in tours if tour in locked), without=tuple(sorted(without)))
    return _relieved(marked, {*change.without} & planned.keys())


def _relieved(draft: WaveDraft, out: set[OrderId]) -> WaveDraft:
    """Without these orders, and without the tours on which nothing else was."""
    if not out:
        return draft
    waves = tuple(
        replace(wave, batches=tuple(_without(batch, out) for batch in wave.batches if {*batch.orders} - out))
        for wave in draft.waves
        if any({*batch.orders} - out for batch in wave.batches)
    )
    stay = {batch.id for wave in waves for batch in wave.batches}
    figures = draft.figures
    if figures is not None:
        tours = tuple(tour for tour in figures.tours if tour.batch in stay)
        late = tuple(one for one in figures.late if one.order not in out)
        figures = dataclasses.replace(figures, tours=tours, late=late)
    return replace(
        draft,
        waves=waves,
        left=(*draft.left, *((order, TAKEN_OUT) for order in sorted(out))),
        figures=figures,
        notes=tuple(note for note in draft.notes if note.batch in stay),
        locked=tuple(tour for tour in draft.locked if tour in stay),
    )


def _without(batch: PlannedBatch, out: set[OrderId]) -> PlannedBatch:
    """Slots close up."""
    orders = tuple(order for order in batch.orders if order not in out)
    if len(orders) == len(batch.orders):
        return batch
    slots = {old: new for new, old in enumerate((n for n, one in enumerate(batch.orders, 1) if one not in out), 1)}
    tasks = tuple(replace(task, slot=slots[task.slot]) for task in batch.tasks if task.order not in out)
    return replace(batch, orders=orders, tasks=tasks)


def drafted(
    rows: Rows,
    now: int,
    zone: str,
    first_wave: int,
    asked: Asked,
    effort: Effort,
    before: WaveDraft | None = None,
    *,
    more: bool = True,
) -> WaveDraft:
    """A plan of all that waits, going on from the tours of the draft `before` and keeping its marks; without `more`
    only of what that draft knows."""
    desk = desk_of(rows, now, policy_of(rows, asked.orders, asked.slots), zone)
    earlier = Earlier(before.waves, frozenset(before.locked)) if before is not None else Earlier()
    ready = [order for order in to_plan(rows, now) if asked.category in (None, order.category)]
    if before is not None and not more:
        known = {*before.planned, *(order for order, _ in before.left)}
        ready = [order for order in ready if order.id in known]
    names = {order.id for order in ready}
    without = tuple(order for order in before.without if order in names) if before is not None else ()
    wanted = [order for order in ready if order.id not in without]
    planning = effort.time(desk.rules.planning, len(wanted))
    desk = dataclasses.replace(desk, rules=replace(desk.rules, planning=planning))
    plan = ShortWalks(effort.engine(len(wanted))).at(desk, wanted, first_wave, earlier)
    batches = [batch for wave in plan.waves for batch in wave.batches]
    locked = (one.id for one in batches if earlier.is_locked(one.orders, [task.place for task in one.tasks]))
    return WaveDraft(
        now,
        asked,
        plan.waves,
        (*plan.left, *((order, TAKEN_OUT) for order in without)),
        plan.figures,
        notes_of(desk, plan.waves),
        emptied(rows, plan.waves),
        (*(plan.figures.warnings if plan.figures is not None else ()), *warnings_of(desk)),
        tuple(locked),
        without,
        basis_of(rows),
        desk.walks.speed,
    )


def basis_of(rows: Rows) -> int:
    """A figure of the rules and the floor: another one once they were changed, however they are written."""
    floor = rows.get(FloorFile, "floor")
    return crc32(f"{written(rules_of(rows))}\0{floor.document if floor is not None else ''}".encode())


class Drift(Record):
    """What is true now of a draft made earlier: `left` of its orders can't go any more, each with its reason; `moved`
    go, but from other bins; `new` wait and are in no tour of it. `rules`: the rules or the floor are others now."""

    left: tuple[tuple[OrderId, str], ...] = ()
    moved: tuple[OrderId, ...] = ()
    new: tuple[OrderId, ...] = ()
    rules: bool = False

    @property
    def any(self) -> bool:
        return bool(self.left or self.moved or self.new or self.rules)


def drift(rows: Rows, now: int, zone: str, draft: WaveDraft) -> Drift:
    """As a release would find it now."""
    desk: Desk = desk_of(rows, now, policy_of(rows, draft.asked.orders, draft.asked.slots), zone)
    waves, left = still_fits(desk, draft.waves, 1)
    before, after = _places(draft.waves), _places(waves)
    moved = tuple(order for order, places in sorted(after.items()) if places != before[order])
    known = {*draft.planned, *(order for order, _ in draft.left)}
    new = tuple(order.id for order in to_plan(rows, now) if _asked(draft, order) and order.id not in known)
    return Drift(left, moved, new, basis_of(rows) != draft.basis)


def _asked(draft: WaveDraft, order: Order) -> bool:
    return draft.asked.category in (None, order.category)


def _places(waves: Collection[WaveReleased]) -> dict[OrderId, set[tuple[object, ...]]]:
    found: dict[OrderId, set[tuple[object, ...]]] = {}
    for batch in (batch for wave in waves for batch in wave.batches):
        for task in batch.tasks:
            found.setdefault(task.order, set()).add((task.sku, task.place, task.lot))
    return found
