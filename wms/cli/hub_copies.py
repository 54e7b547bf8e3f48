"""`wms hub backup|restore`: a warehouse as one file, and back."""

from __future__ import annotations

import time
from argparse import Namespace
from typing import TYPE_CHECKING

from wms.cli.hub_place import hub_tables, place_of, refusing
from wms.cli.output import Refusal, emit, utc

if TYPE_CHECKING:
    from wms.hub.restoring import Restored


def backup(options: Namespace) -> int:
    place = place_of(options)
    with hub_tables(options) as (tables, warehouse):
        from wms.hub import audit, copies

        copied = copies.back_up(place.folder, place.url, options.file, warehouse)
        tables.database.write(
            lambda s: audit.note(
                s, warehouse, int(time.time()), audit.account(), "backup", options.file.name, str(copied.position)
            )
        )
    emit(
        options,
        {
            "warehouse": copied.warehouse,
            "file": str(options.file),
            "position": copied.position,
            "bytes": copied.size,
        },
        lambda: f"{copied.warehouse} up to {copied.position}: {options.file}, {copied.size} bytes",
    )
    return 0


def restore(options: Namespace) -> int:
    place = place_of(options)
    with refusing(place):
        from wms.hub import audit, opening, restoring
        from wms.hub.server import sole
        from wms.store.sole import Sole

        lock = Sole(place.folder, sole(place.url)) if place.folder.exists() else None
        if lock is not None and not lock.mine():
            raise Refusal(f"the hub in {place.folder} is running: stop it first")
        try:
            done = restoring.put_back(place.folder, place.url, options.file, replace=options.replace)
            copied = done.copied
            with opening.tables(place.folder, place.url) as tables:
                tables.database.write(
                    lambda s: audit.note(
                        s, copied.warehouse, int(time.time()), audit.account(), "restore", options.file.name,
                        str(copied.position),
                    )
                )  # fmt: skip
        finally:
            if lock is not None:
                lock.let_go()
    emit(
        options,
        {
            "warehouse": copied.warehouse,
            "position": copied.position,
            "made": utc(copied.made),
            "kept": "" if done.kept is None else str(done.kept),
            "terminals": list(done.terminals),
            "programs": list(done.programs),
            "unknown_since": "" if done.followed else utc(copied.made),
        },
        lambda: _restored(done),
    )
    return 0


def _restored(done: Restored) -> str:
    copied, made = done.copied, utc(done.copied.made)
    stands = f"{copied.warehouse} stands at {copied.position} again, as of {made}"
    said = [f"{stands}. Start the hub: terminals give back what it lacks"]
    if done.kept is not None:
        said.append(f"what was there is kept in {done.kept}; destroy it in time")
    said.append(f"terminals that may speak: {', '.join(done.terminals) or 'none'}")
    said.append(f"programs that may speak: {', '.join(done.programs) or 'none'}")
    if done.followed:
        said.append(f"whom you revoked and whom you erased since {made} is so again, and the audit has its lines")
    else:
        said.append(f"revoke again whom you revoked since {made}, and erase again whom you erased: nobody here knows")
    return "\n".join(said)
