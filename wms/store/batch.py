"""`Tables` for many facts in one transaction: rows stay in memory until they are written all at once."""

from __future__ import annotations

import json
from typing import Any, TypeVar

from wms.domain.rows import Cell, Key, Row, key_of
from wms.store.tables import SqliteTables, statements_of

R = TypeVar("R", bound=Row)


class BatchTables(SqliteTables):
    """As `SqliteTables`, but the database has it all only after `flush`.

    A row that is asked for by its key is read once. One that is asked for otherwise is looked for in the database,
    after the changed rows of its table were written there.
    """

    def __init__(self, connection: Any) -> None:
        super().__init__(connection)
        self._rows: dict[type[Row], dict[Key, Row | None]] = {}
        self._changed: dict[type[Row], set[Key]] = {}
        self._undo: list[tuple[int, str, str, str | None]] = []

    def get(self, row: type[R], *key: Cell) -> R | None:
        rows = self._rows.setdefault(row, {})
        if key not in rows:
            rows[key] = super().get(row, *key)
        return rows[key]  # type: ignore[return-value]

    def where(self, row: type[R], **equal: Cell) -> list[R]:
        self._write(row)
        return super().where(row, **equal)

    def first(self, row: type[R], most: int, **equal: Cell) -> list[R]:
        self._write(row)
        return super().first(row, most, **equal)

    def count(self, row: type[Row], **equal: Cell) -> int:
        self._write(row)
        return super().count(row, **equal)

    def all(self, row: type[R]) -> list[R]:
        self._write(row)
        return super().all(row)

    def put(self, row: Row) -> None:
        self._set(type(row), key_of(row), row)

    def delete(self, row: Row) -> None:
        self._set(type(row), key_of(row), None)

    def _set(self, kind: type[Row], key: Key, row: Row | None) -> None:
        if self.undoing is not None:
            before = self.get(kind, *key)
            cells = None if before is None else json.dumps(statements_of(kind).cells(before))
            self._undo.append((self.undoing, kind.TABLE, json.dumps(key), cells))
        self._rows.setdefault(kind, {})[key] = row
        self._changed.setdefault(kind, set()).add(key)

    def _write(self, kind: type[Row]) -> None:
        changed = self._changed.pop(kind, None)
        if not changed:
            return
        rows, sql = self._rows[kind], statements_of(kind)
        kept = [row for key in changed if (row := rows[key]) is not None]
        if kept:
            self.connection.executemany(sql.upsert, [sql.cells(row) for row in kept])
        if len(kept) < len(changed):
            self.connection.executemany(sql.delete, [key for key in changed if rows[key] is None])

    def flush(self) -> None:
        for kind in tuple(self._changed):
            self._write(kind)
        self.connection.executemany("INSERT INTO undo (fact, place, key, before) VALUES (?, ?, ?, ?)", self._undo)
        self._undo.clear()

    def roll_back(self) -> None:
        self.flush()
        super().roll_back()
        self._rows.clear()

    def clear(self) -> None:
        self._rows.clear()
        self._changed.clear()
        self._undo.clear()
        super().clear()
