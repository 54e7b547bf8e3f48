"""A hub that is killed while a program sends orders: whatever was answered stands, whatever was not is sent again."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

from tests.hub.programs import furnish, order, received
from wms.hub import opening
from wms.hub.clients import Clients
from wms.hub.roles import ClientRole

ORDERS, SENDERS = 60, 3


@contextmanager
def served(folder: Path, database: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [sys.executable, "-m", "wms", "--data", str(folder), "hub", "serve", "--port", "0"]
    command += ["--database", database] if database else []
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as hub:
        assert hub.stdout is not None
        try:
            yield hub, urlsplit(json.loads(hub.stdout.readline())["listening"]).netloc
        finally:
            hub.kill()


def post(address: str, token: str, reference: str) -> tuple[int, bytes]:
    http = HTTPConnection(address, timeout=10)
    try:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Idempotency-Key": reference}
        http.request("POST", "/v1/orders", json.dumps(order(reference)), headers)
        response = http.getresponse()
        return response.status, response.read()
    finally:
        http.close()


def test_each_order_is_there_once_and_each_answer_stands(tmp_path: Path, engine: str) -> None:
    folder = tmp_path / "hub"
    opening.add(folder, engine, "MAIN")
    with opening.hubs(folder, engine) as hubs:
        furnish(hubs["MAIN"], tea=10_000)
        before = received(hubs["MAIN"])
        clients = Clients(hubs["MAIN"].database, "MAIN")
        token = clients.new_token("erp", ClientRole.ERP, "cli:test", 0)
    answered: dict[str, bytes] = {}
    left = [f"{n:03}" for n in range(ORDERS)]
    chance = random.Random(7)

    def send(address: str, names: list[str]) -> None:
        for name in names:
            try:
                status, body = post(address, token, name)
            except (OSError, HTTPException):
                return
            assert status == 201, body
            assert answered.setdefault(name, body) == body

    kills = 0
    while left:
        with served(folder, engine) as (hub, address):
            parts = [left[n::SENDERS] for n in range(SENDERS)]
            senders = [threading.Thread(target=send, args=(address, names)) for names in parts]
            for sender in senders:
                sender.start()
            if kills < 3:
                goal, deadline = ORDERS * (kills + 1) // 5, time.monotonic() + 20
                while len(answered) < goal and time.monotonic() < deadline:
                    time.sleep(0.001)
                time.sleep(chance.uniform(0, 0.02))
                hub.kill()
                kills += 1
            for sender in senders:
                sender.join()
        left = [name for name in left if name not in answered]
    assert kills == 3
    with served(folder, engine) as (_, address):
        assert {name: post(address, token, name)[1] for name in answered} == answered
    with opening.hubs(folder, engine) as hubs:
        assert received(hubs["MAIN"]) == before + ORDERS
