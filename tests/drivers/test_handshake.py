"""Scanners that wait for an answer: each sending gets exactly one, whatever it held and whatever the screen does."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from drivers.framing import Framer
from drivers.framing_options import parse_framing
from drivers.handshake import Awaited
from drivers.scanner import Read
from tests.drivers.desk import Desk, eventually

ACK, NAK = b"\x06", b"\x15"
GOOD, BAD, ATTENTION = b"\x1b7,", b"\x1b8,\x1b8,", b"\x1b5,"


def answers(framing: str, *steps: tuple[float, bytes], until: float = 9000) -> tuple[list[str], bytes]:
    framer = Framer(parse_framing(f"{framing}:handshake=acknak"))
    kinds: list[str] = []
    sent = b""
    for at, data in (*steps, (until, b"")):
        kinds += [frame.kind for frame in framer.feed(data, at)]
        sent += b"".join(framer.take_replies())
    return kinds, sent


@pytest.mark.parametrize(
    ("framing", "steps", "kinds", "sent"),
    [
        ("line", [(0, b"AB\r\n")], ["scan"], ACK),
        ("line", [(0, b"A\x07\r"), (90, b"AB\r")], ["garbled", "scan"], NAK + ACK),
        ("line", [(0, b"AB"), (900, b"AB\r")], ["partial", "scan"], NAK + ACK),
        ("line:max=3", [(0, b"ABCDE"), (9, b"F\r"), (90, b"AB\r")], ["overlong", "scan"], NAK + ACK),
        ("line:dup=200", [(0, b"AB\r"), (90, b"AB\r")], ["scan", "duplicate"], ACK + ACK),
        ("idle", [(0, b"AB")], ["scan"], ACK),
        ("stx", [(0, b"\x02AB\x03\r\n")], ["scan"], ACK),
        ("stx", [(0, b"xy\x02AB\x03")], ["garbled", "scan"], ACK),  # what came with a good frame needs no answer
        ("stx", [(0, b"\x02A\x02"), (9, b"AB\x03")], ["partial", "scan"], ACK),
        ("stx", [(0, b"\x02A\x02"), (9, b"A\x07\x03")], ["partial", "garbled"], NAK),
        ("line", [(0, b"\0\0"), (900, b"\r\n")], [], b""),
    ],
)
def test_ack_nak(framing: str, steps: list[tuple[float, bytes]], kinds: list[str], sent: bytes) -> None:
    assert answers(framing, *steps) == (kinds, sent)


def test_ack_nak_with_a_scanner_that_waits(make_fake: Callable[..., Any], link: str) -> None:
    fake = make_fake(host_ack=True, ack_timeout=1.0)
    with Desk(link, "line:handshake=acknak", on_read=lambda _: time.sleep(0.3)) as desk:
        desk.wait_state("ready")
        before = time.monotonic()
        assert [fake.scan(f"CODE{n}") for n in range(5)] == ["ack"] * 5
        assert time.monotonic() - before < 1, "the receiver's time was the scanner's"
        fake.host_bytes(clear=True)
        fake.send(b"CO\xffE\r")
        eventually(lambda: fake.host_bytes() == NAK)


def test_what_waits_for_a_verdict() -> None:
    awaited = Awaited(within_ms=400)
    awaited.expect(7, 0)
    awaited.expect(8, 100)
    assert awaited.due() == 400
    assert awaited.overdue(399) == 0
    assert awaited.overdue(400) == 1
    assert not awaited.take(7), "it is too late"
    assert awaited.take(8)
    assert not awaited.take(8), "one answer each"
    assert not awaited.take()
    assert awaited.due() is None


class TestHoneywellHostAcknowledgement:
    def test_one_verdict_each(self, make_fake: Callable[..., Any], link: str) -> None:
        fake = make_fake(dialect="honeywell")
        with Desk(link, feedback="honeywell") as desk:
            desk.wait_state("ready")
            for n, (verdict, heard) in enumerate([("good", GOOD), ("bad", BAD), ("attention", ATTENTION)]):
                fake.host_bytes(clear=True)
                fake.scan(f"CODE{n}")
                eventually(lambda n=n: len(desk.reads) == n + 1)
                for _ in range(3):
                    getattr(desk.scanner, verdict)(desk.reads[-1].at_ms)
                eventually(lambda heard=heard: fake.host_bytes() == heard)
                time.sleep(0.03)
                assert fake.host_bytes() == heard

    def test_a_read_nobody_judges_releases_the_scanner_and_its_late_verdict_is_not_sent(
        self, make_fake: Callable[..., Any], link: str
    ) -> None:
        fake = make_fake(dialect="honeywell")
        verdicts: list[Read] = []
        done = threading.Event()

        def hang(read: Read) -> None:
            done.wait(5)
            desk.scanner.good(read.at_ms)
            verdicts.append(read)

        with Desk(link, feedback="honeywell", on_read=hang) as desk:
            desk.wait_state("ready")
            before = time.monotonic()
            fake.scan("FIRST")
            eventually(lambda: fake.host_bytes() == ATTENTION)
            assert 0.3 < time.monotonic() - before < 0.9
            fake.scan("SECOND")
            eventually(lambda: fake.host_bytes() == ATTENTION * 2)
            fake.scan("THIRD")
            done.set()  # the verdicts on the first two come now, and the third's in time
            eventually(lambda: len(verdicts) == 3)
            eventually(lambda: fake.host_bytes() == ATTENTION * 2 + GOOD)
            time.sleep(0.45)
            assert fake.host_bytes() == ATTENTION * 2 + GOOD

    def test_what_is_no_read_is_answered_at_once(self, make_fake: Callable[..., Any], link: str) -> None:
        fake = make_fake(dialect="honeywell")
        released = threading.Event()
        with Desk(link, feedback="honeywell", on_read=lambda _: released.wait(2)) as desk:
            desk.wait_state("ready")
            before = time.monotonic()
            fake.send(b"A\x07B\r")
            eventually(lambda: fake.host_bytes() == BAD)
            fake.send(b"ABC")  # and no end: partial after half a second
            eventually(lambda: fake.host_bytes() == BAD * 2)
            assert time.monotonic() - before < 0.9
            released.set()

    def test_a_bounce_is_told_what_its_read_was_told(self, make_fake: Callable[..., Any], link: str) -> None:
        fake = make_fake(dialect="honeywell")
        with Desk(link, "line:dup=300", "honeywell") as desk:
            desk.wait_state("ready")
            fake.scan("WRONG")
            eventually(lambda: desk.reads)
            desk.scanner.bad(desk.reads[0].at_ms)
            eventually(lambda: fake.host_bytes() == BAD)
            fake.scan("WRONG")
            eventually(lambda: fake.host_bytes() == BAD * 2)
            assert [read.fault for read in desk.reads] == ["", "duplicate"]
