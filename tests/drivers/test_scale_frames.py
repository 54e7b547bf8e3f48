"""Scale protocols byte by byte: each frame of the manuals, cut, noisy and mutilated ones."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.weighing import PROTOCOLS, bare_parser, build_parser
from drivers.weighing_frames import Sample
from tests.drivers.scales import frame_maker

TOLEDO = b"\x02\x2d\x30\x20001234000000\r"
NEXT = b"\x02\x2d"
"""What a frame needs after it where only the next one shows that it is whole."""


@pytest.mark.parametrize(
    ("protocol", "frame", "grams", "status"),
    [
        ("sics", b"S S      1.234 kg\r\n", "1234", "stable"),
        ("sics", b"S D      0.5 kg\r\n", "500", "moving"),
        ("sics", b"S S     -0.005 kg\r\n", "-5", "negative"),
        ("sics", b"S +\r\n", None, "over"),
        ("sics", b"S -\r\n", None, "under"),
        ("sics", b"S I\r\n", None, "moving"),
        ("sics", b"S S        100 g \r\n", "100", "stable"),
        ("toledo", TOLEDO + NEXT, "1234", "stable"),
        ("toledo", b"\x02\x2d\x38\x20001234000000\r" + NEXT, "1234", "moving"),
        ("toledo", b"\x02\x2d\x32\x20001234000000\r" + NEXT, "-1234", "negative"),
        ("toledo", b"\x02\x2d\x34\x20001234000000\r" + NEXT, None, "over"),
        ("toledo", b"\x02\x2d\x36\x20001234000000\r" + NEXT, None, "under"),
        ("toledo", b"\x02\x2c\x20\x20  0100000000\r" + NEXT, "453.59237", "stable"),
        ("toledo", b"\x02\x2c\x00\x20  0100000000\r" + NEXT, None, ""),
        ("toledo", b"\x02\x55\x50\x20001234000000\r" + NEXT, "1234", "moving"),  # not zeroed since power-up
        ("toledo", b"\x02\x2a\x30\x21001234000000\r" + NEXT, "1234", "stable"),  # grams
        ("toledo", b"\x02\x28\x30\x22001234000000\r" + NEXT, "123400000000", "stable"),  # tonnes, two noughts
        ("toledo", b"\x02\x2d\x30\x30001234000000\r" + NEXT, "1234", "moving"),  # expanded display
        ("tol8217", b"\x0201.234\r", "1234", "stable"),
        ("tol8217", b"\x02?\x61\r", None, "moving"),
        ("tol8217", b"\x02?\x62\r", None, "over"),
        ("tol8217", b"\x02?\x64\r", None, "negative"),
        ("tol8217-lb", b"\x02001.00\r", "453.59237", "stable"),
        ("cas22", b"ST,GS,1\xc4,   1.234 kg\r\n", "1234", "stable"),
        ("cas22", b"US,NT,1\x80,   0.200 lb\r\n", "90.718474", "moving"),
        ("cas22", b"OL,GS,1\x80,  30.010 kg\r\n", None, "over"),
        ("cas22", b"ST,GS,1\xc4,-  0.005 kg\r\n", "-5", "negative"),
        ("casenq", b"\x01\x02S 01.234kg\x65\x03\x04", "1234", "stable"),
        ("casenq", b"\x01\x02U-01.234kg\x6e\x03\x04", "-1234", "negative"),
        ("casenq", b"\x01\x02SF        \x15\x03\x04", None, "over"),
        ("dini", b"ST,GS,   1.234,kg\r\n", "1234", "stable"),
        ("dini", b"US,NT,     200, g\r\n", "200", "moving"),
        ("dini", b"ST,GS,   1.234,Kg\r\n", "1234", "stable"),
        ("dini", b"UL,GS,  -0.500,kg\r\n", None, "under"),
        ("nci", b"\n 1.234kg\r\n00\r\x03", "1234", "stable"),
        ("nci", b"\n 1.234kg\r10\r\x03", "1234", "moving"),
        ("nci", b"\n 1.234KG\r\n0p0\r\x03", "1234", "stable"),  # a third status byte
        ("nci", b"\n^^^^^^kg\r\n02\r\x03", None, "over"),
        ("nci", b"\n______kg\r\n01\r\x03", None, "under"),
        ("nci", b"\n------kg\r\n00\r\x03", None, "under"),
        ("nci", b"\n10\r\x03", None, "moving"),
        ("xk3190", b"\x02+00123431C\x03", "1234", "stable"),
        ("xk3190", b"\x02-00123431A\x03", "-1234", "negative"),
        ("xk3190r", b"=432.1000=", "1234", "stable"),
        ("xk3190r", b"=00.1000-=", "-1000", "negative"),
        ("xk3190r", b"=00.10001=", "-1000", "negative"),
        ("xk3190r", b"=43210000=", "1234000", "stable"),
        ("xk3190w", b"WG004.139kg3D\r\n", "4139", "stable"),
        ("xk3190w", b"         OL23\r\n", None, "over"),
        ("xk3190w", b"         LO23\r\n", None, "under"),
        ("plain", b"\r\n    1.234 kg\r\n", "1234", "stable"),
        ("plain", b"\r\n    1.234?kg\r\n", "1234", "moving"),
        ("plain", b"\r\n   -0.005 kg\r\n", "-5", "negative"),
        ("plain", b"\r\n  ------ \r\n", None, "over"),
        ("plain", b"\r\n  ______ \r\n", None, "under"),
    ],
)
def test_frame(protocol: str, frame: bytes, grams: str | None, status: str) -> None:
    def shown(samples: list[Sample]) -> list[tuple[Decimal | None, str]]:
        return [(sample.grams, sample.status) for sample in samples]

    expected = [(None if grams is None else Decimal(grams), status)] if status else []
    assert shown(bare_parser(protocol).feed(frame, 0)) == expected
    parser = bare_parser(protocol)
    assert shown([sample for byte in frame for sample in parser.feed(bytes([byte]), 0)]) == expected
    assert shown(bare_parser(protocol).feed(b"\xff\x02S S \r\n" + frame + frame, 0))[-1:] == expected


def test_net_is_told_from_gross() -> None:
    for protocol, net, gross in (
        ("toledo", b"\x02\x2d\x31\x20001234000100\r" + NEXT, TOLEDO + NEXT),
        ("cas22", b"ST,NT,1\xc0,   1.234 kg\r\n", b"ST,GS,1\xc4,   1.234 kg\r\n"),
        ("dini", b"ST,NT,   1.234,kg\r\n", b"ST,GS,   1.234,kg\r\n"),
        ("xk3190w", b"WN004.139kg34\r\n", b"WG004.139kg3D\r\n"),
        ("nci", b"\n 1.234kg\r\n0p4\r\x03", b"\n 1.234kg\r\n0p0\r\x03"),
        ("tol8217", b"\x0201.234N\r", b"\x0201.234\r"),
    ):
        assert [sample.net for sample in bare_parser(protocol).feed(net, 0)] == [True], protocol
        assert [sample.net for sample in bare_parser(protocol).feed(gross, 0)] == [False], protocol


@pytest.mark.parametrize("name", PROTOCOLS)
def test_noise_weighs_nothing(name: str) -> None:
    noise = b"hello\r\nS S      1.2x4 kg\r\n\x02\x02ST,GS,   1..34,kg\r\n=1.2.1000=0.00100=\x0201..34\r\n 1.2.3 kg\r\n"
    assert [sample for sample in bare_parser(name).feed(noise * 50, 0) if sample.grams is not None] == []


@pytest.mark.parametrize("name", ["sics", "dini", "cas22", "plain", "xk3190w"])
def test_the_rest_of_a_line_is_no_weight(name: str, outside_scale: ModuleType) -> None:
    """Opened in mid-line, or plugged in again: `12.345 kg` must not be read as `2.345 kg`, nor `S D` as stable."""
    maker = frame_maker(outside_scale, name)
    maker.do("12.345")
    frame = maker.frame()
    for start in range(1, len(frame)):
        for protocol in PROTOCOLS:
            assert bare_parser(protocol).feed(frame[start:], 0) == [], (protocol, frame[start:])


def test_a_reversed_frame_with_a_place_too_many_or_too_few_is_none() -> None:
    for frame in (b"=432.10005=", b"=432.100=", b"=432.10=", b"=5432.1000="):
        assert bare_parser("xk3190r").feed(frame, 0) == []


def test_settling_needs_five_equal_over_half_a_second() -> None:
    def statuses(*times: float, frame: bytes = b"\x02+00123431C\x03") -> list[str]:
        return [parser.feed(frame, t)[0].status for t in times]

    for step in (1000.0, 500.0, 100.0, 50.0):  # 1 to 20 frames a second
        parser = build_parser("xk3190")
        needed = max(5, int(500 / step) + 1)
        assert statuses(*(n * step for n in range(needed))) == ["moving"] * (needed - 1) + ["stable"]
        assert parser.feed(b"\x02+00123531D\x03", needed * step)[0].status == "moving"
    parser = build_parser("xk3190")
    assert statuses(*[7.0] * 50) == ["moving"] * 50  # a backlog read at once spans no time
    assert statuses(507.0, 9000.0, 9100.0) == ["stable", "moving", "moving"]  # nothing was heard in between


def test_a_weight_counts_when_it_came_twice() -> None:
    parser = build_parser("sics")
    frames = (b"1.234", b"1.234", b"1.534", b"1.234", b"1.234")
    samples = [sample for n in frames for sample in parser.feed(b"S S      " + n + b" kg\r\n", 0)]
    assert [sample.status for sample in samples] == ["moving", "stable", "moving", "moving", "stable"]


def test_toledo_finds_out_whether_there_is_a_checksum() -> None:
    def frame(weight: bytes, tare: bytes = b"000000") -> bytes:
        body = b"\x02\x2d\x30\x20" + weight + tare + b"\r"
        return body + bytes([-sum(body) & 0x7F])

    def grams(data: bytes) -> list[Decimal | None]:
        return [sample.grams for sample in parser.feed(data, 0)]

    parser = bare_parser("toledo")
    assert grams(frame(b"001234").replace(b"1", b"7") + frame(b"001235")) == [1235]  # the very first mutilated
    assert grams(frame(b"001236").replace(b"6", b"7")) == []
    assert grams(frame(b"001237")[:-1] + frame(b"001238")) == [1238]  # its checksum lost
    one, other = frame(b"001999", b"000499"), frame(b"009199", b"000499")
    assert one[-1:] == other[-1:] == b"\x02"  # a checksum that looks like the next frame
    assert grams(one + other + NEXT) == [1999, 9199]
    assert grams(one.replace(b"1999", b"1998") + other + NEXT) == [9199]
    parser = bare_parser("toledo")
    assert grams(one[:-1] + other[:-1] + NEXT) == [1999, 9199]
    parser = bare_parser("toledo")
    assert grams(frame(b"001234") + frame(b"001235")[:-1] * 5 + NEXT) == [1234, 1235, 1235]  # set up anew, without


def test_unknown_names_are_refused() -> None:
    for name in ("ounces", "sics-lb", "auto"):
        with pytest.raises(ValueError, match="unknown protocol"):
            build_parser(name)
    with pytest.raises(ValueError, match="unknown unit"):
        build_parser("tol8217-stone")


WEIGHTS = st.lists(st.integers(0, 29_999).map(lambda grams: f"{grams / 1000:.3f}"), min_size=1, max_size=4)


@given(st.sampled_from(sorted(PROTOCOLS)), WEIGHTS, st.data())
def test_cuts_change_nothing(outside_scale: ModuleType, name: str, weights: list[str], data: st.DataObject) -> None:
    maker = frame_maker(outside_scale, name, checksum=data.draw(st.booleans()))
    stream = b""
    for weight in weights:
        maker.do(weight + data.draw(st.sampled_from(["", " unstable"])))
        stream += maker.frame() + data.draw(st.binary(max_size=6))
    cuts = sorted(data.draw(st.sets(st.integers(0, len(stream)), max_size=12)) | {0, len(stream)})
    parser = bare_parser(name)
    cut = [sample for a, b in pairwise(cuts) for sample in parser.feed(stream[a:b], 0)]
    assert cut == bare_parser(name).feed(stream, 0)


@given(st.sampled_from(sorted(PROTOCOLS)), WEIGHTS, st.data())
def test_damage_never_makes_a_weight(
    outside_scale: ModuleType, name: str, weights: list[str], data: st.DataObject
) -> None:
    """Every other frame may be damaged in any way; what is booked was sent, and as stable."""
    maker = frame_maker(outside_scale, name, checksum=data.draw(st.booleans()))
    parser, t, sent = build_parser(name), 0.0, set()
    for weight in weights:
        unstable = not name.startswith("xk") and data.draw(st.booleans())
        maker.do(weight + (" unstable" if unstable else ""))
        sent |= set() if unstable else {Decimal(weight) * 1000}
        for n in range(8):
            frame = maker.frame()
            if n % 2:
                at = data.draw(st.integers(0, len(frame) - 1))
                frame = frame[:at] + data.draw(st.binary(max_size=3)) + frame[at + data.draw(st.integers(0, 2)) :]
            for sample in parser.feed(frame, t):
                assert sample.status != "stable" or sample.grams in sent
            t += 100.0


@given(st.sampled_from(["toledo", "casenq", "xk3190", "xk3190w"]), WEIGHTS, st.data())
def test_a_checksum_refuses_a_wrong_digit(
    outside_scale: ModuleType, name: str, weights: list[str], data: st.DataObject
) -> None:
    maker = frame_maker(outside_scale, name)
    stream, sent = b"", set()
    for weight in weights:
        maker.do(weight)
        frame = maker.frame()
        if data.draw(st.booleans()):
            places = [n for n, byte in enumerate(frame[:-2]) if chr(byte).isdigit()]
            at = data.draw(st.sampled_from(places))
            other = data.draw(st.sampled_from(sorted(set(b"0123456789") - {frame[at]})))
            frame = frame[:at] + bytes([other]) + frame[at + 1 :]
        else:
            sent.add(Decimal(weight) * 1000)
        stream += frame
    assert {sample.grams for sample in bare_parser(name).feed(stream, 0)} <= sent
