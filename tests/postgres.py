"""A real PostgreSQL for tests, on the loopback address, that can be killed, copied, followed and put back."""

from __future__ import annotations

import contextlib
import os
import random
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from tests.postgres_binaries import binary, environment, give, reaches, run, server_user

GIVEN = "WMS_TEST_DATABASE"
PATIENCE = 60  # seconds for a start, which may have to replay a journal, or a stop
SMALL = {
    "shared_buffers": "16MB",
    "max_connections": 60,
    "max_wal_senders": 6,
    "jit": "off",
    "dynamic_shared_memory_type": "mmap",  # in the data directory, so that a killed server leaves nothing in /dev/shm
    "log_min_messages": "warning",
}


class Databases:
    """Databases of one's own on a server; `admin` is the URL of a role there that may create databases."""

    def __init__(self, admin: str) -> None:
        self.admin = admin
        self._made: list[str] = []

    def url(self, database: str = "postgres") -> str:
        return urlsplit(self.admin)._replace(path=f"/{database}").geturl()

    def fresh_database(self, template: str = "template1") -> str:
        """The URL of a new database, a copy of the database named `template`, to which nobody may be connected."""
        name = f"wms_test_{secrets.token_hex(5)}"
        self._do("CREATE DATABASE {} TEMPLATE {}", name, template)
        self._made.append(name)
        return self.url(name)

    def drop_database(self, url: str) -> None:
        """Drop it, though someone is still connected."""
        name = urlsplit(url).path[1:]
        self._do("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        self._made.remove(name)

    def close(self) -> None:
        for name in tuple(self._made):
            self.drop_database(self.url(name))

    def _do(self, statement: str, *names: str) -> None:
        with psycopg.connect(self.admin, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


class PostgresServer(Databases):
    """One cluster in `folder`, made at the first start, on the loopback address and behind a password of its own.

    `settings` are those of postgresql.conf. With `fsync=False` it outlives kill -9, but not a power cut. `folder` is
    used only if the server's user can enter it; otherwise `home` is a temporary directory, deleted by `close`.
    """

    def __init__(
        self, folder: Path | None = None, port: int = 0, *, fsync: bool = True, password: str = "", **settings: object
    ) -> None:
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        self._borrowed = folder is None or not reaches(folder)
        self.home = Path(tempfile.mkdtemp(prefix="wms-postgres-")) if folder is None or self._borrowed else folder
        give(self.home)
        self.data, self.log = self.home / "data", self.home / "log"
        self.port = port or _free_port()
        self.settings: dict[str, object] = SMALL | {"fsync": "on" if fsync else "off"} | settings
        self.password = self._remembered(password)
        self._process: subprocess.Popen[bytes] | None = None
        self._log_before = 0
        super().__init__(f"postgresql://wms:{self.password}@127.0.0.1:{self.port}/postgres")

    def _remembered(self, password: str) -> str:
        path = self.home / "password"
        if password or not path.exists():
            path.touch(0o600)
            path.write_text(password or secrets.token_urlsafe(16))
            give(path)
        return path.read_text()

    # Its process

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        assert self._process is not None, "not started"
        return self._process.pid

    def start(self) -> None:
        """Return when it takes connections. Raises `RuntimeError` with the end of its log when it does not come up."""
        if not self.data.exists():
            self._initialise()
        until = time.monotonic() + PATIENCE
        while not self._came_up(until):
            said = self.last_words()
            # The children of a killed server hold its memory for a moment, a stranger's connection its port
            if time.monotonic() > until or not ("is still in use" in said or "already in use" in said):
                raise RuntimeError(f"PostgreSQL did not start:\n{said}")
            time.sleep(0.05)

    def _initialise(self) -> None:
        options = ["--username=wms", "--auth=scram-sha-256", f"--pwfile={self.home / 'password'}", "--no-sync"]
        options += ["--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8", "--no-instructions"]
        run(["initdb", "-D", str(self.data), *options], as_server=True)

    def _came_up(self, until: float) -> bool:
        flags = [f"--{name}={value}" for name, value in self.settings.items()]
        command = [binary("postgres"), "-D", str(self.data), "-p", str(self.port), "-h", "127.0.0.1", "-k", "", *flags]
        with self.log.open("ab") as log:
            self._log_before = log.tell()
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", env=environment(), **server_user()
            )
        while time.monotonic() < until and self._process.poll() is None:
            if self._says_ready():
                return True
            time.sleep(0.01)
        self.kill()
        return False

    def _says_ready(self) -> bool:
        """Whether the eighth line of its lock file says so, which is how pg_ctl knows."""
        with contextlib.suppress(OSError):
            lines = (self.data / "postmaster.pid").read_text().split("\n")
            return len(lines) > 7 and lines[0] == str(self.pid) and lines[7].strip() == "ready"
        return False

    def last_words(self) -> str:
        """What it logged since its last start."""
        return self.log.read_bytes()[self._log_before :].decode(errors="replace")

    def stop(self) -> None:
        """Cleanly: open transactions are rolled back, the journal is closed."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(PATIENCE)
        self._process = None

    def kill(self) -> None:
        """kill -9 for it and all its processes, as when the machine stops (but what the system has cached stays)."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGSTOP)  # so that it starts nothing between looking and killing
            for pid in _children(self._process.pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self._process.kill()
            self._process.wait(PATIENCE)
        self._process = None

    def restart(self) -> None:
        self.stop()
        self.start()

    def close(self) -> None:
        """Stop for good."""
        self.stop()
        if self._borrowed:
            shutil.rmtree(self.home)

    def __enter__(self) -> PostgresServer:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Its copies

    def backup(self, folder: Path, *options: str, name: str = "backup") -> Path:
        """A copy of the whole running cluster, made by pg_basebackup into the new or empty `folder`."""
        conninfo = f"{self.url()}?application_name={name}"
        run(["pg_basebackup", "-d", conninfo, "-D", str(folder), "--checkpoint=fast", "--no-sync", *options])
        return folder

    def restore(self, backup: Path) -> None:
        """Go on from an older `backup`, as if nothing had been committed since."""
        self.stop()
        shutil.rmtree(self.data)
        shutil.copytree(backup, self.data)
        give(self.data)
        self.start()

    def standby(self, name: str, folder: Path | None = None, port: int = 0) -> PostgresServer:
        """A second server, started with the same settings, that follows this one under `name`."""
        follower = PostgresServer(folder, port, password=self.password)
        follower.settings = dict(self.settings)
        self.backup(follower.data, "--write-recovery-conf", name=name)
        give(follower.data)
        follower.start()
        return follower

    def promote(self) -> None:
        """The standby becomes a primary; returns when it takes writes."""
        # not by SQL, which what is still being replayed may cancel
        run(["pg_ctl", "promote", "-D", str(self.data), "-w", "-t", str(PATIENCE)], as_server=True)


@contextlib.contextmanager
def a_server(*, fsync: bool = True) -> Iterator[Databases]:
    """The server that `WMS_TEST_DATABASE` names, or else one of our own. Raises `NoServerHere`."""
    given = os.environ.get(GIVEN, "")
    if given:
        with contextlib.closing(Databases(given)) as databases:
            yield databases
    else:
        with PostgresServer(fsync=fsync) as server:
            yield server


def _children(pid: int) -> list[int]:
    """Of a process of Linux; elsewhere PostgreSQL's end by themselves soon after their parent."""
    path = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in path.read_text().split()] if path.exists() else []


def _free_port() -> int:
    """Below those that systems give to outgoing connections, which would take it while the server is down."""
    for port in random.sample(range(20_000, 32_000), 50):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("no free port")
