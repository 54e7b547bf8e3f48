"""The written form of a scanner's framing, as people give it on the command line: `PORT[,FRAMING]`.

FRAMING is a mode, then options, joined by colons: `stx`, `line:charset=auto:dup=150`, `idle:idle=80`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import unquote_to_bytes

from drivers.address import parse_two_way
from drivers.bounce import BOUNCE_MS
from drivers.feedback import parse_feedback
from drivers.framing import FramingConfig
from drivers.payload import CODE_IDS

DEFAULT_IDLE_MS = 50

_MODES = {
    "line": FramingConfig(),
    "stx": FramingConfig(mode="stx"),
    "idle": FramingConfig(idle_ms=DEFAULT_IDLE_MS),
    "ssi": FramingConfig(mode="ssi"),
    "wedge": FramingConfig(mode="wedge"),
}
_TERMINATORS = {
    "cr": (b"\r",),
    "lf": (b"\n",),
    "crlf": (b"\r", b"\n"),
    "tab": (b"\t",),
    "etx": (b"\x03",),
    "nul": (b"\0",),
    "gs": (b"\x1d",),
    "none": (),
}


def _between(least: int, most: int) -> Callable[[str], int]:
    def check(text: str) -> int:
        if not text.isdecimal() or not least <= int(text) <= most:
            raise ValueError(f"use {least} to {most}")
        return int(text)

    return check


def _one_of(*words: str) -> Callable[[str], str]:
    def check(text: str) -> str:
        if text not in words:
            raise ValueError(text)
        return text

    return check


_OPTIONS: dict[str, tuple[str, Callable[[str], object]]] = {
    "charset": ("charset", _one_of("ascii", "auto")),
    "codeid": ("code_id", _one_of(*CODE_IDS)),
    "dup": ("duplicate_ms", _between(0, 10_000)),
    "gs": ("gs_alternative", unquote_to_bytes),
    "handshake": ("handshake", _one_of("none", "acknak")),
    "idle": ("idle_ms", _between(0, 10_000)),
    "max": ("max_length", _between(1, 1_000_000)),
    "prefix": ("prefix", unquote_to_bytes),
    "stale": ("stale_ms", _between(10, 60_000)),
    "term": ("terminators", _TERMINATORS.__getitem__),
}


_FEEDBACK_OPTIONS = ("good", "bad", "attention", "hold")


@dataclass(frozen=True, slots=True)
class ScannerSpec:
    """How a scanner is written down: its port, what it sends, and how it takes signals ('' where that is not said)."""

    address: str
    framing: FramingConfig
    feedback: str = ""


def parse_framing(text: str) -> FramingConfig:
    """The framing that `text` names; '' is `line`.

    Options: `charset` ascii|auto, `codeid` none|honeywell|zebra, `dup`, `idle`, `stale` in ms, `max` in bytes,
    `term` cr|lf|crlf|tab|etx|nul|gs|none, `prefix` and `gs` as text with %XX for any byte (%3A is a colon),
    `handshake` none|acknak. Raises ValueError naming the word it does not know.
    """
    mode, *options = (text.strip() or "line").split(":")
    if mode not in _MODES:
        raise ValueError(f"unknown framing {mode!r}: use one of {', '.join(_MODES)}")
    changes: dict[str, object] = {}
    for option in options:
        name, _, value = option.partition("=")
        if name not in _OPTIONS:
            raise ValueError(f"unknown framing option {name!r}: use one of {', '.join(_OPTIONS)}, feedback")
        field, read = _OPTIONS[name]
        try:
            changes[field] = read(value)
        except (ValueError, KeyError) as error:
            hint = f": {error}" if str(error).startswith("use ") else ""
            raise ValueError(f"framing option {name} cannot be {value!r}{hint}") from None
    if changes.get("handshake") == "acknak" and mode in ("ssi", "wedge"):
        raise ValueError(f"framing {mode} has no handshake to choose")
    framing = replace(_MODES[mode], **changes)  # type: ignore[arg-type]
    if framing.mode == "line" and not framing.idle_ms and (mode == "idle" or not framing.terminators):
        raise ValueError("where nothing ends a code but a silence, say which: idle=50")
    return framing


def parse_scanner(text: str) -> ScannerSpec:
    """`PORT[,FRAMING]`, where FRAMING may have the option `feedback` of `drivers.feedback.parse_feedback` too, with
    that dialect's own options behind it: `/dev/ttyACM0,line:dup=100:feedback=newland:good=TAG:bad=TAG`.
    Where `dup` is not given, a scanner's bounces are told from its reads by `BOUNCE_MS`; `dup=0` takes every read.

    Raises ValueError as `parse_framing`, `parse_feedback` and `drivers.address.parse_two_way` do.
    """
    address, comma, written = text.rpartition(",")
    if not comma:
        address, written = text, ""
    if not address:
        raise ValueError("the scanner's port is missing")
    parse_two_way(address)
    framing_parts: list[str] = []
    feedback_parts: list[str] = []
    for part in written.split(":"):
        name, _, value = part.partition("=")
        if name == "feedback":
            feedback_parts.append(value)
        elif feedback_parts and name in _FEEDBACK_OPTIONS:
            feedback_parts.append(part)
        else:
            framing_parts.append(part)
    framing, feedback = parse_framing(":".join(framing_parts)), ":".join(feedback_parts)
    if not any(part.startswith("dup=") for part in framing_parts):
        framing = replace(framing, duplicate_ms=BOUNCE_MS)
    if feedback_parts:
        parse_feedback(feedback, framing.mode)
    return ScannerSpec(address, framing, feedback)
