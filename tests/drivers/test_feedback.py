"""Signals in every dialect: the bytes the makers' manuals give, and what a simulated scanner takes them for."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.feedback import NewlandAnswers, parse_feedback
from tests.drivers.desk import Desk, eventually


@pytest.mark.parametrize(
    ("feedback", "mode", "good", "bad", "attention"),
    [
        ("none", "line", "", "", ""),
        ("bel", "line", "", "07", "0707"),
        ("ssi", "ssi", "05e6040000ff11", "05e6040006ff0b", "05e6040002ff0f"),
        ("auto", "ssi", "05e6040000ff11", "05e6040006ff0b", "05e6040002ff0f"),
        ("auto", "line", "", "", ""),
        ("ssi:hold=800", "ssi", "05e6040000ff11", "05e6040006ff0b04ea0400ff0e", "05e6040002ff0f"),
        ("honeywell", "line", "1b372c", "1b382c1b382c", "1b352c"),
        ("datalogic", "line", "1b5b3371", "1b5b3471", "1b5b3271"),
        ("datalogic232", "line", "42", "46", "0101"),
        ("newland:good=GRBVLL20:bad=B%3B", "line", "7e01303030302347524256" + "4c4c3230" + "3b03",
         "7e013030303023423b3b03", ""),
    ],
)  # fmt: skip
def test_bytes_of_signals(feedback: str, mode: str, good: str, bad: str, attention: str) -> None:
    dialect = parse_feedback(feedback, mode)
    assert [dialect.good.hex(), dialect.bad.hex(), dialect.attention.hex()] == [good, bad, attention]


@pytest.mark.parametrize(
    "wrong", ["", "beep", "bel:x=1", "newland:fine=X", "ssi:hold=", "ssi:hold=-1", "ssi:hold=99999", "ssi:pause=1"]
)
def test_unknown_dialects_are_refused(wrong: str) -> None:
    with pytest.raises(ValueError):
        parse_feedback(wrong)


@pytest.mark.parametrize(
    ("feedback", "dialect", "good", "bad"),
    [
        ("ssi", "ssi", ["BEEP 00"], ["BEEP 06"]),
        ("honeywell", "honeywell", ["honeywell good (on file)"], ["honeywell bad (not on file)"] * 2),
        ("datalogic", "datalogic", ["datalogic good-read tone"], ["datalogic bad tone"]),
        ("datalogic232", "datalogic", ["enable", "beep good read"], ["not-on-file", "enable"]),
        ("bel", "generic", [], ["BEL"]),
        ("newland:good=BEEP1:bad=BEEP2", "newland", ["newland #BEEP1"], ["newland #BEEP2"]),
    ],
)
def test_signals(
    make_fake: Callable[..., Any], link: str, feedback: str, dialect: str, good: list[str], bad: list[str]
) -> None:
    fake = make_fake(dialect=dialect, protocol="ssi" if dialect == "ssi" else "raw")
    with Desk(link, "ssi" if dialect == "ssi" else "line", feedback) as desk:
        desk.wait_state("ready")
        desk.scanner.good()
        desk.scanner.bad()
        eventually(lambda: fake.host_commands() == [*good, *bad])
        fake.scan("AFTER")
        eventually(lambda: desk.texts == ["AFTER"])
        assert [read.fault for read in desk.reads] == [""]


def test_signals_do_not_pile_up(make_fake: Callable[..., Any], link: str) -> None:
    fake = make_fake()
    with Desk(link, feedback="bel") as desk:
        desk.wait_state("ready")
        for _ in range(20):
            desk.scanner.bad()
        desk.scanner.attention()
        eventually(lambda: fake.host_bytes() == b"\a\a\a")


def test_after_a_wrong_item_the_scanner_stops_for_a_moment(make_fake: Callable[..., Any], link: str) -> None:
    fake = make_fake(protocol="ssi")
    with Desk(link, "ssi", "ssi:hold=300") as desk:
        desk.wait_state("ready")
        eventually(lambda: fake.host_commands() == ["SCAN_ENABLE"])  # one left stopped by a program that died is freed
        desk.scanner.bad()
        eventually(lambda: not fake.enabled)
        stopped = time.monotonic()
        assert fake.scan("WHILE STOPPED") == "disabled"
        eventually(lambda: fake.enabled)
        assert time.monotonic() - stopped < 5
        assert fake.scan("AFTER") == "ack"
        eventually(lambda: desk.texts == ["AFTER"])
        assert fake.host_commands()[:4] == ["SCAN_ENABLE", "BEEP 06", "SCAN_DISABLE", "SCAN_ENABLE"]


def test_a_scanner_that_was_stopped_is_let_go_when_the_program_ends(make_fake: Callable[..., Any], link: str) -> None:
    fake = make_fake(protocol="ssi")
    with Desk(link, "ssi", "ssi:hold=10000") as desk:
        desk.wait_state("ready")
        desk.scanner.bad()
        eventually(lambda: not fake.enabled)
    eventually(lambda: fake.enabled)


def test_a_verdict_from_before_the_cable_was_pulled_sounds_on_no_other_scanner(
    make_fake: Callable[..., Any], link: str
) -> None:
    fake = make_fake()
    with Desk(link, feedback="bel") as desk:
        desk.wait_state("ready")
        fake.scan("BEFORE")
        eventually(lambda: desk.reads)
        fake.unplug()
        desk.wait_state("lost")
        fake.replug()
        desk.wait_state("ready")
        desk.scanner.bad(desk.reads[0].at_ms)
        fake.scan("AFTER")
        eventually(lambda: len(desk.reads) == 2)
        time.sleep(0.02)
        assert fake.host_bytes() == b""
        desk.scanner.bad(desk.reads[1].at_ms)
        eventually(lambda: fake.host_bytes() == b"\a")


def test_a_signal_leaves_at_once(make_fake: Callable[..., Any], link: str) -> None:
    fake = make_fake()
    with Desk(link, feedback="bel") as desk:
        desk.wait_state("ready")
        took = []
        for n in range(1, 4):
            fake.scan(f"WRONG {n}")
            eventually(lambda n=n: len(desk.reads) == n)
            before = time.perf_counter()
            desk.scanner.bad(desk.reads[-1].at_ms)
            eventually(lambda n=n: fake.host_bytes() == b"\a" * n)
            took.append(time.perf_counter() - before)
            time.sleep(0.2)  # the same signal is not sent twice within 100 ms
        assert min(took) < 0.05  # the machine may be busy with something else, but not three times


NEWLAND_READS = st.lists(st.sampled_from([b"AB\r", b"\x02CD\x03", b"\x02\x01x", b"\r"]), max_size=6)
NEWLAND_ANSWER = st.sampled_from([b"\x02\x010000#BEP\x06;\x03", b"\x02\x010000@X\x15;\x03", b"\x02\x010000#\x05;\x03"])


@given(NEWLAND_READS, NEWLAND_ANSWER, NEWLAND_READS, st.sets(st.integers(0, 60)))
def test_newland_answers_are_taken_out_wherever_they_are_cut(
    before: list[bytes], answer: bytes, after: list[bytes], places: set[int]
) -> None:
    stream = b"".join(before) + answer + b"".join(after) + b"END\r"
    answers = NewlandAnswers()
    marks = sorted({0, len(stream)} | {place for place in places if place < len(stream)})
    got = b"".join(answers.strip(stream[a:b], 0) for a, b in pairwise(marks))
    got += answers.release()
    assert got == b"".join(before) + b"".join(after) + b"END\r"


def test_what_only_looked_like_a_newland_answer_is_a_read_all_the_same(
    make_fake: Callable[..., Any], link: str
) -> None:
    fake = make_fake(dialect="newland")
    with Desk(link, feedback="newland:good=BEP") as desk:
        desk.wait_state("ready")
        fake.send(b"\x02")
        eventually(lambda: [read.fault for read in desk.reads] == ["partial"])
        fake.scan("AFTER")
        eventually(lambda: desk.texts == ["AFTER"])
