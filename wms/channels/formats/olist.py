"""Olist: the tables of the Brazilian E-Commerce Public Dataset by Olist, given together (orders and order items at
least; products, customers, category names where they are to be had; the others are understood and not needed).

One row of the items table is one piece; equal products of an order become one line. The deadline stands on the item:
the earliest one counts. An order may enter the warehouse once it is approved. Times have no zone and are taken as
Brasília's. What is wrong with an item is told with the number of its record in the items table.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from wms.channels.documents import Document, Record
from wms.channels.draft import Draft, fault_of_reference, gathered
from wms.channels.format import Format, Found, Given, Part
from wms.channels.parsed import Loose, ParsedItem, ParsedRecipient, Result, Trouble
from wms.domain.decode import Unreadable

NAME = "olist"
_ZONE = "America/Sao_Paulo"
_ORDERS = Part("orders", ("order_id", "order_status", "order_approved_at"), ("customer_id", "order_purchase_timestamp"))
_ITEMS = Part("order items", ("order_id", "product_id", "shipping_limit_date"), ("order_item_id",))
_PRODUCTS = Part(
    "products",
    ("product_id", "product_category_name", "product_weight_g"),
    ("product_length_cm", "product_width_cm", "product_height_cm"),
)
_CUSTOMERS = Part("customers", ("customer_id", "customer_zip_code_prefix", "customer_city"), ("customer_state",))
_CATEGORIES = Part("category names", ("product_category_name", "product_category_name_english"))
_NOT_NEEDED = (
    Part("sellers", ("seller_id", "seller_zip_code_prefix")),
    Part("payments", ("order_id", "payment_sequential")),
    Part("reviews", ("review_id", "order_id")),
    Part("places", ("geolocation_zip_code_prefix", "geolocation_lat")),
)
_TAKEN_BACK = {"canceled": "cancelled", "unavailable": "unavailable"}
_STANDING = ("created", "approved", "processing", "invoiced", "shipped", "delivered")  # its end in history: all to do


@dataclass(slots=True)
class _Piece:
    """A row of the items table, the `n`th of file `file`."""

    file: int
    n: int
    product: str
    ship_by: str
    digest: int
    trouble: Trouble | None


def _read(documents: Sequence[Document], given: Given) -> Iterator[Found]:
    parts: dict[str, list[Document]] = {}
    for document in documents:
        parts.setdefault(document.part, []).append(document)
    for needed in (_ORDERS.name, _ITEMS.name):
        if needed not in parts:
            raise Unreadable(f"missing_file:{needed}")
    pieces: dict[str, dict[str, _Piece]] = {}
    for document in parts[_ITEMS.name]:
        yield from _gather_pieces(document, pieces)
    products = dict.fromkeys(piece.product for each in pieces.values() for piece in each.values() if piece.product)
    customers = {record["customer_id"]: record for record in _sound(parts.get(_CUSTOMERS.name, ()))}
    for document in parts[_ORDERS.name]:
        for one in gathered(document, "order_id", given):
            if isinstance(one, Loose):
                yield replace(one, lines=0)  # its lines stand in the other table
            else:
                draft, records = one
                own = pieces.pop(draft.reference, {})
                _look_for_gaps(draft, own)
                yield _order(draft, records, own.values(), customers)
    for reference, orphans in pieces.items():
        for piece in orphans.values():
            trouble = Trouble(Result.REJECT, f"unknown_order:{reference}", "order_id", reference, piece.n)
            yield Loose(piece.trouble or trouble, reference, 1, 1, piece.file)
    yield from _goods(parts, products)


def _gather_pieces(document: Document, pieces: dict[str, dict[str, _Piece]]) -> Iterator[Loose]:
    """Adds the table's rows to `pieces`, by order and by their number within it."""
    last: _Piece | None = None
    for record in document.records():
        if last is not None and record.trouble is not None and record.trouble.reason.startswith("cut_row"):
            last.trouble = last.trouble or Trouble(Result.HOLD, "cut_off", record=last.n)
        reference, number = record["order_id"], record["order_item_id"] or f"row {document.file}:{record.n}"
        piece = _Piece(
            document.file, record.n, record["product_id"], record["shipping_limit_date"], record.digest, record.trouble
        )
        fault = fault_of_reference(reference, "order_id", document, record.n)
        if fault is not None:
            yield Loose(record.trouble or fault, reference, 1, 1, document.file)
            continue
        last = piece
        order = pieces.setdefault(reference, {})
        before = order.setdefault(number, piece)
        if before is piece:
            continue
        if before.digest == piece.digest:
            again = Trouble(Result.SKIP, f"record_twice:{before.n}", "order_item_id", number, record.n)
            yield Loose(again, reference, 1, 1, document.file)
        else:
            what = f"line_twice:{record['product_id'] or number}:{before.n}"
            piece.trouble = piece.trouble or Trouble(Result.HOLD, what, "order_item_id", number, record.n)
            order[f"{number} again in {document.file}:{record.n}"] = piece


def _look_for_gaps(draft: Draft, pieces: Mapping[str, _Piece]) -> None:
    """Pieces of an order are numbered from 1: a number that is left out was lost on the way."""
    numbers = [int(number) for number in pieces if number.isascii() and number.isdigit() and len(number) < 6]
    if numbers and max(numbers) != len(numbers):
        draft.hold(f"pieces_differ:{max(numbers)}:{len(numbers)}", "order_item_id", str(max(numbers)))


def _order(
    draft: Draft, records: Sequence[Record], pieces: Collection[_Piece], customers: Mapping[str, Record]
) -> Found:
    whole = records[0]
    draft.agree(records, ("order_status", "order_approved_at", "customer_id"))
    status = whole["order_status"]
    if status in _TAKEN_BACK:
        draft.skip(_TAKEN_BACK[status], "order_status", status)
    elif status not in _STANDING:
        draft.hold(f"unknown_status:order_status:{status}", "order_status", status)
    if not whole["order_approved_at"]:
        draft.skip("not_paid", "order_approved_at")
    quantities: dict[str, int] = {}
    first: dict[str, int] = {}
    limits: dict[str, int] = {}
    for piece in pieces:
        if piece.trouble is not None:
            draft.troubles.append(piece.trouble)
        quantities[piece.product] = quantities.get(piece.product, 0) + 1
        first.setdefault(piece.product, piece.n)
        limits.setdefault(piece.ship_by, piece.n)
    for product, quantity in quantities.items():
        draft.line(product, quantity, record=first[product], column="product_id")
    deadlines = [draft.time(limit, "shipping_limit_date", n, zone=_ZONE) for limit, n in limits.items()]
    return draft.order(
        placed_at=draft.time(whole["order_approved_at"], "order_approved_at", zone=_ZONE),
        ship_by=min((time for time in deadlines if time is not None), default=None),
        recipient=_recipient(draft, customers.get(whole["customer_id"])),
        taken_back=status in _TAKEN_BACK,
        buyer=whole["customer_id"],
    )


def _recipient(draft: Draft, customer: Record | None) -> ParsedRecipient | None:
    """The place is all that the tables tell of a person: nobody is missing a street here, the platform has it."""
    if customer is None:
        return None
    city, state, code = (customer[column] for column in ("customer_city", "customer_state", "customer_zip_code_prefix"))
    place = draft.text(" ".join(filter(None, (city, state))), "customer_city")
    return ParsedRecipient("", "", (), place, draft.text(code, "customer_zip_code_prefix"), "BR")


def _sound(documents: Iterable[Document]) -> Iterator[Record]:
    return (record for document in documents for record in document.records() if record.trouble is None)


def _goods(parts: Mapping[str, Sequence[Document]], products: Collection[str]) -> Iterator[ParsedItem]:
    """Goods the orders name. Olist has no names for them: the category's English words stand in."""
    words = {
        record["product_category_name"]: record["product_category_name_english"].replace("_", " ")
        for record in _sound(parts.get(_CATEGORIES.name, ()))
    }
    known = {record["product_id"]: record for record in _sound(parts.get(_PRODUCTS.name, ()))}
    for product in products:
        record = known.get(product)
        category = record["product_category_name"] if record is not None else ""
        yield ParsedItem(
            product,
            words.get(category, category.replace("_", " ")),
            category,
            _measure(record, "product_weight_g", 1),
            _measure(record, "product_length_cm", 10),
            _measure(record, "product_width_cm", 10),
            _measure(record, "product_height_cm", 10),
        )


def _measure(record: Record | None, column: str, times: int) -> int:
    try:
        return max(0, round(float(record[column] or 0) * times)) if record is not None else 0
    except (ValueError, OverflowError):
        return 0


FORMAT = Format(NAME, _read, (_ORDERS, _ITEMS, _PRODUCTS, _CUSTOMERS, _CATEGORIES, *_NOT_NEEDED), goes_together=True)
