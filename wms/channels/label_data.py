"""Label data in our own columns, CSV or JSON: a waybill, a carrier's codes and masked texts for each order."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from wms.domain.decode import Table, Unreadable, decode, has_lost_digits, read_table
from wms.domain.labelling import GivenLabel

FIELDS = GivenLabel.__struct_fields__
COLUMNS = ("order", "channel", *FIELDS)
_NOTE = "note"  # a column for people


@dataclass(frozen=True, slots=True)
class Row:
    """What a row says, `reason` why it can't be used. `record` counts from 1; a file that can't be read is record 0."""

    file: str
    record: int
    order: str = ""
    channel: str = ""
    label: GivenLabel = GivenLabel()
    reason: str = ""


def read(name: str, data: bytes) -> Iterator[Row]:
    """Every row of the file; one row with a reason where the file as a whole can't be read."""
    try:
        text = decode(data)
        records = _objects(text) if text.lstrip()[:1] in ("[", "{") else _lines(read_table(text, comments=True))
    except Unreadable as error:
        yield Row(name, 0, reason=error.reason)
        return
    for n, record in enumerate(records, 1):
        yield _row(name, n, record)


def _lines(table: Table) -> list[dict[str, str] | str]:
    _require([name for name in table.header if name != _NOTE])
    return [f"beyond_header:{line.beyond[0]}" if line.beyond else dict(line.cells) for line in table.lines]


def _objects(text: str) -> list[dict[str, str] | str]:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"broken_json:{getattr(error, 'lineno', 1)}") from error
    found = said.get("labels", [said]) if isinstance(said, dict) else said
    if not isinstance(found, list):
        raise Unreadable("unknown_format")
    for one in found:
        if isinstance(one, dict):
            _require([name for name in one if name != _NOTE], all_there=False)
    return [_object(one) for one in found]


def _object(one: object) -> dict[str, str] | str:
    """Numbers must be texts: JSON writers drop leading zeros and round what is long."""
    if not isinstance(one, dict):
        return "label_no_object"
    odd = next((name for name, value in one.items() if not isinstance(value, str | None)), "")
    if odd:
        return f"label_no_text:{odd}"
    return {name: (value or "").strip() for name, value in one.items()}


def _require(names: list[str], *, all_there: bool = True) -> None:
    unknown = [name for name in names if name and name not in COLUMNS]
    if "order" not in names and all_there:
        raise Unreadable("missing_column:order" if set(names) & set(COLUMNS) else "unknown_format")
    if unknown:
        raise Unreadable(f"unknown_column:{unknown[0]}")
    if all_there and not set(names) & set(FIELDS):
        raise Unreadable("missing_column:waybill")


def _row(file: str, n: int, record: dict[str, str] | str) -> Row:
    if isinstance(record, str):
        return Row(file, n, reason=record)
    order, channel = record.get("order", ""), record.get("channel", "")
    said = GivenLabel(**{name: record.get(name, "") for name in FIELDS})
    reason = ""
    if not order:
        reason = "missing:order"
    elif lost := next((name for name in ("order", "waybill") if has_lost_digits(record.get(name, ""))), ""):
        reason = f"number_lost:{lost}:{record[lost]}"
    elif said == GivenLabel():
        reason = "missing:waybill"
    return Row(file, n, order, channel, said, reason)
