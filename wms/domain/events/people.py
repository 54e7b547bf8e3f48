"""People, devices, decisions."""

from __future__ import annotations

from wms.domain.ids import Badge, TaskId
from wms.domain.records import Record

WRONG_DIGITS = "wrong:check_digits"
"""Why a scan or an entry was refused that names a place with other check digits than its label has."""


WRONG_PIN = "wrong:pin"
"""Why an entry was refused that was not the PIN of the badge, which stands for what was typed."""


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


class FactUnreadable(Record):
    """What became of an event whose body this version can't make sense of: `kind` and `text` are as it was written.

    No node writes one. It is how such a fact reads everywhere, so that it blocks nothing and is mended by a person.
    """

    kind: str
    text: str


class PinRehashed(Record):
    """A right PIN whose hash was of an older kind was hashed anew. It counts only while the person's hash is still the
    one that `replaces` is the fingerprint of: a PIN that was changed meanwhile stays changed."""

    badge: Badge
    replaces: str
    pin: str


class PinUnlocked(Record):
    """A badge that was locked after wrong PINs may try again, at every device."""

    badge: Badge
