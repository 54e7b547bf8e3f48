"""The simulated printer fails as told, and what came out of it is counted in pieces of paper."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from drivers.fake_printer import FakePrinter, PieceOfPaper
from drivers.printer import open_printer
from drivers.printer_status import StatusReader

TOP, BOTTOM = b"\x1b@Hello\n", b"World\n\x1dV\x00"
LABEL = TOP + BOTTOM


@pytest.fixture
def printer() -> Iterator[FakePrinter]:
    with FakePrinter() as fake:
        yield fake


@pytest.fixture
def link(printer: FakePrinter) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", printer.port)) as connected:
        connected.settimeout(2)
        yield connected


def eventually(condition: Callable[[], object]) -> None:
    end = time.monotonic() + 3
    while not condition():
        assert time.monotonic() < end, "nothing happened in time"
        time.sleep(0.002)


def asked(link: socket.socket, question: bytes, count: int = 1) -> bytes:
    link.sendall(question)
    answer = b""
    while len(answer) < count:
        answer += link.recv(count - len(answer))
    return answer


def test_it_says_what_it_is_like(printer: FakePrinter, link: socket.socket) -> None:
    def all_answers() -> list[int]:
        return [asked(link, b"\x10\x04" + bytes((what,)))[0] for what in (1, 2, 3, 4)]

    assert all_answers() == [0x12, 0x12, 0x12, 0x12]
    printer.paper_low()
    assert all_answers() == [0x12, 0x12, 0x12, 0x1E]
    assert asked(link, b"\x1dr\x01") == b"\x03"
    printer.paper_out()
    assert all_answers() == [0x1A, 0x32, 0x12, 0x7E]
    printer.open_cover()
    assert all_answers() == [0x1A, 0x16, 0x12, 0x12]
    printer.jam()
    assert all_answers() == [0x1A, 0x52, 0x1A, 0x12]
    printer.ok()
    assert asked(link, b"\x1dr\x01") == b"\x00"


def test_automatic_status_comes_unasked(printer: FakePrinter, link: socket.socket) -> None:
    assert asked(link, b"\x1da\x0f", 4) == b"\x10\x00\x00\x00"
    printer.open_cover()
    assert asked(link, b"", 4) == b"\x38\x00\x00\x00"
    printer.ok()
    assert asked(link, b"", 4) == b"\x10\x00\x00\x00"
    printer.paper_low()
    assert asked(link, b"", 4) == b"\x10\x00\x03\x00"
    reader = StatusReader()
    printer.ok()
    reader.feed(asked(link, b"\x10\x04\x01", 5))
    assert (reader.realtime, reader.barrier) == ([0x12], [])


def test_process_id_comes_back_after_what_was_before_it(printer: FakePrinter, link: socket.socket) -> None:
    printer.paper_out()
    link.sendall(LABEL + b"\x1d(H\x06\x0000ABCD")
    assert asked(link, b"\x10\x04\x04") == b"\x7e"
    printer.ok()
    assert asked(link, b"", 7) == b"\x37\x22ABCD\x00"
    assert printer.jobs == [LABEL]


@pytest.mark.parametrize("fail", [FakePrinter.paper_out, FakePrinter.open_cover, FakePrinter.jam])
def test_a_label_in_pieces_is_no_label(printer: FakePrinter, link: socket.socket, fail: Callable[..., None]) -> None:
    fail(printer, after_bytes=len(TOP))
    link.sendall(LABEL + LABEL)
    eventually(lambda: printer.pieces)
    assert printer.pieces == [PieceOfPaper(TOP, is_whole=False)]
    printer.ok()
    eventually(lambda: len(printer.jobs) == 2)
    assert printer.jobs == [LABEL, LABEL]
    assert printer.pieces == [PieceOfPaper(TOP, False), PieceOfPaper(BOTTOM, False), PieceOfPaper(LABEL, True)]


def test_power_lost_inside_a_label_leaves_half_of_it(printer: FakePrinter, link: socket.socket) -> None:
    link.sendall(LABEL + TOP)
    eventually(lambda: len(printer.received) == len(LABEL + TOP))
    printer.off()
    with pytest.raises(OSError):
        asked(link, b"")
    assert printer.pieces == [PieceOfPaper(LABEL, True), PieceOfPaper(TOP, False)]
    assert printer.jobs == [LABEL]


@pytest.mark.parametrize("whole", [True, False])
def test_the_link_drops_after_so_many_bytes(printer: FakePrinter, link: socket.socket, whole: bool) -> None:
    got = LABEL if whole else TOP
    printer.drop_link(after_bytes=len(got))
    link.sendall(LABEL * 2)
    with pytest.raises(ConnectionResetError):
        link.recv(1)
    assert (printer.received, printer.pieces) == (got, [PieceOfPaper(got, whole)])
    assert open_printer(printer.uri).send(LABEL, 2).outcome == "printed"


def test_a_printer_that_takes_connections_and_reads_nothing(printer: FakePrinter) -> None:
    printer.stop_reading()
    delivery = open_printer(printer.uri + "?status=0").send(LABEL * 400_000, 0.5)
    assert (delivery.outcome, delivery.reason) == ("broken", "timeout")
    assert printer.pieces == []
    printer.ok()
    assert open_printer(printer.uri).send(LABEL, 5).outcome == "printed"


@pytest.mark.parametrize("has_cutter", [True, False])
def test_without_a_cutter_a_label_ends_with_its_job(has_cutter: bool) -> None:
    with FakePrinter(has_cutter=has_cutter) as printer:
        assert open_printer(printer.uri).send(TOP, 2).outcome == "printed"
        assert printer.pieces == [PieceOfPaper(TOP, is_whole=not has_cutter)]


def test_nothing_is_left_behind() -> None:
    before = threading.active_count()
    with FakePrinter() as printer, socket.create_connection(("127.0.0.1", printer.port)) as link:
        link.sendall(TOP)
    assert threading.active_count() == before
