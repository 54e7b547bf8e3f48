"""A label that waits for paper is not on any parcel: nobody can prove by a scan that it is."""

from __future__ import annotations

import pytest

from drivers.fakes import FakePrinter
from tests.unit.floor import TEA, Worker, a_packer_with_a_tote, a_warehouse
from tests.unit.test_printing_spool import PATIENCE, Bench, P, until
from wms.config import PrinterConfig
from wms.domain import commands as c
from wms.domain import events as e
from wms.domain.catalogue import Person
from wms.domain.ids import Badge, ParcelId
from wms.domain.packing import Parcel, ParcelStatus
from wms.domain.records import replace
from wms.printing.spool import Spool
from wms.terminal.devices import DeviceConfig, Devices
from wms.terminal.messages import speech
from wms.terminal.rows import Pen
from wms.terminal.scan_log import ScanLog
from wms.terminal.screens.work import work_picture
from wms.terminal.station import Station
from wms.workflows.handlers.packing import expected_weight
from wms.workflows.inputs import Chose, Refreshed, Scanned
from wms.workflows.printer_words import printer_reason
from wms.workflows.prompt import Tone
from wms.workflows.unprinted import Unprinted
from wms.workflows.view import Status, View

PAPER_OUT = printer_reason("paper_out")


@pytest.fixture
def packer():
    return a_packer_with_a_tote(a_warehouse(), (TEA, 2)).go_on(until="pack.weigh")


def beside(packer: Worker, unprinted: Unprinted) -> Worker:
    who = Worker.who(packer)
    packer.who = lambda: replace(who, now=packer.floor.now, unprinted=unprinted)
    return packer.look_again()


def parcel_of(packer: Worker) -> Parcel:
    return packer.floor.rows.all(Parcel)[0]


def test_a_label_that_never_went_out_is_not_verified(packer):
    packer.go_on(until="pack.label")
    parcel = parcel_of(packer)
    beside(packer, Unprinted(((parcel.id, PAPER_OUT),), PAPER_OUT))
    assert speech("en").say(packer.prompt.verb) == "Wait for the label"
    assert speech("en").say(packer.prompt.ask) == "paper out: put in a new roll"
    assert packer.prompt.expects == ()
    packer.scan(parcel.waybill)
    assert (packer.tone, packer.screen) == (Tone.NO, "pack.label")
    assert packer.says[0] == "Not printed yet: paper out: put in a new roll"
    assert parcel_of(packer).status == ParcelStatus.LABELLED
    for line in packer.said.lines:
        assert speech("zh_CN").say(line) != speech("en").say(line)
    beside(packer, Unprinted())
    packer.scan(parcel.waybill)
    assert (packer.tone, packer.screen) == (Tone.OK, "pack.stage")


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_what_it_waits_for_stands_on_the_smallest_screen(packer, language):
    packer.go_on(until="pack.label")
    parcel = parcel_of(packer)
    beside(packer, Unprinted(((parcel.id, PAPER_OUT),), PAPER_OUT)).scan(parcel.waybill)
    view = View(1, packer.prompt, packer.said, Status(), language)
    picture = work_picture(view, Pen(speech(language), 20, packer.floor.now), 16, "")
    rows = [row.text for row in (*picture.where, *picture.do, *picture.what, *picture.said, *picture.keys)]
    shown = "".join(rows).replace(" ", "")
    assert len(rows) <= 16
    for wanted in (packer.prompt.verb, packer.prompt.ask, packer.said.lines[0]):
        assert speech(language).say(wanted).replace(" ", "") in shown, rows


def test_the_desk_of_a_terminal_asks_its_spool(tmp_path):
    bench = Bench(tmp_path)
    bench.set_up()
    bench.store.record([e.PersonDefined(Person(Badge("1008"), "Zhao", "packer", "en"))], P)
    with FakePrinter() as printer:
        printer.paper_out()
        spool = Spool(bench.store, (PrinterConfig("printer", printer.uri),), patience=PATIENCE)
        log = ScanLog(tmp_path)
        desk = Station(bench.store, Devices(DeviceConfig(), log), spool=spool).desk
        spool.start()
        try:
            parcel = bench.parcel()
            until(lambda: spool.unprinted().trouble.text)
            desk.take(Scanned("BDG-1008"))
            if desk.work != "pack":
                desk.take(Chose(0))
            assert desk.work == "pack"
            desk.take(Refreshed())
            assert desk.state.who.unprinted.why(parcel) == PAPER_OUT
        finally:
            spool.stop()
            log.close()
    bench.store.close()


def test_a_label_of_another_parcel_that_waits_stops_nobody(packer):
    packer.go_on(until="pack.label")
    beside(packer, Unprinted(((ParcelId("A-99/1"), PAPER_OUT),), PAPER_OUT))
    packer.scan(parcel_of(packer).waybill)
    assert (packer.tone, packer.screen) == (Tone.OK, "pack.stage")


def test_no_label_is_said_to_print_while_the_printer_cannot(packer):
    beside(packer, Unprinted((), PAPER_OUT)).weigh(expected_weight(packer.state.parcel, packer.floor.rows))
    assert (packer.tone, packer.screen) == (Tone.INFO, "pack.label")
    assert packer.says[1:] == ["The label waits for the printer", "paper out: put in a new roll"]


def test_the_spool_knows_what_never_went_out(tmp_path):
    bench = Bench(tmp_path)
    bench.set_up()
    with FakePrinter() as printer:
        spool = Spool(bench.store, (PrinterConfig("printer", printer.uri),), patience=PATIENCE)
        spool.start()
        try:
            first = bench.parcel()
            until(lambda: bench.states() == ["printed"])
            assert spool.unprinted() == Unprinted()
            printer.paper_out()
            second = bench.parcel()
            until(lambda: spool.unprinted().trouble.text)
            assert spool.unprinted() == Unprinted(((second, PAPER_OUT),), PAPER_OUT)
            bench.do(c.ReprintLabel(first, "torn"))  # an earlier one of the same number is out, and may be scanned
            assert spool.unprinted().why(first).text == ""
            bench.do(c.VoidLabel(first, "spoiled"))
            assert spool.unprinted().why(first) == PAPER_OUT
            printer.ok()
            until(lambda: spool.unprinted() == Unprinted())
        finally:
            spool.stop()
    bench.store.close()


def test_a_terminal_without_printer_trusts_the_scan(tmp_path):
    bench = Bench(tmp_path)
    bench.set_up()
    spool = Spool(bench.store)
    bench.parcel()
    assert spool.unprinted() == Unprinted()
    spool.stop()
    bench.store.close()
