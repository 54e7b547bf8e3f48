"""A terminal that is new or far behind takes a snapshot: whole or not at all, from where the download stopped."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import hashlib
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import FileResponse

from tests.contract.floor import CARRIER, Floor, P, moved, received, until
from tests.contract.hand import Hand, line
from tests.contract.hub_process import HubProcess
from wms.hub import snapshots
from wms.hub.embedded import EmbeddedHub
from wms.hub.snapshots import Snapshots
from wms.store import Store, verify
from wms.sync import bootstrap, exchange
from wms.sync.connection import Connection, NotReached
from wms.sync.membership import sync_now
from wms.workflows.prompt import NOTHING

DAY = 86_400


@pytest.fixture(autouse=True)
def soon_far_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """These hubs are small; so are the pieces."""
    monkeypatch.setattr(exchange, "FAR_BEHIND", 100)
    monkeypatch.setattr(bootstrap, "PIECE", 1000)


def full(floor: Floor) -> Store:
    """A terminal that has worked, with its hub."""
    a = floor.join("A", start=False)
    a.writer.do(
        lambda connection: connection.execute("INSERT INTO sealing_key (subject, key) VALUES ('O-1', zeroblob(32))")
    )
    a.record([CARRIER], P)
    for n in range(0, 300, 50):
        a.record([received(n + i) if i % 2 else moved(n + i) for i in range(50)], P)
    floor.start("A")
    floor.settle(301)
    return a


def whole(hub: HubProcess, hand: Hand) -> dict[str, Any]:
    """What is said of the hub's snapshot once that holds all 301 facts; one that was made at once may hold fewer."""
    while (said := hand.call("GET", "/v1/snapshot").body)["position"] < 301:
        hub.kill()
        hub.start()
    return dict(said)


def requests(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Paths and ranges that this process asks for from now on."""
    asked: list[str] = []
    real = Connection.fetch

    def fetch(self: Connection, method: str, path: str, *args: object, **more: object) -> object:
        headers = args[1] if len(args) > 1 and isinstance(args[1], dict) else {}
        asked.append(f"{path} {headers.get('Range', '')}".strip())
        return real(self, method, path, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Connection, "fetch", fetch)
    return asked


def test_a_new_terminal_takes_the_snapshot_and_its_own_work_lies_on_top(
    hub: HubProcess, floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    full(floor)
    new = floor.open("N", "N")
    new.record([received(900), moved(901)], P)
    floor.enrol("N")
    asked = requests(monkeypatch)
    floor.start("N")
    assert floor.settle(303) == 303
    assert any(path.startswith("/v1/snapshot/") for path in asked)
    until(lambda: new.rows.connection.execute("SELECT count(key) FROM sealing_key").fetchone()[0] == 1)
    assert not [path for path in new.folder.iterdir() if "snapshot" in path.name]
    floor.require_equal()


def test_a_snapshot_is_hashed_and_holds_journal_and_picture_but_no_key(hub: HubProcess, floor: Floor) -> None:
    full(floor)
    hand = Hand(hub, "B")
    said = whole(hub, hand)
    content = hand.call("GET", f"/v1/snapshot/{said['id']}").body
    assert (len(content), hashlib.sha256(content).hexdigest()) == (said["size"], said["sha256"])
    parts = [hand.call("GET", f"/v1/snapshot/{said['id']}", Range=f"bytes={at}-{at + 999}") for at in (0, 1000)]
    assert [part.status for part in parts] == [206, 206]
    assert parts[0].body + parts[1].body == content[:2000]
    path = floor.folder / "snapshot"
    path.write_bytes(gzip.decompress(content))
    with contextlib.closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*), max(position) FROM journal").fetchone() == (301, 301)
        assert not connection.execute("SELECT name FROM sqlite_schema WHERE name LIKE '%key%'").fetchall()
    assert hand.call("GET", "/v1/snapshot/other").error == "snapshot"
    assert hub.send("GET", f"/v1/snapshot/{said['id']}").status == 401


def test_a_download_that_was_cut_goes_on_where_it_stopped_in_the_next_run(
    hub: HubProcess, floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    full(floor)
    whole(hub, Hand(hub, "B"))
    new = floor.join("N", start=False)
    real, pieces = Connection.fetch, iter(range(3))

    def cut(self: Connection, method: str, path: str, *args: object, **more: object) -> object:
        if path.startswith("/v1/snapshot/") and next(pieces, None) is None:
            hub.kill()
        return real(self, method, path, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Connection, "fetch", cut)
    assert sync_now(new).offline_since is not None
    part = next(new.folder.glob("snapshot.*.part"))
    assert part.stat().st_size == 3000
    assert new.head() == 0
    monkeypatch.setattr(Connection, "fetch", real)
    hub.start()
    asked = requests(monkeypatch)
    floor.leave("N")
    new = floor.open("N")
    assert sync_now(new).hub_trouble is NOTHING
    assert (new.head(), new.waiting()) == (301, 0)
    # the hub makes the same file again, for nothing has changed
    assert next(path for path in asked if "bytes=" in path) == f"/v1/snapshot/{part.name[9:-5]} bytes=3000-3999"
    assert verify(new.rows).problems == ()


def test_a_download_that_is_cut_while_the_hub_stays_goes_on_where_it_stopped(
    hub: HubProcess, floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    full(floor)
    new = floor.join("N", start=False)
    real, pieces = Connection.fetch, iter(range(2))

    def cut(self: Connection, method: str, path: str, *args: object, **more: object) -> object:
        if path.startswith("/v1/snapshot/") and next(pieces, None) is None:
            self._http.close()
            raise NotReached("cut")
        return real(self, method, path, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Connection, "fetch", cut)
    assert sync_now(new).offline_since is not None
    monkeypatch.setattr(Connection, "fetch", real)
    asked = requests(monkeypatch)
    assert sync_now(new).hub_trouble is NOTHING
    assert next(path for path in asked if "bytes=" in path).endswith("bytes=2000-2999")
    assert new.head() == 301


@pytest.mark.parametrize("damage", ["one byte", "too short", "something else"])
def test_a_damaged_snapshot_is_fetched_again(
    hub: HubProcess, floor: Floor, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    full(floor)
    new = floor.join("N", start=False)
    new.record([received(900)], P)
    real, done = Connection.fetch, list[str]()

    def spoil(self: Connection, method: str, path: str, *args: object, **more: object) -> object:
        response, found = real(self, method, path, *args, **more)  # type: ignore[arg-type]
        if path.startswith("/v1/snapshot/") and not done:
            done.append(path)
            changed = {"one byte": found[:-1] + bytes([found[-1] ^ 1]), "something else": b"x" * len(found)}
            found = changed.get(damage, found[:-7])
        return response, found

    monkeypatch.setattr(Connection, "fetch", spoil)
    status = sync_now(new)
    if damage == "too short":  # what is missing is asked for
        assert status.hub_trouble is NOTHING
    else:
        assert "damaged" in status.hub_trouble.text
        assert (new.head(), new.waiting()) == (0, 1)
    assert sync_now(new).hub_trouble is NOTHING
    assert (new.head(), new.waiting()) == (302, 0)
    assert verify(new.rows).problems == ()


def test_who_is_behind_the_floor_of_the_feed_is_told_so_and_takes_the_snapshot(
    hub: HubProcess, floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "FAR_BEHIND", 1_000_000)
    full(floor)
    late = floor.join("L", start=False)
    hub.kill()
    came_so_far_long_ago(hub, 301)
    hub.start()
    hand = Hand(hub, "B")
    answer = hand.call("GET", "/v1/pull?after=300")
    assert (answer.status, answer.error) == (410, "snapshot")
    assert hand.pull(after=301) == []
    assert hand.hello("run-2", "run-1")["floor"] == 301
    hand.send([line("B", 1)])
    asked = requests(monkeypatch)
    assert sync_now(late).hub_trouble is NOTHING
    assert any(path.startswith("/v1/snapshot/") for path in asked)
    assert late.head() == 302


def test_a_snapshot_that_is_made_again_without_a_change_can_still_be_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "GOOD_FOR", -1.0)
    hub, made = EmbeddedHub(tmp_path), Snapshots(at_once)
    ids = [asyncio.run(made.newest(hub)).id for _ in range(2 + snapshots.KEPT)]
    assert len(set(ids)) == 1
    answer = made.file(hub, ids[-1])
    assert isinstance(answer, FileResponse)
    assert Path(answer.path).is_file()
    made.close()
    hub.close()


async def at_once(work: Callable[..., Any], *args: Any) -> Any:
    return work(*args)


def test_a_snapshot_from_which_the_feed_does_not_go_on_is_made_anew(tmp_path: Path) -> None:
    """A hub that was started afresh reads its picture from the journal while terminals ask already."""
    hub, shared = EmbeddedHub(tmp_path), Snapshots(at_once)
    hub.feed_begins = 5
    made = []
    for position in (3, 6, 8):
        hub.record([received(n) for n in range(hub.head(), position)], P)
        made.append(asyncio.run(shared.newest(hub)).position)
    assert made == [3, 6, 6], "one that reaches the feed is good for all that ask"
    shared.close()
    hub.close()


def came_so_far_long_ago(hub: HubProcess, position: int) -> None:
    with hub.opened() as own:
        row = (hub.warehouse, own.now() // 1000 // DAY - 40, position)
        own.database.write(
            lambda session: session.execute("INSERT INTO hub_day (wh, day, position) VALUES (?, ?, ?)", row)
        )
