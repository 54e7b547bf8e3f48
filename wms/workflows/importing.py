"""Importing orders: files are chosen, what would become of each order is shown, then it is recorded or left.

Reading and recording go on beside this work (`Who.importing`); whoever leaves finds them here again.
"""

from __future__ import annotations

from wms.domain.records import Record, replace
from wms.domain.rows import Rows
from wms.workflows import importing_prompts as prompts
from wms.workflows.import_state import DropImport, Phase, ReadFiles, RecordOrders, WaitingFile
from wms.workflows.inputs import Chose, Pressed
from wms.workflows.prompt import Prompt, info, look, msg
from wms.workflows.say import what_it_is
from wms.workflows.workflow import Happening, Step, Who, is_scan

PER_PAGE = 6
_SETTLED = (Phase.PREVIEW, Phase.DONE)


class Bringing(Record):
    """`turned` are files whose mark is not what it would be by itself; `page` is that of the list on the screen,
    `opened` the entry whose account is open (-1: the list of all, where `looking`)."""

    who: Who
    turned: frozenset[str] = frozenset()
    page: int = 0
    looking: bool = False
    opened: int = -1

    @property
    def screen(self) -> str:
        phase = self.who.importing.phase
        if self.looking:
            return "import.one" if self.opened >= 0 else "import.look"
        return f"import.{phase}" if phase else "import"


class ImportWorkflow:
    """`resume`, `step` and `prompt` of the import screen."""

    def resume(self, rows: Rows, who: Who, last: Bringing | None = None) -> Bringing:
        if last is None:
            return Bringing(who)
        now, before = who.importing, last.who.importing
        if now.phase is not before.phase or (last.looking and now.phase not in _SETTLED):
            return Bringing(who, last.turned if now.phase in (Phase.CHOOSING, Phase.READING) else frozenset())
        if now.phase is Phase.CHOOSING:
            return replace(last, who=who, page=min(last.page, _last_page(len(now.files))))
        return replace(last, who=who)

    def prompt(self, state: Bringing, rows: Rows) -> Prompt:
        return _prompt(state)

    def step(self, state: Bringing, happening: Happening, rows: Rows) -> Step[Bringing]:
        if is_scan(happening):
            return Step(state, said=info(what_it_is(happening, rows)))
        if state.looking:
            return _looked_at(state, happening)
        match state.who.importing.phase:
            case Phase.CHOOSING:
                return _chosen(state, happening)
            case Phase.PREVIEW:
                return _decided(state, happening)
            case Phase.DONE:
                return _done(state, happening)
        return _waited(state, happening)


def marked(state: Bringing) -> tuple[WaitingFile, ...]:
    """The files that would be read: all of the inbox, or where it is empty all of the sticks; and what was turned."""
    files = state.who.importing.files
    inbox = any(not file.outside for file in files)
    return tuple(file for file in files if (file.outside is not inbox) is not (file.path in state.turned))


def _chosen(state: Bringing, happening: Happening) -> Step[Bringing]:
    files = state.who.importing.files
    start = state.page * PER_PAGE
    match happening:
        case Pressed(key="escape"):
            return Step(state, work="board")
        case Pressed(key="enter") if not files:
            return Step(state, said=look(msg("There is no file yet")))
        case Pressed(key="enter"):
            paths = tuple(file.path for file in marked(state))
            if not paths:
                return Step(state, said=look(msg("No file is marked")))
            return Step(state, intake=ReadFiles(paths))
        case Pressed(key="f2"):
            wanted = frozenset() if marked(state) else frozenset(file.path for file in files)
            return Step(replace(state, turned=_turned_to(state, wanted)))
        case Pressed(key="down" | "pagedown" | "up" | "pageup" as key):
            return Step(replace(state, page=_paged(state.page, key, len(files))))
        case Chose(index=index) if index < PER_PAGE and start + index < len(files):
            return Step(replace(state, turned=state.turned ^ {files[start + index].path}))
    return Step(state)


def _turned_to(state: Bringing, wanted: frozenset[str]) -> frozenset[str]:
    """What must be turned so that just the `wanted` files are marked."""
    now = {file.path for file in marked(state)}
    return state.turned ^ (now ^ wanted)


def _waited(state: Bringing, happening: Happening) -> Step[Bringing]:
    match happening:
        case Pressed(key="escape"):
            return Step(state, work="board")
        case Chose(index=0) if state.who.importing.phase is Phase.READING:
            return Step(state, intake=DropImport())
    return Step(state)


def _decided(state: Bringing, happening: Happening) -> Step[Bringing]:
    """Nothing but the number, or the card, records anything: Enter may be a scanner's."""
    match happening:
        case Chose(index=0):
            return Step(state, intake=RecordOrders())
        case Chose(index=1) if state.who.importing.entries:
            return Step(replace(state, looking=True, page=0))
        case Chose():
            return Step(state, intake=DropImport(), said=info(msg("Nothing was recorded")))
        case Pressed(key="f2") if state.who.importing.entries:
            return Step(replace(state, looking=True, page=0))
        case Pressed(key="escape"):
            return Step(state, work="board")
    return Step(state)


def _done(state: Bringing, happening: Happening) -> Step[Bringing]:
    match happening:
        case Chose(index=0):
            return Step(state, intake=DropImport())
        case Chose(index=1) | Pressed(key="f2") if state.who.importing.entries:
            return Step(replace(state, looking=True, page=0))
        case Pressed(key="escape"):
            return Step(state, intake=DropImport(), work="board")
    return Step(state)


def _looked_at(state: Bringing, happening: Happening) -> Step[Bringing]:
    count = len(state.who.importing.entries)
    if state.opened >= 0:
        return _read_on(state, happening, count)
    match happening:
        case Pressed(key="escape"):
            return Step(replace(state, looking=False, page=0))
        case Pressed(key="f2" | "enter") if state.page == _last_page(count):
            return Step(replace(state, page=0))
        case Pressed(key="f2" | "enter"):
            return Step(replace(state, page=state.page + 1))
        case Pressed(key="down" | "pagedown" | "up" | "pageup" as key):
            return Step(replace(state, page=_paged(state.page, key, count)))
        case Chose(index=index) if index < PER_PAGE and state.page * PER_PAGE + index < count:
            return Step(replace(state, opened=state.page * PER_PAGE + index))
    return Step(state)


def _read_on(state: Bringing, happening: Happening, count: int) -> Step[Bringing]:
    match happening:
        case Pressed(key="escape"):
            return Step(replace(state, opened=-1, page=state.opened // PER_PAGE))
        case Pressed(key="f2" | "enter" | "down" | "pagedown"):
            return Step(replace(state, opened=(state.opened + 1) % count))
        case Pressed(key="up" | "pageup"):
            return Step(replace(state, opened=(state.opened - 1) % count))
    return Step(state)


def _last_page(count: int) -> int:
    return max(count - 1, 0) // PER_PAGE


def _paged(page: int, key: str, count: int) -> int:
    return min(page + 1, _last_page(count)) if key in ("down", "pagedown") else max(page - 1, 0)


def _prompt(state: Bringing) -> Prompt:
    who, importing = state.who, state.who.importing
    if state.looking:
        if state.opened >= 0:
            return prompts.one_entry(who, state.opened)
        return prompts.entries_of(who, state.page, PER_PAGE)
    match importing.phase:
        case Phase.READING | Phase.RECORDING:
            return prompts.under_way(who)
        case Phase.PREVIEW:
            return prompts.preview(who)
        case Phase.DONE:
            return prompts.done(who)
    return prompts.files(who, marked(state), state.page, PER_PAGE)
