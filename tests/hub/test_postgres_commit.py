"""What the hub takes for committed on PostgreSQL."""

from __future__ import annotations

import contextlib
import threading
import time

import psycopg
import pytest

from tests.postgres import PostgresServer
from tests.postgres_binaries import NoServerHere, binary
from wms.hub.database import Session
from wms.hub.postgres_database import PostgresDatabase
from wms.store import StoreUnwritable

WAITING = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"


def make_table(session: Session) -> None:
    session.execute("CREATE TABLE t (n INT)")


def test_a_commit_that_no_standby_confirmed_is_none() -> None:
    """PostgreSQL answers a COMMIT whose wait was cancelled with success and a warning."""
    try:
        binary("postgres")
    except NoServerHere as reason:
        pytest.skip(str(reason))
    failures: list[StoreUnwritable] = []

    def write() -> None:
        try:
            database.write(make_table)
        except StoreUnwritable as failure:
            failures.append(failure)

    with (
        PostgresServer(synchronous_standby_names="absent") as server,
        contextlib.closing(PostgresDatabase(server.admin)) as database,
    ):
        writer = threading.Thread(target=write)
        writer.start()
        until = time.monotonic() + 30
        with psycopg.connect(server.admin, autocommit=True) as administrator:
            while not administrator.execute(WAITING).fetchall():
                assert time.monotonic() < until
                time.sleep(0.01)
            writer.join(30)
            [(there,)] = administrator.execute("SELECT count(*) FROM pg_tables WHERE tablename = 't'").fetchall()
    assert there == 1
    assert "standby" in str(failures)
