"""Opening stock: what lies in the bins on the first day."""

from __future__ import annotations

from wms.domain.catalogue import Item
from wms.domain.events import Event, GoodsReceived, StockAdjusted
from wms.domain.ids import NO_LOT, LotId, PlaceId, Sku
from wms.domain.places import Place, PlaceKind
from wms.domain.rows import Rows
from wms.domain.stock import Lot, Stock
from wms.setup.cells import Cells
from wms.setup.opening import CORRECTED, RECEIPT
from wms.setup.outcome import Refusal
from wms.setup.sheet import Declared, Session, Sheet, by


def _opening(cells: Cells, session: Session) -> Declared:
    """The first word is goods received; a later, different one corrects the stock by the difference.

    An expiry that was not known before is told by a receipt of nothing.
    """
    rows = session.rows
    place = _bin(cells, rows)
    item = _item(cells, rows)
    lot, expiry = _lot(cells, item, rows)
    quantity = cells.whole("quantity", blank=None)
    declared = session.opened.get((place, item.sku, lot))
    known = rows.get(Lot, item.sku, lot)
    was_dated = known.expiry if known else ""
    before = None if declared is None and quantity else (declared or 0, was_dated)
    after = (quantity, expiry or was_dated)
    difference = quantity - (declared or 0)
    if declared is None:
        return Declared(before, after, (GoodsReceived(RECEIPT, item.sku, lot, quantity, place, expiry),))
    events: list[Event] = []
    if difference:
        _check_free(rows, place, item.sku, lot, difference)
        events.append(StockAdjusted(item.sku, lot, place, difference, CORRECTED))
    if after[1] != was_dated:
        events.append(GoodsReceived(RECEIPT, item.sku, lot, 0, place, expiry))
    return Declared(before, after, tuple(events))


def _check_free(rows: Rows, place: PlaceId, sku: Sku, lot: LotId, difference: int) -> None:
    """A correction takes only what is still there and not promised to a picker."""
    stock = rows.get(Stock, place, sku, lot)
    free = stock.free if stock else 0
    if free + difference < 0:
        raise Refusal(f"below_promised:{free}")


def _bin(cells: Cells, rows: Rows) -> PlaceId:
    name = PlaceId(cells.name("place"))
    place = rows.get(Place, name)
    if place is None:
        raise Refusal(f"unknown:place:{name}")
    if place.kind != PlaceKind.BIN:
        raise Refusal(f"not_a_bin:place:{name}")
    return name


def _item(cells: Cells, rows: Rows) -> Item:
    sku = Sku(cells.name("sku", forbidden=","))
    item = rows.get(Item, sku)
    if item is None:
        raise Refusal(f"unknown:sku:{sku}")
    return item


def _lot(cells: Cells, item: Item, rows: Rows) -> tuple[LotId, str]:
    """The lot and its expiry; goods that are not lot-controlled have neither."""
    expiry = cells.date("expiry")
    if not item.lot_controlled:
        for column in ("lot", "expiry"):
            if cells.plain(column):
                raise Refusal(f"lot_unwanted:{column}")
        return NO_LOT, ""
    if not cells.plain("lot"):
        raise Refusal("lot_missing:lot")
    lot = LotId(cells.name("lot", forbidden=","))
    known = rows.get(Lot, item.sku, lot)
    if known is not None and known.expiry and expiry and known.expiry != expiry:
        raise Refusal(f"expiry_differs:{lot}:{known.expiry}")
    return lot, expiry


STOCK = Sheet("stock", ("place", "sku", "quantity"), ("lot", "expiry"), by("place", "sku", "lot"), _opening)
