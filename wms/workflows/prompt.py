"""What a workflow shows: messages with their values, a prompt for the five regions of the screen, a verdict.

A workflow never holds a finished sentence. It names a message by its English text and the values that go in;
the terminal finds the operator's language (gettext, `wms/locale`) and the room there is on the screen.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from wms.domain.records import Record, field, replace

if TYPE_CHECKING:
    from wms.planning.floor import Floor


class Bilingual(Record):
    """A name from the site's own data that exists in both languages, such as an item's or a category's."""

    zh: str
    en: str


Value: TypeAlias = "str | int | Bilingual | Msg"


class Msg(Record):
    """A message of the catalogue: `text` is the English msgid with `{name}` fields, `args` their values.

    With `plural` set, `count` chooses between `text` and `plural` by the language's own rule.
    """

    text: str
    args: Mapping[str, Value] = field(default_factory=dict)
    plural: str = ""
    count: int = 0


def msg(text: str, /, **args: Value) -> Msg:
    """A message; `text` is found by the catalogue's extractor, so it must be a literal at the call."""
    return Msg(text, args)


def msg_n(one: str, many: str, count: int, /, **args: Value) -> Msg:
    """A message whose form depends on `count`, which is also the field `{n}`."""
    return Msg(one, {"n": count, **args}, many, count)


NOTHING = Msg("")


def plain(text: str) -> Msg:
    """Data shown as it is (a code, a name): never looked up in the catalogue."""
    return Msg("{text}", {"text": text})


class Tone(StrEnum):
    """The four verdicts, shown by colour, word and place, and heard by sound."""

    OK = "ok"  # green: committed
    NO = "no"  # red: refused, with expected, got and what to do
    LOOK = "look"  # amber: a person must decide
    INFO = "info"  # blue: merely happened


class Said(Record):
    """The verdict on the last scan: at most three short lines, the first is the verdict itself."""

    tone: Tone
    lines: tuple[Msg, ...]


def ok(*lines: Msg) -> Said:
    return Said(Tone.OK, lines)


def no(*lines: Msg) -> Said:
    return Said(Tone.NO, lines)


def look(*lines: Msg) -> Said:
    return Said(Tone.LOOK, lines)


def info(*lines: Msg) -> Said:
    return Said(Tone.INFO, lines)


class Mark(StrEnum):
    """The sign before a line of the `what` region."""

    NONE = ""
    DONE = "done"
    NEXT = "next"
    TODO = "todo"
    BAD = "bad"


class Line(Record):
    """A line of the `what` region. On 20×16 only lines with `short` (if any has one) or the first three are drawn."""

    text: Msg
    mark: Mark = Mark.NONE
    short: Msg | None = None


class Key(Record):
    """A key with its label; `short` is for screens under 30 columns."""

    key: str
    label: Msg
    short: Msg | None = None


class Choice(Record):
    """One answer of a question; the operator presses its number (1…) or scans its `code`."""

    label: Msg
    code: str = ""


class Entry(StrEnum):
    """What the keypad collects, ended by Enter."""

    NONE = ""
    NUMBER = "number"
    TEXT = "text"
    SECRET = "secret"  # noqa: S105


class Size(StrEnum):
    """How the target is drawn: `BIG` in three-row digits where there is room, else bold."""

    BIG = "big"
    BOLD = "bold"


class Drawing(Record):
    """A way over the floor, past the nodes of `route`; what does not fit on the screen is seen from row `first` on."""

    floor: Floor
    route: tuple[int, ...]
    first: int = 0


class Prompt(Record):
    """What one state of a workflow asks for.

    `name` is stable (`pick.bin`, `pack.weigh`): tests, scripts and simulated people go by it. `where` holds the
    quiet parts of the top row (wave and category, line n of m); the terminal adds the countdown to `ship_by`
    (UTC seconds) and the sync state. `expects` are the codes that would be right now, for devices that read aloud
    or drive the screen; it is never drawn. `percent` draws a bar that shows how much of something is done, `drawing`
    a map in the place of all below the verb.
    """

    name: str
    where: tuple[Msg, ...] = ()
    ship_by: int | None = None
    verb: Msg = NOTHING
    target: str = ""
    target_size: Size = Size.BIG
    unit: Msg = NOTHING
    ask: Msg = NOTHING
    what: tuple[Line, ...] = ()
    keys: tuple[Key, ...] = ()
    choices: tuple[Choice, ...] = ()
    entry: Entry = Entry.NONE
    alarm: bool = False  # the band becomes the screen: stop, do not go on
    expects: tuple[str, ...] = ()
    percent: int | None = None
    drawing: Drawing | None = None
    handbook: str = ""  # page of the operator's manual that F1 opens

    def but(self, **changes: object) -> Prompt:
        return replace(self, **changes)
