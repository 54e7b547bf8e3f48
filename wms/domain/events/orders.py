"""Orders: received, held, released, stopped, looked at."""

from __future__ import annotations

from wms.domain.ids import CarrierCode, CategoryCode, ChannelCode, OrderId, Sku
from wms.domain.records import Record


class OrderReceived(Record):
    """`lines` are (sku, quantity). `hold` names the reasons it may not be released yet, '' if none. `sealed` is the
    recipient under the order's own key; `masked` is what a screen may show. `placed` (UTC seconds) and `amount` (minor
    units of `currency`) are what the channel said, 0 and -1 where it said nothing. `kind` is one of
    `wms.domain.orders.OrderKind`; a pre-sale may not be sent before `not_before`. `instructions` are for whoever packs
    and hold nothing personal."""

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


class OrderHeld(Record):
    order: OrderId
    reason: str


class OrderReleased(Record):
    order: OrderId


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
