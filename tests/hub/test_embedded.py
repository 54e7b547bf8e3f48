"""The hub's own memory: codes that expire, answers that are kept, a lineage that notices older copies."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from wms.domain import commands as c
from wms.domain import events as e
from wms.domain.events import Fact, Key
from wms.domain.ids import NO_LOT, Badge, CarrierCode, CategoryCode, ChannelCode, DeviceId, OrderId, PlaceId, Sku
from wms.hub.app import MOST_PUSHES, HubApp
from wms.hub.embedded import ANSWERS_KEPT_SECONDS, EmbeddedHub, new_code
from wms.hub.interface import WrongCode
from wms.hub.lineage import Lineage
from wms.hub.terminals import CODE_SECONDS
from wms.store import Store
from wms.sync import wire

A = DeviceId("A")


class Clock:
    def __init__(self) -> None:
        self.ms = 1_700_000_000_000

    def __call__(self) -> int:
        return self.ms


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def hub(tmp_path: Path, clock: Clock) -> Iterator[EmbeddedHub]:
    hub = EmbeddedHub(tmp_path, clock=clock)
    yield hub
    hub.close()


def received(n: int) -> Fact:
    body = e.GoodsReceived("R", Sku("S"), NO_LOT, n, PlaceId("B"))
    return Fact(Key(A, 1, n), 1, Badge("P"), body)


def test_a_code_is_good_for_a_quarter_of_an_hour(hub: EmbeddedHub, clock: Clock) -> None:
    code = new_code(hub.store.folder, "alpha")
    clock.ms += 10 * 365 * 86_400_000  # far beyond the real clock that made it
    with pytest.raises(WrongCode):
        hub.enrol(code, A)
    clock.ms = int(hub.store.rows.connection.execute("SELECT expires FROM enrolment_code").fetchone()[0]) * 1000
    token, name = hub.enrol(code, A)
    assert (name, hub.device_of(token), CODE_SECONDS) == ("alpha", A, 900)


def test_a_terminal_is_online_while_it_is_heard_of(hub: EmbeddedHub, clock: Clock) -> None:
    clock.ms = 0
    token, _ = hub.enrol(new_code(hub.store.folder, "alpha"), A)
    clock.ms = 1_900_000_000_000
    assert [line.online for line in hub.terminals()] == [False]
    hub.device_of(token)
    assert [line.online for line in hub.terminals()] == [True]
    clock.ms += 60_000
    assert [line.online for line in hub.terminals()] == [False]


def test_answers_are_kept_for_a_week(tmp_path: Path, clock: Clock) -> None:
    def answers() -> int:
        hub = EmbeddedHub(tmp_path, clock=clock)
        refused = hub.ask(A, "r-1", Badge("P"), c.HoldOrder(OrderId("O"), "x"))
        assert refused.refused
        count = hub.store.rows.connection.execute("SELECT count(*), min(at) FROM answer").fetchone()
        hub.close()
        return int(count[1])

    first = answers()
    clock.ms += 86_400_000
    assert answers() == first
    clock.ms += ANSWERS_KEPT_SECONDS * 1000
    assert answers() > first


def test_an_answer_that_cannot_be_kept_is_no_decision(hub: EmbeddedHub) -> None:
    order = e.OrderReceived(
        OrderId("O"), ChannelCode("C"), "1", 1, CategoryCode("G"), CarrierCode("SF"), ((Sku("S"), 1),)
    )
    hub.store.record([order], Badge("P"))
    hub.store.writer.do(
        lambda connection: connection.execute(
            "CREATE TRIGGER full BEFORE INSERT ON answer BEGIN SELECT RAISE(ABORT, 'no room'); END"
        )
    )
    with pytest.raises(Exception, match="no room"):
        hub.ask(A, "r-1", Badge("P"), c.HoldOrder(OrderId("O"), "x"))
    assert hub.head() == 1
    hub.store.writer.do(lambda connection: connection.execute("DROP TRIGGER full"))
    assert len(hub.ask(A, "r-1", Badge("P"), c.HoldOrder(OrderId("O"), "x")).recorded) == 1
    assert hub.head() == 2


def test_the_lineage_lasts_until_an_older_copy_is_put_back(tmp_path: Path) -> None:
    def opened(head: int) -> tuple[str, bool]:
        lineage = Lineage(tmp_path / "lineage", lambda: head)
        lineage.close()
        return lineage.name, lineage.restored

    first, restored = opened(10)
    assert not restored
    assert opened(10) == opened(12) == (first, False)  # a commit that was not noted before the power went
    second, restored = opened(11)
    assert restored
    assert second != first
    assert opened(11) == (second, False)
    (tmp_path / "lineage").write_bytes(b"{torn")
    assert opened(11)[0] not in (first, second)


def test_a_terminals_folder_is_no_hub(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.join()
    store.close()
    with pytest.raises(ValueError, match="terminal of another hub"):
        EmbeddedHub(tmp_path)


async def call(
    app: HubApp, token: str, method: str, path: str, body: Any = None
) -> tuple[int, Any, dict[bytes, bytes]]:
    """One request straight into the ASGI application."""
    headers = [(b"authorization", f"Bearer {token}".encode()), (b"wms-version", b"1")]
    path, _, query = path.partition("?")
    scope = {"type": "http", "method": method, "path": path, "query_string": query.encode(), "headers": headers}
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"" if body is None else json.dumps(body).encode()}

    async def send(message: Any) -> None:
        sent.append(message)

    await app.starlette(scope, receive, send)
    return sent[0]["status"], json.loads(sent[1]["body"]), dict(sent[0]["headers"])


def push_body(n: int) -> dict[str, Any]:
    body = json.loads(bytes(wire.fact_line(received(n)).body))
    return {"device": "A", "epoch": 1, "first": n, "facts": [["A", 1, n, None, 1, "P", "GoodsReceived", body]]}


def test_a_full_disk_is_said_in_words_and_the_fact_comes_again(hub: EmbeddedHub) -> None:
    token, _ = hub.enrol(new_code(hub.store.folder, "alpha"), A)

    def pragma(pages: int) -> None:
        hub.store.writer.do(lambda connection: connection.execute(f"PRAGMA max_page_count = {pages}").fetchall())

    async def talk() -> None:
        app = HubApp(hub)
        async with app.starlette.router.lifespan_context(app.starlette):
            pragma(1)
            for n in range(1, 200):
                status, problem, _ = await call(app, token, "POST", "/v1/push", push_body(n))
                if status != 200:
                    break
            assert (status, problem["error"]) == (503, "disk")
            pragma(1_000_000)
            assert (await call(app, token, "POST", "/v1/push", push_body(n)))[:2] == (200, {"highest": n, "head": n})

    asyncio.run(talk())


def test_too_many_pushes_at_once_are_asked_to_come_back(hub: EmbeddedHub, monkeypatch: pytest.MonkeyPatch) -> None:
    token, _ = hub.enrol(new_code(hub.store.folder, "alpha"), A)
    hub.push(A, 1, 1, [received(1)], ())
    go = threading.Event()
    real = hub.push
    monkeypatch.setattr(hub, "push", lambda *args: go.wait(10) and real(*args))

    async def talk() -> None:
        app = HubApp(hub)
        monkeypatch.setattr(app, "_threads", type(app._threads)(MOST_PUSHES * 2))
        async with app.starlette.router.lifespan_context(app.starlette):
            pushes = [
                asyncio.create_task(call(app, token, "POST", "/v1/push", push_body(1))) for _ in range(MOST_PUSHES)
            ]
            while app._pushes < MOST_PUSHES:
                await asyncio.sleep(0.005)
            status, problem, headers = await call(app, token, "POST", "/v1/push", push_body(1))
            assert (status, problem["error"]) == (429, "busy")
            assert 0.1 < float(headers[b"retry-after"]) < 2
            go.set()
            assert {(await push)[0] for push in pushes} == {200}

    asyncio.run(talk())
