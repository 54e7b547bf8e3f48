"""Bar codes and QR codes as rows of modules, drawn by us in whole dots: drawn by the libraries' own writers, bars miss
the dots of the head and small symbols do not scan."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal

import segno
from barcode.ean import EuropeanArticleNumber8, EuropeanArticleNumber13
from barcode.itf import ITF
from PIL import Image

from labels import code128, gs1

SymbolKind = Literal["code128", "gs1-128", "ean13", "ean8", "itf14", "qr", "datamatrix"]

_SHORT_QR_BYTES = 24
"""What version 3, 29 modules a side, holds at level H."""


@dataclass(frozen=True)
class Symbol:
    """One symbol before it has a size.

    `text` is what a scanner reports; `rows` are its modules, `1` dark, one row for a linear symbol; the quiet zones are
    in modules. `codewords` are the start and data characters of a Code 128 symbol, by which a printer can draw it too;
    `level` is the error correction of a QR code.
    """

    kind: SymbolKind
    text: str
    rows: tuple[str, ...]
    quiet_left: int
    quiet_right: int
    quiet_vertical: int = 0
    codewords: tuple[int, ...] = ()
    level: str = ""

    @property
    def is_matrix(self) -> bool:
        """True for a two-dimensional symbol, whose modules are squares."""
        return len(self.rows) > 1

    @property
    def width(self) -> int:
        """Modules from the start of the left quiet zone to the end of the right one."""
        return self.quiet_left + len(self.rows[0]) + self.quiet_right

    @cached_property
    def modules(self) -> Image.Image:
        """The symbol as a picture of one dot per module, ink as 1, without quiet zones."""
        picture = Image.new("1", (len(self.rows[0]), len(self.rows)))
        picture.putdata([255 if module == "1" else 0 for row in self.rows for module in row])
        return picture


def code_128(text: str) -> Symbol:
    """Code 128 of ASCII text, quiet zones 10 X (ISO/IEC 15417, 4.4). Raises ValueError for anything else."""
    return _code_128("code128", text, text)


def gs1_128(*elements: tuple[str, str]) -> Symbol:
    """GS1-128 of application identifiers and values; `text` has FNC1 separators as GS, as scanners send them."""
    data = gs1.element_string(*elements)
    return _code_128("gs1-128", data[1:].replace(gs1.FNC1, "\x1d"), data)


def _code_128(kind: SymbolKind, text: str, data: str) -> Symbol:
    codewords = code128.codewords(data)
    return Symbol(kind, text, (code128.modules(codewords),), 10, 10, codewords=tuple(codewords))


def article_number(gtin: str) -> Symbol:
    """The symbol of a GTIN at the till: EAN-13 for GTIN-13 and GTIN-12, EAN-8 for GTIN-8, ITF-14 for the GTIN-14 of a
    trade unit. Quiet zones: GS1 General Specifications, 5.2.3.4 and 5.3.2.2. Raises ValueError for a bad number."""
    gs1.require_check_digit(gtin)
    match len(gtin):
        case 14 if not gtin.startswith("0"):
            return Symbol("itf14", gtin, (ITF(gtin, narrow=1, wide=3).build()[0],), 10, 10)
        case 12 | 13 | 14:
            digits = gtin[-13:].zfill(13)
            return Symbol("ean13", digits, (EuropeanArticleNumber13(digits).build()[0],), 11, 7)
        case 8:
            return Symbol("ean8", gtin, (EuropeanArticleNumber8(gtin).build()[0],), 7, 7)
        case length:
            raise ValueError(f"a GTIN has 8, 12, 13 or 14 digits, not {length}")


@lru_cache(maxsize=64)
def qr(text: str) -> Symbol:
    """A QR code of `text` exactly as given, quiet zone 4 X (ISO/IEC 18004).

    Anything but ASCII travels as UTF-8 bytes: as Shift-JIS, segno's choice for some Chinese, readers return rubbish.
    What is short gets error correction level H, by which it is still read from paper blurred by 1.5 X; longer texts
    have level M or what fits beyond in the same size: their modules are small already. Raises ValueError when the text
    is empty or too long.
    """
    if not text:
        raise ValueError("there is nothing to encode")
    mode = None if text.isascii() else "byte"
    data = text.encode("utf-8")
    code = segno.make_qr(data, error="h" if len(data) <= _SHORT_QR_BYTES else "m", mode=mode)
    rows = tuple("".join("1" if module else "0" for module in row) for row in code.matrix)
    return Symbol("qr", text, rows, 4, 4, quiet_vertical=4, level=code.error)


@lru_cache(maxsize=64)
def data_matrix(text: str) -> Symbol:
    """A Data Matrix of ASCII or UTF-8 `text`, quiet zone 1 X (ISO/IEC 16022). Raises ValueError when zxing-cpp, which
    draws it, is not installed, or when the text is too long."""
    try:
        import zxingcpp
    except ImportError as error:
        raise ValueError("a Data Matrix needs the package zxing-cpp") from error
    try:
        code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.DataMatrix)
        picture = code.to_image(scale=1, add_quiet_zones=False)
    except (RuntimeError, ValueError) as error:
        raise ValueError(f"{len(text)} characters are too many for a Data Matrix") from error
    dots: list[list[int]] = memoryview(picture).tolist()  # type: ignore[arg-type,assignment]
    rows = tuple("".join("0" if dot else "1" for dot in row) for row in dots)
    return Symbol("datamatrix", text, rows, 1, 1, quiet_vertical=1)
