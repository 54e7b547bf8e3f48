"""Erasing recipients at the hub, from where it reaches every terminal with the next pull."""

from __future__ import annotations

from collections.abc import Iterator

from wms.domain.events import RecipientErased
from wms.domain.ids import Badge, OrderId
from wms.hub.interface import HubStore
from wms.store.erasure import AT_ONCE, DAY_S, IN_TIME, NOBODY, due
from wms.store.sealing import empty_log, order_of
from wms.store.store import Store
from wms.sync.wire import KeyLine

_PAGE = 500


def erase_due(hub: HubStore, days: int) -> list[OrderId]:
    """Erase the recipients whose time is over. Raises `StoreUnwritable`."""
    live = dict.fromkeys(order_of(key.subject) for key in _live(hub))
    return erase(hub, due(hub.rows, live, hub.now() // 1000 - days * DAY_S), NOBODY, IN_TIME)


def erase(hub: HubStore, orders: list[OrderId], person: Badge, why: str) -> list[OrderId]:
    """Erase the recipients of these orders; returns those that there were."""
    wanted = set(orders)
    keys: dict[OrderId, list[KeyLine]] = {}
    for key in _live(hub) if wanted else ():
        if order_of(key.subject) in wanted:
            keys.setdefault(order_of(key.subject), []).append(KeyLine(key.subject, None))
    found = list(keys)
    for first in range(0, len(found), AT_ONCE):
        some = found[first : first + AT_ONCE]
        hub.record([RecipientErased(order, why) for order in some], person)
        hub.keep_keys([key for order in some for key in keys[order]])
    store = getattr(hub, "store", None)
    if found and isinstance(store, Store):
        empty_log(store)
    return found


def _live(hub: HubStore) -> Iterator[KeyLine]:
    """Every key the hub holds that is not destroyed."""
    at, head = 0, hub.head()
    while True:
        page = hub.page(head, 1, at)
        yield from (key for key in page.keys if key.key is not None)
        if page.keys_next == at:
            return
        at = page.keys_next
