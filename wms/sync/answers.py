"""What sync answers, apart from how: a terminal without a hub imports no more than this."""

from __future__ import annotations

from wms.domain.records import Record
from wms.workflows.prompt import NOTHING, Msg
from wms.workflows.view import Link


class SyncStatus(Record):
    """`unsent` facts are not at the hub yet, the oldest of them recorded at `oldest`; `hub_trouble` is what a person
    must mend, else `NOTHING`.

    `terminals` are those enrolled, `terminals_offline` those not heard of lately, as the hub last said.
    """

    link: Link = Link.ALONE
    unsent: int = 0
    offline_since: int | None = None  # UTC seconds
    hub_trouble: Msg = NOTHING
    terminals: int = 0
    terminals_offline: int = 0
    oldest: int | None = None  # UTC seconds


class SyncAlarm(Record):
    """How much may wait here, and for how long, before somebody is told: what is lost with this disk is lost."""

    count: int = 500
    minutes: int = 60

    def is_due(self, status: SyncStatus, now: int) -> bool:
        """`now` is UTC seconds by the clock that stamped the facts."""
        late = status.oldest is not None and now - status.oldest >= self.minutes * 60
        return status.unsent > 0 and (status.unsent >= self.count or late)


class Unreachable(Record):
    """The hub could not be asked, or its decision is not in the picture yet; `why` is for the operator."""

    why: Msg
