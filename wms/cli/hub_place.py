"""Which hub a command is about, and every way in which it can't be opened, in words."""

from __future__ import annotations

import errno
import os
from argparse import SUPPRESS, ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from wms.cli.output import Refusal, configured, database_trouble, disk_full
from wms.domain.records import Record

if TYPE_CHECKING:
    from wms.hub.opening import Tables


class Place(Record):
    """`url` is '' for a hub in the folder itself; `warehouse` is '' where none was named."""

    folder: Path
    url: str
    warehouse: str
    address: str

    @property
    def engine(self) -> str:
        return "postgresql" if self.url else "sqlite"


def place_flags(parser: ArgumentParser, *, several: bool = False) -> None:
    """`several` lets `--warehouse` be repeated, for the command that serves them."""
    parser.add_argument(
        "--database",
        default=SUPPRESS,
        metavar="URL",
        help="postgresql://… (default: WMS_DATABASE, else [hub] database in wms.toml, else a file in the data"
        " directory). Leave the password out: PGPASSFILE keeps it from the list of processes",
    )
    parser.add_argument(
        "--warehouse",
        action="append" if several else "store",
        default=SUPPRESS,
        dest="warehouses" if several else "warehouse",
        metavar="NAME",
        help="may be repeated (default: all there are)" if several else "where there are several",
    )


def place_of(options: Namespace) -> Place:
    """What the flags say, else the environment, else `wms.toml`. Raises `Refusal`."""
    config = configured(options)
    url = getattr(options, "database", None) or os.environ.get("WMS_DATABASE") or config.hub_database
    if url:
        _require_url(url)
    warehouse = getattr(options, "warehouse", None) or config.hub_warehouse
    return Place(config.data, url, warehouse, config.hub_address)


def _require_url(url: str) -> None:
    """Raises `Refusal`. The driver's own words would quote the URL, and a password with it."""
    try:
        from psycopg import ProgrammingError
        from psycopg.conninfo import conninfo_to_dict
    except ImportError as error:
        raise _missing(error) from error
    try:
        conninfo_to_dict(url)
    except ProgrammingError:
        raise Refusal("that is no database: it looks like postgresql://wms@localhost/wms", 2) from None


@contextmanager
def refusing(place: Place) -> Iterator[None]:
    """Whatever keeps the hub from being opened or written, as a `Refusal`."""
    try:
        from wms.config import KeyTrouble, Unfit
        from wms.hub.opening import NoWarehouse
        from wms.store import StoreUnwritable
        from wms.store.database import DatabaseError, is_full
    except ImportError as error:
        raise _missing(error) from error
    try:
        yield
    except ImportError as error:
        raise _missing(error) from error
    except StoreUnwritable as error:
        if is_full(error) and not place.url:
            raise Refusal(disk_full(place.folder)) from error
        where = "the database" if place.url else str(place.folder)
        raise Refusal(f"{where} can't be reached or written: {error}") from error
    except DatabaseError as error:
        raise Refusal(database_trouble(error, place.folder, "wms hub restore FILE --replace")) from error
    except (NoWarehouse, KeyTrouble, Unfit, ValueError) as error:
        raise Refusal(str(error)) from error
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise Refusal(disk_full(error.filename or place.folder)) from error
        named = f"{error.filename}: " if error.filename else ""
        raise Refusal(f"{named}{(error.strerror or str(error)).lower()}") from error


@contextmanager
def hub_tables(options: Namespace) -> Iterator[tuple[Tables, str]]:
    """The hub's small tables and the warehouse that was meant; safe beside a running hub. Raises `Refusal`."""
    place = place_of(options)
    if not place.url and not (place.folder / "wms.sqlite3").exists():
        raise Refusal(f"there is no hub in {place.folder} yet. Begin with: wms hub init (or check --data)")
    with refusing(place):
        from wms.hub import opening

        with opening.tables(place.folder, place.url) as tables:
            yield tables, tables.one(place.warehouse)


def _missing(error: ImportError) -> Refusal:
    return Refusal(f"the hub's libraries are missing ({error.name}): pip install 'wms[hub]'")
