"""The strict printer's commands that set how and where text and symbols are printed."""

from __future__ import annotations

from tests.labels import strict_text
from tests.labels.strict_paper import Line
from tests.labels.strict_state import State


class SettingCommands(State):
    """ESC, FS and GS commands that print nothing themselves, and those that feed."""

    def _initialize(self) -> None:
        if not self._line.is_empty:
            self._tell("ignored", "ESC @ throws away the line that waits")
        self._line, self._set = Line(), self._fresh()

    def _print_mode(self) -> None:
        mode = self._byte()
        self._set.font_b, self._set.bold = bool(mode & 1), bool(mode & 8)
        self._set.size = (2 if mode & 0x20 else 1, 2 if mode & 0x10 else 1)
        self._set.underline = 1 if mode & 0x80 else 0

    def _kanji_mode(self) -> None:
        mode = self._byte()
        self._set.kanji_size = (2 if mode & 4 else 1, 2 if mode & 8 else 1)
        self._set.kanji_underline = 1 if mode & 0x80 else 0

    def _character_size(self) -> None:
        size = self._byte()
        if size & 0x88:
            self._tell("range", f"GS ! {size:02x}")
            return
        self._set.size = self._set.kanji_size = ((size >> 4) + 1, (size & 7) + 1)

    def _justify(self) -> None:
        value = self._choice("ESC a", self._byte(), 3)
        if value is not None and self._at_line_start("ESC a"):
            self._set.align = value

    def _absolute(self) -> None:
        self._move(self._units(self._word(), 0, "ESC $"))

    def _relative(self) -> None:
        units = self._word()
        self._move(self._line.pen + self._units(units - 65536 if units >= 32768 else units, 0, "ESC \\"))

    def _move(self, to: int) -> None:
        if 0 <= to <= self._area:
            self._line.pen = to
        else:
            self._tell("ignored", f"a print position at dot {to} of {self._area}")

    def _margin(self) -> None:
        dots = self._units(self._word(), 0, "GS L")
        if self._at_line_start("GS L"):
            self._set.left = min(dots, self._model.dots)

    def _area_width(self) -> None:
        dots = self._units(self._word(), 0, "GS W")
        if self._at_line_start("GS W"):
            self._set.width = dots

    def _motion_units(self) -> None:
        across, down = self._take(2)
        self._set.unit = (across or self._model.dpi, down or self._model.dpi)

    def _default_spacing(self) -> None:
        self._set.spacing = None

    def _set_spacing(self) -> None:
        self._set.spacing = self._units(self._byte(), 1, "ESC 3")

    def _print_and_feed(self) -> None:
        self._feed(self._units(self._byte(), 1, "ESC J"), False)

    def _feed_lines(self) -> None:
        lines = self._byte()
        self._feed(lines * self._spacing(), bool(lines) and self._set.spacing is None)

    def _code_page(self) -> None:
        page = self._byte()
        if page in self._model.code_pages:
            self._set.page = page
        else:
            self._tell("range", f"ESC t {page}")

    def _national(self) -> None:
        value = self._byte()
        if value in strict_text.NATIONAL:
            self._set.national = value
        else:
            self._tell("range", f"ESC R {value}")

    def _select_kanji(self) -> None:
        if self._model.kanji is None:
            self._tell("unknown", "FS & on a printer without Chinese")
        self._set.kanji = self._model.kanji is not None

    def _cancel_kanji(self) -> None:
        self._set.kanji = False

    def _font(self) -> None:
        value = self._choice("ESC M", self._byte(), 2)
        self._set.font_b = value == 1

    def _underlined(self) -> None:
        self._set.underline = self._choice("ESC -", self._byte(), 3) or 0

    def _kanji_underlined(self) -> None:
        self._set.kanji_underline = self._choice("FS -", self._byte(), 3) or 0

    def _emphasis(self) -> None:
        self._set.bold = bool(self._byte() & 1)

    def _twice(self) -> None:
        self._set.double_strike = bool(self._byte() & 1)

    def _reversed(self) -> None:
        self._set.reverse = bool(self._byte() & 1)

    def _upside_down(self) -> None:
        value = bool(self._byte() & 1)
        if self._at_line_start("ESC {"):
            self._set.upside_down = value

    def _right_space(self) -> None:
        self._set.right = self._units(self._byte(), 0, "ESC SP")

    def _kanji_space(self) -> None:
        left, right = self._take(2)
        self._set.kanji_sides = (self._units(left, 0, "FS S"), self._units(right, 0, "FS S"))

    def _quadruple(self) -> None:
        self._set.kanji_size = (2, 2) if self._byte() & 1 else (1, 1)

    def _skip(self, count: int) -> None:
        self._take(count)
