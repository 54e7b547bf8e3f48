"""python -m tests.bench.floor_bench [--long]

Prints what a picker feels: time to first paint, memory, idle CPU, and scan → committed → painted through real ptys with
1,000 and (with --long) 1,000,000 rows in the journal; a whole day by autopilot; and what an administrator waits for:
replay speed and size.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from drivers.fakes import FakeScanner
from tests.bench.data import BADGE, furnished, lengthen
from tests.bench.terminal_process import TerminalProcess, percentile, summary
from wms.domain import commands as c
from wms.store import Store, verify

STARTS, SCANS, IDLE_S = 21, 300, 10.0
SETTLING_S = 3.0  # what the first scan needs is imported in the background first


def first_paint(folder: Path) -> None:
    """Alternating with the smallest Textual app, so that a busy machine shows in both."""
    times: list[float] = []
    bare: list[float] = []
    for _ in range(STARTS):
        for kept, module, arguments in (
            (times, "wms", ("--data", str(folder), "--language", "en")),
            (bare, "tests.bench.one_label", ()),
        ):
            terminal = TerminalProcess(*arguments, module=module)
            kept.append(terminal.wait_for(b"badge"))
            terminal.quiet()
            terminal.close()
    ours, theirs = percentile(times, 0.5), percentile(bare, 0.5)
    print(f"first paint        p50 {ours:.3f} s   max {max(times):.3f} s   (aim p50 <= 0.35); ", end="")
    print(f"a bare Textual label {theirs:.3f} s in the same minute, ratio {ours / theirs:.2f}")


def at_rest(folder: Path) -> None:
    with FakeScanner() as scanner:
        terminal = TerminalProcess("--data", str(folder), "--scanner", scanner.address, "--language", "en")
        terminal.wait_for(b"badge")
        terminal.quiet(1.0)
        time.sleep(SETTLING_S)
        before, start = terminal.cpu_seconds(), time.perf_counter()
        while time.perf_counter() - start < IDLE_S:
            terminal.read(0.2)
        share = (terminal.cpu_seconds() - before) / (time.perf_counter() - start)
        print(f"memory at rest     {terminal.resident_mb():.1f} MB resident   (aim <= 60)")
        print(f"idle CPU           {share:.2%} of a core with a scanner attached   (aim <= 1 %)")
        terminal.close()


def scans(folder: Path, label: str) -> None:
    """Scans at a steady pace: the wrong bin, refused, journaled, painted; every answer is a commit and a repaint."""
    with FakeScanner() as scanner:
        terminal = TerminalProcess("--data", str(folder), "--scanner", scanner.address, "--language", "en")
        terminal.wait_for(b"badge")
        terminal.quiet(0.5)
        for code in (f"BDG-{BADGE}", "CART-1"):
            scanner.scan(code)
            terminal.quiet(0.4)
        times = []
        for n in range(SCANS):
            times.append(terminal.first_byte(lambda n=n: scanner.scan(f"A-{40 + n % 2}-1-1*{40 + n % 2}")))
            terminal.quiet(0.05)
        print(f"scan to paint, ms  {summary(times)}   {label}   (aim p50 <= 5, p99 <= 10)")
        terminal.close()


def commits(store: Store, label: str) -> None:
    times = []
    for n in range(SCANS):
        start = time.perf_counter()
        store.execute(c.RefuseScan(f"X{n}", "pick.bin", "wrong"), BADGE)
        times.append((time.perf_counter() - start) * 1000)
    print(f"commit alone, ms   {summary(times)}   {label}")


def replay(store: Store) -> None:
    found = verify(store.rows)
    rate = found.events / max(found.seconds, 1e-9)
    print(
        f"verify replay      {rate:,.0f} events/s over {found.events:,} events   (aim >= 20,000)", *found.problems[:3]
    )


def day() -> None:
    """A day of the demo lived by simulated people through six real terminals and a hub; what verify makes of it."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "day"
        command = [
            sys.executable,
            "-m",
            "wms",
            "demo",
            "--autopilot",
            "--limit",
            "100",
            "--keep",
            str(folder),
            "--json",
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        report = json.loads(done.stdout)
        rate = report["lines"] / report["seconds"]
        holds = sum(report["invariants"].values())
        print(
            f"autopilot          {rate:.1f} lines/s, {report['orders']['in']} orders in {report['seconds']:.0f} s, ",
            end="",
        )
        print(f"{holds} of {len(report['invariants'])} invariants hold")
        store = Store(folder / "hub")
        size = sum(path.stat().st_size for path in (folder / "hub").glob("wms.sqlite3*"))
        print(f"database           {size / 1e3 / report['orders']['in']:.1f} MB per 1,000 orders, lived to their end")
        replay(store)
        store.close()


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "data"
        store = furnished(folder, 1000)
        size = sum(path.stat().st_size for path in folder.glob("wms.sqlite3*"))
        print(f"database           {size / 1e6:.2f} MB for 1,000 released orders, {store.head():,} events")
        lengthen(store, max(1000, store.head()))
        commits(store, "short journal")
        replay(store)
        store.close()
        first_paint(folder)
        at_rest(folder)
        scans(folder, f"{rows_in(folder):,} rows")
        day()
        if "--long" in sys.argv:
            store = Store(folder)
            lengthen(store, 1_000_000)
            commits(store, "1,000,000 rows")
            replay(store)
            store.close()
            first_paint(folder)
            scans(folder, "1,000,000 rows")


def rows_in(folder: Path) -> int:
    store = Store(folder)
    rows = store.head()
    store.close()
    return rows


if __name__ == "__main__":
    main()
