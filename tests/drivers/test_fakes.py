"""The simulated devices, driven through the product's own drivers."""

import threading
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from drivers.fakes import FakePrinter, FakeScale, FakeScanner
from drivers.framing import FramingConfig
from drivers.ports import list_ports
from drivers.printer import open_printer
from drivers.scale import Reading, Scale
from drivers.scanner import Read, Scanner


def eventually(condition: Callable[[], object], timeout_s: float = 5.0) -> None:
    end = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end, "nothing happened in time"
        time.sleep(0.005)


def test_a_packing_bench(tmp_path: Path) -> None:
    before = threading.active_count()
    reads: list[Read] = []
    weights: list[Reading] = []
    labels: list[bytes] = []
    with (
        FakeScanner(tmp_path / "scanner") as gun,
        FakeScale(tmp_path / "scale") as pan,
        FakePrinter(labels.append) as lp,
    ):
        scanner = Scanner(gun.address, FramingConfig(charset="auto"), reads.append, lambda _: None, feedback="bel")
        scale = Scale(pan.address, "auto", weights.append, lambda _: None)
        scanner.start()
        scale.start()
        assert gun.scan("箱-1")
        eventually(lambda: [read.text for read in reads] == ["箱-1"])
        scanner.bad()
        heard = b""
        while b"\a" not in heard:
            heard += gun.heard()
        gun.unplug()
        assert not gun.scan("nobody hears this")
        gun.replug()
        gun.scan("箱-2")
        eventually(lambda: [read.text for read in reads] == ["箱-1", "箱-2"])
        pan.put(1250)
        eventually(lambda: weights and weights[-1].bookable and weights[-1].grams == Decimal(1250))
        pan.put(1300, stable=False)
        eventually(lambda: weights[-1].status == "moving")
        pan.unplug()
        eventually(lambda: weights[-1].status == "silent")
        pan.replug()
        pan.put(99_000)
        eventually(lambda: weights[-1].status == "over")
        assert open_printer(lp.uri).send(b"one\x1dV\x00two\x1dV\x00", 2).outcome == "printed"
        assert labels == [b"one\x1dV\x00", b"two\x1dV\x00"]
        scanner.stop()
        scale.stop()
    assert threading.active_count() == before


def test_ports_have_names() -> None:
    for port in list_ports():
        assert port.name.startswith("/dev/")
        assert Path(port.device).exists()
