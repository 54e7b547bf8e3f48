"""Bytes as people can read them on a screen or over the telephone."""

from __future__ import annotations

import re

_NAMES = (
    *("NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "BEL", "BS", "TAB", "LF", "VT", "FF", "CR", "SO", "SI"),
    *("DLE", "DC1", "DC2", "DC3", "DC4", "NAK", "SYN", "ETB", "CAN", "EM", "SUB", "ESC", "FS", "GS", "RS", "US"),
)
_CONTROL = re.compile("[\x00-\x1f\x7f]")


def readable(raw: bytes) -> str:
    """UTF-8 text with control bytes by their ASCII names and what is no text in hexadecimal.

    >>> readable(b"\\x02]C110LOT7\\x1d\\xff\\r")
    '<STX>]C110LOT7<GS><FF hex><CR>'
    """
    text = raw.decode("utf-8", errors="surrogateescape")
    named = _CONTROL.sub(lambda found: f"<{_name(ord(found[0]))}>", text)
    return re.sub("[\udc80-\udcff]", lambda found: f"<{ord(found[0]) - 0xDC00:02X} hex>", named)


def _name(code: int) -> str:
    return "DEL" if code == 0x7F else _NAMES[code]
