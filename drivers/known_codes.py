"""The codes on the setup sheet, and how to find one in what a scanner sent, whatever the scanner made of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal, TypeAlias

GS = "\x1d"

Change: TypeAlias = Literal[
    "case", "spaces_cut", "cut", "gs_lost", "gs_replaced", "gs_brackets", "gb18030", "chinese_lost"
]


@dataclass(frozen=True, slots=True)
class KnownCode:
    """`text` is what a scanner set right reports, `aim` its AIM identifier. Scanners without a camera can't read an
    `optional` one."""

    name: str
    aim: str
    text: str
    optional: bool = False


SETUP_CODES = (
    KnownCode("letters", "]C0", "WMS-yZ-aQ1"),
    KnownCode("edges", "]C0", " wMs 2 /-+ "),
    KnownCode("gs1", "]C1", f"1012{GS}2134{GS}9156"),
    KnownCode("chinese", "]Q1", "WMS 扫码 9 中文", optional=True),
)
"""Chosen so that nothing goes unseen: both cases, edges of blanks, signs, elements that need separators, Chinese whose
GB 18030 is no UTF-8. 58 mm paper is wide enough for each; none is a code of a warehouse."""


@dataclass(frozen=True, slots=True)
class Found:
    """A known code in a read: what came before, the code as it came, what came after, and what was changed in it.
    `separator` is what stands for GS."""

    head: bytes
    body: bytes
    tail: bytes
    changes: tuple[Change, ...] = ()
    separator: bytes = b""


def find(raw: bytes, code: KnownCode) -> Found | None:
    """Where `code` is in `raw`, None if it is not there."""
    for changes, pattern in _appearances(code):
        if match := pattern.search(raw):
            separator = (match.groupdict().get("gs") or b"") if "gs_replaced" in changes else b""
            return Found(raw[: match.start()], match.group(), raw[match.end() :], changes, separator)
    return _shortened(raw, code)


def _appearances(code: KnownCode) -> Iterator[tuple[tuple[Change, ...], re.Pattern[bytes]]]:
    """What the code may look like, the most faithful first."""
    if GS in code.text:
        yield from _separated(code.text)
    elif code.text.isascii():
        yield from _cased((), code.text, "ascii")
        for stripped in (code.text.lstrip(), code.text.rstrip(), code.text.strip()):
            if stripped != code.text:
                yield from _cased(("spaces_cut",), stripped, "ascii")
    else:
        yield from _cased((), code.text, "utf-8")
        yield from _cased(("gb18030",), code.text, "gb18030")
        ascii_parts = [re.escape(part.encode()) for part in re.split(r"[^\x00-\x7f]+", code.text) if part]
        yield ("chinese_lost",), re.compile(rb"[^\x00-\x1f]{1,12}?".join(ascii_parts) + rb"[^\x00-\x1f]{1,12}")


def _cased(
    changes: tuple[Change, ...], text: str, encoding: str
) -> Iterator[tuple[tuple[Change, ...], re.Pattern[bytes]]]:
    yield changes, re.compile(re.escape(text.encode(encoding)))
    for other in (text.upper(), text.lower(), text.swapcase()):
        yield (*changes, "case"), re.compile(re.escape(other.encode(encoding)))


def _separated(text: str) -> Iterator[tuple[tuple[Change, ...], re.Pattern[bytes]]]:
    elements = [element.encode() for element in text.split(GS)]
    yield (), re.compile(re.escape(text.encode()))
    yield ("gs_brackets",), re.compile(rb"".join(rb"\(%s\)%s" % (each[:2], each[2:]) for each in elements))
    yield ("gs_lost",), re.compile(b"".join(elements))
    first, second, *others = elements
    repeated = b"".join(rb"(?P=gs)" + other for other in others)
    yield ("gs_replaced",), re.compile(first + rb"(?P<gs>[^\r\n]{1,8}?)" + second + repeated, re.DOTALL)


def _shortened(raw: bytes, code: KnownCode) -> Found | None:
    """More than half of the code in one piece: the scanner is set to leave characters out."""
    if not code.text.isascii() or GS in code.text:
        return None
    text = code.text.encode("ascii")
    match = SequenceMatcher(None, raw, text, autojunk=False).find_longest_match()
    if match.size * 2 <= len(text):
        return None
    end = match.a + match.size
    return Found(raw[: match.a], raw[match.a : end], raw[end:], ("cut",))
