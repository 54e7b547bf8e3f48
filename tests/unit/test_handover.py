"""Handover: what goes on a manifest, what stays, and that nothing is shipped before the courier has signed."""

import pytest

from tests.unit.floor import (
    RETURNS,
    SHIP_SF,
    TEA,
    TEA_CODE,
    Worker,
    a_courier_is_here,
    a_packer,
    a_packer_with_a_tote,
    a_warehouse,
    picked,
)
from wms.domain import commands as c
from wms.domain import events as e
from wms.domain.catalogue import Carrier
from wms.domain.places import CUSTOMER, inside
from wms.domain.shipping import Manifest
from wms.domain.waves import Wave
from wms.workflows.handing_over import HandOverWorkflow
from wms.workflows.handling import Refused
from wms.workflows.prompt import Entry, Tone

SF_PLACE = f"{SHIP_SF}*88"
FIRST, SECOND = "SF000000000051", "SF000000000052"


@pytest.fixture
def floor():
    """Two parcels of two orders stand at SF's place."""
    floor = a_warehouse()
    floor.order("web-1", (TEA, 2), hours=20)
    floor.order("web-2", (TEA, 1), hours=30)
    picked(floor)
    packer = a_packer(floor)
    for tote in ("TOTE-001", "TOTE-002"):
        packer.scan(tote).go_on(until="pack.tote")
    return floor


def test_the_courier_is_chosen_by_card_or_number_with_the_longest_queue_first(floor):
    desk = Worker(floor, HandOverWorkflow())
    assert [choice.code for choice in desk.prompt.choices] == ["CAR-SF", "CAR-ZT"]
    assert desk.prompt.expects == ("CAR-SF",)
    desk.scan(TEA_CODE)
    assert (desk.screen, desk.says[-1]) == ("ship.carrier", "Scan the courier's card, or press a number")
    desk.choose(0)
    assert (desk.screen, desk.says) == ("ship.parcel", ["SF Express: manifest opened", "Scan every parcel"])


def test_every_parcel_is_scanned_and_counted(floor):
    desk = a_courier_is_here(floor)
    assert (desk.prompt.target, desk.prompt.expects) == ("0/2", (FIRST, SECOND))
    desk.scan(FIRST)
    assert (desk.tone, desk.says, desk.prompt.target) == (Tone.OK, [f"{FIRST} loaded", "1 still here"], "1/2")
    desk.scan(FIRST)
    assert (desk.tone, desk.says) == (Tone.NO, ["Already on manifest SF-T1-1"])


def test_nothing_is_shipped_before_the_manifest_is_closed(floor):
    desk = a_courier_is_here(floor).scan(FIRST, SECOND)
    assert (floor.status("web-1"), floor.stock(CUSTOMER)) == ("packed", 0)
    desk.press("f2")
    assert (desk.screen, desk.prompt.entry, floor.status("web-1")) == ("ship.sign", Entry.TEXT, "packed")
    desk.enter("Wang")
    assert (desk.screen, desk.tone, desk.says[0]) == ("ship.carrier", Tone.OK, "2 parcels shipped")
    assert (floor.status("web-1"), floor.status("web-2"), floor.stock(CUSTOMER)) == ("handed_over",) * 2 + (3,)
    assert (floor.stock(inside("web-1/1")), floor.rows.get(Wave, "W0001").status) == (0, "done")
    assert floor.rows.get(Manifest, "SF-T1-1").signed_by == "Wang"


def test_a_foreign_parcel_is_put_back(floor):
    desk = a_courier_is_here(floor, "ZT").scan(FIRST)
    assert desk.says == ["Foreign parcel: it goes with SF Express", "Put it back to their place"]
    assert floor.parcel("web-1").status == "staged"


def test_a_parcel_that_is_not_finished_goes_back_to_the_bench(floor):
    floor.order("web-3", (TEA, 1))
    picked(floor)
    a_packer(floor).scan("TOTE-001").go_on(until="pack.stage")
    desk = a_courier_is_here(floor).scan("SF000000000053")
    assert desk.says == ["This parcel is not finished", "Bring it back to the packing bench"]


def test_what_is_no_parcel_is_refused(floor):
    desk = a_courier_is_here(floor).scan("SF000000009999")
    assert (desk.tone, desk.says) == (Tone.NO, ["Unknown code SF000000009999", "Scan the labels of the parcels"])
    assert desk.scan(TEA_CODE).says[0] == "This is Green tea (0028)"


def test_parcels_that_stay_behind_are_named_before_signing_and_kept_for_the_supervisor(floor):
    desk = a_courier_is_here(floor).scan(FIRST).press("f2")
    assert (desk.screen, desk.tone, desk.says[0]) == ("ship.sign", Tone.LOOK, "1 parcel stays behind")
    desk.enter("Wang")
    assert (floor.reviews(), floor.status("web-2")) == ({"left_behind/SF-T1-1"}, "packed")
    assert a_courier_is_here(floor).prompt.target == "0/1"


def test_one_more_parcel_may_be_scanned_instead_of_signing(floor):
    desk = a_courier_is_here(floor).scan(FIRST).press("f2").scan(SECOND)
    assert (desk.screen, desk.prompt.target) == ("ship.parcel", "2/2")
    assert desk.press("f2").press("escape").screen == "ship.parcel"


def test_an_empty_manifest_is_not_closed(floor):
    desk = a_courier_is_here(floor).press("f2")
    assert (desk.screen, desk.tone, desk.says[0]) == ("ship.parcel", Tone.NO, "No parcel is on this manifest")


def test_a_courier_chosen_by_mistake_can_be_left_while_nothing_is_loaded(floor):
    desk = a_courier_is_here(floor, "ZT").press("escape")
    assert (desk.screen, desk.says) == ("ship.carrier", ["The manifest is dropped", "Choose the courier again"])
    assert not floor.rows.get(Manifest, "ZT-T1-1").open
    desk.scan("CAR-SF").scan(FIRST).press("escape")
    assert (desk.screen, desk.prompt.target) == ("ship.parcel", "1/2")
    assert isinstance(floor.do(c.DropManifest("SF-T1-1")), Refused)
    desk.press("f3").press("escape")
    assert (desk.screen, floor.reviews()) == ("ship.carrier", set())


@pytest.mark.parametrize("name", ["", "   "])
def test_the_courier_has_a_name(floor, name):
    desk = a_courier_is_here(floor).scan(FIRST).press("f2").enter(name)
    assert (desk.screen, desk.says) == ("ship.sign", ["The courier's name is missing"])
    assert isinstance(floor.do(c.CloseManifest("SF-T1-1", name)), Refused)


def test_undo_takes_the_last_parcel_off_the_manifest(floor):
    desk = a_courier_is_here(floor).scan(FIRST, SECOND).press("f3")
    assert (desk.says[0], desk.prompt.target, floor.parcel("web-2").status) == (
        "Taken off the manifest",
        "1/2",
        "staged",
    )
    assert desk.press("f3").says == ["Nothing to undo"]


def test_an_order_in_two_parcels_is_shipped_with_its_second():
    floor = a_warehouse()
    packer = a_packer_with_a_tote(floor, (TEA, 2)).scan(TEA_CODE).press("f5").go_on(until="pack.tote")
    assert packer.says[1] == "Order finished. Next tote"
    a_courier_is_here(floor).scan(FIRST).press("f2").enter("Wang")
    assert (floor.status("web-1"), floor.stock(CUSTOMER)) == ("packed", 1)
    a_courier_is_here(floor).scan(SECOND).press("f2").enter("Wang")
    assert (floor.status("web-1"), floor.stock(CUSTOMER)) == ("handed_over", 2)


def test_a_cancelled_parcel_is_not_loaded(floor):
    floor.cancel("web-1", refund=True)
    desk = a_courier_is_here(floor).scan(FIRST)
    assert (desk.tone, desk.says) == (Tone.NO, ["STOP: this order was cancelled", "Bring it back to the packing bench"])


def test_a_loaded_parcel_that_was_cancelled_comes_off_and_is_not_shipped(floor):
    desk = a_courier_is_here(floor).scan(FIRST, SECOND)
    floor.cancel("web-1")
    assert desk.scan(FIRST).says[0] == "STOP: this order was cancelled"
    a_packer(floor).scan(FIRST).scan(RETURNS)
    desk.look_again()
    assert desk.prompt.target == "1/1"
    desk.press("f2").enter("Wang")
    assert (floor.status("web-1"), floor.parcel("web-1").status, floor.stock(RETURNS)) == ("cancelled", "void", 2)
    assert (floor.status("web-2"), floor.rows.get(Wave, "W0001").status) == ("handed_over", "done")


def test_a_parcel_the_courier_took_although_it_was_cancelled_is_recalled(floor):
    desk = a_courier_is_here(floor).scan(FIRST)
    manifest = floor.parcel("web-1").manifest
    floor.cancel("web-1")
    desk.press("f2").enter("Wang")
    assert (desk.tone, desk.says[0]) == (Tone.NO, f"{FIRST} was cancelled: take it out")
    floor.say(e.ManifestClosed(manifest, "Wang"), device="T8")  # a bench that did not know yet
    assert "cancelled_after_handover/web-1" in floor.reviews()
    floor.say(e.OrderDiverted("web-1", RETURNS), device="T8")  # a bench that did not know yet
    assert (floor.status("web-1"), floor.stock(RETURNS)) == ("handed_over", 0)


def test_a_cancellation_after_handover_is_for_a_person(floor):
    a_courier_is_here(floor).scan(FIRST).press("f2").enter("Wang")
    floor.cancel("web-1")
    assert (floor.status("web-1"), "cancelled_after_handover/web-1" in floor.reviews()) == ("handed_over", True)


def test_a_parcel_on_two_manifests_is_shown_to_the_supervisor(floor):
    a_courier_is_here(floor).scan(FIRST)
    floor.say(e.ManifestOpened("SF-T8-1", "SF"), e.ParcelLoaded("SF-T8-1", "web-1/1"), device="T8")
    assert "loaded_twice/web-1/1" in floor.reviews()
    assert (floor.parcel("web-1").manifest, floor.rows.get(Manifest, "SF-T8-1").parcels) == ("SF-T1-1", 0)


def test_a_restart_goes_on_with_the_open_manifest(floor):
    desk = a_courier_is_here(floor).scan(FIRST).restart()
    assert (desk.screen, desk.prompt.target) == ("ship.parcel", "1/2")
    desk.scan(SECOND).press("f2").enter("Wang")
    assert a_courier_is_here(floor).state.manifest.id == "SF-T1-2"


def test_two_desks_have_a_manifest_each(floor):
    a_courier_is_here(floor).scan(FIRST)
    other = a_courier_is_here(floor, device="T2")
    assert (other.state.manifest.id, other.prompt.target) == ("SF-T2-1", "0/1")
    assert other.scan(FIRST).says == ["Already on manifest SF-T1-1"]


def test_an_unknown_carrier_opens_nothing(floor):
    assert floor.rows.get(Carrier, "XX") is None
    assert isinstance(floor.do(c.OpenManifest("XX")), Refused)
