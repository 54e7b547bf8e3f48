"""Pages: the orders of a JSON file, each with a draft to fill, and how their values are taken out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation

from wms.channels import values
from wms.channels.documents import Document
from wms.channels.draft import Draft, fault_of_reference
from wms.channels.format import Given
from wms.channels.objects import said
from wms.channels.parsed import Loose, Result, Trouble

Object = Mapping[str, object]
_MOST = Decimal(10**13)


def drafted(
    document: Document, given: Given, references: tuple[str, ...], lines: str, units: str
) -> Iterator[tuple[Draft, Object] | Loose]:
    """The objects of a file with a draft each. The order number is the first of `references` that is said; an object
    without one, or that is none, forms no order and counts with the `lines` it names and the `units` of these.

    Two objects of one number that say different things hold both: nobody knows which of them counts.
    """
    first: dict[str, tuple[Draft, Object]] = {}
    drafts: list[tuple[Draft, Object] | Loose] = []
    for n, whole in enumerate(document.objects, 1):
        order = whole if isinstance(whole, dict) else {}
        name = next((name for name in references if said(order.get(name))), references[0])
        reference = said(order.get(name))
        if not isinstance(whole, dict):
            shown = said(whole)[:80]
            fault: Trouble | None = Trouble(Result.REJECT, "not_an_order", "", shown, n)
        else:
            fault = fault_of_reference(reference, name, document, n)
        if fault is not None:
            rows = objects(order, lines)
            pieces = sum(values.whole(said(row.get(units))) or 0 for row in rows)
            drafts.append(Loose(fault, reference, max(1, len(rows)), pieces, document.file))
            continue
        draft = Draft(given, document, reference, n)
        before, said_before = first.setdefault(reference, (draft, order))
        if before is not draft and said_before != order:
            before.hold(f"order_unlike:{n}", name, reference)
            draft.hold(f"order_unlike:{before.record}", name, reference)
        drafts.append((draft, order))
    yield from drafts


def objects(order: Object, name: str) -> list[Object]:
    """The objects listed under that name; what is no object there counts as an empty one, so that it is not lost."""
    listed = order.get(name)
    return [one if isinstance(one, dict) else {} for one in listed] if isinstance(listed, list) else []


def part(order: Object, name: str) -> Object:
    found = order.get(name)
    return found if isinstance(found, dict) else {}


def amount(value: object, currency: str) -> int | None:
    """Money of a JSON number, or of a text with a decimal point, in minor units."""
    found = number(value)
    return None if found is None else values.minor_units(f"{found:.2f}", currency)


def number(value: object) -> Decimal | None:
    """A JSON number, or a text in ASCII digits that is one, to nine decimals; None for all else."""
    text = said(value)
    try:
        found = Decimal(text) if text.isascii() and "_" not in text else None
    except InvalidOperation:
        return None
    return round(found, 9) if found is not None and found.is_finite() and abs(found) < _MOST else None


def plain_number(value: Decimal) -> str:
    """As `values.whole` reads it: `2` for 2.000, `1.5` for 1.50."""
    return format(value.normalize(), "f")
