"""`Tables` for many facts in one transaction: rows stay in memory until they are written all at once."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from wms.domain.rows import Cell, Key, Row, cells, key_of
from wms.store.tables import SqliteTables, statements_of

R = TypeVar("R", bound=Row)
_ENCODER = msgspec.json.Encoder()


class BatchTables(SqliteTables):
    """As `SqliteTables`, but the database has it all only after `flush`.

    What was asked for is read once: a row by its key, rows by a column group. All that is changed is kept up to date in
    memory. Only `first`, `highest`, `count` and `all` look into the database each time, after the changed rows of their
    table were written there.
    """

    def __init__(self, connection: Any) -> None:
        super().__init__(connection)
        self._rows: dict[type[Row], dict[Key, Row | None]] = {}
        self._changed: dict[type[Row], set[Key]] = {}
        self._groups: dict[type[Row], dict[tuple[str, ...], _Group]] = {}
        self._undo: list[tuple[int, str, str, str | None]] = []

    def get(self, row: type[R], *key: Cell) -> R | None:
        rows = self._rows.setdefault(row, {})
        if key not in rows:
            rows[key] = super().get(row, *key)
        return rows[key]  # type: ignore[return-value]

    def where(self, row: type[R], **equal: Cell) -> list[R]:
        names, values = tuple(equal), tuple(equal.values())
        group = self._groups.setdefault(row, {}).get(names) or self._group(row, names)
        rows = self._rows.setdefault(row, {})
        if values not in group.known:
            changed, members = self._changed.get(row, ()), group.members.setdefault(values, set())
            for found in super().where(row, **equal):
                key = key_of(found)
                if key not in changed:  # else memory knows better where it belongs
                    rows[key] = found
                    members.add(key)
            group.known.add(values)
        return [rows[key] for key in sorted(group.members[values])]  # type: ignore[misc]

    def _group(self, kind: type[Row], names: tuple[str, ...]) -> _Group:
        group = self._groups[kind][names] = _Group()
        for key in self._changed.get(kind, ()):
            group.move(names, key, None, self._rows[kind][key])
        return group

    def first(self, row: type[R], most: int, **equal: Cell) -> list[R]:
        self._write(row)
        return super().first(row, most, **equal)

    def highest(self, row: type[R], most: int, by: str, **equal: Cell) -> list[R]:
        self._write(row)
        return super().highest(row, most, by, **equal)

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
            cells_before = None if before is None else _json(statements_of(kind).cells(before))
            self._undo.append((self.undoing, kind.TABLE, _json(key), cells_before))
        rows = self._rows.setdefault(kind, {})
        if kind in self._groups:
            for names, group in self._groups[kind].items():
                group.move(names, key, rows.get(key), row)
        rows[key] = row
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
        self._forget()

    def clear(self) -> None:
        self._forget()
        self._changed.clear()
        self._undo.clear()
        super().clear()

    def _forget(self) -> None:
        self._rows.clear()
        self._groups.clear()


class _Group:
    """Keys of rows by the values of some columns: all of them where the values are `known`, else at least those of
    changed rows."""

    def __init__(self) -> None:
        self.members: dict[Key, set[Key]] = {}
        self.known: set[Key] = set()

    def move(self, names: tuple[str, ...], key: Key, old: Row | None, new: Row | None) -> None:
        before = None if old is None else cells(names, old)
        after = None if new is None else cells(names, new)
        if before == after and before in self.members and key in self.members[before]:
            return
        if before in self.members:
            self.members[before].discard(key)
        if after is not None:
            self.members.setdefault(after, set()).add(key)


def _json(cells: tuple[Cell, ...]) -> str:
    return _ENCODER.encode(cells).decode()
