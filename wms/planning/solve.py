"""The planner's way in: the compiled engine where it is installed and knows the floor, else the plain one."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec

from wms.planning.graph import Spot, WalkGraph
from wms.planning.plain import engine as plain
from wms.planning.problem import Job, Problem, Progress, Solution
from wms.planning.routing import router_of
from wms.planning.routing.exact import ExactRouter


@cache
def has_compiled() -> bool:
    """Whether the `plan` extra is installed."""
    return find_spec("numba") is not None


def prepare_compiled() -> None:
    """Has the compiled engine compiled and kept, by planning for one stop in one aisle."""
    line = ((0, 1, 1), (1, 2, 1), (2, 3, 1))
    graph = WalkGraph(4, (*line, *((v, u, length) for u, v, length in line)), (0,), (0,))
    spots = ((1, Spot(0, cross=0)), (2, Spot(0, block=0)), (3, Spot(0, cross=1)))
    solve(Problem(graph, (Job("one", (2,), (1,), 1),), (1,), spots=spots), 0.0)


def solve(
    problem: Problem,
    seconds: float,
    seed: int = 0,
    start: Solution | None = None,
    progress: Progress | None = None,
) -> Solution:
    """The best plan found in about `seconds`; however short, a first plan is made. From `start` what still may go
    together is kept, and locked trips as they are. Never worse than that, nor than first come, first served.

    Raises `Infeasible` if jobs can't go on any cart or can't be reached, or, where none may be late, if no plan was
    found in which none is.
    """
    router = router_of(problem.graph, problem.spots)
    if problem.jobs and has_compiled() and isinstance(router, ExactRouter) and router.knows(problem):
        from wms.planning.compiled import engine as compiled

        return compiled.plan(problem, router, seconds, seed, start, progress)
    return plain.plan(problem, seconds, seed, start, progress, router)
