"""`wms hub erase`: recipients go, at the hub and from there everywhere."""

from __future__ import annotations

import time
from argparse import Namespace

from wms.cli import erasing
from wms.cli.hub_place import hub_tables, place_of
from wms.cli.output import emit


def erase(options: Namespace) -> int:
    """In a file as at a terminal; in a database server in its tables, where orders are named by their ids."""
    from wms.hub.audit import account
    from wms.hub.erasing import destroy_keys

    if not place_of(options).url:
        return erasing.erase(options)
    now = int(time.time())
    with hub_tables(options) as (tables, warehouse):
        keys = {one: destroy_keys(tables.database, warehouse, one, account(), now) for one in options.orders}
    done, gone = [one for one in keys if keys[one]], [one for one in keys if not keys[one]]
    emit(
        options,
        {"erased": done, "gone": gone},
        lambda: f"{len(done)} erased, {len(gone)} had no recipient any more (or another id: wms orders list)",
    )
    return 0
