"""The surface of a sheet: one kind of setup file, known by its columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from wms.domain.decode import Line
from wms.domain.events import Event, Fact, Key
from wms.domain.ids import Badge, DeviceId
from wms.domain.pins import Peppers
from wms.domain.projections import apply
from wms.domain.rows import Rows
from wms.setup.cells import Cells
from wms.setup.opening import OpeningKey, note_opening
from wms.setup.outcome import Result
from wms.setup.overlay import Overlay


class Session:
    """One import: `rows` and `opened` are as they will be after the rows taken so far; `fresh` makes check digits,
    `peppers` go into hashes of PINs."""

    def __init__(
        self, rows: Rows, opened: Mapping[OpeningKey, int], fresh: Callable[[], str], peppers: Peppers
    ) -> None:
        self.rows = Overlay(rows)
        self.opened = dict(opened)
        self.fresh = fresh
        self.peppers = peppers
        self.events: list[Event] = []
        self.said_in: dict[tuple[str, str], str] = {}  # (sheet, key): the row that said it

    def happened(self, event: Event) -> None:
        self.events.append(event)
        note_opening(self.opened, event)
        apply(self.rows, Fact(Key(DeviceId("setup"), 0, len(self.events)), 0, Badge(""), event))


@dataclass(frozen=True, slots=True)
class Declared:
    """What a row says: it is new if nothing was `before`, the same if that equals `after`. `events` make it so."""

    before: object
    after: object
    events: tuple[Event, ...]
    note: str = ""

    @property
    def result(self) -> Result:
        if self.before is None:
            return Result.NEW
        return Result.SAME if self.before == self.after else Result.CHANGED


@dataclass(frozen=True, slots=True)
class Sheet:
    """`key` builds what a row is about from its raw cells; `declare` reads it or raises `Refusal`."""

    name: str
    required: tuple[str, ...]
    optional: tuple[str, ...]
    key: Callable[[Line], str]
    declare: Callable[[Cells, Session], Declared]


def by(*columns: str) -> Callable[[Line], str]:
    """The key made of these columns."""
    return lambda line: " ".join(filter(None, (line.cells.get(column, "") for column in columns)))
