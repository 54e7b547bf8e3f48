"""How an import stands that runs beside the work: what lies there, how far it is, what would become of it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from wms.domain.records import Record
from wms.workflows.prompt import NOTHING, Msg, msg

if TYPE_CHECKING:
    from wms.channels import Entry, FileAccount


class Phase(StrEnum):
    CHOOSING = ""
    READING = "reading"
    PREVIEW = "preview"
    RECORDING = "recording"
    DONE = "done"


class WaitingFile(Record):
    """A file that may be imported. `path` tells it from others of its name; `at` is when it was changed, UTC seconds;
    `outside` that it does not lie in the inbox but on a stick."""

    path: str
    name: str
    size: int
    at: int
    outside: bool = False


class Figures(Record):
    """Orders by what becomes of them. `here` were imported before, `stopped` are orders in the warehouse that the
    channel has taken back, `recorded` those that are in the warehouse now and were not before."""

    orders: int = 0
    records: int = 0
    ready: int = 0
    no_label: int = 0
    hold: int = 0
    not_ours: int = 0
    here: int = 0
    refused: int = 0
    stopped: int = 0
    recorded: int = 0

    @property
    def new(self) -> int:
        return self.ready + self.no_label + self.hold

    @property
    def lost(self) -> int:
        return self.orders - self.new - self.not_ours - self.here - self.refused


class PutAway(Record):
    """Where a file went when its orders were recorded: to the `failed` ones or those that are done. Where `to` is '' it
    was left, `why` it could not be moved, '' if it was changed meanwhile."""

    name: str
    to: str
    why: str = ""
    failed: bool = False


class Importing(Record):
    """`done` of `of` is how far reading (bytes) or recording (orders) has come. `entries` are those that are not
    plainly ready, what needs a person first; they are not changed once they stand here. `trouble` is what went wrong
    last."""

    phase: Phase = Phase.CHOOSING
    folder: str = ""
    files: tuple[WaitingFile, ...] = ()
    done: int = 0
    of: int = 0
    figures: Figures = Figures()
    accounts: tuple[FileAccount, ...] = ()
    entries: tuple[Entry, ...] = ()
    put_away: tuple[PutAway, ...] = ()
    stopped: tuple[Msg, ...] = ()
    trouble: Msg = NOTHING

    @property
    def percent(self) -> int:
        return min(self.done * 100 // self.of, 100) if self.of else 0


class ReadFiles(Record):
    """Read these files, by their paths, and say what would become of them."""

    paths: tuple[str, ...]


class RecordOrders(Record):
    """Record what was read."""


class DropImport(Record):
    """Stop reading, or leave what was read; nothing of it is recorded."""


def import_news(importing: Importing) -> Msg | None:
    """What the board says of an import that somebody has left; None where there is none."""
    match importing.phase:
        case Phase.READING:
            return msg("Reading files: {percent} %", percent=importing.percent)
        case Phase.PREVIEW:
            return msg("{n} orders were read and wait: F4 imports them", n=importing.figures.orders)
        case Phase.RECORDING:
            return msg("Recording orders: {percent} %", percent=importing.percent)
        case Phase.DONE:
            return msg("{n} orders recorded: F4 shows the rest", n=importing.figures.recorded)
    return None


ImportOrder: TypeAlias = "ReadFiles | RecordOrders | DropImport"
