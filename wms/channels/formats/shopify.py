"""Shopify: the orders export of the admin, as CSV (help.shopify.com, "Exporting orders"; two spellings of the header
are official). Its status words are those of shopify.dev, OrderDisplayFinancialStatus, OrderDisplayFulfillmentStatus.

One row of an order carries what concerns the whole order, the first unless somebody has sorted the file; the others
only their line item. A spreadsheet-proof apostrophe stands before digits-only zips. There is no deadline. A refund in
part does not name its line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wms.channels import values
from wms.channels.documents import Document, Record
from wms.channels.draft import Draft, gathered
from wms.channels.format import Format, Found, Given, Part
from wms.channels.parsed import Loose, ParsedRecipient
from wms.channels.statuses import OVER, TAKEN_BACK, Stage, Words, judge, words

NAME = "shopify"
_NEEDED = ("name", "financial status", "fulfillment status", "lineitem quantity", "lineitem name", "lineitem sku")
_ADDRESS = ("shipping company", "shipping address1", "shipping address2")
_WANTED = (
    "paid at", "created at", "cancelled at", "canceled at", "currency", "total", "email", "phone", "notes",
    "lineitem requires shipping", "lineitem fulfillment status", "lineitem price", "id",
    "shipping name", *_ADDRESS, "shipping city", "shipping province", "shipping zip", "shipping country",
    "shipping phone", "shipping method", "note attributes",
)  # fmt: skip
_CANCELLED = ("cancelled at", "canceled at")
_OF_THE_ORDER = ("id", "paid at", "created at", "currency", "total")
_RECIPIENT = (
    "shipping name", *_ADDRESS, "shipping city", "shipping province", "shipping zip", "shipping country",
    "shipping phone", "phone", "email",
)  # fmt: skip
_MONEY = words(
    {
        Stage.OPEN: ("paid",),
        Stage.UNPAID: ("pending", "authorized", "partially paid", "partially_paid", "expired", "unpaid"),
        Stage.PARTLY_REFUNDED: ("partially refunded", "partially_refunded"),
        Stage.REFUNDED: ("refunded",),
        Stage.CANCELLED: ("voided",),
    }
)
_ON_HOLD = ("on hold", "on_hold", "scheduled", "request declined", "request_declined")
_FULFILLMENT = words(
    {
        Stage.OPEN: ("", "unfulfilled", "open"),
        Stage.SHIPPED: ("fulfilled",),
        Stage.PARTLY_SHIPPED: ("partial", "partially fulfilled", "partially_fulfilled"),
        Stage.CANCELLED: ("restocked",),  # which an order is when it is cancelled
        Stage.STOPPED: _ON_HOLD,
    }
)
_LINE = words(
    {
        Stage.OPEN: ("", "pending", "unfulfilled", "open"),
        Stage.SHIPPED: ("fulfilled",),
        Stage.PARTLY_SHIPPED: ("partial", "partially fulfilled", "partially_fulfilled"),
        Stage.CANCELLED: ("restocked",),
        Stage.STOPPED: _ON_HOLD,
    }
)


def _read(documents: Sequence[Document], given: Given) -> Iterator[Found]:
    for document in documents:
        for one in gathered(document, "name", given, "lineitem quantity"):
            yield one if isinstance(one, Loose) else _order(*one)


def _order(draft: Draft, records: list[Record]) -> Found:
    for record in records:
        _line(draft, record)
    taken_back = _state(draft, records)
    draft.agree(records, _OF_THE_ORDER)
    draft.agree(records, _RECIPIENT, personal=True)
    currency = _said(records, "currency")
    placed = "paid at" if _said(records, "paid at") else "created at"
    return draft.order(
        placed_at=draft.time(_said(records, placed), placed, _telling(records, placed).n),
        recipient=_recipient(draft, records),
        taken_back=taken_back,
        buyer=_said(records, "email"),
        amount=values.minor_units(_said(records, "total"), currency),
        currency=currency,
        remarks={record["notes"]: "notes" for record in records},
    )


def _telling(records: Sequence[Record], column: str) -> Record:
    """The first row that fills the column."""
    return next((record for record in records if record[column]), records[0])


def _said(records: Sequence[Record], column: str) -> str:
    return _telling(records, column)[column]


def _state(draft: Draft, records: Sequence[Record]) -> bool:
    """Notes how far the order has come; true where it was taken back, which counts in whichever row it stands."""
    cancelled = next((column for column in _CANCELLED if _said(records, column)), "")
    if cancelled:
        draft.skip("cancelled", cancelled, _said(records, cancelled), _telling(records, cancelled).n)
    found = [
        (*_stage(draft, records, column, known), column)
        for column, known in (("fulfillment status", _FULFILLMENT), ("financial status", _MONEY))
    ]
    lines_tell = any(
        _LINE.stage(record["lineitem fulfillment status"]) in (Stage.SHIPPED, Stage.PARTLY_SHIPPED)
        for record in records
    )
    for stage, record, column in sorted(found, key=lambda one: one[0] not in TAKEN_BACK):
        if stage != Stage.PARTLY_SHIPPED or not lines_tell:
            judge(draft, stage, column, record[column], record.n)
    return bool(cancelled) or any(stage in TAKEN_BACK for stage, _, _ in found)


def _stage(draft: Draft, records: Sequence[Record], column: str, known: Words) -> tuple[Stage, Record]:
    """The stage and the row that tells it. Rows that contradict each other hold the order."""
    told = [record for record in records if record[column]] or [records[0]]
    stages = [known.stage(record[column]) for record in told]
    for stage, record in zip(stages, told, strict=True):
        if stage in TAKEN_BACK:
            return stage, record
    for stage, record in zip(stages, told, strict=True):
        if stage != stages[0]:
            text = record[column]
            draft.hold(f"unlike_record:{column}:{told[0].n}:{text[:60]}", column, text, record.n)
            return Stage.OPEN, record
    return stages[0], told[0]


def _recipient(draft: Draft, records: Sequence[Record]) -> ParsedRecipient | None:
    address = [_said(records, column) for column in _ADDRESS]
    if not any(address) and not all(line.done for line in draft.lines):
        draft.hold("no_address", "shipping address1")
    phone = "shipping phone" if _said(records, "shipping phone") else "phone"
    return draft.recipient(
        _said(records, "shipping name"),
        _said(records, phone),
        address,
        " ".join(filter(None, (_said(records, column) for column in ("shipping city", "shipping province")))),
        _said(records, "shipping zip"),
        _said(records, "shipping country"),
        columns=("shipping name", phone, *_ADDRESS, "shipping city", "shipping zip", "shipping country"),
    )


def _line(draft: Draft, record: Record) -> None:
    quantity = draft.quantity(record["lineitem quantity"], "lineitem quantity", record.n)
    draft.line(
        record["lineitem sku"],
        quantity,
        record["lineitem name"],
        record=record.n,
        column="lineitem sku",
        key="|".join((record["lineitem sku"], record["lineitem name"], record["lineitem price"])),
        done=_done(draft, record, quantity),
    )


def _done(draft: Draft, record: Record, quantity: int) -> str:
    """Why nothing of the line is to be picked, '' where it is; what nobody can tell holds the order."""
    status, needed = record["lineitem fulfillment status"], record["lineitem requires shipping"]
    stage = _LINE.stage(status)
    if stage in OVER:
        return str(stage)
    if needed.casefold() == "false" or quantity == 0:
        return "nothing_to_ship"
    if needed.casefold() not in ("", "true"):
        column = "lineitem requires shipping"
        draft.hold(f"unknown_status:{column}:{needed[:60]}", column, needed, record.n)
    judge(draft, stage, "lineitem fulfillment status", status, record.n)
    return ""


FORMAT = Format(NAME, _read, (Part("orders", _NEEDED, _WANTED),))
