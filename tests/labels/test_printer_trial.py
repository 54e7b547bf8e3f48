"""The printer's test page, played by a strict printer: everything on it comes out as its captions say."""

from __future__ import annotations

import pytest
import zxingcpp

from labels.printer_trial import CHINESE, CODE, LETTERS, LINK, trial_page
from labels.profiles import PROFILES, Profile, models
from labels.templates.captions import Language
from tests.labels.strict_printer import play
from tests.labels.strict_state import Model

KNOWN = {**PROFILES, **models()}


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize(
    "profile",
    [KNOWN[name] for name in ("generic-80", "raster-80-300dpi", "wide-104", "gprinter-gp-58", "epson-tm-t88v")],
    ids=lambda profile: profile.name,
)
def test_every_line_of_the_page_comes_out(profile: Profile, language: Language) -> None:
    for starts_in_kanji in (False, True):
        model = Model(profile.dots, profile.dpi, kanji="gb18030", starts_in_kanji=starts_in_kanji)
        played = play(trial_page(profile, language), model)
        assert played.findings == ()
        (sheet,) = played.sheets
        assert sheet.lines == [LETTERS, CHINESE]
        assert [(symbol.kind, symbol.module) for symbol in sheet.symbols] == [("Code128", 2), ("QRCode", 3)]
        read = sorted(code.text for code in zxingcpp.read_barcodes(sheet.picture.convert("L")))
        assert read == sorted([CODE, LINK] * 2)  # once as a picture, once by the printer


def test_the_ruler_is_as_wide_as_the_head_and_true() -> None:
    profile = KNOWN["generic-80"]
    (sheet,) = play(trial_page(profile), Model(profile.dots, profile.dpi, kanji="gb18030")).sheets
    width, height = sheet.picture.size
    line = next(y for y in range(height) if all(not sheet.picture.getpixel((x, y)) for x in range(width)))
    below = [x for x in range(width) if not sheet.picture.getpixel((x, line + profile.to_dots(4)))]
    ticks = [x for x in below if x - 1 not in below]
    assert (ticks[0], below[-1]) == (0, profile.dots - 1)
    long = [x * 25.4 / profile.dpi for x in ticks[1:-1]]  # only those of whole centimetres reach so far down
    assert long == pytest.approx([10, 20, 30, 40, 50, 60, 70], abs=0.13)
