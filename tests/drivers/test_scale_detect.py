"""Which protocol it is, from a few seconds of bytes."""

from __future__ import annotations

import random
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.weighing import PROTOCOLS
from drivers.weighing_detect import POLLS, Detector, detect
from tests.drivers.scales import frame_maker


def recording(outside: ModuleType, protocol: str, weights: list[str], **settings: object) -> list[tuple[float, bytes]]:
    maker = frame_maker(outside, protocol, **settings)
    chunks = []
    for n, weight in enumerate(weights):
        maker.do(weight)
        chunks.append((n * 100.0, maker.frame()))
    return chunks


@pytest.mark.parametrize("unit", ["kg", "lb", "g", "oz"])
@pytest.mark.parametrize("name", PROTOCOLS)
def test_a_recording_tells_the_protocol(outside_scale: ModuleType, name: str, unit: str) -> None:
    decimals = 0 if unit == "g" else 3
    for weights in (["1.234"] * 4, ["0.000 unstable", "-0.005", "1.5 unstable", "2.5", "2.5"]):
        for checksum in (True, False):
            chunks = recording(outside_scale, name, weights, unit=unit, decimals=decimals, checksum=checksum)
            assert detect(chunks).protocol == name
            cut = chunks[0][1][5:]  # the recording began in mid-frame, with noise before
            assert detect([(0, b"\x00\xff\x80"), (1, cut), *chunks[1:]]).protocol == name


def test_a_scale_that_shows_no_weight_is_found_as_well(outside_scale: ModuleType) -> None:
    for name in sorted(set(PROTOCOLS) - {"plain", "xk3190", "xk3190r"}):
        assert detect(recording(outside_scale, name, ["over"] * 4)).protocol == name


@pytest.mark.parametrize(
    "sent",
    [
        b"hello\r\n" * 20,
        b"\x00\x07\xfe\x93" * 50,
        b"TICKET 17\r\nGROSS\r\n    1.234 kg\r\nNET\r\n    1.200 kg\r\nTHANK YOU\r\n",
        b"----------------\r\n" * 9,
        b"6901234567892\r\n" * 5,
        b"ES\r\n" * 9,
        b"ST,GS,+0001.23kg\r\n" * 9,
    ],
)
def test_what_is_no_scale_is_unknown(sent: bytes) -> None:
    found = detect([(n * 10.0, sent[n : n + 7]) for n in range(0, len(sent), 7)])
    assert (found.protocol, found.problem) == ("", "unknown_protocol")


def test_two_at_once_are_ambiguous(outside_scale: ModuleType) -> None:
    both = recording(outside_scale, "cas22", ["1.234"] * 4) + recording(outside_scale, "dini", ["1.234"] * 4)
    found = detect(both)
    assert (found.protocol, found.problem, found.candidates) == ("", "unknown_protocol", ("cas22", "dini"))


def test_nothing_is_silence_and_one_frame_is_not_enough(outside_scale: ModuleType) -> None:
    assert detect([]).problem == "silent"
    assert detect([(0, b"")]).problem == "silent"
    one = detect(recording(outside_scale, "sics", ["1.234"]))
    assert (one.protocol, one.problem, one.candidates) == ("", "unknown_protocol", ("sics",))


@given(st.binary(max_size=400))
def test_rubbish_is_no_protocol(rubbish: bytes) -> None:
    assert detect([(0, rubbish)]).protocol == ""


def test_nobody_is_asked_to_zero_or_to_tare() -> None:
    """Commands of all makes are single letters or lines: none of what is sent may begin one."""
    forbidden = (b"Z", b"T", b"C", b"MZ", b"MT", b"@", b"U", b"H")
    for request, _ in POLLS:
        assert not request.strip().startswith(forbidden)
        assert not set(request) & set(b"ZTC")


def test_a_scale_that_speaks_is_never_asked(outside_scale: ModuleType) -> None:
    detector = Detector()
    sent = b""
    for t in range(0, 6000, 50):
        if t % 1000 == 500:
            detector.feed(b"?weight 12?\r\n", t)
        if t % 150 == 0:
            sent += detector.poll(t)
    assert sent == b""
    assert detector.unknown(6000)


def test_a_scale_is_found_after_an_hour_of_noise(outside_scale: ModuleType) -> None:
    detector, noise, t = Detector(), random.Random(1), 0.0
    while t < 3_600_000:
        detector.feed(noise.randbytes(20), t)
        assert detector.protocol == ""
        t += 1000.0
    for after, frame in recording(outside_scale, "cas22", ["1.234"] * 150):
        detector.feed(frame, t + after)
    assert detector.protocol == "cas22"


def test_a_stray_frame_is_no_rival(outside_scale: ModuleType) -> None:
    chunks = recording(outside_scale, "sics", ["1.234"] * 20)
    assert detect([(0, b"\x02?a\r"), *chunks]).protocol == "sics"
    assert detect([(0, b"\x02?a\r"), *chunks[:3]]).problem == "unknown_protocol"


def test_a_scale_switched_on_later_is_still_found(outside_scale: ModuleType) -> None:
    detector = Detector()
    sent = [detector.poll(t) for t in range(0, 4000, 150)]
    assert set(sent) == {b"", *(request for request, _ in POLLS)}
    for t, frame in recording(outside_scale, "toledo", ["1.234"] * 4):
        detector.poll(4000 + t)
        detector.feed(frame, 4000 + t)
    assert detector.protocol == "toledo"
