"""`wms orders erase`: what the warehouse knows of a person goes, and the ledger stays."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from wms.cli.output import emit, opened
from wms.cli.parsing import command, filled, language_flag

if TYPE_CHECKING:
    from wms.domain.ids import OrderId
    from wms.workflows.handling import Outcome

ERASE = """\
  {"erased": ["shop-A-1001"], "gone": [], "unsent": 0}

The key of each order's recipient is destroyed here at once, and everywhere else with the next sync; nobody can bring it
back but from a backup, which is why old backups are to be destroyed in time. What was ordered, packed and sent stays in
the ledger. `gone` orders had no recipient any more. Orders not shipped yet can't be labelled after that. While `unsent`
is not 0, this disk alone knows of it: if it is lost before the terminal has synced, erase them again."""


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
    from wms.store.erasure import untold

    with opened(options) as store:
        wanted = [order_named(store.rows, name).id for name in options.orders]
        done = destroy(store, wanted, operator(), options.why, beside=beside)
        unsent = len(untold(store))
    tell(options, done, [order for order in wanted if order not in done], unsent)
    return 0


def tell(options: Namespace, done: Sequence[OrderId], gone: Sequence[OrderId], unsent: int = 0) -> None:
    """`unsent` recipients are erased on this disk alone so far."""
    said = [f"{len(done)} erased, {len(gone)} had no recipient any more"]
    if unsent:
        said.append(f"the hub has not heard of {unsent} yet: leave this terminal on until it has synced")
    emit(options, {"erased": done, "gone": gone, "unsent": unsent}, lambda: "\n".join(said))
