"""From label data to bytes, judged by what the bytes paint and a scanner reads there."""

from __future__ import annotations

import dataclasses
import random
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Literal

import pytest
from PIL import Image, ImageChops, ImageFilter

from labels import (
    PROFILES,
    BadgeLabel,
    CommandLabel,
    LabelData,
    LogisticLabel,
    ManifestParcel,
    ManifestSlip,
    MaskPolicy,
    PlaceLabel,
    ProductLabel,
    Profile,
    QcLabel,
    Rendered,
    ShippingLabel,
    ToteLabel,
    from_escpos,
    render,
    sscc,
)
from labels.bands import REAL_TIME_COMMAND, Band, bands, without_real_time_commands
from labels.model import Label, Line, Space
from tests.labels.strict_printer import Model, play

Scan = Callable[[Image.Image], list[tuple[str, str]]]

SYMBOLOGY = {"code128": "Code128", "gs1-128": "Code128", "ean13": "EAN-13", "ean8": "EAN-8", "qr": "QRCode"}
NOON = datetime(2025, 6, 11, 12, 0)  # noqa: DTZ001  # printed as it stands
KINDS: list[LabelData] = [
    LogisticLabel(sscc("0691234567", 42), "杭州 → 上海 混装"),
    ToteLabel("T-0042", "拣货"),
    PlaceLabel("A-03-12-2", "常温区 三排", "47"),
    PlaceLabel("DOCK", "", ""),
    BadgeLabel("OP-0007", "王小明", ("拣货", "打包")),
    ProductLabel("6901234567892", "MUG-500-W", "保温杯 500ml 白色"),
    ProductLabel("", "MUG-500-W", "Vacuum flask"),
    ManifestSlip(
        "M-20250611-01",
        "顺丰速运",
        tuple(ManifestParcel(f"SF13901234567{n:02}", f"TB-{n:05}", 900 + n if n else None) for n in range(12)),
        "",
        NOON,
    ),
    CommandLabel("CMD-SHORT", "缺货"),
    QcLabel("L-2025-07", "陶瓷餐具套装 / MUG-500-W", "拒收", "杯口破损 3/80", "李雷", NOON),
]


def expected(rendered: Rendered) -> list[tuple[str, str]]:
    return sorted((SYMBOLOGY[symbol.kind], symbol.text) for symbol in rendered.symbols)


def painted(rendered: Rendered, profile: Profile) -> Image.Image:
    """What comes out of a strict printer, up to the cut."""
    pages = {number: page for page, number in profile.code_pages}
    kanji: Literal["gbk"] | None = "gbk" if profile.text == "gb18030" else None
    played = play(rendered.data, Model(profile.dots, profile.dpi, kanji, code_pages=pages, cutter_gap=0))
    assert played.findings == ()
    (sheet,) = played.sheets
    return sheet.picture


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_bytes_paint_the_picture(shipping: ShippingLabel, profile: Profile, language: str) -> None:
    rendered = render(shipping, profile, language)  # type: ignore[arg-type]
    picture = painted(rendered, profile)
    assert picture.size == rendered.image.size
    if profile.text == "raster":
        assert picture.tobytes() == rendered.image.tobytes()
    assert not REAL_TIME_COMMAND.search(rendered.data)


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: type(kind).__name__)
def test_every_kind_of_label_scans(kind: LabelData, profile: Profile, scan: Scan) -> None:
    rendered = render(kind, profile, "en")
    assert scan(painted(rendered, profile)) == expected(rendered)


@pytest.mark.parametrize("name", ["generic-58", "gb18030-80", "raster-58", "raster-80", "raster-104"])
def test_a_hundred_waybills_scan_from_the_final_bytes(shipping: ShippingLabel, name: str, scan: Scan) -> None:
    profile = PROFILES[name]
    chance = random.Random(name)
    for _ in range(100):
        prefix = chance.choice(["SF", "YT", "JDVA", "", "ZTO-"])
        waybill = prefix + "".join(chance.choices("0123456789", k=chance.randint(10, 14)))
        rendered = render(dataclasses.replace(shipping, waybill=waybill), profile)
        assert scan(painted(rendered, profile)) == [("Code128", waybill), ("QRCode", waybill)]


def test_waybills_survive_worn_paper(shipping: ShippingLabel, scan: Scan) -> None:
    for profile in PROFILES.values():
        rendered = render(shipping, profile)
        module = min(symbol.module_dots for symbol in rendered.symbols)
        paper = rendered.image.convert("L").filter(ImageFilter.BoxBlur((1.5 * module - 1) / 2))
        skewed = paper.rotate(2, Image.Resampling.BILINEAR, expand=True, fillcolor=255)
        assert ("Code128", shipping.waybill) in scan(paper)
        assert ("Code128", shipping.waybill) in scan(skewed)


@pytest.mark.parametrize(
    "hostile",
    ["a\x1b@\x1dV\x00b", "[/][b]x[/b]", "\u202e张三\u202c", "x\x10\x04\x01y", "O'Brien \\ %s {0}", "\x00"],
)
def test_hostile_data_prints_as_text(shipping: ShippingLabel, hostile: str, scan: Scan) -> None:
    label = dataclasses.replace(
        shipping, recipient_lines=(hostile, hostile), contents=hostile, order=hostile, masking=MaskPolicy.SHOW
    )
    rendered = render(label)
    (picture,) = from_escpos(rendered.data)
    assert scan(picture) == expected(rendered)


def test_personal_data_is_hidden_unless_somebody_else_did(shipping: ShippingLabel) -> None:
    verbatim = dataclasses.replace(
        shipping,
        recipient_lines=("欧***", "文一西路969号3幢*单元****室"),
        recipient_phone="1*******234",
        masking=MaskPolicy.CARRIER,
    )
    raw = dataclasses.replace(shipping, recipient_lines=("欧阳娜娜", "文一西路969号3幢2单元1501室"))
    assert render(raw).data == render(verbatim).data
    assert render(dataclasses.replace(raw, masking=MaskPolicy.SHOW)).data != render(raw).data
    assert "欧阳" not in repr(raw)
    assert "138" not in repr(raw)


def test_the_carriers_qr_text_is_verbatim(shipping: ShippingLabel, scan: Scan) -> None:
    text = "MMM={'k1':'591SDL','k5':'SF1390123456789','k6':'杭州'}"
    rendered = render(dataclasses.replace(shipping, carrier_qr=text))
    assert ("QRCode", text) in scan(painted(rendered, PROFILES["raster-80"]))


def test_captions_follow_the_language(shipping: ShippingLabel) -> None:
    assert render(shipping, language="zh_CN").data != render(shipping, language="en").data
    with pytest.raises(ValueError, match="no captions in fr"):
        render(shipping, language="fr")  # type: ignore[arg-type]


def test_long_blanks_are_fed_in_full() -> None:
    rendered = render(Label(72, (Line(), Space(100), Line())))
    assert painted(rendered, PROFILES["raster-80"]).tobytes() == rendered.image.tobytes()
    assert len(rendered.data) < 400


def test_bands_are_small_and_short(shipping: ShippingLabel) -> None:
    rendered = render(shipping)
    assert len(rendered.data) < 48_000
    assert all(part.rows <= 255 for part in bands(rendered.image))


def test_raster_never_holds_a_real_time_command() -> None:
    picture = Image.new("1", (64, 8), 255)
    for x, y in ((3, 2), (13, 2), (59, 4), (5, 5), (63, 6)):  # within a row, and from the end of one to the next
        picture.putpixel((x, y), 0)
    (band,) = [part for part in bands(picture) if isinstance(part, Band)]
    assert len(REAL_TIME_COMMAND.findall(band.data)) == 2
    safe = without_real_time_commands(picture)
    assert not any(isinstance(part, Band) and REAL_TIME_COMMAND.search(part.data) for part in bands(safe))
    added = ImageChops.difference(picture.convert("L"), safe.convert("L"))
    assert [added.getpixel(place) for place in ((4, 2), (60, 4))] == [255, 255]
    assert added.histogram()[255] == 2
    assert without_real_time_commands(safe) is safe


def test_rendering_leaves_logging_and_stdout_alone() -> None:
    program = (
        "import logging; from labels import ToteLabel, render; render(ToteLabel('T-1', 'x'));"
        "assert not logging.getLogger().handlers"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert ran.stdout == ran.stderr == b""
