"""`wms label render|preview|templates`: what a shipment's file may say, and what is refused by name."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from labels import PROFILES, from_escpos
from labels.templates.values import KINDS
from tests.unit.cli_shell import Answer, Shell

SHIPMENT: dict[str, Any] = {
    "waybill": "SF1390123456789",
    "carrier": "顺丰速运",
    "routing_code": "591SDL-Y56-111",
    "sort_code": "杭州 12-305",
    "sender": {"name": "晨光仓储（杭州）有限公司", "phone": "0571-88886666", "address": ["杭州市萧山区市心北路857号"]},
    "recipient": {"name": "欧阳娜娜", "phone": "13800138234", "address": ["杭州市余杭区文一西路969号3幢2单元1501室"]},
    "order": "TB-20261111-000123",
    "wave": "W-1111-03",
    "parcel": {"n": 1, "of": 2, "weight_g": 1280},
    "sscc": "006141411234567890",
    "gs1": {"02": "16901234567899", "37": "24", "400": "PO-1"},
    "cod_minor": 12900,
    "currency": "CNY",
    "note": "送货前请打电话",
    "mask": True,
    "lang": "zh_CN",
}
BOX, RTL, COMBINED = "😀", "עברית محمد", "e\u0301a\u0308"


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(tmp_path, capsys)


def with_(**changes: Any) -> dict[str, Any]:
    """The shipment with values changed by path (`parcel__n`), or left out where the new value is `...`."""
    shipment = copy.deepcopy(SHIPMENT)
    for path, value in changes.items():
        *outer, last = path.split("__")
        inner = shipment
        for key in outer:
            inner = inner[key]
        if value is ...:
            del inner[last]
        else:
            inner[last] = value
    return shipment


def render(shell: Shell, shipment: Any, *more: object) -> Answer:
    source = shell.file("s.json", json.dumps(shipment))
    return shell("label", "render", source, "-o", shell.folder / "label.bin", *more)


def good(shell: Shell, shipment: Any, *more: object) -> Any:
    answer = render(shell, shipment, "--json", *more)
    assert answer.code == 0, answer.err
    return answer.json


def scanned(shell: Shell, profile: str = "raster-80") -> set[bytes]:
    pictures = from_escpos((shell.folder / "label.bin").read_bytes(), PROFILES[profile])
    return {code.bytes for picture in pictures for code in zxingcpp.read_barcodes(picture.convert("L"))}


@pytest.mark.parametrize("profile", ["generic-80", "generic-58", "raster-80", "gb18030-80", "wide-104"])
def test_a_parcels_label(shell: Shell, profile: str) -> None:
    picture = shell.folder / "label.png"
    said = good(shell, SHIPMENT, "--printer", profile, "--png", picture)
    assert said["bytes"] == (shell.folder / "label.bin").stat().st_size
    assert scanned(shell, profile) == {b"SF1390123456789"}
    assert {(one["kind"], one["data"]) for one in said["symbols"]} == {
        ("code128", "SF1390123456789"),
        ("qr", "SF1390123456789"),
    }
    assert min(one["module_dots"] for one in said["symbols"]) >= 2
    assert said["dots"]["width"] == PROFILES[profile].dots
    assert 0.5 < said["seconds"] < 5
    with Image.open(picture) as drawn:
        assert drawn.size == (said["dots"]["width"], said["dots"]["height"])


def test_the_gs1_label(shell: Shell) -> None:
    said = good(shell, SHIPMENT, "--template", "logistic", "--self-check")
    assert scanned(shell) == {b"00006141411234567890", b"021690123456789937" + b"24", b"400PO-1"}
    assert "0.375 mm" in said["notes"][0]
    assert "832 dots" in said["notes"][0]
    assert good(shell, SHIPMENT, "--template", "logistic", "--printer", "wide-104")["notes"] == []


def test_an_sscc_may_be_made_here(shell: Shell) -> None:
    made = with_(sscc={"extension": 0, "company_prefix": "0614141", "serial": 123456789})
    good(shell, made, "--template", "logistic")
    assert b"00006141411234567890" in scanned(shell)


@pytest.mark.parametrize(
    ("shipment", "template", "field"),
    [
        ({}, "shipping", "waybill: is missing"),
        (with_(waybill=...), "shipping", "waybill: is missing"),
        (with_(waybill=None), "shipping", "waybill: is missing"),
        (with_(waybill=" "), "shipping", "waybill: is missing"),
        (with_(waybill="SF1\x1b@23"), "shipping", "waybill: holds control"),
        (with_(waybill="SF1\x8023"), "shipping", "waybill: holds control"),
        (with_(waybill="运单123"), "shipping", "waybill"),
        (with_(waybill="SF123 "), "shipping", "waybill: begins or ends"),
        (with_(waybill="ABCDEFGH" * 8), "shipping", "waybill: its bar code needs"),
        (with_(waybill=1390123456789), "shipping", "waybill: expected"),
        (with_(sscc="006141411234567891"), "logistic", "sscc: "),
        (with_(sscc="006141411234567891"), "shipping", "sscc: "),
        (with_(sscc="00614141123456789"), "logistic", "sscc: "),
        (with_(sscc=...), "logistic", "sscc: is missing"),
        (with_(sscc={"company_prefix": "0614141", "serial": 10**9}), "logistic", "sscc: serial"),
        (with_(gs1={"02": "16901234567890"}), "logistic", "gs1.02: "),
        (with_(gs1={"15": "271331"}), "logistic", "gs1.15: "),
        (with_(gs1={"999999": "1"}), "logistic", "gs1.999999: "),
        (with_(gs1={"10": "批次"}), "logistic", "gs1.10: "),
        (with_(gs1={"91": "x" * 60}), "logistic", "gs1.91: "),
        (with_(cod_minor=-1), "shipping", "cod_minor"),
        (with_(cod_minor=1.5), "shipping", "cod_minor"),
        (with_(currency="yuan"), "shipping", "currency"),
        (with_(parcel__n=3), "shipping", "parcel.n"),
        (with_(parcel__weight_g="heavy"), "shipping", "parcel.weight_g"),
        (with_(recipient="欧阳"), "shipping", "recipient"),
        (with_(recipient__address=[1]), "shipping", "recipient.address"),
        (with_(lang="fr"), "shipping", "lang"),
        (with_(mask="yes"), "shipping", "mask"),
        (with_(routing_code=BOX), "shipping", "routing_code: no font"),
        (with_(routing_code="X" * 90), "shipping", "routing_code: 90 characters"),
        (with_(order="\x1b\x1d\x00"), "shipping", "order: holds nothing"),
        (with_(routing_code="\u200b"), "shipping", "routing_code: holds nothing"),
        (with_(recipient__name="\u202e\u202c"), "logistic", "recipient.name: holds nothing"),
        (with_(cod_minor=10**30), "shipping", "cod_minor: "),
        (with_(created="yesterday"), "shipping", "created"),
        ([], "shipping", "one JSON object"),
    ],
)
def test_what_cannot_be_printed_right_is_refused_by_name(
    shell: Shell, shipment: Any, template: str, field: str
) -> None:
    answer = render(shell, shipment, "--template", template)
    assert (answer.code, answer.out) == (1, "")
    assert field in answer.err
    assert not (shell.folder / "label.bin").exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"recipient__name": "王"},
        {"recipient__name": "王" * 300},
        {"recipient__name": "Wolfeschlegelsteinhausenbergerdorff " * 8},
        {"recipient__address": ["文一西路969号" * 40]},
        {"recipient__address": "文一西路969号"},
        {"recipient__address": ["x" * 300]},
        {"recipient__name": f"王{BOX}"},
        {"recipient__name": RTL, "mask": False},
        {"recipient__name": COMBINED},
        {"recipient__name": "𠮷野家𬎆"},
        {"recipient__address": ["\x1b@\x1dV\x00文一西路\x10\x04\x01", "\u202e路"]},
        {"note": "[/][b]x{0}{waybill} %s"},
        {"note": "😀" * 5 + "小心"},
        {"sender": ..., "recipient": ..., "parcel": ..., "gs1": ..., "sscc": ..., "lang": ...},
        {"sender": None, "recipient": None, "parcel": None, "order": None, "cod_minor": None},
        {"sender__name": "仓" * 300},
        {"order": "O" * 120},
        {"routing_code": ""},
        {"waybill": "sf9-0.ab"},
        {"waybill": "JDVA12345678"},
    ],
)
@pytest.mark.parametrize("profile", ["generic-58", "gb18030-80"])
def test_odd_but_printable_shipments_print_whole(shell: Shell, changes: dict[str, Any], profile: str) -> None:
    shipment = with_(**changes)
    good(shell, shipment, "--printer", profile, "--self-check")
    assert scanned(shell, profile) == {shipment["waybill"].encode()}


def test_what_had_to_be_fitted_is_told(shell: Shell) -> None:
    said = good(shell, with_(recipient__address=["文一西路" * 60], note=f"{BOX}小心"))
    fitted = {one["field"]: one for one in said["fittings"]}
    assert fitted["recipient.address"]["continued"]
    assert fitted["note"]["missing"] == BOX
    assert fitted["routing_code"]["used_dots"] < fitted["routing_code"]["asked_dots"]


def test_fields_nobody_knows_are_told_and_not_printed(shell: Shell) -> None:
    answer = render(shell, with_(weigth=1, recipient__fax="1"), "--json")
    assert answer.code == 0
    assert answer.json["notes"] == ["weigth is not known and not printed", "recipient.fax is not known and not printed"]
    assert "weigth is not known" in answer.err


def test_masks_are_on_unless_told_otherwise(shell: Shell) -> None:
    def data(shipment: Any) -> bytes:
        good(shell, shipment)
        return (shell.folder / "label.bin").read_bytes()

    masked = with_(
        recipient={"name": "欧***", "phone": "1*******234", "address": ["杭州市余杭区文一西路969号3幢*单元****室"]},
        sender__phone="0***-*****666",
    )
    assert data(SHIPMENT) == data(with_(mask=...)) == data(masked)
    assert data(with_(mask=False)) != data(SHIPMENT)
    assert data(with_(recipient__phone="138****1234")) == data(
        with_(recipient={**masked["recipient"], "phone": "138****1234"})
    )


@pytest.mark.parametrize("name", ["Zhang Wei 张伟", "阿卜杜拉·买买提", "Jürgen Müller", "张", "陈店"])
@pytest.mark.parametrize("template", ["shipping", "logistic"])
def test_whoever_gets_it_is_masked_on_every_label(shell: Shell, template: str, name: str) -> None:
    def printed(who: str) -> bytes:
        shipment = with_(recipient__name=who, note="", title="")
        good(shell, shipment, "--template", template, "--printer", "gb18030-80")
        return (shell.folder / "label.bin").read_bytes().replace(b"\x1c&", b"").replace(b"\x1c.", b"")

    for part in name.replace("·", " ").split():
        assert part.encode("gb18030") not in printed(name) or len(part) == 1
    assert "1501室".encode("gb18030") not in printed(name)


def test_the_file_says_the_language_and_the_command_has_the_last_word(shell: Shell) -> None:
    assert good(shell, with_(lang="en"))["language"] == "en"
    assert good(shell, with_(lang="zh-Hans"))["language"] == "zh_CN"
    assert good(shell, with_(lang="en"), "--language", "zh_CN")["language"] == "zh_CN"


def test_every_template_can_be_previewed(shell: Shell) -> None:
    picture = shell.folder / "p.png"
    for name in KINDS:
        said = shell.good("label", "preview", name, "--png", picture, "--language", "en", "--json").json
        assert said["template"] == name
        assert picture.read_bytes().startswith(b"\x89PNG")
    blocks = shell.good("label", "preview", "tote").out.splitlines()
    assert any("█" in line for line in blocks)
    assert max(map(len, blocks)) <= 80
    assert "there is no template 'nought'" in shell.bad("label", "preview", "nought", code=2)
    assert "known are" in shell.bad("label", "preview", "tote", "--printer", "nought", code=2)


def test_a_sites_own_template_comes_first(shell: Shell) -> None:
    folder = shell.data / "templates"
    folder.mkdir(parents=True)
    (folder / "tote.toml").write_text('label = "tote"\n[[row]]\ndatamatrix = "{code}"\nsize_mm = 12\n', "utf-8")
    (folder / "shipping-plain.toml").write_text('label = "shipping"\n[[row]]\nbarcode = "{waybill}"\nheight_mm = 12\n')
    symbols = shell.good("label", "preview", "tote", "--json").json["symbols"]
    assert [one["kind"] for one in symbols] == ["datamatrix"]
    assert good(shell, SHIPMENT, "--template", "shipping-plain")["template"] == "shipping-plain"
    listed = {one["name"]: one for one in shell.good("label", "templates", "--json").json["templates"]}
    assert (listed["tote"]["own"], listed["place"]["own"]) == (True, False)
    assert listed["shipping-plain"]["label"] == "shipping"
    (folder / "tote.toml").write_text('label = "tote"\n[[row]]\ntext = "{cod}"\nsize_mm = 3\n', "utf-8")
    assert "tote.toml: row 3, column 1: a tote label has no field 'cod'" in shell.bad("label", "preview", "tote")


def test_other_labels_take_their_own_fields(shell: Shell) -> None:
    place = {"code": "A-01-1*37", "name": "Row 1", "check_digits": "37"}
    assert good(shell, place, "--template", "place")["symbols"][0]["data"] == "A-01-1*37"
    assert "colour is no field of place" in render(shell, place | {"colour": "red"}, "--template", "place").err
    slip = {"order": "A-1", "shop": "Shop", "lines": [{"sku": "TEA", "name": "Tea", "quantity": 2}]}
    assert good(shell, slip, "--template", "packing-slip")["symbols"][0]["data"] == "A-1"


def test_a_single_command_is_quick(shell: Shell) -> None:
    """Nothing of the terminal, the store or the hub is imported for a label."""
    source = shell.file("s.json", json.dumps(SHIPMENT))
    program = (
        "import sys; from wms.cli.main import run;"
        f"assert run(['label', 'render', {str(source)!r}, '-o', {str(shell.folder / 'o')!r}]) == 0;"
        "print(*sorted({'textual', 'sqlite_utils', 'starlette', 'cryptography', 'biip'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    assert ran.stdout.splitlines()[-1] == ""
