"""A label in a terminal, two dots of it per character."""

from __future__ import annotations

import shutil
import sys

from PIL import Image

from wms.cli.output import is_terminal

_INK = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}
_DARK = 150
"""A little above the middle grey, so that thin strokes stay."""
_PAPER, _PLAIN = "\x1b[30;107m", "\x1b[0m"
"""Black on bright white, whatever the terminal's own colours."""


def in_blocks(picture: Image.Image, columns: int | None = None) -> str:
    """`picture` as lines of half blocks, as wide as the terminal but no wider than the label."""
    width = min(columns or shutil.get_terminal_size().columns, picture.width)
    rows = max(2, round(picture.height * width / picture.width))
    small = picture.convert("L").resize((width, rows + rows % 2), Image.Resampling.BOX)
    grey = small.tobytes()
    dark = [[dot < _DARK for dot in grey[start : start + width]] for start in range(0, len(grey), width)]
    lines = (
        "".join(_INK[pair] for pair in zip(*both, strict=True)) for both in zip(dark[::2], dark[1::2], strict=True)
    )
    if not is_terminal(sys.stdout):
        return "\n".join(line.rstrip() for line in lines)
    return "\n".join(f"{_PAPER}{line}{_PLAIN}" for line in lines)
