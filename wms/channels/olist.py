"""Olist: the tables of the Brazilian E-Commerce Public Dataset by Olist, given together.

One row of the items table is one piece; equal products of an order become one line. The deadline stands on the item:
the earliest one counts. An order may enter the warehouse once it is approved. Times have no zone and are taken as UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from wms.channels.documents import Document
from wms.channels.format import Format, Reading
from wms.channels.parsed import Found, ParsedItem, ParsedLine, ParsedOrder, ParsedRecipient, judged, refused
from wms.channels.times import utc_seconds
from wms.domain.decode import Line

NAME = "olist"
_PARTS = {
    "orders": ("order_id", "order_status", "order_approved_at"),
    "order items": ("order_id", "product_id", "shipping_limit_date"),
    "products": ("product_id", "product_category_name", "product_weight_g"),
    "customers": ("customer_id", "customer_zip_code_prefix", "customer_city"),
    "category names": ("product_category_name", "product_category_name_english"),
    "sellers": ("seller_id", "seller_zip_code_prefix"),
    "payments": ("order_id", "payment_sequential"),
    "reviews": ("review_id", "order_id"),
    "places": ("geolocation_zip_code_prefix", "geolocation_lat"),
}
_NEEDED = ("orders", "order items", "products")
_TAKEN_BACK = {"canceled": "cancelled", "unavailable": "unavailable"}


def _part(document: Document) -> str:
    return next((part for part, columns in _PARTS.items() if document.has(*columns)), "")


def _read(documents: Sequence[Document], _channel: str, _zone: str) -> Reading:
    parts: dict[str, list[Document]] = {}
    for document in documents:
        parts.setdefault(_part(document), []).append(document)
    missing = [part for part in _NEEDED if part not in parts]
    if missing:
        return Reading(tuple(refused(document.name, f"missing_file:{missing[0]}") for document in documents))
    pieces = _Pieces(parts["orders"], parts["order items"])
    customers = {line.cells["customer_id"]: line for line in _lines(parts.get("customers", ()))}
    found = [
        _order(document.at(line), line, pieces, customers)
        for document in parts["orders"]
        for line in document.lines
        if line.cells["order_id"] not in pieces.broken
    ]
    return Reading((*pieces.refused, *found), _items(parts, pieces.products))


def _lines(documents: Iterable[Document]) -> Iterable[Line]:
    return (line for document in documents for line in document.lines)


class _Pieces:
    """The items table by order. Rows that can't be read are `refused`; an order with such a row is `broken`, for half
    an order must not be sent."""

    def __init__(self, orders: Sequence[Document], items: Sequence[Document]) -> None:
        self.quantities: dict[str, dict[str, int]] = {}
        self.ship_by: dict[str, int] = {}
        self.products: dict[str, None] = {}
        self.broken: set[str] = set()
        self.refused: list[Found] = []
        known = {line.cells["order_id"] for line in _lines(orders)}
        for document in items:
            for line in document.lines:
                self._add(line, document.at(line), known)

    def _add(self, line: Line, row: str, known: set[str]) -> None:
        order, product, limit = (line.cells[name] for name in _PARTS["order items"])
        reason = "" if product else "missing:product_id"
        try:
            ship_by = utc_seconds(limit)
        except ValueError:
            reason = f"bad_time:shipping_limit_date:{limit}"
        if order not in known:
            reason = f"unknown_order:{order}"
        if reason:
            self.refused.append(refused(row, reason, order))
            self.broken.add(order)
            return
        self.ship_by[order] = min(ship_by, self.ship_by.get(order, ship_by))
        quantities = self.quantities.setdefault(order, {})
        quantities[product] = quantities.get(product, 0) + 1
        self.products[product] = None


def _order(row: str, line: Line, pieces: _Pieces, customers: dict[str, Line]) -> Found:
    reference, status, approved = (line.cells[name] for name in _PARTS["orders"])
    if not reference:
        return refused(row, "missing:order_id")
    try:
        placed_at = utc_seconds(approved) if approved else None
    except ValueError:
        return refused(row, f"bad_time:order_approved_at:{approved}", reference)
    lines = tuple(ParsedLine(product, n) for product, n in pieces.quantities.get(reference, {}).items())
    problems = [] if lines else ["no_items"]
    if placed_at is None:
        problems.append("not_paid")
    order = ParsedOrder(
        NAME,
        reference,
        placed_at,
        pieces.ship_by.get(reference),
        lines,
        _recipient(customers.get(line.cells.get("customer_id", ""))),
        status in _TAKEN_BACK,
        tuple(problems),
    )
    return judged(order, row, _TAKEN_BACK.get(status, ""))


def _recipient(customer: Line | None) -> ParsedRecipient | None:
    if customer is None:
        return None
    cells = customer.cells
    state = cells.get("customer_state", "")
    lines = (state,) if state else ()
    return ParsedRecipient("", "", lines, cells["customer_city"], cells["customer_zip_code_prefix"], "BR")


def _items(parts: dict[str, list[Document]], products: Iterable[str]) -> tuple[ParsedItem, ...]:
    """Goods the orders name. Olist has no names for them: the category's English words stand in."""
    words = {
        line.cells["product_category_name"]: line.cells["product_category_name_english"].replace("_", " ")
        for line in _lines(parts.get("category names", ()))
    }
    known = {line.cells["product_id"]: line.cells for line in _lines(parts["products"])}
    return tuple(_item(product, known.get(product, {}), words) for product in products)


def _item(product: str, cells: Mapping[str, str], words: dict[str, str]) -> ParsedItem:
    category = cells.get("product_category_name", "")
    return ParsedItem(
        product,
        words.get(category, category.replace("_", " ")),
        category,
        _measure(cells, "product_weight_g", 1),
        _measure(cells, "product_length_cm", 10),
        _measure(cells, "product_width_cm", 10),
        _measure(cells, "product_height_cm", 10),
    )


def _measure(cells: Mapping[str, str], column: str, times: int) -> int:
    try:
        return max(0, round(float(cells.get(column) or 0) * times))
    except (ValueError, OverflowError):
        return 0


FORMAT = Format(NAME, lambda document: bool(_part(document)), _read)
