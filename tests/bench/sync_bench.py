"""python -m tests.bench.sync_bench [--long] [--json] [NAME…]

Prints what the promise of sync costs: a backlog handed over, a hub put back to an older copy, a pick committed and seen
elsewhere, a new terminal, idle terminals, memory; on PostgreSQL and on the embedded engine, each figure beside what
this machine can do at all, measured in the same minute. With --long the sizes are those of the aims, else a fifth.
NAMEs are those of the measures, all by default. What a failover loses is measured by `python -m tests.faults.failover`.
"""

from __future__ import annotations

import contextlib
import json
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec

from tests.bench import sync_limits as limits
from tests.bench.sync_day import Said, a_day, badge_of, bin_of, sku_of
from tests.bench.sync_hub import Hub, lone, recorded, resident_mb, serving
from tests.bench.sync_terminals import Terminals
from tests.bench.terminal_process import percentile, summary
from tests.postgres import PostgresServer
from wms.domain import commands as c
from wms.domain.events import Fact, Key
from wms.domain.ids import NO_LOT, DeviceId
from wms.hub import opening
from wms.store import Store
from wms.store.journal import CHAIN_START, Line, chain, line_of
from wms.sync import wire
from wms.sync.client import SyncClient
from wms.sync.connection import Connection
from wms.sync.exchange import Exchange
from wms.sync.membership import membership

FULL_SIZE = "--long" in sys.argv
SCALE = 1 if FULL_SIZE else 5
BACKLOG, OLD_ROWS = 100_000 // SCALE, 150_000 // SCALE
RESTORED_TERMINALS, PUSHING, POLLING = 20, 4, 200
TERMINALS_A_PROCESS = 5
PICKS, SEEN, IDLE_S = 500, 60, 30.0
MORNING_MS = 1_795_000_000_000
FIGURES: dict[str, float] = {}


def told(name: str, words: str, **figures: float) -> None:
    print(f"{name:<19}{words}", flush=True)
    FIGURES.update({f"{name.strip()} {key}": round(value, 4) for key, value in figures.items()})


def lines_of(said: Sequence[Said]) -> list[Line]:
    """As the hub numbered them; each device counts its own."""
    counted: dict[DeviceId, int] = {}
    lines = []
    for position, (device, event) in enumerate(said, 1):
        n = counted[device] = counted.get(device, 0) + 1
        at = MORNING_MS + position * 100
        lines.append(line_of(Fact(Key(device, 1, n), at, badge_of(device), event, position)))
    return lines


def filled(hub: Hub, lines: Sequence[Line]) -> None:
    """The facts stand in the journal of the hub, which is not served meanwhile."""
    with opening.hubs(hub.folder, hub.database) as hubs:
        (engine,) = hubs.values()
        for at in range(0, len(lines), wire.BATCH):
            engine.give_back(DeviceId(""), wire.Returned(tuple(lines[at : at + wire.BATCH])), version=wire.VERSION)


def head_of(hub: Hub) -> int:
    sql = "SELECT max(position) FROM hub_head" if hub.database else "SELECT max(position) FROM journal"
    with opening.tables(hub.folder, hub.database) as found:
        return int(found.database.read(lambda session: session.execute(sql).fetchone()[0] or 0))


@contextlib.contextmanager
def exchange_of(store: Store) -> Iterator[Exchange]:
    found = membership(store)
    assert found is not None
    with contextlib.closing(Exchange(store, *found)) as exchange:
        yield exchange


@contextlib.contextmanager
def synced(store: Store) -> Iterator[SyncClient]:
    found = membership(store)
    assert found is not None
    client = SyncClient(store, *found)
    client.start()
    try:
        yield client
    finally:
        client.stop()


def _spent(before: tuple[float, float], after: tuple[float, float]) -> str:
    return f"hub {after[0] - before[0]:.1f} s, database {after[1] - before[1]:.1f} s"


def raw_rate(folder: Path, hub: Hub, lines: Sequence[Line]) -> tuple[str, float]:
    """What the engine's own database takes of these facts, with nothing around it."""
    if hub.database:
        return "bare COPY", limits.postgres_copies(hub.database, lines)
    return "bare SQLite", limits.sqlite_inserts(folder, lines)


# Measures


def backlog(folder: Path, server: PostgresServer | None) -> None:
    """One terminal that was away hands over everything, and has it confirmed."""
    day = a_day(["A"], BACKLOG)[:BACKLOG]
    with serving(folder / "hub", server) as hub, contextlib.closing(lone(folder, "A")) as store:
        hub.join(recorded(store, day))
        wired, (what, raw) = limits.http_json(lines_of(day)), raw_rate(folder, hub, lines_of(day))
        with exchange_of(store) as exchange:
            start, cpu = time.perf_counter(), hub.cpu()
            exchange.push()
            pushed, cpu_pushed = time.perf_counter() - start, hub.cpu()
            while store.waiting():
                exchange.pull(0)
            both = time.perf_counter() - start
        least = BACKLOG / raw + BACKLOG / wired
        told(
            f"backlog {hub.engine}",
            f" {BACKLOG:,} events: handed over in {pushed:.1f} s ({BACKLOG / pushed:,.0f}/s), confirmed after"
            f" {both:.1f} s   (aim <= {10 / SCALE:.0f});\n{'':19} {what} {BACKLOG / raw:.2f} s + bare HTTP"
            f" {BACKLOG / wired:.2f} s, ratio {pushed / least:.1f}; processor: {_spent(cpu, cpu_pushed)}",
            pushed_s=pushed,
            confirmed_s=both,
            ratio=pushed / least,
        )
        told(
            f"memory {hub.engine}",
            f" hub {resident_mb(hub.pid):.0f} MB resident afterwards",
            hub_mb=resident_mb(hub.pid),
        )


def rate(folder: Path, server: PostgresServer | None) -> None:
    """What a hub takes from several terminals at once. Their messages are ready: only the hub is measured."""
    names = [f"T{n}" for n in range(1, PUSHING + 1)]
    day = a_day(names, BACKLOG)
    with serving(folder / "hub", server) as hub, contextlib.ExitStack() as opened:
        own: dict[str, list[Line]] = {name: [] for name in names}
        for line in lines_of([(DeviceId(names[0]) if d not in names else d, event) for d, event in day]):
            own[line.device].append(line)
        connections = {
            name: _greeted(hub, opened.enter_context(contextlib.closing(lone(folder, name)))) for name in names
        }
        messages = {name: _pushes(own[name]) for name in names}
        wired, (what, raw) = limits.http_json(lines_of(day)), raw_rate(folder, hub, lines_of(day))
        threads = [threading.Thread(target=_post, args=(connections[name], messages[name])) for name in names]
        start, cpu = time.perf_counter(), hub.cpu()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took, after = time.perf_counter() - start, hub.cpu()
        for connection in connections.values():
            connection.close()
        assert head_of(hub) == len(day)
        least = len(day) / raw + len(day) / wired
        told(
            f"rate {hub.engine}",
            f" {PUSHING} terminals push {len(day):,} events: {len(day) / took:,.0f}/s   (aim >= 10,000 on"
            f" PostgreSQL);\n{'':19} {what} {raw:,.0f}/s, bare HTTP {wired:,.0f}/s, ratio {took / least:.1f};"
            f" processor: {_spent(cpu, after)}",
            events_per_s=len(day) / took,
            ratio=took / least,
        )


def _greeted(hub: Hub, store: Store) -> Connection:
    """A connection on which the terminal has said hello."""
    found = membership(hub.join(store))
    assert found is not None
    connection = Connection(*found, session=f"bench-{store.device}")
    hello = wire.Hello(store.device, 1, 0, connection.session, "", (), 0)
    welcome = connection.call("POST", "/v1/hello", wire.Welcome, hello, timeout=30)
    connection.life = welcome.lives[-1].name
    return connection


def _pushes(lines: Sequence[Line]) -> list[bytes]:
    at, messages = CHAIN_START, []
    for first in range(0, len(lines), wire.BATCH):
        batch = lines[first : first + wire.BATCH]
        messages.append(msgspec.json.encode(wire.push_of(batch, (), at)))
        for line in batch:
            at = chain(at, line)
    return messages


def _post(connection: Connection, messages: Sequence[bytes]) -> None:
    for message in messages:
        response, found = connection.fetch("POST", "/v1/push", message, timeout=60)
        assert response.status == 200, found


def restored(folder: Path, server: PostgresServer | None) -> None:
    """A hub is put back to an older copy; its terminals give back what it lost, and all come to the same again."""
    names = [f"T{n}" for n in range(1, RESTORED_TERMINALS + 1)]
    lines = lines_of(a_day(names, BACKLOG + BACKLOG // 5))
    old = len(lines) - BACKLOG
    hub = Hub(folder / "hub", server)
    hub.start()
    try:
        for name in names:
            with contextlib.closing(lone(folder, name)) as store:
                hub.join(store)
        hub.stop()
        filled(hub, lines[:old])
        saved = hub.save()
        filled(hub, lines[old:])
        hub.start()
        for _ in go(all_of(folder, names, len(lines))):
            pass
        hub.stop()
        hub.put_back(saved)
        hub.start()
        running = all_of(folder, names, len(lines))
        before, start = hub.cpu(), time.perf_counter()
        results = go(running)
        while head_of(hub) < len(lines):
            time.sleep(0.05)
        whole = time.perf_counter() - start
        cpu = [result["cpu"] for result in results]
        took, after = time.perf_counter() - start, hub.cpu()
        what, raw = raw_rate(folder, hub, lines[old:])
        least = BACKLOG / raw + BACKLOG / limits.http_json(lines[old:])
        told(
            f"restored {hub.engine}",
            f" {RESTORED_TERMINALS} terminals, {BACKLOG:,} events lost: the hub has them after {whole:.1f} s"
            f"   (aim <= {15 / SCALE:.0f}), all are equal after {took:.1f} s;\n{'':19} {what} {least:.2f} s, ratio"
            f" {whole / least:.1f}; processor: {_spent(before, after)}, the terminals, who share this machine here,"
            f" {sum(cpu):.1f} s",
            whole_s=whole,
            equal_s=took,
        )
    finally:
        hub.stop()


def all_of(folder: Path, names: Sequence[str], head: int) -> list[Terminals]:
    """All of these terminals, several to a process, ready to sync until each holds so many facts."""
    step = TERMINALS_A_PROCESS
    return [Terminals(folder, head, names[at : at + step]) for at in range(0, len(names), step)]


def go(running: Sequence[Terminals]) -> Iterator[dict[str, float]]:
    """They begin at once; what each process says at its end."""
    for terminals in running:
        terminals.go()
    return (terminals.result() for terminals in running)


def picks(folder: Path, server: PostgresServer | None) -> None:
    """A pick on a terminal in sync, until the disk holds it; and until another terminal has it."""
    with (
        serving(folder / "hub", server) as hub,
        contextlib.closing(lone(folder, "A")) as one,
        contextlib.closing(lone(folder, "B")) as other,
        synced(hub.join(recorded(one, a_day(["A"], 2_000)))),
    ):
        until(lambda: not one.waiting())
        commits = _commits(folder, one)  # alone in its process, as on a handheld
        until(lambda: not one.waiting(), 120)
        told(
            f"pick {hub.engine}",
            f" committed, ms {summary(commits)}   (aim p99 <= 2 on a fast disk);\n{'':19} bare SQLite"
            f" {summary(_raw_commits)}, fdatasync {summary(_raw_syncs)};"
            f" ratio p50 {limits.middle(commits) / limits.middle(_raw_commits):.1f},"
            f" p99 {percentile(commits, 0.99) / percentile(_raw_commits, 0.99):.1f}",
            p50_ms=limits.middle(commits),
            p99_ms=percentile(commits, 0.99),
            raw_p99_ms=percentile(_raw_commits, 0.99),
        )
        with synced(hub.join(other)):
            until(lambda: other.head() == one.head(), 120)
            seen = [_seen(one, other) for _ in range(SEEN)]
        trips = limits.http_round_trips()
        told(
            f"seen {hub.engine}",
            f" pick seen elsewhere, ms {summary(seen)} p95 {percentile(seen, 0.95):.0f}   (aim p95 <= 2,000);\n{'':19}"
            f" bare HTTP round trip {summary(trips)}; ratio {limits.middle(seen) / limits.middle(trips):.0f}",
            p95_ms=percentile(seen, 0.95),
        )


_raw_commits: list[float] = []
_raw_syncs: list[float] = []


def _commits(folder: Path, store: Store) -> list[float]:
    """Alternating with a bare transaction and a bare fdatasync, so that a busy machine shows in all."""
    _raw_commits.clear()
    _raw_syncs.clear()
    found: list[float] = []
    for n in range(PICKS // 10):
        found += limits.milliseconds(10, lambda n=n: store.execute(_a_pick(n), badge_of("A")))  # type: ignore[misc]
        room = Path(tempfile.mkdtemp(dir=folder))
        _raw_commits.extend(limits.sqlite_commits(room, 10))
        _raw_syncs.extend(limits.fdatasync(room, 10))
    return found


def _a_pick(n: int) -> c.MoveStock:
    """As many rows as a pick changes: out of one place, into another."""
    return c.MoveStock(sku_of(n % 50), NO_LOT, 1, bin_of(n % 50), bin_of(n % 50 + 1))


def _seen(one: Store, other: Store) -> float:
    came = threading.Event()
    heads = other.head()
    other.listen(lambda _: came.set() if other.head() > heads else None)
    start = time.perf_counter()
    one.execute(_a_pick(heads), badge_of("A"))
    assert came.wait(30)
    return (time.perf_counter() - start) * 1000


def newcomer(folder: Path, server: PostgresServer | None) -> None:
    """A new terminal of an old warehouse, from its code to the whole picture."""
    lines = lines_of(a_day([f"T{n}" for n in range(4)], OLD_ROWS))
    hub = Hub(folder / "hub", server)
    filled(hub, lines)
    hub.start()
    try:
        with contextlib.closing(lone(folder, "NEW")) as store:
            start = time.perf_counter()
            hub.join(store)
            (result,) = go(all_of(folder, ["NEW"], len(lines)))
            took = time.perf_counter() - start
        least = len(lines) / limits.sqlite_inserts(folder, lines)
        told(
            f"newcomer {hub.engine}",
            f" {len(lines):,} rows after {took:.1f} s   (aim <= {30 / SCALE:.0f}); bare SQLite {least:.2f} s, ratio"
            f" {took / least:.1f}; the terminal then has {result['mb']:.0f} MB resident",
            seconds=took,
            ratio=took / least,
            terminal_mb=result["mb"],
        )
    finally:
        hub.stop()


def idle(folder: Path, server: PostgresServer | None) -> None:
    """Terminals that wait for news which does not come."""
    with serving(folder / "hub", server) as hub, contextlib.ExitStack() as opened:
        ending = threading.Event()
        threads = []
        for n in range(POLLING):
            with contextlib.closing(lone(folder, f"I{n}")) as store:
                connection = _greeted(hub, store)
            opened.callback(connection.close)
            threads.append(threading.Thread(target=_poll, args=(connection, ending)))
        for thread in threads:
            thread.start()
        time.sleep(5)
        before, start = hub.cpu(), time.perf_counter()
        time.sleep(IDLE_S)
        after, took = hub.cpu(), time.perf_counter() - start
        ending.set()
        share, database = ((b - a) / took for a, b in zip(before, after, strict=True))
        told(
            f"idle {hub.engine}",
            f" {POLLING} terminals poll: hub {share:.1%} of a core   (aim <= 10 %), database {database:.1%};"
            f" {resident_mb(hub.pid):.0f} MB resident",
            share=share,
            database_share=database,
        )
        for thread in threads:
            thread.join()


def _poll(connection: Connection, ending: threading.Event) -> None:
    while not ending.is_set():
        answer = connection.call("GET", "/v1/pull?after=0&limit=500&wait=10&keys_after=0", wire.Pulled, timeout=30)
        assert not answer.facts


def until(true: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.01)


MEASURES: dict[str, Callable[[Path, PostgresServer | None], None]] = {
    measure.__name__: measure for measure in (picks, backlog, rate, newcomer, idle, restored)
}


def main() -> None:
    wanted = [name for name in sys.argv[1:] if not name.startswith("--")] or list(MEASURES)
    with PostgresServer() as server:
        for name in wanted:
            for engine in (server, None):
                with tempfile.TemporaryDirectory() as folder:
                    MEASURES[name](Path(folder), engine)
    if "--json" in sys.argv:
        print(json.dumps(FIGURES))


if __name__ == "__main__":
    main()
