"""What a plan takes from the site: cut-offs, people, prices for mixing, habits of walking, doubts about the floor."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.unit import planned
from tests.unit.test_planning_short_walks import BAYS, Aisles
from tests.unit.test_planning_waves import NOON, Warehouse
from wms.domain import events as e
from wms.domain.orders import Order
from wms.domain.review import Presence
from wms.planning.pick_ranks import PickRanks
from wms.planning.rules import CarrierRules, rules_of
from wms.planning.site_floor import floor_of
from wms.planning.site_walks import TICKS
from wms.planning.wave_pickers import pickers_of, queued_of
from wms.planning.wave_problem import packed_by
from wms.planning.waves import policy_of

SHANGHAI = "Asia/Shanghai"
HOUR = 3600


def at(text: str) -> int:
    """UTC seconds of a time in Shanghai."""
    return int(datetime.fromisoformat(f"2026-10-{text}:00+08:00").astimezone(UTC).timestamp())


def an_order(carrier: str, ship_by: int) -> Order:
    return Order("o", "c", "o", "ready", ship_by, NOON, "food", carrier)


@pytest.mark.parametrize(
    ("carrier", "ship_by", "packed"),
    [
        ("SF", "02T20:00", "02T17:00"),  # the last van before it is due
        ("SF", "02T17:00", "02T17:00"),
        ("SF", "03T12:00", "02T17:00"),
        ("SF", "04T17:30", "04T17:00"),
        ("SF", "02T16:00", "02T16:00"),  # no van any more before it is due: its time alone counts
        ("ZT", "02T20:00", "02T20:00"),
    ],
)
def test_parcels_must_be_packed_before_the_last_van_that_is_in_time(carrier, ship_by, packed):
    rules = CarrierRules(30, {"SF": "17:00"})
    assert packed_by(an_order(carrier, at(ship_by)), rules, NOON, SHANGHAI) == at(packed)


# Who walks


def a_site(rules: str = "") -> Aisles:
    warehouse = Aisles(rules)
    warehouse.goods("tea")
    warehouse.stock("0-0", "tea", 50)
    return warehouse


def people(warehouse: Warehouse) -> list[tuple[str, int, int]]:
    rules = rules_of(warehouse.rows)
    queued = queued_of(warehouse.rows, rules, 1000)
    return [(p.name, p.ready // TICKS, p.speed) for p in pickers_of(warehouse.rows, rules, 1000, queued)]


def test_without_anybody_signed_in_one_is_planned_for():
    assert people(a_site()) == [("picker 1", 0, 100)]


def test_those_signed_in_for_picking_walk_each_at_their_speed():
    warehouse = a_site('[pickers.speed]\n"1002" = 80\n')
    for person, role, device in (("1001", "picker", "T1"), ("1002", "picker", "T2"), ("1003", "packer", "T3")):
        warehouse.rows.put(Presence(device, person, role, NOON))
    assert people(warehouse) == [("1001", 0, 100), ("1002", 0, 80)]


def test_the_rules_say_how_many_walk_and_those_here_come_first():
    warehouse = a_site("[pickers]\nnumber = 3\n")
    warehouse.rows.put(Presence("T1", "1001", "picker", NOON))
    assert [name for name, _, _ in people(warehouse)] == ["1001", "picker 2", "picker 3"]


def test_work_that_is_given_out_comes_before_new_work():
    pace = "tour_seconds = 100\nline_seconds = 10\nmetres_per_minute = 60\n"
    warehouse = a_site(f"[pickers]\nnumber = 2\n[walking]\n{pace}")
    task = e.PlannedTask("W-1-1", "o", 1, "tea", "0-0", "", 1, 1, 1)
    warehouse.order("o", ("tea", 1))
    warehouse.happened(e.WaveReleased("W", "", 0, (e.PlannedBatch("W-1", 0, ("o",), (task,), 20_000),)))
    assert [ready for _, ready, _ in people(warehouse)] == [65, 65]  # 20 s of walking, 10 of picking, 100 around it
    warehouse.rows.put(Presence("T1", "1001", "picker", NOON))
    warehouse.happened(e.BatchClaimed("W-1", "1001", "T1"))
    assert [ready for _, ready, _ in people(warehouse)] == [130, 0]


# How one walks


@pytest.mark.parametrize(("metres", "carts"), [(0, 1), (5, 1), (500, 2)])
def test_categories_share_a_cart_where_it_costs_less_than_two_walks(metres, carts):
    warehouse = Aisles(f'[waves]\ncategory = "soft"\ncategory_metres = {metres}\n[walking]\ntour_seconds = 0\n')
    for category in ("food", "toys"):
        warehouse.goods(category, category)
        warehouse.stock("3-4", category, 5)
        warehouse.order(category, (category, 1), category=category, ship_by=NOON + 86_400)
    (wave,) = warehouse.short().waves
    assert (len(wave.batches), wave.category) == (carts, "")


def test_a_site_with_a_habit_walks_by_it_and_sees_what_it_costs():
    lengths = {}
    for routing in ("optimal", "s-shape", "return", "largest-gap"):
        warehouse = Aisles(f'[walking]\nrouting = "{routing}"\n')
        for n, place in enumerate(("0-4", "1-0", "2-3", "3-1")):
            warehouse.goods(f"s{n}")
            warehouse.stock(place, f"s{n}", 5)
        warehouse.order("o", *((f"s{n}", 1) for n in range(4)))
        figures = warehouse.short().figures
        assert figures is not None
        lengths[routing] = figures.walk_mm
        assert figures.warnings == ()
        assert figures.tours[0].s_shape_mm == lengths.get("s-shape", figures.tours[0].s_shape_mm)
    assert lengths == {"optimal": 45_000, "s-shape": 54_000, "return": 54_000, "largest-gap": 45_000}


def test_metres_that_are_guessed_are_said_to_be():
    warehouse = Warehouse()
    warehouse.item("tea")
    for n in range(BAYS):
        warehouse.bin(f"B{n}", n)
    warehouse.stock("B3", "tea", 5)
    warehouse.order("o", ("tea", 1))
    figures = planned.PLANNER.plan(warehouse.rows, NOON, policy_of(warehouse.rows), 1, SHANGHAI).figures
    assert figures is not None
    assert figures.warnings == ("floor_guessed",)


def test_ranks_are_those_of_the_rules():
    warehouse = Aisles('[sequence]\nfirst = ["water"]\nlast = ["glass", "frozen"]\nheavy_kg = 5\n')
    goods = {"w": ("water", 1), "h": ("food", 5000), "o": ("food", 4999), "g": ("glass", 9000), "f": ("frozen", 1)}
    for sku, (category, grams) in goods.items():
        warehouse.goods(sku, category, grams)
    ranks = PickRanks(warehouse.rows, rules_of(warehouse.rows), floor_of(warehouse.rows))
    assert sorted("fgohw", key=lambda sku: ranks.of(sku, "0-0")) == ["w", "h", "o", "g", "f"]
