"""The walks under way as a supervisor sees them: who has which, until when, and giving one to somebody else."""

from __future__ import annotations

from wms.domain import commands as c
from wms.domain.catalogue import Person
from wms.domain.ids import Badge, BatchId
from wms.domain.mending import Surplus
from wms.domain.review import Presence
from wms.domain.rows import Rows
from wms.domain.waves import Batch, BatchStatus, PickTask, TaskStatus, Wave
from wms.workflows.conflicts import Decision, name_of
from wms.workflows.prompt import Msg, msg
from wms.workflows.say import category_name

SHOWN = 9
PEOPLE = 7


def claimed(rows: Rows) -> list[Batch]:
    return sorted(rows.where(Batch, status=BatchStatus.CLAIMED), key=lambda batch: (batch.ship_by, batch.id))[:SHOWN]


def line(batch: Batch, rows: Rows, now: int) -> Msg:
    name = name_of(rows, batch.person)
    if batch.has_lapsed(now):
        return msg("{walk}  {name}: not heard of for too long", walk=batch.id, name=name)
    done, total = _progress(batch, rows)
    return msg("{walk}  {name}  {done}/{total}", walk=batch.id, name=name, done=done, total=total)


def _progress(batch: Batch, rows: Rows) -> tuple[int, int]:
    tasks = rows.where(PickTask, batch=batch.id)
    return sum(task.status != TaskStatus.OPEN for task in tasks), len(tasks)


def facts(batch: Batch, rows: Rows, now: int) -> tuple[Msg, ...]:
    """Where it stands, on which cart, and what is at stake in taking it away."""
    wave, (done, total) = rows.get(Wave, batch.wave), _progress(batch, rows)
    name, minutes = name_of(rows, batch.person), (batch.until - now) // 60
    lease = msg("The lease has ended") if minutes < 0 else msg("The lease ends in {n} min", n=minutes)
    spare = sum(row.quantity for row in rows.where(Surplus, person=batch.person))
    return (
        msg("{walk} {category}", walk=batch.id, category=category_name(rows, wave.category if wave else "")),
        msg("With {name} at {device}, cart {cart}", name=name, device=batch.device, cart=batch.cart),
        msg("{done} of {total} lines", done=done, total=total),
        *((lease,) if batch.until else ()),
        *((msg("{n} units too many in that hand", n=spare),) if spare else ()),
        msg("What was picked and not sent yet comes later and is put back where it is too much"),
    )


def ways(batch: Batch, rows: Rows) -> tuple[Decision, ...]:
    """To whoever comes next, or to one of the pickers at work."""
    pickers = [one.person for one in rows.all(Presence) if one.role == "pick" and one.person != batch.person]
    free = dict.fromkeys(p for p in pickers if not rows.where(Batch, person=p, status=BatchStatus.CLAIMED))
    known = [Badge(badge) for badge in free if rows.get(Person, badge) is not None][:PEOPLE]
    return (_give(msg("To the next picker"), batch.id, Badge("")), *(_to(rows, batch.id, badge) for badge in known))


def _to(rows: Rows, batch: BatchId, badge: Badge) -> Decision:
    return _give(msg("To {name}", name=name_of(rows, badge)), batch, badge)


def _give(label: Msg, batch: BatchId, badge: Badge) -> Decision:
    return Decision(label, lambda _: (c.ReassignBatch(batch, badge),))
