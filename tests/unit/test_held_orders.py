"""Held orders on the supervisor's board: why, what there is to know, and what can be done about it."""

import pytest

from tests.unit.floor import CHEN, ENGLISH, SOAP, TEA, Worker, a_warehouse
from wms.domain import commands as c
from wms.domain import events as e
from wms.domain.reasons import SENTENCES
from wms.workflows.prompt import Entry, Tone
from wms.workflows.reviews import hold_reason
from wms.workflows.supervising import SuperviseWorkflow, board

SAY = ENGLISH.say


@pytest.fixture
def floor():
    return a_warehouse()


def come_in(floor, name="a", *lines, **more):
    told = {"masked": "张* 上海", "amount": 123450, "currency": "CNY"} | more
    floor.must(
        c.TakeOrders((c.IncomingOrder(name, "web", name, floor.now + 3600, "SF", lines or ((TEA, 2),), **told),))
    )


def a_supervisor(floor):
    return Worker(floor, SuperviseWorkflow(), badge=CHEN, device="OFFICE")


def opened(floor):
    chen = a_supervisor(floor).press("enter")
    return chen, [SAY(line.text) for line in chen.prompt.what], [SAY(one.label) for one in chen.prompt.choices]


def needs(floor):
    return [SAY(need.text) for need in board(a_supervisor(floor).look_again().state, floor.rows).needs]


def test_a_held_order_shows_its_reasons_its_goods_and_the_order_that_is_like_it(floor):
    come_in(floor, "b", (SOAP, 1))
    come_in(floor, "a", (TEA, 2), (SOAP, 1))
    floor.must(c.HoldOrder("a", "same_elsewhere:b,first_order:CNY 1234.50"))
    _, shown, ways = opened(floor)
    assert shown == [
        "Order a is held: The same goods for the same person came as order b: which one counts?",
        "The first order of this buyer, worth CNY 1234.50",
        "3 units from web  CNY 1234.50  张* 上海",
        "order b, ready",
        "2 x Green tea",
        "1 x Soap",
    ]
    assert ways == ["Release", "Cancel the order", "Ask the customer"]


def test_who_asked_keeps_the_order_held_and_in_sight_with_the_note(floor):
    come_in(floor)
    come_in(floor, "b")
    floor.must(c.HoldOrder("a", "blocked_phone"))
    floor.now += 60
    floor.must(c.HoldOrder("b", "blocked_phone"))
    chen = a_supervisor(floor).press("down").press("enter").choose(2)
    assert (chen.screen, chen.prompt.entry, SAY(chen.prompt.ask)) == (
        "board.reason",
        Entry.TEXT,
        "What did you ask, and how? Type it, then Enter",
    )
    chen.enter("mailed the shop")
    assert (chen.tone, floor.status("a"), floor.said_by(e.OrderAsked)) == (
        Tone.OK,
        "held",
        [e.OrderAsked("a", "mailed the shop")],
    )
    assert floor.facts[-1].person == CHEN
    assert needs(floor) == [
        "Order a: asked, no answer yet (This phone number is blocked)",
        "Order b is held: This phone number is blocked",
    ]
    _, shown, _ = opened(floor)
    assert shown[1] == "Asked 11-21 12:01: mailed the shop"


def test_an_unknown_code_is_answered_with_one_of_the_items_that_look_like_it(floor):
    problems = ("unknown_item:soap", "unknown_item:x")
    offered = (("soap", (SOAP, TEA)),)
    come_in(floor, "a", problems=problems, unknown=(("soap", 2), ("x", 1)), offered=offered)
    chen, shown, ways = opened(floor)
    assert shown[:2] == ["Order a is held: unknown item soap", "unknown item x"]
    assert ways == ["Use SOAP for soap", "Use TEA for soap", "Cancel the order", "Ask the customer"]
    chen.choose(0)
    assert (chen.tone, floor.status("a"), needs(floor)) == (Tone.OK, "held", ["Order a is held: unknown item x"])


def test_the_last_unknown_code_lets_the_order_go(floor):
    come_in(floor, "a", problems=("unknown_item:soap",), unknown=(("soap", 2),), offered=(("soap", (SOAP,)),))
    chen, _, _ = opened(floor)
    chen.choose(0)
    assert (floor.status("a"), [(line.sku, line.quantity) for line in (floor.line("a", 1), floor.line("a", 2))]) == (
        "ready",
        [(TEA, 2), (SOAP, 2)],
    )
    assert needs(floor) == []


def test_what_could_go_together_comes_last_and_is_only_seen(floor):
    come_in(floor)
    come_in(floor, "b")
    floor.must(c.RaiseReview("send_together", "a", "b"))
    come_in(floor, "x")
    floor.must(c.HoldOrder("x", "blocked_buyer"))
    assert needs(floor) == [
        "Order x is held: This buyer is blocked",
        "Order a and 1 more go to one buyer and address: send them together?",
    ]
    chen = a_supervisor(floor).press("down").press("enter")
    assert [SAY(line.text) for line in chen.prompt.what][1:] == [
        "2 units from web  CNY 1234.50  张* 上海",
        "order b, ready",
        "2 x Green tea",
    ]
    assert [SAY(one.label) for one in chen.prompt.choices] == ["Done"]
    chen.choose(0)
    assert (floor.status("a"), needs(floor)) == ("ready", ["Order x is held: This buyer is blocked"])


def test_a_suggestion_goes_away_with_its_first_order(floor):
    come_in(floor)
    come_in(floor, "b")
    floor.must(c.RaiseReview("send_together", "a", "b"))
    floor.cancel("a")
    assert needs(floor) == []


@pytest.mark.parametrize("code", [code for code in SENTENCES if "_" in code])
def test_every_reason_has_a_sentence_on_the_board(floor, code):
    said = SAY(hold_reason(f"{code}:a:b:c:d", floor.rows))
    assert said
    assert "{" not in said


def test_an_order_nobody_knows_more_of_is_still_shown(floor):
    floor.say(e.ReviewRaised("order_held", "gone", "large_orders:3:24:also-gone"))
    _, shown, ways = opened(floor)
    assert shown == ["Order gone is held: 3 large orders to one address in 24 h, also also-gone"]
    assert ways == ["Release", "Cancel the order", "Ask the customer"]
