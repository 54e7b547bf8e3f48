"""Printers: what is delivered, and what is said of it when things go wrong."""

import os
import socket
import threading
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from drivers.escpos_tokens import command_length
from drivers.fakes import FakePrinter
from drivers.printer import Delivery, open_printer
from drivers.printer_status import StatusReader, paper_at_barrier, status_of

LABEL = b"\x1b@Hello\n\x1dV\x00"
PICTURE = b"\x1dv0\x00\x08\x00\x10\x00" + b"\x1dV\x00\x10\x04\x01\xff\x00" * 16 + b"\x1dVB\x00"


def timed(send: Callable[[], Delivery], at_most_s: float) -> Delivery:
    before = time.monotonic()
    delivery = send()
    assert time.monotonic() - before < at_most_s
    return delivery


@pytest.fixture
def printer() -> Iterator[FakePrinter]:
    with FakePrinter() as fake:
        yield fake


@contextmanager
def tcp_peer(behave: Callable[[socket.socket], None]) -> Iterator[str]:
    """A listener that treats its first caller as told."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)

        def serve() -> None:
            caller, _ = server.accept()
            with caller:
                behave(caller)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"socket://127.0.0.1:{server.getsockname()[1]}"
        thread.join()


def test_printed_only_when_the_printer_says_so(printer: FakePrinter) -> None:
    port = open_printer(printer.uri)
    assert port.send(LABEL, 2) == Delivery("printed")
    assert port.send(PICTURE + LABEL, 2) == Delivery("printed")
    assert printer.jobs == [LABEL, PICTURE, LABEL]
    status = port.status(1)
    assert (status.answered, status.online, status.paper, status.reason) == (True, True, "ok", "")


def test_large_job_arrives_whole(printer: FakePrinter) -> None:
    picture = b"\x1dv0\x00\x48\x00\x10\x04" + os.urandom(72 * 1040).replace(b"\x10", b"\x11") + b"\x1dV\x00"
    assert open_printer(printer.uri).send(picture, 5).outcome == "printed"
    assert printer.jobs == [picture]


def test_no_paper_before_the_job(printer: FakePrinter) -> None:
    port = open_printer(printer.uri)
    printer.paper_out()
    delivery = timed(lambda: port.send(LABEL, 2), 1)
    assert (delivery.outcome, delivery.reason) == ("not_sent", "paper_out")
    printer.open_cover()
    assert port.send(LABEL, 2).reason == "cover_open"
    assert port.status(1).reason == "cover_open"
    printer.ok()
    assert port.send(LABEL, 2).outcome == "printed"
    assert printer.jobs == [LABEL]


def test_paper_ends_inside_the_job(printer: FakePrinter) -> None:
    port = open_printer(printer.uri)
    printer.paper_out(after_bytes=5)
    delivery = timed(lambda: port.send(LABEL, 5), 2)
    assert (delivery.outcome, delivery.reason) == ("broken", "paper_out")
    printer.ok()
    assert printer.jobs == [LABEL]  # printed late, which is why it may not be sent again unseen


def test_power_off_and_on(printer: FakePrinter) -> None:
    port = open_printer(printer.uri)
    printer.off()
    delivery = port.send(LABEL, 2)
    assert delivery.outcome == "not_sent"
    assert delivery.reason in ("refused", "lost")  # lost: the connection was made just before
    assert port.status(1).reason == "refused"
    printer.ok()
    assert port.send(LABEL, 2).outcome == "printed"


def test_power_fails_inside_the_job(printer: FakePrinter) -> None:
    port = open_printer(printer.uri)
    printer.paper_out(after_bytes=5)
    timer = threading.Timer(0.15, printer.off)
    timer.start()
    delivery = port.send(LABEL, 3)
    timer.join()
    assert (delivery.outcome, delivery.reason) == ("broken", "lost")


def test_silent_printer_gets_the_job_without_proof() -> None:
    with FakePrinter(answers=False) as printer:
        port = open_printer(printer.uri)
        assert port.send(LABEL, 3) == Delivery("sent")
        assert timed(lambda: port.send(LABEL, 3), 0.3) == Delivery("sent")
        assert port.status(1).reason == "silent"
        deadline = time.monotonic() + 2
        while len(printer.jobs) < 2 and time.monotonic() < deadline:
            time.sleep(0.005)
        assert printer.jobs == [LABEL, LABEL]


def test_printer_of_another_language_gets_the_job_alone() -> None:
    got = bytearray()

    def collect(caller: socket.socket) -> None:
        while data := caller.recv(4096):
            got.extend(data)

    with tcp_peer(collect) as uri:
        port = open_printer(f"{uri}?status=0")
        assert port.status(1).reason == ""
        assert port.send(LABEL, 2) == Delivery("sent")
    assert got == LABEL


def test_printer_that_takes_nothing_never_blocks() -> None:
    release = threading.Event()
    with tcp_peer(lambda _: release.wait(5) and None) as uri:
        delivery = timed(lambda: open_printer(uri).send(bytes(20_000_000), 1.0), 1.5)
        release.set()
    assert (delivery.outcome, delivery.reason) == ("broken", "timeout")


def test_peer_that_resets_has_not_printed() -> None:
    def reset(caller: socket.socket) -> None:
        caller.recv(3)
        caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")

    with tcp_peer(reset) as uri:
        delivery = open_printer(uri).send(LABEL, 2)
    assert (delivery.outcome, delivery.reason) == ("not_sent", "lost")


def test_stopped_serial_printer_gives_the_port_back_in_time() -> None:
    master, slave = os.openpty()
    try:
        tty.setraw(slave)
        port = open_printer(f"serial:{os.ttyname(slave)}?baud=115200&rtscts=1")
        delivery = timed(lambda: port.send(bytes(200_000), 0.8), 1.6)
        assert (delivery.outcome, delivery.reason) == ("broken", "timeout")
    finally:
        os.close(slave)
        os.close(master)


def test_serial_printer_gets_every_byte() -> None:
    master, slave = os.openpty()
    try:
        tty.setraw(slave)
        job = bytes(range(256)) * 8
        assert open_printer(os.ttyname(slave)).send(job, 2) == Delivery("sent")
        os.set_blocking(master, False)
        assert os.read(master, 10000) == b"\x10\x04\x01" + job
    finally:
        os.close(slave)
        os.close(master)


def test_file(tmp_path: Path) -> None:
    path = tmp_path / "labels.bin"
    port = open_printer(f"file:{path}")
    assert port.status().reason == ""
    assert not path.exists()
    assert open_printer(f"file:{tmp_path}/no/folder").status().reason == "missing"
    assert port.send(LABEL) == Delivery("sent")
    assert port.send(PICTURE) == Delivery("sent")
    assert path.read_bytes() == LABEL + PICTURE
    assert port.status().reason == ""
    assert open_printer(f"file:{tmp_path}/no/folder").send(LABEL).reason == "missing"
    assert open_printer("file:/dev/full").send(LABEL).reason == "disk_full"


def test_missing_device_and_nonsense(tmp_path: Path) -> None:
    assert open_printer(str(tmp_path / "lp0")).send(LABEL, 1).outcome == "not_sent"
    for wrong in ("", "socket://", "file:", "serial:?baud=x", "/dev/ttyS0?flow=1"):
        with pytest.raises(ValueError):
            open_printer(wrong)


def test_replies_are_told_apart_by_their_fixed_bits() -> None:
    reader = StatusReader()
    reader.feed(b"\x14\x00\x16\x00\x0f\x12\x03\x11\x13")  # automatic status around a DLE EOT answer, GS r, XON, XOFF
    assert (reader.realtime, reader.barrier) == ([0x16, 0x12], [0x03])
    assert paper_at_barrier(0x03) == "low"
    assert paper_at_barrier(0x0C) == "out"
    assert status_of(0x1A, 0x12, 0x12).reason == "offline"
    assert status_of(0x12, 0x12, 0x1E).paper == "low"
    assert status_of(0x1A, 0x52, 0x12).reason == "error"


def test_commands_have_their_length_wherever_they_are_cut() -> None:
    for command in (
        b"\x1b@",
        b"\x1dV\x00",
        b"\x1dVA\x10",
        b"\x1dkI\x03ABC",
        b"\x1dk\x04AB\0",
        PICTURE[:-4],
        b"\x1c&",
        b"\x1d(k\x02\0AB",
    ):
        assert [command_length(command[:end]) for end in range(1, len(command))] == [0] * (len(command) - 1)
        assert command_length(command + b"rest") == len(command)
