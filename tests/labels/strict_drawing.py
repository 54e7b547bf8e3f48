"""The strict printer's symbols and pictures: GS k, GS ( k, GS v 0, and the cut."""

from __future__ import annotations

from PIL import Image

from tests.labels import strict_text
from tests.labels.strict_paper import Cell
from tests.labels.strict_report import PrintedRaster, PrintedSymbol
from tests.labels.strict_state import State
from tests.labels.strict_symbols import SYSTEMS, Drawn, Refused, element_dots, qr

_STORED_LIMIT = 7089


class DrawingCommands(State):
    """Everything that is drawn in one piece. The line must be empty for it."""

    def _bar_module(self) -> None:
        value = self._byte()
        if value < 2:
            self._tell("thin", f"GS w {value}")
        elif value > 6:
            self._tell("range", f"GS w {value}")
            return
        self._set.module = value

    def _bar_rows(self) -> None:
        value = self._byte()
        if value:
            self._set.bar_height = value
        else:
            self._tell("range", "GS h 0")

    def _readable(self) -> None:
        value = self._choice("GS H", self._byte(), 4)
        self._set.hri = self._set.hri if value is None else value

    def _readable_font(self) -> None:
        self._set.hri_font_b = self._choice("GS f", self._byte(), 2) == 1

    def _bar_code(self) -> None:
        system = self._byte()
        if not self._model.has_symbols:
            self._tell("unknown", "GS k on a printer that is given pictures only")
        if not self._line.is_empty or self._line.pen:
            self._tell("in line", "GS k: the printer takes what follows for text")
            return
        function_b = system >= 65
        known = SYSTEMS.get(system - 65 if function_b else system)
        if known is None or (not function_b and system > 6):
            self._tell("unknown", f"GS k {system}")
            return
        if function_b:
            count = self._byte()
            data = self._data[self._at : self._at + count]
            if count not in known.lengths:
                self._tell("range", f"GS k {system}: {count} bytes; what follows is taken for text")
                return
            data = self._take(count)
        else:
            end = self._data.find(b"\0", self._at)
            if end < 0:
                raise EOFError
            data = self._take(end - self._at)
            self._take(1)
            if len(data) not in known.lengths:
                self._tell("range", f"GS k {system}: {len(data)} bytes")
                return
        if wrong := bytes(set(data) - known.allowed):
            self._tell("range", f"GS k {system}: bytes {wrong.hex(' ')}")
            return
        try:
            drawn = known.draw(data)
        except Refused as refused:
            self._tell("range", f"GS k {system}: {refused}")
            return
        self._draw_bars(drawn, data)

    def _draw_bars(self, drawn: Drawn, data: bytes) -> None:
        elements = element_dots(drawn, self._set.module)
        width = sum(dots for _, dots in elements)
        ink = Image.new("1", (width, self._set.bar_height))
        x = 0
        for dark, dots in elements:
            if dark:
                ink.paste(255, (x, 0, x + dots, ink.height))
            x += dots
        readable = _readable_text(drawn.kind, data)
        if self._set.hri & 1:
            self._caption(readable, width)
        self._place_symbol(drawn, ink, data, self._set.module, 0)
        if self._set.hri & 2:
            self._caption(readable, width)

    def _caption(self, text: str, width: int) -> None:
        size = strict_text.FONT_B if self._set.hri_font_b else strict_text.FONT_A
        left = (self._area - width) * self._set.align // 2 + (width - len(text) * size[0]) // 2
        if left < 0 or left + len(text) * size[0] > self._area:
            self._tell("clipped", f"the text below the bars needs {len(text) * size[0]} dots")
        cells = [
            Cell(left + place * size[0], char, strict_text.cell(char, size, 1, 1, bold=False), 1, 1, False)
            for place, char in enumerate(text)
        ]
        if cells:
            self._paper.text(cells, self._set.left + left, self._paper.y + size[1])
        self._paper.y += size[1]

    def _place_symbol(self, drawn: Drawn, ink: Image.Image, data: bytes, module: int, vertical: int) -> None:
        if ink.width > self._area:
            self._tell("too wide", f"{drawn.kind} of {ink.width} dots in an area of {self._area}: only fed")
            self._paper.y += ink.height
            return
        x = (self._area - ink.width) * self._set.align // 2
        if self._set.upside_down:
            x, ink = self._area - x - ink.width, ink.rotate(180)
        symbol = PrintedSymbol(drawn.kind, data, self._set.left + x, self._paper.y, ink.width, ink.height, module)
        self._paper.put(ink, symbol.x, symbol.y)
        self._paper.symbols.append(symbol)
        left, right = (quiet * module for quiet in drawn.quiet)
        self._paper.quiet.append((symbol, left, right, vertical * module))
        self._paper.y += ink.height

    def _two_dimensional(self) -> None:
        letter, length = chr(self._byte()), self._word()
        parameters = self._take(length)
        if letter == "H":
            return
        if letter != "k" or parameters[:1] != b"1" or not self._model.has_symbols:
            self._tell("unknown", f"GS ( {letter} {parameters[:2].hex(' ')}")
            return
        function, rest = parameters[1], parameters[2:]
        match function:
            case 65 if rest in (b"2\0", b"1\0"):
                pass
            case 67 if len(rest) == 1 and 1 <= rest[0] <= 16:
                self._set.qr_module = rest[0]
            case 69 if len(rest) == 1 and rest in b"0123":
                self._set.qr_level = "LMQH"[rest[0] - 48]
            case 80 if rest[:1] == b"0" and 1 <= len(rest) - 1 <= _STORED_LIMIT:
                self._set.stored = rest[1:]
            case 81 if rest == b"0":
                self._print_square()
            case _:
                self._tell("range", f"GS ( k {parameters[:8].hex(' ')}")

    def _print_square(self) -> None:
        if not self._line.is_empty or self._line.pen:
            self._tell("in line", "GS ( k: printed only with an empty line")
            return
        if not self._set.stored:
            self._tell("range", "GS ( k 181 with nothing stored")
            return
        try:
            drawn = qr(self._set.stored, self._set.qr_level)
        except Refused as refused:
            self._tell("range", f"GS ( k: {refused}")
            return
        module = self._set.qr_module
        if module < 2:
            self._tell("thin", f"a QR module of {module} dot")
        ink = Image.new("1", (len(drawn.rows[0]), len(drawn.rows)))
        ink.putdata([255 * int(bit) for row in drawn.rows for bit in row])
        ink = ink.resize((ink.width * module, ink.height * module), Image.Resampling.NEAREST)
        self._place_symbol(drawn, ink, self._set.stored, module, 4)

    def _raster(self) -> None:
        if self._byte() != ord("0"):
            self._tell("unknown", "GS v")
            return
        scale = self._choice("GS v 0", self._byte(), 4)
        width, rows = self._word(), self._word()
        data = self._take(width * rows)
        if not width or not rows or scale is None:
            self._tell("range", f"GS v 0 of {width} bytes by {rows} rows")
            return
        if not self._line.is_empty or self._line.pen:
            self._tell("in line", "GS v 0 counts with an empty line only")
            return
        ink = Image.frombytes("1", (width * 8, rows), data)
        ink = ink.resize((ink.width * (1 + scale % 2), rows * (1 + scale // 2)), Image.Resampling.NEAREST)
        if ink.width > self._area:
            self._tell("clipped", f"a picture of {ink.width} dots in an area of {self._area}")
            ink = ink.crop((0, 0, self._area, ink.height))
        x = self._set.left + (self._area - ink.width) * self._set.align // 2
        self._paper.put(ink, x, self._paper.y)
        self._paper.rasters.append(PrintedRaster(x, self._paper.y, ink.width, ink.height))
        self._paper.y += ink.height

    def _cut(self) -> None:
        mode = self._byte()
        feed = self._byte() if mode in (65, 66) else 0
        if mode not in (0, 1, 48, 49, 65, 66):
            self._tell("range", f"GS V {mode}")
            return
        if not self._at_line_start("GS V"):
            return
        if mode in (65, 66):
            self._paper.y += self._units(feed, 1, "GS V")
        elif self._paper.y - self._paper.last_ink < self._model.cutter_gap:
            self._tell("cut through", f"{self._paper.y - self._paper.last_ink} rows below the print")
        self.sheets.append(self._paper.tear(is_cut=True))


def _readable_text(kind: str, data: bytes) -> str:
    """What printers put below the bars: the data without code sets and functions, controls as blanks."""
    if kind != "Code128":
        return data.decode("ascii")
    text, code_set, at = "", "", 0
    while at < len(data):
        byte = data[at]
        if byte == ord("{"):
            following = chr(data[at + 1])
            code_set = following if following in "ABC" else code_set
            text += "{" if following == "{" else ""
            at += 2
            continue
        text += f"{byte:02}" if code_set == "C" else chr(byte) if byte >= 32 else " "
        at += 1
    return text
