"""Etsy: the CSV "Order Items" of Shop Manager (one row per item sold). Shops in British English name some columns
differently; the second address line and the SKU are not in every one.

The other CSV on that page, "Orders", has the number of items but not which: it is refused with the name of the one that
is needed. Names are written with HTML entities. Days are month/day/year, the year in two digits or four. No deadline.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence

from wms.channels import values
from wms.channels.documents import Document, Record
from wms.channels.draft import Draft, gathered, require
from wms.channels.format import Format, Found, Given, Part
from wms.channels.parsed import Loose, ParsedRecipient
from wms.domain.decode import Unreadable

NAME = "etsy"
_NEEDED = ("order id", "transaction id", "item name", "quantity")
_SHIPPED = ("date shipped", "date posted", "date dispatched")
_SHIP = ("name", "address1", "address2", "city", "state", "zipcode", "country")
_RECIPIENT = tuple((f"ship {part}", f"delivery {part}", f"post {part}") for part in _SHIP)
_WANTED = (
    "sku", "sale date", "date paid", *_SHIPPED, "buyer", "currency", "item total", "variations", "order type",
    "listings type", *(column for columns in _RECIPIENT for column in columns),
)  # fmt: skip
_WITHOUT_ITEMS = ("order id", "full name", "number of items", "order value")
_NO_SUCH = "personalization:none", "personalisation:none"


def _read(documents: Sequence[Document], given: Given) -> Iterator[Found]:
    for document in documents:
        if document.part == "orders":
            raise Unreadable("other_export:Order Items")
        require(document, *_SHIPPED)
        for one in gathered(document, "order id", given, "quantity"):
            yield one if isinstance(one, Loose) else _order(*one)


def _order(draft: Draft, records: list[Record]) -> Found:
    whole, document = records[0], draft.document
    shipped = document.first(*_SHIPPED)
    for record in records:
        _line(draft, record, shipped)
    if document.has("date paid") and not any(record["date paid"] for record in records):
        draft.skip("not_paid", "date paid")
    ship_to = [document.first(*columns) for columns in _RECIPIENT]
    draft.agree(records, ship_to, personal=True)
    day = "date paid" if whole["date paid"] else "sale date"
    return draft.order(
        placed_at=draft.time(whole[day], day, order="mdy"),
        recipient=_recipient(draft, whole, ship_to),
        buyer=html.unescape(whole["buyer"]),
        amount=_amount(records),
        currency=whole["currency"],
    )


def _line(draft: Draft, record: Record, shipped: str) -> None:
    name = html.unescape(record["item name"])
    variations = html.unescape(record["variations"])
    chosen = ", ".join(part for part in variations.split(",") if part.strip() and part.casefold() not in _NO_SUCH)
    done = where = ""
    if record[shipped]:
        done, where = "already_shipped", shipped
    elif "digital" in record["listings type"].casefold():
        done, where = "nothing_to_ship", "listings type"  # a file to download
    elif "person" in record["order type"].casefold():
        done, where = "nothing_to_ship", "order type"  # handed over at a market stall
    draft.line(
        html.unescape(record["sku"]),
        draft.quantity(record["quantity"], "quantity", record.n, least=1),
        f"{name} ({chosen})" if chosen else name,
        record=record.n,
        column="sku" if draft.document.has("sku") else "item name",
        key=record["transaction id"],
        done=done,
        done_at=(where, record[where]),
    )


def _recipient(draft: Draft, whole: Record, columns: Sequence[str]) -> ParsedRecipient | None:
    name, one, two, city, state, postcode, country = (html.unescape(whole[column]) for column in columns)
    if not one and any(not line.done for line in draft.lines):
        draft.hold("no_address", columns[1] or "ship address1")
    place = " ".join(filter(None, (city, state)))
    return draft.recipient(
        name,
        "",
        (one, two),
        place,
        postcode,
        country,
        column=columns[1],
        columns=(columns[0], "", *columns[1:4], *columns[5:]),
    )


def _amount(records: Sequence[Record]) -> int | None:
    prices = [values.minor_units(record["item total"], record["currency"]) for record in records]
    return None if None in prices else sum(filter(None, prices))


FORMAT = Format(
    NAME, _read, (Part("items", _NEEDED, _WANTED), Part("orders", _WITHOUT_ITEMS, ("street 1", "order net", "status")))
)
