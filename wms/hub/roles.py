"""What each role may do at the hub. A terminal's role says what it is there for, a client's what its program is.

Facts are never refused, whatever the role: only intents are, and keys that open recipients are neither handed to every
role nor destroyed by it.
"""

from __future__ import annotations

from enum import StrEnum

from wms.domain import commands as c
from wms.domain.ids import DeviceId


class TerminalRole(StrEnum):
    ALL = "all"
    PICKER = "picker"
    PACKER = "packer"
    INSPECTOR = "inspector"
    SUPERVISOR = "supervisor"


class ClientRole(StrEnum):
    ERP = "erp"
    MONITOR = "monitor"
    ADMIN = "admin"


_MAY_OPEN_RECIPIENTS = {TerminalRole.ALL, TerminalRole.PACKER, TerminalRole.SUPERVISOR}
_MAY_LIST_TERMINALS = {TerminalRole.ALL, TerminalRole.SUPERVISOR, ClientRole.ADMIN}

_ALSO: dict[type, frozenset[TerminalRole]] = {
    c.ClaimBatch: frozenset({TerminalRole.PICKER}),
    c.RenewWalk: frozenset({TerminalRole.PICKER}),
    c.LeaseWaybills: frozenset({TerminalRole.PACKER}),
    c.DisposeLot: frozenset({TerminalRole.INSPECTOR}),
}
"""Who may ask for what, besides terminals for everything and supervisors, who may ask for all there is. What becomes of
orders and waves, and who goes on with another's work, is theirs alone."""

_FOR_ONESELF = (c.ClaimBatch, c.RenewWalk, c.LeaseWaybills)


def may_open_recipients(role: str) -> bool:
    """Whether keys that open names and addresses are handed to it: only where labels are made or complaints settled.
    Nobody else destroys them either."""
    return role in _MAY_OPEN_RECIPIENTS


def may_ask(role: str, command: c.Command) -> bool:
    """Whether a terminal of that role may have this intent decided."""
    return role in {TerminalRole.ALL, TerminalRole.SUPERVISOR} or role in _ALSO.get(type(command), frozenset())


def named_device(command: c.Command) -> DeviceId | None:
    """The device that the intent is for, where it may only be the one that asks; None where it may be for any."""
    return command.device if isinstance(command, _FOR_ONESELF) else None


def may_list_terminals(role: str) -> bool:
    """Whether it is told which terminals there are, and not only how many."""
    return role in _MAY_LIST_TERMINALS
