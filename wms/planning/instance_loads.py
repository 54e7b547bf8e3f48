"""Loads with decimals: a cart must hold them by their exact sum, and by the sum that programs get in binary fractions.

0.1 and 0.2 fill a cart for 0.3, but added in binary they are more; whoever checks a plan that way would refuse it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from functools import reduce
from operator import add

from wms.planning.instance import Instance
from wms.planning.problem import Solution


def settled(instance: Instance, solution: Solution) -> Solution | None:
    """The plan with the orders of each trip named such that their loads in binary are no more than a cart holds; None
    where there is no such turn."""
    if instance.load_unit == 1:
        return solution
    loads = [float(Fraction(job.loads[0], instance.load_unit)) for job in instance.problem.jobs]
    trips = []
    for trip in solution.trips:
        rising = tuple(sorted(trip.jobs, key=loads.__getitem__))
        turns = (trip.jobs, rising, rising[::-1])
        turn = next((jobs for jobs in turns if _held([loads[job] for job in jobs], float(instance.capacity))), None)
        if turn is None:
            return None
        trips.append(replace(trip, jobs=turn))
    return replace(solution, trips=tuple(trips))


def tightened(instance: Instance) -> Instance:
    """Two orders or more leave a little room on each cart: what is added up in binary is held then."""
    problem = instance.problem
    most = problem.capacities[0] - 1
    jobs = tuple(replace(job, loads=(min(job.loads[0], most),)) for job in problem.jobs)
    return replace(instance, problem=replace(problem, jobs=jobs, capacities=(most,)))


def _held(loads: Sequence[float], most: float) -> bool:
    """By turns, and with what is lost made good, as Python adds from 3.12 on."""
    return reduce(add, loads) <= most and sum(loads) <= most
