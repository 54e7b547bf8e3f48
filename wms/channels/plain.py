"""Plain: our own format, which a site can make from anything. CSV or JSON, one row per order line.

    order,channel,placed_at,ship_by,sku,quantity,name,phone,address,city,postcode,country,carrier
    A-1001,shop,2026-11-11 16:27,2026-11-13 16:27,TEA-01,2,王小明,13800138000,人民路1号,上海,200001,CN,sf

Only `order`, `sku` and `quantity` are needed. The rows of an order need not stand together; what concerns the whole
order may stand in any of them, but not differently. Times are `2026-11-11 16:27`, local to the site unless they carry
an offset; a day alone is its start for `placed_at` and its end for `ship_by`. Lines of an address are parted by `|`.
Equal SKUs of an order are added up.

As JSON: a list of such rows as objects, or of orders whose `lines` are a list of objects with `sku` and `quantity`;
the list may also be the `orders` of one object.

An order with a row that is refused is not imported at all: half an order must not be sent, and once the row is mended
the same file can be imported again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from wms.channels.documents import Document
from wms.channels.format import Format, Reading
from wms.channels.parsed import Found, ParsedLine, ParsedOrder, ParsedRecipient, judged, refused
from wms.channels.times import utc_seconds
from wms.domain.decode import clean, has_lost_digits

NAME = "plain"
NEEDED = ("order", "sku", "quantity")
RECIPIENT = ("name", "phone", "address", "city", "postcode", "country")
OF_THE_ORDER = ("channel", "placed_at", "ship_by", "carrier", *RECIPIENT)

_WHOLE = re.compile(r"(\d{1,9})(?:\.0+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Row:
    """A row by the name it has in outcomes."""

    at: str
    cells: Mapping[str, str]
    beyond: tuple[str, ...] = ()


@dataclass(slots=True)
class _Gathered:
    """The rows of one order so far."""

    at: str
    cells: dict[str, tuple[str, str]] = field(default_factory=dict)  # column: (value, row it was first said in)
    quantities: dict[str, int] = field(default_factory=dict)


def _recognises(document: Document) -> bool:
    if document.table is not None:
        return "order" in document.table.header and any(document.has(column) for column in NEEDED[1:])
    first = next(iter(_objects(document.data)), None)
    return first is not None and "order" in first


def _read(documents: Sequence[Document], channel: str, zone: str) -> Reading:
    found: list[Found] = []
    for document in documents:
        missing = [column for column in NEEDED if document.table is not None and not document.has(column)]
        if missing:
            found.append(refused(document.name, f"missing_column:{missing[0]}"))
        else:
            found += _orders(document, channel, zone)
    return Reading(tuple(found))


def _orders(document: Document, channel: str, zone: str) -> Iterator[Found]:
    gathered: dict[str, _Gathered] = {}
    broken: set[str] = set()
    for row in _rows(document):
        order = row.cells.get("order", "")
        reason = _fault(row, zone) or _unlike(row, gathered.get(order))
        if reason:
            broken.add(order)
            yield refused(row.at, reason, order)
        else:
            _gather(row, gathered.setdefault(order, _Gathered(row.at)))
    for order, whole in gathered.items():
        if order not in broken:
            yield judged(_order(order, whole, channel, zone), whole.at)


def _fault(row: _Row, zone: str) -> str:
    """Why a row can't be read, '' if it can."""
    cells = row.cells
    for column in NEEDED:
        if not cells.get(column):
            return f"missing:{column}"
    for column in ("order", "sku"):
        if has_lost_digits(cells[column]):
            return f"number_lost:{column}:{cells[column]}"
    if not _quantity(cells["quantity"]):
        return f"bad_quantity:quantity:{cells['quantity']}"
    for column in ("placed_at", "ship_by"):
        try:
            _time(cells.get(column, ""), zone)
        except ValueError:
            return f"bad_time:{column}:{cells[column]}"
    return f"beyond_header:{row.beyond[0]}" if row.beyond else ""


def _unlike(row: _Row, before: _Gathered | None) -> str:
    for column, (value, at) in before.cells.items() if before else ():
        said = row.cells.get(column, "")
        if said not in ("", value):
            return f"unlike_row:{column}:{at.rpartition(':')[2]}:{said}"
    return ""


def _gather(row: _Row, whole: _Gathered) -> None:
    for column in OF_THE_ORDER:
        if row.cells.get(column):
            whole.cells.setdefault(column, (row.cells[column], row.at))
    sku = row.cells["sku"]
    whole.quantities[sku] = whole.quantities.get(sku, 0) + _quantity(row.cells["quantity"])


def _order(reference: str, whole: _Gathered, channel: str, zone: str) -> ParsedOrder:
    said = {column: whole.cells[column][0] if column in whole.cells else "" for column in OF_THE_ORDER}
    address = tuple(part.strip() for part in said["address"].split("|") if part.strip())
    recipient = ParsedRecipient(said["name"], said["phone"], address, said["city"], said["postcode"], said["country"])
    return ParsedOrder(
        said["channel"] or channel,
        reference,
        _time(said["placed_at"], zone),
        _time(said["ship_by"], zone, end_of_day=True),
        tuple(ParsedLine(sku, quantity) for sku, quantity in whole.quantities.items()),
        recipient if any(said[column] for column in RECIPIENT) else None,
        carrier=said["carrier"],
    )


def _quantity(text: str) -> int:
    """Spreadsheets write 2 as 2.0; anything else than a whole number is 0."""
    found = _WHOLE.fullmatch(text)
    return int(found[1]) if found else 0


def _time(text: str, zone: str, *, end_of_day: bool = False) -> int | None:
    return utc_seconds(text, zone, end_of_day=end_of_day) if text else None


def _rows(document: Document) -> Iterator[_Row]:
    if document.table is not None:
        for line in document.lines:
            yield _Row(document.at(line), line.cells, line.beyond)
        return
    for n, whole in enumerate(_objects(document.data), 1):
        lines = whole.get("lines")
        if not isinstance(lines, list):
            yield _Row(f"{document.name}:{n}", _texts(whole))
            continue
        shared = _texts({name: value for name, value in whole.items() if name != "lines"})
        for k, line in enumerate(lines or [{}], 1):
            own = _texts(line) if isinstance(line, dict) else {}
            yield _Row(f"{document.name}:{n}.{k}", shared | own)


def _objects(data: object) -> list[dict[str, object]]:
    """Objects of the list; what is no object counts as an empty one, so that it is refused as a row."""
    listed = data.get("orders") if isinstance(data, dict) else data
    return [each if isinstance(each, dict) else {} for each in listed] if isinstance(listed, list) else []


def _texts(cells: Mapping[str, object]) -> dict[str, str]:
    return {str(name).strip().casefold(): "" if value is None else clean(str(value)) for name, value in cells.items()}


FORMAT = Format(NAME, _recognises, _read)
