"""ERPNext: documents of the type Sales Order, as a list, as the `data` of the REST API, or alone (frappe/erpnext,
selling/doctype/sales_order).

Quantities are numbers with decimals, in the unit the line was sold in: times `conversion_factor` they are units of
stock. What was delivered is told line by line. The delivery date is a day; the shipping address is HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from wms.channels import pages
from wms.channels.documents import Document
from wms.channels.draft import Draft
from wms.channels.format import Format, Found, Given
from wms.channels.markup import lines_of
from wms.channels.objects import said
from wms.channels.pages import Object
from wms.channels.parsed import Loose, ParsedRecipient

NAME = "erpnext"
_DOCTYPE = "Sales Order"
_DRAFT, _SUBMITTED, _CANCELLED = "0", "1", "2"  # docstatus
_SKIPPED = {
    "draft": "draft",
    "cancelled": "cancelled",
    "closed": "closed",
    "completed": "already_shipped",
    "to bill": "already_shipped",
}
_READY = ("", "to deliver and bill", "to deliver", "to pay", "overdue")
_COUNTRY = re.compile(r"[A-Z]{2}")
_CONTACT = re.compile(r"(phone|email|e-mail|fax)\s*:\s*(.*)", re.IGNORECASE)


def _recognises(order: dict[str, object]) -> bool:
    if "doctype" in order:
        return order["doctype"] == _DOCTYPE
    lines = pages.objects(order, "items")
    return ("docstatus" in order and "items" in order) or bool(lines and "item_code" in lines[0])


def _read(documents: Sequence[Document], given: Given) -> Iterator[Found]:
    for document in documents:
        for one in pages.drafted(document, given, ("name",), "items", "qty"):
            yield one if isinstance(one, Loose) else _order(*one)


def _order(draft: Draft, order: Object) -> Found:
    for line in pages.objects(order, "items"):
        _line(draft, line)
    reason = _skipped(order)
    status = said(order.get("status"))
    if reason:
        draft.skip(reason, "docstatus" if reason == "draft" else "status", status)
    elif status.casefold() == "on hold":
        draft.hold("on_hold", "status", status)
    elif status.casefold() not in _READY:
        draft.hold(f"unknown_status:status:{status[:60]}", "status", status)
    days = [said(line.get("delivery_date")) for line in pages.objects(order, "items") if _left(line) != 0]
    ship_by = min(filter(None, days), default="") or said(order.get("delivery_date"))
    currency = said(order.get("currency"))
    return draft.order(
        placed_at=draft.time(said(order.get("transaction_date")), "transaction_date"),
        ship_by=draft.time(ship_by, "delivery_date", end_of_day=True),
        recipient=_recipient(draft, order),
        taken_back=reason == "cancelled",
        buyer=said(order.get("customer")),
        amount=pages.amount(order.get("grand_total"), currency),
        currency=currency,
    )


def _skipped(order: Object) -> str:
    docstatus = said(order.get("docstatus"))
    if docstatus == _CANCELLED:
        return "cancelled"
    if docstatus == _DRAFT:
        return "draft"
    if said(order.get("skip_delivery_note")) in ("1", "true"):
        return "nothing_to_ship"
    if said(order.get("delivery_status")).casefold() == "fully delivered":
        return "already_shipped"
    return _SKIPPED.get(said(order.get("status")).casefold(), "")


def _left(line: Object) -> Decimal | None:
    """Units of stock that are still to be delivered; None where the line does not say it in numbers."""
    ordered, factor = pages.number(line.get("qty")), pages.number(line.get("conversion_factor") or 1)
    delivered = pages.number(line.get("delivered_qty") or 0)
    if ordered is None or delivered is None or delivered < 0 or ordered <= 0 or factor is None or factor <= 0:
        return None
    return max(ordered - delivered, Decimal(0)) * factor


def _line(draft: Draft, line: Object) -> None:
    left, done = _left(line), ""
    if left is None:
        shown = said(line.get("qty"))
        draft.reject(f"bad_quantity:qty:{shown[:60]}", "qty", shown)
        quantity = 0
    elif left == 0:
        done = "already_shipped"
        quantity = draft.quantity(_ordered(line), "qty")
    else:
        quantity = draft.quantity(pages.plain_number(left), "qty", least=1)
    if said(line.get("delivered_by_supplier")) in ("1", "true"):
        done = done or "sent_by_supplier"
    draft.line(
        said(line.get("item_code")),
        quantity,
        " ".join(lines_of(said(line.get("item_name")))),
        column="item_code",
        key=said(line.get("name")) or said(line.get("idx")),
        done=done,
        done_at=("delivered_by_supplier", "1")
        if done == "sent_by_supplier"
        else ("delivered_qty", said(line.get("delivered_qty"))),
    )


def _ordered(line: Object) -> str:
    ordered, factor = pages.number(line.get("qty")), pages.number(line.get("conversion_factor") or 1)
    return pages.plain_number((ordered or Decimal(0)) * (factor or Decimal(1)))


def _recipient(draft: Draft, order: Object) -> ParsedRecipient | None:
    address: list[str] = []
    said_there: dict[str, str] = {}
    for text in lines_of(said(order.get("shipping_address"))):
        if contact := _CONTACT.fullmatch(text):
            said_there[contact[1].casefold()] = contact[2]
        else:
            address.append(text)
    country = address.pop() if len(address) > 1 and _COUNTRY.fullmatch(address[-1]) else ""
    if not address and "shipping_address" in order:
        draft.hold("no_address", "shipping_address")
    names, phones = ("contact_display", "customer_name", "customer"), ("contact_mobile", "contact_phone")
    where = [
        next((column for column in columns if said(order.get(column))), "shipping_address")
        for columns in (names, phones)
    ]
    name = said(order.get(where[0])) if where[0] in names else ""
    phone = said(order.get(where[1])) if where[1] in phones else said_there.get("phone", "")
    return draft.recipient(name, phone, address, country=country, column="shipping_address", columns=where)


FORMAT = Format(NAME, _read, recognises=_recognises)
