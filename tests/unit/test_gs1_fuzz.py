"""Any text at all: GS1 parsing never fails, never makes anything up, and never takes long.

`--soak` tries many more texts.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from urllib.parse import unquote

import pytest
from biip.gs1_messages import GS1Message
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wms.domain.codes import gtin14, gtin_check_digit, is_digits
from wms.domain.gs1 import GS1_AIM_IDS, Gs1, Rejected, parse, parse_brackets
from wms.domain.gs1_elements import GS, value_fault

FEW = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
MANY = settings(FEW, max_examples=30_000)

LOT_CHARACTERS = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"

aims = st.sampled_from(["", *sorted(GS1_AIM_IDS), "]E0", "]E4", "]I0", "]I1", "]Q1", "]d1", "]C0", "]L0", "]"])
lots = st.text(LOT_CHARACTERS, min_size=1, max_size=20)
gtins = st.integers(0, 10**13 - 1).map(lambda n: f"{n:013}{gtin_check_digit(f'{n:013}')}")
days = st.dates().map(lambda day: day.strftime("%y%m%d"))
pieces = st.one_of(
    st.sampled_from(
        ["01", "02", "00", "10", "17", "21", "30", "37", "310", "3103", "392", "423", "7003", "7040", "8003", "8110"]
    ),
    st.sampled_from(
        [GS, "^", "|]e0", "]C1", "https://", "HTTP://a/", "/", "?", "&", "=", "#", "%", "(", ")", "\n", "é"]
    ),
    gtins,
    days,
    lots,
    st.text(max_size=12),
    st.text("0123456789", max_size=40),
)
texts = st.one_of(
    st.lists(pieces, max_size=40).map("".join),
    st.text(max_size=300),
    st.builds(lambda piece, times: (piece * times)[:8192], pieces, st.integers(1, 8192)),
)


def never_fails_and_makes_nothing_up(text: str, aim: str) -> None:
    message = parse(text, aim)
    parse_brackets(text)
    assert message is None or isinstance(message, Gs1 | Rejected)
    if not isinstance(message, Gs1):
        return
    assert message.elements
    for _ in (message.expiry, message.best_before, message.produced, message.weight_g, message.gross_weight_g):
        pass
    said = f"{text}\n{unquote(text, 'latin-1')}\n{unquote(text.replace('+', ' '), 'latin-1')}"
    for ai, value in message.elements:
        assert value_fault(ai, value) is None
        assert value in said or (ai == "01" and value.lstrip("0") in said)
    if aim in GS1_AIM_IDS:
        assert "".join(ai + value for ai, value in message.elements) == text.replace(GS, "")


def plain_is_plain(text: str) -> None:
    if text[:1] in {"]", GS} or text.lower().startswith("http") or gtin14(text):
        return
    if text[:2] in {"00", "01", "02"} and is_digits(text[:16]):
        return
    assert parse(text) is None


test_no_text_is_fatal = FEW(given(texts, aims)(never_fails_and_makes_nothing_up))
test_no_text_is_fatal_in_the_long_run = pytest.mark.soak(MANY(given(texts, aims)(never_fails_and_makes_nothing_up)))

internal_codes = st.one_of(
    st.text("0123456789", max_size=24),
    st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./ ", max_size=24),
    st.from_regex(r"(10|17|21|240|310[0-5]|37|414|8004|9[0-9])[0-9A-Z-]{1,20}", fullmatch=True),
)
test_an_internal_code_is_plain = FEW(given(internal_codes)(plain_is_plain))
test_an_internal_code_is_plain_in_the_long_run = pytest.mark.soak(MANY(given(internal_codes)(plain_is_plain)))


@FEW
@given(st.integers(0, 10**19), st.sampled_from(["00", "01", "02", ""]))
def test_a_number_without_its_check_digit_is_plain(number: int, prefix: str) -> None:
    """Even if it begins like a message: one digit off, and it is the company's own number."""
    text = f"{prefix}{number}"
    if isinstance(message := parse(text), Gs1):
        wrong = text[:-1] + str((int(text[-1]) + 1) % 10)
        assert len(message.elements) > 1 or parse(wrong) is None


@FEW
@given(gtins, days, lots, lots)
def test_every_carrier_says_the_same(gtin: str, day: str, lot: str, serial: str) -> None:
    text = f"01{gtin}17{day}10{lot}{GS}21{serial}"
    expected = (("01", gtin), ("17", day), ("10", lot), ("21", serial))
    for message in (parse(text), parse(GS + text), *(parse(text, aim) for aim in GS1_AIM_IDS)):
        assert isinstance(message, Gs1)
        assert message.elements == expected


@FEW
@given(gtins, lots, lots, days)
def test_a_link_says_the_same_as_the_elements_it_was_made_of(gtin: str, lot: str, serial: str, day: str) -> None:
    coded_lot, coded_serial = ("".join(f"%{ord(c):02x}" for c in value) for value in (lot, serial))
    link = f"https://id.example.cn/01/{gtin}/10/{coded_lot}/21/{coded_serial}?17={day}"
    message = parse(link)
    assert isinstance(message, Gs1)
    assert message.elements == (("01", gtin), ("10", lot), ("21", serial), ("17", day))


@FEW
@given(gtins, lots, days, st.integers(0, 999999))
def test_another_parser_cuts_the_message_alike(gtin: str, lot: str, day: str, weight: int) -> None:
    text = f"01{gtin}3103{weight:06}17{day}10{lot}{GS}99{lot}"
    ours = parse(text, "]C1")
    assert isinstance(ours, Gs1)
    theirs = GS1Message.parse(text)
    assert [(each.ai.ai, each.value) for each in theirs.element_strings] == list(ours.elements)


WORST: list[Callable[[int], str]] = [
    lambda n: "]C1" + "20" * (n // 2),
    lambda n: "]C1" + "2011" * (n // 4),
    lambda n: "]C1" + "99A\x1d" * (n // 4),
    lambda n: "]C1" + "99" + "A" * n,
    lambda n: "]C1" + "\x1d" * n,
    lambda n: "]C1" + "4300" + "%41" * (n // 3),
    lambda n: "]C1" + "8110" + "1" * n,
    lambda n: "]C1" + "8007" + "Z" * n,
    lambda n: "]d2" + "17260301" * (n // 8),
    lambda n: "]E0" + "|]e0" * (n // 4),
    lambda n: "]E0" + "1" * n,
    lambda n: "0" * n,
    lambda n: "0104006381333931" + "20" * (n // 2),
    lambda n: "]Q1https://" + "a" * n,
    lambda n: "]Q1https://a" + "/01" * (n // 3),
    lambda n: "]Q1https://a" + "/10/x" * (n // 5),
    lambda n: "]Q1https://a" + "/01/04006381333931" * (n // 18),
    lambda n: "]Q1https://a/01/04006381333931" + "/10/x" * (n // 5),
    lambda n: "]Q1https://a/01/04006381333931?" + "99=x&" * (n // 5),
    lambda n: "]Q1https://a/01/04006381333931?" + "x=1&" * (n // 4),
    lambda n: "]Q1https://a/01/04006381333931?" + "%" * n,
    lambda n: "]Q1https://a/01/04006381333931/10/" + "%41" * (n // 3),
    lambda n: "(01)" * (n // 4),
    lambda n: "(10)A" * (n // 5),
]


@pytest.mark.parametrize("make", WORST, ids=lambda make: make(16).strip("]")[:24])
def test_time_grows_with_the_text_and_not_with_its_square(make: Callable[[int], str]) -> None:
    """Eight kilobytes are the longest read there is; sixteen times that would take 256 times as long."""

    def seconds(text: str) -> float:
        best = 1.0
        for _ in range(3):
            before = time.process_time()
            parse(text)
            parse_brackets(text)
            best = min(best, time.process_time() - before)
        return best

    longest_read = seconds(make(8192))
    assert longest_read < 0.05
    assert seconds(make(16 * 8192)) < 80 * max(longest_read, 0.0002)
