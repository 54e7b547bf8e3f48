"""Plain: our own format, which a site can make from anything. CSV, workbook or JSON, one row per order line.

    order,channel,placed_at,ship_by,sku,quantity,name,phone,address,city,postcode,country,carrier
    A-1001,shop,2026-11-11 16:27,2026-11-13 16:27,TEA-01,2,王小明,13800138000,人民路1号,上海,200001,CN,sf

Only `order`, `sku` and `quantity` are needed; all columns are in `wms.channels.template`. The rows of an order need not
stand together; what concerns the whole order may stand in any of them, but not differently. Times are
`2026-11-11 16:27`, local to the site unless they carry an offset; a day alone is its start for `placed_at` and
`not_before`, and its end for `ship_by`. Lines of an address are parted by `|`. Equal SKUs of an order are added up, a
gift apart from what was bought.

As JSON: a list of such rows as objects, or of orders whose `lines` are a list of objects with `sku` and `quantity`;
the list may also be the `orders` of one object.

An order with a row that is refused is not imported at all: half an order must not be sent, and once the row is mended
the same file can be imported again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from wms.channels import pages, values
from wms.channels.documents import Document, Record, unsound
from wms.channels.draft import Draft, gathered
from wms.channels.format import Format, Found, Given, Part
from wms.channels.objects import said
from wms.channels.parsed import Kind, Loose
from wms.domain.decode import clean
from wms.domain.labelling import GivenLabel

NAME = "plain"
NEEDED = ("order", "sku", "quantity")
_LABEL = ("waybill", "carrier", "sort_code", "routing_code", "qr", "masked_name", "masked_phone", "masked_address")
_PERSONAL = ("name", "phone", "address", "city", "postcode", "buyer", "remark")
OF_THE_ORDER = (
    "channel", "placed_at", "ship_by", "name", "phone", "address", "city", "postcode", "country", "carrier",
    "buyer", "amount", "currency", "kind", "not_before", "remark", "invoice",
    *(name for name in _LABEL if name != "carrier"),
)  # fmt: skip
COLUMNS = (*NEEDED, *OF_THE_ORDER, "gift")
_TIMES = ("placed_at", "ship_by", "not_before")
_KINDS = {"": Kind.ORDINARY, "presale": Kind.PRESALE, "group": Kind.GROUP}
_YES, _NO = ("yes", "y", "true", "1", "是"), ("", "no", "n", "false", "0", "否")


def _recognises(order: dict[str, object]) -> bool:
    names = {name.strip().casefold() for name in order}
    return "order" in names and bool(names & {"sku", "quantity", "lines"})


def _read(documents: Sequence[Document], given: Given) -> Iterator[Found]:
    for document in documents:
        if document.part == "json":
            _lay_out(document)
        for one in gathered(document, "order", given, "quantity", repeats=True):
            yield one if isinstance(one, Loose) else _order(*one)


def _order(draft: Draft, records: list[Record]) -> Found:
    whole = _of_the_order(draft, records)
    _lines(draft, records)
    times = {column: draft.time(whole[column], column, end_of_day=column == "ship_by") for column in _TIMES}
    kind = _KINDS.get(whole["kind"].casefold())
    if kind is None:
        draft.reject(f"bad_choice:kind:{' / '.join(filter(None, _KINDS))}:{whole['kind'][:60]}", "kind", whole["kind"])
    amount = values.minor_units(whole["amount"], whole["currency"]) if whole["amount"] else None
    if whole["amount"] and amount is None:
        draft.reject(f"bad_amount:amount:{whole['amount'][:60]}", "amount", whole["amount"])
    label = GivenLabel(*(draft.text(whole[name], name) for name in _LABEL))
    return draft.order(
        channel=whole["channel"],
        placed_at=times["placed_at"],
        ship_by=times["ship_by"],
        recipient=draft.recipient(
            whole["name"], whole["phone"], [line.strip() for line in whole["address"].split("|")], whole["city"],
            whole["postcode"], whole["country"], column="address",
        ),
        carrier=whole["carrier"],
        buyer=whole["buyer"],
        amount=amount,
        currency=whole["currency"],
        kind=kind or Kind.ORDINARY,
        not_before=times["not_before"],
        waiting=kind == Kind.GROUP,
        instructions=("invoice",) if _yes(draft, whole["invoice"], "invoice") else (),
        remarks=(whole["remark"],),
        label=label if any(whole[name] for name in _LABEL if name != "carrier") else None,
    )  # fmt: skip


def _of_the_order(draft: Draft, records: Sequence[Record]) -> dict[str, str]:
    """What is said of the whole order in any of its rows; rows that say different things hold it."""
    found: dict[str, tuple[str, int]] = {}
    for record in records:
        for column in OF_THE_ORDER:
            if text := record[column]:
                before, n = found.setdefault(column, (text, record.n))
                if before != text:
                    shown = "" if column in _PERSONAL else text
                    draft.hold(f"unlike_record:{column}:{n}:{shown[:60]}", column, shown, record.n)
    return {column: found[column][0] if column in found else "" for column in OF_THE_ORDER}


def _lines(draft: Draft, records: Sequence[Record]) -> None:
    summed: dict[tuple[str, bool], tuple[int, int]] = {}  # SKU, gift: pieces, first record
    for record in records:
        sku = record["sku"]
        for column in ("sku", "quantity"):
            if not record[column]:
                draft.reject(f"missing:{column}", column, "", record.n)
        if values.has_lost_digits(sku):
            draft.reject(f"number_lost:sku:{sku[:60]}", "sku", sku, record.n)
        quantity = draft.quantity(record["quantity"], "quantity", record.n, least=1) if record["quantity"] else 0
        key = (sku, _yes(draft, record["gift"], "gift", record.n))
        before, first = summed.get(key, (0, record.n))
        summed[key] = (before + quantity, first)
    for (sku, gift), (quantity, n) in summed.items():
        if quantity > values.MOST_UNITS:
            draft.reject(f"bad_quantity:quantity:{quantity}", "quantity", str(quantity), n)
        draft.line(sku, quantity, record=n, column="sku", gift=gift)


def _yes(draft: Draft, text: str, column: str, record: int = 0) -> bool:
    if text.casefold() not in _YES + _NO:
        draft.reject(f"bad_yes_no:{column}:{text[:60]}", column, text, record)
    return text.casefold() in _YES


def _lay_out(document: Document) -> None:
    """The objects of JSON as rows of a table; a row is counted by the object it stands in."""
    columns = {name: at for at, name in enumerate(COLUMNS)}

    def records() -> Iterator[Record]:
        for n, cells in _rows(document.objects):
            trouble = unsound("not_an_order", n) if cells is None else None
            yield Record(n, tuple((cells or {}).get(name, "") for name in COLUMNS), columns, trouble)

    document.records = records


def _rows(listed: Sequence[object]) -> Iterator[tuple[int, Mapping[str, str] | None]]:
    for n, whole in enumerate(listed, 1):
        if not isinstance(whole, dict):
            yield n, None
            continue
        order = {name.strip().casefold(): value for name, value in whole.items()}
        lines = pages.objects(order, "lines")
        for line in lines or ([{}]):
            own = {name.strip().casefold(): value for name, value in line.items()}
            yield n, {name: clean(said(value)) for name, value in (order | own).items()}


FORMAT = Format(
    NAME,
    _read,
    (Part("rows", NEEDED, tuple(name for name in COLUMNS if name not in NEEDED), ragged=True),),
    _recognises,
)
