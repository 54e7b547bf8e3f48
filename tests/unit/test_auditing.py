"""What the review of orders finds, and what it leaves alone."""

import time
from dataclasses import replace

import pytest

from wms.domain.addresses import alike, faults, phone_of
from wms.domain.auditing import (
    Address,
    Blocked,
    Duplicates,
    FirstOrder,
    LargeOrders,
    Rules,
    Seen,
    Together,
    audit,
    held_for,
)
from wms.domain.money import written
from wms.domain.reasons import explain
from wms.domain.recipients import PersonalData
from wms.domain.records import replace as but

NOON, HOUR, DAY = 1_790_000_000, 3600, 86_400
WANG = PersonalData("王小明", "138 0013 8000", ("浙江省杭州市西湖区文三路1号",), "杭州市", "310012", "CN")
LI = PersonalData("李雷", "13900139000", ("北京市朝阳区建国路88号",), "", "", "")
HIDDEN = PersonalData("王**", "138****8000", ("浙江省 杭州市 ****",), "", "", "", buyer="tb_wang")
RULES = Rules(
    LargeOrders(orders=3, hours=24, amount={"CNY": 1000}),
    FirstOrder(amount={"CNY": 5000}),
    Blocked(),
    Address(phone_needed=("CN",), postcode_needed=("US",)),
    Duplicates(days=3),
    Together(),
)
QUIET = Rules(
    LargeOrders(on=False), FirstOrder(on=False), Blocked(), Address(on=False), Duplicates(on=False), Together(on=False)
)


def order(name, person=WANG, *, at=0, amount=500, lines=(("TEA", 1),), channel="shop", **more):
    return Seen(name, channel, NOON + at, lines, amount, "CNY", person, **more)


def holds(new, known=(), rules=RULES):
    return held_for(audit(new, known, rules))


def only(**changed):
    return but(QUIET, **changed)


# Several large orders to one address

LARGE = only(large_orders=RULES.large_orders)


def test_the_third_large_order_to_an_address_within_a_day_is_held_with_those_nobody_has_looked_at():
    known = [order("a", amount=1000, at=-HOUR), order("b", amount=9000, at=-2 * HOUR, untouched=False, waits=False)]
    assert holds([order("c", amount=1000)], known, LARGE) == {"a": "large_orders:3:24:b", "c": "large_orders:3:24:b"}
    assert holds([order("c", amount=999)], known, LARGE) == {}
    assert holds([order("c", LI, amount=1000)], known, LARGE) == {}


def test_large_orders_that_lie_farther_apart_are_none_together():
    known = [order("a", amount=1000, at=-DAY - 1), order("b", amount=1000, at=-HOUR)]
    assert holds([order("c", amount=1000)], known, LARGE) == {}
    known = [order("a", amount=1000, at=-DAY), order("b", amount=1000, at=-HOUR)]
    assert set(holds([order("c", amount=1000)], known, LARGE)) == {"a", "b", "c"}


def test_a_new_order_does_not_wake_what_lay_together_before():
    known = [order(name, amount=1000, at=-10 * DAY) for name in "abc"]
    assert holds([order("d", amount=1000)], known, LARGE) == {}


def test_many_units_make_an_order_large_where_no_amount_is_known():
    rules = only(large_orders=LargeOrders(orders=2, units=10))
    many = [order(name, amount=-1, lines=(("TEA", 6), ("SOAP", 4))) for name in "ab"]
    assert set(holds(many, (), rules)) == {"a", "b"}
    assert holds([order(name, amount=10**9) for name in "ab"], (), rules) == {}


def test_an_address_is_one_however_it_is_written_and_none_where_it_is_hidden():
    other = replace(WANG, name="甲", phone="", address_lines=("浙江省 杭州市，西湖区", "文三路１号"))
    new = [order("a", amount=1000), order("b", other, amount=1000), order("c", amount=1000)]
    assert set(holds(new, (), LARGE)) == {"a", "b", "c"}
    assert holds([order(name, HIDDEN, amount=1000) for name in "abc"], (), LARGE) == {}


def test_orders_that_were_stopped_are_no_evidence():
    known = [order("a", amount=1000, off=True), order("b", amount=1000)]
    assert holds([order("c", amount=1000)], known, LARGE) == {}


# The first order of a buyer

FIRST = only(first_order=RULES.first_order)


def test_the_first_order_of_a_buyer_is_held_above_the_amount():
    assert holds([order("a", amount=5001)], (), FIRST) == {"a": "first_order:CNY 50.01"}
    assert holds([order("a", amount=5000)], (), FIRST) == {}
    assert holds([replace(order("a", amount=10**7), currency="BRL")], (), FIRST) == {}


def test_who_bought_before_is_known_by_account_phone_or_name_and_address():
    big = order("b", amount=9000)
    assert holds([big], [order("a", replace(WANG, name="w", address_lines=("x",)))], FIRST) == {}
    assert holds([big], [order("a", replace(WANG, phone=""))], FIRST) != {}
    assert holds([order("b", HIDDEN, amount=9000)], [order("a", HIDDEN)], FIRST) == {}
    assert holds([order("b", HIDDEN, amount=9000)], [order("a", HIDDEN, channel="other")], FIRST) != {}
    assert holds([big, order("c", amount=6000)], (), FIRST).keys() == {"b", "c"}


def test_a_buyer_of_whom_nothing_can_be_told_is_not_taken_for_a_new_one():
    assert holds([order("a", None, amount=9000), order("b", replace(HIDDEN, buyer=""), amount=9000)], (), FIRST) == {}


# Blocked


def test_blocked_buyers_phones_and_addresses_are_held_and_the_reason_names_nobody():
    person = replace(WANG, buyer="Wang_1")
    rules = only(blocked=Blocked(("wang_1",), ("+86 138-0013-8000".replace("-", ""),), ("文三路 1号",)))
    assert holds([order("a", person), order("b", LI)], (), rules) == {
        "a": "blocked_buyer,blocked_phone,blocked_address"
    }
    assert holds([order("a", person)], (), only(blocked=Blocked(("other:wang_1",)))) == {}
    assert holds([order("a", person)], (), only(blocked=Blocked(("shop:Wang_1",)))) == {"a": "blocked_buyer"}
    assert holds([order("a", HIDDEN)], (), only(blocked=Blocked(("tb_wang",)))) == {"a": "blocked_buyer"}


# Addresses

ADDRESSES = {
    "whole": (WANG, []),
    "city among the lines": (LI, []),
    "hidden": (HIDDEN, []),
    "encrypted": (PersonalData("##abc##1##", "$$xyz$$", ("##q##",), country="CN"), []),
    "none at all": (PersonalData("", "", (), country="United Kingdom"), []),
    "no name": (replace(WANG, name=" "), ["address_without_name"]),
    "no street": (replace(WANG, address_lines=()), ["address_without_street"]),
    "no city": (replace(LI, address_lines=("建国路88号院3单元",)), ["address_without_city"]),
    "province alone": (replace(LI, address_lines=("广东省建国路88号",)), ["address_without_city"]),
    "no phone": (replace(WANG, phone=""), ["phone_missing"]),
    "short phone": (replace(WANG, phone="1380013800"), ["phone_implausible"]),
    "local phone": (replace(WANG, phone="87654321"), ["phone_implausible"]),
    "landline": (replace(WANG, phone="0571-87654321"), []),
    "landline with extension": (replace(WANG, phone="(010) 87654321-123"), []),
    "shared number": (replace(WANG, phone="17012345678-1234"), []),
    "country code": (replace(WANG, phone="+86 138 0013 8000"), []),
    "service number": (replace(WANG, phone="400-810-1234"), []),
    "postcode of zeros": (replace(WANG, postcode="000000"), []),
    "no postcode": (replace(WANG, postcode=""), []),
    "short postcode": (replace(WANG, postcode="31001"), ["postcode_implausible"]),
    "abroad": (PersonalData("Ann", "", ("1 Main St",), "Boston", "02110", "US"), []),
    "abroad without postcode": (PersonalData("Ann", "", ("1 Main St",), "Boston", "", "US"), ["postcode_missing"]),
    "odd number abroad": (PersonalData("Ann", "12", ("1 Main St",), "Dublin", "", "IE"), []),
    "abroad without city": (PersonalData("Ann", "1", ("1 Main St",), "", "", "IE"), ["address_without_city"]),
}


@pytest.mark.parametrize("case", ADDRESSES)
def test_what_of_an_address_can_not_be_delivered_to(case):
    person, expected = ADDRESSES[case]
    assert list(faults(person, ("CN",), ("US",))) == expected


def test_an_order_without_a_recipient_is_not_one_with_a_bad_address():
    rules = only(address=RULES.address)
    assert holds([order("a", None)], (), rules) == {}
    assert holds([order("a", replace(WANG, phone="1"))], (), rules) == {"a": "phone_implausible"}


def test_writing_does_not_matter_where_things_are_compared():
    assert alike("Main  St. １２-b") == alike("main st 12B")
    assert {phone_of(text) for text in ("+86 13800138000", "0086-138 0013 8000", "86-13800138000")} == {"13800138000"}


# Duplicates

TWICE = only(duplicates=RULES.duplicates)


def test_the_same_goods_to_the_same_person_through_another_channel_are_held_and_name_the_other():
    known = [order("a", at=-3 * DAY)]
    assert holds([order("b", channel="web")], known, TWICE) == {"b": "same_elsewhere:a"}
    assert holds([order("b")], known, TWICE) == {}
    assert holds([order("b", channel="web", at=1)], known, TWICE) == {}
    assert holds([order("b", LI, channel="web")], known, TWICE) == {}
    assert holds([order("b", HIDDEN, channel="web")], [order("a", HIDDEN)], TWICE) == {}


def test_the_same_goods_in_other_lines_are_the_same_goods():
    split = order("b", channel="web", lines=(("SOAP", 1), ("TEA", 1), ("TEA", 1)))
    assert holds([split], [order("a", lines=(("TEA", 2), ("SOAP", 1)))], TWICE) == {"b": "same_elsewhere:a"}
    assert holds([split], [order("a", lines=(("TEA", 1), ("SOAP", 1)))], TWICE) == {}


def test_of_two_that_come_at_once_the_later_one_is_held():
    assert holds([order("b", channel="web", at=9), order("a")], (), TWICE) == {"b": "same_elsewhere:a"}


# Together


def test_orders_of_one_buyer_to_one_address_are_named_once_and_hold_nothing():
    rules = only(together=RULES.together)
    new = [order("b", HIDDEN), order("c", HIDDEN), order("d", LI)]
    (found,) = audit(new, [order("a", HIDDEN), order("x", HIDDEN, waits=False)], rules)
    assert (found.order, found.others, found.holds, found.reason) == ("a", ("b", "c"), False, "send_together:b")
    elsewhere = replace(WANG, address_lines=("浙江省杭州市西湖区文三路2号",))
    assert audit([order("a"), order("b", elsewhere)], (), rules) == ()
    assert audit([order("a")], [order("b"), order("c")], rules)[0].order == "b"


# All of them


def test_a_comma_in_an_order_s_name_makes_no_second_reason():
    found = holds([order("b", channel="web")], [order("a,1")], TWICE)
    assert found == {"b": "same_elsewhere:a;1"}


def test_no_reason_holds_anything_personal():
    person = replace(WANG, buyer="acc", phone="123")
    new = [order(name, person, amount=9000, channel=name) for name in "abcd"]
    reasons = {reason for text in holds(new).values() for reason in text.split(",")}
    assert {reason.partition(":")[0] for reason in reasons} == {
        "large_orders", "first_order", "phone_implausible", "same_elsewhere",
    }  # fmt: skip
    said = " ".join([*reasons, *(explain(reason)[0] for reason in reasons)])
    assert not any(part in said for part in ("王小明", "123", "文三路", "acc"))


def test_money_is_written_with_the_decimals_of_its_currency():
    assert (written(5, "CNY"), written(123456, "JPY"), written(100, "")) == ("CNY 0.05", "JPY 123456", "1.00")


@pytest.mark.parametrize("spread", ["all to one address", "each to its own"])
def test_a_day_of_orders_is_judged_in_a_moment(spread):
    def person(n):
        if spread == "all to one address":
            return WANG
        return replace(WANG, name=f"n{n}", phone=f"139{n:08}", address_lines=(f"杭州市文三路{n}号",))

    new = [order(f"n{n}", person(n), amount=9000, at=n, channel=f"c{n % 3}") for n in range(4500)]
    known = [order(f"k{n}", person(n), amount=9000, at=-n) for n in range(4500)]
    began = time.perf_counter()
    assert audit(new, known, RULES)
    assert time.perf_counter() - began < 3
