"""Pre-sales and group buys wait without anybody, and go on by themselves."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tests.unit.floor import CHEN, ENGLISH, HOUR, NOON, RICE, TEA, Floor, a_warehouse
from wms.domain import commands as c
from wms.domain import events as e
from wms.domain.orders import Order, OrderStatus
from wms.domain.review import Review
from wms.domain.stock import Promise
from wms.domain.waiting import GROUP, Waiting
from wms.workflows.handling import Refused
from wms.workflows.supervising import SuperviseWorkflow
from wms.workflows.workflow import Who

DAY = int(datetime(2026, 12, 1, tzinfo=ZoneInfo("Asia/Shanghai")).timestamp())


@pytest.fixture
def floor() -> Floor:
    return a_warehouse()


def take(floor: Floor, name: str, *problems: str, kind: str = "presale", waiting: bool = False):
    not_before = DAY if kind == "presale" else 0
    incoming = c.IncomingOrder(
        name,
        "web",
        name,
        DAY + 48 * HOUR,
        "SF",
        ((TEA, 1),),
        problems,
        kind=kind,
        not_before=not_before,
        waiting=waiting,
        ship_by_given=True,
    )
    return floor.must(c.TakeOrders((incoming,)))


def reviews(floor: Floor) -> list[str]:
    return [review.id for review in floor.rows.where(Review, open=True)]


def board(floor: Floor) -> list[str]:
    workflow, who = SuperviseWorkflow(), Who(CHEN, "Chen", "OFFICE", floor.now, "Asia/Shanghai")
    return [ENGLISH.say(line.text) for line in workflow.prompt(workflow.resume(floor.rows, who), floor.rows).what]


def test_a_pre_sale_waits_and_needs_nobody_until_its_day(floor):
    take(floor, "P1")
    order = floor.rows.get(Order, "P1")
    assert (order.status, order.hold) == (OrderStatus.HELD, "presale_until:2026-12-01")
    assert reviews(floor) == []
    assert floor.rows.get(Promise, TEA) is None
    assert board(floor) == ["1 pre-sale waits until 12-01"]
    assert isinstance(floor.do(c.ReleaseWaves()), Refused)

    floor.now = DAY
    assert board(floor) == ["1 pre-sale: F3, if its day has come"]
    events = floor.must(c.ReleaseWaves())
    assert events[0] == e.OrderReleased("P1")
    assert floor.status("P1") == OrderStatus.IN_WAVE
    assert floor.rows.all(Waiting) == []
    assert floor.rows.get(Promise, TEA) is None


def test_what_stock_lacks_on_the_day_is_told(floor):
    incoming = c.IncomingOrder("P1", "web", "P1", DAY, "SF", ((TEA, 9999),), kind="presale", not_before=DAY)
    floor.must(c.TakeOrders((incoming,)))
    floor.now = DAY
    floor.must(c.ReleaseWaves())
    assert floor.rows.get(Order, "P1").hold.startswith("no_stock:TEA:")
    assert reviews(floor) == ["order_held/P1"]


def test_a_pre_sale_whose_day_is_past_when_it_comes_does_not_wait(floor):
    floor.now = DAY
    take(floor, "P1")
    assert floor.status("P1") == OrderStatus.READY


def test_a_person_may_send_it_early_and_says_why(floor):
    take(floor, "P1")
    assert isinstance(floor.do(c.ReleaseOrder("P1")), Refused)
    assert floor.must(c.ReleaseOrder("P1", "customer asked")) == (e.OrderReleased("P1", "customer asked"),)
    assert floor.status("P1") == OrderStatus.READY


def test_a_person_who_releases_what_else_holds_it_does_not_send_it_early(floor):
    take(floor, "P1", "bad_phone")
    assert reviews(floor) == ["order_held/P1"]
    floor.now = DAY - 1
    floor.must(c.ReleaseOrder("P1"))
    assert (floor.rows.get(Order, "P1").hold, reviews(floor)) == ("presale_until:2026-12-01", [])
    floor.now = DAY
    floor.must(c.ReleaseWaves())
    assert floor.status("P1") == OrderStatus.IN_WAVE


def test_on_its_day_it_stays_where_a_person_has_to_decide(floor):
    take(floor, "P1")
    floor.must(c.HoldOrder("P1", "by_hand:wait"))
    assert reviews(floor) == ["order_held/P1"]
    floor.now = DAY
    assert isinstance(floor.do(c.ReleaseWaves()), Refused)
    floor.must(c.ReleaseOrder("P1"))
    assert floor.status("P1") == OrderStatus.READY


def test_a_group_buy_waits_until_its_group_is_complete(floor):
    take(floor, "G1", kind="group", waiting=True)
    assert [(row.what, row.until) for row in floor.rows.all(Waiting)] == [(GROUP, 0)]
    assert (reviews(floor), board(floor)) == ([], ["1 group buy waits for its group"])
    events = take(floor, "G1", kind="group")
    assert events == (e.OrderReleased("G1", ship_by=DAY + 48 * HOUR),)
    assert floor.status("G1") == OrderStatus.READY
    assert take(floor, "G1", kind="group") == ()


def test_a_complete_group_without_a_time_of_its_own_counts_from_then(floor):
    incoming = c.IncomingOrder("G1", "pinduoduo", "G1", NOON + HOUR, "SF", ((RICE, 1),), kind="group", waiting=True)
    floor.must(c.TakeOrders((incoming,)))
    floor.now = NOON + 30 * HOUR
    floor.must(c.CompleteGroup("G1"))
    assert floor.rows.get(Order, "G1").ship_by == floor.now + 48 * HOUR
    assert isinstance(floor.do(c.CompleteGroup("G1")), Refused)


def test_a_complete_group_goes_on_only_where_nothing_else_holds_it(floor):
    take(floor, "G1", "bad_phone", kind="group", waiting=True)
    floor.must(c.CompleteGroup("G1"))
    assert (floor.rows.get(Order, "G1").hold, reviews(floor)) == ("bad_phone", ["order_held/G1"])
    assert floor.rows.all(Waiting) == []


def test_a_cancelled_one_waits_no_more(floor):
    take(floor, "P1")
    floor.cancel("P1")
    assert floor.rows.all(Waiting) == []
    floor.now = DAY
    assert isinstance(floor.do(c.ReleaseWaves()), Refused)
