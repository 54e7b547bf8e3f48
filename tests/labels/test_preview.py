"""The decoder: it understands another program's bytes and refuses what a printer would not print as a label."""

from __future__ import annotations

from pathlib import Path

import pytest
import zxingcpp
from escpos.printer import Dummy
from PIL import Image, ImageChops

from labels import DEFAULT_PROFILE, PROFILES, EscPosError, ShippingLabel, ToteLabel, from_escpos, png, render


def test_python_escpos_images_read_back(shipping: ShippingLabel, capsys: pytest.CaptureFixture[str]) -> None:
    picture = render(shipping).image
    printer = Dummy()
    printer.image(picture, impl="bitImageRaster", center=False)
    capsys.readouterr()
    (read,) = from_escpos(printer.output.replace(b"\x1ba\x00", b""))
    assert read.tobytes() == picture.tobytes()


def test_two_labels_are_two_pictures_and_status_requests_print_nothing() -> None:
    first, second = render(ToteLabel("T-1", "a")), render(ToteLabel("T-2", "b"))
    status = b"\x10\x04\x01" + b"\x1dr\x01" + b"\x1da\xff" + b"\x1d(H\x06\x0000ABCD"
    pictures = from_escpos(status + first.data + status + second.data + status)
    assert [picture.tobytes() for picture in pictures] == [first.image.tobytes(), second.image.tobytes()]


def test_feeds_count_in_the_units_set() -> None:
    assert from_escpos(b"\x1dP\xcb\xcb\x1bJ\x0a")[0].height == 10
    with pytest.raises(EscPosError, match="whole number of dots"):
        from_escpos(b"\x1dP\xcb\xb4")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"hello", "unknown command"),
        (b"\x1b@\x1bz", "unknown command"),
        (b"\x1dv0\x00\x49\x00\x01\x00" + bytes(73), "do not fit a head"),
        (b"\x1dv0\x03\x01\x00\x01\x00\x00", "normal size"),
        (b"\x1dv0\x00\x00\x00\x01\x00", "empty raster"),
        (b"\x1dv0\x00\x08\x00\x08\x00\x00", "ends in the middle"),
        (b"\x1dV\x00\x00", "a cut other"),
        (b"\x1d(L\x02\x00\x30\x02", "unknown GS"),
        (b"\x1b", "ends in the middle"),
    ],
)
def test_what_is_not_a_label_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(EscPosError, match=reason):
        from_escpos(data)


def test_png_has_one_pixel_per_dot(tmp_path: Path) -> None:
    path = tmp_path / "tote.png"
    png(ToteLabel("T-1", "a"), path)
    with Image.open(path) as picture:
        assert picture.width == DEFAULT_PROFILE.dots
        assert picture.info["dpi"] == pytest.approx((203, 203), abs=0.1)


def native(data: bytes, name: str = "gb18030-80") -> Image.Image:
    (picture,) = from_escpos(b"\x1b@\x1dP\xcb\xcb\x1b3\x18" + data, PROFILES[name])
    return picture


def test_native_text_is_drawn_where_the_printer_puts_it() -> None:
    large = native(b"\x1c.Ab\x1b$\x2c\x01\x1d!\x21" + b"\x1c&" + "杭州".encode("gb18030") + b"\n")
    assert large.size == (576, 48)
    inked = ImageChops.invert(large.convert("L")).getbbox()
    assert inked is not None
    assert inked[0] < 12
    assert 300 + 72 < inked[2] <= 300 + 2 * 72
    assert large.crop((0, 0, 24, 24)).getextrema() == (255, 255)  # small letters stand on the base line
    assert native(b"\x1dB\x01 \n").crop((0, 0, 12, 24)).getextrema() == (0, 0)
    assert native(b"\x1bE\x01l\n").histogram()[0] > native(b"l\n").histogram()[0]


def test_native_symbols_scan() -> None:
    bars = b"\x1dh\x50\x1dw\x02\x1dH\x00\x1dkI\x12{BSF{C\x0d\x5a\x0c\x22{BX{1{{y"
    stored = b"1P0" + "杭州 SF139".encode()
    square = b"\x1d(k\x04\x001A2\x00\x1d(k\x03\x001C\x04\x1d(k\x03\x001E1"
    square += b"\x1d(k" + len(stored).to_bytes(2, "little") + stored + b"\x1d(k\x03\x001Q0"
    picture = native(b"\x1ba\x01" + bars + b"\x1bJ\x20" + square + b"\x1bJ\x20", "generic-80")
    found = sorted(code.bytes for code in zxingcpp.read_barcodes(picture.convert("L")))
    assert found == [b"SF13901234X\x1d{y", "杭州 SF139".encode()]


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (b"\x1c&", "generic-80", "no Chinese"),
        (b"\x1bt\x63", "generic-80", "no code page 99"),
        (b"x" * 49, "generic-80", "does not fit the line"),
        (b"a\x1ba\x01", "generic-80", "middle of a line"),
        (b"\x1dkI\x02SF", "generic-80", "no Code 128"),
        (b"\x1dw\x06\x1dkI\x11{BSF1390123456789", "generic-80", "do not fit a head"),
        (b"\x1dkH\x01A", "generic-80", "other than Code 128"),
        (b"\x1c&\xff\xff", "gb18030-80", "no character"),
    ],
)
def test_what_the_printer_would_not_print_is_refused(data: bytes, name: str, reason: str) -> None:
    with pytest.raises(EscPosError, match=reason):
        from_escpos(data, PROFILES[name])
