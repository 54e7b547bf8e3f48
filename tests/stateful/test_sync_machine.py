"""Hypothesis plays network, disks, clocks and restores against the real client and the real hub, in one process.

Requests reach the hub's own application without sockets, and may be lost, answered into the void, kept and delivered
later, twice, in any order. Stores are closed and opened, transactions fail after the guard was written, older images of
disks are put back with and without their guard, disks are copied and both copies go on, the hub's backup is put back.
Once everything is delivered, all nodes hold the same facts at the same positions, each act once, and the same picture.
"""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

import wms.sync.exchange
from tests.faults import chains
from tests.faults.airwaves import FATES, Airwaves
from wms.domain import commands as c
from wms.domain import events as e
from wms.domain.catalogue import Item
from wms.domain.events import Event
from wms.domain.ids import NO_LOT, Badge, CarrierCode, CategoryCode, DeviceId, LotId, ParcelId, PlaceId, Sku
from wms.domain.packing import WaybillRange, waybill_number
from wms.hub.app import HubApp
from wms.hub.embedded import EmbeddedHub
from wms.hub.roles import TerminalRole
from wms.hub.terminals import Terminals
from wms.store import Store, verify
from wms.store.schema import ROWS
from wms.sync.connection import HubTrouble, NotReached
from wms.sync.exchange import Exchange
from wms.sync.membership import enrol, membership

NAMES = ("A", "B", "C")
CARRIER = CarrierCode("SF")
PERSON = Badge("P")
MOST_COPIES = 2
ROUNDS = 15

few = st.sampled_from(["1", "2"])
places = few.map(lambda n: PlaceId(f"B{n}"))
skus = few.map(lambda n: Sku(f"S{n}"))
some = st.integers(1, 5)
fates = st.lists(st.sampled_from(("pass", *FATES)), max_size=4)


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
    st.builds(e.FactUnreadable, st.just("Teleported"), few.map(lambda n: f'{{"to":{n}}}')),
)


class Broken(Exception):
    """The power went between the guard and the commit."""


class Member:
    """A terminal: its disk, and the run of the program on it."""

    def __init__(self, folder: Path, device: str, port: int) -> None:
        self.folder, self.device, self.port = folder, device, port
        self.store = Store(folder, device)
        self.exchange: Exchange | None = None

    def join(self, code: str) -> None:
        enrol(self.store, f"http://127.0.0.1:{self.port}", code)

    def start(self) -> Exchange:
        if self.exchange is None:
            found = membership(self.store)
            assert found is not None
            self.exchange = Exchange(self.store, f"http://127.0.0.1:{self.port}", *found[1:])
        return self.exchange

    def close(self) -> None:
        if self.exchange is not None:
            self.exchange.close()
            self.exchange = None
        self.store.close()

    def open(self) -> None:
        self.store = Store(self.folder, self.device)

    def own(self) -> dict[int, bool]:
        """When each own fact here was recorded, and whether the hub has ever numbered it."""
        found = self.store.rows.connection.execute(
            "SELECT at, coalesce(position, was) FROM journal WHERE device = ?", (self.device,)
        )
        return {at: position is not None for at, position in found}


class SyncMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp(prefix="wms-sync-"))
        self.waves = Airwaves()
        self._no_sockets = self.waves.instead_of_sockets()
        self._no_sockets.__enter__()
        self.members: dict[str, Member] = {}
        self.images: dict[str, list[Path]] = {}
        self.backups: list[Path] = []
        self.said: dict[tuple[str, int], int] = {}  # facts of each act, by device and time
        self.maybe: set[tuple[str, int]] = set()  # acts that a thrown-away disk alone may have held
        self.confirmed_lost: set[tuple[str, int]] = set()  # likewise, but a hub had numbered them once
        self.lost_at_hub: set[tuple[str, int]] = set()
        self.printed: list[tuple[str, str, str]] = []  # number, parcel, device
        self.copied: set[str] = set()
        self._numbers, self._ticks, self._ports = itertools.count(1), itertools.count(1), itertools.count(1)
        self._open_hub()

    # The hub

    def _open_hub(self) -> None:
        self.hub = EmbeddedHub(self.root / "hub")
        self.waves.up(HubApp({self.hub.warehouse: self.hub}).starlette)

    def _close_hub(self) -> None:
        self.waves.down()
        self.hub.close()

    @initialize()
    def open_all(self) -> None:
        self.hub.record((e.CarrierDefined(CARRIER, "顺丰", "SF", PlaceId("B1"), "SF", 10, 1, 10**9),), PERSON)
        for name in NAMES:
            member = self.members[name] = Member(self.root / name, name, next(self._ports))
            terminals = Terminals(self.hub.database, self.hub.warehouse)
            member.join(terminals.new_code(name, TerminalRole.ALL, "test", self.hub.now() // 1000))

    def _names(self) -> st.SearchStrategy[str]:
        return st.sampled_from(sorted(self.members))

    def _record(self, member: Member, facts: list[Event]) -> None:
        at = 1_000_000 + next(self._ticks)
        recorded = member.store.record(facts, PERSON, at)
        self.said[member.device, at] = len(recorded)

    # What happens on the floor

    @rule(data=st.data(), facts=st.lists(events, min_size=1, max_size=4))
    def record(self, data: Any, facts: list[Event]) -> None:
        self._record(self.members[data.draw(self._names())], facts)

    @rule(facts=st.lists(events, min_size=1, max_size=2))
    def record_at_the_hub(self, facts: list[Event]) -> None:
        self.hub.record(facts, PERSON)

    @rule(data=st.data())
    def print_a_label(self, data: Any) -> None:
        """With the next number leased to this run's epoch, if there is one left."""
        member = self.members[data.draw(self._names())]
        ranges = member.store.rows.where(WaybillRange, device=DeviceId(member.device), carrier=CARRIER)
        for lease in ranges:
            if lease.epoch == member.store.epoch and lease.next <= lease.last:
                number, parcel = waybill_number("SF", 10, lease.next), f"O{next(self._numbers)}/1"
                assigned = e.WaybillAssigned(ParcelId(parcel), CARRIER, number, lease.id, lease.next)
                self._record(member, [assigned])
                self.printed.append((number, parcel, member.device))
                return

    # The network

    @rule(data=st.data(), happens=fates)
    def push(self, data: Any, happens: list[str]) -> None:
        self._talk(data, happens, lambda exchange: exchange.push())

    @rule(data=st.data(), happens=fates)
    def pull(self, data: Any, happens: list[str]) -> None:
        self._talk(data, happens, lambda exchange: exchange.pull(0))

    @rule(data=st.data(), happens=fates)
    def lease(self, data: Any, happens: list[str]) -> None:
        def ask(exchange: Exchange) -> None:
            store = exchange._store
            exchange.ask(c.LeaseWaybills(CARRIER, store.device, store.epoch, 3), PERSON, 1.0)

        self._talk(data, happens, ask)

    def _talk(self, data: Any, happens: list[str], say: Any) -> None:
        member = self.members[data.draw(self._names())]
        self.waves.fates[:] = happens
        try:
            say(member.start())
        except (NotReached, HubTrouble):
            pass
        finally:
            self.waves.fates.clear()

    @precondition(lambda self: self.waves.kept)
    @rule(data=st.data(), again=st.booleans())
    def deliver_late(self, data: Any, again: bool) -> None:
        index = data.draw(st.integers(0, len(self.waves.kept) - 1))
        self.waves.deliver(self.waves.kept[index])
        if not again:
            del self.waves.kept[index]

    # Trouble

    @rule(data=st.data())
    def close_and_open(self, data: Any) -> None:
        member = self.members[data.draw(self._names())]
        member.close()
        member.open()

    @rule(data=st.data())
    def lose_power_before_the_commit(self, data: Any) -> None:
        def fail(*_: object) -> None:
            raise Broken

        member = self.members[data.draw(self._names())]
        with pytest.raises(Broken):
            member.store.execute(c.RaiseReview("power", member.device), PERSON, beside=fail)
        member.close()
        member.open()

    @rule(data=st.data())
    def image(self, data: Any) -> None:
        name = data.draw(self._names())
        member, target = self.members[name], self.root / f"{name}.image{next(self._numbers)}"
        member.close()
        shutil.copytree(member.folder, target)
        self.images.setdefault(name, []).append(target)
        member.open()

    @precondition(lambda self: self.images)
    @rule(data=st.data(), guard=st.booleans())
    def put_an_older_image_back(self, data: Any, guard: bool) -> None:
        name = data.draw(st.sampled_from(sorted(self.images)))
        image, member = data.draw(st.sampled_from(self.images[name])), self.members[name]
        before = member.own()
        member.close()
        kept = (member.folder / "wms.guard").read_bytes()
        shutil.rmtree(member.folder)
        shutil.copytree(image, member.folder)
        if not guard:
            (member.folder / "wms.guard").write_bytes(kept)
        member.open()
        after = member.own()
        for at in before.keys() - after.keys():
            (self.confirmed_lost if before[at] else self.maybe).add((member.device, at))
        if guard:
            self.copied.add(member.device)

    @precondition(lambda self: len(self.members) < len(NAMES) + MOST_COPIES)
    @rule(data=st.data())
    def copy_the_disk(self, data: Any) -> None:
        """From now on two programs run on copies of one disk."""
        member, name = self.members[data.draw(self._names())], f"X{next(self._numbers)}"
        member.close()
        shutil.copytree(member.folder, self.root / name)
        member.open()
        self.members[name] = Member(self.root / name, member.device, next(self._ports))
        self.copied.add(member.device)

    @rule()
    def restart_the_hub(self) -> None:
        life = self.hub.life
        self._close_hub()
        self._open_hub()
        assert self.hub.life == life

    @rule()
    def back_the_hub_up(self) -> None:
        target = self.root / f"hub.backup{next(self._numbers)}"
        self._close_hub()
        shutil.copytree(self.root / "hub", target)
        self.backups.append(target)
        self._open_hub()

    @precondition(lambda self: self.backups)
    @rule(data=st.data())
    def put_the_hub_back(self, data: Any) -> None:
        backup = data.draw(st.sampled_from(self.backups))
        before = self._held_at_hub()
        self._close_hub()
        shutil.copy(backup / "wms.sqlite3", self.root / "hub" / "wms.sqlite3")
        self._open_hub()
        self.lost_at_hub |= before - self._held_at_hub()

    def _held_at_hub(self) -> set[tuple[str, int]]:
        found = self.hub.rows.connection.execute("SELECT device, at FROM journal")
        return {(device, at) for device, at in found}

    @rule(data=st.data())
    def a_picture_is_always_its_journal_replayed(self, data: Any) -> None:
        assert _of_pictures(verify(self.members[data.draw(self._names())].store.rows).problems) == []

    # The end of the day

    def teardown(self) -> None:
        try:
            if self.members:
                self._settle()
                self._compare()
        finally:
            for member in self.members.values():
                member.close()
            self._close_hub()
            self._no_sockets.__exit__(None, None, None)
            self.waves.close()
            shutil.rmtree(self.root)

    def _settle(self) -> None:
        for said in self.waves.kept:
            self.waves.deliver(said)
        troubles: list[str] = []
        for _ in range(ROUNDS):
            troubles = [f"{name}: {why}" for name, member in self.members.items() if (why := self._sync(member))]
            heads = {member.store.head() for member in self.members.values()}
            if not troubles and len(heads) == 1 and not any(m.store.waiting() for m in self.members.values()):
                return
        state = {name: (m.store.head(), m.store.waiting(), m.store.epoch) for name, m in self.members.items()}
        raise AssertionError(f"never came to rest: {troubles} {state}")

    def _sync(self, member: Member) -> str:
        try:
            exchange = member.start()
            exchange.push()
            while exchange.pull(0):
                pass
        except (NotReached, HubTrouble) as trouble:
            return f"{type(trouble).__name__} {trouble}"
        return ""

    def _compare(self) -> None:
        journal = self.hub.store.since(0, 1_000_000)
        assert [fact.position for fact in journal] == list(range(1, len(journal) + 1))
        assert len({fact.key for fact in journal}) == len(journal)
        for life in {(fact.key.device, fact.key.epoch) for fact in journal}:
            own = [fact.key.n for fact in journal if (fact.key.device, fact.key.epoch) == life]
            assert own == list(range(1, len(own) + 1)), "a device's facts stand in the order it said them"
        held = Counter((fact.key.device, fact.at) for fact in journal)
        for act, facts in self.said.items():
            excused = act in self.maybe or (act in self.confirmed_lost and act in self.lost_at_hub)
            assert held[act] == facts or (excused and held[act] <= facts), (act, held[act], facts)
        connection = self.hub.rows.connection
        kept, reckoned = connection.execute(chains.KEPT), connection.execute(chains.SAID)
        assert chains.differences(chains.kept(kept), chains.reckoned(reckoned)) == []
        for store in (self.hub.store, *(member.store for member in self.members.values())):
            assert store.waiting() == 0
            assert store.since(0, 1_000_000) == journal
            assert verify(store.rows).problems == ()
            for row in ROWS:
                assert store.rows.all(row) == self.hub.store.rows.all(row), row.TABLE
        self._compare_labels()

    def _compare_labels(self) -> None:
        """A number stands on one label. Only copies of a disk, guard and all, that could not ask yet do otherwise."""
        bearers = Counter(number for number, _, _ in self.printed)
        twice = [line for line in self.printed if bearers[line[0]] > 1 and line[2] not in self.copied]
        assert not twice


def _of_pictures(problems: tuple[str, ...]) -> list[str]:
    """A member's journal has holes while others' facts are on their way."""
    return [problem for problem in problems if not problem.startswith("journal: ")]


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is on the way for real: waiting for it is of no use."""
    monkeypatch.setattr(wms.sync.exchange, "RETRY_SECONDS", 0.0)


SyncMachine.TestCase.settings = settings(
    max_examples=25,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestSync = pytest.mark.timeout(400)(SyncMachine.TestCase)  # Hypothesis may take 300 s to make a failure small
