"""A furnished warehouse, as the events that setup would record: for demonstrations, rehearsals and tests.

Everything is made here from word lists and a seed; the same arguments give the same events.
"""

from __future__ import annotations

from collections.abc import Iterator

from wms.demo.catalogue import SHELVES, items
from wms.demo.furnish_foreign import furnish_for
from wms.demo.furnish_orders import demo_orders
from wms.demo.furnish_people import CARRIERS, everybody
from wms.demo.furnish_places import equipment
from wms.demo.furnish_stock import floor, layout, stock
from wms.domain.events import CategoryDefined, Event, GoodsReceived, PlaceDefined

__all__ = ["demo_orders", "furnish", "furnish_for"]

TOTES = 40
WAYBILL_NUMBERS = 20_000


def furnish(now: int, seed: int) -> tuple[Event, ...]:
    """The demonstration warehouse at `now` (UTC seconds): what it is, who works there, and its opening stock."""
    return tuple(_setup(now, seed))


def _setup(now: int, seed: int) -> Iterator[Event]:
    yield from (PlaceDefined(place) for place in layout(seed))
    yield floor()
    yield from (PlaceDefined(place) for place in equipment(CARRIERS, TOTES))
    yield from everybody(WAYBILL_NUMBERS)
    yield from (CategoryDefined(shelf.category) for shelf in SHELVES)
    yield from items()
    for n, holding in enumerate(stock(now, seed), 1):
        yield GoodsReceived(f"OPEN-{n:04d}", holding.sku, holding.lot, holding.quantity, holding.place, holding.expiry)
