"""Shopify: the orders export of the admin, as CSV (help.shopify.com, "Exporting orders"; two spellings of the header
are official).

The first row of an order carries what concerns the whole order, later rows only their line item. A spreadsheet-proof
apostrophe stands before digits-only zips. There is no deadline. A refund in part does not name its line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wms.channels import values
from wms.channels.documents import Document, Record
from wms.channels.draft import Draft, gathered
from wms.channels.format import Format, Found, Given, Part
from wms.channels.parsed import Loose

NAME = "shopify"
_NEEDED = ("name", "financial status", "fulfillment status", "lineitem quantity", "lineitem name", "lineitem sku")
_ADDRESS = ("shipping company", "shipping address1", "shipping address2")
_WANTED = (
    "paid at", "created at", "cancelled at", "canceled at", "currency", "total", "email", "phone", "notes",
    "lineitem requires shipping", "lineitem fulfillment status", "lineitem price", "id",
    "shipping name", *_ADDRESS, "shipping city", "shipping province", "shipping zip", "shipping country",
    "shipping phone", "shipping method", "note attributes",
)  # fmt: skip
_PAID = ("paid", "partially_refunded")
_TAKEN_BACK = {"refunded": "refunded", "voided": "cancelled"}


def _read(documents: Sequence[Document], given: Given) -> Iterator[Found]:
    for document in documents:
        for one in gathered(document, "name", given, "lineitem quantity"):
            yield one if isinstance(one, Loose) else _order(*one)


def _order(draft: Draft, records: list[Record]) -> Found:
    whole = records[0]
    cancelled = next((name for name in ("cancelled at", "canceled at") if whole[name]), "")
    financial = whole["financial status"].casefold()
    for record in records:
        _line(draft, record)
    taken_back = "cancelled" if cancelled else _TAKEN_BACK.get(financial, "")
    if taken_back:
        draft.skip(taken_back, cancelled or "financial status", whole[cancelled or "financial status"])
    elif whole["fulfillment status"].casefold() == "fulfilled":
        draft.skip("already_shipped", "fulfillment status", whole["fulfillment status"])
    elif financial not in _PAID:
        draft.skip("not_paid", "financial status", whole["financial status"])
    if financial == "partially_refunded":
        draft.hold("partly_refunded", "financial status", whole["financial status"])
    address = [whole[column] for column in _ADDRESS]
    recipient = draft.recipient(
        whole["shipping name"],
        whole["shipping phone"] or whole["phone"],
        address,
        " ".join(filter(None, (whole["shipping city"], whole["shipping province"]))),
        whole["shipping zip"],
        whole["shipping country"],
        column="shipping address1",
    )
    if not any(address) and not all(line.done for line in draft.lines):
        draft.hold("no_address", "shipping address1")
    return draft.order(
        placed_at=draft.time(whole["paid at"] or whole["created at"], "paid at"),
        recipient=recipient,
        taken_back=bool(taken_back),
        buyer=whole["email"],
        amount=values.minor_units(whole["total"], whole["currency"]),
        currency=whole["currency"],
        remarks=(whole["notes"],),
    )


def _line(draft: Draft, record: Record) -> None:
    status = record["lineitem fulfillment status"].casefold()
    quantity = draft.quantity(record["lineitem quantity"], "lineitem quantity", record.n)
    done = ""
    if status == "fulfilled":
        done = "already_shipped"
    elif record["lineitem requires shipping"].casefold() == "false" or quantity == 0:
        done = "nothing_to_ship"
    elif status == "partial":
        draft.hold("partly_shipped", "lineitem fulfillment status", status, record.n)
    draft.line(
        record["lineitem sku"],
        quantity,
        record["lineitem name"],
        record=record.n,
        column="lineitem sku",
        key="|".join((record["lineitem sku"], record["lineitem name"], record["lineitem price"])),
        done=done,
    )


FORMAT = Format(NAME, _read, (Part("orders", _NEEDED, _WANTED),))
