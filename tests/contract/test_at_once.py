"""Many at once: positions have no hole, whoever reads skips nothing, and two hubs of one warehouse are as one."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import Any

import pytest

from tests.contract.floor import Floor, P, facts_of, moved, received, until
from tests.contract.hand import Hand, line
from tests.contract.hub_process import HubProcess
from wms.hub.sync_routes import MOST_PUSHES
from wms.store.database import immediate, open_connection
from wms.sync.membership import sync_now
from wms.workflows.prompt import NOTHING

PUSHERS, PUSHES, SIZE = 8, 12, 5


class Reader:
    """A naive one: it asks for what stands behind the last position it has seen, over and over."""

    def __init__(self, hand: Hand) -> None:
        self._hand, self._end = hand, threading.Event()
        self.seen: list[Any] = []
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def _read(self) -> None:
        while not self._end.is_set():
            last = self.seen[-1][3] if self.seen else 0
            self.seen += self._hand.pull(after=last, limit=7)

    def ended(self, head: int) -> list[Any]:
        until(lambda: len(self.seen) >= head or not self._thread.is_alive())
        self._end.set()
        self._thread.join()
        return self.seen


def pour_in(hands: list[Hand]) -> None:
    def pushes(hand: Hand) -> None:
        for first in range(1, PUSHES * SIZE, SIZE):
            status, body = hand.push(first, SIZE)
            assert status == 200, body

    with ThreadPoolExecutor(len(hands)) as threads:
        list(threads.map(pushes, hands))


def require_whole(facts: list[Any]) -> None:
    assert [one[3] for one in facts] == list(range(1, PUSHERS * PUSHES * SIZE + 1))
    for device in {one[0] for one in facts}:
        assert [one[2] for one in facts if one[0] == device] == list(range(1, PUSHES * SIZE + 1))


def test_eight_who_push_at_once_leave_no_hole_and_a_reader_skips_nothing(hub: HubProcess) -> None:
    readers = [Reader(Hand(hub, "R1")), Reader(Hand(hub, "R2"))]
    pour_in([Hand(hub, f"T{n}") for n in range(PUSHERS)])
    feeds = [reader.ended(PUSHERS * PUSHES * SIZE) for reader in readers]
    require_whole(feeds[0])
    assert feeds[0] == feeds[1]
    hub.terminate()
    with hub.opened() as own:
        assert [fact.key.n for fact in facts_of(own)] == [one[2] for one in feeds[0]]


@pytest.fixture
def beside(hub: HubProcess) -> Iterator[HubProcess]:
    """A second hub process of the same warehouse."""
    if not hub.database:
        pytest.skip("the embedded engine is one process")
    other = HubProcess(hub.folder.with_name("beside"), hub.database, hub.warehouse)
    other.start()
    yield other
    if other.process is not None:
        other.kill()


def test_two_hubs_of_one_warehouse_number_as_one(hub: HubProcess, beside: HubProcess) -> None:
    readers = [Reader(Hand(hub, "R1")), Reader(Hand(beside, "R2"))]
    pour_in([Hand((hub, beside)[n % 2], f"T{n}") for n in range(PUSHERS)])
    feeds = [reader.ended(PUSHERS * PUSHES * SIZE) for reader in readers]
    require_whole(feeds[0])
    assert feeds[0] == feeds[1]


def test_terminals_of_two_hubs_of_one_warehouse_come_to_the_same(
    hub: HubProcess, beside: HubProcess, floor: Floor
) -> None:
    a, b = floor.join("A"), floor.join("B", hub=beside)
    for n in range(10):
        a.record([received(n), moved(n)], P)
        b.record([received(100 + n), moved(n)], P)
    assert floor.settle(40) == 40
    start = time.monotonic()
    a.record([received(50)], P)
    assert floor.settle(41) == 41
    assert time.monotonic() - start < 5  # B's pull waits at the other hub, which looks every half second
    beside.kill()
    b.record([received(200)], P)
    a.record([received(201)], P)
    until(lambda: a.head() == 42)
    beside.start()
    assert floor.settle(43) == 43
    floor.require_equal()


@contextmanager
def writers_kept_waiting(hub: HubProcess) -> Iterator[None]:
    """Somebody else holds what everyone who writes must lock first."""
    if hub.database:
        import psycopg

        with psycopg.connect(hub.database) as connection:
            connection.execute("SELECT 1 FROM hub_head WHERE wh = %s FOR UPDATE", (hub.warehouse,))
            yield
        return
    connection = open_connection(hub.folder / "wms.sqlite3")
    try:
        with immediate(connection):
            yield
    finally:
        connection.close()


def test_too_many_pushes_at_once_are_asked_to_come_back_and_readers_go_on(hub: HubProcess, floor: Floor) -> None:
    hands = [Hand(hub, f"T{n}") for n in range(MOST_PUSHES + 1)]
    late, reader = floor.join("A", start=False), Hand(hub, "R")
    reader.push(1, 1)
    late.record([received(1)], P)
    with ThreadPoolExecutor(len(hands)) as threads:
        with writers_kept_waiting(hub):
            answers = [threads.submit(hand.send, [line(hand.device, 1)]) for hand in hands]
            done, waiting = wait(answers, 4, return_when=FIRST_COMPLETED)
            refused = [answer.result() for answer in done]
            assert [(answer.status, answer.error) for answer in refused] == [(429, "busy")]
            assert 0.1 < float(refused[0].headers["retry-after"]) < 2
            start = time.monotonic()
            assert len(reader.pull()) == 1
            assert time.monotonic() - start < 2
        assert [answer.result().status for answer in waiting] == [200] * MOST_PUSHES
    assert sync_now(late).hub_trouble is NOTHING
    assert late.waiting() == 0
    assert len(reader.pull()) == MOST_PUSHES + 2
