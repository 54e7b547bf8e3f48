"""python -m tests.bench.imports_bench [FILE]

Prints what taking in 100,000 order lines costs: read, matched, judged, journaled and reviewed, in a process of its own,
beside what reading the same bytes as CSV and writing as many rows to SQLite costs at all. Without FILE the lines are
made here; a file must be of a known format, and its goods are taken from its own codes."""

from __future__ import annotations

import csv
import json
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LINES = 100_000
_RUN = """
import json, resource, sys, time
from pathlib import Path
from wms.channels import read
from wms.domain.catalogue import Item
from wms.domain.events import ItemDefined
from wms.domain.ids import Badge, CategoryCode, Sku
from wms.intake import StoreGoods, take_in
from wms.intake.files import source_of
from wms.order_review import review_orders, rules_of
from wms.store import Store
import wms.workflows.handlers

source, folder, person = source_of(Path(sys.argv[1])), Path(sys.argv[2]), Badge("bench")
codes = {line.code: line.name for order in read([source]).orders for line in order.lines if not line.done}
store = Store(folder, "BENCH")
goods = [ItemDefined(Item(Sku(code), name, name, CategoryCode("goods")), ()) for code, name in codes.items()]
store.record(goods, person)
started = time.perf_counter()
imported = read([source], goods=StoreGoods(store.rows))
reading = time.perf_counter() - started
report = take_in(store, imported, store.execute, person)
taking = time.perf_counter() - started - reading
review_orders(store, report.taken, store.execute, person, rules_of(folder))
whole = time.perf_counter() - started
store.close()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print(json.dumps({"read": reading, "take": taking, "whole": whole, "peak_mb": peak, "orders": len(report.taken)}))
"""


def made(path: Path) -> None:
    """Orders of one to forty lines, in our own format."""
    chance = random.Random(7)
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(("order", "sku", "quantity", "name", "phone", "address", "city", "country"))
        order, left = 0, 0
        for n in range(LINES):
            if not left:
                order, left = order + 1, chance.randint(1, 40)
            left -= 1
            person = (f"Person {order}", f"138{order:08}", f"{order} Long Road", "Shanghai", "CN")
            table.writerow((f"O-{order}", f"SKU-{n * 7919 % 3000:04}-{left:02}", chance.randint(1, 9), *person))


def least(path: Path, folder: Path) -> float:
    """Seconds to read the bytes as CSV and write a row for each line, committed once."""
    started = time.perf_counter()
    connection = sqlite3.connect(folder / "least.sqlite3")
    connection.execute("CREATE TABLE line (n INTEGER PRIMARY KEY, cells TEXT)")
    with path.open(newline="", encoding="utf-8", errors="replace") as file:
        rows = ((n, "\x1f".join(row)) for n, row in enumerate(csv.reader(file)))
        connection.executemany("INSERT INTO line VALUES (?, ?)", rows)
    connection.commit()
    connection.close()
    return time.perf_counter() - started


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = Path(sys.argv[1]) if len(sys.argv) > 1 else folder / "orders.csv"
        if len(sys.argv) < 2:
            made(path)
        floor = least(path, folder)
        done = subprocess.run(
            [sys.executable, "-c", _RUN, str(path), str(folder / "data")], capture_output=True, text=True, check=True
        )
        found = json.loads(done.stdout)
        print(
            f"{path.name}: {found['orders']:,} orders in {found['whole']:.1f} s (aim <= 20): read {found['read']:.1f},"
            f" taken in {found['take']:.1f}; {found['peak_mb']} MB at most (aim < 300).\n"
            f"CSV into SQLite alone {floor:.2f} s, ratio {found['whole'] / floor:.0f}"
        )


if __name__ == "__main__":
    main()
