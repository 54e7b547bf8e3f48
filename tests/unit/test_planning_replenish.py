"""Bins that run out are named with where more stands."""

from __future__ import annotations

from wms.planning.replenish import Held, Hint, Taken, hints


def test_bins_that_run_out_are_named_with_their_reserve() -> None:
    held = [
        Held("A1", "tea", 10),
        Held("R1", "tea", 40, reserve=True),
        Held("R2", "tea", 60, reserve=True),
        Held("A2", "jam", 9, low=5),
        Held("A3", "oil", 9, low=5),
        Held("A4", "rye", 1, low=5),
    ]
    taken = [
        Taken("A1", "tea", 6),
        Taken("A1", "tea", 4),
        Taken("A2", "jam", 4),
        Taken("A3", "oil", 3),
        Taken("X", "new", 2),
    ]
    assert hints(held, taken) == (
        Hint("X", "new", -2, 0, ()),
        Hint("A1", "tea", 0, 100, ("R2", "R1")),
        Hint("A2", "jam", 5, 0, ()),
    )
