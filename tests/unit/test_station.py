"""The station: one thread from input to commit, which nothing that happens around it may end or hold up."""

import json
import logging
import threading
import time
from contextlib import closing, contextmanager

import pytest

from drivers.fakes import FakeScanner
from tests.unit.floor import LI
from wms import bootstrap
from wms.config import Config
from wms.domain import events as e
from wms.domain.catalogue import Person
from wms.domain.ids import Badge
from wms.domain.review import Review, Tally
from wms.store import Store, StoreUnwritable
from wms.terminal import station as station_module
from wms.terminal.devices import DeviceConfig, Devices
from wms.terminal.scan_log import FILE, ScanLog
from wms.terminal.station import Station
from wms.workflows.inputs import Entered, Refreshed, Scanned
from wms.workflows.prompt import NOTHING, Tone
from wms.workflows.view import DeviceState

HOUR_MS = 3_600_000


class Clock:
    """The wall clock, which a person can set."""

    def __init__(self) -> None:
        self.off_ms = 0

    def __call__(self) -> int:
        return time.time_ns() // 1_000_000 + self.off_ms


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def store(tmp_path, clock):
    with closing(Store(tmp_path, "T1", clock=clock)) as store:
        store.record((e.PersonDefined(Person(Badge(LI), "Li Lei", "picker", "en")),), Badge(""))
        yield store


@contextmanager
def working(store, devices=None):
    station = Station(store, devices or Devices(DeviceConfig()))
    station.start()
    try:
        yield station
    finally:
        station.close()


def until(true, seconds=15.0):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.01)


def reviews(store):
    return {review.id: review.detail for review in store.rows.all(Review)}


def refused(store):
    return sum(tally.count for tally in store.rows.all(Tally) if tally.what == "refused")


def test_scans_are_committed_in_order_whether_or_not_anybody_draws(store):
    with working(store) as station:
        for n in range(50):
            station.submit(Scanned(f"UNKNOWN-{n}", source="scanner1"))
        until(lambda: refused(store) == 50)
    raw = [fact.body.raw for fact in store.since(0, 200) if isinstance(fact.body, e.ScanRefused)]
    assert raw == [f"UNKNOWN-{n}" for n in range(50)]


def test_a_fault_of_ours_is_said_in_words_and_the_next_scan_works(store, monkeypatch):
    with working(store) as station:
        monkeypatch.setattr(station.desk, "_scan", lambda scan: 1 / 0)
        station.submit(Scanned("ANYTHING"))
        until(lambda: station.view.said is not None)
        assert station.view.said.tone == Tone.NO
        assert station.view.said.lines[0].text == "That did not work and was not recorded"
        monkeypatch.undo()
        station.submit(Scanned(f"BDG-{LI}"))
        until(lambda: station.view.prompt.name == "pick.cart")


@pytest.mark.parametrize("broken", ["prompt", "board", "role"])
def test_a_picture_that_fails_ends_nothing_and_passes_for_no_verdict(store, monkeypatch, broken):
    with working(store) as station:
        monkeypatch.setattr(station.desk, broken, lambda: 1 / 0)
        station.submit(Scanned("UNKNOWN-1"))
        until(lambda: station.view.said is not None)
        assert station.view.said.tone == Tone.LOOK
        assert station.view.said.lines[0].text == "This screen may be wrong"
        station.submit(Scanned("UNKNOWN-2"))
        until(lambda: refused(store) == 2)
        monkeypatch.undo()
        station.submit(Scanned(f"BDG-{LI}"))
        until(lambda: station.view.prompt.name == "pick.cart")


def test_nothing_around_an_input_ends_the_station(store, clock, monkeypatch):
    devices = Devices(DeviceConfig())
    monkeypatch.setattr(devices, "judged", lambda *_: 1 / 0)
    with working(store, devices) as station:
        seen = []
        station.subscribe(lambda _: 1 / 0)
        station.subscribe(seen.append)
        watched = threading.Event()
        monkeypatch.setattr(station, "_note", lambda *_: watched.set() or 1 / 0)
        clock.off_ms = HOUR_MS
        assert watched.wait(5)
        station.submit(Scanned("UNKNOWN-1", source="scanner1"))
        until(lambda: any(view.said is not None and view.said.tone == Tone.NO for view in seen))
        assert not station.ended


def test_what_was_taken_is_worked_off_before_the_end(store, monkeypatch):
    with working(store) as station:
        slowly(station, monkeypatch, 0.02)
        for n in range(20):
            station.submit(Scanned(f"UNKNOWN-{n}", source="scanner1"))
    assert (station.ended, refused(store)) == (True, 20)


def test_an_end_that_takes_too_long_is_logged_and_keeps_the_store(store, monkeypatch, caplog):
    monkeypatch.setattr(station_module, "CLOSING_S", 0.2)
    freed = threading.Event()
    with working(store) as station:
        take = station.desk.take
        monkeypatch.setattr(station.desk, "take", lambda inp: freed.wait(10) and take(inp))
        for n in range(5):
            station.submit(Scanned(f"UNKNOWN-{n}", source="scanner1"))
    assert not station.ended
    assert "4 inputs were not worked off" in caplog.text
    freed.set()
    until(lambda: station.ended)
    assert refused(store) == 1  # the one under way


def slowly(station, monkeypatch, seconds):
    take = station.desk.take

    def slow(inp):
        time.sleep(0 if isinstance(inp, Refreshed) else seconds)
        return take(inp)

    monkeypatch.setattr(station.desk, "take", slow)


def test_the_store_is_not_closed_under_a_station_that_still_works(tmp_path, monkeypatch):
    monkeypatch.setattr(station_module, "CLOSING_S", 0.1)
    freed, closed = threading.Event(), []
    close = Store.close

    def closing_store(store):
        closed.append(store)

    monkeypatch.setattr(Store, "close", closing_store)
    with bootstrap.station(Config(tmp_path)) as station:
        take, store = station.desk.take, station._store
        monkeypatch.setattr(station.desk, "take", lambda inp: freed.wait(10) and take(inp))
        station.submit(Scanned("UNKNOWN-1"))
    assert closed == []
    freed.set()
    until(lambda: station.ended)
    assert refused(store) == 1
    close(store)
    with bootstrap.station(Config(tmp_path)):
        pass
    assert len(closed) == 1
    close(closed[0])


def test_what_was_scanned_or_typed_stands_in_no_log(store, tmp_path, monkeypatch):
    def fails(inp):
        raise ValueError(f"no idea what {inp.text} is")

    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    level = root.level
    bootstrap.log_to(tmp_path)
    try:
        with working(store) as station:
            monkeypatch.setattr(station.desk, "take", fails)
            station.submit(Scanned("王小明 13800138000", source="scanner1", fault="garbled"))
            station.submit(Entered("4711"))
            until(lambda: "Entered" in (tmp_path / "wms.log").read_text(encoding="utf-8"))
    finally:
        root.setLevel(level)
        root.handlers[0].close()
    logged = (tmp_path / "wms.log").read_text(encoding="utf-8")
    assert "could not be worked off: Scanned scanner1 garbled\n" in logged
    assert "in fails" in logged
    assert "ValueError" in logged
    assert not [secret for secret in ("4711", "13800138000", "王") if secret in logged]


def test_a_full_disk_turns_nothing_green_and_ends_nothing(store, monkeypatch):
    def full(*_, **__):
        raise StoreUnwritable("database or disk is full")

    with working(store) as station:
        monkeypatch.setattr(store, "execute", full)
        station.submit(Scanned(f"BDG-{LI}"))
        until(lambda: station.view.said is not None)
        assert (station.view.said.tone, station.view.prompt.name) == (Tone.NO, "sign.badge")
        assert station.view.status.trouble.text == "Nothing can be saved: the disk is full or read-only"
        monkeypatch.undo()
        station.submit(Scanned(f"BDG-{LI}"))
        until(lambda: station.view.prompt.name == "pick.cart")
        assert station.view.status.trouble.text == ""


def test_a_clock_that_jumps_is_told_to_the_supervisor(store, clock):
    with working(store):
        clock.off_ms = HOUR_MS
        until(lambda: reviews(store).get("clock/T1") in ("3599", "3600"))


def test_a_clock_behind_the_last_record_is_noticed_at_the_start(store, clock):
    clock.off_ms = -2 * HOUR_MS
    with working(store):
        until(lambda: "clock/T1" in reviews(store))
    assert -7200 <= int(reviews(store)["clock/T1"]) <= -7190


def test_a_scanner_that_is_not_there_is_told_and_named(store, tmp_path):
    with FakeScanner(tmp_path / "gun") as gun:
        devices = Devices(DeviceConfig((gun.address, str(tmp_path / "absent"))))
        with working(store, devices) as station:
            until(lambda: devices.scanner_state() == DeviceState.LOST)
            until(lambda: station.view.status.scanner_says.text)
            says = station.view.status.scanner_says
            assert (says.args["n"], says.args["says"].text) == (2, "Scanner lost: check cable, battery")
            with FakeScanner(tmp_path / "absent"):
                until(lambda: station.view.status.scanner == DeviceState.READY)
                assert station.view.status.scanner_says == NOTHING


def test_every_read_is_kept_with_its_verdict_the_unreadable_too(store, tmp_path):
    log = ScanLog(tmp_path)
    with FakeScanner(tmp_path / "gun") as gun:
        devices = Devices(DeviceConfig((gun.address,)), log)
        with working(store, devices) as station:
            until(lambda: devices.scanner_state() == DeviceState.READY)
            for text in ("]E04006381333931", "\x01noise", "BDG-" + LI):
                gun.scan(text)
            until(lambda: station.desk.scanned_as == "BadgeScan")
            station.submit(Scanned("4006381333931", source="wedge", at=1))
            until(lambda: refused(store) == 3)
    log.close()
    lines = [json.loads(line) for line in (tmp_path / FILE).read_text(encoding="utf-8").splitlines()]
    assert [(line["source"], line["fault"], line["code"], line["tone"]) for line in lines] == [
        ("scanner1", "", "Unknown", "no"),
        ("scanner1", "garbled", "Unreadable", "no"),
        ("scanner1", "", "BadgeScan", "ok"),
        ("wedge", "", "Unknown", "no"),
    ]
    assert lines[0]["said"] == "Unknown code …"
    assert bytes.fromhex(lines[1]["raw_hex"]) == b"\x01aaaaa"
    assert bytes.fromhex(lines[2]["raw_hex"]) == b"AAA-9999"


def test_a_bounce_of_the_trigger_is_one_read_and_a_second_pull_two(store, tmp_path):
    with FakeScanner(tmp_path / "gun") as gun:
        devices = Devices(DeviceConfig((gun.address,)))
        with working(store, devices):
            until(lambda: devices.scanner_state() == DeviceState.READY)
            gun.scan("UNKNOWN-1")
            time.sleep(0.05)
            gun.scan("UNKNOWN-1")
            time.sleep(0.25)
            gun.scan("UNKNOWN-1")
            until(lambda: refused(store) == 2)
            gun.scan("UNKNOWN-2")
            until(lambda: refused(store) == 3)


@pytest.mark.parametrize(("feedback", "hears"), [("honeywell", b"\x1b7,"), ("datalogic", b"")])
def test_a_scanner_that_waits_for_a_verdict_is_released_where_there_is_none(store, tmp_path, feedback, hears):
    with FakeScanner(tmp_path / "gun") as gun:
        devices = Devices(DeviceConfig((f"{gun.address},line:feedback={feedback}",)))
        with working(store, devices) as station:
            until(lambda: devices.scanner_state() == DeviceState.READY)
            before = station.desk.language
            gun.scan("CMD-LANGUAGE")
            until(lambda: station.desk.language != before)
            time.sleep(0.5)  # longer than such a scanner is left without any answer
            assert gun.heard() == hears


def test_a_scan_that_fails_is_kept_as_nothing_that_is_known(store, tmp_path, monkeypatch):
    log = ScanLog(tmp_path)
    with working(store, Devices(DeviceConfig(), log)) as station:
        station.submit(Scanned("CMD-LANGUAGE", source="scanner1"))
        until(lambda: station.desk.scanned_as == "CommandScan")
        monkeypatch.setattr("wms.workflows.resolve.resolve", lambda *_: 1 / 0)
        station.submit(Scanned("王小明 13800138000", source="scanner1"))
        until(lambda: station.view.said is not None)
    log.close()
    command, label = [json.loads(line) for line in (tmp_path / FILE).read_text(encoding="utf-8").splitlines()]
    assert (command["whole"], command["said"], label["whole"], label["code"]) == (True, "", False, "")


def test_a_scanner_in_another_mode_is_told(store, tmp_path):
    with FakeScanner(tmp_path / "gun", terminator=b"") as gun:
        devices = Devices(DeviceConfig((gun.address,)))
        with working(store, devices) as station:
            until(lambda: devices.scanner_state() == DeviceState.READY)
            gun.scan("\x0c\x1f\x00\x00\x03")  # any bytes: noise is no mode yet
            for _ in range(3):
                gun.scan("4006381333931")
                time.sleep(0.6)
            until(lambda: station.view.status.scanner == DeviceState.TROUBLE)
            assert station.view.status.scanner_says.text == "Scanner ends no code: call the supervisor"
            gun.scan("4006381333931\r")
            until(lambda: station.view.status.scanner == DeviceState.READY)
