"""The database's primary dies again and again, its synchronous standby takes over: nothing acknowledged may be lost.

    python -m tests.faults.failover [--seconds 30] [--seed N] [--terminals 4] [--hub]
                                    [--mutate NAME] [--list-mutants] [--json]

Terminals push events without a pause and remember, outside all databases, which were acknowledged. Each round ends in
one of two ways, and the next begins with a new standby, copied from the survivor:

- `crash`: kill -9 of the primary at a random instant; the standby is promoted.
- `apart`: the standby falls first, so that pushes wait for it; an administrator ends their connections, then cancels
  their commits, the terminals push the same again; then the primary falls, and the standby, which has seen none of it,
  is promoted.

Exit code 0 when every acknowledged event is there and positions have no hole, 1 when not.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import sys
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import psycopg
from psycopg.errors import Diagnostic

from tests.postgres import PostgresServer

BATCH = 20
PATIENCE = 30  # seconds for anything that must come about
STANDBY = "standby"
SETTINGS: dict[str, Any] = {
    "synchronous_standby_names": STANDBY,
    "synchronous_commit": "on",
    # A commit that waits when a standby joins is released by the standby's next report, and while it holds the head row
    # nobody writes anything that would bring one about sooner (otherwise 10 s)
    "wal_receiver_status_interval": "1s",
}
MUTANTS = {
    "asynchronous": "commits do not wait for the standby",
    "silent-retry": "a push of known events writes nothing, so its commit has nothing to wait for",
    "no-warning": "a COMMIT whose wait for the standby was cancelled succeeds with a mere warning, which is not heeded",
}
TABLES = (
    "CREATE TABLE head (wh text PRIMARY KEY, position bigint NOT NULL, pushes bigint NOT NULL)",
    "INSERT INTO head VALUES ('W', 0, 0)",
    "CREATE TABLE event (wh text, position bigint PRIMARY KEY, device text, n bigint, UNIQUE (wh, device, n))",
)


@dataclass
class Result:
    crash: int = 0
    apart: int = 0
    acknowledged: int = 0
    events_per_second: int = 0
    repeated_pushes: int = 0
    longest_outage_seconds: float = 0
    lost: int = 0
    holes: int = 0


class Cluster:
    """Two servers, of which one follows the other."""

    def __init__(self, mutant: str) -> None:
        unsafe: dict[str, Any] = {"synchronous_standby_names": ""} if mutant == "asynchronous" else {}
        self.primary = PostgresServer(**SETTINGS | unsafe)
        self.primary.start()
        self.standby = self.primary.standby(STANDBY)
        self._ports = sorted((self.primary.port, self.standby.port))

    def url(self) -> str:
        """Both addresses; the driver takes the one that accepts writes."""
        hosts = ",".join(f"127.0.0.1:{port}" for port in self._ports)
        login = f"wms:{self.primary.password}"
        return f"postgresql://{login}@{hosts}/postgres?target_session_attrs=read-write&connect_timeout=2"

    def ask(self, statement: str) -> list[Any]:
        with psycopg.connect(self.primary.admin, autocommit=True) as connection:
            return connection.execute(statement).fetchall()

    def wait_for_standby(self) -> None:
        streaming = "SELECT 1 FROM pg_stat_replication WHERE state = 'streaming' AND application_name = 'standby'"
        eventually("the standby follows", lambda: len(self.ask(streaming)) == 1)

    def take_over(self) -> None:
        self.primary.kill()
        if not self.standby.running:
            self.standby.start()
        self.standby.promote()
        fallen, self.primary = self.primary, self.standby
        fallen.close()

    def renew(self) -> None:
        """A new standby at the address of the fallen primary."""
        [port] = set(self._ports) - {self.primary.port}
        self.standby = self.primary.standby(STANDBY, port=port)

    def fall(self) -> None:
        for server in (self.standby, self.primary):
            server.kill()

    def close(self) -> None:
        for server in (self.standby, self.primary):
            server.close()


class Terminal(threading.Thread, ABC):
    """Pushes batches in order, each until it is acknowledged."""

    def __init__(self, cluster: Cluster, device: str, mutant: str) -> None:
        super().__init__(name=device, daemon=True)
        self.cluster, self.device, self.mutant = cluster, device, mutant
        self.acknowledged = self.repeats = 0
        self.outage, self._since = 0.0, time.monotonic()
        self.stopping = threading.Event()

    def run(self) -> None:
        while not self.stopping.is_set():
            with contextlib.suppress(psycopg.OperationalError):
                self.push_on()
            self.repeats += 1
            time.sleep(0.02)

    @abstractmethod
    def push_on(self) -> None:
        """Push and `acknowledge` until something is in the way, or `stopping`."""

    def acknowledge(self, last: int) -> None:
        now = time.monotonic()
        self.outage, self._since = max(self.outage, now - self._since), now
        self.acknowledged = last


class SqlTerminal(Terminal):
    """Speaks to the database itself."""

    def push_on(self) -> None:
        warnings: list[Diagnostic] = []
        with psycopg.connect(self.cluster.url()) as connection:
            connection.add_notice_handler(warnings.append)
            while not self.stopping.is_set():
                last = self.acknowledged + BATCH
                self._push(connection, last)
                if warnings and self.mutant != "no-warning":
                    return
                self.acknowledge(last)

    def _push(self, connection: psycopg.Connection, last: int) -> None:
        if self.mutant != "silent-retry" or self._held(connection) < last:
            position = connection.execute("SELECT position FROM head WHERE wh = 'W' FOR UPDATE").fetchone()
            # what was acknowledged once is not given again, or it would hide a loss
            new = range(max(self._held(connection), self.acknowledged) + 1, last + 1)
            rows = [(position[0] + i, self.device, n) for i, n in enumerate(new, 1)]  # type: ignore[index]
            with connection.cursor() as cursor:
                cursor.executemany("INSERT INTO event VALUES ('W', %s, %s, %s)", rows)
            connection.execute("UPDATE head SET position = position + %s, pushes = pushes + 1", (len(new),))
        connection.commit()

    def _held(self, connection: psycopg.Connection) -> int:
        asked = "SELECT coalesce(max(n), 0) FROM event WHERE wh = 'W' AND device = %s"
        return int(connection.execute(asked, (self.device,)).fetchone()[0])  # type: ignore[index]


class Plain:
    """Terminals that write into tables of the rig."""

    def __init__(self, cluster: Cluster, terminals: int, mutant: str) -> None:
        with psycopg.connect(cluster.primary.admin) as connection:
            for statement in TABLES:
                connection.execute(statement)
        self.crew: list[Terminal] = [SqlTerminal(cluster, f"T{n}", mutant) for n in range(terminals)]

    held = "SELECT device, array_agg(n) FROM event WHERE wh = 'W' GROUP BY device"
    positions = "SELECT max(h.position), max(e.position), count(*) FROM event e, head h"

    def close(self) -> None:
        """Nothing but the servers is to be closed."""


def crash(cluster: Cluster, chance: random.Random) -> None:
    time.sleep(chance.uniform(0.3, 2))
    cluster.take_over()


def apart(cluster: Cluster, chance: random.Random) -> None:
    cluster.standby.kill()
    time.sleep(chance.uniform(1.2, 2))
    for end in ("pg_terminate_backend", "pg_cancel_backend"):
        cluster.ask(f"SELECT {end}(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
        time.sleep(0.5)  # long enough to come back and push the same again
    cluster.take_over()


def campaign(seconds: float, seed: int, terminals: int, mutant: str, *, through_hub: bool = False) -> Result:
    chance, result = random.Random(seed), Result()
    with contextlib.ExitStack() as opened:
        cluster = opened.enter_context(contextlib.closing(Cluster(mutant)))
        site = opened.enter_context(contextlib.closing(_site(through_hub)(cluster, terminals, mutant)))
        for terminal in site.crew:
            terminal.start()
        began = time.monotonic()
        try:
            while not (result.lost or result.holes) and (result.apart == 0 or time.monotonic() < began + seconds):
                one_round(cluster, site, chance, result)
        finally:
            for terminal in site.crew:
                terminal.stopping.set()
            cluster.fall()  # so that nobody waits for a standby
            for terminal in site.crew:
                terminal.join(PATIENCE)
        result.events_per_second = round(result.acknowledged / (time.monotonic() - began))
    result.repeated_pushes = sum(terminal.repeats for terminal in site.crew)
    result.longest_outage_seconds = round(max(terminal.outage for terminal in site.crew), 2)
    return result


def _site(through_hub: bool) -> type[Plain]:
    if not through_hub:
        return Plain
    from tests.faults.failover_hub import Hub

    return Hub


def one_round(cluster: Cluster, site: Plain, chance: random.Random, result: Result) -> None:
    cluster.wait_for_standby()
    before = [terminal.acknowledged for terminal in site.crew]
    eventually("pushes come through", lambda: all(t.acknowledged > n for t, n in zip(site.crew, before, strict=True)))
    way = chance.choice((crash, apart)) if result.crash else crash
    way(cluster, chance)
    setattr(result, way.__name__, getattr(result, way.__name__) + 1)
    check(cluster, site, result)
    cluster.renew()


def check(cluster: Cluster, site: Plain, result: Result) -> None:
    acknowledged = {terminal.device: terminal.acknowledged for terminal in site.crew}
    held = dict(cluster.ask(site.held))
    result.acknowledged = sum(acknowledged.values())
    result.lost = sum(
        len(set(range(1, last + 1)).difference(held.get(device, ()))) for device, last in acknowledged.items()
    )
    [(head, highest, count)] = cluster.ask(site.positions)
    result.holes = abs(highest - count) + abs(head - highest)


def eventually(what: str, holds: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > until:
            raise TimeoutError(f"not within {PATIENCE} s: {what}")
        time.sleep(0.02)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.failover", description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--terminals", type=int, default=4)
    parser.add_argument(
        "--hub", action="store_true", help="through `wms hub serve`, by terminals with stores of their own"
    )
    parser.add_argument("--mutate", choices=MUTANTS, default="")
    parser.add_argument("--list-mutants", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if options.list_mutants:
        print(*MUTANTS, sep="\n")
        return 0
    if options.hub and options.mutate not in ("", "asynchronous"):
        parser.error(f"the hub has no mutant {options.mutate}; it is of the terminals that speak SQL")
    result = campaign(options.seconds, options.seed, options.terminals, options.mutate, through_hub=options.hub)
    told = {"seed": options.seed, "hub": options.hub, "mutant": options.mutate} | asdict(result)
    print(json.dumps(told) if options.json else "\n".join(f"{name:24} {value}" for name, value in told.items()))
    return 1 if result.lost or result.holes else 0


if __name__ == "__main__":
    sys.exit(main())
