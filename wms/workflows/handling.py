"""Commands to events: where the rules of the house are checked, inside the transaction that records them.

A handler reads rows and answers with events, or with `Refused` and the reason for the operator's screen.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar

from wms.domain.bounds import is_bounded
from wms.domain.events import Event, Fact
from wms.domain.ids import Badge, DeviceId
from wms.domain.records import Record
from wms.domain.rows import Rows
from wms.workflows.prompt import Msg, msg


class Context(Record):
    """Who decides, for whom, when. `now` is UTC seconds; `fresh` makes an unpredictable token; `floor` is the highest
    waybill counter of a carrier's range (`Carrier.range_name`) that this device knows to have been leased out, whatever
    its database says. `unheard` is for how many seconds nothing was heard of the hub that leases numbers; 0 where
    this device leases them itself."""

    device: DeviceId
    epoch: int
    person: Badge
    now: int
    fresh: Callable[[], str]
    floor: Callable[[str], int]
    unheard: Callable[[], int] = lambda: 0


class Refused(Record):
    """The work was refused; `lines` say why and what to do, the first line first."""

    lines: tuple[Msg, ...]


class Recorded(Record):
    """The facts are on the disk."""

    facts: tuple[Fact, ...]


Outcome: TypeAlias = Recorded | Refused
Answer: TypeAlias = "tuple[Event, ...] | Refused"
C = TypeVar("C")
_HANDLERS: dict[type, Callable[[Any, Rows, Context], Answer]] = {}


def handles(command: type[C]) -> Callable[[Callable[[C, Rows, Context], Answer]], Callable[[C, Rows, Context], Answer]]:
    """Register the decorated function as the handler of that command."""

    def register(function: Callable[[C, Rows, Context], Answer]) -> Callable[[C, Rows, Context], Answer]:
        _HANDLERS[command] = function
        return function

    return register


def handle(command: object, rows: Rows, context: Context) -> Answer:
    """What the rules make of the command. Raises `KeyError` for one that nobody handles (a bug)."""
    import wms.workflows.handlers  # noqa: F401 - registers them; not needed before the first command

    answer = _HANDLERS[type(command)](command, rows, context)
    if not isinstance(answer, Refused) and not is_bounded(answer):
        return refuse(msg("That number is too large to be true"), msg("Enter it again"))
    return answer


def refuse(*lines: Msg) -> Refused:
    return Refused(lines)
