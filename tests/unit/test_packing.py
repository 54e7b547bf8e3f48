"""The bench: everything verified before a label, one waybill to a parcel, and a stop that nobody can overlook."""

import pytest

from tests.unit.floor import (
    ENGLISH,
    LABELS,
    LANE,
    LI,
    RETURNS,
    RICE,
    RICE_BIN,
    RICE_CODE,
    SHIP_SF,
    SHIP_ZT,
    SOAP,
    SOAP_BIN,
    SOAP_CODE,
    TEA,
    TEA_BIN,
    TEA_CASE,
    TEA_CODE,
    a_courier_is_here,
    a_packer,
    a_packer_with_a_tote,
    a_picker,
    a_warehouse,
    picked,
    rice_of_lot,
)
from wms.domain import commands as c
from wms.domain import events as e
from wms.domain.catalogue import Item
from wms.domain.packing import PackJob, Parcel, Waybill, WaybillRange
from wms.domain.places import COUNT_DIFFERENCE, SCRAP, inside
from wms.domain.review import Review
from wms.domain.waves import Slot
from wms.workflows.handling import Refused
from wms.workflows.prompt import Mark, Tone
from wms.workflows.reviews import sentence

SF_PLACE = f"{SHIP_SF}*88"


@pytest.fixture
def floor():
    return a_warehouse()


def a_parcel_to_weigh(floor, *lines):
    return a_packer_with_a_tote(floor, *lines).go_on(until="pack.weigh")


def a_labelled_parcel(floor, *lines):
    return a_packer_with_a_tote(floor, *lines).go_on(until="pack.label")


# The tote


def test_a_tote_from_the_lane_opens_its_order(floor):
    packer = a_packer_with_a_tote(floor, (TEA, 2), (SOAP, 1))
    assert (packer.screen, packer.tone, packer.says) == ("pack.item", Tone.OK, ["Order web-1", "Scan each item"])
    assert (packer.prompt.target, packer.shows) == ("0/3", ["Green tea   0/2", "Soap   0/1"])


def test_an_empty_tote_and_what_is_no_tote_are_refused(floor):
    packer = a_packer(floor).scan("TOTE-009")
    assert (packer.screen, packer.tone) == ("pack.tote", Tone.NO)
    assert packer.says == ["This is tote TOTE-009", "It is empty", "Scan another tote"]
    assert packer.scan(LABELS[TEA_BIN]).says[-1] == "Scan a tote from the packing lane"


def test_a_tote_still_on_the_walk_waits(floor):
    floor.order("web-1", (TEA, 1))
    floor.release()
    a_picker(floor).go_on(until="pick.drop")
    packer = a_packer(floor).scan("TOTE-001")
    assert packer.says == ["Not all here: TOTE-001 is still on the walk", "Put it aside and wait"]


def test_an_order_in_two_totes_waits_until_both_are_there(floor):
    """An order whose lines were walked on two trips."""
    floor.order("web-1", (TEA, 1), (SOAP, 1))
    one = e.PlannedTask("W1-01-001", "web-1", 1, TEA, TEA_BIN, "", 1, 20, 1)
    two = e.PlannedTask("W1-02-001", "web-1", 2, SOAP, SOAP_BIN, "", 1, 100, 1)
    batches = (
        e.PlannedBatch("W1-01", floor.now, ("web-1",), (one,)),
        e.PlannedBatch("W1-02", floor.now, ("web-1",), (two,)),
    )
    floor.say(e.WaveReleased("W1", "", floor.now, batches))
    a_picker(floor).go_on(until="pick.drop").scan(LANE)
    assert a_packer(floor).scan("TOTE-001").says[0] == "Not all here: W1-02 is still on the walk"
    a_picker(floor).scan("CART-1").go_on(until="pick.drop").scan(LANE)
    packer = a_packer(floor).scan("TOTE-002")
    assert (packer.screen, packer.prompt.target) == ("pack.item", "0/2")
    packer.scan(TEA_CODE, SOAP_CODE)
    assert (packer.screen, floor.stock(inside("web-1/1"), SOAP), floor.rows.where(Slot, tote="TOTE-001")) == (
        "pack.carton",
        1,
        [],
    )


def test_an_order_that_spans_categories_is_one_walk_and_one_tote(floor):
    assert a_packer_with_a_tote(floor, (TEA, 1), (SOAP, 1)).prompt.target == "0/2"


def test_an_order_on_another_bench_stays_there(floor):
    a_packer_with_a_tote(floor)
    other = a_packer(floor, "T1").scan("TOTE-001")
    assert other.says == ["T2 is packing this order", "Bring it there"]


# Every unit verified


def test_no_label_before_the_last_unit(floor):
    packer = a_packer_with_a_tote(floor, (TEA, 2)).scan(TEA_CODE)
    assert (packer.screen, packer.says) == ("pack.item", ["Green tea, 1 of 2", "1 to go"])
    floor.must(c.ChooseCarton("web-1/1", "S"), LI, "T2")
    answer = floor.do(c.WeighParcel("web-1/1", 330, "scale"), LI, "T2")
    assert answer.lines[0].text == "Not every unit is verified"
    assert floor.said_by(e.LabelRequested) == []
    packer.scan(TEA_CODE)
    assert packer.says == ["Green tea, 2 of 2", "All verified. Choose the carton"]


def test_the_list_shows_what_is_next_and_what_is_done(floor):
    packer = a_packer_with_a_tote(floor, (TEA, 1), (SOAP, 2)).scan(TEA_CODE)
    assert [(line.mark, text) for line, text in zip(packer.prompt.what, packer.shows, strict=True)] == [
        (Mark.NEXT, "Soap   0/2"),
        (Mark.DONE, "Green tea   1/1"),
    ]


def test_a_foreign_item_is_put_aside(floor):
    packer = a_packer_with_a_tote(floor).scan(SOAP_CODE)
    assert (packer.screen, packer.tone) == ("pack.item", Tone.NO)
    assert packer.says == ["Soap is not in this order", "Put it aside and call the supervisor"]
    assert floor.said_by(e.ScanRefused)[0].screen == "pack.item"


def test_one_more_than_ordered_is_taken_out(floor):
    packer = a_packer_with_a_tote(floor, (TEA, 2), (SOAP, 1)).scan(TEA_CODE, TEA_CODE, TEA_CODE)
    assert packer.says == ["Too many: Green tea", "0 still wanted. Take the rest out"]
    assert floor.line("web-1").packed == 2


def test_a_case_counts_its_units_and_never_too_many(floor):
    packer = a_packer_with_a_tote(floor, (TEA, 8)).scan(TEA_CASE)
    assert packer.prompt.target == "6/8"
    assert packer.scan(TEA_CASE).says[0] == "Too many: Green tea"


def test_a_number_typed_after_the_first_scan_counts_the_rest(floor):
    packer = a_packer_with_a_tote(floor, (TEA, 5))
    assert packer.enter("5").says[0] == "Scan the item once first"
    packer.scan(TEA_CODE)
    assert packer.enter("1").says[0] == "Type a number above 1"
    assert packer.enter("9").says[0] == "Too many: Green tea"
    assert packer.enter("5").screen == "pack.carton"


def test_a_second_line_of_the_same_item_fills_after_the_first(floor):
    packer = a_packer_with_a_tote(floor, (TEA, 1), (TEA, 2)).scan(TEA_CODE, TEA_CODE)
    assert (floor.line("web-1", 1).packed, floor.line("web-1", 2).packed) == (1, 1)
    assert packer.scan(TEA_CODE).screen == "pack.carton"


def test_a_lot_that_is_not_in_the_tote_is_refused(floor):
    packer = a_packer_with_a_tote(floor, (RICE, 1)).scan(rice_of_lot("L9"))
    assert packer.says == ["Rice 5kg with that lot is not in the tote", "Check the lot on the label"]
    assert packer.scan(rice_of_lot("L1")).screen == "pack.carton"


def test_undo_puts_the_last_unit_back_into_the_tote(floor):
    packer = a_packer_with_a_tote(floor, (TEA, 2), (SOAP, 1)).scan(SOAP_CODE, TEA_CODE).press("f3")
    assert packer.says == ["Taken out again: Green tea", "Put it back into the tote"]
    assert (packer.prompt.target, floor.stock("TOTE-001")) == ("1/3", 2)
    packer.press("f3").press("f3")
    assert (packer.says, packer.prompt.target) == (["Nothing to undo"], "0/3")


def test_the_empty_tote_is_free_for_the_next_order(floor):
    a_packer_with_a_tote(floor, (TEA, 1)).scan(TEA_CODE)
    assert floor.rows.where(Slot, tote="TOTE-001") == []
    assert floor.stock("TOTE-001") == 0


# Missing and damaged


@pytest.mark.parametrize(("answer", "place"), [(0, COUNT_DIFFERENCE), (1, SCRAP)])
def test_what_is_missing_or_damaged_steps_back_from_the_bench(floor, answer, place):
    packer = a_packer_with_a_tote(floor, (TEA, 2), (SOAP, 1)).scan(TEA_CODE).press("f2")
    assert (packer.screen, packer.shows) == ("pack.cant", ["Green tea"])
    packer.choose(answer)
    assert (packer.screen, packer.tone) == ("pack.tote", Tone.LOOK)
    assert packer.says == ["Noted. The supervisor decides", "Put everything back into the tote and set it aside"]
    assert (floor.stock("TOTE-001"), floor.stock(place)) == (1, 1)
    assert (floor.line("web-1").packed, floor.line("web-1").short, floor.status("web-1")) == (0, 1, "short")
    assert packer.scan("TOTE-001").says[0] == "Units are missing"
    assert floor.reviews() == {"order_short/web-1"}


def test_a_short_order_goes_in_part_once_a_supervisor_allows_it(floor):
    packer = a_packer_with_a_tote(floor, (TEA, 2)).press("f2").choose(0)
    floor.must(c.AllowPartial("web-1"))
    packer.scan("TOTE-001").go_on(until="pack.tote")
    assert (floor.status("web-1"), floor.parcel("web-1").units, floor.reviews()) == ("packed", 1, set())


def test_a_second_parcel_that_stayed_empty_is_forgotten_when_units_are_missing(floor):
    packer = a_packer_with_a_tote(floor, (TEA, 2)).scan(TEA_CODE).press("f5").press("f2").choose(0)
    floor.must(c.AllowPartial("web-1"))
    packer.scan("TOTE-001").go_on(until="pack.tote")
    assert [(p.n, p.units, p.status) for p in floor.rows.all(Parcel)] == [(1, 1, "staged")]


def test_an_order_of_which_everything_is_missing_frees_its_tote_when_it_is_cancelled(floor):
    a_packer_with_a_tote(floor, (TEA, 1)).press("f2").choose(0)
    assert floor.do(c.AllowPartial("web-1")).lines[0].text == "Nothing of order {order} was picked: cancel it"
    floor.cancel("web-1")
    assert (floor.status("web-1"), floor.rows.where(Slot, tote="TOTE-001"), floor.reviews()) == ("cancelled", [], set())


def test_a_tote_that_has_to_wait_leaves_the_bench_whole_and_is_packed_later(floor):
    packer = a_packer_with_a_tote(floor, (TEA, 2), (SOAP, 1)).scan(TEA_CODE).press("f5").press("f2").choose(2)
    assert (packer.screen, packer.says[0]) == ("pack.tote", "Set aside")
    assert (floor.stock("TOTE-001"), floor.line("web-1").packed, floor.reviews()) == (2, 0, set())
    packer.scan("TOTE-001").go_on(until="pack.tote")
    assert [(p.n, p.units, p.status) for p in floor.rows.all(Parcel)] == [(1, 3, "staged")]


def test_an_order_that_falls_short_on_the_bench_can_only_be_set_aside(floor):
    packer = a_packer_with_a_tote(floor, (TEA, 2)).scan(TEA_CODE)
    floor.say(e.UnitsMissing("web-1", 1, TEA, "", "TOTE-001", 1), device="T9")
    floor.say(e.PackingStarted("web-1", "web-1/1"), device=packer.who().device)
    packer.look_again()
    assert (packer.screen, packer.prompt.expects) == ("pack.aside", ("CMD-ENTER",))
    assert packer.scan(TEA_CODE).tone == Tone.NO
    packer.press("enter")
    assert (packer.screen, floor.stock("TOTE-001"), floor.status("web-1")) == ("pack.tote", 1, "short")


def test_a_question_is_left_by_escape_and_answered_by_no_scan(floor):
    packer = a_packer_with_a_tote(floor).press("f2").scan(TEA_CODE)
    assert (packer.screen, packer.says[-1]) == ("pack.cant", "Answer the question first")
    assert packer.press("escape").screen == "pack.item"


# Parcels, cartons, weight


def test_several_parcels_are_n_of_m_and_each_has_its_own_waybill(floor):
    packer = a_packer_with_a_tote(floor, (TEA, 2), (SOAP, 1))
    assert packer.press("f5").says[0] == "This parcel is still empty"
    packer.scan(TEA_CODE).press("f5")
    assert packer.says == ["Parcel 2 begun", "Scan its first item"]
    packer.scan(TEA_CODE, SOAP_CODE).go_on(until="pack.label")
    assert packer.shows[0] == "SF Express   parcel 1 of 2"
    packer.go_on(until="pack.stage").scan(SF_PLACE)
    assert (packer.screen, packer.says[1], floor.status("web-1")) == (
        "pack.carton",
        "Next parcel of this order",
        "picked",
    )
    packer.go_on(until="pack.stage").scan(SF_PLACE)
    assert packer.says == ["Parcel stands with SF Express", "Order finished. Next tote"]
    assert [(p.units, p.waybill) for p in floor.rows.all(Parcel)] == [(1, "SF000000000051"), (2, "SF000000000052")]
    assert floor.status("web-1") == "packed"


def test_a_printed_card_begins_a_new_parcel_too(floor):
    packer = a_packer_with_a_tote(floor, (TEA, 2)).scan(TEA_CODE, "CMD-NEWPARCEL")
    assert packer.says[0] == "Parcel 2 begun"


def test_the_smallest_carton_that_holds_the_goods_is_offered_first(floor):
    boxed = Item(TEA, "绿茶", "Green tea", "food", weight_g=250, length_mm=300, width_mm=200, height_mm=50)
    floor.say(e.ItemDefined(boxed, (("0" + TEA_CODE, 1),)))
    packer = a_packer_with_a_tote(floor, (TEA, 2)).scan(TEA_CODE, TEA_CODE)
    assert [choice.code for choice in packer.prompt.choices] == ["CTN-B", "CTN-S"]
    assert packer.choose(0).screen == "pack.weigh"


def test_what_is_no_carton_is_refused(floor):
    packer = a_packer_with_a_tote(floor, (TEA, 1)).scan(TEA_CODE, "CTN-XL")
    assert (packer.screen, packer.tone) == ("pack.carton", Tone.NO)
    assert packer.scan("CTN-S").says == ["Carton S", "Put the parcel on the scale"]


def test_the_right_weight_brings_waybill_and_label_in_one_go(floor):
    packer = a_parcel_to_weigh(floor, (TEA, 2))
    assert packer.shows == ["It should weigh about 580 g"]
    packer.weigh(600)
    assert (packer.screen, packer.tone, packer.says) == ("pack.label", Tone.OK, ["600 g", "The label is printing"])
    parcel = floor.parcel("web-1")
    assert (parcel.weight_g, parcel.expected_g, parcel.waybill, parcel.prints) == (600, 580, "SF000000000051", 1)


def test_a_weight_that_is_off_needs_a_person_and_a_reason(floor):
    packer = a_parcel_to_weigh(floor, (TEA, 2)).weigh(900)
    assert (packer.screen, packer.tone) == ("pack.off", Tone.LOOK)
    assert packer.says == ["900 g, but 580 g expected", "Is something missing, or too much?"]
    assert floor.said_by(e.LabelRequested) == []
    packer.choose(1)
    assert (packer.screen, floor.said_by(e.ParcelWeighed)[0].reason) == ("pack.label", "packing material")
    assert floor.reviews() == {"weight_accepted/web-1/1"}


def test_a_weight_that_was_off_may_be_weighed_again(floor):
    packer = a_parcel_to_weigh(floor, (TEA, 2)).weigh(900).choose(0)
    assert (packer.screen, packer.says) == ("pack.weigh", ["Weigh it again"])
    assert packer.weigh(580).screen == "pack.label"


def test_the_right_weight_during_the_question_answers_it(floor):
    packer = a_parcel_to_weigh(floor, (TEA, 2)).weigh(900).weigh(590)
    assert (packer.screen, floor.reviews()) == ("pack.label", set())


@pytest.mark.parametrize(("grams", "off"), [(531, False), (630, False), (529, True), (631, True)])
def test_fifty_grams_are_within_tolerance(floor, grams, off):
    assert (a_parcel_to_weigh(floor, (TEA, 2)).weigh(grams).screen == "pack.off") == off


def test_where_a_weight_is_not_known_none_is_expected(floor):
    floor.say(e.ItemDefined(Item(SOAP, "肥皂", "Soap", "home"), (("0" + SOAP_CODE, 1),)))
    packer = a_parcel_to_weigh(floor, (SOAP, 1))
    assert packer.shows == []
    assert packer.weigh(4321).screen == "pack.label"


def test_a_typed_weight_needs_a_reason(floor):
    packer = a_parcel_to_weigh(floor, (TEA, 2)).enter("600")
    assert (packer.screen, packer.prompt.target, floor.said_by(e.ParcelWeighed)) == ("pack.typed", "600", [])
    packer.choose(0)
    weighed = floor.said_by(e.ParcelWeighed)[0]
    assert (packer.screen, weighed.by, weighed.reason) == ("pack.label", "keypad", "scale broken")


@pytest.mark.parametrize("typed", ["0", "", "x", "-5"])
def test_a_typed_weight_is_a_number(floor, typed):
    packer = a_parcel_to_weigh(floor, (TEA, 2)).enter(typed)
    assert (packer.screen, packer.says) == ("pack.weigh", ["Type the weight in grams"])


def test_without_waybill_numbers_nothing_is_weighed_away(floor):
    for lease in floor.rows.where(WaybillRange, device="T2", carrier="SF"):
        floor.rows.put(type(lease)(lease.id, lease.carrier, lease.device, lease.first, lease.last, lease.last + 1))
    packer = a_parcel_to_weigh(floor, (TEA, 2)).weigh(580)
    assert (packer.screen, packer.tone) == ("pack.weigh", Tone.NO)
    assert packer.says[0] == "No waybill numbers of SF Express left here"
    floor.must(c.LeaseWaybills("SF", "T2", 1))
    assert packer.weigh(580).screen == "pack.label"


def test_numbers_leased_to_an_earlier_life_of_the_terminal_are_not_used(floor):
    for lease in floor.rows.where(WaybillRange, device="T2", carrier="SF"):
        floor.rows.put(type(lease)(lease.id, lease.carrier, lease.device, lease.first, lease.last, lease.next, 0))
    assert a_parcel_to_weigh(floor, (TEA, 2)).weigh(580).tone is Tone.NO


# The label


def test_the_printed_label_is_scanned_back(floor):
    packer = a_labelled_parcel(floor)
    assert packer.prompt.expects == ("SF000000000051",)
    packer.scan("SF000000000051")
    assert (packer.screen, packer.says) == ("pack.stage", ["Label verified", f"Bring the parcel to {SHIP_SF}"])


def test_the_label_of_another_parcel_is_taken_off(floor):
    floor.order("web-0", (TEA, 1), hours=30)
    a_packer_with_a_tote(floor, (TEA, 1)).go_on(until="pack.tote")
    other = next(waybill.number for waybill in floor.rows.all(Waybill))
    packer = a_packer(floor).scan("TOTE-002").go_on(until="pack.label").scan(other)
    assert (packer.screen, packer.tone) == ("pack.label", Tone.NO)
    assert packer.says == ["This label belongs to another parcel", "Wanted: SF000000000052", "Take the wrong label off"]


def test_the_item_is_no_label(floor):
    packer = a_labelled_parcel(floor, (TEA, 1)).scan(TEA_CODE)
    assert packer.says == ["This is Green tea (0028)", "Scan the printed label: SF000000000051"]


@pytest.mark.parametrize(("answer", "reason"), [(0, "nothing came out"), (1, "unreadable"), (2, "torn")])
def test_a_reprint_has_the_same_number_and_a_reason(floor, answer, reason):
    packer = a_labelled_parcel(floor).press("f2").choose(answer)
    told = ["The label is printing again", "It says REPRINT. Destroy any other of this parcel"]
    assert (packer.screen, packer.says) == ("pack.label", told)
    assert floor.said_by(e.LabelRequested)[-1] == e.LabelRequested("web-1/1", True, reason)
    assert len(floor.said_by(e.WaybillAssigned)) == 1
    assert floor.parcel("web-1").prints == 2


def test_a_label_that_comes_out_after_all_may_be_scanned_instead_of_an_answer(floor):
    assert a_labelled_parcel(floor).press("f2").scan("SF000000000051").screen == "pack.stage"


def a_label_that(floor, detail):
    """The printer's side of a label: what the spool says of it."""
    packer = a_labelled_parcel(floor, (TEA, 2))
    floor.must(c.RaiseReview("label", "web-1/1", detail), LI, "T2")
    return packer.look_again()


def test_an_interrupted_label_is_asked_about_and_a_scan_says_that_it_is_there(floor):
    packer = a_label_that(floor, "broken")
    assert (packer.screen, packer.prompt.target) == ("pack.look", "SF000000000051")
    assert packer.shows == ["it may or may not have come out: look at the printer"]
    assert packer.restart().screen == "pack.look"
    assert packer.scan("SF000000000051").screen == "pack.stage"
    assert "label/web-1/1" not in floor.reviews()


@pytest.mark.parametrize(("answer", "reason"), [(0, "nothing came out"), (1, "damaged")])
def test_what_did_not_come_out_whole_is_printed_again_under_a_mark(floor, answer, reason):
    packer = a_label_that(floor, "broken").choose(answer)
    assert packer.screen == "pack.label"
    assert floor.said_by(e.LabelRequested)[-1] == e.LabelRequested("web-1/1", True, reason)
    assert "label/web-1/1" not in floor.reviews()


def test_a_wrong_label_found_at_the_printer_is_refused(floor):
    packer = a_label_that(floor, "broken").scan("SF000000000052")
    assert (packer.screen, packer.tone) == ("pack.look", Tone.NO)


def test_a_label_that_cannot_be_made_is_told_and_is_no_reprint_once_it_can(floor):
    packer = a_label_that(floor, "layout,recipient,too long")
    assert packer.shows == [
        "recipient does not fit or can't be printed. Mend the order",
        "Call the supervisor",
    ]
    packer.choose(0)
    assert floor.said_by(e.LabelRequested)[-1] == e.LabelRequested("web-1/1", False, "mended")
    assert packer.screen == "pack.label"


# A spoiled number


def test_a_spoiled_number_is_replaced_and_never_taken_for_a_label_again(floor):
    packer = a_labelled_parcel(floor).press("f2").choose(3)
    assert packer.says == ["A label with a new number is printing", "Destroy the old one"]
    assert floor.parcel("web-1").waybill == "SF000000000052"
    assert floor.rows.get(Waybill, "SF000000000051").void
    assert floor.said_by(e.LabelRequested)[-1] == e.LabelRequested("web-1/1", False, "spoiled at the bench")
    packer.scan("SF000000000051")
    assert (packer.screen, packer.tone) == ("pack.label", Tone.NO)
    assert packer.says == ["This label's number is spoiled", "Wanted: SF000000000052", "Destroy it"]
    assert packer.scan("SF000000000052").screen == "pack.stage"


def test_a_parcel_with_a_spoiled_label_is_not_loaded(floor):
    a_labelled_parcel(floor).press("f2").choose(3).scan("SF000000000052", SF_PLACE)
    courier = a_courier_is_here(floor).scan("SF000000000051")
    assert courier.tone is Tone.NO
    assert courier.says[-1] == "Its number is spoiled. Bring the parcel back to packing"
    assert courier.scan("SF000000000052").tone is Tone.OK


def test_a_number_is_spoiled_only_at_its_bench_while_the_parcel_is_there(floor):
    packer = a_labelled_parcel(floor)
    assert isinstance(floor.do(c.VoidLabel("web-1/1", "x"), LI, "T1"), Refused)
    packer.go_on(until="pack.stage").scan(SF_PLACE)
    assert isinstance(floor.do(c.VoidLabel("web-1/1", "x"), LI, "T2"), Refused)
    assert not floor.said_by(e.LabelVoided)


def test_the_supervisor_reads_how_many_labels_wait_for_a_printer(floor):
    a_labelled_parcel(floor)
    floor.must(c.RaiseReview("printer", "T2", "paper_out"), LI, "T2")
    says = lambda: ENGLISH.say(sentence(floor.rows.get(Review, "printer/T2"), floor.rows))  # noqa: E731
    assert says() == "Printer of T2: paper out: put in a new roll (1 label waits)"
    floor.must(c.ReportPrinted("web-1/1", True), LI, "T2")
    assert says() == "Printer of T2: paper out: put in a new roll"


# The carrier's place


@pytest.mark.parametrize("place", [SHIP_ZT, LANE, f"{SHIP_SF}*11"])
def test_a_parcel_stands_only_at_its_own_carriers_place(floor, place):
    packer = a_labelled_parcel(floor).go_on(until="pack.stage").scan(place)
    assert (packer.screen, packer.tone, packer.says[1]) == ("pack.stage", Tone.NO, f"Bring it to {SHIP_SF}")
    assert packer.scan(SF_PLACE).screen == "pack.tote"


def test_another_carriers_parcel_has_its_number_and_its_place(floor):
    packer = a_packer_with_a_tote(floor, (TEA, 1), carrier="ZT").go_on(until="pack.stage")
    assert (packer.prompt.target, floor.parcel("web-1").waybill) == (SHIP_ZT, "ZT0000000051")


# Cancelled


def the_stop(packer):
    return packer.screen, packer.prompt.alarm, packer.prompt.target


@pytest.mark.parametrize("until", ["pack.item", "pack.carton", "pack.weigh", "pack.label", "pack.stage"])
@pytest.mark.parametrize("refund", [False, True])
def test_a_cancellation_stops_the_bench_at_any_step(floor, until, refund):
    packer = a_packer_with_a_tote(floor, (TEA, 2)).go_on(until=until)
    floor.cancel("web-1", refund=refund)
    packer.look_again()
    assert the_stop(packer) == ("pack.stop", True, RETURNS)
    labels = len(floor.said_by(e.LabelRequested))
    packer.scan(TEA_CODE).press("enter").weigh(580).scan(SF_PLACE)
    assert (packer.screen, packer.tone) == ("pack.stop", Tone.NO)
    packer.scan(RETURNS)
    assert (packer.screen, packer.tone, floor.status("web-1")) == ("pack.tote", Tone.OK, "cancelled")
    assert (floor.stock(RETURNS), len(floor.said_by(e.LabelRequested))) == (2, labels)
    assert floor.reviews() == {"put_back/web-1"}
    assert floor.rows.all(PackJob) == []
    assert all(parcel.status == "void" for parcel in floor.rows.all(Parcel))


def test_the_tote_of_a_cancelled_order_stops_at_the_bench(floor):
    floor.order("web-1", (TEA, 2))
    picked(floor)
    floor.cancel("web-1")
    packer = a_packer(floor).scan("TOTE-001")
    assert (packer.tone, packer.says) == (Tone.NO, ["STOP: this order was cancelled", "Do not label it"])
    assert the_stop(packer) == ("pack.stop", True, RETURNS)
    assert packer.restart().screen == "pack.tote"
    assert packer.scan("TOTE-001").scan(RETURNS).screen == "pack.tote"
    assert (floor.stock(RETURNS), floor.rows.where(Slot, tote="TOTE-001")) == (2, [])


def test_a_staged_parcel_of_a_cancelled_order_comes_back_by_its_label(floor):
    a_packer_with_a_tote(floor, (TEA, 2)).go_on(until="pack.tote")
    packer = a_packer(floor).scan("SF000000000051")
    assert (packer.screen, packer.says[0]) == ("pack.tote", "This is waybill SF000000000051")
    floor.cancel("web-1", refund=True)
    packer.scan("SF000000000051")
    assert (packer.tone, packer.screen) == (Tone.NO, "pack.stop")
    packer.scan(RETURNS)
    assert (floor.stock(RETURNS), floor.status("web-1"), floor.parcel("web-1").status) == (2, "cancelled", "void")


def test_only_the_returns_shelf_takes_a_stopped_order(floor):
    packer = a_packer_with_a_tote(floor)
    floor.cancel("web-1")
    for wrong in (LANE, SF_PLACE, LABELS[TEA_BIN], "TOTE-002", RICE_CODE):
        assert packer.scan(wrong).tone is Tone.NO
    assert floor.do(c.DivertOrder("web-1", LANE), LI).lines[0].text == "This is not the returns shelf"
    assert floor.do(c.DivertOrder("web-9", RETURNS), LI).lines[0].text == "This order is not stopped"
    assert floor.stock(RETURNS) == 0


# After the plug was pulled


@pytest.mark.parametrize("scans", range(9))
def test_a_restart_goes_on_at_the_same_step(floor, scans):
    floor.order("web-1", (RICE, 1), (TEA, 1))
    picked(floor)
    codes = ["TOTE-001", RICE_CODE, "F5", TEA_CODE, "CTN-S", "5080", "SF000000000051", SF_PLACE, "CTN-B"]
    packer = a_packer(floor)

    def act(code):
        if code == "F5":
            packer.press("f5")
        elif code.isdigit() and len(code) == 4:
            packer.weigh(int(code))
        else:
            packer.scan(code)

    for code in codes[:scans]:
        act(code)
    before = packer.prompt
    after = packer.restart().prompt
    assert (after.name, after.target, after.what, after.expects) == (
        before.name,
        before.target,
        before.what,
        before.expects,
    )
    for code in codes[scans:]:
        act(code)
    packer.go_on(until="pack.tote")
    assert [(p.n, p.status) for p in floor.rows.all(Parcel)] == [(1, "staged"), (2, "staged")]
    assert floor.in_balance()
    assert floor.stock(RICE_BIN, RICE, "L1") == 9
