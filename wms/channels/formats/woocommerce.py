"""WooCommerce: orders of the REST API v3, as a list, a page around one, or an order alone
(woocommerce.github.io/woocommerce-rest-api-docs, "Order properties"). The core has no export as CSV.

Names hold HTML entities. Times named `…_gmt` have no zone and are UTC. There is no deadline. A refund in part does not
name its line.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence

from wms.channels import pages
from wms.channels.documents import Document
from wms.channels.draft import Draft
from wms.channels.format import Format, Found, Given
from wms.channels.objects import said
from wms.channels.pages import Object
from wms.channels.parsed import Loose

NAME = "woocommerce"
_READY = "processing"
_SKIPPED = {
    "pending": "not_paid",
    "on-hold": "not_paid",  # waits for the money to be seen
    "failed": "not_paid",
    "checkout-draft": "not_paid",
    "auto-draft": "not_paid",
    "draft": "not_paid",
    "completed": "already_shipped",
    "cancelled": "cancelled",
    "trash": "cancelled",
    "refunded": "refunded",
}
_TAKEN_BACK = ("cancelled", "refunded")


def _recognises(order: dict[str, object]) -> bool:
    return "line_items" in order and "status" in order and "financial_status" not in order


def _read(documents: Sequence[Document], given: Given) -> Iterator[Found]:
    for document in documents:
        for one in pages.drafted(document, given, ("number", "id"), "line_items", "quantity"):
            yield one if isinstance(one, Loose) else _order(*one)


def _order(draft: Draft, order: Object) -> Found:
    for line in pages.objects(order, "line_items"):
        draft.line(
            said(line.get("sku")),
            draft.quantity(said(line.get("quantity")), "quantity", least=1),
            html.unescape(said(line.get("name"))),
            column="sku",
            key=said(line.get("id")),
        )
    status = said(order.get("status")).casefold().removeprefix("wc-")
    skipped = _SKIPPED.get(status, "")
    if skipped:
        draft.skip(skipped, "status", status)
    elif status != _READY:
        draft.hold(f"unknown_status:status:{status[:60]}", "status", status)
    if pages.objects(order, "refunds") and not skipped:
        draft.hold("partly_refunded", "refunds")
    billing, shipping = pages.part(order, "billing"), pages.part(order, "shipping")
    address = [_text(shipping, name) for name in ("company", "address_1", "address_2")]
    if not any(address[1:]):
        draft.hold("no_address", "shipping")
    currency = said(order.get("currency"))
    return draft.order(
        placed_at=_placed_at(draft, order),
        recipient=draft.recipient(
            _joined(shipping, "first_name", "last_name"),
            said(shipping.get("phone")) or said(billing.get("phone")),
            address,
            _joined(shipping, "city", "state"),
            said(shipping.get("postcode")),
            said(shipping.get("country")),
            columns=(
                *("shipping.first_name", "shipping.phone" if shipping.get("phone") else "billing.phone"),
                *(f"shipping.{name}" for name in ("company", "address_1", "address_2", "city", "postcode", "country")),
            ),
        ),
        taken_back=skipped in _TAKEN_BACK,
        buyer=said(billing.get("email")),
        amount=pages.amount(order.get("total"), currency),
        currency=currency,
        remarks={html.unescape(said(order.get("customer_note"))): "customer_note"},
    )


def _placed_at(draft: Draft, order: Object) -> int | None:
    """When it was paid, else when it was made; a time without `_gmt` is the shop's own."""
    for name, zone in (("date_paid_gmt", "UTC"), ("date_paid", ""), ("date_created_gmt", "UTC"), ("date_created", "")):
        if text := said(order.get(name)):
            return draft.time(text, name, zone=zone)
    return None


def _text(of: Object, name: str) -> str:
    return html.unescape(said(of.get(name)))


def _joined(of: Object, *names: str) -> str:
    return " ".join(filter(None, (_text(of, name) for name in names)))


FORMAT = Format(NAME, _read, recognises=_recognises)
