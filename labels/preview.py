"""Labels as pictures, read back from the bytes for the printer: written from the manuals, not from our renderer.

Strict where a printer is: what does not fit the head, is cut short or unknown is an error, never a guess.
"""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from labels.data import LabelData
from labels.model import Label
from labels.profiles import DEFAULT_PROFILE, Profile
from labels.render_escpos import Rendered, render
from labels.templates.captions import Language


class EscPosError(ValueError):
    """Bytes a printer would not print as a label; `offset` is where in the stream."""

    def __init__(self, offset: int, reason: str) -> None:
        super().__init__(f"byte {offset}: {reason}")
        self.offset = offset


def png(
    label: LabelData | Label | Rendered,
    path: Path,
    profile: Profile = DEFAULT_PROFILE,
    language: Language = "zh_CN",
) -> None:
    """Write the picture of `label` to `path`, one pixel per dot, at the printer's resolution."""
    rendered = label if isinstance(label, Rendered) else render(label, profile, language)
    rendered.image.save(path, format="PNG", dpi=(profile.dpi, profile.dpi))


def from_escpos(data: bytes, profile: Profile = DEFAULT_PROFILE) -> list[Image.Image]:
    """The labels that `data` prints on `profile`, one picture per cut, mode 1, ink black, as wide as the head.

    Status requests are skipped. Raises EscPosError for anything the labels' own commands do not include.
    """
    return _Printer(data, profile).run()


class _Printer:
    """Reads commands one by one and keeps the paper printed so far."""

    def __init__(self, data: bytes, profile: Profile) -> None:
        self._data = data
        self._at = 0
        self._profile = profile
        self._unit_dots = 1
        self._paper: list[bytes] = []
        self._labels: list[Image.Image] = []

    def run(self) -> list[Image.Image]:
        while self._at < len(self._data):
            self._command()
        if self._paper:
            self._finish_label()
        return self._labels

    def _command(self) -> None:
        start = self._at
        match self._take(2):
            case b"\x1b@":
                self._unit_dots = 1
            case b"\x1dP":
                self._set_motion_units(start)
            case b"\x1bJ":
                self._paper += [b""] * (self._take(1)[0] * self._unit_dots)
            case b"\x1dv":
                self._raster(start)
            case b"\x1dV":
                if self._take(2) not in {b"A\0", b"B\0"}:
                    raise EscPosError(start, "a cut other than GS V 65/66 0")
                self._finish_label()
            case b"\x10\x04" | b"\x1dr" | b"\x1da":
                self._take(1)
            case b"\x1d(":
                self._process_id(start)
            case other:
                raise EscPosError(start, f"unknown command {other.hex(' ')}")

    def _set_motion_units(self, start: int) -> None:
        _, vertical = self._take(2)
        if vertical == 0 or round(self._profile.dpi / vertical) * vertical != self._profile.dpi:
            raise EscPosError(start, f"1/{vertical} inch is not a whole number of dots at {self._profile.dpi} dpi")
        self._unit_dots = self._profile.dpi // vertical

    def _raster(self, start: int) -> None:
        if self._take(2) != b"0\0":
            raise EscPosError(start, "raster other than GS v 0 in normal size")
        width = int.from_bytes(self._take(2), "little")
        rows = int.from_bytes(self._take(2), "little")
        if not width or not rows:
            raise EscPosError(start, "an empty raster")
        if width * 8 > self._profile.dots:
            raise EscPosError(start, f"{width * 8} dots do not fit a head of {self._profile.dots}")
        self._paper += [self._take(width) for _ in range(rows)]

    def _process_id(self, start: int) -> None:
        """GS ( H: asks for a process id response, prints nothing."""
        if self._take(1) != b"H":
            raise EscPosError(start, "unknown GS ( function")
        self._take(int.from_bytes(self._take(2), "little"))

    def _finish_label(self) -> None:
        stride = self._profile.dots // 8
        ink = b"".join(row.ljust(stride, b"\0") for row in self._paper)
        white = bytes(byte ^ 0xFF for byte in ink)
        self._labels.append(Image.frombytes("1", (self._profile.dots, len(self._paper)), white))
        self._paper = []

    def _take(self, count: int) -> bytes:
        taken = self._data[self._at : self._at + count]
        if len(taken) < count:
            raise EscPosError(self._at, "the data ends in the middle of a command")
        self._at += count
        return taken
