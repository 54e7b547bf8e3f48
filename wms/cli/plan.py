"""`wms plan`: the planner alone, from a file to a file."""

from __future__ import annotations

import math
import sys
import time
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wms.cli.output import Refusal, emit
from wms.cli.parsing import command, group
from wms.cli.plan_told import refuse, refuse_left, safe, tell

if TYPE_CHECKING:
    from wms.planning.instance import Instance
    from wms.planning.problem import Solution

MOST_SECONDS = 86_400
_MENDING_S = 0.5  # for carts that hold their loads exactly, but not as binary fractions are added

SOLVE = """\
  {"instance": "day-17", "file": "solution.json", "objective": 1064.49, "start": 1117.99, "less_percent": 4.79,
   "orders": 20, "batches": 6, "seconds": 10.4, "seed": 0, "engine": "compiled",
   "troubles": [{"row": "layout.edges[7]", "says": "the length -3 is negative; the edge is left out"}]}

Reads and writes the format planning-bench/1. `objective` is the distance or the working time of the plan, `start` that
of the first one found, which the search went on from; `less_percent` is null where that took less, but made somebody
late. Exit code 1, and nothing is written, where orders can't be planned at all (`left`), or where no plan was found
that keeps to the rules (`late`):

  {"instance": "day-17", "file": null, "orders": 20, "seed": 0, "troubles": [],
   "left": [{"order": 17, "row": "orders[3] (id 17)", "reason": "SKU 88 has no place"}],
   "late": [{"order": 12, "row": "orders[1] (id 12)",
             "reason": "due at 900, but back at 950.5 in the best plan found"}]}"""


PREPARE = """\
  {"ready": true, "before": false, "seconds": 31.4}

`before` says that there was nothing left to do."""


def add(top: ArgumentParser, commands: Any) -> None:
    plans = group(commands, "plan", "the planner alone, on files")
    solving = command(plans, "solve", "put orders together into short trips", solve, SOLVE)
    solving.add_argument("instance", metavar="INSTANCE", help="a JSON file of the format planning-bench/1")
    solving.add_argument("-o", "--output", required=True, metavar="SOLUTION", help="the file to write")
    solving.add_argument(
        "--seconds", type=_seconds, default=10.0, metavar="S", help="to search for (default: 10); 0 for the first plan"
    )
    solving.add_argument("--seed", type=_seed, default=0, metavar="N", help="of all chance (default: 0)")
    solving.add_argument("--start", metavar="SOLUTION", help="an earlier solution to go on from")
    command(
        plans,
        "prepare",
        "compile the planner for this machine now, which the first plan else waits for",
        prepare,
        PREPARE,
    )


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds <= MOST_SECONDS:
        raise ArgumentTypeError(f"must be a number from 0 to {MOST_SECONDS}, not {text!r}")
    return seconds


def _seed(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text[:12]) < 2**32 and len(text) <= 12):
        raise ArgumentTypeError(f"must be a whole number from 0 to {2**32 - 1}, not {text!r}")
    return int(text)


def solve(options: Namespace) -> int:
    from wms.cli.plan_files import target_of, write
    from wms.planning.instance_solution import document
    from wms.planning.verify import faults

    began = time.perf_counter()
    target = target_of(options.output, options.instance)
    instance = _read(options.instance)
    start = _start(options.start, instance) if options.start else None
    _name(instance)
    if instance.left:
        raise refuse_left(options, instance)
    solution = _search(options, instance, start)
    if wrong := faults(instance.problem, solution):
        raise Refusal(f"the plan that was found is wrong and was not written: {'; '.join(wrong[:5])}")
    seconds = time.perf_counter() - began
    write(target, document(instance, solution, seconds, f"wms ({solution.engine})"))
    tell(options, instance, solution, seconds)
    return 0


def prepare(options: Namespace) -> int:
    from wms.planning.compiled.cache import is_warm
    from wms.planning.solve import has_compiled, prepare_compiled

    if not has_compiled():
        raise Refusal("there is nothing to compile: pip install 'wms[plan]' first")
    before, began = is_warm(), time.perf_counter()
    prepare_compiled()
    found = {"ready": is_warm(), "before": before, "seconds": round(time.perf_counter() - began, 1)}
    said = "was ready" if before else f"is ready, {found['seconds']} s"
    if not found["ready"]:
        said = "works, but nothing can be kept: no folder of this account can be written, set NUMBA_CACHE_DIR"
    emit(options, found, lambda: f"the compiled planner {said}")
    return 0


def _read(file: str) -> Instance:
    from wms.cli.files import content
    from wms.planning.instance import Unreadable, read_instance

    try:
        return read_instance(content(Path(file)))
    except Unreadable as error:
        raise Refusal(safe(f"{file}: {error}")) from error


def _start(file: str, instance: Instance) -> Solution:
    from wms.cli.files import content
    from wms.planning.instance import Unreadable
    from wms.planning.instance_solution import read_start

    try:
        return read_start(content(Path(file)), instance)
    except Unreadable as error:
        raise Refusal(safe(f"{file}: {error}")) from error


def _name(instance: Instance) -> None:
    """Each trouble with its row, before the search begins."""
    for trouble in instance.troubles:
        _warn(f"{trouble.row}: {trouble.says}")
    for left in instance.left:
        _warn(f"{left.row} can't be planned: {left.reason}")


def _search(options: Namespace, instance: Instance, start: Solution | None) -> Solution:
    from wms.planning.instance_loads import settled, tightened

    _name_engine()
    found = _found(options, instance, options.seconds, start)
    plan = settled(instance, found)
    if plan is None:
        again = _found(options, tightened(instance), min(_MENDING_S, options.seconds), found)
        plan = settled(instance, again)
    if plan is None:
        raise Refusal("the loads are too large for their many decimals to be added up; nothing was written")
    return plan


def _found(options: Namespace, instance: Instance, seconds: float, start: Solution | None) -> Solution:
    from wms.cli.plan_progress import Drawn
    from wms.planning.problem import Infeasible
    from wms.planning.solve import solve as solved

    with Drawn(instance.ticks) as drawn:
        try:
            return solved(instance.problem, seconds, options.seed, start, drawn)
        except Infeasible as error:
            raise refuse(options, instance, error) from error


def _name_engine() -> None:
    """What makes it slow, now or always, is said before anybody waits."""
    from wms.planning.compiled.cache import is_warm
    from wms.planning.solve import has_compiled

    if not has_compiled():
        _warn("compiled code is not installed, plans as good take much longer: pip install 'wms[plan]'")
    elif not is_warm():
        _warn("the planner is compiled for this machine, once; the search begins in half a minute")


def _warn(text: str) -> None:
    print(safe(f"wms: {text}"), file=sys.stderr)
