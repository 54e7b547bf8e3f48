"""Copies of a hub: whole, at one moment, from either engine and for either; putting one back begins a new life."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from wms.domain import events as e
from wms.domain.commands import LeaseWaybills
from wms.domain.events import Fact, Key
from wms.domain.ids import NO_LOT, Badge, CarrierCode, DeviceId, PlaceId, Sku
from wms.hub import audit, copies, opening, restoring
from wms.hub.clients import Clients
from wms.hub.interface import HubStore
from wms.hub.roles import ClientRole, TerminalRole
from wms.hub.terminals import Terminals
from wms.store import verify
from wms.store.journal import line_of
from wms.sync import wire
from wms.sync.wire import KeyLine
from wms.workflows.handling import Recorded

OFFICE = Badge("OFFICE")


def goods(n: int) -> e.GoodsReceived:
    return e.GoodsReceived(f"R{n}", Sku(f"S{n % 9}"), NO_LOT, 1 + n % 7, PlaceId(f"B{n % 5}"))


def carrier(last: int = 1_000_000) -> e.CarrierDefined:
    return e.CarrierDefined(CarrierCode("SF"), "顺丰", "SF", PlaceId(""), "SF", 12, 1, last)


@contextmanager
def opened(folder: Path, url: str) -> Iterator[HubStore]:
    opening.add(folder, url, "MAIN")
    with opening.hubs(folder, url) as hubs:
        yield hubs["MAIN"]


def lease(hub: HubStore, count: int = 100) -> tuple[int, int]:
    outcome = hub.execute(LeaseWaybills(CarrierCode("SF"), DeviceId("T1"), 1, count), OFFICE)
    assert isinstance(outcome, Recorded), outcome
    leased = outcome.facts[0].body
    assert isinstance(leased, e.WaybillsLeased)
    return leased.first, leased.last


def caught_up(hub: HubStore, position: int) -> None:
    deadline = time.monotonic() + 20
    while hub.rows.connection.execute("SELECT max(position) FROM journal").fetchone()[0] != position:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def everything(hub: HubStore) -> list[object]:
    return [hub.page(0, 500, 0).facts, hub.page(0, 500, 0).keys]


def test_a_copy_goes_from_either_engine_to_the_other_and_begins_a_new_life(
    tmp_path: Path, engine: str, postgres_database: str
) -> None:
    copy, here = tmp_path / "copy", tmp_path / "here"
    with opened(here, engine) as hub:
        hub.record([carrier(), *map(goods, range(300))], OFFICE)
        hub.keep_keys([KeyLine("O1:k", b"1" * 32), KeyLine("O2:k", b"2" * 32), KeyLine("O2:k", None)])
        Terminals(hub.database, "MAIN").new_code("bench", TerminalRole.ALL, "test", 0)
        copied = copies.back_up(here, engine, copy)
        held, life, device = everything(hub), hub.life, hub.device
    assert (copied.position, copied.warehouse, copies.look_at(copy)) == (301, "MAIN", copied)
    assert copy.stat().st_mode & 0o077 == 0
    for folder, url in ((tmp_path / "file", ""), (tmp_path / "server", _other(engine, postgres_database, tmp_path))):
        restoring.put_back(folder, url, copy)
        with opened(folder, url) as hub:
            assert everything(hub) == held
            assert hub.life != life
            assert hub.device != device
            caught_up(hub, 301)
            assert verify(hub.rows).problems == ()
            assert hub.database.read(lambda s: s.execute("SELECT count(*) FROM hub_code").fetchone()[0]) == 0
            hub.record([goods(1)], OFFICE)
            assert hub.head() == 302


def _other(engine: str, database: str, tmp_path: Path) -> str:
    """PostgreSQL, without what this very test may have put there."""
    if engine == database:
        with opened(tmp_path / "emptied", engine) as hub:
            for table in ("hub_event", "hub_key", "hub_head", "hub_life", "hub_floor", "hub_code"):
                hub.database.write(lambda s, table=table: s.execute(f"DELETE FROM {table}"))  # type: ignore[misc]
        opening.add(tmp_path / "emptied", engine, "MAIN")
    return database


def test_numbers_leased_after_the_copy_are_never_leased_again(tmp_path: Path, engine: str) -> None:
    copy, here = tmp_path / "copy", tmp_path / "here"
    with opened(here, engine) as hub:
        hub.record([carrier()], OFFICE)
        lease(hub)
        copies.back_up(here, engine, copy)
        lost = {lease(hub) for _ in range(20)}
    restoring.put_back(here, engine, copy, replace=True)
    with opened(here, engine) as hub:
        caught_up(hub, 2)
        assert lease(hub)[0] > max(last for _, last in lost)


def test_a_short_range_keeps_half_of_its_numbers(tmp_path: Path, engine: str) -> None:
    copy, here = tmp_path / "copy", tmp_path / "here"
    with opened(here, engine) as hub:
        hub.record([carrier(last=1000)], OFFICE)
        copies.back_up(here, engine, copy)
    restoring.put_back(here, engine, copy, replace=True)
    with opened(here, engine) as hub:
        caught_up(hub, 1)
        assert lease(hub) == (502, 601)


def test_what_is_there_is_replaced_only_when_that_was_said_and_is_kept_beside(tmp_path: Path, engine: str) -> None:
    copy, here = tmp_path / "copy", tmp_path / "here"
    with opened(here, engine) as hub:
        hub.record([goods(1)], OFFICE)
        copies.back_up(here, engine, copy)
        hub.record([goods(2)], OFFICE)
    with pytest.raises(copies.BadCopy, match="--replace"):
        restoring.put_back(here, engine, copy)
    with opened(here, engine) as hub:
        assert hub.head() == 2
    restoring.put_back(here, engine, copy, replace=True)
    with opened(here, engine) as hub:
        assert hub.head() == 1


def test_what_was_put_away_is_kept_each_time_and_the_answer_says_where(tmp_path: Path, engine: str) -> None:
    copy, here = tmp_path / "copy", tmp_path / "here"
    with opened(here, engine) as hub:
        hub.record([goods(1)], OFFICE)
        copies.back_up(here, engine, copy)
        hub.record([goods(2)], OFFICE)
    first = restoring.put_back(here, engine, copy, replace=True).kept
    with opened(here, engine) as hub:
        hub.record([goods(3), goods(4)], OFFICE)
    second = restoring.put_back(here, engine, copy, replace=True).kept
    assert first is not None
    assert second is not None
    assert first != second
    assert engine or [first.name, second.name] == ["wms.sqlite3.before-restore", "wms.sqlite3.before-restore.2"]
    for kept, head in ((first, 2), (second, 3)):
        if engine:
            assert copies.look_at(kept).position == head
        else:
            (kept.with_name("again")).mkdir()
            for part in kept.parent.glob(f"{kept.name}*"):
                end = part.name.removeprefix(kept.name)
                if end in ("", "-wal", "-shm"):
                    part.rename(kept.with_name("again") / f"wms.sqlite3{end}")
            with opened(kept.with_name("again"), "") as hub:
                assert hub.head() == head
            kept.with_name("again").rename(tmp_path / kept.name)


def test_who_was_shut_out_and_what_was_erased_since_the_copy_stays_so(tmp_path: Path, engine: str) -> None:
    copy, here = tmp_path / "copy", tmp_path / "here"
    with opened(here, engine) as hub:
        hub.record([goods(1)], OFFICE)
        hub.keep_keys([KeyLine("O1:k", b"1" * 32), KeyLine("O2:k", b"2" * 32)])
        terminals, clients = Terminals(hub.database, "MAIN"), Clients(hub.database, "MAIN")

        def enrol(device: str) -> str:
            code = terminals.new_code(f"bench {device}", TerminalRole.ALL, "test", 1000)
            return terminals.enrol(code, device, bytes(32), 1000)[0].partition(".")[2]

        old = {device: enrol(device) for device in ("T1", "T2", "T3")}
        token = clients.new_token("erp", ClientRole.ERP, "test", 1000).partition(".")[2]
        copies.back_up(here, engine, copy)
        terminals.revoke("T1", "test", 2000)
        new = {"T2": enrol("T2"), "T4": enrol("T4")}  # what T2 had before is worth nothing any more
        clients.revoke("erp", "test", 2000)
        hub.keep_keys([KeyLine("O1:k", None), KeyLine("O3:k", bytes(32)), KeyLine("O3:k", None)])
        lines = hub.database.read(lambda session: audit.entries(session, "MAIN"))
    done = restoring.put_back(here, engine, copy, replace=True)
    assert (done.followed, done.terminals, done.programs) == (True, ("bench T2", "bench T3", "bench T4"), ())
    with opened(here, engine) as hub:
        terminals, clients = Terminals(hub.database, "MAIN"), Clients(hub.database, "MAIN")
        assert [terminals.of_token(old[device]) for device in ("T1", "T2")] == [None, None]
        assert terminals.of_token(old["T3"]) is not None
        assert all(terminals.of_token(token) is not None for token in new.values())
        assert clients.of_token(token) is None
        assert {key.subject: key.key for key in hub.page(0, 500, 0).keys} == {
            "O1:k": None, "O2:k": b"2" * 32, "O3:k": None,
        }  # fmt: skip
        after = hub.database.read(lambda session: audit.entries(session, "MAIN"))
        assert after[: len(lines)] == lines
    elsewhere = tmp_path / "elsewhere"
    if not engine:
        assert restoring.put_back(elsewhere, "", copy).followed is False
        (here / "wms.sqlite3").write_bytes(b"broken" * 4096)
        done = restoring.put_back(here, "", copy, replace=True)
        assert (done.followed, done.terminals) == (False, ("bench T1", "bench T2", "bench T3"))


def test_one_changed_digit_is_found_before_anything_changes(tmp_path: Path, engine: str) -> None:
    copy, here = tmp_path / "copy", tmp_path / "here"
    with opened(here, engine) as hub:
        hub.record(list(map(goods, range(20))), OFFICE)
        hub.keep_keys([KeyLine("O1:k", b"1" * 32)])
        Clients(hub.database, "MAIN").new_token("erp", ClientRole.ERP, "test", 1000)
        copies.back_up(here, engine, copy)
        hub.record([goods(99)], OFFICE)
    whole = copy.read_bytes()
    for spoil in (
        "UPDATE event SET body = replace(body, '\"R7\"', '\"R8\"')",
        "UPDATE key SET key = x'00'",
        "UPDATE hub_client SET role = 'admin'",
        "UPDATE about SET value = value + 1 WHERE name = 'made'",
        "DELETE FROM about WHERE name = 'sha256'",
        "UPDATE event SET body = CAST(x'7b22ff' AS TEXT) WHERE position = 3",
    ):
        copy.write_bytes(whole)
        with contextlib.closing(sqlite3.connect(copy)) as db, db:
            assert db.execute(spoil).rowcount > 0
        with pytest.raises(copies.BadCopy, match="damaged") as raised:
            restoring.put_back(here, engine, copy, replace=True)
        assert "R3" not in str(raised.value)
    with opened(here, engine) as hub:
        assert hub.head() == 21


def test_facts_that_are_not_what_the_hub_took_are_found(tmp_path: Path, engine: str) -> None:
    """Changed in the hub's own tables, before the copy was made and its sum taken."""
    copy, here = tmp_path / "copy", tmp_path / "here"
    with opened(here, engine) as hub:
        facts = [line_of(Fact(Key(DeviceId("T1"), 1, n), n, OFFICE, goods(n))) for n in range(1, 9)]
        hub.hello(DeviceId("T1"), wire.Hello("T1", 1, 0, "run", "", (), 0))
        hub.push(DeviceId("T1"), wire.push_of(facts), version=wire.VERSION)
        copies.back_up(here, engine, copy)
        assert copies.look_at(copy).position == 8
        table = "hub_event" if engine else "journal"
        if not engine:
            triggers = "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'journal'"
            for (name,) in hub.database.read(lambda session: session.execute(triggers).fetchall()):
                hub.database.write(lambda session, name=name: session.execute(f"DROP TRIGGER {name}"))  # type: ignore[misc]
        changed = f"UPDATE {table} SET body = replace(body, 'R5', 'R6')"
        hub.database.write(lambda session: session.execute(changed))
        copies.back_up(here, engine, copy)
    with pytest.raises(copies.BadCopy, match="T1/1"):
        restoring.put_back(here, engine, copy, replace=True)


def test_a_full_disk_under_a_copy_is_told_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here, connect = tmp_path / "here", sqlite3.connect
    with opened(here, "") as hub:
        hub.record(list(map(goods, range(400))), OFFICE)

    def small(*arguments: object, **named: object) -> sqlite3.Connection:
        connection = connect(*arguments, **named)  # type: ignore[call-overload]
        connection.execute("PRAGMA max_page_count = 8")
        return connection

    monkeypatch.setattr(sqlite3, "connect", small)
    with pytest.raises(OSError, match="No space left") as raised:
        copies.back_up(here, "", tmp_path / "copy")
    assert raised.value.filename == str(tmp_path / "copy")
    assert not list(tmp_path.glob("copy*"))


def test_a_damaged_or_foreign_file_changes_nothing(tmp_path: Path, engine: str) -> None:
    copy, here = tmp_path / "copy", tmp_path / "here"
    with opened(here, engine) as hub:
        hub.record(list(map(goods, range(20))), OFFICE)
        copies.back_up(here, engine, copy)
    with sqlite3.connect(copy) as db:
        db.execute("DELETE FROM event WHERE position = 7")
    db.close()
    (tmp_path / "text").write_text("no copy")
    for bad in (copy, tmp_path / "text", tmp_path / "missing"):
        with pytest.raises(copies.BadCopy):
            restoring.put_back(here, engine, bad, replace=True)
    with opened(here, engine) as hub:
        assert hub.head() == 20


def test_a_copy_is_of_one_moment_while_others_write(tmp_path: Path, engine: str) -> None:
    copy, here = tmp_path / "copy", tmp_path / "here"
    with opened(here, engine) as hub:
        hub.record(list(map(goods, range(400))), OFFICE)
        import threading

        stop = threading.Event()

        def write() -> None:
            while not stop.is_set():
                hub.record(list(map(goods, range(5))), OFFICE)

        writer = threading.Thread(target=write)
        writer.start()
        try:
            made = [copies.back_up(here, engine, copy).position for _ in range(5)]
        finally:
            stop.set()
            writer.join()
    assert made == sorted(made)
    assert copies.look_at(copy).position == made[-1]


def test_an_interrupted_copy_leaves_no_file_that_looks_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = tmp_path / "here"
    with opened(here, "") as hub:
        hub.record([goods(1)], OFFICE)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        copies.back_up(here, "", tmp_path / "copy")
    assert not list(tmp_path.glob("copy*"))


def test_a_disk_without_room_does_not_make_a_restore_forget_who_was_shut_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy, here = tmp_path / "copy", tmp_path / "here"
    with opened(here, "") as hub:
        hub.record([goods(1)], OFFICE)
        copies.back_up(here, "", copy)
        hub.record([goods(2)], OFFICE)
    full = sqlcipher.OperationalError("database or disk is full")

    def unreadable(*_: object, **__: object) -> None:
        raise full

    monkeypatch.setattr("wms.hub.remembrance.open_connection", unreadable)
    with pytest.raises(sqlcipher.OperationalError):
        restoring.put_back(here, "", copy, replace=True)
    with opened(here, "") as hub:
        assert hub.head() == 2
