"""What `wms plan solve` says at the end: of a plan, or why there is none."""

from __future__ import annotations

import re
from argparse import Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from wms.cli.output import Refusal, emit, emit_line

if TYPE_CHECKING:
    from wms.planning.instance import Instance
    from wms.planning.problem import Infeasible, Solution


def tell(options: Namespace, instance: Instance, solution: Solution, seconds: float) -> None:
    less = less_percent(solution.cost, solution.start_cost)
    found = {
        "instance": instance.id,
        "file": options.output,
        "objective": solution.cost / instance.ticks,
        "start": solution.start_cost / instance.ticks,
        "less_percent": None if less is None else round(less, 2),
        "orders": len(instance.orders),
        "batches": len(solution.trips),
        "seconds": round(seconds, 2),
        "seed": options.seed,
        "engine": solution.engine,
        "troubles": _troubles(instance),
    }
    what = "working time" if instance.problem.pickers else "distance"
    compared = (
        "the first plan took less, but orders were late in it"
        if less is None
        else f"{less:.1f} % less than at the start"
    )
    emit(
        options,
        found,
        lambda: (
            f"{safe(options.output)}: {_counted(len(instance.orders), 'order')} in "
            f"{_counted(len(solution.trips), 'batch', 'batches')}, {what} "
            f"{found['objective']:,.2f} ({compared}), {seconds:.1f} s"
        ),
    )


def less_percent(cost: int, start: int) -> float | None:
    """What was saved. None where the first plan cost less: only one that keeps promises worse can."""
    if cost > start:
        return None
    return 100 * (1 - cost / start) if start else 0.0


def refuse_left(options: Namespace, instance: Instance) -> Refusal:
    """Orders were left out when the file was read: a plan without them would be none of the file."""
    _tell_none(options, instance, [])
    left, all_of_it = len(instance.left), len(instance.left) + len(instance.orders)
    rest = "; without them in the file the rest can be planned" if instance.orders else ""
    return Refusal(f"{left} of {_counted(all_of_it, 'order')} can't be planned, nothing was written{rest}")


def refuse(options: Namespace, instance: Instance, error: Infeasible) -> Refusal:
    """No plan was found that keeps to the rules."""
    ids = {job.name: order for job, order in zip(instance.problem.jobs, instance.orders, strict=True)}
    reasons = [(name, _in_units(reason, instance.ticks)) for name, reason in error.jobs]
    _tell_none(options, instance, [{"order": ids.get(row), "row": row, "reason": reason} for row, reason in reasons])
    perhaps = sum("in the best plan found" in reason for _, reason in error.jobs)
    late = f"{_counted(perhaps, 'order')} {'is' if perhaps == 1 else 'are'} late in the best one found"
    more = f": {late}; more time or pickers may help" if perhaps else ""
    named = "".join(f"\nwms: {safe(row)}: {safe(reason)}" for row, reason in reasons)
    return Refusal(f"no plan was found that keeps to the rules, nothing was written{more}{named}")


def safe(text: str) -> str:
    from wms.terminal.text import safe

    return safe(text)


def _counted(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or f'{one}s'}"


def _tell_none(options: Namespace, instance: Instance, late: Sequence[dict[str, Any]]) -> None:
    if options.json:
        none = {"instance": instance.id, "file": None, "orders": len(instance.orders), "seed": options.seed}
        left = [{"order": left.order, "row": left.row, "reason": left.reason} for left in instance.left]
        emit_line({**none, "troubles": _troubles(instance), "left": left, "late": late})


def _troubles(instance: Instance) -> list[dict[str, Any]]:
    return [{"row": one.row, "says": one.says} for one in instance.troubles]


def _in_units(reason: str, ticks: int) -> str:
    """The engines count in ticks: what they say of times is said here as the file has them."""
    if not reason.startswith("due at "):
        return reason
    return re.sub(r"\d+", lambda found: f"{int(found[0]) / ticks:g}", reason)
