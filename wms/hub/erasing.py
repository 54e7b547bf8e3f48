"""Erasing recipients at the hub, from where it reaches every terminal with the next pull."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wms.domain.events import OrderReceived, RecipientErased
from wms.domain.ids import Badge, OrderId
from wms.hub import audit, lives
from wms.hub.database import HubDatabase, Session
from wms.hub.interface import Beside, HubStore
from wms.store.codec import decode
from wms.store.erasure import AT_ONCE, DAY_S, IN_TIME, NOBODY, due
from wms.store.sealing import NAME_CHARACTERS, destroy, empty_log, order_of
from wms.store.store import Store
from wms.sync.wire import KeyLine
from wms.workflows.handling import Outcome, Recorded

_PAGE = 500


def erase_due(hub: HubStore, days: int) -> list[OrderId]:
    """Erase the recipients whose time is over. Raises `StoreUnwritable`."""
    live = dict.fromkeys(order_of(key.subject) for key in _live(hub))
    return erase(hub, due(hub.rows, live, hub.now() // 1000 - days * DAY_S), NOBODY, IN_TIME)


def erase(hub: HubStore, orders: list[OrderId], person: Badge, why: str) -> list[OrderId]:
    """Erase the recipients of these orders, each with a fact and a line in the audit in the same transaction; returns
    those that there were. A key that came since they were looked for goes too. Raises `StoreUnwritable`."""
    wanted = set(orders)
    live = (order_of(key.subject) for key in (_live(hub) if wanted else ()))
    found = list(dict.fromkeys(order for order in live if order in wanted))
    note = noted(hub.warehouse, "hub", hub.now() // 1000)
    for first in range(0, len(found), AT_ONCE):
        some = found[first : first + AT_ONCE]

        def destroyed(session: Session, outcome: Outcome, some: Sequence[OrderId] = some) -> None:
            _destroy(hub, session, some)
            note(session, outcome)

        hub.record([RecipientErased(order, why) for order in some], person, beside=destroyed)
    store = getattr(hub, "store", None)
    if found and isinstance(store, Store):
        empty_log(store)
    return found


def _destroy(hub: HubStore, session: Session, orders: Sequence[OrderId]) -> None:
    if isinstance(getattr(hub, "store", None), Store):
        destroy(session, orders)
    else:
        _destroy_keys(session, hub.warehouse, orders)


def _live(hub: HubStore) -> Iterator[KeyLine]:
    """Every key the hub holds that is not destroyed."""
    at, head = 0, hub.head()
    while True:
        page = hub.page(head, 1, at)
        yield from (key for key in page.keys if key.key is not None)
        if page.keys_next == at:
            return
        at = page.keys_next


def noted(warehouse: str, actor: str, now: int) -> Beside:
    """What writes a line into the audit for each recipient erased, in the transaction of the fact."""

    def beside(session: Session, outcome: Outcome) -> None:
        for fact in outcome.facts if isinstance(outcome, Recorded) else ():
            if isinstance(fact.body, RecipientErased):
                audit.note(session, warehouse, now, actor, "erase", fact.body.order)

    return beside


class UnknownOrder(LookupError):
    """There is no such order, or several channels have that number; the text says which."""


def erase_in_database(
    database: HubDatabase, warehouse: str, named: Sequence[str], person: Badge, why: str, now: int
) -> tuple[list[OrderId], list[OrderId]]:
    """Erase the recipients of orders, by their ids or the channels' numbers, in a hub's database server. Safe beside
    running hubs, who tell their terminals. Returns whose there were, and whose were gone. `now` is UTC seconds.

    Raises `UnknownOrder`, and has then erased nobody.
    """
    from wms.hub import postgres_journal

    wanted = _orders_named(database, warehouse, named)

    def work(session: Session) -> tuple[list[OrderId], list[OrderId]]:
        head = postgres_journal.lock(session, warehouse)
        had = _destroy_keys(session, warehouse, wanted)
        done = [order for order in wanted if order in had]
        _, device = lives.present(session, warehouse) or lives.begin(session, warehouse, 0, now)
        erased = [RecipientErased(order, why) for order in done]
        facts = postgres_journal.say(session, warehouse, device, head, erased, person, now * 1000)
        noted(warehouse, audit.account(), now)(session, Recorded(facts))
        return done, [order for order in wanted if order not in done]

    return database.write(work)


def _orders_named(database: HubDatabase, warehouse: str, named: Sequence[str]) -> list[OrderId]:
    sql = "SELECT kind, body FROM hub_event WHERE wh = ? AND kind = 'OrderReceived' ORDER BY position"
    ids, numbers = set[OrderId](), dict[str, list[OrderId]]()
    for kind, body in database.read(lambda session: session.execute(sql, (warehouse,)).fetchall()):
        received = decode(kind, body.encode())
        if isinstance(received, OrderReceived):
            ids.add(received.order)
            if received.reference in named:
                numbers.setdefault(received.reference, []).append(received.order)
    found: dict[OrderId, None] = {}
    for name in named:
        alike = [OrderId(name)] if name in ids else list(dict.fromkeys(numbers.get(name, ())))
        if len(alike) > 1:
            raise UnknownOrder(f"{name} is a number of several channels: say {' or '.join(alike)}")
        if not alike:
            raise UnknownOrder(f"there is no order {name}")
        found[alike[0]] = None
    return list(found)


def _destroy_keys(session: Session, warehouse: str, orders: Sequence[OrderId]) -> set[OrderId]:
    """On PostgreSQL. Returns those that had any."""
    from wms.hub import postgres_journal

    sql = "SELECT subject FROM hub_key WHERE wh = ? AND key IS NOT NULL AND left(subject, ?) = ANY(?)"
    found = session.execute(sql, (warehouse, -NAME_CHARACTERS - 1, list(orders))).fetchall()
    ends = [subject for (subject,) in found]
    for first in range(0, len(ends), postgres_journal.KEYS_AT_ONCE):
        some = ends[first : first + postgres_journal.KEYS_AT_ONCE]
        postgres_journal.keep_keys(session, warehouse, [KeyLine(subject, None) for subject in some])
    return {order_of(subject) for subject in ends}
