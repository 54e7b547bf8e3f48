"""Real terminals' stores kept together by a real hub: convergence, outages, kills, decisions, keys."""

from __future__ import annotations

import secrets
import stat
import threading
import time
from functools import partial
from itertools import pairwise

import pytest

from tests.contract.floor import CARRIER, Floor, P, moved, received, until
from tests.contract.hand import Hand, line
from tests.contract.hub_process import HubProcess
from wms.domain import commands as c
from wms.domain import events as e
from wms.domain.ids import CarrierCode, DeviceId, OrderId
from wms.domain.packing import WaybillRange
from wms.domain.review import Review
from wms.hub.roles import TerminalRole
from wms.store import Store
from wms.sync.answers import Unreachable
from wms.sync.client import SyncClient
from wms.sync.connection import HubTrouble, NotReached
from wms.sync.identity import FILE
from wms.sync.membership import enrol, membership, sync_now
from wms.workflows.handling import Recorded, Refused
from wms.workflows.prompt import NOTHING
from wms.workflows.view import Link


def above(store: Store, head: int) -> bool:
    return store.head() > head


def told_more(told: dict[str, int], before: dict[str, int]) -> bool:
    return all(told[name] > before[name] + 3 for name in told)


def test_two_terminals_and_the_hub_come_to_the_same_picture(hub: HubProcess, floor: Floor) -> None:
    a, b = floor.join("A"), floor.join("B")

    def work(store: Store, begin: int) -> None:
        for n in range(begin, begin + 60):
            store.record([received(n), moved(n)], P)

    threads = [threading.Thread(target=work, args=(a, 0)), threading.Thread(target=work, args=(b, 100))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert floor.settle() == 240
    until(lambda: {client.status().link for client in floor.clients.values()} == {Link.IN_SYNC})
    floor.require_equal()


def test_what_a_terminal_recorded_alone_joins_the_hub(hub: HubProcess, floor: Floor) -> None:
    floor.join("A").record([received(n) for n in range(20)], P)
    floor.settle(20)
    alone = floor.open("B", "B")
    alone.record([received(n, "OTHER") for n in range(30)], P)
    enrol(alone, hub.url, hub.code("B").lower())
    floor.start("B")
    assert floor.settle() == 50
    floor.leave("B")
    again = floor.open("B")  # opened as if it were alone
    assert not again.decides
    again.record([received(1)], P)
    floor.start("B")
    assert floor.settle() == 51
    floor.require_equal()


def test_what_a_terminal_shows_its_hub_is_for_its_owner_only(hub: HubProcess, floor: Floor) -> None:
    store = floor.join("A", start=False)
    found = membership(store)
    assert found
    assert stat.S_IMODE((store.folder / FILE).stat().st_mode) == 0o600
    assert found[1].identity is not None
    stored = store.path.read_bytes()
    assert found[1].token.encode() not in stored
    assert found[1].identity.private not in stored


def test_hours_away_and_then_back(hub: HubProcess, floor: Floor) -> None:
    a, b = floor.join("A"), floor.join("B")
    hub.kill()
    until(lambda: floor.clients["A"].status().link == Link.OFFLINE)
    for n in range(0, 2000, 50):
        a.record([received(n + i) if i % 2 else moved(n + i) for i in range(50)], P)
        b.record([received(n + i, "OTHER") for i in range(5)], P)
    until(lambda: floor.clients["A"].status().unsent == 2000)
    status = floor.clients["A"].status()
    assert status.offline_since is not None
    assert abs(status.offline_since - time.time()) < 60
    start = time.monotonic()
    outcome = floor.clients["A"].ask(c.HoldOrder(OrderId("O"), "x"), P)
    assert isinstance(outcome, Unreachable)
    assert time.monotonic() - start < 2  # the operator is told at once
    hub.start()
    assert floor.settle() == 2200
    until(lambda: floor.clients["A"].status().link == Link.IN_SYNC)
    assert floor.clients["A"].status().unsent == 0
    floor.require_equal()


def test_the_hub_killed_again_and_again_under_two_working_terminals(hub: HubProcess, floor: Floor) -> None:
    a, b = floor.join("A"), floor.join("B")
    stop = threading.Event()

    def work(store: Store) -> None:
        n = 0
        while not stop.is_set():
            store.record([received(n), moved(n)], P)
            n += 1
            time.sleep(0.002)

    threads = [threading.Thread(target=work, args=(store,)) for store in (a, b)]
    for thread in threads:
        thread.start()
    for pause in (0.05, 0.11, 0.23):
        head = a.head()
        until(partial(above, a, head))
        time.sleep(pause)
        hub.kill()
        hub.start()
    stop.set()
    for thread in threads:
        thread.join()
    written = sum(len(store.unsent(100_000)) for store in (a, b))
    assert floor.settle() >= written
    hub.kill()
    floor.require_equal()


def test_the_hub_decides_on_the_tail_and_its_decision_is_in_the_picture(hub: HubProcess, floor: Floor) -> None:
    a, b = floor.join("A"), floor.join("B")
    a.record([CARRIER], P)  # what is asked next already knows it
    outcomes = []
    for store in (a, b):
        client = floor.clients[store.device]
        if store is b:
            until(lambda: b.head() >= 1)
        outcome = client.ask(c.LeaseWaybills(CarrierCode("SF"), store.device, store.epoch, 50), P)
        assert isinstance(outcome, Recorded)
        outcomes += [fact.body for fact in outcome.facts]
        lease = outcome.facts[0].body
        assert isinstance(lease, e.WaybillsLeased)
        assert store.rows.get(WaybillRange, lease.lease)
        store.record([received(1)], P)
    assert [(lease.device, lease.first) for lease in outcomes if isinstance(lease, e.WaybillsLeased)] == [
        ("A", 1),
        ("B", 51),
    ]
    refused = floor.clients["A"].ask(c.HoldOrder(OrderId("O-7"), "why"), P)
    assert isinstance(refused, Refused)
    assert refused.lines[0].args == {"order": "O-7"}
    floor.settle()
    floor.require_equal()


def test_an_answer_lost_on_the_way_is_asked_for_again(hub: HubProcess, floor: Floor) -> None:
    """The hub dies and comes back while terminals ask; whatever they were told, no number is leased to two."""
    a, b = floor.join("A"), floor.join("B")
    a.record([CARRIER], P)
    until(lambda: b.head() == 1)
    told: dict[str, int] = {"A": 0, "B": 0}
    stop = threading.Event()

    def work(name: str) -> None:
        command = c.LeaseWaybills(CarrierCode("SF"), DeviceId(name), floor.stores[name].epoch, 10)
        while not stop.is_set():
            told[name] += isinstance(floor.clients[name].ask(command, P, 8), Recorded)

    threads = [threading.Thread(target=work, args=(name,)) for name in told]
    for thread in threads:
        thread.start()
    for _ in range(2):
        before = dict(told)
        until(partial(told_more, told, before))
        hub.kill()
        hub.start()
    stop.set()
    for thread in threads:
        thread.join()
    floor.settle()
    floor.require_equal()
    ranges = sorted(a.rows.all(WaybillRange), key=lambda lease: lease.first)
    # a hub that died between noting a range in its guard and committing it leaves a gap, never an overlap
    assert all(before.last < after.first for before, after in pairwise(ranges))
    assert all(lease.last - lease.first == 9 for lease in ranges)
    assert len(ranges) >= told["A"] + told["B"]


def test_a_wrong_token_and_a_wrong_address_are_said_in_words(hub: HubProcess, floor: Floor) -> None:
    store = floor.join("A", start=False)
    (store.folder / FILE).write_text("guess")
    store.record([received(1)], P)
    client = floor.start("A")
    until(lambda: client.status().hub_trouble is not NOTHING)
    status = client.status()
    assert (status.link, status.unsent) == (Link.WAITING, 1)
    assert "Enrol it again" in status.hub_trouble.text
    asked = client.ask(c.HoldOrder(OrderId("O"), "x"), P)
    assert isinstance(asked, Unreachable)
    assert "Enrol it again" in asked.why.text
    with pytest.raises(HubTrouble, match="code is wrong"):
        enrol(store, hub.url, "AAAA-AAAA")
    with pytest.raises(ValueError, match="must look like"):
        enrol(store, "hub:8080", "AAAA-AAAA")
    with pytest.raises(NotReached):
        enrol(store, "http://127.0.0.1:9", "AAAA-AAAA")
    floor.stop("A")
    floor.enrol("A")
    floor.start("A")
    floor.settle()
    assert store.waiting() == 0


def test_keys_travel_beside_the_facts_and_a_destroyed_one_is_forgotten_everywhere(
    hub: HubProcess, floor: Floor
) -> None:
    a, b, picker = floor.join("A"), floor.join("B"), floor.join("C", role=TerminalRole.PICKER)
    secret = secrets.token_bytes(32)

    def set_key(store: Store, key: bytes | None) -> None:
        sql = "INSERT INTO sealing_key (subject, key) VALUES ('O-1', ?)"
        again = " ON CONFLICT DO UPDATE SET key = excluded.key, sent = 0"
        store.writer.do(lambda connection: connection.execute(sql + again, (key,)))

    def key_of(store: Store) -> tuple[bytes | None] | None:
        found: tuple[bytes | None] | None = store.rows.connection.execute("SELECT key FROM sealing_key").fetchone()
        return found

    set_key(a, secret)
    a.record([received(1)], P)
    until(lambda: key_of(b) == (secret,) and b.head() == picker.head() == 1)
    assert key_of(picker) is None
    journal = b.rows.connection.execute("SELECT group_concat(body) FROM journal").fetchone()[0]
    assert secret.hex() not in journal
    set_key(b, None)
    b.record([received(2)], P)
    until(lambda: key_of(a) == (None,))
    set_key(a, secret)  # one who has not heard of it hands the key on again
    a.record([received(3)], P)
    floor.settle(3)
    assert key_of(b) == (None,)
    assert key_of(picker) == (None,)  # of that key it knows only that it must not be kept
    floor.require_equal()


def test_a_fact_that_can_not_be_read_is_a_review_everywhere_and_the_queue_goes_on(
    hub: HubProcess, floor: Floor
) -> None:
    a, hand = floor.join("A"), Hand(hub, "B")
    lines = [line("B", 1), line("B", 2, receipt=7), line("B", 3, kind="GoodsTeleported", to="X"), line("B", 4)]
    assert hand.send(lines).status == 200
    a.record([received(1)], P)
    assert floor.settle(5) == 5
    assert sorted(review.detail for review in a.rows.all(Review) if review.open) == ["GoodsReceived", "GoodsTeleported"]
    later = floor.join("C")
    assert floor.settle(5) == 5
    assert later.rows.all(Review) == a.rows.all(Review)
    floor.require_equal()


def test_one_shot_sync(hub: HubProcess, floor: Floor) -> None:
    a, b = floor.join("A", start=False), floor.join("B", start=False)
    a.record([received(n) for n in range(700)], P)
    assert sync_now(a).link == Link.IN_SYNC
    assert sync_now(b).link == Link.IN_SYNC
    assert a.since(0, 1000) == b.since(0, 1000)
    hub.kill()
    b.record([received(1)], P)
    status = sync_now(b)
    assert (status.link, status.unsent) == (Link.OFFLINE, 1)
    assert sync_now(floor.open("C")).link == Link.ALONE


def test_stopping_does_not_wait_for_the_poll(hub: HubProcess, floor: Floor) -> None:
    changes: list[Link] = []
    store = floor.join("A", start=False)
    found = membership(store)
    assert found
    client = SyncClient(store, *found, lambda: changes.append(client.status().link))
    client.start()
    until(lambda: changes and changes[-1] == Link.IN_SYNC)
    time.sleep(0.1)  # now a pull waits at the hub
    start = time.monotonic()
    client.stop()
    assert time.monotonic() - start < 5  # the poll would have gone on for ten
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("sync-")]
