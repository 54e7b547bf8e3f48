"""The work under way as a supervisor sees it: who walks which batch and until when, which bench packs which order, and
giving it to somebody else."""

from __future__ import annotations

from typing import TypeAlias

from wms.domain import commands as c
from wms.domain.catalogue import Person
from wms.domain.ids import Badge, BatchId, DeviceId
from wms.domain.mending import Surplus
from wms.domain.orders import OrderLine
from wms.domain.packing import PackJob
from wms.domain.review import Presence
from wms.domain.rows import Rows
from wms.domain.waves import Batch, BatchStatus, PickTask, TaskStatus, Wave
from wms.workflows.conflicts import Decision, name_of, order_name
from wms.workflows.prompt import Msg, msg
from wms.workflows.say import category_name

SHOWN = 9
PEOPLE = 7


Work: TypeAlias = Batch | PackJob


def under_way(rows: Rows) -> list[Work]:
    """Walks by ship-by, then orders on benches, the longest first."""
    walks = sorted(rows.where(Batch, status=BatchStatus.CLAIMED), key=lambda batch: (batch.ship_by, batch.id))
    jobs = sorted((job for job in rows.all(PackJob) if job.device), key=lambda job: (job.started, job.order_id))
    found: list[Work] = [*walks]
    return [*found, *jobs][:SHOWN]


def same(one: Work, other: Work | None) -> bool:
    """Whether it is the same work, however far it has come."""
    if isinstance(one, Batch):
        return isinstance(other, Batch) and one.id == other.id
    return isinstance(other, PackJob) and one.order_id == other.order_id


def line(work: Work, rows: Rows, now: int) -> Msg:
    name = name_of(rows, work.person)
    if isinstance(work, PackJob):
        return msg("{order}  {name} at {device}", order=order_name(rows, work.order_id), name=name, device=work.device)
    if work.has_lapsed(now):
        return msg("{walk}  {name}: not heard of for too long", walk=work.id, name=name)
    done, total = _progress(work, rows)
    return msg("{walk}  {name}  {done}/{total}", walk=work.id, name=name, done=done, total=total)


def _progress(batch: Batch, rows: Rows) -> tuple[int, int]:
    tasks = rows.where(PickTask, batch=batch.id)
    return sum(task.status != TaskStatus.OPEN for task in tasks), len(tasks)


def facts(work: Work, rows: Rows, now: int) -> tuple[Msg, ...]:
    """Where it stands, and what is at stake in taking it away."""
    return _on_bench(work, rows, now) if isinstance(work, PackJob) else _on_cart(work, rows, now)


def _on_bench(job: PackJob, rows: Rows, now: int) -> tuple[Msg, ...]:
    lines = rows.where(OrderLine, order_id=job.order_id)
    done, total = sum(line.packed for line in lines), sum(line.picked for line in lines)
    return (
        msg("Order {order}", order=order_name(rows, job.order_id)),
        msg("By {name} at {device}", name=name_of(rows, job.person), device=job.device),
        msg("For {n} min", n=max(now - job.started, 0) // 60),
        msg("{done} of {total} units packed", done=done, total=total),
        msg("Bring its tote and parcels to the bench that goes on"),
    )


def _on_cart(batch: Batch, rows: Rows, now: int) -> tuple[Msg, ...]:
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


def ways(work: Work, rows: Rows) -> tuple[Decision, ...]:
    """To whoever comes next, or to one of the pickers at work."""
    if isinstance(work, PackJob):
        free_it = c.GiveToBench(work.order_id, DeviceId(""))
        return (Decision(msg("To any bench"), lambda _: (free_it,)),)
    batch = work
    pickers = [one.person for one in rows.all(Presence) if one.role == "pick" and one.person != batch.person]
    free = dict.fromkeys(p for p in pickers if not rows.where(Batch, person=p, status=BatchStatus.CLAIMED))
    known = [Badge(badge) for badge in free if rows.get(Person, badge) is not None][:PEOPLE]
    return (_give(msg("To the next picker"), batch.id, Badge("")), *(_to(rows, batch.id, badge) for badge in known))


def _to(rows: Rows, batch: BatchId, badge: Badge) -> Decision:
    return _give(msg("To {name}", name=name_of(rows, badge)), batch, badge)


def _give(label: Msg, batch: BatchId, badge: Badge) -> Decision:
    return Decision(label, lambda _: (c.ReassignBatch(batch, badge),))
