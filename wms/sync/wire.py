"""What a terminal and its hub say to each other: messages as msgspec structs, JSON on the wire.

A hub understands its own version of messages and events and the one before, so the hub is updated first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, cast, get_args

import msgspec

from wms.domain.commands import INTENTS, Command
from wms.domain.events import VERSION, Fact
from wms.store.codec import decode, encode, knows
from wms.store.journal import Line as FactLine
from wms.store.journal import fact_of, line_of
from wms.workflows.prompt import Bilingual, Msg, Value

__all__ = ["VERSION", "Fact", "FactLine", "fact_of", "line_of"]
VERSION_HEADER = "Wms-Version"
LIFE_HEADER = "Wms-Life"  # which life of the hub's journal the terminal follows
SESSION_HEADER = "Wms-Session"  # which run of the terminal's program speaks
KEYS_CURSOR = "keys_seen"  # under which a store remembers how far it has followed the changes of keys
BATCH = 500  # facts in one message that is handed over
PAGE = 2_000  # facts in one answer to a pull, for those who ask for as many
LONGEST_WAIT = 25  # seconds a pull may be kept waiting


class KeyLine(msgspec.Struct, array_like=True, frozen=True):
    """The key that opens one recipient; null says it was destroyed and must be forgotten everywhere."""

    subject: str
    key: bytes | None


Facts = Annotated[tuple[FactLine, ...], msgspec.Meta(max_length=BATCH)]
Read = Annotated[tuple[FactLine, ...], msgspec.Meta(max_length=PAGE)]
Keys = Annotated[tuple[KeyLine, ...], msgspec.Meta(max_length=BATCH)]


class Enrol(msgspec.Struct, frozen=True):
    """`public_key` is the terminal's own, Ed25519, 32 bytes: what it says later is signed with it."""

    code: str
    device: str
    public_key: bytes = b""


class Enrolled(msgspec.Struct, frozen=True):
    token: str
    warehouse: str
    name: str
    role: str


class Authority(msgspec.Struct, frozen=True):
    """The certificate (PEM) of the authority that vouches for this hub. Whoever asks must know its fingerprint."""

    pem: str


class Life(msgspec.Struct, array_like=True, frozen=True):
    """One life of the hub's journal. It has in common with the life before it what stands up to `branched`."""

    name: str
    branched: int


class PinKeys(msgspec.Struct, frozen=True):
    """The peppers that hashes of PINs were made with, by name (`wms.domain.pins`); `current` is the one for new hashes.
    Like keys of recipients they travel beside facts and never enter the journal."""

    known: Annotated[dict[str, bytes], msgspec.Meta(max_length=64)] = {}
    current: str = ""


class Hello(msgspec.Struct, frozen=True):
    """The first words of each run of a terminal's program, and again after each doubt.

    `session` is drawn in memory by this run, `previous` is that of the run before, as the disk remembers it. `n` is the
    highest recorded in `epoch`, `head` the highest position held and `mark` the key of the fact that stands there.
    `forked` asks for a new epoch: the hub holds other facts under keys of this one.
    """

    device: str
    epoch: int
    n: int
    session: str
    previous: str
    lives: tuple[Life, ...]
    head: int
    mark: tuple[str, int, int] | None = None
    forked: bool = False
    pins: PinKeys = PinKeys()


class Welcome(msgspec.Struct, frozen=True):
    """`epoch` is the one to record in from now on. Facts beyond position `rewind` are not (or no longer) in the hub's
    journal as the terminal holds them: they lose their positions and are given back. `now` is UTC milliseconds."""

    epoch: int
    lives: tuple[Life, ...]
    rewind: int
    head: int
    floor: int
    now: int
    warehouse: str
    name: str
    role: str
    pins: PinKeys = PinKeys()


def named(welcome: Welcome, name: str, role: str) -> Welcome:
    """With what the terminal is called, and what it is for."""
    return msgspec.structs.replace(welcome, name=name, role=role)


class Push(msgspec.Struct, frozen=True):
    """Facts `first`, `first + 1`, … of one device and epoch; `chain` is the hash over that epoch before `first`
    (`wms.store.journal.chain`). Keys travel beside facts and never enter the journal."""

    device: str
    epoch: int
    first: int
    facts: Facts
    keys: Keys = ()
    chain: bytes = b""


class Returned(msgspec.Struct, frozen=True):
    """Facts, whosesoever, that the hub had confirmed in an earlier life and has lost, in their old order."""

    facts: Facts


class Given(msgspec.Struct, frozen=True):
    """How many of them were new to the hub."""

    taken: int
    head: int


class Pushed(msgspec.Struct, frozen=True):
    """Committed: the hub holds this device's epoch up to `highest`, and its journal reaches to `head`."""

    highest: int
    head: int


class Pulled(msgspec.Struct, frozen=True):
    """Facts without a hole after the asked position. `keys_next` is the cursor into the changes of keys."""

    facts: Read
    head: int
    keys: Annotated[tuple[KeyLine, ...], msgspec.Meta(max_length=PAGE)]
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
    """A terminal as the hub knows it; `last_seen` in UTC seconds, 0 if it never spoke, `revoked` likewise."""

    device: str
    name: str
    last_seen: int
    online: bool
    role: str = ""
    revoked: int = 0


class Terminals(msgspec.Struct, frozen=True):
    """How many terminals are enrolled, how many of them were not heard of lately, and, for those who may know it, which
    ones: the revoked ones too."""

    count: int
    offline: int
    lines: tuple[TerminalLine, ...] = ()


class Snapshot(msgspec.Struct, frozen=True):
    """A file that holds journal and picture up to `position`: `size` bytes with that SHA-256 (hex)."""

    id: str
    life: str
    position: int
    size: int
    sha256: str


class Problem(msgspec.Struct, frozen=True):
    """Why a request failed (RFC 9457): `error` for programs, `detail` for people, `expected` the n to go on from."""

    error: str
    detail: str
    status: int
    title: str = ""
    type: str = "about:blank"
    expected: int | None = None


class NewerVersion(ValueError):
    """The other side says something this version has no words for."""


def require_known(line: FactLine, version: int) -> None:
    """Raises `NewerVersion` rather than lose anything that a newer `version` said and this one has no words for."""
    if version <= VERSION:
        return
    if not knows(line.kind):
        raise NewerVersion(f"{line.kind} is not known to this version")
    event = decode(line.kind, bytes(line.body))
    if not _holds_all(msgspec.json.decode(encode(event)), msgspec.json.decode(line.body)):
        raise NewerVersion(f"{line.kind} has fields that this version does not know")


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


def push_of(lines: Sequence[FactLine], keys: Iterable[KeyLine] = (), chain: bytes = b"") -> Push:
    """A push of facts that follow each other in one epoch; at least one fact or one key."""
    device, epoch, first = (lines[0].device, lines[0].epoch, lines[0].n) if lines else ("", 0, 1)
    return Push(device, epoch, first, tuple(lines), tuple(keys), chain)
