"""The framing rules, in virtual time."""

import random
from typing import Any

import pytest

from drivers.bounce import BOUNCE_MS
from drivers.framing import Frame, Framer, FramingConfig
from drivers.framing_options import ScannerSpec, parse_framing, parse_scanner
from drivers.replay import replay
from drivers.ssi import DECODE_DATA, checksum


def test_sample_stream(sample_scenario: dict[str, Any]) -> None:
    expected = sample_scenario["expect"]
    got = replay(sample_scenario).as_json()
    assert got["scans"] == [{"dev": ""} | scan for scan in expected["scans"]]
    assert got["events"] == [{"dev": ""} | event for event in expected["events"]]
    if "host_tx" in expected:
        assert got["host_tx"] == expected["host_tx"]


def run(config: str | FramingConfig, *steps: tuple[float, bytes], until: float = 5000) -> list[Frame]:
    framer = Framer(parse_framing(config) if isinstance(config, str) else config)
    frames: list[Frame] = []
    for at, data in steps:
        frames += framer.feed(data, at)
    return frames + framer.tick(until)


def brief(frames: list[Frame]) -> list[tuple[str, str]]:
    return [(frame.kind, frame.text) for frame in frames]


def decode_packet(data: bytes, *, kind: int = 0x03, status: int = 0) -> bytes:
    body = bytes([5 + len(data), DECODE_DATA, 0, status, kind]) + data
    return body + checksum(body)


@pytest.mark.parametrize(
    ("config", "steps", "expected"),
    [
        pytest.param("line", [(0, b"A\r"), (1, b"\nB\r\n")], [("scan", "A"), ("scan", "B")], id="CRLF split"),
        pytest.param("line", [(0, b"\r\n\r\n")], [], id="empty frames vanish"),
        pytest.param("line:term=tab", [(0, b"A\tB\rC\t")], [("scan", "A"), ("scan", "B\rC")], id="TAB ends"),
        pytest.param(FramingConfig(terminators=(b"##",)), [(0, b"A#"), (1, b"#B##")], [("scan", "A"), ("scan", "B")],
                     id="long terminator split"),
        pytest.param("line", [(0, b"\0\0\0")], [], id="NULs alone are nothing"),
        pytest.param("line", [(0, b"A\0B\r")], [("garbled", "")], id="NUL inside"),
        pytest.param("line", [(0, b"A\x07B\rC\r")], [("garbled", ""), ("scan", "C")], id="BEL inside"),
        pytest.param("line", [(0, b"A\xffB\r")], [("garbled", "")], id="not ASCII"),
        pytest.param("line:charset=auto", [(0, b"\xef\xbb\xbf\xe4\xb8\xad\r")], [("scan", "中")], id="BOM dropped"),
        pytest.param("line:charset=auto", [(0, b"\xff\xff\r")], [("garbled", "")], id="no charset fits"),
        pytest.param("line", [(0, b"A\tB\x1dC\x1eD\x04\r")], [("scan", "A\tB\x1dC\x1eD\x04")], id="allowed controls"),
        pytest.param("line", [(0, b"]C1\r")], [("garbled", "")], id="identifier alone"),
        pytest.param("line", [(0, b"]\r")], [("scan", "]")], id="bracket is data"),
        pytest.param("line", [(0, b"A"), (499, b"B"), (998, b"\r")], [("scan", "AB")], id="slow"),
        pytest.param("line", [(0, b"A"), (500, b"B\r")], [("partial", ""), ("scan", "B")], id="stale never joined"),
        pytest.param("idle", [(0, b"A"), (49, b"B"), (99, b"C")], [("scan", "AB"), ("scan", "C")], id="idle closes"),
        pytest.param("idle", [(0, b"A\rB")], [("scan", "A"), ("scan", "B")], id="idle and terminator"),
        pytest.param("stx", [(0, b"\x02A\r\nB\x03")], [("scan", "A\r\nB")], id="line ends are data inside"),
        pytest.param("stx", [(0, b"xy\x02A\x03")], [("garbled", ""), ("scan", "A")], id="bytes outside"),
        pytest.param("stx", [(0, b"\x02A\x02B\x03")], [("partial", ""), ("scan", "B")], id="STX restarts"),
        pytest.param("stx", [(0, b"\x02A"), (600, b"B\x03")], [("partial", ""), ("garbled", "")], id="stale STX"),
        pytest.param("stx", [(0, b"\x02\x03\r\n")], [], id="empty STX ETX"),
        pytest.param("line:max=8", [(0, b"123456789"), (1, b"0\rOK\r")], [("overlong", ""), ("scan", "OK")],
                     id="overlong"),
        pytest.param("line:max=8", [(0, b"12345678\r")], [("scan", "12345678")], id="just fits"),
        pytest.param("line:max=8", [(0, b"1234567890"), (800, b"END\rOK\r")], [("overlong", ""), ("scan", "OK")],
                     id="overlong lasts to its terminator, also after silence"),
        pytest.param("line:dup=200", [(0, b"A\r"), (150, b"A\r"), (300, b"A\r"), (501, b"A\r")],
                     [("scan", "A"), ("duplicate", "A"), ("duplicate", "A"), ("scan", "A")], id="window slides"),
        pytest.param("line:dup=200", [(0, b"A\r"), (50, b"B\r"), (100, b"A\r")],
                     [("scan", "A"), ("scan", "B"), ("scan", "A")], id="another read between"),
        pytest.param("line:dup=200", [(0, b"]C0A\r"), (50, b"]C1A\r")], [("scan", "A"), ("scan", "A")],
                     id="other symbology is no duplicate"),
        pytest.param("line:gs=|", [(0, b"]C0A|B\r"), (1, b"A|B\r")], [("scan", "A|B"), ("scan", "A|B")],
                     id="alternative GS only in GS1"),
        pytest.param("wedge", [(0, b"12345"), (5, b"\r")], [], id="five keys are a person"),
        pytest.param("wedge", [(0, b"AB"), (300, b"123456"), (320, b"\r")], [("scan", "123456")], id="typed before"),
    ],
)  # fmt: skip
def test_rule(config: str | FramingConfig, steps: list[tuple[float, bytes]], expected: list[tuple[str, str]]) -> None:
    assert brief(run(config, *steps)) == expected


@pytest.mark.parametrize(
    ("config", "data", "aim", "text"),
    [
        ("line:codeid=honeywell", b"I0104006381333931\r", "]C1", "0104006381333931"),
        ("line:codeid=honeywell", b"]E04006381333931\r", "]E0", "4006381333931"),
        ("line:codeid=honeywell", b"?X\r", "", "?X"),
        ("line:codeid=zebra", b"DLOC-1\r", "]C0", "LOC-1"),
        ("line:prefix=SCAN%3A", b"SCAN:]d2X\r", "]d2", "X"),
        ("line:prefix=SCAN%3A", b"]d2SCAN:X\r", "]d2", "X"),
    ],
)
def test_identifiers(config: str, data: bytes, aim: str, text: str) -> None:
    (frame,) = run(config, (0, data))
    assert (frame.kind, frame.aim, frame.text) == ("scan", aim, text)


def test_unplugging_resets_everything() -> None:
    framer = Framer(parse_framing("line:dup=200"))
    kinds = [f.kind for f in framer.feed(b"A\rHEAD", 0)]
    kinds += [f.kind for f in framer.unplugged(10)]
    kinds += [f.kind for f in framer.unplugged(11)]
    kinds += [f.kind for f in framer.replugged(20)]
    kinds += [f.kind for f in framer.feed(b"A\r", 30)]
    assert kinds == ["scan", "partial", "unplugged", "replugged", "scan"]


class TestSsi:
    def exchange(self, *steps: tuple[float, bytes]) -> tuple[list[tuple[str, str]], list[bytes]]:
        framer = Framer(parse_framing("ssi"))
        frames: list[Frame] = []
        replies: list[bytes] = []
        for at, data in steps:
            frames += framer.feed(data, at)
            replies += framer.take_replies()
        return brief(frames + framer.tick(9000)), replies

    ACK = bytes.fromhex("04d00400ff28")
    NAK = bytes.fromhex("05d1040001ff25")

    def test_broken_packet_is_refused_and_comes_again(self) -> None:
        good = decode_packet(b"ABC")
        broken = good.replace(b"ABC", b"AXC")
        frames, replies = self.exchange((0, broken), (50, decode_packet(b"ABC", status=1)))
        assert frames == [("bad_checksum", ""), ("scan", "ABC")]
        assert replies == [self.NAK, self.ACK]

    def test_resent_after_lost_acknowledgement_counts_once(self) -> None:
        frames, replies = self.exchange((0, decode_packet(b"ABC")), (2000, decode_packet(b"ABC", status=1)))
        assert frames == [("scan", "ABC"), ("duplicate", "")]
        assert replies == [self.ACK, self.ACK]

    def test_second_read_of_the_same_code_that_broke_on_the_way_counts(self) -> None:
        good, broken = decode_packet(b"ABC"), decode_packet(b"ABC")[:-1] + b"\0"
        frames, _ = self.exchange((0, good), (900, broken), (1000, decode_packet(b"ABC", status=1)))
        assert [kind for kind, _ in frames] == ["scan", "bad_checksum", "scan"]

    def test_long_symbol_in_several_packets(self) -> None:
        parts = [decode_packet(b"A" * 250, status=2), decode_packet(b"B" * 10)]
        frames, replies = self.exchange((0, parts[0]), (30, parts[1][:4]), (60, parts[1][4:]))
        assert frames == [("scan", "A" * 250 + "B" * 10)]
        assert replies == [self.ACK, self.ACK]

    def test_rest_of_a_given_up_message_is_no_scan(self) -> None:
        frames, _ = self.exchange(
            (0, decode_packet(b"HEAD", status=2)),
            (2100, decode_packet(b"TAIL", status=1)),
            (3000, decode_packet(b"NEW")),
        )
        assert frames == [("partial", ""), ("partial", ""), ("scan", "NEW")]

    def test_wake_up_bytes_and_answers_to_us_are_silent(self) -> None:
        body = b"\x04\xd0\x00\x00"
        frames, replies = self.exchange((0, b"\0\0" + body + checksum(body) + decode_packet(b"X")))
        assert frames == [("scan", "X")]
        assert replies == [self.ACK]


@pytest.mark.parametrize("mode", ["line", "idle", "stx", "ssi", "wedge", "line:charset=auto:dup=200:max=64"])
def test_noise_in_any_cut_gives_the_same_frames_and_never_raises(mode: str) -> None:
    rng = random.Random(7)
    alphabet = b"\x00\x02\x03\x04\x05\r\n\x1d]AC1\xe4\xb8\xad\xd0\xf3\xff"
    for _ in range(60):
        noise = bytes(rng.choice(alphabet) for _ in range(300))
        whole = run(mode, (0, noise))
        cuts = sorted(rng.sample(range(1, 300), 20))
        pieces = [noise[a:b] for a, b in zip([0, *cuts], [*cuts, 300], strict=True)]
        split = run(mode, *[(0, piece) for piece in pieces])
        assert [(f.kind, f.text, f.aim) for f in whole] == [(f.kind, f.text, f.aim) for f in split]


def test_written_form() -> None:
    plain = FramingConfig(duplicate_ms=BOUNCE_MS)
    assert parse_scanner("/dev/ttyACM0") == ScannerSpec("/dev/ttyACM0", plain)
    assert parse_scanner("/dev/ttyACM0,line:dup=0") == ScannerSpec("/dev/ttyACM0", FramingConfig())
    assert parse_scanner("socket://10.0.0.7:4000,line:charset=auto:dup=200") == ScannerSpec(
        "socket://10.0.0.7:4000", FramingConfig(charset="auto", duplicate_ms=200)
    )
    assert parse_scanner("p,feedback=bel") == ScannerSpec("p", plain, "bel")
    assert parse_scanner("p,stx:feedback=newland:good=B1:bad=B2:dup=50") == ScannerSpec(
        "p", FramingConfig(mode="stx", duplicate_ms=50), "newland:good=B1:bad=B2"
    )
    assert parse_scanner("p,line:handshake=acknak").framing.handshake == "acknak"
    for wrong in ("", ",line", "p,line:feedback=loud", "p,line:good=B1", "p,ssi:handshake=acknak"):
        with pytest.raises(ValueError):
            parse_scanner(wrong)
    assert parse_framing("idle").idle_ms == 50
    for wrong in ("lines", "line:speed=3", "line:dup=-1", "line:dup=x", "line:charset=latin", "line:term=z"):
        with pytest.raises(ValueError):
            parse_framing(wrong)


@pytest.mark.parametrize(
    ("scenario", "says"),
    [
        ({"config": {"mod": "line"}, "chunks": []}, "mod"),
        ({"config": {"mode": "foo"}, "chunks": []}, "foo"),
        ({"config": {"code_id": "symbol"}, "chunks": []}, "symbol"),
        ({"config": {"charset": "latin1"}, "chunks": []}, "latin1"),
        ({"config": {"max_len": 0}, "chunks": []}, "max_len"),
        ({"config": {"devices": [1]}, "chunks": []}, "devices"),
        ({"config": {"devices": {"a": {"stale_ms": "long"}}}, "chunks": []}, "stale_ms"),
        ({"chunks": [{"hex": "zz"}]}, "hex"),
        ({"chunks": [{"at_ms": 5}]}, "at 5 ms has neither"),
        ({"chunks": [{"op": "kick"}]}, "kick"),
        ({}, "chunks"),
        (5, "object"),
        (None, "object"),
    ],
)
def test_a_malformed_scenario_says_what_is_wrong(scenario: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        replay(scenario)
