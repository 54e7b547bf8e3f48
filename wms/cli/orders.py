"""`wms orders`: in from the channels, and what a person decides about them."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from wms.cli import (
    erasing,
    order_change,
    order_label_data,
    order_review,
    order_shipped,
    order_waiting,
    orders_import,
    orders_template,
    orders_watch,
)
from wms.cli.output import Refusal, emit, opened, table, utc, wall
from wms.cli.parsing import command, filled, group, language_flag

if TYPE_CHECKING:
    from wms.domain.commands import Command
    from wms.domain.orders import Order
    from wms.domain.rows import Rows

STATUSES = ("held", "ready", "in_wave", "picked", "packed", "handed_over", "short", "cancelled")

LIST = """\
  {"orders": [{"order": "shop-A-1001", "channel": "shop", "reference": "A-1001", "status": "held",
               "ship_by": "2026-11-13T08:27:00Z", "received": "2026-11-11T08:30:00Z", "category": "food",
               "carrier": "sf", "wave": "", "stop": "", "holds": ["no_stock:TEA-01:2"], "changed": [],
               "recipient": "王* 上海"}]}

`changed` says in which respects the channel changed the order and nobody has decided yet: see `wms orders change`."""
SHOW = """\
  the same object as in `list`, with "says" (the holds in words), "changes" (what the channel changed,
  in words),
  "lines": [{"n": 1, "sku": "TEA-01", "quantity": 2, "picked": 0, "short": 0, "packed": 0}],
  "parcels": [{"parcel": "shop-A-1001/1", "status": "staged", "waybill": "SF100000000001", "weight_g": 420,
               "carton": "K1", "place": "S-1", "manifest": ""}] and, with --reveal,
  "revealed": {"name": "…", "phone": "…", "address": ["…"], "city": "…", "postcode": "…", "country": "…"}"""
DECIDED = """\
  {"done": ["shop-A-1001"], "refused": [{"order": "A-1002", "says": "No order A-1002"}]}"""


def add(top: ArgumentParser, commands: Any) -> None:
    orders = group(commands, "orders", "orders in, and what is decided about them")
    for part in (
        orders_import,
        orders_watch,
        orders_template,
        order_review,
        order_change,
        order_waiting,
        order_label_data,
        order_shipped,
    ):
        part.add(orders)
    listing = command(orders, "list", "all orders, the next to ship first", list_orders, LIST)
    listing.add_argument("--status", choices=STATUSES)
    language_flag(listing)
    showing = command(orders, "show", "one order with its lines and parcels", show_order, SHOW)
    showing.add_argument("order", metavar="ORDER", help="its id, or the channel's number")
    showing.add_argument("--reveal", type=filled, metavar="WHY", help="show the recipient; who looked and why is kept")
    language_flag(showing)
    erasing.add(orders)
    for name, about in (
        ("hold", "keep orders from being released"),
        ("release", "let held orders go on"),
        ("cancel", "stop orders wherever they are"),
    ):
        deciding = command(orders, name, about, decide, DECIDED)
        deciding.add_argument("orders", nargs="+", metavar="ORDER")
        if name == "cancel":
            deciding.add_argument("--refund", action="store_true", help="the customer asked for a refund")
        if name != "release":
            deciding.add_argument("--reason", type=filled, required=True, metavar="TEXT")
        language_flag(deciding)


def list_orders(options: Namespace) -> int:
    from wms.cli.acting import because, zone_of
    from wms.domain.orders import ChangeOffer, Order

    with opened(options) as store:
        rows = store.rows
        found = rows.where(Order, status=options.status) if options.status else rows.all(Order)
        orders = sorted(found, key=lambda order: (order.ship_by, order.id))
        zone, changed = zone_of(rows), {offer.order_id for offer in rows.where(ChangeOffer, open=True)}
        document = {"orders": [described(order, rows) for order in orders]}
    emit(
        options,
        document,
        lambda: table(
            ("ORDER", "STATUS", "SHIP BY", "CATEGORY", "WAVE", "RECIPIENT", "HELD FOR"),
            [
                (
                    o.id,
                    f"{o.stop or o.status}{', changed' if o.id in changed else ''}",
                    wall(o.ship_by, zone),
                    o.category,
                    o.wave,
                    o.masked,
                    because(options, o.hold),
                )
                for o in orders
            ],
        ),
    )
    return 0


def described(order: Order, rows: Rows) -> dict[str, Any]:
    return {
        "order": order.id,
        "channel": order.channel,
        "reference": order.reference,
        "status": order.status,
        "ship_by": utc(order.ship_by),
        "received": utc(order.received),
        "category": order.category,
        "carrier": order.carrier,
        "wave": order.wave,
        "stop": order.stop,
        "holds": [reason for reason in order.hold.split(",") if reason],
        "changed": order_change.respects(rows, order.id),
        "recipient": order.masked,
    }


def show_order(options: Namespace) -> int:
    from wms.cli.order_shown import show

    with opened(options) as store:
        return show(options, store, order_named(store.rows, options.order))


def order_named(rows: Rows, name: str) -> Order:
    """By its id, else by the channel's number. Raises `Refusal` if there is none, or if several channels have it."""
    from wms.domain.orders import Order

    order = rows.get(Order, name)
    if order is not None:
        return order
    alike = [one for one in rows.all(Order) if one.reference == name]
    if len(alike) > 1:
        raise Refusal(f"{name} is a number of several channels: say {' or '.join(one.id for one in alike)}")
    if not alike:
        raise Refusal(f"there is no order {name}")
    return alike[0]


def decide(options: Namespace) -> int:
    """`hold`, `release` and `cancel`."""
    return decide_each(options, lambda order: _decision(options, order))


def decide_each(options: Namespace, decision: Callable[[Order], Command]) -> int:
    """Every order that the options name is tried, each refusal has its reason."""
    from wms.cli.acting import carry_out

    done: list[str] = []
    refused: list[dict[str, str]] = []
    with opened(options) as store:
        for name in options.orders:
            try:
                order = order_named(store.rows, name)
                carry_out(options, store, decision(order))
                done.append(order.id)
            except Refusal as refusal:
                refused.append({"order": name, "says": str(refusal)})
    emit(options, {"done": done, "refused": refused}, lambda: "\n".join(f"{options.subcommand}: {one}" for one in done))
    for one in refused:
        print(f"wms: {one['order']}: {one['says']}", file=sys.stderr)
    return 1 if refused else 0


def _decision(options: Namespace, order: Order) -> Command:
    from wms.domain import commands as c

    match options.subcommand:
        case "hold":
            return c.HoldOrder(order.id, f"by_hand:{options.reason.replace(',', ';')}")
        case "release":
            return c.ReleaseOrder(order.id)
        case _:
            return c.CancelOrder(order.id, options.refund, options.reason)
