"""What a terminal and its hub say to each other: messages as msgspec structs, JSON on the wire.

`VERSION` counts the shapes of the messages and of the events in them. Raise it with every new kind of event and every
new field. A hub understands its own version and the one before, so the hub is updated first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, cast, get_args

import msgspec

from wms.domain.commands import INTENTS, Command
from wms.domain.events import Fact, Key
from wms.domain.ids import Badge, DeviceId
from wms.store.codec import decode, encode, kind_of
from wms.workflows.prompt import Bilingual, Msg, Value

VERSION = 1
VERSION_HEADER = "Wms-Version"
LINEAGE_HEADER = "Wms-Lineage"  # which life of the hub's journal the terminal has been following
BATCH = 500  # facts in one message
LONGEST_WAIT = 25  # seconds a pull may be kept waiting


class FactLine(msgspec.Struct, array_like=True, frozen=True):
    """A fact as an array: its key, its position (null until the hub numbered it), its circumstances, its event."""

    device: str
    epoch: int
    n: int
    position: int | None
    at: int
    person: str
    kind: str
    body: msgspec.Raw


class KeyLine(msgspec.Struct, array_like=True, frozen=True):
    """The key that opens one recipient; null says it was destroyed and must be forgotten everywhere."""

    subject: str
    key: bytes | None


Facts = Annotated[tuple[FactLine, ...], msgspec.Meta(max_length=BATCH)]
Keys = Annotated[tuple[KeyLine, ...], msgspec.Meta(max_length=BATCH)]


class Enrol(msgspec.Struct, frozen=True):
    code: str
    device: str


class Enrolled(msgspec.Struct, frozen=True):
    token: str
    lineage: str
    name: str


class Push(msgspec.Struct, frozen=True):
    """Facts `first`, `first + 1`, … of one device and epoch. Keys travel beside facts and never enter the journal."""

    device: str
    epoch: int
    first: int
    facts: Facts
    keys: Keys = ()


class Pushed(msgspec.Struct, frozen=True):
    """Committed: the hub holds this device's epoch up to `highest`, and its journal reaches to `head`."""

    highest: int
    head: int


class Pulled(msgspec.Struct, frozen=True):
    """Facts without a hole after the asked position. `keys_next` is the cursor into the changes of keys."""

    facts: Facts
    head: int
    keys: Keys
    keys_next: int
    terminals: int
    terminals_offline: int


class Ask(msgspec.Struct, frozen=True):
    """An intent for the hub to decide; asking again with the same `request` gets the same answer."""

    request: str
    person: str
    command: str
    body: msgspec.Raw


class Answer(msgspec.Struct, frozen=True):
    """`refused` lines, or the facts the hub recorded, numbered."""

    recorded: tuple[FactLine, ...] = ()
    refused: tuple[dict[str, Any], ...] = ()


class TerminalLine(msgspec.Struct, frozen=True):
    """A terminal as the hub knows it; `last_seen` in UTC seconds, 0 if it never spoke."""

    device: str
    name: str
    last_seen: int
    online: bool


class Health(msgspec.Struct, frozen=True):
    version: int
    device: str
    lineage: str
    head: int


class Problem(msgspec.Struct, frozen=True):
    """Why a request failed: `error` for programs, `says` for people, `expected` the n a push must go on from."""

    error: str
    says: str
    expected: int | None = None


class NewerVersion(ValueError):
    """The other side says something this version has no words for."""


def fact_line(fact: Fact) -> FactLine:
    key, body = fact.key, fact.body
    raw = msgspec.Raw(encode(body).encode())
    return FactLine(key.device, key.epoch, key.n, fact.position, fact.at, fact.person, kind_of(body), raw)


def fact_of(line: FactLine, *, version: int = VERSION) -> Fact:
    """The fact in a line written by `version`. Raises `NewerVersion` rather than lose a field unknown here, and
    `ValueError` when the body does not fit its kind."""
    body = decode(line.kind, bytes(line.body))
    if version > VERSION and not _holds_all(msgspec.json.decode(encode(body)), msgspec.json.decode(line.body)):
        raise NewerVersion(f"{line.kind} has fields that this version does not know")
    return Fact(Key(DeviceId(line.device), line.epoch, line.n), line.at, Badge(line.person), body, line.position)


def _holds_all(kept: Any, said: Any) -> bool:
    """Whether everything that was said is still in what this version made of it."""
    if isinstance(said, dict):
        return isinstance(kept, dict) and all(
            name in kept and _holds_all(kept[name], value) for name, value in said.items()
        )
    if isinstance(said, list):
        return len(kept) == len(said) and all(map(_holds_all, kept, said))
    return bool(kept == said)


_INTENTS: dict[str, type] = {kind.__name__: kind for kind in INTENTS}
_NAMES = {kind.__name__ for kind in get_args(Command)}


def command_of(name: str, body: msgspec.Raw) -> Command:
    """The intent in a message. Raises `NewerVersion` for an unknown name, `ValueError` for anything not to be asked."""
    kind = _INTENTS.get(name)
    if kind is None:
        if name in _NAMES:
            raise ValueError(f"{name} is recorded where it happens and never asked for")
        raise NewerVersion(f"command {name!r} is not known")
    return cast("Command", msgspec.json.decode(body, type=kind))


def ask(request: str, person: str, command: Command) -> Ask:
    return Ask(request, person, type(command).__name__, msgspec.Raw(msgspec.json.encode(command)))


def msg_line(message: Msg) -> dict[str, Any]:
    args = {name: _value_line(value) for name, value in message.args.items()}
    return {"text": message.text, "args": args, "plural": message.plural, "count": message.count}


def msg_of(line: Mapping[str, Any]) -> Msg:
    args = {name: _value_of(value) for name, value in line.get("args", {}).items()}
    return Msg(line["text"], args, line.get("plural", ""), line.get("count", 0))


def _value_line(value: Value) -> Any:
    match value:
        case Bilingual(zh, en):
            return {"zh": zh, "en": en}
        case Msg():
            return msg_line(value)
        case _:
            return value


def _value_of(value: Any) -> Value:
    if not isinstance(value, dict):
        return cast("str | int", value)
    return Bilingual(value["zh"], value["en"]) if "zh" in value else msg_of(value)


def push_of(facts: Sequence[Fact], keys: Iterable[KeyLine] = ()) -> Push:
    """A push of facts that follow each other in one epoch; at least one fact or one key."""
    key = facts[0].key if facts else Key(DeviceId(""), 0, 1)
    return Push(key.device, key.epoch, key.n, tuple(map(fact_line, facts)), tuple(keys))
