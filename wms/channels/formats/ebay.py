"""eBay: the orders report of Seller Hub as CSV, in the spellings of the American, British and Australian sites, and the
older File Exchange report, which numbers sales only.

A blank line before the header, another after it, and lines at the end that tell how many records there are and whose:
none of these is an order. An order of several items has a row of its own, with the address and the pieces in all but no
item, followed by a row per item without an address. Days are written Nov-10-26.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wms.channels import values
from wms.channels.documents import Document, Record
from wms.channels.draft import Draft, gathered, require
from wms.channels.format import Format, Found, Given, Part
from wms.channels.parsed import Loose, ParsedRecipient

NAME = "ebay"
_NUMBER = ("order number", "sales record number")
_ITEM = ("item number", "item id")
_BUYER = ("buyer username", "user id")
_SHIP_BY = ("ship by date", "post by date", "dispatch by date")
_SHIPPED = ("shipped on date", "dispatched on date", "posted on date")
_TO = ("ship to", "post to", "buyer")
_STATE, _ZIP = ("state", "county"), ("zip", "postcode", "postal code")
_REFERENCES = ("global shipping reference id", "click and collect reference number")
_CURRENCIES = {"AU $": "AUD", "C $": "CAD", "US $": "USD", "£": "GBP", "€": "EUR", "$": "USD"}
_WANTED = (
    *_NUMBER, *_ITEM, *_BUYER, *_SHIP_BY, *_SHIPPED, "transaction id", "variation details", "total price", "sale date",
    "paid on date", "buyer note", "buyer fullname", "buyer phone number", *_REFERENCES,
    *(f"{to} {part}" for to in _TO
      for part in ("name", "phone", "address 1", "address 2", "city", *_STATE, *_ZIP, "country")),
)  # fmt: skip


def _is_trailer(cells: Sequence[str]) -> bool:
    filled = [cell.strip().casefold() for cell in cells if cell.strip()]
    counts = len(filled) > 1 and filled[0].isdigit() and filled[1].startswith("record(s) downloaded")
    return counts or (bool(filled) and len(filled) <= 2 and filled[0].startswith("seller id"))


def _read(documents: Sequence[Document], given: Given) -> Iterator[Found]:
    for document in documents:
        require(document, *_SHIPPED)
        require(document, "paid on date")
        for one in gathered(document, document.first(*_NUMBER), given, "quantity"):
            yield one if isinstance(one, Loose) else _order(*one)


def _order(draft: Draft, records: list[Record]) -> Found:
    document = draft.document
    shipped, paid = document.first(*_SHIPPED), "paid on date"
    item = document.first(*_ITEM)
    parents = [record for record in records if not (record[item] or record["item title"] or record["custom label"])]
    whole = parents[0] if parents else records[0]
    without_item = {parent.n for parent in parents}
    for record in records:
        if record.n not in without_item:
            _line(draft, record, item, (shipped, record[shipped] or whole[shipped]))
    if parents:
        _count_pieces(draft, parents)
    if not any(record[paid] for record in records):
        draft.skip("not_paid", paid)
    draft.agree(records, _address_columns(document), personal=True)
    ship_by = document.first(*_SHIP_BY)
    day = paid if whole[paid] else "sale date"
    return draft.order(
        placed_at=draft.time(whole[day], day),
        ship_by=_earliest(draft, records, ship_by),
        recipient=_recipient(draft, whole),
        buyer=whole[document.first(*_BUYER)],
        amount=values.minor_units(whole["total price"], _currency(whole["total price"])),
        currency=_currency(whole["total price"]),
        remarks={record["buyer note"]: "buyer note" for record in records},
    )


def _line(draft: Draft, record: Record, item: str, shipped: tuple[str, str]) -> None:
    choice = record["variation details"]
    draft.line(
        record["custom label"],
        draft.quantity(record["quantity"], "quantity", record.n, least=1),
        f"{record['item title']} {choice}".strip(),
        record=record.n,
        column="custom label",
        key="|".join((record["transaction id"], record[item], record["custom label"], choice)),
        done="already_shipped" if shipped[1] else "",
        done_at=shipped,
    )


def _count_pieces(draft: Draft, parents: Sequence[Record]) -> None:
    """Rows of items that were lost on the way, or of another order, show in the pieces."""
    said = [values.whole(parent["quantity"]) for parent in parents if parent["quantity"]]
    found = sum(line.quantity for line in draft.lines)
    if said and draft.lines and sum(filter(None, said)) != found:
        text = parents[0]["quantity"]
        draft.hold(f"pieces_differ:{text[:20]}:{found}", "quantity", text, parents[0].n)


def _earliest(draft: Draft, records: Sequence[Record], column: str) -> int | None:
    days = {record[column]: record.n for record in reversed(records)}
    found = [draft.time(day, column, n, end_of_day=True) for day, n in days.items()]
    return min((time for time in found if time is not None), default=None)


def _address_columns(document: Document) -> tuple[str, ...]:
    """Name, phone, two address lines, city, state, postcode, country, as this file names them."""
    to = next((to for to in _TO if document.has(f"{to} address 1")), _TO[0])
    return (
        document.first(f"{to} name", "buyer fullname"),
        document.first(f"{to} phone", "buyer phone number"),
        *(f"{to} {part}" for part in ("address 1", "address 2", "city")),
        document.first(*(f"{to} {part}" for part in _STATE)),
        document.first(*(f"{to} {part}" for part in _ZIP)),
        f"{to} country",
    )


def _recipient(draft: Draft, whole: Record) -> ParsedRecipient | None:
    """A forwarder or a shop that takes the parcel in knows it by the reference, so it goes on the label."""
    columns = _address_columns(draft.document)
    name, phone, one, two, city, state, postcode, country = (whole[column] for column in columns)
    if not one and any(not line.done for line in draft.lines):
        draft.hold("no_address", columns[2])
    address = {columns[2]: one, columns[3]: two}
    for column in _REFERENCES:
        if whole[column] and not any(whole[column] in line for line in (one, two)):
            address[column] = f"Ref. {whole[column]}"
    if not one:
        address = {}
    place = " ".join(filter(None, (city, state)))
    where = (*columns[:2], *address, columns[4], *columns[6:])
    return draft.recipient(name, phone, address.values(), place, postcode, country, column=columns[2], columns=where)


def _currency(price: str) -> str:
    return next((code for sign, code in _CURRENCIES.items() if price.startswith(sign)), "")


FORMAT = Format(
    NAME,
    _read,
    (
        Part("orders", ("order number", "item title", "custom label", "quantity"), _WANTED,
             is_trailer=_is_trailer),
        Part("sales", ("sales record number", "user id", "item title", "custom label", "quantity"), _WANTED,
             is_trailer=_is_trailer),
    ),
)  # fmt: skip
