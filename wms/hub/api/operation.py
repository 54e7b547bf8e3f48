"""Operations: what other programs may call, once for the router and for the description that is published."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from wms.domain.ids import Badge
from wms.hub.gate import Caller
from wms.hub.interface import HubStore


class In(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What programs say to us: a field nobody knows is a mistake of theirs that must not pass unseen."""


class Out(msgspec.Struct, frozen=True):
    """What we answer: fields are added over time, none goes."""


class Nothing(In, frozen=True):
    """No parameters, no body."""


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: Any = None


@dataclass(frozen=True, slots=True)
class Call:
    """A request whose parts have been read and judged. `key` is its Idempotency-Key, '' if it has none; `content` the
    body as it came."""

    caller: Caller
    path: Mapping[str, str]
    query: Any
    body: Any
    key: str = ""
    operation: str = ""
    content: bytes = b""

    @property
    def hub(self) -> HubStore:
        return self.caller.hub

    @property
    def now(self) -> int:
        """UTC seconds by the hub's clock."""
        return self.hub.now() // 1000

    @property
    def person(self) -> Badge:
        """Who acts, as the journal keeps it."""
        return Badge(f"api:{self.caller.name}")

    @property
    def digest(self) -> str:
        """Tells whether the same key was used for something else."""
        said = "\0".join((self.operation, *self.path.values(), ""))
        return hashlib.sha256(said.encode() + self.content).hexdigest()


Handler = Callable[[Call], Reply]


@dataclass(frozen=True, slots=True)
class Operation:
    """`query` and `body` are types that msgspec judges by, `answers` the type of each success. `refusals` are what may
    go wrong beyond what may always go wrong. An `acting` one takes an Idempotency-Key."""

    name: str
    method: str
    path: str
    group: str
    summary: str
    handler: Handler
    answers: Mapping[int, tuple[str, Any]]
    roles: tuple[str, ...] = ("erp", "admin")
    about: str = ""
    query: type[In] = Nothing
    body: Any = None
    refusals: Mapping[int, str] = field(default_factory=dict)
    acting: bool = False
    largest_body: int = 64 * 1024  # bytes
