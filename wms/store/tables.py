"""`Tables` over SQLite, with an undo log for events the hub has not confirmed yet."""

from __future__ import annotations

import json
from collections.abc import Callable
from enum import Enum
from functools import partial
from typing import Any, TypeVar, get_type_hints

from wms.domain.records import Record
from wms.domain.rows import Cell, Row, cells, columns
from wms.store.schema import BY_TABLE, ROWS

R = TypeVar("R", bound=Row)


class _Sql(Record):
    """The statements of one row type, and how its cells become a row."""

    select: str
    by_key: str
    by: dict[tuple[str, ...], str]
    upsert: str
    delete: str
    order: str
    cells: Callable[[Any], tuple[Cell, ...]]
    key: Callable[[Any], tuple[Cell, ...]]
    convert: tuple[tuple[int, Callable[[Any], Any]], ...]


_STATEMENTS: dict[type[Row], _Sql] = {}


def statements_of(row: type[Row]) -> _Sql:
    found = _STATEMENTS.get(row)
    if found is None:
        found = _STATEMENTS[row] = _compile(row)
    return found


def _compile(row: type[Row]) -> _Sql:
    names = columns(row)
    select = f"SELECT {', '.join(names)} FROM {row.TABLE}"  # noqa: S608
    order = f" ORDER BY {', '.join(row.KEY)}"
    groups = {tuple(row.KEY[:n]) for n in range(1, len(row.KEY) + 1)} | set(row.INDEX)
    rest = [name for name in names if name not in row.KEY]
    change = f"UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in rest)}" if rest else "NOTHING"
    hints = get_type_hints(row)
    convert = tuple(
        (i, hints[name])
        for i, name in enumerate(names)
        if hints[name] is bool or (isinstance(hints[name], type) and issubclass(hints[name], Enum))
    )
    equal = " AND ".join(f"{name} = ?" for name in row.KEY)
    return _Sql(
        select=select,
        by_key=f"{select} WHERE {equal}",
        by={group: f"{select} WHERE {' AND '.join(f'{n} = ?' for n in group)}{order}" for group in groups},
        upsert=f"INSERT INTO {row.TABLE} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"  # noqa: S608
        f" ON CONFLICT ({', '.join(row.KEY)}) DO {change}",
        delete=f"DELETE FROM {row.TABLE} WHERE {equal}",  # noqa: S608
        order=order,
        cells=partial(cells, names),
        key=partial(cells, row.KEY),
        convert=convert,
    )


def _row(row: type[R], sql: _Sql, values: tuple[Any, ...]) -> R:
    if sql.convert:
        changed = list(values)
        for i, kind in sql.convert:
            changed[i] = kind(changed[i])
        return row(*changed)
    return row(*values)


def _indexed(row: type[Row], sql: _Sql, equal: dict[str, Cell]) -> str:
    """The statement for these columns. Raises `LookupError` where no index serves them: it would read every row."""
    statement = sql.by.get(tuple(equal))
    if statement is None:
        raise LookupError(f"{row.TABLE} has no index for {', '.join(equal)}")
    return statement


class SqliteRows:
    """Reading on one connection."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    def get(self, row: type[R], *key: Cell) -> R | None:
        sql = statements_of(row)
        values = self.connection.execute(sql.by_key, key).fetchone()
        return None if values is None else _row(row, sql, values)

    def where(self, row: type[R], **equal: Cell) -> list[R]:
        sql = statements_of(row)
        found = self.connection.execute(_indexed(row, sql, equal), tuple(equal.values()))
        return [_row(row, sql, values) for values in found]

    def first(self, row: type[R], most: int, **equal: Cell) -> list[R]:
        sql = statements_of(row)
        found = self.connection.execute(f"{_indexed(row, sql, equal)} LIMIT ?", (*equal.values(), most))
        return [_row(row, sql, values) for values in found]

    def highest(self, row: type[R], most: int, by: str, **equal: Cell) -> list[R]:
        sql = statements_of(row)
        if (*equal, by) not in row.INDEX:
            raise LookupError(f"{row.TABLE} has no index for {', '.join((*equal, by))}")
        those = " AND ".join(f"{name} = ?" for name in equal)
        order = ", ".join(f"{name} DESC" for name in (by, *row.KEY))  # one direction, so that the index serves it
        statement = f"{sql.select} WHERE {those} ORDER BY {order} LIMIT ?"
        return [_row(row, sql, values) for values in self.connection.execute(statement, (*equal.values(), most))]

    def count(self, row: type[Row], **equal: Cell) -> int:
        statement = _indexed(row, statements_of(row), equal)
        counted = f"SELECT count(*) FROM {row.TABLE} WHERE {statement.partition(' WHERE ')[2].partition(' ORDER ')[0]}"  # noqa: S608
        return int(self.connection.execute(counted, tuple(equal.values())).fetchone()[0])

    def all(self, row: type[R]) -> list[R]:
        sql = statements_of(row)
        return [_row(row, sql, values) for values in self.connection.execute(sql.select + sql.order)]


class SqliteTables(SqliteRows):
    """Writing inside the open transaction. While `undoing` names a fact, what a row was before is kept in `undo`."""

    def __init__(self, connection: Any) -> None:
        super().__init__(connection)
        self.undoing: int | None = None

    def put(self, row: Row) -> None:
        sql = statements_of(type(row))
        if self.undoing is not None:
            self._keep(type(row), sql, sql.key(row))
        self.connection.execute(sql.upsert, sql.cells(row))

    def delete(self, row: Row) -> None:
        sql = statements_of(type(row))
        if self.undoing is not None:
            self._keep(type(row), sql, sql.key(row))
        self.connection.execute(sql.delete, sql.key(row))

    def _keep(self, row: type[Row], sql: _Sql, key: tuple[Cell, ...]) -> None:
        before = self.connection.execute(sql.by_key, key).fetchone()
        self.connection.execute(
            "INSERT INTO undo (fact, place, key, before) VALUES (?, ?, ?, ?)",
            (self.undoing, row.TABLE, json.dumps(key), None if before is None else json.dumps(before)),
        )

    def roll_back(self) -> None:
        """Take back every fact in the undo log, newest first: the tables are what the hub has confirmed."""
        entries = self.connection.execute("SELECT place, key, before FROM undo ORDER BY seq DESC").fetchall()
        for place, key, before in entries:
            sql = statements_of(BY_TABLE[place])
            if before is None:
                self.connection.execute(sql.delete, json.loads(key))
            else:
                self.connection.execute(sql.upsert, json.loads(before))
        self.connection.execute("DELETE FROM undo")

    def forget(self, fact: int) -> None:
        """The hub confirmed this fact where it stands: it needs no undoing any more."""
        self.connection.execute("DELETE FROM undo WHERE fact = ?", (fact,))

    def clear(self) -> None:
        """Empty every projection."""
        for row in reversed(ROWS):
            self.connection.execute(f"DELETE FROM {row.TABLE}")  # noqa: S608
        self.connection.execute("DELETE FROM undo")
