"""Rows: the immutable records that make up the picture of the warehouse, and the small surface they are kept behind.

Handlers read rows, projections write them, and both see only `Tables`. The store keeps them in SQLite; tests and the
replay of `wms verify` keep them in memory; a hub may keep them in PostgreSQL. The rules are the same code everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any, ClassVar, Protocol, TypeAlias, TypeVar

from wms.domain.records import Record

Cell: TypeAlias = "str | int | None"
Key: TypeAlias = "tuple[Cell, ...]"


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

    def first(self, row: type[R], most: int, **equal: Cell) -> list[R]:
        """At most so many of `where`, without reading the rest."""
        ...

    def highest(self, row: type[R], most: int, by: str, **equal: Cell) -> list[R]:
        """At most so many of `where`, those with the highest `by` (then key) first, without reading the rest. The row
        declares all of these columns as INDEX, `by` last."""
        ...

    def count(self, row: type[Row], **equal: Cell) -> int:
        """How many `where` would answer, without reading them."""
        ...

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
        self._rows: dict[type[Row], dict[Key, Row]] = {}
        self._by: dict[tuple[type[Row], tuple[str, ...]], dict[Key, dict[Key, None]]] = {}

    def get(self, row: type[R], *key: Cell) -> R | None:
        return self._rows.get(row, {}).get(key)  # type: ignore[return-value]

    def where(self, row: type[R], **equal: Cell) -> list[R]:
        rows = self._rows.get(row, {})
        group = tuple(equal)
        if group in row.INDEX:
            keys: Iterable[Key] = self._by.get((row, group), {}).get(tuple(equal.values()), ())
            found = [rows[key] for key in keys]
        else:
            found = [r for r in rows.values() if all(getattr(r, name) == value for name, value in equal.items())]
        return sorted(found, key=key_of)  # type: ignore[arg-type]

    def first(self, row: type[R], most: int, **equal: Cell) -> list[R]:
        return self.where(row, **equal)[:most]

    def highest(self, row: type[R], most: int, by: str, **equal: Cell) -> list[R]:
        found = [r for r in self.all(row) if all(getattr(r, name) == value for name, value in equal.items())]
        return sorted(found, key=lambda r: (getattr(r, by), key_of(r)), reverse=True)[:most]

    def count(self, row: type[Row], **equal: Cell) -> int:
        return len(self.where(row, **equal))

    def all(self, row: type[R]) -> list[R]:
        return sorted(self._rows.get(row, {}).values(), key=key_of)  # type: ignore[arg-type]

    def put(self, row: Row) -> None:
        kind, key = type(row), key_of(row)
        rows = self._rows.setdefault(kind, {})
        old = rows.get(key)
        rows[key] = row
        for group in kind.INDEX:
            values = cells(group, row)
            before = None if old is None else cells(group, old)
            if values != before:
                index = self._by.setdefault((kind, group), {})
                if before is not None:
                    del index[before][key]
                index.setdefault(values, {})[key] = None

    def delete(self, row: Row) -> None:
        kind, key = type(row), key_of(row)
        old = self._rows.get(kind, {}).pop(key, None)
        if old is not None:
            for group in kind.INDEX:
                del self._by[kind, group][cells(group, old)][key]


def cells(names: tuple[str, ...], row: Row) -> Key:
    """The named cells of a row, always as a tuple."""
    get = _GETTERS.get(names)
    if get is None:
        get = _GETTERS[names] = _getter(names)
    return get(row)


def key_of(row: Row) -> Key:
    return cells(row.KEY, row)


def _getter(names: tuple[str, ...]) -> Callable[[Row], Key]:
    """attrgetter, which answers with a bare value where only one name is asked for, made to answer with a tuple."""
    get: Callable[[Row], Any] = attrgetter(*names)
    if len(names) == 1:
        return lambda row: (get(row),)
    return get


_GETTERS: dict[tuple[str, ...], Callable[[Row], Key]] = {}
