"""People, devices, decisions."""

from __future__ import annotations

from wms.domain.ids import Badge
from wms.domain.records import Record


class SignedIn(Record):
    badge: Badge
    role: str


class SignedOut(Record):
    badge: Badge


class ScanRefused(Record):
    """A scan that did not count, kept with what was read: mis-scans are figures, not noise."""

    raw: str
    screen: str
    why: str


class ReviewRaised(Record):
    """A device noticed something a person must mend: a printer's fault, a clock that jumped, a restored copy."""

    kind: str
    subject: str
    detail: str = ""


class ReviewClosed(Record):
    review: str
    decision: str
