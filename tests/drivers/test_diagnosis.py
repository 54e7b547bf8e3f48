"""What is wrong with a scanner that sends, in virtual time and from a real terminal."""

from __future__ import annotations

import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from drivers.diagnosis import FAULTS_AT_ONCE, READS_AT_ONCE, READS_PER_S, Diagnosis
from drivers.framing import Frame, Framer
from drivers.framing_options import parse_framing
from drivers.ssi import checksum
from tests.drivers.desk import Desk, eventually


class Watched:
    """A stream in virtual time, its frames and what was said of it."""

    def __init__(self, framing: str) -> None:
        config = parse_framing(framing)
        self.framer, self.diagnosis = Framer(config), Diagnosis(config)
        self.kinds: list[str] = []
        self.handed_on: list[Frame] = []

    def send(self, t: float, data: bytes) -> str:
        return self._keep(data, self.framer.feed(data, t), t)

    def rest(self, t: float) -> str:
        return self._keep(b"", self.framer.tick(t), t)

    def _keep(self, data: bytes, frames: list[Frame], t: float) -> str:
        self.kinds += [frame.kind for frame in frames]
        admitted = [frame for frame in frames if self.diagnosis.admits(frame)]
        self.handed_on += admitted
        self.diagnosis.watch(data, admitted, t)
        return self.diagnosis.trouble


def packet(data: bytes) -> bytes:
    body = bytes([5 + len(data), 0xF3, 0, 0, 3]) + data
    return body + checksum(body)


@pytest.mark.parametrize(
    ("framing", "sending", "trouble"),
    [
        ("line", b"4006381333931\r", ""),
        ("line", packet(b"4006381333931"), "speaks_ssi"),
        ("line:charset=auto", packet(b"LOC-A1"), "speaks_ssi"),
        ("stx", packet(b"4006381333931"), "speaks_ssi"),
        ("line", b"\x024006381333931\x03", "speaks_stx"),
        ("line", b"\x024006381333931\x03\r\n", "speaks_stx"),
        ("stx", b"4006381333931\r\n", "speaks_lines"),
        ("ssi", b"4006381333931\r", "speaks_lines"),
        ("line", b"4006381333931", "no_terminator"),
        ("line:term=tab", b"4006381333931\r", "no_terminator"),
        ("stx", b"\x024006381333931\r", "no_terminator"),
        ("line", bytes(byte | 0x80 for byte in b"4006381333931\r"), "unreadable"),
        ("line", b"\xb4\x30\xb0\x36\x33\xb8\x31\r", "unreadable"),  # even parity read as none
        ("idle", b"\xfe\x00\x8e\x1c\xe0", "unreadable"),
    ],
)
def test_what_a_scanner_set_otherwise_is_said_to_do(framing: str, sending: bytes, trouble: str) -> None:
    watched = Watched(framing)
    for n in range(4):
        watched.send(n * 2000.0, sending)
        watched.rest(n * 2000.0 + 1000)
    assert watched.diagnosis.trouble == trouble
    if trouble:
        watched.rest(10_000_000)
        assert watched.diagnosis.trouble == trouble, "it stays until it is mended"
        watched.diagnosis.reset()
        assert watched.diagnosis.trouble == ""


def test_one_bad_read_among_good_ones_is_nothing() -> None:
    watched = Watched("line")
    for n in range(20):
        assert watched.send(n * 1000.0, b"A\xffB\r" if n % 5 == 4 else b"4006381333931\r") == ""


def test_a_good_read_ends_what_was_said_of_the_mode() -> None:
    watched = Watched("line")
    assert watched.send(0, packet(b"A1") + b"\r") == "speaks_ssi"
    assert watched.send(1000, b"4006381333931\r") == ""


class TestBounces:
    def test_duplicates(self) -> None:
        watched = Watched("line:dup=200")
        for n in range(4):
            trouble = watched.send(n * 2000.0, b"A%d\r" % n) or watched.send(n * 2000.0 + 120, b"A%d\r" % n)
        assert trouble == "bounces"
        due = watched.diagnosis.due()
        assert due is not None
        assert watched.rest(due) == ""

    def test_doubled_reads_where_nothing_is_suppressed(self) -> None:
        watched = Watched("line")
        for n in range(4):
            watched.send(n * 2000.0, b"A%d\r" % n)
            watched.send(n * 2000.0 + 60, b"A%d\r" % n)
        assert watched.diagnosis.trouble == "bounces"
        assert len(watched.handed_on) == 8, "said, not dropped"

    def test_counting_the_same_thing_quickly_is_none(self) -> None:
        watched = Watched("line")
        assert not any(watched.send(n * 450.0, b"4006381333931\r") for n in range(20))


class TestFlood:
    def test_fifty_codes_20_ms_apart_are_none(self) -> None:
        watched = Watched("line")
        assert not any(watched.send(n * 20.0, b"BOX%05d\r" % n) for n in range(50))
        assert len(watched.handed_on) == 50

    def test_a_docked_scanner_that_hands_over_what_it_stored_is_none(self) -> None:
        watched = Watched("line")
        stored = [b"N%d\r" % n for n in range(READS_AT_ONCE)]
        assert watched.send(0, b"".join(stored)) == ""
        assert len(watched.handed_on) == READS_AT_ONCE

    def test_more_than_anybody_scans_is_dropped_counted_and_said_until_it_ends(self) -> None:
        watched = Watched("line")
        for n in range(60_000):  # 100 a second for ten minutes
            watched.send(n * 10.0, b"N%d\r" % n)
        assert watched.diagnosis.trouble == "flood"
        assert len(watched.handed_on) == pytest.approx(READS_AT_ONCE + 600 * READS_PER_S, rel=0.01)
        assert len(watched.handed_on) + watched.diagnosis.dropped == 60_000
        due = watched.diagnosis.due()
        assert due is not None
        assert watched.rest(due) == ""
        before = len(watched.handed_on)
        watched.send(due + 1000, b"AFTER\r")
        assert [frame.text for frame in watched.handed_on[before:]] == ["AFTER"]

    def test_noise_never_crowds_out_a_read(self) -> None:
        watched = Watched("line")
        for n in range(5000):
            watched.send(n * 5.0, b"\xff\r")
        watched.send(25_001, b"4006381333931\r")
        assert watched.handed_on[-1].text == "4006381333931"
        assert watched.kinds.count("garbled") == 5000
        assert len(watched.handed_on) < FAULTS_AT_ONCE + 200
        assert watched.diagnosis.trouble == "unreadable"


def test_an_hour_of_noise_is_unreadable_and_little_is_handed_on() -> None:
    rng = random.Random(3)
    watched = Watched("line")
    for step in range(3600):
        watched.send(step * 1000.0, rng.randbytes(960))
    assert watched.diagnosis.trouble == "unreadable"
    # Without a checksum a few bytes of noise between two line ends cannot be told from a code; long ones never pass.
    taken_for_codes = [frame.text for frame in watched.handed_on if frame.kind == "scan"]
    assert max(map(len, taken_for_codes)) < 8
    assert len(taken_for_codes) < 0.01 * len(watched.kinds)


def test_the_screen_hears_of_trouble_and_of_its_end(make_fake: Callable[..., Any], link: str) -> None:
    fake = make_fake()
    with Desk(link) as desk:
        desk.wait_state("ready")
        fake.send(packet(b"4006381333931") + b"\r")
        eventually(lambda: desk.scanner.trouble == "speaks_ssi")
        eventually(lambda: desk.states == ["connecting", "ready", "ready"])
        fake.scan("4006381333931")
        eventually(lambda: desk.scanner.trouble == "")
        eventually(lambda: desk.states == ["connecting", "ready", "ready", "ready"])


RUBBISH = (
    "import os, sys, time\nend = time.monotonic() + 2\nwhile time.monotonic() < end: os.write({far}, os.urandom(4096))"
)


def test_two_seconds_of_rubbish_as_fast_as_it_goes(link: str) -> None:
    """Neither the processor nor memory is taken by it, the word is said, and the next code is read."""
    far, near = os.openpty()
    Path(link).symlink_to(os.ttyname(near))
    try:
        with Desk(link) as desk:
            desk.wait_state("ready")
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            used, began = time.process_time(), time.monotonic()
            subprocess.run([sys.executable, "-c", RUBBISH.format(far=far)], pass_fds=[far], check=True, timeout=60)
            share = (time.process_time() - used) / (time.monotonic() - began)
            grown_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory
            said = {desk.scanner.trouble}
            os.write(far, b"\r\n4006381333931\r")
            eventually(lambda: "4006381333931" in desk.texts, 10)
            assert said <= {"flood", "unreadable"}, said
            assert share < 0.5, f"{share:.0%} of a core"
            assert grown_kb < 20_000, f"{grown_kb} KB"
            assert len(desk.reads) < 1000
            assert desk.scanner.dropped > 0
            print(f"rubbish: {share:.0%} of a core, {grown_kb} KB more, {desk.scanner.dropped} frames dropped")
    finally:
        os.close(far)
        os.close(near)


FLOOD = (
    "import os, sys, time\nend = time.monotonic() + 2\nwhile time.monotonic() < end: os.write({far}, {pattern} * {n})"
)


@pytest.mark.parametrize(
    ("framing", "pattern"),
    [("line", b"\x07\r"), ("line", b"4006381333931\r"), ("line", b"\r\n"), ("stx", b"\x02\x03")],
)
def test_a_flood_of_small_pieces_leaves_the_machine_to_the_others(tmp_path: Path, framing: str, pattern: bytes) -> None:
    far, near = os.openpty()
    other_far, other_near = os.openpty()
    arrived: dict[str, float] = {}
    late_ms: list[float] = []
    try:
        with (
            Desk(os.ttyname(near), framing) as flooded,
            Desk(os.ttyname(other_near), on_read=lambda read: arrived.setdefault(read.text, time.monotonic())) as other,
        ):
            flooded.wait_state("ready")
            other.wait_state("ready")
            source = FLOOD.format(far=far, pattern=pattern, n=2000 // len(pattern))
            used, began = time.process_time(), time.monotonic()
            with subprocess.Popen([sys.executable, "-c", source], pass_fds=[far]) as flood:
                while flood.poll() is None:
                    code, sent = f"N{len(late_ms)}", time.monotonic()
                    os.write(other_far, f"{code}\r".encode())
                    eventually(lambda code=code: code in arrived)
                    late_ms.append((arrived[code] - sent) * 1000)
                    time.sleep(0.05)
            share = (time.process_time() - used) / (time.monotonic() - began)
            assert flooded.scanner.trouble in ("flood", "unreadable")
        late_ms.sort()
        print(f"flood of {pattern!r}: {share:.0%} of a core, the other scanner {late_ms[-1]:.1f} ms at most")
        assert share < 0.25
        assert late_ms[len(late_ms) * 9 // 10] < 20
    finally:
        for each in (far, near, other_far, other_near):
            os.close(each)


def test_two_thousand_stored_codes_at_once_are_no_flood(make_fake: Callable[..., Any], link: str) -> None:
    fake = make_fake()
    codes = [f"{n:013d}" for n in range(READS_AT_ONCE)]
    with Desk(link) as desk:
        desk.wait_state("ready")
        fake.send("".join(f"{code}\r\n" for code in codes).encode())
        eventually(lambda: len(desk.texts) == READS_AT_ONCE)
        assert desk.texts == codes
        assert set(desk.states) == {"connecting", "ready"}
        assert desk.scanner.trouble == ""
