"""Big type: letters and figures three rows high, drawn in half blocks, to be read from two metres."""

from __future__ import annotations

from functools import cache

# Six pixel rows a character, two to a row of the screen. M, N, Q and W are wider: three pixels cannot tell them apart.
_PIXELS = {
    "0": "111 101 101 101 101 111",
    "1": "010 110 010 010 010 111",
    "2": "111 001 001 111 100 111",
    "3": "111 001 001 111 001 111",
    "4": "101 101 101 111 001 001",
    "5": "111 100 111 001 001 111",
    "6": "111 100 100 111 101 111",
    "7": "111 001 001 010 010 010",
    "8": "111 101 101 111 101 111",
    "9": "111 101 101 111 001 111",
    "A": "010 101 101 111 101 101",
    "B": "110 101 110 101 101 110",
    "C": "011 100 100 100 100 011",
    "D": "110 101 101 101 101 110",
    "E": "111 100 110 100 100 111",
    "F": "111 100 110 100 100 100",
    "G": "011 100 100 101 101 011",
    "H": "101 101 111 101 101 101",
    "I": "111 010 010 010 010 111",
    "J": "001 001 001 001 101 010",
    "K": "101 101 110 110 101 101",
    "L": "100 100 100 100 100 111",
    "M": "10001 11011 10101 10101 10001 10001",
    "N": "1001 1101 1101 1011 1011 1001",
    "O": "010 101 101 101 101 010",
    "P": "110 101 101 110 100 100",
    "Q": "0110 1001 1001 1001 1010 0101",
    "R": "110 101 101 110 101 101",
    "S": "011 100 010 001 001 110",
    "T": "111 010 010 010 010 010",
    "U": "101 101 101 101 101 111",
    "V": "101 101 101 101 101 010",
    "W": "10001 10001 10101 10101 11011 10001",
    "X": "101 101 010 010 101 101",
    "Y": "101 101 101 010 010 010",
    "Z": "111 001 010 010 100 111",
    "-": "00 00 00 11 00 00",
    ".": "0 0 0 0 0 1",
    "/": "001 001 010 010 100 100",
    " ": "00 00 00 00 00 00",
}
_BLOCKS = {"00": " ", "10": "▀", "01": "▄", "11": "█"}

HEIGHT = 3


@cache
def _glyph(character: str) -> tuple[str, ...]:
    lines = _PIXELS[character].split()
    return tuple(
        "".join(_BLOCKS[above + below] for above, below in zip(lines[top], lines[top + 1], strict=True))
        for top in range(0, 2 * HEIGHT, 2)
    )


def big(text: str, columns: int) -> tuple[str, ...] | None:
    """`text` in three rows, one cell between characters; `None` where it has no glyphs or no room in `columns`."""
    if not text or not all(c in _PIXELS for c in text):
        return None
    rows = tuple(" ".join(parts) for parts in zip(*map(_glyph, text), strict=True))
    return rows if len(rows[0]) <= columns else None
