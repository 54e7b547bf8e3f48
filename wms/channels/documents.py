"""Documents: a file after decoding, as records of a table or objects of JSON, read one by one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace

from wms.channels.parsed import Result, Trouble


@dataclass(frozen=True, slots=True)
class Record:
    """A record of a table: `n` counts data records from 1; cells by column name in lower case, '' where there is none.

    `trouble` says that the row as a whole is not sound. `digest` is equal for rows that are equal in every cell."""

    n: int
    cells: tuple[str, ...]
    columns: Mapping[str, int]
    trouble: Trouble | None = None
    digest: int = 0

    def __getitem__(self, column: str) -> str:
        at = self.columns.get(column)
        return "" if at is None else self.cells[at]


@dataclass(slots=True)
class Document:
    """A file by its number among those given and its name. `records` reads the table from its beginning; `objects` are
    those of a JSON file, `whole` is all that it holds. `spelled` tells how the file writes a column's name."""

    file: int
    name: str
    part: str = ""
    records: Callable[[], Iterator[Record]] = field(default=lambda: iter(()))
    objects: tuple[object, ...] = ()
    spelled: Mapping[str, str] = field(default_factory=dict)
    whole: object = None

    def has(self, *columns: str) -> bool:
        return all(column in self.spelled for column in columns)

    def first(self, *columns: str) -> str:
        """The first of these columns that the file has, '' if it has none: official spellings of one thing."""
        return next((column for column in columns if column in self.spelled), "")


def without(document: Document, nothing: Collection[str]) -> Document:
    """The document with empty cells where a platform writes a word for `nothing`."""
    records = document.records

    def emptied() -> Iterator[Record]:
        for record in records():
            yield replace(record, cells=tuple("" if cell in nothing else cell for cell in record.cells))

    return replace(document, records=emptied)


def unsound(reason: str, n: int, text: str = "") -> Trouble:
    return Trouble(Result.REJECT, reason, "", text, n)
