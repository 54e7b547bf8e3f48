"""`wms orders erase`: what the warehouse knows of a person goes, and the ledger stays."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from wms.cli.output import emit, opened
from wms.cli.parsing import command, filled, language_flag

if TYPE_CHECKING:
    from wms.workflows.handling import Outcome

ERASE = """\
  {"erased": ["shop-A-1001"], "gone": []}

The key of each order's recipient is destroyed here at once, and everywhere else with the next sync; nobody can bring it
back but from a backup, which is why old backups are to be destroyed in time. What was ordered, packed and sent stays in
the ledger. `gone` orders had no recipient any more. Orders not shipped yet can't be labelled after that."""


def add(group: Any, run: Callable[[Namespace], int] | None = None) -> ArgumentParser:
    """`run` carries it out where it is not the data directory that is meant."""
    erasing = command(group, "erase", "destroy what is known of the recipients of orders", run or erase, ERASE)
    erasing.add_argument("orders", nargs="+", metavar="ORDER", help="its id, or the channel's number")
    erasing.add_argument("--why", type=filled, default="asked for", metavar="TEXT", help="kept in the ledger")
    language_flag(erasing)
    return erasing


def erase(options: Namespace, beside: Callable[[Any, Outcome], None] | None = None) -> int:
    """`beside` writes into the same transaction as the facts of it."""
    from wms.cli.acting import operator
    from wms.cli.orders import order_named
    from wms.store.erasure import erase as destroy

    with opened(options) as store:
        wanted = [order_named(store.rows, name).id for name in options.orders]
        done = destroy(store, wanted, operator(), options.why, beside=beside)
    gone = [order for order in wanted if order not in done]
    emit(options, {"erased": done, "gone": gone}, lambda: f"{len(done)} erased, {len(gone)} had no recipient any more")
    return 0
