"""Encodings: told by a byte order mark, else by strict UTF-8, else by what the bytes are like; never half decoded.

Shops write UTF-8. Spreadsheets in China save GB18030, in Japan cp932, in the West cp1252. All three read almost any
bytes without complaint, so the letters that come out decide: text in a language is made of its common letters.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator

from wms.channels.sources import Source
from wms.domain.decode import Unreadable

BLOCK = 1 << 16
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 1 << 18  # bytes with letters beyond ASCII that are weighed
_SLIPS = 4  # NULs that any text may have
_WESTERN = frozenset("àâäáãåæçèéêëìíîïñòóôöõøœùúûüÿßÀÂÄÁÃÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÖÕØŒÙÚÛÜŸ–—‘’“”…•€£¥©®°ºª«»´¿¡§½¼¾×·")


def encoding_of(source: Source) -> str:
    """A codec's name that decodes the whole file strictly. Raises `Unreadable` for what is no text, and for UTF-8 that
    was damaged on its way: the broken rest would pass as another encoding and turn every name into another one."""
    head = source.head(4096)
    for bom, name in _BOMS:
        if head.startswith(bom):
            _require(source, name)
            return name
    wide = _without_mark(head)
    if wide:
        _require(source, wide)
        return wide
    if _is_full_of_nothing(head.count(0), len(head)):
        raise Unreadable("not_text")
    at = _first_fault(source, "utf-8")
    if at < 0:
        return "utf-8"
    sample, sound = _sample(source)
    if sound:
        raise Unreadable(f"damaged_utf8:{at}")
    fitting = [name for name in ("gb18030", "cp932", "cp1252") if _first_fault(source, name) < 0]
    if not fitting:
        at = _first_fault(source, "gb18030")  # a file cut off in the middle of a letter
        raise Unreadable(f"damaged_utf8:{at}" if source.size - at < 4 else "not_text")
    return max(fitting, key=lambda name: _likeness(sample, name))


def text_blocks(source: Source, encoding: str) -> Iterator[str]:
    """The text in pieces. A NUL, which nothing keeps, is marked as a character that was lost. Raises `Unreadable` where
    there are many of them."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    done = nothing = 0
    with source.open() as file:
        while block := file.read(BLOCK):
            text = decoder.decode(block)
            if "\0" in text:
                nothing += text.count("\0")
                if _is_full_of_nothing(nothing, done + len(text)):
                    raise Unreadable("not_text")
                text = text.replace("\0", "\ufffd")
            done += len(text)
            yield text
    yield decoder.decode(b"", final=True)


def _is_full_of_nothing(nothing: int, characters: int) -> bool:
    """Whether so many NULs make it no text; a few are slips in single cells."""
    return nothing > _SLIPS + characters // 1000


def _without_mark(head: bytes) -> str:
    """UTF-16 without its mark: every other byte of a header in Latin letters is zero."""
    even, odd = head[0:400:2], head[1:400:2]
    if len(head) < 4 or len(even) < 2:
        return ""
    if odd.count(0) > 0.7 * len(odd) and even.count(0) == 0:
        return "utf-16-le"
    return "utf-16-be" if even.count(0) > 0.7 * len(even) and odd.count(0) == 0 else ""


def _require(source: Source, encoding: str) -> None:
    at = _first_fault(source, encoding)
    if at >= 0:
        raise Unreadable(f"damaged_utf8:{at}" if encoding == "utf-8-sig" else "not_text")


def _first_fault(source: Source, encoding: str) -> int:
    """Near which byte the file is not of that encoding; -1 if it is."""
    decoder, done = codecs.getincrementaldecoder(encoding)("strict"), 0
    with source.open() as file:
        try:
            while block := file.read(BLOCK):
                decoder.decode(block)
                done += len(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            return done + error.start
    return -1


def _sample(source: Source) -> tuple[bytes, bool]:
    """Lines with bytes beyond ASCII, and whether most of these bytes are sound UTF-8."""
    lines, size = [], 0
    with source.open() as file:
        for line in iter(lambda: file.readline(BLOCK), b""):
            if not line.isascii():
                lines.append(line)
                size += len(lines[-1])
                if size > _SAMPLE:
                    break
    data = b"".join(lines)
    high = sum(byte > 0x7F for byte in data)
    sound = sum(byte > 0x7F for byte in data.decode("utf-8", errors="ignore").encode())
    return data, sound > 0.8 * high


def _likeness(sample: bytes, encoding: str) -> float:
    """How much the text is like one that somebody wrote, from 0 to 1."""
    text = sample.decode(encoding, errors="ignore")
    beyond = [char for char in text if char > "\x7f"]
    if not beyond:
        return 0.0
    return sum(_commonness(char, encoding) for char in beyond) / len(beyond)


def _commonness(char: str, encoding: str) -> float:
    """From 1 for letters that make up most texts, to 0 for what hardly stands in any."""
    if encoding == "cp1252":
        return 0.9 if char in _WESTERN else 0.0
    if "\u3040" <= char <= "\u30fb" or char in "ー・々":  # kana
        return 1.0 if encoding == "cp932" else 0.1
    if "\uff61" <= char <= "\uff9f":  # half-width kana: single bytes that any other text is full of
        return 0.3 if encoding == "cp932" else 0.0
    if "\u3000" <= char <= "\u303f" or "\uff00" <= char <= "\uff60":  # punctuation, full-width letters
        return 0.8
    if "\u2460" <= char <= "\u2473":  # ①
        return 0.8
    if "\u4e00" <= char <= "\u9fff" or char == "﨑":
        return _level(char, encoding)
    # four bytes, every other one a digit: no text in another encoding looks like that
    rare = "\u3400" <= char <= "\u4dbf" or "\U0001f000" <= char <= "\U0001faff" or "\U00020000" <= char <= "\U000323af"
    return 1.0 if encoding == "gb18030" and rare else 0.0


def _level(char: str, encoding: str) -> float:
    """The national sets list the common Han letters first, ordered by sound, and the rare ones after."""
    try:
        code = char.encode("gb2312" if encoding == "gb18030" else "cp932")
    except UnicodeEncodeError:
        return 0.1
    if encoding == "gb18030":
        return 1.0 if code[0] <= 0xD7 else 0.3
    if char in "髙﨑":  # beyond the standard, and in many family names
        return 0.9
    return 0.9 if code[0] <= 0x98 else 0.2
