"""Stock: the sum of moves. A row per place, item and lot, and the facts of a lot."""

from __future__ import annotations

from typing import ClassVar

from wms.domain.bounds import summed
from wms.domain.ids import LotId, PlaceId, Sku
from wms.domain.records import replace
from wms.domain.rows import Row, Tables


class Stock(Row):
    """Units of an item at a place; `allocated` of them are promised to pick tasks (only bins allocate).

    Virtual places (`@supplier`, `@count`) go below zero: the sum over all places of an item is always 0.
    """

    TABLE: ClassVar[str] = "stock"
    KEY: ClassVar[tuple[str, ...]] = ("place", "sku", "lot")
    INDEX: ClassVar[tuple[tuple[str, ...], ...]] = (("sku",), ("place",))
    place: PlaceId
    sku: Sku
    lot: LotId
    quantity: int
    allocated: int = 0

    @property
    def free(self) -> int:
        return self.quantity - self.allocated


class Lot(Row):
    """Facts of a lot: `expiry` as ISO date or '', `received` in UTC seconds, `held` while inspection holds it."""

    TABLE: ClassVar[str] = "lot"
    KEY: ClassVar[tuple[str, ...]] = ("sku", "lot")
    sku: Sku
    lot: LotId
    expiry: str = ""
    received: int = 0
    held: bool = False


class Promise(Row):
    """Units of an item that ready orders want and no wave has allocated yet."""

    TABLE: ClassVar[str] = "promise"
    KEY: ClassVar[tuple[str, ...]] = ("sku",)
    sku: Sku
    quantity: int


def move(t: Tables, sku: Sku, lot: LotId, quantity: int, source: PlaceId, target: PlaceId) -> None:
    """Move units from one place to another; a row at zero with nothing allocated goes away."""
    if quantity:
        _add(t, source, sku, lot, -quantity, 0)
        _add(t, target, sku, lot, quantity, 0)


def allocate(t: Tables, sku: Sku, lot: LotId, quantity: int, place: PlaceId) -> None:
    """Promise units at a place (a negative quantity takes a promise back)."""
    if quantity:
        _add(t, place, sku, lot, 0, quantity)


def promise(t: Tables, sku: Sku, quantity: int) -> None:
    row = t.get(Promise, sku) or Promise(sku, 0)
    changed = replace(row, quantity=summed(row.quantity, quantity))
    if changed.quantity:
        t.put(changed)
    else:
        t.delete(changed)


def _add(t: Tables, place: PlaceId, sku: Sku, lot: LotId, quantity: int, allocated: int) -> None:
    row = t.get(Stock, place, sku, lot)
    if row is None:
        t.put(Stock(place, sku, lot, quantity, allocated))
        return
    changed = Stock(place, sku, lot, summed(row.quantity, quantity), summed(row.allocated, allocated))
    if changed.quantity or changed.allocated:
        t.put(changed)
    else:
        t.delete(changed)
