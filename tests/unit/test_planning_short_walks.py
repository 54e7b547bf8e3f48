"""Waves planned for short walks: what holds for any wave, whatever the warehouse looks like."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit import planned
from tests.unit.test_planning_waves import NOON, SHANGHAI, Warehouse
from wms.domain import events as e
from wms.domain.catalogue import Item
from wms.domain.ids import CategoryCode, OrderId, PlaceId, Sku
from wms.domain.orders import Order
from wms.domain.places import Place, PlaceKind
from wms.domain.review import Presence
from wms.domain.stock import Promise, Stock
from wms.domain.waves import PickTask, Slot, Wave
from wms.planning.regroup import regrouped
from wms.planning.rules import rules_of
from wms.planning.site_walks import SiteWalks
from wms.planning.wave_desk import desk_of
from wms.planning.waves import Plan, policy_of

AISLES, BAYS = 4, 5


class Aisles(Warehouse):
    """Bins in parallel aisles, ranked in a snake."""

    def __init__(self, rules: str = "") -> None:
        super().__init__()
        for aisle in range(AISLES):
            for n in range(BAYS):
                bay = n if aisle % 2 == 0 else BAYS - 1 - n
                x, y, rank = aisle * 3000, (bay + 1) * 1500, aisle * BAYS + n + 1
                place = Place(PlaceId(f"{aisle}-{bay}"), PlaceKind.BIN, "AB"[aisle // 2], rank, x_mm=x, y_mm=y)
                self.happened(e.PlaceDefined(place))
        self.happened(e.WaveRulesSet(rules))

    def goods(self, sku: str, category: str = "food", grams: int = 0, side: int = 0) -> None:
        item = Item(Sku(sku), sku, sku, CategoryCode(category), "", "", grams, side, side, side)
        self.happened(e.ItemDefined(item, ()))

    def short(self) -> Plan:
        return planned.PLANNER.plan(self.rows, NOON, policy_of(self.rows), 1, SHANGHAI)


@dataclass(frozen=True)
class Draw:
    """A warehouse as chance made it."""

    rules: str
    stock: tuple[tuple[int, int, int, int, int], ...]  # place, item, units, lot, days to its expiry
    orders: tuple[tuple[tuple[tuple[int, int], ...], int, int], ...]  # lines, hours to ship-by, category

    def warehouse(self) -> Aisles:
        made = Aisles(self.rules)
        for item in range(6):
            made.goods(f"s{item}", f"c{item % 3}", 500 * (item + 1), 100 + 20 * item)
        for place, item, units, lot, days in self.stock:
            expiry = f"2026-{10 + days // 28}-{1 + days % 28:02d}" if days else ""
            name = f"{place // BAYS}-{place % BAYS}"
            made.stock(name, f"s{item}", units, f"L{item}{lot}{days}", expiry, NOON - 60 * lot)
        for n, (lines, hours, category) in enumerate(self.orders):
            wanted = tuple((f"s{item}", units) for item, units in lines)
            made.order(f"o{n}", *wanted, ship_by=NOON + hours * 3600, category=("c0", "c1", "")[category])
        return made


def _rules(waves: int, slots: int, kg: int, litres: int, category: str, zones: str, heavy: int) -> str:
    return (
        f'[zones]\nmode = "{zones}"\n[sequence]\nheavy_kg = {heavy}\n'
        f'[waves]\norders = {waves}\ncategory = "{category}"\n'
        f"[cart]\nslots = {slots}\nkg = {kg}\nlitres = {litres}\ntote_litres = {litres // 2}\n"
    )


rules = st.builds(
    _rules,
    st.integers(1, 8),
    st.integers(1, 5),
    st.sampled_from([0, 4, 20]),
    st.sampled_from([0, 12, 60]),
    st.sampled_from(["hard", "soft", "off"]),
    st.sampled_from(["off", "off", "split", "pass"]),
    st.sampled_from([0, 0, 2]),
)
stock = st.tuples(st.integers(0, 19), st.integers(0, 5), st.integers(1, 9), st.integers(0, 2), st.integers(0, 80))
lines = st.lists(st.tuples(st.integers(0, 5), st.integers(1, 4)), min_size=1, max_size=4)
orders = st.tuples(lines.map(tuple), st.integers(-2, 60), st.integers(0, 2))
draws = st.builds(
    Draw,
    rules,
    st.lists(stock, min_size=4, max_size=30).map(tuple),
    st.lists(orders, min_size=1, max_size=14).map(tuple),
)


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(draws)
def test_whatever_the_warehouse_every_wave_keeps_to_the_rules(draw: Draw) -> None:
    warehouse = draw.warehouse()
    rows, plan = warehouse.rows, warehouse.short()
    rules = rules_of(rows)
    ready = {order.id for order in rows.all(Order)}
    inside = [order for wave in plan.waves for order in planned.orders_of(wave)]
    assert sorted([*inside, *(order for order, _ in plan.left)]) == sorted(ready)
    assert all(reason for _, reason in plan.left)
    ordered, taken = planned.wanted_and_picked(rows, plan.waves)
    assert ordered == taken
    assert planned.beyond_stock(rows, plan.waves) == []
    assert planned.out_of_turn(rows, plan.waves, NOON, SHANGHAI) == []
    for wave in plan.waves:
        assert len(planned.orders_of(wave)) <= rules.waves.orders
        categories = {planned.category_of(rows, order) for order in planned.orders_of(wave)}
        assert rules.waves.category != "hard" or len(categories) == 1
        assert wave.category == (categories.pop() if len(categories) == 1 else "")
        for batch in wave.batches:
            _check_batch(warehouse, batch)
    again = warehouse.short()
    assert again == plan
    for wave in plan.waves:
        warehouse.happened(wave)
    assert all(stock.free >= 0 for stock in rows.all(Stock) if not stock.place.startswith("@"))


def _check_batch(warehouse: Aisles, batch: e.PlannedBatch) -> None:
    rules = rules_of(warehouse.rows)
    cart = rules.cart
    items = {item.sku: item for item in warehouse.rows.all(Item)}
    assert len(batch.orders) <= cart.slots
    grams = sum(items[task.sku].weight_g * task.quantity for task in batch.tasks)
    litres = sum(items[task.sku].length_mm ** 3 * task.quantity for task in batch.tasks) / 10**6
    assert not cart.kg or grams <= cart.kg * 1000
    assert not cart.litres or litres <= cart.litres
    assert all(batch.orders[task.slot - 1] == task.order for task in batch.tasks)
    assert {task.slot for task in batch.tasks} == set(range(1, len(batch.orders) + 1))
    assert [task.sequence for task in batch.tasks] == sorted(task.sequence for task in batch.tasks)
    if rules.zones.mode == "split":
        assert len({task.place < "2" for task in batch.tasks}) == 1
    if rules.zones.mode == "pass" or rules.sequence.heavy_kg:
        return
    places = [task.place for task in batch.tasks]
    assert len(dict.fromkeys(places)) == sum(a != b for a, b in zip(places, [None, *places], strict=False))
    assert len({task.id for task in batch.tasks}) == len(batch.tasks)


def test_orders_that_lie_together_walk_together():
    warehouse = Aisles("[cart]\nslots = 2\n[walking]\nmetres_per_minute = 60\n")
    for sku, place in (("near", "0-0"), ("far", "3-4")):
        warehouse.goods(sku)
        warehouse.stock(place, sku, 9)
    for name, sku in (("a", "near"), ("b", "far"), ("c", "near"), ("d", "far")):
        warehouse.order(name, (sku, 1), ship_by=NOON + 86_400)
    plan = warehouse.short()
    (wave,) = plan.waves
    assert sorted(tuple(sorted(batch.orders)) for batch in wave.batches) == [("a", "c"), ("b", "d")]
    assert plan.figures is not None
    assert plan.figures.walk_mm == sum(batch.walk_mm for batch in wave.batches)
    assert plan.figures.walk_mm <= plan.figures.plain_mm == wave.plain_mm


def test_the_walk_goes_the_shortest_way_round():
    warehouse = Aisles()
    for aisle in range(AISLES):
        for bay in (0, BAYS - 1):
            warehouse.goods(f"s{aisle}{bay}")
            warehouse.stock(f"{aisle}-{bay}", f"s{aisle}{bay}", 1)
            warehouse.order(f"o{aisle}{bay}", (f"s{aisle}{bay}", 1))
    plan = warehouse.short()
    (batch,) = plan.waves[0].batches
    assert batch.walk_mm == 48_000  # round the outer aisles, with four turns of 1.5 m into the inner ones and back
    assert plan.figures is not None
    assert plan.figures.tours[0].s_shape_mm == 54_000  # up and down all four


def test_among_equal_bins_the_one_on_the_way_is_chosen():
    warehouse = Aisles()
    warehouse.goods("only")
    warehouse.goods("twice")
    warehouse.stock("3-2", "only", 5)
    warehouse.stock("0-4", "twice", 5, "L", "2026-12-01", NOON - 900)
    warehouse.stock("3-3", "twice", 5, "M", "2026-12-01", NOON)
    warehouse.order("o", ("twice", 1), ("only", 1))
    (wave,) = warehouse.short().waves
    assert {task.place for task in wave.batches[0].tasks} == {"3-2", "3-3"}


def test_what_one_cart_fetches_anyway_is_fetched_there():
    warehouse = Aisles()
    for sku, place in (("x", "0-0"), ("y", "3-4")):
        warehouse.goods(sku)
        warehouse.stock(place, sku, 5)
    warehouse.goods("z")
    warehouse.stock("0-1", "z", 1, at=NOON)
    warehouse.stock("3-3", "z", 9, at=NOON)
    warehouse.order("o1", ("x", 1), ("z", 1))
    warehouse.order("o2", ("y", 1))
    (wave,) = warehouse.short().waves
    assert "0-1" in {task.place for batch in wave.batches for task in batch.tasks}


def test_a_large_order_is_parted_over_carts_and_stays_in_one_wave():
    warehouse = Aisles("[waves]\norders = 1\n[cart]\nkg = 10\n")
    warehouse.goods("sack", grams=3000)
    warehouse.stock("1-1", "sack", 20)
    warehouse.order("big", ("sack", 8), ship_by=NOON)
    warehouse.order("small", ("sack", 1), ship_by=NOON + 60)
    first, second = warehouse.short().waves
    assert [sum(task.quantity for task in batch.tasks) for batch in first.batches] == [3, 3, 2]
    assert {batch.orders for batch in first.batches} == {("big",)}
    assert [batch.orders for batch in second.batches] == [("small",)]
    warehouse.happened(first)
    big = warehouse.rows.get(Order, "big")
    assert (big.wave, big.status) == ("W0001", "in_wave")
    assert warehouse.rows.get(Promise, "sack").quantity == 1


def test_all_parts_of_an_order_are_in_the_wave_of_the_first_though_others_are_due_before():
    warehouse = Aisles("[waves]\norders = 2\n[cart]\nkg = 10\n")
    warehouse.goods("sack", grams=3000)
    warehouse.stock("1-1", "sack", 20)
    for name, sacks, wait in (("early", 2, 0), ("mid1", 3, 10), ("mid2", 3, 20), ("big", 4, 100)):
        warehouse.order(name, ("sack", sacks), ship_by=NOON + 86_400 + wait)
    waves = warehouse.short().waves
    assert [planned.orders_of(wave) for wave in waves] == [{"early", "big"}, {"mid1", "mid2"}]


def test_an_order_of_several_totes_has_several_slots():
    warehouse = Aisles("[cart]\nslots = 4\ntote_litres = 30\n")
    warehouse.goods("box", side=200)  # 8 litres
    warehouse.goods("bag", side=200)
    warehouse.stock("1-1", "box", 20)
    warehouse.stock("2-1", "bag", 20)
    warehouse.order("o", ("box", 3), ("bag", 2))
    (batch,) = warehouse.short().waves[0].batches
    assert batch.orders == ("o", "o")
    assert sorted(task.slot for task in batch.tasks) == [1, 2]


@pytest.mark.parametrize(
    ("rules", "reason"),
    [("[cart]\nkg = 2\n", "too_large_for_cart:sack"), ("[cart]\nlitres = 1\n", "too_large_for_cart:sack")],
)
def test_what_no_cart_carries_is_named(rules, reason):
    warehouse = Aisles(rules)
    warehouse.goods("sack", grams=3000, side=200)
    warehouse.goods("tea", grams=10, side=10)
    warehouse.stock("1-1", "sack", 1)
    warehouse.stock("1-2", "tea", 1)
    warehouse.order("big", ("sack", 1), ("tea", 1), ship_by=NOON)
    warehouse.order("small", ("tea", 1), ship_by=NOON + 60)
    plan = warehouse.short()
    assert plan.left == (("big", reason),)
    assert [planned.orders_of(wave) for wave in plan.waves] == [{"small"}]


def test_orders_that_will_be_late_are_named_and_those_sure_to_be_told_apart():
    warehouse = Aisles('[cart]\nslots = 1\n[carriers.cutoff]\nk = "13:00"\n')  # noon at the site
    warehouse.goods("tea")
    warehouse.stock("0-0", "tea", 50)
    warehouse.order("past", ("tea", 1), ship_by=NOON - 3600)
    warehouse.order("fine", ("tea", 1), ship_by=NOON + 7 * 3600)
    for n in range(15):
        warehouse.order(f"z{n:02d}", ("tea", 1), ship_by=NOON + 7 * 3600)
    figures = warehouse.short().figures
    assert figures is not None
    late = {late.order: late for late in figures.late}
    assert (late["past"].certain, late["past"].by) == (True, NOON - 3600)
    others = [one for name, one in late.items() if name != "past"]
    assert others  # thirty minutes of walking and thirty of packing are less than sixteen tours take
    assert all((not one.certain, one.by) == (True, NOON + 3600) for one in others)
    assert all(one.packed > one.by for one in late.values())
    assert Counter(tour.picker for tour in figures.tours) == {"picker 1": 17}
    assert figures.pickers[0].end >= figures.pickers[0].busy > 0


def test_walks_that_nobody_has_begun_make_nothing_late_for_sure():
    """Somebody could leave them for later: the buyer needs no call yet."""
    pace = "tour_seconds = 100\nline_seconds = 10\nmetres_per_minute = 60\n"
    warehouse = Aisles(f"[walking]\n{pace}[carriers]\npacking_minutes = 0\n")
    warehouse.goods("tea")
    warehouse.stock("0-0", "tea", 50)
    warehouse.order("before", ("tea", 1), ship_by=NOON + 86_400)
    task = e.PlannedTask("W-1-1", "before", 1, "tea", "0-0", "", 1, 1, 1)
    warehouse.happened(e.WaveReleased("W", "", 0, (e.PlannedBatch("W-1", 0, ("before",), (task,), 3_600_000),)))
    warehouse.order("soon", ("tea", 1), ship_by=NOON + 600)
    warehouse.order("past", ("tea", 1), ship_by=NOON - 600)
    figures = warehouse.short().figures
    assert figures is not None
    assert {late.order: late.certain for late in figures.late} == {"soon": False, "past": True}
    warehouse.happened(e.BatchClaimed("W-1", "picker 1", "T1"))
    warehouse.rows.put(Presence("T1", "picker 1", "picker", NOON))
    figures = warehouse.short().figures
    assert figures is not None
    assert {late.order: late.certain for late in figures.late} == {"soon": True, "past": True}


def test_earliest_first_is_what_savings_are_told_against():
    warehouse = Aisles("[cart]\nslots = 3\n")
    for n in range(20):
        warehouse.goods(f"s{n}")
        warehouse.stock(f"{n // BAYS}-{n % BAYS}", f"s{n}", 9)
    for n in range(18):
        warehouse.order(f"o{n:02d}", (f"s{n * 7 % 20}", 1), (f"s{n * 3 % 20}", 1), ship_by=NOON + 86_400)
    figures = warehouse.short().figures
    assert figures is not None
    orders = [
        {f"{n * 7 % 20 // BAYS}-{n * 7 % 20 % BAYS}", f"{n * 3 % 20 // BAYS}-{n * 3 % 20 % BAYS}"} for n in range(18)
    ]
    rank = {place.id: place.sequence for place in warehouse.rows.all(Place)}
    orders.sort(key=lambda places: min(map(rank.__getitem__, places)))
    carts = [set[str]().union(*orders[at : at + 3]) for at in range(0, 18, 3)]
    walks = SiteWalks(warehouse.rows, rules_of(warehouse.rows))
    assert figures.plain_mm == sum(walks.plain(cart) for cart in carts) > figures.walk_mm


def test_heavy_goods_are_picked_first_and_glass_last():
    warehouse = Aisles('[sequence]\nheavy_kg = 5\nlast = ["glass"]\n')
    for sku, place, category, grams in (
        ("jug", "0-1", "glass", 900),
        ("tea", "1-1", "food", 100),
        ("sack", "3-4", "food", 5000),
    ):
        warehouse.goods(sku, category, grams)
        warehouse.stock(place, sku, 5)
    warehouse.order("o", ("jug", 1), ("tea", 1), ("sack", 1), category="")
    plan = warehouse.short()
    (batch,) = plan.waves[0].batches
    assert [task.sku for task in batch.tasks] == ["sack", "tea", "jug"]
    assert [task.sequence for task in batch.tasks] == sorted({task.sequence for task in batch.tasks})


def test_a_place_with_goods_to_go_first_and_others_to_go_last_is_visited_twice():
    warehouse = Aisles('[sequence]\nheavy_kg = 5\nlast = ["glass"]\n')
    for sku, place, category, grams in (("jug", "0-1", "glass", 9), ("tea", "1-1", "", 9), ("sack", "0-1", "", 5000)):
        warehouse.goods(sku, category, grams)
        warehouse.stock(place, sku, 5)
    warehouse.order("o", ("jug", 1), ("tea", 1), ("sack", 1))
    (batch,) = warehouse.short().waves[0].batches
    assert [task.place for task in batch.tasks] == ["0-1", "1-1", "0-1"]
    assert len({task.sequence for task in batch.tasks}) == 3


class Zones(Aisles):
    """The first two aisles are zone A, the others zone B."""

    def __init__(self, mode: str, orders: int = 60) -> None:
        super().__init__(f'[waves]\norders = {orders}\n[zones]\nmode = "{mode}"\n')
        for aisle in range(AISLES):
            self.goods(f"s{aisle}")
            self.stock(f"{aisle}-{aisle}", f"s{aisle}", 50)


def test_zones_walked_apart_never_share_a_cart_and_orders_stay_in_one_wave():
    warehouse = Zones("split", orders=3)
    for n in range(6):
        warehouse.order(f"o{n}", (f"s{n % 4}", 1), (f"s{(n + 1) % 4}", 1), ship_by=NOON + n)
    waves = warehouse.short().waves
    assert [planned.orders_of(wave) for wave in waves] == [{"o0", "o1", "o2"}, {"o3", "o4", "o5"}]
    for wave in waves:
        for batch in wave.batches:
            assert len({task.place < "2" for task in batch.tasks}) == 1
        warehouse.happened(wave)
    ordered, taken = planned.wanted_and_picked(warehouse.rows, waves)
    assert ordered == taken
    assert warehouse.rows.all(Promise) == []
    assert {slot.batch for slot in warehouse.rows.where(Slot, order_id="o1")} == {"W0001-01", "W0001-02"}


def test_zones_stay_apart_when_walks_are_put_together_anew():
    warehouse = Zones("split", orders=12)
    for n in range(24):
        warehouse.order(f"o{n:02d}", (f"s{n % 4}", 1), (f"s{(n + 1) % 4}", 1), ship_by=NOON + n)
    for wave in warehouse.short().waves:
        warehouse.happened(wave)
    for n in range(0, 24, 2):
        warehouse.happened(e.OrderCancelled(OrderId(f"o{n:02d}"), refund=False))
    desk = desk_of(warehouse.rows, NOON, policy_of(warehouse.rows, slots=24), SHANGHAI)
    made = [regrouped(desk, wave.id, planned.engine, "x") for wave in warehouse.rows.all(Wave)]
    for event in made:
        assert event is None or event.batches
        if event is not None:
            warehouse.happened(event)
    open_tasks = [task for task in warehouse.rows.all(PickTask) if task.status == "open"]
    for batch in {task.batch for task in open_tasks}:
        assert len({task.place < "2" for task in open_tasks if task.batch == batch}) == 1
    assert len(open_tasks) == 24


def test_a_cart_handed_on_is_done_with_a_zone_before_the_next():
    warehouse = Zones("pass")
    for n in range(6):
        warehouse.order(f"o{n}", (f"s{n % 4}", 1), (f"s{(n + 1) % 4}", 1))
    (batch,) = warehouse.short().waves[0].batches
    zones = ["A" if task.place < "2" else "B" for task in batch.tasks]
    assert zones == sorted(zones)


def test_bins_that_a_plan_empties_are_named_with_where_more_lies():
    warehouse = Aisles()
    warehouse.goods("tea")
    warehouse.stock("1-1", "tea", 3, "a", "2026-12-01")
    warehouse.stock("2-2", "tea", 9, "b", "2027-12-01")
    warehouse.order("o", ("tea", 3))
    figures = warehouse.short().figures
    assert figures is not None
    (hint,) = figures.refill
    assert (hint.bin, hint.sku, hint.left, hint.reserve, hint.where) == ("1-1", "tea", 0, 9, ("2-2",))


NARROW = """
[[area]]
at = [0.0, 0.0]
aisles = "0..3"
spacing = 3.0
bays = "0..4"
bay_width = 1.5
bins = "{aisle}-{bay}"
narrow = true

[[start]]
name = "start"
at = [0.0, -1.0]

[[drop]]
name = "drop"
at = [0.0, -1.0]
"""


def test_two_carts_are_never_in_one_narrow_aisle():
    warehouse = Aisles("[cart]\nslots = 1\n[pickers]\nnumber = 3\n[congestion]\nwait = true\n")
    warehouse.goods("tea")
    warehouse.stock("1-1", "tea", 9)
    for n in range(3):
        warehouse.order(f"o{n}", ("tea", 1), ship_by=NOON + 86_400)
    free = warehouse.short().figures
    assert free is not None
    assert (free.waits, {tour.begin for tour in free.tours}) == (0, {0})
    warehouse.happened(e.FloorDrawn(NARROW))
    narrow = warehouse.short().figures
    assert narrow is not None
    assert narrow.waits == sum(tour.waits for tour in narrow.tours) > 0
    assert len({tour.begin for tour in narrow.tours}) == 3
