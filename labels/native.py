"""What a printer draws itself: its commands for text, Code 128 and QR codes, after Epson's ESC/POS Command Reference.

Symbols are centred by ESC a, which every printer obeys for them; ESC $ moves text everywhere, bar codes only on some.
"""

from __future__ import annotations

from collections.abc import Sequence

from escpos import constants as escpos

from labels.bands import REAL_TIME_COMMAND
from labels.code128 import FNC1_VALUE, FNC3_VALUE, SHIFT, START, SWITCH_TO
from labels.marks import CellLine, PlacedSymbol
from labels.printer_text import KANJI
from labels.profiles import Profile

_KANJI_ON, _KANJI_OFF = escpos.FS + b"&", escpos.FS + b"."
_KANJI_SPACING = escpos.FS + b"S"
_POSITION = escpos.ESC + b"$"
_NATIONAL_SET_USA = escpos.ESC + b"R\x00"
_CHARACTER_SPACING_NONE = escpos.ESC + b" \x00"
_LINE_SPACING = escpos.LINESPACING_FUNCS[180]
"""ESC 3, in the unit that GS P sets; python-escpos names it after Epson's first printers."""
_TWO_DIMENSIONAL = escpos.GS + b"(k"
_QR = 49
_QR_LEVELS = {"L": b"0", "M": b"1", "Q": b"2", "H": b"3"}
_MIN_BAR_MODULE, _MAX_BAR_MODULE, _MAX_BAR_HEIGHT = 2, 6, 255
_MAX_QR_MODULE = 16
_MAX_CODE_128_BYTES = 255
MAX_PITCH = 255


class TextWriter:
    """Lines of text as commands, each mode sent when it changes."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._scale = (1, 1)
        self._bold = False
        self._inverse = False
        self._page = profile.code_pages[0][1] if profile.code_pages else None
        self._pitch = 0

    def begin(self) -> bytes:
        """What ESC @ leaves to the printer's own settings, and its Kanji mode, which ESC @ may not touch."""
        chinese = _KANJI_ON + _KANJI_SPACING + b"\x00\x00" if self._profile.text == "gb18030" else b""
        page = b"" if self._page is None else escpos.CODEPAGE_CHANGE + bytes((self._page,))
        return b"".join(
            (
                chinese,
                _KANJI_OFF,
                _NATIONAL_SET_USA,
                page,
                _CHARACTER_SPACING_NONE,
                escpos.TXT_FONT_A,
                escpos.TXT_SIZE + b"\x00",
                escpos.TXT_STYLE["bold"][False],
                escpos.TXT_STYLE["invert"][False],
            )
        )

    def row(self, lines: Sequence[CellLine], pitch: int) -> bytes:
        """`lines` side by side, then `pitch` dots from their top to the top of what follows."""
        sent = bytearray()
        if pitch != self._pitch:
            sent += _LINE_SPACING + bytes((pitch,))
            self._pitch = pitch
        pen = 0
        for line in sorted(lines, key=lambda each: each.x):
            if line.x != pen:
                sent += _POSITION + line.x.to_bytes(2, "little")
            pen = line.x + line.width
            sent += self._style(line)
            for run in line.runs:
                sent += self._mode(run.page) + run.data
        return bytes(sent + escpos.CTL_LF)

    def _style(self, line: CellLine) -> bytes:
        sent = b""
        if (line.across, line.down) != self._scale:
            self._scale = (line.across, line.down)
            sent += escpos.TXT_SIZE + bytes(((line.across - 1) << 4 | (line.down - 1),))
        if line.bold != self._bold:
            self._bold = line.bold
            sent += escpos.TXT_STYLE["bold"][line.bold]
        if line.inverse != self._inverse:
            self._inverse = line.inverse
            sent += escpos.TXT_STYLE["invert"][line.inverse]
        return sent

    def _mode(self, page: int) -> bytes:
        """Kanji mode on or off before each run, so that a byte lost on the line cannot garble the rest of the label."""
        sent: bytes = _KANJI_ON if page == KANJI else _KANJI_OFF
        if page not in {KANJI, self._page}:
            self._page = page
            sent += escpos.CODEPAGE_CHANGE + bytes((page,))
        return sent


def native_symbol(mark: PlacedSymbol, profile: Profile) -> bytes | None:
    """The commands by which the printer draws `mark` where it is; None when it cannot."""
    if mark.symbol.kind not in profile.native or mark.x != (profile.dots - mark.width) // 2:
        return None
    commands = _qr(mark) if mark.symbol.is_matrix else _code_128(mark)
    if commands is None or REAL_TIME_COMMAND.search(commands):
        return None
    centred: bytes = escpos.TXT_STYLE["align"]["center"] + commands + escpos.TXT_STYLE["align"]["left"]
    return centred


def _code_128(mark: PlacedSymbol) -> bytes | None:
    """GS k, function B: printers refuse a symbol wider than the paper in silence, so its width is known before."""
    if not (
        mark.symbol.codewords and _MIN_BAR_MODULE <= mark.module <= _MAX_BAR_MODULE and mark.height <= _MAX_BAR_HEIGHT
    ):
        return None
    data = code_128_data(mark.symbol.codewords)
    if len(data) > _MAX_CODE_128_BYTES:
        return None
    return b"".join(
        (
            escpos.BARCODE_WIDTH + bytes((mark.module,)),
            escpos.BARCODE_HEIGHT + bytes((mark.height,)),
            escpos.BARCODE_TXT_OFF,
            escpos.BARCODE_TYPE_B["CODE128"] + bytes((len(data),)) + data,
        )
    )


def code_128_data(codewords: Sequence[int]) -> bytes:
    """The data of GS k (m = 73) that make the printer use exactly these symbol characters."""
    starts = {value: code_set for code_set, value in START.items()}
    code_set = starts[codewords[0]]
    sent = bytearray(b"{" + code_set.encode())
    shifted = False
    for value in codewords[1:]:
        if value == FNC1_VALUE:
            sent += b"{1"
        elif code_set == "C" and value < 100:
            sent.append(value)
        elif value == SHIFT:
            sent += b"{S"
            shifted = True
            continue
        elif switched := next((s for s, number in SWITCH_TO.items() if number == value and s != code_set), None):
            code_set = switched
            sent += b"{" + code_set.encode()
        elif value == FNC3_VALUE:
            sent += b"{3"
        else:
            sent += _character(value, in_a=(code_set == "A") != shifted)
        shifted = False
    return bytes(sent)


def _character(value: int, *, in_a: bool) -> bytes:
    code = value - 64 if in_a and value >= 64 else value + 32
    return b"{{" if code == ord("{") else bytes((code,))


def _qr(mark: PlacedSymbol) -> bytes | None:
    """GS ( k, functions 165, 167, 169, 180, 181: model 2, error correction as in our own drawing."""
    if not (_MIN_BAR_MODULE <= mark.module <= _MAX_QR_MODULE):
        return None
    text = mark.symbol.text.encode("utf-8")
    return b"".join(
        _TWO_DIMENSIONAL + (len(parameters) + 2).to_bytes(2, "little") + bytes((_QR, function)) + parameters
        for function, parameters in (
            (65, b"2\x00"),
            (67, bytes((mark.module,))),
            (69, _QR_LEVELS[mark.symbol.level]),
            (80, b"0" + text),
            (81, b"0"),
        )
    )
