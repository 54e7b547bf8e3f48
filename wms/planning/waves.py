"""Waves: ready orders become waves, batches for carts, and pick tasks in walking order; `Planner` is the surface."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from wms.domain.events import WaveReleased
from wms.domain.ids import BatchId, CategoryCode, OrderId, TaskId
from wms.domain.rows import Rows
from wms.planning.rules import rules_of

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


def task_id(batch: BatchId, n: int) -> TaskId:
    return TaskId(f"{batch}-{n:03d}")
