"""The spool against a printer on a real socket and a real store: nothing lost, nothing doubled, nothing silent."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import zxingcpp

import wms.workflows.handlers  # noqa: F401  # the rules of the commands
from drivers.fakes import FakePrinter
from drivers.printer import open_printer
from labels import from_escpos
from wms.config import Config, PrinterConfig
from wms.domain import commands as c
from wms.domain import events as e
from wms.domain.catalogue import Category, Item
from wms.domain.ids import (
    NO_LOT,
    Badge,
    CarrierCode,
    CategoryCode,
    ChannelCode,
    ManifestId,
    OrderId,
    ParcelId,
    PlaceId,
    Sku,
)
from wms.domain.packing import Parcel
from wms.domain.places import Place, PlaceKind
from wms.domain.recipients import PersonalData
from wms.domain.records import replace
from wms.domain.review import Review
from wms.printing import rendering
from wms.printing.queue import PrinterQueue
from wms.printing.routes import Routes
from wms.printing.spool import Spool, SpoolState
from wms.store import Store, verify
from wms.store.database import connect
from wms.store.erasure import erase
from wms.store.sealing import seal
from wms.workflows.handling import Recorded
from wms.workflows.printer_words import printer_reason
from wms.workflows.prompt import NOTHING
from wms.workflows.view import DeviceState

ROOT = Path(__file__).parents[2]
P = Badge("007")
SF = CarrierCode("sf")
ZHANG = PersonalData("张三丰", "13800138678", ("人民路1号3幢1501室",), "上海", "200001", "CN")
PATIENCE = 0.15


def carrier(prefix: str = "SF") -> e.CarrierDefined:
    return e.CarrierDefined(SF, "顺丰速运", "SF Express", PlaceId("SHIP-SF"), prefix, 12, 1, 900)


class Bench:
    """A packing bench: orders that only need their label, one after the other."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(folder, "T1")
        self.orders = 0

    def set_up(self) -> None:
        self.store.record(
            [
                e.SiteNamed("Depot", "Asia/Shanghai", "一号仓\n上海市浦东新区"),
                e.CategoryDefined(Category(CategoryCode("food"), "食品", "food")),
                e.ItemDefined(Item(Sku("TEA"), "茶", "tea", CategoryCode("food")), ()),
                e.PlaceDefined(Place(PlaceId("SHIP-SF"), PlaceKind.STAGING)),
                e.PlaceDefined(Place(PlaceId("A-01"), PlaceKind.BIN)),
                carrier(),
                e.GoodsReceived("R1", Sku("TEA"), NO_LOT, 100, PlaceId("A-01")),
            ],
            P,
        )
        self.do(c.LeaseWaybills(SF, self.store.device, self.store.epoch))

    def do(self, command: c.Command) -> None:
        outcome = self.store.execute(command, P)
        assert isinstance(outcome, Recorded), outcome

    def parcel(self, person: PersonalData | None = ZHANG) -> ParcelId:
        """A verified parcel on the scale: its waybill is assigned and its label asked for."""
        self.orders += 1
        order = OrderId(f"A-{self.orders}")
        parcel = ParcelId(f"{order}/1")
        sealed, masked = ("", "") if person is None else (seal(self.store, order, person), person.masked())
        lines = ((Sku("TEA"), 1),)
        incoming = c.IncomingOrder(order, ChannelCode("shop"), order, 0, SF, lines, (), False, masked, sealed)
        self.do(c.TakeOrders((incoming,)))
        self.store.record([e.PackingStarted(order, parcel), e.PackingVerified(order)], P)
        self.do(c.WeighParcel(parcel, 500, "scale"))
        return parcel

    def waybill(self, parcel: ParcelId) -> str:
        return self.row(parcel).waybill

    def row(self, parcel: ParcelId) -> Parcel:
        found = self.store.rows.get(Parcel, parcel)
        assert found is not None
        return found

    def states(self) -> list[str]:
        return [row[0] for row in self.store.rows.connection.execute("SELECT state FROM print_job ORDER BY id")]

    def review(self, kind: str, subject: str) -> Review | None:
        return self.store.rows.get(Review, f"{kind}/{subject}")

    def is_open(self, kind: str, subject: str) -> bool:
        found = self.review(kind, subject)
        return found is not None and found.open

    def facts(self, kind: str) -> int:
        sql = "SELECT count(*) FROM journal WHERE kind = ?"
        return int(self.store.rows.connection.execute(sql, (kind,)).fetchone()[0])


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path / "data")
    made.set_up()
    yield made
    made.store.close()


@pytest.fixture
def printer() -> Iterator[FakePrinter]:
    with FakePrinter() as fake:
        yield fake


def the(uri: str | None) -> tuple[PrinterConfig, ...]:
    """The settings of a house with that printer alone."""
    return Config(Path(), printer=uri or "").all_printers()


def plainly(spool: Spool) -> SpoolState:
    """Without what it says of each queue."""
    return replace(spool.state(), queues=(), oldest=None)


@contextmanager
def spooling(bench: Bench, uri: str | None, on_change: Callable[[], None] = lambda: None) -> Iterator[Spool]:
    spool = Spool(bench.store, the(uri), "zh_CN", on_change, patience=PATIENCE)
    spool.start()
    try:
        yield spool
    finally:
        spool.stop()


def until(true: Callable[[], bool], within_s: float = 8.0) -> None:
    deadline = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < deadline, "did not come about"
        time.sleep(0.005)


def close_a_manifest(bench: Bench, parcel: ParcelId) -> ManifestId:
    """The verified parcel goes to the courier, who signs."""
    manifest = ManifestId("sf-T1-1")
    bench.do(c.VerifyLabel(parcel))
    bench.do(c.StageParcel(parcel, PlaceId("SHIP-SF")))
    bench.do(c.OpenManifest(SF))
    bench.do(c.LoadParcel(manifest, parcel))
    bench.do(c.CloseManifest(manifest, "李师傅"))
    return manifest


def scanned(job: bytes) -> set[str]:
    """What an independent reader finds on the paper."""
    return {code.text for image in from_escpos(job) for code in zxingcpp.read_barcodes(image.convert("L"))}


def test_printed_once_and_the_paper_says_the_waybill(bench: Bench, printer: FakePrinter) -> None:
    with spooling(bench, printer.uri) as spool:
        parcel = bench.parcel()
        until(lambda: bench.states() == ["printed"])
        until(lambda: plainly(spool) == SpoolState(DeviceState.READY, NOTHING, 0))
        bench.do(c.VerifyLabel(parcel))
        assert bench.states() == ["verified"]
    assert len(printer.jobs) == 1
    assert scanned(printer.jobs[0]) == {bench.waybill(parcel)}
    assert (bench.row(parcel).prints, bench.row(parcel).printed) == (1, 1)
    proof = bench.store.rows.connection.execute("SELECT person, body FROM journal WHERE kind = 'LabelPrinted'")
    assert proof.fetchall() == [(P, '{"parcel":"A-1/1","proof":true}')]
    assert verify(bench.store.rows).problems == ()


def test_printer_that_says_nothing_is_believed_but_gives_no_proof(bench: Bench) -> None:
    with FakePrinter(answers=False) as silent, spooling(bench, silent.uri):
        bench.parcel()
        until(lambda: bench.states() == ["sent"])
        until(lambda: len(silent.jobs) == 1)
    body = bench.store.rows.connection.execute("SELECT body FROM journal WHERE kind = 'LabelPrinted'").fetchone()[0]
    assert '"proof":false' in body


def test_paper_out_waits_is_told_and_prints_afterwards(bench: Bench, printer: FakePrinter) -> None:
    printer.paper_out()
    shown: list[SpoolState] = []
    with spooling(bench, printer.uri, lambda: shown.append(spool.state())) as spool:
        until(lambda: spool.state().device == DeviceState.TROUBLE)
        assert spool.state().says == printer_reason("paper_out")
        time.sleep(PATIENCE)
        assert not bench.is_open("printer", "T1")  # nobody waits for a label
        first, second = bench.parcel(), bench.parcel()
        until(lambda: bench.is_open("printer", "T1"))
        assert spool.state().waiting == 2
        assert bench.states() == ["queued", "queued"]
        found = bench.review("printer", "T1")
        assert found is not None
        assert found.detail == "paper_out"
        printer.ok()
        until(lambda: bench.states() == ["printed", "printed"])
        until(lambda: spool.state().device == DeviceState.READY)
    assert not bench.is_open("printer", "T1")
    assert (bench.facts("ReviewRaised"), bench.facts("ReviewClosed")) == (1, 1)
    assert [scanned(job) for job in printer.jobs] == [{bench.waybill(first)}, {bench.waybill(second)}]
    assert {state.device for state in shown} >= {DeviceState.TROUBLE, DeviceState.READY}


def test_printer_off_and_on_again_before_anybody_had_to_know(bench: Bench, printer: FakePrinter) -> None:
    printer.off()
    spool = Spool(bench.store, the(printer.uri))  # with the patience of the floor
    spool.start()
    parcel = bench.parcel()
    until(lambda: spool.state().device == DeviceState.LOST)
    assert spool.state().says == printer_reason("refused")
    time.sleep(0.6)  # several looks
    printer.ok()
    until(lambda: bench.states() == ["printed"])
    spool.stop()
    assert [scanned(job) for job in printer.jobs] == [{bench.waybill(parcel)}]
    assert bench.facts("ReviewRaised") == 0


def test_printer_that_seems_well_and_takes_nothing_is_told_of(bench: Bench, printer: FakePrinter) -> None:
    printer.off()
    with spooling(bench, f"{printer.uri}?status=0"):  # never asked, so it never says that it is away
        parcel = bench.parcel()
        until(lambda: bench.is_open("printer", "T1"))
        printer.ok()
        until(lambda: bench.states() == ["sent"])
        until(lambda: len(printer.jobs) == 1)
        until(lambda: not bench.is_open("printer", "T1"))
    assert bench.facts("ReviewRaised") == 1
    assert scanned(printer.jobs[0]) == {bench.waybill(parcel)}


def test_printer_that_answered_before_and_falls_silent_is_sent_nothing(bench: Bench, printer: FakePrinter) -> None:
    with spooling(bench, printer.uri) as spool:
        bench.parcel()
        until(lambda: bench.states() == ["printed"])
        printer.stop_reading()
        bench.parcel()
        until(lambda: spool.state().says == printer_reason("timeout"))
        assert bench.states() == ["printed", "queued"]
        printer.ok()
        until(lambda: bench.states() == ["printed", "printed"])
        assert len(printer.jobs) == 2


def test_trouble_is_told_before_a_label_waits(
    bench: Bench, printer: FakePrinter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wms.printing.health.LOOK_AT_REST", 0.2)
    with spooling(bench, printer.uri) as spool:
        until(lambda: spool.state().device == DeviceState.READY)
        printer.open_cover()
        until(lambda: spool.state().says == printer_reason("cover_open"))
        assert not bench.is_open("printer", "T1")
        printer.ok()
        until(lambda: spool.state().device == DeviceState.READY)
        assert printer.jobs == []


def test_a_printer_at_rest_that_others_print_on_is_no_trouble(
    bench: Bench, printer: FakePrinter, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = PrinterQueue(bench.store, the(printer.uri)[0], Routes(the(printer.uri)), "en", PATIENCE)
    queue.turn()
    monkeypatch.setattr("wms.printing.health.LOOK_AT_REST", 0.0)
    printer.off()
    queue.turn()
    assert queue.state().device == DeviceState.READY
    printer.ok()
    printer.paper_out()
    queue.turn()
    assert queue.state().says == printer_reason("paper_out")


def test_supervisor_who_has_closed_the_review_is_not_told_again(bench: Bench, printer: FakePrinter) -> None:
    printer.open_cover()
    with spooling(bench, printer.uri):
        bench.parcel()
        until(lambda: bench.is_open("printer", "T1"))
        bench.do(c.CloseReview("printer/T1", "done"))
        time.sleep(PATIENCE + 0.5)
        assert bench.facts("ReviewRaised") == 1


def test_label_broken_off_is_looked_at_and_never_sent_again(bench: Bench, printer: FakePrinter) -> None:
    printer.paper_out(after_bytes=2000)
    with spooling(bench, printer.uri) as spool:
        parcel = bench.parcel()
        until(lambda: bench.states() == ["failed"])
        assert spool.state().broken == (parcel,)
        assert bench.is_open("label", parcel)
        printer.ok()  # a printer with a buffer prints on
        until(lambda: spool.state().device == DeviceState.READY)
        bench.do(c.VerifyLabel(parcel))  # and the operator holds the whole label
        until(lambda: not bench.is_open("label", parcel))
        assert bench.states() == ["verified"]
    assert len(printer.jobs) == 1
    assert bench.row(parcel).printed == 0


def test_reprint_takes_the_place_of_what_has_not_come_out(bench: Bench, printer: FakePrinter) -> None:
    printer.off()
    with spooling(bench, printer.uri):
        parcel = bench.parcel()
        bench.do(c.ReprintLabel(parcel, "nothing came out"))
        printer.ok()
        until(lambda: bench.states() == ["cancelled", "printed"])
        bench.do(c.ReprintLabel(parcel, "torn"))
        until(lambda: bench.states() == ["cancelled", "cancelled", "printed"])
    assert [scanned(job) for job in printer.jobs] == [{bench.waybill(parcel)}] * 2


def test_supervisor_settles_a_label_without_the_printer(bench: Bench, printer: FakePrinter) -> None:
    printer.paper_out(after_bytes=2000)
    with spooling(bench, printer.uri) as spool:
        parcel = bench.parcel()
        until(lambda: bench.is_open("label", parcel))
        bench.do(c.CloseReview(f"label/{parcel}", "done"))
        until(lambda: spool.state().broken == ())
    assert bench.states() == ["cancelled"]


def test_cancelled_order_is_not_printed(bench: Bench, printer: FakePrinter) -> None:
    printer.off()
    with spooling(bench, printer.uri) as spool:
        bench.parcel()
        kept = bench.parcel()
        bench.store.record([e.OrderCancelled(OrderId("A-1"))], P)
        until(lambda: bench.states() == ["cancelled", "queued"])
        assert spool.state().waiting == 1
        printer.ok()
        until(lambda: bench.states() == ["cancelled", "printed"])
    assert [scanned(job) for job in printer.jobs] == [{bench.waybill(kept)}]
    reason = bench.store.rows.connection.execute("SELECT reason FROM print_job WHERE state = 'cancelled'").fetchone()
    assert reason == ("cancelled",)


def test_cancellation_that_comes_while_the_label_is_being_made_still_counts(
    bench: Bench, printer: FakePrinter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cancelled_meanwhile(*_: object) -> bytes:
        bench.store.record([e.OrderCancelled(OrderId("A-1"))], P)
        return b"\x1b@label"

    monkeypatch.setattr(rendering, "rendered", cancelled_meanwhile)
    with spooling(bench, printer.uri):
        bench.parcel()
        until(lambda: bench.states() == ["cancelled"])
    assert printer.jobs == []


def test_what_the_printer_did_is_written_down_before_anything_else_is_sent(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The store can't be written just when the label is out: one label, one fact, once it takes writes again."""
    bench.store.writer.do(lambda connection: connection.execute("PRAGMA busy_timeout = 10"))
    monkeypatch.setattr("wms.printing.queue.LONGEST_PAUSE", 0.05)
    other = connect(bench.store.path).conn

    def lock(_: bytes) -> None:
        if not other.total_changes:
            other.execute("BEGIN IMMEDIATE")
            other.execute("UPDATE meta SET value = value")

    with FakePrinter(lock) as printer, spooling(bench, printer.uri):
        bench.parcel()
        until(lambda: "can't be recorded yet" in caplog.text)
        assert bench.states() == ["sending"]
        other.execute("COMMIT")
        until(lambda: bench.states() == ["printed"])
        bench.parcel()
        until(lambda: bench.states() == ["printed", "printed"])
    other.close()
    assert len(printer.jobs) == bench.facts("LabelPrinted") == 2


def test_label_that_cannot_be_made_names_its_field_and_lets_the_next_one_pass(
    bench: Bench, printer: FakePrinter
) -> None:
    with spooling(bench, printer.uri) as spool:
        bench.store.record([carrier(prefix="X" * 60)], P)  # wider than the paper
        bad = bench.parcel()
        bench.store.record([carrier()], P)
        good = bench.parcel()
        until(lambda: bench.states() == ["failed", "printed"])
        found = bench.review("label", bad)
        assert found is not None
        assert found.detail.startswith("layout,waybill,")
        assert spool.state().broken == (bad,)
    assert [scanned(job) for job in printer.jobs] == [{bench.waybill(good)}]


def test_erased_recipient_prints_no_label(bench: Bench, printer: FakePrinter) -> None:
    printer.off()
    with spooling(bench, printer.uri):
        parcel = bench.parcel()
        erase(bench.store, [OrderId("A-1")], P, "asked")
        printer.ok()
        until(lambda: bench.states() == ["failed"])
        found = bench.review("label", parcel)
        assert found is not None
        assert found.detail == "layout,recipient,erased"
    assert printer.jobs == []


def test_order_without_recipient_gets_the_warehouse_s_own_label(bench: Bench, printer: FakePrinter) -> None:
    with spooling(bench, printer.uri):
        parcel = bench.parcel(None)
        until(lambda: bench.states() == ["printed"])
    assert scanned(printer.jobs[0]) == {bench.waybill(parcel)}


def test_without_a_printer_jobs_wait_and_say_so(bench: Bench, printer: FakePrinter) -> None:
    with spooling(bench, None) as spool:
        assert plainly(spool) == SpoolState(DeviceState.NONE, NOTHING, 0)
        bench.parcel()
        assert plainly(spool) == SpoolState(DeviceState.NONE, printer_reason("not_configured"), 1)
        until(lambda: bench.is_open("printer", "T1"))
    with spooling(bench, printer.uri):  # the next start has one
        until(lambda: bench.states()[0] == "printed")
    assert not bench.is_open("printer", "T1")


def test_manifest_slip_is_printed_and_once_more_on_request(bench: Bench, printer: FakePrinter) -> None:
    with spooling(bench, printer.uri) as spool:
        parcel = bench.parcel()
        until(lambda: bench.states() == ["printed"])
        manifest = close_a_manifest(bench, parcel)
        until(lambda: bench.states() == ["verified", "printed"])
        spool.print_manifest(manifest, P)
        until(lambda: len(printer.jobs) == 3)
        until(lambda: bench.states() == ["verified", "cancelled", "printed"])
    assert [scanned(job) for job in printer.jobs[1:]] == [{manifest}] * 2
    assert bench.facts("LabelPrinted") == 1


CRASH = """
import sys, time
from pathlib import Path
sys.path.insert(0, {root!r})
from tests.unit.test_printing_spool import Bench, Spool, the
bench = Bench(Path({folder!r}))
bench.set_up()
spool = Spool(bench.store, the({uri!r}))
spool.start()
bench.parcel()
time.sleep(60)
"""


def test_crash_in_mid_print_is_looked_at_and_only_a_reprint_sends_again(tmp_path: Path, printer: FakePrinter) -> None:
    printer.paper_out(after_bytes=2000)
    folder = tmp_path / "data"
    program = CRASH.format(root=str(ROOT), folder=str(folder), uri=printer.uri)
    with subprocess.Popen([sys.executable, "-c", program], cwd=ROOT) as child:
        watching = Bench(folder)
        until(lambda: watching.states() == ["sending"], 20)
        child.send_signal(signal.SIGKILL)
    watching.store.close()
    printer.off()  # what the printer had swallowed is gone
    until(lambda: open_printer(printer.uri).status().reason == "refused")
    printer.ok()

    bench = Bench(folder)
    with spooling(bench, printer.uri) as spool:
        until(lambda: bench.states() == ["failed"])
        parcel = ParcelId("A-1/1")
        assert spool.state().broken == (parcel,)
        until(lambda: bench.is_open("label", parcel))
        until(lambda: spool.state().device == DeviceState.READY)
        assert printer.jobs == []  # nothing goes out by itself
        bench.do(c.ReprintLabel(parcel, "nothing came out"))
        until(lambda: bench.states() == ["cancelled", "printed"])
        until(lambda: not bench.is_open("label", parcel))
    assert [scanned(job) for job in printer.jobs] == [{bench.waybill(parcel)}]
    bench.store.close()


def test_kill_at_the_instant_the_label_is_out_doubles_and_loses_nothing(tmp_path: Path) -> None:
    """The program dies with the last dot of its second label: whether that came out is asked, the others go on."""
    folder, child, out = tmp_path / "data", [], []

    def killed(job: bytes) -> None:
        out.append(job)
        if len(out) == 2:
            child[0].send_signal(signal.SIGKILL)

    with FakePrinter(killed) as printer:
        program = CRASH.format(root=str(ROOT), folder=str(folder), uri=printer.uri)
        program = program.replace("spool.start()\nbench.parcel()", "[bench.parcel() for _ in range(4)]\nspool.start()")
        with subprocess.Popen([sys.executable, "-c", program], cwd=ROOT) as process:
            child.append(process)
        bench = Bench(folder)
        assert bench.states() == ["printed", "sending", "queued", "queued"]
        with spooling(bench, printer.uri):
            until(lambda: bench.states() == ["printed", "failed", "printed", "printed"])
            assert bench.is_open("label", "A-2/1")
            bench.do(c.VerifyLabel(ParcelId("A-2/1")))
            until(lambda: not bench.is_open("label", "A-2/1"))
        waybills = [{bench.waybill(ParcelId(f"A-{n}/1"))} for n in (1, 2, 3, 4)]
        assert [scanned(job) for job in out] == waybills
    assert verify(bench.store.rows).problems == ()
    bench.store.close()


def test_label_is_asked_for_in_the_transaction_of_its_waybill(bench: Bench) -> None:
    """If the job can't be written down, the waybill is not used either."""
    spool = Spool(bench.store)
    bench.store.writer.do(lambda connection: connection.execute("ALTER TABLE print_job RENAME TO elsewhere"))
    with pytest.raises(Exception, match="print_job"):
        bench.parcel()
    bench.store.writer.do(lambda connection: connection.execute("ALTER TABLE elsewhere RENAME TO print_job"))
    assert bench.facts("LabelRequested") == bench.facts("WaybillAssigned") == 0
    assert spool.state().waiting == 0


def test_nothing_personal_is_written_down_while_printing(bench: Bench, printer: FakePrinter) -> None:
    with spooling(bench, printer.uri):
        bench.parcel()
        until(lambda: bench.states() == ["printed"])
    held = b"".join(path.read_bytes() for path in bench.store.folder.iterdir())
    assert b"LabelRequested" in held
    for secret in (ZHANG.name, ZHANG.phone, *ZHANG.address_lines):
        assert secret.encode() not in held
        assert secret.encode("utf-16-le") not in held
