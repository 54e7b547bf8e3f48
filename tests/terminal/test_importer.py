"""Imports beside the work: what a supervisor sees before anything is recorded, and what is left when it ends early."""

from __future__ import annotations

import json
import os
import threading
import time
import tracemalloc
from contextlib import contextmanager

import pytest
from rich.cells import cell_len

from tests.unit.floor import TEA, a_warehouse
from wms import bootstrap
from wms.config import Config
from wms.domain import events as e
from wms.domain.catalogue import Person
from wms.domain.orders import Order, OrderStatus
from wms.intake.inbox import Inbox
from wms.store import Store
from wms.terminal import importer as importer_module
from wms.terminal.deciding import Decider
from wms.terminal.import_folders import Folders
from wms.terminal.importer import Importer
from wms.terminal.messages import speech
from wms.terminal.rows import Pen
from wms.terminal.screens.work import work_picture
from wms.workflows.import_state import DropImport, Phase, ReadFiles, RecordOrders
from wms.workflows.inputs import Chose, Pressed, Scanned

HEAD = "order,channel,placed_at,sku,quantity,name,phone,address,city\n"
BOSS = "9001"
SIZES = ((20, 16), (40, 20), (80, 24))
ENGLISH = speech("en").say


def row(order: str, sku: str = TEA, quantity: object = 1) -> str:
    return f"{order},web,2026-11-11 16:27,{sku},{quantity},王小明,13800138000,人民路1号,上海\n"


EXPORT = HEAD + row("A-1") + row("A-2") + row("A-3", "GHOST") + row("A-4", quantity="two")


def until(true, seconds=20.0):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.01)


class Hall:
    """A store with goods, an inbox, and an importer over both."""

    def __init__(self, folder) -> None:
        self.data, self.inbox = folder / "data", folder / "data" / "inbox"
        self.store = Store(self.data, "T1")
        facts = [fact.body for fact in a_warehouse(percent=0).facts if not isinstance(fact.body, e.WaybillsLeased)]
        self.store.record([*facts, e.PersonDefined(Person(BOSS, "Chen", "supervisor", "en"))], "")
        self.inbox.mkdir()
        self.importer = self.start()

    def start(self, **how) -> Importer:
        return Importer(self.store, Decider(self.store, None), Folders(self.inbox), lambda: "en", **how)

    def drop(self, text: str = EXPORT, name: str = "orders.csv"):
        path = self.inbox / name
        path.write_text(text, encoding="utf-8")
        return path

    def read(self, *paths, importer=None):
        importer = importer or self.importer
        importer.order(ReadFiles(tuple(map(str, paths))), BOSS)
        until(lambda: importer.glance().phase is not Phase.READING)
        return importer.glance()

    def record(self):
        self.importer.order(RecordOrders(), BOSS)
        until(lambda: self.importer.glance().phase is not Phase.RECORDING)
        return self.importer.glance()

    def orders(self) -> dict[str, str]:
        return {order.reference: str(order.status) for order in self.store.rows.all(Order)}


@pytest.fixture
def hall(tmp_path):
    hall = Hall(tmp_path)
    yield hall
    hall.importer.close(10)
    hall.store.close()


def test_nothing_is_recorded_before_it_was_shown(hall):
    path = hall.drop()
    seen = hall.read(path)
    figures = seen.figures
    assert seen.phase is Phase.PREVIEW
    assert (figures.orders, figures.ready, figures.hold, figures.refused, figures.lost) == (4, 2, 1, 1, 0)
    assert [entry.reference for entry in seen.entries] == ["A-4", "A-3"]
    assert hall.orders() == {}
    assert path.exists()
    done = hall.record()
    assert (done.phase, done.figures.recorded, done.figures.refused) == (Phase.DONE, 3, 1)
    assert set(hall.orders()) == {"A-1", "A-2", "A-3"}
    assert [file.to for file in done.put_away] == ["done/orders.csv"]
    report = json.loads((hall.inbox / "done" / "orders.csv.report.json").read_text(encoding="utf-8"))
    assert report["counts"]["ready"]["orders"] == 2
    assert {one["order"] for one in report["outcomes"]} == {"A-3", "A-4"}


def test_what_is_found_while_it_is_shown_is_not_found_again_when_it_is_recorded(hall):
    path = hall.drop(HEAD.replace("\n", ",carrier\n") + row("A-1").replace("\n", ",PIGEON\n"))
    (shown,) = hall.read(path).entries
    (recorded,) = hall.record().entries
    for entry in (shown, recorded):
        assert (entry.reason, entry.others) == ("unknown:carrier:PIGEON", ())


def test_what_was_left_is_recorded_nowhere_and_the_file_stays(hall):
    path = hall.drop()
    hall.read(path)
    hall.importer.order(DropImport(), BOSS)
    assert hall.importer.glance().phase is Phase.CHOOSING
    hall.importer.order(RecordOrders(), BOSS)
    assert hall.orders() == {}
    assert path.exists()


def test_an_import_that_was_cut_off_is_finished_by_the_next_one(hall, monkeypatch):
    monkeypatch.setattr("wms.intake.taking.CHUNK", 10)
    path = hall.drop(HEAD + "".join(row(f"A-{n}") for n in range(35)))
    hall.read(path)
    chunks = []

    def dying(command, person):
        chunks.append(command)
        if len(chunks) == 3:
            hall.importer._stop.set()  # the program is closed meanwhile
        return hall.store.execute(command, person)

    monkeypatch.setattr(hall.importer._decider, "carry_out", dying)
    hall.record()
    assert len(hall.orders()) == 30
    assert path.exists()
    hall.importer.close(10)
    hall.importer = hall.start()
    assert hall.read(path).figures.here == 30
    assert hall.record().figures.recorded == 5
    assert len(hall.orders()) == 35
    assert not path.exists()


def test_a_refused_file_goes_to_the_failed_ones_and_the_others_are_taken(hall):
    seen = hall.read(hall.drop(), hall.drop("<html>please log in</html>", "page.csv"))
    assert [(entry.reference, entry.reason) for entry in seen.entries if not entry.orders] == [("page.csv", "html")]
    done = hall.record()
    assert {file.name: file.to for file in done.put_away} == {
        "orders.csv": "done/orders.csv",
        "page.csv": "failed/page.csv",
    }
    assert len(hall.orders()) == 3


def test_a_file_that_is_written_to_meanwhile_stays(hall):
    path = hall.drop()
    hall.read(path)
    path.write_text(EXPORT + row("A-5"), encoding="utf-8")
    (kept,) = hall.record().put_away
    assert (kept.to, kept.why, path.exists()) == ("", "", True)
    hall.importer.order(DropImport(), BOSS)
    assert hall.read(path).figures.ready == 1


def test_a_file_that_is_gone_is_told_and_the_list_is_there_again(hall):
    seen = hall.read(hall.inbox / "away.csv")
    assert seen.phase is Phase.CHOOSING
    assert ENGLISH(seen.trouble) == "away.csv can't be read: No such file or directory"


def test_reading_can_be_stopped(hall, monkeypatch):
    come = threading.Event()
    told = threading.Event()

    seen = []

    def changed():
        if hall.importer.glance().done:
            seen.append(hall.importer.glance().percent)
            come.set()
            told.wait(5)

    monkeypatch.setattr(importer_module, "_TELL_SECONDS", 0)
    hall.importer._changed = changed
    hall.importer.order(ReadFiles((str(hall.drop(HEAD + row("A-1") * 200_000)),)), BOSS)
    assert come.wait(10)
    hall.importer.order(DropImport(), BOSS)
    told.set()
    until(lambda: hall.importer.glance().phase is Phase.CHOOSING)
    assert seen
    assert max(seen) < 50


def test_who_stops_a_reading_as_it_ends_records_nothing_in_part(hall, monkeypatch):
    """The preview comes up between the look whether it still reads and the stop."""
    path = hall.drop(HEAD + "".join(row(f"A-{n}") for n in range(450)))
    importer, ends = hall.importer, threading.Event()
    preview, stop = importer._preview, importer._stop.set

    def ends_late(imported):
        assert ends.wait(20)
        preview(imported)

    def stopped_late():
        ends.set()
        if not importer._showing.locked():
            done = threading.Event()
            importer._later(done.set)
            assert done.wait(20)  # it has read, and shown what
        stop()

    monkeypatch.setattr(importer, "_preview", ends_late)
    importer.order(ReadFiles((str(path),)), BOSS)
    until(lambda: importer._imported is not None)
    with monkeypatch.context() as late:
        late.setattr(importer._stop, "set", stopped_late)
        importer.order(DropImport(), BOSS)
    importer.order(RecordOrders(), BOSS)
    until(lambda: importer.glance().phase not in (Phase.READING, Phase.RECORDING))
    assert importer.glance().phase is Phase.CHOOSING
    assert hall.orders() == {}
    monkeypatch.undo()
    hall.read(path)
    assert hall.record().figures.recorded == 450


def test_endless_files_and_fields_hold_up_nobody(hall):
    """A gigabyte, and two megabytes in one cell: other threads go on, and memory is for what can be an import."""
    huge = hall.drop(HEAD, "huge.csv")
    os.truncate(huge, 1 << 30)
    field = hall.drop(HEAD + row("A-1") + row("A-2", "S" * (2 << 20)) + row("B" * (2 << 20)), "field.csv")
    slowest, before, end = 0.0, time.monotonic(), threading.Event()

    def beat():
        nonlocal slowest, before
        while not end.wait(0.005):
            slowest, before = max(slowest, time.monotonic() - before), time.monotonic()

    beating = threading.Thread(target=beat)
    tracemalloc.start()
    beating.start()
    seen = hall.read(huge, field)
    end.set()
    beating.join()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert {entry.reason.partition(":")[0] for entry in seen.entries if not entry.orders} == {"too_large"}
    assert (seen.figures.orders, seen.figures.ready, seen.figures.lost) == (3, 1, 0)
    assert slowest < 1.0
    assert peak < 100 << 20


def test_files_on_sticks_are_listed_after_those_of_the_inbox_newest_first(hall, tmp_path):
    stick = tmp_path / "media" / "BLUE"
    stick.mkdir(parents=True)
    for at, path in enumerate((stick / "s.csv", hall.inbox / "old.csv", hall.inbox / "new.csv"), 1):
        path.write_text(EXPORT)
        os.utime(path, (at * 1000, at * 1000))
    (hall.inbox / "half.csv.part").write_text("")
    importer = Importer(hall.store, Decider(hall.store, None), Folders(hall.inbox, tmp_path / "media"))
    until(lambda: len(importer.says().files) == 3)
    assert [(file.name, file.outside) for file in importer.says().files] == [
        ("new.csv", False),
        ("old.csv", False),
        ("s.csv", True),
    ]
    importer.close(10)


def test_a_report_that_cannot_be_written_leaves_the_file_and_says_so(hall, monkeypatch):
    path = hall.drop()
    hall.read(path)
    (hall.inbox / "done").write_text("in the way")
    (kept,) = hall.record().put_away
    assert (kept.to, path.exists(), len(hall.orders())) == ("", True, 3)
    assert kept.why
    assert Inbox(hall.inbox).ready(at_once=True)


# At the terminal


@contextmanager
def at_the_terminal(hall):
    hall.importer.close(10)
    hall.store.close()
    with bootstrap.station(Config(hall.data, language="en")) as station:

        def seen(name):
            until(lambda: station.view.prompt.name == name)
            return station.view

        station.submit(Scanned(f"BDG-{BOSS}"))
        seen("sign.work")
        station.submit(Scanned("CMD-BOARD"))
        seen("board")
        yield station, seen
    hall.store = Store(hall.data)
    hall.importer = hall.start()


def test_a_supervisor_imports_with_a_scanner_alone(hall):
    hall.drop()
    with at_the_terminal(hall) as (station, seen):
        station.submit(Scanned("CMD-IMPORT"))
        seen("import")
        until(lambda: station.view.prompt.choices)
        station.submit(Scanned("CMD-ENTER"))
        seen("import.preview")
        station.submit(Pressed("enter"))  # a scanner's own, behind a code that could not be read
        station.submit(Scanned("6901234567892"))
        until(lambda: station.view.said is not None)
        assert seen("import.preview").prompt.choices[0].code == "CMD-ENTER"
        station.submit(Scanned("CMD-ENTER"))
        assert ENGLISH(seen("import.done").prompt.verb) == "3 orders recorded"
    assert hall.orders()["A-1"] == OrderStatus.READY


def test_who_leaves_finds_the_import_again_and_the_board_tells_of_it(hall):
    hall.drop()
    with at_the_terminal(hall) as (station, seen):
        station.submit(Pressed("f4"))
        choices = [choice.code for choice in seen("menu").prompt.choices]
        station.submit(Chose(choices.index("CMD-IMPORT")))
        seen("import")
        until(lambda: station.view.prompt.choices)
        station.submit(Pressed("enter"))
        seen("import.preview")
        station.submit(Pressed("escape"))
        line = seen("board").prompt.what[0].text
        assert ENGLISH(line) == "4 orders were read and wait: F4 imports them"
        station.submit(Scanned("CMD-IMPORT"))
        assert ENGLISH(seen("import.preview").prompt.verb) == "4 orders in all"


def test_scans_are_answered_while_orders_are_recorded(hall, monkeypatch):
    """Whoever works at this terminal waits for no import: here its reading does not end at all."""
    hall.drop()
    going, end = threading.Event(), threading.Event()

    def stuck(self, paths):
        going.set()
        end.wait(20)

    monkeypatch.setattr(Importer, "_read", stuck)
    with at_the_terminal(hall) as (station, seen):
        station.submit(Scanned("CMD-IMPORT"))
        seen("import")
        until(lambda: station.view.prompt.choices)
        station.submit(Pressed("enter"))
        assert seen("import.reading").prompt.percent == 0
        assert going.wait(5)
        station.submit(Scanned("6901234567892"))
        until(lambda: station.view.said is not None and "Unknown" in ENGLISH(station.view.said.lines[0]))
        end.set()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("size", SIZES)
def test_each_picture_fits_and_shows_every_answer(hall, size, language):
    hostile = "\x1b[31m[red]\u202eevil\u200b\U0001f468\u200d\U0001f469" + "長" * 200
    text = HEAD + "".join(row(f"A-{n}", f"{hostile}{n}") for n in range(30)) + row("A-99", quantity="two")
    hall.drop(text)
    hall.drop("<html>", f"{'long' * 30}.csv")
    columns, rows = size
    pen = Pen(speech(language), columns, int(time.time()))

    def require(view):
        picture = work_picture(view, pen, rows, None)
        drawn = [
            row.cells(columns) for name in ("where", "do", "what", "said", "keys") for row in getattr(picture, name)
        ]
        lines = ["".join(text for text, _ in cells) for cells in drawn]
        assert len(lines) == rows
        assert {cell_len(line) for line in lines} == {columns}
        assert not set("".join(lines)) & set("\x1b\u202e\u200b\u200d")
        for number in range(1, len(view.prompt.choices) + 1):
            assert any(line.startswith(f"{number} ") for line in lines), (view.prompt.name, lines)

    with at_the_terminal(hall) as (station, seen):
        station.submit(Scanned("CMD-IMPORT"))
        seen("import")
        until(lambda: station.view.prompt.choices)
        require(station.view)
        for key, name in (
            (Pressed("enter"), "import.preview"),
            (Chose(1), "import.look"),
            (Pressed("f2"), "import.look"),
            (Chose(2), "import.one"),
            (Pressed("up"), "import.one"),
            (Pressed("escape"), "import.look"),
            (Pressed("escape"), "import.preview"),
            (Chose(0), "import.done"),
        ):
            station.submit(key)
            require(seen(name))
