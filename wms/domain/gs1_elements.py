"""Element strings: the application identifiers (AI) of a GS1 message cut apart and checked, each value on its own.

Which AIs exist, how long they are, which characters they take and which need no separator comes from biip's copy of
GS1's list. biip's own parser is not used: it lets fields with wrong check digits pass and takes plain codes for GS1.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TypeAlias

from wms.domain.gs1_contents import Check, checks_of
from wms.domain.gs1_faults import Fault, Rejected
from wms.domain.records import Record

GS = "\x1d"
"""What a reader sends for the separator FNC1."""

Element: TypeAlias = tuple[str, str]


class _Rule(Record):
    """One AI: `width` is that of a value which needs no separator behind it, else 0."""

    width: int
    format: str
    fullmatch: Callable[[str], object]
    checks: tuple[Check, ...]


_CHARACTERS = {"N": "[0-9]", "X": '[!"%-?A-Z_a-z]', "Y": "[#\\-/0-9A-Z]", "Z": "[0-9A-Za-z_=-]", "H": "-"}
"""Digits, the encodable character sets 82, 39 and 64 (General Specifications, 7.11), and the hyphen for a sign."""

_PART = re.compile(r"(\[?)\+?([NXYZH])(\.\.)?(\d+)\]?", re.ASCII)

_FINER_FORMATS = {
    "423": "N3[+N3][+N3][+N3][+N3]", "425": "N3[+N3][+N3][+N3][+N3]", "8008": "N8[+N2][+N2]", "8043": "N18[+N..2]",
    "4330": "N6[+H1]", "4331": "N6[+H1]", "4332": "N6[+H1]", "4333": "N6[+H1]",
}  # fmt: skip
"""Where GS1's Barcode Syntax Dictionary is more exact than biip's list."""


def parse_elements(text: str) -> tuple[Element, ...] | Rejected:
    """The (AI, value) pairs of an element string without its AIM id and without a leading FNC1, in their order."""
    if not text:
        return Rejected(Fault.EMPTY)
    if "^" in text:
        return Rejected(Fault.ILLEGAL_CARET)
    found: list[Element] = []
    at, separator, length = 0, -1, len(text)
    while at < length:
        ai = ai_at(text, at)
        if not ai:
            return Rejected(Fault.UNKNOWN_AI, text[at : at + 4])
        at += len(ai)
        if separator < at:
            separator = text.find(GS, at)
            if separator < 0:
                separator = length
        width = _rule(ai).width
        end = min(separator, at + width) if width else separator
        value = text[at:end]
        if fault := value_fault(ai, value):
            return Rejected(fault, ai)
        found.append((ai, value))
        at = end + 1 if end == separator else end
    return tuple(found)


def ai_at(text: str, at: int = 0) -> str:
    """The application identifier that stands at that position, or ''."""
    ai = text[at : at + _ai_lengths().get(text[at : at + 2], 0)]
    return ai if ai in _listed() else ""


def is_ai(text: str) -> bool:
    return text in _listed()


def value_fault(ai: str, value: str) -> Fault | None:
    """What is wrong with the value of that (known) application identifier, or None."""
    rule = _rule(ai)
    if not rule.fullmatch(value):
        if not re.fullmatch(_pattern(rule.format, any_character=True), value, re.DOTALL):
            return Fault.LENGTH
        return Fault.ILLEGAL_CARET if "^" in value else Fault.CONTENT
    for check in rule.checks:
        part = value[check.start : check.end]
        if part and not check.holds(part):
            return check.fault
    return None


@cache
def _rule(ai: str) -> _Rule:
    listed, needs_separator = _listed()[ai]
    format_ = _FINER_FORMATS.get(ai, listed)
    width = 0 if needs_separator else sum(int(digits) for _, _, _, digits in _PART.findall(format_))
    return _Rule(width, format_, re.compile(_pattern(format_), re.ASCII).fullmatch, checks_of(ai))


def _pattern(format_: str, *, any_character: bool = False) -> str:
    """The regular expression of a format such as `N13[+X..17]`: thirteen digits, then up to seventeen characters."""

    def part(match: re.Match[str]) -> str:
        optional, kind, up_to, count = match.groups()
        characters = "." if any_character else _CHARACTERS[kind]
        repeated = f"{characters}{{{'1,' if up_to else ''}{count}}}"
        return f"(?:{repeated})?" if optional else repeated

    return _PART.sub(part, format_)


@cache
def _listed() -> dict[str, tuple[str, bool]]:
    """Format and need of a separator of every AI. The table is read from beside biip's code, which is not imported:
    that would hold the first GS1 scan up for 120 ms instead of 5."""
    package = find_spec("biip")
    if package is None or not package.submodule_search_locations:
        raise ModuleNotFoundError("biip, which holds the table of GS1 application identifiers, is not installed")
    table = Path(package.submodule_search_locations[0], "gs1_application_identifiers", "_application_identifiers.json")
    entries = json.loads(table.read_text(encoding="utf-8"))
    return {entry["ai"]: (entry["format"].partition("+")[2], entry["separator_required"]) for entry in entries}


@cache
def _ai_lengths() -> dict[str, int]:
    """The first two digits of an AI say how long it is."""
    return {ai[:2]: len(ai) for ai in _listed()}
