"""What commands print, and how they refuse."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TextIO

from wms.config import BadConfig, Config, data_folder, load
from wms.domain.bounds import moment

if TYPE_CHECKING:
    from argparse import Namespace
    from pathlib import Path

    from wms.store import Store


_CONTROLS = re.compile("[\x7f-\x9f]")  # JSON lets these through, and terminals obey them


class Refusal(Exception):
    """The work can't be done; the text says why and what to do. `code` 1 for refused work, 2 for wrong usage."""

    def __init__(self, text: str, code: int = 1) -> None:
        super().__init__(text)
        self.code = code


def configured(options: Namespace) -> Config:
    """The settings of the data directory that the options name. Raises `Refusal` for a broken file."""
    try:
        return load(data_folder(options.data))
    except BadConfig as error:
        raise Refusal(str(error), 2) from error


@contextmanager
def opened(options: Namespace, *, make: bool = False, device: str = "") -> Iterator[Store]:
    """The store of the data directory, closed afterwards. Raises `Refusal` when it can't be opened, or when there is
    none and it is not to be made: a mistyped `--data` must not look like an empty warehouse. `device` names
    a new one."""
    from wms.bootstrap import Unopenable, open_store
    from wms.store import StoreUnwritable
    from wms.store.database import DatabaseError

    folder = data_folder(options.data)
    if not make and not (folder / "wms.sqlite3").exists():
        raise Refusal(f"there is no warehouse in {folder} yet. Begin with: wms setup template DIR (or check --data)")
    try:
        store = open_store(folder, device)
    except Unopenable as error:
        raise Refusal(str(error)) from error
    try:
        if store.restored:
            _tell_of_restored(store)
        yield store
    except StoreUnwritable as error:
        raise Refusal(f"nothing was saved: {error}. Free some space on the disk of {folder}") from error
    except DatabaseError as error:
        raise Refusal(database_trouble(error, folder, "wms restore FILE")) from error
    finally:
        store.close()


def database_trouble(error: Exception, folder: Path, restore: str) -> str:
    """What SQLite's failure means and what to do. `restore` is said for a damaged file only: on a full disk it would
    throw away what is sound."""
    from wms.store.database import OperationalError, lacks_room

    if lacks_room(error, folder):
        return disk_full(folder)
    if isinstance(error, OperationalError):
        return f"the database in {folder} can't be read or written: {error}"
    return f"the database in {folder} is damaged: {error}. Restore a backup: {restore}"


def disk_full(place: object) -> str:
    return f"nothing was saved, the disk of {place} is full: make room there and try again"


def _tell_of_restored(store: Store) -> None:
    """Only the first opening notices an older copy, so that whoever comes first has to tell the supervisor, and to see
    to it that a hub in this folder goes on under a new lineage."""
    from wms.cli.acting import operator
    from wms.domain.commands import RaiseReview

    (store.folder / "hub.lineage").unlink(missing_ok=True)
    store.execute(RaiseReview("restored_copy", store.device), operator())
    print(f"wms: {store.folder} holds an older copy: check its last parcels (the supervisor is told)", file=sys.stderr)


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a person is at that end. A stream that was closed before the start is None."""
    return stream is not None and stream.isatty()


def emit(options: Namespace, document: Any, text: Callable[[], str]) -> None:
    """The document as JSON with `--json`, else the text for people."""
    if options.json:
        emit_line(document)
    else:
        print(text())


def emit_line(document: Any) -> None:
    """One line of JSON, at once: streams are read while they run."""
    text = json.dumps(document, ensure_ascii=False)
    print(_CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", text), flush=True)


def table(head: tuple[str, ...], rows: Sequence[tuple[object, ...]]) -> str:
    """Columns as wide as their widest cell (two cells for a Chinese character), safe to send to a terminal."""
    from wms.terminal.text import pad, safe, width

    cells = [head, *(tuple(safe(str(cell)) for cell in row) for row in rows)]
    widths = [max(width(row[i]) for row in cells) for i in range(len(head))]
    return "\n".join(
        "  ".join(pad(cell, wide) for cell, wide in zip(row, widths, strict=True)).rstrip() for row in cells
    )


def utc(seconds: int) -> str:
    """A time as JSON has it: ISO 8601 in UTC; '' for none.

    >>> utc(1_790_913_600)
    '2026-10-02T04:00:00Z'
    """
    return datetime.fromtimestamp(moment(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if seconds else ""


def wall(seconds: int, zone: str) -> str:
    """A time as people read it, by the clock on the warehouse's wall; '' for none."""
    from zoneinfo import ZoneInfo

    return datetime.fromtimestamp(moment(seconds), ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M") if seconds else ""
