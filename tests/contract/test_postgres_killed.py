"""PostgreSQL is killed under load: the hub says so, terminals go on, and what was acknowledged is there afterwards."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path

import pytest

from tests.contract.floor import Floor, P, moved, received, until
from tests.contract.hand import Hand
from tests.contract.hub_process import HubProcess
from tests.postgres import PostgresServer
from tests.postgres_binaries import NoServerHere, binary
from wms.store import Store


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    """One of its own, with fsync: it is killed."""
    try:
        binary("postgres")
    except NoServerHere as reason:
        pytest.skip(str(reason))
    with PostgresServer() as server:
        yield server


@pytest.fixture
def hub(tmp_path: Path, server: PostgresServer) -> Iterator[HubProcess]:
    process = HubProcess(tmp_path / "hub", server.fresh_database(), "MAIN")
    process.start()
    yield process
    if process.process is not None:
        process.kill()


class Pusher:
    """Pushes by hand, one fact after the other, and remembers what was acknowledged and what else was answered."""

    def __init__(self, hand: Hand) -> None:
        self._hand, self.acknowledged, self.answers, self.errors = hand, 0, set[int](), set[str]()
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        while not self._end.is_set():
            try:
                status, body = self._hand.push(self.acknowledged + 1, 3)
            except (OSError, HTTPException):
                continue
            self.answers.add(status)
            if status == 200:
                self.acknowledged = body["highest"]
            else:
                self.errors.add(body["error"])
                time.sleep(0.05)

    def end(self) -> None:
        self._end.set()
        self._thread.join()


@pytest.mark.parametrize("times", [1, pytest.param(10, marks=pytest.mark.soak)])
def test_a_database_killed_under_load_loses_nothing_that_was_acknowledged(
    hub: HubProcess, server: PostgresServer, floor: Floor, times: int
) -> None:
    a, b, end = floor.join("A"), floor.join("B"), threading.Event()

    def work(store: Store) -> None:
        n = 0
        while not end.wait(0.01):
            store.record([received(n), moved(n)], P)
            n += 1

    pusher = Pusher(Hand(hub, "C"))
    threads = [threading.Thread(target=work, args=(store,)) for store in (a, b)]
    for thread in threads:
        thread.start()
    for _ in range(times):
        before, heads = pusher.acknowledged, (a.head(), b.head())
        until(lambda before=before: pusher.acknowledged > before + 20)  # type: ignore[misc]
        until(lambda heads=heads: a.head() > heads[0] and b.head() > heads[1])  # type: ignore[misc]
        server.kill()
        pusher.answers.clear()
        until(lambda: 503 in pusher.answers)
        assert 500 not in pusher.answers
        server.start()
    before = pusher.acknowledged
    until(lambda: pusher.acknowledged > before + 20)
    end.set()
    for thread in threads:
        thread.join()
    pusher.end()
    assert pusher.answers <= {200, 503}
    assert pusher.errors == {"database"}, "it was not the disk"
    floor.settle()
    facts = floor.require_equal()
    assert len([fact for fact in facts if fact.key.device == "C"]) >= pusher.acknowledged
