"""Sampling: drawn by nobody's choice, repeatable by anybody, and a failed unit holds the whole batch."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.floor import (
    CHEN,
    LABELS,
    LANE,
    LI,
    RETURNS,
    RICE,
    RICE_BIN,
    SOAP,
    SOAP_CODE,
    TEA,
    TEA_CODE,
    ZHAO,
    a_courier_is_here,
    a_packer,
    a_picker,
    a_warehouse,
    an_inspector,
    packed,
    picked,
    rice_of_lot,
)
from wms.domain import commands as c
from wms.domain import events as e
from wms.domain.catalogue import Category
from wms.domain.inspection import InspectionLot, Sample, draw, sample_size
from wms.domain.places import QUARANTINE, inside
from wms.domain.stock import Lot
from wms.domain.waves import Wave
from wms.workflows.handling import Refused
from wms.workflows.prompt import Tone

W1 = "QC-W0001"


@pytest.fixture
def floor():
    return a_warehouse(percent=50)


def of_four(floor):
    """Two orders of two units each, picked into TOTE-001 and TOTE-002; two of the four units are samples."""
    floor.order("web-1", (TEA, 2), hours=20)
    floor.order("web-2", (TEA, 2), hours=30)
    picked(floor)
    return an_inspector(floor)


def lot(floor):
    return floor.rows.get(InspectionLot, W1)


def judged(inspector, *verdicts):
    for verdict in verdicts:
        inspector.scan(*inspector.prompt.expects)
        if verdict == "pass":
            inspector.scan("CMD-PASS")
        else:
            inspector.press("f2").choose(0)
    return inspector


# The draw


@pytest.mark.parametrize(
    ("population", "percent", "size"), [(0, 5, 0), (1, 5, 1), (20, 5, 1), (21, 5, 2), (60, 5, 3), (3, 100, 3)]
)
def test_five_percent_rounded_up_and_at_least_one(population, percent, size):
    assert sample_size(population, percent) == size


@given(st.text(max_size=20), st.integers(0, 60), st.integers(1, 100))
def test_anybody_can_repeat_the_draw(seed, population, percent):
    size = sample_size(population, percent)
    units = draw(seed, population, size)
    digests = {unit: hashlib.sha256(f"{seed}:{unit}".encode()).hexdigest() for unit in range(population)}
    rest = set(range(population)) - set(units)
    assert units == sorted(set(units))
    assert len(units) == size
    assert all(digests[drawn] < digests[other] for drawn in units for other in rest)


def test_the_sample_is_drawn_when_the_wave_is_released_and_can_be_drawn_again(floor):
    floor.order("web-1", (TEA, 3))
    floor.order("web-2", (TEA, 4))
    floor.release()
    drawn = floor.said_by(e.SampleDrawn)[0]
    assert (drawn.population, len(drawn.units), drawn.percent) == (7, 4, 50)
    tasks = floor.said_by(e.WaveReleased)[0].batches[0].tasks
    everything = [(task.id, unit) for task in tasks for unit in range(task.quantity)]
    assert [(unit.source, unit.unit) for unit in drawn.units] == [everything[i] for i in draw(drawn.seed, 7, 4)]


def test_a_wave_of_goods_nobody_inspects_has_no_sample():
    floor = a_warehouse()
    floor.order("web-1", (TEA, 1), (SOAP, 1))
    floor.release()
    assert floor.said_by(e.SampleDrawn) == []


def test_a_mixed_wave_is_inspected_as_its_strictest_goods_ask(floor):
    floor.say(e.CategoryDefined(Category("home", "日用", "Home", sample_percent=100)))
    floor.order("web-1", (TEA, 1), (SOAP, 1))
    floor.release()
    assert len(floor.said_by(e.SampleDrawn)[0].units) == 2


# Looking


def test_samples_appear_when_the_totes_stand_in_the_lane(floor):
    floor.order("web-1", (TEA, 2))
    floor.release()
    picker = a_picker(floor).go_on(until="pick.drop")
    inspector = an_inspector(floor)
    assert (inspector.screen, inspector.scan(TEA_CODE).tone) == ("qc.wait", Tone.NO)
    picker.scan(LANE)
    assert inspector.look_again().screen == "qc.item"


def test_the_inspector_is_told_which_unit_from_which_tote(floor):
    inspector = of_four(floor)
    sample = floor.rows.all(Sample)[0]
    assert inspector.prompt.target == {"web-1": "TOTE-001", "web-2": "TOTE-002"}[sample.order_id]
    assert inspector.shows[0] == "Green tea"
    assert "2 of 4 drawn" in inspector.shows


def test_the_wrong_item_is_not_the_sample(floor):
    inspector = of_four(floor).scan(SOAP_CODE)
    assert (inspector.screen, inspector.tone, inspector.says[1]) == ("qc.item", Tone.NO, "Wanted: Green tea (0028)")


@pytest.mark.parametrize("card", ["CMD-PASS", "CMD-FAIL"])
def test_nothing_is_judged_before_it_was_scanned(floor, card):
    inspector = of_four(floor).scan(card)
    assert (inspector.screen, inspector.says[-1]) == ("qc.item", "Scan the item first")
    assert isinstance(floor.do(c.JudgeSample(W1, 1, True), LI), Refused)
    assert floor.said_by(e.SampleJudged) == []


def test_the_checklist_is_shown_and_every_sample_judged(floor):
    inspector = of_four(floor).scan(TEA_CODE)
    assert (inspector.screen, inspector.shows[1:3]) == ("qc.judge", ["1 seal intact", "2 expiry"])
    inspector.scan("CMD-PASS")
    assert (inspector.tone, inspector.says, lot(floor).disposition) == (Tone.OK, ["Sample 1 passed"], "open")
    judged(inspector, "pass")
    assert (inspector.screen, lot(floor).disposition, lot(floor).passed) == ("qc.wait", "accepted", 2)


def test_a_scan_in_hand_survives_a_restart(floor):
    inspector = of_four(floor).scan(TEA_CODE)
    assert inspector.restart().screen == "qc.judge"


# Failing


def test_one_failed_unit_holds_the_batch(floor):
    inspector = of_four(floor).scan(TEA_CODE).press("f2")
    assert inspector.screen == "qc.reason"
    assert inspector.press("escape").screen == "qc.judge"
    inspector.press("f2").choose(0)
    assert (inspector.tone, inspector.says[0]) == (Tone.LOOK, "Sample 1 failed: the batch is held")
    assert (lot(floor).disposition, floor.rows.get(Wave, "W0001").status) == ("held", "held")
    assert floor.said_by(e.SampleJudged)[0].reason == "封口完好|seal intact"
    assert f"batch_held/{W1}" in floor.reviews()


def test_a_failed_unit_is_set_aside_and_its_order_is_short(floor):
    judged(of_four(floor), "fail")
    sample = floor.rows.all(Sample)[0]
    assert (floor.stock(QUARANTINE), floor.status(sample.order_id)) == (1, "short")
    assert floor.line(sample.order_id).picked == 1
    assert floor.in_balance()


def test_a_failed_unit_is_taken_from_its_tote_before_any_parcel():
    floor = a_warehouse(percent=5)
    floor.order("web-1", (TEA, 2), hours=20)
    floor.order("web-2", (TEA, 2), hours=30)
    picked(floor)
    (sample,) = floor.rows.all(Sample)
    other, tote = ("web-2", "TOTE-002") if sample.order_id == "web-1" else ("web-1", "TOTE-001")
    floor.say(e.PackingStarted(other, f"{other}/1"), e.UnitsPacked(f"{other}/1", 1, TEA, "", tote, 1), device="T9")
    task = floor.tasks(other)[0]
    floor.say(e.LotDisposed(W1, "sort", "", (e.DrawnUnit(task.id, 0, TEA, "", other),)))
    floor.say(e.SampleJudged(W1, 2, False, "torn"))
    assert (floor.stock(tote), floor.parcel(other).units, floor.line(other).packed) == (0, 1, 1)


def test_a_failed_unit_of_another_lot_is_set_aside_as_what_it_is():
    floor = a_warehouse(percent=100)
    floor.say(e.GoodsReceived("R2", RICE, "L2", 5, RICE_BIN, "2027-09-01"))
    floor.order("web-1", (RICE, 1))
    floor.release()
    picker = a_picker(floor).scan("CART-1", LABELS[RICE_BIN], rice_of_lot("L2"), rice_of_lot("L2"))
    picker.scan("TOTE-001", LANE)
    inspector = judged(an_inspector(floor), "fail")
    assert (floor.stock(QUARANTINE, RICE, "L2"), floor.stock("TOTE-001", RICE, "L1")) == (1, 0)
    inspector.press("f3")
    assert (floor.stock(QUARANTINE, RICE, "L2"), floor.stock("TOTE-001", RICE, "L2")) == (0, 1)


def test_a_held_batch_blocks_packing_labels_and_handover(floor):
    inspector = of_four(floor)
    first = floor.rows.all(Sample)[0].order_id
    other = next(order for order in ("web-1", "web-2") if order != first)
    tote = {"web-1": "TOTE-001", "web-2": "TOTE-002"}
    judged(inspector, "fail")
    packer = a_packer(floor).scan(tote[other])
    assert (packer.screen, packer.tone, packer.says[0]) == ("pack.tote", Tone.NO, "Wave W0001 is held by inspection")


def test_a_batch_held_while_a_parcel_is_open_stops_its_label():
    floor = a_warehouse(percent=5)
    floor.order("web-1", (TEA, 1), hours=20)
    floor.order("web-2", (TEA, 1), hours=30)
    picked(floor)
    (sample,) = floor.rows.all(Sample)
    free = "TOTE-002" if sample.order_id == "web-1" else "TOTE-001"
    packer = a_packer(floor).scan(free).go_on(until="pack.weigh")
    judged(an_inspector(floor), "fail")
    packer.weigh(330)
    assert (packer.screen, packer.tone, packer.says[0]) == ("pack.weigh", Tone.NO, "Wave W0001 is held by inspection")
    assert floor.said_by(e.LabelRequested) == []


def test_a_parcel_of_an_undecided_batch_stays_in_the_house():
    floor = a_warehouse(percent=5)
    floor.order("web-1", (TEA, 1), hours=20)
    floor.order("web-2", (TEA, 1), hours=30)
    picked(floor)
    (sample,) = floor.rows.all(Sample)
    packed(floor, "TOTE-002" if sample.order_id == "web-1" else "TOTE-001")
    courier = a_courier_is_here(floor).scan("SF000000000051")
    assert (courier.tone, courier.says[0]) == (Tone.NO, "Wave W0001 waits for inspection")
    judged(an_inspector(floor), "pass")
    assert courier.scan("SF000000000051").tone is Tone.OK


def test_an_order_with_a_sample_goes_to_inspection_before_packing(floor):
    of_four(floor)
    order = floor.rows.all(Sample)[0].order_id
    packer = a_packer(floor).scan("TOTE-001" if order == "web-1" else "TOTE-002")
    assert packer.says == ["A unit of this order is a sample", "Bring it to inspection first"]


def test_a_unit_that_fails_while_its_order_is_being_packed_comes_out_of_the_parcel():
    """Everything is to be sorted while a bench has begun one of the orders."""
    floor = a_warehouse(percent=5)
    floor.order("web-1", (TEA, 1), hours=20)
    floor.order("web-2", (TEA, 2), hours=30)
    picked(floor)
    (sample,) = floor.rows.all(Sample)
    other, tote = ("web-2", "TOTE-002") if sample.order_id == "web-1" else ("web-1", "TOTE-001")
    a_packer(floor).scan(tote, TEA_CODE)
    inspector = judged(an_inspector(floor), "fail")
    floor.must(c.DisposeLot(W1, "sort", "look at all"))
    while floor.line(other).packed:
        judged(inspector, "fail")
        assert floor.stock(tote) + floor.stock(inside(f"{other}/1")) == floor.line(other).picked
    assert (floor.stock(tote) >= 0, floor.parcel(other).units, floor.in_balance()) == (True, 0, True)
    assert floor.stock(QUARANTINE) == 1 + floor.line(other).short


# Deciding


@pytest.fixture
def held(floor):
    judged(of_four(floor), "fail")
    return floor


def decide(floor, decision, reason="seen by Chen"):
    return floor.do(c.DisposeLot(W1, decision, reason), CHEN)


def test_a_decision_needs_a_reason_and_a_held_batch(held):
    assert decide(held, "accept", " ").lines[0].text == "A decision needs a reason"
    held.must(c.DisposeLot(W1, "accept", "cosmetic"))
    assert decide(held, "accept").lines[0].text == "This batch is not held"


def test_accepting_lets_the_batch_go_on_even_with_samples_nobody_looked_at(held):
    decide(held, "accept")
    assert (lot(held).disposition, held.rows.get(Wave, "W0001").status) == ("accepted", "picked")
    assert f"batch_held/{W1}" not in held.reviews()
    held.must(c.AllowPartial(held.rows.all(Sample)[0].order_id))
    packed(held, "TOTE-001", "TOTE-002")
    assert {held.status("web-1"), held.status("web-2")} == {"packed"}
    assert a_courier_is_here(held).go_on().tone is Tone.OK


def test_sorting_looks_at_every_unit_that_was_not_drawn(held):
    decide(held, "sort")
    assert (lot(held).disposition, len(held.rows.all(Sample))) == ("sorting", 4)
    inspector = judged(an_inspector(held), "pass", "fail", "pass")
    assert (inspector.screen, lot(held).disposition, held.stock(QUARANTINE)) == ("qc.wait", "accepted", 2)
    assert held.rows.get(Wave, "W0001").status == "picked"


def test_a_batch_of_which_every_unit_was_drawn_is_sorted_at_once():
    floor = a_warehouse(percent=100)
    floor.order("web-1", (TEA, 2))
    picked(floor)
    judged(an_inspector(floor), "fail", "pass")
    floor.must(c.DisposeLot(W1, "sort", "again"))
    assert (lot(floor).disposition, floor.rows.get(Wave, "W0001").status) == ("accepted", "picked")


def test_a_rejected_batch_stays_and_its_orders_are_decided_one_by_one(held):
    decide(held, "reject")
    assert (lot(held).disposition, held.rows.get(Wave, "W0001").status) == ("rejected", "held")
    assert f"batch_rejected/{W1}" in held.reviews()
    whole = next(n for n in ("1", "2") if held.status(f"web-{n}") == "picked")
    assert a_packer(held).scan(f"TOTE-00{whole}").says[0] == "Wave W0001 is held by inspection"
    for order in ("web-1", "web-2"):
        held.cancel(order)
    packer = a_packer(held)
    for tote in ("TOTE-001", "TOTE-002"):
        assert packer.scan(tote).screen == "pack.stop"
        packer.scan(RETURNS)
    assert (held.stock(RETURNS), held.rows.get(Wave, "W0001").status) == (3, "done")


# Undo


def test_a_verdict_can_be_taken_back(floor):
    inspector = judged(of_four(floor), "fail").press("f3")
    assert (inspector.tone, inspector.says) == (Tone.INFO, ["Sample 1 is to be judged again"])
    assert (inspector.screen, lot(floor).disposition, floor.rows.get(Wave, "W0001").status) == (
        "qc.item",
        "open",
        "picked",
    )
    assert (floor.stock(QUARANTINE), floor.status("web-1"), floor.status("web-2")) == (0, "picked", "picked")
    assert floor.reviews() == set()
    assert inspector.press("f3").says == ["Nothing to undo"]


def test_the_last_passed_sample_can_be_taken_back_while_it_lies_in_its_tote(floor):
    inspector = judged(of_four(floor), "pass", "pass")
    assert lot(floor).disposition == "accepted"
    inspector.press("f3")
    assert (inspector.screen, lot(floor).disposition) == ("qc.item", "open")
    judged(inspector, "fail")
    assert lot(floor).disposition == "held"


@pytest.mark.parametrize("until", ["pack.item", "pack.carton", "pack.tote"])
def test_a_verdict_on_a_unit_at_the_bench_stands(until):
    floor = a_warehouse(percent=100)
    floor.order("web-1", (TEA, 1))
    picked(floor)
    inspector = judged(an_inspector(floor), "pass")
    a_packer(floor).scan("TOTE-001").go_on(until=until)
    assert (inspector.press("f3").tone, lot(floor).disposition) == (Tone.NO, "accepted")


def test_a_decision_of_a_person_is_not_undone_by_an_inspector(held):
    decide(held, "accept")
    answer = held.do(c.UndoJudgement(W1, 1), LI)
    assert answer.lines[0].text == "The batch is already decided"
    held.say(e.SampleJudged(W1, 1, False, "", undone=True), person=LI, device="T8")  # said offline meanwhile
    assert (lot(held).disposition, held.rows.get(Sample, W1, 1).verdict) == ("accepted", "fail")


def test_two_inspectors_who_disagree_leave_the_failed_verdict(held):
    held.say(e.SampleJudged(W1, 1, True), person=ZHAO, device="T8")
    held.say(e.SampleJudged(W1, 1, False, "torn"), person=ZHAO, device="T8")
    assert (lot(held).disposition, held.stock(QUARANTINE), held.rows.get(Sample, W1, 1).reason) == (
        "held",
        1,
        "封口完好|seal intact",
    )


# Samples that never came


def test_samples_that_were_never_picked_do_not_block_the_others():
    floor = a_warehouse(percent=100)
    floor.order("web-1", (TEA, 2), hours=20)
    floor.order("web-2", (TEA, 2), hours=30)
    floor.release()
    floor.cancel("web-1")
    a_picker(floor).scan("CART-1").go_on(until="pick.drop").scan(LANE)
    judged(an_inspector(floor), "pass", "pass")
    assert (lot(floor).disposition, floor.reviews()) == ("accepted", set())


def test_where_no_drawn_unit_was_picked_a_person_decides():
    floor = a_warehouse(percent=5)
    floor.order("web-1", (TEA, 1), hours=20)
    floor.order("web-2", (TEA, 1), hours=30)
    floor.release()
    floor.cancel(floor.rows.all(Sample)[0].order_id)
    assert lot(floor).disposition == "open"
    a_picker(floor).scan("CART-1").go_on(until="pick.drop").scan(LANE)
    assert (lot(floor).disposition, floor.reviews()) == ("held", {f"batch_held/{W1}"})
    floor.must(c.DisposeLot(W1, "sort", "the sample was cancelled"))
    judged(an_inspector(floor), "pass")
    assert lot(floor).disposition == "accepted"


def test_a_wave_of_which_nothing_is_left_needs_nobody():
    floor = a_warehouse(percent=5)
    floor.order("web-1", (TEA, 1))
    floor.release()
    floor.cancel("web-1")
    assert (floor.rows.get(Wave, "W0001").status, floor.reviews()) == ("done", set())


def test_samples_brought_back_with_their_order_do_not_block_the_others():
    floor = a_warehouse(percent=100)
    floor.order("web-1", (TEA, 2), hours=20)
    floor.order("web-2", (TEA, 2), hours=30)
    picked(floor)
    judged(an_inspector(floor), "pass")
    floor.cancel("web-1")
    a_packer(floor).scan("TOTE-001").scan(RETURNS)
    judged(an_inspector(floor), "pass", "pass")
    assert (lot(floor).disposition, floor.reviews()) == ("accepted", {"put_back/web-1"})


# Inbound


def received(floor):
    floor.say(e.CategoryDefined(Category("food", "食品", "Food", sample_percent=10, inspect_inbound=True)))
    floor.must(c.ReceiveGoods("R9", RICE, "L9", 20, RICE_BIN, "2027-12-01"))
    return an_inspector(floor)


def is_held(floor):
    return floor.rows.get(Lot, RICE, "L9").held


def test_goods_are_held_until_their_sample_has_passed(floor):
    inspector = received(floor)
    assert (is_held(floor), inspector.screen, inspector.prompt.target) == (True, "qc.item", RICE_BIN)
    judged(inspector, "pass", "pass")
    assert (is_held(floor), inspector.screen) == (False, "qc.wait")


def test_a_failed_unit_of_a_receipt_goes_to_quarantine_and_the_lot_stays_held(floor):
    inspector = judged(received(floor), "pass", "fail")
    assert (is_held(floor), floor.stock(QUARANTINE, RICE, "L9"), floor.stock(RICE_BIN, RICE, "L9")) == (True, 1, 19)
    inspector.press("f3")
    assert (floor.stock(QUARANTINE, RICE, "L9"), floor.reviews()) == (0, set())


def test_a_sorted_receipt_is_released_without_its_bad_units(floor):
    judged(received(floor), "fail", "pass")
    name = floor.rows.where(InspectionLot, reference="R9")[0].id
    floor.must(c.DisposeLot(name, "sort", "look at all"))
    judged(an_inspector(floor), *["pass"] * 18)
    assert (is_held(floor), floor.stock(RICE_BIN, RICE, "L9"), floor.stock(QUARANTINE, RICE, "L9")) == (False, 19, 1)


def test_a_rejected_receipt_leaves_the_shelf(floor):
    judged(received(floor), "fail")
    name = floor.rows.where(InspectionLot, reference="R9")[0].id
    floor.must(c.DisposeLot(name, "reject", "mould"))
    assert (floor.stock(RICE_BIN, RICE, "L9"), floor.stock(QUARANTINE, RICE, "L9"), is_held(floor)) == (0, 20, True)
    assert floor.in_balance()
