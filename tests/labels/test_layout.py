"""Fitting and refusing."""

from __future__ import annotations

import dataclasses

import pytest
from PIL import ImageChops

from labels import DEFAULT_PROFILE, PROFILES, LayoutError, Profile, ShippingLabel, render
from labels.layout import layout
from labels.marks import Fill, Fitting, Layout, Mark, PlacedSymbol, TextLine
from labels.model import Barcode, Box, Column, Columns, Label, Line, Qr, Space, Text
from labels.paint import paint
from labels.symbols import code_128, qr
from labels.templates import compose

WIDTH = DEFAULT_PROFILE.width_mm


def one(*items: Text | Barcode | Qr | Line | Space | Box | Columns) -> Label:
    return Label(WIDTH, items)


def lines(label: Label) -> list[TextLine]:
    return [mark for mark in layout(label, DEFAULT_PROFILE).marks if isinstance(mark, TextLine)]


def test_text_shrinks_and_says_so() -> None:
    placed = layout(one(Text("591SDL-Y56-111", 16, "routing_code", bold=True)), DEFAULT_PROFILE)
    (fitting,) = placed.fittings
    assert fitting.field == "routing_code"
    assert fitting.used_dots < fitting.asked_dots == 128


def test_text_too_long_even_so_is_refused_by_name() -> None:
    with pytest.raises(LayoutError, match=r"^name: 400 characters") as refusal:
        layout(one(Text("张" * 400, 5, "name", max_lines=2)), DEFAULT_PROFILE)
    assert refusal.value.field == "name"


def test_contents_end_in_a_visible_and_reported_ellipsis() -> None:
    placed = layout(one(Text("保温杯，" * 2000, 3, "contents", max_lines=3, shorten=True)), DEFAULT_PROFILE)
    texts = [mark.text for mark in placed.marks if isinstance(mark, TextLine)]
    assert len(texts) == 3
    assert texts[-1].endswith("…")
    assert placed.fittings[0].shortened


def test_a_glyph_no_font_has_names_its_field(shipping: ShippingLabel) -> None:
    with pytest.raises(LayoutError, match=r"routing_code: no font on the label has 😀 \(U\+1F600\)"):
        render(dataclasses.replace(shipping, routing_code="591😀"))


@pytest.mark.parametrize(
    ("field", "value"),
    [("waybill", "运单1"), ("waybill", ""), ("waybill", "SF1\x1b@"), ("waybill", "S" * 60), ("routing_code", "X" * 90)],
)
def test_what_cannot_be_printed_names_its_field(shipping: ShippingLabel, field: str, value: str) -> None:
    with pytest.raises(LayoutError) as refusal:
        render(dataclasses.replace(shipping, **{field: value}))  # type: ignore[arg-type]
    assert refusal.value.field == field


def test_the_largest_module_that_fits_is_taken() -> None:
    modules = {}
    for name, profile in PROFILES.items():
        item = Barcode(code_128("SF1390123456789"), 12, "waybill", max_module_mm=1)
        placed = layout(Label(profile.width_mm, (item,)), profile)
        modules[name] = [mark.module for mark in placed.marks if isinstance(mark, PlacedSymbol)]
    assert modules == {
        "generic-58": [2],
        "generic-80": [3],
        "wide-104": [5],
        "gb18030-80": [3],
        "raster-58": [2],
        "raster-80": [3],
        "raster-80-300dpi": [5],
        "raster-104": [5],
    }


def test_a_label_wider_than_the_head_is_refused() -> None:
    with pytest.raises(LayoutError, match="width"):
        layout(Label(100, (Line(),)), DEFAULT_PROFILE)


def test_bars_thinner_than_a_head_prints_well_are_refused() -> None:
    with pytest.raises(LayoutError, match="waybill: its bar code needs 770 dots"):
        layout(one(Barcode(code_128("S" * 30), 12, "waybill", caption_mm=0)), DEFAULT_PROFILE)


@pytest.mark.parametrize(
    "mark",
    [
        TextLine(60, 40, "王", 30, bold=False),
        TextLine(-9, 40, "王", 30, bold=False),
        Fill(0, 60, 10, 10),
        PlacedSymbol(10, 0, code_128("A"), 2, 10),
    ],
    ids=["right", "left", "below", "symbol"],
)
def test_ink_beyond_the_paper_is_refused_never_clipped(mark: Mark) -> None:
    with pytest.raises(LayoutError, match="beyond the paper"):
        paint(Layout(64, 64, (mark,), ()))


def test_a_qr_code_too_dense_is_refused() -> None:
    with pytest.raises(LayoutError, match="carrier_qr: its QR code needs"):
        layout(Label(48, (Qr(qr("x" * 2000), 20, "carrier_qr"),)), DEFAULT_PROFILE)


def test_columns_share_what_is_left() -> None:
    placed = lines(
        one(Columns((Column((Text("a", 3, "a"),), width_mm=10), Column((Text("b", 3, "b", align="right"),))), gap_mm=0))
    )
    assert placed[0].x == 8
    assert placed[1].x > 500


def test_long_latin_names_shrink_before_a_word_is_cut() -> None:
    texts = [line.text for line in lines(one(Text("Donaudampfschifffahrtsgesellschaft mbH", 8, "name", max_lines=2)))]
    assert texts == ["Donaudampfschifffahrtsgesellschaft", "mbH"]


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_quiet_zones_hold_no_ink(shipping: ShippingLabel, profile: Profile) -> None:
    placed = layout(compose(shipping, profile.width_mm, "zh_CN"), profile)
    ink = ImageChops.invert(paint(placed))
    symbols = [mark for mark in placed.marks if isinstance(mark, PlacedSymbol)]
    assert len(symbols) == 2
    for mark in symbols:
        symbol, module = mark.symbol, mark.module
        left, right = mark.x - symbol.quiet_left * module, mark.x + len(symbol.rows[0]) * module
        assert left >= 0
        assert right + symbol.quiet_right * module <= profile.dots
        assert ink.crop((left, mark.y, mark.x, mark.y + mark.height)).getbbox() is None
        assert ink.crop((right, mark.y, right + symbol.quiet_right * module, mark.y + mark.height)).getbbox() is None


def test_a_head_is_whole_bytes() -> None:
    with pytest.raises(ValueError, match="whole bytes"):
        Profile("odd", 380)


def test_an_address_may_go_on_below_and_says_so() -> None:
    placed = layout(
        one(Text("文一西路969号" * 30, 4, "recipient", min_mm=3.5, max_lines=3, continues=True)), DEFAULT_PROFILE
    )
    texts = [mark.text for mark in placed.marks if isinstance(mark, TextLine)]
    assert "".join(texts) == "文一西路969号" * 30
    assert placed.fittings == (Fitting("recipient", 32, 28, len(texts), shortened=False, continued=True),)


def test_a_missing_glyph_may_be_a_box_but_not_the_whole_text() -> None:
    placed = layout(one(Text("晨光😀", 4, "sender", box_missing=True)), DEFAULT_PROFILE)
    assert [mark.text for mark in placed.marks if isinstance(mark, TextLine)] == ["晨光□"]
    assert placed.fittings[0].missing == "😀"
    with pytest.raises(LayoutError, match="sender: no font"):
        layout(one(Text("😀😀", 4, "sender", box_missing=True)), DEFAULT_PROFILE)
