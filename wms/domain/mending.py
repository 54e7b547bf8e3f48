"""What waits to be mended on the floor: goods nobody needs where they lie, put-backs and counts that were asked for."""

from __future__ import annotations

from typing import ClassVar

from wms.domain.ids import Badge, LotId, OrderId, PlaceId, Sku, TaskId
from wms.domain.rows import Row, Rows


class Surplus(Row):
    """Units that `person` picked for a line beyond what it needs, and where they lie: in a hand or in a tote."""

    TABLE: ClassVar[str] = "surplus"
    KEY: ClassVar[tuple[str, ...]] = ("task", "person", "place")
    INDEX: ClassVar[tuple[tuple[str, ...], ...]] = (("person",), ("order_id",), ("place",))
    task: TaskId
    person: Badge
    place: PlaceId
    order_id: OrderId
    sku: Sku
    quantity: int


class PutBack(Row):
    """An errand: bring `quantity` units from `source` to the bin `target`, `done` of them lie there. `person` has begun
    it. `review` is what it mends; `task` and `holder` name the surplus."""

    TABLE: ClassVar[str] = "put_back"
    INDEX: ClassVar[tuple[tuple[str, ...], ...]] = (("open",), ("review",))
    id: str
    review: str
    sku: Sku
    lot: LotId
    quantity: int
    source: PlaceId
    target: PlaceId
    order_id: OrderId
    task: TaskId
    holder: Badge
    asked_by: Badge
    person: Badge = Badge("")
    done: int = 0
    open: bool = True


class CountTask(Row):
    """An errand: count one item and lot at a place. `review` is what it mends."""

    TABLE: ClassVar[str] = "count_task"
    KEY: ClassVar[tuple[str, ...]] = ("place", "sku", "lot")
    INDEX: ClassVar[tuple[tuple[str, ...], ...]] = (("open",),)
    place: PlaceId
    sku: Sku
    lot: LotId
    review: str
    asked_by: Badge
    open: bool = True


def over_pick(task: str, person: str) -> str:
    """The subject of the review about what somebody picked too many of for a line."""
    return f"{task},{person}"


def surplus_of(rows: Rows, task: str, person: str) -> list[Surplus]:
    return rows.where(Surplus, task=task, person=person)
