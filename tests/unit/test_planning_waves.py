"""Waves: what goes together, what it takes, and what stays behind with a reason."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest

from tests.unit.planned import PLANNER
from wms.domain import events as e
from wms.domain.catalogue import Item
from wms.domain.ids import CarrierCode, CategoryCode, ChannelCode, DeviceId, LotId, OrderId, PlaceId, Sku
from wms.domain.orders import Order, OrderStatus
from wms.domain.places import Place, PlaceKind
from wms.domain.projections import apply
from wms.domain.rows import MemoryTables
from wms.domain.stock import Lot, Promise, Stock
from wms.domain.waves import PickTask
from wms.planning.replacement import reallocate
from wms.planning.waves import Plan, WavePolicy

NOON = 1_790_913_600  # 2026-10-02 04:00 UTC: noon in Shanghai
SHANGHAI = "Asia/Shanghai"
POLICY = WavePolicy()
FOOD = CategoryCode("food")


class Warehouse:
    """Rows made the way the product makes them: by facts."""

    def __init__(self) -> None:
        self.rows = MemoryTables()
        self._n: Iterator[int] = count(1)

    def happened(self, event: e.Event, at: int = NOON) -> None:
        apply(self.rows, e.Fact(e.Key(DeviceId("T"), 0, next(self._n)), at * 1000, "", event))  # type: ignore[arg-type]

    def item(self, sku: str, category: str = "food", min_days_left: int = 0) -> None:
        item = Item(Sku(sku), sku, sku, CategoryCode(category), min_days_left=min_days_left)
        self.happened(e.ItemDefined(item, ()))

    def bin(self, place: str, sequence: int, kind: PlaceKind = PlaceKind.BIN) -> None:
        self.happened(e.PlaceDefined(Place(PlaceId(place), kind, sequence=sequence)))

    def stock(self, place: str, sku: str, quantity: int, lot: str = "", expiry: str = "", at: int = NOON) -> None:
        self.happened(e.GoodsReceived("R", Sku(sku), LotId(lot), quantity, PlaceId(place), expiry), at)

    def order(self, name: str, *lines: tuple[str, int], ship_by: int = NOON, category: str = "food") -> None:
        wanted = tuple((Sku(sku), quantity) for sku, quantity in lines)
        self.happened(
            e.OrderReceived(
                OrderId(name), ChannelCode("c"), name, ship_by, CategoryCode(category), CarrierCode("k"), wanted
            )
        )

    def plan(self, policy: WavePolicy = POLICY, now: int = NOON, category: str | None = None) -> Plan:
        only = None if category is None else CategoryCode(category)
        return PLANNER.plan(self.rows, now, policy, 1, SHANGHAI, only)

    def release(self) -> Plan:
        plan = self.plan()
        for wave in plan.waves:
            self.happened(wave)
        return plan

    def task(self, n: int = 1) -> PickTask:
        found = self.rows.get(PickTask, f"W0001-01-{n:03d}")
        assert found is not None
        return found


@pytest.fixture
def warehouse() -> Warehouse:
    warehouse = Warehouse()
    warehouse.item("tea")
    for sequence, place in enumerate(("A1", "A2", "A3"), 1):
        warehouse.bin(place, sequence)
    return warehouse


def picks(plan: Plan) -> list[tuple[str, str, str, int]]:
    """(order, place, lot, quantity) in walking order."""
    return [(t.order, t.place, t.lot, t.quantity) for w in plan.waves for b in w.batches for t in b.tasks]


def test_names_number_wave_batch_and_task(warehouse: Warehouse) -> None:
    warehouse.stock("A1", "tea", 5)
    warehouse.order("o1", ("tea", 2))
    (wave,) = PLANNER.plan(warehouse.rows, NOON, POLICY, 17, SHANGHAI).waves
    (batch,) = wave.batches
    (task,) = batch.tasks
    assert (wave.wave, wave.category, wave.ship_by) == ("W0017", FOOD, NOON)
    assert (batch.id, batch.ship_by, batch.orders) == ("W0017-01", NOON, ("o1",))
    assert (task.id, task.order, task.line, task.sku) == ("W0017-01-001", "o1", 1, "tea")
    assert (task.place, task.lot, task.quantity, task.slot) == ("A1", "", 2, 1)


def test_first_expired_goes_first_whatever_came_first(warehouse: Warehouse) -> None:
    warehouse.stock("A1", "tea", 5, "late", "2027-05-01", at=NOON - 900)
    warehouse.stock("A2", "tea", 5, "soon", "2026-12-01", at=NOON - 100)
    warehouse.stock("A3", "tea", 5, "undated", at=NOON - 9000)
    warehouse.order("o1", ("tea", 12))
    assert sorted(picks(warehouse.plan()), key=lambda p: p[2]) == [
        ("o1", "A1", "late", 5),
        ("o1", "A2", "soon", 5),
        ("o1", "A3", "undated", 2),
    ]


def test_without_dates_the_lot_received_first_goes_first(warehouse: Warehouse) -> None:
    warehouse.stock("A1", "tea", 50, "new", at=NOON - 10)
    warehouse.stock("A3", "tea", 2, "old", at=NOON - 1000)
    warehouse.order("o1", ("tea", 3))
    assert picks(warehouse.plan()) == [("o1", "A1", "new", 1), ("o1", "A3", "old", 2)]


def test_one_bin_that_covers_all_is_better_than_two(warehouse: Warehouse) -> None:
    warehouse.stock("A1", "tea", 2)
    warehouse.stock("A2", "tea", 2)
    warehouse.stock("A3", "tea", 9)
    warehouse.order("o1", ("tea", 4))
    assert picks(warehouse.plan()) == [("o1", "A3", "", 4)]


def test_one_bin_is_no_reason_to_leave_an_earlier_date_behind(warehouse: Warehouse) -> None:
    warehouse.stock("A1", "tea", 9, "late", "2027-05-01")
    warehouse.stock("A2", "tea", 1, "soon", "2026-12-01")
    warehouse.order("o1", ("tea", 2))
    assert picks(warehouse.plan()) == [("o1", "A1", "late", 1), ("o1", "A2", "soon", 1)]


@pytest.mark.parametrize(
    ("expiry", "picked"), [("2026-10-01", False), ("2026-10-02", True), ("2026-10-03", True), ("", True)]
)
def test_expired_is_never_picked(warehouse: Warehouse, expiry: str, picked: bool) -> None:
    warehouse.stock("A1", "tea", 5, "L", expiry)
    warehouse.order("o1", ("tea", 1))
    assert bool(warehouse.plan().waves) is picked


@pytest.mark.parametrize(("expiry", "picked"), [("2026-10-31", False), ("2026-11-01", True)])
def test_the_item_says_how_many_days_must_be_left(warehouse: Warehouse, expiry: str, picked: bool) -> None:
    warehouse.item("milk", min_days_left=30)
    warehouse.stock("A1", "milk", 5, "L", expiry)
    warehouse.order("o1", ("milk", 1))
    assert bool(warehouse.plan().waves) is picked


def test_the_day_is_the_sites_own(warehouse: Warehouse) -> None:
    warehouse.stock("A1", "tea", 5, "L", "2026-10-02")
    warehouse.order("o1", ("tea", 1))
    before_midnight, after_midnight = 1_790_956_799, 1_790_956_800  # Shanghai; in UTC both are 2 October
    assert warehouse.plan(now=before_midnight).waves
    assert warehouse.plan(now=after_midnight).left == (("o1", "no_stock:tea:1"),)


def test_held_lots_and_places_that_are_no_bins_are_not_stock(warehouse: Warehouse) -> None:
    warehouse.bin("S1", 9, PlaceKind.STAGING)
    warehouse.stock("S1", "tea", 5, "here")
    warehouse.happened(e.GoodsReceived("R", Sku("tea"), LotId("held"), 5, PlaceId("A1"), held=True))
    warehouse.order("o1", ("tea", 1))
    plan = warehouse.plan()
    assert plan.waves == ()
    assert plan.left == (("o1", "no_stock:tea:1"),)


def test_what_another_wave_was_promised_is_not_given_again(warehouse: Warehouse) -> None:
    warehouse.stock("A1", "tea", 5)
    warehouse.order("o1", ("tea", 4))
    warehouse.release()
    warehouse.order("o2", ("tea", 2))
    assert warehouse.plan().left == (("o2", "no_stock:tea:1"),)


def test_an_order_goes_whole_or_stays_and_takes_nothing(warehouse: Warehouse) -> None:
    warehouse.item("jam")
    warehouse.stock("A1", "tea", 3)
    warehouse.stock("A2", "jam", 1)
    warehouse.order("big", ("tea", 3), ("jam", 3), ship_by=NOON)
    warehouse.order("small", ("tea", 3), ship_by=NOON + 60)
    plan = warehouse.plan()
    assert plan.left == (("big", "no_stock:jam:2"),)
    assert picks(plan) == [("small", "A1", "", 3)]


def test_every_lacking_item_is_named(warehouse: Warehouse) -> None:
    warehouse.item("jam")
    warehouse.order("o1", ("jam", 1), ("tea", 2), ("ghost", 1))
    warehouse.order("o2")
    assert warehouse.plan().left == (
        ("o1", "no_stock:jam:1,no_stock:tea:2,unknown_item:ghost"),
        ("o2", "no_items"),
    )


def test_two_lines_of_one_item_need_the_sum(warehouse: Warehouse) -> None:
    warehouse.stock("A1", "tea", 3)
    warehouse.order("o1", ("tea", 2), ("tea", 2))
    assert warehouse.plan().left == (("o1", "no_stock:tea:1"),)


def test_scarce_stock_goes_to_the_order_due_first_across_categories(warehouse: Warehouse) -> None:
    warehouse.stock("A1", "tea", 1)
    warehouse.order("a", ("tea", 1), ship_by=NOON + 100)
    warehouse.order("b", ("tea", 1), ship_by=NOON + 50, category="")
    assert [wave.category for wave in warehouse.plan().waves] == [""]


def test_waves_hold_one_category_and_the_earliest_due_comes_first(warehouse: Warehouse) -> None:
    warehouse.stock("A1", "tea", 99)
    for n, category in enumerate(["toys", "food", "", "toys", "food"]):
        warehouse.order(f"o{n}", ("tea", 1), ship_by=NOON - n, category=category)
    waves = warehouse.plan().waves
    assert [(w.wave, w.category, w.ship_by - NOON) for w in waves] == [
        ("W0001", "food", -4),
        ("W0002", "toys", -3),
        ("W0003", "", -2),
    ]
    assert {o for b in waves[0].batches for o in b.orders} == {"o1", "o4"}
    assert [w.category for w in warehouse.plan(category="").waves] == [""]
    assert [w.category for w in warehouse.plan(category="toys").waves] == ["toys"]


def test_waves_and_carts_have_their_sizes(warehouse: Warehouse) -> None:
    warehouse.stock("A1", "tea", 99)
    for n in range(8):
        warehouse.order(f"o{n}", ("tea", 1), ship_by=NOON + n)
    waves = warehouse.plan(WavePolicy(max_orders_per_wave=5, slots_per_cart=2)).waves
    assert [[len(b.orders) for b in w.batches] for w in waves] == [[2, 2], [2, 2]]
    assert sorted(o for w in waves for b in w.batches for o in b.orders) == [f"o{n}" for n in range(8)]
    assert waves[0].ship_by == NOON


def test_orders_that_lie_close_together_share_a_cart_when_due_together(warehouse: Warehouse) -> None:
    for sku, place in (("x", "A1"), ("y", "A3")):
        warehouse.item(sku)
        warehouse.stock(place, sku, 99)
    today, tomorrow = NOON - NOON % 3600, NOON + 86_400
    warehouse.order("far", ("y", 1), ship_by=today)
    warehouse.order("near1", ("x", 1), ship_by=today + 10)
    warehouse.order("far2", ("y", 1), ship_by=today + 20)
    warehouse.order("near2", ("x", 1), ship_by=today + 30)
    warehouse.order("near3", ("x", 1), ship_by=tomorrow)
    (wave,) = warehouse.plan(WavePolicy(slots_per_cart=2)).waves
    *together, last = wave.batches
    assert {(b.orders, b.ship_by) for b in together} == {(("far", "far2"), today), (("near1", "near2"), today + 10)}
    assert last.orders == ("near3",)


def test_tasks_follow_the_walk_and_know_their_slot(warehouse: Warehouse) -> None:
    for sku, place in (("x", "A3"), ("y", "A1")):
        warehouse.item(sku)
        warehouse.stock(place, sku, 99)
    warehouse.order("o1", ("x", 1), ("y", 2), ship_by=NOON)
    warehouse.order("o2", ("y", 3), ship_by=NOON)
    (batch,) = warehouse.plan().waves[0].batches
    assert batch.orders == ("o1", "o2")
    assert [(t.id, t.place, t.order, t.line, t.slot) for t in batch.tasks] == [
        ("W0001-01-001", "A1", "o1", 2, 1),
        ("W0001-01-002", "A1", "o2", 1, 2),
        ("W0001-01-003", "A3", "o1", 1, 1),
    ]
    first, also_first, second = (t.sequence for t in batch.tasks)
    assert first == also_first < second


def test_a_released_plan_is_applied_whole(warehouse: Warehouse) -> None:
    warehouse.stock("A1", "tea", 5)
    warehouse.order("o1", ("tea", 4))
    warehouse.release()
    assert warehouse.rows.get(Stock, "A1", "tea", "") == Stock(PlaceId("A1"), Sku("tea"), LotId(""), 5, 4)
    assert warehouse.rows.all(Promise) == []
    order = warehouse.rows.get(Order, "o1")
    assert order is not None
    assert order.status == OrderStatus.IN_WAVE
    assert warehouse.plan() == Plan((), ())


def test_a_thousand_orders_are_never_planned_beyond_the_stock() -> None:
    warehouse = Warehouse()
    for n in range(400):
        warehouse.bin(f"B{n:03d}", n)
        warehouse.item(f"s{n}", category=f"c{n % 7}")
        warehouse.stock(f"B{n:03d}", f"s{n}", 2, "a", "2027-01-01")
        warehouse.stock(f"B{(n * 7) % 400:03d}", f"s{n}", 2, "b", "2026-12-01")
    for n in range(1000):
        sku = n * 37 % 400
        warehouse.order(f"o{n:04d}", (f"s{sku}", 1 + n % 3), ship_by=NOON + n * 61 % 90_000, category=f"c{sku % 7}")
    plan = warehouse.plan()
    planned = [order for wave in plan.waves for batch in wave.batches for order in batch.orders]
    assert sorted([*planned, *(order for order, _ in plan.left)]) == [f"o{n:04d}" for n in range(1000)]
    assert plan == warehouse.plan()
    for wave in plan.waves:
        warehouse.happened(wave)
    assert all(stock.free >= 0 for stock in warehouse.rows.all(Stock) if not stock.place.startswith("@"))
    assert plan.left
    assert all(reason.startswith("no_stock:") for _, reason in plan.left)


def test_a_short_pick_is_fetched_elsewhere_for_the_same_slot(warehouse: Warehouse) -> None:
    warehouse.stock("A1", "tea", 4)
    warehouse.stock("A2", "tea", 3)
    warehouse.order("o0", ("tea", 1), ship_by=NOON - 9)
    warehouse.order("o1", ("tea", 3))
    warehouse.release()
    task = next(t for t in warehouse.rows.all(PickTask) if t.order_id == "o1")
    (new,) = reallocate(warehouse.rows, task, 2, NOON, SHANGHAI, "5f")
    assert (new.id, new.order, new.line, new.slot) == ("W0001-01-5f-1", "o1", 1, task.slot)
    assert (new.place, new.quantity) == ("A2", 2)
    assert new.sequence > task.sequence


def test_a_replacement_gives_what_there_is_and_keeps_the_dates(warehouse: Warehouse) -> None:
    warehouse.stock("A1", "tea", 5, "L1", "2026-11-01")
    warehouse.stock("A1", "tea", 1, "L2", "2026-12-01")
    warehouse.stock("A2", "tea", 1, "gone", "2026-10-01")
    warehouse.stock("A3", "tea", 2, "L3", "2027-01-01")
    warehouse.order("o1", ("tea", 5))
    warehouse.release()
    found = reallocate(warehouse.rows, warehouse.task(), 5, NOON, SHANGHAI, "5f")
    assert [(t.place, t.lot, t.quantity) for t in found] == [("A1", "L2", 1), ("A3", "L3", 2)]


def test_the_walk_is_not_sent_back_where_it_failed(warehouse: Warehouse) -> None:
    warehouse.stock("A1", "tea", 5)
    warehouse.stock("A2", "tea", 5)
    warehouse.order("o1", ("tea", 5))
    warehouse.release()
    first = warehouse.task()
    replaced = reallocate(warehouse.rows, first, 5, NOON, SHANGHAI, "5f")
    warehouse.happened(e.PickShorted(first.id, 5, "empty", replaced_by=replaced))
    (other,) = warehouse.rows.where(PickTask, place="A2")
    assert reallocate(warehouse.rows, other, 5, NOON, SHANGHAI, "60") == ()


def test_a_replacement_ahead_is_better_than_one_behind(warehouse: Warehouse) -> None:
    warehouse.stock("A2", "tea", 9)
    warehouse.order("o1", ("tea", 5))
    warehouse.release()
    warehouse.stock("A1", "tea", 5)
    warehouse.stock("A3", "tea", 5)
    (new,) = reallocate(warehouse.rows, warehouse.task(), 5, NOON, SHANGHAI, "5f")
    assert new.place == "A3"


def test_lots_without_a_row_of_their_own_can_be_picked(warehouse: Warehouse) -> None:
    warehouse.happened(e.StockAdjusted(Sku("tea"), LotId("found"), PlaceId("A1"), 2, "count"))
    assert warehouse.rows.get(Lot, "tea", "found") is None
    warehouse.order("o1", ("tea", 2))
    assert picks(warehouse.plan()) == [("o1", "A1", "found", 2)]
