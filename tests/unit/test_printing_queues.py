"""Several printers, what is kept of what they printed, and what a restored copy or a second program may not do."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from drivers.fakes import FakePrinter
from labels import from_escpos
from labels.profiles import DEFAULT_PROFILE
from tests.unit.test_printing_spool import (
    PATIENCE,
    ROOT,
    ZHANG,
    Bench,
    P,
    close_a_manifest,
    scanned,
    the,
    until,
)
from wms.config import PrinterConfig
from wms.domain import commands as c
from wms.domain import events as e
from wms.domain.events import Fact, Key
from wms.domain.ids import DeviceId, OrderId
from wms.domain.review import Review
from wms.printing import jobs, kept, making
from wms.printing.routes import Routes
from wms.printing.spool import Spool
from wms.store import journal
from wms.store.database import connect, open_connection
from wms.store.erasure import erase
from wms.store.migrations import MIGRATIONS
from wms.workflows.printer_words import printer_reason
from wms.workflows.prompt import msg
from wms.workflows.view import DeviceState


@pytest.fixture
def bench(tmp_path: Path):
    made = Bench(tmp_path / "data")
    made.set_up()
    yield made
    made.store.close()


@contextmanager
def spooling(bench: Bench, *printers: PrinterConfig, **more: object):
    spool = Spool(bench.store, printers, patience=PATIENCE, **more)
    spool.start()
    try:
        yield spool
    finally:
        spool.stop()


@pytest.fixture
def label_printer():
    with FakePrinter() as fake:
        yield fake


@pytest.fixture
def office_printer():
    with FakePrinter() as fake:
        yield fake


def two(label_printer: FakePrinter, office_printer: FakePrinter) -> tuple[PrinterConfig, PrinterConfig]:
    office = PrinterConfig("office", office_printer.uri, "", "documents")
    return PrinterConfig("bench", label_printer.uri), office


TWO = (PrinterConfig("bench", "socket://127.0.0.1:9"), PrinterConfig("spare", "socket://127.0.0.1:9"))
"""Nobody answers there: what becomes of their labels is what a test says."""


def job(bench: Bench, n: int) -> jobs.Job:
    found = jobs.named(bench.store.rows.connection, n)
    assert found is not None
    return found


# Queues


def test_labels_and_documents_have_their_printers_and_one_in_trouble_holds_up_nothing_else(
    bench, label_printer, office_printer
):
    office_printer.paper_out()
    with spooling(bench, *two(label_printer, office_printer)) as spool:
        first = bench.parcel()
        until(lambda: bench.states() == ["printed"])
        manifest = close_a_manifest(bench, first)
        until(lambda: bench.is_open("printer", "T1,office"))
        second = bench.parcel()
        until(lambda: bench.states() == ["verified", "queued", "printed"])
        state = spool.state()
        assert (state.device, state.waiting) == (DeviceState.TROUBLE, 1)
        assert state.says == msg("{printer}: {says}", printer="office", says=printer_reason("paper_out"))
        assert [(queue.name, queue.waiting) for queue in state.queues] == [("bench", 0), ("office", 1)]
        assert state.oldest == job(bench, 2).created
        office_printer.ok()
        until(lambda: bench.states() == ["verified", "printed", "printed"])
        until(lambda: not bench.is_open("printer", "T1,office"))
    assert [scanned(data) for data in label_printer.jobs] == [{bench.waybill(first)}, {bench.waybill(second)}]
    assert [scanned(data) for data in office_printer.jobs] == [{manifest}]
    assert [job(bench, n).printer for n in (1, 2, 3)] == ["bench", "office", "bench"]


def test_waiting_labels_go_to_another_printer_and_come_out_there_once(bench, label_printer):
    label_printer.open_cover()
    with FakePrinter() as spare, spooling(bench, *the(label_printer.uri), PrinterConfig("spare", spare.uri)):
        parcels = [bench.parcel(), bench.parcel()]
        until(lambda: bench.is_open("printer", "T1"))
        waiting = jobs.in_state(bench.store.rows.connection, "queued")
        at = bench.store.clock()
        assert bench.store.writer.do(lambda connection: jobs.reroute(connection, waiting, "spare", at)) == 2
        until(lambda: bench.states() == ["printed", "printed"])
        label_printer.ok()
        until(lambda: not bench.is_open("printer", "T1"))
        assert [scanned(data) for data in spare.jobs] == [{bench.waybill(parcel)} for parcel in parcels]
    assert label_printer.jobs == []


def test_a_printer_that_is_set_up_no_more_leaves_its_jobs_to_the_usual_one(bench, label_printer):
    with spooling(bench, PrinterConfig("gone", "socket://127.0.0.1:9")):
        bench.parcel()
    bench.store.writer.do(lambda connection: connection.execute("UPDATE print_job SET printer = 'gone'"))
    with spooling(bench, *the(label_printer.uri)):
        until(lambda: bench.states() == ["printed"])


def test_where_only_documents_have_a_printer_labels_wait_and_say_so(bench, office_printer):
    with spooling(bench, PrinterConfig("office", office_printer.uri, "", "documents")) as spool:
        bench.parcel()
        until(lambda: bench.is_open("printer", "T1"))
        assert spool.state().says == printer_reason("not_configured")
    assert office_printer.jobs == []


def test_a_model_nobody_knows_is_told_and_the_label_waits_for_a_better_setting(bench, label_printer):
    with spooling(bench, PrinterConfig("bench", label_printer.uri, "no-such-model")):
        bench.parcel()
        until(lambda: bench.is_open("printer", "T1"))
        assert bench.review("printer", "T1").detail == "unknown_profile"
    with spooling(bench, *the(label_printer.uri)):
        until(lambda: bench.states() == ["printed"])


def test_routes_prefer_the_printer_of_the_role_and_the_first_of_it():
    one, two, office = PrinterConfig("a", "x"), PrinterConfig("b", "y"), PrinterConfig("o", "z", "", "documents")
    assert Routes((one, two)).usual("label") == Routes((one, two)).usual("manifest") == "a"
    assert Routes((office, two, one)).usual("label") == "b"
    assert [printer.name for printer in Routes((office, two, one)).queues()] == ["b", "o", "a"]
    assert [printer.uri for printer in Routes(()).queues()] == [""]


# The same label again


def test_a_reprint_is_the_same_label_under_a_mark(bench, label_printer, monkeypatch):
    with spooling(bench, *the(label_printer.uri)):
        parcel = bench.parcel()
        until(lambda: bench.states() == ["printed"])
        monkeypatch.setattr("wms.printing.rendering.rendered", None)  # nothing is laid out anew
        bench.do(c.ReprintLabel(parcel, "torn"))
        until(lambda: bench.states() == ["cancelled", "printed"])
    first, second = label_printer.jobs
    assert second.endswith(first)
    assert second != first
    assert scanned(second) == {bench.waybill(parcel)}
    taller = from_escpos(second)[0].height - from_escpos(first)[0].height
    assert taller > DEFAULT_PROFILE.to_dots(4)
    assert (job(bench, 2).reason, job(bench, 1).note) == ("torn", "reprinted")


def test_a_label_that_never_went_out_is_no_reprint(bench, label_printer):
    label_printer.off()
    with spooling(bench, *the(label_printer.uri)) as spool:
        parcel = bench.parcel()
        until(lambda: spool.state().device == DeviceState.LOST)
        bench.do(c.ReprintLabel(parcel, "nothing came out"))
        label_printer.ok()
        until(lambda: bench.states() == ["cancelled", "printed"])
    assert not job(bench, 2).reprint


def test_another_model_gets_its_own_bytes_for_a_reprint(bench, label_printer):
    with spooling(bench, *the(label_printer.uri)):
        parcel = bench.parcel()
        until(lambda: bench.states() == ["printed"])
    with FakePrinter() as narrow, spooling(bench, PrinterConfig("narrow", narrow.uri, "raster-58")):
        bench.do(c.ReprintLabel(parcel, "torn"))
        until(lambda: bench.states() == ["cancelled", "printed"])
        assert scanned(narrow.jobs[0]) == {bench.waybill(parcel)}
        assert label_printer.jobs[0] not in narrow.jobs[0]


def test_what_is_kept_names_nobody_without_the_order_s_key_and_goes_with_it(bench, label_printer):
    with spooling(bench, *the(label_printer.uri)) as spool:
        parcel = bench.parcel()
        until(lambda: bench.states() == ["printed"])
        row = bench.store.rows.connection.execute("SELECT key, data FROM print_kept").fetchone()
        assert row[0].startswith("A-1:")
        assert len(row[1]) < len(label_printer.jobs[0])
        assert kept.printed_before(bench.store.rows, job(bench, 1), DEFAULT_PROFILE.name) == label_printer.jobs[0]
        erase(bench.store, [OrderId("A-1")], P, "asked")
        bench.do(c.ReprintLabel(parcel, "torn"))
        until(lambda: bench.states() == ["cancelled", "failed"])
        assert bench.review("label", parcel).detail == "layout,recipient,erased"
        spool._tidied = 0
        spool.chores()
        assert bench.store.rows.connection.execute("SELECT count(*) FROM print_kept").fetchone() == (0,)
    assert len(label_printer.jobs) == 1


def test_what_was_kept_for_another_label_does_not_open(bench, label_printer):
    with spooling(bench, *the(label_printer.uri)):
        parcel = bench.parcel()
        until(lambda: bench.states() == ["printed"])
        bench.store.writer.do(lambda connection: connection.execute("UPDATE print_kept SET data = zeroblob(99)"))
        bench.do(c.ReprintLabel(parcel, "torn"))
        until(lambda: bench.states() == ["cancelled", "failed"])
        assert bench.review("label", parcel).detail == "layout,recipient,damaged"


def test_what_is_older_than_the_retention_time_goes(bench, label_printer):
    with spooling(bench, *the(label_printer.uri), kept_days=2) as spool:
        parcel = bench.parcel()
        until(lambda: bench.states() == ["printed"])
        bench.do(c.VerifyLabel(parcel))
        now = bench.store.clock()

        def left(table: str) -> int:
            return bench.store.rows.connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]

        def later(days: int) -> None:
            bench.store.clock = lambda: now + days * kept.DAY_MS
            spool.chores()

        later(1)
        assert (left("print_kept"), left("print_job")) == (1, 1)
        later(3)
        until(lambda: left("print_kept") == 0)
        assert left("print_job") == 1
        later(32)
        until(lambda: left("print_job") == 0)


def test_nothing_is_kept_where_nothing_shall_be(bench, label_printer):
    with spooling(bench, *the(label_printer.uri), kept_days=0):
        bench.parcel(ZHANG)
        until(lambda: bench.states() == ["printed"])
    assert bench.store.rows.connection.execute("SELECT count(*) FROM print_kept").fetchone() == (0,)


# A spoiled number


def test_a_spoiled_label_gives_way_to_one_with_the_next_number(bench, label_printer):
    with spooling(bench, *the(label_printer.uri)):
        parcel = bench.parcel()
        until(lambda: bench.states() == ["printed"])
        old = bench.waybill(parcel)
        bench.do(c.VoidLabel(parcel, "wrong box"))
        until(lambda: bench.states() == ["cancelled", "printed"])
    assert [scanned(data) for data in label_printer.jobs] == [{old}, {bench.waybill(parcel)}]
    assert old != bench.waybill(parcel)
    assert not job(bench, 2).reprint


# Copies and second programs


def test_a_restored_copy_does_not_send_what_may_be_out_already(tmp_path, label_printer):
    folder, copy = tmp_path / "data", tmp_path / "copy.sqlite3"
    bench = Bench(folder)
    bench.set_up()
    with spooling(bench):
        parcel = bench.parcel()
        with closing(connect(copy).conn) as target:
            bench.store.rows.connection.backup(target)
        bench.parcel()
    bench.store.close()
    for path in folder.glob("wms.sqlite3*"):
        path.unlink()
    copy.rename(folder / "wms.sqlite3")

    bench = Bench(folder)
    assert bench.store.restored
    with spooling(bench, *the(label_printer.uri)):
        until(lambda: bench.states() == ["failed"])
        assert bench.review("label", parcel).detail == "restored"
    assert label_printer.jobs == []
    bench.store.close()


SECOND = """
import sys
from pathlib import Path
sys.path.insert(0, {root!r})
from tests.unit.test_printing_spool import Spool, Store, the
store = Store(Path({folder!r}))
spool = Spool(store, the({uri!r}))
spool.start()
print("runs", flush=True)
sys.stdin.read()
"""


def test_a_second_program_on_the_same_data_keeps_its_hands_off_until_the_first_is_gone(bench, label_printer):
    program = SECOND.format(root=str(ROOT), folder=str(bench.store.folder), uri=label_printer.uri)
    label_printer.paper_out(after_bytes=2000)
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout.readline() == b"runs\n"
        time.sleep(0.3)
        with spooling(bench, *the(label_printer.uri)) as spool:
            until(lambda: spool.state().says == printer_reason("another_program"))
            bench.parcel()  # the other program notices it and prints, and ours does not take that for a crash
            until(lambda: bench.states() == ["sending"])
            until(lambda: bench.states() == ["failed"])
            bench.do(c.CloseReview("label/A-1/1", "done"))
            label_printer.ok()
            other.kill()
            other.wait()
            bench.parcel()
            until(lambda: bench.states()[1] == "printed")
            until(lambda: spool.state().device == DeviceState.READY)


def test_jobs_of_an_older_version_are_read(tmp_path, label_printer):
    """Its words for a state were others, and its queue had no printers."""
    folder = tmp_path / "data"
    bench = Bench(folder)
    bench.set_up()
    with spooling(bench):
        bench.parcel()
        bench.parcel()
    bench.store.close()
    connection = open_connection(folder / "wms.sqlite3")
    for statement in (
        "DROP TABLE print_kept",
        "DROP INDEX print_job_subject",
        "ALTER TABLE print_job DROP COLUMN printer",
        "ALTER TABLE print_job DROP COLUMN epoch",
        "UPDATE print_job SET state = 'dropped' WHERE id = 1",
        "DELETE FROM _sqlite_migrations WHERE name = 'queues_of_printers'",
        "PRAGMA user_version = 2",
    ):
        connection.execute(statement)
    connection.close()
    bench = Bench(folder)
    with spooling(bench, *the(label_printer.uri)):
        until(lambda: bench.states() == ["cancelled", "printed"])
    bench.store.close()
    assert "queues_of_printers" in [one.name for one in MIGRATIONS._migrations]


def test_nothing_is_drawn_for_nobody_but_what_the_first_label_needs(bench):
    assert making.made(bench.store.rows, None, DEFAULT_PROFILE, "zh_CN", keeps=True) is None


def test_every_open_label_review_has_its_failed_job(bench, label_printer):
    label_printer.paper_out(after_bytes=2000)
    with spooling(bench, *the(label_printer.uri)):
        parcel = bench.parcel()
        until(lambda: bench.states() == ["failed"])
        assert [r.subject for r in bench.store.rows.where(Review, open=True) if r.kind == "label"] == [parcel]


# Reviews of labels


def its_job(bench, subject):
    return next(job for job in reversed(jobs.every(bench.store.rows.connection)) if job.subject == subject)


def cut_short(bench, queue, subject):
    """Its newest job goes out on that printer, whose thread then finds the cable pulled."""
    job, at = its_job(bench, subject), bench.store.clock()
    assert bench.store.writer.do(lambda connection: jobs.take(connection, job, queue.printer.name, at))
    queue._look(job, "broken")


def test_a_label_that_breaks_while_the_chores_are_done_is_still_looked_at(bench, monkeypatch):
    """They are done on the first queue; the label breaks on the second, as they have read which ones are broken."""
    spool = Spool(bench.store, TWO)
    parcel = bench.parcel()
    read = jobs.in_state

    def then_breaks(connection, *states):
        found = read(connection, *states)
        if states == ("failed",):
            monkeypatch.undo()
            cut_short(bench, spool.queues[1], parcel)
        return found

    monkeypatch.setattr(jobs, "in_state", then_breaks)
    spool.chores()
    spool.chores()
    assert bench.states() == ["failed"]
    assert bench.is_open("label", parcel)
    bench.do(c.CloseReview(f"label/{parcel}", "done"))
    spool.chores()
    assert bench.states() == ["cancelled"]


def test_a_slip_that_breaks_again_as_its_review_is_being_closed_is_still_looked_at(bench, monkeypatch):
    spool = Spool(bench.store, TWO)
    manifest = close_a_manifest(bench, bench.parcel())
    cut_short(bench, spool.queues[1], manifest)
    spool.print_manifest(manifest, P)
    execute = bench.store.execute

    def breaks_before(command, *how, **beside):
        monkeypatch.undo()
        cut_short(bench, spool.queues[1], manifest)
        return execute(command, *how, **beside)

    monkeypatch.setattr(bench.store, "execute", breaks_before)
    spool.chores()
    assert its_job(bench, manifest).state == "failed"
    assert bench.is_open("label", manifest)
    spool.print_manifest(manifest, P)
    spool.chores()
    assert bench.review("label", manifest).decision == "settled at the printer"


def test_what_is_to_be_looked_at_again_meanwhile_has_not_been_looked_at(bench, monkeypatch):
    spool = Spool(bench.store, TWO)
    parcel = bench.parcel()
    cut_short(bench, spool.queues[1], parcel)
    bench.do(c.CloseReview(f"label/{parcel}", "done"))
    write = bench.store.writer.do

    def raised_before(work, **how):
        monkeypatch.undo()
        bench.do(c.RaiseReview("label", parcel, "broken"))
        return write(work, **how)

    monkeypatch.setattr(bench.store.writer, "do", raised_before)
    spool.chores()
    assert bench.states() == ["failed"]


def printed(bench, subject):
    its, at = its_job(bench, subject), bench.store.clock()
    bench.store.writer.do(lambda connection: jobs.put(connection, its, "printed", "", at))


def test_a_label_that_broke_at_another_terminal_is_settled_there(bench):
    spool = Spool(bench.store, TWO)
    parcel = bench.parcel()
    printed(bench, parcel)
    raised = Fact(Key(DeviceId("T2"), 1, 1), bench.store.clock(), P, e.ReviewRaised("label", parcel, "broken"))
    bench.store.ingest([journal.line_of(raised)])
    spool.chores()
    assert bench.is_open("label", parcel)


def test_a_restored_copy_does_not_settle_what_broke_after_it_was_made(tmp_path):
    folder, copy = tmp_path / "data", tmp_path / "copy.sqlite3"
    bench = Bench(folder)
    bench.set_up()
    now = bench.store.clock()
    bench.store.clock = lambda: now
    spool = Spool(bench.store, TWO)
    parcel = bench.parcel()
    printed(bench, parcel)
    bench.do(c.VerifyLabel(parcel))
    assert bench.states() == ["verified"]
    known = bench.store.head()
    with closing(connect(copy).conn) as target:
        bench.store.rows.connection.backup(target)
    now += 60_000
    bench.do(c.ReprintLabel(parcel, "torn"))
    cut_short(bench, spool.queues[1], parcel)
    lost = bench.store.lines_since(known, 100)
    bench.store.close()
    for path in folder.glob("wms.sqlite3*"):
        path.unlink()
    copy.rename(folder / "wms.sqlite3")

    bench = Bench(folder)
    bench.store.ingest(lost)  # what it once said comes back from the hub
    assert bench.review("label", parcel).device == bench.store.device
    Spool(bench.store, TWO).chores()
    assert bench.is_open("label", parcel)
    bench.store.close()


def test_a_label_that_is_scanned_as_it_is_found_broken_is_not_looked_at(bench, monkeypatch):
    spool = Spool(bench.store, TWO)
    parcel = bench.parcel()
    execute = bench.store.execute

    def scanned_before(command, *how, **beside):
        monkeypatch.undo()
        bench.do(c.VerifyLabel(parcel))
        return execute(command, *how, **beside)

    monkeypatch.setattr(bench.store, "execute", scanned_before)
    cut_short(bench, spool.queues[1], parcel)
    assert bench.states() == ["verified"]
    assert bench.review("label", parcel) is None
