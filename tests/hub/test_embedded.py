"""The hub's own memory, on either engine: answers that are kept, numbers never told twice, a full disk, a lineage."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlcipher3.dbapi2 import OperationalError

from tests.contract.floor import CARRIER
from tests.hub.gatehouse import House, Member, serving
from wms.domain import commands as c
from wms.domain import events as e
from wms.domain.ids import Badge, CarrierCode, CategoryCode, ChannelCode, DeviceId, OrderId, Sku
from wms.hub import app as hub_app
from wms.hub import opening
from wms.hub.database import Session
from wms.hub.embedded import EmbeddedHub
from wms.hub.engine import ANSWERS_KEPT_SECONDS
from wms.hub.interface import HubStore, StaleSession
from wms.hub.lineage import Lineage
from wms.hub.postgres import PostgresHub
from wms.hub.postgres_database import PostgresDatabase
from wms.store import Store
from wms.store.journal import Line
from wms.sync.wire import VERSION, Hello, Returned
from wms.workflows.handling import Outcome

A = DeviceId("A")
HOLD = c.HoldOrder(OrderId("O"), "x")
ORDER = e.OrderReceived(OrderId("O"), ChannelCode("C"), "1", 1, CategoryCode("G"), CarrierCode("SF"), ((Sku("S"), 1),))


class Clock:
    ms = 1_700_000_000_000

    def __call__(self) -> int:
        return self.ms


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def hub(tmp_path: Path, engine: str, clock: Clock) -> Iterator[HubStore]:
    opening.add(tmp_path, engine, "MAIN")
    if not engine:
        embedded = EmbeddedHub(tmp_path, clock=clock)
        yield embedded
        embedded.close()
        return
    database = PostgresDatabase(engine)
    hub = PostgresHub(database, "MAIN", tmp_path, clock=clock)
    yield hub
    hub.close()
    database.close()


def kept_since(hub: HubStore) -> list[int]:
    sql = "SELECT at FROM hub_answer ORDER BY at"
    return [row[0] for row in hub.database.read(lambda session: session.execute(sql).fetchall())]


def test_answers_are_kept_for_a_week(hub: HubStore, clock: Clock) -> None:
    first = clock.ms // 1000
    assert hub.answer(A, "", "r-1", Badge("P"), HOLD).refused
    clock.ms += 86_400_000
    assert hub.answer(A, "", "r-1", Badge("P"), HOLD).refused
    hub.keep_house()
    assert kept_since(hub) == [first]
    clock.ms += ANSWERS_KEPT_SECONDS * 1000
    hub.keep_house()
    assert kept_since(hub) == []


def test_an_answer_that_cannot_be_kept_is_no_decision(hub: HubStore) -> None:
    hub.record([ORDER], Badge("P"))

    def named(session: Session, before: str, after: str) -> None:
        session.execute(f"ALTER TABLE hub_answer RENAME COLUMN {before} TO {after}")

    hub.database.write(lambda session: named(session, "body", "lost"))
    with pytest.raises(Exception, match="body"):
        hub.answer(A, "", "r-1", Badge("P"), HOLD)
    assert hub.head() == 1
    hub.database.write(lambda session: named(session, "lost", "body"))
    answer = hub.answer(A, "", "r-1", Badge("P"), HOLD)
    assert len(answer.recorded) == 1
    assert hub.answer(A, "", "r-1", Badge("P"), HOLD) == answer
    assert hub.head() == 2


def run_begins(hub: HubStore, run: str, before: str = "") -> None:
    """That run of the terminal's program says hello, in epoch 1 as far as it knows; it remembers the run `before`."""
    assert hub.hello(A, Hello("A", 1, 0, run, before, (), 0)).epoch == 1


@pytest.mark.parametrize("looks_first", [False, True])
def test_a_run_that_was_looked_up_while_a_copy_took_its_place_is_not_let_in(
    hub: HubStore, monkeypatch: pytest.MonkeyPatch, looks_first: bool
) -> None:
    run_begins(hub, "run-1")
    read, write = hub.database.read, hub.database.write

    def read_slowly(work: Callable[[Session], Any]) -> Any:
        """Another run is welcomed between this look and what is remembered of it."""
        monkeypatch.setattr(hub.database, "read", read)
        found = read(work)
        run_begins(hub, "copy", "run-1")
        return found

    def write_after_a_look(work: Callable[[Session], Any]) -> Any:
        monkeypatch.setattr(hub.database, "write", write)
        assert hub.speaks(A, "run-1")
        return write(work)

    if looks_first:
        monkeypatch.setattr(hub.database, "write", write_after_a_look)
        run_begins(hub, "copy", "run-1")
    else:
        monkeypatch.setattr(hub.database, "read", read_slowly)
        assert hub.speaks(A, "run-1"), "so it was when it was asked"
    assert [hub.speaks(A, run) for run in ("run-1", "copy")] == [False, True]


def test_numbers_are_not_leased_to_a_run_whose_place_was_taken_while_it_asked(
    hub: HubStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.record([CARRIER], Badge("P"))
    run_begins(hub, "run-1")
    execute = hub.execute

    def execute_late(*asked: Any, **more: Any) -> Outcome:
        run_begins(hub, "copy", "run-1")
        return execute(*asked, **more)

    monkeypatch.setattr(hub, "execute", execute_late)
    head, lease = hub.head(), c.LeaseWaybills(CarrierCode("SF"), A, 1)
    with pytest.raises(StaleSession):
        hub.answer(A, "run-1", "request-1", Badge("P"), lease)
    assert hub.head() == head
    monkeypatch.undo()
    assert hub.answer(A, "copy", "request-2", Badge("P"), lease).recorded


def test_the_lineage_lasts_until_an_older_copy_is_put_back(tmp_path: Path) -> None:
    lineage = Lineage(tmp_path / "lineage")
    assert not lineage.remembers
    assert lineage.is_behind(5, {"one"})  # nothing is remembered: a life too many harms nobody
    lineage.raise_to(10, "one")
    lineage.raise_to(7, "one")
    lineage.close()
    lineage = Lineage(tmp_path / "lineage")
    assert [lineage.is_behind(head, {"one"}) for head in (9, 10, 11)] == [True, False, False]
    lineage.raise_to(9, "two")
    assert not lineage.is_behind(9, {"one", "two"})
    assert lineage.is_behind(9, {"one"})  # as far as it had come, but a copy that was made before that life began
    lineage.close()
    (tmp_path / "lineage").write_bytes(b'{"head":9}'.ljust(128))  # as written before lives were remembered
    lineage = Lineage(tmp_path / "lineage")
    assert [lineage.is_behind(head, {"one"}) for head in (8, 9)] == [True, False]
    lineage.close()
    (tmp_path / "lineage").write_bytes(b"{torn")
    lineage = Lineage(tmp_path / "lineage")
    assert lineage.is_behind(100, {"one"})
    lineage.close()


def test_a_copy_put_back_twice_begins_a_life_each_time_and_a_restart_none(tmp_path: Path) -> None:
    folder, copy, lives = tmp_path / "hub", tmp_path / "copy.sqlite3", list[str]()

    def opened(*, say: int = 0, take: bool = False) -> None:
        hub = EmbeddedHub(folder)
        if take:  # a terminal's, so that nothing the hub says itself is lost with the copy
            given = Returned((Line("A", 1, 1, None, 1, "P", "SignedOut", msgspec.Raw(b'{"badge":"P"}')),))
            hub.give_back(DeviceId("B"), given, version=VERSION)
        hub.record([e.SignedOut(Badge("P"))] * say, Badge("P"))
        lives.append(hub.life)
        hub.close()

    opened(say=2)
    shutil.copy(folder / "wms.sqlite3", copy)
    opened(take=True)
    for say in (0, 0, 1):
        shutil.copy(copy, folder / "wms.sqlite3")
        opened(say=say)
        opened()
    assert lives[0] == lives[1]
    assert lives[2::2] == lives[3::2]
    assert len(set(lives)) == 4


def test_a_terminals_folder_is_no_hub(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.join()
    store.close()
    with pytest.raises(ValueError, match="terminal of another hub"):
        EmbeddedHub(tmp_path)


def push(house: House, member: Member, n: int) -> tuple[int, str]:
    body = {"receipt": "R", "sku": "S", "lot": "", "quantity": n, "place": "B"}
    fact = ["A", 1, n, None, 1, "P", "GoodsReceived", body]
    answer = house.signed(member, "POST", "/v1/push", {"device": "A", "epoch": 1, "first": n, "facts": [fact]})
    return answer.status, "" if answer.status == 200 else answer.error


def test_a_full_disk_is_said_in_words_and_the_fact_comes_again(tmp_path: Path) -> None:
    with serving(tmp_path) as house:
        member, hub = house.enrol("A"), house.hub
        assert isinstance(hub, EmbeddedHub)

        def room(pages: int) -> None:
            hub.store.writer.do(lambda connection: connection.execute(f"PRAGMA max_page_count = {pages}").fetchall())

        room(1)
        answers = [push(house, member, 1)]
        while answers[-1] == (200, "") and len(answers) < 200:
            answers.append(push(house, member, len(answers) + 1))
        assert answers[-1] == (503, "disk")
        assert house.signed(member, "GET", "/v1/pull").status == 200
        room(1_000_000)
        assert push(house, member, len(answers)) == (200, "")
        assert hub.head() == len(answers)


def test_a_look_for_commits_of_others_that_fails_is_not_the_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite's own error, as where there is no descriptor left for a thread's connection, is no `StoreUnwritable`."""
    found = iter([0, OperationalError("unable to open database file")])

    def head() -> int:
        one = next(found, 1)
        if isinstance(one, Exception):
            raise one
        return one

    async def heard() -> bool:
        app.bell.hang()
        rung, watch = app.bell.next(), asyncio.create_task(app._watch())
        await asyncio.wait((rung, watch), timeout=20, return_when=asyncio.FIRST_COMPLETED)
        watch.cancel()
        await asyncio.gather(watch, return_exceptions=True)
        return rung.done()

    monkeypatch.setattr(hub_app, "LOOK_SECONDS", 0.01)
    hub = EmbeddedHub(tmp_path)
    monkeypatch.setattr(hub, "head", head)
    app = hub_app.HubApp({"MAIN": hub})
    assert asyncio.run(heard())
    hub.close()
