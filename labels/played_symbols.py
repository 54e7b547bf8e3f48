"""What a printer draws from the bytes of its own symbol commands, for pictures of what was sent.

Source: Epson ESC/POS command reference, GS k m=73 and GS ( k functions 165 to 181.
"""

from __future__ import annotations

import segno
from barcode.charsets import code128 as tables
from PIL import Image

_START = {"A": 103, "B": 104, "C": 105}
_SWITCH = {"A": 101, "B": 100, "C": 99}
_OTHER = {"A": "B", "B": "A", "C": "C"}
_FNC = {"1": 102, "2": 97, "3": 96}
_INK = 255


def code_128(data: bytes, module: int, height: int) -> Image.Image:
    """Bars (ink 255) of Code 128 in the printer's notation: `{A`, `{B`, `{C`, `{S`, `{1`. Raises ValueError."""
    values = _codewords(data)
    check = (values[0] + sum(place * value for place, value in enumerate(values))) % 103
    row = "".join(tables.CODES[value] for value in (*values, check)) + tables.STOP + "11"
    return _drawn([row], module, height)


def qr(data: bytes, level: str, module: int) -> Image.Image:
    """Squares (ink 255) of a QR code at exactly that error correction level. Raises ValueError when too long."""
    code = segno.make_qr(data, error=level, mode=None if data.isascii() else "byte", boost_error=False)
    rows = ["".join("1" if dark else "0" for dark in row) for row in code.matrix]
    return _drawn(rows, module, len(rows) * module)


def _drawn(rows: list[str], module: int, height: int) -> Image.Image:
    picture = Image.new("1", (len(rows[0]), len(rows)))
    picture.putdata([_INK if bit == "1" else 0 for row in rows for bit in row])
    return picture.resize((picture.width * module, height), Image.Resampling.NEAREST)


def _codewords(data: bytes) -> list[int]:
    code_set, values, shifted = "", [], False
    symbols = iter(data)
    for byte in symbols:
        used = _OTHER[code_set] if shifted else code_set
        if byte != ord("{"):
            values.append(_value(byte, used))
            shifted = False
            continue
        name = chr(next(symbols, 0))
        if name in _START:
            values.append(_SWITCH[name] if code_set else _START[name])
            code_set = name
        elif name == "S" and code_set in ("A", "B"):
            values.append(98)
            shifted = True
        elif name == "{" and used == "B":
            values.append(ord("{") - 32)
            shifted = False
        elif name in _FNC and (name == "1" or code_set != "C"):
            values.append(_FNC[name])
        else:
            raise ValueError(f"{{{name} in code set {code_set or 'none'}")
    if len(values) < 2:
        raise ValueError("nothing to encode")
    return values


def _value(byte: int, code_set: str) -> int:
    if code_set == "C" and byte <= 99:
        return byte
    if code_set == "A" and byte < 96:
        return byte + 64 if byte < 32 else byte - 32
    if code_set == "B" and 32 <= byte <= 127:
        return byte - 32
    raise ValueError(f"byte {byte} in code set {code_set or 'none'}")
