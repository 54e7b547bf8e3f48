"""What an export says, in the warehouse's terms: orders, items, and what became of every row."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Result(StrEnum):
    """What became of an order, or of a row or file that made none."""

    READY = "ready"  # can be picked and labelled
    READY_NOLABEL = "ready_nolabel"  # can be picked; the label must come from the platform
    HELD = "held"  # imported, but a person must decide
    SKIPPED = "skipped"  # understood, and no work: cancelled, unpaid, shipped before, read twice
    REFUSED = "refused"  # can't be understood


@dataclass(frozen=True, slots=True)
class ParsedLine:
    """`code` is what the channel calls the goods: a SKU, or '' where the export has none."""

    code: str
    quantity: int
    name: str = ""


@dataclass(frozen=True, slots=True)
class ParsedRecipient:
    """The person as the export has it; parts it lacks are ''. `country` as written, often an ISO 3166 code."""

    name: str
    phone: str
    address_lines: tuple[str, ...]
    city: str
    postcode: str
    country: str

    @property
    def masked(self) -> bool:
        """Platforms hide parts with asterisks; a label can't be made of that."""
        return "*" in "".join((self.name, self.phone, *self.address_lines))

    @property
    def usable(self) -> bool:
        """Whether a label can be made of it."""
        return bool(self.name and any(self.address_lines)) and not self.masked


@dataclass(frozen=True, slots=True)
class ParsedOrder:
    """An order of the export. Times are UTC seconds, None where the export has none.

    `problems` are reasons to hold it; `cancelled` orders were taken back by the customer or the channel: they are here
    so that the same order from an earlier import can be stopped.
    """

    channel: str
    reference: str
    placed_at: int | None
    ship_by: int | None
    lines: tuple[ParsedLine, ...]
    recipient: ParsedRecipient | None = None
    cancelled: bool = False
    problems: tuple[str, ...] = ()
    carrier: str = ""


@dataclass(frozen=True, slots=True)
class ParsedItem:
    """Goods the export describes. `category` is the channel's own code; weight in grams, size in mm, 0 = not known."""

    sku: str
    name: str
    category: str
    weight_g: int
    length_mm: int
    width_mm: int
    height_mm: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """One for each order, at the row it begins in; and one for each row or file refused. `row` is `file:row` (rows as
    a spreadsheet counts them), `reason` as in `wms.domain.reasons`, '' where there is nothing to say."""

    row: str
    reference: str
    result: Result
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Import:
    """`channel` names the formats found, joined by `+`. `orders` are those ready, held or cancelled."""

    channel: str
    orders: tuple[ParsedOrder, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    items: tuple[ParsedItem, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """What a format made of some rows: an order with its outcome, or an outcome alone."""

    outcome: Outcome
    order: ParsedOrder | None = None


def refused(row: str, reason: str, reference: str = "") -> Found:
    return Found(Outcome(row, reference, Result.REFUSED, reason))


def judged(order: ParsedOrder, row: str, taken_back: str = "cancelled") -> Found:
    """An order that was understood, with what becomes of it; `taken_back` is the reason if it is cancelled."""
    return Found(_outcome(order, row, taken_back), order)


def _outcome(order: ParsedOrder, row: str, taken_back: str) -> Outcome:
    if order.cancelled:
        return Outcome(row, order.reference, Result.SKIPPED, taken_back)
    if order.problems:
        return Outcome(row, order.reference, Result.HELD, ",".join(order.problems))
    if order.recipient is not None and order.recipient.usable:
        return Outcome(row, order.reference, Result.READY)
    masked = order.recipient is not None and order.recipient.masked
    return Outcome(row, order.reference, Result.READY_NOLABEL, "masked_recipient" if masked else "no_recipient")
