"""A real hub in a process of its own, real terminals' stores in this one, and plain HTTP to look at the protocol."""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from multiprocessing.connection import Connection as PipeEnd
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from wms.domain import events as e
from wms.domain.ids import NO_LOT, PlaceId, Sku
from wms.hub import new_code, serve
from wms.store import Store, verify
from wms.store.schema import ROWS
from wms.sync import wire
from wms.sync.client import SyncClient
from wms.sync.membership import enrol, membership

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["wms.hub.server", "uvicorn.protocols.http.h11_impl", "uvicorn.lifespan.on"])


def serve_into(pipe: PipeEnd, folder: Path, port: int) -> None:
    """In the hub's process: its standard output goes to the test."""
    os.dup2(pipe.fileno(), 1)
    sys.stdout = os.fdopen(1, "w", closefd=False)
    serve(folder, port=port)


class HubProcess:
    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, 0
        self.process: BaseProcess | None = None

    def start(self) -> None:
        reader, writer = PROCESSES.Pipe(duplex=False)
        self.process = PROCESSES.Process(target=serve_into, args=(writer, self.folder, self.port), daemon=True)
        self.process.start()
        writer.close()
        with reader:
            assert reader.poll(30), "the hub did not come up"
            said = os.read(reader.fileno(), 1000).decode()
        self.port = urlsplit(json.loads(said)["listening"]).port or 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

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

    def call(
        self, method: str, path: str, body: object = None, token: str = "", **headers: str
    ) -> tuple[int, Any, dict[str, str]]:
        """One request on a connection of its own; status, decoded body, headers."""
        http = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            sent = {
                wire.VERSION_HEADER: str(wire.VERSION),
                **{name.replace("_", "-"): v for name, v in headers.items()},
            }
            if token:
                sent["Authorization"] = f"Bearer {token}"
            content = body if isinstance(body, bytes | None) else json.dumps(body).encode()
            http.request(method, path, content, sent)
            response = http.getresponse()
            return response.status, json.loads(response.read()), dict(response.headers)
        finally:
            http.close()

    def token(self, device: str) -> str:
        status, answer, _ = self.call("POST", "/v1/enrol", {"code": new_code(self.folder, device), "device": device})
        assert status == 200, answer
        return str(answer["token"])

    def push(self, token: str, device: str, first: int, count: int, epoch: int = 1) -> tuple[int, Any]:
        facts = [line(device, n, epoch) for n in range(first, first + count)]
        body = {"device": device, "epoch": epoch, "first": first, "facts": facts}
        return self.call("POST", "/v1/push", body, token)[:2]

    def pull(self, token: str, after: int = 0, wait: int = 0) -> list[Any]:
        status, answer, _ = self.call("GET", f"/v1/pull?after={after}&wait={wait}", token=token)
        assert status == 200, answer
        return list(answer["facts"])

    def store(self) -> Store:
        """The hub's own store, once the process has ended."""
        assert self.process is None
        return Store(self.folder)


def line(device: str, n: int, epoch: int = 1) -> list[Any]:
    """A fact on the wire, written by hand: `n` units of goods received."""
    body = {"receipt": f"R{n}", "sku": "SKU", "lot": device, "quantity": n, "place": "A-01"}
    return [device, epoch, n, None, 1_700_000_000_000 + n, "P1", "GoodsReceived", body]


def received(n: int, sku: str = "SKU", place: str = "A-01") -> e.GoodsReceived:
    return e.GoodsReceived(f"R{n}", Sku(sku), NO_LOT, 1 + n % 7, PlaceId(place))


def until(true: Callable[[], object], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.005)


def picture(store: Store) -> dict[str, list[Any]]:
    return {row.TABLE: store.rows.all(row) for row in ROWS}


def require_equal(*stores: Store) -> None:
    """All hold the same facts at the same positions and the same rows, and each agrees with its own replay."""
    facts = [store.since(0, 1_000_000) for store in stores]
    assert all(other == facts[0] for other in facts[1:])
    assert all(picture(other) == picture(stores[0]) for other in stores[1:])
    assert [verify(store.rows).problems for store in stores] == [()] * len(stores)
    assert [store.waiting() for store in stores] == [0] * len(stores)


class Floor:
    """Terminals of one hub; all are stopped and closed at the end."""

    def __init__(self, folder: Path, hub: HubProcess) -> None:
        self._folder, self._hub = folder, hub
        self.stores: dict[str, Store] = {}
        self.clients: dict[str, SyncClient] = {}

    def join(self, name: str, *, start: bool = True) -> Store:
        store = self.stores[name] = Store(self._folder / name, name)
        enrol(store, self._hub.url, new_code(self._hub.folder, name))
        if start:
            self.start(name)
        return store

    def start(self, name: str) -> SyncClient:
        found = membership(self.stores[name])
        assert found
        client = self.clients[name] = SyncClient(self.stores[name], *found)
        client.start()
        return client

    def stop(self, name: str) -> None:
        self.clients.pop(name).stop()

    def settle(self) -> int:
        """Wait until every running terminal holds everything; returns the head."""

        def settled() -> bool:
            heads = {self.stores[name].head() for name in self.clients}
            return len(heads) == 1 and not any(self.stores[name].waiting() for name in self.clients)

        until(settled, 40)
        return max(self.stores[name].head() for name in self.clients)

    def close(self) -> None:
        for name in list(self.clients):
            self.stop(name)
        for store in self.stores.values():
            store.close()


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[HubProcess]:
    process = HubProcess(tmp_path / "hub")
    process.start()
    try:
        yield process
    finally:
        if process.process is not None:
            process.kill()


@pytest.fixture
def floor(tmp_path: Path, hub: HubProcess) -> Iterator[Floor]:
    floor = Floor(tmp_path, hub)
    try:
        yield floor
    finally:
        floor.close()
