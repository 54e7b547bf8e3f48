"""The setup sheet as zxing sees it: on every roll, and from the PDF that a person prints."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import get_args

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from labels import PROFILES, Language, from_escpos
from labels.code128 import FNC3, bars
from labels.programming_codes import PROGRAMMING_CODES, Maker
from labels.setup_sheet import SetupCode, pages, strip, write_pdf

CODES = (
    SetupCode("letters", "]C0", "WMS-yZ-aQ1"),
    SetupCode("edges", "]C0", " wMs 2 /-+ "),
    SetupCode("gs1", "]C1", "1012\x1d2134\x1d9156"),
    SetupCode("chinese", "]Q1", "WMS 扫码 9 中文"),
)
LEARNT = [(code.aim, code.text.encode(), False) for code in CODES]
ASCII = st.text(st.characters(max_codepoint=127), min_size=1, max_size=12)
LANGUAGES: tuple[Language, ...] = get_args(Language)
MAKERS: tuple[Maker, ...] = get_args(Maker)


def seen(picture: Image.Image) -> list[tuple[str, bytes, bool]]:
    """AIM identifier and content from top to bottom, and whether the symbol is for the scanner itself."""
    found = sorted(zxingcpp.read_barcodes(picture.convert("L")), key=lambda symbol: symbol.position.top_left.y)
    return [(one.symbology_identifier, one.bytes, bool((one.extra or {}).get("ReaderInit"))) for one in found]


def settings_of(maker: Maker) -> list[tuple[str, bytes, bool]]:
    return [("]C0", code.command.encode(), True) for code in PROGRAMMING_CODES[maker] if code.command]


@pytest.mark.parametrize(("profile", "language"), [*zip(PROFILES, [*LANGUAGES] * 4, strict=True)])
def test_on_a_roll(profile: str, language: Language) -> None:
    learnt, settings_part = strip(CODES, "honeywell", PROFILES[profile], language)
    assert seen(learnt.image) == LEARNT
    assert seen(settings_part.image) == settings_of("honeywell")


@pytest.mark.parametrize("maker", MAKERS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_maker_fits_the_narrowest_roll(maker: Maker, language: Language) -> None:
    _, settings_part = strip(CODES, maker, PROFILES["raster-58"], language)
    assert seen(settings_part.image) == settings_of(maker)


def test_the_bytes_for_the_printer_show_the_same() -> None:
    (part,) = strip(CODES, profile=PROFILES["raster-58"])
    (picture,) = from_escpos(part.data, PROFILES["raster-58"])
    assert seen(picture) == LEARNT


@pytest.mark.parametrize("language", LANGUAGES)
def test_as_a_pdf(tmp_path: Path, language: Language) -> None:
    made = pages(CODES, "honeywell", language)
    assert [seen(page) for page in made] == [LEARNT, settings_of("honeywell")]
    if not shutil.which("pdftoppm"):
        pytest.skip("no pdftoppm here to look at the PDF")
    path = tmp_path / "sheet.pdf"
    write_pdf(made, path)
    subprocess.run(["pdftoppm", "-r", "150", "-png", path, tmp_path / "page"], check=True)
    printed = [Image.open(picture) for picture in sorted(tmp_path.glob("page*.png"))]
    assert [seen(page) for page in printed] == [LEARNT, settings_of("honeywell")]
    assert printed[0].size == (1240, 1754)  # A4 at 150 dpi


def test_every_setting_names_its_source_and_none_resets_the_scanner() -> None:
    for codes in PROGRAMMING_CODES.values():
        for code in codes:
            assert code.setting
            assert any(word in code.source for word in ("Guide", "Manual"))
            assert "DEFALT" not in code.command
            assert not code.command or code.command.endswith(".")


@settings(max_examples=100, deadline=None)
@given(ASCII, st.text(st.characters(max_codepoint=127), max_size=12))
def test_function_character_3_anywhere(before: str, after: str) -> None:
    modules = bars(before + FNC3 + after)
    picture = Image.new("L", (len(modules) + 20, 12), 255)
    picture.putdata([255 if module == "0" else 0 for module in "0" * 10 + modules + "0" * 10] * 12)
    (found,) = zxingcpp.read_barcodes(picture.resize((picture.width * 2, 48), Image.Resampling.NEAREST))
    assert (found.bytes, (found.extra or {}).get("ReaderInit")) == ((before + after).encode(), True)
