"""A terminal before a hub that answers what a script says: too large, busy, broken, newer, not a hub at all."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from wms.domain import events as e
from wms.domain.ids import NO_LOT, Badge, PlaceId, Sku
from wms.store import Store
from wms.sync import wire
from wms.sync.client import SyncClient
from wms.sync.exchange import TRIES
from wms.sync.identity import Credentials
from wms.sync.membership import sync_now
from wms.workflows.prompt import NOTHING
from wms.workflows.view import Link

EMPTY = {"facts": [], "head": 0, "keys": [], "keys_next": 0, "terminals": 1, "terminals_offline": 0}
WELCOME = {
    "lives": [["L", 0]], "rewind": 0, "head": 0, "floor": 0, "warehouse": "MAIN", "name": "A", "role": "all",
}  # fmt: skip


class Script:
    """Answers to pushes, one after another, then acknowledges all; answers to pulls are one and the same."""

    def __init__(self) -> None:
        self.pushes: list[tuple[int, bytes, dict[str, str]]] = []
        self.pull: tuple[int, bytes, dict[str, str]] = (200, json.dumps(EMPTY).encode(), {})
        self.sizes: list[int] = []
        self.times: list[float] = []

    def answer(self, path: str, body: bytes) -> tuple[int, bytes, dict[str, str]]:
        if path.startswith("/v1/pull"):
            return self.pull
        message = json.loads(body)
        if path == "/v1/hello":
            return 200, json.dumps(WELCOME | {"epoch": message["epoch"], "now": time.time_ns() // 10**6}).encode(), {}
        self.sizes.append(len(message["facts"]))
        self.times.append(time.monotonic())
        if self.pushes:
            return self.pushes.pop(0)
        highest = message["first"] + len(message["facts"]) - 1
        return 200, json.dumps({"highest": highest, "head": highest}).encode(), {}


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def store(tmp_path: Path, script: Script) -> Iterator[Store]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, content, headers = script.answer(self.path, body)
            self.send_response(status)
            for name, value in {
                "Wms-Version": str(wire.VERSION),
                "Content-Length": str(len(content)),
                **headers,
            }.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_GET  # noqa: N815  # the names are http.server's

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    store = Store(tmp_path, "A", decides=False)
    store.set_meta("hub_url", f"http://127.0.0.1:{server.server_port}")
    store.record([e.GoodsReceived("R", Sku("S"), NO_LOT, n, PlaceId("B")) for n in range(1, 101)], Badge("P"))
    yield store
    store.close()
    server.shutdown()
    server.server_close()
    thread.join()


def problem(status: int, error: str, **headers: str) -> tuple[int, bytes, dict[str, str]]:
    body = json.dumps({"error": error, "detail": "because", "status": status}).encode()
    return status, body, {name.replace("_", "-"): value for name, value in headers.items()}


def test_a_batch_too_large_is_sent_in_halves(store: Store, script: Script) -> None:
    script.pushes = [problem(413, "too_large") for _ in range(4)]
    status = sync_now(store)
    assert (status.link, status.unsent) == (Link.IN_SYNC, 0)
    assert script.sizes == [100, 100, 100, 62, 31, 31, 31, 7]


def test_a_busy_hub_is_left_alone_for_as_long_as_it_says(store: Store, script: Script) -> None:
    script.pushes = [problem(429, "busy", Retry_After="1")]
    client = SyncClient(store, store.meta("hub_url"), Credentials("MAIN.token"), wait=1)
    client.start()
    try:
        while client.status().unsent:
            time.sleep(0.01)
        assert client.status().hub_trouble is NOTHING
        assert 1.0 <= script.times[1] - script.times[0] < 2.5  # never less, and not all at the same moment
    finally:
        client.stop()


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (problem(503, "disk"), "cannot write to its disk"),
        (problem(503, "database"), "database does not answer"),
        (problem(500, "fault"), "has a fault"),
        (problem(400, "message"), "can't take what waits here"),
        (problem(409, "fork"), "restored from a copy"),
        (problem(409, "restored"), "older copy"),
        (problem(426, "hub_old"), "Update the hub"),
        (problem(426, "terminal_old"), "Update this terminal"),
        ((502, b"<html>Bad Gateway</html>", {"Wms-Version": ""}), "Something else than a hub"),
        ((200, b"<html>Welcome</html>", {"Wms-Version": ""}), "Something else than a hub"),  # a guest network's page
        ((502, b"<html>Bad Gateway</html>", {}), "Update this terminal"),
        ((200, b'{"happy": true}', {}), "Update this terminal"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(
    store: Store, script: Script, answer: tuple[int, bytes, dict[str, str]], says: str
) -> None:
    script.pushes = [answer] * (TRIES if answer[0] == 409 else 1)
    status = sync_now(store)
    assert (status.link, status.unsent) == (Link.WAITING, 100)
    assert says in status.hub_trouble.text
    assert sync_now(store).unsent == 0


def test_what_the_hub_cannot_take_is_shown_and_tried_ever_more_rarely(store: Store, script: Script) -> None:
    script.pushes = [problem(400, "message")] * 1_000
    client = SyncClient(store, store.meta("hub_url"), Credentials("MAIN.token"), wait=1)
    client.start()
    try:
        while len(script.times) < 4:
            time.sleep(0.01)
        status = client.status()
        assert (status.link, status.unsent) == (Link.WAITING, 100)
        assert "call the supervisor" in status.hub_trouble.text
        assert script.times[3] - script.times[2] > script.times[1] - script.times[0] > 0.05
    finally:
        client.stop()


@pytest.mark.parametrize("error", ["restored", "session", "fork"])
def test_a_doubt_of_the_hub_is_settled_by_saying_hello_again(store: Store, script: Script, error: str) -> None:
    script.pushes = [problem(409, error)] * (TRIES - 1)
    status = sync_now(store)
    assert (status.link, status.unsent) == (Link.IN_SYNC, 0)


def test_an_event_of_a_newer_version_waits_for_the_update(store: Store, script: Script) -> None:
    fact = ["B", 1, 1, 1, 0, "P", "GoodsTeleported", {}]
    script.pull = (
        200,
        json.dumps(EMPTY | {"facts": [fact], "head": 1}).encode(),
        {"Wms-Version": str(wire.VERSION + 1)},
    )
    status = sync_now(store)
    assert (status.unsent, store.head()) == (0, 0)
    assert "Update this terminal" in status.hub_trouble.text
    known = ["B", 1, 1, 1, 0, "P", "SiteNamed", {"name": "X", "zone": "UTC", "colour": "red"}]
    script.pull = (
        200,
        json.dumps(EMPTY | {"facts": [known], "head": 1}).encode(),
        {"Wms-Version": str(wire.VERSION + 1)},
    )
    assert "Update this terminal" in sync_now(store).hub_trouble.text
    assert store.head() == 0
