"""Erasing recipients: by hand, or when their time is over. The order, its parcels and every move stay in the ledger.

A recipient can be read for so many days after the order was shipped or cancelled (`recipients_kept_days`, 30 unless a
site says otherwise). Then the key goes, here and, by sync, everywhere. That it went is a fact of its own.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from wms.domain.events import RecipientErased
from wms.domain.ids import Badge, OrderId
from wms.domain.orders import Order, OrderStatus
from wms.domain.rows import Rows
from wms.store.database import StoreUnwritable
from wms.store.sealing import destroy, empty_log, order_of
from wms.store.store import Store
from wms.workflows.handling import Outcome

DAY_S = 86_400
FIRST_LOOK_S = 20.0  # after the start, when nobody waits for the first screen any more
AT_ONCE = 500  # orders of one transaction
IN_TIME = "kept long enough"
NOBODY = Badge("")

log = logging.getLogger(__name__)


def erase(
    store: Store,
    orders: Iterable[OrderId],
    person: Badge,
    why: str,
    *,
    beside: Callable[[Any, Outcome], None] | None = None,
) -> list[OrderId]:
    """Erase the recipients of these orders; returns those that there were. `beside` as in `Store.record`.

    Each key goes in the transaction of its fact: the ledger never says of anybody who can still be read that he was
    erased, and whoever is told of the one is told of the other. Raises `StoreUnwritable`.
    """
    live = _live(store.rows.connection)
    wanted = [order for order in dict.fromkeys(orders) if order in live]
    for first in range(0, len(wanted), AT_ONCE):
        some = wanted[first : first + AT_ONCE]

        def destroyed(connection: Any, outcome: Outcome, some: Sequence[OrderId] = some) -> None:
            destroy(connection, some)
            if beside is not None:
                beside(connection, outcome)

        store.record(tuple(RecipientErased(order, why) for order in some), person, beside=destroyed)
    if wanted:
        empty_log(store)
    return wanted


def untold(store: Store) -> set[OrderId]:
    """The orders whose recipients are erased on this disk, and its hub has not heard of it. Empty where it has none."""
    if store.decides:
        return set()
    sql = "SELECT subject FROM sealing_key WHERE key IS NULL AND sent = 0"
    return {order_of(row[0]) for row in store.rows.connection.execute(sql)}


def erase_due(store: Store, days: int) -> list[OrderId]:
    """Erase those whose time is over."""
    live = sorted(_live(store.rows.connection))
    return erase(store, due(store.rows, live, store.clock() // 1000 - days * DAY_S), NOBODY, IN_TIME)


def due(rows: Rows, orders: Iterable[OrderId], before: int) -> list[OrderId]:
    """Those of the orders that were shipped, or cancelled and never shipped, before that time (UTC seconds)."""
    found = (rows.get(Order, order) for order in orders)
    return [order.id for order in found if order is not None and 0 < _over(order) < before]


def _over(order: Order) -> int:
    """When it was over with the order, 0 while it is not."""
    if order.status == OrderStatus.HANDED_OVER:
        return order.shipped
    return order.stopped_at if order.status == OrderStatus.CANCELLED else 0


def _live(connection: Any) -> set[OrderId]:
    """The orders whose recipients can be read here."""
    return {order_of(row[0]) for row in connection.execute("SELECT subject FROM sealing_key WHERE key IS NOT NULL")}


class Eraser:
    """Erases what is due, soon after the start and then daily, on a thread of its own."""

    def __init__(self, store: Store, days: int, *, first_look_s: float = FIRST_LOOK_S) -> None:
        self._store, self._days, self._first_look_s = store, days, first_look_s
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="eraser", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        pause = self._first_look_s
        while not self._stopping.wait(pause):
            pause = float(DAY_S)
            try:
                erased = erase_due(self._store, self._days)
                if erased:
                    log.info("%d recipients were erased: their time is over", len(erased))
            except StoreUnwritable as error:
                log.error("no recipient could be erased: %s", error)
            except Exception:
                log.exception("no recipient could be erased")
