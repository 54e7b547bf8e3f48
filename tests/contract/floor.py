"""Terminals of one hub, in this process: their stores, their sync, and whether all have come to the same."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.contract.hub_process import HubProcess
from wms.domain import events as e
from wms.domain.events import Fact
from wms.domain.ids import NO_LOT, Badge, CarrierCode, PlaceId, Sku
from wms.hub.interface import HubStore
from wms.hub.roles import TerminalRole
from wms.store import Store, verify
from wms.store.journal import fact_of
from wms.store.schema import ROWS
from wms.store.tables import SqliteRows
from wms.sync.client import SyncClient
from wms.sync.greeting import lives_of
from wms.sync.membership import enrol, membership

P = Badge("P1")
CARRIER = e.CarrierDefined(CarrierCode("SF"), "顺丰", "SF", PlaceId("S-1"), "SF", 12, 1, 99_999)


def received(n: int, sku: str = "SKU", place: str = "A-01") -> e.GoodsReceived:
    return e.GoodsReceived(f"R{n}", Sku(sku), NO_LOT, 1 + n % 7, PlaceId(place))


def moved(n: int) -> e.StockMoved:
    return e.StockMoved(Sku("SKU"), NO_LOT, 1 + n % 3, PlaceId("A-01"), PlaceId(f"A-{n % 5:02}"))


def until(true: Callable[[], object], seconds: float = 20.0, else_say: Callable[[], object] = str) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"it never came true {else_say()}"
        time.sleep(0.005)


def picture(rows: SqliteRows) -> dict[str, list[Any]]:
    return {row.TABLE: rows.all(row) for row in ROWS}


def facts_of(hub: HubStore) -> list[Fact]:
    """The whole feed; positions without a hole."""
    found: list[Fact] = []
    while len(found) < hub.head():
        page = hub.page(len(found), 500, 0)
        found += map(fact_of, page.facts)
        assert [fact.position for fact in found] == list(range(1, len(found) + 1))
    return found


class Floor:
    """Terminals of one hub; all are stopped and closed at the end."""

    def __init__(self, folder: Path, hub: HubProcess) -> None:
        self.folder, self._hub = folder, hub
        self.stores: dict[str, Store] = {}
        self.clients: dict[str, SyncClient] = {}

    def join(
        self, name: str, *, start: bool = True, role: TerminalRole = TerminalRole.ALL, hub: HubProcess | None = None
    ) -> Store:
        self.open(name, name)
        self.enrol(name, role, hub)
        if start:
            self.start(name)
        return self.stores[name]

    def enrol(self, name: str, role: TerminalRole = TerminalRole.ALL, hub: HubProcess | None = None) -> None:
        hub = hub or self._hub
        enrol(self.stores[name], hub.url, hub.code(name, role))

    def open(self, name: str, device: str = "") -> Store:
        """The store in the folder of that name."""
        self.stores[name] = Store(self.folder / name, device)
        return self.stores[name]

    def start(self, name: str) -> SyncClient:
        found = membership(self.stores[name])
        assert found
        client = self.clients[name] = SyncClient(self.stores[name], *found)
        client.start()
        return client

    def stop(self, name: str) -> None:
        self.clients.pop(name).stop()

    def leave(self, name: str) -> None:
        """As when the machine is switched off."""
        if name in self.clients:
            self.stop(name)
        self.stores.pop(name).close()

    def settle(self, head: int = 0) -> int:
        """Wait until every running terminal holds everything, and at least up to `head`, in the hub's present life;
        returns the head."""

        def settled() -> bool:
            stores = [self.stores[name] for name in self.clients]
            heads = {store.head() for store in stores}
            if len(heads) != 1 or max(heads) < head or any(self.waiting().values()):
                return False
            return {lived[-1].name if (lived := lives_of(store)) else "" for store in stores} == {self._hub.life()}

        until(settled, 40, self.state)
        return max(self.stores[name].head() for name in self.clients)

    def waiting(self) -> dict[str, int]:
        return {name: self.stores[name].waiting() for name in self.clients}

    def state(self) -> object:
        return [
            (name, self.stores[name].head(), self.waiting()[name], self.clients[name].status()) for name in self.clients
        ]

    def require_equal(self) -> list[Fact]:
        """The hub, which ends, and all terminals hold the same facts at the same positions and the same rows; each
        agrees with its own replay. Returns the facts."""
        if self._hub.process is not None:
            self._hub.terminate()
        with self._hub.opened() as hub:
            facts, rows = facts_of(hub), picture(hub.rows)
            assert verify(hub.rows).problems == ()
            for name, store in self.stores.items():
                assert store.since(0, 1_000_000) == facts, name
                assert picture(store.rows) == rows, name
                assert verify(store.rows).problems == (), name
                assert store.waiting() == 0, name
        assert len({fact.key for fact in facts}) == len(facts)
        return facts

    def close(self) -> None:
        for name in list(self.stores):
            self.leave(name)
