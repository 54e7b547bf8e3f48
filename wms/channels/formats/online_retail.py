"""Online Retail: the line table of the UCI data set (D. Chen, "Online Retail" and "Online Retail II"; a column more or
less differs in its name). A British gift wholesaler, so times are London's.

An invoice number beginning with C is a cancellation of some earlier invoice; which one is not said. Other negative
quantities are corrections of stock: no order can be made of them. The same goods twice in an invoice are two lines.
There is no recipient, no deadline and no category.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from wms.channels.documents import Document, Record
from wms.channels.draft import Draft, gathered
from wms.channels.format import Format, Found, Given, Part
from wms.channels.parsed import Loose

NAME = "online_retail"
_FIRST = Part("invoices", ("invoiceno", "stockcode", "quantity", "invoicedate"),
              ("description", "unitprice", "customerid", "country"))  # fmt: skip
_SECOND = Part("invoices", ("invoice", "stockcode", "quantity", "invoicedate"),
               ("description", "price", "customer id", "country"))  # fmt: skip
_ZONE = "Europe/London"
_MOST_POUNDS = 10**11
_NOT_GOODS = re.compile(  # postage, carriage, manual entries, fees, discounts, samples, vouchers, corrections
    r"POST|DOT|C[23]|M|D|S|B|CRUK|PADS|BANK CHARGES|AMAZONFEE|ADJUST2?|TEST\d*|GIFT(_.*)?", re.IGNORECASE
)


def _read(documents: Sequence[Document], given: Given) -> Iterator[Found]:
    for document in documents:
        number = document.first("invoiceno", "invoice")
        for one in gathered(document, number, given, "quantity", repeats=True):
            yield one if isinstance(one, Loose) else _order(*one)


def _order(draft: Draft, records: list[Record]) -> Found:
    whole, document = records[0], draft.document
    price = document.first("unitprice", "price")
    customer = document.first("customerid", "customer id")
    cancelled = draft.reference[:1] in ("C", "c")
    if cancelled:
        draft.skip("cancelled", document.first("invoiceno", "invoice"), draft.reference)
    quantities = [_line(draft, record, cancelled) for record in records]
    draft.agree(records, (customer, "country"), personal=True)
    return draft.order(
        placed_at=draft.time(whole["invoicedate"], "invoicedate", zone=_ZONE, order="mdy"),
        buyer=whole[customer].removesuffix(".0"),
        amount=_pence(quantities, [record[price] for record in records]),
        currency="GBP",
    )


def _line(draft: Draft, record: Record, cancelled: bool) -> int:
    text, code = record["quantity"], record["stockcode"]
    quantity = draft.quantity(text.removeprefix("-") if cancelled else text, "quantity", record.n, least=1)
    done = "not_goods" if _NOT_GOODS.fullmatch(code) else ""
    draft.line(code, quantity, record["description"], record=record.n, column="stockcode", done=done)
    return quantity


def _pence(quantities: Sequence[int], prices: Sequence[str]) -> int | None:
    """What the lines come to. The prices of single pieces go below a penny."""
    try:
        each = [Decimal(price.replace(",", ".")) for price in prices]  # a spreadsheet may have saved a decimal comma
        pounds = sum((quantity * price for quantity, price in zip(quantities, each, strict=True)), Decimal())
        return int((100 * pounds).to_integral_value()) if abs(pounds) < _MOST_POUNDS else None
    except (ArithmeticError, ValueError):
        return None


FORMAT = Format(NAME, _read, (_FIRST, _SECOND))
