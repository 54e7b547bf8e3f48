"""A program held up in the middle of a code: what it cannot know it does not make a code of, nor of bounces a loss."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from drivers.framing import Framer, FramingConfig
from drivers.framing_options import parse_framing
from drivers.ssi import checksum
from tests.drivers.desk import Desk, eventually

CODE = "6901234567892"


def packet(data: bytes, status: int = 0) -> bytes:
    body = bytes([5 + len(data), 0xF3, 0, status, 3]) + data
    return body + checksum(body)


def live(framing: str, *reads: tuple[float, bytes], ticks: bool = False, until: float = 9000) -> list[tuple[str, str]]:
    """What a live stream gives; `ticks` where somebody looked in time."""
    framer = Framer(parse_framing(framing), live=True)
    frames = []
    for at, data in (*reads, (until, b"")):
        while (ticks or not data) and (due := framer.due()) is not None and due <= at:
            frames += framer.tick(due)
        frames += framer.feed(data, at)
    return [(frame.kind, frame.text) for frame in frames]


@pytest.mark.parametrize(
    ("framing", "halves", "late", "in_time"),
    [
        ("line", (b"6901234", b"567892\r"), ["partial"], ["partial", "scan 567892"]),
        ("line", (b"6901234", b"567892\rNEXT\r"), ["partial", "scan NEXT"], ["partial", "scan 567892", "scan NEXT"]),
        ("line", (b"690", b"1234"), ["partial"], ["partial", "partial"]),
        ("idle", (b"6901234", b"567892"), ["partial"], ["scan 6901234", "scan 567892"]),
        ("idle", (b"6901234", b"567892\rNEXT\r"), ["partial", "partial"], ["scan 6901234", "scan 567892"]),
        ("stx", (b"\x026901234", b"567892\x03"), ["partial"], ["partial", "garbled"]),
        ("stx", (b"\x026901234", b"\x02NEXT\x03"), ["partial", "scan NEXT"], ["partial", "scan NEXT"]),
        ("wedge", (b"6901234", b"567892\r"), ["partial"], ["scan 567892"]),
        # One packet proves by its checksum that its halves belong together; two packets do not.
        ("ssi", (packet(b"6901234")[:6], packet(b"6901234")[6:]), ["scan 6901234"], ["partial"]),
        ("ssi", (packet(b"69012", 2), packet(b"34")), ["partial"], ["partial", "scan 34"]),
    ],
)  # fmt: skip
def test_an_unproven_silence_makes_no_code(
    framing: str, halves: tuple[bytes, bytes], late: list[str], in_time: list[str]
) -> None:
    reads = [(0.0, halves[0]), (1000.0, halves[1])]
    assert [f"{kind} {text}".strip() for kind, text in live(framing, *reads)] == late
    seen = [f"{kind} {text}".strip() for kind, text in live(framing, *reads, ticks=True)]
    assert seen[: len(in_time)] == in_time


def test_a_read_may_hold_the_silence_that_parts_two_codes() -> None:
    framer = Framer(parse_framing("idle"), live=True)
    framer.replugged(0)
    frames = framer.feed(b"A1", 20) + framer.tick(70) + framer.feed(b"A2\rA3", 125) + framer.tick(175)
    assert [(frame.kind, frame.text) for frame in frames] == [("scan", "A1"), ("partial", ""), ("partial", "")]
    assert framer.due() == 200, "somebody must look"
    assert [frame.text for frame in framer.tick(200) + framer.feed(b"A4\r", 240)] == ["A4"]
    assert Framer(parse_framing("idle")).due() is None


def test_a_code_that_comes_late_as_a_whole_is_one() -> None:
    assert live("line", (0, b"A1\r"), (5000, b"A2\r")) == [("scan", "A1"), ("scan", "A2")]
    assert live("line", (0, b"690"), (499, b"123\r")) == [("scan", "690123")]


def test_a_cable_pulled_while_nobody_looked_leaves_no_code() -> None:
    framer = Framer(parse_framing("idle"), live=True)
    framer.feed(b"6901234", 0)
    assert [frame.kind for frame in framer.unplugged(1000)] == ["partial", "unplugged"]
    recorded = Framer(parse_framing("idle"))
    recorded.feed(b"6901234", 0)
    assert [frame.kind for frame in recorded.unplugged(1000)] == ["scan", "unplugged"], "there the times are true"


class TestEqualCodesInOneRead:
    CONFIG = FramingConfig(duplicate_ms=150)

    def test_are_no_bounce(self) -> None:
        framer = Framer(self.CONFIG, live=True)
        assert [frame.kind for frame in framer.feed(b"A1\rA1\r", 0)] == ["scan", "scan"]
        assert [frame.kind for frame in framer.feed(b"A1\r", 120)] == ["duplicate"]

    def test_nor_where_the_read_was_too_small(self) -> None:
        framer = Framer(self.CONFIG, live=True)
        framer.feed(b"A1\rA", 0)
        assert [frame.kind for frame in framer.feed(b"1\rA1\r", 1, continued=True)] == ["scan", "scan"]

    def test_are_one_where_the_times_are_true(self) -> None:
        framer = Framer(self.CONFIG)
        assert [frame.kind for frame in framer.feed(b"A1\rA1\r", 0)] == ["scan", "duplicate"]

    def test_a_docked_scanner_that_stored_one_code_five_hundred_times(
        self, make_fake: Callable[..., Any], link: str
    ) -> None:
        """More than one read can take."""
        fake = make_fake()
        with Desk(link, "line:dup=150") as desk:
            desk.wait_state("ready")
            fake.send(f"{CODE}\r".encode() * 500)
            eventually(lambda: len(desk.reads) == 500)
            doubtful = [read.fault for read in desk.reads if read.fault]
            assert len(doubtful) <= 5, "only where the terminal itself was emptied in between"


STOPPED = """
import os, sys, time
from tests.drivers.desk import Desk
with Desk(sys.argv[1], sys.argv[2]) as desk:
    desk.wait_state("ready")
    print("ready", flush=True)
    end = time.monotonic() + 10
    while not desk.reads and time.monotonic() < end: time.sleep(0.01)
    time.sleep(0.7)
    print([(read.text, read.fault) for read in desk.reads], flush=True)
"""


@pytest.mark.parametrize("framing", ["line", "idle"])
def test_a_program_that_was_stopped_in_the_middle_of_a_code(
    make_fake: Callable[..., Any], link: str, framing: str
) -> None:
    """As by a lid that is closed, or a machine whose memory is full."""
    fake = make_fake()
    command = [sys.executable, "-c", STOPPED, link, framing]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as program:
        assert program.stdout
        assert program.stdout.readline() == "ready\n"
        fake.send(CODE[:7].encode())
        time.sleep(0.02)
        os.kill(program.pid, signal.SIGSTOP)
        fake.send(f"{CODE[7:]}\r".encode())
        time.sleep(0.6)
        os.kill(program.pid, signal.SIGCONT)
        # Stopped before it read the first half, it finds the whole; never a half.
        assert program.stdout.readline() in ("[('', 'partial')]\n", f"[('{CODE}', '')]\n")


def test_a_receiver_that_stalls_makes_no_code_of_a_half(make_fake: Callable[..., Any], link: str) -> None:
    fake = make_fake()
    codes = [f"{n:013d}" for n in range(1500)]
    stream = "".join(f"{code}\r" for code in codes).encode()
    reads: list[Any] = []

    def receive(read: Any) -> None:
        if not reads:
            time.sleep(1.0)
        reads.append(read)

    with Desk(link, on_read=receive) as desk:
        desk.wait_state("ready")
        for start in range(0, len(stream), 1000):
            fake.send(stream[start : start + 1000])
        eventually(lambda: sum(1 if read.text else 0 for read in reads) >= len(codes) - 1)
    whole = [read.text for read in reads if not read.fault]
    assert set(whole) <= set(codes)
    assert whole == sorted(whole)
    assert len(whole) + len([read for read in reads if read.fault == "partial"]) == len(codes)
