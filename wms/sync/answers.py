"""What sync answers, apart from how: a terminal without a hub imports no more than this."""

from __future__ import annotations

from wms.domain.records import Record
from wms.workflows.prompt import NOTHING, Msg
from wms.workflows.view import Link


class SyncStatus(Record):
    """`unsent` facts are not at the hub yet; `hub_trouble` is what a person must mend, else `NOTHING`.

    `terminals` are those enrolled, `terminals_offline` those not heard of lately, as the hub last said.
    """

    link: Link = Link.ALONE
    unsent: int = 0
    offline_since: int | None = None  # UTC seconds
    hub_trouble: Msg = NOTHING
    terminals: int = 0
    terminals_offline: int = 0


class Unreachable(Record):
    """The hub could not be asked, or its decision is not in the picture yet; `why` is for the operator."""

    why: Msg
