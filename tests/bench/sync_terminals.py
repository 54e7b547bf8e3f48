"""python -m tests.bench.sync_terminals FOLDER HEAD NAME…

Terminals of a hub in a process of their own, with the sync they have in use. Begins when a line comes in; ends when
each has handed over everything and holds HEAD facts. Prints, as JSON, the seconds that took, the processor's seconds,
and what it holds in memory.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tests.bench.sync_hub import resident_mb
from wms.store import Store
from wms.sync.client import SyncClient
from wms.sync.membership import membership
from wms.workflows.view import Link

LOOK_S = 0.05


class Terminals:
    """The process, seen from the bench: `go`, then `result`."""

    def __init__(self, folder: Path, head: int, names: Sequence[str]) -> None:
        command = [sys.executable, "-m", "tests.bench.sync_terminals", str(folder), str(head), *names]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self._process.stdout.readline()

    def go(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write("go\n")
        self._process.stdin.flush()

    def result(self) -> dict[str, float]:
        said, _ = self._process.communicate()
        return dict(json.loads(said))


def main(folder: Path, head: int, names: Sequence[str]) -> None:
    with contextlib.ExitStack() as opened:
        stores = [opened.enter_context(contextlib.closing(Store(folder / name))) for name in names]
        clients = []
        for store in stores:
            found = membership(store)
            assert found is not None
            clients.append(SyncClient(store, *found))
        print("ready", flush=True)
        sys.stdin.readline()
        start, cpu = time.perf_counter(), time.process_time()
        for client in clients:
            client.start()
            opened.callback(client.stop)
        while not all(_done(store, client, head) for store, client in zip(stores, clients, strict=True)):
            time.sleep(LOOK_S)
        took = {
            "seconds": time.perf_counter() - start,
            "cpu": time.process_time() - cpu,
            "mb": resident_mb(os.getpid()),
        }
        print(json.dumps(took), flush=True)


def _done(store: Store, client: SyncClient, head: int) -> bool:
    """Only after the hub has answered: before that a terminal does not know that the hub has less than it."""
    return client.status().link == Link.IN_SYNC and store.head() >= head and not store.waiting()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
