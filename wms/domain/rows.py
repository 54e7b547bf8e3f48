"""Rows: the immutable records that make up the picture of the warehouse, and the small surface they are kept behind.

Handlers read rows, projections write them, and both see only `Tables`. The store keeps them in SQLite; tests and the
replay of `wms verify` keep them in memory; a hub may keep them in PostgreSQL. The rules are the same code everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Protocol, TypeAlias, TypeVar

from wms.domain.records import Record

Cell: TypeAlias = "str | int | None"


class Row(Record):
    """Base of all rows. `TABLE` names the table, `KEY` its primary key, `INDEX` the column groups asked for."""

    TABLE: ClassVar[str] = ""
    KEY: ClassVar[tuple[str, ...]] = ("id",)
    INDEX: ClassVar[tuple[tuple[str, ...], ...]] = ()
    REFERS: ClassVar[tuple[tuple[str, str], ...]] = ()  # (column, table whose one-column key it holds)


R = TypeVar("R", bound=Row)


class Rows(Protocol):
    """Reading. `where` answers in key order and only for column groups that the row declares as KEY prefix or INDEX."""

    def get(self, row: type[R], *key: Cell) -> R | None: ...

    def where(self, row: type[R], **equal: Cell) -> list[R]: ...

    def all(self, row: type[R]) -> list[R]: ...


class Tables(Rows, Protocol):
    """Reading and writing, inside one transaction."""

    def put(self, row: Row) -> None: ...

    def delete(self, row: Row) -> None: ...


def need(rows: Rows, row: type[R], *key: Cell) -> R:
    """The row with that key; `LookupError` if there is none (a bug: facts name only what earlier facts made)."""
    found = rows.get(row, *key)
    if found is None:
        raise LookupError(f"no {row.TABLE} {key}")
    return found


def columns(row: type[Row]) -> tuple[str, ...]:
    return row.__struct_fields__


class MemoryTables:
    """Tables in dictionaries: for tests, and for replaying a journal beside the database it is compared with."""

    def __init__(self) -> None:
        self._rows: dict[type[Row], dict[tuple[Cell, ...], Row]] = {}
        self._by: dict[tuple[type[Row], tuple[str, ...]], dict[tuple[Cell, ...], dict[tuple[Cell, ...], None]]] = {}

    def get(self, row: type[R], *key: Cell) -> R | None:
        return self._rows.get(row, {}).get(key)  # type: ignore[return-value]

    def where(self, row: type[R], **equal: Cell) -> list[R]:
        rows = self._rows.get(row, {})
        if tuple(equal) in row.INDEX:
            keys: Iterable[tuple[Cell, ...]] = self._by.get((row, tuple(equal)), {}).get(tuple(equal.values()), ())
            found = [rows[key] for key in keys]
        else:
            found = [r for r in rows.values() if all(getattr(r, name) == value for name, value in equal.items())]
        return sorted(found, key=key_of)  # type: ignore[arg-type]

    def all(self, row: type[R]) -> list[R]:
        return sorted(self._rows.get(row, {}).values(), key=key_of)  # type: ignore[arg-type]

    def put(self, row: Row) -> None:
        self.delete(row)
        key = key_of(row)
        self._rows.setdefault(type(row), {})[key] = row
        for group in row.INDEX:
            values = tuple(getattr(row, name) for name in group)
            self._by.setdefault((type(row), group), {}).setdefault(values, {})[key] = None

    def delete(self, row: Row) -> None:
        key = key_of(row)
        old = self._rows.get(type(row), {}).pop(key, None)
        if old is None:
            return
        for group in row.INDEX:
            values = tuple(getattr(old, name) for name in group)
            del self._by[(type(row), group)][values][key]


def key_of(row: Row) -> tuple[Cell, ...]:
    return tuple(getattr(row, name) for name in row.KEY)
