"""The furnished warehouse fits together: its facts make a floor on which its orders can be planned and picked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from random import Random

import pytest

from wms.channels import ParsedItem, ParsedLine, ParsedOrder
from wms.demo.catalogue import items
from wms.demo.furnish import demo_orders, furnish, furnish_for
from wms.demo.furnish_places import bins
from wms.demo.furnish_stock import EXPIRED_ITEM, OUT_OF_STOCK
from wms.domain import commands as c
from wms.domain import events as e
from wms.domain.catalogue import Carrier, Category, Channel, Item, ItemCode, Person, Role, Site
from wms.domain.ids import Badge, CarrierCode, ChannelCode, DeviceId, OrderId, Sku
from wms.domain.orders import Order, OrderStatus
from wms.domain.pins import check_pin
from wms.domain.places import Place, PlaceKind
from wms.domain.projections import apply
from wms.domain.rows import MemoryTables, Rows
from wms.domain.stock import Lot, Stock
from wms.planning.engines import at_once
from wms.planning.wave_plan import ShortWalks
from wms.planning.waves import WavePolicy
from wms.workflows import handlers  # noqa: F401 - registers the handlers
from wms.workflows.handling import Context, Refused, handle
from wms.workflows.inputs import Scanned
from wms.workflows.resolve import BadgeScan, CartScan, ItemScan, PlaceScan, ToteScan, resolve

NOW = 1_790_913_600  # 2026-10-02 04:00 UTC: noon in Shanghai
TODAY = "2026-10-02"
HOUR = 3600


def floor(events: Iterable[e.Event]) -> MemoryTables:
    tables = MemoryTables()
    _happened(tables, events)
    return tables


def _happened(tables: MemoryTables, events: Iterable[e.Event]) -> None:
    for n, event in enumerate(events, 1):
        apply(tables, e.Fact(e.Key(DeviceId("T"), 1, n), NOW * 1000, Badge(""), event))


def taken(tables: MemoryTables, orders: tuple[ParsedOrder, ...]) -> None:
    """As an import does: every line names an item, the channel gives the carrier."""
    incoming = []
    for order in orders:
        channel = tables.get(Channel, order.channel)
        assert channel is not None
        lines = tuple((Sku(line.code), line.quantity) for line in order.lines)
        assert order.ship_by is not None
        incoming.append(
            c.IncomingOrder(
                OrderId(order.reference),
                ChannelCode(order.channel),
                order.reference,
                order.ship_by,
                CarrierCode(order.carrier) or channel.carrier,
                lines,
            )
        )
    context = Context(DeviceId("T"), 1, Badge(""), NOW, lambda: "seed", lambda _: 0)
    answer = handle(c.TakeOrders(tuple(incoming)), tables, context)
    assert not isinstance(answer, Refused)
    _happened(tables, answer)


@pytest.fixture(scope="module")
def rows() -> Rows:
    return floor(furnish(NOW, 7))


def read(text: str, rows: Rows) -> object:
    return resolve(Scanned(text), rows)


def test_the_same_seed_gives_the_same_warehouse_and_another_seed_another() -> None:
    assert furnish(NOW, 7) == furnish(NOW, 7)
    assert demo_orders(NOW, 7) == demo_orders(NOW, 7)
    assert furnish(NOW, 7) != furnish(NOW, 8)
    assert demo_orders(NOW, 7) != demo_orders(NOW, 8)


def test_there_is_what_a_floor_needs(rows: Rows) -> None:
    site = rows.get(Site, "site")
    assert site is not None
    assert site.zone == "Asia/Shanghai"
    kinds = Counter(place.kind for place in rows.all(Place))
    assert kinds[PlaceKind.TOTE] == 40
    assert kinds[PlaceKind.CART] == 4
    assert kinds[PlaceKind.RETURNS] == 1
    assert {place.zone for place in rows.where(Place, kind=PlaceKind.BIN)} == {"A", "B", "C"}
    assert all(cart.slots == 12 for cart in rows.where(Place, kind=PlaceKind.CART))
    for carrier in rows.all(Carrier):
        place = rows.get(Place, carrier.staging)
        assert place is not None
        assert (place.kind, place.zone) == (PlaceKind.STAGING, "ship")
        assert carrier.next == carrier.first < carrier.last < 10**carrier.digits
    for channel in rows.all(Channel):
        assert rows.get(Carrier, channel.carrier)
    assert len(rows.all(Category)) == 8
    assert all(len(category.points()) >= 2 for category in rows.all(Category))


def test_people_cover_all_roles_in_both_languages_and_the_supervisor_has_a_pin(rows: Rows) -> None:
    people = rows.all(Person)
    assert len(people) == 8
    assert {person.language for person in people} == {"zh_CN", "en"}
    for role in Role:
        assert any(person.may(role) for person in people)
    with_pin = [person for person in people if person.pin]
    assert [person.roles for person in with_pin] == ["supervisor"]
    assert check_pin(with_pin[0].pin, "1234")
    assert not check_pin(with_pin[0].pin, "1235")


def test_three_hundred_items_are_named_weighed_and_told_apart(rows: Rows) -> None:
    found = rows.all(Item)
    assert len(found) >= 300
    assert len({item.zh for item in found}) == len({item.en for item in found}) == len(found)
    for item in found:
        assert item.zh != item.en
        assert item.en.isascii(), item.en
        assert item.weight_g > 0
        assert item.length_mm >= item.width_mm >= item.height_mm > 0
    rice = next(item for item in found if item.en == "Northeast rice 5kg vacuum")
    assert rice.zh == "东北大米 5kg 真空装"
    assert 5000 < rice.weight_g < 5500


def test_every_code_resolves_to_its_item(rows: Rows) -> None:
    cases = aliases = 0
    for defined in items():
        for code, quantity in defined.codes:
            on_the_goods = code.removeprefix("0")
            found = read(on_the_goods, rows)
            assert isinstance(found, ItemScan), (on_the_goods, found)
            assert (found.sku, found.quantity) == (defined.item.sku, quantity)
            if code.startswith("M"):
                aliases += 1
            else:
                assert on_the_goods.startswith(("952", "1952"))
                cases += quantity == 12
    assert cases > 20
    assert aliases > 10


def test_labels_of_the_floor_resolve(rows: Rows) -> None:
    place = rows.where(Place, kind=PlaceKind.BIN)[0]
    found = read(f"{place.id}*{place.check_digits}", rows)
    assert isinstance(found, PlaceScan)
    assert found.proven
    assert isinstance(read("TOTE-001", rows), ToteScan)
    assert isinstance(read("CART-1", rows), CartScan)
    assert isinstance(read("BDG-1001", rows), BadgeScan)


def test_a_walk_visits_each_bin_once_and_neighbours_have_other_digits(rows: Rows) -> None:
    walk = sorted(rows.where(Place, kind=PlaceKind.BIN), key=lambda place: place.sequence)
    assert [place.sequence for place in walk] == list(range(1, len(walk) + 1))
    for here, there in pairwise(walk):
        assert here.check_digits != there.check_digits
        if here.zone == there.zone:
            assert abs(here.x_mm - there.x_mm) + abs(here.y_mm - there.y_mm) <= 3000, (here, there)
    assert all(len(place.check_digits) == 2 for place in walk)


def test_stock_lies_one_lot_to_a_bin_and_a_third_of_the_goods_has_two(rows: Rows) -> None:
    in_bins = [stock for stock in rows.all(Stock) if not stock.place.startswith("@")]
    assert len({stock.place for stock in in_bins}) == len(in_bins)
    places = Counter(stock.sku for stock in in_bins)
    two = sum(1 for n in places.values() if n >= 2)
    assert len(places) / 3 - 2 <= two <= len(places) / 3 + 2
    for sku in OUT_OF_STOCK:
        assert places[sku] == 0


def test_food_and_cosmetics_go_by_lot_and_one_lot_has_expired(rows: Rows) -> None:
    controlled = {item.sku for item in rows.all(Item) if item.lot_controlled}
    categories = {rows.get(Item, sku).category for sku in controlled}  # type: ignore[union-attr]
    assert categories == {"food", "cosmetics"}
    for lot in rows.all(Lot):
        assert bool(lot.lot) == bool(lot.expiry) == (lot.sku in controlled)
    expired = [lot for lot in rows.all(Lot) if lot.expiry and lot.expiry < TODAY]
    assert [lot.sku for lot in expired] == [EXPIRED_ITEM]
    assert sum(1 for lot in rows.all(Lot) if TODAY < lot.expiry < "2027-01-31") >= 5


def test_orders_are_those_the_brief_of_a_day_asks_for() -> None:
    orders = demo_orders(NOW, 7)
    assert len(orders) == len({order.reference for order in orders}) == 72
    assert {order.channel for order in orders} == {"taobao", "douyin", "shopify"}
    due = [order.ship_by - NOW for order in orders if order.ship_by is not None]
    assert min(due) == -HOUR
    assert max(due) == 40 * HOUR
    assert {len(order.lines) for order in orders} >= {1, 2, 3, 4}
    assert any(line.quantity > 1 for order in orders for line in order.lines)
    assert sum(1 for order in orders if order.recipient is None) == 1
    assert any("[/]" in order.recipient.name for order in orders if order.recipient)
    names = [order.recipient.name for order in orders if order.recipient]
    assert any(name.isascii() for name in names)
    assert any("\u4e00" <= name[0] <= "\u9fff" for name in names)
    for order in orders:
        assert order.placed_at is not None
        assert order.placed_at < NOW


@pytest.mark.parametrize("seed", [0, 7, 2026])
def test_all_but_two_orders_can_go_and_the_expired_lot_stays(seed: int) -> None:
    tables = floor(furnish(NOW, seed))
    taken(tables, demo_orders(NOW, seed))
    held = [order.hold for order in tables.where(Order, status=OrderStatus.HELD)]
    assert sorted(hold.split(":")[1] for hold in held) == sorted(OUT_OF_STOCK)
    plan = ShortWalks(at_once).plan(tables, NOW, WavePolicy(), 1, "Asia/Shanghai")
    assert plan.left == ()
    planned = [task for wave in plan.waves for batch in wave.batches for task in batch.tasks]
    assert len({task.order for task in planned}) == 70
    gone = {(lot.sku, lot.lot) for lot in tables.all(Lot) if lot.expiry and lot.expiry < TODAY}
    assert gone
    assert not gone & {(task.sku, task.lot) for task in planned}
    assert any(wave.category == "" for wave in plan.waves), "some orders span categories"


def test_the_expired_lot_is_not_picked_even_when_all_else_is_gone() -> None:
    tables = floor(furnish(NOW, 7))
    good = sum(s.quantity for s in tables.where(Stock, sku=EXPIRED_ITEM) if not s.place.startswith("@"))
    order = ParsedOrder("taobao", "ALL", (ParsedLine(EXPIRED_ITEM, good),), placed_at=NOW, ship_by=NOW)
    taken(tables, (order,))
    plan = ShortWalks(at_once).plan(tables, NOW, WavePolicy(), 1, "Asia/Shanghai")
    assert plan.waves == ()
    assert plan.left == ((OrderId("ALL"), f"no_stock:{EXPIRED_ITEM}:12"),)


def test_a_foreign_file_gets_a_warehouse_that_serves_all_its_orders() -> None:
    described = tuple(
        ParsedItem(f"{n:032x}", "bed bath table", "cama_mesa_banho", 500, 200, 100, 50) for n in range(40)
    )
    orders = tuple(
        ParsedOrder(
            "olist", f"o{n}", (ParsedLine(described[n % 40].sku, 1 + n % 3),), placed_at=NOW, ship_by=NOW + HOUR
        )
        for n in range(200)
    )
    unnamed = ParsedOrder("olist", "x", (ParsedLine("only-in-an-order", 4),), placed_at=NOW, ship_by=NOW + HOUR)
    events = furnish_for(described, (*orders, unnamed), NOW, 7)
    assert events == furnish_for(described, (*orders, unnamed), NOW, 7)
    tables = floor(events)
    taken(tables, (*orders, unnamed))
    assert tables.where(Order, status=OrderStatus.HELD) == []
    plan = ShortWalks(at_once).plan(tables, NOW, WavePolicy(), 1, "Asia/Shanghai")
    assert plan.left == ()
    assert len(tables.where(Place, kind=PlaceKind.TOTE)) == 400
    category = tables.get(Category, "cama_mesa_banho")
    assert category is not None
    assert category.en == "Bed bath table"
    codes = tables.all(ItemCode)
    assert len({code.code for code in codes}) == 41
    assert all(code.code.startswith("0952") for code in codes)
    in_bins = [stock for stock in tables.all(Stock) if not stock.place.startswith("@")]
    assert len({stock.place for stock in in_bins}) == len(in_bins) > 41


def test_there_are_bins_for_forty_thousand_goods() -> None:
    assert len({place.id for place in bins("ABC", 18_000, Random(1), bays=20)}) >= 54_000


@pytest.mark.parametrize("seed", range(5))
def test_every_order_fits_the_scale_and_the_largest_carton(seed: int) -> None:
    known = {defined.item.sku: defined.item for defined in items()}
    for order in demo_orders(NOW, seed, 200):
        assert order.lines
        assert sum(known[Sku(line.code)].weight_g * line.quantity for line in order.lines) <= 20_000


def test_more_orders_than_the_stock_covers_are_refused() -> None:
    with pytest.raises(ValueError, match="covers no more"):
        demo_orders(NOW, 1, 12_000)
