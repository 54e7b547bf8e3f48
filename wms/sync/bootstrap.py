"""A terminal that is new, or far behind, takes the hub's snapshot instead of reading its feed from the beginning.

The download goes on where it stopped, in the next attempt or the next run of the program, and counts only if its
SHA-256 is what the hub said. What this terminal has not handed over yet lies on top of it afterwards.
"""

from __future__ import annotations

import gzip
import hashlib
import shutil
from pathlib import Path

from wms.store import Store, snapshot
from wms.sync import wire
from wms.sync.connection import UPDATE_TERMINAL, Connection, HubTrouble, trouble_of
from wms.sync.greeting import still_in
from wms.workflows.prompt import msg

PIECE = 4 * 1024 * 1024  # bytes in one request
PATIENCE = 30.0  # seconds without a byte; the hub may have to make the snapshot first


def take(store: Store, connection: Connection) -> bool:
    """Fetch and adopt the newest snapshot; False where it goes no farther than this store.

    Raises `NotReached`, `HubTrouble`, `Forked`, `StoreUnwritable`."""
    said = connection.call("GET", "/v1/snapshot", wire.Snapshot, timeout=PATIENCE)
    if said.position <= store.head():
        return False
    packed, plain = store.folder / f"snapshot.{said.id}.part", store.folder / "snapshot.sqlite3"
    for old in store.folder.glob("snapshot.*.part"):
        if old != packed:
            old.unlink()
    _fetch(said, packed, connection)
    try:
        with gzip.open(packed, "rb") as source, plain.open("wb") as target:
            shutil.copyfileobj(source, target, PIECE)
        snapshot.adopt(store, plain, require=still_in(connection.life))
        store.tell(())
        return True
    except snapshot.BadSnapshot as error:
        raise HubTrouble(UPDATE_TERMINAL, "terminal_old") from error
    finally:
        plain.unlink(missing_ok=True)
        packed.unlink(missing_ok=True)


def _fetch(said: wire.Snapshot, packed: Path, connection: Connection) -> None:
    with packed.open("ab") as file:
        while (at := file.tell()) < said.size:
            wanted = {"Range": f"bytes={at}-{min(at + PIECE, said.size) - 1}"}
            response, found = connection.fetch("GET", f"/v1/snapshot/{said.id}", None, wanted, timeout=PATIENCE)
            if response.status != 206:
                raise trouble_of(response, found)
            file.write(found)
            file.flush()
    with packed.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != said.sha256:
            packed.unlink()
            raise HubTrouble(msg("The hub's snapshot arrived damaged. It is fetched again"), "damaged", None, 1.0)
