"""Amazon: the seller's flat-file order reports, unshipped orders and new orders (developer-docs.amazon.com/sp-api,
"Order reports attributes"; marketplaces add columns of their own).

Separated by TABs without quoting: a `"` is data. A spreadsheet that saved the report again has quoted it. What is to be
picked is `quantity-to-ship`; the report of new orders, of which nothing was shipped or cancelled, has no such column.
Items of an order may have deadlines of their own: the earliest counts. Reports fetched without the right to personal
data have no recipient.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence

from wms.channels import values
from wms.channels.documents import Document, Record
from wms.channels.draft import Draft, gathered, require
from wms.channels.format import Format, Found, Given, Part
from wms.channels.parsed import Loose, ParsedRecipient

NAME = "amazon"
_ADDRESS = ("ship-address-1", "ship-address-2", "ship-address-3")
_RECIPIENT = ("recipient-name", *_ADDRESS, "ship-city", "ship-state", "ship-postal-code", "ship-country")
_NEEDED = ("order-id", "order-item-id", "sku", "quantity-purchased")
_WANTED = (
    "product-name", "quantity-to-ship", "quantity-shipped", "purchase-date", "payments-date", "promise-date",
    "latest-ship-date", "buyer-email", "buyer-phone-number", "ship-phone-number", *_RECIPIENT, "currency", "item-price",
    "shipping-price", "gift-wrap-type", "gift-message-text", "delivery-instructions", "is-buyer-requested-cancellation",
)  # fmt: skip


def _read(documents: Sequence[Document], given: Given) -> Iterator[Found]:
    for document in documents:
        if document.first("quantity-shipped", "days-past-promise"):  # of unshipped orders
            require(document, "quantity-to-ship")
        quantity = document.first("quantity-to-ship", "quantity-purchased")
        for one in gathered(document, "order-id", given, quantity):
            yield one if isinstance(one, Loose) else _order(*one, quantity)


def _order(draft: Draft, records: list[Record], quantity: str) -> Found:
    whole = records[0]
    for record in records:
        _line(draft, record, quantity)
        if record["is-buyer-requested-cancellation"].casefold() == "true":
            draft.hold("cancel_requested", "is-buyer-requested-cancellation", "true", record.n)
    draft.agree(records, _RECIPIENT, personal=True)
    return draft.order(
        placed_at=draft.time(whole["payments-date"] or whole["purchase-date"], "payments-date"),
        ship_by=_earliest(draft, records),
        recipient=_recipient(draft, whole),
        buyer=whole["buyer-email"],
        amount=_amount(records),
        currency=whole["currency"],
        instructions=("gift",) if any(record["gift-wrap-type"] for record in records) else (),
        remarks={
            _unquoted(record[column]): column
            for record in records
            for column in ("gift-message-text", "delivery-instructions")
        },
    )


def _line(draft: Draft, record: Record, column: str) -> None:
    quantity = draft.quantity(record[column], column, record.n)
    bought, shipped = values.whole(record["quantity-purchased"]), values.whole(record["quantity-shipped"])
    if bought is not None and quantity + (shipped or 0) > bought:
        draft.hold(f"counts_differ:{quantity}:{bought}:{shipped or 0}", column, record[column], record.n)
    key = record["order-item-id"]
    if values.is_scientific(key):  # two lines with such a key could be one
        draft.hold(f"number_lost:order-item-id:{key}", "order-item-id", key, record.n)
    draft.line(
        _unquoted(record["sku"]),
        quantity,
        html.unescape(_unquoted(record["product-name"])),
        record=record.n,
        column="sku",
        key=key,
        done="" if quantity else "already_shipped" if shipped else "cancelled",
        done_at=(column, record[column]),
    )


def _earliest(draft: Draft, records: Sequence[Record]) -> int | None:
    column = draft.document.first("promise-date", "latest-ship-date")
    found: dict[str, int | None] = {}
    for record in records:
        if record[column] not in found:
            found[record[column]] = draft.time(record[column], column, record.n, end_of_day=True)
    return min((time for time in found.values() if time is not None), default=None)


def _recipient(draft: Draft, whole: Record) -> ParsedRecipient | None:
    name, *address, city, state, postcode, country = (_unquoted(whole[column]) for column in _RECIPIENT)
    phone = whole["ship-phone-number"] or whole["buyer-phone-number"]
    place = " ".join(filter(None, (city, state)))
    where = (_RECIPIENT[0], "ship-phone-number" if whole["ship-phone-number"] else "buyer-phone-number", *_ADDRESS,
             "ship-city", *_RECIPIENT[-2:])  # fmt: skip
    return draft.recipient(name, phone, address, place, postcode, country, columns=where)


def _amount(records: Sequence[Record]) -> int | None:
    prices = [
        values.minor_units(record[column], record["currency"])
        for record in records
        for column in ("item-price", "shipping-price")
        if record[column]
    ]
    return sum(filter(None, prices)) if prices and None not in prices else None


def _unquoted(cell: str) -> str:
    """A cell without the quotes that a spreadsheet put round it. `"` that are data stand alone within."""
    inner = cell[1:-1]
    if len(cell) > 1 and cell[0] == cell[-1] == '"' and '"' not in inner.replace('""', ""):
        return inner.replace('""', '"').strip()
    return cell


FORMAT = Format(NAME, _read, (Part("orders", _NEEDED, _WANTED, quoted=False),))
