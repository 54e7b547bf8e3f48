"""From the bytes of one frame to text and symbology: prefixes, AIM identifiers, vendor code ids, character sets."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from dataclasses import dataclass

# Only these carry GS1 data; ]C0, ]Q1 and ]d1 are the plain symbols (GS1 General Specifications, 7.8).
GS1_AIM_IDS = frozenset({"]C1", "]d2", "]Q3", "]e0", "]J1"})

CODE_IDS: dict[str, dict[bytes, str]] = {
    "none": {},
    "honeywell": {
        b"d": "]E0",
        b"c": "]E0",
        b"E": "]E0",
        b"D": "]E4",
        b"j": "]C0",
        b"I": "]C1",
        b"s": "]Q1",
        b"w": "]d1",
        b"b": "]A0",
        b"e": "]I1",
        b"y": "]e0",
    },
    "zebra": {b"A": "]E0", b"B": "]A0", b"D": "]C0", b"K": "]C1", b"F": "]I1", b"R": "]e0"},
}

AIM_ID = re.compile(rb"\][A-Za-z][0-9A-Za-z]")
# TAB, LF, CR, EOT and FS…US occur inside symbols (ISO/IEC 15434 messages); any other control byte is line noise.
_NOISE = re.compile(rb"[\x00-\x03\x05-\x08\x0b\x0c\x0e-\x1b\x7f]")
_C1_CONTROLS = re.compile("[\x80-\x9f]")


@dataclass(frozen=True, slots=True)
class Payload:
    """`data` as the symbol holds it (GS restored, no byte order mark), `text` decoded, `aim` as in a Frame."""

    data: bytes
    text: str
    aim: str


def read_payload(
    raw: bytes,
    charset: str,
    *,
    prefix: bytes = b"",
    code_id: str = "none",
    gs_alternative: bytes = b"",
    aim: str = "",
) -> Payload | None:
    """The payload of a frame, or None when the frame cannot be trusted: noise, undecodable, or no data at all.

    `aim` is what the transport already knows of the symbology; an identifier in the data wins over it.
    """
    data, aim = _take_identifiers(raw.strip(b"\0"), prefix, CODE_IDS[code_id], aim)
    if gs_alternative and aim in GS1_AIM_IDS:
        data = data.replace(gs_alternative, b"\x1d")
    # Only now: a prefix or what stands for GS may be a control byte.
    if _NOISE.search(data):
        return None
    if charset == "auto":
        data = data.removeprefix(BOM_UTF8)
    text = decode(data, charset)
    if not text or _C1_CONTROLS.search(text):
        return None
    return Payload(data, text, aim)


def _take_identifiers(data: bytes, prefix: bytes, code_ids: dict[bytes, str], aim: str) -> tuple[bytes, str]:
    """The data without prefix and identifier, whichever of them comes first."""
    bare = data.removeprefix(prefix)
    inner_prefix = prefix if bare == data else b""
    if found := AIM_ID.match(bare):
        return bare[found.end() :].removeprefix(inner_prefix), found.group().decode("ascii")
    if known := code_ids.get(bare[:1]):
        return bare[1:].removeprefix(inner_prefix), known
    return bare, aim


def decode(data: bytes, charset: str) -> str:
    """The text, or '' when the bytes are none in this charset."""
    for encoding in ("ascii",) if charset == "ascii" else ("utf-8", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return ""
