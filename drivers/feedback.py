"""The signals a scanner gives its holder after the verdict, in the dialects of its makers.

The scanner's own beep comes before any verdict, so a wrong item needs a signal that cannot be taken for it.

- `ssi`: BEEP, SCAN_DISABLE, SCAN_ENABLE. Zebra, Simple Serial Interface Programmer's Guide (72E-40451); DS9908
  Product Reference Guide, SSI Commands.
- `honeywell`: escape sequences of host acknowledgement, among them the maker's own example of "not on file".
  Honeywell, Xenon/Granit User Guide, Host ACK Responses.
- `datalogic`: LED and beeper control of handhelds. Datalogic, QuickScan I QD2400 Product Reference Guide.
- `datalogic232`: RS-232 host commands; after Not On File some models read nothing until Enable. Datalogic, Magellan
  800i and 9300i Product Reference Guides, Host Commands.
- `newland`: `~ SOH 0000 # tag ; ETX`, a setting that is not kept. Newland, NLS-HR52 User Manual, Use of Programming
  Command; which tag beeps differs from model to model.
- `bel`: one beep for BEL. Zebra, LS2208 Product Reference Guide, Beep on <BEL>.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias
from urllib.parse import unquote_to_bytes

from drivers.ssi import BEEP, SCAN_DISABLE, SCAN_ENABLE, host_packet

Signal: TypeAlias = Literal["good", "bad", "attention"]


@dataclass(frozen=True, slots=True)
class Dialect:
    """The bytes of each signal, b'' where there is none. The same signal is not sent twice within `pause_ms`.

    `resume`, where it is not empty, lets a scanner read again that `bad` has stopped, `hold_ms` later.
    `answers`: the scanner waits for one of these after each read, and for no more than one.
    """

    good: bytes = b""
    bad: bytes = b""
    attention: bytes = b""
    pause_ms: int = 100
    resume: bytes = b""
    hold_ms: int = 0
    answers: bool = False

    def bytes_of(self, signal: Signal) -> bytes:
        return {"good": self.good, "bad": self.bad, "attention": self.attention}[signal]


_SSI = Dialect(
    good=host_packet(BEEP, b"\x00"),  # one short high
    bad=host_packet(BEEP, b"\x06"),  # two short low
    attention=host_packet(BEEP, b"\x02"),  # three short high
)
_DIALECTS = {
    "none": Dialect(),
    "bel": Dialect(bad=b"\a", attention=b"\a\a"),
    "ssi": _SSI,
    "honeywell": Dialect(good=b"\x1b7,", bad=b"\x1b8,\x1b8,", attention=b"\x1b5,", pause_ms=0, answers=True),
    "datalogic": Dialect(good=b"\x1b[3q", bad=b"\x1b[4q", attention=b"\x1b[2q"),
    "datalogic232": Dialect(good=b"B", bad=b"F", attention=b"\x01\x01", resume=b"E", hold_ms=1000),
}


def parse_feedback(text: str, mode: str = "line") -> Dialect:
    """The dialect `text` names, for a scanner framed in `mode`.

    One of none, bel, ssi, honeywell, datalogic, datalogic232; `auto`: ssi where the framing is; `ssi:hold=MS`
    stops the scanner for so long after a wrong item, so that its holder looks up; `newland` with the model's own
    commands, `newland:good=TAG:bad=TAG:attention=TAG` (%XX for any byte). Raises ValueError for others.
    """
    name, *options = text.split(":")
    if name == "auto":
        name = "ssi" if mode == "ssi" else "none"
    values = dict(option.partition("=")[::2] for option in options)
    if name == "newland":
        return _newland(values)
    if name == "ssi" and set(values) == {"hold"}:
        hold_ms = _milliseconds(values["hold"])
        stop, resume = host_packet(SCAN_DISABLE), host_packet(SCAN_ENABLE)
        return replace(_SSI, bad=_SSI.bad + stop, resume=resume, hold_ms=hold_ms)
    if name not in _DIALECTS or options:
        known = ", ".join(["auto", *_DIALECTS])
        raise ValueError(f"unknown feedback {text!r}: use one of {known}, ssi:hold=MS, newland:good=TAG:bad=TAG")
    return _DIALECTS[name]


def _milliseconds(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= 10_000:
        raise ValueError(f"feedback option hold cannot be {text!r}: use milliseconds, 10000 at most")
    return int(text)


def _newland(tags: dict[str, str]) -> Dialect:
    if unknown := set(tags) - {"good", "bad", "attention"}:
        raise ValueError(f"unknown newland signal {min(unknown)!r}: use good, bad, attention")
    commands = {signal: b"~\x010000#" + unquote_to_bytes(tag) + b";\x03" for signal, tag in tags.items() if tag}
    return Dialect(commands.get("good", b""), commands.get("bad", b""), commands.get("attention", b""))


# What a Newland answers to a command comes between the reads: STX SOH 0000 … ACK|NAK|ENQ ; ETX.
_NEWLAND_ANSWER = re.compile(rb"\x02\x010000[^\x02\x03\r\n]*[\x05\x06\x15];\x03")
_NEWLAND_HEAD = b"\x02\x010000"
_NEWLAND_BEGINNING = re.compile(
    b"(?:%b[^\x02\x03\r\n]{0,200}|%b)\\Z"
    % (_NEWLAND_HEAD, b"|".join(re.escape(_NEWLAND_HEAD[:size]) for size in range(len(_NEWLAND_HEAD), 0, -1)))
)


class NewlandAnswers:
    """Takes a Newland's answers to our commands out of the stream of reads. Times are in milliseconds."""

    HELD_MS = 100

    def __init__(self) -> None:
        self._held = b""
        self._since = 0.0

    def strip(self, data: bytes, t: float) -> bytes:
        """The bytes that belong to reads; a beginning that may become an answer is held back for a moment."""
        rest = _NEWLAND_ANSWER.sub(b"", self._held + data)
        beginning = _NEWLAND_BEGINNING.search(rest)
        self._held, self._since = rest[beginning.start() :] if beginning else b"", t
        return rest[: beginning.start()] if beginning else rest

    def due(self) -> float | None:
        """When `release` is to be called, or None."""
        return self._since + self.HELD_MS if self._held else None

    def release(self) -> bytes:
        """What was held and became no answer."""
        held, self._held = self._held, b""
        return held
