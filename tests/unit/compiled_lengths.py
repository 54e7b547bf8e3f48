"""Jobs on carts on floors made up at random, and the lengths of their tours by compiled code. Needs the plan extra."""

from __future__ import annotations

from collections.abc import Collection
from random import Random
from typing import SupportsInt

import numpy as np
from hypothesis import strategies as st

from tests.unit.planning_problems import job_at
from tests.unit.walking_floors import GATES, Floor, aisles_at_random
from wms.planning.compiled.carts import lengths_with, put_on, settle, take_off
from wms.planning.compiled.crew import Crew
from wms.planning.grid import BLOCKED
from wms.planning.problem import Problem
from wms.planning.routing import router_of
from wms.planning.routing.exact import ExactRouter


def jobs_on(floor: Floor, chance: Random, number: int, most: int) -> Problem:
    """Jobs at random stops to which ways lead, some of them nowhere; a cart holds all."""
    bins = sorted({arc[0] for arc in floor.graph.arcs}.intersection(floor.bins))
    jobs = (job_at(*chance.sample(bins, chance.randint(0, min(most, len(bins))))) for _ in range(number))
    return Problem(floor.graph, tuple(jobs), (number,), spots=tuple(floor.spots.items()))


class Measured:
    """Jobs on the first four carts at random, and the lengths of tours as compiled code finds them."""

    def __init__(self, problem: Problem, chance: Random) -> None:
        router = router_of(problem.graph, problem.spots)
        assert isinstance(router, ExactRouter)
        self.problem, self.sweep, self.chance = problem, router.sweep, chance
        self.crew = Crew(problem, router.sweep, (), 1)
        self.worker = self.crew.workers[0]
        self.places = [chance.randint(-1, 3) for _ in problem.jobs]
        self.carts = self.worker.laid(np.array(self.places))

    def stops(self, cart: int, *more: int) -> set[int]:
        jobs = [job for job, place in enumerate(self.places) if place == cart]
        return {stop for job in (*jobs, *more) for stop in self.problem.jobs[job].stops}

    def right(self, stops: Collection[int]) -> int:
        return self.sweep.length(stops) if stops else 0

    def check(self) -> None:
        """With every job that is on no cart on every cart, and all of it once more, when lengths are known."""
        pairs = [(cart, job) for job, place in enumerate(self.places) if place < 0 for cart in range(4)]
        found = np.zeros(len(pairs), np.int64)
        which, jobs = (np.array([pair[n] for pair in pairs], np.int64) for n in (0, 1))
        for _ in range(2):
            lengths_with(self.crew.world, self.carts, self.worker.scratch, which, jobs, len(pairs), found)
            for (cart, job), length in zip(pairs, found, strict=True):
                assert same(length, self.right(self.stops(cart, job)))
        for cart in range(4):
            assert same(self.carts.length[cart], self.right(self.stops(cart)))

    def change(self) -> None:
        """A job from one cart to another."""
        job = self.chance.randrange(len(self.places))
        cart, world, carts, scratch = self.chance.randrange(4), self.crew.world, self.carts, self.worker.scratch
        if self.places[job] >= 0:
            take_off(world, carts, self.places[job], job)
            settle(world, carts, scratch, np.array([self.places[job]]), 1)
        put_on(world, carts, scratch, cart, job, self.right(self.stops(cart, job)))
        self.places[job] = cart


def same(length: SupportsInt, other: int) -> bool:
    """Tours that nobody can walk are long, whatever is said how long."""
    return int(length) == other or (int(length) >= BLOCKED and other >= BLOCKED)


@st.composite
def floors(draw: st.DrawFn) -> tuple[Floor, Random]:
    """A floor of parallel aisles that the sweep knows."""
    chance = Random(draw(st.integers(0, 2**32)))
    shape = draw(st.integers(1, 5)), draw(st.integers(1, 3)), draw(st.sampled_from(GATES))
    broken = draw(st.booleans())
    while True:
        floor = aisles_at_random(chance, *shape, broken=broken)
        if router_of(floor.graph, floor.spots).exact:
            return floor, chance
