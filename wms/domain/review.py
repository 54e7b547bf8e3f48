"""Review: what waits for a supervisor. Conflicts, shortages, held batches, printers: nothing stays silent."""

from __future__ import annotations

from typing import ClassVar

from wms.domain.rows import Row


class Review(Row):
    """One thing a person must decide or do: `kind` names the sentence, `subject` what it is about. `person` and
    `device` recorded what brought it to light, at `at`."""

    TABLE: ClassVar[str] = "review"
    INDEX: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("open",),
        ("open", "at"),
        ("open", "kind", "at"),
        ("open", "asked"),
    )
    id: str  # kind/subject
    kind: str
    subject: str
    at: int  # UTC seconds
    detail: str = ""
    open: bool = True
    decided_by: str = ""
    decision: str = ""
    person: str = ""
    device: str = ""
    asked: int = 0  # when the customer or the channel was asked, UTC seconds
    note: str = ""  # what was asked


class Tally(Row):
    """Counts per person and hour (UTC hours since 1970): what the board's last hour and the day's report show."""

    TABLE: ClassVar[str] = "tally"
    KEY: ClassVar[tuple[str, ...]] = ("hour", "person", "what")
    INDEX: ClassVar[tuple[tuple[str, ...], ...]] = (("hour",),)
    hour: int
    person: str
    what: str  # scans, refused, lines, shorts, labels, verified, voided, samples, failed
    count: int


class PinTries(Row):
    """Wrong PINs in a row for one badge at one device; `last` when the latest was typed, UTC seconds by that device."""

    TABLE: ClassVar[str] = "pin_tries"
    KEY: ClassVar[tuple[str, ...]] = ("badge", "device")
    badge: str
    device: str
    wrong: int
    last: int


class Presence(Row):
    """Who is signed in where."""

    TABLE: ClassVar[str] = "presence"
    KEY: ClassVar[tuple[str, ...]] = ("device",)
    device: str
    person: str
    role: str
    since: int
