"""Labels of the platform at the bench: a given number is used, a printed one is bound, an order waits for neither."""

import pytest

from tests.unit.floor import (
    ENGLISH,
    LI,
    RETURNS,
    SHIP_SF,
    TEA,
    TEA_CODE,
    a_courier_is_here,
    a_packer,
    a_warehouse,
    picked,
)
from wms.domain import commands as c
from wms.domain import events as e
from wms.domain.labelling import GivenLabel, LabelData, LabelWait, plausible_number
from wms.domain.packing import PackJob, Waybill, WaybillRange
from wms.domain.review import Review
from wms.workflows.handling import Refused
from wms.workflows.prompt import Tone
from wms.workflows.reviews import decisions, facts, sentence

NUMBER, OTHER = "YT8801234567890", "YT8801234567999"


@pytest.fixture
def floor():
    return a_warehouse()


def platform_order(floor, name="web-1", label=None, lines=((TEA, 2),), **more):
    said = {"nolabel": True, "masked": "张* 上海"} | more
    given = label or GivenLabel()
    incoming = c.IncomingOrder(name, "web", name, floor.now + 90_000, "SF", lines, label=given, **said)
    floor.must(c.TakeOrders((incoming,)))
    return name


def give(floor, number, order="web-1", **more):
    instead_of = more.pop("instead_of", "")
    return floor.do(c.GiveLabelData((c.LabelFor(order, GivenLabel(number, **more), instead_of),)))


def a_bench(floor, tote="TOTE-001", device="T2"):
    return a_packer(floor, device).scan(tote)


def to_bind(floor, **order):
    platform_order(floor, **order)
    picked(floor)
    return a_bench(floor).go_on(until="pack.weigh").weigh(580)


# A number that was given


def test_a_given_number_is_used_and_no_leased_one(floor):
    platform_order(floor, label=GivenLabel(NUMBER), nolabel=False)
    picked(floor)
    packer = a_bench(floor).go_on(until="pack.label")
    assert (packer.prompt.target, floor.rows.get(Waybill, NUMBER).parcel) == (NUMBER, "web-1/1")
    assert floor.rows.where(WaybillRange, device="T2", carrier="SF")[0].next == 51
    packer.scan(NUMBER).scan(f"{SHIP_SF}*88")
    assert floor.status("web-1") == "packed"
    assert a_courier_is_here(floor).scan(NUMBER).tone is Tone.OK


def test_a_given_number_needs_no_leased_ones(floor):
    for lease in floor.rows.where(WaybillRange, device="T2", carrier="SF"):
        floor.rows.delete(lease)
    platform_order(floor, label=GivenLabel(NUMBER), nolabel=False)
    picked(floor)
    assert a_bench(floor).go_on(until="pack.label").prompt.target == NUMBER


def test_a_second_parcel_of_the_order_has_a_number_of_its_own(floor):
    platform_order(floor, label=GivenLabel(NUMBER), nolabel=False)
    picked(floor)
    a_bench(floor).scan(TEA_CODE).press("f5").go_on(until="pack.tote")
    assert [floor.parcel("web-1", n).waybill for n in (1, 2)] == [NUMBER, "SF000000000051"]


def test_given_data_name_the_carrier(floor):
    platform_order(floor, label=GivenLabel(NUMBER, "ZT"))
    picked(floor)
    assert a_bench(floor).go_on(until="pack.label").scan(NUMBER).prompt.target == "SHIP-ZT"


def test_a_spoiled_given_number_asks_for_the_platforms_next(floor):
    platform_order(floor, label=GivenLabel(NUMBER))
    picked(floor)
    packer = a_bench(floor).go_on(until="pack.label").press("f2").choose(3)
    assert (packer.screen, packer.says) == ("pack.bind", ["Scan the platform's next label", "Destroy the old one"])
    assert packer.scan(NUMBER).says[0] == "This label's number is spoiled"
    give(floor, OTHER)
    assert packer.look_again().press("enter").prompt.target == OTHER


# A number the platform printed


def test_the_platforms_own_label_is_scanned_and_bound(floor):
    packer = to_bind(floor)
    assert (packer.screen, packer.prompt.target, floor.said_by(e.LabelRequested)) == ("pack.bind", "web-1", [])
    packer.scan(NUMBER)
    assert (packer.screen, packer.says[0]) == ("pack.stage", f"Waybill {NUMBER}")
    assert (floor.parcel("web-1").waybill, floor.parcel("web-1").bound) == (NUMBER, True)
    packer.scan(f"{SHIP_SF}*88")
    assert floor.status("web-1") == "packed"
    assert a_courier_is_here(floor).scan(NUMBER).tone is Tone.OK


def shown(packer):
    return " ".join(ENGLISH.say(line.text) for line in packer.prompt.what)


def test_no_carrier_is_named_that_is_only_assumed(floor):
    packer = to_bind(floor).scan(NUMBER)
    assert "Parcel 1 of 1" in shown(packer)
    assert "SF" not in shown(packer)
    assert packer.scan(f"{SHIP_SF}*88").says[0] == f"Parcel stands at {SHIP_SF}"


def test_no_carrier_of_a_given_number_is_named_that_is_only_assumed(floor):
    platform_order(floor, label=GivenLabel(NUMBER))
    picked(floor)
    assert "Parcel 1 of 1" in shown(a_bench(floor).go_on(until="pack.label"))


def test_a_carrier_that_came_with_the_number_is_named(floor):
    platform_order(floor, label=GivenLabel(NUMBER, "ZT"))
    picked(floor)
    assert "   parcel 1 of 1" in shown(a_bench(floor).go_on(until="pack.label"))


def test_the_form_of_a_number_tells_its_carrier(floor):
    floor.say(e.CarrierDefined("YT", "圆通", "YTO", "SHIP-ZT", "YT", 13, 1, 9))
    assert to_bind(floor).scan(NUMBER).prompt.target == "SHIP-ZT"


@pytest.mark.parametrize("text", ["RICE", TEA_CODE, "https://x.example/?a=1", "SF000000000060", "TOTE-001", "12345"])
def test_what_is_no_number_of_the_platform_is_not_bound(floor, text):
    packer = to_bind(floor).scan(text)
    assert (packer.screen, packer.tone, floor.said_by(e.WaybillBound)) == ("pack.bind", Tone.NO, [])


def test_a_number_that_could_be_goods_is_scanned_twice(floor):
    packer = to_bind(floor).scan("4006381333931")
    assert (packer.screen, packer.tone) == ("pack.bind", Tone.LOOK)
    assert packer.scan("4006381333931").screen == "pack.stage"


def test_a_number_that_stands_on_another_parcel_is_refused(floor):
    to_bind(floor).scan(NUMBER).go_on(until="pack.tote")
    platform_order(floor, "web-2")
    picked(floor)
    packer = a_bench(floor).go_on(until="pack.weigh").weigh(580).scan(NUMBER)
    assert (packer.tone, packer.says[0]) == (Tone.NO, "This number stands on parcel web-1/1")


def test_the_label_of_another_order_is_refused_and_that_of_this_one_wanted(floor):
    platform_order(floor, "web-2")
    give(floor, OTHER, "web-2")
    packer = to_bind(floor)
    assert packer.scan(OTHER).says[0] == "This is the label of order web-2"
    give(floor, NUMBER)
    assert isinstance(floor.do(c.BindWaybill("web-1/1", "YT1111111111111"), LI, "T2"), Refused)
    assert packer.look_again().screen == "pack.print"
    assert packer.scan(NUMBER).screen == "pack.stage"


def test_a_wrong_scan_is_undone_and_the_number_is_free_again(floor):
    packer = to_bind(floor).scan(NUMBER).press("f3")
    assert (packer.screen, floor.rows.get(Waybill, NUMBER)) == ("pack.bind", None)
    assert packer.scan(NUMBER).screen == "pack.stage"


def test_the_platforms_label_is_not_printed_here(floor):
    to_bind(floor).scan(NUMBER)
    assert isinstance(floor.do(c.ReprintLabel("web-1/1", "torn"), LI, "T2"), Refused)


def test_two_benches_that_bind_the_same_number_are_before_the_supervisor(floor):
    to_bind(floor).scan(NUMBER)
    floor.say(e.WaybillBound("web-2/1", "SF", NUMBER), person=LI, device="T1")
    assert floor.reviews() == {f"waybill_twice/{NUMBER}"}


def test_a_number_bound_while_another_was_given_is_before_the_supervisor(floor):
    packer = to_bind(floor)
    give(floor, OTHER)
    floor.say(e.WaybillBound("web-1/1", "SF", NUMBER), person=LI, device="T2")
    assert "label_conflict/web-1" in floor.reviews()
    review = floor.rows.get(Review, "label_conflict/web-1")
    assert ENGLISH.say(sentence(review, floor.rows)) == f"Order web-1 has two waybills: {OTHER} and {NUMBER}"
    assert packer.look_again().screen == "pack.stage"


def test_a_cancelled_order_is_not_bound(floor):
    packer = to_bind(floor)
    floor.cancel("web-1")
    assert packer.look_again().screen == "pack.stop"
    assert packer.scan(NUMBER).tone is Tone.NO
    assert packer.scan(RETURNS).screen == "pack.tote"


# Waiting


def test_a_closed_parcel_waits_in_sight_and_goes_on_when_its_data_come(floor):
    packer = to_bind(floor).press("f2")
    assert (packer.screen, packer.says) == ("pack.tote", ["It waits for its label", "Write web-1 on it"])
    assert packer.shows[-1] == "1 order waits for its label: F5"
    assert floor.reviews() == {"label_waits/web-1"}
    give(floor, NUMBER)
    assert floor.reviews() == set()
    other = a_packer(floor, "T1")
    assert other.shows[-1] == "1 label has come: F5"
    other.press("f5")
    assert [ENGLISH.say(choice.label) for choice in other.prompt.choices] == ["web-1: ready, 1 parcel"]
    other.choose(0)
    assert (other.screen, other.prompt.target) == ("pack.label", NUMBER)
    other.scan(NUMBER).go_on(until="pack.tote")
    assert (floor.rows.all(LabelWait), floor.rows.all(PackJob), floor.status("web-1")) == ([], [], "packed")


def test_a_tote_waits_and_may_be_bound_later_at_any_bench(floor):
    platform_order(floor)
    picked(floor)
    packer = a_bench(floor).scan(TEA_CODE).press("f2")
    assert [ENGLISH.say(choice.label) for choice in packer.prompt.choices][-1] == "It waits for its label"
    packer.choose(3)
    assert (packer.screen, floor.stock("TOTE-001")) == ("pack.tote", 2)
    packer.press("f5")
    assert [ENGLISH.say(choice.label) for choice in packer.prompt.choices] == ["web-1: TOTE-001"]
    assert packer.press("escape").screen == "pack.tote"
    later = a_bench(floor, device="T1").go_on(until="pack.weigh").weigh(580).scan(NUMBER)
    assert (later.screen, floor.rows.all(LabelWait), floor.reviews()) == ("pack.stage", [], set())


def test_an_order_with_a_label_does_not_wait_for_one(floor):
    platform_order(floor, nolabel=False)
    picked(floor)
    packer = a_bench(floor).press("f2")
    assert len(packer.prompt.choices) == 3
    assert isinstance(floor.do(c.AwaitLabel("web-1"), LI, "T2"), Refused)


def test_a_waiting_order_that_was_cancelled_is_brought_back(floor):
    packer = to_bind(floor).press("f2")
    floor.cancel("web-1")
    assert floor.reviews() == {"cancelled_in_work/web-1"}
    packer.look_again().press("f5")
    assert [ENGLISH.say(choice.label) for choice in packer.prompt.choices] == ["web-1: cancelled, bring it back"]
    assert packer.choose(0).screen == "pack.stop"
    packer.scan(RETURNS)
    assert (floor.stock(RETURNS), floor.rows.all(LabelWait)) == (2, [])
    assert floor.reviews() == {"put_back/web-1"}


def test_what_waits_survives_a_restart(floor):
    packer = to_bind(floor)
    assert packer.restart().screen == "pack.bind"
    assert packer.press("f2").restart().shows[-1] == "1 order waits for its label: F5"


# What is given for an order


def test_the_same_data_again_change_nothing_and_more_data_are_added(floor):
    platform_order(floor)
    give(floor, NUMBER, sort_code="021-A")
    assert give(floor, NUMBER, sort_code="021-A") == ()
    give(floor, "", qr="Q1")
    row = floor.rows.get(LabelData, "web-1", NUMBER)
    assert (row.sort_code, row.qr, len(floor.rows.all(LabelData))) == ("021-A", "Q1", 1)


def test_a_second_number_waits_for_a_decision(floor):
    platform_order(floor)
    give(floor, NUMBER)
    assert give(floor, OTHER)[0].contradicts == NUMBER
    assert give(floor, OTHER) == ()
    assert floor.reviews() == {"label_conflict/web-1"}
    review = floor.rows.get(Review, "label_conflict/web-1")
    assert len(facts(review, floor.rows)) >= 1
    ways = {ENGLISH.say(way.label): way for way in decisions(review, floor.rows)}
    assert list(ways) == [f"Keep {NUMBER}", f"Take {OTHER}"]
    for command in ways[f"Take {OTHER}"].commands(""):
        floor.must(command)
    assert (floor.rows.get(LabelData, "web-1", OTHER).in_force, floor.reviews()) == (True, set())
    picked(floor)
    assert a_bench(floor).go_on(until="pack.label").prompt.target == OTHER


def test_a_number_of_another_order_is_not_taken(floor):
    platform_order(floor)
    platform_order(floor, "web-2")
    give(floor, NUMBER)
    assert give(floor, NUMBER, "web-2")[0].contradicts == "order:web-1"
    assert not floor.rows.get(LabelData, "web-2", NUMBER).in_force
    assert "label_conflict/web-2" in floor.reviews()


@pytest.mark.parametrize(
    ("label", "why"),
    [
        (GivenLabel("x"), "no waybill number"),
        (GivenLabel(NUMBER, "NONE"), "there is no NONE"),
        (GivenLabel(NUMBER, masked_name="张三丰"), "hides nothing"),
        (GivenLabel(NUMBER, masked_phone="13800138000"), "hides nothing"),
        (GivenLabel(NUMBER, qr="a\x1b[2J"), "control character"),
        (GivenLabel(NUMBER, sort_code="9" * 81), "longer than"),
    ],
)
def test_data_that_cannot_be_are_refused(floor, label, why):
    platform_order(floor)
    answer = floor.do(c.GiveLabelData((c.LabelFor("web-1", label),)))
    assert isinstance(answer, Refused)
    assert why in ENGLISH.say(answer.lines[0])


def test_a_lent_number_and_stars_are_masks(floor):
    platform_order(floor)
    assert not isinstance(give(floor, NUMBER, masked_phone="18412345678-0123", masked_name="张*"), Refused)


def test_what_was_handed_over_gets_no_other_label(floor):
    to_bind(floor).scan(NUMBER).go_on(until="pack.tote")
    give(floor, NUMBER)
    assert give(floor, OTHER)[0].contradicts == NUMBER


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("SF1234567890123", True),
        ("JDVA01234567890-1-2", True),
        ("1Z999AA10123456784", True),
        ("75312345678901", True),
        ("RR123456785CN", True),
        ("张三12345678", False),
        ("ABCDEFGHIJK", False),
        ("1234 567890", False),
        ("-12345678", False),
        ("1" * 36, False),
    ],
)
def test_what_may_be_a_number(text, is_one):
    assert plausible_number(text) == is_one
