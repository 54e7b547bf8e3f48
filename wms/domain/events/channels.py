"""Channels: what they say of orders known already, and what they were told back."""

from __future__ import annotations

from wms.domain.events.orders import OrderReceived
from wms.domain.ids import ChannelCode, OrderId
from wms.domain.records import Record


class OrderChangeOffered(Record):
    """A channel says something else of a known order now, in the respects that `what` names (joined by commas, see
    `wms.domain.changes`). `received` is how it would come in today; the order stays as it is until a person decides.
    `digest` tells the same offer from another one and is made of nothing personal."""

    what: str
    digest: str
    received: OrderReceived


class OrderChanged(Record):
    """A person took the change: the order is as `received` says in these respects, and held for what that says."""

    what: str
    digest: str
    received: OrderReceived


class OrderChangeKept(Record):
    """The order stays as it was; `why` is a person's word, or that the channel went back to what it had said."""

    order: OrderId
    digest: str
    why: str = ""


class ShipmentsReported(Record):
    """The channel has been given a file of that `form`, or was told by hand, that these orders are shipped."""

    channel: ChannelCode
    orders: tuple[OrderId, ...]
    form: str
