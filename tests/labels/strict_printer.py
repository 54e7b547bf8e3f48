"""A strict ESC/POS printer on paper: bytes in, picture and faults out, written from the manual and nothing else.

Source: Epson ESC/POS command reference (TM series), standard mode; where makers differ, the fault "assumed" is told.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.labels.strict_drawing import DrawingCommands
from tests.labels.strict_report import Finding, Play
from tests.labels.strict_settings import SettingCommands
from tests.labels.strict_state import Model

__all__ = ["Model", "play"]

REAL_TIME = re.compile(rb"\x10[\x04\x05\x14]")
"""Printers carry these out on arrival, whatever they stand in: no label may hold them."""


def play(data: bytes, model: Model) -> Play:
    """Print `data` from power-on."""
    printer = _Printer(data, model)
    printer.run()
    return Play(tuple(printer.sheets), tuple(printer.findings))


class _Printer(SettingCommands, DrawingCommands):
    """Reads commands one by one."""

    def run(self) -> None:
        for found in REAL_TIME.finditer(self._data):
            self.findings.append(Finding("real time", found.start(), found.group().hex(" ")))
        while self._at < len(self._data):
            self._start = self._at
            try:
                self._step()
            except EOFError:
                self._tell("truncated", self._data[self._start :][:16].hex(" "))
                break
        if not self._line.is_empty:
            self._tell("truncated", "the last line is never printed")
        if self._paper.y or self._paper.last_ink:
            self.sheets.append(self._paper.tear(is_cut=False))

    def _step(self) -> None:
        byte = self._byte()
        match byte:
            case 0x0A:
                self._feed(self._spacing(), self._spacing_matters())
            case 0x0D:
                if not self._line.is_empty:
                    self._tell("assumed", "CR: some printers end the line, some do not")
            case 0x09:
                self._line.pen = (self._line.pen // 96 + 1) * 96
            case 0x10:
                self._take({4: 2, 5: 2, 0x14: 4}.get(self._data[self._at] if self._at < len(self._data) else 0, 1))
            case 0x1B | 0x1D | 0x1C:
                introducer = {0x1B: "ESC", 0x1D: "GS", 0x1C: "FS"}[byte]
                letter = chr(self._byte())
                command = _COMMANDS.get(f"{introducer} {letter}")
                if command is None:
                    self._tell("unknown", f"{introducer} {letter!r}")
                else:
                    command(self)
            case _ if byte < 0x20 or byte == 0x7F:
                self._tell("unknown", f"byte {byte:02x}")
            case _:
                self._at -= 1
                self._characters()


_COMMANDS: dict[str, Callable[[_Printer], None]] = {
    "ESC @": _Printer._initialize,
    "ESC !": _Printer._print_mode,
    "ESC $": _Printer._absolute,
    "ESC \\": _Printer._relative,
    "ESC -": _Printer._underlined,
    "ESC 2": _Printer._default_spacing,
    "ESC 3": _Printer._set_spacing,
    "ESC E": _Printer._emphasis,
    "ESC G": _Printer._twice,
    "ESC J": _Printer._print_and_feed,
    "ESC M": _Printer._font,
    "ESC R": _Printer._national,
    "ESC  ": _Printer._right_space,
    "ESC a": _Printer._justify,
    "ESC d": _Printer._feed_lines,
    "ESC t": _Printer._code_page,
    "ESC {": _Printer._upside_down,
    "FS !": _Printer._kanji_mode,
    "FS &": _Printer._select_kanji,
    "FS -": _Printer._kanji_underlined,
    "FS .": _Printer._cancel_kanji,
    "FS S": _Printer._kanji_space,
    "FS W": _Printer._quadruple,
    "GS !": _Printer._character_size,
    "GS (": _Printer._two_dimensional,
    "GS B": _Printer._reversed,
    "GS H": _Printer._readable,
    "GS L": _Printer._margin,
    "GS P": _Printer._motion_units,
    "GS V": _Printer._cut,
    "GS W": _Printer._area_width,
    "GS a": lambda printer: printer._skip(1),
    "GS f": _Printer._readable_font,
    "GS h": _Printer._bar_rows,
    "GS k": _Printer._bar_code,
    "GS r": lambda printer: printer._skip(1),
    "GS v": _Printer._raster,
    "GS w": _Printer._bar_module,
}
"""Standard mode; page mode, ESC * and downloaded characters are not among what labels are given to."""
