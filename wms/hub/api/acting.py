"""Having something decided, with the answer kept in the same transaction."""

from __future__ import annotations

from wms.domain.commands import Command
from wms.hub.answering import Refusal
from wms.hub.api.idempotency import keep
from wms.hub.api.operation import Call, Reply
from wms.hub.api.wording import all_say
from wms.hub.database import Session
from wms.workflows.handling import Outcome, Refused


def decided(call: Call, command: Command, reply: Reply | None) -> None:
    """`reply` is None while more commands of the same call follow. Raises `Refusal` with the rules' own words."""

    def beside(session: Session, outcome: Outcome) -> None:
        if reply is not None and not isinstance(outcome, Refused):
            keep(call, session, reply)

    outcome = call.hub.execute(command, call.person, beside=beside)
    if isinstance(outcome, Refused):
        raise Refusal(409, "refused", all_say(outcome.lines))
