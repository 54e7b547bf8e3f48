"""Opening stock: what was declared to lie in the bins when the warehouse began.

The books move on, so a declaration is compared with what was declared before, never with what lies there now: the
same file after a day's picking changes nothing, and a corrected figure corrects by its difference.
"""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping
from typing import TypeAlias

from wms.domain.events import Event, GoodsReceived, StockAdjusted
from wms.domain.ids import LotId, PlaceId, Sku

OpeningKey: TypeAlias = tuple[PlaceId, Sku, LotId]

RECEIPT = "opening"
CORRECTED = "opening stock corrected"


def openings(events: Iterable[Event]) -> dict[OpeningKey, int]:
    """The opening stock declared so far, from the events of the journal (others are passed over)."""
    declared: dict[OpeningKey, int] = {}
    for event in events:
        note_opening(declared, event)
    return declared


def note_opening(declared: MutableMapping[OpeningKey, int], event: Event) -> None:
    match event:
        case GoodsReceived(receipt=receipt, quantity=units) if receipt == RECEIPT:
            pass
        case StockAdjusted(reason=reason, difference=units) if reason == CORRECTED:
            pass
        case _:
            return
    key = (event.place, event.sku, event.lot)
    declared[key] = declared.get(key, 0) + units
