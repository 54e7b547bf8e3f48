"""Documents: an export's file after decoding: a table, or what JSON held."""

from __future__ import annotations

import json
from dataclasses import dataclass

from wms.domain.decode import Line, Table, Unreadable, decode, read_table


@dataclass(frozen=True, slots=True)
class Document:
    """A file by its name; exactly one of `table` and `data` is set."""

    name: str
    table: Table | None = None
    data: object = None

    @property
    def lines(self) -> tuple[Line, ...]:
        return self.table.lines if self.table else ()

    def has(self, *columns: str) -> bool:
        """Whether it is a table with these columns (names in lower case)."""
        return self.table is not None and set(columns) <= set(self.table.header)

    def at(self, line: Line) -> str:
        """The name of a row in outcomes."""
        return f"{self.name}:{line.row}"


def open_document(name: str, data: bytes) -> Document:
    """Raises `Unreadable` with the reason."""
    text = decode(data)
    if text.lstrip()[:1] in ("[", "{"):
        try:
            return Document(name, data=json.loads(text))
        except json.JSONDecodeError as error:
            raise Unreadable(f"broken_json:{error.lineno}") from error
        except RecursionError as error:
            raise Unreadable("broken_json:1") from error
    return Document(name, table=read_table(text))
