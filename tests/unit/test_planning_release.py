"""Plans made earlier and released later, and released walks put together anew."""

from __future__ import annotations

import pytest

from tests.unit import planned
from tests.unit.floor import ENGLISH, RICE, SOAP, SOAP_BIN, TEA, TEA_BIN, TEA_RESERVE, Floor, a_warehouse
from wms.domain import commands as c
from wms.domain import events as e
from wms.domain.inspection import Sample
from wms.domain.orders import Order
from wms.domain.places import Place, PlaceKind
from wms.domain.records import replace
from wms.domain.waves import Batch, BatchStatus, LeftOut, PickTask, Slot, Wave
from wms.planning.waves import policy_of
from wms.workflows.handling import Refused


@pytest.fixture
def floor() -> Floor:
    return a_warehouse()


def plan_of(floor: Floor) -> tuple[e.WaveReleased, ...]:
    return planned.PLANNER.plan(floor.rows, floor.now, policy_of(floor.rows), 1, "Asia/Shanghai").waves


def left(events) -> dict[str, str]:
    return dict(next((event.left for event in events if isinstance(event, e.OrdersLeft)), ()))


def waves(events) -> list[e.WaveReleased]:
    return [event for event in events if isinstance(event, e.WaveReleased)]


def test_a_plan_goes_out_as_it_was_made():
    floor = a_warehouse(percent=50)
    for n in range(4):
        floor.order(f"web-{n}", (TEA, 1), (SOAP, 1))
    plan = plan_of(floor)
    events = floor.must(c.ReleasePlan(plan))
    assert (tuple(waves(events)), left(events)) == (plan, {})
    assert isinstance(events[1], e.SampleDrawn)
    assert floor.status("web-3") == "in_wave"


def test_waves_get_the_numbers_that_are_next(floor):
    floor.order("web-1", (TEA, 1))
    floor.order("web-2", (SOAP, 1))
    plan = plan_of(floor)
    floor.order("web-3", (TEA, 1), (SOAP, 1))
    floor.must(c.ReleaseWaves(""))
    (first, second) = waves(floor.must(c.ReleasePlan(plan)))
    assert [first.wave, second.wave] == ["W0002", "W0003"]
    assert first.batches[0].id == "W0002-01"
    assert first.batches[0].tasks[0].id == "W0002-01-001"


def test_what_does_not_fit_any_more_is_left_with_its_reason(floor):
    for name in ("gone", "held", "stays"):
        floor.order(name, (TEA, 1))
    floor.order("other", (TEA, 1))
    floor.order("lacking", (SOAP, 2))
    plan = plan_of(floor)
    floor.cancel("gone")
    floor.must(c.HoldOrder("held", "by_hand:x"))
    floor.say(e.StockAdjusted(SOAP, "", SOAP_BIN, 1 - floor.stock(SOAP_BIN, SOAP), "count"))
    events = floor.must(c.ReleasePlan(plan))
    assert left(events) == {"gone": "not_waiting", "held": "not_waiting", "lacking": "no_stock:SOAP:1"}
    assert {order for wave in waves(events) for order in planned.orders_of(wave)} == {"stays", "other"}
    assert (floor.status("lacking"), floor.rows.get(LeftOut, "lacking").reason) == ("ready", "no_stock:SOAP:1")
    assert floor.rows.get(LeftOut, "gone") is None
    floor.say(e.StockAdjusted(SOAP, "", SOAP_BIN, 5, "count"))
    floor.release()
    assert (floor.status("lacking"), floor.rows.get(LeftOut, "lacking")) == ("in_wave", None)


def test_an_order_whose_stock_went_takes_other_stock_by_the_rule(floor):
    floor.order("web-1", (TEA, 2))
    plan = plan_of(floor)
    assert {task.place for task in planned.picked(plan)} == {TEA_BIN}
    floor.say(e.StockAdjusted(TEA, "", TEA_BIN, 1 - floor.stock(TEA_BIN), "count"))
    released = waves(floor.must(c.ReleasePlan(plan)))
    assert {task.place for task in planned.picked(released)} == {TEA_RESERVE}
    assert planned.beyond_stock(floor.rows, ()) == []


def test_goods_that_expire_first_go_first_though_they_came_after_the_plan(floor):
    floor.must(c.ReceiveGoods("R1", RICE, "L8", 5, TEA_RESERVE, "2027-08-01"))
    floor.order("web-1", (RICE, 1))
    plan = plan_of(floor)
    floor.must(c.ReceiveGoods("R2", RICE, "L0", 5, TEA_RESERVE, "2027-01-01"))
    released = waves(floor.must(c.ReleasePlan(plan)))
    assert planned.out_of_turn(floor.rows, released, floor.now, "Asia/Shanghai") == []
    assert [task.lot for task in planned.picked(released)] == ["L0"]


def test_a_cart_is_never_overfull_whatever_the_plan_says(floor):
    for n in range(3):
        floor.order(f"web-{n}", (TEA, 1), hours=10 + n)
    (wave,) = plan_of(floor)
    floor.must(c.SetWaveRules("[cart]\nslots = 2\n"))
    events = floor.must(c.ReleasePlan((wave,)))
    assert left(events) == {"web-2": "cart_full"}
    assert waves(events)[0].batches[0].orders == ("web-0", "web-1")


def test_a_plan_made_for_larger_carts_is_released_for_them(floor):
    floor.must(c.SetWaveRules("[cart]\nslots = 2\n"))
    for n in range(3):
        floor.order(f"web-{n}", (TEA, 1))
    plan = planned.PLANNER.plan(floor.rows, floor.now, policy_of(floor.rows, slots=3), 1, "Asia/Shanghai").waves
    assert left(floor.do(c.ReleasePlan(plan))) == {"web-2": "cart_full"}
    again = a_warehouse()
    again.must(c.SetWaveRules("[cart]\nslots = 2\n"))
    for n in range(3):
        again.order(f"web-{n}", (TEA, 1))
    assert left(again.must(c.ReleasePlan(plan, slots=3))) == {}


def test_categories_are_not_mixed_whatever_the_plan_says(floor):
    floor.order("web-1", (TEA, 1), hours=10)
    floor.order("web-2", (SOAP, 1), hours=11)
    one, other = plan_of(floor)
    moved = replace(other.batches[0], tasks=tuple(replace(task, slot=1) for task in other.batches[0].tasks))
    mixed = replace(one, batches=(*one.batches, moved))
    assert left(floor.must(c.ReleasePlan((mixed,)))) == {"web-2": "planned_otherwise"}


@pytest.mark.parametrize("units", [0, 1, 3])
def test_a_plan_that_says_something_else_than_the_order_is_not_believed(floor, units):
    floor.order("web-1", (TEA, 2))
    floor.order("web-2", (TEA, 1))
    (wave,) = plan_of(floor)
    (batch,) = wave.batches
    tasks = tuple(
        replace(t, quantity=units) if t.order == "web-1" else t for t in batch.tasks if units or t.order == "web-2"
    )
    changed = replace(wave, batches=(replace(batch, tasks=tuple(tasks)),))
    assert left(floor.must(c.ReleasePlan((changed,)))) == {"web-1": "planned_otherwise"}


def test_a_plan_of_which_nothing_is_left_is_refused(floor):
    floor.order("web-1", (TEA, 1))
    plan = plan_of(floor)
    floor.must(c.ReleasePlan(plan))
    refused = floor.do(c.ReleasePlan(plan))
    assert isinstance(refused, Refused)
    assert ENGLISH.say(refused.lines[0]) == "Nothing of this plan can go out any more"


# Walks put together anew


def a_floor_with_walks() -> Floor:
    """Six orders on three carts: near ones and far ones, each cart with one of them due first."""
    floor = a_warehouse(percent=50)
    for n, place in enumerate(("Z-1", "Z-2")):
        floor.say(e.PlaceDefined(Place(place, PlaceKind.BIN, "Z", 90 + n, x_mm=40_000, y_mm=1000 * n + 1)))
    for place in (TEA_BIN, SOAP_BIN):
        known = floor.rows.get(Place, place)
        floor.say(e.PlaceDefined(replace(known, x_mm=1, y_mm=1000)))
    floor.must(c.ReceiveGoods("R1", RICE, "L9", 50, "Z-1", "2026-12-31"))
    floor.must(c.SetWaveRules('[waves]\ncategory = "off"\n[cart]\nslots = 2\n'))
    for n in range(3):
        floor.order(f"near-{n}", (TEA, 1), hours=30)
        floor.order(f"far-{n}", (RICE, 1), hours=30)
    floor.release()
    return floor


def open_orders(floor: Floor) -> dict[str, set[str]]:
    batches = [b for b in floor.rows.all(Batch) if b.status != BatchStatus.DROPPED]
    return {b.id: {slot.order_id for slot in floor.rows.where(Slot, batch=b.id)} for b in batches}


def test_walks_nobody_began_are_put_together_anew_after_cancellations():
    floor = a_floor_with_walks()
    before = open_orders(floor)
    assert len(before) == 3
    samples, tasks = floor.rows.all(Sample), {task.id for task in floor.rows.all(PickTask)}
    promised = floor.promised(TEA_BIN), floor.promised("Z-1", RICE, "L9")
    for group in before.values():
        floor.cancel(min(group))
    (event,) = floor.must(c.RegroupWaves())
    after = open_orders(floor)
    kept = {order for group in before.values() for order in sorted(group)[1:]}
    assert {order for group in after.values() for order in group} == kept
    assert len(after) == 2
    assert set(after).isdisjoint(before)
    assert {task.id for task in floor.rows.all(PickTask)} == tasks
    open_tasks = [task for task in floor.rows.all(PickTask) if task.status == "open"]
    assert {task.batch for task in open_tasks} == set(after)
    for task in open_tasks:
        assert floor.rows.get(Slot, task.batch, task.slot).order_id == task.order_id
    assert samples
    assert {sample.source for sample in floor.rows.all(Sample)} <= tasks
    assert sum(promised) - 3 == floor.promised(TEA_BIN) + floor.promised("Z-1", RICE, "L9")
    assert floor.in_balance()
    assert sum(batch.walk_mm for batch in event.batches) == sum(floor.rows.get(Batch, b).walk_mm for b in after)


def test_a_walk_that_was_begun_stays_as_it_is():
    floor = a_floor_with_walks()
    floor.say(e.PlaceDefined(Place("CART-9", PlaceKind.CART, slots=2)))
    floor.must(c.ClaimBatch("T1", "CART-9"), person="1001", device="T1")
    (mine,) = [batch for batch in floor.rows.all(Batch) if batch.person == "1001"]
    orders = open_orders(floor)[mine.id]
    for name, group in open_orders(floor).items():
        if name != mine.id:
            floor.cancel(min(group))
    floor.must(c.RegroupWaves(("W0001",)))
    assert open_orders(floor)[mine.id] == orders
    assert len(open_orders(floor)) == 2


def test_what_is_walked_best_already_is_left_alone():
    floor = a_floor_with_walks()
    assert isinstance(floor.do(c.RegroupWaves()), Refused)
    assert isinstance(floor.do(c.RegroupWaves(("W0009",))), Refused)


def test_a_wave_whose_orders_were_all_cancelled_has_no_walk_left():
    floor = a_floor_with_walks()
    for group in open_orders(floor).values():
        for order in group:
            floor.cancel(order)
    assert all(order.status == "cancelled" for order in floor.rows.all(Order))
    assert floor.rows.get(Wave, "W0001").status == "done"


def test_a_claim_of_an_old_batch_from_another_life_of_the_hub_changes_nothing():
    floor = a_floor_with_walks()
    old = sorted(open_orders(floor))
    for name in old:
        floor.cancel(min(open_orders(floor)[name]))
    floor.must(c.RegroupWaves())
    after, tasks = open_orders(floor), floor.rows.all(PickTask)
    floor.say(e.BatchClaimed(old[0], "1002", "T2", "CART-1", 1), e.ToteAssigned(old[0], 1, "TOTE-001", 1), device="T2")
    assert (open_orders(floor), floor.rows.all(PickTask)) == (after, tasks)


def test_a_regrouping_that_comes_after_a_claim_changes_nothing():
    floor = a_floor_with_walks()
    for group in open_orders(floor).values():
        floor.cancel(min(group))
    twin = a_floor_with_walks()
    for group in open_orders(twin).values():
        twin.cancel(min(group))
    (event,) = floor.must(c.RegroupWaves())
    first = min(open_orders(twin))
    twin.say(e.BatchClaimed(first, "1001", "T1", "CART-1", 1), person="1001")
    before = open_orders(twin), twin.rows.all(PickTask), twin.rows.all(Batch)
    twin.say(event)
    assert (open_orders(twin), twin.rows.all(PickTask), twin.rows.all(Batch)) == before
