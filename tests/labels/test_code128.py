"""Code 128: shortest coding, read back by a decoder that is not ours."""

from __future__ import annotations

import pytest
import zxingcpp
from barcode.codex import Code128
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from PIL import Image

from labels import code128
from labels.gs1 import FNC1, element_string

ASCII = st.text(st.characters(max_codepoint=127), min_size=1, max_size=30)
RUNS = st.lists(
    st.one_of(st.from_regex(r"[0-9]{1,7}", fullmatch=True), st.from_regex(r"[A-Za-z\x00-\x1f]{1,3}", fullmatch=True)),
    min_size=1,
    max_size=8,
).map("".join)


def scanned(bars: str) -> bytes | None:
    picture = Image.new("L", (len(bars) + 20, 12), 255)
    picture.putdata([255 if bar == "0" else 0 for bar in "0" * 10 + bars + "0" * 10] * 12)
    symbols = zxingcpp.read_barcodes(picture.resize((picture.width * 2, 48), Image.Resampling.NEAREST))
    return symbols[0].bytes if symbols else None


@settings(max_examples=200, deadline=None)
@given(st.one_of(ASCII, RUNS))
@example("\x00a\x00a")
@example("a\x1b1234")
@example("12345")
def test_everything_in_ascii_comes_back(text: str) -> None:
    assert scanned(code128.bars(text)) == text.encode("ascii")


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=30))
def test_never_longer_than_python_barcode(text: str) -> None:
    theirs = Code128(text).build()[0]
    assume(scanned(theirs) == text.encode())  # it loses the pair 99 after start C, for one
    assert len(code128.bars(text)) <= len(theirs)


@pytest.mark.parametrize(
    ("text", "modules"),
    [
        ("SF1390123456789", 145),  # 13 digits: six pairs and one digit that rides with the letters
        ("12345678", 11 * 6 + 13),
        ("ABC", 11 * 5 + 13),
        ("AB1234CD", 11 * 10 + 13),  # four digits in the middle repay no switch, six would
    ],
)
def test_known_lengths(text: str, modules: int) -> None:
    assert len(code128.bars(text)) == modules


def test_gs1_symbols_start_with_fnc1_and_separate_variable_lengths() -> None:
    assert scanned(code128.bars(element_string(("10", "L7"), ("21", "42")))) == b"10L7\x1d2142"
    assert element_string(("01", "06901234567892"), ("10", "L7")).count(FNC1) == 1


@pytest.mark.parametrize("text", ["", "运单", "Köln"])
def test_what_it_cannot_carry_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        code128.bars(text)
