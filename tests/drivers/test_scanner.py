"""Scanners on real pseudo-terminals and sockets."""

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from drivers.feedback import NewlandAnswers, parse_feedback
from drivers.framing_options import parse_framing
from drivers.scanner import Read, Scanner
from drivers.transport import DescriptorPort, PortError, open_port


def eventually(condition: Callable[[], object], timeout_s: float = 5.0) -> None:
    end = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end, "nothing happened in time"
        time.sleep(0.002)


class Desk:
    """A scanner of ours and everything it said."""

    def __init__(self, address: str, framing: str = "line", feedback: str = "none", on_read: Any = None) -> None:
        self.reads: list[Read] = []
        self.states: list[str] = []
        self.scanner = Scanner(
            address, parse_framing(framing), on_read or self.reads.append, self.states.append, "s1", feedback=feedback
        )

    def __enter__(self) -> "Desk":
        self.scanner.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.scanner.stop()

    @property
    def texts(self) -> list[str]:
        return [read.text for read in self.reads if not read.fault]

    def wait_state(self, state: str) -> None:
        eventually(lambda: self.states[-1:] == [state])


@pytest.fixture
def link(tmp_path: Path) -> str:
    return str(tmp_path / "scanner")


@pytest.fixture
def make_fake(outside_scanner: ModuleType, link: str) -> Iterator[Callable[..., Any]]:
    fakes: list[Any] = []

    def make(**options: Any) -> Any:
        fakes.append(outside_scanner.FakeScanner(link=link, **options))
        return fakes[-1]

    yield make
    for fake in fakes:
        fake.close()


def test_two_quick_reads_of_one_code_are_two(make_fake: Callable[..., Any], link: str) -> None:
    fake = make_fake()
    with Desk(link) as desk:
        desk.wait_state("ready")
        fake.scan("4006381333931")
        fake.scan("4006381333931")
        eventually(lambda: len(desk.reads) == 2)
        assert desk.texts == ["4006381333931"] * 2
        assert desk.reads[0].source == "s1"
        assert abs(desk.reads[0].at_ms / 1000 - time.time()) < 5


def test_nothing_is_lost_or_joined_by_pulling_the_cable(make_fake: Callable[..., Any], link: str) -> None:
    fake = make_fake()
    rounds = 25
    with Desk(link) as desk:
        desk.wait_state("ready")
        for number in range(rounds):
            fake.scan(f"A{number}")
            eventually(lambda number=number: desk.texts[-1:] == [f"A{number}"])
            fake.send(b"HEAD")
            fake.unplug()
            fake.replug()
            fake.scan(f"B{number}")  # at once: before the port is open again
            eventually(lambda number=number: desk.texts[-1:] == [f"B{number}"])
        assert desk.texts == [f"{letter}{number}" for number in range(rounds) for letter in "AB"]
        assert {read.fault for read in desk.reads} <= {"", "partial"}
        assert desk.states == ["connecting", "ready", *["lost", "ready"] * rounds]


def test_device_that_comes_later_is_found(outside_scanner: ModuleType, link: str) -> None:
    with Desk(link) as desk:
        eventually(lambda: desk.scanner.problem == "missing")
        with outside_scanner.FakeScanner(link=link) as fake:
            desk.wait_state("ready")
            assert desk.scanner.problem is None
            fake.scan("X")
            eventually(lambda: desk.texts == ["X"])
            assert desk.states == ["connecting", "ready"]


def test_fresh_terminal_neither_echoes_nor_rewrites(make_fake: Callable[..., Any], link: str) -> None:
    fake = make_fake(raw=False, terminator=b"\r")
    with Desk(link) as desk:
        desk.wait_state("ready")
        fake.scan("A\x1dB")
        eventually(lambda: desk.texts == ["A\x1dB"])
        assert fake.host_bytes() == b""


def test_ssi_is_acknowledged_while_the_receiver_sleeps(make_fake: Callable[..., Any], link: str) -> None:
    fake = make_fake(protocol="ssi", ssi_type=0x0F, ack_timeout=0.5)
    release = threading.Event()
    reads: list[Read] = []

    def slow(read: Read) -> None:
        reads.append(read)
        release.wait(5)

    with Desk(link, "ssi", on_read=slow) as desk:
        desk.wait_state("ready")
        before = time.monotonic()
        assert fake.scan("0104006381333931") == "ack"
        assert time.monotonic() - before < 0.25
        release.set()
        assert fake.scan("L" * 700) == "ack"
        eventually(lambda: len(reads) == 2)
    assert [(read.text, read.aim, read.fault) for read in reads] == [
        ("0104006381333931", "]C1", ""),
        ("L" * 700, "]C1", ""),
    ]


@pytest.mark.parametrize(
    ("feedback", "dialect", "good", "bad"),
    [
        ("ssi", "ssi", ["BEEP 00"], ["BEEP 06"]),
        ("honeywell", "honeywell", ["honeywell good (on file)"], ["honeywell bad (not on file)"] * 2),
        ("datalogic", "datalogic", ["datalogic good-read tone"], ["datalogic bad tone"]),
        ("datalogic232", "datalogic", ["enable", "beep good read"], ["not-on-file", "enable"]),
        ("bel", "generic", [], ["BEL"]),
        ("newland:good=BEEP1:bad=BEEP2", "newland", ["newland #BEEP1"], ["newland #BEEP2"]),
    ],
)
def test_signals(
    make_fake: Callable[..., Any], link: str, feedback: str, dialect: str, good: list[str], bad: list[str]
) -> None:
    fake = make_fake(dialect=dialect, protocol="ssi" if dialect == "ssi" else "raw")
    with Desk(link, "ssi" if dialect == "ssi" else "line", feedback) as desk:
        desk.wait_state("ready")
        desk.scanner.good()
        desk.scanner.bad()
        eventually(lambda: fake.host_commands() == [*good, *bad])
        fake.scan("AFTER")
        eventually(lambda: desk.texts == ["AFTER"])
        assert [read.fault for read in desk.reads] == [""]


def test_signals_do_not_pile_up_and_unknown_dialects_are_refused(make_fake: Callable[..., Any], link: str) -> None:
    fake = make_fake()
    with Desk(link, feedback="bel") as desk:
        desk.wait_state("ready")
        for _ in range(20):
            desk.scanner.bad()
        desk.scanner.attention()
        eventually(lambda: fake.host_bytes() == b"\a\a\a")
    for wrong in ("beep", "bel:x=1", "newland:fine=X"):
        with pytest.raises(ValueError):
            parse_feedback(wrong)


def test_newland_answers_are_taken_out_wherever_they_are_cut() -> None:
    stream = b"AB\x02\x010000#X\x06;\x03CD\r\x02E\x03"
    for cut in range(len(stream)):
        answers = NewlandAnswers()
        assert answers.strip(stream[:cut]) + answers.strip(stream[cut:]) == b"ABCD\r\x02E\x03"


def test_port_is_ours_alone(make_fake: Callable[..., Any], link: str) -> None:
    fake = make_fake()
    with Desk(link) as desk:
        desk.wait_state("ready")
        with pytest.raises(PortError, match="busy"):
            open_port(link)
    open_port(fake.port).close()


def test_a_fault_in_the_receiver_does_not_stop_the_next_read(
    make_fake: Callable[..., Any], link: str, caplog: pytest.LogCaptureFixture
) -> None:
    fake = make_fake()
    reads: list[str] = []

    def receive(read: Read) -> None:
        reads.append(read.text)
        if len(reads) == 1:
            raise RuntimeError("the receiver broke")

    with Desk(link, on_read=receive) as desk:
        desk.wait_state("ready")
        fake.scan("A")
        eventually(lambda: reads == ["A"])
        fake.scan("B")
        eventually(lambda: reads == ["A", "B"])
    assert "the receiver broke" in caplog.text


def test_scanner_behind_a_serial_device_server() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"socket://127.0.0.1:{server.getsockname()[1]}"
        with Desk(address, "stx") as desk:
            first, _ = server.accept()
            with first:
                first.sendall(b"\x02ONE\x03")
                eventually(lambda: desk.texts == ["ONE"])
            eventually(lambda: "lost" in desk.states)
            second, _ = server.accept()
            with second:
                second.sendall(b"\x02TWO\x03")
                eventually(lambda: desk.texts == ["ONE", "TWO"])


def test_bytes_before_a_hang_up_are_delivered_before_it() -> None:
    class Dying(DescriptorPort):
        chunks = [b"LAST", b" READ\r"]  # noqa: RUF012

        def _take(self, size: int) -> bytes:
            if not self.chunks:
                raise OSError(5, "Input/output error")
            return self.chunks.pop(0)

    port = Dying(-1)
    assert port.read() == b"LAST READ\r"
    with pytest.raises(PortError, match="lost"):
        port.read()


def test_callbacks_come_from_the_device_thread_only(make_fake: Callable[..., Any], link: str) -> None:
    make_fake()
    threads: set[int] = set()
    scanner = Scanner(link, parse_framing(""), lambda _: None, lambda _: threads.add(threading.get_ident()))
    scanner.start()
    eventually(lambda: threads)
    scanner.stop()
    assert threading.get_ident() not in threads


def test_latency_and_rest(make_fake: Callable[..., Any], link: str) -> None:
    fake = make_fake()
    arrived: list[float] = []
    delays: list[float] = []
    with Desk(link, on_read=lambda _: arrived.append(time.perf_counter())) as desk:
        desk.wait_state("ready")
        for number in range(60):
            before = time.perf_counter()
            fake.scan(f"N{number}")
            eventually(lambda number=number: len(arrived) == number + 1)
            delays.append((arrived[-1] - before) * 1000)
        before_rest = os.times()
        time.sleep(0.3)
        after = os.times()
        idle = after.user + after.system - before_rest.user - before_rest.system
    delays.sort()
    assert delays[len(delays) // 2] < 8
    assert idle < 0.1


def test_pyserial_url_moves_bytes() -> None:
    port = open_port("loop://")
    try:
        assert port.write(b"A\r") == 2
        port.wait(1.0)
        assert port.read() == b"A\r"
        before = time.monotonic()
        port.wait(0.05)
        assert 0.04 < time.monotonic() - before < 1
        assert port.read() == b""
    finally:
        port.close()


@pytest.mark.parametrize("address", ["", "socket://", "/dev/ttyS0?speed=9600", "/dev/ttyS0?baud=fast", "file:"])
def test_addresses_that_are_none(address: str) -> None:
    with pytest.raises(ValueError):
        open_port(address)
