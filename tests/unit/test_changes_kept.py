"""A change of a known order on the disk: offered by an import, asked of the hub, taken, sealed and replayed."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from wms.domain import commands as c
from wms.domain import events as e
from wms.domain.catalogue import Item
from wms.domain.ids import Badge, OrderId
from wms.domain.orders import ChangeOffer, Order, OrderLine, Recipient
from wms.domain.places import Place, PlaceKind
from wms.domain.recipients import PersonalData
from wms.domain.records import replace
from wms.store import Store
from wms.store.erasure import erase
from wms.store.sealing import seal, unseal
from wms.store.verify import verify
from wms.sync import wire
from wms.workflows.handling import Recorded
from wms.workflows.news import People, news_of, sealed_of

ANN = PersonalData("Ann Lee", "13800138000", ("1 Lake Road",), "Hangzhou")
BOB = PersonalData("Bob Wu", "13900139000", ("2 Hill Road",), "Hangzhou")
W1 = OrderId("web-1")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(Store(tmp_path / "data", "T1")) as made:
        made.record(
            (
                e.ItemDefined(Item("TEA", "茶", "Tea", "food"), ()),
                e.PlaceDefined(Place("A-1", PlaceKind.BIN)),
                e.GoodsReceived("R", "TEA", "", 50, "A-1"),
            ),
            Badge(""),
        )
        yield made


def asked(store: Store, command: Any) -> None:
    """As a terminal asks the hub for it."""
    message = wire.ask("r", "P", command)
    outcome = store.execute(wire.command_of(message.command, message.body), Badge("P"))
    assert isinstance(outcome, Recorded)


def opened(store: Store, sealed: str) -> PersonalData | None:
    return unseal(store.rows, W1, sealed) if sealed else None


def imported(store: Store, incoming: c.IncomingOrder, person: PersonalData) -> int:
    known, offered = (opened(store, sealed) for sealed in sealed_of(store.rows, W1))
    incoming = replace(incoming, masked=person.masked(), sealed=seal(store, W1, person))
    news = news_of(store.rows, incoming, People(known, offered, person))
    for command in news:
        asked(store, command)
    return len(news)


def test_from_the_file_to_the_order_and_back_from_the_journal(store):
    first = c.IncomingOrder(W1, "web", "1", 9, "sf", (("TEA", 2),), masked=ANN.masked(), sealed=seal(store, W1, ANN))
    asked(store, c.TakeOrders((first,)))
    changed = replace(first, lines=(("TEA", 3),))
    assert [imported(store, changed, BOB) for _ in range(3)] == [1, 0, 0]
    offer = store.rows.get(ChangeOffer, W1)
    assert (offer.what, opened(store, offer.sealed)) == ("lines,recipient", BOB)
    asked(store, c.TakeChange(W1, offer.digest))
    assert store.rows.get(OrderLine, W1, 1).quantity == 3
    assert opened(store, store.rows.get(Recipient, W1).sealed) == BOB
    assert store.rows.get(Order, W1).masked == BOB.masked()
    assert imported(store, changed, BOB) == 0
    assert verify(store.rows).problems == ()
    erase(store, [W1], Badge("P"), "asked for")
    assert opened(store, store.rows.get(Recipient, W1).sealed) is None
