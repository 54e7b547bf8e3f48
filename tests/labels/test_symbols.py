"""Article numbers, SSCC and QR codes."""

from __future__ import annotations

import pytest
import zxingcpp
from PIL import Image, ImageChops

from labels import sscc, symbols
from labels.gs1 import check_digit, require_element


def scanned(symbol: symbols.Symbol) -> zxingcpp.Barcode:
    module = 3
    height = len(symbol.rows) * module if symbol.is_matrix else 40
    bars = ImageChops.invert(symbol.modules).resize((len(symbol.rows[0]) * module, height), Image.Resampling.NEAREST)
    picture = Image.new("1", (symbol.width * module, height + 24), 255)
    picture.paste(bars, (symbol.quiet_left * module, 12))
    (found,) = zxingcpp.read_barcodes(picture.convert("L"))
    return found


@pytest.mark.parametrize(
    ("gtin", "kind", "text"),
    [
        ("6901234567892", "ean13", "6901234567892"),
        ("036000291452", "ean13", "0036000291452"),
        ("06901234567892", "ean13", "6901234567892"),
        ("96385074", "ean8", "96385074"),
        ("16901234567899", "itf14", "16901234567899"),
    ],
)
def test_article_numbers_scan(gtin: str, kind: str, text: str) -> None:
    symbol = symbols.article_number(gtin)
    assert (symbol.kind, symbol.text) == (kind, text)
    assert scanned(symbol).bytes == text.encode()


@pytest.mark.parametrize("gtin", ["6901234567890", "690123", "69012345678AB", ""])
def test_bad_article_numbers_are_refused(gtin: str) -> None:
    with pytest.raises(ValueError):
        symbols.article_number(gtin)


def test_sscc() -> None:
    number = sscc("340123450", 12345678)
    assert len(number) == 18
    assert number[-1] == check_digit(number[:-1])
    assert sscc("00614141", 123456789) == "006141411234567890"  # the example in GS1's own texts
    symbol = symbols.gs1_128(("00", number))
    assert len(symbol.rows[0]) == 156
    found = scanned(symbol)
    assert (found.symbology_identifier, found.bytes) == ("]C1", b"00" + number.encode())


@pytest.mark.parametrize(("prefix", "serial"), [("0691234567", 10**7), ("0691234567", -1), ("069", 1), ("069E4567", 1)])
def test_an_sscc_is_never_cut(prefix: str, serial: int) -> None:
    with pytest.raises(ValueError):
        sscc(prefix, serial)


def test_an_sscc_with_a_wrong_check_digit_is_refused() -> None:
    with pytest.raises(ValueError, match="check digit"):
        require_element("00", "006141412345678900")


@pytest.mark.parametrize("text", ["SF1390123456789", "世恁", "北京 Köln 😀", "MMM={'k1':'591SDL'}", "0123456789"])
def test_qr_codes_carry_utf8(text: str) -> None:
    found = scanned(symbols.qr(text))
    assert (found.text, found.bytes) == (text, text.encode("utf-8"))


def test_qr_refuses_what_does_not_fit() -> None:
    with pytest.raises(ValueError):
        symbols.qr("运" * 3000)
    with pytest.raises(ValueError):
        symbols.qr("")
