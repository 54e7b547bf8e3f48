"""What must hold for any stream: however it is cut, mixed or broken."""

from __future__ import annotations

import random
import time
import tracemalloc
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings, target
from hypothesis import strategies as st

from drivers.framing import Frame, Framer, FramingConfig
from drivers.framing_options import parse_framing
from drivers.ssi import DECODE_DATA, checksum

MODES = ("line", "line:term=crlf:charset=auto", "idle", "stx", "ssi", "wedge", "line:max=20:handshake=acknak")
Seen = list[tuple[str, str, str, bytes]]


def seen(frames: Sequence[Frame]) -> Seen:
    return [(frame.kind, frame.text, frame.aim, frame.data) for frame in frames]


def feed(
    config: FramingConfig, pieces: Sequence[bytes], times: Sequence[float] | None = None
) -> tuple[Seen, list[bytes]]:
    framer = Framer(config)
    frames: list[Frame] = []
    for number, piece in enumerate(pieces):
        frames += framer.feed(piece, times[number] if times else 0.0)
    frames += framer.tick(1e9)
    return seen(frames), framer.take_replies()


def cut(stream: bytes, places: Sequence[int]) -> list[bytes]:
    marks = sorted({place % (len(stream) + 1) for place in places} | {0, len(stream)})
    return [stream[a:b] for a, b in pairwise(marks)]


def packet(data: bytes, status: int = 0) -> bytes:
    body = bytes([5 + len(data), DECODE_DATA, 0, status, 3]) + data
    return body + checksum(body)


CODES = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=30)
PLACES = st.lists(st.integers(0, 10_000), max_size=12)
SEVEN_BIT = st.binary(max_size=12).map(lambda noise: bytes(byte & 0x7F for byte in noise))
SSI_PIECES = st.one_of(SEVEN_BIT, st.builds(packet, st.binary(max_size=20), st.integers(0, 3)))
STREAMS = {
    "line": st.lists(
        st.sampled_from([b"\r", b"\n", b"\0", b"\x07", b"]C1", b"A1", b"\x1d", b"\xe4\xbb\x93"]), max_size=60
    ),
    "stx": st.lists(st.sampled_from([b"\2", b"\3", b"\r", b"\n", b"\0", b"A1", b"]E0"]), max_size=60),
    "ssi": st.lists(SSI_PIECES, max_size=12),
}


@given(st.sampled_from(sorted(MODES)), st.data(), PLACES)
def test_cutting_a_stream_changes_nothing(mode: str, data: st.DataObject, places: list[int]) -> None:
    pieces = data.draw(STREAMS["ssi" if mode == "ssi" else "stx" if mode == "stx" else "line"])
    stream = b"".join(pieces)
    config = parse_framing(mode)
    whole = feed(config, [stream])
    assert feed(config, cut(stream, places))[0] == whole[0]


@given(st.sampled_from(["line", "stx", "ssi"]), st.lists(CODES, max_size=12), PLACES, st.data())
def test_clean_codes_come_out_as_they_were_however_split_in_bytes_and_time(
    mode: str, codes: list[str], places: list[int], data: st.DataObject
) -> None:
    framed = {"line": b"%b\r\n", "stx": b"\2%b\3\r\n", "ssi": b"%b"}[mode]
    codes = [code for code in codes if not code.startswith("]")]
    stream = b"".join(framed % (packet(code.encode()) if mode == "ssi" else code.encode()) for code in codes)
    pieces = cut(stream, places)
    gaps = data.draw(st.lists(st.integers(0, 499), min_size=len(pieces), max_size=len(pieces)))
    times = [float(sum(gaps[: n + 1])) for n in range(len(gaps))]
    got, _ = feed(parse_framing(mode), pieces, times)
    assert [(kind, text) for kind, text, _, _ in got] == [("scan", code) for code in codes]


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(1, 9)), max_size=60), st.lists(CODES, min_size=3, max_size=9))
def test_devices_never_mix(turns: list[tuple[int, int]], codes: list[str]) -> None:
    modes = ("line", "stx", "ssi")
    codes = [code.replace("]", "_") for code in codes]
    streams = [
        b"".join(code.encode() + b"\r" for code in codes),
        b"".join(b"\2" + code.encode() + b"\3" for code in codes),
        b"".join(packet(code.encode()) for code in codes),
    ]
    framers = [Framer(parse_framing(mode)) for mode in modes]
    texts: list[list[str]] = [[], [], []]
    for device, size in [*turns, *[(device, 10**6) for device in range(3)]]:
        piece, streams[device] = streams[device][:size], streams[device][size:]
        texts[device] += [frame.text for frame in framers[device].feed(piece, 0.0)]
    assert texts == [codes] * 3


@given(st.lists(CODES, min_size=1, max_size=6), SEVEN_BIT, st.integers(0, 6))
def test_noise_costs_at_most_the_code_it_touches(codes: list[str], noise: bytes, place: int) -> None:
    """Line ends around the noise are the scanner's own; what is before and after it stays whole."""
    noise = noise.translate(None, b"\r\n")
    codes = [code.replace("]", "_") for code in codes]
    place %= len(codes) + 1
    stream = b"".join(code.encode() + b"\r" for code in codes[:place])
    stream += noise + b"\r" + b"".join(code.encode() + b"\r" for code in codes[place:])
    texts = [text for kind, text, _, _ in feed(parse_framing("line"), [stream])[0] if kind == "scan"]
    assert texts[:place] == codes[:place]
    assert texts[len(texts) - len(codes) + place :] == codes[place:]


@pytest.mark.parametrize("mode", MODES)
def test_an_hour_of_noise_leaves_memory_as_it_was(mode: str) -> None:
    """9,600 baud of random bytes without a pause, in virtual time."""
    rng = random.Random(1)
    framer = Framer(parse_framing(mode))
    taken, marks, counts = 0, [], 0
    tracemalloc.start()
    try:
        for step in range(3600 * 4):
            counts += len(framer.feed(rng.randbytes(240), step * 250.0))
            framer.take_replies()
            if step % 3600 == 3599:
                marks.append(tracemalloc.get_traced_memory()[0])
            taken += 240
    finally:
        tracemalloc.stop()
    assert taken == 3600 * 960
    assert max(marks) - min(marks) < 20_000, f"memory at each quarter of an hour: {marks}"


@pytest.mark.timeout(900)
def test_fuzz(request: pytest.FixtureRequest) -> None:
    """Ten minutes with --soak, else a moment: nothing raises, nothing is held for ever, a clean code gets through."""
    ends = time.monotonic() + (600 if request.config.getoption("--soak") else 2)
    options = st.tuples(
        st.sampled_from(["line", "idle", "stx", "ssi", "wedge"]),
        st.sampled_from(["", ":charset=auto"]),
        st.sampled_from(["", ":dup=200"]),
        st.sampled_from(["", ":codeid=honeywell", ":codeid=zebra"]),
        st.sampled_from(["", ":max=9", ":max=300"]),
        st.sampled_from(["", ":prefix=%02S", ":gs=%7C"]),
    ).map("".join)
    piece = st.one_of(
        st.binary(max_size=64),
        st.builds(packet, st.binary(max_size=64), st.integers(0, 255)),
        st.sampled_from([b"\r", b"\2", b"\3", b"]C1", b"]", b"unplug", b"\xf3\x00", b"\x05\xf3\0\0"]),
    )

    @settings(max_examples=150, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(options, st.lists(st.tuples(piece, st.integers(0, 700)), max_size=40))
    def attack(option: str, steps: list[tuple[bytes, int]]) -> None:
        framer = Framer(parse_framing(option))
        t, kinds, held = 0.0, set(), 0
        for data, gap in steps:
            t += gap
            frames = framer.unplugged(t) + framer.replugged(t) if data == b"unplug" else framer.feed(data, t)
            assert all(frame.text for frame in frames if frame.kind == "scan")
            kinds |= {frame.kind for frame in frames}
            held += len(framer.take_replies())
        target(float(len(kinds)), label="kinds of frames")
        target(float(held), label="replies")
        t = max(t, framer.due() or t) + 20_000
        framer.tick(t)
        clean = {"stx": b"\x02123456\x03", "ssi": packet(b"123456")}.get(framer.config.mode, b"\r123456\r")
        end = framer.feed(clean, t)
        end += framer.tick(t + 10_000)
        assert [frame.text for frame in end if frame.kind == "scan"][-1:] in (["123456"], []), "a wrong code"
        if framer.config.mode in ("line", "stx", "ssi"):
            assert any(frame.text == "123456" for frame in end), "a clean code was lost after noise"
        assert not framer.busy

    while time.monotonic() < ends:
        attack()
