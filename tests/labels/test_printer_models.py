"""Real printers' data: every model is complete, names its source, and agrees with python-escpos where that is one."""

from __future__ import annotations

import codecs
import json
import tomllib
from importlib.resources import files
from typing import Any

import pytest

from labels import BadgeLabel, render
from labels.profiles import profile_named

MODELS: list[dict[str, Any]] = tomllib.loads(
    files("labels").joinpath("printer_models.toml").read_text(encoding="utf-8")
)["model"]
KEYS = {
    "name": str,
    "maker": str,
    "dots": int,
    "dpi": int,
    "text": str,
    "four_byte": bool,
    "code_pages": dict,
    "native": list,
    "cut": str,
    "tear_mm": int,
    "speed_mm_s": int,
    "status": str,
    "source": str,
}
CHINESE_MAKERS = ("Gprinter", "HPRT", "Rongta", "Xprinter", "Zjiang")

by_name = pytest.mark.parametrize("model", MODELS, ids=[model["name"] for model in MODELS])


def test_enough_of_them_each_by_its_own_name() -> None:
    names = [model["name"] for model in MODELS]
    assert len(set(names)) == len(names) >= 8
    for maker in CHINESE_MAKERS:
        assert any(model["maker"].startswith(maker) for model in MODELS), maker


@by_name
def test_complete_and_possible(model: dict[str, Any]) -> None:
    assert {key: type(value) for key, value in model.items()} == KEYS
    assert model["name"] == model["name"].lower()
    assert set(model["name"]) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert model["dots"] % 8 == 0
    assert 40 < model["dots"] * 25.4 / model["dpi"] < 110  # the widths of rolls there are
    assert model["dpi"] in (180, 203, 300)
    assert model["text"] in ("raster", "codepage", "gb18030")
    assert set(model["native"]) <= {"code128", "qr"}
    assert model["cut"] in ("full", "partial", "none")
    assert 10 <= model["tear_mm"] <= 30
    assert 50 <= model["speed_mm_s"] <= 500
    assert model["status"] in ("epson", "none")
    assert len(model["source"]) > 20


@by_name
def test_code_pages_are_ones_python_can_write(model: dict[str, Any]) -> None:
    pages = model["code_pages"]
    assert bool(pages) == (model["text"] != "raster")
    assert len(set(pages.values())) == len(pages)
    for name, number in pages.items():
        assert 0 <= number <= 255
        assert "A".encode(name) == b"A"
        assert codecs.getincrementaldecoder(name)().decode(b"\xe1"), name
    if pages:
        assert pages["cp437"] == 0  # what every printer has after ESC @


@by_name
def test_each_is_a_profile_that_draws_a_label(model: dict[str, Any]) -> None:
    profile = profile_named(model["name"])
    assert (profile.dots, profile.dpi, profile.text) == (model["dots"], model["dpi"], model["text"])
    rendered = render(BadgeLabel("BDG-P-001", "李娜", ()), profile)
    assert rendered.image.width == model["dots"]
    assert {"code128" in model["native"]} == {symbol.native for symbol in rendered.symbols if symbol.kind == "code128"}


# Where the source is python-escpos, what is written down must be what it says.
CHECKED_BY = {
    "epson-tm-t20iii": "TM-T20II",
    "epson-tm-m30ii": "TM-T20II",
    "epson-tm-t88v": "TM-T88V",
    "epson-tm-t88vi": "TM-T88V",
    "epson-tm-l90": "TM-L90",
    "star-tsp600": "TSP600",
    "citizen-ct-s310ii": "CT-S651",
    "zjiang-zj-5890k": "POS-5890",
    "zjiang-zj-5870": "ZJ-5870",
    "rongta-rp326": "RP326",
}


@pytest.mark.parametrize(("name", "profile"), CHECKED_BY.items())
def test_nothing_is_claimed_that_python_escpos_denies(name: str, profile: str) -> None:
    model = next(model for model in MODELS if model["name"] == name)
    said = json.loads(files("escpos").joinpath("capabilities.json").read_text(encoding="utf-8"))["profiles"][profile]
    for page, number in model["code_pages"].items():
        assert said["codePages"][str(number)].lower().replace("iso_8859-", "iso8859_") == page
    if said["media"]["width"]["pixels"] != "Unknown" and name != "citizen-ct-s310ii":  # a narrower sister
        assert model["dots"] == said["media"]["width"]["pixels"]
    if said["media"]["dpi"] != "Unknown":
        assert model["dpi"] == said["media"]["dpi"]
    if name != "zjiang-zj-5890k":  # python-escpos knows its first firmware only
        assert said["features"]["barcodeB"] or "code128" not in model["native"]
        assert said["features"]["qrCode"] or "qr" not in model["native"]
