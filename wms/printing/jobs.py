"""What this device still has to print: rows of `print_job`, written in the transactions of the facts that ask for them.

queued → sending → sent (everything went out) or printed (the printer said so) → verified (the label was scanned).
`look`: nobody knows what is on paper, a person must look; it is never sent again. `dropped`: not wanted any more.
"""

from __future__ import annotations

import json
from typing import Any, Literal, TypeAlias

from wms.domain.events import Fact, LabelRequested, LabelVerified, ManifestClosed
from wms.domain.ids import Badge, ManifestId
from wms.domain.orders import Order
from wms.domain.packing import Parcel, ParcelStatus
from wms.domain.records import Record
from wms.domain.rows import Rows

Kind: TypeAlias = Literal["label", "manifest"]
State: TypeAlias = Literal["queued", "sending", "sent", "printed", "verified", "look", "dropped"]


class Job(Record):
    """`subject` is a parcel or a manifest, `person` who asked, `created` UTC milliseconds."""

    id: int
    kind: Kind
    subject: str
    person: Badge
    reprint: bool
    created: int


class Unprintable(Exception):
    """A job that can't be made as asked: `field` names what stands in the way, `reason` says why, in English."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field, self.reason = field, reason


def accompany(connection: Any, fact: Fact) -> None:
    """Beside each own fact: a new job, or the end of old ones.

    A reprint takes the place of what has not gone out: two labels of one parcel are one too many.
    """
    match fact.body:
        case LabelRequested(parcel=parcel, reprint=reprint):
            if reprint:
                _end(connection, parcel, ("queued", "look"), "dropped", "reprinted", fact.at)
            add(connection, "label", parcel, fact.person, fact.at, reprint=reprint)
        case LabelVerified(parcel=parcel):
            _end(connection, parcel, ("sending", "sent", "printed", "look"), "verified", "", fact.at)
            _end(connection, parcel, ("queued",), "dropped", "verified", fact.at)
        case ManifestClosed(manifest=manifest, signed_by=courier) if courier:
            add(connection, "manifest", manifest, fact.person, fact.at)


def add(connection: Any, kind: Kind, subject: str, person: Badge, at: int, *, reprint: bool = False) -> None:
    body = json.dumps({"person": person, "reprint": reprint})
    connection.execute(
        "INSERT INTO print_job (kind, subject, body, state, created, changed) VALUES (?, ?, ?, 'queued', ?, ?)",
        (kind, subject, body, at, at),
    )


def again(connection: Any, manifest: ManifestId, person: Badge, at: int) -> None:
    """Another slip of a manifest, in the place of those that have not come out."""
    _end(connection, manifest, ("queued", "look"), "dropped", "reprinted", at, "manifest")
    add(connection, "manifest", manifest, person, at, reprint=True)


def in_state(connection: Any, *states: State) -> list[Job]:
    """In the order they were asked for."""
    sql = f"SELECT id, kind, subject, body, created FROM print_job WHERE state IN ({_marks(states)}) ORDER BY id"  # noqa: S608
    return [_job(row) for row in connection.execute(sql, states)]


def count(connection: Any) -> tuple[int, tuple[str, ...]]:
    """How many wait or are on their way, and the subjects of those to be looked at."""
    sql = "SELECT count(*) FROM print_job WHERE state IN ('queued', 'sending')"
    looks = connection.execute("SELECT DISTINCT subject FROM print_job WHERE state = 'look' ORDER BY id")
    return int(connection.execute(sql).fetchone()[0]), tuple(row[0] for row in looks)


def last_asked(connection: Any, subject: str) -> Badge | None:
    """Who asked last for that to be printed here; None if nobody did."""
    sql = "SELECT body FROM print_job WHERE subject = ? ORDER BY id DESC LIMIT 1"
    row = connection.execute(sql, (subject,)).fetchone()
    return None if row is None else Badge(json.loads(row[0])["person"])


def is_over(connection: Any, job: Job) -> bool:
    """Whether something has happened meanwhile that makes its fate known."""
    row = connection.execute("SELECT state FROM print_job WHERE id = ?", (job.id,)).fetchone()
    return row[0] in ("verified", "dropped")


def take(connection: Any, job: Job, at: int) -> bool:
    """Say that it goes to the printer now; False if it is not waiting any more."""
    sql = (
        "UPDATE print_job SET state = 'sending', attempts = attempts + 1, changed = ? WHERE id = ? AND state = 'queued'"
    )
    return bool(connection.execute(sql, (at, job.id)).rowcount)


def put(connection: Any, job: Job, state: State, reason: str, at: int) -> None:
    """What became of it. A label that was scanned meanwhile stays verified."""
    sql = (
        "UPDATE print_job SET state = ?, reason = ?, changed = ? WHERE id = ? AND state NOT IN ('verified', 'dropped')"
    )
    connection.execute(sql, (state, reason, at, job.id))


def unwanted(rows: Rows, job: Job) -> str:
    """Why a waiting job must not be printed any more, '' if it may."""
    if job.kind != "label":
        return ""
    parcel = rows.get(Parcel, job.subject)
    order = rows.get(Order, parcel.order_id) if parcel is not None else None
    if order is not None and order.stop:
        return str(order.stop)
    return "void" if parcel is not None and parcel.status == ParcelStatus.VOID else ""


def _end(
    connection: Any, subject: str, states: tuple[State, ...], to: State, reason: str, at: int, kind: Kind = "label"
) -> None:
    sql = f"UPDATE print_job SET state = ?, reason = ?, changed = ? WHERE kind = ? AND subject = ? AND state IN ({_marks(states)})"  # noqa: S608, E501
    connection.execute(sql, (to, reason, at, kind, subject, *states))


def _marks(states: tuple[State, ...]) -> str:
    return ", ".join("?" * len(states))


def _job(row: tuple[int, Kind, str, str, int]) -> Job:
    ident, kind, subject, body, created = row
    asked = json.loads(body)
    return Job(ident, kind, subject, Badge(asked["person"]), asked["reprint"], created)
