"""`wms hub backup|restore`: a warehouse as one file, and back."""

from __future__ import annotations

import time
from argparse import Namespace

from wms.cli.hub_place import hub_tables, place_of, refusing
from wms.cli.output import Refusal, emit, utc


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
        from wms.hub import audit, copies, opening
        from wms.hub.server import sole
        from wms.printing.sole import Sole

        lock = Sole(place.folder, sole(place.url)) if place.folder.exists() else None
        if lock is not None and not lock.mine():
            raise Refusal(f"the hub in {place.folder} is running: stop it first")
        try:
            copied = copies.put_back(place.folder, place.url, options.file, replace=options.replace)
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
        {"warehouse": copied.warehouse, "position": copied.position, "made": utc(copied.made)},
        lambda: (
            f"{copied.warehouse} stands at {copied.position} again, as of {utc(copied.made)}. Start the hub: terminals"
            " give back what it lacks"
        ),
    )
    return 0
