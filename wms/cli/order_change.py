"""`wms orders change`: what a channel changed in an order that is here already, taken or left."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING, Any

from wms.cli.output import Refusal, emit, opened, utc
from wms.cli.parsing import command, filled, language_flag

if TYPE_CHECKING:
    from wms.domain.orders import ChangeOffer
    from wms.domain.rows import Rows

CHANGED = """\
  {"order": "shop-A-1001", "status": "ready", "done": "taken"}
without --take and --keep:
  {"order": "shop-A-1001", "channel": "shop", "reference": "A-1001", "status": "ready", "what": ["lines"],
   "says": ["Order A-1001 was changed in the channel: other goods", "Green tea: 2 -> 3"], "can_be_taken": true,
   "since": "2026-11-11T08:30:00Z"}

`done` is taken or kept. A change that came too late to be taken can be kept, or the order be cancelled."""


def add(orders: Any) -> None:
    changing = command(orders, "change", "take or leave what the channel changed in an order", change, CHANGED)
    changing.add_argument("order", metavar="ORDER", help="its id, or the channel's number")
    way = changing.add_mutually_exclusive_group()
    way.add_argument("--take", action="store_true", help="the order is from now on as the channel says")
    way.add_argument("--keep", action="store_true", help="the order stays as it is")
    changing.add_argument("--reason", type=filled, metavar="TEXT", help="with --keep: why")
    language_flag(changing)


def change(options: Namespace) -> int:
    from wms.cli.acting import carry_out
    from wms.cli.orders import order_named
    from wms.domain import commands as c
    from wms.domain.orders import ChangeOffer, Order
    from wms.domain.rows import need

    if options.reason and not options.keep:
        raise Refusal("--reason goes with --keep", 2)
    with opened(options) as store:
        order = order_named(store.rows, options.order)
        offer = store.rows.get(ChangeOffer, order.id)
        if offer is None or not offer.open:
            raise Refusal(f"the channel changed nothing in order {order.reference} that is not decided")
        if not (options.take or options.keep):
            found = described(options, offer, store.rows)
            emit(options, found, lambda: "\n".join(found["says"]))
            return 0
        if options.take:
            carry_out(options, store, c.TakeChange(order.id, offer.digest))
        else:
            carry_out(options, store, c.KeepOrder(order.id, offer.digest, options.reason or ""))
        now = need(store.rows, Order, order.id)
    done = "taken" if options.take else "kept"
    emit(options, {"order": now.id, "status": now.status, "done": done}, lambda: f"{now.id}: {done}, {now.status}")
    return 0


def undecided(options: Namespace, rows: Rows) -> list[dict[str, Any]]:
    """All changes that wait for a decision, the oldest first."""
    from wms.domain.orders import ChangeOffer

    found = [described(options, offer, rows) for offer in rows.where(ChangeOffer, open=True)]
    return sorted(found, key=lambda one: (one["since"], one["order"]))


def described(options: Namespace, offer: ChangeOffer, rows: Rows) -> dict[str, Any]:
    """What differs, in words too."""
    from wms.cli.acting import language_of
    from wms.domain.changes import may_take
    from wms.domain.orders import Order
    from wms.domain.review import Review
    from wms.domain.rows import need
    from wms.terminal.messages import speech
    from wms.workflows import changed

    order, voice = need(rows, Order, offer.order_id), speech(language_of(options))
    told = rows.get(Review, f"order_changed/{order.id}") or Review("", "order_changed", order.id, 0, offer.what)
    return {
        "order": order.id,
        "channel": order.channel,
        "reference": order.reference,
        "status": order.status,
        "what": offer.what.split(","),
        "says": [voice.say(text) for text in (changed.sentence(told, rows), *changed.facts(told, rows))],
        "can_be_taken": may_take(rows, order.id, offer.what),
        "since": utc(told.at),
    }


def respects(rows: Rows, order: str) -> list[str]:
    """In which respects the channel changed it and nobody has decided yet."""
    from wms.domain.orders import ChangeOffer

    offer = rows.get(ChangeOffer, order)
    return offer.what.split(",") if offer is not None and offer.open else []
