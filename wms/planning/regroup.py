"""Regrouping: released walks that nobody has begun, put together anew after orders were cancelled or came to lack."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from wms.domain.events import MovedTask, RegroupedBatch, WaveRegrouped
from wms.domain.ids import BatchId, OrderId, TaskId, WaveId
from wms.domain.orders import Order, OrderLine
from wms.domain.rows import need
from wms.domain.waves import Batch, PickTask, TaskStatus, Wave, WaveStatus, is_untouched
from wms.planning.problem import Solution, Trip
from wms.planning.shelves import Take
from wms.planning.supply import Part, Pick
from wms.planning.wave_desk import Desk
from wms.planning.wave_plan import Engine
from wms.planning.wave_trips import CartTrip, stands, trip_of

_Key = tuple[OrderId, int, str, str, int]


def regrouped(desk: Desk, wave: WaveId, engine: Engine, origin: str) -> WaveRegrouped | None:
    """The walks of a wave that nobody has begun, as they are walked best now; None where they are so already.

    Tasks stay what they are: what was reserved for them and what is inspected of them stays. New batches bear `origin`
    in their names, which nobody else may ever have: what another life of the hub says of the old ones never meets them.
    """
    row = desk.rows.get(Wave, wave)
    if row is None or row.status != WaveStatus.RELEASED:
        return None
    old = [batch for batch in desk.rows.where(Batch, wave=wave) if is_untouched(desk.rows, batch)]
    tasks = {batch.id: _open(desk, batch) for batch in old}
    groups = [_parts(desk, held, n) for n, held in enumerate(tasks.values(), 1) if held]
    parts = [part for group in groups for part in group]
    if not old or (not parts and not any(desk.rows.where(PickTask, batch=batch.id) for batch in old)):
        return None
    before = [trip_of(group, desk.walks) for group in groups]
    after = _best(desk, parts, before, engine) if parts else []
    if _ticks(desk, after) >= _ticks(desk, before) and len(groups) == len(old):
        return None
    ids = _ids([task for held in tasks.values() for task in held])
    batches = [_batch(desk, trip, BatchId(f"{wave}-{origin}{n:02d}"), ids) for n, trip in enumerate(after, 1)]
    return WaveRegrouped(wave, tuple(batch.id for batch in old), tuple(batches))


def _open(desk: Desk, batch: Batch) -> list[PickTask]:
    return [task for task in desk.rows.where(PickTask, batch=batch.id) if task.status == TaskStatus.OPEN]


def _parts(desk: Desk, tasks: Sequence[PickTask], n: int) -> list[Part]:
    """What a batch holds, order by order. Two batches may hold parts of one order: `n` tells them apart."""
    by_order: defaultdict[OrderId, list[PickTask]] = defaultdict(list)
    for task in tasks:
        by_order[task.order_id].append(task)
    apart = desk.rules.zones.mode == "split"
    zone = desk.walks.floor.zone_of(tasks[0].place) if apart else ""
    return [
        Part(need(desk.rows, Order, order), tuple(_pick(desk, task) for task in held), n, zone=zone)
        for order, held in by_order.items()
    ]


def _pick(desk: Desk, task: PickTask) -> Pick:
    line = need(desk.rows, OrderLine, task.order_id, task.line)
    return Pick(line, Take(task.place, task.lot, task.quantity, desk.rank(task.place)))


def _best(desk: Desk, parts: Sequence[Part], before: Sequence[CartTrip], engine: Engine) -> list[CartTrip]:
    """Zone by zone where zones are walked apart."""
    after: list[CartTrip] = []
    for zone in sorted({part.zone for part in parts}):
        own = [part for part in parts if part.zone == zone]
        where = {part.key: n for n, part in enumerate(own)}
        trips = [trip for trip in before if trip.parts[0].zone == zone]
        now = tuple(Trip(tuple(where[part.key] for part in trip.parts), trip.route, trip.length) for trip in trips)
        found = engine(desk.problem(own), desk.rules.planning, Solution(now, 0, 0))
        after += [trip_of((own[job] for job in trip.jobs), desk.walks) for trip in found.trips]
    return after if _ticks(desk, after) < _ticks(desk, before) else list(before)


def _ticks(desk: Desk, trips: Sequence[CartTrip]) -> int:
    return sum(desk.duration(trip.length, len(trip.picks)) for trip in trips)


def _ids(tasks: Sequence[PickTask]) -> dict[_Key, list[TaskId]]:
    found: defaultdict[_Key, list[TaskId]] = defaultdict(list)
    for task in sorted(tasks, key=lambda task: task.id, reverse=True):
        found[task.order_id, task.line, task.place, task.lot, task.quantity].append(task.id)
    return found


def _batch(desk: Desk, trip: CartTrip, name: BatchId, ids: dict[_Key, list[TaskId]]) -> RegroupedBatch:
    slots, walked = stands(trip, desk.loads, desk.walks)
    tasks = tuple(
        MovedTask(
            ids[s.pick.line.order_id, s.pick.line.n, s.pick.take.place, s.pick.take.lot, s.pick.take.quantity].pop(),
            s.sequence,
            s.slot,
        )
        for s in walked
    )
    return RegroupedBatch(name, trip.ship_by, slots, tasks, trip.length)
