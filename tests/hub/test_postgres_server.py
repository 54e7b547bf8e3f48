"""The PostgreSQL that tests run against keeps what it acknowledged and leaves nothing behind."""

from __future__ import annotations

import contextlib
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from tests.postgres import GIVEN, Databases, PostgresServer, a_server
from tests.postgres_binaries import NoServerHere, binary


@pytest.fixture(scope="module")
def cluster() -> Iterator[PostgresServer]:
    try:
        binary("postgres")
    except NoServerHere as reason:
        pytest.skip(str(reason))
    with contextlib.closing(PostgresServer()) as server:
        yield server


@pytest.fixture
def server(cluster: PostgresServer) -> PostgresServer:
    if not cluster.running:
        cluster.start()
    return cluster


@pytest.fixture
def url(server: PostgresServer) -> str:
    """Of a database that holds the table."""
    fresh = server.fresh_database()
    make_rows_table(fresh)
    return fresh


def ask(url: str, statement: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(statement).fetchone()
    assert row is not None
    return row[0]


def make_rows_table(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE acknowledged (n bigint PRIMARY KEY)")


def test_it_is_postgresql_18_behind_a_password(postgres: Databases, postgres_database: str) -> None:
    assert int(str(ask(postgres_database, "SHOW server_version_num"))) >= 150_000
    if isinstance(postgres, PostgresServer):
        assert str(ask(postgres_database, "SHOW server_version")).startswith("18.")
        assert ask(postgres_database, "SHOW listen_addresses") == "127.0.0.1"
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(postgres_database.replace(postgres.password, "wrong"))


def test_every_database_is_fresh(postgres: Databases, postgres_database: str) -> None:
    make_rows_table(postgres_database)
    other = postgres.fresh_database()
    assert ask(other, "SELECT to_regclass('acknowledged') IS NULL")
    with psycopg.connect(other):  # a connection left open keeps no database
        postgres.drop_database(other)
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(other)


def test_a_database_can_be_copied(postgres: Databases, postgres_database: str) -> None:
    make_rows_table(postgres_database)
    copy = postgres.fresh_database(template=postgres_database.rpartition("/")[2])
    assert ask(copy, "SELECT count(*) FROM acknowledged") == 0
    postgres.drop_database(copy)


def eventually(holds: Callable[[], bool]) -> bool:
    until = time.monotonic() + 30
    while not holds() and time.monotonic() < until:
        time.sleep(0.001)
    return holds()


def runs(pid: int) -> bool:
    """A process that ended and waits for a parent to take note of it does not."""
    with contextlib.suppress(ProcessLookupError, FileNotFoundError):
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


class Committing(threading.Thread):
    """A client that commits one row after the other and remembers which were acknowledged."""

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self.url = url
        self.acknowledged: list[int] = []

    def comes_to(self, enough: int) -> bool:
        return eventually(lambda: len(self.acknowledged) >= enough)

    def run(self) -> None:
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(self.url, autocommit=True) as connection:
            while True:
                connection.execute("INSERT INTO acknowledged VALUES (%s)", (len(self.acknowledged),))
                self.acknowledged.append(len(self.acknowledged))


def test_what_was_acknowledged_outlives_kill_9(server: PostgresServer, url: str) -> None:
    held = 0
    for _ in range(3):
        client = Committing(url)
        client.acknowledged = list(range(held))
        client.start()
        assert client.comes_to(held + 50)
        server.kill()
        client.join(30)
        assert not client.is_alive()
        server.start()
        with psycopg.connect(url) as connection:
            rows = [n for (n,) in connection.execute("SELECT n FROM acknowledged ORDER BY n")]
        # The row on its way when the server fell may be there or not
        assert rows in (client.acknowledged, [*client.acknowledged, len(client.acknowledged)])
        held = len(rows)


def test_nothing_runs_after_kill_9(server: PostgresServer) -> None:
    with psycopg.connect(server.admin) as connection:
        backend = connection.info.backend_pid
        server.kill()
        assert eventually(lambda: not runs(backend))
    assert not server.running
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(server.admin)


def test_a_cluster_is_found_again_by_its_folder() -> None:
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        folder = Path(name) / "postgres"
        with PostgresServer(folder) as server:
            assert server.home == folder
            make_rows_table(server.admin)
        with PostgresServer(folder) as again:
            assert ask(again.admin, "SELECT count(*) FROM acknowledged") == 0


def test_a_restored_backup_has_forgotten_what_came_after_it(server: PostgresServer, url: str, tmp_path: Path) -> None:
    ask(url, "INSERT INTO acknowledged VALUES (1) RETURNING n")
    backup = server.backup(tmp_path / "old")
    ask(url, "INSERT INTO acknowledged VALUES (2) RETURNING n")
    server.restore(backup)
    assert ask(url, "SELECT sum(n) FROM acknowledged") == 1


def test_a_standby_follows_and_takes_over(server: PostgresServer, url: str) -> None:
    there = url.rpartition("/")[2]
    with contextlib.closing(server.standby("second")) as second:
        assert ask(second.admin, "SELECT pg_is_in_recovery()")
        ask(url, "INSERT INTO acknowledged VALUES (1) RETURNING n")
        assert eventually(lambda: ask(second.url(there), "SELECT count(*) FROM acknowledged") == 1)
        server.kill()
        second.promote()
        assert ask(second.url(there), "INSERT INTO acknowledged VALUES (2) RETURNING n") == 2


def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    with contextlib.closing(PostgresServer(tmp_path, shared_buffers="no size")) as server:
        with pytest.raises(RuntimeError, match="shared_buffers"):
            server.start()
        assert not server.running


def test_a_given_server_is_used_and_left_as_it_was(server: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(GIVEN, server.url("postgres"))
    before = ask(server.admin, "SELECT count(*) FROM pg_database")
    with a_server() as given:
        assert not isinstance(given, PostgresServer)
        url = given.fresh_database()
        assert f":{server.port}/" in url
        make_rows_table(url)
        assert ask(server.admin, "SELECT count(*) FROM pg_database") == before + 1  # type: ignore[operator]
    assert ask(server.admin, "SELECT count(*) FROM pg_database") == before
    assert server.running


@pytest.mark.skipif(os.geteuid() != 0, reason="the other tests run as an ordinary user already")
def test_it_also_runs_as_an_ordinary_user(server: PostgresServer) -> None:
    """In a child that gives root away, because such a user may not reach this interpreter or these sources."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
            with PostgresServer() as own:
                said = f"{Path(f'/proc/{own.pid}').stat().st_uid} {ask(own.fresh_database(), 'SELECT 7')}"
        except BaseException as error:
            said = repr(error)
        os.write(writing, said.encode())
        os._exit(0)
    os.waitpid(child, 0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        assert pipe.read() == "65534 7"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts it as somebody else")
def test_root_runs_it_as_nobody_and_opens_no_folder_for_it(server: PostgresServer, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(0o700)
    with PostgresServer(closed / "postgres") as other:
        assert Path(f"/proc/{other.pid}").stat().st_uid == 65534
        assert not other.home.is_relative_to(closed)
        assert other.home.stat().st_mode & 0o777 == 0o700
    assert closed.stat().st_mode & 0o777 == 0o700
    assert not other.home.exists()
