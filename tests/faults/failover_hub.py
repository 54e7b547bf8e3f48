"""The real hub between the terminals and the servers that fail: `python -m tests.faults.failover --hub`."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.faults.failover import BATCH, PATIENCE, Cluster, Plain, Terminal
from wms.domain.events import GoodsReceived
from wms.domain.ids import NO_LOT, Badge, PlaceId, Sku
from wms.hub import opening
from wms.hub.roles import TerminalRole
from wms.hub.terminals import Terminals
from wms.store import Store
from wms.sync.connection import HubTrouble, NotReached
from wms.sync.exchange import Exchange
from wms.sync.membership import enrol, membership

WAREHOUSE = "W"
SERVE = (
    "import sys, pathlib; from wms.hub.server import serve;"
    " serve(pathlib.Path(sys.argv[1]), port=0, database=sys.argv[2])"
)


class HubTerminal(Terminal):
    """A terminal's own store. It fetches nothing, so that only the answer to a push tells it what the hub has."""

    def __init__(self, cluster: Cluster, store: Store) -> None:
        super().__init__(cluster, store.device, "")
        self._store, self._recorded = store, 0
        found = membership(store)
        assert found is not None
        self._exchange = Exchange(store, *found)

    def run(self) -> None:
        with contextlib.closing(self._exchange):
            super().run()

    def push_on(self) -> None:
        while not self.stopping.is_set():
            if self._recorded == self.acknowledged:
                last = self._recorded + BATCH
                self._store.record([self._event(n) for n in range(self._recorded + 1, last + 1)], Badge("P"))
                self._recorded = last
            try:
                self._exchange.push()
            except (NotReached, HubTrouble):
                return
            self.acknowledge(self._recorded)

    def _event(self, n: int) -> GoodsReceived:
        return GoodsReceived(f"{self.device} {n}", Sku("TEA"), NO_LOT, 1, PlaceId("BIN"))


class Hub(Plain):
    """One hub that serves through all the failovers, told of both servers once."""

    held = (
        "SELECT device, array_agg(split_part(body::json ->> 'receipt', ' ', 2)::bigint)"
        f" FROM hub_event WHERE wh = '{WAREHOUSE}' AND kind = 'GoodsReceived' GROUP BY device"
    )
    positions = (
        "SELECT h.position, max(e.position), count(*) FROM hub_event e JOIN hub_head h ON h.wh = e.wh"
        f" WHERE e.wh = '{WAREHOUSE}' GROUP BY h.position"
    )

    def __init__(self, cluster: Cluster, terminals: int, mutant: str) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="wms-failover-"))
        opening.add(self._folder / "hub", cluster.url(), WAREHOUSE)
        command = [sys.executable, "-c", SERVE, str(self._folder / "hub"), cluster.url()]
        with (self._folder / "hub.log").open("wb") as log:
            self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log)
        assert self._process.stdout is not None
        with self._process.stdout as out:
            line = out.readline()
        if not line:
            raise RuntimeError((self._folder / "hub.log").read_text())
        self._stores = [Store(self._folder / f"t{n}", f"T{n}") for n in range(terminals)]
        with opening.tables(self._folder / "hub", cluster.url()) as tables:
            codes = Terminals(tables.database, WAREHOUSE)
            for store in self._stores:
                code = codes.new_code(store.device, TerminalRole.ALL, "rig", int(time.time()))
                enrol(store, json.loads(line)["listening"], code)
        self.crew = [HubTerminal(cluster, store) for store in self._stores]

    def close(self) -> None:
        self._process.kill()
        self._process.wait(PATIENCE)
        for store in self._stores:
            store.close()
        shutil.rmtree(self._folder)
