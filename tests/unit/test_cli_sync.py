"""A hub and a terminal, both by command: joined, handing over, asking, and cut off."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.unit.cli_shell import ORDERS, Shell


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """`wms hub serve` in a process of its own; gives its address."""
    command = [sys.executable, "-m", "wms", "hub", "serve", "--port", "0", "--data", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())["listening"]
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0


def test_a_terminal_joins_a_hub_and_asks_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hub, terminal = Shell(tmp_path / "hub", capsys), Shell(tmp_path / "terminal", capsys)
    hub.folder.mkdir()
    terminal.folder.mkdir()
    hub.set_up()
    files = terminal.file("shop.csv", "".join(ORDERS.splitlines(keepends=True)[:5]))
    with served(hub.data) as url:
        code = hub.good("hub", "enrol", "bench 1", "--json").json["code"]
        assert "wrong, used or too old" in terminal.bad("sync", "enrol", url, "WRNG-CODE", "--language", "en")
        assert terminal.good("sync", "status", "--json").json["link"] == "alone"
        terminal.good("sync", "enrol", url, code)
        synced = terminal.good("sync", "now", "--json").json
        assert (synced["link"], synced["unsent"], synced["terminals"]) == ("in_sync", 0, 1)
        assert synced["head"] == hub.good("sync", "status", "--json").json["head"]

        counts = terminal.good("orders", "import", files, "--json").json["files"][0]["counts"]
        assert [counts[name]["orders"] for name in ("ready", "ready_nolabel", "hold")] == [1, 2, 1]
        assert [one["order"] for one in hub.good("orders", "list", "--json").json["orders"]] == [
            one["order"] for one in terminal.good("orders", "list", "--json").json["orders"]
        ]
        revealed = hub.good("orders", "show", "A-1", "--reveal", "it must open at the hub too", "--json").json
        assert revealed["revealed"]["name"] == "王小明"
        again = terminal.good("orders", "import", files, "--json").json["files"][0]["counts"]
        assert again["skip"]["orders"] == 4
        terminal.good("wave", "release")
        assert hub.good("wave", "list", "--json").json["waves"][0]["orders"] == 2

        terminal.good("stock", "receive", "--item", "CAR-01", "--quantity", 3, "--place", "A-01-1")
        assert terminal.good("sync", "status", "--json").json["link"] == "waiting"
        assert [c["says"] for c in terminal("doctor", "--json").json["checks"] if c["name"] == "hub"] == [
            f"{url} answers; 1 events are not handed over yet"
        ]
        terminal.good("sync", "now")
        assert hub.good("stock", "show", "A-01-1", "--json").json["stock"][0]["quantity"] == 3
    away = terminal("sync", "now", "--json")
    assert (away.code, away.json["link"]) == (1, "offline")
    more = terminal.file("more.csv", "order,sku,quantity\nB-1,CAR-01,1\n")
    answer = terminal("orders", "import", more, "--json", "--language", "en")
    assert answer.code == 1
    assert answer.json["files"][0]["outcomes"][0]["reason"] == "not_recorded"
    assert "The hub can't be reached" in answer.err
    terminal.good("stock", "receive", "--item", "CAR-01", "--quantity", 1, "--place", "A-01-1")
    assert "belongs to a terminal" in terminal.bad("hub", "serve", "--port", "0")
    assert "is a hub's own" in hub.bad("sync", "enrol", url, "CODE")
