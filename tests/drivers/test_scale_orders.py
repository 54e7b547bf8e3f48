"""Zero and tare: what is sent, and what is made of the answer."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path
from types import ModuleType

import pytest

from drivers.weighing import PROTOCOLS, bare_parser
from drivers.weighing_frames import Command, Sample
from drivers.weighing_orders import Order
from tests.drivers.scales import Pan

NET_ZERO = Sample(Decimal(0), "stable", net=True)
ZERO = Sample(Decimal(0), "stable")


@pytest.mark.parametrize(
    ("protocol", "command", "request_", "answer", "result"),
    [
        ("sics", "zero", b"Z\r\n", b"Z A\r\n", "done"),
        ("sics", "zero", b"Z\r\n", b"Z I\r\n", "moving"),
        ("sics", "zero", b"Z\r\n", b"Z +\r\n", "out_of_range"),
        ("sics", "zero", b"Z\r\n", b"Z -\r\n", "out_of_range"),
        ("sics", "zero", b"Z\r\n", b"ES\r\n", "refused"),
        ("sics", "zero", b"Z\r\n", b"S S      1.234 kg\r\n", None),
        ("sics", "tare", b"T\r\n", b"T S      0.120 kg\r\n", "done"),
        ("sics", "tare", b"T\r\n", b"T I\r\n", "moving"),
        ("sics", "clear_tare", b"TAC\r\n", b"TAC A\r\n", "done"),
        ("tol8217", "zero", b"Z", b"\x02?\x50\r", "done"),
        ("tol8217", "zero", b"Z", b"\x02?\x41\r", "moving"),
        ("tol8217", "zero", b"Z", b"\x02?\x48\r", "out_of_range"),
        ("nci", "zero", b"Z\r", b"\n20\r\x03", "done"),
        ("nci", "zero", b"Z\r", b"\n00\r\x03", "out_of_range"),
        ("nci", "zero", b"Z\r", b"\n10\r\x03", "moving"),
        ("nci", "zero", b"Z\r", b"\n?\r\x03", "refused"),
        ("nci", "tare", b"T\r", b"\n00\r\x03", "done"),
        ("dini", "zero", b"ZERO\r\n", b"OK\r\n", None),
        ("dini", "zero", b"ZERO\r\n", b"ERR03\r\n", "refused"),
        ("cas22", "zero", b"01MZ\r\n", b"01MZ\r\n", "done"),
        ("cas22", "tare", b"01MT\r\n", b"!\r\n", "refused"),
        ("cas22", "zero", b"01MZ\r\n", b"?\r\n", "refused"),
        ("toledo", "zero", b"Z\r\n", b"", None),
    ],
)
def test_answers(protocol: str, command: Command, request_: bytes, answer: bytes, result: str | None) -> None:
    orders = bare_parser(protocol).orders()
    assert orders.requests[command] == request_
    for end in range(len(answer)):
        order = Order(command, orders, 0)
        assert order.heard(answer[:end]) is None or end >= len(answer) - 1
        order.heard(answer[:end])
    assert Order(command, orders, 0).heard(answer) == result


def test_a_cas_scale_is_called_by_its_number() -> None:
    parser = bare_parser("cas22")
    parser.feed(b"ST,GS,=\xc4,   1.234 kg\r\n", 0)
    assert parser.orders().requests["zero"] == b"13MZ\r\n"


def test_what_is_not_answered_is_seen() -> None:
    quiet = bare_parser("toledo").orders()
    assert Order("zero", quiet, 0).saw(Sample(Decimal(5), "stable")) is None
    assert Order("zero", quiet, 0).saw(NET_ZERO) is None
    assert Order("zero", quiet, 0).saw(ZERO) == "done"
    assert Order("tare", quiet, 0).saw(NET_ZERO) == "done"
    assert Order("clear_tare", quiet, 0).saw(NET_ZERO) is None
    assert Order("clear_tare", quiet, 0).saw(Sample(Decimal(120), "moving")) == "done"
    dini = Order("zero", bare_parser("dini").orders(), 0)
    assert dini.saw(ZERO) is None  # it was zero before it heard of it
    assert dini.heard(b"OK\r\n") is None
    assert dini.saw(ZERO) == "done"


@pytest.mark.parametrize(
    ("shown", "result"),
    [
        (Sample(Decimal(5), "stable"), "refused"),
        (Sample(Decimal(5), "moving"), "moving"),
        (Sample(Decimal(-5), "negative"), "out_of_range"),
        (None, "no_answer"),
    ],
)
def test_after_two_seconds_it_is_told_why(shown: Sample | None, result: str) -> None:
    order = Order("zero", bare_parser("toledo").orders(), 0)
    if shown:
        order.saw(shown)
    assert order.expired(1999) is None
    assert order.expired(2000) == result


def test_none_has_more_than_its_manual(tmp_path: Path) -> None:
    commands: tuple[Command, ...] = ("zero", "tare", "clear_tare")
    can = {name: [c for c in commands if c in bare_parser(name).orders().requests] for name in PROTOCOLS}
    assert can == {
        "sics": ["zero", "tare", "clear_tare"],
        "toledo": ["zero", "tare", "clear_tare"],
        "tol8217": ["zero"],
        "cas22": ["zero", "tare"],
        "casenq": [],
        "nci": ["zero", "tare"],
        "dini": ["zero", "tare", "clear_tare"],
        "xk3190": [],
        "xk3190r": [],
        "xk3190w": [],
        "plain": [],
    }
    for protocol, knows, result in (
        ("plain", False, "unsupported"),
        ("auto", False, "unsupported"),
        ("sics", True, "no_answer"),
    ):
        pan = Pan(str(tmp_path / "none"), protocol)
        assert pan.scale.can("zero") == knows
        pan.scale.zero()
        assert pan.results == [("zero", result)]
        pan.scale.stop()


def test_scales_obey(outside_scale: ModuleType, tmp_path: Path) -> None:
    with ExitStack() as bench:
        opened: dict[str, tuple[Callable[[str], bool], Pan]] = {}
        for make in ("sics", "tol8217", "nci", "dini"):
            fake = bench.enter_context(outside_scale.FakeScale(make, link=str(tmp_path / make)))
            fake.do("-0.005")
            opened[make] = fake.do, bench.enter_context(Pan(str(tmp_path / make), make))
        for _, pan in opened.values():
            pan.says("negative")
            pan.scale.zero()
        for _, pan in opened.values():
            pan.shows("0", "stable")
            pan.answered(("zero", "done"))
        for do, pan in opened.values():
            do("0.120")
            pan.shows("120", "stable")
            said: list[tuple[str, str]] = [("zero", "done")]
            if pan.scale.can("tare"):
                pan.scale.tare()
                pan.shows("0", "stable")
                said.append(("tare", "done"))
                pan.answered(*said)
            if pan.scale.can("clear_tare"):
                pan.scale.clear_tare()
                pan.shows("120", "stable")
                pan.answered(*said, ("clear_tare", "done"))


def test_while_it_moves_it_does_not_obey(outside_scale: ModuleType, tmp_path: Path) -> None:
    with ExitStack() as bench:
        for make in ("sics", "nci"):
            fake = bench.enter_context(outside_scale.FakeScale(make, link=str(tmp_path / make)))
            fake.do("1.000 unstable")
            pan = bench.enter_context(Pan(str(tmp_path / make), make))
            pan.says("moving")
            pan.scale.zero()
            pan.answered(("zero", "moving"))


def test_a_scale_that_does_not_answer(outside_scale: ModuleType, tmp_path: Path) -> None:
    with ExitStack() as bench:
        opened = {}
        for make in ("sics", "toledo", "cas22"):
            fake = bench.enter_context(outside_scale.FakeScale(make, link=str(tmp_path / make)))
            fake.do("0.005")
            opened[make] = fake, bench.enter_context(Pan(str(tmp_path / make), make))
        for make, (fake, pan) in opened.items():
            pan.shows("5", "stable")
            if make == "sics":
                fake.do("mute")
            pan.scale.zero()
            pan.scale.zero()  # pressed twice: one answer
        for make, result in (("sics", "no_answer"), ("toledo", "refused"), ("cas22", "no_answer")):
            opened[make][1].answered(("zero", result))


def test_another_command_while_one_is_under_way_is_refused(outside_scale: ModuleType, tmp_path: Path) -> None:
    link = str(tmp_path / "scale")
    with outside_scale.FakeScale("sics", link=link) as fake, Pan(link, "sics") as pan:
        fake.do("0.005")
        pan.shows("5", "stable")
        fake.do("mute")
        pan.scale.zero()
        pan.scale.clear_tare()
        assert pan.results == [("clear_tare", "refused")]
        pan.answered(("clear_tare", "refused"), ("zero", "no_answer"))


def test_a_command_meant_for_another_scale_is_not_sent_to_this_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scale = Pan(str(tmp_path / "none"), "sics").scale
    sent: list[bytes] = []
    monkeypatch.setattr(scale, "_send", sent.append)
    scale.opened(0)
    scale.zero()
    scale.opened(1000)
    scale.ticked(1001)
    scale.stop()
    assert sent == [b"SI\r\n"]


def test_unplugged_before_it_answered(outside_scale: ModuleType, tmp_path: Path) -> None:
    link = str(tmp_path / "scale")
    with outside_scale.FakeScale("sics", link=link) as fake, Pan(link, "sics") as pan:
        fake.do("0.005")
        pan.shows("5", "stable")
        fake.do("mute")
        pan.scale.zero()
        fake.unplug()
        pan.answered(("zero", "no_answer"))
