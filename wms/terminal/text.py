"""Text that is safe to send to a terminal, and is as many cells wide as we believe it is.

Every string drawn passes `safe`: names, codes and addresses come from outside, and a control character among them
would move the cursor, change colours or, as a bidirectional override, show one code as another.
"""

from __future__ import annotations

import re
import unicodedata

from rich.cells import cell_len, get_character_cell_size

REPLACEMENT = "?"
CUT = ".."

_UNSAFE = re.compile(
    "["
    "\x00-\x1f\x7f-\x9f"  # C0, DEL, C1: the terminal obeys these
    "\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"  # invisible, and bidirectional controls
    "\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2"  # format characters of other scripts
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\u115f\u1160\u3164\uffa0\ufff0-\ufffd"  # fillers, interlinear marks, an earlier decoder's replacement
    "\ufe00-\ufe0f\u20e3\U0001f1e6-\U0001f1ff\U000e0000-\U000e0fff"  # sequences whose width no two terminals agree on
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"  # surrogates and non-characters: these cannot be written at all
    "]"
)

# Characters that some Chinese terminals draw two cells wide (UAX #11, "ambiguous"), in the words of ASCII.
_NARROW = str.maketrans(
    {"→": "->", "←": "<-", "×": "x", "·": ".", "…": "..", "—": "-", "–": "-", "“": '"', "”": '"', "‘": "'", "’": "'"}
)

_NO_LINE_START = frozenset("，。、；：？！）》】」』,.;:?!)]}%")


def safe(text: str) -> str:
    """`text` with everything a terminal would obey, hide or misplace replaced by a visible mark."""
    if text.isascii() and text.isprintable():
        return text
    return _UNSAFE.sub(REPLACEMENT, unicodedata.normalize("NFC", text))


def narrow(text: str) -> str:
    """`text` without characters of ambiguous width, for terminals that draw those two cells wide."""
    if text.isascii():
        return text
    return "".join(_narrowed(c) for c in text.translate(_NARROW))


def _narrowed(character: str) -> str:
    if unicodedata.east_asian_width(character) != "A":
        return character
    plain = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    return plain or REPLACEMENT


def width(text: str) -> int:
    """The cells `text` takes: two for a Chinese character, none for a combining accent."""
    return cell_len(text)


def crop(text: str, cells: int) -> str:
    """The longest beginning of `text` that fits into `cells`."""
    if width(text) <= cells:
        return text
    taken = 0
    for index, character in enumerate(text):
        taken += get_character_cell_size(character)
        if taken > cells:
            return text[:index]
    return text


def fit(text: str, cells: int) -> str:
    """`text` in at most `cells`; where something had to go, it ends in two dots."""
    if width(text) <= cells:
        return text
    if cells <= len(CUT):
        return crop(text, max(cells, 0))
    return crop(text, cells - len(CUT)).rstrip() + CUT


def pad(text: str, cells: int) -> str:
    """`text` in exactly `cells`, cut or filled with spaces on the right."""
    fitted = fit(text, cells)
    return fitted + " " * (cells - width(fitted))


def wrap(text: str, cells: int, first: int | None = None) -> list[str]:
    """`text` broken into rows of at most `cells` (the first of at most `first`): at spaces, between Chinese characters.

    A row never starts with a closing mark (GB/T 15834); a word longer than a row is broken where the row ends.
    """
    rows: list[str] = []
    rest = text
    while len(rest) > 1 and width(rest) > (room := max(cells if rows or first is None else first, 1)):
        head = crop(rest, room) or rest[:1]
        cut = _break_at(rest, len(head))
        rows.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    if rest or not rows:
        rows.append(rest)
    return rows


def _break_at(text: str, most: int) -> int:
    """Where to break `text` at or before `most` characters."""
    for cut in range(most, 0, -1):
        before, after = text[cut - 1], text[cut]
        if " " in (before, after):
            return cut
        if after not in _NO_LINE_START and 2 in (get_character_cell_size(before), get_character_cell_size(after)):
            return cut
    return most
