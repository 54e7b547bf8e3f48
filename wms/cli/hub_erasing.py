"""`wms hub erase`: recipients go, at the hub and from there everywhere."""

from __future__ import annotations

import time
from argparse import Namespace

from wms.cli import erasing
from wms.cli.acting import operator
from wms.cli.hub_place import hub_tables, place_of
from wms.cli.output import Refusal


def erase(options: Namespace) -> int:
    """In a file as at a terminal; in a database server in its tables, beside the hubs that run on it."""
    from wms.hub.audit import account
    from wms.hub.erasing import UnknownOrder, erase_in_database, noted

    now = int(time.time())
    with hub_tables(options) as (tables, warehouse):
        if place_of(options).url:
            try:
                done, gone = erase_in_database(tables.database, warehouse, options.orders, operator(), options.why, now)
            except UnknownOrder as error:
                raise Refusal(str(error)) from error
    if not place_of(options).url:
        return erasing.erase(options, noted(warehouse, account(), now))
    erasing.tell(options, done, gone)
    return 0
