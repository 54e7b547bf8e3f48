"""Orders as the warehouse sees them: what to send, by when, and how far it has come."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from wms.domain.ids import CarrierCode, CategoryCode, ChannelCode, OrderId, Sku, WaveId
from wms.domain.rows import Row


class OrderStatus(StrEnum):
    HELD = "held"
    READY = "ready"
    IN_WAVE = "in_wave"
    PICKED = "picked"
    PACKED = "packed"
    HANDED_OVER = "handed_over"
    SHORT = "short"
    CANCELLED = "cancelled"


class OrderKind(StrEnum):
    ORDINARY = ""
    PRESALE = "presale"  # waits until the day from which it may be sent
    GROUP = "group"  # waits until the channel says that the group is complete


class Stop(StrEnum):
    """Why an order must not go on although it was started."""

    NONE = ""
    CANCELLED = "cancelled"
    REFUND = "refund"


class Order(Row):
    """An order. Times in UTC seconds. The recipient is not here: it lies sealed in `Recipient`, and `masked` is all a
    screen shows. `stop` is set when a cancellation or refund arrived after the work began."""

    TABLE: ClassVar[str] = "orders"
    INDEX: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("status",),
        ("status", "reviewed"),
        ("wave",),
        ("channel", "reference"),
    )
    id: OrderId
    channel: ChannelCode
    reference: str  # the channel's own number
    status: OrderStatus
    ship_by: int
    received: int
    category: CategoryCode  # '' where the lines span categories
    carrier: CarrierCode
    masked: str = ""
    hold: str = ""  # the reasons it is held for, as message codes joined by commas
    stop: Stop = Stop.NONE
    stopped_at: int = 0
    wave: WaveId = WaveId("")
    shipped: int = 0
    placed: int = 0  # 0 where the channel does not say
    amount: int = -1  # minor units of `currency`, -1 where it does not say
    currency: str = ""
    kind: OrderKind = OrderKind.ORDINARY
    not_before: int = 0
    instructions: str = ""  # for whoever packs, one a line, nothing personal
    nolabel: bool = False  # no usable recipient: its label comes from the platform
    remarked: bool = False  # people's own words lie sealed with the recipient
    reviewed: bool = False  # by the site's rules, after it came in


class OrderLine(Row):
    TABLE: ClassVar[str] = "order_line"
    REFERS: ClassVar[tuple[tuple[str, str], ...]] = (("order_id", "orders"),)
    KEY: ClassVar[tuple[str, ...]] = ("order_id", "n")
    INDEX: ClassVar[tuple[tuple[str, ...], ...]] = (("order_id",),)
    order_id: OrderId
    n: int
    sku: Sku
    quantity: int
    picked: int = 0
    short: int = 0
    packed: int = 0
    gift: bool = False


class UnknownLine(Row):
    """A line of a held order whose code names no item. `offered` are SKUs that look like it, one a line."""

    TABLE: ClassVar[str] = "unknown_line"
    REFERS: ClassVar[tuple[tuple[str, str], ...]] = (("order_id", "orders"),)
    KEY: ClassVar[tuple[str, ...]] = ("order_id", "code")
    order_id: OrderId
    code: str
    quantity: int
    offered: str = ""


class ChannelWord(Row):
    """What the channel last said of an order that counts: what the next file is compared with. `lines` as
    `wms.domain.changes` writes them; `hold` are the reasons it gave to hold the order, whoever released it."""

    TABLE: ClassVar[str] = "channel_word"
    REFERS: ClassVar[tuple[tuple[str, str], ...]] = (("order_id", "orders"),)
    KEY: ClassVar[tuple[str, ...]] = ("order_id",)
    order_id: OrderId
    lines: str
    ship_by: int
    not_before: int = 0
    hold: str = ""


class ChangeOffer(Row):
    """What the channel says of a known order now, where that is something else: the last such offer. `what` names in
    which respects, joined by commas; `received` is the order as it would be received today (an `OrderReceived` in
    JSON). `kept` says that a person left the order as it was."""

    TABLE: ClassVar[str] = "change_offer"
    REFERS: ClassVar[tuple[tuple[str, str], ...]] = (("order_id", "orders"),)
    KEY: ClassVar[tuple[str, ...]] = ("order_id",)
    INDEX: ClassVar[tuple[tuple[str, ...], ...]] = (("open",),)
    order_id: OrderId
    what: str
    digest: str
    received: str
    masked: str = ""
    sealed: str = ""
    open: bool = True
    kept: bool = False


class Reported(Row):
    """The channel was told that this order is shipped, first at `at`."""

    TABLE: ClassVar[str] = "reported"
    REFERS: ClassVar[tuple[tuple[str, str], ...]] = (("order_id", "orders"),)
    KEY: ClassVar[tuple[str, ...]] = ("order_id",)
    order_id: OrderId
    at: int
    form: str


class Recipient(Row):
    """The person, sealed under the order's own key. Destroying the key erases the person and keeps the ledger."""

    TABLE: ClassVar[str] = "recipient"
    REFERS: ClassVar[tuple[tuple[str, str], ...]] = (("order_id", "orders"),)
    KEY: ClassVar[tuple[str, ...]] = ("order_id",)
    order_id: OrderId
    sealed: str
