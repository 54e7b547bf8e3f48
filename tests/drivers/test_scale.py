"""Scales: the protocols byte by byte, and whole scales on pseudo-terminals."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from drivers.scale import Detector, Reading, Scale
from drivers.weighing import PARSERS, Sample, Settling, ToledoContinuous


def eventually(condition: Callable[[], object], timeout_s: float = 6.0) -> None:
    end = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end, "nothing happened in time"
        time.sleep(0.005)


@pytest.mark.parametrize(
    ("protocol", "frame", "grams", "status"),
    [
        ("sics", b"S S      1.234 kg\r\n", "1234", "stable"),
        ("sics", b"S D      0.5 kg\r\n", "500", "moving"),
        ("sics", b"S S     -0.005 kg\r\n", "-5", "negative"),
        ("sics", b"S +\r\n", None, "over"),
        ("sics", b"S -\r\n", None, "under"),
        ("sics", b"S S        100 g \r\n", "100", "stable"),
        ("toledo", b"\x02\x2d\x30\x20001234000000\r", "1234", "stable"),
        ("toledo", b"\x02\x2d\x38\x20001234000000\r", "1234", "moving"),
        ("toledo", b"\x02\x2d\x32\x20001234000000\r", "-1234", "negative"),
        ("toledo", b"\x02\x2d\x34\x20001234000000\r", None, "over"),
        ("toledo", b"\x02\x2c\x20\x20  0100000000\r", "453.59237", "stable"),
        ("cas22", b"ST,GS,1\xc4,   1.234 kg\r\n", "1234", "stable"),
        ("cas22", b"US,NT,1\x80,   0.200 lb\r\n", "90.718474", "moving"),
        ("cas22", b"OL,GS,1\x80,  30.010 kg\r\n", None, "over"),
        ("dini", b"ST,GS,   1.234,kg\r\n", "1234", "stable"),
        ("dini", b"US,NT,     200, g\r\n", "200", "moving"),
        ("dini", b"UL,GS,  -0.500,kg\r\n", None, "under"),
        ("nci", b"\n 1.234kg\r\n00\r\x03", "1234", "stable"),
        ("nci", b"\n 1.234kg\r10\r\x03", "1234", "moving"),
        ("nci", b"\n^^^^^^kg\r\n02\r\x03", None, "over"),
        ("xk3190", b"\x02+00123431C\x03", "1234", "moving"),
        ("xk3190r", b"=432.1000\r\n", "1234", "moving"),
        ("xk3190w", b"WG004.139kg3D\r\n", "4139", "moving"),
    ],
)
def test_frame(protocol: str, frame: bytes, grams: str | None, status: str) -> None:
    expected = [Sample(None if grams is None else Decimal(grams), status)]  # type: ignore[arg-type]
    assert PARSERS[protocol]().feed(frame, 0) == expected
    parser = PARSERS[protocol]()
    assert [sample for byte in frame for sample in parser.feed(bytes([byte]), 0)] == expected
    assert PARSERS[protocol]().feed(b"\xff\x02S S \r\n" + frame + frame, 0)[-1:] == expected


@pytest.mark.parametrize("name", PARSERS)
def test_noise_weighs_nothing(name: str) -> None:
    parser = PARSERS[name]()
    assert parser.feed(b"hello\r\nS S      1.2x4 kg\r\n\x02\x02ST,GS,   1..34,kg\r\n" * 50, 0) == []


def test_wrong_checks_are_refused() -> None:
    assert PARSERS["xk3190"]().feed(b"\x02+0012353" + b"1C\x03", 0) == []
    assert PARSERS["xk3190w"]().feed(b"WG004.138kg3D\r\n", 0) == []


def test_toledo_learns_that_there_is_a_checksum() -> None:
    def frame(digits: bytes) -> bytes:
        body = b"\x02\x2d\x30\x20" + digits + b"000000\r"
        return body + bytes([-sum(body) & 0x7F])

    parser = ToledoContinuous()
    assert len(parser.feed(frame(b"001234"), 0) + parser.feed(frame(b"001235"), 1)) == 2
    assert parser.feed(frame(b"001236").replace(b"6", b"7"), 2) == []
    assert parser.feed(frame(b"001237"), 3) == [Sample(Decimal(1237), "stable")]


def test_settling_needs_five_equal_over_half_a_second() -> None:
    parser = PARSERS["xk3190r"]()
    assert isinstance(parser, Settling)
    frame = b"=432.1000"
    assert [parser.feed(frame, t)[0].status for t in (0, 100, 200, 300, 499, 500)] == ["moving"] * 5 + ["stable"]
    assert parser.feed(b"=532.1000", 600)[0].status == "moving"
    assert [parser.feed(b"=532.1000", t)[0].status for t in (800, 1100, 1101)] == ["moving", "moving", "moving"]


class Pan:
    """A scale of ours and all it read."""

    def __init__(self, address: str, protocol: str) -> None:
        self.readings: list[Reading] = []
        self.states: list[str] = []
        self.scale = Scale(address, protocol, self.readings.append, self.states.append)

    def __enter__(self) -> "Pan":
        self.scale.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.scale.stop()

    def shows(self, grams: str | None, status: str) -> None:
        wanted = (None if grams is None else Decimal(grams), status)
        eventually(lambda: self.scale.last and (self.scale.last.grams, self.scale.last.status) == wanted)


def test_every_make_is_found_by_itself(outside_scale: ModuleType, tmp_path: Path) -> None:
    makes = ("sics", "toledo", "cas22", "nci", "dini", "xk3190", "xk3190r", "xk3190w")
    with ExitStack() as bench:
        pans: dict[str, tuple[Any, Pan]] = {}
        for make in makes:  # all at once: each takes its time to settle
            link = str(tmp_path / make)
            fake = bench.enter_context(outside_scale.FakeScale(make, link=link, rate=25, checksum=True))
            fake.do("1.234")
            pans[make] = fake, bench.enter_context(Pan(link, "auto"))
        for make, (fake, pan) in pans.items():
            pan.shows("1234", "stable")
            assert pan.scale.protocol == make
            fake.do("2.000 unstable")
        before = {}
        for make, (fake, pan) in pans.items():
            eventually(lambda pan=pan: pan.readings[-1].status == "moving")
            before[make] = len(pan.readings)
            fake.do("ramp 2.000 2.500 100")
        for make, (_, pan) in pans.items():
            pan.shows("2500", "stable")
            assert all(reading.grams == 2500 for reading in pan.readings[before[make] :] if reading.bookable)


def test_scale_switched_on_later_is_still_found() -> None:
    detector = Detector()
    sent = [detector.poll(t) for t in range(0, 4000, 150)]
    assert set(sent) == {b"", b"SI\r\n", b"READ\r\n", b"W\r"}
    for t in range(4000, 7000, 50):
        detector.poll(t)
        detector.feed(b"\x02\x2d\x30\x20001234000000\r", t)
    assert detector.protocol == "toledo"


def test_whole_day_of_one_scale(outside_scale: ModuleType, tmp_path: Path) -> None:
    link = str(tmp_path / "scale")
    with outside_scale.FakeScale("sics", link=link) as fake, Pan(link, "sics") as pan:
        fake.do("0.750")
        pan.shows("750", "stable")
        fake.do("over")
        pan.shows(None, "over")
        fake.do("under")
        pan.shows(None, "under")
        fake.do("-0.005")
        pan.shows("-5", "negative")
        assert pan.scale.last
        assert not pan.scale.last.bookable
        fake.do("0.300")
        fake.unplug()
        eventually(lambda: pan.states[-1:] == ["lost"])
        assert pan.scale.last.status == "silent"
        fake.replug()
        pan.shows("300", "stable")
        fake.do("mute")
        pan.shows(None, "silent")
        fake.do("unmute")
        pan.shows("300", "stable")


def test_unknown_protocol_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown scale protocol"):
        Pan("/dev/null", "ounces")
