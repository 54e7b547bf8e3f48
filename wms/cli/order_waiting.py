"""`wms orders waiting|complete|early`: pre-sales and group buys."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING, Any

from wms.cli.output import emit, opened, table, utc
from wms.cli.parsing import command, filled, language_flag

if TYPE_CHECKING:
    from wms.domain.commands import Command
    from wms.domain.orders import Order

WAITING = """\
  {"orders": [{"order": "shop-P-1", "channel": "shop", "reference": "P-1", "waits": ["presale_until:2026-12-01"],
               "until": "2026-11-30T16:00:00Z", "holds": [], "ship_by": "2026-12-02T16:00:00Z"}]}

`holds` are other reasons, for which a person has to decide. `until` is "" for a group buy."""
DECIDED = """\
  {"done": ["shop-A-1001"], "refused": [{"order": "A-1002", "says": "No order A-1002"}]}"""


def add(orders: Any) -> None:
    listing = command(orders, "waiting", "pre-sales and group buys, and what they wait for", waiting, WAITING)
    language_flag(listing)
    completing = command(orders, "complete", "their group is complete: they go on", decide, DECIDED)
    early = command(orders, "early", "send them before their day or their group has come", decide, DECIDED)
    early.add_argument("--reason", type=filled, required=True, metavar="TEXT", help="kept in the ledger")
    for parser in (completing, early):
        parser.add_argument("orders", nargs="+", metavar="ORDER", help="its id, or the channel's number")
        language_flag(parser)


def waiting(options: Namespace) -> int:
    from wms.cli.acting import because
    from wms.domain.orders import Order
    from wms.domain.waiting import Waiting

    with opened(options) as store:
        noted = {(row.until, row.order_id) for row in store.rows.all(Waiting)}
        found = [(until, order) for until, name in sorted(noted) if (order := store.rows.get(Order, name)) is not None]
    documents = [_described(until, order) for until, order in found]
    emit(
        options,
        {"orders": documents},
        lambda: table(
            ("ORDER", "WAITS", "AND IS HELD FOR"),
            [
                (one["order"], because(options, ",".join(one["waits"])), because(options, ",".join(one["holds"])))
                for one in documents
            ],
        ),
    )
    return 0


def _described(until: int, order: Order) -> dict[str, Any]:
    from wms.domain.holds import only_waits, reasons

    return {
        "order": order.id,
        "channel": order.channel,
        "reference": order.reference,
        "waits": [reason for reason in reasons(order.hold) if only_waits(reason)],
        "until": utc(until),
        "holds": [reason for reason in reasons(order.hold) if not only_waits(reason)],
        "ship_by": utc(order.ship_by),
    }


def decide(options: Namespace) -> int:
    from wms.cli.orders import decide_each

    return decide_each(options, lambda order: _decision(options, order))


def _decision(options: Namespace, order: Order) -> Command:
    from wms.domain import commands as c

    if options.subcommand == "complete":
        return c.CompleteGroup(order.id)
    return c.ReleaseOrder(order.id, options.reason)
