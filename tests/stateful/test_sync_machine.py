"""Hypothesis plays network, crashes and restores against member stores and a hub, in one process.

Messages are encoded, kept in flight, delivered late, twice, in any order or never. Stores are closed and opened,
transactions fail after the guard was written, older copies of a member's database are put back. Once everything is
delivered, all nodes must hold the same facts at the same positions, each key once, and the same picture.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from wms.domain import commands as c
from wms.domain import events as e
from wms.domain.catalogue import Item
from wms.domain.events import Event, Key
from wms.domain.ids import NO_LOT, Badge, CarrierCode, CategoryCode, DeviceId, LotId, ParcelId, PlaceId, Sku
from wms.hub.embedded import EmbeddedHub
from wms.hub.interface import Gap
from wms.store import Store, verify
from wms.store.schema import ROWS
from wms.sync import tail, wire

NAMES = ("A", "B", "C")
few = st.sampled_from(["1", "2"])
places = few.map(lambda n: PlaceId(f"B{n}"))
skus = few.map(lambda n: Sku(f"S{n}"))
some = st.integers(1, 5)


def item(sku: Sku, code: str) -> e.ItemDefined:
    return e.ItemDefined(Item(sku, sku, sku, CategoryCode("G")), ((code, 1),))


events: st.SearchStrategy[Event] = st.one_of(
    st.builds(e.GoodsReceived, few, skus, few.map(LotId), some, places, few),
    st.builds(e.StockMoved, skus, st.just(NO_LOT), some, places, places),
    st.builds(e.StockAdjusted, skus, st.just(NO_LOT), places, st.integers(-5, 5), st.just("count")),
    st.builds(item, skus, few),  # the last definition in the hub's order counts
    st.builds(e.ReviewRaised, st.just("printer"), few, few),
    st.builds(e.ReviewClosed, few.map(lambda n: f"printer/{n}"), few),
    st.builds(e.SignedIn, few.map(Badge), few),
    st.builds(e.SignedOut, few.map(Badge)),
    st.builds(e.SiteNamed, few, st.just("UTC")),
    st.builds(
        e.WaybillAssigned, few.map(ParcelId), st.just(CarrierCode("SF")), few, st.just("L1"), st.integers(1, 3)
    ),  # the same number on two parcels becomes a review
)


class Broken(Exception):
    """The power went between the guard and the commit."""


class SyncMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp(prefix="wms-sync-"))
        self.hub = EmbeddedHub(self.root / "hub", "HUB")
        self.stores: dict[str, Store] = {}
        self.said: dict[Key, Event] = {}
        self.pushes: list[bytes] = []
        self.pages: list[tuple[str, bytes]] = []

    @initialize(alone=st.sampled_from(NAMES))
    def open_all(self, alone: str) -> None:
        for name in NAMES:
            self.stores[name] = Store(self.root / name, name, decides=name == alone)

    def _note(self, facts: tuple[e.Fact, ...]) -> None:
        for fact in facts:
            assert fact.key not in self.said, "a key was used twice"
            self.said[fact.key] = fact.body

    # What happens on the floor

    @rule(name=st.sampled_from(NAMES), facts=st.lists(events, min_size=1, max_size=4))
    def record(self, name: str, facts: list[Event]) -> None:
        self._note(self.stores[name].record(facts, Badge("P")))

    @rule(facts=st.lists(events, min_size=1, max_size=2))
    def record_at_the_hub(self, facts: list[Event]) -> None:
        self._note(self.hub.store.record(facts, Badge("HUB")))

    @rule(name=st.sampled_from(NAMES))
    def join(self, name: str) -> None:
        self.stores[name].join()

    # The network

    @rule(
        name=st.sampled_from(NAMES), skip=st.sampled_from([0, 0, 0, 1, 3]), limit=st.integers(1, 6), now=st.booleans()
    )
    def send_push(self, name: str, skip: int, limit: int, now: bool) -> None:
        """A terminal sends part of its tail, perhaps believing that more had arrived than had. What is delivered at
        once stays in flight too: a copy may come late."""
        store = self.stores[name]
        if store.decides:
            return
        after = (0, 0)
        for fact in tail.owed(store, (0, 0), skip):
            after = (fact.key.epoch, fact.key.n)
        facts = tail.owed(store, after, limit)
        if facts:
            self.pushes.append(msgspec.json.encode(wire.push_of(facts)))
            if now:
                self._push(self.pushes[-1])

    @precondition(lambda self: self.pushes)
    @rule(data=st.data(), again=st.booleans())
    def deliver_push(self, data: Any, again: bool) -> None:
        index = data.draw(st.integers(0, len(self.pushes) - 1))
        self._push(self.pushes[index])
        if not again:
            del self.pushes[index]

    def _push(self, message: bytes) -> int | None:
        push = msgspec.json.decode(message, type=wire.Push)
        facts = [wire.fact_of(line) for line in push.facts]
        try:
            return self.hub.push(DeviceId(push.device), push.epoch, push.first, facts, ())
        except Gap:
            return None

    @rule(name=st.sampled_from(NAMES), limit=st.integers(1, 6), now=st.booleans())
    def send_page(self, name: str, limit: int, now: bool) -> None:
        store = self.stores[name]
        if not store.decides:
            page = self.hub.page(store.head(), limit, 0)
            self.pages.append((name, msgspec.json.encode([wire.fact_line(fact) for fact in page.facts])))
            if now:
                store.receive(page.facts)

    @precondition(lambda self: self.pages)
    @rule(data=st.data(), again=st.booleans())
    def deliver_page(self, data: Any, again: bool) -> None:
        index = data.draw(st.integers(0, len(self.pages) - 1))
        name, message = self.pages[index]
        facts = [wire.fact_of(line) for line in msgspec.json.decode(message, type=list[wire.FactLine])]
        store = self.stores[name]
        if facts and (facts[0].position or 0) <= store.head() + 1:  # a terminal drops what does not fit on
            store.receive(facts)
        if not again:
            del self.pages[index]

    # Trouble

    @rule(name=st.sampled_from(NAMES))
    def close_and_open(self, name: str) -> None:
        self._reopen(name)

    @rule(name=st.sampled_from(NAMES))
    def lose_power_before_the_commit(self, name: str) -> None:
        def fail(*_: object) -> None:
            raise Broken

        store = self.stores[name]
        try:
            store.execute(c.RaiseReview("power", name), Badge("P"), beside=fail)
        except Broken:
            self._reopen(name)

    @rule(name=st.sampled_from(NAMES), facts=st.lists(events, min_size=1, max_size=4), send=st.booleans())
    def work_and_then_put_an_older_copy_back(self, name: str, facts: list[Event], send: bool) -> None:
        copy = self.root / f"{name}.copy"
        if not self.stores[name].decides:
            self._reopen(name, lambda path: shutil.copy(path, copy))
            self.record(name, facts)
            if send:
                self.send_push(name, 0, 6, now=True)
            self._reopen(name, lambda path: shutil.copy(copy, path))

    @rule()
    def restart_the_hub(self) -> None:
        lineage = self.hub.lineage
        self.hub.close()
        self.hub = EmbeddedHub(self.root / "hub")
        assert self.hub.lineage == lineage

    def _reopen(self, name: str, between: Any = None) -> None:
        store = self.stores[name]
        decides = store.decides
        store.close()
        if between is not None:
            assert not list((self.root / name).glob("*-wal")), "the journal is in the database file once it is closed"
            between(store.path)
        self.stores[name] = Store(self.root / name, decides=decides)

    @rule(name=st.sampled_from(NAMES))
    def a_picture_is_always_its_journal_replayed(self, name: str) -> None:
        store = self.stores[name]
        assert verify(store.rows).problems == ()

    # The end of the day

    def teardown(self) -> None:
        try:
            if self.stores:
                self._settle()
                self._compare()
        finally:
            for store in self.stores.values():
                store.close()
            self.hub.close()
            shutil.rmtree(self.root)

    def _settle(self) -> None:
        for message in self.pushes:
            self._push(message)
        for store in self.stores.values():
            store.join()
            acked = (0, 0)
            while facts := tail.owed(store, acked, 3):
                highest = self._push(msgspec.json.encode(wire.push_of(facts)))
                assert highest is not None, "facts in the order of the journal leave no gap"
                acked = (facts[0].key.epoch, highest)
        for message in self.pushes:  # copies that come at last
            self._push(message)
        for store in self.stores.values():
            while facts := list(self.hub.page(store.head(), 4, 0).facts):
                store.receive(facts)

    def _compare(self) -> None:
        journal = self.hub.store.since(0, 1_000_000)
        assert [fact.position for fact in journal] == list(range(1, len(journal) + 1))
        assert len({fact.key for fact in journal}) == len(journal)
        assert all(self.said[fact.key] == fact.body for fact in journal)
        for life in {(fact.key.device, fact.key.epoch) for fact in journal}:
            own = [fact.key.n for fact in journal if (fact.key.device, fact.key.epoch) == life]
            assert own == list(range(1, len(own) + 1)), "a device's facts stand in the order it said them"
        for store in (self.hub.store, *self.stores.values()):
            assert store.waiting() == 0
            assert store.since(0, 1_000_000) == journal
            assert verify(store.rows).problems == ()
            for row in ROWS:
                assert store.rows.all(row) == self.hub.store.rows.all(row), row.TABLE


SyncMachine.TestCase.settings = settings(
    max_examples=25,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestSync = pytest.mark.timeout(400)(SyncMachine.TestCase)  # Hypothesis may take 300 s to make a failure small
