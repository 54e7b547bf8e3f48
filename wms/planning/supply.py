"""Supply: which stock an order takes. The rule of the shelves decides; where it leaves a choice, the walk does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from wms.domain.catalogue import Item
from wms.domain.ids import OrderId, PlaceId, Sku
from wms.domain.orders import Order, OrderLine
from wms.domain.rows import Rows
from wms.planning.shelves import Shelves, Take

Far = Callable[[PlaceId, Sequence[PlaceId]], int]
"""How much longer the walk to other places gets for one more."""


PartKey = tuple[OrderId, int]


@dataclass(frozen=True, slots=True)
class Pick:
    """Units of one order line from one bin."""

    line: OrderLine
    take: Take


@dataclass(frozen=True, slots=True)
class Part:
    """An order with its stock, or (`n` from 1 up) one of the parts it had to be divided into."""

    order: Order
    picks: tuple[Pick, ...]
    n: int = 0
    full: bool = False  # it fills a cart: all parts of an order do but the last
    zone: str = ""  # where all of it lies, if zones are walked apart

    @property
    def key(self) -> PartKey:
        return self.order.id, self.n

    @property
    def places(self) -> frozenset[PlaceId]:
        return frozenset(pick.take.place for pick in self.picks)

    def but(self, old: Pick, new: Pick) -> Part:
        return replace(self, picks=tuple(new if pick == old else pick for pick in self.picks))


def due(order: Order) -> tuple[int, int, str]:
    """Who gets scarce stock first."""
    return order.ship_by, order.received, order.id


def supply(rows: Rows, shelves: Shelves, order: Order, far: Far) -> Part | str:
    """All stock of an order, or the reasons why it can't be had (then nothing was taken).

    What can come from one bin only is taken first; the rest comes from bins for which one walks the least farther.
    """
    lines = [line for line in rows.where(OrderLine, order_id=order.id) if line.quantity > 0]
    if reasons := lacking(rows, shelves, lines):
        return reasons
    picks: list[Pick] = []
    for line in sorted(lines, key=lambda line: (shelves.choices(line.sku), line.n)):
        here = [pick.take.place for pick in picks]
        takes = shelves.take(line.sku, line.quantity, lambda place, here=here: far(place, here))  # type: ignore[misc]
        picks += [Pick(line, take) for take in takes]
    return Part(order, tuple(sorted(picks, key=lambda pick: pick.line.n)))


def lacking(rows: Rows, shelves: Shelves, lines: list[OrderLine]) -> str:
    """Why these lines can't be had, as reasons joined by commas; '' where they can."""
    if not lines:
        return "no_items"
    wanted: dict[Sku, int] = {}
    for line in lines:
        wanted[line.sku] = wanted.get(line.sku, 0) + line.quantity
    return ",".join(reason for sku, quantity in wanted.items() if (reason := _lacking(rows, shelves, sku, quantity)))


def _lacking(rows: Rows, shelves: Shelves, sku: Sku, quantity: int) -> str:
    if rows.get(Item, sku) is None:
        return f"unknown_item:{sku}"
    missing = quantity - shelves.free(sku)
    return f"no_stock:{sku}:{missing}" if missing > 0 else ""
