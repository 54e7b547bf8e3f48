"""Run with an earlier version's code, on the data its `wms demo --autopilot --keep DIR` left behind: one terminal goes
on alone for a while, and what it then holds is packed.

    PYTHONPATH=EARLIER python leave.py DIR EARLIER.tar.xz
"""

from __future__ import annotations

import secrets
import sys
import tarfile
from pathlib import Path
from typing import Any

from wms.domain import events as e
from wms.domain.ids import NO_LOT, Badge, PlaceId, Sku
from wms.store import Store

KEPT = ("wms.sqlite3", "wms.guard", "hub.lineage", "hub.token", "hub.json")


def go_on_alone(folder: Path) -> None:
    store = Store(folder)
    for n in range(1, 4):
        store.record([e.GoodsReceived(f"ALONE-{n}", Sku("ALONE"), NO_LOT, n, PlaceId("ALONE"))], Badge("P1"))
    store.close()
    connection = _connected(folder)
    connection.execute("INSERT INTO sealing_key (subject, key) VALUES ('ALONE', ?)", (secrets.token_bytes(32),))
    given = {row[1] for row in connection.execute("PRAGMA table_info(print_job)")}
    states = ("queued", "failed", "cancelled") if "printer" in given else ("queued", "look", "dropped")
    connection.executemany(
        "INSERT INTO print_job (kind, subject, body, state, created, changed) VALUES ('label', ?, '{}', ?, 1, 1)",
        [(f"ALONE-{state}", state) for state in states],
    )
    connection.commit()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def _connected(folder: Path) -> Any:
    from sqlcipher3 import dbapi2

    return dbapi2.connect(str(folder / "wms.sqlite3"))


def main() -> None:
    days, packed = Path(sys.argv[1]), Path(sys.argv[2])
    go_on_alone(days / "PACK1")
    connection = _connected(days / "hub")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    with tarfile.open(packed, "w:xz", preset=9) as archive:
        for folder in ("hub", "PACK1"):
            for name in KEPT:
                if (days / folder / name).exists():
                    archive.add(days / folder / name, f"{folder}/{name}")


if __name__ == "__main__":
    main()
