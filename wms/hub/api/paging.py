"""Pages: rows in the order of their key, each page after the last key of the one before.

A row that changes between two pages is told as it is then; none that stays is missed or told twice.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from typing import TypeVar

import msgspec

from wms.domain.rows import Cell, Row
from wms.hub.answering import Refusal
from wms.store.tables import SqliteRows

R = TypeVar("R", bound=Row)


def page(rows: SqliteRows, row: type[R], after: str, limit: int, **equal: Cell) -> tuple[list[R], str | None]:
    """At most `limit` rows after the cursor, and the cursor to go on with. Raises `Refusal` for one of another list."""
    last = _read(after, row)
    names = ", ".join(row.KEY)
    tests = [f"{name} = ?" for name in equal]
    values: list[Cell] = list(equal.values())
    if last:
        tests.append(f"({names}) > ({', '.join('?' * len(last))})")
        values += last
    where = f" WHERE {' AND '.join(tests)}" if tests else ""
    sql = f"SELECT {names} FROM {row.TABLE}{where} ORDER BY {names} LIMIT ?"  # noqa: S608  # our own names
    keys = rows.connection.execute(sql, (*values, limit + 1)).fetchall()
    found = [one for key in keys[:limit] if (one := rows.get(row, *key)) is not None]
    return found, _write(row, keys[limit - 1]) if len(keys) > limit else None


def _write(row: type[Row], key: Sequence[Cell]) -> str:
    return urlsafe_b64encode(msgspec.json.encode([row.TABLE, *key])).decode().rstrip("=")


def _read(cursor: str, row: type[Row]) -> list[str]:
    if not cursor:
        return []
    try:
        table, *key = msgspec.json.decode(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)), type=list[str])
    except ValueError:
        table, key = "", []
    if table != row.TABLE or len(key) != len(row.KEY):
        raise Refusal(422, "cursor", "this is no cursor of this list: begin without one")
    return key
