"""Scanners on real pseudo-terminals and sockets."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from drivers.delivery import MOST_WAITING
from drivers.framing_options import parse_framing
from drivers.scanner import Read, Scanner
from drivers.transport import DescriptorPort, PortError, open_port
from tests.drivers.desk import Desk, eventually


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


def test_nothing_is_lost_or_joined_in_250_pulled_cables(outside_scanner: ModuleType, link: str) -> None:
    """The simulated scanner is a process of its own: its descriptors must not be taken for ours."""
    rounds = 250
    command = [sys.executable, str(outside_scanner.__file__), "--link", link, "--quiet"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as fake:
        assert fake.stdin
        with Desk(link) as desk:
            desk.wait_state("ready")
            for number in range(rounds):
                # The last code is sent at once after the cable is back: before the port is open again.
                fake.stdin.write(f"A{number}\n:hex 48454144\n")
                fake.stdin.flush()
                eventually(lambda number=number: desk.texts[-1:] == [f"A{number}"])
                fake.stdin.write(f":unplug\n:replug\nB{number}\n")
                fake.stdin.flush()
                eventually(lambda number=number: desk.texts[-1:] == [f"B{number}"])
            assert desk.texts == [f"{letter}{number}" for number in range(rounds) for letter in "AB"]
            heads = len(desk.reads) - len(desk.texts)
            print(f"{rounds} cycles: {len(desk.texts)} of {2 * rounds} codes, 0 joined, {heads} heads seen and refused")
            # Of what is not a code only heads were seen, never one joined to another code; a hang-up may swallow them.
            assert {read.fault for read in desk.reads} <= {"", "partial"}
            assert desk.states == ["connecting", "ready", *["lost", "ready"] * rounds]
        fake.stdin.write(":quit\n")


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


def test_ssi_is_acknowledged_while_the_receiver_hangs(make_fake: Callable[..., Any], link: str) -> None:
    """Also the packets that follow the one it hangs in."""
    fake = make_fake(protocol="ssi", ssi_type=0x0F, ack_timeout=1.0)
    release = threading.Event()
    reads: list[Read] = []

    def hang(read: Read) -> None:
        reads.append(read)
        release.wait(5)

    codes = [f"01040063813339{n:02}" for n in range(8)] + ["L" * 700]
    with Desk(link, "ssi", on_read=hang) as desk:
        desk.wait_state("ready")
        delays_ms = []
        for code in codes:
            before = time.perf_counter()
            assert fake.scan(code) == "ack"
            delays_ms.append((time.perf_counter() - before) * 1000)
        assert len(reads) == 1, "the receiver did not hang"
        delays_ms.sort()
        assert delays_ms[len(delays_ms) // 2] < 20, delays_ms
        assert delays_ms[-1] < 200, delays_ms
        release.set()
        eventually(lambda: len(reads) == len(codes))
    assert [(read.text, read.aim, read.fault) for read in reads] == [(code, "]C1", "") for code in codes]


def test_reads_wait_in_order_for_a_slow_receiver_and_none_is_lost(make_fake: Callable[..., Any], link: str) -> None:
    fake = make_fake()
    release = threading.Event()
    texts: list[str] = []

    def hang(read: Read) -> None:
        release.wait(5)
        texts.append(read.text)

    codes = [f"N{n}" for n in range(MOST_WAITING + 200)]
    with Desk(link, on_read=hang) as desk:
        desk.wait_state("ready")
        fake.send("".join(f"{code}\r" for code in codes).encode())
        release.set()
        eventually(lambda: len(texts) == len(codes))
        assert texts == codes


def test_stopping_delivers_what_was_read_and_does_not_wait_for_a_receiver_that_hangs_for_ever(
    make_fake: Callable[..., Any], link: str
) -> None:
    fake = make_fake()
    release = threading.Event()
    texts: list[str] = []

    def hang(read: Read) -> None:
        texts.append(read.text)
        release.wait(20)

    with Desk(link, on_read=hang) as desk:
        desk.wait_state("ready")
        fake.send(b"".join(b"N%d\r" % n for n in range(MOST_WAITING + 200)))
        eventually(lambda: desk.scanner._delivery._waiting.qsize() >= MOST_WAITING)
        before = time.monotonic()
        threading.Timer(0.2, release.set).start()
        desk.scanner.stop()
        assert time.monotonic() - before < 3
    assert texts == [f"N{n}" for n in range(len(texts))]
    assert len(texts) >= MOST_WAITING
    told = len(texts)
    time.sleep(0.05)
    assert len(texts) == told


def test_the_receiver_may_stop_the_scanner(make_fake: Callable[..., Any], link: str) -> None:
    fake = make_fake()
    stopped = threading.Event()

    def stop(_: Read) -> None:
        desk.scanner.stop()
        stopped.set()

    with Desk(link, on_read=stop) as desk:
        desk.wait_state("ready")
        fake.scan("A")
        assert stopped.wait(5)


def test_each_read_has_a_time_of_its_own(make_fake: Callable[..., Any], link: str) -> None:
    fake = make_fake()
    with Desk(link) as desk:
        desk.wait_state("ready")
        fake.send(b"".join(b"N%d\r" % n for n in range(1900)))
        eventually(lambda: len(desk.reads) == 1900)
        times = [read.at_ms for read in desk.reads]
        assert times == sorted(set(times))


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


def test_callbacks_never_come_from_the_thread_that_stops(make_fake: Callable[..., Any], link: str) -> None:
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
        assert 0.04 < time.monotonic() - before < 4
        assert port.read() == b""
    finally:
        port.close()


@pytest.mark.parametrize("address", ["", "socket://", "/dev/ttyS0?speed=9600", "/dev/ttyS0?baud=fast", "file:"])
def test_addresses_that_are_none(address: str) -> None:
    with pytest.raises(ValueError):
        open_port(address)
