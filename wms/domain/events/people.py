"""People, devices, decisions."""

from __future__ import annotations

from wms.domain.ids import Badge, TaskId
from wms.domain.records import Record

WRONG_DIGITS = "wrong:check_digits"
"""Why a scan or an entry was refused that names a place with other check digits than its label has."""


class SignedIn(Record):
    badge: Badge
    role: str


class SignedOut(Record):
    badge: Badge


class ScanRefused(Record):
    """A scan that did not count, kept with what was read: mis-scans are figures, not noise. `task` is the pick line
    that asked for it, '' elsewhere."""

    raw: str
    screen: str
    why: str
    task: TaskId = TaskId("")


class ReviewRaised(Record):
    """A device noticed something a person must mend: a printer's fault, a clock that jumped, a restored copy."""

    kind: str
    subject: str
    detail: str = ""


class ReviewClosed(Record):
    review: str
    decision: str
