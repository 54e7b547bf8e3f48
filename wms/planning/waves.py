"""Waves: ready orders become waves of one category, batches for carts, and pick tasks in walking order.

`Planner` is the surface; `EarliestFirst` is the plain planner behind it: the order due first gets its stock first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Protocol, TypeVar

from wms.domain.events import PlannedBatch, PlannedTask, WaveReleased
from wms.domain.ids import BatchId, CategoryCode, OrderId, TaskId, WaveId
from wms.domain.orders import Order, OrderLine
from wms.domain.rows import Rows
from wms.domain.waiting import to_plan
from wms.planning.rules import rules_of
from wms.planning.shelves import Shelves, Take
from wms.planning.supply import due, lacking

if TYPE_CHECKING:
    from wms.planning.figures import PlanFigures

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class WavePolicy:
    """What the site decides: how many orders make a wave, how many totes a cart carries, and within how many
    seconds of each other two ship-by times count as the same when orders are put together for a short walk."""

    max_orders_per_wave: int = 60
    slots_per_cart: int = 12
    same_ship_by_s: int = 3600


def policy_of(rows: Rows, orders: int = 0, slots: int = 0) -> WavePolicy:
    """What the site's rules say, where nobody says something else."""
    rules = rules_of(rows)
    return WavePolicy(orders or rules.waves.orders, slots or rules.cart.slots, rules.waves.same_ship_by_minutes * 60)


@dataclass(frozen=True, slots=True)
class Plan:
    """Waves to release, and the orders left out, each with its reasons (`wms.domain.reasons`, joined by commas)."""

    waves: tuple[WaveReleased, ...]
    left: tuple[tuple[OrderId, str], ...]
    figures: PlanFigures | None = None  # by planners that measure


class Planner(Protocol):
    """Plans every ready order and every pre-sale whose day has come, or only those of one `category` ('' is the group
    of orders that span categories).

    `now` is UTC seconds and `zone` the site's IANA time zone: together they say what day it is, hence which lots have
    expired. Waves are numbered from `first_wave`. The same rows give the same plan.
    """

    def plan(
        self,
        rows: Rows,
        now: int,
        policy: WavePolicy,
        first_wave: int,
        zone: str,
        category: CategoryCode | None = None,
    ) -> Plan: ...


@dataclass(frozen=True, slots=True)
class _Supplied:
    """An order with all its stock found."""

    order: Order
    takes: tuple[tuple[OrderLine, Take], ...]

    @property
    def nearest(self) -> tuple[int, str]:
        """Where its walk begins."""
        return min((take.sequence, take.place) for _, take in self.takes)


class EarliestFirst:
    """Stock goes to the order due first; orders due about the same time that begin close together share a cart."""

    def plan(
        self,
        rows: Rows,
        now: int,
        policy: WavePolicy,
        first_wave: int,
        zone: str,
        category: CategoryCode | None = None,
    ) -> Plan:
        shelves = Shelves(rows, now, zone)
        supplied: list[_Supplied] = []
        left: list[tuple[OrderId, str]] = []
        ready = [o for o in to_plan(rows, now) if category is None or o.category == category]
        for order in sorted(ready, key=due):
            found = _supply(rows, shelves, order)
            if isinstance(found, str):
                left.append((order.id, found))
            else:
                supplied.append(found)
        groups = sorted(_wave_groups(supplied, policy.max_orders_per_wave), key=lambda group: due(group[0].order))
        waves = tuple(_wave(group, number, policy) for number, group in enumerate(groups, first_wave))
        return Plan(waves, tuple(left))


def _supply(rows: Rows, shelves: Shelves, order: Order) -> _Supplied | str:
    """All stock of an order, or the reasons why it can't be had (then nothing was taken)."""
    lines = [line for line in rows.where(OrderLine, order_id=order.id) if line.quantity > 0]
    if reasons := lacking(rows, shelves, lines):
        return reasons
    takes = tuple((line, take) for line in lines for take in shelves.take(line.sku, line.quantity))
    return _Supplied(order, takes)


def _wave_groups(supplied: Sequence[_Supplied], size: int) -> Iterator[Sequence[_Supplied]]:
    """Chunks of one category each, in the order they are due."""
    by_category = sorted(supplied, key=lambda s: (s.order.category, due(s.order)))
    for _, group in groupby(by_category, key=lambda s: s.order.category):
        yield from _chunks(list(group), size)


def _chunks(things: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(things), size):
        yield things[start : start + size]


def _wave(group: Sequence[_Supplied], number: int, policy: WavePolicy) -> WaveReleased:
    wave = WaveId(f"W{number:04d}")
    close = sorted(group, key=lambda s: (s.order.ship_by // policy.same_ship_by_s, s.nearest, s.order.id))
    batches = tuple(
        _batch(orders, BatchId(f"{wave}-{n:02d}")) for n, orders in enumerate(_chunks(close, policy.slots_per_cart), 1)
    )
    first = group[0].order
    return WaveReleased(wave, first.category, first.ship_by, batches)


def _batch(orders: Sequence[_Supplied], batch: BatchId) -> PlannedBatch:
    stops = [(take, line, slot) for slot, s in enumerate(orders, 1) for line, take in s.takes]
    stops.sort(key=lambda stop: (stop[0].sequence, stop[0].place, stop[1].sku, stop[0].lot, stop[2], stop[1].n))
    tasks = tuple(
        PlannedTask(
            task_id(batch, n),
            line.order_id,
            line.n,
            line.sku,
            take.place,
            take.lot,
            take.quantity,
            take.sequence,
            slot,
        )
        for n, (take, line, slot) in enumerate(stops, 1)
    )
    return PlannedBatch(batch, min(s.order.ship_by for s in orders), tuple(s.order.id for s in orders), tasks)


def task_id(batch: BatchId, n: int) -> TaskId:
    return TaskId(f"{batch}-{n:03d}")
