"""The desk over a real store: green only after the commit, one question at a time, and a way back from each."""

from __future__ import annotations

import contextlib
import queue
from typing import Any

import pytest

from drivers.fakes import FakeScale
from tests.unit.floor import (
    CHEN,
    LABELS,
    LANE,
    LI,
    NOON,
    SHIP_SF,
    SOAP,
    SOAP_CODE,
    TEA,
    TEA_BIN,
    TEA_CODE,
    ZHAO,
    a_warehouse,
)
from wms.domain import commands as c
from wms.domain import events as e
from wms.domain.catalogue import Item, Person
from wms.domain.orders import Order
from wms.domain.packing import Parcel, WaybillRange
from wms.domain.places import Place, PlaceKind
from wms.domain.review import Presence, Tally
from wms.domain.waves import PickTask
from wms.store import Store, StoreUnwritable, verify
from wms.sync.exchange import UNREACHABLE
from wms.terminal.deciding import FEW_NUMBERS, Decider
from wms.terminal.desk import Desk
from wms.terminal.devices import DeviceConfig, Devices
from wms.terminal.messages import speech
from wms.terminal.pan import Pan
from wms.workflows.handlers.packing import expected_weight
from wms.workflows.handling import Recorded, Refused
from wms.workflows.inputs import Chose, Entered, Pressed, Refreshed, Scanned
from wms.workflows.on_scale import OnScale, scale_trouble
from wms.workflows.prompt import Tone
from wms.workflows.view import DeviceState

SAY = speech("en").say


class Bench:
    """A store on disk, a desk over it, and hands."""

    def __init__(self, folder: Any, hub: Any = None) -> None:
        self.folder, self.hub = folder, hub
        self.store = Store(folder, "T1", clock=lambda: NOON * 1000)
        self.sit_down()

    def sit_down(self) -> None:
        self.pan = Pan()
        self.decider = Decider(self.store, self.hub)
        self.desk = Desk(self.store, self.decider, "en", self.pan)

    def pull_the_plug(self) -> None:
        self.store.close()
        self.store = Store(self.folder, clock=lambda: NOON * 1000)
        self.sit_down()

    def scan(self, *codes: str) -> Tone | None:
        tone = None
        for code in codes:
            tone = self.desk.take(Scanned(code))
        return tone

    def press(self, key: str) -> None:
        self.desk.take(Pressed(key))

    def choose(self, *answers: int) -> None:
        for index in answers:
            self.desk.take(Chose(index))

    def work(self, index: int, badge: str = LI) -> None:
        self.scan(f"BDG-{badge}")
        self.choose(index)

    @property
    def screen(self) -> str:
        return self.desk.prompt().name

    @property
    def says(self) -> list[str]:
        return [SAY(line) for line in self.desk.said.lines] if self.desk.said is not None else []

    def go_on(self, until: str) -> None:
        for _ in range(60):
            prompt = self.desk.prompt()
            if prompt.name == until:
                return
            if prompt.name == "pack.weigh":
                self.pan.lies(0)
                self.pan.lies(expected_weight(self.desk.state.parcel, self.store.rows))
                self.desk.take(Refreshed())
            elif prompt.name == "pick.tote" and not prompt.expects:
                assert self.scan(f"TOTE-00{prompt.target}") is Tone.OK
            else:
                assert self.scan(prompt.expects[0]) is Tone.OK, (prompt.name, self.says)
        raise AssertionError(f"{until} was not reached: {self.screen}, {self.says}")

    def facts(self, kind: type) -> list[Any]:
        return [fact.body for fact in self.store.since(0, 10_000) if isinstance(fact.body, kind)]


def setup_of(percent: int = 0) -> list[Any]:
    return [fact.body for fact in a_warehouse(percent=percent).facts if not isinstance(fact.body, e.WaybillsLeased)]


@pytest.fixture
def bench(tmp_path):
    bench = Bench(tmp_path)
    bench.store.record(setup_of(), "")
    bench.sit_down()
    yield bench
    bench.store.close()


def an_order(bench, name="web-1", *lines):
    lines = lines or ((TEA, 2),)
    bench.store.execute(c.TakeOrders((c.IncomingOrder(name, "web", name, NOON + 9000, "SF", lines),)), "")
    bench.store.execute(c.ReleaseWaves(), "")


def an_open_tote(bench):
    an_order(bench)
    bench.work(0)
    bench.go_on("pick.drop")
    bench.scan(LANE)
    bench.press("f4")
    bench.choose(1, 1)
    bench.scan("TOTE-001")


# A day


def test_an_order_goes_from_the_shelf_to_the_courier(tmp_path):
    bench = Bench(tmp_path)
    bench.store.record(setup_of(percent=50), "")
    bench.sit_down()
    an_order(bench, "web-1", (TEA, 2))
    bench.work(0)
    bench.go_on("pick.drop")
    bench.scan(LANE)
    for work, until in ((2, "qc.wait"), (1, "pack.tote")):
        bench.press("f4")
        bench.choose(1, work)
        if work == 1:
            assert bench.scan("TOTE-001") is Tone.OK
        bench.go_on(until)
    bench.press("f4")
    bench.choose(1, 3)
    bench.scan("CAR-SF", *[parcel.waybill for parcel in bench.store.rows.all(Parcel)])
    bench.press("f2")
    bench.desk.take(Entered("Wang"))
    assert bench.store.rows.get(Order, "web-1").status == "handed_over"
    assert verify(bench.store.rows).problems == ()
    bench.store.close()


# Green means written


def test_what_was_green_is_there_after_the_plug_was_pulled(bench):
    an_order(bench)
    bench.work(0)
    bench.scan("CART-1", LABELS[TEA_BIN])
    assert bench.scan(TEA_CODE) is Tone.OK
    bench.pull_the_plug()
    assert (bench.screen, bench.store.rows.all(PickTask)[0].taken) == ("sign.badge", 1)
    bench.work(0)
    assert (bench.screen, bench.desk.prompt().target) == ("pick.item", "1")


def test_a_refused_scan_is_red_and_kept_with_its_reason(bench):
    an_order(bench)
    bench.work(0)
    bench.scan("CART-1", LABELS[TEA_BIN])
    assert bench.scan(SOAP_CODE) is Tone.NO
    assert bench.scan("19520000000025") is Tone.NO  # a case of six for a line of two
    assert bench.says == ["That is 4 too many", "Put them back"]
    assert [(f.raw, f.screen, f.why) for f in bench.facts(e.ScanRefused)] == [
        (SOAP_CODE, "pick.item", "wrong:ItemScan"),
        ("19520000000025", "pick.item", "refused:That is {n} too many"),
    ]
    refused = [row.count for row in bench.store.rows.all(Tally) if row.what == "refused"]
    assert refused == [2]


def test_a_full_disk_is_red_counts_nothing_and_is_forgotten_once_it_works_again(bench, monkeypatch):
    an_order(bench)
    bench.work(0)
    bench.scan("CART-1", LABELS[TEA_BIN])

    def full(*_: Any) -> Any:
        raise StoreUnwritable("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(bench.decider, "carry_out", full)
        assert bench.scan(TEA_CODE) is Tone.NO
        assert (bench.screen, SAY(bench.desk.trouble)) == (
            "pick.item",
            "Nothing can be saved: the disk is full or read-only",
        )
    assert bench.store.rows.all(PickTask)[0].taken == 0
    assert bench.scan(TEA_CODE) is Tone.OK
    assert bench.desk.trouble.text == ""


def test_a_bounce_of_the_trigger_is_said_and_counts_nothing(bench):
    an_order(bench)
    bench.work(0)
    bench.scan("CART-1", LABELS[TEA_BIN], TEA_CODE)
    waiting = bench.store.head()
    assert bench.desk.take(Scanned(TEA_CODE, fault="duplicate")) is Tone.INFO
    assert (bench.says, bench.store.head()) == (["Already counted"], waiting)


def test_a_bounce_hides_no_refusal(bench):
    an_order(bench)
    bench.work(0)
    bench.scan("CART-1", LABELS[TEA_BIN])
    assert bench.desk.take(Scanned(SOAP_CODE)) is Tone.NO
    refusal = bench.desk.said
    assert bench.desk.take(Scanned(SOAP_CODE, fault="duplicate")) is None
    assert bench.desk.said is refusal


@pytest.mark.parametrize("fault", ["duplicate", "garbled", "partial"])
def test_noise_and_bounces_answer_no_question_of_the_desk(bench, fault):
    bench.store.record([e.PlaceDefined(Place(TEA, PlaceKind.TOTE))], "")
    an_order(bench)
    bench.work(0)
    bench.press("f4")
    bench.desk.take(Scanned("CART-1", fault=fault))
    assert bench.screen == "menu"
    bench.press("escape")
    bench.scan("CART-1", LABELS[TEA_BIN], TEA)
    asked = bench.desk.said
    assert bench.desk.take(Scanned(TEA, fault=fault)) is (None if fault == "duplicate" else Tone.NO)
    assert bench.screen == "which"
    assert (bench.desk.said is asked) == (fault == "duplicate")
    bench.choose(0)
    assert (bench.screen, bench.store.rows.all(PickTask)[0].taken) == ("pick.item", 1)


def test_what_a_scan_was_taken_for_is_forgotten_with_the_next(bench, monkeypatch):
    bench.scan(f"BDG-{LI}")
    assert bench.desk.scanned_as == "BadgeScan"
    monkeypatch.setattr("wms.workflows.resolve.resolve", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        bench.scan("CART-1")
    assert bench.desk.scanned_as == ""


# Who, and which work


def test_a_person_works_in_her_own_language(bench):
    assert bench.desk.language == "en"
    bench.scan(f"BDG-{LI}")
    assert (bench.screen, bench.desk.language) == ("sign.work", "zh_CN")
    bench.press("escape")
    assert bench.desk.language == "en"
    bench.work(0)
    assert (bench.desk.language, bench.desk.work, bench.desk.person.name) == ("zh_CN", "pick", "李雷")
    assert bench.store.rows.get(Presence, "T1").role == "pick"
    bench.scan("CMD-SIGNOUT")
    assert (bench.screen, bench.desk.language, bench.desk.person, bench.desk.said) == ("sign.badge", "en", None, None)
    assert bench.store.rows.get(Presence, "T1") is None


def test_every_fact_bears_the_badge_that_was_signed_in(bench):
    an_order(bench)
    bench.work(0)
    bench.scan("CART-1")
    bench.scan("CMD-SIGNOUT")
    people = {type(fact.body): fact.person for fact in bench.store.since(0, 10_000)}
    assert (people[e.SignedIn], people[e.BatchClaimed], people[e.SignedOut]) == (LI, LI, LI)


def test_the_work_may_be_chosen_by_card(bench):
    bench.scan(f"BDG-{LI}", "CMD-PACK")
    assert bench.screen == "pack.tote"


def test_the_language_changes_before_signing_in_too(bench):
    bench.press("f4")
    assert (bench.desk.language, bench.screen) == ("zh_CN", "sign.badge")
    bench.scan("CMD-LANGUAGE")
    assert bench.desk.language == "en"


def test_f4_offers_language_other_work_and_the_way_out(bench):
    bench.work(0)
    bench.press("f4")
    assert (bench.screen, [SAY(choice.label) for choice in bench.desk.prompt().choices]) == (
        "menu",
        ["Other language", "Other work", "Sign out", "Close the program"],
    )
    bench.press("escape")
    assert bench.screen == "pick.cart"
    bench.press("f4")
    bench.press("f4")
    assert bench.screen == "pick.cart"
    bench.press("f4")
    bench.choose(0)
    assert (bench.screen, bench.desk.language) == ("pick.cart", "en")
    bench.press("f4")
    bench.choose(1)
    assert (bench.screen, bench.desk.person.badge, bench.desk.said) == ("sign.work", LI, None)
    bench.choose(1)
    assert (bench.screen, bench.desk.language) == ("pack.tote", "en")
    bench.press("f4")
    bench.choose(3)
    assert bench.screen == "quit"


def test_leaving_the_choice_of_work_signs_out(bench):
    bench.work(0)
    bench.press("f4")
    bench.choose(1)
    bench.press("escape")
    assert (bench.screen, bench.desk.person, bench.facts(e.SignedOut)) == ("sign.badge", None, [e.SignedOut(LI)])


def test_a_scan_while_the_menu_is_open_does_what_it_does(bench):
    an_order(bench)
    bench.work(0)
    bench.press("f4")
    assert bench.scan("CART-1") is Tone.OK
    assert bench.screen == "pick.bin"


def test_an_answer_that_is_not_offered_is_no_answer(bench):
    bench.work(0)
    bench.press("f4")
    bench.choose(9)
    assert bench.screen == "menu"


def test_printed_commands_press_keys_and_answer_questions(bench):
    an_order(bench, "web-1", (TEA, 2), (SOAP, 1))
    bench.work(0)
    bench.scan("CART-1", LABELS[TEA_BIN], TEA_CODE, "CMD-UNDO")
    assert bench.store.rows.all(PickTask)[0].taken == 0
    bench.scan("CMD-CANT")
    assert bench.screen == "pick.reason"
    bench.scan("CMD-BACK")
    assert bench.screen == "pick.item"
    bench.scan("CMD-CANT", "CMD-SKIP")
    assert [body.task for body in bench.facts(e.TaskSkipped)] == [bench.store.rows.all(PickTask)[0].id]
    assert bench.scan("CMD-NOSUCH") is Tone.NO


def test_the_board_is_drawn_only_for_who_supervises(bench):
    bench.work(0)
    assert bench.desk.board() is None
    bench.press("f4")
    bench.choose(1, 4)
    assert bench.desk.board() is not None
    bench.press("f4")
    assert bench.desk.board() is None


# One code, two meanings


def test_a_code_that_means_two_things_is_asked_about(bench):
    bench.store.record([e.ItemDefined(Item("TEA-2", "红茶", "Black tea", "food"), (("0" + TEA_CODE, 1),))], "")
    an_order(bench)
    bench.work(0)
    bench.scan("CART-1", LABELS[TEA_BIN])
    assert bench.scan(TEA_CODE) is Tone.LOOK
    assert bench.screen == "which"
    choices = [SAY(choice.label) for choice in bench.desk.prompt().choices]
    bench.choose(choices.index("This is Green tea (0028)"))
    assert (bench.screen, bench.store.rows.all(PickTask)[0].taken) == ("pick.item", 1)
    bench.scan(TEA_CODE)
    bench.press("escape")
    assert (bench.screen, bench.store.rows.all(PickTask)[0].taken) == ("pick.item", 1)
    bench.scan(TEA_CODE)
    assert bench.scan(SOAP_CODE) is Tone.NO  # a new scan takes the question away
    assert bench.screen == "pick.item"


def test_what_the_screen_asks_for_is_offered_first_and_the_other_reading_is_no_unit(bench):
    bench.store.record([e.PlaceDefined(Place(TEA, PlaceKind.TOTE))], "")
    an_order(bench)
    bench.work(0)
    bench.scan("CART-1", LABELS[TEA_BIN])
    for _ in range(2):  # scanned again, the question stays the same
        assert bench.scan(TEA) is Tone.LOOK
        choices = [SAY(choice.label) for choice in bench.desk.prompt().choices]
        assert choices == ["This is Green tea (0028)", f"This is tote {TEA}"]
    bench.choose(1)
    assert (bench.screen, bench.store.rows.all(PickTask)[0].taken) == ("pick.item", 0)
    bench.scan(TEA)
    bench.choose(0)
    assert bench.store.rows.all(PickTask)[0].taken == 1


def test_a_command_that_is_chosen_among_two_meanings_is_carried_out(bench):
    bench.store.record([e.ItemDefined(Item("CMD-SIGNOUT", "牌", "Sign", "food"), ())], "")
    bench.work(0)
    bench.scan("CMD-SIGNOUT")
    choices = [SAY(choice.label) for choice in bench.desk.prompt().choices]
    bench.choose(choices.index("The command SIGNOUT"))
    assert bench.screen == "sign.badge"


# The scale


def test_a_parcel_is_weighed_once_and_the_next_waits_for_an_empty_pan(bench):
    bench.pan = Pan(lambda: OnScale("stable"))
    bench.desk = Desk(bench.store, bench.decider, "en", bench.pan)
    an_open_tote(bench)
    bench.scan(TEA_CODE)
    bench.press("f5")
    bench.scan(TEA_CODE)
    bench.go_on("pack.weigh")
    bench.pan.lies(330)
    bench.desk.take(Refreshed())
    assert bench.screen == "pack.label"
    bench.go_on("pack.carton")
    bench.scan("CTN-S")
    bench.desk.take(Refreshed())
    assert bench.screen == "pack.weigh"  # the first parcel still lies there
    assert SAY(bench.desk.prompt().ask) == "Take the last parcel off first"
    bench.pan.lies(3)
    bench.desk.take(Refreshed())
    assert SAY(bench.desk.prompt().ask) == "Put the parcel on the scale, or type grams"
    bench.pan.lies(330)
    bench.desk.take(Refreshed())
    assert (bench.screen, [p.weight_g for p in bench.store.rows.all(Parcel)]) == ("pack.label", [330, 330])


def test_a_weight_that_was_refused_may_be_taken_again(bench):
    an_open_tote(bench)
    bench.go_on("pack.weigh")
    bench.pan.lies(900)
    assert bench.desk.take(Refreshed()) is Tone.LOOK
    assert bench.screen == "pack.off"
    bench.choose(0)
    bench.pan.lies(580)
    assert bench.desk.take(Refreshed()) is Tone.OK
    assert bench.screen == "pack.label"


def test_a_refused_weight_that_is_right_after_all_is_not_the_next_parcels(bench):
    an_open_tote(bench)
    bench.scan(TEA_CODE)
    bench.press("f5")
    bench.scan(TEA_CODE)
    bench.go_on("pack.weigh")
    bench.pan.lies(900)
    assert bench.desk.take(Refreshed()) is Tone.LOOK
    bench.choose(2)
    bench.go_on("pack.carton")
    bench.scan("CTN-S")
    bench.desk.take(Refreshed())
    assert bench.screen == "pack.weigh"  # the first parcel still lies there
    bench.pan.lies(0)
    bench.pan.lies(330)
    bench.desk.take(Refreshed())
    assert [p.weight_g for p in bench.store.rows.all(Parcel)] == [900, 330]


def test_a_scale_that_drifted_below_zero_is_empty(bench):
    an_open_tote(bench)
    bench.scan(TEA_CODE)
    bench.press("f5")
    bench.scan(TEA_CODE)
    bench.go_on("pack.weigh")
    bench.pan.lies(330)
    bench.desk.take(Refreshed())
    bench.go_on("pack.carton")
    bench.scan("CTN-S")
    bench.pan.lies(-4)
    bench.pan.lies(326)
    bench.desk.take(Refreshed())
    assert (bench.screen, [p.weight_g for p in bench.store.rows.all(Parcel)]) == ("pack.label", [330, 326])


def test_a_drifted_scale_is_zeroed_from_the_weighing_screen(bench, tmp_path):
    """Through the real driver: the words, the key, the command on the wire, its answer, and then the weight."""
    inputs = queue.SimpleQueue()
    with FakeScale(tmp_path / "scale") as fake:
        devices = Devices(DeviceConfig(scale=f"{fake.address},sics"))
        bench.pan = devices.pan
        bench.desk = Desk(bench.store, bench.decider, "en", devices.pan)

        def until(true):
            for _ in range(400):
                if true():
                    return
                with contextlib.suppress(queue.Empty):
                    bench.desk.take(inputs.get(timeout=0.02))
            raise AssertionError((bench.screen, bench.says, SAY(bench.desk.prompt().ask)))

        def asks():
            return SAY(bench.desk.prompt().ask)

        an_open_tote(bench)
        bench.go_on("pack.weigh")
        fake.drift(-6)
        devices.start(inputs.put)
        try:
            until(lambda: asks() == "Below zero: empty the pan, then F5")
            bench.press("f5")
            assert bench.says == ["Zeroing the scale"]
            until(lambda: bench.says[:1] == ["Scale zeroed"])
            until(lambda: asks() == "Put the parcel on the scale, or type grams")
            fake.put(40_000)
            until(lambda: asks() == "Too heavy: take it off, type the grams")
            assert SAY(scale_trouble(devices.on_scale())) == "Scale overloaded: take it off"
            assert devices.scale_state() is DeviceState.TROUBLE
            fake.unplug()
            until(lambda: devices.on_scale().status == "lost")
            assert devices.scale_state() is DeviceState.LOST
            fake.replug()
            fake.put(580, stable=False)
            until(lambda: asks() == "Hands off: wait until it rests")
            fake.put(580)
            until(lambda: bench.screen == "pack.label")
            assert [p.weight_g for p in bench.store.rows.all(Parcel)] == [580]
            assert devices.scale_state() is DeviceState.READY
        finally:
            devices.stop()


def test_what_lies_on_the_pan_before_it_is_asked_for_is_not_booked(bench):
    bench.pan.lies(580)
    an_open_tote(bench)
    bench.desk.take(Refreshed())
    assert (bench.screen, bench.facts(e.ParcelWeighed)) == ("pack.item", [])


# Deciding


class Hub:
    """A hub that is there or not, and decides as a store does."""

    def __init__(self) -> None:
        self.there = False
        self.asked: list[Any] = []
        self.store: Store | None = None

    def ask(self, command: Any, person: Any, timeout: float = 0) -> Any:
        self.asked.append(command)
        return self.store.execute(command, person) if self.there and self.store is not None else UNREACHABLE


@pytest.fixture
def far(tmp_path):
    hub = Hub()
    bench = Bench(tmp_path, hub)
    bench.store.record(setup_of(), "")
    bench.sit_down()
    hub.store = bench.store
    yield bench
    bench.store.close()


def test_without_the_hub_no_work_is_given_out_but_begun_work_goes_on(far):
    an_order(far)
    far.work(0)
    assert far.scan("CART-1") is Tone.NO
    assert far.says == ["The hub can't be reached", "Go on with what you have. This needs the network"]
    far.hub.there = True
    assert far.scan("CART-1") is Tone.OK
    far.hub.there = False
    assert far.scan(LABELS[TEA_BIN], TEA_CODE, TEA_CODE, "TOTE-001", LANE) is Tone.OK
    assert [type(command) for command in far.hub.asked] == [c.ClaimBatch, c.ClaimBatch]


def test_numbers_are_fetched_when_an_order_is_opened_and_long_before_they_run_out(bench):
    an_open_tote(bench)
    (lease,) = bench.store.rows.all(WaybillRange)
    assert (lease.carrier, lease.first, lease.last) == ("SF", 1, 200)
    bench.decider.top_up(LI)
    assert {row.carrier for row in bench.store.rows.all(WaybillRange)} == {"SF", "ZT"}
    bench.decider.top_up(LI)
    assert len(bench.store.rows.all(WaybillRange)) == 2
    used = WaybillRange(lease.id, lease.carrier, lease.device, 1, 200, 201 - FEW_NUMBERS + 1)
    bench.store.writer.do(lambda connection: _put(connection, used))
    bench.decider.top_up(LI)
    assert sorted(row.first for row in bench.store.rows.all(WaybillRange) if row.carrier == "SF") == [1, 201]


def _put(connection: Any, row: Any) -> None:
    from wms.store.tables import SqliteTables

    SqliteTables(connection).put(row)


def test_a_hub_that_grants_no_numbers_shows_itself_at_the_label(far):
    far.hub.there = True
    an_open_tote(far)
    far.store.writer.do(lambda connection: connection.execute("DELETE FROM waybill_range"))
    far.hub.there = False
    far.go_on("pack.weigh")
    far.pan.lies(580)
    assert far.desk.take(Refreshed()) is Tone.NO
    assert far.says[0] == "No waybill numbers of SF Express left here"
    far.hub.there = True
    far.decider.top_up(LI)
    assert far.desk.take(Refreshed()) is Tone.OK  # it still lies on the scale
    assert far.screen == "pack.label"


def test_alone_a_terminal_decides_for_itself(bench):
    outcome = bench.decider.carry_out(c.ReleaseWaves(), CHEN)
    assert isinstance(outcome, Refused)
    an_order(bench, "web-1")
    assert isinstance(bench.decider.carry_out(c.CancelOrder("web-1"), CHEN), Recorded)


def test_what_another_process_cancels_stops_the_bench_and_silences_what_it_said_before(bench):
    an_open_tote(bench)
    assert bench.scan("NONSENSE") is Tone.NO
    office = Store(bench.folder)
    office.execute(c.CancelOrder("web-1", refund=True), CHEN)
    office.close()
    bench.desk.take(Refreshed())
    assert (bench.screen, bench.desk.said) == ("pack.stop", None)


def test_a_refusal_outlives_a_look_that_changes_nothing(bench):
    an_open_tote(bench)
    bench.scan("NONSENSE")
    bench.desk.take(Refreshed())
    assert bench.desk.said.tone is Tone.NO


def test_a_wrong_scan_is_told_what_the_screen_asks_for(bench):
    bench.scan("NONSENSE")
    assert bench.says[1] == "Scan your badge"
    bench.scan(f"BDG-{LI}", "NONSENSE")
    assert bench.desk.said.lines[1].text == "Press the number of your work"


def test_two_people_share_a_terminal_one_after_the_other(bench):
    bench.store.record([e.PersonDefined(Person(ZHAO, "Zhao", "picker", "en"))], "")
    an_order(bench)
    bench.work(0)
    bench.scan("CART-1", LABELS[TEA_BIN], "CMD-SIGNOUT", f"BDG-{ZHAO}")
    assert (bench.desk.work, bench.screen) == ("pick", "pick.cart")
    bench.scan("CMD-SIGNOUT")
    bench.work(0)
    assert bench.screen == "pick.item"
    assert bench.scan(f"{SHIP_SF}*88") is Tone.NO
