"""Orders and goods before the floor: promised once, held with a reason, released in waves, corrected with a name."""

import pytest

from tests.unit.floor import (
    LI,
    RETURNS,
    RICE,
    RICE_BIN,
    SOAP,
    SOAP_BIN,
    TEA,
    TEA_BIN,
    TEA_RESERVE,
    a_packer_with_a_tote,
    a_warehouse,
)
from wms.domain import commands as c
from wms.domain import events as e
from wms.domain.catalogue import Carrier
from wms.domain.orders import Order, OrderLine, UnknownLine
from wms.domain.packing import WaybillRange
from wms.domain.places import COUNT_DIFFERENCE, SUPPLIER
from wms.domain.review import Review
from wms.domain.stock import Lot, Promise
from wms.domain.waves import Batch
from wms.workflows.handlers.office import sellable
from wms.workflows.handling import Refused


@pytest.fixture
def floor():
    return a_warehouse()


def promised(floor, sku):
    row = floor.rows.get(Promise, sku)
    return row.quantity if row is not None else 0


def why(answer):
    assert isinstance(answer, Refused), answer
    return answer.lines[0].text


def incoming(floor, name, *lines, **more):
    return c.IncomingOrder(name, "web", name, floor.now + 3600, "SF", lines, **more)


# Orders


def test_an_order_promises_its_units_until_its_wave_takes_them(floor):
    floor.order("web-1", (TEA, 3), (TEA, 2))
    assert (promised(floor, TEA), sellable(floor.rows, TEA)) == (5, 20)
    floor.release()
    assert (promised(floor, TEA), floor.promised(TEA_BIN), sellable(floor.rows, TEA)) == (0, 5, 20)


def test_the_last_units_are_promised_once_in_the_order_of_the_file(floor):
    floor.must(c.TakeOrders((incoming(floor, "a", (SOAP, 7)), incoming(floor, "b", (SOAP, 4)))))
    assert (floor.status("a"), floor.status("b"), floor.rows.get(Order, "b").hold) == (
        "ready",
        "held",
        "no_stock:SOAP:1",
    )
    assert promised(floor, SOAP) == 7


def test_the_same_order_twice_is_one_order(floor):
    twice = incoming(floor, "a", (SOAP, 2))
    floor.must(c.TakeOrders((twice, twice)))
    floor.must(c.TakeOrders((twice,)))
    assert (len(floor.rows.all(Order)), len(floor.rows.all(OrderLine)), promised(floor, SOAP)) == (1, 1, 2)


def test_an_order_with_problems_is_held_and_promises_nothing(floor):
    floor.must(c.TakeOrders((incoming(floor, "a", (SOAP, 2), problems=("no_recipient",)),)))
    assert (floor.status("a"), promised(floor, SOAP), floor.reviews()) == ("held", 0, {"order_held/a"})


def test_a_cancellation_that_comes_with_the_file_counts(floor):
    floor.order("a", (SOAP, 2))
    known, new = (incoming(floor, name, (SOAP, 2), cancelled=True) for name in ("a", "b"))
    floor.must(c.TakeOrders((known, new)))
    assert (floor.status("a"), floor.status("b"), promised(floor, SOAP)) == ("cancelled", "cancelled", 0)
    floor.must(c.TakeOrders((known, new)))
    assert len(floor.said_by(e.OrderCancelled)) == 2


def test_holding_and_releasing_move_the_promise(floor):
    floor.order("a", (SOAP, 2))
    floor.must(c.HoldOrder("a", "by_hand:address"))
    assert (floor.status("a"), promised(floor, SOAP)) == ("held", 0)
    assert floor.must(c.HoldOrder("a", "by_hand:address,blocked_phone")) == (e.OrderHeld("a", "blocked_phone"),)
    assert floor.must(c.HoldOrder("a", "blocked_phone")) == ()
    assert floor.rows.get(Order, "a").hold == "by_hand:address,blocked_phone"
    assert floor.rows.get(Review, "order_held/a").detail == "by_hand:address,blocked_phone"
    floor.must(c.ReleaseOrder("a"))
    assert (floor.status("a"), promised(floor, SOAP), floor.reviews()) == ("ready", 2, set())
    assert why(floor.do(c.ReleaseOrder("a"))) == "Order {order} is not held"


def waiting_for_goods(floor, *codes, offered=(), lines=(), more=()):
    problems = (*(f"unknown_item:{code}" for code, _ in codes), *more)
    order = incoming(floor, "a", *lines, problems=problems, unknown=codes, offered=offered)
    floor.must(c.TakeOrders((order,)))


def test_an_unknown_code_becomes_a_line_and_the_order_goes_on(floor):
    waiting_for_goods(floor, ("soap", 2), ("soap", 1), offered=(("soap", (SOAP,)),), lines=((TEA, 1),))
    assert floor.rows.get(UnknownLine, "a", "soap") == UnknownLine("a", "soap", 3, SOAP)
    floor.must(c.MatchLine("a", "soap", SOAP))
    assert [(line.sku, line.quantity) for line in floor.rows.where(OrderLine, order_id="a")] == [(TEA, 1), (SOAP, 3)]
    assert (floor.status("a"), promised(floor, SOAP), promised(floor, TEA)) == ("ready", 3, 1)
    assert (floor.rows.get(Order, "a").category, floor.reviews()) == ("", set())
    assert why(floor.do(c.MatchLine("a", "soap", SOAP))).startswith("Order {order} does not wait for {code}")
    floor.release()
    assert floor.status("a") == "in_wave"


def test_an_order_with_one_line_matched_stays_held_for_the_rest(floor):
    waiting_for_goods(floor, ("soap", 2), ("tee", 1), more=("blocked_phone",))
    floor.must(c.MatchLine("a", "soap", SOAP))
    assert (floor.status("a"), floor.rows.get(Order, "a").hold) == ("held", "unknown_item:tee,blocked_phone")
    assert floor.rows.get(Review, "order_held/a").detail == "unknown_item:tee,blocked_phone"
    assert promised(floor, SOAP) == 0
    assert why(floor.do(c.MatchLine("a", "tee", "GHOST"))) == "No item {sku}"
    floor.must(c.MatchLine("a", "tee", TEA))
    assert floor.status("a") == "held"
    floor.must(c.ReleaseOrder("a"))
    assert (floor.status("a"), promised(floor, SOAP), promised(floor, TEA)) == ("ready", 2, 1)


def test_a_matched_line_that_is_not_in_stock_holds_the_order_with_the_shortage_named(floor):
    waiting_for_goods(floor, ("soap", 12))
    floor.must(c.MatchLine("a", "soap", SOAP))
    assert (floor.status("a"), floor.rows.get(Order, "a").hold) == ("held", "no_stock:SOAP:2")
    assert (floor.reviews(), promised(floor, SOAP)) == ({"order_held/a"}, 0)


def test_who_asks_about_an_order_keeps_it_held_with_the_note(floor):
    floor.order("a", (SOAP, 2))
    assert why(floor.do(c.AskAboutOrder("a", "which one?"))) == "Order {order} is not held"
    floor.must(c.HoldOrder("a", "blocked_phone"))
    assert why(floor.do(c.AskAboutOrder("a", " "))) == "Say what was asked, and whom"
    floor.must(c.AskAboutOrder("a", " which one? "))
    review = floor.rows.get(Review, "order_held/a")
    assert (review.open, review.asked, review.note, floor.status("a")) == (True, floor.now, "which one?", "held")


def test_an_order_for_something_we_do_not_have_can_not_be_released(floor):
    floor.must(c.TakeOrders((incoming(floor, "a", problems=("unknown_item:X",)),)))
    assert why(floor.do(c.ReleaseOrder("a"))).startswith("Order {order} names no item we have")


@pytest.mark.parametrize("command", [c.HoldOrder("x", ""), c.ReleaseOrder("x"), c.CancelOrder("x")])
def test_an_order_nobody_knows_is_refused(floor, command):
    assert why(floor.do(command)) == "No order {order}"


def test_an_order_is_cancelled_once(floor):
    floor.order("a", (SOAP, 2))
    floor.cancel("a")
    assert (floor.status("a"), promised(floor, SOAP)) == ("cancelled", 0)
    assert why(floor.do(c.CancelOrder("a"))) == "Order {order} is already cancelled"


def test_a_partial_delivery_is_allowed_only_for_a_short_order(floor):
    a_packer_with_a_tote(floor, (TEA, 2)).press("f2").choose(0)
    floor.cancel("web-1")
    assert why(floor.do(c.AllowPartial("web-1"))) == "Order {order} is not short"


def test_looking_at_a_recipient_is_recorded(floor):
    floor.order("a", (SOAP, 1))
    floor.must(c.RevealRecipient("a", "address unclear"))
    assert floor.said_by(e.RecipientRevealed) == [e.RecipientRevealed("a", "address unclear")]


# Waves


def test_orders_that_can_not_be_filled_any_more_are_held_when_the_wave_is_planned(floor):
    floor.order("a", (SOAP, 8))
    floor.say(e.StockAdjusted(SOAP, "", SOAP_BIN, -5, "count"))
    floor.order("b", (TEA, 1))
    floor.release()
    assert (floor.status("a"), floor.rows.get(Order, "a").hold, floor.status("b")) == (
        "held",
        "no_stock:SOAP:3",
        "in_wave",
    )
    assert promised(floor, SOAP) == 0


def test_without_an_order_that_can_be_filled_nothing_is_released(floor):
    assert why(floor.do(c.ReleaseWaves())) == "No orders are ready"
    floor.order("a", (SOAP, 8))
    floor.say(e.StockAdjusted(SOAP, "", SOAP_BIN, -5, "count"))
    assert why(floor.do(c.ReleaseWaves())) == "No order can be filled from stock"


def test_a_wave_reserves_what_it_plans_and_spans_bins_where_it_must(floor):
    floor.order("a", (TEA, 22))
    floor.release()
    assert (floor.promised(TEA_BIN), floor.promised(TEA_RESERVE)) == (20, 2)
    floor.order("b", (TEA, 4))
    assert floor.rows.get(Order, "b").hold == "no_stock:TEA:1"


def test_only_one_category_may_be_asked_for(floor):
    floor.order("a", (TEA, 1))
    floor.order("b", (SOAP, 1))
    floor.must(c.ReleaseWaves("home"))
    assert (floor.status("a"), floor.status("b")) == ("ready", "in_wave")


def test_a_full_cart_is_followed_by_another(floor):
    for n in range(5):
        floor.order(f"web-{n}", (TEA, 1))
    floor.must(c.ReleaseWaves(slots=2))
    assert len(floor.rows.all(Batch)) == 3


# Goods


def test_goods_come_from_the_supplier(floor):
    floor.must(c.ReceiveGoods("R5", RICE, "L5", 4, RICE_BIN, "2027-05-01"))
    assert (floor.stock(RICE_BIN, RICE, "L5"), floor.stock(SUPPLIER, RICE, "L5")) == (4, -4)
    assert floor.rows.get(Lot, RICE, "L5").expiry == "2027-05-01"
    assert floor.in_balance()


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (c.ReceiveGoods("R", "X", "", 1, TEA_BIN), "No item {sku}"),
        (c.ReceiveGoods("R", TEA, "", 1, "X"), "No place {place}"),
        (c.ReceiveGoods("R", TEA, "", 0, TEA_BIN), "The quantity must be more than 0"),
        (c.ReceiveGoods("R", RICE, "", 1, RICE_BIN), "Item {sku} needs its lot"),
        (c.MoveStock(TEA, "", 1, TEA_BIN, "X"), "No place {place}"),
        (c.MoveStock(TEA, "", 0, TEA_BIN, RETURNS), "The quantity must be more than 0"),
        (c.MoveStock(TEA, "", 21, TEA_BIN, RETURNS), "Only {n} free at {place}"),
        (c.MoveStock(SOAP, "", 1, TEA_BIN, RETURNS), "Only {n} free at {place}"),
        (c.AdjustStock("X", "", TEA_BIN, 1, "count"), "No item {sku}"),
        (c.AdjustStock(TEA, "", "X", 1, "count"), "No place {place}"),
        (c.AdjustStock(TEA, "", TEA_BIN, 1, " "), "A correction needs a reason"),
        (c.AdjustStock(TEA, "", TEA_BIN, -21, "count"), "Only {n} of {item} are booked at {place}"),
    ],
)
def test_goods_that_can_not_be_are_refused(floor, command, reason):
    assert why(floor.do(command)) == reason
    assert floor.stock(TEA_BIN) == 20


def test_goods_are_moved_and_corrected_with_a_reason(floor):
    floor.must(c.MoveStock(TEA, "", 5, TEA_BIN, TEA_RESERVE, "refill"))
    floor.must(c.AdjustStock(TEA, "", TEA_RESERVE, -1, "torn"))
    assert (floor.stock(TEA_BIN), floor.stock(TEA_RESERVE), floor.stock(COUNT_DIFFERENCE)) == (15, 9, 1)
    assert floor.in_balance()


def test_promised_goods_do_not_move(floor):
    floor.order("a", (TEA, 18))
    floor.release()
    assert why(floor.do(c.MoveStock(TEA, "", 3, TEA_BIN, TEA_RESERVE))) == "Only {n} free at {place}"
    floor.must(c.MoveStock(TEA, "", 2, TEA_BIN, TEA_RESERVE))


# Waybill numbers


def test_leased_numbers_never_overlap(floor):
    leases = sorted((lease.first, lease.last) for lease in floor.rows.all(WaybillRange) if lease.carrier == "SF")
    assert leases == [(1, 50), (51, 100)]
    floor.must(c.LeaseWaybills("SF", "T1", 1, 10))
    assert floor.rows.get(Carrier, "SF").next == 111


def test_a_range_ends_and_then_only_a_new_one_helps(floor):
    floor.must(c.LeaseWaybills("SF", "T1", 1, 100_000))
    assert floor.rows.get(WaybillRange, "SF-101").last == 9999
    assert why(floor.do(c.LeaseWaybills("SF", "T2", 1))) == "{carrier}'s waybill range is used up"
    floor.say(e.CarrierDefined("SF", "顺丰", "SF Express", "SHIP-SF", "SF", 12, 20_000, 29_999))
    floor.must(c.LeaseWaybills("SF", "T2", 1, 10))
    assert floor.rows.get(WaybillRange, "SF-20000").first == 20_000
    assert why(floor.do(c.LeaseWaybills("XX", "T1", 1))) == "No carrier {carrier}"


def test_saying_the_same_range_again_gives_no_number_twice(floor):
    floor.say(e.CarrierDefined("SF", "顺丰", "SF", "SHIP-SF", "SF", 12, 1, 9999))
    assert floor.rows.get(Carrier, "SF").next == 101


def test_who_picks_is_not_who_decides(floor):
    floor.order("a", (TEA, 1))
    floor.release()
    answer = floor.do(c.ClaimBatch("T1", "TOTE-001"), LI)
    assert why(answer) == "This is not a cart"
