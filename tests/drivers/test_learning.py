"""Every kind of scanner, told from its reads of the setup sheet; the settings learnt must bring the codes out."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from types import ModuleType
from typing import Any, Literal

import pytest

from drivers.framing import Frame, Framer, FramingConfig
from drivers.framing_options import parse_framing
from drivers.known_codes import SETUP_CODES, KnownCode
from drivers.learning import Chunk, Learned, framing_text, heard, learn, ssi_message
from drivers.scanner import Scanner
from drivers.ssi import acknowledge
from drivers.transport import Port, open_port

Identifiers = Literal["none", "aim", "honeywell", "zebra"]
HONEYWELL = {"]C0": b"j", "]C1": b"I", "]Q1": b"s"}
ZEBRA = {"]C0": b"D", "]C1": b"K", "]Q1": b"P01"}
SSI_TYPES = {"]C0": 0x03, "]C1": 0x0F, "]Q1": 0x1C}


@dataclass(frozen=True)
class Sender:
    """A scanner as its owner set it up, written from the makers' descriptions."""

    end: bytes = b"\r"
    prefix: bytes = b""
    identifiers: Identifiers = "none"
    charset: str = "utf-8"
    separator: bytes = b"\x1d"
    stx: bool = False
    ssi: bool = False
    prefix_after_id: bool = False
    piece: int = 0
    pause_ms: float = 0.0

    def send(self, code: KnownCode) -> list[Chunk]:
        data = code.text.encode(self.charset).replace(b"\x1d", self.separator)
        identifier = {
            "none": b"",
            "aim": code.aim.encode(),
            "honeywell": HONEYWELL[code.aim],
            "zebra": ZEBRA[code.aim],
        }[self.identifiers]
        data = (identifier + self.prefix if self.prefix_after_id else self.prefix + identifier) + data
        if self.ssi:
            body = bytes([5 + len(data), 0xF3, 0, 0, SSI_TYPES[code.aim]]) + data
            data = body + (-sum(body) & 0xFFFF).to_bytes(2, "big")
        else:
            data = b"\x02" + data + b"\x03" + self.end if self.stx else data + self.end
        return list(self._cut(data))

    def _cut(self, data: bytes) -> Iterator[Chunk]:
        size = self.piece or len(data)
        for number, start in enumerate(range(0, len(data), size)):
            yield 1000.0 + number * self.pause_ms, data[start : start + size]


def told(sender: Sender, *, with_chinese: bool = True) -> Learned:
    return learn([sender.send(code) if with_chinese or not code.optional else [] for code in SETUP_CODES])


def frames_of(config: FramingConfig, reads: list[list[Chunk]]) -> list[Frame]:
    """What the framing makes of reads that come three seconds apart."""
    framer, frames = Framer(config), []
    for number, chunks in enumerate(reads):
        for t, data in [*chunks, (chunks[-1][0] + 2500, b"")]:
            at = number * 10_000 + t
            while (due := framer.due()) is not None and due <= at:
                frames += framer.tick(due)
            frames += framer.feed(data, at)
    return frames


def kinds(learned: Learned, grade: str) -> set[str]:
    return {remark.what for remark in learned.remarks if remark.grade == grade}


ENDS = (b"\r", b"\n", b"\r\n", b"\r\r", b"\t", b"\x03", b"\0", b"")
PREFIXES = (b"", b"#", b"AB,:%", b"\x1b")
IDENTIFIERS: tuple[Identifiers, ...] = ("none", "aim", "honeywell")
PIECES = ((0, 0.0), (1, 8.0), (3, 30.0), (7, 260.0))


@pytest.mark.parametrize("identifiers", IDENTIFIERS)
@pytest.mark.parametrize("stx", [False, True])
@pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
def test_every_combination_is_told_and_works(identifiers: Identifiers, stx: bool, charset: str) -> None:
    for end, prefix, separator, (piece, pause) in product(ENDS, PREFIXES[:3], (b"\x1d", b"|", b"<GS>"), PIECES):
        sender = Sender(end, prefix, identifiers, charset, separator, stx, piece=piece, pause_ms=pause)
        if (stx and end.strip(b"\r\n\0")) or (pause > 200 and stx and not end):
            continue
        learned = told(sender)
        assert learned.framing is not None, sender
        assert parse_framing(framing_text(learned.framing)) == learned.framing, sender
        frames = frames_of(learned.framing, [sender.send(code) for code in SETUP_CODES])
        assert [frame.kind for frame in frames] == ["scan"] * 4, sender
        restored = separator == b"\x1d" or identifiers != "none"
        wanted = [code.text.replace("\x1d", "\x1d" if restored else separator.decode()) for code in SETUP_CODES]
        assert [frame.text for frame in frames] == wanted, sender
        if identifiers != "none":
            assert [frame.aim for frame in frames] == [code.aim for code in SETUP_CODES], sender
        assert ("gs_replaced" in kinds(learned, "bad")) == (not restored)
        assert kinds(learned, "bad") <= {"gs_replaced"}, sender


@pytest.mark.parametrize(("piece", "pause"), PIECES)
@pytest.mark.parametrize("identifiers", ["none", "aim"])
@pytest.mark.parametrize("prefix", [b"", b"#"])
def test_ssi(prefix: bytes, identifiers: Identifiers, piece: int, pause: float) -> None:
    sender = Sender(prefix=prefix, identifiers=identifiers, ssi=True, piece=piece, pause_ms=pause)
    learned = told(sender)
    assert learned.framing is not None
    assert learned.framing.mode == "ssi"
    frames = frames_of(learned.framing, [sender.send(code) for code in SETUP_CODES])
    assert [(frame.text, frame.aim) for frame in frames] == [(code.text, code.aim) for code in SETUP_CODES]


def test_zebra_ids_are_told_and_what_they_do_to_qr_codes() -> None:
    learned = told(Sender(identifiers="zebra"), with_chinese=False)
    assert learned.framing is not None
    assert learned.framing.code_id == "zebra"
    assert not kinds(learned, "bad")
    assert "unknown_ids" in kinds(told(Sender(identifiers="zebra")), "bad")


def test_a_prefix_may_stand_behind_the_aim_id() -> None:
    learned = told(Sender(prefix=b"*", identifiers="aim", prefix_after_id=True))
    assert learned.framing == FramingConfig(prefix=b"*", charset="auto")


@pytest.mark.parametrize(
    ("sender", "written"),
    [
        (Sender(), "line:charset=auto"),
        (Sender(stx=True), "stx:charset=auto"),
        (Sender(b""), "idle:charset=auto"),
        (Sender(b"", piece=1, pause_ms=40), "idle:idle=100:charset=auto"),
        (Sender(b"\t", identifiers="honeywell"), "line:term=tab:charset=auto:codeid=honeywell"),
        (Sender(separator=b",", identifiers="aim"), "line:charset=auto:gs=%2C"),
        (Sender(ssi=True), "ssi:charset=auto"),
    ],
)
def test_what_is_written_into_the_settings(sender: Sender, written: str) -> None:
    learned = told(sender)
    assert learned.framing is not None
    assert framing_text(learned.framing) == written


def test_a_scanner_without_a_camera_needs_no_setting_at_all() -> None:
    learned = told(Sender(identifiers="aim"), with_chinese=False)
    assert learned.framing is not None
    assert framing_text(learned.framing) == ""
    assert kinds(learned, "good") == {"terminator", "aim", "gs_kept"}
    assert kinds(learned, "look") == {"no_chinese"}


def changed(how: dict[str, bytes], end: bytes = b"\r") -> Learned:
    return learn([[(0.0, how.get(code.name, code.text.encode()) + end)] for code in SETUP_CODES])


@pytest.mark.parametrize(
    ("how", "what"),
    [
        ({"gs1": b"101221349156"}, "gs_lost"),
        ({"gs1": b"(10)12(21)34(91)56"}, "gs_brackets"),
        ({"letters": b"wms-Yz-Aq1"}, "case"),
        ({"letters": b"WMS-YZ-AQ1", "edges": b" WMS 2 /-+ "}, "case"),
        ({"letters": b"MS-yZ-aQ1", "edges": b"wMs 2 /-+ "}, "cut"),
        ({"chinese": b"WMS ???? 9 ????"}, "chinese_lost"),
        ({"chinese": b"WMS \xc9\xa8\xff\xff 9 \xff\xff\xff\xff"}, "chinese_lost"),
    ],
)
def test_what_is_wrong_with_a_scanner_is_said(how: dict[str, bytes], what: str) -> None:
    learned = changed(how)
    assert what in kinds(learned, "bad")
    assert learned.framing is not None


def test_cut_spaces_and_missing_identifiers_are_worth_a_look() -> None:
    assert kinds(changed({"edges": b"wMs 2 /-+"}), "look") >= {"spaces_cut", "no_aim"}


def test_gs1_that_comes_as_code_128_is_said() -> None:
    reads = [[(0.0, b"]C0" + code.text.encode() + b"\r")] for code in SETUP_CODES[:3]]
    learned = learn([*reads, []])
    assert "gs1_as_code128" in kinds(learned, "bad")
    vendor = learn([*([(0.0, b"j" + code.text.encode() + b"\r")] for code in SETUP_CODES[:3]), []])
    assert vendor.framing is not None
    assert vendor.framing.code_id == "honeywell"
    assert "gs1_as_code128" in kinds(vendor, "bad")


@pytest.mark.parametrize("end", [b"##\r", b"\t\r", b"-END"])
def test_a_suffix_of_signs_has_to_go(end: bytes) -> None:
    learned = changed({}, end)
    assert learned.framing is None
    assert kinds(learned, "bad") & {"suffix", "unusable"}


def test_stx_without_etx_is_of_no_use() -> None:
    learned = learn([[(0.0, b"\x02" + code.text.encode() + b"\r")] for code in SETUP_CODES])
    assert learned.framing is None
    assert "unusable" in kinds(learned, "bad")


@pytest.mark.parametrize(("parity", "odd"), [("E", 0), ("O", 1)])
def test_seven_bits_with_parity_are_seen_through(parity: str, odd: int) -> None:
    def with_parity(data: bytes) -> bytes:
        return bytes(byte | 0x80 if byte.bit_count() % 2 != odd else byte for byte in data)

    reads = [[(0.0, with_parity(b"]C1" + code.text.encode() + b"\r"))] for code in SETUP_CODES[:3]]
    learned = learn([*reads, []])
    assert learned.line == f"bits=7&parity={parity}"
    assert learned.framing == FramingConfig()


def test_the_wrong_code_is_named() -> None:
    reads = [[(0.0, code.text.encode() + b"\r")] for code in SETUP_CODES]
    learned = learn([reads[1], reads[0], [(0.0, b"4006381333931\r")], reads[3]])
    assert learned.missed == ("letters", "edges", "gs1")
    assert heard(b"]C1" + SETUP_CODES[2].text.encode()) is SETUP_CODES[2]
    assert heard(b"4006381333931\r") is None
    assert heard(bytes(range(256))) is None


def test_a_resent_packet_is_one_read() -> None:
    sender = Sender(ssi=True)
    packet = sender.send(SETUP_CODES[0])[0][1]
    body = packet[:3] + b"\x01" + packet[4:-2]
    again = body + (-sum(body) & 0xFFFF).to_bytes(2, "big")
    assert ssi_message(packet + again) == (SETUP_CODES[0].text.encode(), "]C0")
    reads = [sender.send(code) for code in SETUP_CODES]
    learned = learn([[(0.0, packet), (900.0, again)], *reads[1:]])
    assert learned.framing is not None
    assert learned.framing.mode == "ssi"


def test_the_trigger_pulled_twice_is_forgiven() -> None:
    sender = Sender(identifiers="aim")
    reads = [sender.send(code) for code in SETUP_CODES]
    first = reads[0][0][1]
    learned = learn([[(0.0, first), (400.0, first)], *reads[1:]])
    assert learned.framing == FramingConfig(charset="auto")


@pytest.mark.parametrize(
    ("settings", "written"),
    [
        ({}, "line:charset=auto"),
        ({"terminator": b"\x03", "prefix": b"\x02"}, "stx:charset=auto"),
        ({"terminator": b"", "chunk": 4, "chunk_delay": 0.01}, "idle:"),
        (
            {"terminator": b"\t", "prefix": b"##", "chunk": 1, "chunk_delay": 0.002},
            "line:term=tab:charset=auto:prefix=%23%23",
        ),
        ({"encoding": "gb18030"}, "line:charset=auto"),
        ({"protocol": "ssi"}, "ssi:charset=auto"),
    ],
)
def test_a_scanner_at_a_terminal(outside_scanner: ModuleType, settings: dict[str, Any], written: str) -> None:
    with outside_scanner.FakeScanner(ack_timeout=5.0, **settings) as scanner:
        port = open_port(scanner.port)
        try:
            reads = [_read(port, scanner, code) for code in SETUP_CODES]
        finally:
            port.close()
        learned = learn(reads)
        assert learned.framing is not None
        assert framing_text(learned.framing).startswith(written)
        said: queue.SimpleQueue[str] = queue.SimpleQueue()
        live = Scanner(scanner.port, learned.framing, lambda read: said.put(read.text + read.fault), said.put)
        live.start()
        try:
            assert [said.get(timeout=5), said.get(timeout=5)] == ["connecting", "ready"]
            for code in SETUP_CODES:
                scanner.scan(code.text)
                assert said.get(timeout=5) == code.text
        finally:
            live.stop()


def _read(port: Port, scanner: Any, code: KnownCode) -> list[Chunk]:
    """As the command does: what comes until it is quiet, SSI packets acknowledged."""
    sending = threading.Thread(target=scanner.scan, args=(code.text,))
    sending.start()
    chunks: list[Chunk] = []
    until = time.monotonic() + 3
    while (left := until - time.monotonic()) > 0:
        port.wait(left)
        if data := port.read():
            chunks.append((time.monotonic() * 1000, data))
            until = time.monotonic() + 0.15
            if ssi_message(b"".join(data for _, data in chunks)):
                port.write(acknowledge())
    sending.join()
    return chunks
