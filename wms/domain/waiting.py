"""Orders that wait for no person: pre-sales for the day from which they may be sent, group buys for the last buyer.

They are held by reasons of their own kind, `presale_until:2026-12-01` and `group_open`, and go on by themselves.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

from wms.domain import holds
from wms.domain.bounds import moment
from wms.domain.catalogue import Site
from wms.domain.ids import OrderId
from wms.domain.orders import ChangeOffer, Order, OrderStatus
from wms.domain.rows import Row, Rows

PRESALE, GROUP = holds.PRESALE_UNTIL, holds.GROUP_OPEN


class Waiting(Row):
    """An order that waits. `until` is when a pre-sale may be sent, UTC seconds; 0 for a group buy."""

    TABLE: ClassVar[str] = "waiting"
    REFERS: ClassVar[tuple[tuple[str, str], ...]] = (("order_id", "orders"),)
    KEY: ClassVar[tuple[str, ...]] = ("what", "until", "order_id")
    INDEX: ClassVar[tuple[tuple[str, ...], ...]] = (("order_id",),)
    what: str  # the code of the reason
    until: int
    order_id: OrderId


def waits_for(rows: Rows, kind: str, not_before: int, now: int, *, group_open: bool) -> tuple[str, ...]:
    """The reasons for which an order that comes in at `now` has to wait; none for one that may go on at once."""
    reasons = []
    if kind == "presale" and not_before > now:
        reasons.append(f"{PRESALE}:{day_of(rows, not_before)}")
    if group_open:
        reasons.append(GROUP)
    return tuple(reasons)


def day_of(rows: Rows, at: int) -> str:
    """The date at the site, as ISO has it."""
    site = rows.get(Site, "site")
    return datetime.fromtimestamp(moment(at), ZoneInfo(site.zone if site is not None else "UTC")).date().isoformat()


def still_waits(order: Order, now: int) -> tuple[str, ...]:
    """The reasons of a held order for which it has to wait whatever a person decides about the others."""
    return tuple(
        reason
        for reason in holds.reasons(order.hold)
        if (reason.startswith(PRESALE) and order.not_before > now) or reason == GROUP
    )


def due_orders(rows: Rows, now: int) -> list[Order]:
    """Pre-sales whose day has come and which nothing else holds: they go on without anybody."""
    found = []
    for waiting in rows.where(Waiting, what=PRESALE):
        order = rows.get(Order, waiting.order_id) if waiting.until <= now else None
        if order is not None and holds.only_waits(order.hold) and not still_waits(order, now):
            found.append(order)
    return found


def to_plan(rows: Rows, now: int) -> list[Order]:
    """The orders that a wave may take: those ready and those whose day has come, in the order of their names. One whose
    channel changed it stays out until somebody has decided, unless only its time is another."""
    changed = {offer.order_id for offer in rows.where(ChangeOffer, open=True) if offer.what != "ship_by"}
    found = [*rows.where(Order, status=OrderStatus.READY), *due_orders(rows, now)]
    return sorted((order for order in found if order.id not in changed), key=lambda order: order.id)
