"""A hub as it is served, in a process of its own on either engine, what it costs, and the terminals that join it."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from tests.bench.sync_day import Said, badge_of
from tests.postgres import PostgresServer
from wms.domain.ids import DeviceId
from wms.hub import opening
from wms.hub.roles import TerminalRole
from wms.hub.terminals import Terminals
from wms.store import Store
from wms.sync.membership import enrol

WAREHOUSE = "BENCH"
RECORDED_AT_ONCE = 1000


def cpu_seconds(pid: int) -> float:
    """Of a process, without its children."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mb(pid: int) -> float:
    """What is in memory of the process, whoever shares it."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def family(pid: int) -> Iterator[int]:
    """A process and its children."""
    yield pid
    yield from map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())


class Hub:
    """Started as an administrator does; ended by `stop`."""

    def __init__(self, folder: Path, server: PostgresServer | None) -> None:
        self.folder, self.server = folder, server
        self.database = server.fresh_database() if server is not None else ""
        self.url, self._port = "", 0
        self._process: subprocess.Popen[str] | None = None
        opening.add(folder, self.database, WAREHOUSE)

    @property
    def engine(self) -> str:
        return "PostgreSQL" if self.database else "embedded"

    @property
    def pid(self) -> int:
        assert self._process is not None, "not started"
        return self._process.pid

    def start(self) -> None:
        command = [sys.executable, "-m", "wms", "--data", str(self.folder), "hub", "serve", "--port", str(self._port)]
        command += ["--database", self.database] if self.database else []
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.url = json.loads(self._process.stdout.readline())["listening"]
        self._port = urlsplit(self.url).port or 0

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.communicate(timeout=60)
        self._process = None

    def cpu(self) -> tuple[float, float]:
        """Seconds of processor that the hub, and its database server, have used."""
        server = self.server.pid if self.server is not None else 0
        with contextlib.suppress(FileNotFoundError):
            return cpu_seconds(self.pid), sum(map(cpu_seconds, family(server))) if server else 0.0
        return self.cpu()

    def join(self, store: Store) -> Store:
        with opening.tables(self.folder, self.database) as found:
            terminals = Terminals(found.database, WAREHOUSE)
            code = terminals.new_code(store.device, TerminalRole.ALL, "bench", int(time.time()))
        enrol(store, self.url, code)
        return store

    # Earlier moments of it

    def save(self) -> Path | str:
        """A copy of all that the engine holds; the hub does not run."""
        assert self._process is None
        if self.server is not None:
            return self.server.fresh_database(self.database.rpartition("/")[2])
        copy = self.folder.with_suffix(".saved")
        shutil.copyfile(self.folder / "wms.sqlite3", copy)
        return copy

    def put_back(self, saved: Path | str) -> None:
        """The hub goes on from that copy when it is started again."""
        assert self._process is None
        if isinstance(saved, str):
            self.database = saved
            return
        for left in self.folder.glob("wms.sqlite3*"):
            left.unlink()
        shutil.copyfile(saved, self.folder / "wms.sqlite3")


@contextlib.contextmanager
def serving(folder: Path, server: PostgresServer | None) -> Iterator[Hub]:
    hub = Hub(folder, server)
    hub.start()
    try:
        yield hub
    finally:
        hub.stop()


def recorded(store: Store, said: Sequence[Said]) -> Store:
    """The store with all that, recorded as its own."""
    for at in range(0, len(said), RECORDED_AT_ONCE):
        store.record([event for _, event in said[at : at + RECORDED_AT_ONCE]], badge_of(store.device))
    return store


def lone(folder: Path, name: str) -> Store:
    """A store that has not joined anybody yet."""
    return Store(folder / name, DeviceId(name))
