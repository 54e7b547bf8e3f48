"""Databases of every earlier version, a terminal's, a hub's on either engine: opened, verified, kept whole, synced.
What a newer version has written is left alone."""

from __future__ import annotations

import contextlib
import lzma
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlcipher3 import dbapi2

from tests.contract.floor import Floor, P, received
from tests.contract.hub_process import HubProcess
from wms.config import Unfit
from wms.domain.events import VERSION, Fact, Key
from wms.domain.ids import DeviceId
from wms.domain.review import Review
from wms.hub import opening
from wms.hub.embedded import MAIN, EmbeddedHub
from wms.hub.postgres_database import PostgresDatabase
from wms.hub.schema import COMMON, POSTGRES
from wms.store import Store, codec, journal, schema, verify
from wms.store.database import JOURNAL_VERSION

EARLIER = Path(__file__).with_name("earlier")
STORES = sorted(EARLIER.glob("store-*.tar.xz"))
HUBS = sorted(EARLIER.glob("hub-*.sql.xz"))
ALONE = 3  # facts that the bench had not handed over


def unpacked(path: Path, folder: Path) -> Path:
    with tarfile.open(path) as archive:
        careful = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}  # not in the first releases of 3.11
        archive.extractall(folder, **careful)  # type: ignore[arg-type]
    return folder


@contextlib.contextmanager
def raw(folder: Path) -> Iterator[Any]:
    connection = dbapi2.connect(str(folder / "wms.sqlite3"))
    try:
        yield connection
        connection.commit()
    finally:
        connection.close()


def journal_of(folder: Path) -> list[tuple[Any, ...]]:
    """Every fact to the letter."""
    with raw(folder) as connection:
        found = connection.execute(
            "SELECT device, epoch, n, position, at, person, kind, body FROM journal"
            " ORDER BY position IS NULL, position, n"
        )
        return list(found)


@pytest.fixture(params=STORES, ids=lambda path: path.name.partition(".")[0])
def left(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """What that version left behind."""
    return unpacked(request.param, tmp_path / "left")


def test_there_is_a_database_of_each_version_and_of_each_step_of_a_hub() -> None:
    """Whoever adds a step keeps a database of the step before."""
    assert len(STORES) == JOURNAL_VERSION
    kept = lzma.decompress(HUBS[-1].read_bytes()).decode()
    assert all(f"'{step}'" in kept for step, _ in (*COMMON, *POSTGRES)), "keep a hub with the steps of now"


def test_a_terminal_of_an_earlier_version_keeps_every_fact(left: Path) -> None:
    folder = left / "PACK1"
    before = journal_of(folder)
    with raw(folder) as connection:
        jobs = dict(connection.execute("SELECT subject, state FROM print_job WHERE subject LIKE 'ALONE-%'"))
    store = Store(folder)
    try:
        assert journal_of(folder) == before
        assert len(before) > 1000
        assert verify(store.rows).problems == ()
        assert (store.device, store.epoch, store.waiting(), store.decides) == ("PACK1", 1, ALONE, False)
        connection = store.rows.connection
        assert connection.execute("PRAGMA user_version").fetchone()[0] == JOURNAL_VERSION
        states = dict(connection.execute("SELECT subject, state FROM print_job WHERE subject LIKE 'ALONE-%'"))
        renamed = {"look": "failed", "dropped": "cancelled"}
        assert states == {subject: renamed.get(state, state) for subject, state in jobs.items()}
        keys = connection.execute("SELECT subject FROM sealing_key WHERE sent = 0").fetchall()
        assert ("ALONE",) in keys
        store.record([received(1)], P)
        assert verify(store.rows).problems == ()
    finally:
        store.close()
    again = Store(folder)
    assert (again.waiting(), again.epoch) == (ALONE + 1, 1)
    again.close()


def test_a_hub_and_a_terminal_of_an_earlier_version_go_on_together(left: Path, tmp_path: Path) -> None:
    before = journal_of(left / "hub")
    hub = HubProcess(left / "hub", "", MAIN)
    hub.start()
    floor = Floor(left, hub)
    try:
        bench = floor.open("PACK1")
        assert not bench.decides
        floor.enrol("PACK1")
        floor.start("PACK1")
        floor.join("NEW")
        assert floor.settle(len(before) + ALONE) == len(before) + ALONE
        bench.record([received(1)], P)
        floor.settle(len(before) + ALONE + 1)
        facts = floor.require_equal()
        assert journal_of(left / "hub")[: len(before)] == before
        assert [fact.key.device for fact in facts[len(before) :]] == ["PACK1"] * (ALONE + 1)
        with hub.opened() as own:
            listed = own.database.read(lambda s: s.execute("SELECT device, name FROM hub_terminal").fetchall())
            keys = {key.subject for key in own.page(0, 500, 0).keys}
        assert {"PACK1", "PICK1", "NEW"} <= {device for device, _ in listed}
        assert "ALONE" in keys
    finally:
        floor.close()
        if hub.process is not None:
            hub.kill()


@pytest.mark.parametrize("dump", HUBS, ids=lambda path: path.name.partition(".")[0])
def test_a_hub_on_postgresql_of_an_earlier_version_goes_on(dump: Path, postgres_database: str, tmp_path: Path) -> None:
    with psycopg.connect(postgres_database) as connection:
        connection.execute(lzma.decompress(dump.read_bytes()))
    with psycopg.connect(postgres_database) as connection:
        columns = "device, epoch, n, position, at, person, kind, body"
        before = connection.execute(f"SELECT {columns} FROM hub_event ORDER BY position").fetchall()
    hub = HubProcess(tmp_path / "hub", postgres_database, MAIN)
    hub.start()
    floor = Floor(unpacked(STORES[-1], tmp_path / "left"), hub)
    try:
        floor.open("PACK1")
        floor.enrol("PACK1")
        floor.start("PACK1")
        assert floor.settle(len(before) + ALONE) == len(before) + ALONE
        facts = floor.require_equal()
        said = [
            (one.device, one.epoch, one.n, one.position, one.at, one.person, one.kind)
            for one in map(journal.line_of, facts)
        ]
        assert said[: len(before)] == [row[:7] for row in before]
    finally:
        floor.close()
        if hub.process is not None:
            hub.kill()


def test_what_a_newer_version_has_written_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    Store(folder, "A").close()
    for change, back in (
        (f"PRAGMA user_version = {JOURNAL_VERSION + 1}", f"PRAGMA user_version = {JOURNAL_VERSION}"),
        (f"UPDATE meta SET value = '{VERSION + 1}' WHERE name = 'events'", "DELETE FROM meta WHERE name = 'events'"),
    ):
        with raw(folder) as connection:
            connection.execute(change)
        content, guard = (folder / "wms.sqlite3").read_bytes(), (folder / "wms.guard").read_bytes()
        for opened in (Store, EmbeddedHub):
            with pytest.raises(Unfit, match="written by a newer version"):
                opened(folder)
        assert (folder / "wms.guard").read_bytes() == guard
        assert (folder / "wms.sqlite3").read_bytes() == content
        with raw(folder) as connection:
            connection.execute(back)
    store = Store(folder)
    assert store.meta("events") == str(VERSION)
    store.close()


def test_a_hub_whose_tables_a_newer_version_has_made_is_left_alone(tmp_path: Path, postgres_database: str) -> None:
    with opening.tables(tmp_path / "hub"):
        pass
    with raw(tmp_path / "hub") as connection:
        connection.execute("UPDATE _sqlite_migrations SET name = 'from_the_future' WHERE name = 'changes_of_keys'")
    with pytest.raises(Unfit, match="newer version"):
        EmbeddedHub(tmp_path / "hub")
    with pytest.raises(Unfit, match="newer version"), opening.tables(tmp_path / "hub"):
        pass
    database = PostgresDatabase(postgres_database)
    try:
        database.migrate()
        database.write(lambda s: s.execute("INSERT INTO hub_schema (step, serial) VALUES ('from the future', 9)"))
        with pytest.raises(Unfit, match="newer version"):
            database.migrate()
    finally:
        database.close()


def test_what_could_not_be_read_before_an_update_is_read_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The picture is made anew with each version of events, so that it is what the journal says."""
    line = journal.line_of(Fact(Key(DeviceId("B"), 1, 1), 1, P, received(3)))
    with monkeypatch.context() as before:
        before.delitem(codec._TYPES, "GoodsReceived")
        before.setattr(codec, "_DECODERS", {})
        before.setattr(schema, "VERSION", VERSION - 1)
        store = Store(tmp_path, "A")
        store.ingest([line])
        assert store.rows.all(Review)
        store.close()
    store = Store(tmp_path)
    assert store.since(0, 9)[0].body == received(3)
    assert verify(store.rows).problems == ()
    assert not store.rows.all(Review)
    store.close()
