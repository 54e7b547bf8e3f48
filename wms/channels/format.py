"""The surface of a merchant's format."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from wms.channels.documents import Document
from wms.channels.parsed import Loose, ParsedItem, ParsedOrder

Found: TypeAlias = ParsedOrder | Loose | ParsedItem


@dataclass(frozen=True, slots=True)
class Given:
    """What a reader is told: the channel to give to orders that name none, and the zone of times that name none."""

    channel: str
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of table in a format: recognised by having all `needed` columns (names in lower case, trimmed), of which
    the reader will ask for these and for the `wanted` ones; all others are not kept.

    `quoted` is False where the format has no quoting: a `"` is data. `ragged` lets short rows pass. `is_trailer` tells
    of a row's cells whether it is a remark of the program that wrote the file.
    """

    name: str
    needed: tuple[str, ...]
    wanted: tuple[str, ...] = ()
    quoted: bool = True
    ragged: bool = False
    is_trailer: Callable[[Sequence[str]], bool] | None = None


@dataclass(frozen=True, slots=True)
class Format:
    """`parts` are the tables it consists of, `recognises` tells whether the first object of a JSON file is its order;
    one of the two is enough. `goes_together` where several files make one export (a list and its details).

    `read` gets the documents of one format that were given together (`Document.part` says which each is) and yields
    orders, loose records and goods, each with the number of the file (`Document.file`) it is counted in.
    """

    name: str
    read: Callable[[Sequence[Document], Given], Iterable[Found]]
    parts: tuple[Part, ...] = ()
    recognises: Callable[[dict[str, object]], bool] | None = None
    goes_together: bool = False
