"""What went to a printer, kept for the retention time, so that a reprint is the same label under a visible mark.

Bytes that name a person are sealed with the key of the person's order: destroying it destroys them too.
"""

from __future__ import annotations

import zlib
from typing import Any

from wms.domain.orders import Recipient
from wms.domain.packing import Parcel
from wms.domain.records import Record
from wms.printing.jobs import Job
from wms.store.sealing import key_of, seal_beside, unseal_beside
from wms.store.tables import SqliteRows

DAY_MS = 86_400_000


class Kept(Record):
    """A job's bytes as they are kept. `key` names the key they are sealed with, '' if they name nobody."""

    profile: str
    key: str
    data: bytes


def keep(rows: SqliteRows, job: Job, profile: str, data: bytes) -> Kept | None:
    """None where the person was erased meanwhile."""
    packed, key = zlib.compress(data), _key(rows, job)
    if not key:
        return Kept(profile, "", packed)
    sealed = seal_beside(rows, key, packed, _about(job))
    return None if sealed is None else Kept(profile, key, sealed)


def put(connection: Any, job: Job, kept: Kept, at: int) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO print_kept (job, kind, subject, profile, key, data, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (job.id, job.kind, job.subject, kept.profile, kept.key, kept.data, at),
    )


def printed_before(rows: SqliteRows, job: Job, profile: str) -> bytes | None:
    """What that printer's model got for the first label of the same; None where nothing is kept that it could print."""
    row = rows.connection.execute(
        "SELECT key, data FROM print_kept WHERE kind = ? AND subject = ? AND profile = ? ORDER BY job LIMIT 1",
        (job.kind, job.subject, profile),
    ).fetchone()
    if row is None:
        return None
    key, data = row
    opened = unseal_beside(rows, key, data, _about(job)) if key else data
    return None if opened is None else zlib.decompress(opened)


def forget_old(connection: Any, before: int) -> None:
    """Leave nothing older than that time (UTC ms), and nothing of those who were erased."""
    connection.execute(
        "DELETE FROM print_kept WHERE at < ? OR (key != '' AND NOT EXISTS"
        " (SELECT 1 FROM sealing_key WHERE subject = print_kept.key AND sealing_key.key IS NOT NULL))",
        (before,),
    )


def _about(job: Job) -> str:
    return f"{job.kind} of {job.subject}"


def _key(rows: SqliteRows, job: Job) -> str:
    parcel = rows.get(Parcel, job.subject) if job.kind == "label" else None
    recipient = rows.get(Recipient, parcel.order_id) if parcel is not None else None
    return key_of(recipient.order_id, recipient.sealed) if recipient is not None else ""
