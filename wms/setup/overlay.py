"""Overlay: tables as they will be after the rows read so far, without touching those beneath."""

from __future__ import annotations

from wms.domain.rows import Cell, MemoryTables, R, Row, Rows, key_of


class Overlay:
    """Reads through to `under` and keeps all that is written to itself."""

    def __init__(self, under: Rows) -> None:
        self._under = under
        self._over = MemoryTables()
        self._gone: set[tuple[type[Row], tuple[Cell, ...]]] = set()

    def get(self, row: type[R], *key: Cell) -> R | None:
        found = self._over.get(row, *key)
        if found is not None or (row, key) in self._gone:
            return found
        return self._under.get(row, *key)

    def where(self, row: type[R], **equal: Cell) -> list[R]:
        return self._merged(row, self._under.where(row, **equal), self._over.where(row, **equal))

    def first(self, row: type[R], most: int, **equal: Cell) -> list[R]:
        return self.where(row, **equal)[:most]

    def highest(self, row: type[R], most: int, by: str, **equal: Cell) -> list[R]:
        found = self._merged(row, self._under.all(row), self._over.all(row))
        those = [r for r in found if all(getattr(r, name) == value for name, value in equal.items())]
        return sorted(those, key=lambda r: (getattr(r, by), key_of(r)), reverse=True)[:most]

    def count(self, row: type[Row], **equal: Cell) -> int:
        return len(self.where(row, **equal))

    def all(self, row: type[R]) -> list[R]:
        return self._merged(row, self._under.all(row), self._over.all(row))

    def put(self, row: Row) -> None:
        self._gone.discard((type(row), key_of(row)))
        self._over.put(row)

    def delete(self, row: Row) -> None:
        self._over.delete(row)
        self._gone.add((type(row), key_of(row)))

    def _merged(self, row: type[R], under: list[R], over: list[R]) -> list[R]:
        seen = [r for r in under if (row, key_of(r)) not in self._gone and self._over.get(row, *key_of(r)) is None]
        return sorted([*seen, *over], key=key_of)
