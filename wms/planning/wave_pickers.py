"""Who walks the tours of a plan, and from when on they are free."""

from __future__ import annotations

from wms.domain.catalogue import Role
from wms.domain.review import Presence
from wms.domain.rows import Rows
from wms.domain.waves import Batch, BatchStatus, PickTask, TaskStatus
from wms.planning.problem import Picker
from wms.planning.rules import PlanningRules
from wms.planning.site_walks import TICKS


def pickers_of(rows: Rows, rules: PlanningRules, speed: int, queued: int) -> tuple[Picker, ...]:
    """As many as the rules say, those signed in for picking first; without a number just those, or one.

    Each is free once the walk in hand and what is `queued` (ticks) are done. `speed` in millimetres a second.
    """
    names = _names(rows, rules)
    busy = {batch.person: _left(rows, batch, rules, speed) for batch in rows.where(Batch, status=BatchStatus.CLAIMED)}
    return tuple(
        Picker(name, busy.get(name, 0) + queued, rules.pickers.speed.get(name, 100))  # type: ignore[call-overload]
        for name in names
    )


def queued_of(rows: Rows, rules: PlanningRules, speed: int) -> int:
    """Ticks of the walks that were released and nobody has begun: the share of each, for all walk them."""
    waiting = sum(_left(rows, batch, rules, speed) for batch in rows.where(Batch, status=BatchStatus.OPEN))
    return waiting // len(_names(rows, rules))


def _names(rows: Rows, rules: PlanningRules) -> list[str]:
    here = dict.fromkeys(one.person for one in rows.all(Presence) if one.role == Role.PICKER)
    wanted = rules.pickers.number or max(1, len(here))
    return [*here, *(f"picker {n}" for n in range(len(here) + 1, wanted + 1))][:wanted]


def _left(rows: Rows, batch: Batch, rules: PlanningRules, speed: int) -> int:
    """Ticks of work that a walk still takes."""
    tasks = rows.where(PickTask, batch=batch.id)
    left = sum(task.status == TaskStatus.OPEN for task in tasks)
    if not left:
        return 0
    walk = batch.walk_mm * left // len(tasks) * TICKS // speed
    return walk + (rules.walking.line_seconds * left + rules.walking.tour_seconds) * TICKS
