"""Scanners that wait for an answer: each sending gets exactly one, whatever it held and whatever the screen does."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any, TypeAlias

import pytest

from drivers.diagnosis import READS_AT_ONCE, READS_PER_S
from drivers.framing import Framer, FramingConfig
from drivers.framing_options import parse_framing
from drivers.handshake import Awaited
from drivers.port_budget import SUSTAINED_FRAMES_PER_S
from drivers.scanner import Read, Scanner
from drivers.ssi import checksum
from tests.drivers.desk import Desk, eventually

ACK, NAK = b"\x06", b"\x15"
GOOD, BAD, ATTENTION = b"\x1b7,", b"\x1b8,\x1b8,", b"\x1b5,"


def ssi_packet(data: bytes) -> bytes:
    body = bytes([5 + len(data), 0xF3, 0, 0, 3]) + data
    return body + checksum(body)


def line(data: bytes) -> bytes:
    return data + b"\r"


def answers(framing: str, *steps: tuple[float, bytes], until: float = 9000) -> tuple[list[str], bytes]:
    framer = Framer(parse_framing(f"{framing}:handshake=acknak"))
    kinds: list[str] = []
    sent = b""
    for at, data in (*steps, (until, b"")):
        while (due := framer.due()) is not None and due <= at:
            kinds += [frame.kind for frame in framer.tick(due)]
            sent += b"".join(framer.take_replies())
        kinds += [frame.kind for frame in framer.feed(data, at)]
        sent += b"".join(framer.take_replies())
    return kinds, sent


@pytest.mark.parametrize(
    ("framing", "steps", "kinds", "sent"),
    [
        ("line", [(0, b"AB\r\n")], ["scan"], ACK),
        ("line", [(0, b"A\x07\r"), (90, b"AB\r")], ["garbled", "scan"], NAK + ACK),
        # Noise in a read of its own, the code right behind it: NAK would have the code sent again.
        ("line", [(0, b"\x01\r"), (5, b"AB\r")], ["garbled", "scan"], ACK),
        ("line", [(0, b"\x01\r"), (5, b"\x01\r"), (34, b"AB\r")], ["garbled", "garbled", "scan"], ACK),
        ("line", [(0, b"\x01\r")], ["garbled"], NAK),
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
        assert time.monotonic() - before < 1.4, "the receiver's time was the scanner's"
        fake.host_bytes(clear=True)
        fake.send(b"CO\xffE\r")
        eventually(lambda: fake.host_bytes() == NAK)


def test_what_waits_for_a_verdict() -> None:
    awaited = Awaited(within_ms=400)
    awaited.expect(7, 0)
    awaited.expect(8, 100)
    assert awaited.due() == 400
    assert awaited.overdue(399) == []
    assert awaited.overdue(400) == [7]
    assert not awaited.take(7), "it is too late"
    assert awaited.take(8) == 8
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
            assert 0.3 < time.monotonic() - before < 3
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
            assert time.monotonic() - before < 1.9  # nobody was waited for
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


class Told:
    """A scanner of ours without a port: what it hands on, and what it sends to the device, in virtual time."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, framing: FramingConfig, feedback: str = "none") -> None:
        self.reads: list[Read] = []
        self.sent: list[bytes] = []
        self.charged = 0
        self.scanner = Scanner("/dev/ttyS99", framing, self.reads.append, lambda _: None, feedback=feedback)
        connection, delivery = self.scanner._connection, self.scanner._delivery
        monkeypatch.setattr(connection, "send", self.sent.append)
        monkeypatch.setattr(connection, "charge", self._charge)
        monkeypatch.setattr(delivery, "put", lambda call, argument: call(argument))
        self.scanner.opened(0)
        self.sent.clear()

    def __enter__(self) -> Told:
        return self

    def __exit__(self, *_: object) -> None:
        self.scanner.stop()

    def _charge(self, frames: int) -> None:
        self.charged += frames


Tell: TypeAlias = Callable[..., Told]


@pytest.fixture
def tell(monkeypatch: pytest.MonkeyPatch) -> Iterator[Tell]:
    with ExitStack() as stack:
        yield lambda framing, feedback="none": stack.enter_context(Told(monkeypatch, framing, feedback))


class TestNoReadIsAcknowledgedAndThrownAway:
    @pytest.mark.parametrize(
        ("framing", "feedback", "sending"),
        [
            (FramingConfig(mode="ssi"), "none", ssi_packet),
            (FramingConfig(handshake="acknak"), "none", line),
            (FramingConfig(), "honeywell", line),
        ],
    )
    def test_a_scanner_that_floods_is_slowed_down(
        self,
        tell: Tell,
        framing: FramingConfig,
        feedback: str,
        sending: Callable[[bytes], bytes],
    ) -> None:
        told = tell(framing, feedback)
        count = READS_AT_ONCE + 500
        for n in range(count):
            told.scanner.received(sending(b"N%d" % n), 10 + n)
            if feedback == "honeywell":
                told.scanner.good(told.reads[-1].at_ms)
        assert [read.text for read in told.reads] == [f"N{n}" for n in range(count)]
        assert len(told.sent) == count
        assert told.scanner.dropped == 0
        assert told.scanner.trouble == "flood"
        slowed = told.charged - count
        assert slowed == pytest.approx(450 * SUSTAINED_FRAMES_PER_S / READS_PER_S, rel=0.1)

    def test_one_that_asks_for_nothing_is_not(self, tell: Tell) -> None:
        told = tell(FramingConfig())
        for n in range(READS_AT_ONCE + 500):
            told.scanner.received(b"N%d\r" % n, 10 + n)
        assert len(told.reads) + told.scanner.dropped == READS_AT_ONCE + 500
        assert told.scanner.dropped > 400


class TestBouncesOfAJudgedRead:
    FRAMING = FramingConfig(duplicate_ms=150)

    def test_are_told_the_same_however_many_they_are(self, tell: Tell) -> None:
        told = tell(self.FRAMING, "honeywell")
        told.scanner.received(b"A1\r", 0)
        told.scanner.good(told.reads[0].at_ms)
        for n in range(1, 400):
            told.scanner.received(b"A1\r", n * 100)
        assert told.sent == [GOOD] * 400

    def test_are_told_nothing_while_it_waits_for_its_verdict(self, tell: Tell) -> None:
        told = tell(self.FRAMING, "honeywell")
        told.scanner.received(b"A1\r", 0)
        told.scanner.good(told.reads[-1].at_ms)
        told.scanner.received(b"WRONG\r", 1000)
        read = told.reads[-1]
        told.scanner.received(b"WRONG\r", 1100)
        assert told.sent == [GOOD], "the verdict on the read before is none on this one"
        told.scanner.bad(read.at_ms)
        told.scanner.received(b"WRONG\r", 1200)
        assert told.sent == [GOOD, BAD, BAD]

    def test_are_not_told_what_noise_between_them_was_told(self, tell: Tell) -> None:
        told = tell(self.FRAMING, "honeywell")
        told.scanner.received(b"A1\r", 0)
        told.scanner.good(told.reads[-1].at_ms)
        told.scanner.received(b"\x01\r", 40)
        told.scanner.ticked(70)
        told.scanner.received(b"A1\r", 100)
        assert told.sent == [GOOD, BAD, GOOD]


def test_noise_right_before_a_good_read_is_no_sending_of_its_own(tell: Tell) -> None:
    told = tell(FramingConfig(), "honeywell")
    told.scanner.received(b"\x01\r", 0)
    told.scanner.received(b"A1\r", 5)
    told.scanner.ticked(60)
    told.scanner.good(told.reads[-1].at_ms)
    assert told.sent == [GOOD]
