"""The projections' tables, made from the rows themselves.

Projections can always be made again from the journal. So a version whose rows look different drops them and replays;
there are no migrations of projections to write, or to get wrong.
"""

from __future__ import annotations

import hashlib
from typing import get_type_hints

from wms.domain import (
    catalogue,
    inspection,
    labelling,
    mending,
    orders,
    packing,
    places,
    review,
    shipping,
    stock,
    waiting,
    waves,
)
from wms.domain.events import VERSION
from wms.domain.rows import Row, columns

ROWS: tuple[type[Row], ...] = (
    catalogue.Site,
    catalogue.Counter,
    catalogue.Category,
    catalogue.Item,
    catalogue.ItemCode,
    catalogue.Carton,
    catalogue.Carrier,
    catalogue.Channel,
    catalogue.Person,
    places.Place,
    places.FloorFile,
    stock.Stock,
    stock.Lot,
    stock.Promise,
    orders.Order,
    orders.OrderLine,
    orders.UnknownLine,
    orders.ChannelWord,
    orders.ChangeOffer,
    orders.Reported,
    orders.Recipient,
    waiting.Waiting,
    waves.Wave,
    waves.Batch,
    waves.Slot,
    waves.PickTask,
    waves.WaveRules,
    waves.LeftOut,
    inspection.InspectionLot,
    inspection.Sample,
    packing.PackJob,
    packing.Parcel,
    packing.WaybillRange,
    packing.Waybill,
    labelling.LabelData,
    labelling.LabelWait,
    shipping.Manifest,
    mending.Surplus,
    mending.PutBack,
    mending.CountTask,
    review.Review,
    review.Tally,
    review.PinTries,
    review.Presence,
)
BY_TABLE: dict[str, type[Row]] = {row.TABLE: row for row in ROWS}
KEY_OF: dict[str, str] = {row.TABLE: row.KEY[0] for row in ROWS}


def ddl(row: type[Row]) -> list[str]:
    """CREATE statements of one row's table: STRICT, keyed, with its foreign keys and indices."""
    hints = get_type_hints(row)
    lines = [f"{name} {'INTEGER' if hints[name] in (int, bool) else 'TEXT'} NOT NULL" for name in columns(row)]
    lines.append(f"PRIMARY KEY ({', '.join(row.KEY)})")
    lines += [
        f"FOREIGN KEY ({column}) REFERENCES {table} ({KEY_OF[table]}) DEFERRABLE INITIALLY DEFERRED"
        for column, table in row.REFERS
    ]
    made = [f"CREATE TABLE {row.TABLE} ({', '.join(lines)}) STRICT, WITHOUT ROWID"]
    made += [
        f"CREATE INDEX {row.TABLE}_by_{'_'.join(group)} ON {row.TABLE} ({', '.join(group)})"
        for group in row.INDEX
        if group != row.KEY[: len(group)]
    ]
    return made


def statements() -> list[str]:
    return [line for row in ROWS for line in ddl(row)]


def fingerprint() -> str:
    """Changes whenever any projection's table would look different, and with each version of events: what could not be
    read before may be readable now. Taken from the declarations, not from `ddl`, which resolves every type: this is
    asked at each start."""
    declared = [(row.TABLE, row.KEY, row.INDEX, row.REFERS, columns(row), _annotated(row)) for row in ROWS]
    return hashlib.sha256(repr((VERSION, declared)).encode()).hexdigest()[:16]


def _annotated(row: type[Row]) -> list[str]:
    return [str(row.__annotations__[name]) for name in columns(row)]
