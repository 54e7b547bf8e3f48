"""What printers draw themselves, judged by a strict printer that was written from the manual alone."""

from __future__ import annotations

import dataclasses
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labels import PROFILES, Language, MaskPolicy, Profile, Rendered, ShippingLabel, models, profile_named, render
from labels.bands import REAL_TIME_COMMAND
from labels.layout import layout
from labels.marks import CellLine
from labels.model import Barcode, Box, Column, Columns, Label, Line, Qr, Text
from labels.printer_text import KANJI, PrinterText
from labels.symbols import code_128, gs1_128, qr
from tests.labels.samples import MOST_BYTES
from tests.labels.strict_printer import Model, play
from tests.labels.strict_report import Sheet

GENERIC, CHINESE = PROFILES["generic-80"], PROFILES["gb18030-80"]


def printed(rendered: Rendered, profile: Profile, *, starts_in_kanji: bool = False) -> Sheet:
    kanji: Literal["gbk"] | None = "gbk" if profile.text == "gb18030" or starts_in_kanji else None
    pages = {number: page for page, number in profile.code_pages}
    model = Model(profile.dots, profile.dpi, kanji, starts_in_kanji, code_pages=pages, cutter_gap=0)
    played = play(rendered.data, model)
    assert played.findings == ()
    (sheet,) = played.sheets
    return sheet


def label(profile: Profile, *items: Text | Barcode | Qr | Line | Box | Columns) -> Label:
    return Label(profile.width_mm, items)


def said(sheet: Sheet) -> list[str]:
    return [text.text.strip() for text in sheet.texts]


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("name", MOST_BYTES)
def test_a_usual_label_is_small(shipping: ShippingLabel, name: str, language: Language) -> None:
    assert len(render(shipping, PROFILES[name], language).data) <= MOST_BYTES[name]


@pytest.mark.parametrize("profile", [GENERIC, CHINESE], ids=["generic", "chinese"])
def test_the_state_at_power_on_does_not_matter(shipping: ShippingLabel, profile: Profile) -> None:
    rendered = render(shipping, profile)
    first, second = (printed(rendered, profile, starts_in_kanji=on) for on in (False, True))
    assert first.picture.tobytes() == second.picture.tobytes()
    assert first.picture.height == rendered.image.height


def test_a_chinese_label_is_text_from_top_to_bottom(shipping: ShippingLabel) -> None:
    rendered = render(shipping, CHINESE)
    sheet = printed(rendered, CHINESE)
    assert all(text.native for text in rendered.texts)
    assert all(symbol.native for symbol in rendered.symbols)
    words = "\n".join(said(sheet))
    for word in ("顺丰速运", "补打", "591SDL-Y56-111", "SF1390123456789", "晨光仓储（杭州）有限公司"):
        assert word in words
    (routing,) = [text for text in sheet.texts if text.text == "591SDL-Y56-111"]
    assert routing.height == 96


def test_each_character_goes_the_way_the_printer_has_it() -> None:
    coder = PrinterText((("cp437", 0), ("cp1252", 16)), chinese=True, four_byte=False)
    runs = coder.runs("Köln 北京 €5")
    assert runs is not None
    assert [(run.page, run.text) for run in runs] == [(0, "Köln "), (KANJI, "北京 "), (16, "€5")]
    assert coder.runs("𠮷野家") is None
    assert PrinterText((), chinese=True, four_byte=True).runs("𠮷") is not None
    assert coder.runs("") is None


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12))
def test_runs_lose_no_character_and_hold_no_command(text: str) -> None:
    coder = PrinterText((("cp437", 0), ("cp866", 17)), chinese=True, four_byte=True)
    runs = coder.runs(text)
    if runs is None:
        return
    assert "".join(run.text for run in runs) == text
    assert all(byte >= 0x20 and byte != 0x7F for run in runs for byte in run.data)


def test_only_the_line_with_a_character_the_printer_lacks_becomes_a_picture() -> None:
    name = Text("浙江省杭州市余杭区五常街道文一西路九百六十九号三幢二单元𠮷田", 3, "name", max_lines=3)
    rendered = render(label(CHINESE, name), CHINESE)
    assert [text.native for text in rendered.texts] == [True, False]
    assert len(said(printed(rendered, CHINESE))) == 1


def test_chinese_without_a_chinese_font_is_a_picture() -> None:
    rendered = render(label(GENERIC, Text("收件人", 4, "a"), Text("Köln ¥5", 4, "b"), Text("Łódź", 4, "c")), GENERIC)
    assert [(text.text, text.native) for text in rendered.texts] == [
        ("收件人", False),
        ("Köln ¥5", True),
        ("Łódź", True),
    ]
    assert said(printed(rendered, GENERIC)) == ["Köln ¥5", "Łódź"]


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(max_codepoint=126, min_codepoint=0), min_size=1, max_size=14))
def test_any_code_128_is_drawn_by_the_printer_as_we_would(text: str) -> None:
    profile = PROFILES["wide-104"]
    rendered = render(label(profile, Barcode(code_128(text), 10, "code", caption_mm=0)), profile)
    sheet = printed(rendered, profile)
    assert len(sheet.symbols) == rendered.symbols[0].native
    assert sheet.picture.tobytes() == rendered.image.tobytes()


def test_a_label_with_much_on_it_is_set_smaller_before_it_is_too_long_for_the_line() -> None:
    profile = PROFILES["raster-80"]
    lines = tuple(Text("浙江省杭州市余杭区五常街道文一西路", 3.9, "address", min_mm=2.5, bold=True) for _ in range(36))
    few, many = (render(label(profile, *some), profile) for some in (lines[:9], lines))
    assert len(many.data) < 4 * len(few.data) * 0.9
    assert len(many.texts) == 36


def test_digits_that_would_be_a_command_are_drawn_by_us() -> None:
    for digits in ("16041605", "1620"):
        rendered = render(label(GENERIC, Barcode(code_128(digits), 10, "waybill")), GENERIC)
        assert not rendered.symbols[0].native
        assert not REAL_TIME_COMMAND.search(rendered.data)
    assert render(label(GENERIC, Barcode(code_128("1606"), 10, "waybill")), GENERIC).symbols[0].native


def test_gs1_and_qr_are_drawn_by_the_printer() -> None:
    gs1 = gs1_128(("10", "LOT{7}"), ("15", "261231"))
    said_by_qr = "顺丰 {A} 591"
    rendered = render(label(GENERIC, Barcode(gs1, 12, "gs1", caption_mm=0), Qr(qr(said_by_qr), 20, "qr")), GENERIC)
    sheet = printed(rendered, GENERIC)
    assert [symbol.native for symbol in rendered.symbols] == [True, True]
    assert sheet.symbols[1].data == said_by_qr.encode()
    assert sheet.picture.tobytes() == rendered.image.tobytes()


def test_bars_higher_than_a_printer_draws_are_drawn_by_us() -> None:
    for height, native in ((31.75, True), (33, False)):
        rendered = render(label(GENERIC, Barcode(code_128("SF1"), height, "waybill", caption_mm=0)), GENERIC)
        assert rendered.symbols[0].native is native


def test_a_long_code_may_use_the_margin_as_quiet_zone() -> None:
    profile = PROFILES["generic-58"]
    symbol = code_128("S" * 12)
    assert profile.to_dots(profile.width_mm - 2) < symbol.width * 2 <= profile.dots
    rendered = render(label(profile, Barcode(symbol, 10, "waybill", caption_mm=0)), profile)
    assert rendered.symbols[0].module_dots == 2
    assert printed(rendered, profile).symbols[0].width == (symbol.width - 20) * 2


def test_columns_of_text_are_lines_of_the_printer() -> None:
    columns = Columns(
        (
            Column((Text("订单", 3.2, "order"),), width_mm=8),
            Column((Text("TB-1", 3.2, "order"), Text("备注", 6, "note"))),
            Column((Box((Text("已质检", 3, "mark", align="center"),)),), width_mm=16),
        )
    )
    rendered = render(label(CHINESE, columns), CHINESE)
    sheet = printed(rendered, CHINESE)
    assert [(text.text, text.y) for text in sheet.texts][:3] == [("订单", 8), ("TB-1", 8), ("[已质检]", 8)]
    assert len(rendered.data) < 120


def test_text_shrinks_in_whole_cells_and_says_so() -> None:
    placed = layout(label(CHINESE, Text("591SDL-Y56-111", 16, "routing_code")), CHINESE)
    (line,) = placed.marks
    assert isinstance(line, CellLine)
    assert (line.across, line.down) == (3, 4)
    (fitting,) = placed.fittings
    assert fitting.field == "routing_code"


def test_contents_too_long_for_cells_end_in_an_ellipsis() -> None:
    rendered = render(label(GENERIC, Text("tea " * 200, 3, "contents", max_lines=2, shorten=True)), GENERIC)
    assert rendered.fittings[0].shortened
    assert said(printed(rendered, GENERIC))[-1].endswith("…")


@pytest.mark.parametrize("hostile", ["a\x1b@\x1dV\x00b", "\x10\x04\x01", "\u202e张三\u202c", "\x1c.北京\x1c&", "{A{{B"])
@pytest.mark.parametrize("profile", [GENERIC, CHINESE], ids=["generic", "chinese"])
def test_hostile_data_prints_as_text(shipping: ShippingLabel, profile: Profile, hostile: str) -> None:
    changed = dataclasses.replace(
        shipping, recipient_lines=(hostile, hostile), contents=hostile, order=hostile, masking=MaskPolicy.SHOW
    )
    rendered = render(changed, profile)
    for on in (False, True):
        assert printed(rendered, profile, starts_in_kanji=on).picture.height == rendered.image.height
    assert not REAL_TIME_COMMAND.search(rendered.data)


@pytest.mark.parametrize("profile", models().values(), ids=models())
def test_every_model_prints_a_label_without_a_fault(shipping: ShippingLabel, profile: Profile) -> None:
    rendered = render(shipping, profile)
    assert printed(rendered, profile).picture.height == rendered.image.height
    assert profile_named(profile.name) is profile


def test_an_unknown_printer_is_told() -> None:
    with pytest.raises(ValueError, match="no printer is called 'epson'; known are generic-58"):
        profile_named("epson")
