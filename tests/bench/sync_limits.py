"""What this machine can do at all: its disk, its SQLite, its PostgreSQL, its HTTP; beside the figures of sync."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import msgspec
import psycopg

from tests.bench.terminal_process import percentile
from wms.store.journal import Line

TABLE = "device TEXT, epoch BIGINT, n BIGINT, position BIGINT PRIMARY KEY, at BIGINT, person TEXT, kind TEXT, body TEXT"
AT_ONCE = 500


def milliseconds(times: int, work: Callable[[], object]) -> list[float]:
    """How long each of so many calls took."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append((time.perf_counter() - start) * 1000)
    return taken


def fdatasync(folder: Path, times: int = 300) -> list[float]:
    """A block appended to a file and put on the disk, in milliseconds."""
    with (folder / "raw").open("wb", buffering=0) as file:

        def write() -> None:
            file.write(bytes(4096))
            os.fdatasync(file.fileno())

        return milliseconds(times, write)


def sqlite_commits(folder: Path, times: int = 300) -> list[float]:
    """Four small writes in one transaction over WAL and FULL, in milliseconds; the least that a pick may be."""
    with contextlib.closing(sqlite3.connect(folder / "raw.sqlite3", isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, body TEXT)")

        def commit() -> None:
            connection.execute("BEGIN IMMEDIATE")
            for _ in range(4):
                connection.execute("INSERT INTO t (body) VALUES (?)", ("x" * 100,))
            connection.execute("COMMIT")

        return milliseconds(times, commit)


def sqlite_inserts(folder: Path, lines: Sequence[Line]) -> float:
    """Facts a second into one SQLite table, `AT_ONCE` in a transaction."""
    with contextlib.closing(sqlite3.connect(folder / "rows.sqlite3", isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute(f"CREATE TABLE t ({TABLE})")
        start = time.perf_counter()
        for rows in _batches(lines):
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
            connection.execute("COMMIT")
        return len(lines) / (time.perf_counter() - start)


def postgres_copies(url: str, lines: Sequence[Line]) -> float:
    """Facts a second copied into one table of that database, `AT_ONCE` in a transaction."""
    with psycopg.connect(url) as connection:
        connection.execute(f"CREATE TABLE raw_limit ({TABLE})".encode())
        connection.commit()
        start = time.perf_counter()
        for rows in _batches(lines):
            with connection.cursor() as cursor, cursor.copy("COPY raw_limit FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            connection.commit()
        rate = len(lines) / (time.perf_counter() - start)
        connection.execute("DROP TABLE raw_limit")
    return rate


def _batches(lines: Sequence[Line]) -> Iterator[list[tuple[object, ...]]]:
    for at in range(0, len(lines), AT_ONCE):
        yield [
            (line.device, line.epoch, line.n, position, line.at, line.person, line.kind, line.text)
            for position, line in enumerate(lines[at : at + AT_ONCE], at + 1)
        ]


def http_json(lines: Sequence[Line]) -> float:
    """Facts a second posted as JSON to the smallest server there is, which reads them and answers, `AT_ONCE` each."""
    with _answering() as port, contextlib.closing(HTTPConnection("127.0.0.1", port)) as connection:
        start = time.perf_counter()
        for at in range(0, len(lines), AT_ONCE):
            connection.request("POST", "/", msgspec.json.encode(lines[at : at + AT_ONCE]))
            connection.getresponse().read()
        return len(lines) / (time.perf_counter() - start)


def http_round_trips(times: int = 300) -> list[float]:
    """An empty request to the smallest server there is, in milliseconds."""
    with _answering() as port, contextlib.closing(HTTPConnection("127.0.0.1", port)) as connection:

        def ask() -> None:
            connection.request("POST", "/", b"[]")
            connection.getresponse().read()

        return milliseconds(times, ask)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # one packet an answer

    def do_POST(self) -> None:
        msgspec.json.decode(self.rfile.read(int(self.headers["Content-Length"])), type=list[Line])
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")
        self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@contextlib.contextmanager
def _answering() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def middle(values: list[float]) -> float:
    return percentile(values, 0.5)
