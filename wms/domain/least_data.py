"""What may be kept of a text that nobody asked for: everything of a code, of anything else the shape only."""

from __future__ import annotations

import re

_IDENTIFIER = re.compile(rb"\][A-Za-z][0-9A-Za-z]")  # ISO/IEC 15424
_SHAPES = bytes.maketrans(
    bytes(range(0x30, 0x3A)) + bytes(range(0x41, 0x5B)) + bytes(range(0x61, 0x7B)) + bytes(range(0x80, 0x100)),
    b"9" * 10 + b"A" * 26 + b"a" * 26 + bytes(byte & 0xF0 for byte in range(0x80, 0x100)),
)
_SHAPES_OF_TEXT = {code: chr(_SHAPES[code]) for code in range(0x80)}
_CODE = re.compile(r"[!-~\x1d]{1,80}")
_NAMES_SOMEBODY = re.compile(r"(?:\+|00)?(?:86)?1[3-9][0-9]{9}|.*@.*|.*://.*\?.*|[\[{].*")
"""Chinese mobile numbers, e-mail addresses, links with parameters, JSON: what labels' 2D codes say of recipients."""


def shape(raw: bytes) -> bytes:
    """The bytes with every letter as `A` or `a`, every digit as `9` and of all others above ASCII only the class.

    Framing, identifiers, separators and character set can still be told; names, addresses and numbers can't.

    >>> shape("]Q1王 138-0013".encode())
    b']Q1\\xe0\\x80\\x80 999-9999'
    """
    head = found.end() if (found := _IDENTIFIER.match(raw)) else 0
    return raw[:head] + raw[head:].translate(_SHAPES)


def unknown_code(text: str) -> str:
    """A scanned text that means nothing here, as it may stand in the journal: whole if it is built like a code.

    >>> unknown_code("4006381333931"), unknown_code("13800138000"), unknown_code("王小明 13800138000")
    ('4006381333931', '99999999999', '字字字 99999999999')
    """
    if _CODE.fullmatch(text) and not _NAMES_SOMEBODY.fullmatch(text):
        return text
    return "".join("字" if char > "\x7f" else char for char in text).translate(_SHAPES_OF_TEXT)
