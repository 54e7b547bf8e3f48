"""Symbols as a printer draws them from the bytes of GS k and GS ( k: one row of modules, or a square of them.

Source: Epson ESC/POS command reference, GS k (ranges of m, n and d, code sets of CODE128) and GS ( k functions 165 to
181; ISO/IEC 15417 for Code 128, written here from its values, so that a wrong code set or check character shows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby

import segno
import zxingcpp
from barcode.charsets import code128 as patterns

DIGITS = frozenset(b"0123456789")
_CODE39 = DIGITS | frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./")
_CODABAR = DIGITS | frozenset(b"ABCDabcd$+-./:")
_ASCII = frozenset(range(128))


class Refused(ValueError):
    """The printer does not print this."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """Modules of a symbol, `1` dark; `quiet` modules to be left blank at the sides (all four, for squares)."""

    kind: str
    rows: tuple[str, ...]
    quiet: tuple[int, int]
    two_widths: bool = False


@dataclass(frozen=True, slots=True)
class System:
    """One bar code system of GS k: how many bytes of which values it takes."""

    kind: str
    lengths: range
    allowed: frozenset[int]
    draw: Callable[[bytes], Drawn]


def linear(kind: str, quiet: tuple[int, int], *, two_widths: bool = False) -> Callable[[bytes], Drawn]:
    """A drawer for what zxing-cpp can write; wide elements of two-width codes are widened by the printer's table."""

    def draw(data: bytes) -> Drawn:
        text = data.decode("ascii")
        if kind == "Code39":
            text = text.strip("*")
        try:
            symbol = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, kind))
        except ValueError as error:
            raise Refused(str(error)) from error
        image = symbol.to_image(1, False, False)
        row = memoryview(image).tobytes()[: image.shape[1]]
        return Drawn(kind, ("".join("0" if value else "1" for value in row),), quiet, two_widths)

    return draw


def code128(data: bytes) -> Drawn:
    """CODE128 of GS k m=73: `{A`, `{B`, `{C` select the code set, `{S` shifts, `{1`-`{4` are FNC, `{{` is a brace.

    Code set C takes raw values 0 to 99; FNC1 is the only function character there.
    """
    values = _values(data)
    check = (values[0] + sum(place * value for place, value in enumerate(values))) % 103
    modules = "".join(patterns.CODES[value] for value in (*values, check)) + patterns.STOP + "11"
    return Drawn("Code128", (modules,), (10, 10))


def _values(data: bytes) -> list[int]:
    if data[:1] != b"{" or data[1:2] not in (b"A", b"B", b"C"):
        raise Refused("the data does not begin with a code set")
    code_set = data[1:2].decode()
    values = [{"A": 103, "B": 104, "C": 105}[code_set]]
    at, shifted = 2, False
    while at < len(data):
        used = {"A": "B", "B": "A", "C": "C"}[code_set] if shifted else code_set
        byte, following = data[at], data[at + 1 : at + 2]
        if byte == ord("{"):
            at += 2
            if following in (b"A", b"B", b"C") and not shifted:
                target = following.decode()
                if target == code_set:
                    raise Refused(f"code set {target} chosen while it is in use")
                values.append({"A": 101, "B": 100, "C": 99}[target])
                code_set = target
                continue
            if following == b"S" and code_set != "C" and not shifted:
                values.append(98)
                shifted = True
                continue
            values.append(_function(following, used))
        else:
            at += 1
            values.append(_value(byte, used))
        shifted = False
    if shifted:
        raise Refused("nothing follows the shift")
    if len(values) == 1:
        raise Refused("there is no data behind the code set")
    return values


def _function(following: bytes, code_set: str) -> int:
    if following == b"{" and code_set == "B":
        return ord("{") - 32
    functions = {b"1": 102, b"2": 97, b"3": 96, b"4": 101 if code_set == "A" else 100}
    if following not in functions or (code_set == "C" and following != b"1"):
        raise Refused(f"{{{following!r} in code set {code_set}")
    return functions[following]


def _value(byte: int, code_set: str) -> int:
    if code_set == "C" and byte <= 99:
        return byte
    if code_set == "A" and byte < 96:
        return byte + 64 if byte < 32 else byte - 32
    if code_set == "B" and 32 <= byte <= 127:
        return byte - 32
    raise Refused(f"byte {byte} in code set {code_set}")


SYSTEMS: dict[int, System] = {
    0: System("UPCA", range(11, 13), DIGITS, linear("UPCA", (9, 9))),
    1: System("UPCE", range(6, 13), DIGITS, linear("UPCE", (9, 7))),
    2: System("EAN13", range(12, 14), DIGITS, linear("EAN13", (11, 7))),
    3: System("EAN8", range(7, 9), DIGITS, linear("EAN8", (7, 7))),
    4: System("Code39", range(1, 256), _CODE39, linear("Code39", (10, 10), two_widths=True)),
    5: System("ITF", range(2, 256, 2), DIGITS, linear("ITF", (10, 10), two_widths=True)),
    6: System("Codabar", range(2, 256), _CODABAR, linear("Codabar", (10, 10), two_widths=True)),
    7: System("Code93", range(1, 256), _ASCII, linear("Code93", (10, 10))),
    8: System("Code128", range(2, 256), _ASCII, code128),
}
"""By m of function A (0 to 6) and by m - 65 of function B (65 to 73)."""


def qr(data: bytes, level: str) -> Drawn:
    """A QR code, model 2, of `data` at exactly that error correction level, in the printer's choice of mode."""
    mode = None if data.isascii() else "byte"
    try:
        code = segno.make_qr(data, error=level, mode=mode, boost_error=False)
    except segno.DataOverflowError as error:
        raise Refused(str(error)) from error
    rows = tuple("".join("1" if module else "0" for module in row) for row in code.matrix)
    return Drawn("QRCode", rows, (4, 4))


def element_dots(drawn: Drawn, module: int) -> list[tuple[bool, int]]:
    """A linear symbol's elements: whether dark, and how many dots. Wide ones are 2.5 modules, rounded up (GS w)."""
    runs = [(module_is == "1", len(list(group))) for module_is, group in groupby(drawn.rows[0])]
    if drawn.two_widths:
        return [(dark, module if length == 1 else (5 * module + 1) // 2) for dark, length in runs]
    return [(dark, length * module) for dark, length in runs]
