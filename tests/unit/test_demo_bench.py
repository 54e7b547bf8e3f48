"""The simulated bench behind the real drivers: what is played arrives, what is printed becomes a picture."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from queue import SimpleQueue

import pytest
import zxingcpp
from PIL import Image

from drivers.framing_options import parse_scanner
from drivers.printer import open_printer
from drivers.scale import Reading, Scale
from drivers.scanner import Read, Scanner
from labels import DEFAULT_PROFILE, ToteLabel, render
from wms.demo.bench import COMMANDS, SimulatedBench
from wms.demo.bench_line import PORT, SOCKET, NoBench, ask, is_open

PATIENCE_S = 3.0


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[SimulatedBench]:
    with SimulatedBench(tmp_path / "bench") as made:
        yield made


def eventually(true: Callable[[], bool]) -> bool:
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.01)
    return true()


@pytest.fixture
def reads(bench: SimulatedBench) -> Iterator[SimpleQueue[Read]]:
    """What a terminal gets from the bench's scanner."""
    got: SimpleQueue[Read] = SimpleQueue()
    states: list[str] = []
    spec = parse_scanner(bench.scanner)
    scanner = Scanner(spec.address, spec.framing, got.put, states.append)
    scanner.start()
    try:
        assert eventually(lambda: "ready" in states)
        yield got
    finally:
        scanner.stop()


def test_a_code_played_from_elsewhere_arrives_at_the_driver(bench: SimulatedBench, reads: SimpleQueue[Read]) -> None:
    for code in ("A-01-1-1*42", "[/]", "x y", "0109520000000011\x1d10L1"):
        assert ask(bench.folder, f"scan {code}")["ok"]
        assert reads.get(timeout=PATIENCE_S).text == code


def test_an_unplugged_scanner_scans_again_once_it_is_back(bench: SimulatedBench, reads: SimpleQueue[Read]) -> None:
    assert ask(bench.folder, "unplug scanner")["ok"]
    answer = ask(bench.folder, "scan X1")
    assert not answer["ok"]
    assert "plug scanner" in answer["said"]
    assert ask(bench.folder, "plug scanner")["ok"]

    def scanned() -> bool:
        ask(bench.folder, "scan X2")
        return not reads.empty()

    assert eventually(scanned)
    assert reads.get().text == "X2"


def test_the_scale_shows_what_was_put_on_it(bench: SimulatedBench) -> None:
    readings: SimpleQueue[Reading] = SimpleQueue()
    address, _, protocol = bench.scale.partition(",")
    scale = Scale(address, protocol, readings.put, lambda _: None)
    scale.start()
    try:
        assert ask(bench.folder, "weigh 1234")["ok"]
        assert eventually(lambda: scale.last is not None and scale.last.bookable)
        assert scale.last is not None
        assert scale.last.grams == Decimal(1234)
        assert ask(bench.folder, "weigh 0")["ok"]
        assert eventually(lambda: scale.last is not None and scale.last.grams == 0)
    finally:
        scale.stop()


def test_a_printed_label_becomes_a_picture_that_scans(bench: SimulatedBench) -> None:
    printer = open_printer(bench.printer)
    for code in ("TOTE-001", "TOTE-002"):
        delivery = printer.send(render(ToteLabel(code, "tote"), DEFAULT_PROFILE, "en").data)
        assert delivery.outcome == "printed"
    assert eventually(lambda: ask(bench.folder, "labels")["labels"] == ["0001.png", "0002.png"])
    folder = bench.folder / "labels"
    for name, code in (("0001.png", "TOTE-001"), ("0002.png", "TOTE-002"), ("latest.png", "TOTE-002")):
        with Image.open(folder / name) as picture:
            assert {found.text for found in zxingcpp.read_barcodes(picture.convert("L"))} == {code}
    assert ask(bench.folder, "state")["trouble"] == ""


def test_numbers_go_on_after_a_restart(tmp_path: Path) -> None:
    for expected in (1, 2):
        with SimulatedBench(tmp_path) as bench:
            open_printer(bench.printer).send(render(ToteLabel("T1", "tote"), DEFAULT_PROFILE, "en").data)
            tray = bench.folder / "labels"
            assert eventually((tray / f"{expected:04d}.png").exists)
            assert len(bench.perform("labels")["labels"]) == expected


def test_what_is_no_label_is_kept_and_told(bench: SimulatedBench) -> None:
    with socket.create_connection(("127.0.0.1", int(bench.printer.rpartition(":")[2]))) as host:
        host.sendall(b"\x1b@plain text\x1dV\x41\x00")
    assert eventually(lambda: "0001.bin" in ask(bench.folder, "state")["trouble"])
    assert (bench.folder / "labels" / "0001.bin").read_bytes().startswith(b"\x1b@plain")
    assert ask(bench.folder, "labels")["labels"] == []


def test_paper_and_power_are_told_by_the_printer_itself(bench: SimulatedBench) -> None:
    printer = open_printer(bench.printer)
    assert printer.status().reason == ""
    ask(bench.folder, "paper out")
    assert printer.status().reason == "paper_out"
    ask(bench.folder, "printer off")
    ask(bench.folder, "paper in")
    assert not ask(bench.folder, "state")["power"], "paper alone does not switch it on"
    assert printer.send(b"x").outcome == "not_sent"
    ask(bench.folder, "printer on")
    assert printer.status().reason == ""


@pytest.mark.parametrize("command", ["", "scan", "scan  ", "weigh", "weigh -5", "weigh 1.5", "plug printer", "dance"])
def test_what_it_does_not_know_it_says_with_what_it_knows(bench: SimulatedBench, command: str) -> None:
    answer = ask(bench.folder, command)
    assert not answer["ok"]
    assert COMMANDS[0] in answer["said"]


def test_only_one_bench_stands_in_a_folder(bench: SimulatedBench) -> None:
    with pytest.raises(FileExistsError, match="already"):
        SimulatedBench(bench.folder)
    assert ask(bench.folder, "state")["ok"], "the first goes on"


def test_a_bench_left_behind_by_a_crash_is_no_hindrance(tmp_path: Path) -> None:
    stale = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    stale.bind(str(tmp_path / SOCKET))
    stale.close()
    assert not is_open(tmp_path)
    with SimulatedBench(tmp_path) as bench:
        assert ask(bench.folder, "state")["ok"]
    assert not (tmp_path / SOCKET).exists()
    with pytest.raises(NoBench):
        ask(tmp_path, "state")


def test_a_long_path_gets_a_port_instead_of_a_socket(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 20) / ("path" * 20)
    with SimulatedBench(folder):
        assert (folder / PORT).exists()
        assert ask(folder, "state")["ok"]
    assert not (folder / PORT).exists()


def test_an_operator_who_hangs_up_does_not_disturb_the_next(bench: SimulatedBench) -> None:
    for data in (b"", b"sta", b"labels\n"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.connect(str(bench.folder / SOCKET))
            line.sendall(data)
    assert ask(bench.folder, "state")["ok"]
