"""The hub's own memory, on either engine: answers that are kept, numbers never told twice, a full disk, a lineage."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hub.gatehouse import House, Member, serving
from wms.domain import commands as c
from wms.domain import events as e
from wms.domain.ids import Badge, CarrierCode, CategoryCode, ChannelCode, DeviceId, OrderId, Sku
from wms.hub import opening
from wms.hub.database import Session
from wms.hub.embedded import EmbeddedHub
from wms.hub.engine import ANSWERS_KEPT_SECONDS
from wms.hub.interface import HubStore
from wms.hub.lineage import Lineage
from wms.hub.postgres import PostgresHub
from wms.hub.postgres_database import PostgresDatabase
from wms.store import Store

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


def test_the_lineage_lasts_until_an_older_copy_is_put_back(tmp_path: Path) -> None:
    lineage = Lineage(tmp_path / "lineage")
    assert not lineage.remembers
    assert lineage.is_behind(5)  # nothing is remembered: a life too many harms nobody
    lineage.raise_to(10)
    lineage.raise_to(7)
    lineage.close()
    lineage = Lineage(tmp_path / "lineage")
    assert [lineage.is_behind(head) for head in (9, 10, 11)] == [True, False, False]
    lineage.raise_to(9, anew=True)
    assert not lineage.is_behind(9)
    lineage.close()
    (tmp_path / "lineage").write_bytes(b"{torn")
    lineage = Lineage(tmp_path / "lineage")
    assert lineage.is_behind(100)
    lineage.close()


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
