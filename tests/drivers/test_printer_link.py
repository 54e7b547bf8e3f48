"""Serial printers and sockets when things take long, come late or break off."""

import os
import socket
import threading
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from drivers.fakes import FakePrinter
from drivers.printer import Delivery, open_printer
from drivers.printer_status import BARRIER

LABEL = b"\x1b@Hello\n\x1dV\x00"
QUESTION = b"\x10\x04"


class SerialPrinter:
    """A pseudo-terminal with a printer behind it that takes so many bytes a second, and says of barriers what `answer`
    returns: None for nothing."""

    def __init__(self, bytes_a_second: int, answer: Callable[[int], bytes | None]) -> None:
        self.master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.path = os.ttyname(self._slave)
        self._rate, self._answer = bytes_a_second, answer
        self.got = bytearray()
        self.barriers = 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run)
        os.set_blocking(self.master, False)
        self._thread.start()

    def _run(self) -> None:
        while not self._done.wait(0.02):
            try:
                data = os.read(self.master, max(1, self._rate // 50))
            except BlockingIOError:
                continue
            before, self.got = bytes(self.got[-2:]), self.got + data  # a question may come in two parts
            for _ in range((before[-1:] + data).count(QUESTION)):
                os.write(self.master, b"\x12")
            for _ in range((before + data).count(BARRIER)):
                self.barriers += 1
                if said := self._answer(self.barriers):
                    os.write(self.master, said)

    def close(self) -> None:
        self._done.set()
        self._thread.join()
        os.close(self._slave)
        os.close(self.master)


@contextmanager
def serial_printer(
    answer: Callable[[int], bytes | None] = lambda _: b"\0", *, bytes_a_second: int = 200_000
) -> Iterator[SerialPrinter]:
    printer = SerialPrinter(bytes_a_second, answer)
    try:
        yield printer
    finally:
        printer.close()


def test_a_slow_line_is_no_trouble_as_long_as_it_moves() -> None:
    with serial_printer(bytes_a_second=100_000) as printer:
        job = bytes(range(32, 127)) * 2500
        before = time.monotonic()
        assert open_printer(f"{printer.path}?baud=115200").send(job, 1.5) == Delivery("printed")
        assert time.monotonic() - before > 1.6  # longer than it may stand still
        assert job in bytes(printer.got)


def test_the_answer_to_an_earlier_job_is_no_proof_of_this_one() -> None:
    late = threading.Event()

    def answer(barrier: int) -> bytes | None:
        if barrier == 1:  # the job before: stopped, and worked off after its sender has given up
            return None
        if barrier == 2:
            late.set()
            return b"\0\0"  # that of the first comes now, just before that of the second
        return None  # the second job never ends

    with serial_printer(answer) as printer:
        port = open_printer(printer.path)
        assert port.send(LABEL, 0.6).outcome == "broken"
        delivery = port.send(LABEL, 0.8)
        assert late.is_set()
        assert (delivery.outcome, delivery.reason) == ("broken", "timeout")


def test_a_printer_still_at_the_job_before_gets_no_other() -> None:
    with serial_printer(lambda _: None) as printer:
        port = open_printer(printer.path)
        assert port.send(LABEL, 0.6).outcome == "broken"
        assert port.send(LABEL, 0.6).outcome == "not_sent"
        assert bytes(printer.got).count(LABEL) == 1


def test_a_printer_that_comes_back_prints_again() -> None:
    with FakePrinter() as printer:
        port = open_printer(printer.uri)
        printer.paper_out(after_bytes=3)
        assert port.send(LABEL, 3).reason == "paper_out"
        printer.off()
        assert port.send(LABEL, 1).outcome == "not_sent"
        printer.ok()
        assert port.send(LABEL, 3) == Delivery("printed")
        assert printer.jobs == [LABEL]


@pytest.mark.parametrize("taken", [0, 1, 5000, 150_000])
def test_a_socket_reset_in_mid_label_is_never_called_good(taken: int) -> None:
    def serve(server: socket.socket) -> None:
        caller, _ = server.accept()
        with caller:
            caller.settimeout(5)
            got = b""
            while len(got) < 9 + taken:
                data = caller.recv(65536)
                caller.send(b"\x12" * data.count(QUESTION))
                got += data
            caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve, args=(server,))
        thread.start()
        delivery = open_printer(f"socket://127.0.0.1:{server.getsockname()[1]}").send(bytes(400_000), 3)
        thread.join()
    assert delivery.outcome in (
        ("not_sent", "broken") if taken == 0 else ("broken",)
    )  # the reset may come before our first byte
    assert delivery.reason == "lost"


BIG = b"\x1b@" + b"\x1dv0\x00\x48\x00\xff\x00" + bytes(72 * 255) + b"\x1dV\x00"


@pytest.mark.parametrize("after", [1, 9, 40, 5000, 15_000])
def test_a_dropped_link_is_never_called_good_and_nothing_comes_out_twice(after: int) -> None:
    with FakePrinter() as printer:
        port = open_printer(printer.uri)
        printer.drop_link(after_bytes=after)
        delivery = port.send(BIG, 2)
        assert delivery.outcome in ("not_sent", "broken")
        assert printer.received.count(BIG[:2]) <= 1
        printer.ok()
        if delivery.outcome == "not_sent":  # then trying again is safe
            assert port.send(BIG, 2) == Delivery("printed")
            assert [piece.is_whole for piece in printer.pieces] == [True]


def test_a_printer_that_accepts_and_never_reads() -> None:
    with FakePrinter() as printer:
        port = open_printer(printer.uri)
        assert port.send(LABEL, 2) == Delivery("printed")
        printer.stop_reading()
        before = time.monotonic()
        delivery = port.send(BIG, 1.0)
        assert time.monotonic() - before < 2
        assert (delivery.outcome, delivery.reason) == ("not_sent", "timeout")  # though its socket has room for it
        assert port.status().reason == "timeout"
        printer.ok()
        assert port.send(LABEL, 2) == Delivery("printed")
        assert printer.jobs == [LABEL, LABEL]


def test_where_one_was_switched_off_another_that_says_nothing_may_be_put() -> None:
    with FakePrinter() as printer:
        port = open_printer(printer.uri)
        assert port.status().answered
        printer.off()
        assert port.status().reason == "refused"
        printer.ok()
        printer.stop_reading()
        assert port.send(LABEL, 2) == Delivery("sent")


@pytest.mark.parametrize(
    ("trouble", "reason"), [("paper_out", "paper_out"), ("open_cover", "cover_open"), ("jam", "error")]
)
def test_what_stops_it_inside_a_label_is_told(trouble: str, reason: str) -> None:
    with FakePrinter() as printer:
        getattr(printer, trouble)(after_bytes=4000)
        delivery = open_printer(printer.uri).send(BIG, 4)
        assert (delivery.outcome, delivery.reason) == ("broken", reason)


def test_paper_that_runs_low_is_told_with_a_good_label() -> None:
    with FakePrinter() as printer:
        printer.paper_low()
        port = open_printer(printer.uri)
        assert port.send(LABEL, 2) == Delivery("printed", "paper_low")
        assert (port.status().paper, port.status().reason) == ("low", "")


def test_a_printer_that_reports_unasked_is_understood() -> None:
    with FakePrinter() as printer:
        port = open_printer(printer.uri)
        reporting = b"\x1da\xff" + LABEL  # ASB on: four bytes, those after the first like an answer to GS r
        assert port.send(reporting, 2) == Delivery("printed")
        printer.paper_out(after_bytes=6)
        delivery = port.send(reporting + LABEL, 3)
        assert (delivery.outcome, delivery.reason) == ("broken", "paper_out")
