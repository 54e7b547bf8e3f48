"""Waves, the batches they are walked in, and the pick tasks of a batch."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from wms.domain.ids import Badge, BatchId, CategoryCode, DeviceId, LotId, OrderId, PlaceId, Sku, TaskId, WaveId
from wms.domain.rows import Row, Rows
from wms.domain.stock import Stock

NUMBERS = "waves"
"""Under what name whoever decides remembers the highest number a wave ever had, whatever its database says."""


def number_of(wave: str) -> int:
    """0 where a wave was not named by number."""
    return int(wave[1:]) if wave[1:].isdecimal() else 0


class WaveStatus(StrEnum):
    RELEASED = "released"
    PICKED = "picked"
    HELD = "held"  # a sample failed: its parcels go nowhere until a supervisor has decided
    DONE = "done"


class Wave(Row):
    """Orders released together. `tasks` and `closed` count its pick tasks; `ship_by` is its earliest, UTC seconds."""

    TABLE: ClassVar[str] = "wave"
    INDEX: ClassVar[tuple[tuple[str, ...], ...]] = (("status",),)
    id: WaveId
    category: CategoryCode
    status: WaveStatus
    ship_by: int
    released: int
    orders: int
    tasks: int
    closed: int = 0
    plain_mm: int = 0  # what its orders would have been walked as they came, aisle by aisle; 0 where nobody measured


class BatchStatus(StrEnum):
    OPEN = "open"
    CLAIMED = "claimed"
    DROPPED = "dropped"


class Batch(Row):
    """Orders walked together on one cart trip."""

    TABLE: ClassVar[str] = "batch"
    REFERS: ClassVar[tuple[tuple[str, str], ...]] = (("wave", "wave"),)
    INDEX: ClassVar[tuple[tuple[str, ...], ...]] = (("status",), ("wave",), ("person", "status"), ("cart", "status"))
    id: BatchId
    wave: WaveId
    status: BatchStatus
    ship_by: int
    person: Badge = Badge("")
    device: DeviceId = DeviceId("")
    staging: PlaceId = PlaceId("")
    cart: PlaceId = PlaceId("")
    at: PlaceId = PlaceId("")  # the bin before which the picker stands, proven by its label or check digits
    fence: int = 0  # claims of this walk so far
    since: int = 0  # the fence with which the present picker began: what she recorded under it or later counts
    until: int = 0  # when her lease ends by the clock of whoever decides, UTC seconds; 0 for never
    walk_mm: int = 0  # as planned; 0 where nobody measured

    def is_held_by(self, person: str, claim: int) -> bool:
        """Whether a fact of `person`, recorded under `claim`, speaks for this walk."""
        return not claim or (person == self.person and claim >= self.since)

    def has_lapsed(self, now: int) -> bool:
        return self.status == BatchStatus.CLAIMED and 0 < self.until < now


class Slot(Row):
    """The place of one order on the cart, and the tote that stands in it once the picker has scanned one.

    Where somebody who lost the walk put goods that count into another tote, that tote has a row of its own: it stands
    `aside`, with `person`, until it is `dropped` at the packing lane too.
    """

    TABLE: ClassVar[str] = "slot"
    REFERS: ClassVar[tuple[tuple[str, str], ...]] = (("batch", "batch"),)
    KEY: ClassVar[tuple[str, ...]] = ("batch", "n")
    INDEX: ClassVar[tuple[tuple[str, ...], ...]] = (("batch",), ("order_id",), ("tote",), ("person", "aside"))
    batch: BatchId
    n: int
    order_id: OrderId
    tote: PlaceId = PlaceId("")
    claim: int = 0  # under which the tote was scanned
    person: Badge = Badge("")  # by whom
    aside: bool = False
    dropped: bool = False


class WaveRules(Row):
    """What the site says about planning, in its own words: a TOML text, read by `wms.planning.rules`."""

    TABLE: ClassVar[str] = "wave_rules"
    id: str  # always 'site'
    text: str


class LeftOut(Row):
    """An order that a plan named and no wave took, though nothing holds it: `reason` as `wms.domain.reasons`, since
    `at` (UTC seconds). It is planned again with the next wave."""

    TABLE: ClassVar[str] = "left_out"
    REFERS: ClassVar[tuple[tuple[str, str], ...]] = (("order_id", "orders"),)
    KEY: ClassVar[tuple[str, ...]] = ("order_id",)
    order_id: OrderId
    reason: str
    at: int


class TaskStatus(StrEnum):
    OPEN = "open"
    DONE = "done"
    SHORT = "short"
    CANCELLED = "cancelled"


class PickTask(Row):
    """One place, one lot, one quantity, for one order line.

    `taken` units left the bin (they are in the picker's hand until `put` says they lie in the tote). `skipped` tasks
    come back at the end of the walk.
    """

    TABLE: ClassVar[str] = "pick_task"
    REFERS: ClassVar[tuple[tuple[str, str], ...]] = (("batch", "batch"),)
    INDEX: ClassVar[tuple[tuple[str, ...], ...]] = (("batch",), ("order_id",), ("wave",), ("place", "status"))
    id: TaskId
    batch: BatchId
    wave: WaveId
    order_id: OrderId
    line: int
    sku: Sku
    place: PlaceId
    lot: LotId
    quantity: int
    sequence: int
    slot: int
    status: TaskStatus = TaskStatus.OPEN
    taken: int = 0
    put: int = 0
    short: int = 0
    skipped: int = 0
    closed_at: int = 0
    person: Badge = Badge("")


def is_untouched(rows: Rows, batch: Batch) -> bool:
    """Whether nobody ever had this walk and nothing of it was done, by anybody."""
    if batch.status != BatchStatus.OPEN or batch.fence or any(slot.tote for slot in rows.where(Slot, batch=batch.id)):
        return False
    tasks = rows.where(PickTask, batch=batch.id)
    return not any(task.taken or task.put or task.short or task.skipped for task in tasks)


def tote_of(rows: Rows, task: TaskId) -> PlaceId:
    """The tote in which lies what was picked for a task; '' when none stands in its slot, or not any more."""
    found = rows.get(PickTask, task)
    if found is None:
        return PlaceId("")
    slots = [slot for slot in rows.where(Slot, batch=found.batch) if slot.order_id == found.order_id and slot.tote]
    holding = [slot.tote for slot in slots if any(s.sku == found.sku for s in rows.where(Stock, place=slot.tote))]
    return next(iter(holding or [slot.tote for slot in slots]), PlaceId(""))
