"""Cleaning, breaking lines, and the fonts behind them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labels.fonts import chain
from labels.text import clean, wrap


def halfwidths(char: str) -> float:
    return 1 if char < "\u2e80" else 2


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("a\x1b@\x1dV\x00b", "a @ V b"),
        ("\u202e张三\u202c\u2066x\u2069", "张三x"),
        ("tab\tnew\nline\x7f\x85", "tab new line"),
        ("e\u0301", "é"),
        ("❤\ufe0f", "❤"),
        ("\u3000 全角 \u3000", "全角"),
        ("+44\u00a020", "+44\u00a020"),
        ("[/]", "[/]"),
    ],
)
def test_clean(raw: str, cleaned: str) -> None:
    assert clean(raw) == cleaned


@given(st.text())
def test_nothing_that_moves_a_printer_survives(raw: str) -> None:
    assert not any(ord(char) < 32 or 0x7F <= ord(char) < 0xA0 or char in "\u202d\u202e\u2066" for char in clean(raw))


def test_chinese_punctuation_keeps_to_its_side() -> None:
    assert wrap("浙江省杭州，（西湖）", 10, halfwidths) == ["浙江省杭", "州，（西", "湖）"]


def test_latin_words_stay_whole_when_they_can() -> None:
    assert wrap("Unit 7, Harbour Road", 12, halfwidths) == ["Unit 7,", "Harbour Road"]
    assert wrap("abcdefghij", 4, halfwidths) == ["abcd", "efgh", "ij"]


@given(st.text(st.sampled_from("收件人，。（）《》ab 12-/"), max_size=60), st.integers(2, 20))
def test_wrapping_loses_nothing_and_keeps_the_width(raw: str, width: int) -> None:
    text = clean(raw)
    lines = wrap(text, width, halfwidths)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(sum(map(halfwidths, line)) <= width for line in lines)


@pytest.mark.parametrize("bold", [False, True])
def test_the_chains_cover_what_addresses_need(bold: bool) -> None:
    font = chain(bold=bold)
    cells = (bytes((row, cell)) for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF))
    gb2312 = b"".join(cells).decode("gb2312", "ignore")
    assert len(gb2312) == 6763
    names = "䶮𠮷𬎆㛃镕喆堃김철수ㄱ힣"
    latin = "".join(map(chr, (*range(0x20, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x180))))
    assert font.missing(gb2312 + names + latin + "ŁłĐđ Жжщ Ωλ ，。、（）《》“”…—·×№℃") == ""


def test_a_glyph_is_ink_and_not_the_box_for_missing_ones() -> None:
    font = chain(bold=False)
    assert font.missing("a😀b😀ع") == "😀ع"
    drawn = [font.glyph(char, 24) for char in "中łЖ1"]
    assert all(glyph is not None for glyph in drawn)
    assert len({glyph.ink.tobytes() for glyph in drawn if glyph}) == 4
    assert font.glyph(" ", 24) is None
