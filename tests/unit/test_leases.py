"""A walk is leased: by whoever decides, by that one's clock, to one person at a time."""

from __future__ import annotations

import pytest

from tests.unit.floor import (
    HOUR,
    LABELS,
    LANE,
    LI,
    RICE,
    SOAP,
    SOAP_BIN,
    SOAP_CODE,
    TEA,
    TEA_BIN,
    TEA_CODE,
    ZHAO,
    Floor,
    a_picker,
    a_picker_on_a_walk,
    a_warehouse,
)
from wms.domain import commands as c
from wms.domain import events as e
from wms.domain.mending import Surplus
from wms.domain.places import hand_of
from wms.domain.waves import Batch, BatchStatus, PickTask, Slot
from wms.workflows.handling import Refused
from wms.workflows.prompt import Tone

TTL = 4 * HOUR


@pytest.fixture
def floor() -> Floor:
    return a_warehouse()


def walk(floor: Floor) -> Batch:
    return floor.rows.all(Batch)[0]


def test_a_claim_is_a_lease_with_an_end_and_a_fence(floor):
    a_picker_on_a_walk(floor)
    batch = walk(floor)
    assert (batch.fence, batch.since, batch.person, batch.until) == (1, 1, LI, floor.now + TTL)


def test_the_same_cart_scanned_again_renews_the_lease_and_keeps_the_fence(floor):
    a_picker_on_a_walk(floor)
    floor.now += HOUR
    floor.must(c.ClaimBatch("T1", "CART-1"), LI, "T1")
    assert (walk(floor).fence, walk(floor).until) == (1, floor.now + TTL)
    floor.now += HOUR
    floor.must(c.RenewWalk(walk(floor).id, "T1"), LI, "HUB")
    assert (walk(floor).fence, walk(floor).until) == (1, floor.now + TTL)


def test_somebody_elses_walk_can_t_be_renewed(floor):
    a_picker_on_a_walk(floor)
    assert isinstance(floor.do(c.RenewWalk(walk(floor).id, "T2"), ZHAO, "T2"), Refused)


def test_a_walk_goes_to_another_only_after_its_lease_has_ended(floor):
    a_picker_on_a_walk(floor)
    zhao = a_picker(floor, ZHAO, "T2").scan("CART-2")
    assert zhao.says[0] == "No work is waiting"
    floor.now += TTL + 1
    zhao.scan("CART-2")
    assert (zhao.tone, walk(floor).person, walk(floor).fence, walk(floor).since) == (Tone.OK, ZHAO, 2, 2)


def test_the_site_says_how_long_a_lease_is(floor):
    floor.say(e.SiteNamed("x", "UTC", lease_minutes=10))
    a_picker_on_a_walk(floor)
    assert walk(floor).until == floor.now + 600


def test_a_new_device_of_the_same_person_raises_the_fence_and_keeps_what_is_in_the_hand(floor):
    li = a_picker_on_a_walk(floor, (TEA, 3)).scan(LABELS[TEA_BIN], TEA_CODE)
    floor.must(c.ClaimBatch("T2", "CART-1"), LI, "HUB")
    batch, task = walk(floor), floor.rows.all(PickTask)[0]
    assert (batch.fence, batch.since, batch.device, task.taken) == (2, 1, "T2", 1)
    li.scan(TEA_CODE, TEA_CODE, "TOTE-001")  # the old device did not know
    assert (floor.line("web-1").picked, floor.rows.all(Surplus)) == (3, [])


def test_facts_carry_the_claim_they_were_made_under(floor):
    a_picker_on_a_walk(floor, (TEA, 2)).go_on(until="pick.drop").scan(LANE)
    kinds = (e.BinConfirmed, e.UnitsTaken, e.ToteAssigned, e.UnitsPut, e.TotesDropped)
    assert all(fact.claim == 1 for kind in kinds for fact in floor.said_by(kind))
    assert all(floor.said_by(kind) for kind in kinds)


def test_a_walk_is_given_back_with_an_empty_hand_and_goes_on_where_it_was(floor):
    li = a_picker_on_a_walk(floor, (TEA, 2), (SOAP, 1)).scan(LABELS[TEA_BIN], TEA_CODE).press("f2").choose(4)
    assert (li.tone, li.says[0]) == (Tone.NO, "You still hold goods")
    li.press("escape").scan(TEA_CODE, "TOTE-001").press("f2").choose(4)
    assert (li.screen, walk(floor).status, walk(floor).cart) == ("pick.cart", BatchStatus.OPEN, "CART-1")
    zhao = a_picker(floor, ZHAO, "T2").scan("CART-2")  # the tote stands on the first cart: that is the one of the walk
    assert (zhao.screen, zhao.prompt.target, walk(floor).cart, walk(floor).fence) == ("pick.bin", SOAP_BIN, "CART-1", 2)
    zhao.scan(LABELS[SOAP_BIN], SOAP_CODE)
    assert "or an empty one" in zhao.prompt.ask.text
    zhao.scan("TOTE-001").scan(LANE)
    assert (floor.status("web-1"), floor.reviews()) == ("picked", set())


def test_whoever_cannot_find_the_tote_of_the_one_before_takes_an_empty_one(floor):
    a_picker_on_a_walk(floor, (TEA, 2), (SOAP, 1)).scan(LABELS[TEA_BIN], TEA_CODE, TEA_CODE, "TOTE-001")
    floor.must(c.ReassignBatch(walk(floor).id, ZHAO))
    zhao = a_picker(floor, ZHAO, "T2").scan(LABELS[SOAP_BIN], SOAP_CODE, "TOTE-009")
    assert zhao.tone is Tone.OK
    slots = {slot.tote: (slot.aside, slot.person) for slot in floor.rows.all(Slot) if slot.tote}
    assert slots == {"TOTE-009": (False, ZHAO), "TOTE-001": (True, LI)}
    li = a_picker(floor)
    assert (li.screen, li.prompt.target) == ("pick.aside", LANE)
    zhao.scan(LANE)
    answer = floor.do(c.StartPacking("web-1"), LI, "T2")
    assert isinstance(answer, Refused)
    assert answer.lines[0].args["totes"] == "TOTE-001"
    li.look_again().scan(LANE)
    assert (li.screen, floor.reviews()) == ("pick.cart", set())
    floor.must(c.StartPacking("web-1"), LI, "T2")


def test_a_supervisor_takes_a_walk_away_and_the_hand_has_to_go_back(floor):
    li = a_picker_on_a_walk(floor, (TEA, 3)).scan(LABELS[TEA_BIN], TEA_CODE, TEA_CODE)
    floor.must(c.ReassignBatch(walk(floor).id))
    task = floor.rows.all(PickTask)[0]
    assert (walk(floor).status, walk(floor).fence, task.taken, floor.promised(TEA_BIN)) == (BatchStatus.OPEN, 2, 0, 3)
    assert (floor.stock(hand_of(task.id, LI)), floor.reviews()) == (2, {f"over_pick/{task.id},{LI}"})
    li.look_again()
    assert (li.screen, li.prompt.target, li.shows[0]) == ("errand.bin", TEA_BIN, "Somebody else picked this line")
    li.scan(LABELS[TEA_BIN], TEA_CODE)
    assert (li.screen, li.says) == ("errand.item", ["Green tea lies in A-02-1-1", "1 to go"])
    li.scan(TEA_CODE)
    assert (li.screen, floor.stock(TEA_BIN), floor.promised(TEA_BIN), floor.reviews()) == ("pick.cart", 20, 3, set())


def test_who_lost_the_walk_is_told_so_at_the_next_scan(floor):
    li = a_picker_on_a_walk(floor, (TEA, 3)).scan(LABELS[TEA_BIN])
    task = floor.rows.all(PickTask)[0]
    floor.must(c.ReassignBatch(walk(floor).id, ZHAO))
    answer = floor.do(c.TakeUnits(task.id, 1, ""), LI, "T1")
    assert [line.text for line in answer.lines] == ["This walk is with somebody else now", "Put the goods back"]
    assert li.look_again().screen == "pick.cart"


def test_a_claim_of_an_earlier_life_of_the_hub_gives_nobody_the_walk(floor):
    """Two lives of a hub leased the walk with the same fence: the first in the order that counts has it."""
    floor.order("web-1", (RICE, 1))
    floor.release()
    batch = walk(floor)
    floor.say(e.BatchClaimed(batch.id, ZHAO, "T2", "CART-2", 1, floor.now + TTL))
    floor.say(e.BatchClaimed(batch.id, LI, "T1", "CART-1", 1, floor.now + TTL))
    assert (walk(floor).person, walk(floor).fence) == (ZHAO, 1)


def test_a_claim_of_an_old_journal_counts_and_never_ends(floor):
    floor.order("web-1", (RICE, 1))
    floor.release()
    floor.say(e.BatchClaimed(walk(floor).id, LI, "T1", "CART-1"))
    floor.now += 100 * TTL
    assert (walk(floor).person, walk(floor).fence, walk(floor).has_lapsed(floor.now)) == (LI, 1, False)


def test_a_walk_that_was_given_to_somebody_is_there_when_she_comes(floor):
    a_picker_on_a_walk(floor, (TEA, 3))
    floor.must(c.ReassignBatch(walk(floor).id, ZHAO))
    zhao = a_picker(floor, ZHAO, "T2")
    assert (zhao.screen, zhao.prompt.target) == ("pick.bin", TEA_BIN)


@pytest.mark.parametrize("person", [LI, "none"])
def test_a_walk_is_not_given_to_nobody_known_nor_to_whoever_has_it(floor, person):
    a_picker_on_a_walk(floor)
    assert isinstance(floor.do(c.ReassignBatch(walk(floor).id, person)), Refused)
