"""A channel says something else of an order that is known already."""

from typing import Any

import pytest

from tests.unit.floor import (
    CHEN,
    ENGLISH,
    HOUR,
    NOON,
    RICE,
    SOAP,
    TEA,
    Floor,
    Worker,
    a_warehouse,
)
from wms.domain import commands as c
from wms.domain import events as e
from wms.domain.orders import ChangeOffer, Order, OrderLine, OrderStatus, Recipient
from wms.domain.recipients import PersonalData
from wms.domain.records import replace
from wms.domain.review import Review
from wms.domain.rows import MemoryTables
from wms.domain.stock import Promise
from wms.hub.api.events import events_of
from wms.workflows.handling import Refused
from wms.workflows.news import People, news_of, sealed_of
from wms.workflows.reviews import decisions, facts, sentence
from wms.workflows.supervising import SuperviseWorkflow

ANN = PersonalData("Ann Lee", "13800138000", ("1 Lake Road",), "Hangzhou", "310000", "CN")
BOB = PersonalData("Bob Lee", "13800138000", ("1 Lake Road",), "Hangzhou", "310000", "CN")


def an_order(**but: Any) -> c.IncomingOrder:
    order = c.IncomingOrder(
        "W1", "web", "1001", NOON + 48 * HOUR, "SF", ((TEA, 2), (RICE, 1)), masked=ANN.masked(), sealed="ann"
    )
    return replace(order, **but)


MORE_TEA = an_order(lines=((RICE, 1), (TEA, 3)))


@pytest.fixture
def floor() -> Floor:
    floor = a_warehouse()
    floor.must(c.TakeOrders((an_order(),)))
    return floor


def news(floor: Floor, incoming: c.IncomingOrder, known=ANN, offered=None, new=ANN) -> tuple[c.Command, ...]:
    return news_of(floor.rows, incoming, People(known, offered, new))


def brought(floor: Floor, incoming: c.IncomingOrder, **people: Any) -> None:
    for command in news(floor, incoming, **people):
        floor.must(command)


def review(floor: Floor) -> Review | None:
    found = floor.rows.get(Review, "order_changed/W1")
    return found if found is not None and found.open else None


def told(floor: Floor) -> list[str]:
    found = review(floor)
    assert found is not None
    return [ENGLISH.say(text) for text in (sentence(found, floor.rows), *facts(found, floor.rows))]


def ways(floor: Floor) -> list[str]:
    return [ENGLISH.say(way.label) for way in decisions(review(floor), floor.rows)]


def decide(floor: Floor, n: int, why: str = "") -> None:
    for command in decisions(review(floor), floor.rows)[n].commands(why):
        floor.must(command)


def wanted(floor: Floor) -> dict[str, int]:
    return {line.sku: line.quantity for line in floor.rows.where(OrderLine, order_id="W1")}


# The comparison


@pytest.mark.parametrize(
    "incoming",
    [
        an_order(),
        an_order(lines=((RICE, 1), (TEA, 1), (TEA, 1))),  # the same goods, told otherwise
        an_order(ship_by=NOON),  # only the policy says so
        an_order(cancelled=True),
    ],
)
def test_what_says_the_same_is_no_news(floor, incoming):
    assert news(floor, incoming) == ()


def test_the_same_person_spelled_alike_is_no_news(floor):
    spaced = PersonalData("Ann  Lee ", "13800138000", ("1 Lake  Road", ""), "Hangzhou", "310000", "CN")
    assert news(floor, an_order(), new=spaced) == ()
    assert news(floor, an_order(), new=None) == ()  # the channel hides who it is by now


def test_a_person_that_nobody_can_read_is_compared_as_screens_show_it(floor):
    assert news(floor, an_order(), known=None) == ()
    assert [command.what for command in news(floor, an_order(), known=None, new=BOB)] == ["recipient"]


def test_every_respect_is_named(floor):
    later = an_order(lines=((TEA, 2),), ship_by=NOON, ship_by_given=True, not_before=NOON + HOUR)
    person = PersonalData(*(getattr(BOB, name) for name in ("name", "phone", "address_lines")), remarks=("ring twice",))
    (offer,) = news(floor, later, new=person)
    assert offer.what == "lines,ship_by,not_before,recipient,remarks"


def test_nothing_personal_is_in_what_tells_offers_apart(floor):
    (one,) = news(floor, an_order(), new=BOB)
    (other,) = news(floor, an_order(), new=PersonalData("Eve", "1", ("x",)))
    assert one.digest == other.digest


def test_an_order_that_is_over_has_no_news(floor):
    floor.cancel("W1")
    assert news(floor, MORE_TEA) == ()
    assert news_of(floor.rows, an_order(order="W2"), People()) == ()


# Offered once


def test_a_change_is_offered_once_and_another_one_takes_its_place(floor):
    brought(floor, MORE_TEA)
    assert told(floor) == ["Order 1001 was changed in the channel: other goods", "Green tea: 2 -> 3"]
    assert ways(floor) == ["Take the change", "Send it as it is"]
    assert news(floor, MORE_TEA) == ()
    brought(floor, an_order(lines=((TEA, 2), (SOAP, 1))))
    assert told(floor)[1:] == ["Rice 5kg: 1 -> 0", "Soap: 0 -> 1"]
    assert wanted(floor) == {TEA: 2, RICE: 1}


def test_the_same_person_is_offered_once(floor):
    brought(floor, an_order(sealed="bob"), new=BOB)
    assert told(floor) == ["Order 1001 was changed in the channel: another recipient", "Recipient changed"]
    assert sealed_of(floor.rows, "W1") == ("ann", "bob")
    assert news(floor, an_order(sealed="bob2"), new=BOB, offered=BOB) == ()
    assert news(floor, an_order(sealed="bob2"), new=PersonalData("Eve", "1", ("x",)), offered=BOB) != ()


def test_what_was_kept_is_not_offered_again(floor):
    brought(floor, MORE_TEA)
    decide(floor, 1)
    assert (review(floor), wanted(floor)) == (None, {TEA: 2, RICE: 1})
    assert news(floor, MORE_TEA) == ()
    assert news(floor, an_order()) == ()


def test_a_channel_that_goes_back_takes_its_offer_with_it(floor):
    brought(floor, MORE_TEA)
    brought(floor, an_order())
    assert review(floor) is None
    assert not floor.rows.get(ChangeOffer, "W1").open


def test_a_supervisor_who_looked_at_an_earlier_offer_is_told(floor):
    brought(floor, MORE_TEA)
    stale = decisions(review(floor), floor.rows)[0].commands("")
    brought(floor, an_order(lines=((TEA, 5),)))
    assert isinstance(floor.do(stale[0]), Refused)


# Taken


def test_a_change_is_taken_before_a_wave_has_the_order(floor):
    incoming = replace(MORE_TEA, ship_by=NOON + 5 * HOUR, ship_by_given=True, sealed="bob", masked=BOB.masked())
    brought(floor, incoming, new=BOB)
    decide(floor, 0)
    order = floor.rows.get(Order, "W1")
    assert (order.status, order.ship_by, order.masked) == (OrderStatus.READY, NOON + 5 * HOUR, BOB.masked())
    assert (wanted(floor), floor.rows.get(Recipient, "W1").sealed) == ({TEA: 3, RICE: 1}, "bob")
    assert floor.rows.get(Promise, TEA).quantity == 3
    assert (review(floor), news(floor, incoming, known=BOB, new=BOB)) == (None, ())


def test_what_stock_lacks_for_the_new_lines_holds_it(floor):
    brought(floor, an_order(lines=((TEA, 9999),)))
    decide(floor, 0)
    assert floor.rows.get(Order, "W1").hold.startswith("no_stock:TEA:")
    assert floor.rows.get(Promise, TEA) is None


def test_a_change_mends_what_was_wrong_with_the_lines_and_nothing_else(floor):
    first = an_order(
        order="W1b", reference="9", lines=(), unknown=(("TEAA", 1),), problems=("unknown_item:TEAA", "bad_phone")
    )
    floor.must(c.TakeOrders((first,)))
    mended = replace(first, lines=((TEA, 1),), unknown=(), problems=("bad_phone",))
    (offer,) = news(floor, mended)
    floor.must(offer)
    floor.must(c.TakeChange("W1b", offer.digest))
    assert floor.rows.get(Order, "W1b").hold == "bad_phone"
    floor.must(c.ReleaseOrder("W1b"))
    assert floor.status("W1b") == OrderStatus.READY


def test_a_new_fault_holds_what_is_taken(floor):
    brought(floor, replace(MORE_TEA, problems=("bad_postcode",)))
    decide(floor, 0)
    assert floor.rows.get(Order, "W1").hold == "bad_postcode"
    assert floor.rows.get(Review, "order_held/W1").open


def test_no_wave_takes_an_order_whose_change_nobody_has_decided(floor):
    brought(floor, MORE_TEA)
    assert isinstance(floor.do(c.ReleaseWaves()), Refused)
    decide(floor, 1)
    floor.must(c.ReleaseWaves())
    assert floor.status("W1") == OrderStatus.IN_WAVE


def test_another_time_alone_keeps_no_order_back(floor):
    brought(floor, an_order(ship_by=NOON + HOUR, ship_by_given=True))
    assert told(floor)[1] == "Due 11-21 13:00 (was 11-23 12:00)"
    floor.must(c.ReleaseWaves())
    decide(floor, 0)
    assert floor.rows.get(Order, "W1").ship_by == NOON + HOUR


# Under way


def test_other_goods_come_too_late_for_a_wave_and_stop_it_or_not(floor):
    floor.release()
    brought(floor, MORE_TEA)
    assert told(floor)[0] == "Order 1001 was changed, but is under way: other goods"
    assert ways(floor) == ["Stop the order", "Send it as it is"]
    assert isinstance(floor.do(c.TakeChange("W1", review_digest(floor))), Refused)
    decide(floor, 0, "changed by the buyer")
    assert (review(floor), floor.status("W1")) == (None, OrderStatus.CANCELLED)


def review_digest(floor: Floor) -> str:
    return floor.rows.get(ChangeOffer, "W1").digest


def test_another_recipient_is_taken_while_nothing_is_labelled(floor):
    floor.release()
    brought(floor, an_order(sealed="bob", masked=BOB.masked()), new=BOB)
    assert ways(floor) == ["Take the change", "Send it as it is"]
    decide(floor, 0)
    assert floor.rows.get(Recipient, "W1").sealed == "bob"
    assert floor.status("W1") == OrderStatus.IN_WAVE


def test_a_label_makes_it_too_late_for_another_recipient(floor):
    floor.release()
    brought(floor, an_order(sealed="bob", masked=BOB.masked()), new=BOB)
    floor.say(e.ParcelOpened("W1", "W1/1", 1), e.WaybillAssigned("W1/1", "SF", "SF1", "", 1))
    assert ways(floor) == ["Stop the order", "Send it as it is"]
    floor.say(
        e.OrderChanged("recipient", review_digest(floor), e.OrderReceived("W1", "", "", 0, "", "", (), sealed="x"))
    )
    assert floor.rows.get(Recipient, "W1").sealed == "ann"
    assert review(floor) is not None


def test_after_handover_it_is_told(floor):
    order = floor.rows.get(Order, "W1")
    floor.rows.put(replace(order, status=OrderStatus.HANDED_OVER))
    brought(floor, MORE_TEA)
    assert told(floor)[0] == "Order 1001 was changed, but the courier has it: other goods"
    assert ways(floor) == ["Seen"]
    decide(floor, 0)
    assert (review(floor), news(floor, MORE_TEA)) == (None, ())


# Troubles

REFUND = an_order(problems=("refund_asked:asked", "bad_postcode"))


def test_a_trouble_holds_what_no_wave_has_yet(floor):
    brought(floor, REFUND)
    assert floor.rows.get(Order, "W1").hold == "refund_asked:asked,bad_postcode"
    assert (review(floor), floor.rows.get(Review, "order_held/W1").open) == (None, True)
    assert floor.rows.get(Promise, TEA) is None
    floor.must(c.ReleaseOrder("W1"))
    assert news(floor, REFUND) == ()


def test_a_trouble_comes_to_the_supervisor_once_the_work_has_begun(floor):
    floor.release()
    brought(floor, REFUND)
    assert told(floor)[0].startswith("Stop order 1001? A refund is under way (asked)")
    assert len(told(floor)) == 2
    assert ways(floor) == ["Stop the order", "Send it as it is"]
    assert news(floor, REFUND) == ()
    assert isinstance(floor.do(c.TakeChange("W1", review_digest(floor))), Refused)
    decide(floor, 1)
    assert (review(floor), news(floor, REFUND), floor.status("W1")) == (None, (), OrderStatus.IN_WAVE)


def test_a_trouble_that_is_gone_needs_no_decision_any_more(floor):
    floor.release()
    brought(floor, REFUND)
    brought(floor, an_order())
    assert review(floor) is None


def test_a_trouble_and_other_goods_under_way_are_one_decision(floor):
    floor.release()
    brought(floor, replace(MORE_TEA, problems=("refund_asked:asked",)))
    assert told(floor)[0].startswith("Stop order 1001? A refund")
    assert told(floor)[1:] == ["Green tea: 2 -> 3"]
    decide(floor, 0, "refunded")
    assert (review(floor), floor.status("W1")) == (None, OrderStatus.CANCELLED)


def test_a_trouble_after_handover_is_told(floor):
    floor.rows.put(replace(floor.rows.get(Order, "W1"), status=OrderStatus.HANDED_OVER))
    brought(floor, REFUND)
    assert told(floor)[0].startswith("The courier has order 1001 already: A refund is under way")
    assert ways(floor) == ["Seen"]
    decide(floor, 0)
    assert (review(floor), news(floor, REFUND)) == (None, ())


def test_a_trouble_that_crossed_with_a_wave_is_told_to_the_supervisor(floor):
    commands = news(floor, REFUND)
    other = a_warehouse()
    other.must(c.TakeOrders((an_order(),)))
    events = floor.must(commands[0])
    other.release()
    other.say(*events)
    assert other.status("W1") == OrderStatus.IN_WAVE
    assert other.rows.get(Review, "order_changed/W1").open


def test_the_board_decides_it(floor):
    brought(floor, MORE_TEA)
    worker = Worker(floor, SuperviseWorkflow(), badge=CHEN, device="OFFICE")
    worker.look_again()
    worker.press("enter").choose(0)
    assert wanted(floor) == {TEA: 3, RICE: 1}


def test_a_decision_and_a_wave_that_crossed_leave_the_offer_open(floor):
    brought(floor, MORE_TEA)
    (changed,) = floor.must(c.TakeChange("W1", review_digest(floor)))
    other = a_warehouse()
    other.must(c.TakeOrders((an_order(),)))
    other.release()
    other.say(e.OrderChangeOffered("lines", changed.digest, changed.received), changed)
    assert {line.sku: line.quantity for line in other.rows.where(OrderLine, order_id="W1")} == {TEA: 2, RICE: 1}
    assert other.rows.get(Review, "order_changed/W1").open
    assert isinstance(other.rows, MemoryTables)


def test_other_programs_hear_of_it_without_the_person(floor):
    brought(floor, an_order(sealed="bob", masked=BOB.masked()), new=BOB)
    decide(floor, 0)
    (told_of,) = events_of(floor.facts[-1], floor.rows)
    assert (told_of.type, told_of.data) == ("order.changed", {"order": "W1", "changed": ["recipient"]})
