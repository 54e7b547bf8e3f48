"""What happens between two steps of sync, in another lane or another program, is neither lost nor taken for something
else."""

from __future__ import annotations

import gzip
import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from wms.domain import events as e
from wms.domain.ids import Badge
from wms.store import Store, journal, snapshot
from wms.sync import bootstrap, exchange, tail, wire
from wms.sync.client import SyncClient
from wms.sync.connection import HubTrouble, NotReached
from wms.sync.exchange import Exchange
from wms.sync.greeting import LIVES, Standing, still_in
from wms.sync.identity import Credentials
from wms.workflows.handling import Recorded

P = Badge("p")
LIFE = (wire.Life("L", 0),)
NOWHERE = "http://127.0.0.1:1"


def say(store: Store, *names: str) -> None:
    store.record([e.SiteNamed(name, "UTC") for name in names], P)


def member(folder: Path, name: str = "T1") -> Store:
    store = Store(folder, name)
    store.join()
    store.set_meta(LIVES, msgspec.json.encode(LIFE).decode())
    return store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(member(tmp_path / "T1")) as made:
        yield made


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Store]:
    with closing(Store(tmp_path / "H1", "H1")) as made:
        yield made


def greeted(store: Store) -> Exchange:
    talk = Exchange(store, NOWHERE)
    talk._standing.greeted, talk._standing.life = True, "L"
    for connection in (talk._push, talk._pull, talk._ask):
        connection.life, connection.session = "L", talk._standing.session
    return talk


class TestTwoProgramsOnOneFolder:
    def test_what_a_running_terminal_records_after_its_enrolment_elsewhere_is_owed(self, tmp_path: Path) -> None:
        with closing(Store(tmp_path, "T1")) as running:
            say(running, "before")
            with closing(Store(tmp_path)) as shell:
                shell.join()
            say(running, "after")
            assert [line.n for line in tail.owed(running, (0, 0), 9)] == [1, 2]
            running.join()
            assert running.waiting() == 2

    def test_what_is_recorded_while_a_store_joins_is_owed(self, tmp_path: Path) -> None:
        with closing(Store(tmp_path, "T1")) as store:
            say(store, "before")
            real = store.writer.do

            def do(work: Callable[[Any], Any]) -> Any:
                done = real(work)
                if store.writer.__dict__.pop("do", None):
                    say(store, "meanwhile")
                return done

            store.writer.do = do  # type: ignore[method-assign, assignment]
            store.join()
            assert [line.n for line in tail.owed(store, (0, 0), 9)] == [1, 2]

    def test_what_the_hub_has_confirmed_stays_so_when_two_enrol(self, tmp_path: Path) -> None:
        with closing(Store(tmp_path, "T1")) as late, closing(Store(tmp_path)) as first:
            first.join()
            say(first, "own")
            first.receive([journal.at_position(journal.lines(first.rows.connection, "1")[0], 1)])
            late.join()
            assert first.head() == 1

    def test_another_program_goes_on_in_the_epoch_that_the_hub_has_begun(self, tmp_path: Path, store: Store) -> None:
        with closing(Store(store.folder)) as other:
            store.begin_epoch(2)
            say(other, "elsewhere")
            say(store, "here")
            keys = [(line.epoch, line.n) for line in journal.lines(store.rows.connection, "1", order="seq")]
            assert keys == [(2, 1), (2, 2)]
            assert (other.guard.epoch, store.guard.epoch) == (2, 2)

    def test_a_program_opened_with_a_guard_read_before_the_epoch_began_goes_on_in_it(
        self, store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from wms.store import store as module

        class Early(module.Guard):
            def __init__(self, path: Path) -> None:
                super().__init__(path)
                store.begin_epoch(3)

        monkeypatch.setattr(module, "Guard", Early)
        with closing(Store(store.folder)) as other:
            assert other.epoch == 3


def test_what_was_passed_over_while_lost_facts_go_back_goes_back_too(store: Store) -> None:
    say(store, *"abcde")
    own = journal.lines(store.rows.connection, "1")
    store.receive([journal.at_position(line, n) for n, line in enumerate(own, 1)])
    store.rewind(0)
    talk, sent = greeted(store), list[list[tuple[int, int]]]()
    talk._limit = 3

    def call(method: str, path: str, answer: Any, message: Any, *, timeout: float) -> Any:
        assert path == "/v1/return"
        sent.append([(line.epoch, line.n) for line in message.facts])
        if len(sent) == 1:  # meanwhile another fact of the hub's bears the key of T1/1/1
            other = msgspec.structs.replace(own[4], n=1, position=1)
            store.receive([other])
            talk._look_for_orphans()
        return wire.Given(len(message.facts), 0)

    talk._push.call = call  # type: ignore[method-assign, assignment]
    talk.push()
    (orphan,) = [line for _, line in tail.lost(store, 0, 9) if line.epoch < 0]
    assert (orphan.epoch, orphan.n) in [key for keys in sent[1:] for key in keys]


def test_what_another_lane_received_since_hello_was_said_keeps_its_place(store: Store, hub: Store) -> None:
    say(hub, *"abcdefghij")
    store.receive(hub.lines_since(0, 6))

    class Hub:
        life = session = ""

        def call(self, method: str, path: str, answer: Any, said: wire.Hello, *, timeout: float) -> wire.Welcome:
            store.receive(hub.lines_since(6, 4), require=still_in("L"))
            return wire.Welcome(1, LIFE, said.head, 10, 0, 0, "MAIN", "", "")

    Standing(store).greet(Hub(), 1)  # type: ignore[arg-type]
    assert (store.head(), tail.lost(store, 0, 9)) == (10, [])


class TestSnapshotForTwoLanes:
    FACTS = 60

    @pytest.fixture
    def talk(self, store: Store, hub: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Exchange:
        """A terminal below the floor of the hub's feed."""
        say(hub, *map(str, range(self.FACTS)))
        snapshot.make(hub, tmp_path / "snapshot")
        packed = gzip.compress((tmp_path / "snapshot").read_bytes())
        name = hashlib.sha256(packed).hexdigest()
        said = wire.Snapshot(name[:16], "L", self.FACTS, len(packed), name)
        monkeypatch.setattr(bootstrap, "PIECE", len(packed) // 4 + 1)
        monkeypatch.setattr(exchange, "PATIENCE", 0.2)
        talk = greeted(store)
        talk._standing.floor = talk._standing.head = self.FACTS

        def call(method: str, path: str, answer: Any, body: object = None, *, timeout: float) -> Any:
            if path == "/v1/ask":
                return wire.Answer(recorded=(hub.lines_since(self.FACTS - 1, 1)[0],))
            if path == "/v1/snapshot":
                return said
            after = int(path.partition("after=")[2].partition("&")[0])
            assert after >= self.FACTS, "below the floor"
            return wire.Pulled((), self.FACTS, (), 0, 1, 0)

        def fetch(method: str, path: str, body: None, headers: dict[str, str], *, timeout: float) -> Any:
            first, last = map(int, headers["Range"][6:].split("-"))
            self.fetched(first)
            return SimpleNamespace(status=206), packed[first : last + 1]

        for connection in (talk._pull, talk._ask):
            connection.call, connection.fetch = call, fetch  # type: ignore[method-assign, assignment]
        return talk

    fetched: Callable[[int], None] = staticmethod(lambda at: None)

    def test_the_second_lane_finds_what_the_first_has_brought(self, store: Store, talk: Exchange) -> None:
        begun, waits = threading.Event(), threading.Event()

        def fetched(at: int) -> None:
            begun.set()
            waits.wait(5)

        self.fetched = fetched
        first_lane = threading.Thread(target=talk.pull, args=(0,))
        first_lane.start()
        assert begun.wait(5)
        with pytest.raises(HubTrouble):  # no second download into the same files
            talk._bootstrapped(talk._ask)
        waits.set()
        first_lane.join(10)
        assert talk._bootstrapped(talk._ask) == 0
        assert talk._pull_on(talk._ask, 0) == 0
        assert store.head() == self.FACTS

    def test_an_answer_that_can_not_be_taken_in_is_no_refusal(self, store: Store, talk: Exchange) -> None:
        client = SyncClient(store, NOWHERE, Credentials())
        client._exchange = talk

        def broken(at: int) -> None:
            raise FileNotFoundError("snapshot")

        self.fetched = broken
        outcome = client.ask(e.SiteNamed("x", "UTC"), P)  # type: ignore[arg-type]
        assert not isinstance(outcome, Recorded)
        assert outcome.why.text == "Sync stopped working. Work on; call the supervisor"  # type: ignore[union-attr]


def test_a_lane_that_is_woken_as_it_fails_does_not_sleep(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wms.sync.client.FIRST_PAUSE", 60.0)
    client, turns = SyncClient(store, NOWHERE, Credentials()), list[float]()
    real = client._failed

    def failed(*arguments: Any, **more: Any) -> None:
        real(*arguments, **more)
        client._done("push")  # the other lane has reached the hub

    def turn() -> None:
        turns.append(time.monotonic())
        if len(turns) == 2:
            client._stopping.set()
        else:
            raise NotReached("away")

    monkeypatch.setattr(client, "_failed", failed)
    client._run("pull", turn)
    assert turns[1] - turns[0] < 20
