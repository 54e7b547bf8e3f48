"""What a key costs: commits and openings of the store with and without one, in turns, in one run.

python -m tests.bench.encryption_bench [COMMITS]
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

from wms.domain import commands as c
from wms.domain.ids import Badge
from wms.domain.pins import Peppers, check_pin, hash_pin, pepper_name
from wms.store import Store

OPENINGS = 20


def main(commits: int) -> None:
    with tempfile.TemporaryDirectory() as place:
        folders = {"plain": Path(place, "plain"), "key": Path(place, "key")}
        for folder in folders.values():
            folder.mkdir()
        (folders["key"] / "wms.toml").write_text(f'[store]\nkey = "file:{place}/secret"\n')
        stores = {name: Store(folder, "T1") for name, folder in folders.items()}
        took: dict[str, list[float]] = {name: [] for name in stores}
        for store in stores.values():
            store.join()
        for n in range(commits):
            for name in sorted(stores, reverse=bool(n % 2)):
                began = time.perf_counter()
                stores[name].execute(c.RefuseScan("6901234567892", "pick.item", "wrong:item"), Badge("L1"))
                took[name].append(1000 * (time.perf_counter() - began))
        for name, store in stores.items():
            cuts = statistics.quantiles(took[name], n=100)
            print(f"{name:6} commit p50 {cuts[49]:.2f} ms, p99 {cuts[98]:.2f} ms; opening {_opening(store):.2f} ms")
    pepper = bytes(32)
    peppers = Peppers({pepper_name(pepper): pepper}, pepper_name(pepper))
    kept = hash_pin("4711", peppers=peppers)
    began = time.perf_counter()
    for _ in range(OPENINGS):
        check_pin(kept, "4711", peppers)
    print(f"a PIN is checked in {1000 * (time.perf_counter() - began) / OPENINGS:.0f} ms")


def _opening(store: Store) -> float:
    store.close()
    took = []
    for _ in range(OPENINGS):
        began = time.perf_counter()
        again = Store(store.folder)
        took.append(1000 * (time.perf_counter() - began))
        again.close()
    return statistics.median(took)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3000)
