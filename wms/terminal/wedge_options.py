"""The written form of the wedge's settings in `wms.toml`: `wedge = "prefix=f12:suffix=enter"`.

Options joined by colons, in any order; what is left out keeps its usual value. The handbook lists them under setup.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from drivers.payload import CODE_IDS
from wms.domain.records import replace
from wms.terminal.wedge import WedgeConfig

_PREFIXES = {**{f"f{n}": f"f{n}" for n in range(6, 13)}, "stx": "ctrl+b"}
_SUFFIXES = {"enter": "enter", "tab": "tab", "etx": "ctrl+c"}
_PROGRAM_KEYS = frozenset(f"f{n}" for n in range(1, 6))


class _Not(ValueError):
    """A value that an option can't have; the text says what it may be."""


def _keys(known: dict[str, str], allowed: str) -> Callable[[str], frozenset[str]]:
    def read(text: str) -> frozenset[str]:
        names = text.lower().split(",")
        if taken := _PROGRAM_KEYS.intersection(names):
            raise _Not(f"{min(taken)} is a key of this program: {allowed}")
        if not known.keys() >= set(names):
            raise _Not(allowed)
        return frozenset(known[name] for name in names)

    return read


def _prefixes(text: str) -> frozenset[str]:
    allowed = "use f6…f12 or stx, several joined by commas, or none; F13 and up do not reach every terminal"
    return frozenset() if text.lower() == "none" else _keys(_PREFIXES, allowed)(text)


def _between(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit()) or not least <= int(text) <= most:
            raise _Not(f"use {least} to {most}")
        return int(text)

    return read


def _yes_or_no(text: str) -> bool:
    if text.lower() not in ("yes", "no"):
        raise _Not("use yes or no")
    return text.lower() == "yes"


def _characters(text: str) -> str:
    if not text or not (plain := unquote(text, errors="strict")).isprintable():
        raise _Not("use the characters themselves, %XX for a byte of UTF-8 (%3A is a colon)")
    return plain


def _code_id(text: str) -> str:
    if text not in CODE_IDS:
        raise _Not(f"use one of {', '.join(CODE_IDS)}")
    return text


_OPTIONS: dict[str, tuple[str, Callable[[str], object]]] = {
    "prefix": ("prefixes", _prefixes),
    "suffix": ("suffixes", _keys(_SUFFIXES, "use enter (CR, LF or both), tab or etx, several joined by commas")),
    "aim": ("aim", _yes_or_no),
    "text": ("text", _characters),
    "codeid": ("code_id", _code_id),
    "gs": ("gs", _characters),
    "dup": ("duplicate_ms", _between(0, 2000)),
    "gap": ("gap_ms", _between(0, 80)),
    "stall": ("stall_ms", _between(0, 5000)),
    "patience": ("patience_ms", _between(50, 10_000)),
    "max": ("longest", _between(6, 8192)),
}


def parse_wedge(text: str) -> WedgeConfig:
    """The settings that `text` names; '' leaves all as usual. Raises ValueError naming the word that is none."""
    changes: dict[str, Any] = {}
    for option in text.split(":") if text.strip() else ():
        name, _, value = option.strip().partition("=")
        if name not in _OPTIONS:
            raise ValueError(f"unknown wedge option {name!r}: use one of {', '.join(_OPTIONS)}")
        field, read = _OPTIONS[name]
        try:
            changes[field] = read(value)
        except (_Not, UnicodeDecodeError) as error:
            raise ValueError(f"wedge option {name} cannot be {value!r}: {error}") from error
    config = replace(WedgeConfig(), **changes)
    if not config.prefixes and not config.gap_ms:
        raise ValueError("wedge option gap cannot be 0 with prefix=none: nothing would tell a scan from typing")
    return config
