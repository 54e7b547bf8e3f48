"""Odoo: sale orders of its external API (odoo.com/documentation, "External API"): the models `sale.order` and
`sale.order.line` side by side, or orders with their lines embedded, as a list or as the `result` of JSON-RPC.

A field without a value is `false`; a many2one is `[id, name]` (`{"id", "display_name"}` from `web_read`). Times are UTC
and say no zone. The SKU stands in brackets before the name of the product. Sections and notes are lines too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from wms.channels import pages, values
from wms.channels.documents import Document
from wms.channels.draft import Draft
from wms.channels.format import Format, Found, Given
from wms.channels.markup import lines_of
from wms.channels.objects import said
from wms.channels.pages import Object
from wms.channels.parsed import Loose, ParsedRecipient, Result, Trouble

NAME = "odoo"
_LINES = "sale.order.line"
_READY = ("sale", "done")  # done: locked, which says nothing of what was delivered
_SKIPPED = {"draft": "draft", "sent": "draft", "cancel": "cancelled"}
_CODED = re.compile(r"\[([^\[\]]+)\]\s*(.*)", re.DOTALL)
_UNITS_ID = "1"  # the unit `Units` of every database, whatever its name in the user's language
_UNITS = ("units", "unit", "unit(s)", "件", "个", "台", "stück", "unités", "unidades", "unità", "eenheden")


def _recognises(order: dict[str, object]) -> bool:
    return "order_line" in order or ("date_order" in order and "state" in order)


def _read(documents: Sequence[Document], given: Given) -> Iterator[Found]:
    for document in documents:
        beside = _Beside(document)
        for one in pages.drafted(document, given, ("name",), "order_line", "product_uom_qty"):
            yield one if isinstance(one, Loose) else _order(*one, beside)
        yield from beside.orphans(document)


class _Beside:
    """Lines that stand beside the orders, by the id of their order."""

    def __init__(self, document: Document) -> None:
        whole = document.whole if isinstance(document.whole, dict) else {}
        self._lines: dict[str, list[tuple[int, Object]]] = {}
        self._known = {said(one.get("id")) for one in document.objects if isinstance(one, dict)}
        for n, line in enumerate(pages.objects(whole, _LINES), 1):
            self._lines.setdefault(_id(line.get("order_id")), []).append((n, line))

    def of(self, order: Object) -> list[Object]:
        return [line for _, line in self._lines.get(said(order.get("id")), ())]

    def orphans(self, document: Document) -> Iterator[Loose]:
        for order, lines in self._lines.items():
            for at, (n, line) in enumerate(() if order and order in self._known else lines):
                shown = _name(line.get("order_id")) or order
                trouble = Trouble(Result.REJECT, f"unknown_order:{shown[:60]}", "order_id", shown[:80], n)
                pieces = 0 if said(line.get("display_type")) else values.whole(said(line.get("product_uom_qty")))
                counts = 0 if order and at else 1  # lines of one order that is not there stand for one order
                yield Loose(trouble, shown, 1, pieces or 0, document.file, counts)


def _order(draft: Draft, order: Object, beside: _Beside) -> Found:
    listed = order.get("order_line")
    named = listed if isinstance(listed, list) else []
    lines = [line for line in pages.objects(order, "order_line") if line] or beside.of(order)
    for line in lines:
        _line(draft, line)
    ids = {said(line.get("id")) for line in lines}
    if missing := [said(one) for one in named if not isinstance(one, dict) and said(one) not in ids]:
        draft.hold(f"line_missing:{missing[0]}", "order_line", ", ".join(missing))
    state = said(order.get("state"))
    skipped = _SKIPPED.get(state, "")
    if not skipped and said(order.get("delivery_status")) == "full":
        skipped = "already_shipped"
    if skipped:
        draft.skip(skipped, "state", state)
    elif state not in _READY:
        draft.hold(f"unknown_status:state:{state[:60]}", "state", state)
    currency = _name(order.get("currency_id"))
    return draft.order(
        placed_at=draft.time(said(order.get("date_order")), "date_order", zone="UTC"),
        ship_by=draft.time(said(order.get("commitment_date")), "commitment_date", zone="UTC"),
        recipient=_recipient(draft, order),
        taken_back=skipped == "cancelled",
        buyer=_name(order.get("partner_id")),
        amount=pages.amount(order.get("amount_total"), currency),
        currency=currency,
        remarks={"\n".join(lines_of(said(order.get("note")))): "note"},
    )


def _line(draft: Draft, line: Object) -> None:
    if said(line.get("display_type")):
        return
    product = line.get("product_id")
    coded = _CODED.fullmatch(_name(product))
    code = said(product.get("default_code")) if isinstance(product, dict) else ""
    name = coded[2] if coded else _name(product) or said(line.get("name"))
    quantity, done = _quantity(draft, line)
    where = "qty_delivered"
    if fee := next((name for name in ("is_delivery", "is_downpayment") if said(line.get(name))), ""):
        done, where = "nothing_to_ship", fee
    unit = line.get("product_uom") or line.get("product_uom_id")
    if unit and _id(unit) != _UNITS_ID and _name(unit).casefold() not in _UNITS and not done:
        draft.hold(f"other_unit:{_name(unit)[:60]}", "product_uom", _name(unit))
    draft.line(code or (coded[1].strip() if coded else ""), quantity, name, column="product_id",
               key=said(line.get("id")), done=done, done_at=(where, said(line.get(where))))  # fmt: skip


def _quantity(draft: Draft, line: Object) -> tuple[int, str]:
    """Pieces that are left to deliver; or all that were ordered, and why none is left."""
    ordered, delivered = pages.number(line.get("product_uom_qty")), pages.number(line.get("qty_delivered") or 0)
    if ordered is None or delivered is None or delivered < 0:
        shown = said(line.get("qty_delivered" if ordered is not None else "product_uom_qty"))
        draft.reject(f"bad_quantity:product_uom_qty:{shown[:60]}", "product_uom_qty", shown)
        return 0, ""
    left = ordered - delivered
    if left <= 0 < ordered:
        return draft.quantity(pages.plain_number(ordered), "product_uom_qty"), "already_shipped"
    return draft.quantity(pages.plain_number(left), "product_uom_qty", least=1), ""


def _recipient(draft: Draft, order: Object) -> ParsedRecipient | None:
    """The name of the address is all that most exports have: the person, then the address after commas, or in lines of
    its own. A company's contact looks the same (`Company, Contact`): what holds no number is no address."""
    person = order.get("partner_shipping_id")
    if isinstance(person, Mapping) and person.get("street"):
        parts = [said(person.get(name)) for name in ("street", "street2")]
        phone = said(person.get("phone")) or said(person.get("mobile"))
        return draft.recipient(
            said(person.get("name")) or _name(person), phone, parts, said(person.get("city")), said(person.get("zip")),
            _name(person.get("country_id")), column="partner_shipping_id",
        )  # fmt: skip
    shown = _name(person)
    buyer = _name(order.get("partner_id"))
    name, *lines = shown.splitlines() or [""]
    if not lines and shown.startswith(f"{buyer}, ") and buyer:
        name, lines = buyer, [shown.removeprefix(f"{buyer}, ")]
    elif not lines:
        name, _, rest = shown.partition(", ")
        lines = [rest]
    if not any(char.isdigit() for line in lines for char in line):
        name, lines = shown.splitlines()[0] if shown else "", []
    return draft.recipient(name, "", [line.strip() for line in lines], column="partner_shipping_id")


def _id(value: object) -> str:
    """Of a many2one, in whichever of its shapes."""
    if isinstance(value, list):
        return said(value[0]) if value else ""
    return said(value.get("id")) if isinstance(value, Mapping) else said(value)


def _name(value: object) -> str:
    if isinstance(value, list):
        return said(value[1]) if len(value) > 1 else ""
    if isinstance(value, Mapping):
        return said(value.get("display_name")) or said(value.get("name"))
    return ""


FORMAT = Format(NAME, _read, recognises=_recognises)
