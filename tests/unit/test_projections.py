"""Facts are never refused: whatever comes, in whatever order, the books stay in balance and the conflict is shown."""

from __future__ import annotations

from typing import Any, get_args, get_origin

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import fields

from tests.unit.floor import RICE, RICE_BIN, SOAP, TEA, TEA_BIN, Floor, a_courier_is_here, a_packer, a_warehouse, picked
from wms.domain import events as e
from wms.domain.catalogue import Carton, Category, Channel, Item, Person
from wms.domain.labelling import GivenLabel, LabelData, LabelWait
from wms.domain.mending import PutBack, Surplus
from wms.domain.orders import OrderLine
from wms.domain.packing import Waybill, WaybillRange
from wms.domain.places import Place, PlaceKind
from wms.domain.projections import registry
from wms.domain.review import Review
from wms.domain.stock import Stock
from wms.domain.waves import PickTask, Slot

NAMES = {
    "task": ["W0001-01-001", "W0001-01-002", "X"],
    "order": ["web-1", "web-2", "X"],
    "order_id": ["web-1", "web-2", "X"],
    "parcel": ["web-1/1", "web-2/1", "X/1"],
    "sku": [TEA, SOAP, "X"],
    "lot": ["", "L1"],
    "place": [TEA_BIN, "RET-1", "TOTE-001"],
    "source": [TEA_BIN, RICE_BIN],
    "target": [TEA_BIN, "RET-1"],
    "staging": ["LANE-1", "SHIP-SF"],
    "tote": ["TOTE-001", "TOTE-002", "TOTE-003"],
    "batch": ["W0001-01", "X"],
    "wave": ["W0001", "W0002"],
    "inspection": ["QC-W0001", "X"],
    "manifest": ["SF-T1-1", "X"],
    "carrier": ["SF", "ZT", "X"],
    "decision": ["accept", "sort", "reject"],
    "device": ["T1", "T2"],
    "lease": ["SF-1", "SF-51", "X"],
    "number": ["SF000000000051", "SF000000000052"],
    "review": ["order_short/web-1", "X"],
    "person": ["1001", "1002"],
    "badge": ["1001", "1002"],
    "by": ["scale", "keypad"],
    "holder": ["1001", "1002"],
    "keeper": ["web-1/1", "web-2/1"],
    "outcome": ["back", "gone"],
    "id": ["over_pick/W0001-01-001,1001/1", "X"],
    "booked": [0, 3, 20],
    "label": [GivenLabel(f"SF00000000005{n}", "SF", qr="Q") for n in (1, 2)] + [GivenLabel(sort_code="021")],
    "received": [
        e.OrderReceived("web-1", "web", "web-1", 9, "", "SF", ((TEA, 1),), masked="x", sealed="x"),
        e.OrderReceived("web-3", "web", "web-3", 9, "", "SF", ((TEA, 5), (SOAP, 1)), "bad_phone,group_open"),
    ],
    "what": ["lines", "ship_by", "recipient", "lines,not_before,remarks"],
    "instead_of": ["", "SF000000000051"],
}
SETUP = (Carton, Category, Channel, Item, Person, Place)
QUANTITIES = {"quantity": st.integers(1, 5), "missing": st.integers(0, 5)}


def _field(name: str, kind: Any) -> st.SearchStrategy[Any]:
    if name in NAMES:
        return st.sampled_from(NAMES[name])
    if name in QUANTITIES:
        return QUANTITIES[name]
    if kind is bool:
        return st.booleans()
    if kind is int:
        return st.integers(0, 3)
    if get_origin(kind) is tuple:
        return st.just(())
    return st.sampled_from(["", "a"])


def _any_of(event: type) -> st.SearchStrategy[Any]:
    return st.builds(event, **{f.name: _field(f.name, f.type) for f in fields(event)})


FLOOR_FACTS = [
    event
    for event in get_args(e.Event)
    if not any(f.type in SETUP for f in fields(event))
    and event not in (e.CarrierDefined, e.WaveReleased, e.SampleDrawn, e.OrderReceived)
]
any_fact = st.one_of([_any_of(event) for event in FLOOR_FACTS])


def in_the_middle_of_a_day() -> Floor:
    """One order at the bench, one staged, one on the walk, a courier waiting."""
    floor = a_warehouse(percent=50)
    for order in ("web-1", "web-2"):
        floor.order(order, (TEA, 3))
    picked(floor)
    a_packer(floor).scan("TOTE-001")
    a_courier_is_here(floor)
    floor.order("web-3", (TEA, 2), (SOAP, 1))
    floor.release()
    return floor


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(any_fact, min_size=1, max_size=12))
def test_no_fact_is_ever_too_much_and_nothing_vanishes(facts):
    floor = in_the_middle_of_a_day()
    for n, fact in enumerate(facts):
        floor.say(fact, person=("1001", "1002")[n % 2], device="T9")
        assert floor.in_balance()
        assert all(0 <= task.put <= task.taken <= task.quantity for task in floor.rows.all(PickTask))
        assert all(line.picked <= line.quantity for line in floor.rows.all(OrderLine))
        assert all(row.quantity > 0 for row in floor.rows.all(Surplus))


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(any_fact, max_size=8))
def test_the_same_facts_in_the_same_order_make_the_same_picture(facts):
    floor = in_the_middle_of_a_day()
    floor.say(*facts, device="T9")
    again = Floor()
    for fact in floor.facts:
        registry.apply(again.rows, fact)
    for row in (Stock, PickTask, Slot, Surplus, PutBack, Waybill, WaybillRange, LabelData, LabelWait, Review):
        assert floor.rows.all(row) == again.rows.all(row)


def test_every_event_has_its_projection():
    assert set(get_args(e.Event)) == set(registry._BY_TYPE)


# Conflicts that a person is shown


@pytest.fixture
def floor():
    return a_warehouse()


def test_one_tote_for_two_orders(floor):
    floor.order("web-1", (TEA, 1))
    floor.order("web-2", (TEA, 1))
    floor.release()
    for slot, device in ((1, "T1"), (2, "T2")):
        floor.say(e.ToteAssigned("W0001-01", slot, "TOTE-001"), device=device)
    assert "tote_shared/TOTE-001" in floor.reviews()


def test_more_taken_than_was_booked(floor):
    floor.order("web-1", (TEA, 2))
    floor.release()
    floor.say(e.StockAdjusted(TEA, "", TEA_BIN, -19, "count"))
    floor.say(e.UnitsTaken("W0001-01-001", 2, ""), person="1001", device="T1")
    assert (floor.stock(TEA_BIN), f"stock_below_zero/{TEA_BIN},{TEA}," in floor.reviews()) == (-1, True)


def test_one_order_at_two_benches(floor):
    floor.order("web-1", (TEA, 1))
    picked(floor)
    for device in ("T1", "T2"):
        floor.say(e.PackingStarted("web-1", "web-1/1"), device=device)
    assert "packed_twice/web-1" in floor.reviews()


def test_one_waybill_number_on_two_parcels(floor):
    for parcel in ("web-1/1", "web-2/1"):
        floor.say(e.WaybillAssigned(parcel, "SF", "SF1", "SF-1", 1))
    assert ("waybill_twice/SF1" in floor.reviews(), floor.rows.get(Waybill, "SF1").parcel) == (True, "web-1/1")


def test_a_used_number_is_passed_over_whatever_order_the_facts_come_in(floor):
    for counter in (5, 3):
        floor.say(e.WaybillAssigned("web-1/1", "SF", f"SF{counter}", "SF-1", counter))
    assert floor.rows.get(WaybillRange, "SF-1").next == 6


def test_units_of_a_walk_nobody_knows_change_nothing(floor):
    before = floor.rows.all(Stock)
    floor.say(e.UnitsTaken("X", 1, ""), e.UnitsPut("X", 1, "TOTE-001"), e.PickShorted("X", 1, "empty"))
    assert floor.rows.all(Stock) == before


def test_setup_said_again_changes_nothing_but_what_it_says(floor):
    floor.say(e.ItemDefined(Item(RICE, "米", "Rice", "food"), (("1", 1),)))
    floor.say(e.PlaceDefined(Place(TEA_BIN, PlaceKind.BIN, "Z", 99)))
    assert (floor.stock(TEA_BIN), floor.rows.get(Place, TEA_BIN).sequence) == (20, 99)
