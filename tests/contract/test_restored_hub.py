"""An older copy of the hub is put back: terminals give back what it lost; nothing is lost, doubled or told twice."""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import psycopg
import pytest

from tests.contract.floor import CARRIER, Floor, P, moved, received, until
from tests.contract.hand import Hand, line
from tests.contract.hub_process import HubProcess, Saved
from wms.domain import commands as c
from wms.domain import events as e
from wms.domain.events import Fact
from wms.domain.ids import CarrierCode, CategoryCode, ChannelCode, OrderId, Sku
from wms.domain.orders import Order
from wms.hub.lives import NUMBERS_JUMP
from wms.hub.turns import PAUSE
from wms.store import Store
from wms.sync.wire import BATCH
from wms.workflows.handling import Recorded

ORDER = e.OrderReceived(
    OrderId("O-1"), ChannelCode("C"), "1", 1, CategoryCode("G"), CarrierCode("SF"), ((Sku("SKU"), 1),)
)


def restore(hub: HubProcess, saved: Saved) -> None:
    hub.kill()
    hub.put_back(saved)
    hub.start()


def said(facts: Sequence[Fact]) -> list[str]:
    return sorted(fact.body.receipt for fact in facts if isinstance(fact.body, e.GoodsReceived))


def leased(floor: Floor, name: str) -> e.WaybillsLeased:
    """Twenty numbers; as a bench does, it asks again where it has been given a new epoch meanwhile."""
    store, found = floor.stores[name], list[e.WaybillsLeased]()

    def ask() -> bool:
        outcome = floor.clients[name].ask(c.LeaseWaybills(CarrierCode("SF"), store.device, store.epoch, 20), P)
        if isinstance(outcome, Recorded):
            found.extend(fact.body for fact in outcome.facts if isinstance(fact.body, e.WaybillsLeased))
        return bool(found)

    until(ask)
    return found[0]


def require_apart(leases: Sequence[e.WaybillsLeased]) -> None:
    assert all(one.last < other.first for one, other in pairwise(sorted(leases, key=lambda lease: lease.first)))


def work(store: Store, begin: int, count: int = 30) -> None:
    for n in range(begin, begin + count, 10):
        store.record([received(n + i) if i % 2 else moved(n + i) for i in range(10)], P)


def test_terminals_give_back_what_an_older_copy_lost(hub: HubProcess, floor: Floor) -> None:
    a, b = floor.join("A"), floor.join("B")
    work(a, 0)
    floor.settle(30)
    saved = hub.save()
    work(a, 100)
    work(b, 200)
    before = floor.settle(90)
    lost = {fact.key for fact in a.since(30, 100)}
    hub.kill()
    a.record([received(300)], P)  # nobody has numbered that one yet
    hub.put_back(saved)
    hub.start()
    b.record([received(301)], P)
    assert floor.settle(before + 2) == before + 2
    work(a, 400, 10)
    assert floor.settle(before + 12) == before + 12
    facts = floor.require_equal()
    assert {fact.key for fact in facts[30:90]} == lost
    assert [fact.key for fact in facts[:30]] == [fact.key for fact in a.since(0, 30)]


def test_the_hubs_own_decisions_come_back_with_those_who_saw_them(hub: HubProcess, floor: Floor) -> None:
    a, b = floor.join("A"), floor.join("B")
    a.record([CARRIER, ORDER], P)
    floor.settle(2)
    saved = hub.save()
    assert isinstance(floor.clients["A"].ask(c.HoldOrder(OrderId("O-1"), "why"), P), Recorded)
    floor.settle(3)
    assert isinstance(floor.clients["B"].ask(c.CancelOrder(OrderId("O-1")), P), Recorded)
    head = floor.settle(4)
    restore(hub, saved)
    assert floor.settle(head) == head
    cancelled = a.rows.get(Order, OrderId("O-1"))
    facts = floor.require_equal()
    assert [type(fact.body) for fact in facts] == [e.CarrierDefined, e.OrderReceived, e.OrderHeld, e.OrderCancelled]
    assert b.rows.get(Order, OrderId("O-1")) == cancelled
    assert len({fact.key.device for fact in facts}) == 2  # the terminal's name and the hub's of that life


def test_facts_of_a_terminal_that_never_comes_back_are_given_back_by_others(hub: HubProcess, floor: Floor) -> None:
    a, b = floor.join("A"), floor.join("B")
    saved = hub.save()
    work(a, 0)
    head = floor.settle(30)
    floor.leave("A")
    restore(hub, saved)
    assert floor.settle(head) == head
    facts = floor.require_equal()
    assert {fact.key.device for fact in facts} == {"A"}
    assert b.waiting() == 0


def test_the_same_copy_put_back_twice_and_a_later_one_after_that(hub: HubProcess, floor: Floor) -> None:
    a, b = floor.join("A"), floor.join("B")
    work(a, 0, 10)
    floor.settle(10)
    saved = hub.save()
    work(b, 100, 10)
    head = floor.settle(20)
    restore(hub, saved)
    head = floor.settle(head)
    work(a, 200, 10)
    head = floor.settle(head + 10)
    later = hub.save()
    restore(hub, saved)
    head = floor.settle(head)
    work(b, 300, 10)
    floor.settle(head + 10)
    restore(hub, later)
    floor.join("C")
    assert floor.settle(head + 10) == head + 10 == 40
    facts = floor.require_equal()
    assert said(facts) == sorted(f"R{n + i}" for n in (0, 100, 200, 300) for i in range(1, 10, 2))


def test_terminals_that_come_back_one_after_the_other_give_back_each_its_part(hub: HubProcess, floor: Floor) -> None:
    """New work is numbered before the lost is back; whoever was away longer holds other positions than the rest."""
    a, b = floor.join("A"), floor.join("B")
    work(a, 0, 10)
    floor.settle(10)
    saved = hub.save()
    work(a, 100, 10)
    floor.settle(20)
    floor.stop("B")
    work(a, 200, 10)
    floor.settle(30)
    floor.stop("A")
    restore(hub, saved)
    c_ = floor.join("C")
    work(c_, 300, 10)
    floor.settle(20)
    floor.start("B")
    work(b, 400, 10)
    floor.settle(40)
    floor.start("A")
    assert floor.settle(50) == 50
    facts = floor.require_equal()
    assert said(facts) == sorted(f"R{n + i}" for n in (0, 100, 200, 300, 400) for i in range(1, 10, 2))


def test_an_empty_hub_in_its_place_gets_all_of_it(hub: HubProcess, floor: Floor) -> None:
    a, b = floor.join("A"), floor.join("B")
    a.record([CARRIER, ORDER], P)
    work(b, 0)
    floor.settle(32)
    assert isinstance(floor.clients["A"].ask(c.HoldOrder(OrderId("O-1"), "why"), P), Recorded)
    first = leased(floor, "B")
    key = "INSERT INTO sealing_key (subject, key) VALUES ('O-1', randomblob(32))"
    a.writer.do(lambda connection: connection.execute(key))
    a.record([received(900)], P)
    head = floor.settle(35)
    until(lambda: b.rows.connection.execute("SELECT count(key) FROM sealing_key").fetchone()[0] == 1)
    for name in ("A", "B"):
        floor.stop(name)
    hub.kill()
    hub.begin_anew()
    hub.start()
    for name in ("A", "B"):
        floor.enrol(name)
        floor.start(name)
    assert floor.settle(head) == head
    new = floor.join("C")
    assert floor.settle(head) == head
    until(lambda: new.rows.connection.execute("SELECT count(key) FROM sealing_key").fetchone()[0] == 1)
    second = leased(floor, "C")
    floor.settle(head + 1)
    require_apart([first, second])
    floor.require_equal()


def test_numbers_told_before_a_restore_are_never_told_again(hub: HubProcess, floor: Floor) -> None:
    floor.join("A")
    floor.join("B").record([CARRIER], P)
    floor.settle(1)
    leases = [leased(floor, "A")]
    head = floor.settle(2)
    saved = hub.save()
    leases += [leased(floor, "A"), leased(floor, "B")]
    floor.settle(4)
    for name in ("A", "B"):
        floor.stop(name)
    restore(hub, saved)
    floor.join("C")  # it asks before anybody gave back what was leased after the copy
    floor.settle(head)
    leases.append(leased(floor, "C"))
    assert leases[-1].first > NUMBERS_JUMP
    for name in ("A", "B"):
        floor.start(name)
    floor.settle(5)
    restore(hub, saved)
    floor.stop("C")  # nobody knows it any more: it came after the copy was made
    floor.enrol("C")
    floor.start("C")
    leases += [leased(floor, name) for name in ("A", "B", "C")]
    floor.settle(8)
    require_apart(leases)
    facts = floor.require_equal()
    assert {fact.body for fact in facts if isinstance(fact.body, e.WaybillsLeased)} == set(leases)


def test_a_copy_put_back_beneath_a_hub_at_work_is_noticed(floor: Floor, hub: HubProcess) -> None:
    """An administrator of PostgreSQL may do that; a file can't be changed so."""
    if not hub.database:
        pytest.skip("the embedded engine holds its file open")
    a, b = floor.join("A"), floor.join("B")
    work(a, 0, 10)
    floor.settle(10)
    saved = hub.save()
    work(a, 100)
    work(b, 200)
    head = floor.settle(70)
    hub.put_back(saved)
    b.record([received(300)], P)
    assert floor.settle(head + 1) == head + 1
    work(a, 400, 10)
    assert floor.settle(head + 11) == head + 11
    floor.require_equal()


def test_who_is_ahead_of_the_journal_is_told_and_what_is_given_back_again_counts_once(hub: HubProcess) -> None:
    a, b = Hand(hub, "A"), Hand(hub, "B")
    a.push(1, 2)
    saved = hub.save()
    a.push(3, 3)
    b.push(1, 2)
    facts = a.pull()
    restore(hub, saved)
    assert a.call("GET", "/v1/pull?after=7").error == "restored"
    assert a.send([line("A", 6)]).error == "restored"
    lives = [[a.member.life, 0]]
    mark = [facts[6][0], facts[6][1], facts[6][2]]
    welcome = b.hello("run-2", "run-1", lives=lives, head=7, mark=mark)
    assert (welcome["rewind"], welcome["head"], len(welcome["lives"])) == (2, 2, 2)
    assert b.hello("run-2", "run-1", lives=welcome["lives"], head=2)["rewind"] == 2
    assert b.give_back(facts[2:]) == (200, {"taken": 5, "head": 7})
    assert b.give_back(facts[2:]) == (200, {"taken": 0, "head": 7})
    assert b.give_back([facts[6], line("Z", 2)]) == (200, {"taken": 0, "head": 7})  # Z's first is missing
    assert _keys(b.pull()) == _keys(facts)
    a.hello("run-2", "run-1", lives=lives, head=7, epoch=1, n=5, mark=mark)
    assert a.push(3, 4) == (200, {"highest": 6, "head": 8})


def test_one_terminal_at_a_time_gives_back_and_the_others_get_it_in_one_go(hub: HubProcess) -> None:
    a, b = Hand(hub, "A"), Hand(hub, "B")
    saved = hub.save()
    a.push(1, BATCH)
    a.push(BATCH + 1, BATCH)
    facts = a.everything()
    restore(hub, saved)
    lives = [[a.member.life, 0]]
    for hand in (a, b):
        hand.hello("run-2", "run-1", lives=lives, head=2 * BATCH, mark=facts[-1][:3])
    assert b.give_back(facts[:BATCH]) == (200, {"taken": BATCH, "head": BATCH})
    assert a.give_back(facts[:BATCH])[1]["error"] == "busy"
    begun = time.monotonic()
    assert len(a.pull(wait=10)) == BATCH  # although that stood there already
    assert PAUSE / 4 < time.monotonic() - begun < 9
    assert a.give_back(facts[BATCH:]) == (200, {"taken": BATCH, "head": 2 * BATCH})
    assert a.pull(limit=2 * BATCH) == facts


def _keys(lines: list[Any]) -> list[Any]:
    return [one[:4] for one in lines]


def test_a_life_begins_only_where_a_copy_was_put_back(hub: HubProcess) -> None:
    a = Hand(hub, "A")
    a.push(1, 5)
    life = a.member.life
    for _ in range(2):
        hub.kill()
        hub.start()
    assert a.hello("run-2", "run-1")["lives"] == [[life, 0]]
    if hub.database:
        with psycopg.connect(hub.database) as connection:
            found = connection.execute("SELECT count(*) FROM hub_life WHERE wh = %s", (hub.warehouse,)).fetchone()
        assert found == (1,)
