"""The account of an import: every order and record once, with its result, and sums that must come out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from wms.channels.parsed import Kind, Loose, ParsedOrder, Result, Trouble

_WEIGHT = {Result.REJECT: 3, Result.SKIP: 2, Result.HOLD: 1}


class Unaccounted(AssertionError):
    """The sums of an import don't come out: a fault of this program."""


@dataclass(slots=True)
class Entry:
    """What became of an order, or of a record that forms none (`order` is None then, and `orders` 0 or 1: whether it
    counts as an order). `lines` and `units` are those to be picked, `done_lines` and `done_units` those that need not.
    """

    file: int
    record: int
    reference: str
    result: Result
    reason: str = ""
    column: str = ""
    text: str = ""
    orders: int = 1
    lines: int = 0
    units: int = 0
    done_lines: int = 0
    done_units: int = 0
    order: ParsedOrder | None = None
    others: tuple[Trouble, ...] = ()  # what else is wrong with it
    offered: dict[str, tuple[str, ...]] = field(default_factory=dict)  # goods that look like an unknown code

    @property
    def plain(self) -> bool:
        return self.result == Result.READY

    def became(self, result: Result, reason: str, column: str = "", text: str = "") -> None:
        """Something was found later, as that the order is known already."""
        self.result, self.reason, self.column, self.text = result, reason, column, text

    def hold(self, trouble: Trouble) -> None:
        """Something was found later that a person must decide about, beside what holds the order already."""
        if self.order is not None:
            self.order = replace(self.order, troubles=(*self.order.troubles, trouble))
        if self.result == Result.HOLD:
            self.others = (*self.others, trouble)
        else:
            self.became(trouble.result, trouble.reason, trouble.column, trouble.text)

    def leave_out(self, result: Result, reason: str) -> None:
        """It is not taken in after all, so nothing of it is done already."""
        self.became(result, reason)
        self.lines, self.units = self.lines + self.done_lines, self.units + self.done_units
        self.done_lines = self.done_units = 0


@dataclass(slots=True)
class FileAccount:
    """A file: its format and encoding, the data records read, `fault` where it was refused whole."""

    name: str
    channel: str = ""
    encoding: str = ""
    records: int = 0
    fault: str = ""
    entries: list[Entry] = field(default_factory=list)


@dataclass(slots=True)
class Sums:
    orders: int = 0
    lines: int = 0
    units: int = 0


def entry_of(found: ParsedOrder | Loose) -> Entry:
    """Judges an order by its troubles, or a loose record by its own."""
    if isinstance(found, Loose):
        trouble = found.trouble
        counts = found.orders if trouble.result == Result.REJECT else 0
        return Entry(found.file, trouble.record, found.reference, trouble.result, trouble.reason, trouble.column,
                     trouble.text, counts, found.lines, found.units)  # fmt: skip
    found = _dated(found)
    worst = max(found.troubles, key=lambda one: _WEIGHT[one.result], default=None)
    done = [line for line in found.lines if line.done]
    todo = [line for line in found.lines if not line.done]
    entry = Entry(found.file, found.record, found.reference, Result.READY, order=found)
    if worst is not None:
        entry.became(worst.result, worst.reason, worst.column, worst.text)
        entry.others = tuple(one for one in found.troubles if one is not worst)
    elif (why := _without_label(found)) and not (found.label is not None and found.label.waybill):
        entry.became(Result.READY_NOLABEL, why)
    if entry.result in (Result.SKIP, Result.REJECT):  # nothing of it is picked, so nothing of it is done either
        todo, done = [*todo, *done], []
    entry.lines, entry.units = len(todo), sum(line.quantity for line in todo)
    entry.done_lines, entry.done_units = len(done), sum(line.quantity for line in done)
    return entry


def _dated(order: ParsedOrder) -> ParsedOrder:
    """A pre-sale of which nobody knows when it may be sent needs a person."""
    if order.kind != Kind.PRESALE or order.not_before is not None or order.taken_back:
        return order
    return replace(order, troubles=(*order.troubles, Trouble(Result.HOLD, "presale_no_date", record=order.record)))


def _without_label(order: ParsedOrder) -> str:
    """Why no label can be made of the recipient, '' if one can."""
    person = order.recipient
    if person is None or not (person.name or any(person.address_lines)):
        return "no_recipient"
    if person.hidden:
        return "masked_recipient"
    return "" if person.usable else "incomplete_recipient"


def sums(entries: Iterable[Entry]) -> dict[str, Sums]:
    """By result, and `already_done`. Raises `Unaccounted` where a line would be lost or counted twice."""
    found = {str(result): Sums() for result in Result} | {"already_done": Sums()}
    for entry in entries:
        one, done = found[entry.result], found["already_done"]
        one.orders += entry.orders
        one.lines += entry.lines
        one.units += entry.units
        done.lines += entry.done_lines
        done.units += entry.done_units
        if entry.order is not None:
            _require(entry, entry.order)
    return found


def _require(entry: Entry, order: ParsedOrder) -> None:
    lines, units = len(order.lines), sum(line.quantity for line in order.lines)
    if entry.lines + entry.done_lines != lines or entry.units + entry.done_units != units or entry.orders != 1:
        raise Unaccounted(f"order {entry.reference}: {lines} lines in, {entry.lines}+{entry.done_lines} out")
