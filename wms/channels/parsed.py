"""What an export says, in the warehouse's terms: orders, lines, people, and what stands in the way of each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from wms.domain.ids import Sku
from wms.domain.labelling import GivenLabel


class Result(StrEnum):
    """What became of an order, or of a record that forms none. Every record ends in exactly one."""

    READY = "ready"  # can be picked and labelled
    READY_NOLABEL = "ready_nolabel"  # can be picked; the label must come from the platform
    HOLD = "hold"  # imported, but a person must decide
    REJECT = "reject"  # can't be understood, so it is not imported
    SKIP = "skip"  # understood, and no work: cancelled, unpaid, shipped before, read twice


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why something is not plainly ready: `reason` as in `wms.domain.reasons`, at `record` (0: the first of its order)
    in `column` (as the file spells it), with the `text` found there."""

    result: Result
    reason: str
    column: str = ""
    text: str = ""
    record: int = 0


@dataclass(frozen=True, slots=True)
class ParsedLine:
    """`code` is what the channel calls the goods: a SKU, or '' where the export has none. `key` tells the line from the
    others of its order. `done` says why nothing of it is to be picked, '' where it is. `column` is where `code` stands.

    `sku` and `pack` (units of it that one piece is) are filled in when the goods have been found."""

    code: str
    quantity: int
    name: str = ""
    key: str = ""
    done: str = ""
    gift: bool = False
    record: int = 0
    column: str = ""
    sku: Sku = Sku("")
    pack: int = 1


@dataclass(frozen=True, slots=True, repr=False)
class ParsedRecipient:
    """The person as the export has it; parts it lacks are ''. `country` as written, often an ISO 3166 code."""

    name: str
    phone: str
    address_lines: tuple[str, ...]
    city: str = ""
    postcode: str = ""
    country: str = ""
    hidden: bool = False  # masked or encrypted by the platform

    @property
    def usable(self) -> bool:
        """Whether a label can be made of it."""
        return bool(self.name and any(self.address_lines)) and not self.hidden


class Kind(StrEnum):
    ORDINARY = ""
    PRESALE = "presale"  # waits until `not_before`
    GROUP = "group"  # waits until the channel says that the group is complete


@dataclass(frozen=True, slots=True)
class ParsedOrder:
    """An order of the export, in the file numbered `file` from record `record` on. Times are UTC seconds, None where
    the export has none; `amount` is in minor units of `currency`, None if it is not said.

    `taken_back` orders were cancelled or refunded: an earlier import's order can be stopped by them. `instructions` are
    for whoever packs and hold nothing personal (`invoice`, `gift`, `insert:…`); `remarks` are people's own words.
    """

    channel: str
    reference: str
    lines: tuple[ParsedLine, ...]
    record: int = 1
    file: int = 0
    placed_at: int | None = None
    ship_by: int | None = None
    recipient: ParsedRecipient | None = None
    troubles: tuple[Trouble, ...] = ()
    taken_back: bool = False
    carrier: str = ""
    buyer: str = ""
    amount: int | None = None
    currency: str = ""
    kind: Kind = Kind.ORDINARY
    not_before: int | None = None
    waiting: bool = False  # of a group that is not complete
    instructions: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    label: GivenLabel | None = None


@dataclass(frozen=True, slots=True)
class Loose:
    """Something that forms no order of its own: an orphan, a record that can't be read, a line read twice. If it is
    rejected, it stands for `orders` orders."""

    trouble: Trouble
    reference: str = ""
    lines: int = 1
    units: int = 0
    file: int = 0
    orders: int = 1


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
