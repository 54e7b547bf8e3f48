"""Shopify: the orders export of the admin, as CSV.

The first row of an order carries what concerns the whole order, later rows only their line item. A spreadsheet-proof
apostrophe stands before digits-only zips. There is no deadline. A refund in part does not name its line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from wms.channels.documents import Document
from wms.channels.format import Format, Reading
from wms.channels.parsed import (
    Found,
    Outcome,
    ParsedLine,
    ParsedOrder,
    ParsedRecipient,
    Result,
    judged,
    refused,
)
from wms.channels.times import utc_seconds
from wms.domain.decode import Line

NAME = "shopify"
_HEADER = ("name", "financial status", "fulfillment status", "lineitem quantity", "lineitem name", "lineitem sku")
_PAID = ("paid", "partially_refunded")
_TAKEN_BACK = {"refunded": "refunded", "voided": "cancelled"}
_ADDRESS = ("shipping company", "shipping address1", "shipping address2")


def _read(documents: Sequence[Document], channel: str, zone: str) -> Reading:
    return Reading(tuple(found for document in documents for found in _orders(document, channel, zone)))


def _orders(document: Document, channel: str, zone: str) -> Iterator[Found]:
    gathered: dict[str, list[Line]] = {}
    for line in document.lines:
        gathered.setdefault(line.cells["name"], []).append(line)
    for reference, lines in gathered.items():
        if reference:
            yield from _order(reference, lines, document, channel, zone)
        else:
            yield from (refused(document.at(line), "missing:name") for line in lines)


def _order(reference: str, rows: list[Line], document: Document, channel: str, zone: str) -> Iterator[Found]:
    whole, at = rows[0].cells, document.at(rows[0])
    bad = [row for row in rows if not row.cells["lineitem quantity"].isdecimal()]
    if bad:
        for row in bad:
            yield refused(
                document.at(row), f"bad_quantity:lineitem quantity:{row.cells['lineitem quantity']}", reference
            )
        return
    try:
        placed_at = utc_seconds(whole["paid at"], zone) if whole.get("paid at") else None
    except ValueError:
        yield refused(at, f"bad_time:paid at:{whole['paid at']}", reference)
        return
    to_ship = [row.cells for row in rows if _is_to_ship(row.cells)]
    taken_back = "cancelled" if whole.get("cancelled at") else _TAKEN_BACK.get(whole["financial status"], "")
    reason = "" if taken_back else _no_work(whole, rows, to_ship)
    if reason:
        yield Found(Outcome(at, reference, Result.SKIPPED, reason))
        return
    recipient = _recipient(whole)
    lines = tuple(ParsedLine(c["lineitem sku"], int(c["lineitem quantity"]), c["lineitem name"]) for c in to_ship)
    order = ParsedOrder(
        channel,
        reference,
        placed_at,
        None,
        lines,
        recipient,
        bool(taken_back),
        () if taken_back else _problems(whole, to_ship, recipient),
    )
    yield judged(order, at, taken_back)


def _is_to_ship(cells: Mapping[str, str]) -> bool:
    shipped = cells.get("lineitem fulfillment status") == "fulfilled"
    return not shipped and cells.get("lineitem requires shipping") != "false" and int(cells["lineitem quantity"]) > 0


def _no_work(whole: Mapping[str, str], rows: list[Line], to_ship: list[Mapping[str, str]]) -> str:
    """Why an order that stands needs nothing done, '' if it does."""
    if whole["fulfillment status"] == "fulfilled":
        return "already_shipped"
    if whole["financial status"] not in _PAID:
        return "not_paid"
    if to_ship:
        return ""
    shipped = any(row.cells.get("lineitem fulfillment status") == "fulfilled" for row in rows)
    return "already_shipped" if shipped else "nothing_to_ship"


def _problems(
    whole: Mapping[str, str], to_ship: list[Mapping[str, str]], recipient: ParsedRecipient | None
) -> tuple[str, ...]:
    found = {
        "no_sku": any(not cells["lineitem sku"] for cells in to_ship),
        "no_address": recipient is None,
        "partly_refunded": whole["financial status"] == "partially_refunded",
        "partly_shipped": any(cells.get("lineitem fulfillment status") == "partial" for cells in to_ship),
    }
    return tuple(problem for problem, is_so in found.items() if is_so)


def _recipient(whole: Mapping[str, str]) -> ParsedRecipient | None:
    address = tuple(whole[column] for column in _ADDRESS if whole.get(column))
    if not address:
        return None
    return ParsedRecipient(
        whole.get("shipping name", ""),
        whole.get("shipping phone", "") or whole.get("phone", ""),
        address,
        " ".join(whole[part] for part in ("shipping city", "shipping province") if whole.get(part)),
        whole.get("shipping zip", ""),
        whole.get("shipping country", ""),
    )


FORMAT = Format(NAME, lambda document: document.has(*_HEADER), _read)
