"""Copies of a hub: whole, at one moment, from either engine and for either; putting one back begins a new life."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from wms.domain import events as e
from wms.domain.commands import LeaseWaybills
from wms.domain.ids import NO_LOT, Badge, CarrierCode, DeviceId, PlaceId, Sku
from wms.hub import copies, opening
from wms.hub.interface import HubStore
from wms.hub.roles import TerminalRole
from wms.hub.terminals import Terminals
from wms.store import verify
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
        copies.put_back(folder, url, copy)
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
    copies.put_back(here, engine, copy, replace=True)
    with opened(here, engine) as hub:
        caught_up(hub, 2)
        assert lease(hub)[0] > max(last for _, last in lost)


def test_a_short_range_keeps_half_of_its_numbers(tmp_path: Path, engine: str) -> None:
    copy, here = tmp_path / "copy", tmp_path / "here"
    with opened(here, engine) as hub:
        hub.record([carrier(last=1000)], OFFICE)
        copies.back_up(here, engine, copy)
    copies.put_back(here, engine, copy, replace=True)
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
        copies.put_back(here, engine, copy)
    with opened(here, engine) as hub:
        assert hub.head() == 2
    copies.put_back(here, engine, copy, replace=True)
    with opened(here, engine) as hub:
        assert hub.head() == 1
    assert engine or (here / "wms.sqlite3.before-restore").exists()


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
            copies.put_back(here, engine, bad, replace=True)
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
