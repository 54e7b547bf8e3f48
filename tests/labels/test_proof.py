"""Every kind of label on every printer, printed by the strict printer in each state it may start in, and scanned.

By default all kinds on the generic printers and the two labels of parcels on the real models; with --soak everything.
"""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Iterator

import pytest
from PIL import Image

from labels import PROFILES, LabelData, LayoutError, Rendered, from_escpos, render
from labels.profiles import models, profile_named
from labels.templates.captions import Language
from labels.templates.library import built_in_names
from labels.templates.samples import sample
from tests.labels.proof import prove, symbols_wrong
from tests.labels.reading import printed_whole, seems_to_say, tesseract_reads
from tests.labels.samples import KINDS, LOGISTIC, MOST_BYTES, NARROW_LOGISTIC, SHIPPING
from tests.labels.strict_symbols import code128, element_dots

LANGUAGES: tuple[Language, ...] = ("zh_CN", "en")
NAMES = (*PROFILES, *models())
NARROW = 480
"""Dots of the head below which there are 58 mm of paper."""


def cases() -> Iterator[typing.Any]:
    """Label, printer, language; what is not needed to cover each once is kept for the soak."""
    for place, label in enumerate(KINDS):
        for number, name in enumerate(NAMES):
            for language in LANGUAGES:
                covers = (place + number) % 2 == LANGUAGES.index(language)
                first = covers and (name in PROFILES or label is (SHIPPING, LOGISTIC)[number // 2 % 2])
                marks = [] if first else [pytest.mark.soak]
                yield pytest.param(
                    label, name, language, id=f"{type(label).__name__}{place}-{name}-{language}", marks=marks
                )


def test_there_is_a_sample_of_every_kind_of_label() -> None:
    assert {type(label) for label in KINDS} == set(typing.get_args(LabelData))


@pytest.mark.parametrize(("label", "name", "language"), list(cases()))
def test_label(label: LabelData, name: str, language: Language) -> None:
    profile = profile_named(name)
    if label is LOGISTIC and profile.dots < NARROW:
        with pytest.raises(LayoutError, match=r"401.*dots"):
            render(label, profile, language)
        label = NARROW_LOGISTIC
    rendered = render(label, profile, language)
    wrong, sheets = prove(rendered, profile)
    assert not wrong, "\n".join(wrong)
    assert rendered.symbols
    assert sheets[0].picture.width == profile.dots
    (preview,) = from_escpos(rendered.data, profile)
    assert preview.size == sheets[0].picture.size == rendered.image.size
    if not sheets[0].texts:
        assert preview.tobytes() == sheets[0].picture.tobytes() == rendered.image.tobytes()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", MOST_BYTES)
def test_a_chinese_label_is_small(name: str, language: Language) -> None:
    assert len(render(SHIPPING, PROFILES[name], language).data) <= MOST_BYTES[name]
    assert len(render(NARROW_LOGISTIC, PROFILES[name], language).data) <= MOST_BYTES[name]


def test_bars_in_double_height_print_as_they_would_in_full() -> None:
    profile = PROFILES["raster-80"]
    rendered = render(LOGISTIC, profile)
    assert b"\x1dv0\x02" in rendered.data
    wrong, (sheet,) = prove(rendered, profile)
    assert wrong == []
    assert sheet.picture.tobytes() == from_escpos(rendered.data, profile)[0].tobytes() == rendered.image.tobytes()


@pytest.mark.parametrize("name", ["gb18030-80"])
def test_native_text_says_what_the_label_says(name: str) -> None:
    profile = PROFILES[name]
    _, (sheet,) = prove(render(SHIPPING, profile, "zh_CN"), profile)
    runs = [text.text for text in sheet.texts]
    missing = [wanted for wanted in on_shipping_label() if not printed_whole(wanted, runs)]
    assert not missing, f"{missing} in {runs}"


@pytest.mark.parametrize(
    "name",
    ["generic-80", *(pytest.param(name, marks=pytest.mark.soak) for name in ("generic-58", "raster-80", "gb18030-80"))],
)
def test_a_reader_who_was_not_told_can_read_it(name: str) -> None:
    """Tesseract for what is a picture, the codes sent for what is not."""
    profile = PROFILES[name]
    _, (sheet,) = prove(render(SHIPPING, profile, "zh_CN"), profile)
    seen = tesseract_reads(sheet.picture)
    runs = [text.text for text in sheet.texts]
    missing = [
        wanted for wanted in on_shipping_label() if not printed_whole(wanted, runs) and not seems_to_say(seen, wanted)
    ]
    assert not missing, f"{missing} in {runs} and {seen}"


def on_shipping_label() -> list[str]:
    """Everything that has to be readable, as far as masking leaves it whole."""
    return [
        SHIPPING.routing_code,
        SHIPPING.sort_code,
        SHIPPING.waybill,
        SHIPPING.order,
        SHIPPING.carrier_name,
        *SHIPPING.sender_lines[1:],
        "浙江省杭州市余杭区五常街道文一西路969号",
        "129.00",
        "1.280",
    ]


def spoiled(rendered: Rendered, **changes: object) -> Rendered:
    return dataclasses.replace(rendered, **changes)  # type: ignore[arg-type]


def test_the_proof_notices_what_is_wrong() -> None:
    profile = PROFILES["raster-80"]
    rendered = render(SHIPPING, profile)
    bars = next(symbol for symbol in rendered.symbols if symbol.kind == "code128")
    assert prove(rendered, profile)[0] == []
    other = dataclasses.replace(bars, text="SF1390123456780")
    thinner = dataclasses.replace(bars, module_dots=bars.module_dots + 1)
    rest = tuple(symbol for symbol in rendered.symbols if symbol is not bars)
    assert "a scanner reads" in prove(spoiled(rendered, symbols=(other, *rest)), profile)[0][0]
    assert "multiples of" in prove(spoiled(rendered, symbols=(thinner, *rest)), profile)[0][0]
    assert prove(spoiled(rendered, data=rendered.data.replace(b"\x1dV", b"\x1bZ")), profile)[0]
    assert prove(spoiled(rendered, data=rendered.data + b"\x1bJ\x10"), profile)[0]
    assert prove(spoiled(rendered, data=rendered.data[:-200]), profile)[0]


@pytest.mark.parametrize(
    ("left", "module", "smudge", "told"),
    [
        (40, 2, None, ""),
        (40, 1, None, "1 dot a module"),
        (40, 3, None, "elements are multiples of 3"),
        (18, 2, None, "do not fit the head"),
        (40, 2, 26, "ink in the quiet zone at its left"),
        (40, 2, 250, "ink in the quiet zone at its right"),
    ],
)
def test_bad_drawing_is_noticed(left: int, module: int, smudge: int | None, told: str) -> None:
    rendered = render(SHIPPING, PROFILES["raster-80"])
    bars = next(symbol for symbol in rendered.symbols if symbol.kind == "code128")
    manifest = spoiled(rendered, symbols=(dataclasses.replace(bars, text="SF-139", module_dots=min(module, 2)),))
    elements = element_dots(code128(b"{BSF-139"), module)
    picture = Image.new("1", (400, 80), 255)
    x = left
    for dark, dots in elements:
        picture.paste(0 if dark else 255, (x, 10, x + dots, 70))
        x += dots
    if smudge is not None:
        picture.paste(0, (smudge, 30, smudge + 2, 34))
    wrong = list(symbols_wrong(picture, manifest, worn=False))
    assert [told in each for each in wrong] == ([True] if told else []), wrong


def gallery() -> Iterator[typing.Any]:
    """The handbook's samples: each on one generic printer and in each language, with --soak on all."""
    generic = list(PROFILES)
    for place, kind in enumerate(built_in_names()):
        for language in LANGUAGES:
            for number, name in enumerate(generic):
                first = (place + LANGUAGES.index(language)) % len(generic) == number
                marks = [] if first else [pytest.mark.soak]
                yield pytest.param(kind, name, language, id=f"{kind}-{name}-{language}", marks=marks)


@pytest.mark.parametrize(("kind", "name", "language"), list(gallery()))
def test_the_gallery(kind: str, name: str, language: Language) -> None:
    profile = profile_named(name)
    rendered = render(sample(kind, language), profile, language)
    wrong, _ = prove(rendered, profile)
    assert not wrong, "\n".join(wrong)
