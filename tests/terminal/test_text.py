"""What is drawn is harmless and as wide as we say."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wms.terminal.text import crop, fit, narrow, pad, safe, width, wrap

HOSTILE = "\x1b]0;x\x07\x9b31mA\x00\x7f\u202eB\u200b\ufeff\u2066C\ud800⚠\ufe0f\n\t\x1d"


def test_nothing_a_terminal_obeys_or_hides_is_left():
    shown = safe(HOSTILE)
    assert not [c for c in shown if unicodedata.category(c) in ("Cc", "Cf", "Cs")]
    assert shown == "?]0;x??31mA???B???C?⚠????"


@given(st.text())
def test_safe_is_stable_and_can_be_written(text):
    shown = safe(text)
    assert safe(shown) == shown
    shown.encode()
    assert not [c for c in shown if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")]


@given(st.text(alphabet="ab 东，（）北米·é", max_size=40), st.integers(0, 30))
def test_fitted_text_never_exceeds_its_cells(text, cells):
    assert width(fit(text, cells)) <= cells
    assert width(crop(text, cells)) <= cells
    assert width(pad(text, cells)) == cells


@given(st.text(alphabet="ab 东，（）北米", max_size=60), st.integers(2, 30), st.integers(2, 30))
def test_wrapping_loses_nothing_but_spaces(text, cells, first):
    rows = wrap(text, cells, first)
    assert "".join(rows).replace(" ", "") == text.replace(" ", "")
    assert all(width(row) <= (cells if index else first) for index, row in enumerate(rows))


def test_chinese_is_cut_between_characters_and_says_so():
    assert fit("东北大米真空装", 9) == "东北大.."
    assert fit("东北大米", 8) == "东北大米"
    assert crop("东北", 3) == "东"


def test_a_row_does_not_start_with_a_closing_mark():
    assert wrap("放回去，再扫一次", 6) == ["放回", "去，再", "扫一次"]
    assert wrap("Put it back, scan again", 12) == ["Put it back,", "scan again"]


@pytest.mark.parametrize(
    ("text", "expected"), [("A→B × 3…", "A->B x 3.."), ("“①”", '"1"'), ("东北 5kg", "东北 5kg"), ("█", "?")]
)
def test_ascii_terminals_get_no_ambiguous_widths(text, expected):
    assert narrow(text) == expected
