"""What this device still has to print: rows of `print_job`, written in the transactions of the facts that ask for them.

queued → sending → sent (everything went out) or printed (the printer said so) → verified (the label was scanned).
`failed`: nobody knows what is on paper, or it can't be made; a person is asked to look, and it is never sent again.
`cancelled`: not wanted any more, or another label has taken its place.
"""

from __future__ import annotations

import json
from typing import Any, Literal, TypeAlias

from wms.domain.events import Fact, LabelRequested, LabelVerified, LabelVoided, ManifestClosed
from wms.domain.ids import Badge, ManifestId
from wms.domain.orders import Order
from wms.domain.packing import Parcel, ParcelStatus
from wms.domain.records import Record
from wms.domain.rows import Rows
from wms.store.tables import SqliteRows

Kind: TypeAlias = Literal["label", "manifest"]
State: TypeAlias = Literal["queued", "sending", "sent", "printed", "verified", "failed", "cancelled"]
OPEN: tuple[State, ...] = ("queued", "sending", "sent", "printed", "failed")
SETTLED: tuple[State, ...] = ("verified", "cancelled")


class Job(Record):
    """`subject` is a parcel or a manifest, `person` who asked, `created` and `changed` UTC milliseconds.

    `printer` is the one it was sent or rerouted to, '' for the usual one of its kind; `reason` says why it is asked
    for again, `note` why it stands as it stands; `epoch` is the life of the database in which it was asked for.
    `waybill` is the number its label bears; '' for a slip, and where that was not written down.
    """

    id: int
    kind: Kind
    subject: str
    person: Badge
    reprint: bool
    created: int
    state: State = "queued"
    printer: str = ""
    reason: str = ""
    note: str = ""
    attempts: int = 0
    changed: int = 0
    epoch: int = 0
    waybill: str = ""


class Unprintable(Exception):
    """A job that can't be made as asked: `field` names what stands in the way, `reason` says why, in English."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field, self.reason = field, reason


class Overtaken(Exception):
    """What was to be written down is not so any more."""


def accompany(connection: Any, fact: Fact) -> None:
    """Beside each own fact: a new job, or the end of old ones.

    A label takes the place of every earlier one of its parcel: two labels of one parcel are one too many. It is a
    reprint if one of those was ever sent.
    """
    match fact.body:
        case LabelRequested(parcel=parcel):
            _end(connection, parcel, OPEN, "cancelled", "reprinted", fact.at)
            body = fact.body
            again = body.reprint and _was_sent(connection, parcel)
            row = SqliteRows(connection).get(Parcel, parcel)
            number = row.waybill if row is not None else ""
            add(connection, "label", parcel, fact.person, fact.at, fact.key.epoch, again, body.reason, number)
        case LabelVerified(parcel=parcel):
            _end(connection, parcel, ("queued",), "cancelled", "verified", fact.at)
            _end(connection, parcel, OPEN, "verified", "", fact.at)
        case LabelVoided(parcel=parcel):
            _end(connection, parcel, (*OPEN, "verified"), "cancelled", "void", fact.at)
            connection.execute("DELETE FROM print_kept WHERE kind = 'label' AND subject = ?", (parcel,))
        case ManifestClosed(manifest=manifest, signed_by=courier) if courier:
            add(connection, "manifest", manifest, fact.person, fact.at, fact.key.epoch)


def add(
    connection: Any,
    kind: Kind,
    subject: str,
    person: Badge,
    at: int,
    epoch: int,
    reprint: bool = False,
    reason: str = "",
    waybill: str = "",
) -> None:
    body = json.dumps({"person": person, "reprint": reprint, "reason": reason, "waybill": waybill})
    connection.execute(
        "INSERT INTO print_job (kind, subject, body, state, created, changed, epoch)"
        " VALUES (?, ?, ?, 'queued', ?, ?, ?)",
        (kind, subject, body, at, at, epoch),
    )


def slip_again(connection: Any, manifest: ManifestId, person: Badge, at: int, epoch: int, reason: str = "") -> None:
    """Another slip of a manifest, in the place of those before it."""
    _end(connection, manifest, OPEN, "cancelled", "reprinted", at, "manifest")
    add(connection, "manifest", manifest, person, at, epoch, True, reason)


def in_state(connection: Any, *states: State) -> list[Job]:
    """In the order they were asked for."""
    return _jobs(connection, f"state IN ({_marks(states)})", states)


def every(connection: Any) -> list[Job]:
    """All that are kept, in the order they were asked for."""
    return _jobs(connection, "1", ())


def named(connection: Any, job: int) -> Job | None:
    """The job of that number."""
    return next(iter(_jobs(connection, "id = ?", (job,))), None)


def of(connection: Any, kind: Kind, subject: str) -> list[Job]:
    """All of one parcel or manifest, the newest last."""
    return _jobs(connection, "kind = ? AND subject = ?", (kind, subject))


def never_sent(connection: Any, queued: list[Job]) -> list[Job]:
    """Those of these waiting labels of whose number nothing was ever sent."""

    def went(label: Job) -> bool:
        others = of(connection, "label", label.subject)
        return any(one.id != label.id and one.attempts and one.waybill in ("", label.waybill) for one in others)

    return [job for job in queued if job.kind == "label" and not went(job)]


def copies_before(connection: Any, job: Job) -> int:
    """How often the same was asked for before."""
    sql = "SELECT count(*) FROM print_job WHERE kind = ? AND subject = ? AND id < ?"
    return int(connection.execute(sql, (job.kind, job.subject, job.id)).fetchone()[0])


def settled_for(connection: Any, subject: str, since: int) -> Badge | None:
    """Who asked last for that paper, where all that was to be looked at since then (UTC seconds) is settled; else None.

    A restored copy does not know of what broke after it was made: what it has was settled, if at all, before."""
    known = _jobs(connection, "kind IN ('label', 'manifest') AND subject = ?", (subject,))
    settled = any(job.state in SETTLED and job.changed // 1000 >= since for job in known)
    return known[-1].person if settled and all(job.state != "failed" for job in known) else None


def is_over(connection: Any, job: Job) -> bool:
    """Whether something has happened meanwhile that makes its fate known."""
    row = connection.execute("SELECT state FROM print_job WHERE id = ?", (job.id,)).fetchone()
    return row is None or row[0] in SETTLED


def take(connection: Any, job: Job, printer: str, at: int) -> bool:
    """Say that it goes to that printer now; False if it is not waiting any more, or was rerouted meanwhile."""
    sql = (
        "UPDATE print_job SET state = 'sending', attempts = attempts + 1, printer = ?, reason = '', changed = ?"
        " WHERE id = ? AND state = 'queued' AND printer = ?"
    )
    return bool(connection.execute(sql, (printer, at, job.id, job.printer)).rowcount)


def put(connection: Any, job: Job, state: State, reason: str, at: int) -> None:
    """What became of it. A label that was scanned or replaced meanwhile stays so."""
    sql = (
        "UPDATE print_job SET state = ?, reason = ?, changed = ?"
        " WHERE id = ? AND state NOT IN ('verified', 'cancelled')"
    )
    connection.execute(sql, (state, reason, at, job.id))


def reroute(connection: Any, waiting: list[Job], printer: str, at: int) -> int:
    """Give waiting jobs to another printer; those that are under way meanwhile stay. Returns how many went."""
    sql = "UPDATE print_job SET printer = ?, changed = ? WHERE id = ? AND state = 'queued'"
    return sum(connection.execute(sql, (printer, at, job.id)).rowcount for job in waiting)


def unwanted(rows: Rows, job: Job) -> str:
    """Why a waiting job must not be printed any more, '' if it may."""
    if job.kind != "label":
        return ""
    parcel = rows.get(Parcel, job.subject)
    order = rows.get(Order, parcel.order_id) if parcel is not None else None
    if order is not None and order.stop:
        return str(order.stop)
    return "void" if parcel is not None and parcel.status == ParcelStatus.VOID else ""


def forget_settled(connection: Any, before: int) -> None:
    """Jobs that ended before that time (UTC ms), or went out and were never to be scanned, leave the list."""
    states = (*SETTLED, "sent", "printed")
    connection.execute(
        f"DELETE FROM print_job WHERE state IN ({_marks(states)}) AND changed < ?",  # noqa: S608
        (*states, before),
    )


def _was_sent(connection: Any, parcel: str) -> bool:
    sql = "SELECT 1 FROM print_job WHERE kind = 'label' AND subject = ? AND attempts > 0"
    return connection.execute(sql, (parcel,)).fetchone() is not None


def _end(
    connection: Any, subject: str, states: tuple[State, ...], to: State, reason: str, at: int, kind: Kind = "label"
) -> None:
    sql = f"UPDATE print_job SET state = ?, reason = ?, changed = ? WHERE kind = ? AND subject = ? AND state IN ({_marks(states)})"  # noqa: S608, E501
    connection.execute(sql, (to, reason, at, kind, subject, *states))


def _marks(values: tuple[object, ...]) -> str:
    return ", ".join("?" * len(values))


def _jobs(connection: Any, where: str, values: tuple[object, ...]) -> list[Job]:
    columns = "id, kind, subject, body, created, state, printer, reason, attempts, changed, epoch"
    sql = f"SELECT {columns} FROM print_job WHERE {where} ORDER BY id"  # noqa: S608
    return [_job(row) for row in connection.execute(sql, values)]


def _job(row: tuple[Any, ...]) -> Job:
    ident, kind, subject, body, created, state, printer, note, attempts, changed, epoch = row
    asked = json.loads(body)
    who, why, number = Badge(asked["person"]), asked.get("reason", ""), asked.get("waybill", "")
    return Job(
        ident,
        kind,
        subject,
        who,
        asked["reprint"],
        created,
        state,
        printer,
        why,
        note,
        attempts,
        changed,
        epoch,
        number,
    )
