"""Streams as scanners send them, good and bad, and what must come out: played like recordings, in virtual time."""

from __future__ import annotations

from typing import Any

import pytest

from drivers.replay import replay
from drivers.ssi import checksum

EAN = "4006381333931"
ACK, NAK = "04d00400ff28", "05d1040001ff25"


def play(config: dict[str, Any], chunks: list[tuple[Any, ...]], end_ms: float | None = None) -> dict[str, Any]:
    """Chunks are (ms, bytes), (ms, 'unplug'|'replug') or (ms, keys, gap), then a device's name if there are any."""
    named = []
    for at, what, *rest in chunks:
        chunk: dict[str, Any] = {"at_ms": at}
        if isinstance(what, bytes):
            chunk["hex"] = what.hex()
        elif rest and not isinstance(rest[0], str):
            chunk |= {"keys": what, "gap_ms": rest.pop(0)}
        else:
            chunk["op"] = what
        named.append(chunk | ({"dev": rest[0]} if rest else {}))
    end = chunks[-1][0] + 1500 if end_ms is None else end_ms
    return replay({"config": config, "chunks": named, "end_ms": end}).as_json()


def packet(data: bytes, *, kind: int = 3, status: int = 0, opcode: int = 0xF3, source: int = 0) -> bytes:
    body = bytes([5 + len(data), opcode, source, status, kind]) + data
    return body + checksum(body)


def texts(played: dict[str, Any]) -> list[str]:
    return [scan["text"] for scan in played["scans"]]


def events(played: dict[str, Any]) -> list[str]:
    return [event["type"] for event in played["events"]]


CODE = EAN.encode()
LINES: list[tuple[str, dict[str, Any], list[tuple[Any, ...]], list[str], list[str]]] = [
    # Terminators
    ("CRLF", {}, [(0, CODE + b"\r\n")], [EAN], []),
    ("CRLF split over reads", {}, [(0, CODE + b"\r"), (40, b"\n" + CODE + b"\r"), (80, b"\n")], [EAN, EAN], []),
    ("CR CR", {}, [(0, CODE + b"\r\r")], [EAN], []),
    ("LF CR", {}, [(0, CODE + b"\n\r")], [EAN], []),
    ("TAB", {"terminators_hex": ["09"]}, [(0, CODE + b"\t")], [EAN], []),
    ("TAB ends, CR is data", {"terminators_hex": ["09"]}, [(0, b"A\rB\t")], ["A\rB"], []),
    ("NUL", {"terminators_hex": ["00"]}, [(0, CODE + b"\0" + CODE + b"\0")], [EAN, EAN], []),
    ("ETX", {"terminators_hex": ["03"]}, [(0, CODE + b"\3")], [EAN], []),
    ("GS", {"terminators_hex": ["1d"]}, [(0, CODE + b"\x1d")], [EAN], []),
    ("two bytes, cut between them", {"terminators_hex": ["0d0a"]}, [(0, b"A\r"), (9, b"\nB\rC\r\n")],
     ["A", "B\rC"], []),
    ("three bytes", {"terminators_hex": ["3c3c3e"]}, [(0, b"A<"), (1, b"<"), (2, b">B<<<>")], ["A", "B<"], []),
    ("one that begins another", {"terminators_hex": ["0d", "0d0a"]}, [(0, b"A\r"), (9, b"\nB\r\n"), (20, b"C\r")],
     ["A", "B", "C"], []),
    ("the rest of one alone", {"terminators_hex": ["0d", "0d0a"]}, [(0, b"A\r"), (9, b"\n")], ["A"], []),
    ("none, no silence either", {"terminators_hex": []}, [(0, CODE)], [], ["partial"]),
    ("silence closes, terminators still do", {"idle_ms": 50}, [(0, b"A\rB"), (49, b"C")], ["A", "BC"], []),
    ("silence of exactly 50 ms", {"idle_ms": 50}, [(0, b"A"), (50, b"B")], ["A", "B"], []),
    ("silence closes in words of the mode", {"mode": "idle"}, [(0, b"A"), (49, b"B")], ["AB"], []),
    # Glued, split, slow
    ("hundred at once", {}, [(0, b"".join(b"N%d\r" % n for n in range(100)))], [f"N{n}" for n in range(100)], []),
    ("end of one, beginning of next", {}, [(0, b"A1\rB"), (10, b"2\r")], ["A1", "B2"], []),
    ("silent for 499 ms", {}, [(0, b"A"), (499, b"B\r")], ["AB"], []),
    ("silent for 500 ms", {}, [(0, b"A"), (500, b"B\r")], ["B"], ["partial"]),
    ("own stale time", {"stale_ms": 100}, [(0, b"A"), (100, b"B\r")], ["B"], ["partial"]),
    # Noise
    ("break inside", {}, [(0, b"400\x006381333931\r")], [], ["garbled"]),
    ("NULs at both edges", {}, [(0, b"\0\0A\0\0\r")], ["A"], []),
    ("NULs alone end as nothing", {}, [(0, b"\0\0\0\r"), (100, b"\0")], [], []),
    ("DEL", {}, [(0, b"A\x7fB\r")], [], ["garbled"]),
    ("ESC", {}, [(0, b"\x1b[A\r")], [], ["garbled"]),
    ("XON", {}, [(0, b"\x11A\r")], [], ["garbled"]),
    ("parity error", {}, [(0, b"40\xb06381333931\r")], [], ["garbled"]),
    ("only noise before the end", {}, [(0, b"\xff\xfe\r" + CODE + b"\r")], [EAN], ["garbled"]),
    ("EOT, FS to US, TAB", {}, [(0, b"[)>\x1e06\x1dP1\x1e\x04\r"), (9, b"A\x1cB\x1fC\tD\r")],
     ["[)>\x1e06\x1dP1\x1e\x04", "A\x1cB\x1fC\tD"], []),
    # Unplugged
    ("at rest", {}, [(0, b"A\r"), (5, "unplug"), (90, "replug"), (95, b"B\r")], ["A", "B"], ["unplugged", "replugged"]),
    ("stale before it", {}, [(0, b"A"), (700, "unplug"), (800, "replug")], [], ["partial", "unplugged", "replugged"]),
    ("in an overlong frame", {"max_len": 4}, [(0, b"123456"), (5, "unplug"), (6, "replug"), (9, b"OK\r")],
     ["OK"], ["overlong", "unplugged", "replugged"]),
    ("forgets what was read last", {"dedupe_ms": 200}, [(0, b"A\r"), (5, "unplug"), (6, "replug"), (9, b"A\r")],
     ["A", "A"], ["unplugged", "replugged"]),
    ("with only NULs held", {}, [(0, b"\0\0"), (5, "unplug")], [], ["unplugged"]),
    # Long
    ("8192 bytes", {}, [(0, b"Q" * 8192 + b"\r")], ["Q" * 8192], []),
    ("8193 bytes", {}, [(0, b"Q" * 8193 + b"\r" + CODE + b"\r")], [EAN], ["overlong"]),
    ("8193 bytes, then the end", {}, [(0, b"Q" * 8193), (9, b"\r" + CODE + b"\r")], [EAN], ["overlong"]),
    ("8192 bytes, then the end", {}, [(0, b"Q" * 8192), (9, b"\r")], ["Q" * 8192], []),
    ("overlong once however long", {}, [(n * 100, b"Q" * 5000) for n in range(9)] + [(900, b"\rA\r")],
     ["A"], ["overlong"]),
    ("overlong, closed by silence", {"idle_ms": 50, "max_len": 4}, [(0, b"12345"), (9, b"6"), (99, b"AB")], ["AB"],
     ["overlong"]),
    ("overlong with a long end", {"max_len": 4, "terminators_hex": ["0d0a"]},
     [(0, b"12345\r"), (9, b"\nAB\r\n")], ["AB"],
     ["overlong"]),
    ("just fits with a long end", {"max_len": 4, "terminators_hex": ["0d0a"]}, [(0, b"1234\r"), (9, b"\n")],
     ["1234"], []),
    # Prefix
    ("prefix alone", {"prefix_hex": "5343414e3a"}, [(0, b"SCAN:\r")], [], ["garbled"]),
    ("prefix once", {"prefix_hex": "41"}, [(0, b"AAB\r")], ["AB"], []),
    ("prefix STX, end ETX", {"prefix_hex": "02", "terminators_hex": ["03"]}, [(0, b"\2AB\3")], ["AB"], []),
    # Characters
    ("four bytes of GB18030", {"charset": "auto"}, [(0, b"\x95\x32\x82\x36\r")], ["𠀀"], []),
    ("neither UTF-8 nor GB18030", {"charset": "auto"}, [(0, b"A\xff\r")], [], ["garbled"]),
    ("GB18030 cut off", {"charset": "auto"}, [(0, b"\xb2\xd6\xbf\r")], [], ["garbled"]),
    ("UTF-8 where ASCII is set", {}, [(0, "仓".encode() + b"\r")], [], ["garbled"]),
    ("UTF-8 split inside a character", {"charset": "auto"}, [(0, b"\xe4\xbb"), (30, b"\x93\r")], ["仓"], []),
    ("mark of byte order alone", {"charset": "auto"}, [(0, b"\xef\xbb\xbf\r")], [], ["garbled"]),
    # Duplicates
    ("chain of bounces slides", {"dedupe_ms": 200}, [(n * 150, b"A\r") for n in range(4)], ["A"], ["duplicate"] * 3),
    ("exactly at the window", {"dedupe_ms": 200}, [(0, b"A\r"), (200, b"A\r"), (401, b"A\r")], ["A", "A"],
     ["duplicate"]),
    ("A B A", {"dedupe_ms": 200}, [(0, b"A\rB\rA\r")], ["A", "B", "A"], []),
    ("garbled between", {"dedupe_ms": 200}, [(0, b"A\r\x07\rA\r")], ["A"], ["garbled", "duplicate"]),
    ("off", {}, [(0, b"A\rA\r")], ["A", "A"], []),
]  # fmt: skip


@pytest.mark.parametrize(("config", "chunks", "scans", "told"), [case[1:] for case in LINES], ids=[c[0] for c in LINES])
def test_lines(config: dict[str, Any], chunks: list[tuple[Any, ...]], scans: list[str], told: list[str]) -> None:
    played = play(config, chunks)
    assert texts(played) == scans
    assert events(played) == told
    assert played["host_tx"] == []


STX = [
    ("line ends inside are data", [(0, b"\2A\r\nB\3")], ["A\r\nB"], []),
    ("split anywhere", [(0, b"\2A"), (9, b"B"), (20, b"\3")], ["AB"], []),
    ("glued", [(0, b"\2A\3\2B\3")], ["A", "B"], []),
    ("bytes outside are one", [(0, b"x"), (9, b"y\r\nz"), (20, b"\2A\3")], ["A"], ["garbled"]),
    ("bytes outside, then silence", [(0, b"xyz")], [], ["garbled"]),
    ("a new STX restarts", [(0, b"\2AB"), (9, b"\2CD\3")], ["CD"], ["partial"]),
    ("stray ETX", [(0, b"\3\2A\3")], ["A"], ["garbled"]),
    ("NULs around", [(0, b"\0\2\0A\0\3\0\r\n\0")], ["A"], []),
    ("NUL inside", [(0, b"\2A\0B\3")], [], ["garbled"]),
    ("empty", [(0, b"\2\3")], [], []),
    ("stale, its rest is outside", [(0, b"\2AB"), (600, b"CD\3\2E\3")], ["E"], ["partial", "garbled"]),
    ("unplugged inside", [(0, b"\2AB"), (5, "unplug"), (9, "replug"), (20, b"CD\3")], [],
     ["partial", "unplugged", "replugged", "garbled"]),
    ("overlong to ETX", [(0, b"\2" + b"Q" * 8193), (5, b"QQ"), (900, b"QQ\3\2A\3")], ["A"], ["overlong"]),
    ("8192 bytes", [(0, b"\2" + b"Q" * 8192 + b"\3")], ["Q" * 8192], []),
    ("overlong, then a new STX", [(0, b"\2" + b"Q" * 9000 + b"\2A\3")], ["A"], ["overlong"]),
    ("endless noise outside is one", [(n * 10, b"x" * 5000) for n in range(9)], [], ["garbled"]),
]  # fmt: skip


@pytest.mark.parametrize(("chunks", "scans", "told"), [case[1:] for case in STX], ids=[case[0] for case in STX])
def test_stx(chunks: list[tuple[Any, ...]], scans: list[str], told: list[str]) -> None:
    played = play({"mode": "stx_etx"}, chunks)
    assert texts(played) == scans
    assert events(played) == told


SSI = [
    ("split", [(0, packet(b"AB")[:3]), (9, packet(b"AB")[3:])], ["AB"], [], [ACK]),
    ("glued", [(0, packet(b"AB") + packet(b"CD"))], ["AB", "CD"], [], [ACK, ACK]),
    ("broken, comes again", [(0, packet(b"AB")[:-1] + b"\0"), (90, packet(b"AB", status=1))], ["AB"], ["bad_checksum"],
     [NAK, ACK]),
    ("broken twice", [(0, packet(b"AB")[:-1] + b"\0"), (90, packet(b"AB", status=1)[:-1] + b"\0"),
                      (190, packet(b"AB", status=1))], ["AB"], ["bad_checksum"] * 2, [NAK, NAK, ACK]),
    ("accepted, comes again", [(0, packet(b"AB")), (2000, packet(b"AB", status=1))], ["AB"], ["duplicate"], [ACK, ACK]),
    ("accepted, comes again broken and again", [(0, packet(b"AB")), (2000, packet(b"AB", status=1)[:-1] + b"\0"),
     (2090, packet(b"AB", status=1))], ["AB"], ["bad_checksum", "duplicate"], [ACK, NAK, ACK]),
    ("same code twice", [(0, packet(b"AB")), (300, packet(b"AB"))], ["AB", "AB"], [], [ACK, ACK]),
    ("several packets", [(0, packet(b"A" * 250, status=2)), (40, packet(b"B" * 9))], ["A" * 250 + "B" * 9], [],
     [ACK, ACK]),
    ("second of several comes again", [(0, packet(b"A", status=2)), (40, packet(b"B", status=2)),
     (80, packet(b"B", status=3)), (120, packet(b"C"))], ["ABC"], ["duplicate"], [ACK] * 4),
    ("several, the rest missing", [(0, packet(b"A", status=2))], [], ["partial"], [ACK]),
    ("wake-up NULs", [(0, b"\0\0\0" + packet(b"AB") + b"\0")], ["AB"], [], [ACK]),
    ("opcode nobody knows", [(0, packet(b"x", opcode=0x42) + packet(b"AB"))], ["AB"], [], [ACK, ACK]),
    ("event", [(0, packet(b"", opcode=0xF6))], [], [], [ACK]),
    ("our own packets come back", [(0, bytes.fromhex(ACK) + bytes.fromhex(NAK) + packet(b"", opcode=0xE6, source=4)),
     (9, packet(b"AB"))], ["AB"], [], [ACK]),
    ("answers to us", [(0, bytes.fromhex("04d00000ff2c") + packet(b"AB"))], ["AB"], [], [ACK]),
    ("unplugged inside", [(0, packet(b"AB")[:6]), (5, "unplug"), (9, "replug"), (20, packet(b"CD"))], ["CD"],
     ["partial", "unplugged", "replugged"], [ACK]),
    ("stale", [(0, packet(b"AB")[:6]), (900, packet(b"CD"))], ["CD"], ["partial"], [ACK]),
    ("too long in all", [(0, packet(b"A" * 250, status=2) * 33), (40, packet(b"B")), (60, packet(b"C"))], ["C"],
     ["overlong", "partial"], [ACK] * 35),
    ("long noise before", [(0, b"\xff\xfe\xfd" + packet(b"AB"))], ["AB"], ["garbled"], [ACK]),
    ("short noise before", [(0, b"\x08" + packet(b"ABCDEFGHIJ"))], ["ABCDEFGHIJ"], ["garbled"], [ACK]),
    ("noise like a length, byte by byte",
     [(n, b"\x40" + packet(b"AB")[n - 1 : n] if n == 1 else packet(b"AB")[n - 1 : n])
     for n in range(1, len(packet(b"AB")) + 1)], ["AB"], ["garbled"], [ACK]),
    ("cut off, comes again", [(0, packet(b"ABCDEFGH")[:7]), (400, packet(b"ABCDEFGH", status=1))], ["ABCDEFGH"],
     ["garbled"], [ACK]),
    ("length broken, comes again", [(0, b"\x92" + packet(b"ABCDEFGH")[1:]), (400, packet(b"ABCDEFGH", status=1))],
     ["ABCDEFGH"], ["partial"], [ACK]),
]  # fmt: skip


@pytest.mark.parametrize(("chunks", "scans", "told", "sent"), [case[1:] for case in SSI], ids=[case[0] for case in SSI])
def test_ssi(chunks: list[tuple[Any, ...]], scans: list[str], told: list[str], sent: list[str]) -> None:
    played = play({"mode": "ssi"}, chunks)
    assert texts(played) == scans
    assert events(played) == told
    assert played["host_tx"] == sent


def test_a_new_code_that_came_marked_as_resent_is_not_taken_for_the_rest_of_an_old_one() -> None:
    """Its first sending never arrived, and long before a symbol in several packets had been given up."""
    assert texts(play({"mode": "ssi"}, [(0, packet(b"A", status=2)), (60_000, packet(b"NEW", status=1))])) == ["NEW"]


@pytest.mark.parametrize(
    ("kind", "aim"),
    {1: "]A0", 3: "]C0", 6: "]I0", 8: "]E0", 9: "]E0", 10: "]E4", 11: "]E0", 15: "]C1", 27: "]d1", 28: "]Q1", 36: "]e0",
     37: "]e0", 0x99: None}.items(),
)  # fmt: skip
def test_ssi_types(kind: int, aim: str | None) -> None:
    (scan,) = play({"mode": "ssi"}, [(0, packet(b"12345670", kind=kind))])["scans"]
    assert scan == {"text": "12345670", "data_hex": b"12345670".hex(), "aim": aim, "dev": ""}


@pytest.mark.parametrize(
    ("code_id", "table"),
    [
        ("honeywell", {"d": "]E0", "c": "]E0", "E": "]E0", "D": "]E4", "j": "]C0", "I": "]C1", "s": "]Q1", "w": "]d1",
                       "b": "]A0", "e": "]I1", "y": "]e0"}),
        ("zebra", {"A": "]E0", "B": "]A0", "D": "]C0", "K": "]C1", "F": "]I1", "R": "]e0"}),
    ],
)  # fmt: skip
def test_code_ids_of_makers(code_id: str, table: dict[str, str]) -> None:
    for letter, aim in table.items():
        (scan,) = play({"code_id": code_id}, [(0, letter.encode() + b"0123\r")])["scans"]
        assert (scan["text"], scan["aim"]) == ("0123", aim)
        assert events(play({"code_id": code_id}, [(0, letter.encode() + b"\r")])) == ["garbled"]


@pytest.mark.parametrize(
    ("config", "data", "text", "aim"),
    [
        ({"prefix_hex": "5343414e3a"}, b"SCAN:]E0400\r", "400", "]E0"),
        ({"prefix_hex": "5343414e3a"}, b"]E0SCAN:400\r", "400", "]E0"),
        ({"prefix_hex": "5343414e3a", "code_id": "honeywell"}, b"SCAN:d400\r", "400", "]E0"),
        ({"prefix_hex": "5343414e3a", "code_id": "honeywell"}, b"dSCAN:400\r", "400", "]E0"),
        ({"code_id": "honeywell", "gs_alt_hex": "7c"}, b"I10AB|21X\r", "10AB\x1d21X", "]C1"),
        ({"gs_alt_hex": "7c"}, b"]C010AB|21X\r", "10AB|21X", "]C0"),
        ({"gs_alt_hex": "7c"}, b"10AB|21X\r", "10AB|21X", None),
        ({"gs_alt_hex": "3c47533e"}, b"]d210AB<GS>21X\r", "10AB\x1d21X", "]d2"),
        ({"gs_alt_hex": "5e"}, b"]Q310AB^21X\r", "10AB\x1d21X", "]Q3"),
        ({"charset": "auto"}, b"]Q1\xef\xbb\xbf\xe4\xbb\x93\r", "仓", "]Q1"),
        ({}, b"]C1 10 A \r", " 10 A ", "]C1"),
        ({}, b"]\r", "]", None),
        ({}, b"]]E04\r", "]]E04", None),
        ({}, b"A]E04\r", "A]E04", None),
        ({}, b"]1A4\r", "]1A4", None),
    ],
)
def test_identifiers(config: dict[str, Any], data: bytes, text: str, aim: str | None) -> None:
    (scan,) = play(config, [(0, data)])["scans"]
    assert (scan["text"], scan["aim"]) == (text, aim)


def test_gs_of_an_ssi_packet_is_restored_only_in_gs1_symbols() -> None:
    config = {"mode": "ssi", "gs_alt_hex": "7c"}
    assert texts(play(config, [(0, packet(b"1|2", kind=0x0F)), (9, packet(b"1|2", kind=3))])) == ["1\x1d2", "1|2"]


class TestSeveralDevices:
    def test_each_has_its_own_settings(self) -> None:
        config = {
            "devices": {"a": {"mode": "stx_etx"}, "b": {"mode": "ssi"}, "c": {"code_id": "zebra"}},
            "dedupe_ms": 200,
        }
        played = play(
            config,
            [(0, b"\2A", "a"), (1, packet(b"B"), "b"), (2, b"BC\r", "c"), (3, b"1\3", "a"), (4, b"\2A1\3", "a")],
        )
        assert [(scan["dev"], scan["text"], scan["aim"]) for scan in played["scans"]] == [
            ("b", "B", "]C0"),
            ("c", "C", "]A0"),
            ("a", "A1", None),
        ]
        assert played["events"] == [{"type": "duplicate", "dev": "a"}]
        assert played["host_tx"] == [ACK]

    def test_the_same_code_at_two_is_no_duplicate(self) -> None:
        played = play({"devices": {"a": {}, "b": {}}, "dedupe_ms": 200}, [(0, b"A\r", "a"), (9, b"A\r", "b")])
        assert [(scan["dev"], scan["text"]) for scan in played["scans"]] == [("a", "A"), ("b", "A")]

    def test_keys_and_bytes_at_the_same_time(self) -> None:
        played = play(
            {"devices": {"w": {"mode": "wedge"}, "s": {}}},
            [(0, "1234567\r", 10, "w"), (30, b"AB\r", "s"), (75, "unplug", "s")],
        )
        assert [(scan["dev"], scan["text"]) for scan in played["scans"]] == [("s", "AB"), ("w", "1234567")]


WEDGE = [
    ("six keys", [(0, "123456\r", 5)], ["123456"]),
    ("five keys", [(0, "12345\r", 5)], []),
    ("35 ms apart", [(0, "123456\r", 35)], ["123456"]),
    ("36 ms apart", [(0, "123456\r", 36)], []),
    ("a hair more than 35 ms", [(0, "123456\r", 35.2)], []),
    ("a person, then a scanner", [(0, "AB", 150), (300, "123456\r", 5)], ["123456"]),
    ("a scanner, then a person", [(0, "123456\r", 5), (300, "AB\r", 150)], ["123456"]),
    ("Enter too late", [(0, "1234567", 5), (200, "\r", 1)], []),
    ("two glued", [(0, "123456\rABCDEF\r", 1)], ["123456", "ABCDEF"]),
    ("CR and LF", [(0, "123456\r\n", 1)], ["123456"]),
    ("GS kept", [(0, "]C110AB\x1d21X\r", 1)], ["10AB\x1d21X"]),
    ("unplugged half-way", [(0, "1234567", 5), (32, "unplug"), (33, "replug"), (34, "89\r", 1)], []),
]


@pytest.mark.parametrize(("chunks", "scans"), [case[1:] for case in WEDGE], ids=[case[0] for case in WEDGE])
def test_wedge(chunks: list[tuple[Any, ...]], scans: list[str]) -> None:
    assert texts(play({"mode": "wedge"}, chunks)) == scans


@pytest.mark.parametrize("null", ["idle_ms", "code_id", "gs_alt_hex", "prefix_hex", "terminators_hex", "dedupe_ms"])
def test_null_is_the_default(null: str) -> None:
    assert texts(play({null: None}, [(0, CODE + b"\r")])) == [EAN]


def test_fields_are_there_and_no_others() -> None:
    assert play({}, [(0, b"A\r\x07\r")]) == {
        "scans": [{"text": "A", "data_hex": "41", "aim": None, "dev": ""}],
        "events": [{"type": "garbled", "dev": ""}],
        "host_tx": [],
    }
