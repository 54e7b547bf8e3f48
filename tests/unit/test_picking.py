"""What a picker may count on: the walk, the bin, the item, its lot, the quantity, the tote, and every way back."""

import pytest

from tests.unit.floor import (
    CHEN,
    ENGLISH,
    HOUR,
    LABELS,
    LANE,
    LI,
    RETURNS,
    RICE,
    RICE_BIN,
    RICE_CODE,
    SHIP_SF,
    SOAP,
    SOAP_BIN,
    SOAP_CODE,
    TEA,
    TEA_BIN,
    TEA_CASE,
    TEA_CODE,
    TEA_RESERVE,
    ZHAO,
    a_packer,
    a_picker,
    a_picker_at_the_bin,
    a_picker_on_a_walk,
    a_warehouse,
    rice_of_lot,
)
from wms.domain import commands as c
from wms.domain import events as e
from wms.domain.catalogue import Counter, Item
from wms.domain.places import SCRAP, hand_of
from wms.domain.review import Review
from wms.domain.waves import Batch, PickTask, Wave
from wms.workflows.prompt import Entry, Tone
from wms.workflows.reviews import sentence

OLD_LOT, NEW_LOT = "L1", "L2"


@pytest.fixture
def floor():
    return a_warehouse()


def first_task(floor, order="web-1"):
    return floor.tasks(order)[0]


# Work


def test_the_cart_gets_the_walk_that_ships_first(floor):
    floor.order("later", (SOAP, 1), hours=30)
    floor.order("sooner", (TEA, 1), hours=5)
    floor.release()
    picker = a_picker(floor)
    assert picker.screen == "pick.cart"
    picker.scan("CART-1")
    assert (picker.tone, picker.says) == (Tone.OK, ["Cart CART-1: off you go"])
    assert (picker.screen, picker.prompt.target) == ("pick.bin", TEA_BIN)
    assert picker.prompt.ship_by == floor.now - 1 + 5 * HOUR


def test_an_unfinished_walk_is_offered_before_any_other_and_without_its_cart(floor):
    floor.order("mine", (TEA, 2), hours=30)
    floor.release()
    a_picker(floor).scan("CART-1", LABELS[TEA_BIN], TEA_CODE)
    floor.order("urgent", (SOAP, 1), hours=2)
    floor.release()
    again = a_picker(floor, device="T9")
    assert (again.screen, again.prompt.target) == ("pick.item", "1")


def test_two_pickers_never_get_the_same_walk_nor_the_same_cart(floor):
    floor.order("one", (TEA, 1))
    floor.order("two", (SOAP, 1))
    floor.release()
    a_picker(floor).scan("CART-1")
    zhao = a_picker(floor, ZHAO, "T2").scan("CART-1")
    assert (zhao.tone, zhao.says[0]) == (Tone.NO, "CART-1 is on another walk")
    zhao.scan("CART-2")
    assert (zhao.tone, zhao.prompt.target) == (Tone.OK, SOAP_BIN)
    third = a_picker(floor, "1009", "T3").scan("CART-1")
    assert third.says[0] == "CART-1 is on another walk"


def test_no_work_is_said_and_nothing_else_happens(floor):
    picker = a_picker(floor).scan("CART-1")
    assert (picker.screen, picker.tone, picker.says[0]) == ("pick.cart", Tone.NO, "No work is waiting")
    picker.scan("TOTE-001")
    assert picker.says == ["This is tote TOTE-001", "Scan the label of your cart"]


# The bin


def test_the_label_of_the_bin_proves_the_place(floor):
    picker = a_picker_on_a_walk(floor)
    assert picker.prompt.expects == (LABELS[TEA_BIN],)
    picker.scan(LABELS[TEA_BIN])
    assert (picker.screen, picker.tone, picker.says) == ("pick.item", Tone.OK, [f"{TEA_BIN}: right place"])
    assert picker.commands == (c.ConfirmBin(first_task(floor).id),)


def test_another_bin_is_refused_and_the_wanted_one_is_said_again(floor):
    picker = a_picker_on_a_walk(floor).scan(LABELS[SOAP_BIN])
    assert (picker.screen, picker.tone) == ("pick.bin", Tone.NO)
    assert picker.says == [f"This is place {SOAP_BIN}", f"Go to {TEA_BIN}", "Scan the label there"]
    assert floor.said_by(e.ScanRefused) == [e.ScanRefused(SOAP_BIN, "pick.bin", "wrong:PlaceScan")]


def test_a_label_with_old_check_digits_is_not_the_place(floor):
    picker = a_picker_on_a_walk(floor).scan(f"{TEA_BIN}*99")
    assert (picker.screen, picker.tone) == ("pick.bin", Tone.NO)
    assert picker.says[0] == f"{TEA_BIN}: the check digits are wrong"


def test_a_typed_place_needs_its_check_digits(floor):
    picker = a_picker_on_a_walk(floor).scan(TEA_BIN)
    assert (picker.screen, picker.tone, picker.prompt.entry) == ("pick.typed", Tone.INFO, Entry.TEXT)
    picker.enter("99")
    assert (picker.tone, picker.says[0]) == (Tone.NO, "The check digits are wrong")
    assert floor.said_by(e.ScanRefused)[-1].why == "wrong:check_digits"
    assert picker.enter("41").screen == "pick.item"


def test_the_third_wrong_check_digits_at_a_line_call_the_supervisor(floor):
    picker = a_picker_on_a_walk(floor).scan(f"{TEA_BIN}*99", TEA_BIN).enter("98")
    assert floor.rows.where(Review, open=True) == []
    picker.restart().scan(f"{TEA_BIN}*97")
    (review,) = floor.rows.where(Review, open=True)
    assert ENGLISH.say(sentence(review, floor.rows)) == (
        f"李雷 gave wrong check digits for {TEA_BIN}, 3 times: look at its label"
    )
    assert picker.screen == "pick.bin"


def test_wrong_check_digits_are_forgotten_at_the_right_place(floor):
    picker = a_picker_on_a_walk(floor).scan(f"{TEA_BIN}*99", f"{TEA_BIN}*98", LABELS[TEA_BIN])
    assert picker.screen == "pick.item"
    assert [row.name for row in floor.rows.all(Counter)] == ["wave"]


def test_check_digits_alone_may_be_typed_at_once(floor):
    assert a_picker_on_a_walk(floor).enter("41").screen == "pick.item"


def test_a_bin_for_two_lines_is_confirmed_once(floor):
    floor.order("a", (TEA, 1))
    picker = a_picker_on_a_walk(floor, (TEA, 1)).scan(LABELS[TEA_BIN], TEA_CODE, "TOTE-001")
    assert picker.screen == "pick.item"


# The item


def test_wrong_item_keeps_the_line_and_says_what_is_expected(floor):
    picker = a_picker_at_the_bin(floor).scan(SOAP_CODE)
    assert (picker.screen, picker.tone) == ("pick.item", Tone.NO)
    assert picker.says == [
        "This is Soap (0035)",
        "Wanted: Green tea (0028)",
        "Put it back, scan the right one",
    ]
    assert first_task(floor).taken == 0
    assert floor.said_by(e.ScanRefused) == [e.ScanRefused(SOAP_CODE, "pick.item", "wrong:ItemScan")]


def test_a_new_scan_replaces_the_verdict_on_the_one_before(floor):
    picker = a_picker_at_the_bin(floor).scan(SOAP_CODE, TEA_CODE)
    assert (picker.tone, picker.says) == (Tone.OK, ["Green tea, 1 of 3", "2 to go"])


def test_unknown_code_counts_nothing(floor):
    picker = a_picker_at_the_bin(floor).scan("NO-SUCH-THING")
    assert (picker.screen, picker.tone) == ("pick.item", Tone.NO)
    assert picker.says[0] == "Unknown code NO-SUCH-THING"
    assert floor.said_by(e.ScanRefused)[0].why == "unknown:not_found"


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("garbled", "The code arrived damaged: scan it again"),
        ("bad_checksum", "The code arrived damaged: scan it again"),
        ("partial", "Only part of the code arrived: scan it again"),
        ("overlong", "Too long for one code: scan one label at a time"),
    ],
)
def test_a_scan_that_came_in_pieces_is_never_guessed_at(floor, fault, says):
    picker = a_picker_at_the_bin(floor).misread(fault, TEA_CODE)
    assert (picker.tone, picker.says[0]) == (Tone.NO, says)
    assert first_task(floor).taken == 0
    assert floor.said_by(e.ScanRefused)[0].why == f"unreadable:{fault}"


def test_a_second_deliberate_scan_is_a_second_unit(floor):
    a_picker_at_the_bin(floor).scan(TEA_CODE, TEA_CODE)
    assert first_task(floor).taken == 2


def test_the_zero_led_form_of_a_code_is_the_same_item(floor):
    a_picker_at_the_bin(floor).scan("0" + TEA_CODE)
    assert first_task(floor).taken == 1


def test_taken_units_are_in_the_hand_and_no_longer_in_the_bin(floor):
    a_picker_at_the_bin(floor).scan(TEA_CODE)
    assert (floor.stock(TEA_BIN), floor.promised(TEA_BIN)) == (19, 2)
    assert floor.stock(hand_of(first_task(floor).id, LI)) == 1
    assert floor.in_balance()


# Quantity


def test_the_last_unit_asks_for_the_tote(floor):
    picker = a_picker_at_the_bin(floor).scan(TEA_CODE, TEA_CODE)
    assert (picker.prompt.target, picker.says) == ("1", ["Green tea, 2 of 3", "1 to go"])
    picker.scan(TEA_CODE)
    assert (picker.screen, picker.says) == ("pick.tote", ["Green tea, 3 of 3", "All 3. Now scan the tote"])


def test_a_number_typed_after_the_first_scan_is_what_the_hand_holds(floor):
    picker = a_picker_at_the_bin(floor)
    assert picker.prompt.entry is Entry.NONE  # a scan must say what it is before a number says how many
    assert picker.enter("3").says[0] == "Scan the item once first"
    picker.scan(TEA_CODE)
    assert picker.prompt.entry is Entry.NUMBER
    picker.enter("3")
    assert (picker.screen, picker.tone, first_task(floor).taken) == ("pick.tote", Tone.OK, 3)


@pytest.mark.parametrize(
    ("typed", "why"),
    [("1", "1 are already counted"), ("0", "Type a number"), ("x", "Type a number"), ("4", "That is 1 too many")],
)
def test_a_typed_number_that_can_not_be_is_refused(floor, typed, why):
    picker = a_picker_at_the_bin(floor).scan(TEA_CODE).enter(typed)
    assert (picker.tone, picker.says[0], first_task(floor).taken) == (Tone.NO, why, 1)


def test_one_more_than_wanted_is_refused(floor):
    picker = a_picker_at_the_bin(floor, (TEA, 1)).scan(TEA_CODE, TEA_CODE)
    assert (picker.screen, picker.tone) == ("pick.tote", Tone.NO)
    assert picker.says == ["Enough: all 1 are taken", "Put this one back", "Scan the tote of slot 1"]
    assert first_task(floor).taken == 1


def test_a_case_counts_its_units(floor):
    picker = a_picker_at_the_bin(floor, (TEA, 8)).scan(TEA_CASE)
    assert (picker.tone, picker.says) == (Tone.OK, ["Green tea, 6 of 8", "2 to go"])


def test_a_case_that_holds_more_than_wanted_is_refused_whole(floor):
    picker = a_picker_at_the_bin(floor, (TEA, 4)).scan(TEA_CASE)
    assert (picker.screen, picker.tone, picker.says) == ("pick.item", Tone.NO, ["That is 2 too many", "Put them back"])
    assert (first_task(floor).taken, floor.stock(TEA_BIN)) == (0, 20)


# Lots


def two_lots(floor, expiry="2027-09-01", **more):
    floor.say(e.GoodsReceived("R2", RICE, NEW_LOT, 5, RICE_BIN, expiry, **more))
    return floor


def test_the_planned_lot_is_taken_without_a_question(floor):
    picker = a_picker_at_the_bin(two_lots(floor), (RICE, 2)).scan(rice_of_lot(OLD_LOT))
    assert (picker.tone, picker.says[0]) == (Tone.OK, "Rice 5kg, 1 of 2")
    assert floor.stock(RICE_BIN, RICE, OLD_LOT) == 9


def test_the_only_lot_of_the_bin_needs_no_lot_in_the_scan(floor):
    assert a_picker_at_the_bin(floor, (RICE, 1)).scan(RICE_CODE).screen == "pick.tote"


def test_another_lot_is_warned_of_and_taken_by_the_same_scan_again(floor):
    picker = a_picker_at_the_bin(two_lots(floor), (RICE, 2)).scan(rice_of_lot(NEW_LOT))
    assert (picker.screen, picker.tone) == ("pick.item", Tone.LOOK)
    assert picker.says == ["Lot L2 expires later", "Wanted: lot L1", "To take it, scan it again"]
    assert first_task(floor).taken == 0
    picker.scan(rice_of_lot(NEW_LOT))
    assert (picker.tone, first_task(floor).taken) == (Tone.OK, 1)
    assert (floor.stock(RICE_BIN, RICE, NEW_LOT), floor.stock(RICE_BIN, RICE, OLD_LOT)) == (4, 10)
    assert floor.promised(RICE_BIN, RICE, OLD_LOT) == 1
    picker.scan(rice_of_lot(NEW_LOT))
    assert (picker.screen, first_task(floor).taken) == ("pick.tote", 2)  # agreed for this line


def test_a_different_scan_after_the_warning_starts_over(floor):
    picker = a_picker_at_the_bin(two_lots(floor), (RICE, 3))
    picker.scan(rice_of_lot(NEW_LOT), rice_of_lot(OLD_LOT), rice_of_lot(NEW_LOT))
    assert (picker.tone, first_task(floor).taken) == (Tone.LOOK, 1)


def test_units_counted_by_number_are_of_the_lot_in_the_hand(floor):
    picker = a_picker_at_the_bin(two_lots(floor), (RICE, 3)).scan(rice_of_lot(NEW_LOT), rice_of_lot(NEW_LOT)).enter("3")
    assert (picker.screen, floor.stock(RICE_BIN, RICE, NEW_LOT)) == ("pick.tote", 2)


def test_a_lot_that_is_not_booked_here_is_refused(floor):
    picker = a_picker_at_the_bin(floor, (RICE, 1)).scan(rice_of_lot("L9"))
    assert (picker.screen, picker.tone) == ("pick.item", Tone.NO)
    assert picker.says == ["Lot L9 is not booked here", "Wanted: lot L1", "Put it back"]
    assert floor.said_by(e.ScanRefused)[0].why == "wrong:lot"


def test_a_lot_that_inspection_holds_is_refused_however_often_it_is_scanned(floor):
    picker = a_picker_at_the_bin(two_lots(floor, held=True), (RICE, 1))
    picker.scan(rice_of_lot(NEW_LOT), rice_of_lot(NEW_LOT))
    assert (picker.tone, picker.says[0]) == (Tone.NO, "Lot L2 is held by inspection")
    assert first_task(floor).taken == 0


def test_an_expired_lot_is_refused_however_often_it_is_scanned(floor):
    two_lots(floor, "2026-11-20")
    picker = a_picker_at_the_bin(floor, (RICE, 1)).scan(rice_of_lot(NEW_LOT), rice_of_lot(NEW_LOT))
    assert (picker.tone, picker.says[0]) == (Tone.NO, "Lot L2 is too old to send: 2026-11-20")
    assert first_task(floor).taken == 0


def test_a_planned_lot_that_expired_since_is_not_picked_either(floor):
    picker = a_picker_at_the_bin(floor, (RICE, 1))
    floor.now += 400 * 24 * HOUR
    picker.scan(rice_of_lot(OLD_LOT))
    assert (picker.tone, picker.says[1]) == (Tone.NO, "F2 says what is wrong")


def test_several_lots_in_the_bin_are_asked_for_when_the_code_does_not_tell(floor):
    picker = a_picker_at_the_bin(two_lots(floor), (RICE, 2)).scan(RICE_CODE)
    assert (picker.screen, picker.tone, len(picker.prompt.choices)) == ("pick.lot", Tone.INFO, 2)
    picker.choose(1)
    assert (picker.screen, picker.tone, floor.stock(RICE_BIN, RICE, NEW_LOT)) == ("pick.item", Tone.OK, 4)


def test_the_answer_to_which_lot_may_be_scanned(floor):
    picker = a_picker_at_the_bin(two_lots(floor), (RICE, 2)).scan(RICE_CODE, rice_of_lot(OLD_LOT))
    assert (picker.screen, floor.stock(RICE_BIN, RICE, OLD_LOT)) == ("pick.item", 9)


def test_a_held_lot_can_not_be_chosen(floor):
    picker = a_picker_at_the_bin(two_lots(floor, held=True), (RICE, 2)).scan(RICE_CODE).choose(1)
    assert (picker.tone, first_task(floor).taken) == (Tone.NO, 0)


def test_a_case_keeps_its_quantity_when_its_lot_is_asked_for(floor):
    floor.say(e.ItemDefined(floor.rows.get(Item, RICE), (("0" + RICE_CODE, 1), ("19520000000018", 4))))
    a_picker_at_the_bin(two_lots(floor), (RICE, 5)).scan("19520000000018").choose(0)
    assert first_task(floor).taken == 4


def test_the_one_lot_that_is_left_in_the_bin_is_the_one_that_is_booked(floor):
    picker = a_picker_at_the_bin(two_lots(floor), (RICE, 1))
    floor.say(e.StockAdjusted(RICE, OLD_LOT, RICE_BIN, -10, "count"))
    picker.scan(RICE_CODE)
    assert (picker.tone, picker.says[0]) == (Tone.LOOK, "Lot L2 expires later")
    picker.scan(RICE_CODE)
    assert (picker.tone, floor.stock(RICE_BIN, RICE, NEW_LOT)) == (Tone.OK, 4)


# Totes


def test_a_free_tote_becomes_the_slots_tote(floor):
    picker = a_picker_at_the_bin(floor, (TEA, 1)).scan(TEA_CODE, "TOTE-001")
    assert (picker.tone, picker.says) == (Tone.OK, ["Slot 1: 1 unit in", "Line 1 done"])
    assert (picker.screen, floor.stock("TOTE-001"), floor.line("web-1").picked) == ("pick.drop", 1, 1)


def test_the_second_line_of_an_order_wants_the_same_tote(floor):
    picker = a_picker_at_the_bin(floor, (TEA, 1), (SOAP, 1)).scan(TEA_CODE, "TOTE-001", LABELS[SOAP_BIN], SOAP_CODE)
    assert picker.prompt.expects == ("TOTE-001",)
    picker.scan("TOTE-002")
    assert (picker.tone, picker.screen) == (Tone.NO, "pick.tote")
    assert picker.says == ["Wrong tote: TOTE-002", "Slot 1 has TOTE-001", "Scan that tote"]


def test_a_tote_of_another_order_is_refused(floor):
    floor.order("web-0", (TEA, 1), hours=20)
    picker = a_picker_at_the_bin(floor, (TEA, 1)).scan(TEA_CODE, "TOTE-001", TEA_CODE, "TOTE-001")
    assert (picker.tone, picker.screen) == (Tone.NO, "pick.tote")
    assert picker.says == ["TOTE-001 belongs to another order", "Take an empty tote and scan it"]
    assert picker.scan("TOTE-002").tone is Tone.OK


def test_a_tote_with_something_in_it_is_refused(floor):
    floor.must(c.MoveStock(SOAP, "", 1, SOAP_BIN, "TOTE-001", "found"))
    picker = a_picker_at_the_bin(floor, (TEA, 1)).scan(TEA_CODE, "TOTE-001")
    assert (picker.tone, picker.says[0]) == (Tone.NO, "TOTE-001 belongs to another order")


@pytest.mark.parametrize("code", [LABELS[TEA_BIN], "CART-1", SOAP_CODE, "NO-SUCH"])
def test_what_is_no_tote_takes_nothing(floor, code):
    picker = a_picker_at_the_bin(floor, (TEA, 1)).scan(TEA_CODE, code)
    assert (picker.screen, picker.tone, floor.line("web-1").picked) == ("pick.tote", Tone.NO, 0)


# Undo


def test_undo_gives_back_unit_by_unit_then_opens_the_last_tote_again(floor):
    picker = a_picker_at_the_bin(floor, (TEA, 2)).scan(TEA_CODE, TEA_CODE, "TOTE-001")
    assert picker.screen == "pick.drop"
    picker.press("f3")
    assert (picker.screen, picker.says[0]) == ("pick.tote", "Take Green tea out of slot 1 again")
    assert (floor.stock("TOTE-001"), floor.line("web-1").picked) == (0, 0)
    picker.press("f3").press("f3")
    assert (picker.screen, picker.says[1]) == ("pick.item", "Put it back into the bin")
    assert (floor.stock(TEA_BIN), floor.promised(TEA_BIN)) == (20, 2)
    picker.press("f3")
    assert (picker.tone, picker.says) == (Tone.INFO, ["Nothing to undo"])
    picker.go_on(until="pick.drop")
    assert (floor.line("web-1").picked, floor.promised(TEA_BIN)) == (2, 0)


def test_undo_on_a_question_takes_the_question_back(floor):
    picker = a_picker_at_the_bin(floor).press("f2")
    assert picker.screen == "pick.reason"
    assert picker.press("f3").screen == "pick.item"
    assert picker.press("f2").press("escape").screen == "pick.item"


def test_two_lots_in_one_tote_come_out_as_they_went_in(floor):
    two_lots(floor)
    floor.say(e.StockAdjusted(RICE, OLD_LOT, RICE_BIN, -8, "count"))
    picker = a_picker_at_the_bin(floor, (RICE, 3)).scan(*[rice_of_lot(OLD_LOT)] * 2, "TOTE-001")
    picker.scan(rice_of_lot(NEW_LOT), "TOTE-001").press("f3")
    assert (floor.stock("TOTE-001", RICE, OLD_LOT), floor.stock("TOTE-001", RICE, NEW_LOT)) == (2, 0)


def test_what_was_handed_on_can_not_be_undone(floor):
    picker = a_picker_at_the_bin(floor, (TEA, 1)).go_on(until="pick.drop").scan(LANE).press("f3")
    assert picker.says == ["Nothing to undo"]
    task = first_task(floor)
    assert floor.do(c.UnputUnits(task.id), LI).lines[0].text == "The tote is already handed on"


# Shortages


def test_a_short_pick_has_a_reason_and_sends_the_walk_to_other_stock(floor):
    picker = a_picker_at_the_bin(floor).scan(TEA_CODE).press("f2")
    assert picker.screen == "pick.reason"
    picker.choose(0)
    assert (picker.screen, picker.tone) == ("pick.left", Tone.LOOK)
    assert picker.says == ["2 units missing", "Now look into the bin once more"]
    picker.enter("0")
    assert (picker.screen, picker.tone, floor.stock(TEA_BIN)) == ("pick.tote", Tone.OK, 0)
    picker.scan("TOTE-001")
    assert (picker.screen, picker.prompt.target) == ("pick.bin", TEA_RESERVE)
    picker.go_on(until="pick.drop")
    assert (floor.line("web-1").picked, floor.line("web-1").short) == (3, 0)
    assert floor.reviews() == {f"count_difference/{TEA_BIN},{TEA},"}


def test_a_reason_may_be_scanned_from_the_card(floor):
    picker = a_picker_at_the_bin(floor).press("f2")
    assert [choice.code for choice in picker.prompt.choices] == [
        "CMD-EMPTY",
        "CMD-DAMAGED",
        "CMD-NOTFOUND",
        "CMD-SKIP",
        "CMD-GIVEBACK",
    ]


def test_without_a_reason_nothing_is_short(floor):
    picker = a_picker_at_the_bin(floor).press("f2").press("escape")
    assert (picker.screen, floor.said_by(e.PickShorted)) == ("pick.item", [])
    picker.press("f2").scan(TEA_CODE)
    assert (picker.screen, picker.says[-1]) == ("pick.reason", "Answer the question first")


def test_the_zero_check_must_be_answered_by_a_number(floor):
    picker = a_picker_at_the_bin(floor).press("f2").choose(0)
    for way_out in ("escape", "f3", "f2", "enter"):
        assert picker.press(way_out).screen == "pick.left"
    assert picker.scan(TEA_CODE).screen == "pick.left"
    assert (picker.enter("").tone, picker.enter("x").screen) == (Tone.NO, "pick.left")


def test_a_bin_that_was_not_empty_is_counted_and_shown_to_the_supervisor(floor):
    picker = a_picker_at_the_bin(floor).press("f2").choose(2).enter("7")
    assert (picker.tone, floor.stock(TEA_BIN)) == (Tone.OK, 7)
    assert f"count_difference/{TEA_BIN},{TEA}," in floor.reviews()
    assert floor.in_balance()


def test_a_count_that_agrees_needs_nobody(floor):
    floor.say(e.StockAdjusted(TEA, "", TEA_RESERVE, -5, "count"))
    floor.say(e.StockAdjusted(TEA, "", TEA_BIN, -17, "count"))
    a_picker_at_the_bin(floor).scan(TEA_CODE).press("f2").choose(0).enter("2")
    assert floor.reviews() == {f"short/{first_task(floor).id}"}


def test_what_no_stock_replaces_is_short_on_the_order_and_the_walk_goes_on(floor):
    picker = a_picker_at_the_bin(floor, (SOAP, 2), (TEA, 1)).go_on(until="pick.bin").scan(LABELS[SOAP_BIN], SOAP_CODE)
    picker.press("f2").choose(0).enter("0").go_on(until="pick.drop").scan(LANE)
    assert (floor.line("web-1").picked, floor.line("web-1").short, floor.status("web-1")) == (1, 1, "short")
    assert "order_short/web-1" in floor.reviews()


def test_nothing_at_all_ends_the_walk_without_a_tote(floor):
    picker = a_picker_at_the_bin(floor, (SOAP, 1)).press("f2").choose(0).enter("0")
    assert (picker.screen, picker.prompt.expects) == ("pick.empty", ())
    picker.press("enter")
    assert (picker.screen, floor.status("web-1")) == ("pick.cart", "short")


def test_a_declared_bin_is_not_asked_again_on_this_walk(floor):
    floor.order("web-0", (TEA, 2), hours=20)
    picker = a_picker_at_the_bin(floor, (TEA, 2))
    picker.press("f2").choose(2).enter("20")
    shorted = next(task for task in floor.rows.all(PickTask) if task.short)
    replaced = floor.tasks(shorted.order_id)[-1]
    assert replaced.place == TEA_RESERVE


def test_a_shortage_leaves_other_orders_their_promise(floor):
    floor.order("web-0", (TEA, 4), hours=20)
    picker = a_picker_at_the_bin(floor, (TEA, 2))
    assert floor.promised(TEA_BIN) == 6
    picker.press("f2").choose(2).enter("20")
    open_here = sum(t.quantity for t in floor.rows.all(PickTask) if t.place == TEA_BIN and t.status == "open")
    assert floor.promised(TEA_BIN) == open_here


# Damaged


def test_damaged_units_go_to_scrap_and_good_ones_of_the_same_bin_take_their_place(floor):
    picker = a_picker_at_the_bin(floor).press("f2").choose(1)
    assert (picker.screen, picker.prompt.entry) == ("pick.damaged", Entry.NUMBER)
    picker.enter("2")
    assert (picker.screen, picker.tone, picker.prompt.target) == ("pick.item", Tone.LOOK, "3")
    assert (floor.stock(SCRAP), floor.stock(TEA_BIN), floor.promised(TEA_BIN)) == (2, 18, 3)
    picker.go_on(until="pick.drop")
    assert (floor.stock("TOTE-001"), floor.promised(TEA_BIN), floor.reviews()) == (3, 0, set())


def test_damaged_units_without_others_in_the_bin_are_replaced_from_elsewhere(floor):
    floor.say(e.StockAdjusted(TEA, "", TEA_BIN, -17, "count"))
    picker = a_picker_at_the_bin(floor).press("f2").choose(1).enter("1")
    assert (picker.prompt.target, floor.stock(TEA_BIN), floor.promised(TEA_BIN)) == ("2", 2, 2)
    assert [task.place for task in floor.tasks("web-1")] == [TEA_BIN, TEA_RESERVE]
    assert (first_task(floor).quantity, floor.promised(TEA_RESERVE)) == (2, 1)


@pytest.mark.parametrize("typed", ["0", "4", "x", ""])
def test_no_more_can_be_damaged_than_are_wanted(floor, typed):
    picker = a_picker_at_the_bin(floor).press("f2").choose(1).enter(typed)
    assert (picker.screen, picker.says) == ("pick.damaged", ["Type a number from 1 to 3"])


# Skip


def test_a_skipped_line_comes_back_last_and_can_not_be_forgotten(floor):
    picker = a_picker_at_the_bin(floor, (TEA, 1), (SOAP, 1)).press("f2").choose(3)
    assert (picker.screen, picker.prompt.target, picker.says) == (
        "pick.bin",
        SOAP_BIN,
        ["Skipped. It comes back at the end"],
    )
    picker.scan(LABELS[SOAP_BIN], SOAP_CODE, "TOTE-001")
    assert (picker.screen, picker.prompt.target) == ("pick.bin", TEA_BIN)
    assert floor.do(c.DropTotes(picker.state.batch.id, LANE), LI).lines[0].text == "Lines are still open on this walk"


def test_a_line_that_is_begun_can_not_be_skipped(floor):
    picker = a_picker_at_the_bin(floor).scan(TEA_CODE).press("f2").choose(3)
    assert (picker.tone, picker.says[0]) == (Tone.NO, "This line is begun: 1 in your hand")


# Drop


def test_totes_are_dropped_at_the_packing_lane(floor):
    picker = a_picker_at_the_bin(floor, (TEA, 1)).go_on(until="pick.drop")
    assert (picker.prompt.target, picker.prompt.expects) == (LANE, (LANE,))
    picker.scan(LANE)
    assert (picker.screen, picker.tone, picker.says) == ("pick.cart", Tone.OK, ["1 tote dropped", "Walk finished"])
    assert floor.status("web-1") == "picked"


def test_totes_are_not_dropped_where_a_courier_fetches_parcels(floor):
    picker = a_picker_at_the_bin(floor, (TEA, 1)).go_on(until="pick.drop").scan(f"{SHIP_SF}*88")
    assert (picker.screen, picker.tone) == ("pick.drop", Tone.NO)
    assert picker.says == [f"This is place {SHIP_SF}", "Scan the label of the packing lane"]


def test_where_every_staging_place_is_a_couriers_any_of_them_will_do(floor):
    floor.say(e.CarrierDefined("X", "x", "X", LANE, "X", 4, 1, 9))
    picker = a_picker_at_the_bin(floor, (TEA, 1)).go_on(until="pick.drop").scan(f"{SHIP_SF}*88")
    assert picker.screen == "pick.cart"


@pytest.mark.parametrize("code", [RETURNS, LABELS[TEA_BIN], "TOTE-002", f"{SHIP_SF}*11"])
def test_totes_are_not_dropped_just_anywhere(floor, code):
    picker = a_picker_at_the_bin(floor, (TEA, 1)).go_on(until="pick.drop").scan(code)
    assert (picker.screen, picker.tone) == ("pick.drop", Tone.NO)


# Cancellation


def test_an_order_cancelled_before_picking_disappears_from_the_walk(floor):
    floor.order("web-0", (SOAP, 1), hours=20)
    picker = a_picker_at_the_bin(floor, (TEA, 3))
    floor.cancel("web-1")
    picker.look_again()
    assert (floor.status("web-1"), floor.promised(TEA_BIN)) == ("cancelled", 0)
    assert picker.go_on(until="pick.drop").scan(LANE).tone is Tone.OK
    assert floor.reviews() == set()


def test_a_scan_for_a_line_that_was_just_cancelled_is_refused(floor):
    picker = a_picker_at_the_bin(floor)
    task = first_task(floor)
    floor.cancel("web-1")
    answer = floor.do(c.TakeUnits(task.id, 1, ""), LI)
    assert [line.text for line in answer.lines] == ["This line is no longer yours to pick", "Put the goods back"]
    assert picker.look_again().screen == "pick.empty"


def test_what_is_in_the_hand_when_the_order_is_cancelled_may_still_go_into_the_tote(floor):
    picker = a_picker_at_the_bin(floor).scan(TEA_CODE, TEA_CODE)
    floor.cancel("web-1")
    picker.look_again()
    assert (picker.screen, picker.prompt.target, floor.promised(TEA_BIN)) == ("pick.tote", "1", 0)
    picker.scan("TOTE-001").scan(LANE)
    assert (picker.screen, floor.stock("TOTE-001")) == ("pick.cart", 2)
    assert "cancelled_in_work/web-1" in floor.reviews()
    assert a_packer(floor).scan("TOTE-001").screen == "pack.stop"


def test_what_is_in_the_hand_when_the_order_is_cancelled_may_go_back_into_the_bin(floor):
    picker = a_picker_at_the_bin(floor).scan(TEA_CODE, TEA_CODE)
    floor.cancel("web-1")
    picker.press("f3").press("f3")
    assert (picker.screen, floor.stock(TEA_BIN), floor.promised(TEA_BIN)) == ("pick.empty", 20, 0)


def test_taking_a_cancelled_orders_units_out_of_the_tote_leaves_them_in_somebodys_hand(floor):
    picker = a_picker_at_the_bin(floor, (TEA, 2), (SOAP, 1)).scan(TEA_CODE, TEA_CODE, "TOTE-001")
    floor.cancel("web-1")
    picker.press("f3")
    assert (picker.screen, floor.stock(hand_of(first_task(floor).id, LI))) == ("pick.tote", 2)
    picker.press("f3").press("f3")
    assert (picker.screen, floor.stock(TEA_BIN)) == ("pick.drop", 20)


def test_a_cancellation_that_the_hub_knew_first_loses_nothing(floor):
    """The terminal was offline: its facts come after the cancellation that it did not know."""
    picker = a_picker_at_the_bin(floor)
    task = first_task(floor)
    floor.cancel("web-1")
    floor.say(e.UnitsTaken(task.id, 2, ""), person=LI, device="T1")
    assert picker.look_again().screen == "pick.tote"
    assert floor.stock(hand_of(task.id, LI)) == 2
    picker.scan("TOTE-001")
    assert (picker.screen, "cancelled_in_work/web-1" in floor.reviews()) == ("pick.drop", True)
    wave = floor.rows.all(Wave)[0]
    assert wave.closed == wave.tasks


def test_a_shortage_reported_after_the_cancellation_asks_for_no_other_stock(floor):
    a_picker_at_the_bin(floor)
    task, replacement = first_task(floor), "W0001-01-002"
    floor.cancel("web-1")
    other = e.PlannedTask(replacement, "web-1", 1, TEA, TEA_RESERVE, "", 3, 90, 1)
    floor.say(e.PickShorted(task.id, 3, "empty", 0, (other,)), person=LI, device="T1")
    assert (floor.promised(TEA_RESERVE), floor.promised(TEA_BIN)) == (0, 0)
    assert floor.rows.get(PickTask, replacement).status == "cancelled"
    assert (first_task(floor).quantity, floor.line("web-1").short) == (0, 0)


def test_units_taken_beyond_the_need_are_recorded_and_shown_to_the_supervisor(floor):
    picker = a_picker_at_the_bin(floor, (TEA, 1)).scan(TEA_CODE, "TOTE-001")
    task = first_task(floor)
    floor.say(e.UnitsTaken(task.id, 1, ""), person=LI, device="T9")
    assert f"over_pick/{task.id},{LI}" in floor.reviews()
    assert picker.look_again().screen == "errand.bin"  # it is in a hand: back with it
    picker.scan(LABELS[TEA_BIN], TEA_CODE)
    assert (picker.screen, floor.stock(TEA_BIN), floor.reviews()) == ("pick.drop", 19, set())


# After the plug was pulled


@pytest.mark.parametrize("scans", range(8))
def test_a_restart_goes_on_at_the_same_line_and_unit(floor, scans):
    codes = ["CART-1", LABELS[TEA_BIN], TEA_CODE, TEA_CODE, "TOTE-001", LABELS[SOAP_BIN], SOAP_CODE, "TOTE-001"]
    floor.order("web-1", (TEA, 2), (SOAP, 1))
    floor.release()
    picker = a_picker(floor).scan(*codes[:scans])
    before = picker.prompt
    assert picker.restart().prompt == before
    picker.scan(*codes[scans:])
    assert (picker.screen, floor.line("web-1", 1).picked, floor.line("web-1", 2).picked) == ("pick.drop", 2, 1)


def test_the_walk_belongs_to_the_person_not_to_the_device(floor):
    a_picker_at_the_bin(floor).scan(TEA_CODE)
    assert a_picker(floor, device="T7").screen == "pick.item"
    assert a_picker(floor, badge=CHEN, device="T7").screen == "pick.cart"
    assert floor.rows.all(Batch)[0].person == LI
