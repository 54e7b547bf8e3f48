"""A real hub in a process of its own, on either engine, that can be killed and put back to an earlier moment."""

from __future__ import annotations

import json
import logging
import multiprocessing
import os
import shutil
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection as PipeEnd
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from tests.hub.gatehouse import Gatehouse
from wms.hub import lives, opening
from wms.hub.interface import HubStore
from wms.hub.roles import TerminalRole
from wms.hub.server import serve
from wms.hub.terminals import Terminals
from wms.store.store import now_ms
from wms.sync import wire

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(
    ["wms.hub.server", "wms.hub.postgres", "wms.hub.embedded", "uvicorn.protocols.http.h11_impl", "uvicorn.lifespan.on"]
)
Saved = dict[str, list[tuple[Any, ...]]] | bytes


def serve_into(pipe: PipeEnd, folder: Path, port: int, url: str, warehouse: str, version: int) -> None:
    """In the hub's process: its standard output goes to the test; it speaks that version."""
    os.dup2(pipe.fileno(), 1)
    sys.stdout = os.fdopen(1, "w", closefd=False)
    wire.VERSION = version
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)  # a database that is away is nothing to tell of here
    serve(folder, port=port, database=url, named=(warehouse,))


class HubProcess(Gatehouse):
    """It serves one warehouse of `database`, which may hold more; '' is the embedded engine's."""

    def __init__(self, folder: Path, database: str, warehouse: str) -> None:
        self.folder, self.database, self.warehouse = folder, database, warehouse
        self.port, self.version = 0, wire.VERSION
        self.process: BaseProcess | None = None
        opening.add(folder, database, warehouse)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        reader, writer = PROCESSES.Pipe(duplex=False)
        arguments = (writer, self.folder, self.port, self.database, self.warehouse, self.version)
        self.process = PROCESSES.Process(target=serve_into, args=arguments, daemon=True)
        self.process.start()
        writer.close()
        with reader:
            assert reader.poll(30), "the hub did not come up"
            said = os.read(reader.fileno(), 1000).decode()
        self.port = urlsplit(json.loads(said)["listening"]).port or 0

    def kill(self) -> None:
        self._end("kill")

    def terminate(self) -> int:
        return self._end("terminate")

    def _end(self, how: str) -> int:
        assert self.process
        getattr(self.process, how)()
        self.process.join(10)
        code = self.process.exitcode
        assert code is not None, "it is still there"
        self.process.close()
        self.process = None
        return code

    # Beside it, as an administrator's commands do

    def code(self, name: str = "bench 1", role: TerminalRole = TerminalRole.ALL, warehouse: str = "") -> str:
        with opening.tables(self.folder, self.database) as found:
            return Terminals(found.database, self.warehouse).new_code(name, role, "cli:test", now_ms() // 1000)

    def life(self) -> str:
        """Which life its journal is in."""
        with opening.tables(self.folder, self.database) as found:
            present = found.database.read(lambda session: lives.present(session, self.warehouse))
        assert present is not None
        return present[0]

    @contextmanager
    def opened(self) -> Iterator[HubStore]:
        """The hub itself, in this process, once its own has ended; its picture holds all that the journal says."""
        assert self.process is None
        with opening.hubs(self.folder, self.database, (self.warehouse,)) as hubs:
            hub = hubs[self.warehouse]
            deadline = time.monotonic() + 30
            while hub.rows.connection.execute("SELECT count(position) FROM journal").fetchone()[0] < hub.head():
                assert time.monotonic() < deadline, "its picture does not follow"
                time.sleep(0.01)
            yield hub

    # Earlier moments of it

    def save(self) -> Saved:
        """All that the engine holds at this moment; the hub may be at work."""
        if self.database:
            return _dumped(self.database, self.warehouse)
        with sqlite3.connect(self.folder / "wms.sqlite3") as connection:
            connection.execute("PRAGMA query_only = ON")
            content = connection.serialize()
        connection.close()
        return content

    def put_back(self, saved: Saved) -> None:
        """What the engine held then, and nothing else; the hub's own folder is left as it is."""
        if isinstance(saved, dict):
            _loaded(self.database, self.warehouse, saved)
            return
        assert self.process is None, "a file is not changed under those who have it open"
        for left in self.folder.glob("wms.sqlite3*"):
            left.unlink()
        (self.folder / "wms.sqlite3").write_bytes(saved)

    def begin_anew(self) -> None:
        """An empty hub stands in its place: another machine, another database."""
        assert self.process is None
        if self.database:
            _loaded(self.database, self.warehouse, {})
        shutil.rmtree(self.folder)
        opening.add(self.folder, self.database, self.warehouse)


def _tables(connection: psycopg.Connection[Any]) -> list[str]:
    found = connection.execute("SELECT tablename FROM pg_tables WHERE tablename LIKE 'hub\\_%' ORDER BY tablename")
    return [str(row[0]) for row in found if row[0] != "hub_schema"]


def _dumped(url: str, warehouse: str) -> dict[str, list[tuple[Any, ...]]]:
    with psycopg.connect(url) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        return {
            name: connection.execute(
                sql.SQL("SELECT * FROM {} WHERE wh = %s").format(sql.Identifier(name)), (warehouse,)
            ).fetchall()
            for name in _tables(connection)
        }


def _loaded(url: str, warehouse: str, saved: dict[str, list[tuple[Any, ...]]]) -> None:
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        for name in _tables(connection):
            rows = saved.get(name, [])
            cursor.execute(sql.SQL("DELETE FROM {} WHERE wh = %s").format(sql.Identifier(name)), (warehouse,))
            if rows:
                marks = sql.SQL(", ").join([sql.Placeholder()] * len(rows[0]))
                cursor.executemany(sql.SQL("INSERT INTO {} VALUES ({})").format(sql.Identifier(name), marks), rows)
