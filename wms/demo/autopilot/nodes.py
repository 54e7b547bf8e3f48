"""The databases that a day leaves behind, opened for looking only."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from wms.domain.events import Fact
from wms.store import journal
from wms.store.database import connect
from wms.store.tables import SqliteRows


@dataclass(frozen=True, slots=True)
class Node:
    """One node's rows and its journal in replay order."""

    name: str
    rows: SqliteRows
    facts: tuple[Fact, ...]


@contextlib.contextmanager
def opened(folders: dict[str, Path]) -> Iterator[dict[str, Node]]:
    """Every node's database, by name; the hub's is `hub`."""
    with contextlib.ExitStack() as stack:
        nodes = {}
        for name, folder in folders.items():
            connection = connect(folder / "wms.sqlite3", read_only=True).conn
            stack.callback(connection.close)
            nodes[name] = Node(name, SqliteRows(connection), tuple(journal.replay(connection)))
        yield nodes
