"""Commands about what channels say of known orders, and what they are told back."""

from __future__ import annotations

from typing import TypeAlias

from wms.domain.events.orders import OrderReceived
from wms.domain.ids import ChannelCode, OrderId
from wms.domain.records import Record


class CompleteGroup(Record):
    """The channel says that the group is complete. `ship_by` is the time it gave with that, 0 for none."""

    order: OrderId
    ship_by: int = 0


class OfferChange(Record):
    """The channel says something else of a known order now: `received` is how it would come in today. `what` and
    `digest` as `wms.domain.changes` has them."""

    what: str
    digest: str
    received: OrderReceived


class TakeChange(Record):
    """What was offered counts from now on. `digest` names the offer that was looked at."""

    order: OrderId
    digest: str


class KeepOrder(Record):
    """The order stays as it was, whatever was offered."""

    order: OrderId
    digest: str
    why: str = ""


class ReportShipments(Record):
    """The channel has been given a file, of that `form`, that says these orders are shipped. `again`: also those it was
    told of before."""

    channel: ChannelCode
    orders: tuple[OrderId, ...]
    form: str
    again: bool = False


ChannelCommand: TypeAlias = CompleteGroup | OfferChange | TakeChange | KeepOrder | ReportShipments
