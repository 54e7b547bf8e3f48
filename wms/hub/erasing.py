"""Erasing recipients at the hub, from where it reaches every terminal with the next pull."""

from __future__ import annotations

from collections.abc import Iterator

from wms.domain.events import RecipientErased
from wms.domain.ids import Badge, OrderId
from wms.hub import audit
from wms.hub.database import HubDatabase, Session
from wms.hub.interface import HubStore
from wms.store.erasure import AT_ONCE, DAY_S, IN_TIME, NOBODY, due
from wms.store.sealing import NAME_CHARACTERS, empty_log, order_of
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


def destroy_keys(database: HubDatabase, warehouse: str, order: str, actor: str, now: int) -> int:
    """Destroy the keys of one order in a hub's database server, with a line in the audit; safe beside a running hub,
    which tells its terminals. Returns how many there were."""
    prefix = f"{order}:"
    which = "wh = ? AND substr(subject, 1, ?) = ? AND length(subject) = ? AND key IS NOT NULL"
    asked = (warehouse, len(prefix), prefix, len(prefix) + NAME_CHARACTERS)

    def work(session: Session) -> int:
        session.execute("SELECT position FROM hub_head WHERE wh = ? FOR UPDATE", (warehouse,)).fetchone()
        found = session.execute(f"SELECT subject FROM hub_key WHERE {which}", asked).fetchall()  # noqa: S608
        for (subject,) in found:
            told = "UPDATE hub_head SET keys = keys + 1 WHERE wh = ? RETURNING keys"
            serial = session.execute(told, (warehouse,)).fetchone()[0]
            erased = "UPDATE hub_key SET key = NULL, serial = ? WHERE wh = ? AND subject = ?"
            session.execute(erased, (serial, warehouse, subject))
        if found:
            audit.note(session, warehouse, now, actor, "erase", order)
        return len(found)

    return database.write(work)
