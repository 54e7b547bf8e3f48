"""What was to be looked at and is settled: a label's review ends when nothing is to be looked at any more, and looking
ends when its review is closed.

Queues, other programs and people go on meanwhile. So what was read is judged again in the transaction that writes.
"""

from __future__ import annotations

import contextlib
from typing import Any

from wms.domain.commands import CloseReview
from wms.domain.ids import Badge
from wms.domain.review import Review
from wms.printing import jobs
from wms.printing.jobs import Job, Overtaken
from wms.store import Store
from wms.store.tables import SqliteRows
from wms.workflows.handling import Outcome


def settle_reviews(store: Store) -> None:
    rows = store.rows
    for job in jobs.in_state(rows.connection, "failed"):
        if not _waits_for_somebody(rows, job):
            _end_look(store, job)
    for review in rows.where(Review, open=True):
        if (person := _settled_for(store, rows, review)) is not None:
            _close(store, review, person)


def _waits_for_somebody(rows: SqliteRows, job: Job) -> bool:
    """Whether the review of that failed job is open."""
    review = rows.get(Review, f"label/{job.subject}")
    return review is not None and review.open


def _end_look(store: Store, job: Job) -> None:
    at = store.clock()

    def end(connection: Any) -> None:
        if not _waits_for_somebody(SqliteRows(connection), job):
            jobs.put(connection, job, "cancelled", "looked at", at)

    store.writer.do(end)


def _settled_for(store: Store, rows: SqliteRows, review: Review) -> Badge | None:
    """In whose name that review may end; None where it may not. What another terminal raised is settled there, and what
    was raised before this one had another name, by a person: here nothing is known of that paper."""
    if review.kind != "label" or review.device != store.device:
        return None
    return jobs.settled_for(rows.connection, review.subject, review.at)


def _close(store: Store, review: Review, person: Badge) -> None:
    def require_settled(connection: Any, _: Outcome) -> None:
        rows = SqliteRows(connection)
        now = rows.get(Review, review.id)
        if now is None or _settled_for(store, rows, now) is None:
            raise Overtaken

    with contextlib.suppress(Overtaken):
        store.execute(CloseReview(review.id, "settled at the printer"), person, beside=require_settled)
