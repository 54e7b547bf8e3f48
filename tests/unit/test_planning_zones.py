"""Zones divide orders without losing a pick; bins that run out are named with where more stands."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from wms.planning.problem import Job
from wms.planning.replenish import Held, Hint, Taken, hints
from wms.planning.zones import ZoneJob, ZoneOrder, ZonePick, Zoning, by_zone

picks = st.lists(
    st.builds(ZonePick, st.integers(1, 30), st.sampled_from("ABC"), st.tuples(st.just(0), st.integers(0, 9))),
    min_size=1,
)
orders = st.lists(st.builds(ZoneOrder, st.just("O"), picks.map(tuple), st.just((1, 0)), st.just(4)), max_size=4)

COLD = ZonePick(9, "cold", (0, 5))
DRY = (ZonePick(1, "dry", (0, 10)), ZonePick(2, "dry", (0, 20)))
ORDER = ZoneOrder("N1", (*DRY, COLD), (1, 0), group=3, due=100)
HANDOVER = {("dry", "cold"): 7}


def test_without_zones_an_order_is_one_job() -> None:
    (only,) = by_zone([ORDER], Zoning.OFF, ["dry", "cold"], HANDOVER)
    assert only == ZoneJob(Job("N1", (1, 2, 9), (1, 35), 3, 3, 100), "")


def test_zones_at_once_each_have_their_own_tote_and_the_whole_time() -> None:
    assert by_zone([ORDER], Zoning.PARALLEL, ["cold", "dry"], HANDOVER) == (
        ZoneJob(Job("N1/cold", (9,), (1, 5), 1, 3, 100), "cold", 1, 2),
        ZoneJob(Job("N1/dry", (1, 2), (1, 30), 2, 3, 100), "dry", 2, 2),
    )


def test_a_tote_is_passed_on_with_what_it_holds() -> None:
    assert by_zone([ORDER], Zoning.PASS, ["dry", "cold"], HANDOVER) == (
        ZoneJob(Job("N1/dry", (1, 2, 7), (1, 30), 2, 3, 50), "dry", 1, 2, None, 7),
        ZoneJob(Job("N1/cold", (7, 9), (1, 35), 1, 3, 100), "cold", 2, 2, 7, None),
    )


def test_an_order_of_one_zone_stays_whole_and_unnamed_zones_come_last() -> None:
    dry = ZoneOrder("N2", DRY, (1, 0))
    assert by_zone([dry], Zoning.PASS, ["dry"], {}) == (ZoneJob(Job("N2", (1, 2), (1, 30), 2), "dry"),)
    assert [job.zone for job in by_zone([ORDER], Zoning.PASS, ["dry"], {})] == ["dry", "cold"]


@given(orders, st.sampled_from(Zoning))
def test_no_pick_is_lost(wanted: list[ZoneOrder], zoning: Zoning) -> None:
    jobs = by_zone(wanted, zoning, ["A", "B"], {})
    assert sum(part.job.lines for part in jobs) == sum(len(order.picks) for order in wanted)
    for part in jobs:
        if part.zone:
            there = {pick.stop for order in wanted for pick in order.picks if pick.zone == part.zone}
            assert set(part.job.stops) <= there
    if zoning == Zoning.PARALLEL:
        assert sum(part.job.loads[1] for part in jobs) == sum(p.loads[1] for order in wanted for p in order.picks)


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
