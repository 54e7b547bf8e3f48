"""Recipients go when their time is over, or when somebody asks; the ledger stays whole."""

import json
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from wms.cli.main import run
from wms.domain import events as e
from wms.domain.ids import Badge, OrderId
from wms.domain.orders import Order, OrderStatus
from wms.domain.recipients import PersonalData
from wms.domain.records import replace
from wms.domain.rows import MemoryTables
from wms.hub.embedded import EmbeddedHub
from wms.hub.erasing import erase as erase_at_hub
from wms.hub.erasing import erase_due as erase_due_at_hub
from wms.store import Store, verify
from wms.store.erasure import Eraser, due, erase, erase_due, untold
from wms.store.sealing import seal, unseal
from wms.sync.tail import keys_were_sent, unsent_keys

DAY = 86_400
NOW = 1_795_000_000
WHO = PersonalData("Zhang Wei", "13800138000", ("1 Road",), "Shanghai")


class Clock:
    def __init__(self) -> None:
        self.now = NOW * 1000

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    with closing(Store(tmp_path / "data", "T1", clock=clock)) as made:
        yield made


def receive(store: Store, order: str) -> str:
    sealed = seal(store, OrderId(order), WHO)
    store.record(
        (e.OrderReceived(OrderId(order), "web", order, NOW, "", "", (), masked="Z*", sealed=sealed),), Badge("")
    )
    return sealed


def cancel(store: Store, order: str) -> None:
    store.record((e.OrderCancelled(OrderId(order)),), Badge(""))


def readable(store: Store, **sealed: str) -> set[str]:
    return {order for order, text in sealed.items() if unseal(store.rows, OrderId(order), text) is not None}


def test_what_is_due_is_what_was_shipped_or_cancelled_long_enough_ago() -> None:
    rows = MemoryTables()
    base = Order(OrderId("x"), "web", "x", OrderStatus.READY, 0, 0, "", "")
    rows.put(replace(base, id=OrderId("sent"), status=OrderStatus.HANDED_OVER, shipped=100))
    rows.put(replace(base, id=OrderId("late"), status=OrderStatus.HANDED_OVER, shipped=200))
    rows.put(replace(base, id=OrderId("cancelled"), status=OrderStatus.CANCELLED, stopped_at=100))
    rows.put(replace(base, id=OrderId("stopped"), status=OrderStatus.PICKED, stopped_at=100))
    rows.put(replace(base, id=OrderId("waiting"), status=OrderStatus.READY))
    names = [OrderId(name) for name in ("sent", "late", "cancelled", "stopped", "waiting", "unknown")]
    assert due(rows, names, 200) == ["sent", "cancelled"]


def test_thirty_days_after_the_end_nobody_can_read_who_it_was(store: Store, clock: Clock) -> None:
    a, b = receive(store, "A"), receive(store, "B")
    cancel(store, "A")
    clock.now += 30 * DAY * 1000
    assert erase_due(store, 30) == []
    clock.now += 1000
    facts = store.head()
    assert erase_due(store, 30) == ["A"]
    assert readable(store, A=a, B=b) == {"B"}
    assert [fact.body for fact in store.since(facts, 9)] == [e.RecipientErased(OrderId("A"), "kept long enough")]
    assert erase_due(store, 30) == []
    assert verify(store.rows).problems == ()


def test_the_job_runs_by_itself(store: Store, clock: Clock) -> None:
    a = receive(store, "A")
    cancel(store, "A")
    clock.now += 31 * DAY * 1000
    job = Eraser(store, 30, first_look_s=0.0)
    job.start()
    end = time.monotonic() + 10
    while readable(store, A=a) and time.monotonic() < end:
        time.sleep(0.005)
    job.stop()
    assert readable(store, A=a) == set()


def test_erasing_by_hand_is_kept_with_who_and_why(store: Store, tmp_path: Path, capsys) -> None:
    a, b = receive(store, "A"), receive(store, "B")
    key = store.rows.connection.execute("SELECT key FROM sealing_key WHERE subject LIKE 'A:%'").fetchone()[0]
    command = ["orders", "erase", "A", "--why", "she asked", "--data", str(tmp_path / "data"), "--json"]
    assert run(command) == 0
    assert json.loads(capsys.readouterr().out) == {"erased": ["A"], "gone": [], "unsent": 0}
    assert run(command) == 0
    assert json.loads(capsys.readouterr().out) == {"erased": [], "gone": ["A"], "unsent": 0}
    assert readable(store, A=a, B=b) == {"B"}
    said = [fact for fact in store.since(0, 99) if isinstance(fact.body, e.RecipientErased)]
    assert [(fact.body.why, fact.person.partition(":")[0]) for fact in said] == [("she asked", "cli")]
    assert all(key not in path.read_bytes() for path in (tmp_path / "data").glob("wms.sqlite3*"))
    assert run(["verify", "--data", str(tmp_path / "data")]) == 0
    assert run(["orders", "erase", "nobody", "--data", str(tmp_path / "data")]) == 1


def test_a_member_tells_its_hub(store: Store) -> None:
    store.join()
    receive(store, "A")
    assert erase(store, [OrderId("A")], Badge("LI"), "asked") == ["A"]
    unsent = store.rows.connection.execute("SELECT key, sent FROM sealing_key").fetchall()
    assert unsent == [(None, 0)]
    assert untold(store) == {"A"}


def test_who_erases_at_a_member_hears_that_the_hub_has_not(store: Store, tmp_path: Path, capsys) -> None:
    receive(store, "A")
    store.join()
    command = ["orders", "erase", "A", "--data", str(tmp_path / "data")]
    assert run(command) == 0
    assert "the hub has not heard of 1 yet" in capsys.readouterr().out
    assert run([*command, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["unsent"] == 1
    keys_were_sent(store, unsent_keys(store, 9))
    assert run([*command, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["unsent"] == 0


def test_the_ledger_says_it_and_the_key_goes_at_one_moment(store: Store) -> None:
    sealed = receive(store, "A")

    def fails(*_: object) -> None:
        raise RuntimeError("the plug is pulled")

    facts = store.head()
    with pytest.raises(RuntimeError):
        erase(store, [OrderId("A")], Badge("LI"), "asked", beside=fails)
    assert (store.head(), readable(store, A=sealed)) == (facts, {"A"})


def test_the_hub_erases_for_all_terminals(tmp_path: Path, clock: Clock) -> None:
    with closing(EmbeddedHub(tmp_path / "hub", clock=clock)) as hub:
        a, b = receive(hub.store, "A"), receive(hub.store, "B")
        receive(hub.store, "A")  # taken in twice, by two terminals: two keys
        cancel(hub.store, "A")
        key = hub.store.rows.connection.execute("SELECT key FROM sealing_key WHERE subject LIKE 'A:%'").fetchone()[0]
        at = hub.page(hub.head(), 500, 0).keys_next
        assert erase_due_at_hub(hub, 30) == []
        clock.now += 31 * DAY * 1000
        assert erase_due_at_hub(hub, 30) == ["A"]
        told = hub.page(hub.head(), 500, at).keys
        assert [(one.subject[:2], one.key) for one in told] == [("A:", None)] * 2
        assert readable(hub.store, A=a, B=b) == {"B"}
        assert all(key not in path.read_bytes() for path in (tmp_path / "hub").glob("wms.sqlite3*"))
        assert erase_at_hub(hub, [OrderId("A"), OrderId("B")], Badge("LI"), "asked") == ["B"]
        assert verify(hub.store.rows).problems == ()
