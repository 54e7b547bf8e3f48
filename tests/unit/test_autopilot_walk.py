"""What a day was walked, as its journal tells it."""

from __future__ import annotations

from wms.demo.autopilot.report import walked
from wms.domain import events as e


def wave(plain_m: int, **walks_m: int) -> e.WaveReleased:
    batches = tuple(e.PlannedBatch(name, 0, (), (), length * 1000) for name, length in walks_m.items())
    return e.WaveReleased("W1", "", 0, batches, plain_m * 1000)


def test_metres_walked_planned_and_saved():
    assert walked([wave(300, a=100, b=120), e.TotesDropped("a", "LANE"), e.TotesDropped("a", "LANE")]) == {
        "planned_m": 220,
        "walked_m": 100,
        "first_come_m": 300,
        "saved_m": 80,
    }


def test_walks_put_together_anew_are_no_metres_saved_for_their_orders_are_gone():
    regrouped = e.WaveRegrouped("W1", ("a", "b"), (e.RegroupedBatch("c", 0, (), (), 150_000),))
    found = walked([wave(300, a=100, b=120), regrouped, e.TotesDropped("c", "LANE")])
    assert (found["planned_m"], found["walked_m"], found["saved_m"]) == (150, 150, 80)


def test_a_day_before_there_were_figures_has_none():
    assert set(walked([e.WaveReleased("W1", "", 0, (e.PlannedBatch("a", 0, (), ()),))]).values()) == {0}
