"""Orders: received, held, released, stopped, looked at."""

from __future__ import annotations

from wms.domain.ids import CarrierCode, CategoryCode, ChannelCode, OrderId, Sku
from wms.domain.records import Record


class OrderReceived(Record):
    """`lines` are (sku, quantity). `hold` names the reasons it may not be released yet, '' if none. `sealed` is the
    recipient under the order's own key; `masked` is what a screen may show. `placed` (UTC seconds) and `amount` (minor
    units of `currency`) are what the channel said, 0 and -1 where it said nothing. `kind` is one of
    `wms.domain.orders.OrderKind`; a pre-sale may not be sent before `not_before`. `instructions` are for whoever packs
    and hold nothing personal.

    `unknown` are (code, quantity) of lines whose goods are not known, the code spelled as in the reason `unknown_item`;
    `offered` are (code, SKUs that look like it), the likest first."""

    order: OrderId
    channel: ChannelCode
    reference: str
    ship_by: int
    category: CategoryCode
    carrier: CarrierCode
    lines: tuple[tuple[Sku, int], ...]
    hold: str = ""
    masked: str = ""
    sealed: str = ""
    placed: int = 0
    amount: int = -1
    currency: str = ""
    kind: str = ""
    not_before: int = 0
    instructions: tuple[str, ...] = ()
    unknown: tuple[tuple[str, int], ...] = ()
    offered: tuple[tuple[str, tuple[str, ...]], ...] = ()
    nolabel: bool = False  # without a usable recipient: the label's data, or the label, come from the platform
    remarked: bool = False  # people's own words are sealed with the recipient
    gifts: tuple[int, ...] = ()  # which of `lines`, from 1, are gifts


class OrderHeld(Record):
    """`reason` may be several, joined by commas; those of an order that is held already are added to its own."""

    order: OrderId
    reason: str


class OrdersReviewed(Record):
    """The site's rules were applied to these orders, after they came in."""

    orders: tuple[OrderId, ...]


class OrderAsked(Record):
    """Somebody asked the customer or the channel about a held order; it stays held until the answer is here."""

    order: OrderId
    note: str


class OrderLineMatched(Record):
    """A person said which item an unknown code of a held order means. `category` is the order's from now on."""

    order: OrderId
    code: str
    sku: Sku
    quantity: int
    category: CategoryCode = CategoryCode("")


class OrderReleased(Record):
    """`early` says why an order that could have waited goes on; `ship_by` is its new time, 0 where that stays."""

    order: OrderId
    early: str = ""
    ship_by: int = 0


class OrderCancelled(Record):
    """The customer or the channel took the order back; `refund` tells a refund request from a cancellation."""

    order: OrderId
    refund: bool = False
    reason: str = ""


class PartialAllowed(Record):
    """A supervisor lets a short order go with what was picked."""

    order: OrderId


class RecipientErased(Record):
    """The key of the recipient was destroyed: nobody can read who it was any more. The rest of the order stays."""

    order: OrderId
    why: str


class RecipientRevealed(Record):
    order: OrderId
    why: str
