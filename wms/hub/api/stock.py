"""Stock by item and by place, and the items themselves."""

from __future__ import annotations

from wms.domain.catalogue import Item, ItemCode
from wms.domain.places import COUNT_DIFFERENCE, CUSTOMER, SCRAP, SUPPLIER, Place, PlaceKind
from wms.domain.rows import Rows
from wms.domain.stock import Lot, Promise, Stock
from wms.hub.answering import Refusal
from wms.hub.api import models as m
from wms.hub.api.operation import Call, In, Operation, Reply
from wms.hub.api.paging import page
from wms.workflows.handlers.office import sellable

_OUTSIDE = {SUPPLIER, CUSTOMER, SCRAP, COUNT_DIFFERENCE}
NO_ITEM = "No item has this SKU."


class PageQuery(In, frozen=True):
    limit: m.Limit = 50
    after: m.After = ""


class PlaceQuery(In, frozen=True):
    limit: m.Limit = 50
    after: m.After = ""
    sku: m.Code = ""
    place: m.Code = ""


def by_item(call: Call) -> Reply:
    rows = call.hub.rows
    found, following = page(rows, Item, call.query.after, call.query.limit)
    return Reply(200, m.StockPage(tuple(_stock_of(rows, item.sku) for item in found), following))


def of_item(call: Call) -> Reply:
    return Reply(200, _stock_of(call.hub.rows, _item(call).sku))


def _stock_of(rows: Rows, sku: str) -> m.StockOut:
    in_bins = allocated = in_work = 0
    for stock in rows.where(Stock, sku=sku):
        place = rows.get(Place, stock.place)
        if place is not None and place.kind == PlaceKind.BIN:
            in_bins += stock.quantity
            allocated += stock.allocated
        elif stock.place not in _OUTSIDE:
            in_work += stock.quantity
    promise = rows.get(Promise, sku)
    ordered = promise.quantity if promise is not None else 0
    return m.StockOut(sku, max(sellable(rows, sku), 0), in_bins, allocated, ordered, in_work)


def by_place(call: Call) -> Reply:
    query: PlaceQuery = call.query
    rows = call.hub.rows
    equal = {name: value for name, value in (("place", query.place), ("sku", query.sku)) if value}
    found, following = page(rows, Stock, query.after, query.limit, **equal)
    told = (_place_stock(rows, stock) for stock in found)
    return Reply(200, m.PlaceStockPage(tuple(one for one in told if one is not None), following))


def _place_stock(rows: Rows, stock: Stock) -> m.PlaceStockOut | None:
    """None for what is no place one can walk to: hands, parcels, the supplier."""
    place = rows.get(Place, stock.place)
    if place is None:
        return None
    lot = rows.get(Lot, stock.sku, stock.lot)
    expiry, held = (lot.expiry, lot.held) if lot is not None else ("", False)
    return m.PlaceStockOut(place.id, place.kind, stock.sku, stock.lot, stock.quantity, stock.allocated, expiry, held)


def items(call: Call) -> Reply:
    rows = call.hub.rows
    found, following = page(rows, Item, call.query.after, call.query.limit)
    return Reply(200, m.ItemPage(tuple(_item_out(rows, item) for item in found), following))


def one_item(call: Call) -> Reply:
    return Reply(200, _item_out(call.hub.rows, _item(call)))


def _item(call: Call) -> Item:
    item = call.hub.rows.get(Item, call.path["id"])
    if item is None:
        raise Refusal(404, "no_item", "there is no such item")
    return item


def _item_out(rows: Rows, item: Item) -> m.ItemOut:
    return m.ItemOut(
        item.sku,
        item.zh,
        item.en,
        item.category,
        item.weight_g,
        item.length_mm,
        item.width_mm,
        item.height_mm,
        item.lot_controlled,
        tuple(code.code for code in rows.where(ItemCode, sku=item.sku)),
    )


OPERATIONS = (
    Operation(
        "list_stock", "GET", "/v1/stock", "Stock", "Stock by item", by_item, {200: ("A page.", m.StockPage)},
        query=PageQuery,
    ),
    Operation(
        "list_stock_by_place", "GET", "/v1/stock-places", "Stock", "Stock by place and lot", by_place,
        {200: ("A page; it may hold fewer than `limit`, or none, although more follow.", m.PlaceStockPage)},
        query=PlaceQuery,
    ),
    Operation(
        "get_stock", "GET", "/v1/stock/{id:path}", "Stock", "Stock of one item", of_item,
        {200: ("The item's stock.", m.StockOut)}, refusals={404: NO_ITEM},
    ),
    Operation(
        "list_items", "GET", "/v1/items", "Stock", "Items", items, {200: ("A page.", m.ItemPage)}, query=PageQuery,
    ),
    Operation(
        "get_item", "GET", "/v1/items/{id:path}", "Stock", "One item", one_item, {200: ("The item.", m.ItemOut)},
        refusals={404: NO_ITEM},
    ),
)  # fmt: skip
