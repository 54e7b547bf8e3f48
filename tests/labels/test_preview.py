"""The decoder: it understands another program's bytes and refuses what a printer would not print as a label."""

from __future__ import annotations

from pathlib import Path

import pytest
from escpos.printer import Dummy
from PIL import Image

from labels import DEFAULT_PROFILE, EscPosError, ShippingLabel, ToteLabel, from_escpos, png, render


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
