"""Reading a label back before it is printed: what does not scan on the screen will not scan on paper."""

from __future__ import annotations

from labels.preview import from_escpos
from labels.profiles import Profile
from labels.render_escpos import PrintedSymbol, Rendered


class NoDecoder(Exception):
    """zxing-cpp, which reads the symbols, is not installed."""


def unread(rendered: Rendered, profile: Profile) -> list[PrintedSymbol]:
    """The symbols that a decoder does not find, with exactly their data, on the paper that the bytes print.

    Raises NoDecoder, EscPosError for bytes that are no label.
    """
    try:
        import zxingcpp
    except ImportError as error:
        raise NoDecoder("reading labels back needs zxing-cpp: pip install zxing-cpp") from error
    found = {
        code.bytes
        for picture in from_escpos(rendered.data, profile)
        for code in zxingcpp.read_barcodes(picture.convert("L"))
    }
    return [symbol for symbol in rendered.symbols if symbol.text.encode() not in found]
