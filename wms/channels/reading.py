"""Reading an import: each file finds its format by its header, and every order is accounted for once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from wms.channels.documents import Document, open_document
from wms.channels.format import Format, Reading
from wms.channels.formats import FORMATS
from wms.channels.parsed import Found, Import, Outcome, ParsedOrder, Result, refused
from wms.domain.decode import Unreadable

AUTO = "auto"


def read(files: Iterable[tuple[str, bytes]], channel: str = AUTO, zone: str = "UTC") -> Import:
    """Orders, items and outcomes of files given as (name, bytes); files that belong together are given together.

    `channel` is `auto`, the name of a format (no other is tried then), or a channel of the site's own that takes
    orders of files which name none. Times without an offset are local to `zone`, unless the format knows better.
    """
    only = [form for form in FORMATS if form.name == channel]
    sorted_out: dict[str, list[Document]] = {}
    found: list[tuple[str, Found]] = []
    for name, data in files:
        try:
            document = open_document(name, data)
        except Unreadable as error:
            found.append((name, refused(name, error.reason)))
            continue
        form = _format_of(document, only or FORMATS)
        if form is None:
            found.append((name, refused(name, "unknown_format")))
        else:
            sorted_out.setdefault(form.name, []).append(document)
    readings = _readings(sorted_out, channel, zone)
    found += [(form, one) for form, reading in readings.items() for one in reading.found]
    orders, outcomes = _once(found)
    items = tuple(item for reading in readings.values() for item in reading.items)
    return Import("+".join(readings), orders, outcomes, items)


def _format_of(document: Document, formats: Sequence[Format]) -> Format | None:
    return next((form for form in formats if form.recognises(document)), None)


def _readings(sorted_out: dict[str, list[Document]], channel: str, zone: str) -> dict[str, Reading]:
    return {
        form.name: form.read(sorted_out[form.name], form.name if channel == AUTO else channel, zone)
        for form in FORMATS
        if form.name in sorted_out
    }


def _once(found: Sequence[tuple[str, Found]]) -> tuple[tuple[ParsedOrder, ...], tuple[Outcome, ...]]:
    """Of an order that was found several times the weightiest stands, the first among equals."""
    standing: dict[tuple[str, str], Found] = {}
    for form, one in found:
        key = _key(form, one)
        if key not in standing or _weight(one) > _weight(standing[key]):
            standing[key] = one
    orders: list[ParsedOrder] = []
    outcomes: list[Outcome] = []
    for form, one in found:
        first = standing[_key(form, one)]
        if first is one or one.outcome.result == Result.REFUSED:
            outcomes.append(one.outcome)
            orders += [one.order] if one.order else []
        else:
            twice = f"order_twice:{first.outcome.row}"
            outcomes.append(Outcome(one.outcome.row, one.outcome.reference, Result.SKIPPED, twice))
    return tuple(orders), tuple(outcomes)


def _key(form: str, one: Found) -> tuple[str, str]:
    return one.order.channel if one.order else form, one.outcome.reference


def _weight(one: Found) -> int:
    """Rather not sent than sent twice: shipped or cancelled outweighs ready; only `not paid yet` gives way."""
    if one.outcome.result == Result.REFUSED:
        return -1
    if one.outcome.result == Result.SKIPPED:
        return 0 if one.outcome.reason == "not_paid" else 2
    return 1
