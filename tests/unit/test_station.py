"""The station: one thread from input to commit, which nothing that happens around it may end or hold up."""

import json
import time
from contextlib import closing, contextmanager

import pytest

from drivers.fakes import FakeScanner
from tests.unit.floor import LI
from wms.domain import events as e
from wms.domain.catalogue import Person
from wms.domain.ids import Badge
from wms.domain.review import Review, Tally
from wms.store import Store, StoreUnwritable
from wms.terminal.devices import DeviceConfig, Devices
from wms.terminal.scan_log import FILE, ScanLog
from wms.terminal.station import Station
from wms.workflows.inputs import Scanned
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
